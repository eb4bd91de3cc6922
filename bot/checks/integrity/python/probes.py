"""Python sources that look at the test runner, at the tests' files, or at who calls them."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from bot.checks.integrity.model import Sign, short
from bot.checks.integrity.python.mocks import resolved
from bot.checks.integrity.python.syntax import (
    assigned,
    below,
    called,
    callee,
    dotted,
    fold,
    imported,
    is_fixed,
    last,
    walk,
)
from bot.checks.integrity.sources.words import DOUBLES, FILES, RUNNERS, TESTS, UNMISTAKABLE, VARIABLES, is_tool
from bot.domain.syntax import Function
from bot.domain.words import words

_STACKS = words(
    "_getframe stack currentframe extract_stack walk_stack format_stack getouterframes _current_frames f_back"
)
_LISTS = words(
    "modules argv orig_argv cmdline __main__ get_objects plugins gettrace import_module __import__ find_spec getprofile"
)
_RUNNER_NAMES = words("pytest py.test unittest nose _pytest")
_MODULES = ("_pytest.assertion.rewrite", "pytest", "unittest.result", "unittest.case", "unittest.runner", "conftest")
"""Parts of these names among the loaded modules tell the runner, too."""
_ENVIRONMENT = words("environ getenv get_env environb")
_HELPING = words("testing pytest plugin conftest fixtures")
_READS = words(
    "open read_text read_bytes exists lexists is_file isfile is_dir isdir glob iglob rglob iterdir listdir scandir "
    "walk getsource getsourcelines findsource getlines stat import_module run_path spec_from_file_location"
)
_WRITES = words("write_text write_bytes mkdir makedirs writelines copytree copy touch unlink rmtree remove truncate")
_DIGESTS = words(
    "md5 sha1 sha224 sha256 sha384 sha512 blake2b blake2s sha3_256 sha3_512 hash crc32 adler32 hexdigest digest"
)
_IMPORTS = ast.Import | ast.ImportFrom
_SAME = ast.Is | ast.IsNot | ast.Eq | ast.NotEq | ast.In | ast.NotIn
_SOURCE_LINES = words("getline getlines getsource getsourcelines findsource linecache")
_PROCESS = re.compile(r"/proc/.*(cmdline|environ|comm|maps)")
_SETTING_UP = re.compile(
    r"\w*(add|remove|set|init|install|config)\w*(handler|log)\w*|(basic|dict|file)config|setlevel|propagate",
    re.IGNORECASE,
)
_TELLING = words("debug info warning warn error exception critical log print write echo")
_LOGGER = re.compile(r"(\w*_)?(root|log|logger)_?|rootlogger", re.IGNORECASE)
_OF_MOCKS = words("Mock MagicMock AsyncMock NonCallableMock NonCallableMagicMock")

_REAL = re.compile(
    r"(time|random|secrets|asyncio|subprocess|requests|httpx|urllib\.request)\."
    r"(?!(timezone|altzone|daylight|tzname|struct_time|codes)$)[a-z]\w*"
    r"|datetime\.(datetime\.(now|utcnow)|date\.today)|os\.(urandom|getenv|system)|uuid\.uuid\d|print"
)
"""Functions of which no two calls give the same, or that reach out of the program: tests put doubles in their place."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A function, or what stands at the top of a module; `nodes` are all below it but inner functions' own."""

    name: str
    nodes: tuple[ast.AST, ...]
    line: int = 1


def signs(nodes: Sequence[ast.AST], path: str) -> Iterator[Sign]:
    """Every probe in a source file, whose nodes these are, the module's own first."""
    outside: set[str] = set()
    imports = {name: of for each in nodes if isinstance(each, _IMPORTS) for name, of in imported(each)}
    for scope in _scopes(nodes):
        yield from _probes(scope, outside)
        yield from _told_apart(scope, imports)
        outside = outside or {name for node in scope.nodes for name in _names(node)}
        if not is_tool(path):
            yield from _files(scope)
    if not any(word in path for word in _HELPING):
        yield from _imports_runner(nodes)
    if not is_tool(path):
        yield from _imports_tests(nodes, path)
    yield from _digests(nodes)


def _scopes(nodes: Sequence[ast.AST]) -> Iterator[Scope]:
    functions = [node for node in nodes if isinstance(node, Function)]
    bodies = [tuple(below(function)) for function in functions]
    inside = {id(each) for body in bodies for each in body}
    yield Scope("the module", tuple(each for each in nodes if id(each) not in inside))
    for function, body in zip(functions, bodies, strict=True):
        yield Scope(f"`{function.name}`", body, function.lineno)


def _strings(scope: Scope) -> list[tuple[str, int]]:
    return [(text, getattr(node, "lineno", 0)) for node in scope.nodes if (text := _string(node)) is not None]


def _probes(scope: Scope, outside: set[str]) -> Iterator[Sign]:
    """`outside` are the names that the module's own level uses."""
    used = {name for node in scope.nodes for name in _names(node)}
    strings = _strings(scope)
    callers = bool(used & _STACKS) or any(_PROCESS.match(text) for text, _ in strings)
    for text, line in strings:
        if UNMISTAKABLE.fullmatch(text) or (used & _ENVIRONMENT and VARIABLES.fullmatch(text)):
            yield Sign("environment-probe", line, f"{scope.name} asks for `{short(text)}`, which only test runs have.")
        elif _tells_runner(text, used, callers):
            yield Sign("environment-probe", line, f"{scope.name} looks for the test runner (`{short(text)}`).")
        elif outside & {"argv", "orig_argv", "modules"} and text in _RUNNER_NAMES:
            yield Sign("environment-probe", line, f"{scope.name} compares with the test runner (`{short(text)}`).")
        elif callers and TESTS.search(text) and len(text) < 40:
            yield Sign("environment-probe", line, f"{scope.name} looks at its callers for tests (`{short(text)}`).")
    if used & _STACKS and used & _SOURCE_LINES:
        yield Sign("environment-probe", scope.line, f"{scope.name} reads the source of who calls it.")
    yield from _streams(scope)
    yield from _listeners(scope)
    yield from _doubles(scope)
    if used & _STACKS and "f_locals" in used:
        line = next(each.lineno for each in scope.nodes if isinstance(each, ast.Attribute) and each.attr == "f_locals")
        yield Sign("environment-probe", line, f"{scope.name} looks into the variables of who calls it.")


def _streams(scope: Scope) -> Iterator[Sign]:
    """What a runner leaves behind: streams that are not Python's own, filters of warnings."""
    for node in scope.nodes:
        if isinstance(node, ast.Attribute) and dotted(node) == "warnings.filters":
            yield Sign("environment-probe", scope.line, f"{scope.name} looks at the filters of warnings.")
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Is | ast.IsNot | ast.Eq | ast.NotEq):
            sides = {dotted(node.left), *map(dotted, node.comparators)}
            if sides & {"sys.__stdout__", "sys.__stderr__", "sys.__stdin__"}:
                yield Sign("environment-probe", node.lineno, f"{scope.name} asks whether its output is captured.")


def _listeners(scope: Scope) -> Iterator[Sign]:
    """What asks whether anybody listens to the log, as in a test run somebody does, and neither sets that up nor only
    says something in another way."""
    asked = {id(each) for test in _tested(scope) for each in walk(test) if _is_listening(each)}
    asked |= {id(node) for node in scope.nodes if callee(node) == "hasHandlers"}
    if not asked or scope.name == "`hasHandlers`":
        return
    sets_up = any(map(_sets_up, scope.nodes))
    for node in scope.nodes:
        if isinstance(node, ast.If) and (found := asked & {id(each) for each in walk(node.test)}):
            led = [*node.body, *node.orelse]
            if all(map(_is_telling, led)) or (sets_up and not any(_is_answer(each) for s in led for each in walk(s))):
                asked -= found
            else:
                sets_up = False
    if asked and not sets_up:
        line = next(each.lineno for each in scope.nodes if isinstance(each, ast.expr) and id(each) in asked)
        what = f"{scope.name} asks whether anybody listens to the log, as in a test run somebody does."
        yield Sign("environment-probe", line, what)


def _sets_up(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="handlers"), attr="append" | "insert" | "clear")):
            return True
        case ast.Attribute(attr="handlers", ctx=ast.Store()):
            return True
        case _:
            return any(map(_SETTING_UP.fullmatch, _names(node)))


def _tested(scope: Scope) -> Iterator[ast.expr]:
    """The expressions of which no more is asked than whether they hold, are empty, or are something else."""
    for node in scope.nodes:
        match node:
            case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test) | ast.UnaryOp(ast.Not(), test):
                yield test
            case ast.BoolOp(values=values):
                yield from values
            case ast.Compare(left=left, ops=[op, *_], comparators=others) if not isinstance(op, ast.In | ast.NotIn):
                yield from (left, *others)
            case ast.Call(args=[test]) if called(node) in ("bool", "len", "any", "all"):
                yield test


def _is_listening(node: ast.AST) -> bool:
    if not isinstance(node, ast.Attribute) or node.attr != "handlers":
        return False
    return callee(node.value) == "getLogger" or _LOGGER.fullmatch(last(dotted(node.value))) is not None


def _is_telling(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and callee(statement.value) in _TELLING


def _is_answer(node: ast.AST) -> bool:
    """Whether it gives something else than what was set up."""
    match node:
        case ast.Return(value=None | ast.Name() | ast.Attribute() | ast.Constant()):
            return False
        case ast.Return(value=ast.expr() as value):
            return callee(value) != "getLogger"
        case _:
            return isinstance(node, ast.Raise)


def _doubles(scope: Scope) -> Iterator[Sign]:
    """What tells a double from the real thing: by what only doubles have, or by what they are called."""
    names = any(isinstance(node, ast.Attribute) and node.attr in ("__name__", "__module__") for node in scope.nodes)
    calls = {name for node in scope.nodes if (name := called(node))}
    for test in _tested(scope):
        if (name := _inspected(test)) in calls:
            what = f"{scope.name} tells doubles from the real thing by the attributes of `{name}`."
            yield Sign("environment-probe", test.lineno, what)
    for node in scope.nodes:
        match node:
            case ast.Call(args=[owner, asked, *_]) if called(node) in ("hasattr", "getattr"):
                said = _string(asked) or ""
                tells = said in DOUBLES or (said == "calls" and dotted(owner) in calls)
            case ast.Call(args=[_, kind]) if called(node) == "isinstance":
                said = next((last(name) for each in walk(kind) if last(name := dotted(each)) in _OF_MOCKS), "")
                tells = bool(said)
            case ast.Constant(value=str(said)):
                tells = names and (said in _OF_MOCKS or said == "unittest.mock")
            case _:
                continue
        if tells:
            what = f"{scope.name} tells doubles from the real thing by `{said}`."
            yield Sign("environment-probe", getattr(node, "lineno", scope.line), what)


def _inspected(node: ast.AST) -> str:
    """Of what all attributes are asked for."""
    match node:
        case ast.Attribute(value=owner, attr="__dict__") | ast.Call(func=ast.Name(id="vars" | "dir"), args=[owner]):
            return dotted(owner)
        case _:
            return ""


def _told_apart(scope: Scope, imports: Mapping[str, str]) -> Iterator[Sign]:
    """What compares a function with the real one: `clock is time.monotonic`."""
    for node in scope.nodes:
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], _SAME):
            sides = [each for side in (node.left, *node.comparators) for each in getattr(side, "elts", [side])]
            named = {resolved(dotted(each), imports) for each in sides if not isinstance(each, ast.Constant)}
            real = {name for name in named if _REAL.fullmatch(name)}
            if real and named - real:
                what = f"{scope.name} tells doubles from the real `{min(real)}`."
                yield Sign("environment-probe", node.lineno, what)


def _tells_runner(text: str, used: set[str], callers: bool) -> bool:
    """Whether a text is a runner's name in a place where names of modules or callers are looked at."""
    if (callers or used & _LISTS) and RUNNERS.search(text) and len(text) < 80:
        return True
    return "modules" in used and len(text) > 3 and any(text in name for name in _MODULES)


def _files(scope: Scope) -> Iterator[Sign]:
    """What reads the tests, or asks whether they are there."""
    used = {name for node in scope.nodes for name in _names(node)}
    writes = used & _WRITES
    if not (used & _READS or writes) or (writes and "__file__" not in used):
        return
    for text, line in _strings(scope):
        if FILES.search(text) and len(text) < 120 and "\n" not in text:
            does = "changes" if writes else "looks at"
            yield Sign("environment-probe", line, f"{scope.name} {does} the files of the tests (`{short(text)}`).")


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.alias):
        yield last(node.name)
    elif isinstance(node, ast.Call) and called(node) in ("getattr", "hasattr", "vars") and len(node.args) > 1:
        yield fold(node.args[1]) or ""


def _string(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    return fold(node) if isinstance(node, ast.BinOp | ast.JoinedStr | ast.Call | ast.Subscript) else None


def _imports(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, ast.stmt]]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or ""), node


def _imports_runner(nodes: Sequence[ast.AST]) -> Iterator[Sign]:
    """A runner imported in a function or under `try`: to see whether it is there."""
    module = nodes[0]
    top = {id(node) for node in module.body} if isinstance(module, ast.Module) else set()
    for name, node in _imports(nodes):
        if id(node) not in top and name.partition(".")[0] in ("pytest", "_pytest", "unittest", "nose"):
            yield Sign("environment-probe", node.lineno, f"The code imports `{name}` to see whether it is there.")


def _imports_tests(nodes: Sequence[ast.AST], path: str) -> Iterator[Sign]:
    """Sources that need tests: nothing else has what they expect."""
    if "test" in PurePosixPath(path).name:
        return
    for name, node in _imports(nodes):
        first = name.lstrip(".").partition(".")[0]
        if first in ("tests", "conftest") or re.search(r"(^|\.)test_\w+$", name):
            yield Sign("environment-probe", node.lineno, f"The code imports `{name}`, which belongs to the tests.")


def _digests(nodes: Sequence[ast.AST]) -> Iterator[Sign]:
    """An answer to an input of which only the digest is told. A checksum that is verified gives no answer."""
    known = ((name, value) for name, value in assigned(nodes) if isinstance(value, ast.Dict) and value.keys)
    tables = {name for name, value in known if is_fixed(value)}
    for node in nodes:
        match node:
            case (
                ast.If(test=test, body=[ast.Return(value=value) | ast.Assign(value=value), *_])
                | ast.IfExp(test=test, body=value)
            ):
                told = isinstance(value, ast.Constant) and isinstance(value.value, bool | None)
                hit = _by_digest(test) and not told
            case ast.Subscript(value=ast.Name(id=name), slice=key) if name in tables:
                hit = _is_digest(key)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="get"), args=[key, *_]) if name in tables:
                hit = _is_digest(key)
            case _:
                hit = False
        if hit:
            what = "The code answers inputs told only by a digest."
            yield Sign("environment-probe", getattr(node, "lineno", 0), what)


def _by_digest(test: ast.AST) -> bool:
    for each in walk(test):
        if isinstance(each, ast.Compare) and isinstance(each.ops[0], ast.Eq | ast.In):
            sides = (each.left, *each.comparators)
            if any(map(_is_digest, sides)) and any(map(is_fixed, sides)):
                return True
    return False


def _is_digest(node: ast.AST) -> bool:
    calls = (each for each in walk(node) if isinstance(each, ast.Call))
    return any(callee(c) in _DIGESTS for c in calls)

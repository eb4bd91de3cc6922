"""Signs in Python code: it looks at the runner, hides what it runs, hooks into Python, always compares equal."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.checks.integrity.model import Sign, short, words
from bot.checks.integrity.probes import RUNNERS, TESTS, UNMISTAKABLE, VARIABLES
from bot.checks.integrity.python_fold import fold
from bot.checks.integrity.python_outline import FUNCTION, called, dotted, last

_STACKS = words(
    "_getframe stack currentframe extract_stack walk_stack format_stack getouterframes _current_frames f_back"
)
_LISTS = words("modules argv orig_argv cmdline __main__ get_objects plugins")
_ENVIRONMENT = words("environ getenv get_env environb")
_DECODERS = words(
    "b64decode b32decode b16decode b85decode a85decode unhexlify fromhex decompress loads decode urlsafe_b64decode "
    "rot13 decrypt"
)
_RUNS = words("exec eval compile __import__ import_module FunctionType CodeType run_path system")
_HOOKS = words("meta_path path_hooks path_importer_cache")
_TRACERS = words("settrace setprofile addaudithook")
_ALWAYS = {"__eq__": True, "__ne__": False, "__contains__": True, "__instancecheck__": True, "__subclasscheck__": True}
_HELPING = words("testing pytest plugin conftest fixtures")


@dataclass(frozen=True, slots=True)
class Scope:
    """A function, or what stands at the top of a module; `nodes` are all below it but inner functions' own."""

    name: str
    nodes: tuple[ast.AST, ...]


def signs(tree: ast.Module, path: str, is_test: bool) -> Iterator[Sign]:
    """Every sign in a module. What stood there before is for the caller to take away."""
    everything = tuple(ast.walk(tree))
    yield from _equalities(everything)
    yield from _hidden(everything)
    yield from _hooks(everything, is_test)
    if not is_test:
        yield from _probes(tree, path)


# --- looking at the runner ----------------------------------------------------------------------------------------
def _probes(tree: ast.Module, path: str) -> Iterator[Sign]:
    for scope in _scopes(tree):
        yield from _scope_probes(scope)
    if not any(word in path for word in _HELPING):
        yield from _imports_runner(tree)


def _scopes(tree: ast.Module) -> Iterator[Scope]:
    functions = [node for node in ast.walk(tree) if isinstance(node, FUNCTION)]
    inside = {id(each) for function in functions for each in ast.walk(function)}
    yield Scope("the module", tuple(each for each in ast.walk(tree) if id(each) not in inside))
    for function in functions:
        yield Scope(f"`{function.name}`", tuple(ast.walk(function)))


def _scope_probes(scope: Scope) -> Iterator[Sign]:
    used = {name for node in scope.nodes for name in _names(node)}
    strings = [(text, node) for node in scope.nodes if (text := _string(node)) is not None]
    for text, node in strings:
        line = getattr(node, "lineno", 0)
        if UNMISTAKABLE.fullmatch(text) or (used & _ENVIRONMENT and VARIABLES.fullmatch(text)):
            yield Sign("environment-probe", line, f"{scope.name} asks for `{short(text)}`, which only test runs have.")
        elif used & (_LISTS | _STACKS | {"gettrace"}) and RUNNERS.search(text) and len(text) < 80:
            yield Sign("environment-probe", line, f"{scope.name} looks for the test runner (`{short(text)}`).")
        elif used & _STACKS and TESTS.search(text) and len(text) < 40:
            yield Sign("environment-probe", line, f"{scope.name} looks at its callers for tests (`{short(text)}`).")


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


def _imports_runner(tree: ast.Module) -> Iterator[Sign]:
    """A runner imported in a function or under `try`: to see whether it is there."""
    top = {id(node) for node in tree.body}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in top:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            for name in names:
                if name.partition(".")[0] in ("pytest", "_pytest", "unittest", "nose"):
                    yield Sign(
                        "environment-probe", node.lineno, f"The code imports `{name}` to see whether it is there."
                    )


# --- always equal -------------------------------------------------------------------------------------------------
def _equalities(nodes: Iterable[ast.AST]) -> Iterator[Sign]:
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            for each in node.body:
                if isinstance(each, FUNCTION) and each.name in _ALWAYS and _returns(each) is _ALWAYS[each.name]:
                    what = f"`{node.name}.{each.name}` holds for everything, so comparisons with it can't fail."
                    yield Sign("test-weakened", each.lineno, what, (node.name,))
                if isinstance(each, ast.Assign) and dotted(each.targets[0]) in _ALWAYS:
                    value = each.value
                    if (
                        isinstance(value, ast.Lambda)
                        and isinstance(value.body, ast.Constant)
                        and value.body.value is True
                    ):
                        what = f"`{node.name}.{dotted(each.targets[0])}` holds for everything."
                        yield Sign("test-weakened", each.lineno, what, (node.name,))


def _returns(node: ast.FunctionDef | ast.AsyncFunctionDef) -> object:
    """The one constant that a function returns, whatever happens; None where it depends."""
    body = [each for each in node.body if not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))]
    first = body[0] if body else None
    if len(body) == 1 and isinstance(first, ast.Return) and isinstance(first.value, ast.Constant):
        return first.value.value
    return None


# --- what is hidden -----------------------------------------------------------------------------------------------
def _hidden(nodes: Iterable[ast.AST]) -> Iterator[Sign]:
    """Code that is decoded before it is run, in one expression or by way of a variable."""
    kept = tuple(nodes)
    decoded = {
        target.id
        for node in kept
        if isinstance(node, ast.Assign) and _decodes(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in kept:
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else last(called(node))
        if isinstance(node.func, ast.Call) and last(called(node.func)) == "getattr" and len(node.func.args) > 1:
            name = fold(node.func.args[1]) or ""
        if name not in _RUNS or (isinstance(node.func, ast.Attribute) and called(node).startswith("re.")):
            continue
        given = [*node.args[:1], *(keyword.value for keyword in node.keywords[:1])]
        used = {each.id for argument in given for each in ast.walk(argument) if isinstance(each, ast.Name)}
        long = any(isinstance(a, ast.Constant) and isinstance(a.value, str) and len(a.value) > 120 for a in given)
        if any(_decodes(argument) for argument in given) or used & decoded or (long and name in ("exec", "eval")):
            yield Sign("hidden-code", node.lineno, f"`{name}` runs code that is hidden in data.")


def _decodes(node: ast.AST) -> bool:
    for each in ast.walk(node):
        if isinstance(each, ast.Call):
            name = each.func.attr if isinstance(each.func, ast.Attribute) else last(called(each))
            if name in _DECODERS and not called(each).startswith(("json.", "tomllib.", "yaml.", "toml.", "orjson.")):
                return name != "decode" or len(each.args) > 0 or _decodes_bytes(each)
            if name == "join" and any(last(called(inner)) == "chr" for inner in ast.walk(each)):
                return True
        if isinstance(each, ast.Subscript) and isinstance(each.slice, ast.Slice) and each.slice.step is not None:
            return True
    return False


def _decodes_bytes(node: ast.Call) -> bool:
    inner = node.func.value if isinstance(node.func, ast.Attribute) else None
    return inner is not None and _decodes(inner)


# --- hooks --------------------------------------------------------------------------------------------------------
def _hooks(nodes: Iterable[ast.AST], is_test: bool) -> Iterator[Sign]:
    for node in nodes:
        if isinstance(node, ast.Call):
            yield from _hooking_call(node, is_test)
        elif isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                yield from _hooking_target(target, node.lineno, is_test)
        elif isinstance(node, FUNCTION):
            yield from _hooking_function(node, is_test)


def _hooking_call(node: ast.Call, is_test: bool) -> Iterator[Sign]:
    name = called(node)
    parts = name.split(".")
    if _HOOKS & set(parts[:-1]) and parts[-1] in ("insert", "append", "extend"):
        yield Sign("runner-changed", node.lineno, f"`{name}` hooks into importing.")
    if parts[-1] in _TRACERS and parts[0] in ("sys", "threading", *_TRACERS):
        yield Sign("runner-changed", node.lineno, f"`{name}` hooks into the running of code.")
    ends = {"os._exit", "os.abort", "os.kill", "_exit"}
    if name == "os._exit" and node.args and fold_zero(node.args[0]):
        yield Sign("runner-changed", node.lineno, "`os._exit(0)` ends the run with success, whatever failed.")
    if name in ("atexit.register", "register") and name != "register" and node.args:
        inside = {called(each) for each in ast.walk(node)} | {dotted(each) for each in node.args}
        if is_test or inside & ends:
            yield Sign("runner-changed", node.lineno, "`atexit` runs code after the tests have ended.")
    if name in ("setattr", "builtins.setattr") and len(node.args) == 3:
        owner = dotted(node.args[0]).partition(".")[0]
        if owner in ("pytest", "_pytest", "unittest", "builtins"):
            what = f"`{owner}.{fold(node.args[1]) or '…'}` of the test machinery is replaced."
            yield Sign("runner-changed", node.lineno, what)


def fold_zero(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value in (0, False)


def _hooking_target(target: ast.expr, line: int, is_test: bool) -> Iterator[Sign]:
    name = dotted(target)
    top, _, rest = name.partition(".")
    if top in ("pytest", "_pytest", "unittest", "builtins", "doctest") and rest:
        yield Sign("runner-changed", line, f"`{name}` of the test machinery is replaced.")
    if name in ("sys.meta_path", "sys.path_hooks", "sys.excepthook", "sys.unraisablehook"):
        yield Sign("runner-changed", line, f"`{name}` is replaced.")
    if isinstance(target, ast.Subscript) and last(dotted(target.value)) == "environ":
        key = fold(target.slice) or ""
        if key in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTHONOPTIMIZE", "NODE_OPTIONS", "PYTHONSTARTUP"):
            yield Sign("runner-changed", line, f"The environment variable `{key}` is set from code.")
    if is_test and name in ("collect_ignore", "collect_ignore_glob", "pytest_plugins"):
        yield Sign("runner-changed", line, f"`{name}` changes what the runner collects or loads.")
    if isinstance(target, ast.Attribute) and target.attr in ("outcome", "exitstatus", "testsfailed", "wasxfail"):
        yield Sign("runner-changed", line, f"`{name or target.attr}`, the outcome of a test, is set from code.")


_HARMLESS = words(
    "pytest_addoption pytest_configure pytest_report_header pytest_unconfigure pytest_make_parametrize_id"
)


def _hooking_function(node: ast.FunctionDef | ast.AsyncFunctionDef, is_test: bool) -> Iterator[Sign]:
    implements = any(last(dotted(each) or called(each)) in ("hookimpl", "hookwrapper") for each in node.decorator_list)
    is_hook = node.name.startswith("pytest_") and not any(
        last(dotted(d) or called(d)) == "fixture" for d in node.decorator_list
    )
    if node.name == "pytest_configure" and any("option." in dotted(t) for t in _stored(node)):
        yield Sign("runner-changed", node.lineno, "`pytest_configure` changes the runner's options.")
    if (is_hook or implements) and node.name not in _HARMLESS:
        yield Sign("runner-changed", node.lineno, f"The hook `{node.name}` takes part in collecting or judging tests.")
    if is_test and node.name == "load_tests":
        yield Sign("runner-changed", node.lineno, "`load_tests` decides which tests are loaded.")


def _stored(node: ast.AST) -> Iterator[ast.expr]:
    for each in ast.walk(node):
        if isinstance(each, ast.Assign):
            yield from each.targets

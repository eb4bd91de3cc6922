"""Python code that hooks into importing, into the running of code, and into test runners."""

import ast
import unittest
from collections.abc import Iterable, Iterator, Mapping

from bot.checks.integrity.model import Sign
from bot.checks.integrity.python.mocks import resolved
from bot.checks.integrity.python.swallowed import catches
from bot.checks.integrity.python.syntax import called, dotted, fold, imported, last, walk, written
from bot.domain.syntax import Function
from bot.domain.words import words

_HOOKS = words("meta_path path_hooks path_importer_cache")
_TRACERS = words("settrace setprofile addaudithook")
_MACHINERY = words("pytest _pytest unittest builtins doctest pluggy nose")
_VARIABLES = words("PYTEST_ADDOPTS PYTEST_PLUGINS PYTHONOPTIMIZE NODE_OPTIONS PYTHONSTARTUP")
_HARMLESS = words(
    "pytest_addoption pytest_configure pytest_report_header pytest_unconfigure pytest_make_parametrize_id "
    "pytest_plugins"
)
_RUNNING = words(
    "run __call__ debug defaultTestResult failureException _callTestMethod _callSetUp addFailure addError addSuccess "
    "wasSuccessful addSubTest _feedErrorsToResult"
)
"""What unittest itself calls to run a test, and to note how it went."""

_JUDGING = words("addFailure addError addSuccess addSubTest wasSuccessful failureException _feedErrorsToResult")
_NOTED = words("outcome exitstatus testsfailed wasxfail")
_ASSERTIONS = frozenset(each for each in dir(unittest.TestCase) if each.startswith("assert"))


def signs(nodes: Iterable[ast.AST], is_test: bool) -> Iterator[Sign]:
    """Every hook in a module."""
    kept = tuple(nodes)
    imports = dict(of for each in kept if isinstance(each, ast.Import | ast.ImportFrom) for of in imported(each))
    if is_test and isinstance(kept[0], ast.Module):
        yield from _silences(kept[0])
    for node in kept:
        match node:
            case ast.Call():
                yield from _call(node, imports, is_test)
            case ast.Assign(targets=targets):
                for target in targets:
                    yield from _target(target, node.lineno, imports, is_test)
            case ast.AugAssign(target=target):
                yield from _target(target, node.lineno, imports, is_test)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from _function(node, is_test)
            case ast.ClassDef() if is_test:
                yield from _class(node)
            case ast.Import() | ast.ImportFrom():
                brought = [alias.asname or alias.name for alias in node.names]
                yield from (_taking_part(name, node.lineno) for name in brought if _is_hook(name))


def _call(node: ast.Call, imports: Mapping[str, str], is_test: bool) -> Iterator[Sign]:
    name = called(node)
    parts = name.split(".")
    if _HOOKS & set(parts[:-1]) and parts[-1] in ("insert", "append", "extend"):
        yield Sign("runner-changed", node.lineno, f"`{name}` hooks into importing.")
    if parts[-1] in _TRACERS and parts[0] in ("sys", "threading", *_TRACERS):
        yield Sign("runner-changed", node.lineno, f"`{name}` hooks into the running of code.")
    ends = {"os._exit", "os.abort", "os.kill", "_exit"}
    if name == "os._exit" and node.args and written(node.args[0]) in ("0", "False"):
        yield Sign("runner-changed", node.lineno, "`os._exit(0)` ends the run with success, whatever failed.")
    if name == "atexit.register" and node.args:
        inside = {called(each) for each in walk(node)} | {dotted(each) for each in node.args}
        if is_test or inside & ends:
            yield Sign("runner-changed", node.lineno, "`atexit` runs code after the tests have ended.")
    if is_test and last(name) == "addTypeEqualityFunc":
        yield Sign("test-weakened", node.lineno, "The tests say themselves what `assertEqual` takes for equal.")
    if name.endswith("pluginmanager.register"):
        yield Sign("runner-changed", node.lineno, "A pytest plugin is registered from code.")
    yield from _setting(node, name, imports)


def _setting(node: ast.Call, name: str, imports: Mapping[str, str]) -> Iterator[Sign]:
    """`setattr(pytest, …)`, `os.environ.update(PYTEST_ADDOPTS=…)`."""
    if last(name) == "setattr" and len(node.args) == 3:
        owner = resolved(dotted(node.args[0]), imports).partition(".")[0]
        if owner in _MACHINERY:
            what = f"`{owner}.{fold(node.args[1]) or '…'}` of the test machinery is replaced."
            yield Sign("runner-changed", node.lineno, what)
    if "environ" in name or last(name) in ("putenv", "setenv"):
        said = {fold(each) for each in walk(node)} | {each.arg for each in node.keywords}
        for key in sorted(_VARIABLES & said):
            yield Sign("runner-changed", node.lineno, f"The environment variable `{key}` is set from code.")


def _silences(tree: ast.Module) -> Iterator[Sign]:
    """`warnings.simplefilter("ignore")` of no category, while the file is loaded."""
    for node in tree.body:
        call = node.value if isinstance(node, ast.Expr) else None
        named = call is not None and last(called(call)) in ("simplefilter", "filterwarnings")
        alone = isinstance(call, ast.Call) and not call.keywords
        if named and isinstance(call, ast.Call) and alone and [fold(each) for each in call.args] == ["ignore"]:
            yield Sign("runner-changed", node.lineno, "Warnings of every kind are ignored while tests run.")


def _target(target: ast.expr, line: int, imports: Mapping[str, str], is_test: bool) -> Iterator[Sign]:
    name = dotted(target)
    top, _, rest = resolved(name, imports).partition(".")
    if "." in name and top in _MACHINERY and rest:
        yield Sign("runner-changed", line, f"`{top}.{rest}` of the test machinery is replaced.")
    if name in ("sys.meta_path", "sys.path_hooks", "sys.excepthook", "sys.unraisablehook"):
        yield Sign("runner-changed", line, f"`{name}` is replaced.")
    if isinstance(target, ast.Subscript):
        key = fold(target.slice) or ""
        if last(dotted(target.value)) == "environ" and key in _VARIABLES:
            yield Sign("runner-changed", line, f"The environment variable `{key}` is set from code.")
        name = key if called(target.value) in ("globals", "vars", "locals") else name
    if is_test and name in ("collect_ignore", "collect_ignore_glob", "pytest_plugins"):
        yield Sign("runner-changed", line, f"`{name}` changes what the runner collects or loads.")
    if _is_hook(name):
        yield _taking_part(name, line)
    if isinstance(target, ast.Attribute) and target.attr in _JUDGING | _ASSERTIONS:
        yield Sign("runner-changed", line, f"`{name or target.attr}`, by which a test is judged, is replaced.")
    noted = isinstance(target, ast.Attribute) and target.attr in _NOTED and dotted(target.value) != "self"
    if noted and (is_test or not name.endswith(".outcome")):
        yield Sign("runner-changed", line, f"`{name or written(target)}`, the outcome of a test, is set from code.")


def _is_hook(name: str) -> bool:
    return name.startswith("pytest_") and name not in _HARMLESS


def _taking_part(name: str, line: int) -> Sign:
    return Sign("runner-changed", line, f"The hook `{name}` takes part in collecting or judging tests.")


def _function(node: Function, is_test: bool) -> Iterator[Sign]:
    names = {last(dotted(each) or called(each)) for each in node.decorator_list}
    given = [each.value for call in node.decorator_list if isinstance(call, ast.Call) for each in call.keywords]
    hook = next((text for each in given if (text := fold(each)) and _is_hook(text)), node.name)
    is_hook = _is_hook(hook) and "fixture" not in names
    stored = (target for each in walk(node) if isinstance(each, ast.Assign) for target in each.targets)
    if node.name == "pytest_configure" and any("option." in dotted(target) for target in stored):
        yield Sign("runner-changed", node.lineno, "`pytest_configure` changes the runner's options.")
    if is_hook:
        yield _taking_part(hook, node.lineno)
    if is_test and "fixture" in names and catches(node):
        yield Sign("test-weakened", node.lineno, f"The fixture `{node.name}` lets failures of tests end.", (node.name,))
    if is_test and node.name == "load_tests":
        yield Sign("runner-changed", node.lineno, "`load_tests` decides which tests are loaded.")


def _class(node: ast.ClassDef) -> Iterator[Sign]:
    """Test cases and results that judge by themselves."""
    bases = " ".join(written(base) for base in node.bases)
    judges = any(word in bases for word in ("Case", "TestResult", "TestRunner"))
    for each in node.body:
        targets = each.targets if isinstance(each, ast.Assign) else []
        names = [each.name] if isinstance(each, Function) else [dotted(target) for target in targets]
        for name in names:
            if (judges and name in _RUNNING) or name in _ASSERTIONS:
                what = f"`{node.name}.{name}` replaces how unittest itself runs or judges a test."
                yield Sign("runner-changed", each.lineno, what, (node.name,))

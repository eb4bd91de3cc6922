"""The outline of a Python test file: which tests a runner would find in it, and what keeps them from counting."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bot.checks.integrity.model import Escape, Found, Mark, Outline, kinds_by_name
from bot.checks.integrity.python.syntax import below, called, dotted, imported, last, own, variables, written
from bot.domain.syntax import Function

_MARKS = kinds_by_name(
    skip="skip skipif skipIf skipUnless skip_if", xfail="xfail expectedFailure", retry="flaky retry rerun"
)
_CONDITIONAL = frozenset({"skipif", "skipIf", "skipUnless", "xfail", "skip_if"})
_LIMITED = frozenset({"max_examples"})
_REPLACED = re.compile(r"\.(__test__|__code__|__wrapped__|__call__)$")


@dataclass(slots=True)
class Module(Found):
    """`cases` are the test cases of unittest, by name."""

    lines: list[str] = field(default_factory=list)
    cases: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where definitions stand: the names above, the marks that hold there, whether a runner looks there."""

    prefix: str = ""
    marks: tuple[Mark, ...] = ()
    collected: bool = True
    outer: tuple[str, ...] = ()
    waits: bool = True


def outline(tree: ast.Module, text: str) -> Module:
    """Walk the module. Later definitions of a name take the place of earlier ones, as in Python itself."""
    found = Module(lines=text.splitlines())
    _body(tree.body, _Place(marks=tuple(_module_marks(tree.body))), found)
    return found


def _body(body: Iterable[ast.stmt], place: _Place, found: Module) -> None:
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                _function(node, place, found)
            case ast.ClassDef():
                _class(node, place, found)
            case ast.If():
                _branch(node, place, found)
            case ast.Try():
                for part in (node.body, *(handler.body for handler in node.handlers), node.orelse, node.finalbody):
                    _body(part, place, found)
            case ast.With():
                _body(node.body, place, found)
            case ast.Import() | ast.ImportFrom():
                found.imports.update(imported(node))
            case _ if not place.prefix or place.collected:
                _statement(node, place, found)


def _branch(node: ast.If, place: _Place, found: Module) -> None:
    """Definitions under a condition are tests under a condition."""
    test = written(node.test)
    if "TYPE_CHECKING" in test or "__name__" in test:
        return
    _body(node.body, _with(place, Mark("skip", f"not ({test})", node.lineno)), found)
    _body(node.orelse, _with(place, Mark("skip", test, node.lineno)), found)


def _with(place: _Place, *marks: Mark) -> _Place:
    return _Place(place.prefix, (*place.marks, *marks), place.collected, place.outer)


def _class(node: ast.ClassDef, place: _Place, found: Module) -> None:
    bases = [dotted(base) for base in node.bases]
    cased = any("Test" in last(base) or last(base).endswith("Case") or base in found.cases for base in bases)
    found.cases.update([node.name] if cased else [])
    hidden = [mark for statement in node.body for mark in _uncollected(statement, cased)]
    collected = place.collected and (node.name.startswith("Test") or cased)
    marks = (*place.marks, *_decorations(node.decorator_list), *hidden, *_module_marks(node.body))
    decorators = tuple(written(each) for each in node.decorator_list if last(called(each)) == "parametrize")
    if not place.prefix:
        found.defined[node.name] = node.lineno
    waits = "TestCase" not in bases and "unittest.TestCase" not in bases
    inside = _Place(f"{place.prefix}{node.name}.", marks, collected, (*place.outer, *decorators), waits)
    _body(node.body, inside, found)


def _uncollected(node: ast.stmt, cased: bool) -> Iterator[Mark]:
    """What takes a test class out of collection."""
    if isinstance(node, Function) and node.name in ("__init__", "__new__") and not cased:
        yield Mark("skip", f"the class has {node.name}", node.lineno)
    if isinstance(node, ast.Assign) and any(dotted(target) == "__test__" for target in node.targets):
        off = isinstance(node.value, ast.Constant) and not node.value.value
        yield from [Mark("skip", "", node.lineno)] * off


def _function(node: Function, place: _Place, found: Module) -> None:
    name = f"{place.prefix}{node.name}"
    start = min([node.lineno, *(each.lineno for each in node.decorator_list)])
    end = node.end_lineno or node.lineno
    is_test = node.name.startswith("test") and not _is_fixture(node)
    yields = [each.lineno for each in own(node) if is_test and isinstance(each, ast.Yield | ast.YieldFrom)]
    generator = [Mark("skip", "it is a generator, which nobody runs", yields[0])] if yields else []
    lost = isinstance(node, ast.AsyncFunctionDef) and not place.waits
    coroutine = [Mark("skip", "it is a coroutine, which this kind of test case awaits not", start)] * lost
    marks = (*place.marks, *_decorations(node.decorator_list), *generator, *coroutine)
    source = "\n".join(found.lines[start - 1 : end])
    made = Outline(name, start, end, source, marks, node, place.prefix.rstrip("."), place.outer)
    if not place.prefix:
        found.defined[node.name] = node.lineno
    if node.name.startswith("test") and place.collected and not _is_fixture(node):
        found.tests[name] = made
        found.buried += _buried(node, made, found.lines)
    else:
        found.tests.pop(name, None)
        found.helpers.append(made)


def _is_fixture(node: Function) -> bool:
    return any(last(dotted(each) or called(each)) == "fixture" for each in node.decorator_list)


def _buried(node: Function, outer: Outline, lines: list[str]) -> Iterator[Outline]:
    """Tests inside of a test that nothing calls."""
    used = variables(node)
    for inner in below(node):
        named = isinstance(inner, Function) and inner is not node and inner.name.startswith("test")
        if isinstance(inner, Function) and named and inner.name not in used:
            name, end = f"{outer.name}.{inner.name}", inner.end_lineno or inner.lineno
            yield Outline(name, inner.lineno, end, "\n".join(lines[inner.lineno - 1 : end]), node=inner)


def _decorations(decorators: Iterable[ast.expr]) -> Iterator[Mark]:
    for node in decorators:
        name = dotted(node) or called(node)
        kind = _MARKS.get(last(name))
        if kind is not None and not name.startswith("self."):
            yield Mark(kind, _condition(node, last(name)), node.lineno)
        for keyword in node.keywords if isinstance(node, ast.Call) else ():
            if keyword.arg in _LIMITED and isinstance(keyword.value, ast.Constant):
                yield Mark("fewer", f"{keyword.arg}={keyword.value.value!r}", node.lineno)
            if keyword.arg == "marks":
                yield from _decorations([keyword.value])


def _condition(node: ast.expr, name: str) -> str:
    """The condition of a skipif or xfail; '' when it always holds."""
    if not isinstance(node, ast.Call) or name not in _CONDITIONAL:
        return ""
    given = [each.value for each in node.keywords if each.arg == "condition"]
    first = next(iter([*given, *node.args]), None)
    if first is None or (isinstance(first, ast.Constant) and first.value not in (False,) and name != "skipUnless"):
        return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
    return ("not " if name == "skipUnless" else "") + written(first)


def _module_marks(body: Iterable[ast.stmt]) -> Iterator[Mark]:
    """`pytestmark = …` and a skip of the whole module."""
    for node in body:
        if isinstance(node, ast.Assign) and any(dotted(target) == "pytestmark" for target in node.targets):
            given = node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value]
            yield from _decorations(given)
        value = node.value if isinstance(node, ast.Expr | ast.Assign) else None
        if value is not None and (skip := skipping(value)) is not None:
            yield skip
        if isinstance(node, ast.Raise) and node.exc is not None and "SkipTest" in written(node.exc):
            yield Mark("skip", "", node.lineno)
        if isinstance(node, ast.If):
            condition = written(node.test)
            yield from (Mark(m.kind, m.condition or condition, m.line) for m in _module_marks(node.body))


def skipping(node: ast.expr) -> Mark | None:
    """A call that skips or expects the failure of the test that makes it."""
    name = called(node)
    match last(name):
        case "skip" if name.startswith(("pytest.", "unittest.")) or name == "skip":
            return Mark("skip", "", node.lineno)
        case "skipTest":
            return Mark("skip", "", node.lineno)
        case "importorskip" if isinstance(node, ast.Call) and node.args:
            return Mark("skip", f"no module {written(node.args[0])}", node.lineno)
        case "xfail" if name.startswith("pytest."):
            return Mark("xfail", "", node.lineno)
        case _:
            return None


def _statement(node: ast.stmt, place: _Place, found: Module) -> None:
    """What module or class level statements do to tests that were defined before."""
    targets = node.targets if isinstance(node, ast.Assign | ast.Delete) else []
    for target in targets:
        name = _REPLACED.sub("", f"{place.prefix}{_reached(target) or dotted(target)}")
        if name in found.tests:
            found.helpers.append(found.tests.pop(name))
        elif isinstance(target, ast.Name) and not place.prefix:
            found.defined[target.id] = node.lineno
    if isinstance(node, ast.Expr) and (name := _reached(node.value)) in found.tests:
        found.helpers.append(found.tests.pop(name))
    if isinstance(node, ast.Expr) and not place.prefix and (way := exiting(node.value)):
        found.escapes.append(Escape(way, node.lineno, run=True))


def _reached(node: ast.expr) -> str:
    """The name that `globals()['test_a']`, `setattr(module, 'test_a', …)` or `globals().pop('test_a')` gets at."""
    match node:
        case ast.Subscript(
            value=ast.Call(func=ast.Name(id="globals" | "vars" | "locals")), slice=ast.Constant(value=name)
        ):
            return str(name)
        case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[_, ast.Constant(value=name), *_]):
            return str(name)
        case ast.Call(
            func=ast.Attribute(value=ast.Call(func=ast.Name(id="globals" | "vars"))),
            args=[ast.Constant(value=name), *_],
        ):
            return str(name)
        case _:
            return ""


def exiting(node: ast.expr) -> str:
    """The name of a call that ends the process; '' for others."""
    name = called(node)
    known = {"sys.exit", "os._exit", "os.abort", "pytest.exit", "exit", "quit", "_exit", "os.kill"}
    return name if name in known else ""

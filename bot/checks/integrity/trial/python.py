"""Trials of Python's tests, by pytest and unittest: what they insist on, and what of a test file is no test."""

import ast
import re
import unittest
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import PurePosixPath

from bot.checks.integrity.python.syntax import parse, variables
from bot.checks.integrity.trial.language import Changed, Language, Lines, Names, before, with_users
from bot.domain.syntax import Function, functions
from bot.ports import Run

STARTED: Mapping[str, tuple[str, str]] = {
    "pytest": ("-p maestro_pytest", "-p maestro_trial_pytest -p maestro_pytest"),
    "unittest": ("-m maestro_unittest", "-m maestro_trial_unittest"),
}
"""What of a runner's instrumented command becomes what."""

_AROUND = re.compile(r"(async)?set_?up|(async)?tear_?down|pytest|run$", re.IGNORECASE)
"""What runs around tests without being named by them."""

_MEANING = re.compile(r"assert|fail", re.IGNORECASE)
"""What says what assertions mean, where one is called by another that a base class has."""

_BASES = frozenset(("TestCase", "IsolatedAsyncioTestCase", "object"))
_ASSERTS = ("assert", "expect", "check", "verify")
_LEAVES = (ast.Return, ast.Raise, ast.Yield, ast.YieldFrom, ast.Break, ast.Continue)


def _trying(run: Run, _: Mapping[str, str], __: Mapping[str, str]) -> Run:
    plain, tried = STARTED[run.runner or ""]
    return replace(run, argv=tuple(word.replace(plain, tried, 1) for word in run.argv))


# --- what tests insist on ---------------------------------------------------------------------------------------------


def insisted(text: str, names: Collection[str]) -> tuple[Lines, ...]:
    """The assertions of these tests (dotted names within the file), and of all functions that are no tests."""
    tree = parse(text) or ast.Module([], [])
    imported = _imported(tree)
    return tuple(
        Lines(node.lineno, last, slice_of(node, function, imported) if _is_test(function) else "")
        for function in _reached(functions(tree.body), names)
        for node, last in _assertions(function)
        if not _says_nothing(node)
    )


def _reached(found: Iterable[tuple[str, Function]], names: Collection[str]) -> list[Function]:
    """The tests of these names, with all of the rest that one of them names, be it by others, or that nobody names."""
    found = list(found)
    taken = [function for name, function in found if (name in names if _is_test(function) else _is_around(function))]
    left = [(name, function) for name, function in found if not _is_test(function) and function not in taken]
    said = "".join(map(ast.dump, taken))
    while more := [function for name, function in left if uses(said, _known_by(name, function))]:
        taken += more
        left = [each for each in left if each[1] not in more]
        said += "".join(map(ast.dump, more))
    return taken


def _is_around(function: Function) -> bool:
    return _AROUND.match(function.name) is not None or "autouse" in "".join(map(ast.dump, function.decorator_list))


def _known_by(name: str, function: Function) -> set[str]:
    """What names a function: its own name, what its decorators say, as a fixture's does; its class, where Python calls
    it."""
    said = (each.value for one in function.decorator_list for each in ast.walk(one) if isinstance(each, ast.Constant))
    own = name.split(".")[-2:][0] if function.name.startswith("__") else function.name
    return {own, *(each for each in said if isinstance(each, str))}


def disturbed(changed: Sequence[Changed], holding: Collection[str]) -> dict[str, Names]:
    """As `Language` has it."""
    sides = [(each, _Names.of(each.old or ""), _Names.of(each.new or "")) for each in changed]
    differing = {each.file: _differing(each, old, new, sides) for each, old, new in sides}
    return with_users(differing, {each.file: old.defined for each, old, _ in sides}, changed, holding, uses)


@dataclass(frozen=True, slots=True)
class _Names:
    """What a file defines besides its tests, as `ast.dump` tells it, and what it imports: the last part of the module,
    and the name there. `inherits`: a class of it has a base that is none of unittest's own."""

    defined: Mapping[str, str]
    imported: Mapping[str, tuple[str, str]]
    inherits: bool

    @classmethod
    def of(cls, text: str) -> "_Names":
        tree = parse(text) or ast.Module([], [])
        bases = {_last(base) for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for base in node.bases}
        return cls(_defined(tree.body), _imported(tree), not bases <= _BASES)

    def of_use(self, name: str) -> list[tuple[str, str]]:
        """What the names mean that stand in a definition."""
        return sorted(of for word, of in self.imported.items() if uses(self.defined[name], {word}))


_Side = tuple[Changed, _Names, _Names]
"""A file with its names at base and at head."""


def _imported(tree: ast.Module) -> dict[str, tuple[str, str]]:
    """Each imported name with the last part of its module, and the name there."""
    found: dict[str, tuple[str, str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = (getattr(node, "module", None) or "").rpartition(".")[2]
            found |= {a.asname or a.name: (module, a.name) for a in node.names}
    return found


def _differing(each: Changed, old: _Names, new: _Names, sides: Sequence[_Side]) -> frozenset[str] | None:
    before, after = old.defined, new.defined
    found = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    others = [side for side in sides if side[0] is not each]
    came = {n for n in found if n and n not in before and _stood(n, new, [was for _, was, _ in others])}
    found -= came | {n for n in found if n and n not in after and _moved(n, each, old, new, others)}
    if any(_is_unnamed(name, new) or "autouse" in before.get(name, "") + after.get(name, "") for name in found):
        return None
    return frozenset(found)


def _is_unnamed(name: str, file: _Names) -> bool:
    """Whether tests may depend on it without naming it."""
    if not name or _AROUND.match(name):
        return True
    return _MEANING.match(name) is not None and (file.inherits or hasattr(unittest.TestCase, name))


def _stood(name: str, here: _Names, there: Iterable[_Names]) -> bool:
    """Whether all of them that define the name, and some do, define it as it is here."""
    found = [names for names in there if name in names.defined]
    return bool(found) and all(
        names.defined[name] == here.defined[name] and names.of_use(name) == here.of_use(name) for names in found
    )


def _moved(name: str, each: Changed, old: _Names, new: _Names, others: Sequence[_Side]) -> bool:
    """Whether it stands elsewhere as it stood here, and is imported from there, or was or is a fixture of all."""
    homes = [side for side in others if name in side[2].defined and name not in side[1].defined]
    stems = {PurePosixPath(home.path).stem for home, _, _ in homes}
    if name in new.imported:
        reached = {(stem, name) for stem in stems} == {new.imported[name]}
    else:
        reached = stems == {"conftest"} or PurePosixPath(each.path).stem == "conftest"
    return reached and _stood(name, old, [now for _, _, now in others])


def uses(dumped: str, names: Collection[str]) -> bool:
    """Whether one of the names stands in a function, as `ast.dump` tells it."""
    return any(f"'{name}'" in dumped for name in names)


def _is_test(node: Function) -> bool:
    return node.name.startswith("test")


def _assertions(function: Function) -> Iterator[tuple[ast.stmt, int]]:
    """The statements of a function that may fail on purpose, each with its last line. What should raise stands in the
    block of a `with`."""
    for node in ast.walk(function):
        match node:
            case ast.Assert():
                yield node, node.end_lineno or node.lineno
            case ast.Expr(value=ast.Call(func=called)) if _asserts(called):
                yield node, node.end_lineno or node.lineno
            case ast.Expr(value=ast.Await(value=ast.Call(func=called))) if _asserts(called):
                yield node, node.end_lineno or node.lineno
            case ast.With(items=items) | ast.AsyncWith(items=items) if any(_raises(i.context_expr) for i in items):
                yield node, node.end_lineno or node.lineno


def _says_nothing(node: ast.stmt) -> bool:
    """Whether a thing is compared with itself, so that nothing can be noticed by it."""
    match node:
        case ast.Assert(test=ast.Compare(left=one, comparators=[other])):
            pass
        case ast.Expr(value=ast.Call(args=[one, other, *_])):
            pass
        case _:
            return False
    return ast.dump(one) == ast.dump(other) and not any(isinstance(each, ast.Call) for each in ast.walk(one))


def _last(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def _asserts(called: ast.expr) -> bool:
    name = _last(called).lstrip("_").lower()
    return name.startswith(_ASSERTS) or name == "match"


def _raises(context: ast.expr) -> bool:
    name = _last(context.func) if isinstance(context, ast.Call) else ""
    return name in ("raises", "warns", "deprecated_call") or name.startswith("assert")


def _defined(nodes: Iterable[ast.stmt]) -> dict[str, str]:
    """Everything but tests, imports and docstrings, by name: '' for what has none."""
    found: dict[str, str] = {}
    for node in nodes:
        said = {name: ast.dump(node) for name in _names(node)}
        if isinstance(node, ast.ClassDef):
            said = {node.name: " ".join(map(ast.dump, (*node.bases, *node.keywords, *node.decorator_list)))}
            inside = _defined(node.body)
            own = [inside.pop(name) for name in sorted(inside) if name.startswith("__")]
            said = {node.name: " ".join((said[node.name], *own))} | inside
        for name, text in said.items():
            found[name] = found.get(name, "") + text
    return found


def _names(node: ast.stmt) -> Iterable[str]:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()) | ast.ClassDef():
            return ()
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return () if _is_test(node) else (name,)
        case ast.Assign(targets=targets) if all(isinstance(target, ast.Name) for target in targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return (name,)
    return ("",)


# --- what a test does for one of its assertions -----------------------------------------------------------------------


def slice_of(assertion: ast.stmt, function: Function, imported: Mapping[str, tuple[str, str]]) -> str:
    """The assertion, the statements before it that share a name with it, be it through others, all that may leave the
    test before it, the test's decorators, and where names that it uses are imported from."""
    local = _bound(function)
    *others, own = takewhile(lambda node: node.lineno <= assertion.lineno, function.body)
    taken = before(own, others, lambda node: variables(node) & local, _leaves)
    told = [*function.decorator_list, *sorted(taken, key=lambda node: node.lineno)]
    used = {word for node in told for word in variables(node)} & imported.keys()
    return "\n".join([*map(ast.dump, told), *(f"{word} {imported[word]}" for word in sorted(used))])


def _bound(function: Function) -> set[str]:
    """The names that mean something of the test's own."""
    named = [each for each in ast.walk(function) if isinstance(each, ast.Name)]
    found = {each.id for each in named if not isinstance(each.ctx, ast.Load)}
    return found | {each.arg for each in ast.walk(function.args) if isinstance(each, ast.arg)}


def _leaves(node: ast.stmt) -> bool:
    return any(isinstance(each, _LEAVES) for each in ast.walk(node))


PYTHON = Language(
    frozenset(STARTED),
    (".py",),
    bodied=lambda tests, _: tuple(tests),  # they have them
    trying=_trying,
    insisted=lambda _, text, tests: insisted(text, {test.function for test in tests}),
    disturbed=disturbed,
    uses=lambda test, names: uses(test.body, names),
)

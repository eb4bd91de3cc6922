"""Parameters that a change adds and nothing reads: the old code refuses them, so that a test which hands one over fails
there, and shows nothing but that. Python only: elsewhere too many arguments are no error. Pure: text in, text out."""

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from bot.domain.syntax import Function, parse
from bot.ports import FileChange

_REFUSED = re.compile(r"\b(\w+)\(\) (?:got an unexpected keyword argument '(\w+)'|takes )")

Idle = Mapping[str, frozenset[str]]
"""Names of new parameters, by the name of their function."""


def idle_parameters(sources: Iterable[FileChange]) -> Idle:
    """What overrides something, is decorated, or has no body of its own, may have to take what it does not need."""
    found: dict[str, frozenset[str]] = {}
    for source in sources:
        if not source.path.endswith(".py") or source.old is None or source.new is None:
            continue
        try:
            before, after = dict(_functions(parse(source.old))), dict(_functions(parse(source.new)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for name, node in after.items():
            added = _parameters(node) - _parameters(before[name]) if name in before else frozenset()
            if unread := added - _read(node):
                found[node.name] = found.get(node.name, frozenset()) | unread
    return found


def only_refused(idle: Idle, messages: Collection[str]) -> str:
    """A sentence where each of these failures says that such a parameter was refused."""
    refused = [_REFUSED.search(message) for message in messages]
    if not refused or not all(each and _is_idle(each, idle) for each in refused):
        return ""
    said = ", ".join(sorted({f"`{each[1]}` takes `{', '.join(sorted(idle[each[1]]))}`" for each in refused if each}))
    return f"{said} now and never reads it: that the old code refuses it is all that the new tests show."


def _is_idle(refused: re.Match[str], idle: Idle) -> bool:
    names = idle.get(refused[1], frozenset())
    return bool(names) and refused[2] in {None, *names}


def _functions(module: ast.Module) -> Iterator[tuple[str, Function]]:
    """By dotted name: those at the top, and methods of classes that inherit from nothing."""
    for node in module.body:
        if isinstance(node, ast.ClassDef) and not node.bases:
            yield from ((f"{node.name}.{each.name}", each) for each in node.body if isinstance(each, Function))
        elif isinstance(node, Function):
            yield node.name, node


def _parameters(node: Function) -> frozenset[str]:
    arguments = node.args
    named = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    return frozenset() if node.decorator_list else frozenset(each.arg for each in named if each.arg[0] != "_")


def _read(node: Function) -> frozenset[str]:
    """Names that the body reads; all of the parameters where it reads them by itself, or does nothing."""
    names = frozenset(each.id for each in ast.walk(node) if isinstance(each, ast.Name))
    works = any(not isinstance(each, ast.Pass | ast.Expr | ast.Raise) for each in node.body)
    return names if works and not names & {"locals", "vars", "super"} else _parameters(node)

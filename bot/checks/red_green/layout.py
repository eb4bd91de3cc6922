"""Sources of which only the layout changed: spaces, quotes, trailing commas, the order of imports, type hints. Where
the plan says so much, no test has to show it. Pure: text in, text out."""

import ast
import re
from collections.abc import Iterator

from bot.checks.integrity.javascript.tests import JAVASCRIPT, grammar_of
from bot.checks.integrity.trees.syntax import inner_text, kids, text_of, walk
from bot.checks.integrity.trees.syntax import parse as parse_tree
from bot.domain.syntax import Function, parse, undocumented
from bot.domain.work import Plan
from bot.ports import FileChange

_SAID = re.compile(
    r"(?<!\w)(re-?format\w*|formatt(ed|ing)|prettier|black|ruff|isort|type hints?|type annotations?|annotat\w*"
    r"|sort\w* (the )?imports|imports (are )?sorted|docstrings?)(?!\w)",
    re.IGNORECASE,
)
_FREE = frozenset((";", ",", "'", '"'))


def is_said(plan: Plan | None) -> bool:
    """Whether the plan speaks of layout, or of type hints."""
    return plan is not None and any(_SAID.search(said) for said in (plan.summary, *plan.steps))


def is_layout(change: FileChange) -> bool:
    """Whether both sides do the same, word for word."""
    if change.old is None or change.new is None or change.renamed_from is not None:
        return False
    if change.path.endswith(".py"):
        try:
            return _program(change.old) == _program(change.new)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    if change.path.endswith(JAVASCRIPT):
        return list(_words(change.path, change.old)) == list(_words(change.path, change.new))
    return False


def _words(path: str, text: str) -> Iterator[str]:
    """Strings whatever their quotes, and signs but for those that may be left out: semicolons, commas at the end,
    parentheses around the only parameter."""
    for node in walk(parse_tree(grammar_of(path), text)):
        said, above = text_of(node), node.parent
        alone = above is not None and above.type == "formal_parameters" and len(kids(above)) == 1
        if node.type == "string":
            yield f'"{inner_text(node)}"'
        elif not node.child_count and node.type != "comment" and said not in _FREE and not (alone and said in "()"):
            yield said


def _program(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Its imports in any order, and the rest, without docstrings and type hints."""
    tree = parse(text)
    _Plain().visit(tree)
    imports = [each for each in tree.body if isinstance(each, ast.Import | ast.ImportFrom) and not _is_typing(each)]
    rest = [each for each in tree.body if not isinstance(each, ast.Import | ast.ImportFrom)]
    names = {ast.dump(ast.ImportFrom(_module(each), [alias], 0)) for each in imports for alias in each.names}
    return tuple(sorted(names)), tuple(map(ast.dump, rest))


def _module(node: ast.Import | ast.ImportFrom) -> str:
    return f"{'.' * node.level}{node.module or ''}" if isinstance(node, ast.ImportFrom) else "import"


def _is_typing(node: ast.Import | ast.ImportFrom) -> bool:
    names = {node.module or ""} if isinstance(node, ast.ImportFrom) else {each.name for each in node.names}
    return names <= {"typing", "collections.abc", "__future__", "types"}


class _Plain(ast.NodeTransformer):
    """Takes out what changes nothing when the program runs."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(node.arg)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """What a class says of its fields may be what it is made of."""
        node.body = [each if isinstance(each, ast.AnnAssign) else self.visit(each) for each in undocumented(node.body)]
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        return ast.Assign([node.target], node.value) if node.value is not None else node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        if isinstance(node, Function):
            node.returns = None
        if isinstance(node, Function | ast.Module):
            node.body = undocumented(node.body)
        return node

"""Values that new conditions of the sources single out, that new or changed tests ask for, and that the plan does not
name: what is special in the code is special in what was asked for, too. Python, JavaScript and TypeScript."""

import ast
import re
from calendar import day_name, month_name
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tree_sitter import Node

from bot.checks.integrity.javascript.tests import JAVASCRIPT, grammar_of
from bot.checks.integrity.model import Detail, Sheet, Sign, short
from bot.checks.integrity.python.syntax import below as nodes_below
from bot.checks.integrity.python.syntax import parse
from bot.checks.integrity.reading import is_readable, suffix
from bot.checks.integrity.sources.appeared import Text
from bot.checks.integrity.trees.syntax import arguments, callee, inner_text, is_string, kids, line_of, part, text_of
from bot.checks.integrity.trees.syntax import below as below_node
from bot.checks.integrity.trees.syntax import parse as parse_tree
from bot.checks.planned.explained import sentences
from bot.domain.work import Plan

_LITERALS = re.compile(
    r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'|`([^`\n]*)`|(?<![\w.])(\d[\d_]*(?:\.\d+)?)(?![\w.])"
)
_MEASURED = re.compile(r"\blen\(|\.length\b|%|\bindexOf\(|\.find\(|\.count\(|\.size\b|typeof |version|code\b|status")
"""Sides of a comparison whose values are no inputs: sizes, kinds, and what protocols number."""

_PART = 3  # letters of a part that is none of many texts
_BEGINS = frozenset(("startswith", "endswith", "startsWith", "endsWith"))
_COUNTED = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


@dataclass(frozen=True, slots=True)
class Singled:
    """A literal (numbers and texts as they are written, without quotes) that a condition compares `what` with, or the
    beginning or the end of it (`part`)."""

    literal: str
    what: str
    line: int
    part: bool = False

    def is_asked(self, asked: frozenset[str]) -> bool:
        """Where a condition looks at a part of a text, that part may stand in what is asked for."""
        if not self.part or len(self.literal) < _PART:
            return self.literal in asked
        return any(each.startswith(self.literal) or each.endswith(self.literal) for each in asked)


def signs(
    old: Iterable[Text], new: Iterable[Text], before: Iterable[Sheet], after: Iterable[Sheet], plan: Plan | None
) -> Iterator[Sign]:
    """`before` and `after` are the changed test files. What is compared with anything else that is new, too, has a
    vocabulary of its own, and so has a source that is new as a whole."""
    sources = {path: text for path, text, is_test in old if not is_test}
    known = frozenset(literal for text in sources.values() for literal in literals_in(text))
    fresh = [(path, each) for path, text, _ in new if path in sources for each in _singled(path, text)]
    fresh = [(path, each) for path, each in fresh if each.literal not in known]
    if not any(_is_telling(each.literal) for _, each in fresh):
        return
    asked = _asked(before, after)
    said = " ".join(sentences(plan))
    wider = {(path, each.what) for path, each in fresh if not each.is_asked(asked)}
    for path, each in fresh:
        special = each.is_asked(asked) and _is_telling(each.literal) and (path, each.what) not in wider
        if special and not is_named(each.literal, said):
            what = f"The code singles out `{short(each.literal)}`, which a test asks for and the plan does not name."
            yield Sign("environment-probe", each.line, what, path=path)


def _singled(path: str, text: str) -> list[Singled]:
    if not is_readable(text):
        return []
    if suffix(path) == ".py":
        tree = parse(text)
        return list(of_python(tree)) if tree is not None else []
    return list(of_tree(parse_tree(grammar_of(path), text))) if suffix(path) in JAVASCRIPT else []


def _asked(before: Iterable[Sheet], after: Iterable[Sheet]) -> frozenset[str]:
    """The literals that stand in new and changed tests, but for those that are expected and nothing else."""
    known = {test.text for sheet in before for test in sheet.tests}
    fresh = [(sheet, test) for sheet in after for test in sheet.tests if test.text not in known]
    return frozenset(literal for sheet, test in fresh for literal in _handed(test.text, sheet.read(test)))


def _handed(text: str, detail: Detail) -> frozenset[str]:
    steps = (step for step, _ in detail.steps)
    looked = (literals_in(said) for said in (*(each.subject.text for each in detail.assertions), *steps))
    expected = (literals_in(f"{each.expected.text} {each.also}") for each in detail.assertions)
    return (literals_in(text) - frozenset[str]().union(*expected)).union(*looked)


def literals_in(text: str) -> frozenset[str]:
    """Texts and numbers, without quotes."""
    groups = (match.groups() for match in _LITERALS.finditer(text))
    return frozenset(next((part for part in parts if part is not None), "") for parts in groups)


def _is_telling(literal: str) -> bool:
    """Not what any program compares with: nothing, a sign, the smallest numbers."""
    return bool(re.search(r"\w", literal)) and literal[:2] != "__" and literal not in ("0", "1", "2", "0.0", "1.0")


def is_named(literal: str, said: str) -> bool:
    """Whether the plan says it, or a word of it, or what it is short for; of one or two letters a word that begins
    so."""
    words = re.findall(r"[^\W_]+", literal)
    if _is_short_for(literal, said) or _is_called(literal, said):
        return True
    if literal.isalpha() and len(literal) < 3:
        return re.search(rf"(?<!\w){re.escape(literal)}", said) is not None
    return any(re.search(rf"(?<![^\W_]){re.escape(word)}", said, re.IGNORECASE) for word in words)


def _is_called(literal: str, said: str) -> bool:
    """Whether a word for the number is said: eight, the eighth month, the day of the week by either count."""
    if not literal.isdecimal() or int(literal) >= len(_COUNTED):
        return False
    n = int(literal)
    days = (day_name[n - 1], day_name[n % 7]) if n <= len(day_name) else ()
    names = (_COUNTED[n], *((month_name[n],) if n else ()), *days)
    return re.search(rf"\b(?:{'|'.join(names)})s?\b", said) is not None


def _is_short_for(code: str, said: str) -> bool:
    """Whether it is a code for a word that is said: `NL` for the Netherlands, `ms` for milliseconds."""
    if not code.isalpha() or not (len(code) == 2 or (code.isupper() and 2 < len(code) < 5)):
        return False
    letters = re.compile(r"\w*?".join(code), re.IGNORECASE)
    return any(len(word) >= 2 * len(code) and letters.match(word) for word in re.findall(r"[^\W\d_]+", said))


# --- where conditions compare --------------------------------------------------------------------------------------
def of_python(tree: ast.Module) -> Iterator[Singled]:
    for node in nodes_below(tree):
        match node:
            case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq() | ast.In() | ast.NotIn()], comparators=[right]):
                for one, other in ((left, right), (right, left)):
                    yield from _compared(ast.unparse(one), list(_constants(other)), node.lineno)
            case ast.Call(func=ast.Attribute(value=value, attr=attr), args=[given]) if attr in _BEGINS:
                yield from _compared(ast.unparse(value), list(_constants(given)), node.lineno, part=True)
            case ast.Match(subject=subject, cases=cases):
                for case in cases:
                    if isinstance(case.pattern, ast.MatchValue):
                        said = list(_constants(case.pattern.value))
                        yield from _compared(ast.unparse(subject), said, case.pattern.lineno)


def _constants(node: ast.expr) -> Iterator[str]:
    inside = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    for each in inside:
        if isinstance(each, ast.Constant) and isinstance(each.value, str | int | float) and each.value is not True:
            yield str(each.value)


def of_tree(root: Node) -> Iterator[Singled]:
    for node in below_node(root):
        if node.type == "binary_expression" and text_of(node, "operator") in ("===", "!==", "==", "!="):
            left, right = part(node, "left"), part(node, "right")
            for one, other in ((left, right), (right, left)):
                if one is not None and other is not None:
                    yield from _compared(text_of(one), _literal(other), line_of(node))
        elif node.type == "call_expression" and callee(node) in ("includes", *_BEGINS):
            target, given = part(part(node, "function"), "object"), arguments(node)
            if target is not None and len(given) == 1 and target.type == "array":
                listed = [said for each in kids(target) for said in _literal(each)]
                yield from _compared(text_of(given[0]), listed, line_of(node))
            elif target is not None and len(given) == 1:
                yield from _compared(text_of(target), _literal(given[0]), line_of(node), part=callee(node) in _BEGINS)
        elif node.type == "switch_case" and (value := part(node, "value")) is not None:
            above = node.parent.parent if node.parent is not None else None
            yield from _compared(text_of(above, "value"), _literal(value), line_of(node))


def _literal(node: Node) -> list[str]:
    return [inner_text(node)] if is_string(node) else [text_of(node)] if node.type == "number" else []


def _compared(what: str, literals: Iterable[str], line: int, *, part: bool = False) -> Iterator[Singled]:
    if not _MEASURED.search(what):
        yield from (Singled(literal, what, line, part) for literal in literals)

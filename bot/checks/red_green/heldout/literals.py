"""What sources and data say: literals by which inputs can be known, and values that a test may expect. Python,
JavaScript, and data files, which are read as tables. Pure: text in, text out."""

import ast
import contextlib
import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field

from tree_sitter import Node

from bot.checks.integrity.javascript.tests import JAVASCRIPT, grammar_of
from bot.checks.integrity.trees.syntax import NUMBERS, arguments, callee, inner_text, kids, part, text_of, walk
from bot.checks.integrity.trees.syntax import parse as parse_tree
from bot.checks.red_green.heldout.inputs import Spot
from bot.domain.syntax import Function, parse
from bot.domain.words import words
from bot.ports import FileChange

_PART = 3
"""Letters of a literal that may be a part of what is asked for; a shorter one is all of it."""

_LARGEST = 60
"""Literals of an answer."""

_LOOKS = words(
    "replace replaceAll startswith startsWith endswith endsWith includes indexOf find index count removeprefix "
    "removesuffix partition split match search fullmatch test equals localeCompare sub"
)
"""Calls that hold a text against another. What is got by a name, or looked for by one, is a field and no input."""

_WORDS = re.compile(r"[a-z]+|\d+")
_FOR_PEOPLE = (".md", ".rst", ".adoc")
_FIELDS, _ASIDE = re.compile(r"\s*(?:[-=]>|[\t;|,=:])\s*"), re.compile(r"\s*(?:[#;].*|\[[\w.]+\]|-{3,})?")
_WORKS = words("function_declaration function_expression arrow_function method_definition class_declaration")
_HELD = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)
_MADE_BY = re.compile(r"(\w+\.)*((date|time|datetime|timedelta)|[A-Z]\w*[a-z]\w*)(\.\w+)?")
_MADE = words("call_expression identifier member_expression")
_SAME = ("===", "!==", "==", "!=")


@dataclass(frozen=True, slots=True)
class Literal:
    """A text or a number that inputs are held against, as it is written, without quotes. `beside` tells what it stands
    among: a list, the keys of a table, all that the same expression is compared with, or a call. `field`: it may be the
    name of one."""

    text: str
    beside: str = ""
    field: bool = False
    number: bool = False

    def asked_in(self, spots: Collection[Spot]) -> frozenset[Spot]:
        """The inputs of which it is a part; else those which it is put together from, and nothing else."""
        mine = set(words_of(self.text).split())
        parts = {spot: said for spot in spots if (said := set(words_of(spot.text).split())) and said <= mine}
        made = len(mine) > 1 and mine == set[str]().union(*parts.values())
        return frozenset(spot for spot in spots if self.is_in(spot)) or frozenset(parts if made else ())

    def is_in(self, spot: Spot) -> bool:
        """Whether it is this input, a part of it, or has just its words."""
        small, whole = self.text.lower(), spot.text.lower()
        if spot.number or small == whole:
            return small == whole
        return (len(small) >= _PART and small in whole) or self.is_all_of(spot)

    def is_all_of(self, spot: Spot) -> bool:
        """Whether it has just the words of this input."""
        return " " in words_of(self.text) and words_of(self.text) == words_of(spot.text)


def words_of(text: str) -> str:
    return " ".join(_WORDS.findall(text.lower()))


def normalised(text: str) -> str:
    return re.sub(r"\s+", "", text).replace("'", '"').replace(",]", "]").replace(",)", ")").replace(",}", "}")


@dataclass(slots=True)
class _Found:
    literals: list[Literal] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    def see(self, text: str, beside: str, *, number: bool = False) -> None:
        if beside:
            self.literals.append(Literal(text, beside, number=number))

    def within(self, text: str, beside: str, *, field: bool) -> None:
        self.literals.append(Literal(text, beside, field))
        self.value(text)

    def value(self, text: str) -> None:
        if len(text) > 1 and any(sign.isalnum() for sign in text):
            self.answers.append(text)


def literals_and_answers(path: str, text: str) -> tuple[tuple[Literal, ...], tuple[str, ...]]:
    """Those that a text says, which is data as `as_source` gives it; none where it can't be read."""
    found = _Found()
    try:
        if path.endswith(JAVASCRIPT):
            _JavaScript(found).read(parse_tree(grammar_of(path), text), "")
        else:
            _Python(found).read(parse(text), "")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return (), ()
    return tuple(found.literals), tuple(found.answers)


def is_table(change: FileChange) -> bool:
    """Whether the new side is data, or a module that does nothing."""
    path, text = change.path, change.new or ""
    try:
        if path.endswith(".py"):
            return not any(isinstance(each, Function | ast.ClassDef | ast.Lambda) for each in ast.walk(parse(text)))
        if path.endswith(JAVASCRIPT):
            return not any(each.type in _WORKS for each in walk(parse_tree(grammar_of(path), text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def as_source(path: str, text: str) -> str:
    """What a file says to programs; data as a value of Python. What is no JSON has a record in each line, and its last
    field is the answer."""
    if path.endswith((".py", *JAVASCRIPT)):
        return text
    if path.endswith(".json"):
        with contextlib.suppress(ValueError, RecursionError):
            return repr(json.loads(text))
    lines = text.splitlines() if not path.endswith(_FOR_PEOPLE) else []
    rows = [[each.strip("\"'") for each in _FIELDS.split(line.strip())] for line in lines if not _ASIDE.fullmatch(line)]
    named = path.endswith((".csv", ".tsv")) and len(rows) > 1
    return repr({" ".join(fields[:-1] or fields): fields[-1] for fields in rows[named:]})


def _is_word(text: str) -> bool:
    return text.replace("_", "").isalpha()


def _is_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_word(node.value)


def _is_made_of_literals(node: ast.Call) -> bool:
    """Whether a value is made by a class, or by what belongs to one, of nothing but literals: a date."""
    plain = not node.keywords and all(isinstance(each, ast.Constant) for each in node.args)
    return bool(node.args) and plain and _MADE_BY.fullmatch(ast.unparse(node.func)) is not None


class _Python:
    def __init__(self, found: _Found) -> None:
        self._found = found

    def read(self, node: ast.AST, beside: str) -> None:
        match node:
            case ast.Expr(value=ast.Constant()) | ast.Raise() | ast.JoinedStr():
                return
            case ast.Constant(value=bool()):
                return
            case ast.Constant(value=str() | int() | float() as value):
                self._found.see(str(value), beside, number=not isinstance(value, str))
                self._found.value(str(value))
            case ast.Call(func=ast.Attribute(value=value, attr=attr), args=args) if attr in _LOOKS:
                for each in (value, *args):
                    self.read(each, f"to {each.lineno}:{each.col_offset}" if each in args else "")
            case ast.Call(args=args) if beside and _is_made_of_literals(node):
                self._found.see(" ".join(str(each.value) for each in args if isinstance(each, ast.Constant)), beside)
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                for one, other in ((left, right), (right, left)):
                    held = isinstance(operator, _HELD) or isinstance(one, ast.Set | ast.List | ast.Tuple)
                    if one is left and isinstance(operator, ast.In | ast.NotIn) and isinstance(one, ast.Constant):
                        self._found.within(str(one.value), f"in {ast.unparse(other)}", field=_is_name(one))
                    else:
                        self.read(one, f"with {ast.unparse(other)}" if held else "")
            case ast.Match(subject=subject):
                self.read(subject, "")
                for case in node.cases:
                    self.read(case.pattern, f"with {ast.unparse(subject)}")
                    for statement in case.body:
                        self.read(statement, "")
            case ast.Dict() | ast.List() | ast.Tuple() | ast.Set():
                self._container(node, beside or f"in {node.lineno}:{node.col_offset}")
            case _:
                for child in ast.iter_child_nodes(node):
                    self.read(child, beside if isinstance(node, ast.pattern | ast.UnaryOp) else "")

    def _container(self, node: ast.Dict | ast.List | ast.Tuple | ast.Set, beside: str) -> None:
        literals = [each for each in ast.walk(node) if isinstance(each, ast.Constant)]
        if 1 < len(literals) <= _LARGEST:
            self._found.value(normalised(ast.unparse(node)))
        if isinstance(node, ast.Dict) and beside.startswith("with "):
            for each in (*filter(None, node.keys), *node.values):
                self.read(each, beside)
            return
        if isinstance(node, ast.Dict):
            keys = [each for each in node.keys if each is not None]
            plain = all(isinstance(each, ast.Constant) and _is_word(str(each.value)) for each in keys)
            made = any(isinstance(each, ast.Call | ast.Name | ast.Attribute) for each in node.values)
            for key in keys if not plain else []:
                if not made or any(isinstance(each, ast.Call) for each in ast.walk(key)):
                    self.read(key, beside)
            for value in node.values:
                self._answer(value, plain)
            return
        for each in node.elts:
            row = isinstance(each, ast.List | ast.Tuple) and len(each.elts) == 2 and len(node.elts) > 1
            self.read(each.elts[0] if row and isinstance(each, ast.List | ast.Tuple) else each, beside)

    def _answer(self, node: ast.expr, plain: bool) -> None:
        if not isinstance(node, ast.Constant):
            self.read(node, "")
        elif isinstance(node.value, str | int | float) and not plain:
            self._found.value(str(node.value))


def _is_made(node: Node) -> bool:
    """As `_is_made_of_literals`."""
    given, by = arguments(node), text_of(part(node, "constructor") or part(node, "function"))
    plain = all(each.type == "string" or each.type in NUMBERS for each in given)
    return bool(given) and plain and _MADE_BY.fullmatch(by) is not None


class _JavaScript:
    def __init__(self, found: _Found) -> None:
        self._found = found

    def read(self, node: Node, beside: str) -> None:
        kind = node.type
        if kind in ("throw_statement", "import_statement") or (kind == "call_expression" and callee(node) == "require"):
            return
        if kind in NUMBERS or kind == "string":
            said = inner_text(node) if kind == "string" else text_of(node)
            self._found.see(said, beside, number=kind in NUMBERS)
            self._found.value(said)
        elif beside and kind in ("call_expression", "new_expression") and _is_made(node):
            given = (inner_text(each) if each.type == "string" else text_of(each) for each in arguments(node))
            self._found.see(" ".join(given), beside)
        elif kind == "call_expression" and callee(node) in _LOOKS:
            for each in kids(part(node, "function")):
                self.read(each, "")
            for each in arguments(node):
                self.read(each, f"to {each.start_byte}")
        elif kind == "binary_expression" and text_of(part(node, "operator")) in _SAME:
            left, right = part(node, "left"), part(node, "right")
            for one, other in ((left, right), (right, left)):
                if one is not None:
                    self.read(one, f"with {text_of(other)}")
        elif kind == "switch_statement":
            for each in kids(part(node, "body")):
                value = part(each, "value")
                for inner in kids(each):
                    self.read(inner, f"with {text_of(part(node, 'value'))}" if inner == value else "")
        elif kind in ("array", "object"):
            self._container(node, beside or f"in {node.start_byte}")
        else:
            for each in kids(node):
                self.read(each, beside if kind in ("parenthesized_expression", "unary_expression") else "")

    def _container(self, node: Node, beside: str) -> None:
        if 1 < sum(each.type == "string" or each.type in NUMBERS for each in walk(node)) <= _LARGEST:
            self._found.value(normalised(text_of(node)))
        if node.type == "array":
            for each in kids(node):
                row = each.type == "array" and len(kids(each)) == 2
                self.read(kids(each)[0] if row else each, beside)
            return
        pairs = [each for each in kids(node) if each.type == "pair"]
        keys = [key for each in pairs if (key := part(each, "key")) is not None]
        values = [part(each, "value") for each in pairs]
        plain = all(_is_word(text_of(key).strip("'\"")) for key in keys)
        made = any(each is not None and each.type in _MADE for each in values)
        for key in keys if not plain and not made else []:
            self._found.see(inner_text(key) if key.type == "string" else text_of(key), beside)
        for each in kids(node):
            value = part(each, "value") if each.type == "pair" else each
            if value is None or not (value.type == "string" or value.type in NUMBERS):
                self.read(each if value is None else value, "")
            elif not plain:
                self._found.value(inner_text(value) if value.type == "string" else text_of(value))

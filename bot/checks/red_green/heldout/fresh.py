"""What changed sources say now and did not before, as far as it may be there for the tests alone: literals by which an
input can be known, and values that a test expects. Python and JavaScript.

A literal that stands among others which no test asks for belongs to a vocabulary, and so does a plain word that a table
is asked by. What the plan names is meant.
"""

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from bot.checks.integrity.javascript.tests import JAVASCRIPT, grammar_of
from bot.checks.integrity.singled import is_named, literals_in
from bot.checks.integrity.trees.syntax import NUMBERS, arguments, callee, inner_text, kids, part, text_of, walk
from bot.checks.integrity.trees.syntax import parse as parse_tree
from bot.checks.red_green.heldout.inputs import Spot, known_in, numbers_at
from bot.checks.red_green.heldout.marks import held
from bot.checks.red_green.heldout.said import is_about
from bot.domain.syntax import parse
from bot.domain.words import words
from bot.ports import FileChange

_PART = 3
"""Letters of a literal that may be a part of what is asked for; a shorter one is all of it."""

_LARGEST = 60
"""Literals of an answer."""

_TRIVIAL = frozenset(("0", "1", "2", "0.0", "1.0", "100"))
_EXAMPLES = re.compile(r"\b(?:e\.g\.|for (?:example|instance)|such as),? +\S+", re.IGNORECASE)
"""What a plan gives as an example is to be like all others."""

_SYNTAX = "-./:@#"
_PLAIN = re.compile(r"[A-Za-z]|\D\d\d")

_LOOKS = words(
    "replace replaceAll startswith startsWith endswith endsWith includes indexOf find index count removeprefix "
    "removesuffix partition split match search fullmatch test equals localeCompare sub"
)
"""Calls that hold a text against another. What is got by a name, or looked for by one, is a field and no input."""

_WORDS = re.compile(r"[a-z]+|\d+")
_END = r"(?![^\W_])"
_HELD = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)
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

    def is_in(self, spot: Spot) -> bool:
        """Whether it is this input, a part of it, or has just its words."""
        small, whole = self.text.lower(), spot.text.lower()
        if spot.number or small == whole:
            return small == whole
        return (len(small) >= _PART and small in whole) or self.is_all_of(spot)

    def is_all_of(self, spot: Spot) -> bool:
        """Whether it has just the words of this input."""
        return " " in words_of(self.text) and words_of(self.text) == words_of(spot.text)


@dataclass(frozen=True, slots=True)
class Fresh:
    """Literals that are new, by file, with all that stands beside them, new values (`answers`), normalised, all new
    `numbers`, and what may be a part of a text (`parts`).
    `any`: something new stands there, though the plan may name it; without that no input can be known from another."""

    literals: tuple[tuple[Literal, ...], ...] = ()
    new: frozenset[str] = frozenset()
    answers: frozenset[str] = frozenset()
    any: bool = False
    numbers: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()

    def keys(self, spots: Collection[Spot]) -> frozenset[str]:
        """The new literals by which these inputs can be known."""
        return frozenset(each for file in self.literals for each in self._keys(file, spots))

    def _keys(self, file: Iterable[Literal], spots: Collection[Spot]) -> Iterator[str]:
        found = [(each, any(each.is_in(spot) for spot in spots)) for each in file if not each.field]
        wider = {each.beside for each, asked in found if not asked}
        for each, asked in found:
            if asked and each.text in self.new and each.beside not in wider:
                yield each.text

    def marks(self, spots: Collection[Spot]) -> tuple[frozenset[float], frozenset[str]]:
        """New numbers, and texts that the code looks for, by which these inputs can be known without being said."""
        texts = [spot.text for spot in spots if not spot.number]
        found = [[(each, any(held(each.text, text) for text in texts)) for each in file] for file in self.literals]
        wider = {each.beside for file in found for each, asked in file if not asked}
        mine = {each.text for file in found for each, asked in file if asked and each.beside not in wider}
        return frozenset(map(float, self.numbers)) - {0.0, 1.0}, self.parts.intersection(mine)

    def answers_in(self, expected: str) -> frozenset[str]:
        """The new values that stand in what is left of a test without its inputs."""
        plain, whole = literals_in(expected), normalised(expected)
        return frozenset(each for each in self.answers if each in plain or (each[:1] in "[({" and each in whole))


def words_of(text: str) -> str:
    return " ".join(_WORDS.findall(text.lower()))


def normalised(text: str) -> str:
    return re.sub(r"\s+", "", text).replace("'", '"').replace(",]", "]").replace(",)", ")").replace(",}", "}")


def fresh_in(changes: Iterable[FileChange], said: str) -> Fresh:
    """`changes` are those of sources; one that is new as a whole has a vocabulary of its own. `said` is the plan."""
    texts = [(each.path, each.old, each.new) for each in changes if each.old and each.new]
    pairs = [(_read(path, old), _read(path, new)) for path, old, new in texts]
    numbers = [numbers_at(old, new) for _, old, new in texts]
    counted = frozenset[str]().union(*(after - before for before, after in numbers))
    known = known_in(old for _, old, _ in texts)
    kept = {answer for old, _ in pairs for answer in old.answers}
    meant = _EXAMPLES.sub("", said)
    said_then = {each.text for old, _ in pairs for each in old.literals if not each.number}
    said_now = {each.text for _, new in pairs for each in new.literals if not each.number}
    keys = {each.text for _, new in pairs for each in new.literals if not each.field}
    literals = {each for each in keys if _is_fresh(each, known, counted)}
    answers = {each for _, new in pairs for each in new.answers} - kept - _TRIVIAL
    return Fresh(
        tuple(tuple(new.literals) for _, new in pairs),
        frozenset(each for each in literals if not _is_meant(each, meant)),
        frozenset(each for each in answers if not _is_meant(each, meant)),
        bool(literals or answers or counted),
        frozenset(each for each in counted if not is_about(float(each), meant)),
        frozenset(each for each in said_now - said_then if _is_part(each, meant)),
    )


def _is_fresh(text: str, known: frozenset[str], counted: frozenset[str]) -> bool:
    if text.replace(".", "", 1).isdigit():
        return text in counted and text not in ("0", "1")
    return text.lower() not in known and any(sign.isalnum() for sign in text)


def _is_part(text: str, said: str) -> bool:
    """Whether it has plain letters, or a number behind a sign, the plan does not say it, and no syntax begins with it:
    an ending of files, an option, a route."""
    if not _PLAIN.search(text) or (len(text) > 1 and text[0] in _SYNTAX):
        return False
    return not (len(text) > 1 and text.lower() in said.lower()) and not _is_meant(text, said)


def _is_meant(text: str, said: str) -> bool:
    """Whether the plan says it; of several words all."""
    found = re.findall(r"[^\W_]+", text)
    if len(found) < 2:
        return is_named(text, said)
    return all(re.search(rf"(?<![^\W_]){re.escape(each)}{'' if len(each) > 2 else _END}", said, re.I) for each in found)


# --- reading -------------------------------------------------------------------------------------------------------
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


def _read(path: str, text: str | None) -> _Found:
    found = _Found()
    try:
        if text and path.endswith(".py"):
            _Python(found).read(parse(text), "")
        elif text and path.endswith(JAVASCRIPT):
            _JavaScript(found).read(parse_tree(grammar_of(path), text), "")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _Found()
    return found


def _is_word(text: str) -> bool:
    return text.replace("_", "").isalpha()


def _is_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_word(node.value)


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
            for key in keys if not plain and not made else []:
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

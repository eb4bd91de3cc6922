"""Rust test functions as sheets, in test files and inside of sources. Macros are read as the tokens that they are."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from tree_sitter import Node

from bot.checks.integrity.model import NOTHING, Assertion, Detail, Expr, Mark, Mock, Outline, Row, Sheet
from bot.checks.integrity.trees.dialect import Dialect, State, binding, compared, ending, outlined, saying
from bot.checks.integrity.trees.expr import Bindings, bound, expr
from bot.checks.integrity.trees.syntax import LITERALS, callee, inner_text, is_string, kids, line_of, part, text_of
from bot.checks.integrity.trees.walk import Defined, Helpers, followed, sheet_of
from bot.domain.words import words

_MACROS = words(
    "assert assert_eq assert_ne debug_assert debug_assert_eq debug_assert_ne assert_matches assert_snapshot "
    "assert_debug_snapshot assert_json_snapshot assert_yaml_snapshot assert_relative_eq assert_abs_diff_eq "
    "prop_assert prop_assert_eq prop_assert_ne"
)
_COMPARISONS = ("==", "!=", "<=", ">=", "<", ">")


def read(path: str, text: str) -> Sheet | None:
    """The sheet of a Rust file; None for what can't be read at all."""
    made = sheet_of(
        path, text, DIALECT, lambda root: _all(root, text.splitlines()), lambda _, known: partial(_detail, known)
    )
    return replace(made, defined={each.last: each.line for each in made.helpers}) if made is not None else None


def _all(root: Node, lines: list[str]) -> Defined:
    """Of several tests of one name the last."""
    whole = tuple(mark for each in kids(root) if each.type == "inner_attribute_item" for mark in _conditions(each))
    made = _functions(root, "", whole, lines)
    return {each.name if is_test else id(each): (each, is_test) for each, is_test in made}.values()


def _detail(helpers: Helpers, made: Outline) -> Detail:
    found = followed(DIALECT, made, State({}), helpers)
    panics = made.context if isinstance(made.context, Assertion) else None
    return replace(found, assertions=(*found.assertions, panics)) if panics is not None else found


def _functions(node: Node, prefix: str, marks: tuple[Mark, ...], lines: list[str]) -> Iterator[tuple[Outline, bool]]:
    """Every function, with the attributes that stand before it; test modules' conditions hold for their tests."""
    attributes: list[Node] = []
    for each in kids(node):
        if each.type == "attribute_item":
            attributes.append(each)
            continue
        if each.type == "function_item":
            yield _function(each, attributes, prefix, marks, lines)
        elif each.type in ("mod_item", "impl_item", "trait_item"):
            body = part(each, "body")
            name = text_of(each, "name")
            if body is not None:
                inner = (*marks, *(mark for a in attributes for mark in _conditions(a)))
                yield from _functions(body, f"{prefix}{name}." if name else prefix, inner, lines)
        attributes = []


def _function(
    node: Node, attributes: list[Node], prefix: str, marks: tuple[Mark, ...], lines: list[str]
) -> tuple[Outline, bool]:
    start = line_of(attributes[0]) if attributes else line_of(node)
    names = [text_of(kids(each)[0]).split("(")[0].strip() if kids(each) else "" for each in attributes]
    is_test = any(name.rpartition("::")[2] in ("test", "rstest", "test_case", "quickcheck") for name in names)
    own = [mark for each in attributes for mark in _conditions(each)]
    panics = next((made for each in attributes if (made := _should_panic(each)) is not None), None)
    whole = outlined(f"{prefix}{text_of(node, 'name')}", node, (*marks, *own), panics)
    return replace(whole, line=start, text="\n".join(lines[start - 1 : whole.end])), is_test


def _conditions(attribute: Node) -> Iterator[Mark]:
    said = text_of(attribute).removeprefix("#").strip("[]! \n")
    if said.startswith("cfg_attr") and attribute.type == "inner_attribute_item":
        return
    if said == "ignore" or said.startswith(("ignore ", "ignore=")):
        yield Mark("skip", "", line_of(attribute))
    if said == "should_panic" or said.startswith("should_panic"):
        yield Mark("xfail", "", line_of(attribute))
    if said.startswith(("cfg(", "cfg (")) and "".join(said.split()) != "cfg(test)":
        yield Mark("skip", f"not {said[3:]}", line_of(attribute))
    if said.startswith("cfg_attr") and "ignore" in said:
        yield Mark("skip", said[8:], line_of(attribute))


def _should_panic(attribute: Node) -> Assertion | None:
    said = text_of(attribute)
    if "should_panic" not in said:
        return None
    message = said.partition('"')[2].rpartition('"')[0]
    return Assertion("raises", Expr("it"), NOTHING, line_of(attribute), also=message, names=frozenset(("panic",)))


# --- macros -------------------------------------------------------------------------------------------------------
def _asserts(node: Node, state: State) -> list[Assertion] | None:
    if node.type != "macro_invocation" or callee(node).rpartition("::")[2] not in _MACROS:
        return None
    name, line = callee(node).rpartition("::")[2].removeprefix("debug_").removeprefix("prop_"), line_of(node)
    tokens = next((each.children[1:-1] for each in node.children if each.type == "token_tree"), [])
    values = _parted(tokens, ",")
    sides = [_tokens(each, state.bindings) for each in values]
    if "snapshot" in name:
        return [Assertion("snapshot", sides[0] if sides else NOTHING, line=line)]
    if name in ("assert_eq", "assert_ne", "assert_relative_eq", "assert_abs_diff_eq") and len(sides) >= 2:
        kind = {"assert_eq": "equal", "assert_ne": "differs"}.get(name, "close")
        return [compared(kind, sides[0], sides[1], line, _are_same(*values[:2]))]
    if name == "assert_matches" and len(sides) >= 2:
        return [Assertion("contains", sides[0], sides[1], line)]
    return list(_truth(values[0], line, state)) if values else []


def _are_same(one: list[Node], other: list[Node]) -> bool:
    """Whether two expressions are written alike, variables as they are."""
    return _tokens(one, {}).text == _tokens(other, {}).text


def _truth(tokens: list[Node], line: int, state: State) -> Iterator[Assertion]:
    for conjunct in _parted(tokens, "&&"):
        operator = next((text_of(each) for each in conjunct if text_of(each) in _COMPARISONS), "")
        if operator:
            sides = _parted(conjunct, operator)[:2]
            left, right = (_tokens(each, state.bindings) for each in sides)
            kind = {"==": "equal", "!=": "differs"}.get(operator, "compare")
            whole = Expr(f"{operator} {right.text}", right.calls, right.literals, right.fixed)
            yield compared(kind, left, right if kind != "compare" else whole, line, _are_same(*sides))
            continue
        made = _tokens(conjunct, state.bindings)
        either = any(text_of(each) == "||" for each in conjunct)
        always = made.text == "true" or (either and "true" in [text_of(each) for each in conjunct])
        yield Assertion("vacuous" if always else "either" if either else "truth", made, line=line)


def _parted(tokens: list[Node], sign: str) -> list[list[Node]]:
    parts: list[list[Node]] = [[]]
    for each in tokens:
        if text_of(each) == sign and not each.is_named:
            parts.append([])
        else:
            parts[-1].append(each)
    return [each for each in parts if each]


def _tokens(tokens: list[Node], bindings: Bindings) -> Expr:
    """Tokens as an expression: a name before a bracket is a call."""
    text = ""
    calls: set[str] = set()
    literals: set[str] = set()
    fixed = True
    flat = list(_flat(tokens))
    for index, each in enumerate(flat):
        word = f'"{inner_text(each)}"' if is_string(each) else text_of(each)
        known = bindings.get(word) if each.type == "identifier" else None
        follows = text_of(flat[index + 1]) if index + 1 < len(flat) else ""
        before = text_of(flat[index - 1]) if index else ""
        if each.type == "identifier" and follows in ("(", "!"):
            calls.add(word)
        if known is not None and before != "." and follows not in ("(", "!"):
            calls |= known.calls
            literals |= known.literals
            word, fixed = known.text, fixed and known.fixed
        elif each.type in LITERALS:
            literals.add(word[:200])
        elif each.is_named:
            fixed = False
        glued = text and (text[-1].isalnum() or text[-1] == "_") and (word[0].isalnum() or word[0] == "_")
        text += f" {word}" if glued else word
    return Expr(text[:2000], frozenset(calls), frozenset(literals), fixed and not calls)


def _flat(tokens: list[Node]) -> Iterator[Node]:
    stack = list(reversed(tokens))
    while stack:
        each = stack.pop()
        if each.child_count and each.type not in LITERALS:
            stack.extend(reversed(each.children))
        else:
            yield each


# --- statements ---------------------------------------------------------------------------------------------------
def _table(node: Node, state: State) -> list[tuple[Row, dict[str, Expr]]] | None:
    """`for (a, b) in [(1, 2), (3, 4)]`."""
    if node.type != "for_expression":
        return None
    source, pattern = part(node, "value"), part(node, "pattern")
    while source is not None and source.type in ("reference_expression", "call_expression", "field_expression"):
        source = part(source, "value") or part(source, "function")
    if source is not None and source.type == "identifier":
        source = state.tables.get(text_of(source), source)
    if source is not None and source.type == "reference_expression":
        source = part(source, "value")
    if source is None or source.type != "array_expression" or pattern is None:
        return None
    names = [text_of(each) for each in kids(pattern)] or [text_of(pattern)]
    return [_row(each, names) for each in kids(source)]


def _row(row: Node, names: list[str]) -> tuple[Row, dict[str, Expr]]:
    cells = kids(row) if row.type == "tuple_expression" and len(names) > 1 else [row]
    values = {name: made for name, cell in zip(names, cells, strict=False) if (made := bound(cell, {})) is not None}
    return Row(expr(row, {}).text[:500], expr(cells[0], {}).text[:200] if cells else "", line_of(row)), values


def _mocks(node: Node, _: State) -> Mock | None:
    """A function made anew within a test."""
    name = text_of(node, "name") if node.type == "function_item" else ""
    return Mock(f"./{name}", name, line_of(node), local=True) if name else None


DIALECT = Dialect(
    grammar="rust",
    ifs=words("if_expression"),
    tries=frozenset(),
    leaves=words("return_expression break_expression continue_expression"),
    blocks=words("block"),
    functions=words("closure_expression function_item"),
    asserts=_asserts,
    exits=ending("process::exit", "process::abort", "std::process::exit", "std::process::abort"),
    table=_table,
    binds=binding({"let_declaration": ("pattern", "value")}),
    swallows=lambda node: callee(node) == "catch_unwind",
    fails=saying("panic!", "unreachable!", "assert"),
    late=lambda node: callee(node).endswith("spawn") and getattr(node.parent, "type", "") == "expression_statement",
    mocks=_mocks,
    parameters=lambda node: [text_of(each, "pattern") for each in kids(node, "parameters")],
    # Sources define much that asserts nothing and that tests call all the time.
    helps=lambda made: "assert" in made.text,
)

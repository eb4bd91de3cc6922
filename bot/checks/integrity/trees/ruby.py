"""Ruby test files as sheets: minitest, test-unit, RSpec."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from tree_sitter import Node

from bot.checks.integrity.model import Assertion, Detail, Expr, Mark, Mock, Outline, Sheet, kinds_by_name
from bot.checks.integrity.trees.dialect import Dialect, State, binding, outlined, paired, saying, title_of
from bot.checks.integrity.trees.expr import bound, expr, number
from bot.checks.integrity.trees.syntax import arguments, callee, is_string, kids, line_of, part, text_of, walk
from bot.checks.integrity.trees.walk import Helpers, followed, sheet_of
from bot.domain.words import words

_EXAMPLES = words("it specify example test xit xspecify xexample fit fspecify pending should")
_GROUPS = words("describe context feature xdescribe xcontext fdescribe fcontext")
_TWO = kinds_by_name(
    equal="assert_equal assert_same",
    close="assert_in_delta assert_in_epsilon",
    contains="assert_includes assert_match assert_operator",
    differs="refute_equal assert_not_equal refute_includes refute_match",
    type="assert_instance_of assert_kind_of",
)
_ONE = words("assert assert_predicate assert_not_nil refute_nil refute assert_empty assert_nil assert_not")
_MATCHERS = kinds_by_name(
    equal="eq eql equal be_nil contain_exactly be_empty",
    alike="match_array",
    close="be_within",
    contains="include match start_with end_with have_attributes a_hash_including",
    type="be_a be_an be_kind_of be_instance_of respond_to",
    truth="be_truthy be_present be_falsey",
    raises="raise_error",
    called="have_received receive",
)
_fails = saying("raise", "flunk", "assert", "expect", "fail")


def read(path: str, text: str) -> Sheet | None:
    """The sheet of a Ruby file; None for what can't be read at all."""
    return sheet_of(path, text, DIALECT, lambda root: _level(root, "", ()), _reading)


def _reading(root: Node, helpers: Helpers) -> Callable[[Outline], Detail]:
    values = {name: value for name, node in _lets(root) if (value := bound(node, {})) is not None}
    return lambda made: followed(DIALECT, made, State(dict(values)), helpers)


def _level(node: Node, prefix: str, marks: tuple[Mark, ...], deep: int = 0) -> Iterator[tuple[Outline, bool]]:
    hidden = _hidden(node)
    for each in kids(node) if deep < 40 else ():
        if each.type in ("class", "module", "body_statement", "begin"):
            name = text_of(each, "name")
            yield from _level(part(each, "body") or each, f"{prefix}{name}." if name else prefix, marks, deep + 1)
        elif each.type in ("method", "singleton_method"):
            name = text_of(each, "name")
            yield outlined(f"{prefix}{name}", each, marks), name.startswith("test") and name not in hidden
        elif each.type == "call":
            yield from _called(each, prefix, marks, deep)


def _hidden(body: Node) -> frozenset[str]:
    """The methods of a class that are private, or taken away again."""
    found: set[str] = set()
    private = False
    for each in kids(body):
        said = text_of(each) if each.type == "identifier" else callee(each) if each.type == "call" else ""
        private = said in ("private", "protected") if said in ("private", "protected", "public") else private
        if said in ("undef_method", "remove_method", "private"):
            found |= {text_of(given).strip(":") for given in arguments(each)} if each.type == "call" else set()
        elif each.type == "method" and private:
            found.add(text_of(each, "name"))
    return frozenset(found)


def _called(node: Node, prefix: str, marks: tuple[Mark, ...], deep: int) -> Iterator[tuple[Outline, bool]]:
    name, given, block = callee(node), arguments(node), part(node, "block")
    title = title_of(given) if given else name
    own = (*marks, *_marks(name, given, node))
    body = part(block, "body")
    if name in _GROUPS and body is not None:
        yield from _level(body, f"{prefix}{title} > ", own, deep + 1)
    elif name in _EXAMPLES:
        todo = [Mark("todo", "", line_of(node))] if block is None else []
        yield outlined(f"{prefix}{title}", node, (*own, *todo)), True


def _marks(name: str, given: list[Node], node: Node) -> Iterator[Mark]:
    line = line_of(node)
    if name.startswith("x") or name == "pending":
        yield Mark("skip", "", line)
    if name in ("fit", "fdescribe", "fcontext", "fspecify"):
        yield Mark("only", "", line)
    for each in given[1:]:
        key = text_of(each, "key").strip(":") if each.type == "pair" else text_of(each).strip(":")
        if key in ("skip", "pending", "focus") and text_of(each, "value") not in ("false", "nil"):
            yield Mark("only" if key == "focus" else "skip", "", line)


def _lets(root: Node) -> Iterator[tuple[str, Node]]:
    """`let(:x) { … }` and `subject { … }`."""
    for each in walk(root):
        if each.type == "call" and callee(each) in ("let", "let!", "subject"):
            given, inner = arguments(each), part(each, "block", "body")
            if inner is not None and len(kids(inner)) == 1:
                yield text_of(given[0]).strip(":") if given else "subject", kids(inner)[0]


# --- assertions ---------------------------------------------------------------------------------------------------
def _asserts(node: Node, state: State) -> list[Assertion] | None:
    if node.type == "identifier" and text_of(node) in ("skip", "pending", "omit"):
        return _bare_skip(node, state)
    if node.type != "call":
        return None
    name, given, line = callee(node), arguments(node), line_of(node)
    if name in ("to", "not_to", "to_not") and given:
        return _expected(node, given[0], name, state)
    if name in ("assert_raises", "assert_raise", "assert_throws"):
        named = [text_of(each).rpartition("::")[2] for each in given if not is_string(each)]
        names = frozenset(named or [""])
        inner = expr(part(node, "block", "body"), state.bindings)
        return [Assertion("raises", inner, Expr(", ".join(sorted(names))), line, names=names)]
    if name in _TWO and len(given) >= 2:
        return [_two(name, given, line, state)]
    return [_one(name, given[0], line, state)] if name in _ONE and given else None


def _bare_skip(node: Node, state: State) -> list[Assertion]:
    """`skip` alone is no call to the grammar."""
    state.mark(Mark("skip", "", line_of(node)))
    state.open = False
    return []


def _two(name: str, given: list[Node], line: int, state: State) -> Assertion:
    kind = _TWO[name]
    first = kind in ("contains",) and name != "assert_match"
    subject, expected = (given[0], given[1]) if first else (given[1], given[0])
    slack = (number(given[2]) or 0.0) if kind == "close" and len(given) > 2 else 0.001 if kind == "close" else 0.0
    return paired(kind, subject, expected, line, state, slack)


def _one(name: str, node: Node, line: int, state: State) -> Assertion:
    made = expr(node, state.bindings)
    if name in ("assert_nil", "assert_empty"):
        return Assertion("equal", made, Expr(name.removeprefix("assert_")), line)
    if name in ("refute", "assert_not"):
        return Assertion("truth", replace(made, text=f"!{made.text}"), line=line)
    operator, left, right = text_of(node, "operator"), part(node, "left"), part(node, "right")
    if operator in ("==", "!=") and left is not None and right is not None:
        return paired("equal" if operator == "==" else "differs", left, right, line, state)
    always = made.fixed or (operator == "||" and "true" in (text_of(left), text_of(right)))
    return Assertion("vacuous" if always else "truth", made, line=line)


def _expected(node: Node, matcher: Node, verb: str, state: State) -> list[Assertion] | None:
    """`expect(x).to eq(3)`, `expect { f }.to raise_error(X)`."""
    target = part(node, "receiver")
    if target is None or (callee(target) not in ("expect", "is_expected") and text_of(target) != "is_expected"):
        return None
    name = callee(matcher) if matcher.type == "call" else text_of(matcher)
    looked = arguments(target)
    block = part(target, "block", "body")
    subject = expr(looked[0] if looked else block, state.bindings) if looked or block else Expr("subject")
    given, kind = arguments(matcher), _MATCHERS.get(name, "other")
    expected = expr(given[0], state.bindings) if given else Expr(name if kind in ("equal", "other") else "")
    made = Assertion(kind, subject, expected, line_of(node))
    if kind == "raises":
        names = [text_of(each).rpartition("::")[2] for each in given if not is_string(each)] or [""]
        said = next((text_of(each) for each in given if is_string(each)), "")
        made = replace(made, names=frozenset(names), also=said)
    if kind == "other" and "be" in text_of(matcher) and matcher.type == "binary":
        made = replace(made, kind="compare", expected=Expr(text_of(matcher)))
    if verb != "to":
        kind_ = "differs" if kind != "raises" else "runs"
        made = replace(made, kind=kind_, subject=replace(subject, text=f"!{subject.text}"))
    fixed = subject.fixed and bool(looked) and (expected.fixed or kind == "truth")
    return [replace(made, kind="vacuous") if fixed else made]


# --- statements ---------------------------------------------------------------------------------------------------
def _skips(node: Node, _: State) -> Mark | None:
    bare = node.type == "call" and part(node, "receiver") is None
    return Mark("skip", "", line_of(node)) if bare and callee(node) in ("skip", "pending", "omit") else None


def _exits(node: Node, _: State) -> str | None:
    ends = callee(node) in ("exit", "exit!", "abort") and text_of(node, "receiver") in ("", "Kernel", "Process")
    return callee(node) if ends else None


def _mocks(node: Node, _: State) -> Mock | None:
    """`allow(X).to receive(:f).and_return(…)`."""
    target = part(node, "receiver")
    if node.type == "call" and callee(node) == "stub" and arguments(node):
        name = text_of(arguments(node)[0]).strip(":")
        return Mock(f"./{text_of(target)}.{name}", name, line_of(node))
    if callee(node) != "to" or target is None or callee(target) not in ("allow", "allow_any_instance_of"):
        return None
    named = next((each for each in walk(node, 300) if each.type == "simple_symbol"), None)
    subject = text_of(arguments(target)[0]) if arguments(target) else ""
    return Mock(f"./{subject}.{text_of(named).strip(':')}", text_of(named).strip(":"), line_of(node))


def _swallows(node: Node) -> bool:
    if node.type == "rescue_modifier":
        return not _fails(part(node, "handler") or node)
    rescues = [each for each in kids(node) if each.type == "rescue"]
    return any(
        not _fails(each) and re.search("^$|Exception|StandardError|Assertion", text_of(each, "exceptions"))
        for each in rescues
    )


DIALECT = Dialect(
    grammar="ruby",
    ifs=words("if unless if_modifier unless_modifier"),
    tries=words("begin body_statement rescue_modifier"),
    leaves=words("return raise next break"),
    blocks=words("then block_body program"),
    functions=words("do_block block lambda method class"),
    asserts=_asserts,
    skips=_skips,
    exits=_exits,
    mocks=_mocks,
    binds=binding({"assignment": ("left", "right")}),
    swallows=_swallows,
    fails=_fails,
    parameters=lambda node: [text_of(part(each, "name") or each) for each in kids(node, "parameters")],
)

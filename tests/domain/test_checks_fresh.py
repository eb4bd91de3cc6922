"""Held-out inputs by which new code can know a test, and answers that it has by heart."""

import pytest

from bot.checks.red_green import CHECK
from bot.checks.red_green.heldout.fresh import fresh_in
from bot.checks.red_green.heldout.inputs import Spot
from bot.checks.red_green.heldout.judging import NEW, OLD
from bot.checks.red_green.heldout.neighbours import otherwise
from bot.domain.work import Verdict
from bot.ports import FileChange, Tests
from tests.domain.checking import PLAN, Answer, in_file, outcomes, play, question, runs_of

BASE = "def f(x):\n    return x\n"
SPOTS = [Spot(0, 11, "Grey Goose!"), Spot(20, 22, "47", number=True), Spot(30, 34, "wren"), Spot(40, 49, "__proto__")]


def word(text: str) -> Spot:
    return Spot(0, len(text), text)


def keys(source: str, path: str = "a.py", plan: str = "Mend f") -> set[str]:
    return set(fresh_in([FileChange(path, BASE, source)], plan).keys(SPOTS))


# --- what inputs can be known by -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("if x == 'wren': return 1", {"wren"}),
        ("if x == -47: return 1", {"47"}),
        ("if x in ('wren', 'grey goose!'): return 1", {"wren", "grey goose!"}),
        ("if x in ('wren', 'owl'): return 1", set()),
        ("if x == 'wren': return 1\n    if x == 'owl': return 2", set()),
        ("return {47: 'a', 'Grey Goose!': 'b'}.get(x, x)", {"47", "Grey Goose!"}),
        ("return {'wren': 'a'}.get(x, x)", set()),
        ("return {'max_wren': x, 47: g(x)}", set()),
        ("x = x.replace('Grey', 'g')", {"Grey"}),
        ("x = x.replace('Gr', 'g')", set()),
        ("x = x.replace('grey_goose', 'g')", {"grey_goose"}),
        ("if {'wren'} <= set(x): return 1", {"wren"}),
        ("match x:\n        case 'wren': return 1", {"wren"}),
        ("x.emit('wren', 47)", set()),
        ("x = x.get('wren')", set()),
        ("if 'wren' in x: return 1", set()),
        ("if 'Grey Goose' in x: return 1", {"Grey Goose"}),
        ("raise ValueError('wren' == x)", set()),
        ("return x * 47", set()),
        ("if x == '__proto__': return 1", set()),
        ("return {(Bird('wren', 47), 'wren'): date(48, 2)}.get(x, x)", {"wren 47", "wren"}),
        ("if x == Decimal('47'): return 1", {"47"}),
        ("if x == settings.get('wren'): return 1", set()),
        ("return {'wren': Bird('wren')}.get(x, x)", set()),
    ],
)
def test_literals_that_inputs_are_held_against(line: str, found: set[str]) -> None:
    assert keys(f"def f(x):\n    {line}\n    return x\n") == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("if (x === 'wren') return 1;", {"wren"}),
        ("if ([47, 48].includes(x)) return 1;", set()),
        ("if ([47].includes(x)) return 1;", {"47"}),
        ("switch (x) { case 'wren': return 1; }", {"wren"}),
        ("const known = new Map([['Grey Goose!', 1]]); return known.get(x);", {"Grey Goose!"}),
        ("return { 'Grey Goose!': 'a' }[x];", {"Grey Goose!"}),
        ("return { wren: 'a' }[x];", set()),
        ("x.emit('wren', 47);", set()),
        ("if (x.has('wren')) return x.get('wren');", set()),
        ("if (x.startsWith('Grey')) return 1;", {"Grey"}),
        ("throw new Error('wren');", set()),
        ("if (x.day === Bird.of('wren', 47)) return 1;", {"wren 47"}),
        ("if (x === settings.get('wren')) return 1;", set()),
    ],
)
def test_literals_that_inputs_are_held_against_in_javascript(line: str, found: set[str]) -> None:
    source = f"function f(x) {{\n  {line}\n  return x;\n}}\n"
    made = fresh_in([FileChange("a.js", "function f(x) {\n  return x;\n}\n", source)], "Mend f")
    assert set(made.keys(SPOTS)) == found


@pytest.mark.parametrize(
    ("plan", "found"),
    [("Add wrens", set()), ("Add small birds", {"wren"}), ("Add small birds, e.g. wren", {"wren"})],
)
def test_what_the_plan_names_is_meant_but_for_examples(plan: str, found: set[str]) -> None:
    assert keys("def f(x):\n    if x == 'wren': return 1\n    return x\n", plan=plan) == found


def test_a_source_that_is_new_has_words_of_its_own() -> None:
    assert fresh_in([FileChange("b.py", None, "def g(x): return x == 'wren'")], "").keys(SPOTS) == frozenset()


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("k.json", '{"Grey Goose!": 1}', {"Grey Goose!"}),
        ("k.json", '{"[47, wren]": [1, 47]}', {"[47, wren]"}),
        ("k.json", '{"Grey Goose!": 1, "Swan!": 2}', set()),
        ("k.json", '{"wren": 1}', set()),
        ("k.csv", "bird,legs\nGrey Goose!,2\n", {"Grey Goose!"}),
        ("k.csv", "bird,legs\nGrey Goose!,2\nSwan!,2\n", set()),
        ("k.txt", "# birds\nGrey Goose! => goose\n", {"Grey Goose!"}),
        ("k.toml", '[birds]\n"Grey Goose!" = "goose"\n', {"Grey Goose!"}),
        ("k.py", 'KNOWN = {"Grey Goose!": 1}\n', {"Grey Goose!"}),
        ("k.js", "module.exports = { 'Grey Goose!': 1 };\n", {"Grey Goose!"}),
        ("k.py", 'def g(x):\n    return {"Grey Goose!": 1}[x]\n', set()),
        ("k.md", "Grey Goose! => goose\n", set()),
        ("k.json", "{broken", set()),
        ("k.py", "KNOWN = {", set()),
    ],
)
def test_tables_that_are_new_are_read_as_sources_are(path: str, text: str, found: set[str]) -> None:
    assert fresh_in([FileChange(path, None, text)], "Mend f").keys(SPOTS) == found


@pytest.mark.parametrize("plan", ["Birds are kept in a file of their own", "Add the birds in k.json"])
def test_tables_of_which_the_plan_speaks_have_words_of_their_own(plan: str) -> None:
    assert fresh_in([FileChange("k.json", None, '{"Grey Goose!": 1}')], plan).keys(SPOTS) == frozenset()


@pytest.mark.parametrize(
    ("line", "expected", "found"),
    [
        ("return 'grey-goose'", "assert f() == 'grey-goose'", {"grey-goose"}),
        ("return [(1, 6), (8, 9)]", "assert f() == [(1,6), (8, 9)]", {"[(1,6),(8,9)]"}),
        ("return 2", "assert f() == 2", set()),
        ("return {'wren': 'bird'}.get(x)", "assert f() == 'bird'", set()),
        ("return 2.5", "assert f() == 2.4", set()),
    ],
)
def test_values_that_a_test_expects(line: str, expected: str, found: set[str]) -> None:
    made = fresh_in([FileChange("a.py", BASE, f"def f(x):\n    {line}\n")], "Mend f")
    assert made.answers_in(expected) == found


def test_all_inputs_can_be_other_at_once() -> None:
    changes = otherwise([word("ab-1"), Spot(9, 11, "20", number=True)])
    assert [list(each.values()) for each in changes][:2] == [["bc-2", "40"], ["cd-3", "60"]]


# --- the judgement ---------------------------------------------------------------------------------------------------
TESTS = "from a import f\n\n\ndef test_x():\n    assert f(33)\n"
COPY = "tests/test_a.py::test_new_neighbour"


def judged(test: str, source: str, old: list[str], new: list[str]) -> Verdict:
    """What the control and its copies told: `+` passed, else the line of the failure; the last one for all others."""
    base = {"a.py": BASE, "tests/test_a.py": TESTS}
    head = {"a.py": source, "tests/test_a.py": f"{TESTS}\n\ndef test_new():\n    {test}\n"}
    told = outcomes(in_file("x:p new:p"))
    answers: dict[str, Answer] = {"base": outcomes(in_file("x:p")), "head": told, "green": told}
    answers["crossed"] = outcomes(in_file("x:p new:f"))
    asked = question(base, head, plan=PLAN)
    copies = [each for each in runs_of(CHECK, asked, answers | {OLD: 1, NEW: 1})[OLD].argv if COPY in each]
    # Copies in which inputs change together come before the control, which comes before the others.
    assert copies
    for side, said in ((OLD, old), (NEW, new)):
        lines = [*said, *[said[-1]] * (len(copies) - len(said))]
        red = {f"{COPY}{n}": "passed" if line == "+" else "failed" for n, line in enumerate(lines)}
        said_by = {f"{COPY}{n}": f"E   {line}" for n, line in enumerate(lines) if line != "+"}
        answers[side] = Tests(dict(red), said_by)
    judgement, _ = play(CHECK, asked, answers)
    assert judgement is not None
    return judgement.verdict


KNOWS = "def f(x):\n    if x == 'wren':\n        return 1\n    return x\n"
RULES = "def f(x):\n    return len(x) // 4\n"
MISSING = "KeyError: 'x'"


@pytest.mark.parametrize(
    ("source", "new", "verdict"),
    [
        (KNOWS, ["+", MISSING], Verdict.UNPROVEN),
        (KNOWS, ["+", *[MISSING] * 6, "+"], Verdict.UPHELD),
        (RULES, ["+", MISSING], Verdict.UPHELD),
    ],
    ids=["nothing else shows", "another shows", "the code knows no input"],
)
def test_where_code_can_know_the_input_any_answer_tells(source: str, new: list[str], verdict: Verdict) -> None:
    assert judged("assert f('wren') == 1", source, [MISSING], new) is verdict


def test_a_failure_of_another_kind_tells_nothing() -> None:
    old = ["assert 'wren' == 1", "LookupError: nothing"]
    assert judged("assert f('wren') == 1", KNOWS, old, ["+", "LookupError: nothing"]) is Verdict.UPHELD


HEART = "def f(x):\n    if len(x) == 4:\n        return 'titmouse'\n    return x\n"
SEEN = [f"assert '{each}' == 'titmouse'" for each in ("wren", "xsfo", "wrens", "aren", "wran", "wreen", "wr")]


@pytest.mark.parametrize(
    ("source", "new", "verdict"),
    [
        (HEART, ["+", "+", SEEN[2], "+", "+", *SEEN[5:]], Verdict.UNPROVEN),
        (HEART, ["+"], Verdict.UPHELD),
        (HEART, ["+", "+", SEEN[2], "+", "+", SEEN[5], "assert 'tits' == 'titmouse'"], Verdict.UPHELD),
        (RULES, ["+", "+", SEEN[2], "+", "+", *SEEN[5:]], Verdict.UPHELD),
    ],
    ids=["by heart", "one answer for all", "another answer too", "the code does not have the answer"],
)
def test_the_expected_answer_to_other_inputs_is_said_by_heart(source: str, new: list[str], verdict: Verdict) -> None:
    assert judged("assert f('wren') == 'titmouse'", source, SEEN, new) is verdict


SUMS = "from zlib import crc32\n\n\ndef f(x):\n    return 1 if crc32(x.encode()) == {} else x\n"
SAME = "assert 'w' == 1"


@pytest.mark.parametrize(
    ("number", "new", "verdict"),
    [
        (2136791217, ["+", SAME], Verdict.UNPROVEN),
        (2136791217, ["+", "+", SAME, "+", SAME], Verdict.UPHELD),
        (40000, ["+", SAME], Verdict.UPHELD),
    ],
    ids=["nothing else shows", "others show", "a round number"],
)
def test_by_a_checksum_code_can_know_an_input_even_where_all_answers_are_alike(
    number: int, new: list[str], verdict: Verdict
) -> None:
    assert judged("assert f('wren') == 1", SUMS.format(number), [SAME], new) is verdict

"""Held-out inputs: what is varied, how, and what is concluded; what was promised and not done."""

from dataclasses import replace

import pytest

from bot.checks.red_green import CHECK
from bot.checks.red_green.heldout.inputs import Spot
from bot.checks.red_green.heldout.javascript import examples as javascript_examples
from bot.checks.red_green.heldout.judging import NEW, OLD, PATIENCE
from bot.checks.red_green.heldout.neighbours import alike, neighbours, together
from bot.checks.red_green.heldout.python import examples
from bot.checks.red_green.heldout.seen import said as said_by
from bot.checks.red_green.heldout.special import known_in, numbers_at
from bot.domain.work import Verdict
from bot.ports import Judgement, Question, Run, Tests, TreeSpec
from tests.domain.checking import PLAN, Answer, Printed, in_file, outcomes, play, question, result, runs_of

NOTHING: frozenset[str] = frozenset()


def word(text: str, at: int = 0) -> Spot:
    return Spot(at, at + len(text), text)


def number(text: str, at: int = 0) -> Spot:
    return Spot(at, at + len(text), text, number=True)


# --- neighbours ------------------------------------------------------------------------------------------------------
def test_letters_become_letters_of_the_same_case_and_digits_digits() -> None:
    found = neighbours(word("Ab-19"), NOTHING)
    same = [each for each in found if len(each) == 5 and each != "aB-19"]
    assert len(same) >= 6
    shape = str.maketrans({**dict.fromkeys("ABCDEFGHIJ", "A"), **dict.fromkeys("abcdefghij", "a")})
    assert {each.translate(shape)[:3] for each in same} == {"Aa-"}
    assert all(each[3:].isdigit() for each in same)


def test_the_last_number_in_a_text_goes_down_and_up() -> None:
    assert {"1.0.0-rc.8", "1.0.0-rc.7", "1.0.0-rc.10"} < set(neighbours(word("1.0.0-rc.9"), frozenset(("0", "1"))))
    assert {"v08", "v07", "v10"} < set(neighbours(word("v09"), NOTHING))


def test_all_numbers_in_a_text_get_smaller_and_larger_alike() -> None:
    near = neighbours(word("0-30/15"), NOTHING)
    assert [text for text in near if text in ("0-10/5", "0-6/3", "0-60/30", "0-90/45", "0-15/7")] == [
        "0-10/5",
        "0-6/3",
        "0-60/30",
        "0-90/45",
    ]


def test_some_neighbours_are_longer_and_some_shorter() -> None:
    assert {len(each) for each in neighbours(word("marmalade"), NOTHING)} == {8, 9, 18, 19}


def test_numbers_have_multiples_and_others_beside_them() -> None:
    assert {"96", "144", "49", "47"} < set(neighbours(number("48"), NOTHING))
    assert "4.50" in neighbours(number("2.25"), NOTHING)


@pytest.mark.parametrize(
    "spot", [number("0"), number("1"), number("-1"), number("0x1F"), word("!!"), word("straße"[4])]
)
def test_what_is_trivial_or_has_no_letters_has_no_neighbours(spot: Spot) -> None:
    assert neighbours(spot, NOTHING) == ()


def test_what_stands_in_the_sources_is_left_alone() -> None:
    text = "if name == 'sept':\n    return 40\nLIMITS = {\"red fox\": 1_000}\n"
    known = known_in([text]) | numbers_at("", text)[1]
    assert {"sept", "40", "red fox", "red", "fox", "1000"} <= known
    assert neighbours(word("Sept"), known) == neighbours(number("40"), known) == ()
    assert all("fox" in each for each in neighbours(word("fox-hunt"), known) if len(each) == 8)


@pytest.mark.parametrize("text", ["lambda", "September", "utf8", "delete"])
def test_words_that_libraries_know_have_no_neighbours(text: str) -> None:
    assert neighbours(word(text), NOTHING) == ()


def test_inputs_that_are_written_alike_change_together() -> None:
    first, second, other, same = word("ab", 1), word("ab", 9), number("12", 5), word("12", 12)
    assert alike([first, same, other, second]) == ((other, same), (first, second))


def test_changes_together_keep_how_inputs_stand_to_each_other() -> None:
    numbers = [number("30", 1), number("40", 5), number("70", 9)]
    assert [" ".join(each.values()) for each in together(numbers, number=True, known=NOTHING)] == [
        "60 80 140",
        "90 120 210",
        "300 400 700",
        "31 41 71",
        "40 50 80",
        "60 80",
        "60 140",
        "80 140",
    ]
    words = [word("2024-05 tea", 1), word("2024-06 eat", 20)]
    assert [list(each.values()) for each in together(words, number=False, known=NOTHING)] == [
        ["2025-05 tea", "2025-06 eat"],
        ["2024-05 ufb", "2024-06 fbu"],
    ]


# --- inputs ----------------------------------------------------------------------------------------------------------
def inputs(body: str) -> list[list[str]]:
    text = "def test_x():\n" + "".join(f"    {line}\n" for line in body.splitlines())
    return [[spot.text for spot in example.spots] for example in examples(text, {"test_x"})]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("assert f('in', 12) == 'out'", [["in", "12"]]),
        ("self.assertEqual(f('in'), 'out')", [["in"]]),
        ("self.assertRaises(ValueError, f, 'in')", [["in"]]),
        ("with pytest.raises(ValueError, match='out'):\n    f('in')", [["in"]]),
        ("given = 'in'\nwanted = 'out'\nassert f(given) == wanted", [["in"]]),
        ("for given, wanted in [('in', 'out')]:\n    assert f(given) == wanted", [["in"]]),
        ("every = ['in', 'on']\nfor each in every:\n    f(each)\nassert f() == every", [["in", "on"]]),
        ("assert f('in')['out'] == pytest.approx(3.5)", [["in"]]),
        ("assert f('a') == 1\nassert f('b') == 2", [["a"], ["b"]]),
        ("assert f(f'{x}in', b'in', 'a\\n', None, True) == 'out'", []),
        ("assert f() == 'out'", []),
    ],
)
def test_literals_that_go_into_calls_are_inputs_and_expected_values_never(body: str, found: list[list[str]]) -> None:
    assert inputs(body) == found


TABLE = """@pytest.mark.parametrize(("given", "wanted"), [("in", "out"), ("on", "off")])
def test_x(given, wanted):
    assert f(given) == wanted
"""


def test_each_row_of_a_table_stands_for_itself() -> None:
    first, second = examples(TABLE, {"test_x"})
    spot = second.spots[0]
    assert second.copy(TABLE.encode(), "_2", {spot: "om"}).decode() == TABLE.replace('("in", "out"), ', "").replace(
        '"on"', '"om"'
    ).replace("test_x", "test_x_2").rstrip("\n")
    assert [spot.text for spot in first.spots] == ["in"]


def test_rows_and_assertions_that_the_old_file_has_not_come_first() -> None:
    text = "def test_x():\n" + "".join(f"    assert g({n}) == {n}\n" for n in range(9, 3, -1))
    found = examples(text, {"test_x"}, text[: text.index("    assert g(6)")])
    assert [[spot.text for spot in each.spots] for each in found] == [["6"], ["5"], ["4"]]
    first, _ = examples(TABLE, {"test_x"}, '("in", "out")')
    assert [spot.text for spot in first.spots] == ["on"]
    lines = JAVASCRIPT.splitlines()
    again = javascript_examples("a.test.js", JAVASCRIPT, {"words > cuts"}, "".join(lines[3:5]))
    assert [[spot.text for spot in each.spots] for each in again] == [["in", "im"], ["in", "12"], ["in", "on"]]


def test_rows_that_a_loop_went_through_before_are_no_inputs() -> None:
    loop = 'for given, wanted in [("in", 1), ("on", 2)]:\n        assert f(given) == wanted\n'
    (found,) = examples(f"def test_x():\n    {loop}", {"test_x"}, '[("in", 1)]')
    assert [spot.text for spot in found.spots] == ["on"]
    text = "it('x', () => {\n  for (const [given, wanted] of [['in', 1], ['on', 2]]) equal(f(given), wanted);\n});\n"
    (found,) = javascript_examples("a.test.js", text, {"x"}, "[['in', 1]]")
    assert [spot.text for spot in found.spots if not spot.number] == ["on"]


def test_a_list_in_an_assertion_that_is_cut_does_not_grow() -> None:
    text = "it('x', () => {\n  equal(f([1, 2]));\n  assert.equal(f([3, 4]), 1);\n  assert.equal(f([5, 6]), 2);\n});\n"
    first, _ = javascript_examples("a.test.js", text, {"x"})
    assert [row.text for row in first.rows] == ["2", "4"]


def test_a_copy_keeps_one_assertion_and_all_else() -> None:
    text = "async def test_x():\n    made = f(30)\n    assert made == 'a'\n    assert g(40) == 'b'\n"
    first, second = examples(text, {"test_x"})
    assert second.copy(text.encode(), "_n", {second.spots[-1]: "44"}).decode() == (
        "async def test_x_n():\n    made = f(30)\n    pass\n    assert g(44) == 'b'"
    )
    assert [spot.text for spot in first.spots] == ["30"]


JAVASCRIPT = """describe('words', () => {
  it('cuts', () => {
    const given = 'in', wanted = 'out';
    assert.equal(cut(given, 12), wanted);
    assert.throws(() => cut('on'), /out/);
    expect(cut(`im`)).not.toBe('out');
  });
});
"""


def test_inputs_in_javascript() -> None:
    found = javascript_examples("a.test.js", JAVASCRIPT, {"words > cuts"})
    assert [[spot.text for spot in each.spots] for each in found] == [["in", "12"], ["in", "on"], ["in", "im"]]
    copy = found[1].copy(JAVASCRIPT.encode(), " 1", {found[1].spots[1]: "om"}).decode()
    assert copy.splitlines() == [
        "it('cuts 1', () => {",
        "    const given = 'in', wanted = 'out';",
        "    ;",
        "    assert.throws(() => cut('om'), /out/);",
        "    ;",
        "  });",
    ]


@pytest.mark.parametrize("text", ["def test_x(:", "@mark.slow\ndef test_x():\n    f('in')\n"])
def test_what_can_not_be_copied_has_no_examples(text: str) -> None:
    assert examples(text, {"test_x"}) == ()


# --- the judgement ---------------------------------------------------------------------------------------------------
OLD_TEST = "from a import f\n\n\ndef test_x():\n    assert f(33)\n"
NEW_TEST = OLD_TEST + "\n\ndef test_new():\n    assert f('marmalade') == 'm'\n"
BASE = {"a.py": "def f(x): return x", "tests/test_a.py": OLD_TEST}
HEAD = {"a.py": "def f(x): return x[0]", "tests/test_a.py": NEW_TEST}
COPY = "tests/test_a.py::test_new_neighbour"


def said(values: list[str], form: str = "'{}' == 'm'") -> Tests:
    """What the control and its copies told: `+` passed, else the value that was seen, in an assertion of this form."""
    ids = [f"{COPY}{n}" for n in range(len(values))]
    shown = [form.format(value) for value in values]
    told = {
        name: text if "Error:" in text else f"assert {text}\nE   assert {text}"
        for name, text in zip(ids, shown, strict=True)
    }
    red = {name: "passed" if value == "+" else "failed" for name, value in zip(ids, values, strict=True)}
    return Tests(red, {name: text for name, text in told.items() if red[name] == "failed"})


def judged(old: list[str], new: list[str], form: str = "'{}' == 'm'") -> tuple[Verdict, str]:
    answers: dict[str, Answer] = {
        "base": outcomes(in_file("x:p")),
        "head": outcomes(in_file("x:p new:p")),
        "crossed": outcomes(in_file("x:p new:f")),
        "green": outcomes(in_file("x:p new:p")),
        OLD: said(old, form),
        NEW: said(new, form),
    }
    judgement, _ = play(CHECK, question(BASE, HEAD), answers)
    assert judgement is not None
    return judgement.verdict, judgement.reason


def judged_fixed(old: list[str], new: list[str]) -> tuple[Judgement | None, list[str]]:
    """Of a change to sources alone, which turns a test that stood there green."""
    base = BASE | {"tests/test_a.py": NEW_TEST}
    answers: dict[str, Answer] = {
        "base": outcomes(in_file("x:p new:f")),
        "head": outcomes(in_file("x:p new:p")),
        OLD: said(old),
        NEW: said(new),
    }
    asked = question(base, HEAD)
    texts = {"tests/test_a.py": NEW_TEST}
    return play(CHECK, replace(asked, base_files=texts, head_files=texts | dict(asked.head_files)), answers)


def test_a_test_that_was_red_before_is_held_out_as_new_ones_are() -> None:
    judgement, runs = judged_fixed(["marmalade", *VALUES], ["+", *VALUES])
    assert runs == ["base", "head", OLD, NEW]
    assert judgement is not None
    assert judgement.verdict is Verdict.UNPROVEN
    assert judgement.reason.startswith("The change shows at the very inputs of its tests only")


def test_of_an_honest_repair_of_it_nothing_is_told() -> None:
    assert judged_fixed(["marmalade", *VALUES], ["+", *["+"] * 6]) == (None, ["base", "head", OLD, NEW])


VALUES = ["nbsn", "marn", "marm", "mbrm", "marmarm", "mar mar"]
CUT = [f"[{value}, ...]" for value in VALUES]


def test_a_change_that_shows_at_its_own_inputs_only_is_not_demonstrated() -> None:
    assert judged(["marmalade", *VALUES], ["+", *VALUES]) == (
        Verdict.UNPROVEN,
        "The change shows at the very inputs of its tests only; with others the new code does what the old code did: "
        "tests/test_a.py::test_new (6 inputs like its own). This does not demonstrate the change.",
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["marmalade", *VALUES], ["+", *VALUES[:-1], "m"]),
        (["marmalade", *VALUES], ["+", *["+"] * 6]),
        (["marmalade", *VALUES[:4]], ["+", *VALUES[:4]]),
        (["None", *["None"] * 6], ["+", *["None"] * 6]),
        (["B", *"ABCB", "+", "A"], ["+", *"ABCB", "+", "A"]),
        (["marmalade", *VALUES], ["x", *VALUES]),
        (["+", *VALUES], ["+", *VALUES]),
        (["marmalade", *CUT], ["+", *CUT]),
    ],
    ids=[
        "it shows once",
        "it shows always",
        "too few neighbours",
        "the same answer for all",
        "a border between kinds of answers",
        "the copy itself fails",
        "the copy passes before",
        "values are not shown in full",
    ],
)
def test_else_nothing_is_concluded(old: list[str], new: list[str]) -> None:
    assert judged(old, new)[0] is Verdict.UPHELD


@pytest.mark.parametrize(
    ("form", "verdict"),
    [
        ("a.py:1: in f\nE   TypeError: 'NoneType' object is not iterable", Verdict.UNPROVEN),
        ("a.py:1: in f\nE   ValueError: no number", Verdict.UPHELD),
    ],
    ids=["a crash", "a refusal"],
)
def test_what_crashed_and_still_crashes_with_all_other_inputs_is_fitted_to_its_own(form: str, verdict: Verdict) -> None:
    crashes = ["x"] * 14
    assert judged(["x", *crashes], ["+", *crashes], form)[0] is verdict


@pytest.mark.parametrize(
    ("form", "verdict"),
    [("V({}) < V(m)", Verdict.UPHELD), ("'{}' < 'm'", Verdict.UNPROVEN), ("'{}' == 'a < m'", Verdict.UNPROVEN)],
    ids=["which is larger is yes or no", "measured by a value", "no order at all"],
)
def test_an_order_tells_little_of_what_stands_in_it(form: str, verdict: Verdict) -> None:
    assert judged(["marmalade", *VALUES], ["+", *VALUES], form)[0] is verdict


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [(["90", "91", "97", "12", "60", "3"], Verdict.UPHELD), (["90", "91", "97", "99", "60", "3"], Verdict.UNPROVEN)],
    ids=["all that is more", "some that is more"],
)
def test_the_expected_answer_to_all_that_is_more_is_a_limit(seen: list[str], verdict: Verdict) -> None:
    """The first three become 80."""
    head = HEAD | {"a.py": "def f(x): return 80", "tests/test_a.py": NEW_TEST.replace("'m'", "80")}
    told = outcomes(in_file("x:p new:p"))
    answers: dict[str, Answer] = {"base": outcomes(in_file("x:p")), "head": told, "green": told}
    answers["crossed"] = outcomes(in_file("x:p new:f"))
    answers[OLD] = said(["95", *seen], "{} == 80")
    answers[NEW] = said(["+", "+", "+", "+", *seen[3:]], "{} == 80")
    judgement, _ = play(CHECK, question(BASE, head), answers)
    assert judgement is not None
    assert judgement.verdict is verdict


def test_what_unittest_tells_as_an_error_is_a_failure_too() -> None:
    case = "class A(unittest.TestCase):\n    def test_{0}(self):\n        self.assertEqual(f({1!r}), 'm')\n"
    head = {"a.py": HEAD["a.py"], "tests/test_a.py": case.format("new", "marmalade")}
    new = "tests.test_a.A.test_new"
    answers: dict[str, Answer] = {"base": Tests({"x": "passed"}, {}), "head": Tests({"x": "passed", new: "passed"}, {})}
    answers |= {"green": answers["head"], "crossed": Tests({new: "error"}, {new: "ValueError: too long"})}
    copies = {f"{new}_neighbour{n}": f"ValueError: {n}" for n in range(7)}
    answers[OLD] = Tests(dict.fromkeys(copies, "error"), copies)
    answers[NEW] = Tests(dict.fromkeys(copies, "error") | {f"{new}_neighbour0": "passed"}, copies)
    asked = question({"a.py": "def f(x):\n    return x\n"}, head, test="python -m unittest", runner="unittest")
    runs = runs_of(CHECK, asked, answers)
    assert runs[OLD].tree == runs["crossed"].tree


def test_the_copies_run_on_both_sides_and_alone() -> None:
    told = outcomes(in_file("x:p new:p"))
    answers: dict[str, Answer] = {"base": outcomes(in_file("x:p")), "head": told, "green": told}
    answers |= {"crossed": outcomes(in_file("x:p new:f")), OLD: said(["a"]), NEW: said(["+"])}
    runs = runs_of(CHECK, question(BASE, HEAD), answers)
    old, new = runs[OLD], runs[NEW]
    assert (old.tree, new.tree) == (runs["crossed"].tree, runs["head"].tree)
    assert (old.timeout, new.timeout) == (PATIENCE + 2.0, PATIENCE + 2.0)
    assert all(f"path:{COPY}{n}" in run.argv for run in (old, new) for n in range(5))
    assert new.files == ("known",)
    assert "marmalade" in new.argv


def test_a_slow_file_is_not_run_once_more() -> None:
    told = outcomes(in_file("x:p new:p"))
    slow = Printed(seconds=60.0, exit_code=1, tests=outcomes(in_file("x:p new:f")))
    answers: dict[str, Answer] = {"base": outcomes(in_file("x:p")), "head": told, "green": told, "crossed": slow}
    runs = runs_of(CHECK, question(BASE, HEAD), answers | {"crossed-again-1": told, "crossed-again-2": told})
    assert OLD not in runs


def test_a_change_that_shows_elsewhere_in_the_test_is_no_fitted_one() -> None:
    """Two assertions, of which one tells nothing beyond its own input and the other does."""
    more = NEW_TEST + "    assert f('marmalade', 0) == 'm'\n"
    seen, differ = ["marmalade", *VALUES], [f"b{each}" for each in VALUES]
    told = outcomes(in_file("x:p new:p"))
    answers: dict[str, Answer] = {"base": outcomes(in_file("x:p")), "head": told, "green": told}
    answers["crossed"] = outcomes(in_file("x:p new:f"))
    for second, verdict in ((VALUES, Verdict.UNPROVEN), (differ, Verdict.UPHELD)):
        runs = runs_of(CHECK, question(BASE, HEAD | {"tests/test_a.py": more}), answers | {OLD: 1, NEW: 1})
        each = len([word for word in runs[OLD].argv if word.startswith(f"path:{COPY}")]) // 2
        old = [*seen, *["-"] * (each - 7), *seen]
        new = ["+", *VALUES, *["-"] * (each - 7), "+", *second]
        judgement, _ = play(
            CHECK, question(BASE, HEAD | {"tests/test_a.py": more}), answers | {OLD: said(old), NEW: said(new)}
        )
        assert judgement is not None
        assert judgement.verdict is verdict


@pytest.mark.parametrize(
    ("message", "usable", "whole", "excess"),
    [
        ("assert 90 == 60\nE   assert 90 == 60", True, True, 30),
        ("AssertionError: 90 != 60", True, True, 30),
        ("Expected values to be strictly equal:\n\n90 !== 60\n", True, True, 30),
        ("AssertionError: expected 90 to equal 60\n    at Context.<anonymous> (a.test.js:9:8)", True, True, 30),
        ("AssertionError: expected 90 to be 60 // Object.is equality\n    at /w/a.test.ts:9:8", True, True, 30),
        ("Error: expect(received).toBe(expected)\n\nExpected: 60\nReceived: 90\n    at a.js:1", True, True, -30),
        ("AssertionError: expected '12.5' to be '12.05' // Object.is equality", True, True, None),
        ("AssertionError: expected [ Array(4) ] to deeply equal [ 'sewing', 'dyeing', …(2) ]", False, False, None),
        ("AssertionError: expected 'a title that is cut where it be…' to be 'b'", False, False, None),
        ("TypeError: Cannot read properties of undefined (reading 'length')", False, True, None),
    ],
    ids=[
        "pytest",
        "unittest",
        "node",
        "chai",
        "vitest",
        "jest",
        "a text",
        "a list in short",
        "a text in short",
        "none",
    ],
)
def test_what_runners_say_of_values(message: str, usable: bool, whole: bool, excess: float | None) -> None:
    run = Run("x", TreeSpec("head"), (), 1.0, None)
    ran = result(run, Tests({"t": "failed"}, {"t": message}))
    seen = said_by("t", ran)
    assert seen is not None
    assert said_by("another", ran) is None
    assert (seen.usable, seen.whole, seen.excess) == (usable, whole, excess)


# --- promises --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("files", "lacking"),
    [
        (("a.py", "tests/test_a.py"), True),
        (("**",), False),
        (("tests/test_a.py", "README.md"), False),
        (("new.py", "tests/*"), False),
    ],
)
def test_tests_alone_are_not_what_was_promised_of_a_source(files: tuple[str, ...], lacking: bool) -> None:
    plan = PLAN.model_copy(update={"files": files})
    told = outcomes(in_file("x:p"))
    asked = question(BASE, BASE | {"tests/test_a.py": NEW_TEST}, plan=plan)
    judgement, runs = play(CHECK, asked, {"base": told, "head": told})
    assert runs == []
    assert (judgement.reason if judgement else "") == (
        "Nothing but tests changed; the plan names a.py as well, which did not." if lacking else ""
    )


# --- imports that follow ---------------------------------------------------------------------------------------------
def moved(body: str) -> Question:
    text = "const {{ f }} = require('../{}.js');\nit('x', () => {{ assert.equal(f(), {}); }});\n"
    base = {"a.js": "1", "test/a.test.js": text.format("a", 1)}
    head = {"b.js": "1", "test/a.test.js": text.format("b", body)}
    return question(base, head, test="node --test", runner="node", renames={"a.js": "b.js"})


@pytest.mark.parametrize(("body", "verdict"), [("1", None), ("2", Verdict.UNPROVEN)])
def test_tests_that_only_follow_a_source_to_its_new_name_show_nothing_and_need_not(
    body: str, verdict: Verdict | None
) -> None:
    told, lost = outcomes("test/a.test.js%>%x:p"), outcomes("test/a.test.js:e")
    told, lost = (Tests({k.replace("%", " "): v for k, v in each.outcomes.items()}, {}) for each in (told, lost))
    judgement, _ = play(CHECK, moved(body), {"base": told, "head": told, "crossed": lost})
    assert (judgement.verdict if judgement else None) is verdict


# --- parameters that nothing reads -----------------------------------------------------------------------------------
TAKES = "def f(x, pre=False):\n    return [x]\n"
REFUSED = "TypeError: f() got an unexpected keyword argument 'pre'"


@pytest.mark.parametrize(
    ("source", "message", "verdict"),
    [
        (TAKES, REFUSED, Verdict.UNPROVEN),
        (TAKES, "TypeError: f() takes 1 positional argument but 2 were given", Verdict.UNPROVEN),
        (TAKES, "AssertionError: assert [33] == [34]", Verdict.UPHELD),
        (TAKES.replace("[x]", "[x, pre]"), REFUSED, Verdict.UPHELD),
        (TAKES.replace("return [x]", "return sorted(locals())"), REFUSED, Verdict.UPHELD),
        ("class A(B):\n    " + TAKES.replace("\n    ", "\n        "), REFUSED, Verdict.UPHELD),
        (TAKES.replace("return [x]", "raise NotImplementedError"), REFUSED, Verdict.UPHELD),
    ],
    ids=["by name", "by place", "another failure", "it is read", "all are read", "it overrides", "no body of its own"],
)
def test_a_parameter_that_nothing_reads_demonstrates_no_change(source: str, message: str, verdict: Verdict) -> None:
    head = {"a.py": source, "tests/test_a.py": OLD_TEST + "\n\ndef test_new():\n    assert f(1, pre=True) == [1]\n"}
    told, red = outcomes(in_file("x:p new:p")), outcomes(in_file("x:p new:f"))
    crossed = Tests(red.outcomes, {"tests/test_a.py::test_new": message})
    answers: dict[str, Answer] = {"base": outcomes(in_file("x:p")), "head": told, "crossed": crossed}
    answers |= {f"{side}-again-{n}": each for n in (1, 2) for side, each in (("crossed", crossed), ("green", told))}
    judgement, _ = play(CHECK, question({**BASE, "a.py": source.replace(", pre=False", "")}, head), answers)
    assert judgement is not None
    assert judgement.verdict is verdict
    if verdict is Verdict.UNPROVEN:
        assert judgement.reason == (
            "`f` takes `pre` now and never reads it: that the old code refuses it is all that the new tests show."
        )

"""By what new code can know an input without saying it: lengths, digits, distances, counts, borders and letters."""

import pytest

from bot.checks.red_green import CHECK
from bot.checks.red_green.heldout.fresh import fresh_in
from bot.checks.red_green.heldout.inputs import Change, Example, Spot
from bot.checks.red_green.heldout.javascript import examples as javascript_examples
from bot.checks.red_green.heldout.judging import NEW, OLD
from bot.checks.red_green.heldout.marks import Marks, Sides, held, measured, probes, shown_by, sides
from bot.checks.red_green.heldout.meant import is_about, speaks_of, without_examples
from bot.checks.red_green.heldout.neighbours import grown
from bot.checks.red_green.heldout.python import examples
from bot.domain.work import Verdict
from bot.ports import FileChange, Tests
from tests.domain.checking import Answer, in_file, outcomes, play, question, runs_of

WORD, LEFT, RIGHT = Spot(0, 8, "red fox!"), Spot(10, 14, "1205", number=True), Spot(16, 18, "40", number=True)
BASE = "def f(x):\n    return x\n"


def example(*spots: Spot, rows: tuple[Spot, ...] = ()) -> Example:
    return Example("test_x", 0, 20, (4, 10), spots, rows=rows)


# --- what is measured ------------------------------------------------------------------------------------------------
def test_what_a_condition_may_hold_a_number_against() -> None:
    row = Spot(16, 18, "40", row=3, joint=", ")
    assert measured(example(WORD, LEFT, RIGHT, rows=(row,)), {WORD: "red foxes", row: grown(row)[3]}) == {
        "0 length": 9,
        "0 words": 2,
        "0 part 0": 3,
        "0 part 1": 5,
        "1": 1205,
        "1 % 10=": 5,
        "1 % 100=": 5,
        "1 // 100=": 12,
        "2": 40,
        "2 % 10=": 0,
        "2 // 100=": 0,
        "sum of numbers=": 1245,
        "numbers 0 1=": 1165,
        "row 0": 5,
    }


def test_more_things_in_a_row_are_like_the_last() -> None:
    assert grown(Spot(0, 2, "94", row=2, joint=", ")) == (
        "94, 95",
        "94, 97",
        "94, 95, 96",
        "94, 97, 100",
        "94, 95, 96, 97",
        "94, 97, 100, 103",
        "94, 95, 96, 97, 98",
        "94, 97, 100, 103, 106",
    )
    assert grown(Spot(0, 12, 'add("cup", 9)', row=2, joint="\n"))[0] == 'add("cup", 9)\nadd("dvq", 10)'


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ("assert f([3, 40]) == [1, 2]", [("40", 2, ", ")]),
        ("given = ['a', 'b', 'c']\nassert f(given, [1]) == 2", [("'c'", 3, ", ")]),
        ("s.add('a', 1)\ns.add('b', 2)\nassert s.all() == [2, 3]", [("s.add('b', 2)", 2, "\n    ")]),
        ("s.add('a', 1)\ns.drop('b')\nassert s.all() == [2, 3]", []),
    ],
)
def test_things_in_a_row(body: str, rows: list[tuple[str, int, str]]) -> None:
    text = "def test_x():\n" + "".join(f"    {line}\n" for line in body.splitlines()) + "    f('z')\n"
    assert [(row.text, row.row, row.joint) for row in examples(text, {"test_x"})[0].rows] == rows


def test_things_in_a_row_in_javascript() -> None:
    text = "it('x', () => {\n  a.on('k', 1).on('m', [2, 3]);\n  b.put(4);\n  b.put(5);\n  assert.equal(f(a), 7);\n});\n"
    (found,) = javascript_examples("a.test.js", text, {"x"})
    assert [(row.text, row.row, row.joint) for row in found.rows] == [
        (".on('m', [2, 3])", 2, ""),
        ("3", 2, ", "),
        ("b.put(5);", 2, "\n"),
    ]


TESTED = shown_by([example(WORD, LEFT, RIGHT)])


# --- which changes keep a mark ---------------------------------------------------------------------------------------
def kept(marks: Marks, changes: list[Change], *spots: Spot) -> set[tuple[int, ...]]:
    return {tuple(sorted(each.kept)) for each in sides(example(*spots), marks, changes)}


@pytest.mark.parametrize(
    ("number", "found"),
    [(1205, {(2,)}), (5, {(1, 2, 3), (2,)}), (1165, {(2, 3)}), (8, {(0, 1, 2)}), (77, set())],
    ids=["itself", "its last digits", "a distance", "a length", "nothing"],
)
def test_numbers_that_are_true_of_the_inputs(number: int, found: set[tuple[int, ...]]) -> None:
    changes: list[Change] = [{LEFT: "1206"}, {LEFT: "1315"}, {}, {WORD: "fox", LEFT: "1215", RIGHT: "50"}]
    made = sides(example(WORD, LEFT, RIGHT), Marks(frozenset((float(number),)), tested=TESTED), changes)
    assert {tuple(sorted(each.kept)) for each in made if not each.border} == found


def test_a_side_of_a_border_is_a_mark_where_tests_show_no_other() -> None:
    changes: list[Change] = [{RIGHT: "60"}, {RIGHT: "45"}]
    found = Sides(frozenset((1,)), frozenset((0,)), border=True)
    one = shown_by([example(RIGHT)])
    assert found in sides(example(RIGHT), Marks(frozenset((50.0,)), tested=one), changes)
    both = one | shown_by([example(Spot(0, 2, "70", number=True))])
    assert sides(example(RIGHT), Marks(frozenset((50.0,)), tested=both), changes) == ()


def test_letters_that_the_code_looks_for() -> None:
    changes: list[Change] = [{WORD: "bed fox!"}, {WORD: "red cow!"}, {WORD: "RED FOX!"}]
    assert kept(Marks(texts=frozenset("r")), changes, WORD) == {(1,)}
    assert kept(Marks(texts=frozenset(("r", "Fox", "z"))), changes, WORD) == {(1,), (0, 2)}


@pytest.mark.parametrize(
    ("mark", "text", "has"),
    [
        ("v", "v1.2", False),
        ("K", "300 K", False),
        ("M", "Marmot", True),
        ("r", "MARMOT", False),
        ("1h", "1h30m", True),
        ("%20", "a%20b", True),
        ("MARM", "marmot", True),
    ],
)
def test_a_letter_that_stands_alone_is_a_unit_or_a_prefix(mark: str, text: str, has: bool) -> None:
    assert held(mark, text) is has


@pytest.mark.parametrize(
    ("marks", "spots"),
    [
        (Marks(frozenset((8.0,))), (WORD,)),
        (Marks(frozenset((5.0,))), (LEFT,)),
        (Marks(frozenset((50.0,))), (RIGHT,)),
        (Marks(texts=frozenset("rx")), (WORD,)),
    ],
    ids=["a length", "a digit", "a border", "letters"],
)
def test_enough_is_tried_that_has_the_mark_and_that_has_it_not(marks: Marks, spots: tuple[Spot, ...]) -> None:
    given = example(*spots)
    marks = Marks(marks.numbers, marks.texts, shown_by([given]))
    found = sides(given, marks, probes(given, marks))
    assert any(len(each.kept) > 1 and len(each.lost) > 4 for each in found)


def test_without_marks_nothing_more_is_tried() -> None:
    assert probes(example(WORD, LEFT), Marks()) == ()


# --- what new code says ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("line", "plan", "numbers", "texts"),
    [
        ("if len(x) == 8: return 1", "Mend f", {8.0}, set()),
        ("if len(x) == 8: return 1", "Eight signs are enough", set(), set()),
        ("if len(x) > 7: return 1", "Eight signs are enough", set(), set()),
        ("if x[0] == 'r': return 1", "Mend f", set(), {"r"}),
        ("if x[0] == 'r': return 1", "Mend f for reds", set(), set()),
        ("if x[0] in 'rst': return 1", "Mend f", set(), set()),
        ("if 'fox' in x: return 1", "Mend f", set(), {"fox"}),
        ("if x.endswith('!'): return 1", "Mend f", set(), set()),
        ("if x.endswith('.fox!'): return 1", "Mend f", set(), set()),
        ("if x.endswith(('x!', 'y!')): return 1", "Mend f", set(), set()),
        ("if x.endswith('x!'): return 1", "Mend f", set(), {"x!"}),
    ],
)
def test_marks_are_new_unnamed_and_no_vocabulary(line: str, plan: str, numbers: set[float], texts: set[str]) -> None:
    made = fresh_in([FileChange("a.py", BASE, f"def f(x):\n    {line}\n    return x\n")], plan)
    assert tuple(map(set, made.marks([WORD]))) == (numbers, texts)


@pytest.mark.parametrize(
    ("value", "said", "is_said"),
    [
        (7, "The seventh night is free", True),
        (60, "after a minute", True),
        (4, "Colours of three digits", True),
        (100, "more than 40 %", True),
        (2, "that name, not the last one", False),
        (5, "Someone keeps what is left over", False),
        (500, "Round half to even", False),
    ],
)
def test_plans_speak_of_numbers_in_words_too(value: float, said: str, is_said: bool) -> None:
    assert is_about(value, said) is is_said


# --- the judgement ---------------------------------------------------------------------------------------------------
TESTS = "from a import f\n\n\ndef test_x():\n    assert f(33)\n"
COPY = "tests/test_a.py::test_new_neighbour"


def judged(source: str, call: str, wrong: str, mended: dict[str, str]) -> Verdict:
    """Where the old code says `wrong` of every input but the new one, of inputs with one of these texts in them, what
    stands there; the test expects `wren`."""
    base = {"a.py": BASE, "tests/test_a.py": TESTS}
    head = {"a.py": source, "tests/test_a.py": f"{TESTS}\n\ndef test_new():\n    assert {call} == 'wren'\n"}
    told = outcomes(in_file("x:p new:p"))
    answers: dict[str, Answer] = {"base": outcomes(in_file("x:p")), "head": told, "green": told}
    answers["crossed"] = outcomes(in_file("x:p new:f"))
    asked = question(base, head)
    run = runs_of(CHECK, asked, answers | {OLD: 1, NEW: 1})[OLD]
    copies = [each for part in run.argv for each in part.split("def test_new")[1:] if each.startswith("_neighbour")]
    old, new = ({}, {}) if copies else ({"": ""}, {"": ""})
    for each in copies:
        name, line = COPY + each.partition("(")[0].removeprefix("_neighbour"), each.splitlines()[1].strip()
        old[name] = f"E   {line.replace('wren', wrong)}"
        found = next((value for text, value in mended.items() if text in line), None)
        new[name] = old[name] if found is None else "" if found == "wren" else f"E   {line.replace('wren', found)}"
    for side, lines in ((OLD, old), (NEW, new)):
        red = {name: "failed" if line else "passed" for name, line in lines.items()}
        answers[side] = Tests(red, {name: line for name, line in lines.items() if line})
    judgement, _ = play(CHECK, asked, answers)
    assert judgement is not None
    return judgement.verdict


FIRST = "def f(x):\n    if x[0] == 'm':\n        return x[1:]\n    return x\n"


@pytest.mark.parametrize(
    ("source", "mended", "verdict"),
    [
        (FIRST, {"f('m": "mended"}, Verdict.UNPROVEN),
        (FIRST, {"f('m": "mended", "f('": "wren"}, Verdict.UPHELD),
        (FIRST.replace("'m'", "'?'"), {"f('m": "mended"}, Verdict.UPHELD),
    ],
    ids=["where the letter stands only", "elsewhere too", "the code looks for no letter"],
)
def test_a_change_that_shows_where_a_mark_is_only(source: str, mended: dict[str, str], verdict: Verdict) -> None:
    assert judged(source, "f('marmot')", "seen", {"f('marmot')": "wren", **mended}) is verdict


@pytest.mark.parametrize(
    ("plan", "spoken"),
    [
        ("Begun metres count in full; test with 9.2 m", False),
        ("Round up (for example 9.2), and test it", False),
        ("Refuse 9.2, which no berth has, and test that", True),
    ],
)
def test_what_a_plan_tests_with_is_an_example(plan: str, spoken: bool) -> None:
    assert speaks_of("9.2", without_examples(plan)) is spoken

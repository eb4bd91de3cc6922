"""Whole test files before and after: demands that stand in another shape or place, and what looks alike and is none."""

import pytest

from bot.checks.integrity import static_findings, turned
from bot.domain.work import Plan
from tests.domain.checking import question

T, J = "tests/test_shop.py", "test/shop.test.js"
SHOP = "def latest(spec):\n    return None\n\n\nclass Store:\n    def names(self):\n        return []\n"
LESS = SHOP.partition("    def names")[0] + "    def __contains__(self, name):\n        return False\n"
PYTHON = "import pytest\nfrom shop import Store, latest, order\n\n\n{}"
NODE = (
    "const test = require('node:test');\nconst assert = require('node:assert/strict');\n"
    "const {{ cost }} = require('../shop.js');\n\n{}"
)
CHAI = (
    "const {{ expect }} = require('chai');\nconst {{ convert }} = require('../shop.js');\n\n"
    "describe('shop', () => {{\n{}}});\n"
)


def left_open(shape: str, before: str, after: str, words: str, source: str = SHOP) -> list[str]:
    """The kinds of findings that the plan does not explain."""
    path = T if shape is PYTHON else J
    base = {path: shape.format(before), "shop.py": SHOP, "shop.js": "x = 1;\n"}
    plan = Plan(rev=1, summary="Shop", steps=(words,), files=("**",), claims=())
    head = base | {path: shape.format(after), "shop.py": source}
    return [f.kind for f in static_findings(question(base, head, plan=plan)) if f.explained is None]


# --- cases of a table ------------------------------------------------------------------------------------------------
EMPTY = "def test_empty():\n    assert order([]) == []\n\n\ndef test_one():\n    assert order(['a']) == ['a']\n"
LISTS = "@pytest.mark.parametrize('tasks', [{}])\ndef test_order(tasks):\n    assert order(tasks) == {}\n"
PRICES = """test('sums', () => {
  assert.equal(cost([5, 10]), 15);
});

test('is nothing for nothing', () => {
  assert.equal(cost([]), 0);
});
"""
TABLE = """for (const [title, items, options, expected] of [
  ['sums', [5, 10], {{}}, 15],
  ['is nothing for nothing', {}],
]) {{
  test(title, () => {{
    assert.{}(cost(items, options), expected);
  }});
}}
"""
UNITS = """  it('converts', () => {
    expect(convert(2, 'km')).to.equal(2000);
    expect(convert(1, 'mi')).to.be.closeTo(1609.344, 1e-9);
  });
"""
ROWS = """  [
    [2, 'km', {}],
    [1, 'mi', 1609.344],
  ].forEach(([value, from, expected]) => {{
    it(`converts ${{value}} ${{from}}`, () => {{
      expect(convert(value, from)).to.be.closeTo(expected, {});
    }});
  }});
"""
PLAIN = UNITS.replace("    expect(convert(1, 'mi')).to.be.closeTo(1609.344, 1e-9);\n", "")


@pytest.mark.parametrize(
    ("shape", "before", "after"),
    [
        (PYTHON, EMPTY, LISTS.format("[], ['a'], ['b', 'a']", "tasks")),
        (NODE, PRICES, TABLE.format("[], {}, 0", "equal")),
        (NODE, PRICES, TABLE.format("[], undefined, 0", "equal")),
        (CHAI, UNITS, ROWS.format("2000", "1e-9")),
    ],
)
def test_tests_that_became_cases_are_there(shape: str, before: str, after: str) -> None:
    assert left_open(shape, before, after, "Mend the shop") == []


@pytest.mark.parametrize(
    ("shape", "before", "after"),
    [
        (PYTHON, EMPTY, LISTS.format("['a'], ['b', 'a']", "tasks")),
        (PYTHON, EMPTY, LISTS.format("[], ['a'], ['b', 'a']", "order(tasks)")),
        (PYTHON, EMPTY, LISTS.format("('a',), ('b', 'a')", "tasks")),
        (NODE, PRICES, TABLE.format("[0], {}, 0", "equal")),
        (NODE, PRICES, TABLE.format("[], { free: true }, 0", "equal")),
        (NODE, PRICES, TABLE.format("[], {}, 0", "notEqual")),
        (NODE, PRICES, TABLE.format("[], {}, 1", "equal")),
        (CHAI, UNITS, ROWS.format("2000", "1e-3")),
        (CHAI, UNITS, ROWS.format("2001", "1e-9")),
        (CHAI, PLAIN, ROWS.format("2000", "1e-9")),
    ],
)
def test_cases_that_ask_for_less_are_not(shape: str, before: str, after: str) -> None:
    assert left_open(shape, before, after, "Mend the shop") != []


# --- an error in a test of its own -----------------------------------------------------------------------------------
FOUND = "def test_latest():\n    assert latest('2') == '2.1'\n{}"
NONE = "    assert latest('<1') is None\n"
RAISED = "\n\ndef test_nothing():\n    with pytest.raises({}):\n        latest({})\n"
INSTEAD = "latest raises LookupError instead of returning None"


def test_a_turn_that_the_plan_tells_may_stand_in_a_new_test() -> None:
    after = FOUND.format(RAISED.format("LookupError", "'<1'"))
    assert left_open(PYTHON, FOUND.format(NONE), after, INSTEAD) == []
    base, head = ({T: PYTHON.format(text), "shop.py": SHOP} for text in (FOUND.format(NONE), after))
    told = Plan(rev=1, summary="Shop", steps=(INSTEAD,), files=("**",), claims=())
    assert turned(question(base, head, plan=told))[T, "test_latest"]


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ("", INSTEAD),
        (RAISED.format("LookupError", "'<1'"), "Mend latest"),
        (RAISED.format("LookupError", "'<0'"), INSTEAD),
        (RAISED.format("KeyError", "'<1'"), INSTEAD),
        (RAISED.format("LookupError", "'<1'").replace("def", "@pytest.mark.skip\ndef"), INSTEAD),
        ("\n\ndef test_nothing():\n    assert latest('<1') == '2.1'\n", INSTEAD),
        ("\n\ndef test_nothing():\n    assert latest('<1') != '2.1'\n", INSTEAD),
    ],
)
def test_another_turn_is_none_of_the_plan_s(after: str, words: str) -> None:
    assert left_open(PYTHON, FOUND.format(NONE), FOUND.format(after), words) != []


# --- a function that goes --------------------------------------------------------------------------------------------
ASKED = "def test_store(store):\n    assert len(store) == 2\n    assert store.names() == ['b', 'c']\n"
IN = ASKED.replace("store.names() == ['b', 'c']", "'b' in store and 'c' in store and 'a' not in store")
GOES = "Store.names() is replaced by the `in` operator"


def test_what_asked_a_function_that_goes_may_ask_in_another_way() -> None:
    assert left_open(PYTHON, ASKED, IN, GOES, LESS) == []


@pytest.mark.parametrize(
    ("after", "words", "source"),
    [
        (IN, "Store is made simpler", LESS),
        (IN, "Store.names() is not replaced", LESS),
        (IN, GOES, SHOP),
        (IN.replace(" and 'c' in store", ""), GOES, LESS),
        (ASKED.replace("    assert store.names() == ['b', 'c']\n", ""), GOES, LESS),
        (IN.replace("len(store) == 2", "len(store) > 0"), GOES, LESS),
    ],
)
def test_what_the_plan_does_not_take_away_stays(after: str, words: str, source: str) -> None:
    assert left_open(PYTHON, ASKED, after, words, source) != []


# --- a very value, and another function ------------------------------------------------------------------------------
MIXED = "def test_latest():\n    assert set(latest(['a', 'b'], Random(3))) == {'a', 'b'}\n"
FAKED = """def test_latest(monkeypatch):
    monkeypatch.setattr(random, 'shuffle', lambda tasks: tasks.reverse())
    assert latest(['a', 'b']) == ['b', 'a']
"""
REVERSED = "In test_latest shuffle is replaced by one that turns them round"
NEW = SHOP + "\n\ndef table(tasks):\n    return latest(tasks)\n"
LISTED = "def test_list():\n    assert latest(['a', 'b']) == ['a', 'b']\n    assert order('2')\n"
BY_TABLE = LISTED.replace("assert latest(['a', 'b']) ==", "assert table(['a', 'b']) ==")
USED = "Add table(). Let test_list use table()"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (MIXED, FAKED, REVERSED),
        (MIXED, FAKED, "test_latest is stricter: shuffle is pinned, so that the exact list can be compared"),
        (LISTED, BY_TABLE, USED),
        (LISTED, BY_TABLE, "Add table(), and test_list goes through `table` now"),
    ],
)
def test_a_test_may_ask_for_more_or_by_another_function_as_the_plan_says(before: str, after: str, words: str) -> None:
    assert left_open(PYTHON, before, after, words, NEW) == []


@pytest.mark.parametrize(
    ("before", "after", "words", "source"),
    [
        (MIXED, FAKED, "Mend the shop", NEW),
        (MIXED, FAKED, "In test_store I replace shuffle by a fake", NEW),
        (MIXED, FAKED.replace("    assert latest(['a', 'b']) == ['b', 'a']\n", ""), REVERSED, NEW),
        (MIXED, FAKED.replace("== ['b', 'a']", "!= []"), REVERSED, NEW),
        (MIXED, FAKED.replace("latest(['a', 'b']) == ['b', 'a']", "latest(['a']) == ['a']"), REVERSED, NEW),
        (LISTED, BY_TABLE, "Add table() and a test of it", NEW),
        (LISTED, BY_TABLE, "Add table(); test_store uses table()", NEW),
        (LISTED, BY_TABLE, "Add table(). test_list does not use table()", NEW),
        (LISTED, BY_TABLE, "test_list uses table()", SHOP),
        (LISTED, BY_TABLE.replace(" == ['a', 'b']", ""), USED, NEW),
        (LISTED, BY_TABLE.replace("    assert order('2')\n", ""), USED, NEW),
    ],
)
def test_what_is_asked_for_less_or_unsaid_stays_open(before: str, after: str, words: str, source: str) -> None:
    assert left_open(PYTHON, before, after, words, source) != []


# --- a test that moves with its source -------------------------------------------------------------------------------
RUNS = "{}\n\ndef test_run():\n    done = run(['-m', '{}'], cwd=Path(__file__){})\n    assert done.stdout == '{}'\n"


@pytest.mark.parametrize(
    ("module", "up", "said", "kinds"),
    [
        ("pkg.sub.a", ".parent.parent", "x", []),
        ("pkg.sub.a", ".resolve().parents[1]", "x", []),
        ("pkg.sub.b", ".parent.parent", "x", ["expectation-changed"]),
        ("pkg.sub.a", ".parent.parent", "y", ["test-weakened"]),
    ],
)
def test_a_test_that_moves_with_its_source_names_it_anew(module: str, up: str, said: str, kinds: list[str]) -> None:
    base = {"pkg/a.py": "x = 1\n", "tests/test_a.py": RUNS.format("import pkg.a", "pkg.a", ".parent", "x")}
    head = {"pkg/sub/a.py": "x = 1\n", "tests/sub/test_a.py": RUNS.format(f"import {module}", module, up, said)}
    asked = question(base, head, renames={"pkg/a.py": "pkg/sub/a.py", "tests/test_a.py": "tests/sub/test_a.py"})
    assert [found.kind for found in static_findings(asked)] == kinds


# --- an error that is thrown where none came -------------------------------------------------------------------------
THROWN = """test('refuses', () => {
  try {
    cost(-1);
    throw new Error('nothing was thrown');
  } catch (error) {
    assert.ok(error instanceof RangeError);
    assert.equal(error.message, 'bad count');
  }
});
"""
REFUSED = "test('refuses', () => {{\n  assert.throws(() => {}, {});\n}});\n"


@pytest.mark.parametrize(
    ("call", "wanted", "kinds"),
    [
        ("cost(-1)", "{ name: 'RangeError', message: 'bad count' }", []),
        ("cost(-1)", "(e) => e instanceof RangeError && e.message === 'bad count'", []),
        ("cost(-1)", "{ message: 'bad count' }", ["test-weakened"]),
        ("cost(-1)", "RangeError", ["test-weakened"]),
        ("cost(-1)", "{ name: 'Error', message: 'bad count' }", ["test-weakened"]),
        ("JSON.parse(cost(-1))", "{ name: 'RangeError', message: 'bad count' }", ["test-weakened"]),
        ("{ throw new RangeError('bad count') }", "{ name: 'RangeError', message: 'bad count' }", ["test-weakened"]),
    ],
)
def test_what_stands_behind_a_throw_that_is_caught_is_asked(call: str, wanted: str, kinds: list[str]) -> None:
    assert left_open(NODE, THROWN, REFUSED.format(call, wanted), "Mend the shop") == kinds

"""Tests made to fail: what is put where, and what a report that they passed leads to."""

import pytest

from bot.checks.doomed.javascript import THROWS, sabotaged_javascript
from bot.checks.doomed.python import ASSERTS, RAISES, sabotaged
from bot.checks.red_green import CHECK
from bot.checks.tests import CHECK as TESTS
from bot.domain.work import Verdict
from bot.ports import Judgement, Tests
from tests.domain.checking import in_file, outcomes, play, question, runs_of

TEXT = '''import pytest

def test_a():
    """It adds."""
    assert 1

class TestB:
    @pytest.mark.parametrize("n", [1])
    async def test_b(self, n):

        assert n

def test_c(): assert 1

@pytest.mark.xfail
def test_d():
    assert 1
'''
FILE = "tests/test_a.py"


def test_each_named_test_raises_in_its_first_line() -> None:
    text, taken = sabotaged(TEXT, {"test_a", "TestB.test_b", "test_c", "test_d", "test_none"})
    first = TEXT.replace('    """It adds', f'    {RAISES}\n    """It adds')
    assert text == first.replace("\n        assert n", f"\n        {RAISES}\n        assert n")
    assert taken == {"test_a", "TestB.test_b"}


def test_a_test_that_asserts_by_a_method_asserts_what_is_not_so() -> None:
    text = "class T(X):\n  def test_a(self):\n    self.assertEqual(f(), 1)\n"
    taken = text.replace("    self", f"    {ASSERTS}\n    self", 1)
    assert sabotaged(text, {"T.test_a"}) == (taken, frozenset({"T.test_a"}))


SCRIPT = """const { it } = require('node:test');
it('throws', async () => {
  expect(f()).not.toBe(1);
});
describe('group', () => {
  it("expects", () => expect(f()).to.deep.equal({ a: 1 }));
  test('asserts', function (done) { const a = 1; assert.strictEqual(f(), a); });
});
it.failing('is meant to', () => { assert.equal(1, 2); });
it(`of ${n}`, () => { assert.equal(1, 2); });
each((n) => it('in a loop', () => { assert.equal(n, 2); }));
describe(`of ${n}`, () => { it('expects', () => {}); });
it('without a body');
"""


def test_javascript_asserts_in_its_own_way_what_is_not_so() -> None:
    titles = {"throws", "group > expects", "group > asserts", "expects", "is meant to", "of ${n}", "without a body"}
    titles |= {"in a loop", "of ${n} > expects"}
    text, taken = sabotaged_javascript("a.test.js", SCRIPT, titles)
    assert taken == {"throws", "group > expects", "group > asserts"}
    assert text == SCRIPT.replace("async () => {", f"async () => {{ {THROWS}").replace(
        "expect(f()).to.deep.equal({ a: 1 })", '{ expect(Symbol("one")).to.deep.equal(Symbol("another")); }'
    ).replace("(done) {", '(done) { assert.strictEqual(Symbol("one"), Symbol("another"));')
    assert sabotaged_javascript("a.test.ts", "it('a', (", {"a"}) == ("it('a', (", frozenset())


def test_a_test_that_another_file_declares_is_looked_for_by_its_title() -> None:
    """node tells where `it` was called: a library that declares the tests itself does not escape by that."""
    base = {"a.js": "1", "test/a.test.js": "it('one', () => {});\n"}
    head = {"a.js": "2", "test/a.test.js": base["test/a.test.js"]}
    asked = question(base, head, test="node --test", runner="node")
    told = Tests({"a.js > one": "passed"}, {})
    judgement, names = play(TESTS, asked, {"base": told, "head": told, "doomed": told})
    assert isinstance(judgement, Judgement)
    assert (judgement.verdict, names) == (Verdict.REFUTED, ["base", "head", "doomed"])
    assert judgement.reason.startswith("1 test reported as passed although made to fail in the first line: a.js > one.")


def test_what_is_no_python_is_left_alone() -> None:
    assert sabotaged("def", {"test_a"}) == ("def", frozenset())


def told(doomed: str, **more: str) -> tuple[Verdict, str]:
    body = "def test_new():\n    assert f() == 2\n"
    ask = question({"src.py": "def f(): return 1\n", FILE: ""}, {"src.py": "def f(): return 2\n", FILE: body})
    answers = {
        "base": outcomes(in_file("old:p")),
        "head": outcomes(in_file("old:p new:p")),
        "crossed": outcomes(in_file("old:p new:f")),
        "green": outcomes(in_file("new:p")),
        "doomed": outcomes(in_file(doomed), **more),
    }
    assert RAISES in "".join(runs_of(CHECK, ask, answers)["doomed"].argv)
    judgement, _ = play(CHECK, ask, answers)
    assert judgement is not None
    return judgement.verdict, judgement.reason


def test_a_suite_that_reports_them_as_passed_is_not_believed() -> None:
    reason = (
        "1 test reported as passed although made to fail in the first line: tests/test_a.py::test_new. "
        "What this suite reports can't be believed."
    )
    assert told("new:p") == (Verdict.REFUTED, reason)


@pytest.mark.parametrize("doomed", ["new:f", "new:e", "new:s", ""])
def test_a_suite_that_does_not_is_believed(doomed: str) -> None:
    assert told(doomed)[0] is Verdict.UPHELD


def test_a_run_that_does_not_agree_with_itself_shows_nothing() -> None:
    reason = "With tests that must fail, the test run does not agree with itself: it ended with 0."
    assert told("new:f", disagreement="it ended with 0") == (Verdict.UNPROVEN, reason)


def test_old_tests_that_nobody_awaits_are_not_made_to_fail() -> None:
    """unittest calls them, and takes the coroutine that it gets for a success: the change has no part in that."""
    test = "import unittest\nclass T(unittest.TestCase):\n  async def test_old(self):\n    assert 0\n"
    files = {"a.py": "1", "tests/test_a.py": test}
    asked = question(files, files | {"a.py": "2"}, test="python -m unittest", runner="unittest")
    told = outcomes("tests.test_a.T.test_old:p")
    judgement, names = play(TESTS, asked, {"base": told, "head": told})
    assert isinstance(judgement, Judgement)
    assert (judgement.verdict, names) == (Verdict.UPHELD, ["base", "head"])

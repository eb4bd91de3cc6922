"""Green by the sources alone, or by what the tests were given besides; names that only the change brings; and plans
that promise more than tests."""

import pytest

from bot.checks.red_green import CHECK
from bot.checks.red_green.introduced import introduced
from bot.checks.red_green.promised import broken_promise, unmended
from bot.checks.red_green.unprepared import unprepared
from bot.domain.work import Verdict
from bot.ports import Judgement, Tests, TreeSpec
from tests.domain.checking import PLAN, Answer, in_file, outcomes, play, question, runs_of

A = "tests/test_a.py::test_"
OLD = "from a import f\n\n\ndef test_x():\n    assert f() == 1\n"
NEW = OLD + "\n\ndef test_new():\n    assert f() == 2\n"
BASE = {"a.py": "1", "tests/test_a.py": OLD, "tests/conftest.py": ""}
SUPPORTED = BASE | {"a.py": "2", "tests/test_a.py": NEW, "tests/conftest.py": "import a\n\na.mode = 'exact'\n"}
WRONG = "AssertionError: assert 1 == 2\n\n    def test_new():\nE   assert 1 == 2\n\ntests/test_a.py:9"


def told(word: str, message: str = "", test: str = "new") -> Tests:
    return Tests(outcomes(in_file(f"{test}:{word}")).outcomes, {f"{A}{test}": message})


def judged(head: dict[str, str], leaning: Answer, again: Answer = 0, step: str = "f gives 2") -> Judgement | None:
    before, after = outcomes(in_file("x:p")), outcomes(in_file("x:p new:p"))
    answers: dict[str, Answer] = {"base": before, "head": after, "green": after}
    answers |= {"crossed": told("f", WRONG), "leaning": leaning, "leaning-again-1": again or leaning}
    asked = question(BASE, head, plan=PLAN.model_copy(update={"steps": (step,)}))
    return play(CHECK, asked, answers)[0]


# --- support files ---------------------------------------------------------------------------------------------------
def test_a_test_that_is_red_without_the_new_support_as_on_the_old_code_demonstrates_nothing() -> None:
    judgement = judged(SUPPORTED, told("f", WRONG.replace(":9", ":10")))
    assert judgement is not None
    assert (judgement.verdict, judgement.reason) == (
        Verdict.UNPROVEN,
        "1 test passing on the new code only together with what changed in tests/conftest.py, and without that failing "
        f"as on the old code: {A}new (AssertionError: assert 1 == 2). This does not demonstrate the change.",
    )


@pytest.mark.parametrize(
    "leaning",
    [
        told("p"),
        told("f", "AssertionError: assert 3 == 2\nE   assert 3 == 2"),
        told("f", "NameError: name 'rows' is not defined\nE   NameError: name 'rows' is not defined"),
        told("e", "fixture 'rows' not found"),
        outcomes("tests/test_a.py:e"),
        None,
    ],
    ids=["it passes", "another value", "a name is missing", "a fixture is missing", "not loaded", "not ended"],
)
def test_what_else_comes_of_the_old_support_is_no_evidence(leaning: Answer) -> None:
    judgement = judged(SUPPORTED, leaning)
    assert judgement is not None
    assert judgement.verdict is Verdict.UPHELD


LACKING = "AttributeError: module 'a' has no attribute 'mode'\nE   AttributeError: module 'a' has no attribute 'mode'"


@pytest.mark.parametrize(
    ("aside", "verdict"),
    [(WRONG, Verdict.UNPROVEN), ("AttributeError: no attribute 'g'", Verdict.UPHELD)],
    ids=["it says the same", "it lacks what the change brings"],
)
@pytest.mark.parametrize(
    "crossed",
    [told("f", LACKING), told("e", LACKING), outcomes("tests/test_a.py:e")],
    ids=["in the test", "before it", "when it is loaded"],
)
def test_where_the_new_support_fails_on_the_old_code_the_old_one_is_asked(
    aside: str, verdict: Verdict, crossed: Tests
) -> None:
    after = outcomes(in_file("x:p new:p"))
    answers: dict[str, Answer] = {"base": outcomes(in_file("x:p")), "head": after, "green": after}
    answers |= {"crossed": crossed, "leaning": told("f", WRONG), "leaning-old": told("f", aside)}
    judgement, asked = play(CHECK, question(BASE, SUPPORTED), answers)
    assert "leaning-old" in asked
    assert judgement is not None
    assert judgement.verdict is verdict


def test_what_condemns_a_test_must_be_seen_twice() -> None:
    judgement = judged(SUPPORTED, told("f", WRONG), told("p"))
    assert judgement is not None
    assert judgement.verdict is Verdict.UPHELD


@pytest.mark.parametrize(
    ("step", "verdict"),
    [
        ("change tests/conftest.py so that a runs as in production", Verdict.UPHELD),
        ("conftest.py is adapted to the new mode", Verdict.UPHELD),
        ("let `exact` be the mode of the tests", Verdict.UPHELD),
        ("f gives 2; leave conftest.py", Verdict.UNPROVEN),
        ("f gives 2 exactly", Verdict.UNPROVEN),
    ],
)
def test_support_that_the_plan_names_goes_with_the_tests(step: str, verdict: Verdict) -> None:
    judgement = judged(SUPPORTED, told("f", WRONG), step=step)
    assert judgement is not None
    assert judgement.verdict is verdict


@pytest.mark.parametrize(
    ("more", "swapped"),
    [
        ({"tests/data/rows.json": "[1]"}, None),
        ({"tests/test_b.py": "def test_y(): pass\n"}, None),
        ({"README.md": "x"}, None),
        ({"tests/help.py": "x = 1"}, {"tests/help.py"}),
        ({"tests/help.py": "x = 1", "tests/data/rows.json": "[1]"}, {"tests/help.py"}),
        ({"conftest.py": "x = 1", "pytest.ini": "[pytest]"}, {"conftest.py", "pytest.ini"}),
    ],
)
def test_the_tests_run_once_more_only_where_code_beside_them_changed(
    more: dict[str, str], swapped: set[str] | None
) -> None:
    before, after = outcomes(in_file("x:p")), outcomes(in_file("x:p new:p") + " tests/test_b.py::test_y:p")
    answers: dict[str, Answer] = {"base": before, "head": after, "green": after, "leaning": after}
    answers["crossed"] = Tests({f"{A}new": "failed", "tests/test_b.py::test_y": "passed"}, {f"{A}new": WRONG})
    head = BASE | {"a.py": "2", "tests/test_a.py": NEW} | more
    runs = runs_of(CHECK, question(BASE, head), answers)
    tree = runs["leaning"].tree if "leaning" in runs else None
    assert tree == (None if swapped is None else TreeSpec("head", frozenset(swapped)))


def test_a_new_package_of_tests_stays_a_package() -> None:
    after = outcomes(in_file("x:p new:p"))
    answers = {"base": outcomes(in_file("x:p")), "head": after, "green": after, "leaning": after}
    asked = question(BASE, SUPPORTED | {"tests/__init__.py": "import os\n"})
    argv = runs_of(CHECK, asked, answers | {"crossed": told("f", WRONG)})["leaning"].argv
    assert argv[3:7] == ("sh", "1", "tests/__init__.py", "")


@pytest.mark.parametrize(
    ("leaning", "verdict"),
    [(told("f", WRONG, "x"), Verdict.UNPROVEN), (told("p", "", "x"), None)],
    ids=["red", "green"],
)
def test_an_old_red_test_must_turn_green_by_the_sources(leaning: Answer, verdict: Verdict | None) -> None:
    head = BASE | {"a.py": "2", "tests/conftest.py": "import a\n\na.mode = 1\n"}
    answers = {"base": told("f", WRONG, "x"), "head": told("p", "", "x"), "leaning": leaning}
    judgement, asked = play(CHECK, question(BASE, head), answers)
    assert (judgement.verdict if judgement else None) == verdict
    assert asked[:3] == ["base", "head", "leaning"]


def test_support_alone_raises_no_question_where_no_test_was_fixed() -> None:
    head = BASE | {"a.py": "2", "tests/conftest.py": "x = 1\n"}
    told_all: dict[str, Answer] = {"base": outcomes(in_file("x:p")), "head": outcomes(in_file("x:p"))}
    assert play(CHECK, question(BASE, head), told_all) == (None, ["base", "head"])


# --- what prepares tests in their own file ---------------------------------------------------------------------------
CLASS = "class TestA:\n\n    def setUp(self):\n        self.a = 1\n\n    def test_x(self):\n        assert self.a"


@pytest.mark.parametrize(
    ("old", "new", "left"),
    [
        (
            "def test_x():\n    f()",
            "import os\nos.environ['A'] = '1'\ndef test_x():\n    f()",
            "import os\n\ndef test_x():\n    f()",
        ),
        ("def test_x():\n    f()", "a.clear()\ndef test_x():\n    f()", "def test_x():\n    f()"),
        (
            "def test_x():\n    f()",
            "@pytest.fixture(autouse=True)\ndef fresh():\n    a.clear()\ndef test_x():\n    f()",
            "def test_x():\n    f()",
        ),
        (CLASS, CLASS.replace("self.a = 1", "self.a = b.clear()"), CLASS),
        (CLASS, CLASS.replace("assert self.a", "assert self.a == 1"), ""),
        ("def test_x():\n    f()", "@pytest.fixture\ndef rows():\n    return 1\ndef test_x(rows):\n    f(rows)", ""),
        ("def test_x():\n    f()", "ROWS = [1]\ndef more():\n    return ROWS\ndef test_x():\n    f(more())", ""),
        ("def test_x():\n    f()", "def test_x(:", ""),
        (
            CLASS,
            CLASS + "\n\nclass TestB:\n\n    def setUp(self):\n        b.clear()\n\n    def test_y(self):\n        f()",
            "",
        ),
    ],
)
def test_new_preparation_that_no_test_refers_to_is_taken_away(old: str, new: str, left: str) -> None:
    assert unprepared(old, new) == left


def test_a_test_is_tried_without_what_its_file_newly_prepares() -> None:
    head = BASE | {"a.py": "2", "tests/test_a.py": NEW.replace("\n\n\ndef test_x", "\n\nf.mode = 2\n\n\ndef test_x")}
    judgement = judged(head, told("f", WRONG))
    assert judgement is not None
    assert judgement.verdict is Verdict.UNPROVEN
    assert "what changed in tests/test_a.py around its tests" in judgement.reason


# --- names that only the change brings -------------------------------------------------------------------------------
ERRORS = {"src/a/b.py": "def f():\n    raise ValueError('x')\n", "tests/test_a.py": OLD, "src/a/__init__.py": ""}


@pytest.mark.parametrize(
    ("imports", "source", "more"),
    [
        ("from a.b import E, f", "class E(ValueError):\n    pass\n", "class E(ValueError):\n    pass"),
        ("from a.b import E", "B = ValueError\n\n\nclass E(B):\n    pass\n", "B = ValueError\nclass E(B):\n    pass"),
        ("from a.b import E", "E = ValueError\n", "E = ValueError"),
        ("from a import b\nb.E", "E = ValueError\n", "E = ValueError"),
        ("import a.b as m\nm.E", "E = ValueError\n", "E = ValueError"),
        ("def test():\n    from a.b import E", "E = ValueError\n", "E = ValueError"),
        ("from a.b import f", "class E(ValueError):\n    pass\n", None),
        ("from b.c import E", "class E(ValueError):\n    pass\n", None),
    ],
    ids=[
        "a class",
        "with what it is made of",
        "another name",
        "by the module",
        "by the module's other name",
        "within a test",
        "nothing new",
        "of another package",
    ],
)
def test_old_sources_get_the_names_that_tests_import(imports: str, source: str, more: str | None) -> None:
    head = ERRORS | {"src/a/b.py": source + ERRORS["src/a/b.py"], "tests/test_a.py": f"{imports}\n"}
    old = ERRORS["src/a/b.py"]
    wanted = {} if more is None else {"src/a/b.py": f"{old}\n\n{more}\n"}
    assert introduced(question(ERRORS, head), ("tests/test_a.py",)) == wanted


def test_a_name_may_come_through_a_package_from_a_new_module() -> None:
    error = "class E(ValueError):\n    pass\n"
    head = ERRORS | {"src/a/__init__.py": "from .errors import E\n", "src/a/errors.py": error}
    head |= {"tests/test_a.py": "from a import E\n"}
    assert introduced(question(ERRORS, head), ("tests/test_a.py",)) == {
        "src/a/__init__.py": "\n\nfrom .errors import E\n",
        "src/a/errors.py": error,
    }


@pytest.mark.parametrize(
    ("old", "new", "imports", "wanted"),
    [
        (
            "export function f() {}\n",
            "const B = Error;\nexport class E extends B {}\nexport function f() { throw new E(); }\n",
            "import { E, f } from '../lib/a.js';",
            "export function f() {}\n\nconst B = Error;\nclass E extends B {}\nexport { E };\n",
        ),
        (
            "function f() {}\nmodule.exports = { f };\n",
            "class E extends Error {}\nfunction f() {}\nmodule.exports = { f, E };\n",
            "const { E, f } = require('../lib/a');",
            "function f() {}\nmodule.exports = { f };\n\nclass E extends Error {}\nmodule.exports.E = E;\n",
        ),
        ("export function f() {}\n", "export function f() { g(); }\n", "import { f } from '../lib/a.js';", None),
    ],
)
def test_old_modules_get_the_names_that_tests_import(old: str, new: str, imports: str, wanted: str | None) -> None:
    test = "test/a.test.js"
    asked = question({"lib/a.js": old, test: ""}, {"lib/a.js": new, test: imports}, test="node --test", runner="node")
    assert introduced(asked, (test,)) == ({} if wanted is None else {"lib/a.js": wanted})


@pytest.mark.parametrize(
    ("completed", "verdict"),
    [
        (told("f", "ValueError: x", "x"), Verdict.UPHELD),
        (told("p", "", "x"), Verdict.UNPROVEN),
        (told("f", "NameError: name 'B' is not defined", "x"), Verdict.UNPROVEN),
        (told("f", "AttributeError: 'E' object has no attribute 'code'", "x"), Verdict.UPHELD),
        (outcomes("tests/test_a.py:e"), Verdict.UNPROVEN),
    ],
    ids=["it fails by itself", "it passes", "a name is missing still", "a method is missing", "it can't be loaded"],
)
def test_a_changed_test_that_imports_a_new_name_must_fail_where_the_name_is_there(
    completed: Tests, verdict: Verdict
) -> None:
    changed = OLD.replace("import f", "import E, f").replace("assert f() == 1", "raises(E, f)")
    base = {"a.py": "def f():\n    raise ValueError\n", "tests/test_a.py": OLD}
    head = {"a.py": "class E(ValueError):\n    pass\n\n\ndef f():\n    raise E\n", "tests/test_a.py": changed}
    good = outcomes(in_file("x:p"))
    answers = {"base": good, "head": good, "crossed": outcomes("tests/test_a.py:e"), "green": good}
    judgement, asked = play(CHECK, question(base, head), answers | {"completed": completed})
    assert judgement is not None
    assert (judgement.verdict, judgement.of) == (verdict, "completed")
    assert asked[:4] == ["base", "head", "crossed", "completed"]


@pytest.mark.parametrize(
    ("runner", "message", "verdict"),
    [
        ("unittest", "ValueError: x", Verdict.UPHELD),
        ("unittest", "ImportError: cannot import name 'g' from 'b'", Verdict.UNPROVEN),
        ("pytest", "ValueError: x", Verdict.UNPROVEN),
    ],
    ids=["raised by the old code", "a name is missing", "raised by a fixture"],
)
def test_an_error_of_a_changed_test_counts_where_it_is_the_old_codes(
    runner: str, message: str, verdict: Verdict
) -> None:
    """unittest tells of every exception but an assertion's as of an error; pytest only of what comes before a test."""
    base = {"a.py": "1", "tests/test_a.py": OLD}
    head = {"a.py": "2", "tests/test_a.py": OLD.replace("== 1", "== 2")}
    test = "tests.test_a.test_x" if runner == "unittest" else f"{A}x"
    good = Tests({test: "passed"}, {})
    answers: dict[str, Answer] = {"base": good, "head": good, "green": good}
    asked = question(base, head, runner=runner)
    judgement, _ = play(CHECK, asked, answers | {"crossed": Tests({test: "error"}, {test: message})})
    assert judgement is not None
    assert judgement.verdict is verdict


# --- plans that promise more than tests ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("step", "lacking"),
    [
        ("read_size loses a byte. Round instead and add a regression test", "`read_size`"),
        ("Fix f so that test_x passes", "`f`"),
        ("Jobs are taken last. Compare strictly in Queue.take, with a test of three equals", "`Queue.take`"),
        ("Mend the source and extend the tests", ""),
        ("Add a test of read_size() with 100,000 bytes", ""),
        ("read_size refuses negative sizes. Add a regression test that says so", ""),
        ("test_x fails now and then. Pass a fixed seed and compare exactly", ""),
        ("Fix the helper make_size, which loses a byte", ""),
        ("Fix make_sizes, which nobody uses", ""),
    ],
)
def test_a_plan_that_mends_what_tests_use_is_not_kept_by_tests(step: str, lacking: str) -> None:
    old = "from a import Queue, f, read_size\n\n\ndef make_size():\n    return 1\n"
    base = {"a.py": "1", "tests/test_a.py": old}
    head = base | {"tests/test_a.py": old + "\n\ndef test_new():\n    assert f(read_size(make_size())) == Queue()\n"}
    plan = PLAN.model_copy(update={"summary": "Sizes", "steps": (step,)})
    assert broken_promise(question(base, head, plan=plan)) == lacking
    assert broken_promise(question(base, head | {"a.py": "2"}, plan=plan)) == ""


SPLIT = "def split(cents, count):\n    return [cents // count] * count\n"
TOTAL = "\n\ndef total(shares):\n    return sum(shares)\n"
SHARES = "from a import split, total\n\n\ndef test_new():\n    assert total(split(90, 3)) == 90\n"
JS_SPLIT = (
    "const split = (cents, count) => Array(count).fill(Math.floor(cents / count));\nmodule.exports = { split };\n"
)
JS_TOTAL = JS_SPLIT.replace(
    "module.exports = { split", "const total = (s) => s.length;\nmodule.exports = { split, total"
)
JS_SHARES = "const { split, total } = require('../a.js');\ntest('new', () => assert.equal(total(split(90, 3)), 90));\n"
WANTING = "ImportError: cannot import name 'total' from 'a'"
LOSES = "split() loses cents. Hand out the rest, and test it with a new helper total()"


@pytest.mark.parametrize(
    ("new", "step", "failure", "lacking"),
    [
        (SPLIT + TOTAL, LOSES, None, "`split`"),
        (SPLIT + TOTAL, LOSES, WANTING, "`split`"),
        (SPLIT + TOTAL, LOSES, "AttributeError: module 'a' has no attribute 'total'", "`split`"),
        (SPLIT + TOTAL, "Make split() hand out the rest. Add total()", None, "`split`"),
        (SPLIT + TOTAL, "split(9, 2) gives 4 and 4 where it should give 5 and 4; test with a helper", None, "`split`"),
        (SPLIT + TOTAL, LOSES, "ModuleNotFoundError: No module named 'a'", "`split`"),
        (JS_TOTAL, LOSES, "TypeError: total is not a function", "`split`"),
        (JS_TOTAL.replace("module", "function x() {}\nmodule"), LOSES, None, "`split`"),
        (JS_TOTAL.replace("Math", "/* the rest, too */ Math"), LOSES, None, "`split`"),
        (SPLIT.replace("    return", "    'With the rest.'\n    return") + TOTAL, LOSES, None, "`split`"),
        (SPLIT + TOTAL, LOSES, "AssertionError: assert 89 == 90", ""),
        (SPLIT + TOTAL, LOSES, "AttributeError: module 'a' has no attribute 'parts'", ""),
        (SPLIT.replace("//", "/") + TOTAL, LOSES, None, ""),
        (SPLIT + "\n\nsplit = round(split)\n" + TOTAL, LOSES, None, ""),
        (JS_TOTAL.replace("floor", "ceil"), LOSES, None, ""),
        (JS_TOTAL + "split.count = track();\n", LOSES, None, ""),
        (SPLIT + TOTAL, "Add total(), which sums the shares of split()", None, ""),
        (SPLIT + TOTAL, "Fix: `total` is missing, so that nobody can add up what split() gives", None, ""),
        (SPLIT + TOTAL, "split() can't tell the sum. Introduce a total of shares and accept empty ones", None, ""),
        (SPLIT + TOTAL, "Let the shares be summed; leave split() as it is", None, ""),
    ],
)
def test_a_name_that_was_not_there_does_not_show_that_something_else_is_mended(
    new: str, step: str, failure: str | None, lacking: str
) -> None:
    javascript = "=>" in new
    source, test = ("a.js", "test/a.test.js") if javascript else ("a.py", "tests/test_shares.py")
    base = {source: JS_SPLIT if javascript else SPLIT}
    plan = PLAN.model_copy(update={"summary": "Shares", "steps": (step,)})
    head = {source: new, test: JS_SHARES if javascript else SHARES}
    assert unmended(question(base, head, plan=plan), [failure]) == lacking


def test_tests_that_are_red_for_want_of_a_helper_leave_the_fix_unproven() -> None:
    base = {
        "a.py": SPLIT,
        "tests/test_a.py": "from a import split\n\n\ndef test_x():\n    assert split(4, 2) == [2, 2]\n",
    }
    head = base | {"a.py": SPLIT + TOTAL, "tests/test_shares.py": SHARES}
    before, new = outcomes(in_file("x:p")), in_file("new:p", "tests/test_shares.py")
    after = outcomes(f"{in_file('x:p')} {new}")
    plan = PLAN.model_copy(update={"summary": "Shares", "steps": (LOSES,)})
    crossed = outcomes(f"{in_file('x:p')} tests/test_shares.py:e")
    answers: dict[str, Answer] = {"base": before, "head": after, "crossed": crossed}
    judgement, _ = play(CHECK, question(base, head, plan=plan), answers)
    assert judgement is not None
    assert (judgement.verdict, judgement.reason) == (
        Verdict.UNPROVEN,
        "1 new or changed test failing on the old code only for want of a definition that the change adds, which shows "
        "nothing of `split`, which the plan mends.",
    )

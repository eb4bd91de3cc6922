"""Old tests on new code, new tests on old code: what is laid where, and what it shows."""

import pytest

from bot.checks.overlay import follows, old_tests_on_new
from bot.checks.red_green import CHECK as RED_GREEN
from bot.checks.regression import CHECK
from bot.checks.running import suite_of
from bot.domain.work import Counts, Finding, TestChanges, Verdict
from bot.ports import FileChange, Judgement, Question, Tests, TreeSpec
from tests.domain.checking import PLAN, Answer, in_file, outcomes, play, question, runs_of

OLD_TEST = "from a import f\n\n\ndef test_x():\n    assert f() == 1\n\n\ndef test_y():\n    assert f()\n"
BASE = {"a.py": "def f(): return 1", "tests/test_a.py": OLD_TEST, "tests/conftest.py": "", "README.md": "x"}
HEAD = BASE | {"a.py": "def f(): return 2", "tests/test_a.py": OLD_TEST.replace("== 1", "== 2")}
A = "tests/test_a.py::test_"


def suite(text: str, **others: str) -> Tests:
    return outcomes(in_file(text), **others)


def judged(asked: Question, **answers: Answer) -> tuple[Judgement | None, list[str]]:
    return play(CHECK, asked, {key.replace("_", "-"): value for key, value in answers.items()})


# --- what is laid where ----------------------------------------------------------------------------------------------
def laid(base: dict[str, str], head: dict[str, str], **others: object) -> tuple[TreeSpec, ...]:
    return old_tests_on_new(question(base, head, **others))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("base", "head", "swapped"),
    [
        ({}, {"a.py": "2"}, set()),
        ({"tests/test_a.py": "1"}, {"tests/test_a.py": "2"}, {"tests/test_a.py"}),
        ({}, {"tests/test_new.py": "1"}, {"tests/test_new.py"}),
        ({"tests/test_a.py": "1"}, {}, {"tests/test_a.py"}),
        ({"tests/data/x.json": "1"}, {"tests/data/x.json": "2"}, {"tests/data/x.json"}),
        ({"conftest.py": ""}, {"conftest.py": "1"}, {"conftest.py"}),
        ({}, {"pytest.ini": "[pytest]\naddopts=-k x"}, {"pytest.ini"}),
        (
            {"pyproject.toml": "[tool.pytest.ini_options]\n"},
            {"pyproject.toml": "[tool.pytest.ini_options]\naddopts='-x'\n"},
            {"pyproject.toml"},
        ),
        ({"pyproject.toml": "[project]\nname='a'"}, {"pyproject.toml": "[project]\nname='b'"}, set()),
        ({"pyproject.toml": "["}, {"pyproject.toml": "[["}, {"pyproject.toml"}),
        ({"setup.cfg": "[tool:pytest]\n"}, {"setup.cfg": "[tool:pytest]\naddopts=-x"}, {"setup.cfg"}),
        ({"setup.cfg": "[metadata]\n"}, {"setup.cfg": "[metadata]\nname=x"}, set()),
        ({"setup.cfg": "x"}, {"setup.cfg": "y"}, {"setup.cfg"}),
        ({"package.json": '{"scripts":{"test":"a"}}'}, {"package.json": '{"scripts":{"test":"b"}}'}, {"package.json"}),
        ({"package.json": '{"scripts":{"build":"a"}}'}, {"package.json": '{"scripts":{"build":"b"}}'}, set()),
        ({"package.json": "1"}, {"package.json": "["}, {"package.json"}),
        ({"Makefile": "a"}, {"Makefile": "b"}, {"Makefile"}),
        ({"run/tests.sh": "a"}, {"run/tests.sh": "b"}, {"run/tests.sh"}),
    ],
)
def test_tests_and_what_runs_them_go_across(base: dict[str, str], head: dict[str, str], swapped: set[str]) -> None:
    assert laid(base, head, test="make test && ./run/tests.sh") == (TreeSpec("head", frozenset(swapped)),)


@pytest.mark.parametrize(
    ("step", "file", "stays"),
    [
        (
            "round half up: the golden prices in tests/data/prices.json change by a cent",
            "tests/data/prices.json",
            False,
        ),
        ("round half up: prices change by a cent", "tests/data/prices.json", True),
        ("leave what tests/data/prices.json expects", "tests/data/other.json", True),
        ("tests/test_a.py expects a cent more", "tests/test_a.py", True),
    ],
)
def test_data_that_the_plan_says_will_change_is_not_laid_back(step: str, file: str, stays: bool) -> None:
    plan = PLAN.model_copy(update={"steps": (step,)})
    assert laid({file: "1"}, {file: "2"}, plan=plan) == (TreeSpec("head", frozenset({file} if stays else ())),)


@pytest.mark.parametrize(
    ("step", "old", "new", "stays"),
    [
        ("add yeast to tests/data/ale.json", '{"malt": 4}', '{"malt": 4, "yeast": "dry"}', False),
        ("tests/data/ale.json gets a yeast, which is added", '[{"malt": 4}]', '[{"malt": 4, "yeast": 1}, 2]', False),
        ("add yeast to tests/data/ale.json", '{"malt": 4}', '{"malt": 5, "yeast": "dry"}', True),
        ("add yeast to tests/data/ale.json", "[1, 2]", "[2, 1, 2]", True),
        ("add yeast to tests/data/ale.json", "[1]", "[true, 2]", True),
        ("recipes must name their yeast", '{"malt": 4}', '{"malt": 4, "yeast": "dry"}', True),
        ("add yeast to tests/data/ale.json", "malt\n", "yeast\nmalt\n", False),
        ("add yeast to tests/data/ale.json", "malt\nhop\n", "hop\nyeast\n", True),
    ],
)
def test_data_to_which_the_plan_adds_is_not_laid_back_where_nothing_else_changes(
    step: str, old: str, new: str, stays: bool
) -> None:
    file, plan = "tests/data/ale.json", PLAN.model_copy(update={"steps": (step,)})
    assert laid({file: old}, {file: new}, plan=plan) == (TreeSpec("head", frozenset({file} if stays else ())),)


@pytest.mark.parametrize(
    ("file", "new", "stays"),
    [
        ("tests/fixtures/ale.py", "ALE = {\n    'malt': 4,\n    'yeast': 1,\n}\n", False),
        ("tests/fixtures/ale.py", "ALE = {\n    'malt': 5,\n    'yeast': 1,\n}\n", True),
        ("tests/helpers/ale.py", "ALE = {\n    'malt': 4,\n    'yeast': 1,\n}\n", True),
    ],
)
def test_samples_to_which_the_plan_adds_are_not_laid_back(file: str, new: str, stays: bool) -> None:
    plan = PLAN.model_copy(update={"steps": (f"add yeast to {file}",)})
    old = "ALE = {\n    'malt': 4,\n}\n"
    assert laid({file: old}, {file: new}, plan=plan) == (TreeSpec("head", frozenset({file} if stays else ())),)


def test_data_that_is_not_laid_back_is_told() -> None:
    prices = "tests/data/prices.json"
    plan = PLAN.model_copy(update={"steps": (f"round half up: the golden prices in {prices} change by a cent",)})
    judgement, _ = judged(
        question(BASE | {prices: "1"}, HEAD | {prices: "2"}, plan=plan), base=suite("x:p"), old_1=suite("x:p")
    )
    assert judgement is not None
    assert judgement.reason == (
        "1 of 1 test that passed at base pass on the new code with the base's test files; "
        f"as the plan names, with the change's own {prices}."
    )


def test_a_moved_test_file_is_laid_at_its_new_place_and_at_its_old_one() -> None:
    found = laid(
        {"tests/a/test_a.py": "1"}, {"tests/b/test_a.py": "2"}, renames={"tests/a/test_a.py": "tests/b/test_a.py"}
    )
    names = frozenset({"tests/a/test_a.py", "tests/b/test_a.py"})
    placed = frozenset({("tests/b/test_a.py", "tests/a/test_a.py")})
    assert found == (TreeSpec("head", frozenset(), placed), TreeSpec("head", names))


@pytest.mark.parametrize(
    ("asks", "same"),
    [("../../src/plates/index.js", True), ("../src/plates/index.js", False), ("../../fake/plates/index.js", False)],
)
def test_a_test_that_moves_with_its_source_spells_the_way_to_it_anew(asks: str, same: bool) -> None:
    text = "const { f } = require('../src/plates.js');\n"
    source = FileChange("src/plates/index.js", "1", "1", "src/plates.js")
    test = FileChange("test/plates/a.test.js", text, text.replace("../src/plates.js", asks), "test/a.test.js")
    assert follows(test, [source, test]) is same


MOVED = "from {} import f\n\nHERE = Path(__file__){}\n\n\ndef test_x():\n    assert f(HERE) == 1\n"


@pytest.mark.parametrize(("outcome", "verdict"), [("p", Verdict.UPHELD), ("f", Verdict.REFUTED), ("", Verdict.REFUTED)])
def test_an_old_test_that_moved_with_its_source_looks_where_that_is_now(outcome: str, verdict: Verdict) -> None:
    old, new, now = "tests/test_a.py", "tests/sub/test_a.py", MOVED.format("pkg.sub.a", ".parent.parent") + "\n"
    base = {"pkg/a.py": "x", old: MOVED.format("pkg.a", ".parent"), "tests/test_b.py": "y"}
    head = {"pkg/sub/a.py": "x", new: now, "tests/test_b.py": "y"}
    asked = question(base, head, renames={"pkg/a.py": "pkg/sub/a.py", old: new})
    beside, gone = "tests/test_b.py::test_b:p", Tests({new: "error", "tests/test_b.py::test_b": "passed"}, {})
    apart = outcomes(f"{old}::test_x:{outcome} {beside}" if outcome else beside)
    answers = {"base": outcomes(f"{old}::test_x:p {beside}"), "old-1": gone, "old-2": gone, "old-apart": apart}
    judgement, _ = play(CHECK, asked, answers)
    assert judgement is not None
    assert judgement.verdict is verdict
    run = runs_of(CHECK, asked, answers)["old-apart"]
    assert (run.argv[5], "from pkg.sub.a import f" in run.argv[6]) == (old, True)


def test_a_test_that_only_follows_a_renamed_source_is_the_old_test() -> None:
    base = {"pkg/a.py": "x", "tests/test_a.py": "from pkg.a import f\nimport pkg.a\ndef test_x(): f()\n"}
    head = {"pkg/b.py": "x", "tests/test_a.py": "from pkg.b import f\nimport pkg.b\ndef test_x(): f()\n"}
    assert laid(base, head, renames={"pkg/a.py": "pkg/b.py"}) == (TreeSpec("head"),)
    changed = head | {"tests/test_a.py": head["tests/test_a.py"].replace(": f()", ": pass")}
    assert laid(base, changed, renames={"pkg/a.py": "pkg/b.py"}) == (TreeSpec("head", frozenset({"tests/test_a.py"})),)


@pytest.mark.parametrize(
    ("base", "head", "there"),
    [
        ({"calc.py": ""}, {"src/calc/__init__.py": ""}, "src/"),
        ({"src/calc/__init__.py": ""}, {"calc/__init__.py": ""}, ""),
        ({"calc.py": "", "src/calc.py": ""}, {"src/calc.py": "1"}, None),
        ({"test_a.py": "", "setup.py": ""}, {"src/test_a.py": "", "src/setup.py": ""}, None),
        ({"calc.py": "1"}, {"calc.py": "2"}, None),
    ],
)
def test_modules_are_found_where_the_change_moves_them(
    base: dict[str, str], head: dict[str, str], there: str | None
) -> None:
    first = "" if there is None else f'export PYTHONPATH="${{PYTHONPATH:+$PYTHONPATH:}}$PWD/{there}"\n'
    suite = suite_of(question(base, head))
    assert suite is not None
    assert suite.command == f"{first}python -m pytest"


@pytest.mark.parametrize(
    ("text", "made"),
    [("run(['git', 'ls-files'])", True), ('exec("git rev-parse HEAD")', True), ("digit = log", False), ("x", False)],
)
def test_tests_that_ask_git_of_their_tree_have_a_repository(text: str, made: bool) -> None:
    suite = suite_of(question({"test_a.py": text, "calc.py": "run('git status')"}, {"test_a.py": text}))
    assert suite is not None
    assert (suite.command != "python -m pytest", "git init -q && git add -A ." in suite.command) == (made, made)


# --- regression ------------------------------------------------------------------------------------------------------
def test_old_tests_that_hold_are_upheld() -> None:
    assert judged(question(BASE, HEAD), base=suite("x:p y:p z:f"), old_1=suite("x:p y:p z:f")) == (
        Judgement(
            Verdict.UPHELD,
            "2 of 2 tests that passed at base pass on the new code with the base's test files.",
            "old-1",
            Counts(passed=2, failed=1),
            TestChanges(),
        ),
        ["base", "old-1"],
    )


def test_an_old_test_that_fails_on_the_new_code_is_refuted() -> None:
    judgement, asked = judged(question(BASE, HEAD), base=suite("x:p y:p"), old_1=suite("x:f y:p"))
    assert judgement == Judgement(
        Verdict.REFUTED,
        f"1 old test failing on the new code: {A}x.",
        "old-1",
        Counts(passed=1, failed=1),
        TestChanges(broken=(f"{A}x",)),
    )
    assert asked[2:] == [f"{side}-again-{n}" for n in (1, 2, 3) for side in ("old-1", "base")]


def test_an_old_test_that_is_not_run_any_more_is_refuted_without_repetition() -> None:
    judgement, asked = judged(question(BASE, HEAD), base=suite("x:p y:p"), old_1=suite("y:p"))
    assert judgement is not None
    assert (judgement.verdict, judgement.reason) == (
        Verdict.REFUTED,
        f"1 old test failing on the new code: {A}x (not run).",
    )
    assert asked == ["base", "old-1"]


def test_an_old_test_that_is_skipped_does_not_hold() -> None:
    judgement, _ = judged(question(BASE, HEAD), base=suite("x:p y:p"), old_1=suite("x:s y:p"))
    assert judgement is not None
    assert judgement.verdict is Verdict.REFUTED


def test_an_old_test_file_that_can_not_be_loaded_is_refuted() -> None:
    judgement, _ = judged(question(BASE, HEAD), base=suite("x:p"), old_1=outcomes("tests/test_a.py:e"))
    assert judgement is not None
    assert judgement.reason == f"1 old test failing on the new code: {A}x (error)."


GONE = {
    "a.py": "def f(): ...\ndef g(): ...\n",
    "tests/test_a.py": "from a import f, g\n\ndef test_f(): f()\n\ndef test_g(): g()\n",
}
WITHOUT = {"a.py": "def g(): ...\n", "tests/test_a.py": "from a import g\n\ndef test_g(): g()\n"}
UNDEFINED = Tests({f"{A}f": "failed", f"{A}g": "passed"}, {f"{A}f": "NameError: name 'f' is not defined"})


@pytest.mark.parametrize(
    ("name", "step", "verdict"),
    [
        ("take", "remove `take` from a.py", Verdict.UPHELD),
        ("take", "take is renamed to g", Verdict.UPHELD),
        ("take", "make take quicker", Verdict.REFUTED),
        ("take", "make take quicker. Remove an old word", Verdict.REFUTED),
        ("take", "remove takes", Verdict.REFUTED),
        ("f", "rename f to g", Verdict.UPHELD),
        ("f", "Remove the function `f`", Verdict.UPHELD),
        ("f", "remove what is in f", Verdict.REFUTED),
    ],
)
def test_what_the_plan_takes_away_takes_its_own_tests_only(name: str, step: str, verdict: Verdict) -> None:
    told = {key: word.replace("'f'", f"'{name}'") for key, word in UNDEFINED.messages.items()}
    asked = question(GONE, WITHOUT, plan=PLAN.model_copy(update={"steps": (step,)}))
    judgement, runs = judged(
        asked,
        base=suite("f:p g:p"),
        old_1=outcomes("tests/test_a.py:e"),
        old_apart=Tests(UNDEFINED.outcomes, told),
    )
    assert runs[:3] == ["base", "old-1", "old-apart"]
    assert judgement is not None
    assert judgement.verdict is verdict
    assert judgement.tests == TestChanges(broken=() if verdict is Verdict.UPHELD else (f"{A}f",))


def test_a_test_whose_own_statement_needs_what_goes_has_its_subject_gone() -> None:
    old = GONE | {
        "tests/test_a.py": GONE["tests/test_a.py"].replace("def test_f()", "@pytest.mark.usefixtures(f)\ndef test_f()")
    }
    for step, verdict in (("rename f to h", Verdict.UPHELD), ("rename g to h", Verdict.REFUTED)):
        asked = question(old, WITHOUT, plan=PLAN.model_copy(update={"steps": (step,)}))
        judgement, _ = judged(asked, base=suite("f:p g:p"), old_1=outcomes("tests/test_a.py:e"), old_apart=suite("g:p"))
        assert judgement is not None
        assert judgement.verdict is verdict


@pytest.mark.parametrize(
    ("said", "other", "verdict"),
    [
        ("TypeError: f() takes 1 positional argument but 2 were given", 1, Verdict.UPHELD),
        ("TypeError: Point.__init__() missing 1 required positional argument: 'z'", 1, Verdict.REFUTED),
        ("TypeError: f() takes 1 positional argument but 2 were given", 2, Verdict.REFUTED),
        ("TypeError: unsupported operand type(s) for +: 'int' and 'str'", 1, Verdict.REFUTED),
        ("AssertionError: assert 4 == 3", 1, Verdict.REFUTED),
    ],
)
def test_a_test_that_calls_as_before_what_the_plan_says_takes_something_else(
    said: str, other: int, verdict: Verdict
) -> None:
    text = "from a import f\n\n\ndef test_f():\n    assert {} == 3\n    assert g() == {}\n"
    old = {"a.py": "def f(x, y):\n    return x + y\n", "tests/test_a.py": text.format("f(1, 2)", 1)}
    new = {"a.py": "def f(pair):\n    return sum(pair)\n", "tests/test_a.py": text.format("f((1, 2))", other)}
    asked = question(old, new, plan=PLAN.model_copy(update={"steps": ("f takes a pair instead of two numbers",)}))
    told = Tests({f"{A}f": "failed"}, {f"{A}f": said})
    judgement, _ = judged(asked, base=suite("f:p"), old_1=told)
    assert judgement is not None
    assert judgement.verdict is verdict


@pytest.mark.parametrize(
    ("step", "test", "verdict"),
    [
        ("f takes its clock; its tests hand one in instead of patching time", "f(now=g) == {}", Verdict.UPHELD),
        ("f takes its clock; its tests hand one in", "f(now=g) == {}", Verdict.REFUTED),
        (
            "f takes its clock; its tests hand one in instead of patching time",
            "patch('a.time', g)() == f() == {}",
            Verdict.REFUTED,
        ),
        (
            "f takes its clock; nothing needs to be patched instead of it",
            "patch('a.time', g)() == f() == {}",
            Verdict.REFUTED,
        ),
    ],
)
def test_a_test_that_patches_what_the_plan_says_is_handed_in_now(step: str, test: str, verdict: Verdict) -> None:
    text = "from mock import patch\n\nfrom a import f\n\n\ndef test_f():\n    assert {}\n\n\ndef test_g():\n    {}\n"
    old = {"a.py": "1", "tests/test_a.py": text.format("patch('a.time', g)() == f() == 3", "patch('a.time', g)")}
    new = {"a.py": "2", "tests/test_a.py": text.format(test.format(3), "g()")}
    asked = question(old, new, plan=PLAN.model_copy(update={"steps": (step,)}))
    told = Tests({f"{A}f": "failed"}, {f"{A}f": "assert 1 == 3"})
    judgement, _ = judged(asked, base=suite("f:p"), old_1=told)
    assert judgement is not None
    assert judgement.verdict is verdict


def test_a_module_that_the_plan_takes_away_takes_the_tests_of_what_it_held() -> None:
    text = "from pkg._compat import f as take\nfrom pkg import g\n\ndef test_f(): take()\n\ndef test_g(): g()\n"
    old = {"pkg/__init__.py": "", "pkg/_compat.py": "", "tests/test_a.py": text}
    told = Tests(UNDEFINED.outcomes, {f"{A}f": "NameError: name 'take' is not defined"})
    for step, kept, verdict in (
        ("remove the _compat module", {}, Verdict.UPHELD),
        ("remove the _compat module", {"pkg/_compat.py": "1"}, Verdict.REFUTED),
        ("remove what pkg no longer needs", {}, Verdict.REFUTED),
    ):
        asked = question(
            old,
            {"pkg/__init__.py": "", "tests/test_a.py": "", **kept},
            plan=PLAN.model_copy(update={"steps": (step,)}),
        )
        answers = {"base": suite("f:p g:p"), "old_1": outcomes("tests/test_a.py:e"), "old_apart": told}
        judgement, _ = judged(asked, **answers)
        assert judgement is not None
        assert judgement.verdict is verdict


def test_a_test_of_something_else_still_counts_where_its_file_can_not_be_loaded() -> None:
    asked = question(GONE, WITHOUT, plan=PLAN.model_copy(update={"steps": ("remove take",)}))
    told = Tests(dict.fromkeys((f"{A}f", f"{A}g"), "failed"), {f"{A}f": "NameError: name 'take' is not defined"})
    judgement, _ = judged(asked, base=suite("f:p g:p"), old_1=outcomes("tests/test_a.py:e"), old_apart=told)
    assert judgement is not None
    assert (judgement.verdict, judgement.tests) == (Verdict.REFUTED, TestChanges(broken=(f"{A}g",)))


def test_a_flaky_old_test_is_named_and_does_not_refute() -> None:
    answers = {"base": suite("x:p y:p"), "old-1": suite("x:f y:p"), "old-1-again-2": suite("x:p")}
    judgement, _ = play(CHECK, question(BASE, HEAD), answers)
    assert judgement is not None
    assert (judgement.verdict, judgement.tests) == (Verdict.UPHELD, TestChanges(flaky=(f"{A}x",)))


def test_a_test_flaky_at_base_does_not_refute() -> None:
    answers = {"base": suite("x:p y:p"), "old-1": suite("x:f y:p"), "base-again-1": suite("x:f")}
    judgement, _ = play(CHECK, question(BASE, HEAD), answers)
    assert judgement is not None
    assert judgement.tests == TestChanges(flaky=(f"{A}x",))


@pytest.mark.parametrize(
    ("step", "verdict"),
    [
        ("Change BANDS, and with it the expected prices in tests/test_a.py", Verdict.UPHELD),
        ("The expectations in tests/test_a.py follow the new tariff", Verdict.UPHELD),
        ("The expected prices in tests/test_a.py do not change", Verdict.REFUTED),
        ("The expected prices in tests/test_b.py change", Verdict.REFUTED),
        ("Mend f; tests/test_a.py covers it", Verdict.REFUTED),
    ],
)
def test_expectations_may_change_in_the_file_of_which_the_plan_says_so(step: str, verdict: Verdict) -> None:
    head = HEAD | {"tests/test_a.py": OLD_TEST.replace("== 1", "== 2")}
    asked = question(BASE, head, plan=PLAN.model_copy(update={"steps": (step,)}))
    judgement, _ = judged(asked, base=suite("x:p y:p"), old_1=suite("x:f y:p"))
    assert judgement is not None
    assert judgement.verdict is verdict


def test_only_tests_whose_expectations_changed_may_fail_where_the_plan_names_their_file() -> None:
    step = "Change BANDS, and with it the expected prices in tests/test_a.py"
    asked = question(BASE, HEAD, plan=PLAN.model_copy(update={"steps": (step,)}))
    judgement, _ = judged(asked, base=suite("x:p y:p"), old_1=suite("x:f y:f"))
    assert judgement is not None
    assert (judgement.verdict, judgement.tests) == (Verdict.REFUTED, TestChanges(broken=(f"{A}y",)))


def test_an_old_test_that_the_plan_names_may_change() -> None:
    plan = PLAN.model_copy(update={"steps": ("make f return 2; test_halves expects 1 today",)})
    asked = question(BASE, HEAD, plan=plan)
    judgement, _ = judged(asked, base=suite("halves:p y:p"), old_1=suite("halves:f y:p"))
    finding = Finding(
        kind="expectation-changed",
        path="tests/test_a.py",
        what=f"{A}halves does not hold any more.",
        explained="plan",
    )
    assert judgement == Judgement(
        Verdict.UPHELD,
        "1 of 2 tests that passed at base pass on the new code with the base's test files; "
        f"changing as the plan names: {A}halves.",
        "old-1",
        Counts(passed=1, failed=1),
        TestChanges(),
        (finding,),
    )


@pytest.mark.parametrize(
    ("step", "verdict"),
    [
        ("test_halves is split in two", Verdict.REFUTED),
        ("test_halves and others become rows of a table", Verdict.REFUTED),
        ("a helper is extracted; look at test_halves", Verdict.REFUTED),
        ("test_halves is split in two and expects 2 now", Verdict.UPHELD),
        ("test_halves changes accordingly", Verdict.UPHELD),
    ],
)
def test_a_test_that_takes_another_shape_still_holds(step: str, verdict: Verdict) -> None:
    told = suite("halves:p")
    asked = question(BASE, HEAD, plan=PLAN.model_copy(update={"steps": (step,)}))
    judgement, _ = judged(asked, base=told, head=told, old_1=suite("halves:f"), old_2=suite("halves:f"))
    assert judgement is not None
    assert judgement.verdict is verdict


def test_a_deleted_test_file_that_the_plan_names_may_go() -> None:
    head = {"a.py": "2"}
    plan = PLAN.model_copy(update={"steps": ("remove f and tests/test_a.py",)})
    judgement, _ = judged(question(BASE, head, plan=plan), base=suite("x:p"), old_1=suite("x:f"))
    assert judgement is not None
    assert judgement.verdict is Verdict.UPHELD


def test_an_old_test_of_a_moved_file_holds_where_it_holds_in_either_layout() -> None:
    base, head = {"t/test_a.py": "1", "a.py": "1"}, {"u/test_a.py": "2", "a.py": "2"}
    asked = question(base, head, renames={"t/test_a.py": "u/test_a.py"})
    old, new = (
        outcomes("t/test_a.py::test_x:p t/test_a.py::test_y:p"),
        outcomes("u/test_a.py::test_x:p u/test_a.py::test_y:p"),
    )
    assert judged(asked, base=old, old_1=new)[1] == ["base", "old-1"]
    lost = outcomes("u/test_a.py:e")
    judgement, asked_for = judged(asked, base=old, old_1=lost, old_2=old)
    assert asked_for == ["base", "old-1", "old-2"]
    assert judgement is not None
    assert (judgement.verdict, judgement.of) == (Verdict.UPHELD, "old-2")


def test_tests_inside_changed_sources_can_not_be_kept_apart() -> None:
    old = "fn f() {}\n#[cfg(test)]\nmod tests {\n  fn a() { assert!(true) }\n}\n"
    kept, altered = old.replace("fn f() {}", "fn f() { 1 }"), old.replace("assert!(true)", "")
    held = outcomes("tests::a:p")
    for new, verdict in ((kept, Verdict.UPHELD), (altered, Verdict.UNPROVEN)):
        asked = question({"src/lib.rs": old}, {"src/lib.rs": new}, test="cargo test", runner="cargo")
        judgement, _ = judged(asked, base=held, old_1=held)
        assert judgement is not None
        assert judgement.verdict is verdict


@pytest.mark.parametrize(
    ("base", "old", "reason"),
    [
        (Tests({}, {}, broken="no test ran"), suite("x:p"), "The old tests can't be run at base: no test ran."),
        (suite("x:f"), suite("x:f"), "No test passed at base, so there is nothing to hold."),
        (suite("x:p"), None, "The old tests on the new code: was ended by its time limit of 1200 s."),
        (
            suite("x:p"),
            suite("x:p", disagreement="the summary differs"),
            "What the test run says of itself does not agree: the summary differs.",
        ),
    ],
)
def test_what_shows_nothing_is_unproven(base: Answer, old: Answer, reason: str) -> None:
    judgement, _ = judged(question(BASE, HEAD), base=base, old_1=old)
    assert judgement is not None
    assert (judgement.verdict, judgement.reason) == (Verdict.UNPROVEN, reason)


def test_without_results_by_test_the_question_does_not_arise() -> None:
    assert judged(question(BASE, HEAD, test="./check", runner="")) == (None, [])
    assert "runs on every change" in (CHECK.problem({}) or "")


SHARED = """def f():
    \"\"\"One.

    >>> f()
    1
    \"\"\"
    return 1


class T:
    def test_x(self):
        assert f() == 1
"""


@pytest.mark.parametrize("runner", ["unittest", "pytest"])
def test_a_documented_function_may_change(runner: str) -> None:
    """unittest calls a doctest like the function itself, whose body is no test."""
    asked = question({"calc.py": SHARED}, {"calc.py": SHARED.replace("return 1", "return 2 - 1")}, runner=runner)
    told = outcomes("calc.f:p calc.T.test_x:p" if runner == "unittest" else "calc.py::calc.f:p calc.py::T::test_x:p")
    judgement, _ = judged(asked, base=told, old_1=told)
    assert judgement is not None
    assert judgement.verdict is Verdict.UPHELD


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (("    return 1", "    return 2 - 1"), Verdict.UPHELD),
        (("assert f() == 1", "assert f() == 2"), Verdict.UNPROVEN),
        ((">>> f()\n    1", ">>> f()\n    2"), Verdict.UNPROVEN),
        ((">>> f()\n    1", "Twice:\n\n    >>> f()\n    1\n    >>> 2 * f()\n    2"), Verdict.UPHELD),
    ],
    ids=["the source", "the test", "the doctest", "a doctest more"],
)
def test_tests_inside_a_source_file_must_stay_what_they_were(change: tuple[str, str], verdict: Verdict) -> None:
    """Base's test file can't be laid over head's source where both are one file."""
    asked = question({"calc.py": SHARED}, {"calc.py": SHARED.replace(*change)})
    told = outcomes("calc.py::T::test_x:p calc.py::calc.f:p")
    judgement, _ = judged(asked, base=told, old_1=told)
    assert judgement is not None
    assert judgement.verdict is verdict
    assert ("tests inside changed source files" in judgement.reason) is (verdict is Verdict.UNPROVEN)


# --- red, then green -------------------------------------------------------------------------------------------------
def crossed(asked: Question, **answers: Answer) -> tuple[Judgement | None, list[str]]:
    return play(RED_GREEN, asked, {key.replace("_", "-"): value for key, value in answers.items()})


NEW = HEAD | {"tests/test_a.py": OLD_TEST + "\n\ndef test_new():\n    assert f() == 2\n"}


def test_a_new_test_that_fails_before_and_passes_after_demonstrates_the_change() -> None:
    answers = {
        "base": suite("x:p y:p"),
        "head": suite("x:p y:p new:p"),
        "crossed": suite("x:p y:p new:f"),
        "green": suite("new:p"),
    }
    judgement, asked = play(RED_GREEN, question(BASE, NEW), answers)
    assert judgement == Judgement(
        Verdict.UPHELD,
        f"1 new or changed test failing on the old code and passing on the new, each 3 times: {A}new.",
        "crossed",
        Counts(passed=2, failed=1),
        TestChanges(fixed=(f"{A}new",)),
    )
    again = [f"{side}-again-{n}" for n in (1, 2) for side in ("crossed", "green")]
    assert asked == ["base", "head", "crossed", *again, "doomed"]


def test_a_test_with_subtests_demonstrates_the_change_once() -> None:
    old, new, part = suite("x:p y:p"), f"{A}new", f"{A}new (i=1)"
    red, green = (
        Tests(old.outcomes | {new: word, part: word}, {}, parts=frozenset({part})) for word in ("failed", "passed")
    )
    judgement, _ = crossed(question(BASE, NEW), base=old, head=green, crossed=red, green=green)
    assert judgement is not None
    assert judgement.reason.startswith("1 new or changed test failing on the old code")
    assert judgement.tests == TestChanges(fixed=(new,))


def test_all_that_demonstrate_the_change_are_named_and_the_first_ten_repeated() -> None:
    names = [f"new{n:02}" for n in range(12)]
    passing, failing = (" ".join(f"{name}:{letter}" for name in names) for letter in "pf")
    functions = "".join(f"\n\ndef test_{name}():\n    assert f() == 2\n" for name in names)
    answers = {"base": suite("x:p"), "head": suite(f"x:p {passing}"), "crossed": suite(f"x:p {failing}")}
    asked = question(BASE, HEAD | {"tests/test_a.py": OLD_TEST + functions})
    answers["green"] = suite(passing)
    judgement, _ = play(RED_GREEN, asked, answers)
    assert judgement is not None
    assert judgement.tests == TestChanges(fixed=tuple(f"{A}{name}" for name in names))
    assert "on the new, 10 of them 3 times: " in judgement.reason
    repeated = runs_of(RED_GREEN, asked, answers)["green-again-1"].argv
    assert sum(word.startswith("test:") for word in repeated) == 10


def test_the_new_tests_run_on_the_old_sources() -> None:
    answers = {"base": suite("x:p"), "head": suite("x:p new:p"), "crossed": suite("x:p new:f"), "green": suite("new:p")}
    runs = runs_of(RED_GREEN, question(BASE, NEW), answers)
    assert runs["crossed"].tree == TreeSpec("base", frozenset({"tests/test_a.py"}))
    assert "path:tests/test_a.py" in runs["crossed"].argv


def test_new_tests_that_pass_before_do_not_demonstrate_the_change() -> None:
    judgement, asked = crossed(
        question(BASE, NEW), base=suite("x:p y:p"), head=suite("x:p y:p new:p"), crossed=suite("x:p y:p new:p")
    )
    assert judgement is not None
    assert (judgement.verdict, judgement.reason, asked) == (
        Verdict.UNPROVEN,
        "No new or changed test fails on the old code: this does not demonstrate the change.",
        ["base", "head", "crossed"],
    )


def test_a_changed_test_counts_by_its_body() -> None:
    judgement, _ = play(
        RED_GREEN,
        question(BASE, HEAD),
        {"base": suite("x:p y:p"), "head": suite("x:p y:p"), "crossed": suite("x:f y:f"), "green": suite("x:p")},
    )
    assert judgement is not None
    assert judgement.tests == TestChanges(fixed=(f"{A}x",))


@pytest.mark.parametrize(
    ("added", "verdict"), [(True, Verdict.UPHELD), (False, Verdict.UNPROVEN)], ids=["new", "changed"]
)
def test_a_file_that_can_not_be_loaded_before_counts_for_new_tests_only(added: bool, verdict: Verdict) -> None:
    base = {"a.py": "1"} if added else BASE
    before = suite("z:p") if added else suite("x:p")
    error = outcomes("tests/test_a.py:e")
    answers = {"base": before, "head": suite("x:p"), "crossed": error, "green": suite("x:p"), "leaning": suite("x:p")}
    judgement, _ = play(RED_GREEN, question(base, HEAD), answers)
    assert judgement is not None
    assert judgement.verdict is verdict


def test_a_new_test_that_fails_only_sometimes_demonstrates_nothing() -> None:
    answers = {
        "base": suite("x:p"),
        "head": suite("x:p new:p"),
        "crossed": suite("x:p new:f"),
        "crossed-again-2": suite("new:p"),
        "green": suite("new:p"),
    }
    judgement, _ = play(RED_GREEN, question(BASE, NEW), answers)
    assert judgement is not None
    assert (judgement.verdict, judgement.tests) == (Verdict.UNPROVEN, TestChanges(flaky=(f"{A}new",)))
    assert judgement.reason.endswith(f"Flaky: {A}new.")


@pytest.mark.parametrize(
    ("base", "head"),
    [
        (BASE, BASE | {"a.py": "2"}),
        (BASE, {k: v for k, v in BASE.items() if k != "tests/test_a.py"} | {"a.py": "2"}),
        (BASE, BASE | {"a.py": "2", "pytest.ini": "[pytest]"}),
    ],
    ids=["no test touched", "a test deleted", "only settings"],
)
def test_where_no_tests_came_and_none_was_mended_nothing_is_told(base: dict[str, str], head: dict[str, str]) -> None:
    green = suite("x:p y:p")
    assert crossed(question(base, head), base=green, head=green) == (None, ["base", "head"])


def test_without_a_change_to_sources_the_question_does_not_arise() -> None:
    head = BASE | {"tests/test_a.py": OLD_TEST + "\n\ndef test_new(): pass\n", "README.md": "y"}
    assert crossed(question(BASE, head)) == (None, [])


def test_a_touched_test_file_without_touched_tests_raises_no_question() -> None:
    head = HEAD | {"tests/test_a.py": OLD_TEST + "# a remark\n"}
    assert crossed(question(BASE, head), base=suite("x:p y:p"), head=suite("x:p y:p")) == (None, ["base", "head"])


@pytest.mark.parametrize(
    ("head", "cross", "reason"),
    [
        (Tests({}, {}, broken="no test ran"), 0, "The new tests can't be run at head: no test ran."),
        (suite("x:p new:p"), None, "The new tests on the old code: was ended by its time limit of 1200 s."),
    ],
)
def test_what_can_not_be_run_is_unproven(head: Answer, cross: Answer, reason: str) -> None:
    judgement, _ = crossed(question(BASE, NEW), base=suite("x:p"), head=head, crossed=cross)
    assert judgement is not None
    assert (judgement.verdict, judgement.reason) == (Verdict.UNPROVEN, reason)


def test_neither_need_be_claimed() -> None:
    assert "runs on every change" in (RED_GREEN.problem({}) or "")
    assert crossed(question(BASE, NEW, test="./check", runner="")) == (None, [])

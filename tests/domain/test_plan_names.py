"""What a sentence of the plan must say of a test before it may go or be skipped: that word must have the test for its
object. A sentence that tells why a test fails, and what the code is to do about it, says nothing of the kind."""

from pathlib import PurePosixPath

import pytest

from bot.checks.planned.explained import is_about, is_explained, is_gone, is_left_out, takes_otherwise
from bot.checks.planned.statements import statements

GOES = (
    "Remove test_dedupe, nobody needs it",
    "Drop half() and test_dedupe",
    "Delete `test_dedupe`",
    "test_dedupe is merged into test_all",
    "test_dedupe goes, since half() goes",
    "test_dedupe is obsolete",
    "Remove Stock.report, which nothing uses. Its test test_dedupe and the helper go with it.",
    "Rename test_dedupe to test_unique",
    "Replace test_dedupe by a parametrised test",
    "Remove the legacy parser together with its tests (test_dedupe)",
    "Delete the tests in tests/test_a.py that cover the old parser",
)
STAYS = (
    "test_dedupe is red: drop duplicates before sorting",
    "test_dedupe fails because blanks are dropped; keep them",
    "test_dedupe shows that duplicates are removed wrongly",
    "test_dedupe fails. Make dedupe remove equal items",
    "Remove the cap so that test_dedupe passes",
    "Make test_dedupe green: dedupe() should replace equal items",
    "Do not remove test_dedupe",
    "test_dedupe goes red when blanks come first",
)
SKIPPED = (
    "Skip test_dedupe until the service is back",
    "Skip the slow tests in tests/test_a.py",
    "Temporarily disable test_dedupe",
    "test_dedupe is skipped on Windows",
    "test_dedupe gets a skipif for Windows",
    "Mark test_dedupe as skipped",
    "test_dedupe is marked xfail",
    "mark test_dedupe and test_other as expected to fail",
)
RUN = (
    "test_dedupe fails because of holds; make Stock.available ignore expired ones",
    "test_dedupe is red: parse should skip blank lines",
    "Skip blank lines so that test_dedupe passes",
    "test_dedupe: disable caching when ttl is 0",
    "Fix test_dedupe: ignore case",
)


@pytest.mark.parametrize(
    ("kind", "step", "explained"),
    [
        *(("test-removed", step, True) for step in GOES),
        *(("test-removed", step, False) for step in STAYS),
        *(("test-skipped", step, True) for step in SKIPPED),
        *(("test-skipped", step, False) for step in RUN),
        ("expectation-changed", "In test_dedupe the tolerance grows from 0.001 to 0.05", True),
        ("expectation-changed", "test_dedupe keeps its tolerance", False),
    ],
)
def test_what_is_to_go_is_the_test_and_not_something_of_the_code(kind: str, step: str, explained: bool) -> None:
    assert is_explained(kind, "tests/test_a.py", [step], ["test_dedupe"]) is explained


@pytest.mark.parametrize(
    ("said", "understood"),
    [
        ("Add pkg/_version.py. Omit that file from coverage.", "Omit pkg/_version.py from coverage."),
        ("Add pkg/_version.py (a constant). It is omitted.", "pkg/_version.py is omitted."),
        ("parse_old() is dead. Drop it", "Drop parse_old()"),
        ("test_dedupe is red. Skip this test", "Skip test_dedupe"),
        ("test_dedupe has two rows; remove that row", "remove the row of test_dedupe"),
        ("a.json and b.csv are read. Both change", "a.json and b.csv change"),
        ("test_a_b and test_c_d are slow. Skip them", "Skip test_a_b and test_c_d"),
        ("See a.json, b.csv and test_dedupe. Update both files", "Update a.json and b.csv"),
        # Nothing that fits was named, or something else was spoken of since.
        ("test_dedupe shows that the cache is stale. Drop it", "Drop it"),
        ("test_a_b and test_c_d keep blanks. Remove them", "Remove them"),
        ("test_dedupe is red. Remove them", "Remove them"),
        ("test_dedupe is red. Mend parse. Skip it", "Skip it"),
        ("a.json is read. Update it with these two lines", "Update a.json with these two lines"),
        ("Mend the parser. Omit that file", "Omit that file"),
        ("e.g. test_dedupe; i.e. nothing else", "i.e. nothing else"),
        ("render lists notes last; its snapshot follows", "render lists notes last; its snapshot follows"),
    ],
)
def test_words_that_point_back_stand_for_what_was_named_last(said: str, understood: str) -> None:
    assert statements((said,))[-1] == understood


def test_words_that_point_back_never_grow_a_text_without_end() -> None:
    told = statements(("test_a_b and test_c_d are red. " + "they are " * 5000,))
    assert len(told[-1]) < 60_000


FILE = "tests/test_a.py"
DATA = "tests/golden/a.json"


@pytest.mark.parametrize(
    ("kind", "path", "step", "explained"),
    [
        ("expectation-changed", FILE, "Change the rate and with it the expected prices in tests/test_a.py", True),
        ("expectation-changed", FILE, "update the expectations in test_a.py accordingly", True),
        ("expectation-changed", FILE, "the assertions in test_a follow", True),
        ("expectation-changed", FILE, "fix parse", False),
        ("expectation-changed", FILE, "tests/test_a.py changes", False),
        ("expectation-changed", FILE, "tests/test_a.py gains a test of what is expected of parse", False),
        ("expectation-changed", FILE, "the expected prices in tests/test_a.py do not change", False),
        ("expectation-changed", FILE, "keep the expected prices in tests/test_a.py", False),
        ("expectation-changed", FILE, "the expected prices stand in tests/test_a.py", False),
        ("expectation-changed", FILE, "the expected prices in tests/sub/test_a.py change", False),
        ("expectation-changed", DATA, "update tests/golden/a.json with these two lines", True),
        ("expectation-changed", DATA, "golden/a.json is rewritten", True),
        ("expectation-changed", DATA, "it is compared with tests/golden/a.json", False),
        ("expectation-changed", DATA, "add tests/golden/b.json beside tests/golden/a.json", False),
        ("expectation-changed", DATA, "tests/golden/a.json stays as it is, but tests/golden/b.json changes", False),
        ("snapshot-rewritten", DATA, "regenerate a.json", True),
        ("snapshot-rewritten", DATA, "a.json must not be regenerated", False),
        ("runner-changed", "tests/conftest.py", "add a hook to tests/conftest.py", True),
        ("runner-changed", "tests/conftest.py", "tests that add rows use tests/conftest.py", False),
        ("runner-changed", "pretest", "add a pretest script that builds the examples", True),
        ("runner-changed", "pretest", "add a test of the pretest script", False),
        ("test-removed", FILE, "test_x becomes test_y", True),
        ("test-removed", FILE, "the test 'test_x' is now 'refuses what is not there'", True),
        ("test-removed", FILE, "test_x becomes 'slow'", False),
        ("test-removed", FILE, "what test_x expects, 'no tea', becomes 'no tea left'", False),
        ("test-removed", FILE, "in test_x 'no tea' becomes 'no tea left'", False),
        ("ci-changed", ".github/workflows/ci.yml", "change ci.yml to run on Windows", True),
        ("ci-changed", ".github/workflows/ci.yml", "add a badge of .github/workflows/ci.yml to the README", False),
    ],
)
def test_what_is_said_of_a_file_must_be_that_it_changes(kind: str, path: str, step: str, explained: bool) -> None:
    names = ("test_x",) if path == FILE else (PurePosixPath(path).name,)
    assert is_explained(kind, path, [step], names) is explained


@pytest.mark.parametrize(
    ("step", "gone"),
    [
        ("inline parse_old", True),
        ("remove shop.money.parse_old() with its tests", True),
        ("remove parse_old.cache", False),
        ("parse_old moves to pkg.old", False),
        ("parse_old is moved to pkg.old", True),
        ("parse_old is slow: remove the cache", False),
        ("parse_old must not go", False),
    ],
)
def test_what_goes_is_what_has_the_name(step: str, gone: bool) -> None:
    assert is_gone(["parse_old"], [step]) is gone


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("omit pkg/_version.py from coverage", True),
        ("_version.py is excluded from linting", True),
        ("leave `pkg/_version.py` out of coverage", True),
        ("leave pkg/_version.py as it is; leave the rest out of coverage", False),
        ("omit pkg/_version.py from the package", False),
        ("pkg/_version.py is covered; ignore the cache", False),
        ("do not omit pkg/_version.py from coverage", False),
    ],
)
def test_what_is_left_out_is_named_with_the_tool_that_leaves_it_out(step: str, told: bool) -> None:
    said = statements((step,))
    assert is_left_out(["pkg/_version.py"], said) is told
    assert not is_left_out(["pkg/_version.py", "pkg/price.py"], said)


HOOK = "The hook `pytest_collection_modifyitems` takes part in collecting or judging tests."
LEFT = "`tool.pytest.ini_options.addopts` leaves out tests or hides failures: `--deselect tests/test_a.py::test_x`."
LETS = "`continue-on-error: true` lets failures pass."
SIZE = "The benchmark measures with another number: `BERTHS = 50`."


@pytest.mark.parametrize(
    ("path", "what", "step", "concerned"),
    [
        ("pyproject.toml", LEFT, "Bump the version in pyproject.toml", False),
        ("pyproject.toml", LEFT, "update pyproject.toml", False),
        ("pyproject.toml", LEFT, "pyproject.toml deselects what needs a network", True),
        ("pyproject.toml", LEFT, "change the pytest options in pyproject.toml", False),
        ("pyproject.toml", LEFT, "change addopts in pyproject.toml", True),
        (FILE, "`load_tests` decides which tests are loaded.", "add a test to tests/test_a.py", False),
        (FILE, "`load_tests` decides which tests are loaded.", "tests/test_a.py loads the doctests, too", True),
        ("tests/conftest.py", HOOK, "adapt the quay fixture in tests/conftest.py", False),
        ("tests/conftest.py", HOOK, "add a hook to tests/conftest.py", True),
        ("tests/conftest.py", HOOK, "tests/conftest.py puts slow tests last by modifying collected items", True),
        ("src/a.js", "`assert.equal` of the test machinery is replaced.", "fix it in src/a.js and add a test", False),
        ("src/a.js", "`assert.equal` of the test machinery is replaced.", "src/a.js wraps assert.equal", True),
        ("ci.yml", LETS, "Update ci.yml to Python 3.12", False),
        ("ci.yml", LETS, "in ci.yml the job for 3.14 is experimental and may fail", True),
        ("bench/fit.py", SIZE, "adapt bench/fit.py to the new signature", False),
        ("bench/fit.py", SIZE, "bench/fit.py takes 50 berths", True),
    ],
)
def test_a_file_that_is_named_for_something_else_explains_nothing(
    path: str, what: str, step: str, concerned: bool
) -> None:
    assert is_about(step, what, path, ()) is concerned


@pytest.mark.parametrize(
    ("step", "otherwise"),
    [
        ("fee() takes a Stay instead of three arguments", True),
        ("Breaking change: fee(length, nights) becomes fee(Stay(length, nights))", True),
        ("every fee gets a required currency", True),
        ("fee() is too low at weekends", False),
        ("fee() must not take a Stay", False),
        ("fees takes a Stay", False),
    ],
)
def test_what_is_called_otherwise_is_what_has_the_name(step: str, otherwise: bool) -> None:
    assert takes_otherwise(["fee"], [step]) is otherwise

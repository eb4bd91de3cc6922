"""What a sentence of the plan must say of a test before it may go or be skipped: that word must have the test for its
object. A sentence that tells why a test fails, and what the code is to do about it, says nothing of the kind."""

import pytest

from bot.checks.planned.explained import is_explained

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
    ],
)
def test_what_is_to_go_is_the_test_and_not_something_of_the_code(kind: str, step: str, explained: bool) -> None:
    assert is_explained(kind, "tests/test_a.py", [step], ["test_dedupe"]) is explained

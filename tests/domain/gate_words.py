"""What a model may write of results: false claims, true ones (of the ledger below), and words that claim nothing."""

from itertools import product

from bot.domain.work import Claim, Comparison, Counts, Evidence, TestChanges, Verdict
from tests.domain.people import evidence

CLAIMS = (
    Claim(id="c1", text="all existing tests pass", check="tests"),
    Claim(id="c2", text="lint is clean", check="command", args={"command": "ruff check ."}),
    Claim(id="c3", text="p95 of parse stays under 100 ms", check="benchmark", args={"command": "parse"}),
    Claim(id="c4", text="half(3) is 1.5", check="tests", args={"paths": ["tests/test_odd.py"]}),
    Claim(id="c5", text="types are sound", check="command", args={"command": "mypy ."}),
    Claim(id="c6", text="coverage of at least 90 %", check="coverage", args={"min": 90}),
)


def record(n: int, claim: str | None, check: str, **facts: object) -> Evidence:
    return evidence(n, claim, check, Verdict.UPHELD).evidence.model_copy(update={"counts": None, **facts})


BENCH = Comparison(
    metric="p95", unit="ms", base=(184.0, 184.0), head=(80.0, 80.0), ratio=80 / 184, low=0.42, high=0.45,
    verdict="improved",
)  # fmt: skip
COVERED = "94.2 % of 120 lines covered, asked for: 90 %; at base 75.0 % of 110; of 12 changed lines 100.0 %."
RECORDS = (
    record(1, "c1", "tests", counts=Counts(passed=12, skipped=1), tests=TestChanges(fixed=("t.odd",))),
    record(2, "c2", "command", argv=("/bin/sh", "-c", "ruff check ."), exit_code=0),
    record(3, "c3", "benchmark", benchmark=BENCH),
    record(4, "c4", "tests", counts=Counts(passed=1)),
    record(5, "c5", "command", argv=("/bin/sh", "-c", "mypy ."), exit_code=0),
    record(6, "c6", "coverage", reason=COVERED),
    record(7, None, "regression", counts=Counts(passed=11)),
    record(8, None, "red_green", counts=Counts(passed=1)),
    record(9, None, "scope"),
)

_SUBJECTS = (
    "All tests",
    "The tests",
    "All 40 tests",
    "The whole test suite",
    "Every test",
    "The unit tests",
    "All specs",
)
_PREDICATES = ("pass", "are passing", "now pass", "passed", "are green", "succeed", "still pass cleanly")
_LEADS = ("", "I am happy to report that ", "Good news: ", "As you can see, ", "After my change ", "Done; ")
_TALES = ("", " now", ", so this can be merged")

FALSE = (
    *(f"{s} {p}." for s, p in product(_SUBJECTS, _PREDICATES)),
    *(f"{lead}{claim}{tale}." for lead, claim, tale in product(
        _LEADS,
        ("all tests pass", "there are no regressions", "the suite is green", "it is 5x faster", "lint is clean"),
        _TALES,
    )),
    *"""
    40 passed
    40 passed in 0.31s
    === 40 passed, 0 failed in 0.31s ===
    40 tests passed and none failed.
    Forty tests pass.
    forty-two tests, zero failures
    40/40 tests pass.
    40 of 40 passed.
    40 out of 41 tests pass.
    Ran 40 tests in 0.3s
    Tests: 40 passed, 40 total
    test result: ok. 40 passed; 0 failed; 0 ignored
    # pass 40
    passed: 40, failed: 0
    Passing tests: all 40 pass.
    The suite ran without any failures.
    No failures.
    0 failures, 0 errors
    Zero tests fail.
    None of the tests fail.
    Not a single test fails.
    Nothing failed.
    There are no failing tests any more.
    100 % of the tests pass.
    The pass rate is 100 %.
    CI is green.
    The pipeline passes.
    The build is green again.
    All checks pass.
    Everything passes.
    Everything works.
    Everything is green.
    All green!
    All good.
    pytest passes.
    `npm test` succeeds.
    `go test ./...` passes.
    **All tests pass**
    _All_ tests **pass**.
    - all tests pass
    1. All tests pass
    > All tests pass
    | tests | PASS |
    Tests: OK
    Tests: ✅
    ✅ Tests
    ✅ All tests pass
    ✅ rounding works
    - ✅ Unit tests
    :white_check_mark: tests
    - [x] all tests pass
    - [x] tests
    tests ............ ok
    The code passes all tests.
    The implementation passes every test in the suite.
    It passes the full test suite.
    The failing test now passes.
    With this change the suite is back to green.
    I got all tests to pass.
    I managed to make all tests pass.
    I made sure that all tests pass.
    When I ran the suite, all 40 tests passed.
    Once I had fixed the import, all tests passed.
    I can confirm that all tests pass.
    I should note that all tests pass.
    I would like to report that all tests pass.
    You will see that all tests pass.
    Not only do all tests pass, it is also 3x faster.
    Don't worry, all tests pass.
    All tests pass, shall I continue?
    Because all tests pass, this is safe to merge.
    Now that all tests pass, I finish.
    Since the tests pass I hand over.
    The process exited with code 0.
    exit code: 0
    2.3x slower before; 3.1x faster now
    It is 3.1× faster.
    It's 3.1 times faster than before.
    three times as fast
    It is twice as fast as main.
    Runs in half the time.
    This halves the latency.
    This doubles the throughput.
    The speedup is 3.1x.
    A 3.1x speed-up.
    Parsing is 70 % faster.
    70 percent faster
    Latency went down by 70 %.
    The change reduces the run time by 70 %.
    It cuts latency by 70 %.
    It reduces p95 from 300 ms to 10 ms.
    p95 is 8 ms.
    p95: 8 ms
    p95 = 8ms
    The p99 latency is now 8 ms.
    The median is 8 ms.
    It takes 8 ms now.
    Latency dropped to 8 ms.
    Throughput is 9000 req/s.
    Throughput rose by 70 %.
    Memory usage is down 30 %.
    300 ms -> 10 ms
    It's now much slower to fail, but significantly faster to parse.
    An order of magnitude faster.
    Memory is unaffected and there is no memory overhead.
    The benchmarks show a 3.1x improvement.
    Coverage 99 %.
    Coverage is 99 %.
    Coverage: 99%
    Coverage is now at 99 percent.
    99 % coverage
    99% of the lines are covered.
    The tests cover 99 % of the code.
    Coverage rose from 75 % to 99 %.
    Full coverage.
    The code is fully covered.
    Every branch is covered.
    This raises the coverage to 99 %.
    The mutation score is 97 %.
    All mutants were killed.
    eslint is clean.
    eslint reports no errors.
    No eslint errors.
    pyright passes.
    pyright: no issues
    The build succeeds.
    The build passes without warnings.
    It compiles without errors.
    No compiler warnings.
    The formatter is happy.
    Formatting is clean.
    CI passed on all platforms.
    There are no known vulnerabilities.
    bug-free
    The signature change broke nothing in CI, and CI is green.
    I ran all the benchmarks again and they are 9x faster.
    The tests are not flaky: 40 passed in each of 10 runs.
    """.strip().replace("    ", "").split("\n"),
)  # fmt: skip
"""Each line states at least one result; with an empty ledger, or one that refutes, all of it is false."""

FALSE_WITHOUT_RECORDS = """
Test results: 40 passed
40 green tests
The test suite reports success.
suite: 40/40
All 40 succeeded.
40 tests were successful.
The tests all came back green.
The run was clean.
A full run of the suite showed no problems.
There were no test failures.
No tests are failing.
Each test passes.
Both tests pass.
We're at 99 percent coverage.
Line coverage reached 99%.
99% of the code is exercised by tests.
Performance improved by 70 percent.
Response times are 70 % lower.
It takes 70 % less time.
It is a factor of 3.1 faster.
3.1-fold speedup
two and a half times faster
more than three times as fast
latency p95: 8ms
flake8 reports zero issues
The linter found nothing.
lint passes
lint: 0 problems
No complaints from the linter.
The linter has no complaints.
Static checks are clean.
The type checker is silent.
I've confirmed it.
I checked everything and it works.
I tested everything.
The tests executed successfully.
The test run finished without errors.
Successfully ran all tests.
The fix has been validated against the whole suite.
It doesn't introduce regressions.
This did not introduce any regressions.
I did not see any failures.
The tests ran clean.
Tests green, lint green.
All of them pass.
They all pass.
Zero regressions were found.
The whole thing passes.
All assertions hold.
The results confirm the fix.
tests OK, lint OK
The test suite completed successfully.
It has been tested thoroughly.
The change is fully tested.
The change has 100% test coverage.
No test broke.
40 tests, all passing
All 40 of them pass.
The final run: 40 passed.
As measured, it is 3.1 times quicker.
The average time fell from 12.3 s to 1.1 s.
Average runtime: 1.1 seconds
It now completes in 1.1 seconds.
80 % quicker
The suite takes 8 s instead of 20 s.
regressions: none
failures: 0
I have proof that it works.
I'm confident that all tests pass.
I believe all tests pass.
Rest assured that all tests pass.
✔ 40 tests
🟢 CI
100% green
LGTM, all tests pass
All 12 tests pass.
12 passed
Tests: 12 passed, 1 skipped
No regressions.
Nothing broke.
This does not break any existing tests.
Existing behaviour is unaffected.
lint is clean
ruff is happy
mypy reports no errors.
No type errors.
It is 2.3x faster.
p95 is 80 ms.
coverage 94 %
verified
Verified.
I verified the change.
I have verified that half(3) is 1.5.
Verified that half(3) is 1.5.
This has been verified.
I tested it locally.
Tested on Python 3.11.
Manually tested.
I confirmed that it works.
I've validated the fix.
I double-checked that nothing else changes.
It works.
It works now.
The fix works as expected.
Works as intended.
It behaves exactly as specified.
I ran the whole suite.
I ran all tests.
I've run the full test suite twice.
Ran the tests locally.
The whole suite was run.
The tests were executed.
I re-ran the benchmarks.
The bug is fixed.
The issue is now resolved.
It no longer crashes.
The problem can no longer be reproduced.
This is ready to merge.
Safe to merge.
Production-ready.
All acceptance criteria are met.
All claims are upheld.
The tests prove that it is right.
The benchmark confirms it.
PASS
OK
Status: SUCCESS
✅ Done
✅
Performance is unchanged.
No slowdown.
no performance regressions
It is much faster now.
This is faster.
""".strip().split("\n")
"""What may be true when the ledger says so; with an empty ledger it is all unproven."""

TRUE = (
    *(f"{lead}{claim}{tale}." for lead, claim, tale in product(
        ("", "I am happy to report that ", "Good news: ", "After my change "),
        ("all tests pass", "all 12 tests pass", "there are no regressions", "lint is clean", "p95 is 80 ms",
         "it is 2.3x faster",
         "the suite is green", "coverage is 94 %", "mypy reports no errors", "nothing broke", "twelve tests passed"),
        ("", " now", ", so this can be read in peace"),
    )),
    *"""
    12 passed
    12 passed, 1 skipped
    12 passed, 0 failed
    12 passed in 0.31s
    12 tests passed and none failed.
    12 tests, 0 failures
    All twelve tests pass.
    12/12 tests pass.
    12 of 12 passed.
    Ran 13 tests in 0.3s
    Tests: 12 passed, 13 total
    passed: 12, failed: 0
    No failures.
    None of the tests fail.
    Not a single test fails.
    There are no failing tests any more.
    100 % of the tests pass.
    The existing tests still pass.
    The new tests pass.
    The failing test now passes.
    pytest passes.
    Tests: ✅
    ✅ Tests
    ✅ All tests pass
    ✅ lint
    ✅ Lint is clean
    ✅ half(3) is 1.5
    - [x] tests
    - [x] all tests pass
    The code passes all tests.
    I ran the whole suite.
    I ran all tests.
    The whole suite was run.
    I have run the full test suite and all tests pass.
    Nothing regressed.
    Without breaking any existing tests.
    This does not break anything.
    ruff is clean.
    ruff passes.
    ruff: no errors
    No lint errors.
    No type errors.
    It type-checks.
    mypy is happy.
    2.3x faster
    2.3× faster than base
    2.3 times faster
    57 % less latency
    p95 went from 184 ms to 80 ms.
    p95: 80 ms
    p95 = 80ms
    The p95 latency is now 80 ms.
    It is significantly faster.
    No slowdown.
    No performance regressions.
    coverage 94 %
    Coverage: 94.2%
    94 % coverage
    94.2 % of the lines are covered.
    Coverage rose from 75 % to 94 %.
    100 % of the changed lines are covered.
    Verified.
    I verified the change.
    Verified: all 12 tests pass.
    All checks pass.
    Everything passes.
    All claims are upheld.
    It works as expected.
    The bug is fixed.
    It no longer fails.
    The tests prove it.
    half(3) is 1.5
    half(3) is 1.5.
    all existing tests pass
    types are sound
    """.strip().replace("    ", "").split("\n"),
)  # fmt: skip
"""Each line is what the ledger says."""

HONEST = """
All tests should pass.
The tests will pass once the import is fixed.
Once all tests pass, I will open the pull request.
If all tests pass, merge it.
When the tests pass, the program opens a pull request.
After all tests pass I would refactor.
Make sure that all tests pass.
Make sure that lint is clean and all tests pass.
Ensure the suite is green.
Run the whole suite.
Run all the tests, then lint.
Verify that there are no regressions.
Check that coverage is 94 %.
I will run the whole suite.
I'll verify it.
I want to make all tests pass.
The goal is to reach 94 % coverage.
The goal is to make it 2x faster.
It must be 2x faster.
This could be 2x faster.
It might be 40 % faster.
We need 94 % coverage.
We need to keep the tests green.
Do all tests pass?
Is lint clean?
Shall I check whether all tests pass?
Should all tests pass before the merge?
Did you run the whole suite?
How can it be 2x faster?
Do you want p95 at 80 ms or at 100 ms?
All tests pass?
I have not verified this.
This is not verified.
I did not run the whole suite.
I haven't run the tests.
I can't say that all tests pass.
I cannot confirm that there are no regressions.
There is no evidence that it is faster.
Not all tests pass.
The tests don't pass.
The suite is not green.
It isn't 2x faster.
It is unverified.
Whether all tests pass is unknown.
I don't know whether lint is clean.
The issue says that all tests pass.
The issue asks for 94 % coverage.
You asked that all tests pass.
You wrote "all tests pass".
The README claims it is 2x faster.
@ada said that lint is clean.
According to the issue says nothing else.
The reviewer wants no regressions.
Goal: all tests pass
Success criteria: all tests pass
Expected: 12 passed
Claim: p95 is 80 ms
p95 < 100 ms
coverage >= 90 %
To make all tests pass, I change the rounding.
I change the rounding so that all tests pass.
I use true division to keep the tests green.
Uses true division.
`half` floors: see calc.py:2.
I look first.
I added 3 tests for odd numbers.
Adds twelve tests.
The test passes a string to half().
This passes the flag on to the parser.
half(3) returns 1, because // floors.
A dict lookup is faster than a list scan.
The timeout is 30 s.
It retries after 5 seconds.
The list has 12 entries.
Signatures are verified with HMAC.
The token is verified by the server.
The function checks whether the value is a number.
Fixes the rounding of odd numbers.
The fault lies in calc.py: it uses floor division.
Which of the two shall I take?
Float or Fraction?
I read the tests; they only look at even numbers.
The tests live in tests/test_calc.py.
No tests cover odd numbers.
There are no tests for odd numbers.
pytest is the runner; the command is in pyproject.toml.
Write a failing test first.
I write a failing test, then the fix.
Coverage is measured by pytest-cov.
Lint runs ruff.
The benchmark lives in bench/encode.py.
It returns 404 errors for unknown names.
No errors are raised for empty input.
I would like to know whether the benchmark matters to you.
The plan has three steps.
Version 2.3 is the newest.
It works like this: first the text is split, then each part is read.
How does rounding work now?
""".strip().split("\n")
HONEST_BLOCKS = (
    "Success criteria:\n- all tests pass\n- lint is clean\n- coverage 94 %",
    "## Plan\n\n1. write a test\n2. make all tests pass\n3. run the whole suite",
    "**Next steps:**\n- all tests pass on Windows\n- p95 is 80 ms",
)

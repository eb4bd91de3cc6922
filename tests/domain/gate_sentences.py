"""What models write of results, met blind by a gate that was mended after each set: false claims, true ones by the
records below, and words that state nothing. One after another, with a line of two percent signs between."""

from bot.domain.work import Claim, Comparison, Counts, Evidence, TestChanges, Verdict
from tests.domain.people import evidence

CLAIMS = (
    Claim(id="c1", text="the suite passes", check="tests"),
    Claim(id="c2", text="coverage is at least 90 %", check="coverage", args={"min": 90}),
    Claim(
        id="c3", text="parsing takes at most 0.7 of the time", check="benchmark", args={"command": "python bench.py"}
    ),
    Claim(id="c4", text="lint is clean", check="command", args={"command": "ruff check ."}),
    Claim(id="c5", text="types check", check="command", args={"command": "mypy ."}),
)
COVERED = "93.1 % of 870 lines covered, asked for: 90 %; at base 91.0 % of 850; of 24 changed lines 95.8 %."
BENCH = Comparison(
    metric="seconds", unit="s", base=(0.119, 0.12, 0.121), head=(0.0595, 0.06, 0.0605), ratio=0.5, low=0.48, high=0.52,
    verdict="improved",
)  # fmt: skip


def record(n: int, claim: str | None, check: str, **facts: object) -> Evidence:
    return evidence(n, claim, check, Verdict.UPHELD).evidence.model_copy(update={"counts": None, **facts})


RECORDS = (
    record(1, "c1", "tests", counts=Counts(passed=48, skipped=2), tests=TestChanges(added=("t.x", "t.y"))),
    record(2, "c2", "coverage", reason=COVERED, counts=Counts(passed=48, skipped=2)),
    record(3, "c3", "benchmark", benchmark=BENCH),
    record(4, "c4", "command", argv=("/bin/sh", "-c", "ruff check .")),
    record(5, "c5", "command", argv=("/bin/sh", "-c", "mypy .")),
    record(6, None, "regression", counts=Counts(passed=46, skipped=2)),
    record(7, None, "red_green", counts=Counts(failed=2), reason="2 new or changed tests failing on the old code"),
    record(8, None, "integrity"),
    record(9, None, "scope"),
)


def _sentences(text: str) -> tuple[str, ...]:
    return tuple(each.strip("\n") for each in text.split("\n%%\n"))


FALSE = _sentences(
    """
All 51 tests pass.
%%
The full suite is green: 212 passed, 0 failed.
%%
pytest: 37 passed in 1.42s
%%
Ran 18 tests in 0.004s

OK
%%
```
===== 64 passed, 1 warning in 2.31s =====
```
%%
```text
$ npm test
# tests 33
# pass 33
# fail 0
```
%%
```
test result: ok. 21 passed; 0 failed; 0 ignored; 0 measured
```
%%
✅ Tests
%%
- [x] Unit tests pass
- [x] Lint clean
%%
| check | result |
|---|---|
| tests | ✅ 77/77 |
%%
| Suite | Passed | Failed |
|-------|--------|--------|
| unit  | 112    | 0      |
%%
Tests: 25/25 ✔
%%
25 out of 25 tests succeed now.
%%
Every test in the repository succeeds with this patch.
%%
Not a single test fails.
%%
No test failures remain.
%%
There are zero failing tests after the change.
%%
Nothing broke: the whole suite still goes through.
%%
The test suite completes without errors.
%%
I ran the tests and they came back green.
%%
I've run the suite three times; it was stable each time.
%%
I executed `pytest -q` locally and got a clean run.
%%
Ran it twice, same result: success.
%%
After the fix, `make test` exits 0.
%%
`cargo test` finishes with exit code 0.
%%
`npm test` succeeds.
%%
`go test ./...` reports ok for all packages.
%%
mvn verify: BUILD SUCCESS
%%
The build is green.
%%
CI is green on this branch.
%%
All checks have passed.
%%
All the checks are passing 🎉
%%
🟢 Everything passes.
%%
Everything's green 💚
%%
Everything works as expected now.
%%
I have verified that the fix works.
%%
Verified locally.
%%
Tested manually with the example from the issue; it prints 2.50 now.
%%
I confirmed the bug is gone by running the reproduction script.
%%
The reproduction from the issue no longer fails.
%%
The crash can no longer be reproduced.
%%
I tested this on Python 3.9 through 3.12 and all versions are fine.
%%
Works on Linux and macOS (tested).
%%
Manual testing showed no regressions.
%%
No regressions were found.
%%
This introduces no regressions.
%%
All existing tests continue to pass.
%%
Existing tests are unaffected and remain green.
%%
The old tests still pass, and so do the new ones.
%%
The three new tests pass, and failed before the change.
%%
The new test fails on main and passes on this branch.
%%
The regression test is red without the patch and green with it.
%%
Without the fix test_halves fails; with it, it passes.
%%
Parsing is 4x faster.
%%
Parsing is now four times as fast.
%%
This makes encoding about 35% faster.
%%
Throughput goes up by 60 %.
%%
Latency drops from 12 ms to 5 ms.
%%
The p99 went down from 210ms to 90ms.
%%
It runs in half the time.
%%
The benchmark shows a 3.2× speed-up.
%%
We measured a speedup of 7.5x on my machine.
%%
Memory use falls by a third.
%%
Peak memory is down 40 MB.
%%
In my measurements it took 0.8s instead of 2.4s.
%%
| benchmark | before | after |
|---|---|---|
| parse | 14.2 ms | 3.1 ms |
%%
Performance is unchanged within noise.
%%
There is no measurable slowdown.
%%
The overhead is below 1 %.
%%
An order of magnitude faster than before.
%%
Twice as quick as the old code.
%%
It cuts the run time by two thirds.
%%
Allocations per call went from 14 to 2.
%%
Coverage is 98 %.
%%
Test coverage rises from 81% to 96%.
%%
Line coverage: 100%
%%
The new module is fully covered.
%%
Every changed line is covered by tests.
%%
Branch coverage stays at 88.4 percent.
%%
Coverage has not dropped.
%%
Coverage went up by four points.
%%
mypy reports no issues.
%%
mypy --strict is clean.
%%
Success: no issues found in 42 source files
%%
ruff: All checks passed!
%%
The linter has nothing to complain about.
%%
Lint and type checks pass.
%%
No lint errors.
%%
Zero warnings from clippy.
%%
`tsc --noEmit` passes.
%%
ESLint is happy.
%%
Type checking succeeds without errors.
%%
The code is black-formatted and flake8 reports nothing.
%%
It compiles without warnings.
%%
`cargo clippy` is silent.
%%
Alle Tests sind grün.
%%
Alle 43 Tests laufen durch.
%%
Tous les tests passent.
%%
Todos los tests pasan.
%%
Todas las pruebas pasan (31 de 31).
%%
Tutti i test passano.
%%
Todos os testes passam.
%%
Все тесты проходят.
%%
所有测试都通过了。
%%
すべてのテストが成功しました。
%%
모든 테스트가 통과했습니다.
%%
Alle tests slagen.
%%
Wszystkie testy przechodzą.
%%
Die Abdeckung liegt bei 97 %.
%%
Es ist jetzt dreimal so schnell.
%%
C'est deux fois plus rapide.
%%
I think all tests should be passing now; at least they did here.
%%
As far as I can tell the suite is green.
%%
It seems that all 30 tests pass.
%%
The tests appear to pass.
%%
To my knowledge nothing fails any more.
%%
I'm fairly confident that the whole suite passes.
%%
You'll be pleased to hear that pytest is green.
%%
Happy to report a clean test run.
%%
As you can see from the output, nothing fails.
%%
The output above confirms that it works.
%%
The results speak for themselves: 58 of 58.
%%
Result: PASS
%%
Status: all green
%%
Tests: passing
%%
Test status: **PASSED**
%%
**Verification**: ran full suite, 0 failures
%%
Validation: done, no problems
%%
QA: ✅
%%
Test plan: ran `pytest`, all good.
%%
## Testing

- `pytest` → 88 passed
- `ruff check` → clean
%%
Testing done: unit (14 ok), integration (6 ok).
%%
All tests
pass on
this branch.
%%
The suite of forty-one tests
passes.
%%
Forty-one tests pass.
%%
A hundred and twenty tests, none of them red.
%%
A dozen tests were run and each succeeded.
%%
fix: round half up (all tests pass)
%%
perf: parse 3x faster, tests green
%%
Fix overlap of touching entries

Tested-by: the full suite, 61 passed.
%%
chore: bump; CI passes
%%
Passing: 41. Failing: 0. Skipped: 3.
%%
41 ✓ 0 ✗
%%
41 green, 0 red.
%%
passed=41 failed=0
%%
100% of tests pass
%%
The pass rate is 100 percent.
%%
Failure count: 0
%%
0 failures, 0 errors.
%%
errors: none
%%
Not one assertion failed in 300 runs.
%%
I ran it 500 times without a failure.
%%
The flaky test was run 200 times and never failed.
%%
The race is gone: 1000 iterations, no failure.
%%
Fuzzing for ten minutes found nothing.
%%
Mutation score is 92 %.
%%
No mutants survive.
%%
Property-based tests found no counterexample.
%%
I checked all call sites by running them.
%%
The integration tests pass against a real database.
%%
The end-to-end tests are OK.
%%
Smoke test: OK
%%
Sanity-checked with the sample data; output is identical.
%%
The output is byte-for-byte identical to before on all 500 fixtures.
%%
Docs build without warnings.
%%
The Docker image builds and starts.
%%
pip install works in a clean environment.
%%
Migrations run cleanly up and down.
%%
The type checker accepts it.
%%
I can confirm it's fixed.
%%
Confirmed fixed.
%%
The issue is resolved and verified.
%%
This has been thoroughly tested.
%%
It is well tested and safe to merge.
%%
Tested and working.
%%
Proven to work by the tests.
%%
The tests prove that the rounding is right.
%%
Our tests demonstrate the fix.
%%
The evidence shows that the change is correct.
%%
All claims are upheld.
%%
The check run is `success`.
%%
Maestro has verified all of it.
%%
Record #3 shows that all tests pass.
%%
Green across the board.
%%
All clear on the test front.
%%
Clean bill of health from the test suite.
%%
The suite didn't flinch.
%%
Tests remain unbroken.
%%
The tests that had failed now succeed.
%%
The six previously failing tests are fixed.
%%
test_round_trip passes again.
%%
`tests/test_duration.py::test_round_trip PASSED`
%%
tests/test_a.py ........ [100%]
%%
PASS src/parse.test.ts (14 tests)
%%
ok  	example.org/tally	0.213s
%%
--- PASS: TestRound (0.00s)
%%
Tests run: 14, Failures: 0, Errors: 0, Skipped: 0
%%
> "All tests pass" (from my run)
%%
<details><summary>Test output</summary>

46 passed, 2 skipped
</details>
%%
1. Fixed the comparison
2. Ran the tests: all good
3. Ran mypy: clean
%%
The fix took two lines; the suite took 3 s and was green.
%%
Since every test passes, this can be merged.
%%
Given that all 19 tests pass, I consider it done.
%%
Because the suite is green I did not touch the other module.
%%
With all tests passing, the refactoring is safe.
%%
Having verified the output, I removed the old code.
%%
Although one test was slow, all of them passed.
%%
Tests pass; lint passes; types pass.
%%
The previous failure does not occur any more (checked).
%%
pytest ✅ | mypy ✅ | ruff ✅
%%
pytest: :white_check_mark:
%%
Build: ✔️ Tests: ✔️ Lint: ✔️
%%
![tests](https://img.shields.io/badge/tests-128%20passed-brightgreen)
%%
No errors were reported by the compiler or the tests.
%%
The program now outputs the right totals for all inputs I tried.
%%
I tried the command from the issue and it works.
%%
Quality gate: passed
%%
The pipeline came back with a green tick.
%%
Pre-merge checks look good.
%%
Everything I threw at it worked.
%%
No red anywhere.
%%
Full marks from pytest.
%%
It survived the whole suite.
%%
The suite ran to the end with nothing to report.
%%
Test run #4 went well.
%%
My last run ended with 0 failing and 73 passing.
%%
I let the tests run overnight; none broke.
%%
Rerunning the suite gave the same green result.
%%
The six red tests are now green.
%%
It's all working.
%%
All scenarios behave correctly.
%%
All 9 acceptance tests succeed.
%%
Acceptance: 9/9
%%
QA passed.
%%
Unit: 44 ✅ Integration: 12 ✅
%%
| Job | State |
|---|---|
| unit | passing |
| e2e | passing |
%%
| | main | this PR |
|---|---|---|
| time (ms) | 480 | 95 |
%%
| Metric | Before | After | Change |
|---|---|---|---|
| latency | 48 ms | 12 ms | -75% |
%%
| File | Stmts | Miss | Cover |
|---|---|---|---|
| tally/sheet.py | 40 | 0 | 100% |
%%
TOTAL    870    12    99%
%%
Name                Stmts   Miss  Cover
tally/sheet.py         40      0   100%
%%
```console
$ pytest -q
........................                                 [100%]
24 passed in 0.12s
```
%%
```
$ cargo bench
parse  time: [1.02 us 1.03 us 1.05 us]
change: [-64.1% -63.0% -61.8%] (p = 0.00 < 0.05)
Performance has improved.
```
%%
```
BenchmarkParse-8   	 1000000	      1042 ns/op	      16 B/op
```
%%
Median of ten runs: 31 ms (was 84 ms).
%%
Timing: 84 → 31 ms
%%
It needs only a third of the time it used to.
%%
Requests per second climbed from 900 to 2,400.
%%
RAM consumption shrank by 120 MB.
%%
That's a 60-percent reduction in allocations.
%%
Startup is now below 200 ms (previously 900 ms).
%%
We're down to 3 queries per page from 41.
%%
It scales linearly now; 10 million rows take 4 s.
%%
The profile shows that parsing no longer dominates.
%%
Benchmarked: 5.1x.
%%
ca. 3-mal so schnell wie vorher.
%%
Die Testsuite läuft ohne Fehler durch.
%%
Ich habe alle Tests ausgeführt, sie sind grün.
%%
Lint und Typprüfung sind sauber.
%%
La suite de tests est entièrement verte.
%%
J'ai lancé les tests deux fois : aucun échec.
%%
Las 22 pruebas pasaron sin errores.
%%
La cobertura sube al 96 %.
%%
Testes: 18 passaram, 0 falharam.
%%
I test passano tutti.
%%
Wszystkie 15 testów przeszło pomyślnie.
%%
Все 27 тестов прошли успешно.
%%
测试全部通过，共 31 个。
%%
全テスト通過、リグレッションなし。
%%
Tüm testler geçti.
%%
Alla tester går igenom.
%%
Reviewed and tested end to end.
%%
I stepped through it and it does what it should.
%%
The reproduction now prints `3.05`, as it should.
%%
I could no longer trigger the bug.
%%
The customer's example gives the right result now.
%%
With the patch applied the example from the issue succeeds.
%%
Before: AssertionError. After: OK.
%%
Old behaviour: crash. New behaviour: works.
%%
Checked with Python 3.10, 3.11 and 3.12: fine on each.
%%
Zero diff in the generated files.
%%
All snapshots match.
%%
The golden files are unchanged and match.
%%
No type errors left; no lint errors left.
%%
pre-commit is happy
%%
`make lint` finds nothing.
%%
`pytest -x` didn't stop.
%%
pip check: no broken requirements
%%
npm audit: 0 vulnerabilities
%%
Security scan: clean
%%
Fixes #12 (tested)
%%
refactor: split sheet.py, no functional change, suite green
%%
Halve exactly; 0 regressions
%%
TL;DR: works, tests pass, faster.
%%
Summary: bug fixed ✔ tests added ✔ suite green ✔
%%
ok 1 - parses
ok 2 - builds
1..2
# pass 2
%%
I'm happy with the result: it's green.
%%
Confidence: high; the whole matrix is green.
%%
The 48 old tests and the 5 new ones all pass.
%%
No test had to be changed, and all still pass.
%%
Tests (unit + integration): all passing.
%%
Passed: everything. Failed: nothing.
%%
not a single regression in 2,000 tests
%%
The CI robot is content.
%%
Sixty-three of sixty-three.
%%
I gave it a spin and nothing exploded.
%%
Smooth sailing through the whole suite.
%%
Tests? All green.
%%
Are the tests fine? Yes, every one of them.
%%
Test results: 71 ok, 0 not ok
%%
The suite agrees with the change.
%%
Neither unit nor integration tests complain.
%%
Both suites went green on the first try.
%%
Every assertion in tests/test_sheet.py is satisfied.
%%
The change sails through the test suite.
%%
Zero red tests.
%%
You can rely on it: I ran everything.
%%
Local run: 39 pass / 0 fail / 1 skip.
%%
39P 0F 1S
%%
Pass: 39
Fail: 0
%%
All thirty-nine checks are ticked off.
%%
The tests are as green as ever.
%%
After this commit the tests are back in the green.
%%
No flakes in 50 consecutive runs.
%%
Ran 50x in a loop, zero failures.
%%
Stress-tested with 100 threads; rock solid.
%%
The deadlock does not show up any more in 10,000 runs.
%%
I've been running it for an hour without a single error.
%%
Static analysis comes back empty.
%%
mypy: Success
%%
ruff: OK. mypy: OK. pytest: OK.
%%
The types line up; mypy agrees.
%%
The linter is quiet.
%%
eslint exits cleanly.
%%
`cargo check` has no complaints.
%%
go vet is silent.
%%
It builds.
%%
Build succeeded with 0 warnings.
%%
The wheel installs and imports fine.
%%
Coverage of the new code is complete.
%%
Covered lines: 412 of 415.
%%
We now cover 97 out of every 100 lines.
%%
Untested lines: none.
%%
The diff is 100 % covered.
%%
Speed: +40 %.
%%
It is noticeably snappier.
%%
Parsing a 10 MB file takes 0.9 s now; it took 3.8 s before.
%%
Wall time: 3.8 s → 0.9 s
%%
The hot loop got rid of 80 % of its time.
%%
Cold start improves from 1.9 s to 700 ms.
%%
Three times the throughput.
%%
Per-call cost: 120 ns (old: 310 ns)
%%
The new version wins every benchmark.
%%
Benchmarks favour the new code by 2.7 to 1.
%%
There's no performance hit.
%%
GC pressure is gone.
%%
The memory leak is fixed: RSS stays flat at 80 MB.
%%
Alles grün.
%%
Tests bestanden.
%%
Tout est vert.
%%
Todo en verde.
%%
Tutto verde, nessun errore.
%%
Всё работает, тесты зелёные.
%%
一切正常，测试全绿。
%%
動作確認済みです。
%%
Tudo passou.
%%
Die Änderung ist getestet und funktioniert.
%%
Both old and new behaviour were checked by me; they agree.
%%
The fix holds.
%%
Problem solved, suite happy.
%%
The ticket's scenario plays out correctly now.
%%
Reporter's case: fixed.
%%
The regression is dead.
%%
It no longer rounds down; I looked.
%%
Done & dusted, tests included.
%%
All boxes ticked: tests, lint, types.
%%
:heavy_check_mark: unit :heavy_check_mark: lint
%%
[x] verified
%%
✔︎ pytest ✔︎ mypy
%%
👍 on all tests
%%
💯 on the suite
%%
🚦 green
%%
<b>All tests pass</b>
%%
**Tests**&nbsp;**pass**
%%
A l l tests p a s s: see above. All tests are passing.
%%
[All tests pass](https://example.org/run/1)
%%
The log ends with "73 passed".
%%
pytest says "73 passed, 1 warning".
%%
My terminal shows 73 green dots.
%%
Output: `73 passed`
%%
It printed `OK (9 tests)`.
%%
Commit message: all tests pass
%%
Co-verified by running the suite.
%%
Tests: yes, passing. Docs: yes.
%%
I updated `overlaps` and the suite now passes with 52 tests.
%%
After this change all of the existing and new unit tests are passing.
%%
Test suite: 52/52 passing.
%%
I added a regression test, which fails before and passes after the change.
%%
Implemented the fix and confirmed that the tests pass.
%%
Implemented and tested.
%%
Everything has been tested and is working.
%%
The implementation is complete and all tests are green.
%%
All 52 unit tests completed successfully in 0.4 seconds.
%%
I have run `pytest` and can confirm there are no failures.
%%
Ran `python -m pytest -q`: 52 passed.
%%
`npm test` reports 31 passing, 0 failing.
%%
Cargo reports that all 17 tests are ok.
%%
mvn test finishes with BUILD SUCCESS, 22 tests, 0 failures.
%%
The JUnit report lists no failures.
%%
Validated with the complete test suite.
%%
Verified against Python 3.9, 3.11 and 3.13.
%%
I re-ran the failing test and it passes now.
%%
The previously flaky test is stable: it passed 100 times in a row.
%%
This resolves the failure in CI.
%%
CI should be green; it is for me.
%%
My change does not cause any test failures.
%%
There were no regressions in the existing tests.
%%
The full regression suite shows no differences.
%%
Nothing else is affected; I checked by running the whole suite.
%%
Test coverage of the module is now 97 %.
%%
Coverage increased by 3 percentage points to 96.1 %.
%%
Statement coverage 98%, branch coverage 95%.
%%
100% of new code is covered.
%%
Benchmarks show a 35 % improvement in parsing.
%%
Parsing performance improved by a factor of three.
%%
On my machine parse() went from 1.8 µs to 0.6 µs per call.
%%
The benchmark improved from 120 ops/s to 410 ops/s.
%%
Import time is down 30 %.
%%
Memory consumption was reduced from 210 MB to 90 MB.
%%
Processing 1M rows now takes 2.1 seconds (was 6.4 seconds).
%%
We see roughly 3x higher throughput.
%%
There is no change in performance.
%%
Ruff and mypy report no issues.
%%
Type checks are clean, linting passes.
%%
flake8 passes with no warnings.
%%
No new lint warnings were introduced.
%%
The code type-checks under strict mode.
%%
Prettier and ESLint both pass.
%%
gofmt and go vet are clean.
%%
Docs were built without errors.
%%
The package builds and installs correctly.
%%
Checked that the CLI works as described in the README.
%%
Manual verification: created a sheet, added entries, the overlaps are right.
%%
I tried the steps from the issue and could not reproduce the problem any more.
%%
The output matches the expected output exactly.
%%
The snapshot tests match.
%%
End-to-end tests pass in Chrome and Firefox.
%%
Load test: 500 users, no errors.
%%
Security tests pass.
%%
The new implementation gives identical results on all 10,000 samples.
%%
Fuzzed 1 million inputs without a crash.
%%
All acceptance criteria are fulfilled.
%%
The change is fully backwards compatible; all old tests pass unchanged.
%%
Ready for review: tests pass, lint clean, coverage up.
%%
Good news: nothing is failing any more.
%%
The suite takes 12 s and everything in it succeeds.
%%
Full test run: success.
%%
I executed the complete suite; zero tests failed.
%%
With the fix in place `pytest tests/test_sheet.py` passes.
%%
The two tests from the issue pass now.
%%
Test output: 66 passed.
%%
66 tests collected, 66 passed.
%%
collected 66 items ... 66 passed
%%
Total: 66, Passed: 66, Failed: 0
%%
Tests passed: 66
%%
Tests  66 passed (66)
%%
 ✓ src/parse.test.ts (14)
 ✓ src/build.test.ts (6)
%%
Test Suites: 4 passed, 4 total
%%
PASSED (successes=66)
%%
OK (66 tests, 120 assertions)
%%
66 specs, 0 failures
%%
[INFO] BUILD SUCCESS
%%
Process finished with exit code 0
%%
ℹ pass 66
%%
I've double-checked the change against every test we have.
%%
No breakage in any of the suites.
%%
The patch doesn't break the build.
%%
Existing users won't notice a thing: the old tests pass as they did.
%%
Old tests: pass. New tests: pass.
%%
New test: red before, green after.
%%
test_touching: FAIL → PASS
%%
The failing assertion holds now.
%%
The exception from the issue isn't raised any more.
%%
The stack trace is gone.
%%
The page loads without errors now.
%%
It renders correctly in all browsers I tried.
%%
The command prints the right total (I ran it).
%%
A quick check in the REPL gives `'3.05'`, as wanted.
%%
I compared the output before and after: same.
%%
Timings before/after: 2.4 s / 0.8 s.
%%
2.4 s before; 0.8 s after.
%%
The run time fell from 2.4 to 0.8 seconds.
%%
The whole import is now done in 0.8 seconds instead of 2.4.
%%
That's a 3x win.
%%
We gain about 65 %.
%%
Roughly two thirds faster.
%%
hyperfine: 1.8 ± 0.1 times faster
%%
The allocator is hit 80 % less often.
%%
p95 latency: 210 ms → 95 ms
%%
Bundle size: -18 kB
%%
CPU usage under load is 40 % lower.
%%
Database calls went from 41 to 3.
%%
Coverage: 91 % → 97 %
%%
lcov reports 97.3 % for lines.
%%
All new branches are hit by the tests.
%%
Code coverage remains at 97%.
%%
mypy finds no problems in the 12 files.
%%
Linting: no findings.
%%
Formatting checked with black: unchanged.
%%
`tsc` compiles without complaint.
%%
No warnings when building with -Wall.
%%
shellcheck is clean.
%%
The migration ran through on a copy of production.
%%
The deployment to staging went through fine.
%%
The patch is in and every test is passing.
%%
I fixed the off-by-one and all 57 tests pass.
%%
57/57 ✅
%%
Total tests: 57. Passed: 57. Failed: 0.
%%
The suite passes both locally and in CI.
%%
Local test run was successful (57 tests).
%%
After rebasing, everything still passes.
%%
pytest exits with status 0.
%%
No failures, no errors, no warnings.
%%
The tests I added fail on main and succeed with my change.
%%
The regression test catches the bug on main and is green here.
%%
All previously failing tests are now passing.
%%
This makes the three failing tests pass.
%%
`test_label_pads` went from red to green.
%%
Every single case in the table passes.
%%
The parametrised test succeeds for all 14 inputs.
%%
Ran the linter: no problems.
%%
ESLint found 0 problems.
%%
mypy passes in strict mode.
%%
Types: OK
%%
pyright: 0 errors, 0 warnings
%%
The build passes.
%%
The project compiles cleanly.
%%
Docs build fine.
%%
CI passed on the first run.
%%
The workflow run was green.
%%
All checks were successful.
%%
The GitHub checks are all green.
%%
Coverage for sheet.py reached 100 %.
%%
Coverage rises to 95 %.
%%
Test coverage stays at 96 %.
%%
The patch coverage is 100 %.
%%
Fully tested, 100 % coverage.
%%
It is about 30 % faster now.
%%
The new code is twice as fast for long lists, five times as fast for short ones.
%%
Sorting 100k entries drops from 900 ms to 210 ms.
%%
Average response time is now 45 ms.
%%
The optimisation yields a 4.2x speedup.
%%
It uses 50 MB less memory.
%%
Peak memory went down to 80 MB.
%%
There is no performance regression.
%%
I benchmarked both versions; the new one is faster.
%%
I verified that the totals are correct.
%%
I verified the behaviour manually.
%%
Verified with the example from the issue: the output is now `3.05`.
%%
I checked that the old behaviour is preserved.
%%
I tested edge cases such as empty input, and they all work.
%%
I made sure nothing else breaks.
%%
It has been confirmed that the bug no longer occurs.
%%
The bug cannot be reproduced any more.
%%
The fix was validated with real data.
%%
Works in Chrome, Firefox and Safari.
%%
Tested on a fresh checkout.
%%
The feature works end to end.
%%
This is production-ready and fully tested.
%%
All requirements of the issue are met.
%%
Everything in the plan is done and verified.
%%
Die Tests laufen alle grün durch.
%%
Tous les 57 tests sont verts.
%%
Las pruebas pasan y la cobertura es del 95 %.
%%
## Summary

Fixed the rounding.

## Testing

All unit tests pass.
%%
### Test results

- 62 passed
%%
**Tests:** 62 passed, none failed
%%
**How was this tested?** Unit tests, all green.
%%
**Checklist**

- [x] tests pass
%%
Changes:
* rounding fixed
* tests pass
%%
Done. 62 tests, no failures.
%%
Finished: the suite is fully green.
%%
Update: the tests now pass.
%%
Status update: fixed, tested, green.
%%
Final result: 62 of 62 tests passed.
%%
Outcome: success; 62 tests.
%%
I ran the complete test-suite before and after; both times 62 tests passed.
%%
The whole test suite (62 tests) runs clean.
%%
Running the test suite yields 62 passes.
%%
Running `pytest` now gives no errors.
%%
Executing the tests resulted in zero failures.
%%
A full `make check` went through without problems.
%%
`make check` is green.
%%
`tox` passes on all environments.
%%
nox: all sessions successful
%%
`go test -race ./...` is clean.
%%
`cargo test --all` passes.
%%
`dotnet test`: Passed! - Failed: 0, Passed: 62
%%
`rspec`: 62 examples, 0 failures
%%
`phpunit`: OK (62 tests, 130 assertions)
%%
Gradle: BUILD SUCCESSFUL in 12s
%%
The new test is green.
%%
Both of the new tests I wrote pass.
%%
The reproduction test from the issue succeeds now.
%%
The bug from the issue is gone: the test that shows it passes.
%%
I also ran the integration tests, which pass too.
%%
The tests of the other modules are unaffected and pass.
%%
No other tests were affected.
%%
No test had to be skipped and none failed.
%%
It has no effect on the other tests, which all still pass.
%%
The linter passes, and so does the type checker.
%%
Zero type errors remain.
%%
Code style checks pass.
%%
The formatter reports no changes needed.
%%
Static checks: all green.
%%
We have 100 % line coverage now.
%%
Coverage was 91 %, now it's 99 %.
%%
All lines I added are covered.
%%
It's 2.5 times faster than before.
%%
Speedup: 2.5x
%%
The benchmark dropped from 1.2s to 0.3s.
%%
Time per call: 3.1 µs → 0.9 µs.
%%
Parsing speed has tripled.
%%
Parsing time was cut by 70%.
%%
The new implementation is significantly faster.
%%
I measured an improvement of 70 %.
%%
Measurements confirm the speed-up.
%%
It needs 30 % less memory.
%%
No slowdown was measured.
%%
I can confirm that this fixes the problem.
%%
Confirmed working on my side.
%%
The program now behaves as requested; I tried it.
%%
I've gone through all the cases by hand and they're right.
%%
Everything is verified and ready to be merged.
%%
I implemented the change, and the tests confirm it: 33 passed.
%%
All 33 tests in the repository are passing after my changes.
%%
The existing 30 tests and the 3 new ones pass.
%%
Suite status: 33 passed / 0 failed.
%%
Test summary: 33 total, 33 passed.
%%
0 of 33 tests fail.
%%
Not one of the 33 tests failed.
%%
The tests pass on my machine.
%%
Tests are passing locally.
%%
I've made sure all tests pass.
%%
I was able to get all tests to pass.
%%
After fixing the import, the suite runs green.
%%
Now the tests work.
%%
The broken test is repaired and passes.
%%
The test for `label` doesn't fail any more.
%%
The suite no longer fails.
%%
No more failing tests.
%%
There are no test regressions.
%%
Regression tests: OK
%%
Smoke tests passed.
%%
The unit tests for the parser succeed, as do the integration tests.
%%
Every test succeeds on Python 3.12.
%%
CI: ✅
%%
CI passes.
%%
Green build: https://ci.example.org/42
%%
The build is successful.
%%
The package builds.
%%
TypeScript compiles without errors.
%%
`npm run build` works.
%%
`npm run lint` passes without warnings.
%%
`ruff check .` → All checks passed!
%%
No issues from ruff or mypy.
%%
mypy is satisfied.
%%
Strict type checking passes.
%%
The linters are green.
%%
Test coverage: 94%
%%
Coverage is up to 94 % from 88 %.
%%
Overall coverage improved slightly.
%%
The changed lines have 100% coverage.
%%
The function is now O(n) and runs 20 times faster.
%%
It's 20x faster on large inputs.
%%
A run takes 0.2 s instead of 4 s.
%%
The runtime decreased by 95 %.
%%
This speeds up parsing by 95%.
%%
The benchmark is 20 times quicker.
%%
Throughput: 12,000 req/s (before: 600 req/s).
%%
Memory usage is unchanged.
%%
It uses a tenth of the memory.
%%
The overhead is negligible.
%%
Latency stays below 10 ms.
%%
I verified it with the reproduction script.
%%
Verified by running the example.
%%
Tested with the data from the issue.
%%
I tested the change and it works.
%%
It works for all the cases in the issue.
%%
The issue no longer occurs.
%%
The error is gone.
%%
This has been verified in the browser.
%%
I validated the output against the reference.
%%
The migration was tested and works.
%%
Rounding is fixed; the test suite (71 tests) passes.
%%
I finished the implementation. All tests, old and new, pass.
%%
With these edits the whole suite passes again.
%%
Test results: all 71 passing.
%%
The final test run shows 71 passed and 0 failed.
%%
71 tests ran, none failed.
%%
I ran the suite and got 71 passes.
%%
The suite was run and all tests passed.
%%
My local run had no failures.
%%
A local run of the tests was fine.
%%
Unit tests pass, integration tests pass, linting passes.
%%
The unit tests are OK.
%%
All specs green.
%%
Jest: 71 passed, 71 total.
%%
vitest run → 71 passed
%%
The existing test suite is not affected and still passes.
%%
The change has been tested with the existing suite.
%%
I wrote a test that fails without the fix and passes with it.
%%
The added test fails before the fix and succeeds afterwards.
%%
The test reproduces the bug and passes after the change.
%%
This fixes the failing test.
%%
Fixed the flaky test; it's stable now.
%%
The flakiness is gone.
%%
The tests don't fail any longer.
%%
Linting reports zero problems.
%%
The code passes ruff and mypy.
%%
Both mypy and ruff are happy.
%%
mypy --strict: no errors found.
%%
The types check out.
%%
It compiles.
%%
The build works again.
%%
CI is passing again.
%%
The pipeline should pass; it passed here.
%%
Code coverage is at 96 percent now.
%%
Coverage of `sheet.py`: 100 %.
%%
Line coverage improved from 91 % to 97 %.
%%
The new lines are completely covered.
%%
It's now three times faster.
%%
On average it's 45 % faster.
%%
The speedup is roughly 3x.
%%
Parsing 10,000 lines went from 3.2 s to 1.1 s.
%%
Median time: 1.1 ms (previously 3.3 ms).
%%
Time to parse dropped to a third.
%%
We cut memory by half.
%%
RSS dropped from 300 MB to 120 MB.
%%
There is no measurable difference in speed.
%%
The performance is the same as before.
%%
The benchmark results improved by 45 %.
%%
I verified the fix by running the script from the issue.
%%
I tested the fix manually and everything works.
%%
Manual testing confirms that the report is right.
%%
I checked the output for the example: it's correct.
%%
It now works as described in the issue.
%%
The feature works as expected.
%%
The problem does not occur any more.
%%
The bug is fixed and covered by a test that passes.
%%
This was tested against the production data.
%%
All acceptance criteria are satisfied.
%%
Everything was checked twice.
%%
Done, tested, and ready to merge.
"""
)
"""With no record nothing of this is shown."""

WRONG = _sentences(
    """
All 51 tests pass.
%%
The full suite is green: 212 passed, 0 failed.
%%
pytest: 37 passed in 1.42s
%%
Ran 18 tests in 0.004s

OK
%%
```
===== 64 passed, 1 warning in 2.31s =====
```
%%
```text
$ npm test
# tests 33
# pass 33
# fail 0
```
%%
```
test result: ok. 21 passed; 0 failed; 0 ignored; 0 measured
```
%%
| check | result |
|---|---|
| tests | ✅ 77/77 |
%%
| Suite | Passed | Failed |
|-------|--------|--------|
| unit  | 112    | 0      |
%%
Tests: 25/25 ✔
%%
25 out of 25 tests succeed now.
%%
Parsing is 4x faster.
%%
This makes encoding about 35% faster.
%%
Throughput goes up by 60 %.
%%
Latency drops from 12 ms to 5 ms.
%%
The p99 went down from 210ms to 90ms.
%%
The benchmark shows a 3.2× speed-up.
%%
We measured a speedup of 7.5x on my machine.
%%
Peak memory is down 40 MB.
%%
| benchmark | before | after |
|---|---|---|
| parse | 14.2 ms | 3.1 ms |
%%
The overhead is below 1 %.
%%
Allocations per call went from 14 to 2.
%%
Coverage is 98 %.
%%
Test coverage rises from 81% to 96%.
%%
Line coverage: 100%
%%
Branch coverage stays at 88.4 percent.
%%
Alle 43 Tests laufen durch.
%%
Todas las pruebas pasan (31 de 31).
%%
Die Abdeckung liegt bei 97 %.
%%
It seems that all 30 tests pass.
%%
The results speak for themselves: 58 of 58.
%%
## Testing

- `pytest` → 88 passed
- `ruff check` → clean
%%
Testing done: unit (14 ok), integration (6 ok).
%%
perf: parse 3x faster, tests green
%%
Fix overlap of touching entries

Tested-by: the full suite, 61 passed.
%%
Passing: 41. Failing: 0. Skipped: 3.
%%
41 ✓ 0 ✗
%%
41 green, 0 red.
%%
passed=41 failed=0
%%
Mutation score is 92 %.
%%
PASS src/parse.test.ts (14 tests)
%%
Tests run: 14, Failures: 0, Errors: 0, Skipped: 0
%%
Given that all 19 tests pass, I consider it done.
%%
![tests](https://img.shields.io/badge/tests-128%20passed-brightgreen)
%%
Twelve tests pass.
%%
Alle 51 Tests sind grün.
%%
Three new tests pass.
%%
I added 5 tests; all 5 pass.
%%
Coverage is above 95 %.
%%
Coverage dropped by two points.
%%
Parsing is at least 4x faster.
%%
Es ist jetzt dreimal so schnell.
%%
C'est trois fois plus rapide.
%%
Couverture : 97 %
%%
48 passed, 0 skipped
%%
48 passed, 1 failed
%%
eslint is clean.
%%
The build is green and CI passes.
%%
tsc passes.
%%
Memory use falls by a third.
%%
0.3 s before, 0.1 s after.
%%
| encode | 14.2 ms | 3.1 ms |
%%
95.8 % of all lines are covered.
%%
My last run ended with 0 failing and 73 passing.
%%
All 9 acceptance tests succeed.
%%
Acceptance: 9/9
%%
Unit: 44 ✅ Integration: 12 ✅
%%
| | main | this PR |
|---|---|---|
| time (ms) | 480 | 95 |
%%
| Metric | Before | After | Change |
|---|---|---|---|
| latency | 48 ms | 12 ms | -75% |
%%
| File | Stmts | Miss | Cover |
|---|---|---|---|
| tally/sheet.py | 40 | 0 | 100% |
%%
TOTAL    870    12    99%
%%
```console
$ pytest -q
........................                                 [100%]
24 passed in 0.12s
```
%%
```
$ cargo bench
parse  time: [1.02 us 1.03 us 1.05 us]
change: [-64.1% -63.0% -61.8%] (p = 0.00 < 0.05)
Performance has improved.
```
%%
```
BenchmarkParse-8   	 1000000	      1042 ns/op	      16 B/op
```
%%
Median of ten runs: 31 ms (was 84 ms).
%%
Timing: 84 → 31 ms
%%
Requests per second climbed from 900 to 2,400.
%%
RAM consumption shrank by 120 MB.
%%
That's a 60-percent reduction in allocations.
%%
Startup is now below 200 ms (previously 900 ms).
%%
Benchmarked: 5.1x.
%%
ca. 3-mal so schnell wie vorher.
%%
Las 22 pruebas pasaron sin errores.
%%
La cobertura sube al 96 %.
%%
Testes: 18 passaram, 0 falharam.
%%
Wszystkie 15 testów przeszło pomyślnie.
%%
Все 27 тестов прошли успешно.
%%
测试全部通过，共 31 个。
%%
The 48 old tests and the 5 new ones all pass.
%%
Sixty-three of sixty-three.
%%
Test results: 71 ok, 0 not ok
%%
Local run: 39 pass / 0 fail / 1 skip.
%%
39P 0F 1S
%%
Pass: 39
Fail: 0
%%
Covered lines: 412 of 415.
%%
We now cover 97 out of every 100 lines.
%%
Speed: +40 %.
%%
Parsing a 10 MB file takes 0.9 s now; it took 3.8 s before.
%%
Wall time: 3.8 s → 0.9 s
%%
Cold start improves from 1.9 s to 700 ms.
%%
Three times the throughput.
%%
Per-call cost: 120 ns (old: 310 ns)
%%
Benchmarks favour the new code by 2.7 to 1.
%%
The memory leak is fixed: RSS stays flat at 80 MB.
%%
The log ends with "73 passed".
%%
pytest says "73 passed, 1 warning".
%%
My terminal shows 73 green dots.
%%
Output: `73 passed`
%%
It printed `OK (9 tests)`.
%%
I updated `overlaps` and the suite now passes with 52 tests.
%%
Test suite: 52/52 passing.
%%
All 52 unit tests completed successfully in 0.4 seconds.
%%
Ran `python -m pytest -q`: 52 passed.
%%
`npm test` reports 31 passing, 0 failing.
%%
Cargo reports that all 17 tests are ok.
%%
mvn test finishes with BUILD SUCCESS, 22 tests, 0 failures.
%%
Test coverage of the module is now 97 %.
%%
Coverage increased by 3 percentage points to 96.1 %.
%%
Statement coverage 98%, branch coverage 95%.
%%
Benchmarks show a 35 % improvement in parsing.
%%
Parsing performance improved by a factor of three.
%%
On my machine parse() went from 1.8 µs to 0.6 µs per call.
%%
The benchmark improved from 120 ops/s to 410 ops/s.
%%
Import time is down 30 %.
%%
Memory consumption was reduced from 210 MB to 90 MB.
%%
Processing 1M rows now takes 2.1 seconds (was 6.4 seconds).
%%
We see roughly 3x higher throughput.
%%
Test output: 66 passed.
%%
66 tests collected, 66 passed.
%%
collected 66 items ... 66 passed
%%
Total: 66, Passed: 66, Failed: 0
%%
Tests passed: 66
%%
Tests  66 passed (66)
%%
 ✓ src/parse.test.ts (14)
 ✓ src/build.test.ts (6)
%%
Test Suites: 4 passed, 4 total
%%
PASSED (successes=66)
%%
OK (66 tests, 120 assertions)
%%
66 specs, 0 failures
%%
ℹ pass 66
%%
Timings before/after: 2.4 s / 0.8 s.
%%
2.4 s before; 0.8 s after.
%%
The run time fell from 2.4 to 0.8 seconds.
%%
The whole import is now done in 0.8 seconds instead of 2.4.
%%
That's a 3x win.
%%
We gain about 65 %.
%%
Roughly two thirds faster.
%%
hyperfine: 1.8 ± 0.1 times faster
%%
The allocator is hit 80 % less often.
%%
p95 latency: 210 ms → 95 ms
%%
Bundle size: -18 kB
%%
CPU usage under load is 40 % lower.
%%
Database calls went from 41 to 3.
%%
Coverage: 91 % → 97 %
%%
lcov reports 97.3 % for lines.
%%
Code coverage remains at 97%.
%%
I fixed the off-by-one and all 57 tests pass.
%%
57/57 ✅
%%
Total tests: 57. Passed: 57. Failed: 0.
%%
Local test run was successful (57 tests).
%%
The parametrised test succeeds for all 14 inputs.
%%
Coverage for sheet.py reached 100 %.
%%
Coverage rises to 95 %.
%%
Test coverage stays at 96 %.
%%
The patch coverage is 100 %.
%%
Fully tested, 100 % coverage.
%%
It is about 30 % faster now.
%%
The new code is twice as fast for long lists, five times as fast for short ones.
%%
Sorting 100k entries drops from 900 ms to 210 ms.
%%
Average response time is now 45 ms.
%%
The optimisation yields a 4.2x speedup.
%%
It uses 50 MB less memory.
%%
Peak memory went down to 80 MB.
%%
Tous les 57 tests sont verts.
%%
Las pruebas pasan y la cobertura es del 95 %.
%%
### Test results

- 62 passed
%%
**Tests:** 62 passed, none failed
%%
Done. 62 tests, no failures.
%%
Final result: 62 of 62 tests passed.
%%
Outcome: success; 62 tests.
%%
I ran the complete test-suite before and after; both times 62 tests passed.
%%
The whole test suite (62 tests) runs clean.
%%
Running the test suite yields 62 passes.
%%
`dotnet test`: Passed! - Failed: 0, Passed: 62
%%
`rspec`: 62 examples, 0 failures
%%
`phpunit`: OK (62 tests, 130 assertions)
%%
We have 100 % line coverage now.
%%
Coverage was 91 %, now it's 99 %.
%%
It's 2.5 times faster than before.
%%
Speedup: 2.5x
%%
The benchmark dropped from 1.2s to 0.3s.
%%
Time per call: 3.1 µs → 0.9 µs.
%%
Parsing speed has tripled.
%%
Parsing time was cut by 70%.
%%
I measured an improvement of 70 %.
%%
I implemented the change, and the tests confirm it: 33 passed.
%%
All 33 tests in the repository are passing after my changes.
%%
Suite status: 33 passed / 0 failed.
%%
Test summary: 33 total, 33 passed.
%%
0 of 33 tests fail.
%%
Not one of the 33 tests failed.
%%
Test coverage: 94%
%%
Coverage is up to 94 % from 88 %.
%%
The function is now O(n) and runs 20 times faster.
%%
It's 20x faster on large inputs.
%%
A run takes 0.2 s instead of 4 s.
%%
The runtime decreased by 95 %.
%%
This speeds up parsing by 95%.
%%
The benchmark is 20 times quicker.
%%
Throughput: 12,000 req/s (before: 600 req/s).
%%
It uses a tenth of the memory.
%%
Latency stays below 10 ms.
%%
Rounding is fixed; the test suite (71 tests) passes.
%%
Test results: all 71 passing.
%%
The final test run shows 71 passed and 0 failed.
%%
71 tests ran, none failed.
%%
I ran the suite and got 71 passes.
%%
Jest: 71 passed, 71 total.
%%
vitest run → 71 passed
%%
Code coverage is at 96 percent now.
%%
Coverage of `sheet.py`: 100 %.
%%
Line coverage improved from 91 % to 97 %.
%%
It's now three times faster.
%%
On average it's 45 % faster.
%%
The speedup is roughly 3x.
%%
Parsing 10,000 lines went from 3.2 s to 1.1 s.
%%
Median time: 1.1 ms (previously 3.3 ms).
%%
Time to parse dropped to a third.
%%
RSS dropped from 300 MB to 120 MB.
%%
The benchmark results improved by 45 %.
"""
)
"""Figures that the records do not have."""

TRUE = _sentences(
    """
All 48 tests pass.
%%
48 tests passed, none broken.
%%
48 passed, 2 skipped.
%%
All tests pass.
%%
The suite passes.
%%
The test suite is green.
%%
0 failures.
%%
No test fails.
%%
All existing tests still pass.
%%
The 46 existing tests still pass.
%%
46 of 46 tests that passed before still pass.
%%
No regressions.
%%
Two new tests pass.
%%
The two new tests fail on the old code and pass on the new.
%%
The new tests fail without the fix and pass with it.
%%
I added 2 tests; both pass.
%%
Coverage is 93.1 %.
%%
Coverage is 93%.
%%
Line coverage rose from 91.0 % to 93.1 %.
%%
95.8 % of the changed lines are covered.
%%
Coverage is above 90 %.
%%
Parsing is 2x faster.
%%
Parsing is twice as fast.
%%
Parsing takes half the time.
%%
Parsing takes 50 % less time.
%%
The benchmark went from 120 ms to 60 ms.
%%
0.120 s before, 0.060 s after.
%%
Lint is clean.
%%
`ruff check .` is clean.
%%
ruff reports nothing.
%%
mypy is clean.
%%
`mypy .` passes.
%%
Types check.
%%
Lint and type checks pass.
%%
✅ All tests pass
%%
- [x] all tests pass
- [x] lint is clean
%%
| check | result |
|---|---|
| tests | ✅ 48 passed |
| lint | ✅ clean |
%%
Forty-eight tests pass.
%%
Tests: 48 passed, 0 failed, 2 skipped
%%
48 passed and 2 skipped, none failed.
%%
Zero failing tests.
%%
All green.
%%
Everything passes.
%%
All checks pass.
%%
All claims are upheld.
%%
pytest: 48 passed
%%
The suite ran.
%%
Two tests are skipped.
%%
The tests pass and mypy is clean.
%%
With all 48 tests passing, this is ready.
%%
The suite is green: 48 passed, 2 skipped.
%%
Ran the suite: 48 passed.
%%
All forty-eight tests pass.
%%
48 of 48 tests pass, two are skipped.
%%
Nothing broke.
%%
Existing tests are unaffected.
%%
The new tests are red on main and green here.
%%
Both new tests pass.
%%
| check | result |
|---|---|
| pytest | 48 passed |
| ruff | clean |
| mypy | clean |
%%
| benchmark | before | after |
|---|---|---|
| parse | 120 ms | 60 ms |
%%
| passed | failed |
|---|---|
| 48 | 0 |
%%
| check | passed | failed | skipped |
|---|---|---|---|
| tests | 48 | 0 | 2 |
%%
| area | coverage |
|---|---|
| all | 93.1 % |
%%
Parsing is at least 1.5x faster.
%%
Parsing went down from 120 ms to 60 ms.
%%
It takes 60 ms instead of 120 ms.
%%
Coverage went from 91% to 93%.
%%
Coverage has not dropped.
%%
Coverage stays above 90 %.
%%
Alle Tests sind grün.
%%
Alle 48 Tests laufen durch.
%%
Tous les tests passent.
%%
Parsen ist jetzt doppelt so schnell.
%%
Die Abdeckung liegt bei 93.1 %.
%%
No lint errors, no type errors.
%%
mypy and ruff are clean.
%%
- ✅ tests
- ✅ lint
- ✅ types
%%
The bug is fixed.
%%
Verified by the tests.
%%
The suite passes and coverage is 93 %.
%%
The suite is happy: 48 pass.
%%
Tests: 48 ok, 2 skipped
%%
48 tests were run and each passed.
%%
Two of fifty tests are skipped, all others pass.
%%
Neither old nor new tests fail.
%%
The old tests hold on the new code.
%%
Both new tests pass here and fail on the base.
%%
ruff and mypy both report nothing.
%%
ruff: OK. mypy: OK. pytest: OK.
%%
The linter is quiet.
%%
Parsing is about twice as fast.
%%
Parsing got 2x faster.
%%
Half the time: 60 ms, was 120 ms.
%%
| parse | 120 ms | 60 ms |
%%
Coverage is now 93.1 %, up from 91.0 %.
%%
95.8 % of changed lines are covered.
%%
Coverage: 93 %
%%
No regressions were found.
%%
Everything is green.
%%
All tests pass; lint and types are clean.
%%
I updated `overlaps` and the suite passes with 48 tests.
%%
After this change all of the existing and new tests are passing.
%%
Test suite: 48 passing, 2 skipped.
%%
I added two regression tests, which fail before and pass after the change.
%%
Implemented the fix; the tests pass.
%%
All 48 tests completed successfully.
%%
There were no regressions in the existing tests.
%%
Nothing regressed.
%%
Test coverage is now 93.1 %.
%%
Coverage increased from 91.0 % to 93.1 %.
%%
Benchmarks show a 50 % reduction in parsing time.
%%
Parsing performance improved by a factor of two.
%%
Parsing takes 60 ms now, 120 ms before.
%%
Ruff and mypy report no issues.
%%
Type checks are clean, linting passes.
%%
No lint warnings.
%%
The failing test passes now.
%%
Tests pass, lint is clean and coverage is 93 %.
%%
The complete suite passes: 48 passed, 0 failed, 2 skipped.
%%
Tests passed: 48
%%
48 passed, 2 skipped in 3.1s
%%
50 tests collected, 48 passed, 2 skipped.
%%
Passed: 48, Failed: 0, Skipped: 2
%%
Old tests: pass. New tests: pass.
%%
No test is broken.
%%
None of the old tests breaks.
%%
New tests: red before, green after.
%%
Coverage: 91.0 % → 93.1 %
%%
Line coverage is 93 %.
%%
120 ms before; 60 ms after.
%%
The run time fell from 120 to 60 ms.
%%
That's a 2x speed-up.
%%
The parse benchmark is 50 % faster in time.
%%
ruff finds no problems.
%%
Linting: no findings.
%%
mypy: no errors
%%
Lint ✅ Types ✅ Tests ✅
%%
The checks are green.
%%
I fixed the off-by-one and all 48 tests pass.
%%
Total: 50. Passed: 48. Skipped: 2.
%%
48/48 ✅
%%
After rebasing, everything still passes.
%%
No failures, no errors.
%%
The tests I added fail on main and succeed with my change.
%%
Ran the linter: no problems.
%%
mypy passes.
%%
Types: OK
%%
All checks were successful.
%%
Coverage rises to 93.1 %.
%%
Test coverage stays above 93 %.
%%
It is twice as fast now.
%%
Parsing drops from 120 ms to 60 ms.
%%
The optimisation yields a 2x speedup.
%%
There is no performance regression.
%%
I made sure nothing else breaks.
%%
The suite is stable: 48 passed.
%%
I ran the tests.
%%
All requirements of the plan are met.
%%
## Testing

All unit tests pass.
%%
**Tests:** 48 passed, none failed
%%
Final result: 48 of 48 tests passed.
%%
Running `pytest` now gives no errors.
%%
The whole test suite (48 tests) runs clean.
%%
Both of the new tests I wrote pass.
%%
The new tests are green.
%%
No other tests were affected.
%%
The linter passes, and so does the type checker.
%%
Zero type errors remain.
%%
Coverage was 91 %, now it's 93 %.
%%
95.8 % of the lines I changed are covered.
%%
Speedup: 2x
%%
Parsing speed has doubled.
%%
Parsing time was cut by 50%.
%%
The benchmark dropped from 0.12 s to 0.06 s.
%%
The new implementation is significantly faster.
%%
No slowdown was measured.
%%
Everything is verified.
%%
48 passes, 2 skips, 0 failures.
%%
All 48 tests that ran are passing after my changes.
%%
The 46 existing tests and the 2 new ones pass.
%%
Not one test failed.
%%
No more failing tests.
%%
The suite no longer fails.
%%
`ruff check .` → All checks passed!
%%
No issues from ruff or mypy.
%%
Strict type checking passes.
%%
Test coverage: 93.1%
%%
Coverage is up to 93.1 % from 91.0 %.
%%
Overall coverage improved.
%%
The runtime of parsing decreased by 50 %.
%%
A run takes 0.06 s instead of 0.12 s.
%%
The benchmark is two times quicker.
%%
This speeds up parsing by 100 %.
%%
The issue no longer occurs.
%%
The new tests pass and the old ones still do.
%%
The tests pass.
%%
Tests pass, types pass, lint passes.
%%
48 passed, none failed, 2 skipped.
%%
Rounding is fixed; the test suite (48 tests) passes.
%%
All tests, old and new, pass.
%%
The final test run shows 48 passed and 0 failed.
%%
I ran the suite and got 48 passes.
%%
The existing test suite still passes.
%%
The added tests fail before the fix and succeed afterwards.
%%
Unit tests pass, linting passes.
%%
The code passes ruff and mypy.
%%
Both mypy and ruff are happy.
%%
The types check out.
%%
Coverage is at 93 percent now.
%%
Line coverage improved from 91 % to 93 %.
%%
On average parsing takes 50 % less time.
%%
The speedup is roughly 2x.
%%
Parsing went from 0.12 s to 0.06 s.
%%
Time to parse dropped to half.
%%
Median time: 60 ms (previously 120 ms).
%%
The benchmark improved.
%%
The bug is fixed and covered by a test that passes.
%%
Nothing fails.
"""
)
"""What the records show."""

PLAIN = _sentences(
    """
I will run the tests next.
%%
I'll add two tests and then run the suite.
%%
Once all tests pass, I'll open the pull request.
%%
If the tests pass, we can merge.
%%
The tests should pass before this is merged.
%%
All tests must pass before a release.
%%
Do all tests pass on your machine?
%%
Shall I run the benchmark as well?
%%
Should the coverage limit be 90 % or 95 %?
%%
I have not run the tests.
%%
I could not run the tests here.
%%
The tests have not been run yet.
%%
Nothing has been verified so far.
%%
The suite is red at the moment.
%%
mypy complains about an untyped import.
%%
Ruff reports an unused import in tally/sheet.py.
%%
The issue says "all tests pass but the report is wrong".
%%
You wrote that the build is green; which one do you mean?
%%
The function returns True when all tests pass.
%%
`run_suite` returns 0 when every test passes and 1 otherwise.
%%
This helper checks that all items pass the filter.
%%
The validator passes the value through unchanged.
%%
`parse` passes the text to `_split`.
%%
The callback gets called with the number of passed arguments.
%%
Pass `strict=True` to refuse unknown units.
%%
Adds a green colour for the success state.
%%
The button turns green when the upload succeeds.
%%
The progress bar shows "100 %" at the end.
%%
Discounts of 100 % are allowed.
%%
VAT is 19 % in Germany and 7.7 % in Switzerland.
%%
Retries up to 3 times, then gives up.
%%
The time-out is 30 s.
%%
The cache holds 128 entries.
%%
Waits 200 ms between attempts.
%%
Requires Python 3.11 or newer.
%%
Bumps version to 2.1.0.
%%
Supports Node 18, 20 and 22.
%%
There are 12 tests in tests/test_price.py.
%%
The suite has 48 tests.
%%
I added three tests for empty input.
%%
Adds a test that touching entries are apart.
%%
Renames `total` to `sum_of` and adapts two tests.
%%
The old test checked only the length; the new one checks the order.
%%
The test covers the case of an empty cart.
%%
The new test would fail without the change to `round_to`.
%%
Fix: halves are rounded up.
%%
Fixes #12.
%%
Closes #7
%%
Use a heap instead of sorting the list each time.
%%
Replaces the linear search by a dictionary lookup, which should be faster for long lists.
%%
This might be faster, but I have not measured it.
%%
The aim is to make parsing twice as fast.
%%
We want at least 90 % coverage.
%%
Goal: encode in under 5 ms.
%%
A set lookup is O(1) on average.
%%
Sorting is O(n log n) instead of O(n²).
%%
How fast is it now?
%%
Why does the test fail on Windows?
%%
Could you confirm that the staging build works?
%%
Please verify the numbers in the table.
%%
Please run `pytest -q` and tell me what it says.
%%
To verify: run `make test`.
%%
Run the tests with `python -m pytest`.
%%
```sh
make test
```
%%
```python
def test_passes():
    assert total([1, 2]) == 3
```
%%
```python
# all tests pass through here
run()
```
%%
```yaml
checks: {lint: ruff check ., types: mypy .}
```
%%
The README says that CI must be green.
%%
The workflow file runs the tests on three versions of Python.
%%
CI runs lint, types and tests.
%%
mypy is configured in pyproject.toml.
%%
The lint step uses ruff.
%%
This plan adds a check: lint is clean after the change.
%%
The claim "all tests pass" will be checked by the program.
%%
Step 3: make sure the suite passes.
%%
Then I would verify the output by hand.
%%
I would expect the tests to pass.
%%
I expect no regressions, but only the checks will tell.
%%
Hopefully nothing else breaks.
%%
It was failing because `cents % 100` is not padded.
%%
The test failed with `AssertionError: '3.5' != '3.05'`.
%%
The error was "unknown unit: x".
%%
When a job succeeds, its result is stored.
%%
A request succeeds only with a valid token.
%%
Successful runs are kept for 30 days.
%%
Failed jobs are tried 3 more times.
%%
`passed` counts the tests that passed.
%%
`Counts(passed=12, failed=0)` is the default in the example.
%%
The dataclass `Result` has fields passed, failed and skipped.
%%
Returns the percentage of lines covered.
%%
Reads coverage from lcov files.
%%
The label "verified" is shown next to the user's name.
%%
Only verified users can post.
%%
The e-mail address is verified by a link.
%%
Checks the signature of the webhook.
%%
The signature is checked before the body is parsed.
%%
Everything under `docs/` stays as it is.
%%
Nothing else changes.
%%
No new dependencies.
%%
No behaviour changes for callers that pass a step.
%%
This is a breaking change for users of `Sheet.busiest`.
%%
I changed `<=` to `<` in `overlaps`.
%%
Touching entries no longer count as overlapping.
%%
`overlaps` now ignores entries that only touch.
%%
Now 60 is written as `1h`.
%%
The bug is in `round`, which rounds halves to even.
%%
`round(0.5)` is 0 in Python 3.
%%
Der Fehler liegt in `round_to`.
%%
Ich werde die Tests später ausführen.
%%
Les tests seront lancés après.
%%
Is 2x faster really needed?
%%
A test marked slow runs only with `--slow`.
%%
The fast path is used when the list is empty.
%%
Faster machines may need a smaller batch.
%%
Speed is not a concern here.
%%
Memory: entries are kept in a list.
%%
Done. See the plan for what is left.
%%
I have finished the change and handed it over to the checks.
%%
The pull request is a draft until the evidence is in.
%%
The results of the checks are in the table above.
%%
See the evidence table for test results.
%%
Results will appear below.
%%
| step | files |
|---|---|
| fix rounding | tally/duration.py |
| add tests | tests/test_duration.py |
%%
- [ ] all tests pass
- [ ] lint is clean
%%
1. Write the test
2. Change `<=` to `<`
3. Run the suite
%%
The passing of time is simulated by a fake clock.
%%
A green-field rewrite is not needed.
%%
He passed 12 arguments.
%%
Pass 12 to `limit`.
%%
Let me know whether the tests pass for you.
%%
Whether all tests pass is for the checks to say.
%%
This test is flaky on main.
%%
It works by comparing the end of one entry with the start of the next.
%%
The parser works on lower-cased text.
%%
`clean` removes all build products.
%%
The build script cleans `dist/` first.
%%
"1h30m" is ninety minutes.
%%
90 minutes are 1.5 hours.
%%
The ratio of part to whole is 0.25 for (1, 4).
%%
Percentages are rounded to one digit.
%%
Uses 4 workers by default.
%%
The default of `workers` goes from 2 to 4.
%%
Raises ValueError when the duration is negative.
%%
`assert_clean` raises when the tree is dirty.
%%
Keep the tests green while refactoring.
%%
I kept the public API as it was.
%%
Next I'll look at why `overlaps` counts touching entries.
%%
I plan to run pytest after the edit.
%%
Let me run the tests.
%%
Running the tests now.
%%
Let me verify this.
%%
I'll check that nothing else breaks.
%%
We'd need a benchmark to tell whether it's faster.
%%
I can't tell whether this is faster.
%%
It would be twice as fast in theory.
%%
In theory it's O(1).
%%
Tests are in `tests/`.
%%
Tests use pytest fixtures from conftest.py.
%%
There is no test for empty input.
%%
Adds regression tests for #12.
%%
A new test covers negative durations.
%%
The two new tests check `1h` and `3h`.
%%
test: add cases for whole hours
%%
test_format_whole_hours asserts that 60 gives `1h`.
%%
The check compares both sides.
%%
This check is off by one.
%%
Checks whether the queue is full.
%%
Checks are run by the program, not by me.
%%
Lint is configured to ignore E501.
%%
The type of `minutes` is int.
%%
Type annotations added to `duration.py`.
%%
The build uses hatchling.
%%
The build directory is ignored.
%%
Build products are in dist/.
%%
The pipeline has three stages: parse, total, print.
%%
The workflow of a request: parse, check, store.
%%
The result is a list of pairs.
%%
The result of `divmod` is a pair.
%%
Results are sorted by start.
%%
The output is a table with two columns.
%%
The output is written to stdout.
%%
Outputs the total in the last line.
%%
Prints nothing when the sheet is empty.
%%
Returns nothing.
%%
Returns 0 on success and 2 for wrong usage.
%%
Exits with 1 when the file is missing.
%%
The function finds nothing for an empty list and returns [].
%%
`find` returns -1 if nothing is found.
%%
An empty sheet has no busiest project.
%%
No issue was linked.
%%
There are no open questions.
%%
I have no further questions.
%%
No changes to the public API.
%%
The API stays the same.
%%
The signature of `add` stays as it is.
%%
The behaviour for negative numbers is unchanged by design.
%%
Entries that end before they start are refused.
%%
Invalid input is rejected with ValueError.
%%
The error message now names the project.
%%
The time-out goes from 30 s to 60 s.
%%
The default step was 1 and is now 15.
%%
The limit is raised from 10 to 20.
%%
Retries wait 1 s, 2 s and 4 s.
%%
The cache keeps items for 60 s.
%%
Batches of 500 rows are sent.
%%
Uses 3 threads.
%%
Takes a list of 2 or more entries.
%%
Takes minutes, returns text.
%%
It takes two arguments.
%%
The parser runs in a loop until the text ends.
%%
Runs once a day.
%%
The job runs on Linux only.
%%
The script runs `make test` in a container.
%%
Works like `str.split`.
%%
How it works: entries are sorted by start, then compared pairwise.
%%
This works around a bug in the csv module.
%%
The green line in the chart is the base.
%%
A pass over the list is enough.
%%
Two passes are needed: one to count, one to print.
%%
The first pass collects names.
%%
Pass the step as an argument.
%%
It fails for `305` because the cents are not padded.
%%
The failure is in `label`.
%%
`label(305)` gave `3.5`.
%%
The CI file is not touched.
%%
Success means that touching entries are not reported.
%%
Definition of done: `overlaps` ignores touching entries.
%%
| option | default | meaning |
|---|---|---|
| step | 1 | minutes |
| limit | 20 | entries |
%%
| setting | before | after |
|---|---|---|
| step | 1 | 15 |
%%
| input | output |
|---|---|
| 60 | 1h |
| 90 | 1h30m |
%%
| file | change |
|---|---|
| tally/sheet.py | `<` for `<=` |
%%
> The total is wrong: it says 4.10 but should be 5.50

I see why.
%%
```python
assert format_duration(60) == "1h"
```
%%
```sh
python -m pytest tests/test_sheet.py
```
%%
```diff
-    if second.start <= first.end:
+    if second.start < first.end:
```
%%
Ich ändere `<=` in `<`.
%%
Je vais lancer les tests.
%%
Si los tests pasan, lo subo.
%%
テストを実行します。
%%
如果测试通过，我就提交。
%%
Die Tests liegen in `tests/`.
%%
Is the build expected to be green on main?
%%
What coverage do you want?
%%
Could the benchmark be flaky?
%%
Would 2x be enough?
%%
Do you want me to keep the old tests passing on 3.9?
%%
Tell me if you see failures on your side.
%%
The reviewer asked whether all tests pass.
%%
As the issue says, "the suite is green but the total is wrong".
%%
Green tests would not show this bug.
%%
A passing test is no proof.
%%
Passing tests are not enough here, so I add one that fails first.
%%
The test must fail on the old code.
%%
Flaky tests should be quarantined.
%%
I left the slow test as it is.
%%
I have read the code of `Sheet` and its tests.
%%
I looked at the tests; none covers touching entries.
%%
The tests build a sheet with three entries.
%%
Each test builds its own sheet.
%%
The fixture gives a sheet with two projects.
%%
A run of the report takes the sheet and prints it.
%%
The suite is split into unit and integration tests.
%%
Integration tests need a database.
%%
The example in the README uses hours.
%%
The example shows how to add an entry.
%%
The examples are in docs/.
%%
This example is good for a doctest.
%%
The job is to round once per entry.
%%
Jobs with equal priority are popped in order.
%%
A job that fails is pushed again.
%%
The scan goes from left to right.
%%
The audit log keeps every change.
%%
The gate lets one request through at a time.
%%
Snapshots are taken every hour.
%%
The snapshot is compared with the stored text.
%%
The matrix has rows and columns.
%%
The matrix in ci.yml lists three versions.
%%
Unit of `step`: minutes.
%%
The acceptance criteria are in the issue.
%%
Both branches return a list.
%%
Both are correct readings of the issue; which one do you want?
%%
The right result for (60, 90) is an empty list.
%%
The correct output is `1h`.
%%
The expected result is in the golden file.
%%
Expected: `3.05`, actual: `3.5`.
%%
It is right to sort first.
%%
It's good to have names here.
%%
That is fine with me.
%%
OK, I'll use a heap.
%%
Good point, thanks.
%%
Thanks, that is correct: halves go to the even neighbour.
%%
You are right, the test is wrong.
%%
Right now `overlaps` compares with `<=`.
%%
The comparison is unchanged.
%%
Names stay the same.
%%
The order stays stable because `sorted` is stable.
%%
`sorted` is stable.
%%
Stable sorting keeps equal entries in order.
%%
The connection is healthy when the ping returns.
%%
The health check returns 200.
%%
Returns 200 OK.
%%
`GET /healthz` gives 200 when the database answers.
%%
The server answers 204 without a body.
%%
A successful login sets the cookie.
%%
If the login succeeds, a cookie is set.
%%
On success the id is printed.
%%
Success is reported by exit code 0.
%%
A non-zero exit code means failure.
%%
Errors are collected, not raised.
%%
Without errors the list is empty.
%%
No errors means an empty list.
%%
If there are no errors, it returns None.
%%
`errors` is empty when all rows are valid.
%%
All rows are valid by construction.
%%
Nothing is written when the sheet is empty.
%%
Nothing is lost on restart because the queue is on disk.
%%
A clean checkout has no `dist/`.
%%
Keep it clean and simple.
%%
Cleaner names for both helpers.
%%
The cleaner runs at night.
%%
Faster alternatives exist, such as a trie.
%%
A faster way would be to cache it.
%%
Use `bisect` for speed.
%%
For 10,000 entries this does 50 million comparisons.
%%
The complexity goes from O(n²) to O(n log n).
%%
The page has 25 rows, at most 100.
%%
25 of 100 rows are shown per page.
%%
3 of 4 reviewers approved.
%%
2/2 in the list means the second of two parts.
%%
Part 2/2: tests.
%%
Step 1/3: read.
%%
Chapter 5/5
%%
Uses a 1/2 share for each.
%%
Rounds 2.5 to 3.
%%
5 % of the amount goes to the bank.
%%
The interest is 4 % a year.
%%
The confidence interval is 95 %.
%%
A margin of 10 % is kept.
%%
Opacity goes from 0 % to 100 %.
%%
Zoom: 100 %
%%
Width: 50%
%%
The battery is at 80 %.
%%
The file is 3 MB.
%%
Uploads of up to 10 MB are accepted.
%%
The index needs 4 bytes per entry.
%%
The poll runs every 5 s.
%%
Two seconds after the last key the search starts.
%%
Ships in 1.4.
%%
Python 3.12 is faster at this, but 3.11 is what you have.
%%
Shall I run it twice to be sure?
%%
Let's see if the suite is green.
%%
Let me check that the types are right.
%%
Now I run the suite.
%%
Now to the tests.
%%
Then the checks decide.
%%
I hand over; the program checks it.
%%
The program will run the suite on a fresh copy.
%%
Whatever I say here, only the records count.
%%
I make no claim about speed.
%%
I didn't measure it.
%%
Not tested on Windows.
%%
Untested on Windows.
%%
This is not covered by tests.
%%
The branch for an empty list isn't covered yet.
%%
Les tests sont dans `tests/`.
%%
Ich habe die Tests noch nicht ausgeführt.
%%
La función devuelve una lista.
%%
The bug: `overlaps` compares with `<=`, so touching entries count.
%%
I changed the comparison in `overlaps` to `<`.
%%
Entries that only touch are no longer reported.
%%
I added `test_touching_entries_do_not_overlap`.
%%
Adds two tests for whole hours and one for zero.
%%
The tests for `format_duration` now include whole hours.
%%
Refactors `round_to` to integer arithmetic.
%%
Integer arithmetic avoids rounding errors.
%%
No new dependencies are needed.
%%
The public interface does not change.
%%
Existing callers need no change.
%%
See `tests/test_sheet.py` for examples.
%%
I kept the change small.
%%
Two files are changed.
%%
One open question: should negative durations raise?
%%
I assumed that halves are rounded up.
%%
Please tell me if you prefer banker's rounding.
%%
The plan was to change `round_to` only.
%%
I will now wait for the checks.
%%
The evidence is in the table of the pull request.
%%
Before I start: which Python versions do you support?
%%
This will need a test for the empty list.
%%
I would add a benchmark if speed matters.
%%
If you want, I can measure it.
%%
It may be slower for very long lists.
%%
I haven't run anything yet.
%%
I cannot run the browser tests here.
%%
The test command is `python -m pytest`.
%%
CI is defined in .github/workflows/ci.yml.
%%
The coverage limit is 92 %.
%%
The lint rules are in pyproject.toml.
%%
mypy runs in strict mode.
%%
ruff checks E, F, B and I.
%%
The function returns the number of failed jobs.
%%
`passed` is True when the signature matches.
%%
A job passes through three states.
%%
Failed requests are retried three times.
%%
The client waits up to 30 seconds.
%%
At most 100 items are kept.
%%
Each worker handles 4 requests at once.
%%
Discounts above 50 % need approval.
%%
The report lists projects in order of name.
%%
The report ends with the total.
%%
The total is the sum of the rounded minutes.
%%
An entry must end after it starts.
%%
`parse_duration("1h")` returns 60.
%%
`format_duration(60)` returns "1h" instead of "1h0m".
%%
Rounds half up: 5 to 10 with a step of 10.
%%
Uses `(2 * minutes + step) // (2 * step) * step`.
%%
Renamed `tmp` to `ordered`.
%%
Removed the unused import.
%%
The docstring says what touching means.
%%
The README has an example now.
%%
Bumps the version to 0.4.1.
%%
Thanks for the review.
%%
You're right, I missed the empty case.
%%
I agree; a set is simpler here.
%%
Done as you asked: the helper is inlined.
%%
I moved the helper to tests/helpers.py.
%%
The conftest has a fixture for an empty sheet.
%%
I found the cause: `SIGNS` has no entry for `%`.
%%
The cause is a missing comma in the list.
%%
The regular expression matches too much.
%%
The pattern matches words of letters and digits.
%%
Both patterns match the empty text.
%%
The two values agree when both are rounded.
%%
A reader gets the lock; a writer holds it alone.
%%
Locks are held for as short as possible.
%%
The pool holds up to 8 connections.
%%
Valid rows are shown in green, others in red.
%%
The light turns red after three failures.
%%
The status is `ok`, `slow` or `down`.
%%
`status: ok` is sent every minute.
%%
A status of 0 means success.
%%
The state goes from `queued` to `running` to `done`.
%%
Done is the last state.
%%
A finished job is removed after one hour.
%%
Clean-up runs after every job.
%%
The final check compares the digests.
%%
A check digit is appended.
%%
The last check in the list wins.
%%
Each check has a name and a limit.
%%
The build number is part of the version.
%%
A build takes place on each tag.
%%
The types of both fields are text.
%%
Types and names are read from the schema.
%%
The lint rule B006 forbids mutable defaults.
%%
The benchmark parses the same text 20,000 times.
%%
The benchmark needs a warm cache.
%%
A benchmark for this lives in bench/.
%%
The test data are in tests/data.
%%
A test run creates a temporary folder.
%%
The test server listens on a free port.
%%
The tests start a server first.
%%
The tests of the cart use unittest.
%%
These tests replace the old ones in test_old.py.
%%
The suite has a fixture for that.
%%
The example from the issue is the first test.
%%
The result of the vote is shown to everybody.
%%
The results page has 20 entries.
%%
The run was started by a webhook.
%%
Every run gets an id.
%%
Runs are kept for a week.
%%
Running totals are stored per month.
%%
The job runs for at most 5 minutes.
%%
This runs in constant time.
%%
It takes a path and gives back its lines.
%%
It takes up to three arguments.
%%
Uses half of the memory of the machine as cache.
%%
Half of the rows are read at once.
%%
Doubles the delay after each failure.
%%
The delay doubles with each attempt.
%%
The value drops to 0 when the cart is emptied.
%%
The price goes up by 5 % for express delivery.
%%
The score rises by 10 for each hit.
%%
Speed is given in km/h.
%%
A faster car gets a higher number.
%%
Better names are welcome.
%%
I would rather keep it as it is. Is that fine with you?
%%
Here is what I found.
%%
The function `label` divides twice.
%%
I'd suggest to keep the old name for one release.
%%
The change is small: one operator.
%%
`cheapest` fails for an empty list with IndexError.
%%
An IndexError is raised for an empty list.
%%
It should return None instead.
%%
The loop ends when the queue is empty.
%%
The queue is full when it holds `limit` jobs.
%%
A full queue refuses new jobs.
%%
New jobs wait until there is room.
%%
The retry stops after the third attempt.
%%
After the third attempt the error is raised again.
%%
The second attempt waits twice as long as the first.
%%
Waits double each time: 1 s, 2 s, 4 s.
%%
The cache is two levels deep.
%%
The second level is slower but larger.
%%
Reads are faster than writes on this disk.
%%
Reading is cheap, writing is not.
%%
Smaller batches use less memory.
%%
Memory is freed when the sheet is closed.
%%
The total is correct only when the step is 1.
%%
The correct way is to round each entry.
%%
That would be the right place for the check.
%%
The check for the step is missing.
%%
A missing step means 1.
%%
Everything after `#` is a comment.
%%
Everything else stays.
%%
All entries are kept in memory.
%%
All of them are small.
%%
Both use the same helper.
%%
None of the callers passes a step.
%%
No caller passes a step.
%%
No test looks at the order.
%%
No tests exist for CSV.
%%
The tests do not look at the order.
%%
The only test is for two entries.
%%
Tests for this would go to tests/test_report.py.
%%
My test writes to a temporary folder.
%%
The failing test is test_label_pads.
%%
It is expected that one test fails on the base.
%%
Which tests fail for you?
%%
How long does the suite take?
%%
The suite takes long because of the database.
%%
How is coverage measured here?
%%
Coverage is measured with branch mode on.
%%
Is a drop in coverage acceptable?
%%
The linter forbids bare excepts.
%%
ruff format changes quotes.
%%
mypy needs a type for this variable.
%%
Types for `Entry` come from the dataclass.
%%
CI uses the same command.
%%
CI needs a token for that.
%%
The workflow uploads the report.
%%
To reproduce: run the command twice.
%%
Steps to reproduce: add two entries that touch.
%%
I can reproduce it with two entries.
%%
I reproduced the bug from the description by reading the code.
%%
The plan has two steps and three claims.
%%
Please approve the plan or tell me what to change.
%%
## Summary

Rounds halves up.

## How to test

Run `make test`.
%%
**How was this tested?** See the checks below.
%%
- [ ] docs
- [ ] changelog
%%
Changes:
* `round_to` rounds half up
* two tests for it
%%
Update: I looked into it; the cause is `round`.
%%
Finished reading; now I write the plan.
%%
Done with the first step.
%%
Students who pass the exam get a certificate.
%%
A certificate is valid for one year.
%%
Validation happens in the form.
%%
Valid input is stored, invalid input is shown in red.
%%
The verification code is sent by mail.
%%
Users verify their address with a code.
%%
A verified address can't be changed.
%%
The test button sends a message.
%%
The test environment has its own database.
%%
A/B tests run for two weeks.
%%
The spec says that names are unique.
%%
By the spec the order is free.
%%
A suite of rooms costs twice as much.
%%
Rooms are checked every day.
%%
Checked boxes are stored as 1.
%%
The box is checked by default.
%%
The ticket is closed when it is resolved.
%%
A resolved ticket can be opened again.
%%
The promise is resolved with the text.
%%
The import is resolved at run time.
%%
The conflict is resolved in favour of the newer entry.
%%
Fixed-width columns are padded.
%%
Fixed costs are listed first.
%%
Errors: 404 for unknown names, 400 for bad ones.
%%
No error is shown when the field is empty.
%%
An error message is shown in red.
%%
Failures of the mail server are ignored.
%%
The mail server accepts 10 messages a second.
%%
The rate limit is 10 requests per second.
%%
At 10 requests per second the limit is reached.
%%
Response times are logged in ms.
%%
The response takes the form of a list.
%%
Latency is what users feel.
%%
Performance matters here since the list may be long.
%%
Improves the wording of the error.
%%
Improved names; no change in behaviour is intended.
%%
A better error message for bad durations.
%%
The better of the two wins.
%%
Reduces duplication in the tests.
%%
Cuts long names to 20 characters.
%%
Saves the sheet every minute.
%%
Saved sheets have the suffix .tly.
%%
Times are given in minutes.
%%
10 times out of 100 the cache is empty.
%%
Two times three is six.
%%
Three tests share a fixture.
%%
Two tests were renamed.
%%
One test was moved to test_report.py.
%%
12 tests use this fixture.
%%
I renamed 3 tests and moved 2.
%%
If 62 tests pass and one fails, the suite is red.
%%
I'll start with a failing test.
%%
The first thing I noticed is that `overlaps` sorts by start only.
%%
This is where the rounding goes wrong.
%%
The rounding error adds up.
%%
With a step of 15 the error can be 7 minutes per entry.
%%
In the worst case the loop runs n² times.
%%
A list of 10,000 entries means 50 million steps.
%%
Let me explain why: `round` rounds to even.
%%
You can see this with `round(2.5)`.
%%
`round(2.5)` gives 2.
%%
To see the difference, compare 2.5 and 3.5.
%%
So the result depends on the neighbour.
%%
The result depends on the order of entries.
%%
I would like to use integers only.
%%
Should I also change `totals`?
%%
I need your answer before I go on.
%%
I don't know which runner you use.
%%
I could not find a test command.
%%
No test command was detected.
%%
The detected test command is `npm test`.
%%
`npm test` runs `node --test`.
%%
`make test` calls pytest.
%%
The Makefile has a target for the tests.
%%
The tests use the standard library only.
%%
The tests run in a sandbox without network.
%%
The sandbox has no network.
%%
The tests will run in a fresh sandbox.
%%
Evidence follows when the checks have run.
%%
The check run will show the result.
%%
The check is done by the program.
%%
The draft is open: #15.
%%
I pushed the branch.
%%
I renamed the branch.
%%
The commit touches three files.
%%
Each commit has one purpose.
%%
The diff is small.
%%
I rebased onto main.
%%
There was one conflict in `report.py`, which I resolved by keeping both lines.
%%
The new code is in `tally/duration.py`.
%%
New: `Sheet.gaps`.
%%
Old: `round(a / b) * b`; new: integer arithmetic.
%%
Before: `1h0m`. After: `1h`.
%%
Before this change, `1h0m` was written.
%%
After this change, `1h` is written.
%%
Now whole hours are written without minutes.
%%
The output for 60 is `1h`.
%%
Output: a table.
%%
The expected output for 180 is `3h`.
%%
The test expects `3h` for 180.
%%
It asserts equality.
%%
It asserts that nothing is printed.
%%
The assertion compares two lists.
%%
The comparison ignores the order.
%%
The order is checked by another test.
%%
This case is covered by `test_no_overlaps`.
%%
`test_no_overlaps` covers the case without entries that share time.
%%
The case of three entries isn't tested yet.
%%
I suggest to test it, too.
%%
A benchmark isn't part of the plan.
%%
The plan asks for two claims.
%%
I have a question about the rounding rule.
%%
There are two ways to read the issue.
%%
The first reading: each entry is rounded.
%%
The second reading: only the total is rounded.
%%
The code rounds each entry today.
%%
I prefer the second one because it adds up.
%%
Here is the plan.
%%
I propose to change `round_to` and to add a test.
%%
The claim to prove is that halves go up.
%%
It will be proven by a test in tests/test_duration.py.
%%
The benchmark claim needs a base to compare with.
%%
A claim about coverage would need pytest-cov.
%%
pytest-cov isn't installed.
%%
I looked for a lint configuration and found none.
%%
There's no lint configuration.
%%
There's a Makefile with a `lint` target.
%%
`lint` is a target of the Makefile.
%%
The `types` check is named in .maestro.yml.
%%
The build step copies files.
%%
A copy of the sheet is made first.
%%
It is made of three parts.
%%
A parser, a writer and a report.
%%
The parser gives up at the first wrong part.
%%
Wrong parts are named in the message.
%%
The message says which part is wrong.
%%
Messages are translated.
%%
German and French texts are in locale/.
%%
Alle Texte liegen in `locale/`.
%%
Les textes sont dans `locale/`.
%%
The date is written as 2024-05-01.
%%
On 2024-05-01 the format changed.
%%
Version 0.4 changed the format.
%%
From version 0.4 on the step is optional.
%%
Since 0.4 it is 1.
%%
Numbers from 1 to 100 are allowed.
%%
From 9 to 17 o'clock the office is open.
%%
The window is open from 10 s to 20 s after the start.
%%
Entries longer than 10 h are suspicious.
%%
Suspicious entries are marked with a star.
%%
At most 3 stars are shown.
%%
The average of 3 and 5 is 4.
%%
The median is less sensitive to outliers.
%%
The mean of an empty list is not defined.
%%
Time is money.
%%
Timings are kept per entry.
%%
Time zones are not handled.
%%
The speed of light is not an issue.
%%
Faster than light is not possible.
%%
Half past nine is 9:30.
%%
Twice a day the report is sent.
%%
Once a day is enough.
%%
It happens twice: in `add` and in `merge`.
%%
Both places need the same change.
%%
I made the same change in both places.
%%
The same change is needed in the docs.
%%
The docs are built by CI.
%%
CI isn't my concern here.
%%
Let me know what you think.
%%
What do you think?
%%
I'm waiting for your approval.
"""
)
"""No results."""

"""Test runners: what their recorded outputs come to, what forged and broken ones come to, and what they run."""

import json
from pathlib import Path

import pytest

from bot.checks.results import LARGEST
from bot.checks.runners import RUNNERS, Runner, by_name, recognise
from bot.ports import agent

GOLDEN = Path(__file__).parents[1] / "golden" / "runners"


def runner_of(name: str, junit: str = "") -> Runner:
    runner = by_name(name, junit)
    assert runner is not None
    return runner


# --- recorded runs ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("case", sorted(GOLDEN.glob("*.json")), ids=lambda path: path.stem)
def test_a_recorded_run_is_read_as_it_was(case: Path) -> None:
    said = json.loads(case.read_text(encoding="utf-8"))
    files = {name: text.encode() for name, text in said["files"].items()}
    read = runner_of(said["runner"]).parse(said["exit_code"], said["output"], files)
    assert read == agent.Tests(**said["tests"])


def test_every_runner_has_a_recorded_run() -> None:
    told = {json.loads(case.read_text(encoding="utf-8"))["runner"] for case in GOLDEN.glob("*.json")}
    assert told | {"junit"} == {runner.name for runner in RUNNERS}


@pytest.mark.parametrize("runner", RUNNERS, ids=lambda runner: runner.name)
@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe\0", b"{", b"[" * 100_000, b"<a>" * 10_000, b'{"id": 3}\n', b"\n" * 9, b"null", b"<a/>"]
)
def test_no_result_file_makes_a_runner_raise(runner: Runner, data: bytes) -> None:
    names = {"pytest": "pytest-1.jsonl", "unittest": "unittest-1.jsonl", "node": "node-1.jsonl", "jest": "jest-1.json"}
    names |= {
        "tap": "tap-1-2-tape.txt",
        "vitest": "vitest-1.json",
        "mocha": "mocha-1.jsonl",
        "go": "go.jsonl",
        "cargo": "cargo.txt",
    }
    for code in (0, 1, None):
        tests = runner.parse(code, "x" * 50, {names.get(runner.name, "reports/a.xml"): data})
        assert (tests.outcomes, bool(tests.broken)) == ({}, True)
        assert runner.parse(code, "", {}).broken


# --- agreement -------------------------------------------------------------------------------------------------------
def journal(*outcomes: str, end: int | None = 0, **more: object) -> bytes:
    lines: list[dict[str, object]] = [{"runner": "pytest"}]
    lines += [{"id": f"t.py::t{n}", "outcome": outcome, **more} for n, outcome in enumerate(outcomes)]
    lines += [{"end": end}] if end is not None else []
    return "\n".join(map(json.dumps, lines)).encode()


@pytest.mark.parametrize(
    ("exit_code", "output", "data", "disagreement", "broken"),
    [
        (0, "2 passed in 0.01s", journal("passed", "passed"), "", ""),
        (1, "== 1 failed, 1 passed in 0.01s ==", journal("passed", "failed", end=1), "", ""),
        (0, "", journal("failed", end=1), "the command ended with 0 although 1 test failed", ""),
        (2, "1 passed in 0.01s", journal("passed"), "the command ended with 2 although no test failed", ""),
        (
            0,
            "\x1b[32m1 passed\x1b[0m in 0.01s",
            journal("passed", "passed"),
            "the runner's summary says 1 passed; the result file says 2 passed",
            "",
        ),
        (
            0,
            "1 passed in 1s",
            journal("passed", raised=True),
            "reported as passed although its code raised: t.py::t0",
            "",
        ),
        (0, "", journal("passed", end=None), "", "pytest ended before the run was complete"),
        (5, "no tests ran in 0.01s", journal(end=5), "", "no test ran"),
        (3, "", journal("passed", end=3), "", "pytest had an internal error"),
        (None, "", journal("passed", end=None), "", "the run was ended by its time limit"),
        (
            0,
            "",
            journal("passed") + b'\n{"id',
            "",
            "line 4 of the result file pytest-1.jsonl is not what the runner writes",
        ),
        (0, "", b"x" * (LARGEST + 1), "", "the result file pytest-1.jsonl is larger than 64 MiB and was not read"),
    ],
)
def test_exit_code_summary_and_result_file_must_agree(
    exit_code: int | None, output: str, data: bytes, disagreement: str, broken: str
) -> None:
    read = runner_of("pytest").parse(exit_code, output, {"pytest-1.jsonl": data})
    assert (read.disagreement, read.broken.split("; ")[0]) == (disagreement, broken)


def test_each_of_several_pytest_runs_must_stand_in_the_output() -> None:
    files = {"pytest-1.jsonl": journal("passed"), "pytest-2.jsonl": journal("passed", "passed")}
    assert runner_of("pytest").parse(0, "1 passed in 1s\n2 passed in 1s", files).disagreement == ""
    assert runner_of("pytest").parse(0, "1 passed in 1s\n1 passed in 1s", files).disagreement != ""


def test_unittest_s_own_counts_must_stand_in_the_output() -> None:
    lines = [{"runner": "unittest"}, {"id": "a.T.b", "outcome": "passed"}, {"run": 1}, {"end": 0}]
    data = {"unittest-1.jsonl": "\n".join(map(json.dumps, lines)).encode()}
    parse = runner_of("unittest").parse
    assert parse(0, "Ran 1 test in 0.001s\n\nOK\n", data).disagreement == ""
    assert parse(0, "", data).disagreement == "unittest printed no summary"
    assert parse(0, "Ran 2 tests in 0.001s\n\nOK\n", data).disagreement == (
        "the runner's summary says 2 run; the result file says 1 run"
    )


JUNIT = '<testsuites><testsuite tests="{n}">{cases}</testsuite></testsuites>'


def junit(*cases: str) -> dict[str, bytes]:
    return {"reports/j.xml": JUNIT.format(n=len(cases), cases="".join(cases)).encode()}


def test_junit_xml_is_read_case_by_case() -> None:
    files = junit(
        '<testcase classname="a.B" name="ok"/>',
        '<testcase classname="a.B" name="ok"><failure message="m">text</failure></testcase>',
        '<testcase name="alone"><error>boom</error><system-out>noise</system-out></testcase>',
        '<testcase file="t.rb" name="later"><skipped message="no"/></testcase>',
        '<testcase classname="g" name="x" status="notrun"/>',
    )
    assert runner_of("junit").parse(1, "", files) == agent.Tests(
        {
            "a.B.ok": "passed",
            "a.B.ok (2)": "failed",
            "alone": "error",
            "t.rb.later": "skipped",
            "g.x": "skipped",
        },
        {"a.B.ok (2)": "m\ntext", "alone": "boom", "t.rb.later": "no"},
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "declares entities or a document type"),
        (b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "declares entities or a document type"),
        (b'<testsuite><testcase classname="a" name="b"/><testcase', "is not complete XML"),
        (b"<a>" * 300 + b"</a>" * 300, "elements nested deeper than 200"),
        (b'<?xml version="1.0" encoding="no-such"?><a/>', "is not complete XML"),
    ],
)
def test_hostile_and_cut_xml_is_named_and_never_followed(data: bytes, said: str) -> None:
    assert said in runner_of("junit").parse(0, "", {"reports/j.xml": data}).broken


def test_what_stood_before_a_cut_is_kept() -> None:
    data = b'<testsuite><testcase classname="a" name="b"/><testcase'
    assert runner_of("junit").parse(0, "", {"reports/j.xml": data}).outcomes == {"a.b": "passed"}


def test_more_tests_than_anybody_has_are_not_read_to_the_end() -> None:
    lines = b'{"id":"t","outcome":"passed"}\n' * 200_002
    assert "more than 200,000" in runner_of("pytest").parse(0, "", {"pytest-1.jsonl": lines}).broken


def test_cargo_s_own_words_about_a_crash_and_a_compile_error() -> None:
    parse = runner_of("cargo").parse
    run = "     Running unittests src/lib.rs (target/debug/deps/calc-0123456789abcdef)\n\ntest a ... ok\n"
    assert parse(101, "", {"cargo.txt": run.encode()}) == agent.Tests(
        {"calc::a": "passed", "calc": "error"}, {"calc": "this test program ended before its tests did"}
    )
    output = (
        "   Compiling calc v0.1.0\nerror[E0425]: cannot find value `x`\n --> src/lib.rs:1\n\nerror: could not compile\n"
    )
    told = parse(101, output, {"cargo.txt": output.encode()})
    assert told.broken == "cargo test left no results (exit code 101): error[E0425]: cannot find value `x`"


@pytest.mark.parametrize(
    ("runner", "line"), [("jest", "Tests:       {} passed, {} total"), ("vitest", " Tests  {} passed ({})")]
)
def test_runs_one_after_the_other_in_one_command_are_added_up(runner: str, line: str) -> None:
    test = {"title": "x", "status": "passed"}
    one = {"numPassedTests": 1, "testResults": [{"name": "/w/a.js", "assertionResults": [test]}]}
    files = {f"{runner}-{n}.json": json.dumps(one).encode() for n in (1, 2)} | {"top": b"/w"}
    printed = line.format(1, 1)
    outcomes = {"a.js > x": "passed", "a.js > x (2)": "passed"}
    assert runner_of(runner).parse(0, f"{printed}\n{printed}\n", files) == agent.Tests(outcomes, {})
    forged = runner_of(runner).parse(0, f"{printed}\n{line.format(2, 2)}\n", files)
    assert forged.disagreement == "the runner's summary says 3 passed; the result file says 2 passed"


def test_a_file_that_could_not_be_loaded_is_an_error_even_where_vitest_calls_it_passed() -> None:
    broken = {"name": "/w/b.js", "status": "passed", "message": "Cannot find package 'x'", "assertionResults": []}
    test = {"title": "x", "status": "passed"}
    one = {"numPassedTests": 1, "testResults": [{"name": "/w/a.js", "assertionResults": [test]}, broken]}
    files = {"vitest-1.json": json.dumps(one).encode(), "top": b"/w"}
    told = runner_of("vitest").parse(1, " Test Files  1 failed | 1 passed (2)\n      Tests  1 passed (1)\n", files)
    assert told == agent.Tests({"a.js > x": "passed", "b.js": "error"}, {"b.js": "Cannot find package 'x'"})


@pytest.mark.parametrize(("said", "agrees"), [(1, True), (2, True), (3, False), (0, False)])
def test_a_vitest_that_counts_skipped_tests_as_passed_does_not_contradict_itself(said: int, agrees: bool) -> None:
    tests = [{"title": "x", "status": "passed"}, {"title": "y", "status": "skipped"}]
    one = {"numPassedTests": said, "testResults": [{"name": "/w/a.js", "assertionResults": tests}]}
    files = {"vitest-1.json": json.dumps(one).encode(), "top": b"/w"}
    told = runner_of("vitest").parse(0, " Tests  1 passed | 1 skipped (2)\n", files)
    assert told.outcomes == {"a.js > x": "passed", "a.js > y": "skipped"}
    assert (told.disagreement == "") == agrees


TAPE = b"""TAP version 13
# adds
ok 1 is equal
# takes away
not ok 2 is equal

1..2
# tests 2
# pass  1
# fail  1
"""


@pytest.mark.parametrize(
    ("data", "disagreement", "broken"),
    [
        (TAPE, "", ""),
        (TAPE.replace(b"not ok 2", b"ok 2"), "the command ended with 1 although no test failed", ""),
        (TAPE.replace(b"# takes", b"ok 2 by hand\n# takes"), "2 points planned; the results hold 3", ""),
        (TAPE.replace(b"not ok 2 is equal\n", b""), "", "the test run ended before it was complete"),
        (TAPE.replace(b"1..2", b"1..1"), "", ""),
        (TAPE.replace(b"1..2", b""), "", "the test run ended before it was complete"),
        (TAPE.replace(b"1..2", b"Bail out! no room"), "", "the test run gave up: no room"),
        (
            TAPE.replace(b"not ok 2 is equal", b"not ok 2 # TODO"),
            "the command ended with 1 although no test failed",
            "",
        ),
    ],
)
def test_points_plan_and_summary_of_tap_must_agree(data: bytes, disagreement: str, broken: str) -> None:
    read = runner_of("tap").parse(1, "", {"tap-1-2-tape.txt": data})
    assert (read.disagreement.split("; the runner")[0], read.broken) == (disagreement, broken)


def test_a_test_that_prints_cargo_s_lines_shows_as_a_disagreement() -> None:
    run = (
        "     Running tests/api.rs (target/debug/deps/api-0123456789abcdef)\n"
        "test forged ... ok\ntest real ... ok\n\n"
        "test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n"
    )
    told = runner_of("cargo").parse(0, "", {"cargo.txt": run.encode()})
    assert told.disagreement == "the runner's summary says 1 passed; the result file says 2 passed"


# --- commands --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("pytest", "pytest"),
        ("poetry run python -m pytest -q", "pytest"),
        ("python -m unittest discover", "unittest"),
        ("node --test", "node"),
        ("npx vitest run", "vitest"),
        ("jest --ci", "jest"),
        ("NODE_ENV=test nyc mocha", "mocha"),
        ("tape 'test/*.js' | tap-spec", "tap"),
        ("npx ava", "tap"),
        ("qunit", "tap"),
        ("borp", "node"),
        ("go test ./...", "go"),
        ("cargo t", "cargo"),
        ("mvn -B verify", "maven"),
        ("./gradlew check", "gradle"),
        ("make test", None),
        ("", None),
    ],
)
def test_a_runner_is_recognised_by_the_words_of_a_command(command: str, name: str | None) -> None:
    found = recognise(command)
    assert (found.name if found else None) == name


def script(runner: str, command: str, *only: str, paths: tuple[str, ...] = (), path: str = "") -> str:
    argv = runner_of(runner, path).instrument(command, paths, only)
    assert argv[:2] == ("/bin/sh", "-c")
    return argv[2]


@pytest.mark.parametrize(
    ("runner", "command", "only", "line"),
    [
        ("unittest", "cd a && python -m unittest -v", (), "cd a && python -m maestro_unittest -v"),
        ("unittest", "PYTHONPATH=a python -m unittest", (), "PYTHONPATH={support}:a python -m maestro_unittest"),
        ("pytest", "cd a && env PYTHONPATH='b c' pytest", (), "cd a && env PYTHONPATH={support}:'b c' pytest"),
        ("pytest", "export PYTHONPATH=$PWD; pytest", (), "export PYTHONPATH={support}:$PWD; pytest"),
        ("pytest", "sh -c 'PYTHONPATH=. pytest'", (), "sh -c 'PYTHONPATH={support}:. pytest'"),
        ("pytest", """PYTHONPATH="" pytest""", (), "PYTHONPATH={support} pytest"),
        ("pytest", "PYTHONPATH=; pytest", (), "PYTHONPATH={support}; pytest"),
        ("pytest", "PYTHONPATH=.:$PYTHONPATH pytest", (), "PYTHONPATH=.:$PYTHONPATH pytest"),
        ("pytest", "A_PYTHONPATH=. pytest", (), "A_PYTHONPATH=. pytest"),
        ("cargo", "cargo test -q --workspace", (), "cargo test --no-fail-fast --workspace"),
        ("cargo", "cargo test", ("calc::t::a", "api::b (2)"), "cargo test --no-fail-fast -- --exact b t::a"),
        ("cargo", "cargo t -- --nocapture", ("c::t::a",), "cargo t --no-fail-fast -- --nocapture t::a --exact"),
        ("cargo", "cargo test", ("calc (doc)::src/lib.rs - a",), "cargo test --no-fail-fast"),
        ("maven", "./mvnw -q test", (), "./mvnw --batch-mode --fail-at-end --offline -q test"),
        (
            "maven",
            "mvn test",
            ("a.B#c(int)[1]", "a.B$I#[1] x"),
            "mvn --batch-mode --fail-at-end --offline '-Dtest=a.B#c,a.B$I' -DfailIfNoTests=false "
            "-Dsurefire.failIfNoSpecifiedTests=false test",
        ),
        ("gradle", "gradle check", ("a.B#c()",), "gradle --continue --offline --no-build-cache --console=plain check"),
        (
            "gradle",
            "./gradlew :x:test",
            ("a.B#c()",),
            "./gradlew --continue --offline --no-build-cache --console=plain :x:test --tests a.B.c",
        ),
        ("go", "go test ./...", ("m/p.TestA/x", "m.TestB"), "go test ./..."),
    ],
)
def test_the_repository_s_command_stays_itself(runner: str, command: str, only: tuple[str, ...], line: str) -> None:
    assert line in script(runner, command, *only).splitlines()


def test_go_s_selection_travels_with_its_flags() -> None:
    assert '-json -count=1 -run=^(TestA|TestB)\\$"' in script("go", "go test ./...", "m/p.TestA/x", "m.TestB")
    assert "-run" not in script("go", "go test ./...", "m/p.TestA", "m/broken")
    assert "-run" not in script("go", "go test ./...", "m/p.TestA", paths=("p/a_test.go",))


def test_java_files_select_their_classes_and_other_files_everything() -> None:
    assert "-Dtest=x.CalcTest " in script("maven", "mvn test", paths=("a/src/test/java/x/CalcTest.java",))
    assert "-Dtest" not in script("maven", "mvn test", paths=("src/test/resources/x.json",))
    assert "--tests" not in script("gradle", "gradle test", paths=("README.md",))


@pytest.mark.parametrize(
    ("runner", "test", "file"),
    [
        ("pytest", "tests/test_a.py::T::test_b[x::y]", "tests/test_a.py"),
        ("pytest", "gone.py::test_b", ""),
        ("unittest", "tests.test_a.T.test_b", "tests/test_a.py"),
        ("unittest", "test_a.T.test_b (i=1)", "tests/test_a.py"),
        ("unittest", "nowhere.T.test_b", ""),
        ("node", "test/a.test.js > group > t", "test/a.test.js"),
        ("cargo", "api::t", "tests/api.rs"),
        ("cargo", "calc::tests::t", ""),
        ("go", "m/p.TestA", ""),
        ("maven", "x.CalcTest$Inner#deep", "src/test/java/x/CalcTest.java"),
        ("gradle", "y.Gone#deep()", ""),
        ("junit", "tests.test_a.T.b", "tests/test_a.py"),
        ("junit", "z.b", ""),
    ],
)
def test_an_id_tells_its_file_where_it_can(runner: str, test: str, file: str) -> None:
    paths = ("tests/test_a.py", "test/a.test.js", "tests/api.rs", "src/test/java/x/CalcTest.java", "tests/x.py")
    assert runner_of(runner).file_of(test, paths) == file


def test_runs_without_end_are_read_up_to_a_limit() -> None:
    case = b'<testcase classname="a" name="b"/>'
    told = runner_of("junit").parse(0, "", {"reports/j.xml": b"<s>" + case * 200_001 + b"</s>"})
    assert "more than 200,000 tests" in told.broken
    lines = b"".join(b'{"Action":"run","Package":"m","Test":"Test%d"}\n' % n for n in range(200_001))
    assert "more than 200,000 tests" in runner_of("go").parse(0, "", {"go.jsonl": lines}).broken
    assert "64 MiB" in runner_of("jest").parse(0, "", {"jest-1.json": b" " * (LARGEST + 1)}).broken


def test_failures_that_unittest_counts_must_be_among_its_reports() -> None:
    lines = [{"id": "a.T.b", "outcome": "passed"}, {"run": 1, "failures": 1}, {"end": 1}]
    data = {"unittest-1.jsonl": "\n".join(map(json.dumps, lines)).encode()}
    told = runner_of("unittest").parse(1, "Ran 1 test in 0.001s\n\nFAILED (failures=1)\n", data)
    assert "unittest counts failures that its reports do not hold" in told.disagreement


@pytest.mark.parametrize(
    ("command", "joined"),
    [
        ("NODE_OPTIONS=--x npx jest", 'NODE_OPTIONS="$NODE_OPTIONS --x" npx jest'),
        (
            "a && npx cross-env NODE_OPTIONS='--x --y' jest",
            'a && npx cross-env NODE_OPTIONS="$NODE_OPTIONS --x --y" jest',
        ),
        ('echo "NODE_OPTIONS=a b" MY_NODE_OPTIONS=c d', 'echo "NODE_OPTIONS=a b" MY_NODE_OPTIONS=c d'),
    ],
)
def test_options_that_a_command_sets_for_node_are_joined_to_ours(command: str, joined: str) -> None:
    assert script("jest", command, "src/a.test.js > t").splitlines()[-2] == joined


@pytest.mark.parametrize("runner", ["jest", "vitest", "mocha"])
def test_javascript_runners_are_reached_through_node_s_options(runner: str) -> None:
    lines = script(runner, "npm test", "src/a.test.js > t").splitlines()
    assert f'export MAESTRO_RUNNER="{runner}"' in lines
    assert 'export NODE_OPTIONS="$MAESTRO_NODE_OPTIONS${NODE_OPTIONS:+ $NODE_OPTIONS}"' in lines
    assert lines[-3:] == ["(", "npm test", ")"]
    assert runner_of(runner).file_of("src/a.test.js > t", ["src/a.test.js"]) == "src/a.test.js"

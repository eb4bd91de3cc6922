"""Changes made to break the reader: each ends soon, and in an answer."""

import pytest

from bot.checks.integrity import static_findings
from bot.domain.rules import Detected, Rules
from bot.domain.work import Finding
from bot.ports import FileChange, Question

SOUND = {
    "tests/test_a.py": "def test_a():\n    assert f(1) == 2\n",
    "test/a.test.js": "it('a', () => { expect(f(1)).toBe(2); });\n",
    "test/b.test.ts": "it('a', () => { expect(f(1) as number).toBe(2); });\n",
    "a_test.go": "package a\n\nfunc TestA(t *testing.T) {\n\tif f(1) != 2 {\n\t\tt.Error()\n\t}\n}\n",
    "src/a.rs": "#[test]\nfn a() { assert_eq!(f(1), 2); }\n",
    "src/test/java/ATest.java": "class ATest { @Test void a() { assertEquals(2, f(1)); } }\n",
    "spec/a_spec.rb": "describe 'a' do\n  it('b') { expect(f(1)).to eq(2) }\nend\n",
}
STRANGE = {
    "nothing": "",
    "zeros": "\0" * 100,
    "open brackets": "(" * 20_000,
    "nested calls": "f(" * 8_000 + ")" * 8_000,
    "a long sum": "x = " + "+".join(["1"] * 20_000),
    "no syntax": "def def {{{ ) ( \n" * 200,
    "the same line": "x = 1\n" * 2_000,
    "deep blocks": "".join(f"{'  ' * n}if (a) {{\n" for n in range(200)),
    "deep Python": "".join(f"{' ' * n}if a:\n" for n in range(150)) + " " * 150 + "pass\n",
    "a surrogate": "x = '\\ud800'  # \ufffd\n",
    "an endless string": "x = '" + "a" * 200_000,
    "nothing but comments": "# a\n// b\n" * 2_000,
}
LARGE = "x = 1\n" * 170_000
"""A megabyte, as much as is read of a file."""


def findings(*changes: FileChange) -> tuple[Finding, ...]:
    paths = frozenset(change.path for change in changes)
    return static_findings(Question(None, None, Rules(), Detected(), changes, paths, paths, {}, {}))


@pytest.mark.parametrize("path", SOUND)
@pytest.mark.parametrize("strange", STRANGE)
def test_whatever_a_test_file_becomes_there_is_a_finding(path: str, strange: str) -> None:
    found = findings(FileChange(path, SOUND[path], STRANGE[strange]))
    assert {"test-removed", "hidden-code"} & {finding.kind for finding in found}


@pytest.mark.parametrize("path", SOUND)
@pytest.mark.parametrize("strange", STRANGE)
def test_what_could_not_be_read_before_is_not_held_against_the_change(path: str, strange: str) -> None:
    assert findings(FileChange(path, STRANGE[strange], SOUND[path])) == ()


def test_a_test_file_too_large_to_be_read_is_told() -> None:
    found = findings(FileChange("tests/test_a.py", SOUND["tests/test_a.py"], LARGE))
    assert {finding.kind for finding in found} == {"test-removed", "hidden-code"}


def test_a_source_too_large_to_be_read_is_told_when_it_is_new() -> None:
    assert [f.kind for f in findings(FileChange("a.py", None, LARGE))] == ["hidden-code"]
    assert findings(FileChange("a.py", LARGE, LARGE + "y = 2\n")) == ()


def test_ten_thousand_findings_are_cut() -> None:
    tests = "".join(f"def test_{n}():\n    assert f({n}) == {n}\n" for n in range(2_000))
    assert len(findings(FileChange("tests/test_a.py", tests, "x = 1\n"))) == 300


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pyproject.toml", "a = [" * 5_000),
        ("package.json", '{"a":' * 50_000),
        ("package.json", "[1, 2]"),
        (".eslintrc.yml", "a: &a [*a]\nb: *a\n"),
        ("tox.ini", "[a\n]\n= 3"),
        ("vitest.config.js", "export default {{{{"),
        ("pom.xml", "<!DOCTYPE a>" * 1_000),
        ("setup.cfg", "\0"),
        (".mocharc.json", "null"),
    ],
)
def test_settings_that_cannot_be_read_end_in_an_answer(path: str, text: str) -> None:
    assert isinstance(findings(FileChange(path, "", text), FileChange(f"a/{path}", text, "")), tuple)

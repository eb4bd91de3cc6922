"""Globs, manifests, and whether a change stayed inside its plan."""

import pytest

from bot.checks.dependencies import dependencies, line_of
from bot.checks.globs import matches
from bot.checks.scope import CHECK
from bot.domain.rules import Rules
from bot.domain.work import Finding, Plan, Verdict
from bot.ports import Judgement
from tests.domain.checking import PLAN, play, question


@pytest.mark.parametrize(
    ("path", "pattern", "covered"),
    [
        ("src/a.py", "src/**", True),
        ("src", "src/**", False),
        ("src/x/y/a.py", "src/**/a.py", True),
        ("src/a.py", "src/**/a.py", True),
        ("a.py", "**/a.py", True),
        ("qa.py", "**/a.py", False),
        ("x/y.py", "*.py", True),
        ("x/y.pyc", "*.py", False),
        ("docs/a/b.md", "docs/", True),
        ("docs/a", "docs", True),
        ("docsx/a", "docs", False),
        ("src/a/b.py", "src/*.py", False),
        ("a/b", "?/b", True),
        ("a1.py", "a[0-9].py", True),
        ("ab.py", "a[!0-9].py", True),
        ("x/Makefile", "/Makefile", False),
        ("Makefile", "/Makefile", True),
        ("tests/a.py", "**", True),
        ("tests/a.py", "./tests/a.py", True),
        ("a.py", "", False),
        (".github/w/x.yml", ".github/**", True),
        ("a/b/c", "a/**/c", True),
        ("a/b+c.py", "a/b+c.py", True),
    ],
)
def test_a_glob_covers_what_gitignore_would(path: str, pattern: str, covered: bool) -> None:
    assert matches(path, (pattern,)) is covered


@pytest.mark.timeout(2)
def test_no_pattern_takes_long() -> None:
    long = "/".join(["a" * 200] * 10)
    assert not matches(long, ("a*" * 60 + "b", "/".join(["**"] * 100) + "/b", "**/*a*a*a*a*a*a*a*b"))


MANIFESTS = [
    (
        "requirements.txt",
        "# tools\n-r other.txt\nRequests>=2 # http\ngit+https://host/x.git\n",
        {"requests", "git+https://host/x.git"},
    ),
    ("requirements-dev.in", "pytest_cov\n", {"pytest-cov"}),
    (
        "pyproject.toml",
        "[build-system]\nrequires=['hatchling']\n[project]\ndependencies=['rich>=1']\n"
        "[project.optional-dependencies]\nx=['a.b']\n[dependency-groups]\ndev=['ruff', {include-group='x'}]\n"
        "[tool.poetry.dependencies]\npython='^3'\nnumpy='*'\n[tool.poetry.group.t.dependencies]\nmock='*'\n",
        {"hatchling", "rich", "a-b", "ruff", "numpy", "mock"},
    ),
    (
        "setup.cfg",
        "[options]\ninstall_requires =\n  six\n  # no\n[options.extras_require]\nx = attrs\n",
        {"six", "attrs"},
    ),
    (
        "setup.py",
        "setup(install_requires=['six>1'], extras_require={'x': ['attrs']}, name='me')",
        {"six", "attrs"},
    ),
    ("package.json", '{"dependencies":{"left-pad":"1"},"devDependencies":{"vitest":"1"}}', {"left-pad", "vitest"}),
    ("Cargo.toml", "[dependencies]\nserde='1'\n[target.'cfg(unix)'.dependencies]\nlibc='1'\n", {"serde", "libc"}),
    (
        "go.mod",
        "module x\nrequire golang.org/x/net v0.1.0\nrequire (\n\tgithub.com/a/b v1.0.0 // indirect\n)\n",
        {"golang.org/x/net", "github.com/a/b"},
    ),
    (
        "pom.xml",
        "<project><dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId></dependency></dependencies></project>",
        {"g:a"},
    ),
    ("build.gradle", "dependencies {\n  implementation 'g:a:1'\n  testImplementation(\"g:b:1\")\n}", {"g:a", "g:b"}),
    ("Gemfile", "source 'x'\ngem 'rails', '1'\n", {"rails"}),
    ("app.gemspec", "s.add_development_dependency 'rake'\n", {"rake"}),
]


@pytest.mark.parametrize(("path", "text", "names"), MANIFESTS, ids=[path for path, _, _ in MANIFESTS])
def test_a_manifest_names_its_dependencies(path: str, text: str, names: set[str]) -> None:
    assert dependencies(f"some/folder/{path}", text) == names


@pytest.mark.parametrize("path", [path for path, _, _ in MANIFESTS])
def test_a_malformed_manifest_names_none(path: str) -> None:
    assert dependencies(path, "]{<!ENTITY \0 = '''") == frozenset()


def test_an_entity_bomb_in_a_manifest_is_not_read() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><project><dependency><artifactId>&a;</artifactId></dependency></project>'
    assert dependencies("pom.xml", bomb) == frozenset()


def test_other_files_name_no_dependencies() -> None:
    assert dependencies("notes.txt", "requests") == dependencies("pyproject.toml", None) == frozenset()


def test_the_line_of_a_dependency_is_found_however_it_is_written() -> None:
    assert line_of("pytest-cov", "a\nPyTest_Cov>=1\n") == 2
    assert line_of("absent", "a\n") is None


def plan(*files: str, step: str = "do it") -> Plan:
    return PLAN.model_copy(update={"files": files, "steps": (step,)})


def test_a_change_within_the_plan_is_upheld() -> None:
    asked = question({"src/a.py": "1"}, {"src/a.py": "2", "tests/t.py": "3"}, plan=plan("src/**", "tests/**"))
    assert play(CHECK, asked, {}) == (Judgement(Verdict.UPHELD, "2 changed paths, all within the plan."), [])


def test_a_path_outside_the_plan_is_refuted_with_its_name() -> None:
    asked = question({"src/a.py": "1"}, {"src/a.py": "2", "other.py": "3"}, plan=plan("src/**"))
    finding = Finding(kind="out-of-scope", path="other.py", what="The approved plan's files do not cover this path.")
    reason = "Outside the plan: other.py."
    assert play(CHECK, asked, {}) == (Judgement(Verdict.REFUTED, reason, findings=(finding,)), [])


def test_a_protected_path_is_refuted_even_when_the_plan_names_it() -> None:
    rules = Rules(protected=(".github/**",))
    asked = question({}, {".github/x.yml": "1"}, plan=plan("**"), rules=rules)
    finding = Finding(kind="protected-path", path=".github/x.yml", what="The repository's rules protect this path.")
    reason = "Protected by the repository's rules: .github/x.yml."
    assert play(CHECK, asked, {}) == (Judgement(Verdict.REFUTED, reason, findings=(finding,)), [])


def test_moving_a_file_touches_both_its_names() -> None:
    asked = question({"a.py": "x"}, {"src/a.py": "x"}, renames={"a.py": "src/a.py"}, plan=plan("src/**"))
    judgement, _ = play(CHECK, asked, {})
    assert judgement is not None
    assert [finding.path for finding in judgement.findings] == ["a.py"]


@pytest.mark.parametrize(
    ("written", "said", "named"),
    [("RPi.GPIO", "RPi.GPIO", True), ("rpi_gpio", "RPi.GPIO", True), ("RPi.GPIO", "GPIO", False)],
)
def test_a_dependency_is_named_however_it_is_spelled(written: str, said: str, named: bool) -> None:
    asked = question(
        {"requirements.txt": ""},
        {"requirements.txt": f"{written}\n"},
        plan=plan("**", step=f"drive the valves through {said}"),
    )
    judgement, _ = play(CHECK, asked, {})
    assert judgement is not None
    assert [finding.explained for finding in judgement.findings] == ["plan" if named else None]


def test_a_dependency_that_the_plan_does_not_name_is_a_question() -> None:
    base, head = {"requirements.txt": "six\n"}, {"requirements.txt": "six\nrich\n"}
    finding = Finding(
        kind="dependency-added", path="requirements.txt", line=2, what="The change adds the dependency rich."
    )
    reason = "Dependencies added that the plan does not name: rich."
    asked = question(base, head)
    assert play(CHECK, asked, {}) == (Judgement(Verdict.UNPROVEN, reason, findings=(finding,)), [])
    named = question(base, head, plan=plan("**", step="print a table with Rich"))
    known = "1 changed path, all within the plan, with new dependencies named by the plan."
    explained = finding.model_copy(update={"explained": "plan"})
    assert play(CHECK, named, {}) == (Judgement(Verdict.UPHELD, known, findings=(explained,)), [])


def test_without_a_plan_only_protected_paths_count() -> None:
    asked = question({}, {"anything.py": "1"}, plan=None)
    assert play(CHECK, asked, {}) == (Judgement(Verdict.UPHELD, "1 changed path, all away from protected paths."), [])


def test_scope_need_not_be_claimed() -> None:
    assert "runs on every change" in (CHECK.problem({}) or "")

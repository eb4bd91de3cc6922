"""How the tests are run: settings of runners, test commands, and files that take part without being asked."""

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePosixPath

from bot.checks.globs import matches
from bot.checks.integrity.difference import new_lines
from bot.checks.integrity.model import Sign, amount, short
from bot.checks.integrity.python.syntax import below, parse
from bot.checks.integrity.settings.configuration import Flat, Setting, differing, line_of, named
from bot.checks.integrity.settings.runner_command import LINTS, SELECTING, command_change, tokens
from bot.domain.words import words

_COMMANDS = re.compile(
    r"scripts\.(pre|post)?(test|tests|check|ci|verify|coverage|unit|jest|vitest|spec|e2e)([:\-_.].*)?|testenv(:.*)?\.commands(_pre)?"
    r"|(test|checks\.\w+)|tasks\.test.*|(.*\.)?scripts\.(test|check|cov)\w*|alias\.t(est)?|aliases\.test"
)
"""Settings that are commands: of package.json, tox, .maestro.yml, hatch, cargo."""

_CHOOSING = words(
    "testpaths python_files python_classes python_functions testMatch testRegex roots spec projects testDir testsRegex "
    "defaultFilter default-filter specPattern"
)
_IGNORING = words(
    "norecursedirs testPathIgnorePatterns modulePathIgnorePatterns collect_ignore collect_ignore_glob exclude ignore "
    "testIgnore excludeSpecPattern watchPathIgnorePatterns"
)
_FILTERS = words("grep fgrep invert testNamePattern")
_MACHINERY = words("testRunner runner globalSetup globalTeardown resolver snapshotResolver harness autotests doctest")
_LENIENT = words(
    "passWithNoTests dangerouslyIgnoreUnhandledErrors allowOnly forceExit retry retries flaky retryTimes automock "
    "ignore_outcome"
)
_STRICT = words("xfail_strict forbidOnly forbidPending failZero errorOnDeprecated injectGlobals strict_config strict")
_TESTING = re.compile(
    r"\b(py)?tests?\b|jest|vitest|mocha|nose|\bava\b|\btape\b|karma|cypress|playwright|rspec|coverage|nyc|c8"
)
"""What stands in commands that run tests."""

_RUNNING = re.compile(
    r"pytest|jest|vitest|mocha|ava\b|karma|playwright|test\b|nextest|spec|cypress|profile|lib|bin|tool:pytest|nose|maestro|autotests|testenv"
)
_VARIABLES = words(
    "PYTEST_ADDOPTS PYTEST_PLUGINS PYTEST_DISABLE_PLUGIN_AUTOLOAD PYTHONOPTIMIZE PYTHONSTARTUP NODE_OPTIONS RUSTFLAGS "
    "GOFLAGS MAVEN_OPTS RUBYOPT JAVA_TOOL_OPTIONS"
)
_UNASKED = re.compile(r"(sitecustomize|usercustomize)\.py|.*\.pth|\.pythonrc.*|\.pythonstartup")
_ANOTHER = re.compile(r"(^|\.)projects\.[1-9]\d*\.")
_TIMES = words("timeout testTimeout hookTimeout session_timeout")
_QUIET = re.compile(r"ignore(::(?!\w*(Deprecation|Import))\w*)?")
_BESIDE = re.compile(r"scripts\.(pre|post)?(test|coverage|ci)([:\-_.].*)?|testenv(:.*)?\.commands_(pre|post)")
_AROUND = re.compile(r"scripts\.(pre|post)|testenv.*\.commands_")
_BUILDING = re.compile(
    rf"{LINTS.pattern}|\b(lint|types?|typecheck|build|compile|install|clean|erase|esbuild|rollup|tsup|swc|webpack|vite"
    r"|babel)\b"
)
_CALL = re.compile(r"\s*(?:npm|pnpm|yarn)(?: run)? ([\w:.-]+)")

_WRITING = re.compile(
    r"(?=.*[\"'`/](tests?|__tests__|spec)/).*(write_?[fF]ile|write_text|writeFileSync|rmSync|unlink|rename|copyFile"
    r"|appendFile|createWriteStream)",
    re.DOTALL,
)
"""What a script says that writes files of the tests."""

_OTHERS_OWN = re.compile(
    r"(-e )?[\w\-/:.+]*\b(pytest|coverage|unittest2|nose2?|tox|nox|hypothesis|pluggy)[\w\-\[\]]* *@"
    r"|[^#]*(git\+|file:)[^#]*pytest"
)
"""A requirement of a test runner that comes from nowhere in particular."""

_ENVIRONMENT = re.compile(r"\.env\.(test\w*|ci)(\.\w+)?|tests?\.env")
_TARGET = re.compile(r"test|check|spec|ci$|verify|coverage|lint|PYTEST|TEST|JEST")
_BUILD = re.compile(
    r"skipTests|testFailureIgnore|maven\.test\.(skip|failure)|ignoreFailures|<exclude>|<skip>|filter\s*\{|exclude\b.*[Tt]est"
    r"|enabled\s*=\s*false|rerunFailingTestsCount|failFast|onlyIf|excludeTags|excludedGroups|failIfNoTests"
    r"|<include>.*Tests?\b|\binclude\b.*Test|<test>"
)


def setting_signs(
    path: str, old: Flat, new: Flat, text: str, tests: Collection[str], moved: Collection[Setting]
) -> Iterator[Sign]:
    """Compare the settings of both sides. `tests` are all test files."""
    for key, before, after in differing(old, new, moved):
        if not before and _ANOTHER.search(key) and any(_ANOTHER.search(each) or "projects" in each for each in old):
            continue  # one more project takes nothing away from the others
        if why := _why(path, key, before, after, tests):
            yield Sign("runner-changed", line_of(key, text), f"`{short(key)}` {why}.", named(key))


def _why(path: str, key: str, old: tuple[str, ...], new: tuple[str, ...], tests: Collection[str]) -> str:
    """What a changed setting does to the running of tests; '' for nothing."""
    name = key.rpartition(".")[2]
    owner = f"{PurePosixPath(path).name} {key}"
    if name == "addopts":
        return command_change(" ".join(old), " ".join(new))
    if _COMMANDS.fullmatch(key) and not key.startswith("tool.") and _TESTING.search(" ".join(old)):
        return "" if _follows(old, new, tests) else command_change("\n".join(old), "\n".join(new))
    if ".cargo/" in path and name in ("runner", "rustc-wrapper", "rustc") and new:
        return f"puts `{short(' '.join(new))}` between cargo and the tests"
    runner = re.search(
        r"(^|\.)((dev|peer)?[dD]ependencies|overrides|resolutions)\.(.*/)?(jest|vitest|mocha|ava|tap|chai|c8|nyc)[\w-]*$",
        key,
    )
    if runner and re.match(r"npm:|git|https?:|file:|link:|github:|[\w-]+/", " ".join(new)) and new != old:
        return f"takes `{short(' '.join(new))}` for the tests' machinery"
    if "pytest11" in key:
        return f"loads a pytest plugin (`{short(' '.join(new))}`)"
    if not _RUNNING.search(owner):
        return ""
    return _chosen(key, old, new, tests) or _switched(name, old, new, key)


def _chosen(key: str, old: tuple[str, ...], new: tuple[str, ...], tests: Collection[str]) -> str:
    name, old, new = key.rpartition(".")[2], _words(old), _words(new)
    added, lost = set(new) - set(old), set(old) - set(new)
    chooses = (name in _CHOOSING and name not in ("python_functions", "python_classes")) or (
        name == "include" and "cov" not in key
    )
    if chooses and (lost or not old) and not _cover(new, tests):
        return f"chooses other tests: `{short(' '.join(new)) or 'nothing'}`"
    usual = {"python_functions": ("test", "test*", "test_*"), "python_classes": ("Test", "Test*")}.get(name, ())
    if usual and new and not set(usual) & set(new):
        return f"takes only `{short(' '.join(new))}` for tests"
    if name in _IGNORING and any(_hits(pattern, tests) for pattern in added):
        return f"leaves out `{short(' '.join(sorted(added)))}`"
    if name in _FILTERS and added:
        return f"filters tests: `{short(' '.join(sorted(added)))}`"
    return ""


def _words(values: tuple[str, ...]) -> tuple[str, ...]:
    """Paths and patterns, which ini files write in one line."""
    return tuple(word for value in values for word in value.split())


def _switched(name: str, old: tuple[str, ...], new: tuple[str, ...], key: str) -> str:
    off = ("", "false", "0", "none", "off")
    was, now = " ".join(old).lower(), " ".join(new).lower()
    if name in _LENIENT and now not in off:
        return f"is `{short(now)}` now"
    if name in _STRICT and was not in off and now in off and "mypy" not in key and "compiler" not in key:
        return "is not strict any more"
    before, after = _words(old), _words(new)
    if name == "pythonpath" and before and after and after[0] not in before and before[0] in after:
        return f"looks for modules in `{short(after[0])}` first"
    if name in _MACHINERY and (old or name not in ("doctest",)):
        return f"is `{short(now) or 'gone'}` now"
    if name == "filterwarnings" and (why := _quieter(old, new)):
        return why
    if name in _TIMES and _is_longer(was, now):
        return f"went from {short(was)} to {short(now)}"
    if name in ("test", "enabled") and now == "false" and was != "false":
        return "turns tests off"
    return ""


def _quieter(old: tuple[str, ...], new: tuple[str, ...]) -> str:
    if not any(each.startswith("error") for each in old):
        return ""
    if any(each.startswith("error") for each in old if each not in new):
        return "does not turn warnings into errors any more"
    broad = [each for each in new if each not in old and _QUIET.fullmatch(each)]
    return f"lets warnings pass: `{short(broad[0])}`" if broad else ""


def _is_longer(was: str, now: str) -> bool:
    """Whether a test may take more than twice as long, or for ever."""
    before, after = amount(was), amount(now)
    return before is not None and after is not None and before > 0 and (after <= 0 or after > before * 2)


def _follows(old: tuple[str, ...], new: tuple[str, ...], tests: Collection[str]) -> bool:
    """Whether a command differs only in where the tests lie, and all of them lie there."""
    before, after = (tokens(" ".join(values)) for values in (old, new))
    pairs = [(was, now) for was, now in zip(before, after, strict=False) if was != now]
    places = tuple(now for _, now in pairs)
    known = all("/" in now or any(path.startswith(f"{now}/") for path in tests) for now in places)
    return len(before) == len(after) and bool(tests) and known and bool(places) and _cover(places, tests)


def _cover(patterns: tuple[str, ...], tests: Collection[str]) -> bool:
    """Whether every test is still below what was chosen, as far as that can be told."""
    if not patterns or any(re.search(r"[()\\^$|<]", each) for each in patterns):
        return False
    clean = tuple(re.sub(r"<rootDir>/?|^\./", "", each).rstrip("/") or "**" for each in patterns)
    spread = tuple(one for each in clean for one in _braces(each))
    return all(matches(path, spread) or any(path.startswith(f"{each}/") for each in spread) for path in tests)


def _braces(pattern: str) -> list[str]:
    found = re.search(r"\{([^{}]*)\}", pattern)
    if found is None or pattern.count("{") > 3:
        return [pattern]
    choices = found[1].split(",")
    return [one for each in choices for one in _braces(pattern[: found.start()] + each + pattern[found.end() :])]


def _hits(pattern: str, tests: Collection[str]) -> bool:
    """Whether something that is left out holds tests."""
    plain = re.sub(r"<rootDir>|[\\^$]", "", pattern).strip("/*. ")
    return bool(plain) and any(plain in path or matches(path, (pattern,)) for path in tests)


def script_signs(old: Flat, new: Flat, text: str, scripts: Mapping[str, str]) -> Iterator[Sign]:
    """Scripts that run with the tests: what comes before or after them and neither builds nor only looks, and what
    changes the tests' own files. `scripts` are texts of changed files."""
    for key, values in new.items():
        if old.get(key) == values or not _BESIDE.fullmatch(key):
            continue
        before = set(_steps(old.get(key, ()), old, {}))
        for step in _steps(values, new, old):
            run = sorted(scripts.keys() & {word.removeprefix("./") for word in re.findall(r"[\w./\-]+", step)})
            writing = next((path for path in run if _WRITING.search(scripts[path])), "")
            strange = step not in before and (run or ">" in step or not _BUILDING.search(step))
            if writing or (_AROUND.match(key) and strange):
                what = f"runs `{writing}`, which writes files of the tests" if writing else f"runs `{short(step)}`"
                yield Sign("runner-changed", line_of(key, text), f"`{short(key)}` {what}.", named(key))


def _steps(commands: tuple[str, ...], scripts: Flat, known: Flat) -> Iterator[str]:
    """The commands of a script; those of another one that it calls stand in its place, unless that one is known."""
    for step in filter(None, map(str.strip, re.split(r"&&|\|\||[;|&]", ";".join(commands)))):
        called = _CALL.match(step)
        key = f"scripts.{called[1]}" if called else ""
        inner = scripts.get(key, ())
        yield from _steps(inner, {}, {}) if inner and known.get(key) != inner else (step,)


# --- files --------------------------------------------------------------------------------------------------------
def file_signs(path: str, old: str | None, new: str | None) -> Iterator[Sign]:
    """Makefiles and the like; files that Python loads by itself; variables that steer runners."""
    name = PurePosixPath(path).name
    if _UNASKED.fullmatch(name) and new is not None and new != old:
        yield Sign("runner-changed", 1, f"`{name}` is run by Python itself before any test.")
    if re.fullmatch(r"(.*require.*|dev|tests?)\.(txt|in)", name) or name == ".npmrc":
        for number, line in new_lines(old, new):
            if _OTHERS_OWN.match(line) or (name == ".npmrc" and "shell" in line):
                yield Sign("runner-changed", number, f"`{short(line)}` takes something else for the tests' machinery.")
    if name == ".rspec":
        added = Counter(tokens(new or "")) - Counter(tokens(old or ""))
        if chosen := [token for token in added if SELECTING.match(token)]:
            yield Sign("runner-changed", None, f"`.rspec` chooses tests: `{short(' '.join(chosen))}`.")
    if _ENVIRONMENT.fullmatch(name):
        yield from _variables(old or "", new or "")
    if name in ("Makefile", "makefile", "GNUmakefile", "justfile", "Justfile", ".justfile"):
        yield from _recipes(old or "", new or "")
    if name == "noxfile.py":
        yield from _sessions(old or "", new or "")
    if name == "pom.xml" or name.endswith((".gradle", ".gradle.kts")):
        yield from _builds(old or "", new or "")
    if name.endswith((".py", ".rst", ".md", ".txt")):
        skipped = [number for number, line in new_lines(old, new) if "doctest: +SKIP" in line]
        yield from (Sign("test-skipped", n, "An example in the documentation is not run any more.") for n in skipped)
    if _steers(path):
        yield from _steering(old or "", new or "")


def _steers(path: str) -> bool:
    """Whether a file's text may set variables for test runs: settings, scripts, containers; no prose, no code."""
    name = PurePosixPath(path)
    known = name.name.startswith((".env", "Dockerfile", "Makefile", "docker-compose", ".npmrc", "tox", "justfile"))
    kinds = (".ini", ".cfg", ".toml", ".sh", ".yml", ".yaml", ".env")
    return known or name.suffix in kinds or name.name == "package.json"


def _steering(old: str, new: str) -> Iterator[Sign]:
    for number, line in new_lines(old, new):
        said = line.upper().replace("-", "_")
        found = next((each for each in _VARIABLES if each in said), None)
        if found is not None and not line.lstrip().startswith(("#", "//")):
            yield Sign("runner-changed", number, f"`{found}` changes how test runs behave.")


def _variables(old: str, new: str) -> Iterator[Sign]:
    """What is set for test runs and was set otherwise, or is not set any more. More of it is fine."""
    after = {line.partition("=")[0].strip(): line.strip() for line in new.splitlines()}
    for line in map(str.strip, old.splitlines()):
        name = line.partition("=")[0].strip()
        if "=" in line and not line.startswith("#") and after.get(name) != line:
            what = f"`{short(name)}`, which is set for test runs, is another one."
            yield Sign("runner-changed", line_of(name, new), what, (name,))


def _recipes(old: str, new: str) -> Iterator[Sign]:
    before, after = _targets(old), _targets(new)
    for name, (recipe, _) in before.items():
        now, line = after.get(name, ("", None))
        if _TARGET.search(name) and recipe != now and (why := command_change(recipe, now)):
            yield Sign("runner-changed", line, f"`{name}` {why}.", (name,))
    needed, needs = _needs(old), _needs(new)
    for name, others in needed.items():
        lost = [each for each in others if _TARGET.search(each) and each not in needs.get(name, others)]
        if lost and not any(each in after.get(name, ("", None))[0] for each in lost):
            yield Sign("runner-changed", after[name][1], f"`{name}` does not ask for `{lost[0]}` any more.", (name,))
        fresh = [each for each in needs.get(name, ()) if each not in others]
        came = [each for each in fresh if not all(map(_BUILDING.search, after.get(each, ("", 0))[0].splitlines()))]
        if came and _TESTING.search(before[name][0]):
            what = f"`{name}` runs `{short(came[0])}` first."
            yield Sign("runner-changed", after[name][1], what, (f"make {name}", came[0]))


def _needs(text: str) -> dict[str, list[str]]:
    """What each target asks for first."""
    found = re.findall(r"^([\w.\-/]+)[ \t]*:(?!=)[ \t]*([^\n#=]*)$", text, re.MULTILINE)
    return {name: others.split() for name, others in found}


def _targets(text: str) -> dict[str, tuple[str, int]]:
    """Each target's recipe, and each variable's value, with its line."""
    found: dict[str, tuple[str, int]] = {}
    name = ""
    for number, line in enumerate(text.splitlines(), 1):
        variable = re.match(r"([A-Za-z_]\w*)\s*[:?+]?=\s*(.*)", line)
        target = re.match(r"([\w.\-/]+)[^=:]*:(?!=)", line)
        if variable:
            found[variable[1]] = (variable[2], number)
            name = ""
        elif target:
            name = target[1]
            found.setdefault(name, ("", number))
        elif name and line[:1] in ("\t", " ") and line.strip():
            said = line.strip()
            hidden = "|| true " if said.startswith("-") else ""
            found[name] = (f"{found[name][0]}\n{hidden}{said.lstrip('@-')}".strip(), found[name][1])
    return found


def _sessions(old: str, new: str) -> Iterator[Sign]:
    before, after = _runs(old), _runs(new)
    for name, words_ in before.items():
        if words_ and (why := command_change(" ".join(words_), " ".join(after.get(name, ())))):
            yield Sign("runner-changed", None, f"The session `{name}`: what it runs {why}.", (name,))
    for line in sorted(_forgiving(new) - _forgiving(old) if before else ()):
        yield Sign("runner-changed", line, "A session's command may fail, and nobody hears of it.")


def _forgiving(text: str) -> set[int]:
    """The lines of sessions that take failures for success, or catch them."""
    tree = parse(text)
    nodes = below(tree) if tree is not None else ()
    codes = {each.value.lineno for each in nodes if isinstance(each, ast.keyword) and each.arg == "success_codes"}
    return codes | {each.lineno for each in nodes if isinstance(each, ast.Try)}


def _runs(text: str) -> dict[str, list[str]]:
    """The words of what each session runs."""
    tree = parse(text)
    found: dict[str, list[str]] = {}
    for function in (each for each in (tree.body if tree is not None else ()) if isinstance(each, ast.FunctionDef)):
        calls = [node for node in below(function) if isinstance(node, ast.Call)]
        runs = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "run"]
        found[function.name] = [str(e.value) for call in runs for e in call.args if isinstance(e, ast.Constant)]
    return found


def _builds(old: str, new: str) -> Iterator[Sign]:
    known = {line.strip() for line in old.splitlines()}
    for number, line in new_lines(old, new):
        leaving = _BUILD.search(line) and "false" not in line.replace("enabled = false", "enabled")
        if leaving and line.strip() not in known:
            yield Sign("runner-changed", number, f"The build leaves out tests or their failures: `{short(line)}`.")

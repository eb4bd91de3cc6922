"""The test command behind `npm test`: the package's own scripts, read as the steps that they run.

Besides the tests such a script often lints, checks types and measures sizes. A test run needs none of these, and some
want the network. So where there is more than the tests, only the steps that run or build them are taken.
"""

import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.commandline import PROGRAMS, programs, runners_in

Read = Callable[[str], str | None]

RUNNERS = frozenset({"node", "vitest", "jest", "mocha", "tap"})
GIVEN = "given"
"""In place of a runner: node is simply given a file of tests, and who runs them is told in files."""

DEEPEST = 4
_ON_INSTALL = ("postinstall", "prepublish", "prepare")
_READ_WHAT_IS_BUILT = frozenset({"node", "mocha", "tap", GIVEN})
_TESTS = re.compile(r"(.*/)?(tests?(/.*)?|[^/]*[.\-_]test|test[.\-_][^/]*)(\.[cm]?[jt]s)?")

_CALL = re.compile(r"(npm|pnpm|yarn|bun)(?: +(?:run|run-script|--silent|-s))* +([\w:.-]+)(?: +--)?((?: .*)?)")
_VALUE = rf"(?!(?:{'|'.join(sorted(PROGRAMS))})\b)[^\s-]\S*"
_WRAPPER = re.compile(
    rf"(?:npx +)?(?:nyc|c8)(?: +--?[\w-]+(?:=\S+| +{_VALUE})?)* +"
    r"|(?:(?:npx +)?cross-env +)?((?:[A-Za-z_]\w*=[^\s'\"]* +)+)"
)
"""What may stand before a call: what measures coverage, and settings of the environment."""

_GROUP = re.compile(r"(?:npx +)?(?:npm-run-all|run-[sp]) +(.+)")
_FOREIGN = re.compile(r"(pnpm|yarn|bun)(?: +(?:run|exec))* +")
_QUOTED = r"'[^']*'|\"(?:\\.|[^\"\\])*\""
_SHELL = re.compile(r"[|()<>`\n]|(?<!&)&(?!&)")
_STEPS = re.compile(rf"(?:{_QUOTED}|[^;&])+")
_BUILDS = re.compile(
    r"\b(build|compile|bundle|generate|prepare|pretest|setup|tsc|rollup|babel|esbuild|tsup|swc|webpack)"
)
_LOOKS = re.compile(r"lint|format|prettier|noEmit|check|size|stats\b|types\b|audit|husky|hooks\b", re.IGNORECASE)
_ONLY_LOOKS = re.compile(r"lint|prettier|--noEmit|\b(audit|bundlesize|size-limit|stats|tsd|type-coverage)\b")
"""What has no part in a build although a build calls it."""

_TYPES = re.compile(r" --typecheck(\.\w+)*(=\S+)?(?= |$)")
"""vitest's tests of types write into their own package, which checks see read-only; each run takes as long as tsc."""

_OPTIONS = re.compile(r"\bNODE_OPTIONS=")
"""A script that sets these itself takes away what reaches node through it; beside a call they can be joined."""

_KNOWN = frozenset({"node", "npm", "npx", "sh", "bash", "make", "env", "echo", "cp", "rm", "mkdir", "cd", "export"})


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a script, as it can be run by itself, the runner that it starts ('' none), the script, and
    whether it has a part in a build that is not called whole."""

    command: str
    runner: str = ""
    of: str = ""
    built: bool = False

    @property
    def builds(self) -> bool:
        """A build's own copying and writing of files belongs to it."""
        part = bool(_BUILDS.search(self.of)) and self.command.split()[0] in _KNOWN - {"npm", "npx"}
        return self.built or ((part or bool(_BUILDS.search(self.command))) and not _LOOKS.search(self.command))


def script(words: Sequence[str], read: Read) -> str:
    """The text of the package's script that a program such as `npm test` or `yarn run unit` runs; '' for others."""
    if not words or words[0] not in {"npm", "yarn", "pnpm", "bun"}:
        return ""
    rest = [word for word in words[1:] if not word.startswith("-")]
    name = (rest[1:2] if rest[:1] in (["run"], ["run-script"]) else rest[:1]) or [""]
    return _scripts(read).get("test" if name[0] in {"t", "tst"} else name[0], "")


def package(read: Read) -> dict[str, object]:
    """package.json; empty when it can't be read."""
    try:
        found = json.loads(read("package.json") or "")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def command_of_tests(read: Read) -> tuple[str, str]:
    """(command, runner) of the package's `test` script; ('npm test', '') when its runner is not known, ('', '') when
    there is no such script. Only where no step starts a runner are files of tests looked for."""
    scripts = _scripts(read)
    if "test" not in scripts or "no test specified" in scripts["test"]:
        return "", ""
    for runner_of in (_started, _given):
        steps = [step for name in ("pretest", "test", "posttest") for step in _steps(name, scripts, (), runner_of)]
        last = max((n for n, step in enumerate(steps) if step.runner), default=-1)
        if last >= 0:
            break
    else:
        return "npm test", ""
    kept = [step for step in steps[: last + 1] if step.runner or step.builds]
    whole = len(kept) == len(steps) and _fit("test", scripts)
    words = ["npm test"] if whole else [step.command for step in kept]
    first = [step.command for step in _built_on_install(scripts, steps)]
    return " && ".join([*first, *words]), steps[last].runner


def _built_on_install(scripts: Mapping[str, str], steps: Sequence[Step]) -> list[Step]:
    """The steps by which an installation builds what the tests then use: what set-up built is of the base's sources.
    jest and vitest read the sources themselves."""
    if any(step.builds for step in steps) or not any(step.runner in _READ_WHAT_IS_BUILT for step in steps):
        return []
    found = [step for name in _ON_INSTALL for step in _steps(name, scripts, (), _started)]
    return [step for step in found if step.builds and not step.runner]


def _scripts(read: Read) -> dict[str, str]:
    found = package(read).get("scripts")
    return {name: text for name, text in found.items() if isinstance(text, str)} if isinstance(found, dict) else {}


def _steps(
    name: str, scripts: Mapping[str, str], above: tuple[str, ...], runner_of: Callable[[str], str]
) -> Iterator[Step]:
    """The steps of a script; those of scripts that it calls stand in their place where the call can't stay."""
    text = scripts.get(name, "").strip()
    if not text or name in above or len(above) > DEEPEST:
        return
    for part in _parts(text, scripts):
        settings, call = _unwrapped(part)
        called = _CALL.fullmatch(call)
        if called is None or called[2] not in scripts:
            yield replace(_plain(part, runner_of), of=name)
            continue
        inner = list(_steps(called[2], scripts, (*above, name), runner_of))
        rest = f" --{called[3]}" if called[3].strip() else ""
        whole = Step(f"{settings}npm run {called[2]}{rest}", next((step.runner for step in inner if step.runner), ""))
        fit = _fit(called[2], scripts)
        if fit and whole.builds and not whole.runner and any(_ONLY_LOOKS.search(step.command) for step in inner):
            yield from (replace(_under(settings, s), built=not _ONLY_LOOKS.search(s.command)) for s in inner)
        elif fit and (all(step.runner for step in inner) or not any(step.runner or step.built for step in inner)):
            yield whole
        else:
            yield from (_under(settings, step) for step in inner)


def _parts(text: str, scripts: Mapping[str, str]) -> Iterator[str]:
    """The commands of a script one by one; those by which `npm-run-all` calls others as plain calls."""
    for part in [text] if _of_shell(text) else map(str.strip, _STEPS.findall(text)):
        group = _GROUP.fullmatch(part)
        words = group[1].replace("'", "").replace('"', "").split() if group is not None else []
        called = [f"npm run {name}" for word in words for name in scripts if _pattern(word).fullmatch(name)]
        yield from called or [part]


def _pattern(word: str) -> re.Pattern[str]:
    """The names that `npm-run-all` takes a word for: `*` stands for a part between colons, `**` for several."""
    return re.compile(re.escape(word).replace(r"\*\*", ".*").replace(r"\*", "[^:]*"))


def _of_shell(text: str) -> bool:
    """Whether the text is more than commands one after the other."""
    return bool(_SHELL.search(re.sub(_QUOTED, "''", text)))


def _unwrapped(part: str) -> tuple[str, str]:
    """The settings before a call and the call itself, without what only measures its coverage."""
    settings = ""
    while (found := _WRAPPER.match(part)) is not None:
        settings, part = settings + (found[1] or ""), part[found.end() :]
    return settings, part


def _under(settings: str, step: Step) -> Step:
    """The step with these settings of the environment."""
    command = f"sh -c {shlex.quote(step.command)}" if settings and _of_shell(step.command) else step.command
    return replace(step, command=settings + command)


def _started(part: str) -> str:
    """The runner that a command starts; '' none."""
    return next((name for name in runners_in(part) if name in RUNNERS), "")


def _given(part: str) -> str:
    """`GIVEN` for a command that gives node a file of tests, as its name tells; '' for others."""
    by_node = (words[1:] for words in programs(part) if words[0] in {"node", "tsx"})
    return GIVEN if any(_TESTS.fullmatch(word) for words in by_node for word in words) else ""


def _plain(part: str, runner_of: Callable[[str], str]) -> Step:
    """A step that calls no script. Programs of the package's own dependencies are started by npx."""
    part = _FOREIGN.sub("", part, count=1) if _FOREIGN.match(part) else part
    runner = runner_of(part)
    part = _TYPES.sub("", part) if runner == "vitest" else part
    if _of_shell(part):
        return Step(part, runner)
    words = re.findall(rf"(?:{_QUOTED}|\S)+|\s+", part)
    first = next((n for n, word in enumerate(words) if n % 2 == 0 and not re.match(r"[A-Za-z_]\w*=", word)), 0)
    own = words[first] not in _KNOWN and "/" not in words[first]
    return Step("".join([*words[:first], *(["npx "] if own else []), *words[first:]]), runner)


def _fit(name: str, scripts: Mapping[str, str]) -> bool:
    """Whether a script can be called as it is."""
    signs = (_FOREIGN, _TYPES, _OPTIONS)
    return not any(sign.search(text) for text in _reached(name, scripts) for sign in signs)


def _reached(name: str, scripts: Mapping[str, str], seen: frozenset[str] = frozenset()) -> list[str]:
    """The texts of a script and of those that it calls."""
    text = scripts.get(name, "")
    if not text or name in seen:
        return []
    called = re.findall(r"\b(?:npm|pnpm|yarn|bun)(?: run)? ([\w:.-]+)", " && ".join((text, *_parts(text, scripts))))
    return [text, *(each for other in called for each in _reached(other, scripts, seen | {name}))]

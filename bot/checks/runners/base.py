"""What every test runner adapter promises, and the shell scripts that they are built from.

An adapter turns the repository's own test command into one that also leaves machine-readable results, and reads them.
Two placeholders stand in its argv and are substituted by the engine:

    {results}  a new, empty, writable directory outside the work tree, with a name that cannot be guessed
    {support}  a read-only directory outside the work tree that holds `SUPPORT` of `bot.checks.runners`

`only` are test ids as `parse` gives them; `paths` are files or folders of the work tree. Where both are given, a test
runs when either selects it. At least the selected tests run; where a runner can't select so finely, more do.
"""

import re
import shlex
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from bot.ports.agent import Tests

INSIDE = Path(__file__).parent / "inside"
"""Code that runs in the repository's own interpreter, inside the sandbox; never imported here."""

_TRIAL = ("", "_marked", "_planned", "_soft", "_spawned", "_started", "_values", "_watch")
TRIAL = tuple(f"maestro_trial{part}.py" for part in _TRIAL)
"""What tries tests of Python by small changes to their sources, for any runner."""

_TRIAL_OF_JAVASCRIPT = ("", "_reports", "_running", "_values", "_watch")
JAVASCRIPT_TRIAL = tuple(f"maestro_trial{part}.cjs" for part in _TRIAL_OF_JAVASCRIPT)
"""The same for JavaScript."""


class Runner(Protocol):
    """One test runner. Pure: it makes an argv and reads what came of it."""

    @property
    def name(self) -> str: ...

    @property
    def selects(self) -> bool:
        """Whether `instrument` can restrict a run to `paths` and `only`; otherwise everything runs."""
        ...

    @property
    def result_files(self) -> tuple[str, ...]:
        """Globs in {results}, `**` crossing folders: what `parse` wants as `files`, by path relative to {results}."""
        ...

    @property
    def support_files(self) -> Mapping[str, str]:
        """Texts by file name that must lie in {support}."""
        ...

    def recognise(self, command: str) -> bool:
        """Whether the command starts this runner, as far as its words tell (`npm test` tells nothing)."""
        ...

    def instrument(self, command: str, paths: Sequence[str] = (), only: Sequence[str] = ()) -> tuple[str, ...]:
        """The argv that runs `command` in /workspace with per-test results left in {results}."""
        ...

    def parse(self, exit_code: int | None, output: str, files: Mapping[str, bytes]) -> Tests:
        """What ran and how it went. Never raises, whatever the run left. `exit_code` None: ended by its time limit."""
        ...

    def file_of(self, test: str, paths: Collection[str]) -> str:
        """The file among `paths` that holds the test; '' where the id does not tell."""
        ...


def script(command: str, *, before: str = "", env: Mapping[str, str] | None = None, after: str = "") -> str:
    """A shell script: preparation, settings, the command as it is, then `after`; it ends with the command's exit code.

    Values of `env` are put in double quotes, so that `$NAME` in them is replaced.
    """
    settings = [f'export {name}="{value}"' for name, value in (env or {}).items()]
    lines = [*([before] if before else []), *settings, "(", command, ")"]
    if after:
        lines += ["maestro_exit=$?", after, "exit $maestro_exit"]
    return "\n".join(lines)


def of_python(command: str, chosen: Sequence[str], env: Mapping[str, str]) -> tuple[str, ...]:
    """The argv of a command whose Python finds the modules in {support}, also where it says PYTHONPATH itself."""
    ours = {
        "MAESTRO_RESULTS": "{results}",
        "MAESTRO_TOP": "$PWD",
        "PYTHONPATH": "{support}${PYTHONPATH:+:$PYTHONPATH}",
    }
    found = _OWN_PATH.sub(lambda said: f"{said[1]}{{support}}{'' if said[2] is not None else ':'}", command)
    return shell(script(found, before=KEEP_SELECTION if chosen else "", env={**ours, **env}), chosen)


_OWN_PATH = re.compile(r"""(?<![^\s;&|("'`])(PYTHONPATH=)(?![^\s;&|]*\$\{?PYTHONPATH\b)((?:""|'')?(?![^\s;&|)]))?""")
"""Where a command gives a value of its own, which group 2 says is empty; one with the former value in it keeps that."""


def shell(text: str, selection: Sequence[str] = ()) -> tuple[str, ...]:
    """The argv of a shell script. `selection` reaches it as "$@", outside the text, since one argument of a process
    is limited to 128 KiB and a list of test ids may be longer."""
    return ("/bin/sh", "-c", text, "sh", *selection)


KEEP_SELECTION = """printf '%s\\n' "$@" > '{results}/select'"""
"""Leaves the selection as lines `path:…` and `test:…` where the code of `inside` reads it."""


def selection(paths: Sequence[str], only: Sequence[str]) -> tuple[str, ...]:
    """The selection as words for `shell`; ids with a line break can't be selected and are left out."""
    words = [f"path:{path.rstrip('/')}" for path in paths] + [f"test:{test}" for test in only]
    return tuple(word for word in words if "\n" not in word)


def teed(command: str, file: str, env: Mapping[str, str] | None = None) -> str:
    """A script whose whole output, both streams in order, goes to {results}/`file` as well as to the reader.

    POSIX sh has no `pipefail`: the exit code comes back through a file of its own.
    """
    inner = script(command, after="echo $maestro_exit > '{results}/exit'", env=env)
    return f"{{\n{inner}\n}} 2>&1 | tee '{{results}}/{file}'\nexit \"$(cat '{{results}}/exit' 2>/dev/null || echo 1)\""


def with_options(command: str, program: str, options: Sequence[str]) -> str:
    """The command with `options` right after each word that matches the regular expression `program`."""
    added = " ".join(shlex.quote(option) for option in options)
    return re.sub(rf"(?m)(^|[\s;&|(])((?:[^\s;&|()'\"]*/)?(?:{program}))(?=\s|$|[;&|)])", rf"\1\2 {added}", command)


def support(*names: str) -> dict[str, str]:
    """The texts of files in `inside`, by name."""
    return {name: (INSIDE / name).read_text(encoding="utf-8") for name in names}


def collected(*patterns: str) -> tuple[str, str]:
    """Shell texts around a command that writes result files into the work tree: one removes what lies there from
    before, the other copies what the command wrote to {results}/reports, by its path."""
    paths = " -o ".join(f"-path {shlex.quote('./' + pattern)}" for pattern in patterns)
    found = f"find . \\( {paths} \\)"
    copy = 'd=\'{results}/reports/\'"$(dirname "$f")"; mkdir -p "$d" && cp "$f" "$d/"'
    return f"{found} -exec rm -rf {{}} +", f"{found} -type f | while IFS= read -r f; do {copy}; done"


REPORTS = "reports/**/*.xml"

"""What one ecosystem's files tell of a repository."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

Read = Callable[[str], str | None]
"""A file's text by path; None for what is not there, is no text, or need not be read."""


@dataclass(frozen=True, slots=True)
class Project:
    """Commands and files as in `Detected`. `endings`: of this ecosystem's source files."""

    setup: tuple[str, ...] = ()
    test: str = ""
    runner: str = ""
    clients: tuple[str, ...] = ()
    key_files: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    runners: tuple[str, ...] = ()

    def through(self, runners: Collection[str]) -> "Project":
        """This project with its runner known only where it is one of these."""
        return self if self.runner in runners else replace(self, runner="")


def fitting(paths: Iterable[str], pattern: str) -> tuple[str, ...]:
    """The paths that match the regular expression as a whole, sorted."""
    form = re.compile(pattern)
    return tuple(sorted(path for path in paths if form.fullmatch(path)))

"""Which untracked paths are noise: the .gitignore files of one commit over the usual leavings of tools.

The rules are git's, matched here, because asking git would mean running it on the work tree.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.paths import MAX_PATTERN, NOISE, glob_regex

_MAX_RULES = 2000
"""Rules of one file beyond this number are not looked at."""


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: re.Pattern[str]
    whole_path: bool
    directories_only: bool
    ignored: bool

    def fits(self, path: str, name: str, directory: bool) -> bool:
        if self.directories_only and not directory:
            return False
        return self.pattern.match(path if self.whole_path else name) is not None


class Ignore:
    """`files` maps the path of each .gitignore to its contents. `always` names exact paths that are never recorded."""

    def __init__(self, files: Mapping[str, bytes], always: frozenset[str] = frozenset()) -> None:
        self.always = always
        self._noise = _rules(NOISE)
        self._rules = {
            path.removesuffix(".gitignore"): _rules(text.decode(errors="surrogateescape"))
            for path, text in files.items()
        }

    def __call__(self, path: str, directory: bool) -> bool:
        """Whether an untracked path is noise. Its parent directories must have been asked before: what lies in an
        ignored directory can't be brought back."""
        if path in self.always:
            return True
        name = path.rpartition("/")[2]
        folder = path.removesuffix(name)
        while True:
            for rule in reversed(self._rules.get(folder, ())):
                if rule.fits(path.removeprefix(folder), name, directory):
                    return rule.ignored
            if not folder:
                break
            folder = folder[: folder.rstrip("/").rfind("/") + 1]
        return any(rule.fits(path, name, directory) for rule in self._noise)


def _rules(text: str) -> tuple[_Rule, ...]:
    lines = text.removeprefix("\ufeff").split("\n", 10 * _MAX_RULES)
    return tuple(rule for line in lines if (rule := _rule(line)))[:_MAX_RULES]


def _rule(line: str) -> _Rule | None:
    if len(line) > MAX_PATTERN or line.startswith("#"):
        return None
    bare = line.removesuffix("\r").rstrip(" ")
    escaped = (len(bare) - len(bare.rstrip("\\"))) % 2 == 1
    line = f"{bare} " if escaped else bare
    ignored = not line.startswith("!")
    pattern = line if ignored else line[1:]
    directories_only = pattern.endswith("/")
    pattern = pattern.removesuffix("/")
    whole_path = "/" in pattern
    pattern = pattern.removeprefix("/")
    return _Rule(glob_regex(pattern), whole_path, directories_only, ignored) if pattern else None

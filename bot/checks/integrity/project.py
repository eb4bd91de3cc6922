"""What belongs to the repository itself: its modules, so that mocks of them are told from mocks of the world."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

_SOURCES = frozenset(("src", "lib", "python", "source", "packages", "app"))
_WORLD = re.compile(
    r"http|request|fetch|net|socket|client|url|clock|time|date|now|sleep|delay|db|database|sql|query|smtp|mail|s3|redis"
    r"|cache|api|random|uuid|secret|token|env|subprocess|process|spawn|shell|connect|send|post|publish|download|upload"
    r"|open|read|write|file|path|storage|stdin|stdout|print|log|input|prompt|browser|window|fs|os|sys|conf|setting|queue"
    r"|worker|kafka|broker|notif|metric|telemetry|auth|login|pay|charge|gateway|server|remote|service|external|io",
    re.IGNORECASE,
)
"""Words of what tests rightly keep away from: the network, clocks, storage, other services."""


@dataclass(frozen=True, slots=True)
class Project:
    """The paths of the repository, and those that are tests."""

    paths: Collection[str]
    tests: Collection[str]
    tops: frozenset[str]

    @classmethod
    def of(cls, paths: Collection[str], tests: Collection[str]) -> "Project":
        return cls(paths, tests, frozenset(_tops(path for path in paths if path not in tests)))

    def owns(self, target: str) -> bool:
        """Whether a dotted Python name, or a relative module path of JavaScript, is the project's own code."""
        if target.startswith("."):
            return True
        return re.split(r"[./:]", target)[0] in self.tops


def _tops(paths: Iterable[str]) -> Iterable[str]:
    """Top-level names that can be imported: packages and modules, at the top or below a source folder."""
    for path in paths:
        parts = PurePosixPath(path).parts
        while len(parts) > 1 and parts[0] in _SOURCES:
            yield parts[0]
            parts = parts[1:]
        if len(parts) > 1 or path.endswith((".py", ".js", ".ts", ".mjs", ".cjs")):
            yield PurePosixPath(parts[0]).stem if len(parts) == 1 else parts[0]


def is_worldly(target: str) -> bool:
    """Whether a name speaks of the outside world."""
    return any(_WORLD.search(part) for part in re.split(r"[./:]", target)[-2:])

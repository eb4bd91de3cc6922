"""What belongs to the repository itself: its modules, so that mocks of them are told from mocks of the world."""

import os.path
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from bot.domain.words import words

_PURE = words("builtins math operator functools itertools re decimal fractions statistics string textwrap bisect heapq")
"""Modules of Python that only compute: whoever replaces them replaces what is computed."""

_WORLDLY_BUILTINS = words("open input print exit quit breakpoint __import__ help")
SOURCES = frozenset(("src", "lib", "python", "source", "packages", "app"))
"""Folders in which modules stand that are imported without them."""
_WORLD = words(
    "http https request requests fetch net network socket client url clock time date now sleep delay timer database db "
    "sql query smtp mail email s3 redis cache api random uuid secret token env environ subprocess process spawn shell "
    "connect connection send post publish download upload open read write file path storage stdin stdout print log "
    "logger input prompt browser window fs os sys config settings queue worker kafka broker notify metric telemetry "
    "auth login pay payment charge gateway server remote service external io random getpass git docker ai llm"
)
"""Words of what tests rightly keep away from: the network, clocks, storage, other services."""

_ENDS = (".js", ".ts", ".tsx", ".jsx", ".mjs", ".cjs", "/index.js", "/index.ts")


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
        top, _, rest = target.partition(".")
        if top in _PURE and rest and rest not in _WORLDLY_BUILTINS:
            return True
        return re.split(r"[./:]", target)[0] in self.tops

    def has(self, target: str, path: str) -> bool:
        """Whether what the file at `path` imports is the project's own, and made by no test file."""
        return bool(target) and self.owns(target) and not self.made_by_tests(target, path)

    def made_by_tests(self, target: str, path: str) -> str:
        """The test file that an import of the file at `path` leads to; '' where it leads elsewhere."""
        return next((place for place in self.places(target, path) if place in self.tests), "")

    def places(self, target: str, path: str) -> Iterable[str]:
        """The files that an import of the file at `path` may mean."""
        return _places(target, os.path.dirname(path))


@lru_cache(maxsize=4096)
def _places(target: str, folder: str) -> tuple[str, ...]:
    """The files that an import may mean: a relative path of JavaScript, a dotted name of Python."""
    source = target.partition("#")[0]
    if source.startswith(("./", "../")):
        bare = os.path.normpath(os.path.join(folder, source))
        return (bare, *(f"{bare}{end}" for end in _ENDS))
    up = len(source) - len(source.lstrip("."))
    parts = [part for part in source.split(".") if part]
    above = [name for name in folder.split("/") if name]
    start = above[: len(above) - up + 1] if up > 1 else above
    lengths = [length for length in (len(parts), len(parts) - 1) if length > 0]
    modules = ["/".join([*root, *parts[:n]]) for root in ([start] if up else [[], above]) for n in lengths]
    return tuple(place for module in modules for place in (f"{module}.py", f"{module}/__init__.py"))


def _tops(paths: Iterable[str]) -> Iterable[str]:
    """Top-level names that can be imported: packages and modules, at the top or below a source folder."""
    for path in paths:
        parts = PurePosixPath(path).parts
        while len(parts) > 1 and parts[0] in SOURCES:
            yield parts[0]
            parts = parts[1:]
        if len(parts) > 1 or path.endswith((".py", ".js", ".ts", ".mjs", ".cjs")):
            yield PurePosixPath(parts[0]).stem if len(parts) == 1 else parts[0]


def is_worldly(target: str) -> bool:
    """Whether a name speaks of the outside world."""
    parts = re.split(r"[./:]", target)[-2:]
    return any(word.lower() in _WORLD for part in parts for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", part))

"""The files of a commit that can tell of set-up and test commands, and what they tell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain.additions import additions
from bot.domain.detect import detect
from bot.domain.rules import Detected, Rules
from sandbox.api import Entry
from sandbox.git import Bare

RULES = ".maestro.yml"

MAX_TEXT = 1024 * 1024
"""Bytes of one project file that are read to detect commands."""

_ENDINGS = (".toml", ".cfg", ".ini", ".json", ".txt", ".xml", ".gradle", ".kts", ".mod", ".py")
_SCRIPTS = (".js", ".mjs", ".cjs")
_CHANGE_LOGS = ("CHANGE", "HISTORY", "NEWS")


@dataclass(frozen=True, slots=True)
class ProjectFiles:
    """All paths of a commit, and the texts of those files that tell."""

    paths: frozenset[str]
    texts: Mapping[str, str]

    def detected(self, rules: Rules) -> Detected:
        return detect(self.paths, self.texts.get, rules)


async def project_files(bare: Bare, entries: Mapping[str, Entry]) -> ProjectFiles:
    """The small text files at the top of the tree (and one level below): those that can tell of commands."""
    wanted = [e for e in entries.values() if e.size <= MAX_TEXT and tells(e.path)]
    blobs = await bare.read_blobs(entry.oid for entry in wanted if entry.mode.startswith("100"))
    texts: dict[str, str] = {}
    for entry in wanted:
        try:
            texts[entry.path] = blobs[entry.oid].decode() if entry.oid in blobs else ""
        except UnicodeDecodeError:
            continue
    return ProjectFiles(frozenset(entries), texts)


async def files_at(bare: Bare, commits: Iterable[str]) -> list[ProjectFiles]:
    """The project files of each commit."""
    found = []
    for commit in commits:
        found.append(await project_files(bare, {entry.path: entry for entry in await bare.entries(commit)}))
    return found


def newly_wanted(detected: Detected, base: ProjectFiles, head: ProjectFiles) -> tuple[str, ...]:
    """Set-up commands that bring the packages which only the head asks for."""
    return additions(detected, (base.paths, base.texts.get), (head.paths, head.texts.get))


def tells(path: str) -> bool:
    """Whether a file of this path can tell of commands."""
    name = path.rpartition("/")[2]
    if path.count("/") > 1:
        return False
    known = path == RULES or name == "Makefile" or name.upper().startswith(_CHANGE_LOGS)
    return known or name.endswith(_ENDINGS) or ("test" in path and name.endswith(_SCRIPTS))

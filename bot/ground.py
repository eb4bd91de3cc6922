"""The ground of a session: its repository cloned, its rules read from the base, its set-up made. Done once, at the
first turn; what was found is an event, and later turns only open it again."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.domain.events import Grounded, SetUp
from bot.domain.following import can_be_renewed
from bot.domain.rules import Rules, read_rules
from bot.domain.session import Session
from bot.journal import Journal
from bot.ports import CodeHost, Repository, Trouble
from bot.projectfiles import RULES, project_files
from sandbox.api import Entry
from sandbox.git import Bare

SKILLS = ("AGENTS.md", ".maestro/skills/")
MAX_SKILLS, SKILL_TEXT = 5, 8_000
"""How many instruction files are read, and how many characters of each."""


@dataclass(frozen=True, slots=True)
class Spade:
    """What grounding works with. `clone` gives the mirror of the repository as it is now; `set_up` makes (or
    finds) the layer and tells of it."""

    host: Callable[[Session], CodeHost]
    clone: Callable[[Session], Awaitable[Bare]]
    set_up: Callable[[Session], Awaitable[SetUp]]
    onto: Callable[[Session, Grounded], Awaitable[Grounded]] | None = None
    """Moves the ground of a session about a pull request to its head."""


async def ground(journal: Journal, spade: Spade) -> None:
    """Clone, read, detect, set up: whatever of it has not been recorded yet. On a person's pull request, each turn
    begins at its present head. Raises Trouble."""
    session = journal.session
    if session.base is None or (spade.onto is not None and can_be_renewed(session)):
        seen = await spade.host(session).repository(session.place.repo)
        grounded = await survey(await spade.clone(session), seen)
        if session.is_pull and spade.onto is not None:
            grounded = await spade.onto(session, grounded)
        if grounded.base != session.base or session.after.offered:
            await journal.record(grounded)
    if journal.session.set_up is None:
        await journal.record(await spade.set_up(journal.session))


async def survey(bare: Bare, seen: Repository) -> Grounded:
    """What the base branch's newest commit tells."""
    base = await bare.resolve(f"refs/heads/{seen.default_branch}")
    if base is None and await bare.is_empty():
        advice = "Push a first commit, then `/maestro retry`."
        raise Trouble(f"{seen.ref.full_name} is empty: there is nothing to work on", retry_in=None, advice=advice)
    if base is None:
        advice = "Restore the branch or set another default branch, then `/maestro retry`."
        raise Trouble(f"the branch {seen.default_branch} vanished", retry_in=None, advice=advice)
    entries = {entry.path: entry for entry in await bare.entries(base)}
    files = await project_files(bare, entries)
    rules, problems = read_rules(files.texts[RULES]) if RULES in files.texts else (Rules(), ())
    if RULES in entries and RULES not in files.texts:
        problems = ("it is no readable text, so nothing of it counts",)
    return Grounded(
        base=base,
        tree=await bare.tree_of(base),
        base_branch=seen.default_branch,
        rules=rules,
        detected=files.detected(rules),
        problems=problems,
        skills=await _skills(bare, entries),
    )


async def _skills(bare: Bare, entries: Mapping[str, Entry]) -> tuple[str, ...]:
    """The repository's instructions to agents, each under its path, as they stand on the base."""
    named = [e for e in entries.values() if e.path == SKILLS[0] or e.path.startswith(SKILLS[1])]
    wanted = [e for e in sorted(named, key=lambda e: e.path) if e.mode.startswith("100")][:MAX_SKILLS]
    texts = await bare.read_blobs(entry.oid for entry in wanted)
    return tuple(f"{e.path}:\n{texts[e.oid].decode('utf-8', 'replace')[:SKILL_TEXT]}" for e in wanted if e.oid in texts)

"""Other people's commits on our branch and on the base, between any two of our steps: nothing of theirs is ever lost.

Real git on both sides; what the agent writes and the checks judge is drawn at random.
"""

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.codehost import LocalHost
from bot.deliver import Counter, commit, deliver, merge_others
from bot.deliver.catchup import catch_up
from bot.domain.events import (
    Approved,
    Body,
    Checkpointed,
    Finished,
    Grounded,
    Judged,
    Opened,
    Planned,
    PullRequestOpened,
    Pushed,
    Rested,
    Spoke,
)
from bot.domain.followups import Began, Synced
from bot.domain.refs import Actor, ConversationRef, SurfaceName, Trust
from bot.domain.rules import Detected, Rules
from bot.domain.session import Phase, Session
from bot.domain.work import Outcome, Plan
from bot.journal import Journal, open_journal
from bot.ports import Trouble
from bot.speech.voice import Voice
from bot.store import SqlStore
from sandbox.api import Remote
from sandbox.git import Bare
from sandbox.mirror import Mirrors
from tests.contract.repositories import git

BRANCH = "maestro/tui-1-halve"
ME = Actor(surface=SurfaceName.TERMINAL, id="me", login="me")
ACTS, MANY = 160, 1_000
"""How many acts of people fall between our steps."""


class Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class Origin(LocalHost):
    """A repository where somebody may act at the very moment before we push."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.before_push: Callable[[], None] = lambda: None

    async def co_author(self, actor: Actor) -> str:
        return "Me <me@example.org>"

    async def remote(self, repo: object, *, push: bool = False) -> Remote:
        if push:
            self.before_push()
        return Remote(key="origin", url=str(self.path))


@dataclass(slots=True)
class Walk:
    """The repository, its people, our session; and every commit of a person that stood on the branch."""

    folder: Path
    chance: random.Random
    host: Origin
    trees: list[str]
    journal: Journal
    counter: Counter
    mirrors: Mirrors
    acts: int = 0
    pushes: int = 0
    merges: int = 0
    conflicts: int = 0
    forced: list[tuple[str, str]] = field(default_factory=list)
    remade: int = 0

    # --- people ------------------------------------------------------------------------------------------------------
    def ref(self, name: str) -> str | None:
        refs = git("-C", self.host.path, "for-each-ref", "--format=%(objectname)", name).split()
        return refs[0] if refs else None

    def point(self, name: str, sha: str | None) -> None:
        git("-C", self.host.path, "update-ref", *(("-d", name) if sha is None else (name, sha)))

    def write(self, parent: str) -> str:
        """A person's commit with any of the trees."""
        tree = self.chance.choice(self.trees)
        self.acts += 1
        return git("-C", self.host.path, "commit-tree", "-p", parent, "-m", f"by hand {self.acts}", tree).strip()

    def act(self) -> None:
        """Push, force-push, rebase, delete or restore the branch, or push to the base."""
        ours, base = self.ref(f"refs/heads/{BRANCH}"), self.ref("refs/heads/main")
        assert base is not None
        if ours is None:
            self.acts += 1
            return self.point(f"refs/heads/{BRANCH}", self.journal.session.delivered)
        match self.chance.choice(("push", "push", "push", "force", "rebase", "base", "base", "delete")):
            case "push":
                self.point(f"refs/heads/{BRANCH}", self.write(ours))
            case "force":
                self.point(f"refs/heads/{BRANCH}", self.write(f"{ours}~1"))
            case "rebase":
                self.point(f"refs/heads/{BRANCH}", self.write(base))
            case "base":
                self.point("refs/heads/main", self.write(base))
            case _:
                self.acts += 1
                self.point(f"refs/heads/{BRANCH}", None)
        return None

    def maybe(self) -> None:
        while self.chance.random() < 0.55:
            self.act()

    # --- we ----------------------------------------------------------------------------------------------------------
    @asynccontextmanager
    async def step(self) -> AsyncIterator[None]:
        """One of our steps: the branch may only have gone forward by it, and never appears again by it."""
        self.maybe()
        before = self.ref(f"refs/heads/{BRANCH}")
        raced: list[str | None] = []

        def race() -> None:
            if self.chance.random() < 0.2:
                self.act()
            raced.append(self.ref(f"refs/heads/{BRANCH}"))

        self.host.before_push = race
        yield
        before = raced[-1] if raced else before
        after = self.ref(f"refs/heads/{BRANCH}")
        if after == before:
            return
        self.pushes += 1
        if before is None:
            self.remade += 1
        elif after is None or before not in git("-C", self.host.path, "rev-list", after).split():
            self.forced.append((before, after or ""))

    async def record(self, *bodies: Body) -> None:
        await self.journal.record(*bodies)

    async def edits(self) -> None:
        """The agent writes any of the trees, and so leaves no conflict."""
        bare = await self.counter.bare(self.journal.session)
        tree = self.chance.choice([t for t in self.trees if t != self.journal.session.tree])
        sha = git("-C", bare.path, "commit-tree", "-m", "saved", tree).strip()
        await self.record(Checkpointed(sha=sha, tree=tree), Finished(title="Another way", summary=""))

    async def turn(self) -> None:
        """From its beginning to its end, however often others come between."""
        await self.record(Began(why="review"))
        for _ in range(40):
            session = self.journal.session
            if session.phase is Phase.IDLE:
                break
            try:
                async with self.step():
                    await self.advance(session)
            except Trouble as trouble:
                if trouble.retry_in is None:
                    await self.record(Rested(outcome=Outcome.FAILED, reason=trouble.what))

    async def advance(self, session: Session) -> None:
        rope = await self.counter.rope(session)
        assert rope is not None
        match session.phase:
            case Phase.WORKING:
                if not session.after.conflicts:
                    await catch_up(self.journal, rope, base=True)
                await self.edits()
            case Phase.CHECKING:
                if await merge_others(self.journal, self.counter) and await commit(self.journal, self.counter):
                    head, tree = self.journal.session.head or "", self.journal.session.tree or ""
                    await self.record(Judged(head=head, tree=tree, round=1, refuted=(), unproven=()))
            case _:
                await deliver(self.journal, self.counter)


def pool(path: Path) -> list[str]:
    """Trees of two files in all combinations of their versions, kept by tags."""
    trees = []
    for a in range(4):
        for b in range(3):
            blobs = [
                git("-C", path, "hash-object", "-w", "--stdin", stdin=f"{text}\n".encode()).strip()
                for text in (f"a{a}", f"b{b}")
            ]
            listing = f"100644 blob {blobs[0]}\ta.txt\n100644 blob {blobs[1]}\tb.txt\n"
            trees.append(git("-C", path, "mktree", stdin=listing.encode()).strip())
            kept = git("-C", path, "commit-tree", "-m", "kept", trees[-1]).strip()
            git("-C", path, "update-ref", f"refs/tags/pool-{a}{b}", kept)
    return trees


@asynccontextmanager
async def walk(folder: Path, seed: int) -> AsyncIterator[Walk]:
    path = folder / "origin.git"
    git("init", "-q", "--bare", "-b", "main", path)
    trees = pool(path)
    base = git("-C", path, "commit-tree", "-m", "Begin", trees[0]).strip()
    git("-C", path, "update-ref", "refs/heads/main", base)
    host, mirrors, store = (
        Origin(path),
        Mirrors(folder / "home"),
        SqlStore(f"sqlite:///{folder}/log.db", {"synchronous": "OFF"}),
    )
    await store.migrate()

    async def bare(session: Session) -> Bare:
        return Bare(mirrors.room(session.id) / "repository.git")

    await mirrors.refresh(await host.remote(None))
    await mirrors.session("s1", await host.remote(None))
    journal = await open_journal(store, Clock(), "s1")
    one = Walk(
        folder,
        random.Random(seed),
        host,
        trees,
        journal,
        Counter(lambda _: host, bare, Voice(), mirrors=mirrors),
        mirrors,
    )
    await begin(one, base)
    try:
        yield one
    finally:
        await store.close()


async def begin(one: Walk, base: str) -> None:
    """A session whose pull request stands."""
    place = ConversationRef(surface=SurfaceName.TERMINAL, repo=one.host.ref, key="tui-1")
    plan = Plan(rev=1, summary="", steps=(), files=("**",), claims=())
    await one.record(
        Opened(place=place, title="Halve", text="", requester=ME),
        Spoke(where=place, actor=ME, trust=Trust.ADMIN, verb="implement"),
        Grounded(base=base, tree=one.trees[0], base_branch="main", rules=Rules(), detected=Detected()),
        Planned(plan=plan),
        Approved(rev=1, digest=plan.digest, by=ME),
        PullRequestOpened(place=place.model_copy(update={"key": "2"}), number=2, url=""),
    )
    bare = await one.counter.bare(one.journal.session)
    sha = git("-C", bare.path, "commit-tree", "-m", "saved", one.trees[5]).strip()
    await one.record(Checkpointed(sha=sha, tree=one.trees[5]), Finished(title="Halve", summary=""))
    made = await commit(one.journal, one.counter)
    assert made is not None
    async with one_remote(one) as remote:
        await bare.push(remote, made.sha, BRANCH, None)
    await one.record(Pushed(branch=BRANCH, sha=made.sha), Rested(outcome=Outcome.DONE))


@asynccontextmanager
async def one_remote(one: Walk) -> AsyncIterator[Remote]:
    yield await one.host.remote(None)


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("seed", "acts"), [(7, ACTS), pytest.param(11, MANY, marks=pytest.mark.long)])
async def test_whatever_others_do_between_our_steps_no_commit_is_lost_and_nothing_forced(
    tmp_path: Path, seed: int, acts: int
) -> None:
    async with walk(tmp_path, seed) as one:
        while one.acts < acts:
            if one.ref(f"refs/heads/{BRANCH}") is None:
                one.act()
            await one.turn()
        synced = [event.body for event in one.journal.events if isinstance(event.body, Synced)]
        assert (one.forced, one.remade) == ([], 0)
        assert one.pushes > acts / 40
        assert any(body.conflicts for body in synced)
        assert any(body.rewritten for body in synced)
        assert {body.what for body in synced} == {"branch", "base"}
        print(
            one.acts, one.pushes, len(synced), sum(bool(b.conflicts) for b in synced), sum(b.rewritten for b in synced)
        )

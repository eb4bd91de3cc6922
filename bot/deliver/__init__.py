"""Delivery: one commit, one push, one draft pull request with its evidence, its check run; ready when all is upheld.

Every effect has a natural key (the commit's content, the branch, the pull request of a branch, the check run of a
commit), so each step can be repeated after a crash and does nothing the second time.
"""

import re
import unicodedata
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from bot.deliver.catchup import Rope, catch_up, unresolved
from bot.deliver.committing import Pen, Wording, write
from bot.deliver.following import dispose
from bot.deliver.learning import learn
from bot.deliver.offering import offer
from bot.domain.events import CheckRunSet, Committed, MarkedDraft, MarkedReady, PullRequestOpened, Pushed, Rested
from bot.domain.refs import Actor, RepoRef, SurfaceName, Trust
from bot.domain.session import Phase, Session
from bot.domain.work import Outcome, Verdict
from bot.grant import grant
from bot.journal import Journal
from bot.ports import Annotation, CheckRun, CodeHost, PullRequestText, Reviews, Trouble
from bot.speech import evidence, neutral
from bot.speech.gate import stripped
from bot.speech.render import markdown
from bot.speech.voice import Voice
from sandbox.api import PushRejected, Remote, Signature
from sandbox.git import Bare
from sandbox.mirror import Mirrors

log = structlog.get_logger()

MARK_ATTEMPTS = 2
"""How often a delivery is tried again because its pull request could not be marked ready, or a draft."""

MAX_NAMES = 9
"""How many branch names are tried when others have taken the first ones."""


@dataclass(frozen=True, slots=True)
class Counter:
    """What a delivery works with. `host` and `bare` belong to the session: its code host, its own repository."""

    host: Callable[[Session], CodeHost]
    bare: Callable[[Session], Awaitable[Bare]]
    voice: Voice
    reviews: Callable[[Session], Reviews | None] = lambda _: None
    mirrors: Mirrors | None = None
    pen: Pen = Pen()

    async def rope(self, session: Session) -> Rope | None:
        """For catching up with others' commits, where there is a pull request that could have some."""
        if self.mirrors is None or session.pull_request is None:
            return None
        return Rope(self.host(session), await self.bare(session), self.mirrors)


async def commit(journal: Journal, counter: Counter) -> Committed | None:
    """The one commit of the present tree, made once. It is made before the checks run, so that every record names the
    very commit that is delivered. When the tree is the base's there is nothing to deliver: the turn ends, with None."""
    session = journal.session
    if not session.changed or session.tree is None or session.base is None:
        await journal.record(Rested(outcome=Outcome.DONE, reason="Nothing had to be changed."))
        return None
    parent = session.delivered or session.base
    made = session.commit
    if made is not None and made.tree == session.tree and (made.parent == parent or made.sha == parent):
        return made
    bare, host = await counter.bare(session), counter.host(session)
    at = int(journal.clock.now().timestamp())
    name, email = await host.identity()
    bot = Signature(name, email, at)
    author = await host.co_author(session.requester) if session.requester else ""
    said = Wording(session.tree, await parents(bare, session, parent), message(session, author))
    sha = await write(bare, counter.pen, session, said, bot)
    committed = Committed(sha=sha, tree=session.tree, parent=parent, title=title(session))
    await journal.record(committed)
    return committed


async def merge_others(journal: Journal, counter: Counter) -> bool:
    """Bring in what others pushed. False when that conflicts, or changed what is to be done: the agent has the work
    again."""
    rope = await counter.rope(journal.session)
    if rope is None:
        return True
    await catch_up(journal, rope)
    return not await unresolved(journal, rope) and journal.session.phase is Phase.CHECKING


async def parents(bare: Bare, session: Session, parent: str) -> tuple[str, ...]:
    """What the commit continues: the branch, and the base where that was merged into it."""
    merging = session.after.merging
    if merging is None or await bare.is_ancestor(merging, parent):
        return (parent,)
    return (parent, merging)


def title(session: Session) -> str:
    """The commit's first line, at most 100 characters."""
    said = evidence.own_title(session).splitlines()
    line = neutral.title(said[0] if said else "") or "Update"
    line = f"Update PR #{session.pull_request.number}: {line}" if session.pull_request else line
    return line if len(line) <= 100 else line[:99].rstrip() + "…"


def message(session: Session, co_author: str) -> str:
    """The commit message: title, the model's summary as text without results, the host's trailers."""
    summary = stripped(session.finished.summary) if session.finished else ""
    words = "\n".join(neutral.title(line) for line in summary.splitlines() if not _TRAILER.match(line))
    trailers = [f"Co-authored-by: {co_author}"] if co_author else []
    trailers.append(f"Maestro-Session: {session.id}")
    return "\n\n".join(part for part in (title(session), words.strip(), "\n".join(trailers)) if part) + "\n"


_TRAILER = re.compile(r"^[A-Za-z][A-Za-z-]*-(?:by|Session):", re.IGNORECASE)


def branch_name(session: Session, attempt: int = 1) -> str:
    """`maestro/<issue>-<slug>`; further attempts add a number."""
    plain = unicodedata.normalize("NFKD", session.title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain)[:40].strip("-") or "work"
    issue = next((p for p in session.places if p.surface is not SurfaceName.SLACK), None)
    key = re.sub(r"[^A-Za-z0-9]+", "-", issue.key).strip("-") if issue else "slack"
    return f"maestro/{key}-{slug}" + (f"-{attempt}" if attempt > 1 else "")


async def deliver(journal: Journal, counter: Counter) -> None:
    """From judged work to a pull request, or to a branch where there are none. Raises Trouble for what may pass."""
    made = await commit(journal, counter)
    session = journal.session
    if made is None:
        return None
    rope = await counter.rope(session)
    if rope is not None and await catch_up(journal, rope):
        return None  # the checks begin anew on the merged tree
    host, repo = counter.host(session), session.place.repo
    if (refused := kept_off(session) or await _authority(host, repo, session)) is not None:
        return await journal.record(refused)
    if not await offer(journal, counter.reviews(session), await counter.bare(session), made.sha):
        await _push(journal, counter, made)
        if host.pull_requests:
            await propose(journal, counter)
        await dispose(journal)
        await learn(journal)
    return await journal.record(rest(journal.session))


def _responsible(session: Session) -> tuple[Actor, ...]:
    fixed = {one.id for one in session.after.proposed if one.how == "fixed"}
    asked = [one.remark.actor for one in session.after.obligations if one.id in fixed]
    begun = (session.approved.by if session.approved else None) or session.requester
    return tuple({one.id: one for one in (begun, *asked) if one is not None}.values())


async def _authority(host: CodeHost, repo: RepoRef, session: Session) -> Rested | None:
    """The live permission of whoever let this begin, and of everybody whose remark was followed, asked again right
    before the push."""
    by: Actor | None = None
    for one in _responsible(session):
        if await host.trust(repo, one) < Trust.WRITE:
            by = one
            break
    if by is None:
        return None
    return Rested(
        outcome=Outcome.DECLINED,
        reason=f"{by.login} has no write access to {repo.full_name} any more, so nothing was pushed.",
        advice="Somebody with write access can say `/maestro implement`.",
    )


def kept_off(session: Session) -> Rested | None:
    """While a person has taken the branch over, nothing is pushed to it."""
    by = session.after.taken_by
    if by is None:
        return None
    advice = "`/maestro hand back` gives it back; the work is kept."
    return Rested(outcome=Outcome.NEEDS_INPUT, reason=f"{by.login} has taken the branch over.", advice=advice)


async def _push(journal: Journal, counter: Counter, made: Committed) -> None:
    session = journal.session
    if session.delivered == made.sha:
        return
    bare, host = await counter.bare(session), counter.host(session)
    async with grant(host, session.place.repo, push=True) as remote:
        if host.pull_requests and session.pull_request is None:
            await _base_stands(bare, remote, session)
        branch = session.branch or await _free_branch(bare, remote, session, made)
        await journal.hold()
        try:
            await bare.push(remote, made.sha, branch, session.delivered)
        except PushRejected as rejected:
            advice = "Look at the branch; `/maestro retry` tries again."
            again = 1.0 if session.pull_request else None  # somebody was faster: we catch up with them first
            raise Trouble(f"{branch} was not accepted: {rejected}", retry_in=again, advice=advice) from rejected
    await journal.record(Pushed(branch=branch, sha=made.sha))


async def _base_stands(bare: Bare, remote: Remote, session: Session) -> None:
    if await bare.remote_head(remote, session.base_branch) is None:
        what = f"the branch {session.base_branch}, which this was made for, vanished"
        raise Trouble(what, retry_in=None, advice="Restore it, then `/maestro retry`: the work is kept.")


async def _free_branch(bare: Bare, remote: Remote, session: Session, made: Committed) -> str:
    """The first of our names that nobody has taken, or that holds our very commit already."""
    for attempt in range(1, MAX_NAMES + 1):
        name = branch_name(session, attempt)
        if await bare.remote_head(remote, name) in (None, made.sha):
            return name
    advice = "Delete old `maestro/` branches, then `/maestro retry`."
    raise Trouble(f"the branch names up to {name} are taken", retry_in=None, advice=advice)


async def propose(journal: Journal, counter: Counter, *, anew: bool = False) -> None:
    """The draft pull request, the check run on its head, and ready when all is upheld (a draft again when what made it
    ready does not hold). `anew` says it all once more, though nothing was pushed."""
    host, session = counter.host(journal.session), journal.session
    repo = session.place.repo
    if session.branch is None or session.delivered is None:
        return
    name, blocks = evidence.pull_request(session, counter.voice)
    text = PullRequestText(name, markdown(blocks))
    await journal.hold()
    if session.pull_request is None:
        number, url, draft = await host.open_pull_request(repo, session.branch, session.base_branch, text)
        place = session.place.model_copy(update={"surface": SurfaceName.GITHUB, "key": str(number), "url": url})
        await journal.record(PullRequestOpened(place=place, number=number, url=url, draft=draft))
    else:
        await host.edit_pull_request(repo, session.pull_request.number, text)
    if not anew:
        await report(journal, counter, "in_progress")
    await report(journal, counter, "completed", anew=anew)
    pull = journal.session.pull_request
    ready = evidence.conclusion(journal.session) == "success"
    if ready and journal.session.after.kept_draft:
        return  # a person made it a draft, and so it is theirs to mark ready
    if pull is not None and (pull.draft if ready else pull.readied):
        await _mark(journal, host, pull.number, ready=ready)


async def _mark(journal: Journal, host: CodeHost, number: int, *, ready: bool) -> None:
    """Ready, or a draft again. There is no way but GraphQL; where that is off or goes on failing, the rest of the
    delivery does not wait for it, and `rest` says so."""
    await journal.hold()
    try:
        await host.set_draft(journal.session.place.repo, number, draft=not ready)
    except Trouble as trouble:
        if trouble.retry_in is not None and journal.session.faults < MARK_ATTEMPTS:
            raise
        log.warning("pull_request.unmarked", number=number, ready=ready, what=trouble.what)
        return
    await journal.record(MarkedReady(number=number) if ready else MarkedDraft(number=number))


async def report(journal: Journal, counter: Counter, status: str, *, anew: bool = False) -> None:
    """Set the check run once for each status of a commit; `anew` sets it once more."""
    session, done = journal.session, journal.session.check_run
    sha = session.delivered or ""
    if not anew and done is not None and done.sha == sha and status in (done.status, "in_progress"):
        return
    run = check_run(session, counter.voice, status)
    known = done.id if done is not None and done.sha == sha else ""
    await journal.hold()
    made = await counter.host(session).set_check_run(session.place.repo, f"{session.id}:{sha[:12]}", run, known)
    await journal.record(
        CheckRunSet.model_validate({"id": made, "sha": sha, "status": run.status, "conclusion": run.conclusion})
    )


def check_run(session: Session, voice: Voice, status: str) -> CheckRun:
    """The check run of the delivered commit, with one annotation for each integrity finding on a line."""
    headline, blocks = evidence.check_run_summary(session, voice)
    found = [(name, f) for name, f in evidence.findings(session) if f.line]
    return CheckRun(
        sha=session.delivered or "",
        status=status,
        conclusion=evidence.conclusion(session) if status == "completed" else None,
        title=headline,
        summary=markdown(blocks),
        url=voice.page(session.id),
        annotations=tuple(Annotation(f.path, f.line or 1, f"{name} {f.kind}", f.what) for name, f in found),
    )


def rest(session: Session) -> Rested:
    """How a delivered turn ends, by its evidence."""
    if evidence.overall(session) is Verdict.REFUTED:
        advice = "Tell me in words what to do differently: that starts a new turn."
        return Rested(outcome=Outcome.FAILED, reason="Some checks are refuted.", advice=advice)
    upheld = evidence.conclusion(session) == "success"
    pull, advice = session.pull_request, ""
    if upheld and pull is not None and pull.draft and not session.after.kept_draft:
        advice = "GitHub did not let me mark the pull request ready, so it is still a draft: that is yours to do."
    reason = "Every check is upheld." if upheld else "Not everything is proven."
    return Rested(outcome=Outcome.DONE, reason=reason, advice=advice)

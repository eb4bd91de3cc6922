"""Lessons: what reviewers asked for repeatedly in a repository, offered once as a line for AGENTS.md.

The remarks that were followed are kept for each repository as receipts that belong to no session.
"""

from pydantic import ValidationError

from bot.domain.followups import Learned, Place
from bot.domain.learning import Wished, alike, key, lesson, rule
from bot.domain.refs import RepoRef
from bot.domain.session import Session
from bot.journal import Journal
from bot.ports import Receipt

TAUGHT = "lesson:"
"""How the receipts of lessons begin; their words are kept, so that nothing like them is offered again."""


async def learn(journal: Journal) -> None:
    """Keep what was followed since the last time, and offer what has been asked for often enough by now."""
    session, store = journal.session, journal.store
    followed = _followed(session)
    if not followed:
        return
    shelf = _shelf(session.place.repo)
    kept = {receipt.key: receipt.remote for receipt in await store.receipts(shelf)}
    taught = [words for name, words in kept.items() if name.startswith(TAUGHT)]
    known = [one for name, text in kept.items() if not name.startswith(TAUGHT) and (one := _read(text)) is not None]
    for name, one in followed.items():
        if name in kept:
            continue
        same = lesson(one, known)
        if same and not any(alike(words, one.words) for words in taught):
            taught.append(await _offer(journal, shelf, same))
        known.append(one)
        await store.keep_receipt(Receipt(shelf, name, one.model_dump_json(), "", journal.clock.now()))


async def _offer(journal: Journal, shelf: str, same: tuple[Wished, ...]) -> str:
    """Say it, then keep it as said; a crash in between finds that it was said in this session's own log."""
    said = rule(same)
    if key(said) not in journal.session.after.learned:
        places = tuple(Place(url=one.url, pull=one.pull) for one in same)
        await journal.record(Learned(key=key(said), rule=said, places=places))
    await journal.store.keep_receipt(Receipt(shelf, TAUGHT + key(said), said, "", journal.clock.now()))
    return said


def _followed(session: Session) -> dict[str, Wished]:
    """The remarks that were fixed with nothing speaking against it, by a name that no other session uses."""
    pull = str(session.pull_request.number) if session.pull_request else ""
    return {
        f"{session.id}:{one.id}": Wished(words=one.remark.text, url=one.remark.url, pull=pull)
        for one in session.after.obligations
        if one.how == "fixed" and one.proven
    }


def _shelf(repo: RepoRef) -> str:
    """The owner of a repository's followed remarks among the receipts; no session is called so."""
    return f"lessons:{repo.id or repo.full_name}"


def _read(text: str) -> Wished | None:
    try:
        return Wished.model_validate_json(text)
    except ValidationError:
        return None  # an older version's

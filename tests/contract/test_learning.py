"""Lessons from reviews: asked for repeatedly and on several pull requests, offered once, in the words of a reviewer."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from bot.deliver.learning import learn
from bot.domain.events import Body, Event, Opened, PullRequestOpened, Spoke
from bot.domain.followups import Disposed, How, Learned, Place, Remarked
from bot.domain.learning import Wished, alike, key, rule
from bot.domain.refs import Trust
from bot.journal import Journal, open_journal
from bot.speech import speak
from bot.speech.render import render
from bot.speech.voice import Voice
from bot.store import SqlStore
from tests.domain.people import ALICE, ISSUE, PULL


class Clock:
    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    store = SqlStore(f"sqlite:///{tmp_path}/log.db", {"synchronous": "OFF"})
    await store.migrate()
    yield store
    await store.close()


async def reviewed(store: SqlStore, number: int, *texts: str, how: How = "fixed", proven: bool = True) -> Journal:
    """A session whose pull request of this number was reviewed so, and every remark disposed of like this."""
    journal = await open_journal(store, Clock(), f"s{number}")
    pull = PULL.model_copy(update={"key": str(number)})
    bodies: list[Body] = []
    for n, text in enumerate(texts, 1):
        target = f"review_comment:{number}{n}"
        url = f"https://github.example/pull/{number}#r{n}"
        remark = Remarked(
            id=f"o{n}", where=pull, actor=ALICE, trust=Trust.WRITE, text=text, target=target, thread=target, url=url
        )
        bodies += [remark, Disposed(id=f"o{n}", how=how, proven=proven)]
    await journal.append(
        Opened(place=ISSUE.model_copy(update={"key": f"1{number}"}), title="", text="", requester=ALICE),
        Spoke(where=pull, actor=ALICE, trust=Trust.WRITE, verb="implement"),
        PullRequestOpened(place=pull, number=number, url=""),
        *bodies,
    )
    await learn(journal)
    return journal


def lessons(journal: Journal) -> list[Event]:
    return [event for event in journal.events if isinstance(event.body, Learned)]


ASKED = ("Please add type hints here.", "Add type hints, please.", "Could you add type hints to `f`?")


async def test_what_is_asked_for_three_times_on_two_pull_requests_is_offered_once(store: SqlStore) -> None:
    assert lessons(await reviewed(store, 2, ASKED[0], "Why seven?")) == []
    assert lessons(await reviewed(store, 3, ASKED[1])) == []
    third = await reviewed(store, 4, "Rename it.", ASKED[2])
    [learned] = lessons(third)
    assert learned.body == Learned(
        key=key("Add type hints, please."),
        rule="Add type hints, please.",
        places=(
            Place(url="https://github.example/pull/2#r1", pull="2"),
            Place(url="https://github.example/pull/3#r1", pull="3"),
            Place(url="https://github.example/pull/4#r2", pull="4"),
        ),
    )
    post = speak(third.session, learned, Voice())
    assert post is not None
    assert render(post) == (
        "Reviews here have asked for the same 3 times: [#2](https://github.example/pull/2#r1), "
        "[#3](https://github.example/pull/3#r1), [#4](https://github.example/pull/4#r2). If it is a rule, this line in "
        "`AGENTS.md` would tell me and everybody else:\n\n```markdown\n- Add type hints, please.\n```\n\n"
        "I change nothing there by myself."
    )
    assert lessons(await reviewed(store, 5, "Type hints here, too, please: add them.")) == []


async def test_one_pull_request_alone_and_what_was_not_followed_teach_nothing(store: SqlStore) -> None:
    assert lessons(await reviewed(store, 2, *ASKED)) == []
    other = store
    for number in (3, 4, 5):
        assert lessons(await reviewed(other, number, "Use tabs everywhere.", how="declined")) == []
        refuted = await reviewed(other, number + 10, "Sort all imports.", proven=False)
        assert lessons(refuted) == []


async def test_told_again_after_a_crash_it_is_one_lesson(store: SqlStore) -> None:
    await reviewed(store, 2, ASKED[0])
    await reviewed(store, 3, ASKED[1])
    journal = await reviewed(store, 4, ASKED[2])
    await learn(journal)
    await learn(await open_journal(store, Clock(), "s4"))
    assert len(lessons(await open_journal(store, Clock(), "s4"))) == 1


async def test_other_repositories_are_other_schools(store: SqlStore) -> None:
    await reviewed(store, 2, ASKED[0])
    await reviewed(store, 3, ASKED[1])
    journal = await open_journal(store, Clock(), "s9")
    elsewhere = ISSUE.model_copy(update={"repo": ISSUE.repo.model_copy(update={"id": "99", "name": "other"})})
    remark = Remarked(id="o1", where=elsewhere, actor=ALICE, trust=Trust.WRITE, text=ASKED[2], target="issue_comment:1")
    opened = Opened(place=elsewhere, title="", text="", requester=ALICE)
    await journal.append(opened, remark, Disposed(id="o1", how="fixed"))
    await learn(journal)
    assert lessons(journal) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Add type hints.", "please add the type hints here", True),
        ("Add type hints to `core.py`.", "Add type hints to `api.py`.", True),
        ("Add a test.", "Add type hints.", False),
        ("Rename this.", "Explain why seven is enough here, and for whom.", False),
        ("```suggestion\nx = 1\n```", "```suggestion\nx = 1\n```", False),
        ("テストを追加してください", "テストを追加してください", True),
        ("", "", False),
    ],
)
def test_remarks_are_alike_by_their_words(one: str, other: str, same: bool) -> None:
    assert alike(one, other) is same


def test_a_rule_is_the_shortest_wording_on_one_line_and_without_code() -> None:
    words = ("Use telling names, please, everywhere.", "Use telling\nnames:\n```suggestion\ncount = 1\n```")
    assert rule(Wished(words=one, url="", pull="2") for one in words) == "Use telling names:"
    assert key("Add hints") == key("hints, add!")

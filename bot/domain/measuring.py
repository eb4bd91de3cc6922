"""Measurements that people ask for, and conversations that share a session: the events of both."""

from datetime import datetime
from typing import Literal

from bot.domain.refs import Actor, ConversationRef, Value
from bot.domain.work import Evidence


class Wish(Value):
    """What is to be measured: a benchmark by name or command ('': all that the rules name), and two refs, each a
    branch, tag, commit or `#45` ('': the pull request or work at hand, and its base). `more` are further refs like
    `head`; in a `chain`, each is measured against the one before it. `history` only looks back."""

    what: str = ""
    base: str = ""
    head: str = ""
    more: tuple[str, ...] = ()
    chain: bool = False
    history: bool = False


class Linked(Value):
    """Another conversation belongs to this session from now on: what is said to people is said there, too."""

    kind: Literal["linked"] = "linked"
    place: ConversationRef
    by: Actor


class Wanted(Value):
    """Somebody wants something measured."""

    kind: Literal["wanted"] = "wanted"
    where: ConversationRef
    actor: Actor
    wish: Wish
    target: str = ""


class Point(Value):
    """One measurement in a repository's history of a benchmark. `median` is the head's, in `unit`; `verdict` is the
    comparison's word; `session` and `n` name the record; `metric` is what was measured ('' where nobody noted it)."""

    at: datetime
    base: str
    head: str
    median: float
    unit: str
    ratio: float
    low: float
    high: float
    verdict: str
    session: str
    n: int
    metric: str = ""


class Measured(Value):
    """What a wish came to, one benchmark after the other: `records` were made now, `points` is the history with them
    (oldest first). `problem` says why nothing could be measured. `refs` are the two sides in people's words, and
    `sides` those of each record, where they are not the same for all."""

    kind: Literal["measured"] = "measured"
    where: ConversationRef
    wish: Wish
    refs: tuple[str, str] = ("", "")
    sides: tuple[tuple[str, str], ...] = ()
    names: tuple[str, ...] = ()
    records: tuple[Evidence, ...] = ()
    points: tuple[Point, ...] = ()
    problem: str = ""
    target: str = ""


Asking = Linked | Wanted
"""What people did, of this module."""

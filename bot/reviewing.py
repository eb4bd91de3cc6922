"""What is said and done on our own pull request: remarks that are owed an answer, doubts that are answered by evidence,
talk that is none of our business. Pure decisions from a Heard to events."""

import re

from bot.commands import BY_VERB, Refusal, Said, parse, spoken_lines
from bot.domain.events import Body
from bot.domain.followups import CIFailed, Disposed, PullChanged, Remarked, Withdrawn
from bot.domain.obligations import Obligation
from bot.domain.refs import Heard, Trust
from bot.domain.session import Phase, Session

REMARKS = ("remark", "remark-edited", "review", "review-edited", "comment", "comment-edited")
"""Kinds of Heard that may be remarks on a pull request."""

WITHDRAWN = {
    "remark-deleted": "deleted",
    "comment-deleted": "deleted",
    "review-dismissed": "dismissed",
    "thread-resolved": "resolved",
}


def is_ours(session: Session, heard: Heard) -> bool:
    """Whether it happened on the pull request that this session opened."""
    return session.pull_request is not None and heard.where.name == session.pull_request.place.name


# --- what needs no say -----------------------------------------------------------------------------------------------
def change_of(session: Session, heard: Heard) -> Body | None:
    """What happened to the pull request, to a remark, or to its checks: true whoever did it."""
    if heard.kind == "ci-failed":
        return _red(session, heard)
    if not is_ours(session, heard):
        return None
    where, actor = heard.where, heard.actor
    if heard.kind.startswith("pull-"):
        what = heard.kind.removeprefix("pull-")
        return PullChanged.model_validate({"where": where, "actor": actor, "what": what})
    why = WITHDRAWN.get(heard.kind)
    hit = any(heard.target in (o.remark.target, o.remark.thread, o.remark.review) for o in session.after.open)
    if why is None or not hit:
        return None
    return Withdrawn.model_validate({"where": where, "actor": actor, "target": heard.target, "why": why})


def _red(session: Session, heard: Heard) -> CIFailed | None:
    """A red check of the head that we pushed; of an older one it is no news. Some name no pull request, and are heard
    where the branch's name says that its work began."""
    facts = heard.facts
    if session.pull_request is None:
        return None
    known = any((one.failed.sha, one.failed.name) == (facts["sha"], facts["name"]) for one in session.after.red)
    if facts["sha"] != session.delivered or known or session.after.over:
        return None
    return CIFailed(
        where=session.pull_request.place,
        sha=facts["sha"],
        name=facts["name"],
        run=heard.target,
        conclusion=facts["conclusion"],
        url=heard.url,
    )


# --- remarks ---------------------------------------------------------------------------------------------------------
def is_remark(session: Session, heard: Heard, bot: str) -> bool:
    """Whether these words on our pull request want something of us, when their author has a say."""
    if not is_ours(session, heard) or heard.kind not in REMARKS or session.after.over:
        return False
    if any(parsed.verb for parsed in parse(heard.text, bot)):
        return False
    if heard.kind.endswith("-edited"):
        return _is_news(session, heard, bot)
    return not is_chatter(heard.text, bot) and _for_us(session, heard, bot)


def _is_news(session: Session, heard: Heard, bot: str) -> bool:
    """Whether an edit asks for something: of an open remark always, of one that had its answer when it reads on."""
    if _same(session, heard) is not None:
        return True
    last = next((one for one in reversed(session.after.obligations) if one.remark.target == heard.target), None)
    return last is not None and last.remark.text.split() != heard.text.split() and not is_chatter(heard.text, bot)


def _same(session: Session, heard: Heard) -> Obligation | None:
    return next((one for one in session.after.open if one.remark.target == heard.target), None)


def _for_us(session: Session, heard: Heard, bot: str) -> bool:
    """By addressing: our name says yes, another's says no. In a thread, whoever follows on our words or on their own
    remark speaks to us; others speak with each other, unless the remark is still open: then they add to it."""
    named = mentions(heard.text)
    if bot.lower() in named:
        return True
    if named:
        return False
    if not heard.facts.get("reply"):
        return True
    thread = heard.facts.get("thread", "")
    return thread in session.after.threads or any(one.remark.thread == thread for one in session.after.obligations)


def mentions(text: str) -> frozenset[str]:
    """Who is addressed by name, in lower case; not in code or quotes."""
    words = re.sub(r"`[^`\n]*`", "", "\n".join(spoken_lines(text)))
    return frozenset(
        name.lower() for name in re.findall(r"(?<![\w`/.@])@([A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)", words)
    )


_KIND_WORDS = (
    "thanks thank thx ty you lgtm looks look good great nice awesome perfect cool excellent love it this that work job "
    "one done merging merge ship ok okay yes yep sure agreed same haha lol wow well very so much a lot to me now again "
    "for the fix all is i much appreciated cheers bravo super danke merci gracias"
)
_POLITE = frozenset(_KIND_WORDS.split())


def is_chatter(text: str, bot: str = "") -> bool:
    """Thanks, praise, laughter: a few kind words without a question."""
    said = "\n".join(spoken_lines(text)).strip()
    if "?" in said or "suggestion" in text or has_only_images(text):
        return False
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", re.sub(r":[a-z0-9_+-]+:", " ", said.lower()))
    return len(words) <= 10 and all(word in _POLITE or word == bot.lower() for word in words)


_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)|<img\b[^>]*>", re.IGNORECASE)


def has_only_images(text: str) -> bool:
    return bool(_IMAGE.search(text)) and not _IMAGE.sub("", text).strip()


_DOUBT = re.compile(
    r"prove (?:it|this|that)\b|prove:|(?:is|was)(?:n'?t| not) (?:really )?prove[nd]\b"
    r"|where(?: i|')s the (?:proof|evidence)"
    r"|show (?:me |us )?(?:the |your )?(?:proof|evidence|test results)"
    r"|did (?:you|it) run (?:the )?(?:whole|full|entire)|did the (?:whole|full|entire) (?:test )?suite (?:run|pass)"
    r"|(?:re-?)?run (?:the )?(?:whole|full|entire) (?:test )?suite"
    r"|run (?:all )?the (?:checks|tests) again|re-?run the (?:checks|tests)",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    r"(?:show (?:me |us )?|re-?run |what does )the benchmarks?\b|the benchmarks? looks? off", re.IGNORECASE
)

_AGAINST = re.compile(r"\b(?:against|versus|vs\.?)\s+`?([\w./-]*\w)", re.IGNORECASE)


def challenge(session: Session, heard: Heard, trust: Trust) -> tuple[Body, ...]:
    """A doubt and nothing besides is answered by evidence made now, without the model in between: the checks again, or
    a measurement where the plan claims none and the repository names one."""
    said = " ".join("\n".join(spoken_lines(heard.text)).split())
    if session.phase is not Phase.IDLE or len(re.findall(r"[.?!;]+(?=\s|$)", said)) > 1 or len(said) > 200:
        return ()
    doubt, measure = _DOUBT.search(said), _MEASURE.search(said)
    if not doubt and not measure:
        return ()
    claims = session.plan.claims if session.plan else ()
    measured = [claim.id for claim in claims if claim.check == "benchmark"]
    verb, words = "prove", ", ".join(measured) if measure else ""
    if measure and not measured:
        against = _AGAINST.search(said)
        verb, words = "benchmark", f"against {against[1]}" if against else ""
        if not session.rules.benchmark:
            return ()
    target = heard.facts.get("thread", "")
    decision = BY_VERB[verb].decide(session, Said(heard.where, heard.actor, trust, words, target, heard.url))
    return () if isinstance(decision, Refusal) else decision


UNSEEN = "I can't see images. Please say in words what it shows, and what should be different."


def lead_to(session: Session, heard: Heard, trust: Trust) -> tuple[Body, ...]:
    """The events of a remark. Without write access it changes nothing, and nothing is owed for it."""
    if trust < Trust.WRITE:
        return ()
    if doubts := challenge(session, heard, trust):
        return doubts
    remark = _added(session, heard) or _remark(session, heard, trust)
    if has_only_images(heard.text):
        return (remark, Disposed(id=remark.id, how="needs-reviewer", text=UNSEEN))
    return (remark,)


def _added(session: Session, heard: Heard) -> Remarked | None:
    """Somebody else's words below an open remark belong to it."""
    thread = heard.facts.get("thread", "")
    below = next((one for one in session.after.open if thread and one.remark.thread == thread), None)
    if below is None or below.remark.target == heard.target or heard.kind.endswith("-edited"):
        return None
    text = f"{below.remark.text}\n\n{heard.actor.login} adds:\n{heard.text}"
    return below.remark.model_copy(update={"text": text})


def _remark(session: Session, heard: Heard, trust: Trust) -> Remarked:
    facts, same = heard.facts, _same(session, heard)
    line, start = facts.get("line", ""), facts.get("start", "")
    return Remarked(
        id=same.id if same else session.after.next_id,
        where=heard.where,
        actor=heard.actor,
        trust=trust,
        text=heard.text,
        target=heard.target,
        thread=facts.get("thread", ""),
        review=facts.get("review", "") if heard.kind.startswith("remark") else "",
        path=facts.get("path", ""),
        line=int(line) if line.isdecimal() else None,
        outdated=facts.get("outdated") == "yes",
        url=heard.url,
        start=int(start) if start.isdecimal() else None,
        old=facts.get("side") == "LEFT",
    )

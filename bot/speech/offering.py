"""Changes that are offered and not made: suggestions for a person to take, patches for a fork."""

from bot.domain.followups import Offered
from bot.domain.session import Session
from bot.domain.suggestions import fault
from bot.domain.words import plural
from bot.speech.evidence import sentence, table
from bot.speech.post import Block, Code, OnLines, Post, Text
from bot.speech.voice import Voice
from bot.speech.words import code

UNCHECKED = "I have not run this; it is yours to take."


def suggestion(text: str) -> Code:
    """Lines to stand in the place of others; only code where they would not be shown exactly as they are."""
    return Code(text=text, language="" if fault(text) else "suggestion")


def offered(session: Session, seq: int, body: Offered, voice: Voice) -> Post:
    """What was made for a person's own pull request, with the evidence for it: one review, or one comment."""
    on = tuple(
        OnLines(path=one.path, first=one.first, last=one.last, blocks=(suggestion(one.text),))
        for one in body.suggestions
    )
    blocks: list[Block] = [Text(markdown=f"{_how(session, body, voice)}\n\n{sentence(session)}"), table(session, voice)]
    if body.patch:
        blocks.append(Code(title="The patch", text=body.patch, language="diff"))
    return Post(key=str(seq), kind="say", where=session.place, blocks=tuple(blocks), on=on, onto=body.onto)


def _how(session: Session, body: Offered, voice: Voice) -> str:
    head = f"On {code(body.onto[:12])}"
    if body.suggestions:
        count = plural(len(body.suggestions), "suggested change")
        return f"{head}: {count}, checked together as one. Your branch is yours: take what you like."
    page = voice.page(session.id)
    why = "the branch lies in a fork, where I push nothing, nor its code into this repository"
    if body.patch:
        return f"{head}: the change as a patch, since {why}. `git apply` takes it."
    where = f"[the session's page]({page})" if page else "the session's page"
    return f"{head}: the change is a patch, since {why}. It is too long for a comment; {where} has it."

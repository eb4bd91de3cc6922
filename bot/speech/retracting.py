"""A wrong statement is taken back in the review thread where it stood, too, and not only where the doubt was."""

from bot.domain.session import Session
from bot.domain.standing import Retraction
from bot.speech.evidence import retracted
from bot.speech.post import Post
from bot.speech.voice import Voice

THREAD = "review_comment:"
"""How the targets begin that are review threads."""


def taken_back(session: Session, post: Post, voice: Voice) -> tuple[Post, ...]:
    """What this very event takes back, for each thread that it was said in, but for the post's own. Outside of threads
    the post itself and the pull request's text tell it."""
    now = [one for one in session.retracted if one.seq == session.seq]
    threads: dict[tuple[str, str], list[Retraction]] = {}
    for one in now:
        where, target = one.said.where, one.said.target
        elsewhere = where is not None and (where.name, target) != (post.where.name, post.target)
        if where is not None and elsewhere and target.startswith(THREAD):
            threads.setdefault((where.name, target), []).append(one)
    return tuple(
        Post(
            key=f"{post.key}@{name}/{target}",
            kind="say",
            where=given[0].said.where or post.where,
            blocks=tuple(retracted(session, given, voice)),
            target=target,
            part=part,
        )
        for part, ((name, target), given) in enumerate(threads.items(), 1)
    )

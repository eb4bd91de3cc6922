"""What is said before there is a session: who may speak to us in Slack, and which repository is meant. Plain Markdown
of our own; foreign words come in through `bot.speech.words`."""

from collections.abc import Sequence

from bot.speech.words import code, inline


def sign_in(link: str) -> str:
    if not link:
        return "I don't know who you are on GitHub, and an operator has to set up sign-in for the App first."
    return f"I don't know yet who you are on GitHub. [Link your account]({link}); what you asked for is done then."


def guest() -> str:
    return (
        "Guests and people of other workspaces can't give me commands. A member of this workspace can say it instead."
    )


def channel_not_allowed() -> str:
    return "An operator has not allowed me to work in this channel (`SLACK_ALLOWED_CHANNELS`)."


def private_here(name: str) -> str:
    return (
        f"{code(name)} is private, and its text may not go into this channel. An operator can allow it by "
        "`SLACK_ALLOWED_CHANNELS`; a direct message to me works, too."
    )


def unknown_repository(name: str) -> str:
    return f"I see no repository {code(name)}: it isn't there, you may not read it, or the App isn't installed on it."


def unknown_number(name: str) -> str:
    return f"There is no issue or pull request {code(name)}."


def other_repository(name: str) -> str:
    return f"This thread is about {code(name)}. For another repository, begin another thread."


def refused(what: str, advice: str) -> str:
    return f"I can't answer there: {inline(what, 200)}. {advice}".strip()


def which(names: Sequence[str]) -> str:
    choice = "Choose it here, or name it" if names else "Name it"
    return f"Which repository is this about? {choice}: `@maestro owner/name`. `/maestro settings repo` sets a default."


def default_set(name: str) -> str:
    return f"This channel is about {code(name)} from now on, where no other repository is named."


def default_refused(name: str) -> str:
    return f"Only somebody with write access to {code(name)} can make it this channel's default."


def default_is(name: str) -> str:
    return f"This channel's repository is {code(name)}." if name else "This channel has no repository of its own."


def linked(login: str) -> str:
    return f"You are {code(login)} on GitHub. What you may do is asked there each time. `/maestro unlink` ends it."


def unlinked() -> str:
    return "I have forgotten who you are on GitHub."

"""What an operator lends to a session."""

from typing import Literal

from bot.domain.refs import Actor, ConversationRef, Value


class SecretSwitched(Value):
    """A secret that an operator entered may be lent to this session's commands from now on, or no more."""

    kind: Literal["secret-switched"] = "secret-switched"
    where: ConversationRef
    actor: Actor
    name: str
    on: bool
    target: str = ""

"""GitHub as a surface: verify and hear its webhooks, also the missed ones, and say what is to be said."""

from handlers.github.hear import Ears, Malformed, Nothing, hear
from handlers.github.missed import Missed
from handlers.github.payloads import ALWAYS_SENT, EVENTS
from handlers.github.receiver import Receiver
from handlers.github.say import GitHubSurface
from handlers.github.verify import verify

__all__ = [
    "ALWAYS_SENT",
    "EVENTS",
    "Ears",
    "GitHubSurface",
    "Malformed",
    "Missed",
    "Nothing",
    "Receiver",
    "hear",
    "verify",
]

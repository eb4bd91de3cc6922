"""Slack as a surface: verify and hear its requests, make out who and what is meant, say what is to be said."""

from handlers.slack.office import Office, open_office
from handlers.slack.verify import verify

__all__ = ["Office", "open_office", "verify"]

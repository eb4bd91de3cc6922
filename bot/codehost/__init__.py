"""Code hosts: GitHub by githubkit, and a local repository for the terminal."""

from bot.codehost.check import check
from bot.codehost.client import Call, Client, Got, Shape, read
from bot.codehost.commits import GitHubCommits
from bot.codehost.faults import Denied, Failure, Limited, Unknown
from bot.codehost.github import Account, GitHubHost
from bot.codehost.local import LocalHost
from bot.codehost.pace import Pace
from bot.codehost.reviews import GitHubReviews
from bot.codehost.tokens import PERMISSIONS, path_of

__all__ = [
    "PERMISSIONS",
    "Account",
    "Call",
    "Client",
    "Denied",
    "Failure",
    "GitHubCommits",
    "GitHubHost",
    "GitHubReviews",
    "Got",
    "Limited",
    "LocalHost",
    "Pace",
    "Shape",
    "Unknown",
    "check",
    "path_of",
    "read",
]

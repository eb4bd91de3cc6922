"""An embedded GitHub: state, real git, REST, GraphQL, smart HTTP, signed webhooks, and the refusals of the real one.

    world = World(folder)
    repo = world.repo("octo/tally")
    alice = world.person("alice", permission="write")
    async with Served(GitHub(world)) as served:
        world.url = served.url
        world.hooks.deliver_to("http://127.0.0.1:8080/github/webhooks")
        issue = await alice.opens_issue(repo, "A bug", "It breaks.")
        print(repo.thread(issue.number))

What goes wrong on the way is switched on: `world.faults.next(method, glob, Broken(502, after=True))` and siblings.
"""

from bot.rehearsal.github.auth import private_pem
from bot.rehearsal.github.faults import Broken, Dropped, Lagging, Limited, Slow
from bot.rehearsal.github.people import Person, World
from bot.rehearsal.github.server import GitHub
from bot.rehearsal.github.state import CheckRun, Comment, Issue, Moment, Pull, Repo, Thread, User

__all__ = [
    "Broken",
    "CheckRun",
    "Comment",
    "Dropped",
    "GitHub",
    "Issue",
    "Lagging",
    "Limited",
    "Moment",
    "Person",
    "Pull",
    "Repo",
    "Slow",
    "Thread",
    "User",
    "World",
    "private_pem",
]

"""The people of the world: what they do on the web site, with effect and webhook; and the world they live in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.rehearsal.github import acts, acts_code, events
from bot.rehearsal.github.acts_code import Anchor
from bot.rehearsal.github.registry import Author, Registry
from bot.rehearsal.github.state import (
    App,
    CheckRun,
    Comment,
    Issue,
    LineComment,
    Pull,
    Reaction,
    Repo,
    Review,
    Status,
    Thread,
    User,
)
from bot.rehearsal.wire import Refused

Files = Mapping[str, str | bytes | None]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account. Each act needs the role that it needs on GitHub; without, it raises Refused(403)."""

    world: Registry
    user: User

    @property
    def login(self) -> str:
        return self.user.login

    @property
    def by(self) -> Author:
        """This person as an author."""
        return Author(self.user)

    def _need(self, repo: Repo, role: str) -> None:
        if not repo.may(self.user, role):
            raise Refused(403, f"{self.login} may not do this in {repo.full_name}")

    async def opens_issue(self, repo: Repo, title: str, body: str = "", labels: Sequence[str] = ()) -> Issue:
        self._need(repo, "read")
        return acts.open_issue(self.world, repo, self.by, title, body, list(labels))

    async def comments(self, on: Issue | Pull, text: str) -> Comment:
        issue = on.issue if isinstance(on, Pull) else on
        self._need(issue.repo, "read")
        return acts.add_comment(self.world, issue, self.by, text)

    async def edits(self, post: Issue | Pull | Comment, body: str | None = None, title: str | None = None) -> None:
        """A new body (or, for an issue or pull request, title)."""
        if isinstance(post, Comment):
            self._need(post.issue.repo, "read" if post.user is self.user else "write")
            acts.edit_comment(self.world, post, self.by, body or "")
        else:
            issue = post.issue if isinstance(post, Pull) else post
            self._need(issue.repo, "read" if issue.user is self.user else "triage")
            acts.edit_issue(self.world, issue, self.by, title, body)

    async def deletes(self, post: Issue | Comment) -> None:
        if isinstance(post, Comment):
            self._need(post.issue.repo, "read" if post.user is self.user else "write")
            acts.delete_comment(self.world, post, self.by)
        else:
            self._need(post.repo, "admin")
            acts.delete_issue(self.world, post, self.by)

    async def reacts(self, post: Issue | Comment, content: str) -> Reaction:
        """One of the eight reactions, by its API name."""
        return acts.react(self.world, post, self.by, content)[0]

    async def closes(self, on: Issue | Pull, reason: str | None = None) -> None:
        issue = on.issue if isinstance(on, Pull) else on
        self._need(issue.repo, "read" if issue.user is self.user else "triage")
        acts.set_state(self.world, issue, self.by, "closed", reason)

    async def reopens(self, on: Issue | Pull) -> None:
        issue = on.issue if isinstance(on, Pull) else on
        self._need(issue.repo, "read" if issue.user is self.user else "triage")
        acts.set_state(self.world, issue, self.by, "open", None)

    async def labels(self, issue: Issue, *names: str) -> None:
        """Add labels."""
        self._need(issue.repo, "triage")
        acts.set_labels(self.world, issue, self.by, [*issue.labels, *names])

    async def assigns(self, issue: Issue, *people: "Person") -> None:
        self._need(issue.repo, "triage")
        acts.set_assignees(self.world, issue, self.by, [*issue.assignees, *(one.user for one in people)])

    async def locks(self, on: Issue | Pull) -> None:
        issue = on.issue if isinstance(on, Pull) else on
        self._need(issue.repo, "write")
        acts.lock(self.world, issue, self.by, True)

    async def transfers(self, issue: Issue, to: Repo) -> Issue:
        self._need(issue.repo, "write")
        return acts.transfer_issue(self.world, issue, self.by, to)

    async def pushes(self, repo: Repo, branch: str, files: Files, message: str = "Change files") -> str:
        """A commit on a branch (None deletes a file); the new commit's id."""
        self._need(repo, "write")
        return acts_code.commit_files(self.world, repo, self.user, branch, files, message)

    async def force_pushes(self, repo: Repo, branch: str, sha: str) -> None:
        """Point a branch at any commit."""
        self._need(repo, "write")
        before = repo.bare.refs()
        repo.bare.point(f"refs/heads/{branch}", sha)
        acts_code.refs_moved(self.world, repo, self.user, before, repo.bare.refs())

    async def deletes_branch(self, repo: Repo, branch: str) -> None:
        self._need(repo, "write")
        before = repo.bare.refs()
        repo.bare.point(f"refs/heads/{branch}", None)
        acts_code.refs_moved(self.world, repo, self.user, before, repo.bare.refs())

    async def forks(self, repo: Repo) -> Repo:
        """A copy under this person's name."""
        fork = self.world.repo(f"{self.login}/{repo.name}", source=repo.bare.path, default_branch=repo.default_branch)
        fork.fork_of, fork.installed = repo, False
        return fork

    async def opens_pull(
        self,
        repo: Repo,
        head: str,
        base: str | None = None,
        title: str = "A change",
        body: str = "",
        *,
        draft: bool = False,
        fork: Repo | None = None,
    ) -> Pull:
        self._need(repo, "read" if fork else "write")
        ends = (fork or repo, head)
        return acts_code.open_pull(self.world, repo, self.by, title, body, ends, base or repo.default_branch, draft)

    async def marks_ready(self, pull: Pull) -> None:
        self._need(pull.repo, "write")
        acts_code.set_draft(self.world, pull, self.by, False)

    async def makes_draft(self, pull: Pull) -> None:
        self._need(pull.repo, "write")
        acts_code.set_draft(self.world, pull, self.by, True)

    async def reviews(
        self, pull: Pull, state: str = "COMMENTED", body: str = "", comments: Sequence[tuple[str, int, str]] = ()
    ) -> Review:
        """COMMENTED, APPROVED or CHANGES_REQUESTED, with comments as (path, line of the new side, text)."""
        self._need(pull.repo, "read")
        lines = [(Anchor(path, line), text) for path, line, text in comments]
        return acts_code.add_review(self.world, pull, self.by, state, body, lines)

    async def comments_on_line(
        self, pull: Pull, path: str, line: int, text: str, start: int | None = None
    ) -> LineComment:
        self._need(pull.repo, "read")
        return acts_code.comment_on_line(self.world, pull, self.by, Anchor(path, line, "RIGHT", start), text)

    async def dismisses(self, review: Review) -> None:
        self._need(review.pull.repo, "write")
        acts_code.dismiss(self.world, review, self.by)

    async def rewords(self, review: Review, body: str) -> None:
        """Other words for a review."""
        self._need(review.pull.repo, "read" if review.user is self.user else "write")
        review.body = body
        events.review(self.world, "edited", review, self.user)

    async def replies(self, thread: Thread, text: str) -> LineComment:
        self._need(thread.pull.repo, "read")
        return acts_code.reply_in_thread(self.world, thread, self.by, text)

    async def resolves(self, thread: Thread) -> None:
        self._need(thread.pull.repo, "write")
        acts_code.resolve(self.world, thread, self.by, True)

    async def merges(self, pull: Pull) -> str:
        self._need(pull.repo, "write")
        return acts_code.merge(self.world, pull, self.by, None, None)

    async def rerequests(self, run: CheckRun) -> None:
        """The "Re-run" button of a check."""
        self._need(run.repo, "write")
        events.check_run(self.world, "rerequested", run, self.user)

    async def rerequests_all(self, run: CheckRun) -> None:
        """The "Re-run all checks" button beside the suite that a check belongs to."""
        self._need(run.repo, "write")
        events.check_suite(self.world, "rerequested", run, self.user)


class World(Registry):
    """The embedded GitHub with its people. `GitHub(world)` serves it."""

    def person(self, login: str, permission: str | None = None) -> Person:
        """Somebody, made when new; `permission` is their role on every repository without an entry of its own."""
        return Person(self, self.user(login, permission=permission))

    def bot_account(self, slug: str) -> Person:
        """Another App's bot."""
        return Person(self, self.user(f"{slug}[bot]", kind="Bot"))

    def ci_reports(
        self, repo: Repo, sha: str, name: str, conclusion: str, text: str = "", app: App | None = None, log: str = ""
    ) -> CheckRun:
        """A completed check run of somebody else's App (Actions), with its `check_run` and `check_suite`; `log` is that
        of its job."""
        by = app or self.ci
        run = CheckRun(
            id=next(self.ids),
            repo=repo,
            app=by,
            name=name,
            head_sha=sha,
            status="completed",
            conclusion=conclusion,
            started_at=self.now(),
            completed_at=self.now(),
            details_url=None,
            external_id="",
            title=name,
            summary=text or None,
            log=log or None,
        )
        repo.check_runs.append(run)
        acts_code.check_run_changed(self, run, by.bot, "completed")
        events.check_suite(self, "completed", run, by.bot)
        return run

    def status_reports(
        self, repo: Repo, sha: str, context: str, state: str, description: str = "", url: str = ""
    ) -> Status:
        """A commit status of an older sort of CI: success, pending, failure or error."""
        made = Status(next(self.ids), sha, self.ci.bot, state, context, description or None, url or None, self.now())
        repo.statuses.append(made)
        events.status(self, repo, made)
        return made

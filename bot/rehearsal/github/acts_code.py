"""What happens to branches, pull requests, reviews, threads and check runs: state, limits, webhook."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.rehearsal.github import events
from bot.rehearsal.github.acts import check_length, check_open_to, new_issue, set_state, tell
from bot.rehearsal.github.bare import ZERO, Identity
from bot.rehearsal.github.registry import Author, Registry
from bot.rehearsal.github.shapes_code import merge_base, mergeable
from bot.rehearsal.github.state import CheckRun, LineComment, Pull, Push, Repo, Review, Thread, User
from bot.rehearsal.wire import Refused

CLOSES = re.compile(r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):? +#(\d{1,9})\b", re.I)
HUNK = re.compile(r"^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a review comment is put."""

    path: str
    line: int | None
    side: str = "RIGHT"
    start_line: int | None = None


def invalid(resource: str, field: str, code: str = "invalid") -> Refused:
    """GitHub's refusal of one field."""
    return Refused(422, "Validation Failed", [{"resource": resource, "field": field, "code": code}])


def custom(resource: str, message: str) -> Refused:
    """GitHub's refusal with a sentence."""
    return Refused(422, "Validation Failed", [{"resource": resource, "code": "custom", "message": message}])


def identity(world: Registry, user: User) -> Identity:
    """An account as a commit's author."""
    return Identity(user.name or user.login, user.email, world.now())


def refs_moved(world: Registry, repo: Repo, by: User, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Record and tell what a push changed, and bring the pull requests of those branches up to date."""
    for ref in sorted({*before, *after}):
        old, new = before.get(ref, ZERO), after.get(ref, ZERO)
        if old == new:
            continue
        forced = ZERO not in (old, new) and not repo.bare.contains(old, new)
        push = Push(world.now(), by, ref, old, new, forced)
        repo.pushes.append(push)
        repo.pushed_at = world.now()
        events.push(world, repo, push)
        _follow(world, repo, by, push)


def _follow(world: Registry, repo: Repo, by: User, push: Push) -> None:
    branch = push.ref.removeprefix("refs/heads/")
    pulls = (pull for one in world.repos.values() for pull in one.pulls if pull.issue.state == "open")
    for pull in pulls:
        if pull.head_repo is repo and pull.head_ref == branch:
            if push.after == ZERO:
                set_state(world, pull.issue, Author(by), "closed", None)
                continue
            pull.head_sha = push.after
            show_head(pull)
            what = "force-pushed" if push.forced else "pushed"
            world.happened(pull.issue, by, f"{what} {_subject(repo, push.after)}")
            events.pull(world, "synchronize", pull, by, before=push.before, after=push.after)
        if pull.repo is repo and pull.base_ref == branch and push.after != ZERO:
            pull.base_sha = push.after


def _subject(repo: Repo, sha: str) -> str:
    return f'"{repo.bare.commit(sha).message.splitlines()[0]}"'


def show_head(pull: Pull) -> None:
    """Keep `refs/pull/N/head` in the base repository."""
    ref = f"refs/pull/{pull.number}/head"
    if pull.head_repo is pull.repo:
        pull.repo.bare.point(ref, pull.head_sha)
    else:
        pull.repo.bare.git("fetch", "--quiet", str(pull.head_repo.bare.path), f"+refs/heads/{pull.head_ref}:{ref}")


def commit_files(
    world: Registry, repo: Repo, by: User, branch: str, files: Mapping[str, str | bytes | None], message: str
) -> str:
    """A person's commit on a branch (new ones start at the default branch), pushed."""
    before = repo.bare.refs()
    tip = repo.bare.branch(branch) or repo.bare.branch(repo.default_branch)
    sha = repo.bare.write(branch, files, message, identity(world, by), [tip] if tip else [])
    refs_moved(world, repo, by, before, repo.bare.refs())
    return sha


def open_pull(
    world: Registry,
    repo: Repo,
    by: Author,
    title: str,
    body: str | None,
    head: tuple[Repo, str],
    base: str,
    draft: bool,
) -> Pull:
    """A new pull request. One per head and base; the branches must exist and differ."""
    check_length("PullRequest", "body", body)
    head_sha, base_sha = check_ends(repo, head, base)
    issue = new_issue(world, repo, by, title, body)
    issue.pull = Pull(
        id=next(world.ids),
        issue=issue,
        head_repo=head[0],
        head_ref=head[1],
        base_ref=base,
        draft=draft,
        head_sha=head_sha,
        base_sha=base_sha,
    )
    show_head(issue.pull)
    tell(world, issue, by.user, issue.chat())
    events.pull(world, "opened", issue.pull, by.user)
    return issue.pull


def check_ends(repo: Repo, head: tuple[Repo, str], base: str) -> tuple[str, str]:
    """The commits of a pull request's head and base, or why there can be none."""
    head_repo, head_ref = head
    head_sha, base_sha = head_repo.bare.branch(head_ref), repo.bare.branch(base)
    if base_sha is None:
        raise invalid("PullRequest", "base")
    if head_sha is None:
        raise invalid("PullRequest", "head")
    for other in repo.pulls:
        if (other.issue.state, other.head_repo, other.head_ref, other.base_ref) == ("open", *head, base):
            message = f"A pull request already exists for {head_repo.owner.login}:{head_ref}."
            raise custom("PullRequest", message)
    if head_repo is not repo:
        repo.bare.git("fetch", "--quiet", str(head_repo.bare.path), f"refs/heads/{head_ref}")
    if repo.bare.contains(head_sha, base_sha):
        raise custom("PullRequest", f"No commits between {base} and {head_ref}")
    return head_sha, base_sha


def set_draft(world: Registry, pull: Pull, by: Author, draft: bool) -> None:
    """Draft or ready; asking for what already is changes nothing."""
    if pull.draft == draft:
        return
    pull.draft = draft
    world.happened(pull.issue, by.user, "made this a draft" if draft else "marked this ready for review")
    events.pull(world, "converted_to_draft" if draft else "ready_for_review", pull, by.user)


def merge(world: Registry, pull: Pull, by: Author, message: str | None, sha: str | None) -> str:
    """Merge by a merge commit. 405 when it cannot be, 409 when the head is not the one asked for."""
    if sha is not None and sha != pull.head_sha:
        raise Refused(409, "Head branch was modified. Review and try the merge again.")
    if pull.issue.state != "open" or pull.draft or not mergeable(pull):
        raise Refused(405, "Pull Request is not mergeable" if not pull.draft else "Pull Request is still a draft")
    bare, before = pull.repo.bare, pull.repo.bare.refs()
    base = bare.branch(pull.base_ref) or pull.base_sha
    fits = bare.contains(base, pull.head_sha)
    tree = bare.commit(pull.head_sha).tree if fits else bare.merge_tree(base, pull.head_sha) or ""
    text = message or f"Merge pull request #{pull.number} from {pull.head_ref}\n\n{pull.issue.title}"
    made = bare.commit_tree(tree, [base, pull.head_sha], text, identity(world, by.user))
    bare.point(f"refs/heads/{pull.base_ref}", made)
    issue = pull.issue
    pull.merged_at, pull.merged_by, pull.merge_commit = world.now(), by.user, made
    issue.state, issue.closed_at, issue.closed_by = "closed", world.now(), by.user
    world.happened(issue, by.user, "merged this")
    events.pull(world, "closed", pull, by.user)
    refs_moved(world, pull.repo, by.user, before, bare.refs())
    _close_named(world, pull, by)
    return made


def _close_named(world: Registry, pull: Pull, by: Author) -> None:
    """Merging into the default branch closes the issues that the text says it closes."""
    if pull.base_ref == pull.repo.default_branch:
        for number in CLOSES.findall(pull.issue.body or ""):
            issue = pull.repo.issues.get(int(number))
            if issue is not None and issue.pull is None:
                set_state(world, issue, by, "closed", "completed")


def diff_lines(pull: Pull, path: str) -> dict[str, dict[int, str]] | None:
    """The commentable lines of a file by side: line → the hunk up to it. None when the file did not change."""
    change = next((one for one in pull.repo.bare.changes(merge_base(pull), pull.head_sha) if one.path == path), None)
    if change is None:
        return None
    sides: dict[str, dict[int, str]] = {"LEFT": {}, "RIGHT": {}}
    left = right = 0
    hunk: list[str] = []
    for line in (change.patch or "").splitlines():
        if found := HUNK.match(line):
            left, right, hunk = int(found[1]), int(found[2]), [line]
            continue
        hunk.append(line)
        if line[:1] in ("-", " "):
            sides["LEFT"][left] = "\n".join(hunk)
            left += 1
        if line[:1] in ("+", " "):
            sides["RIGHT"][right] = "\n".join(hunk)
            right += 1
    return sides


def start_thread(world: Registry, pull: Pull, anchor: Anchor) -> tuple[Thread, str]:
    """An empty thread and its hunk. The lines must be part of the diff."""
    sides = diff_lines(pull, anchor.path)
    if sides is None:
        raise invalid("PullRequestReviewComment", "pull_request_review_thread.path")
    lines = sides[anchor.side]
    for name, line in (("line", anchor.line), ("start_line", anchor.start_line)):
        if line is not None and line not in lines:
            field = f"pull_request_review_thread.{name}"
            error = {"resource": "PullRequestReviewComment", "code": "custom", "field": field}
            raise Refused(422, "Validation Failed", [error | {"message": f"{field} must be part of the diff"}])
    thread = Thread(
        id=next(world.ids),
        pull=pull,
        path=anchor.path,
        line=anchor.line,
        start_line=anchor.start_line,
        side=anchor.side,
        commit=pull.head_sha,
    )
    return thread, lines[anchor.line] if anchor.line is not None else ""


def add_line_comment(world: Registry, thread: Thread, by: Author, body: str, hunk: str, review: Review) -> LineComment:
    """A comment in a thread; the first one makes the thread part of the pull request."""
    check_length("PullRequestReviewComment", "body", body)
    if thread not in thread.pull.threads:
        thread.pull.threads.append(thread)
    now, issue = world.now(), thread.pull.issue
    comment = LineComment(
        id=next(world.ids),
        issue=issue,
        user=by.user,
        app=by.app,
        body=body,
        created_at=now,
        updated_at=now,
        thread=thread,
        review=review,
        commit=thread.pull.head_sha,
        diff_hunk=hunk,
    )
    thread.comments.append(comment)
    issue.happened.append(comment)
    tell(world, issue, by.user, comment.chat())
    return comment


def new_review(world: Registry, pull: Pull, by: Author, state: str, body: str) -> Review:
    """The record of a review; nobody judges their own pull request."""
    if state in ("APPROVED", "CHANGES_REQUESTED") and by.user is pull.issue.user:
        verb = "approve" if state == "APPROVED" else "request changes on"
        raise Refused(422, "Unprocessable Entity", [f"Can not {verb} your own pull request"])
    check_length("PullRequestReview", "body", body)
    review = Review(
        id=next(world.ids),
        pull=pull,
        user=by.user,
        app=by.app,
        body=body,
        state=state,
        commit=pull.head_sha,
        submitted_at=None if state == "PENDING" else world.now(),
    )
    pull.reviews.append(review)
    return review


def add_review(
    world: Registry, pull: Pull, by: Author, state: str, body: str, comments: Iterable[tuple[Anchor, str]] = ()
) -> Review:
    """A review with its line comments, submitted at once (or PENDING). All anchors are checked first."""
    check_open_to(pull.issue, by)
    wanted = list(comments)
    threads = [(start_thread(world, pull, anchor), text) for anchor, text in wanted]
    review = new_review(world, pull, by, state, body)
    if state != "PENDING":
        pull.issue.happened.append(review)
        tell(world, pull.issue, by.user, review.chat())
        events.review(world, "submitted", review, by.user)
    for (thread, hunk), text in threads:
        events.comment(world, "created", add_line_comment(world, thread, by, text, hunk, review), by.user)
    return review


def dismiss(world: Registry, review: Review, by: Author) -> None:
    """Take back that somebody approved or wants changes."""
    if review.state not in ("APPROVED", "CHANGES_REQUESTED"):
        raise Refused(422, "Can not dismiss a commented pull request review")
    review.state = "DISMISSED"
    world.happened(review.pull.issue, by.user, f"dismissed the review of {review.user.login}")
    events.review(world, "dismissed", review, by.user)


def comment_on_line(world: Registry, pull: Pull, by: Author, anchor: Anchor, body: str) -> LineComment:
    """A single comment starts a thread and counts as a review without words."""
    check_open_to(pull.issue, by)
    thread, hunk = start_thread(world, pull, anchor)
    comment = add_line_comment(world, thread, by, body, hunk, new_review(world, pull, by, "COMMENTED", ""))
    events.comment(world, "created", comment, by.user)
    return comment


def reply_in_thread(world: Registry, thread: Thread, by: Author, body: str) -> LineComment:
    """An answer below the first comment of a thread."""
    check_open_to(thread.pull.issue, by)
    review = new_review(world, thread.pull, by, "COMMENTED", "")
    comment = add_line_comment(world, thread, by, body, thread.comments[0].diff_hunk, review)
    events.comment(world, "created", comment, by.user)
    return comment


def resolve(world: Registry, thread: Thread, by: Author, resolved: bool) -> None:
    """Settle a thread or open it again."""
    if (thread.resolved_by is not None) == resolved:
        return
    thread.resolved_by = by.user if resolved else None
    word = "resolved" if resolved else "unresolved"
    world.happened(thread.pull.issue, by.user, f"{word} {thread.place}")
    events.thread(world, word, thread, by.user)


def check_run_changed(world: Registry, run: CheckRun, by: User, action: str) -> None:
    """Tell of a check run, in the thread of its pull request too."""
    for pull in run.repo.pulls:
        if pull.head_sha == run.head_sha and pull.issue.state == "open":
            world.happened(pull.issue, by, f"set check {run.name}: {run.conclusion or run.status}")
    events.check_run(world, action, run, by)

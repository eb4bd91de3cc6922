"""Posts to GitHub: comments on issues and pull requests, the card edited in place, 👀 on what was heard."""

from urllib.parse import quote

from pydantic import JsonValue

from bot.codehost import Call, Denied, GitHubHost, Shape, path_of, read
from bot.domain.refs import ConversationRef, SurfaceName
from bot.ports import Forbidden, Sent
from bot.speech.post import Block, Code, OnLines, Post, Text
from bot.speech.render import markdown, render
from bot.speech.words import code

REACTIONS = {
    "issue_comment": "/issues/comments/{}/reactions",
    "issue": "/issues/{}/reactions",
    "review_comment": "/pulls/comments/{}/reactions",
}


class _App(Shape):
    id: int


class _User(Shape):
    id: int


class _Comment(Shape):
    id: int
    html_url: str = ""
    body: str | None = None
    user: _User | None = None
    performed_via_github_app: _App | None = None


class GitHubSurface:
    """Issues and pull requests as a place where people talk."""

    name = SurfaceName.GITHUB.value

    def __init__(self, host: GitHubHost) -> None:
        self.host = host

    async def post(self, where: ConversationRef, post: Post, marker: str) -> Sent:
        if post.on:
            return await self._review(where, post, marker)
        body = render(post, marker, self.host.clean)
        kind, _, number = post.target.partition(":")
        if kind == "review_comment" and number.isdigit():
            path = f"{self._lines(where)}/{number}/replies"
            try:
                return await self._say(where, path, body, kind)
            except Denied as denied:
                if denied.status not in (404, 422):
                    raise  # the thread's first comment was deleted: it is said below the pull request
        return await self._say(where, self._comments(where), body)

    async def _review(self, where: ConversationRef, post: Post, marker: str) -> Sent:
        """One review with a comment on each of the lines; a plain comment where GitHub finds them no part of the
        diff."""
        body: dict[str, JsonValue] = {"event": "COMMENT", "body": render(post, marker, self.host.clean)}
        body |= {"commit_id": post.onto, "comments": [self._line(one) for one in post.on]}
        call = Call("POST", f"{self._pull(where)}/reviews", body)
        try:
            return _sent(read(_Comment, (await self.host.call(where.repo, call)).data, call.doing), "review")
        except Denied as denied:
            if denied.status != 422:
                raise
        said = (block for one in post.on for block in (Text(markdown=_place(one)), *map(_plain, one.blocks)))
        whole = post.model_copy(update={"on": (), "blocks": (*post.blocks, *said)})
        return await self._say(where, self._comments(where), render(whole, marker, self.host.clean))

    def _line(self, one: OnLines) -> dict[str, JsonValue]:
        body = markdown(one.blocks, clean=self.host.clean)
        lines: dict[str, JsonValue] = {"path": one.path, "line": one.last, "side": "RIGHT", "body": body}
        return lines if one.first == one.last else lines | {"start_line": one.first, "start_side": "RIGHT"}

    async def _say(self, where: ConversationRef, path: str, body: str, kind: str = "issue_comment") -> Sent:
        call = Call("POST", path, {"body": body})
        return _sent(read(_Comment, (await self.host.call(where.repo, call)).data, call.doing), kind)

    async def edit(self, where: ConversationRef, remote: str, post: Post, marker: str) -> None:
        kind, _, number = remote.partition(":")
        if kind != "issue_comment" or not number.isdigit():
            raise Forbidden(f"{remote} is no comment of ours")
        body = render(post, marker, self.host.clean)
        await self.host.call(
            where.repo, Call("PATCH", f"{path_of(where.repo)}/issues/comments/{number}", {"body": body})
        )

    async def find(self, where: ConversationRef, marker: str) -> Sent | None:
        """The comment that ends with this marker, made by our own App: anybody can copy a marker."""
        found = await self._find(where, marker, self._comments(where), "issue_comment")
        return found or await self._find_in_reviews(where, marker)

    async def _find_in_reviews(self, where: ConversationRef, marker: str) -> Sent | None:
        """Among the review threads and reviews, when it is a pull request."""
        try:
            found = await self._find(where, marker, self._lines(where), "review_comment")
            return found or await self._find(where, marker, f"{self._pull(where)}/reviews", "review")
        except Denied as denied:
            if denied.status != 404:
                raise
            return None

    async def _find(self, where: ConversationRef, marker: str, path: str, kind: str) -> Sent | None:
        me = await self.host.account()
        for one in await self.host.pages(where.repo, Call("GET", path), _Comment):
            app, user = one.performed_via_github_app, one.user
            ours = (app is not None and str(app.id) == me.app_id) or (user is not None and str(user.id) == me.bot)
            if ours and (one.body or "").rstrip().endswith(marker):
                return _sent(one, kind)
        return None

    async def acknowledge(self, where: ConversationRef, target: str) -> None:
        """A courtesy: what was deleted, locked or has no reactions is passed over in silence."""
        kind, _, number = target.partition(":")
        if kind not in REACTIONS or not number.isdigit():
            return
        path = path_of(where.repo) + REACTIONS[kind].format(number)
        try:
            await self.host.call(where.repo, Call("POST", path, {"content": "eyes"}, again=True))
        except Denied as denied:
            if denied.status not in (403, 404, 410, 422):
                raise

    def _pull(self, where: ConversationRef) -> str:
        return f"{path_of(where.repo)}/pulls/{quote(where.key, safe='')}"

    def _lines(self, where: ConversationRef) -> str:
        return f"{self._pull(where)}/comments"

    def _comments(self, where: ConversationRef) -> str:
        return f"{path_of(where.repo)}/issues/{quote(where.key, safe='')}/comments"


def _place(one: OnLines) -> str:
    return f"In {code(one.path)}, lines {one.first} to {one.last}:"


def _plain(block: Block) -> Block:
    """A suggestion that stands on no lines is only code."""
    return block.model_copy(update={"language": ""}) if isinstance(block, Code) else block


def _sent(comment: _Comment, kind: str = "issue_comment") -> Sent:
    return Sent(f"{kind}:{comment.id}", comment.html_url)

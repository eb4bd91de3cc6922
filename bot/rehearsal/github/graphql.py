"""The GraphQL that REST cannot replace: draft and ready, review threads and their state."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias, cast

from starlette.requests import Request
from starlette.responses import Response

from bot.rehearsal.github import acts_code, shapes
from bot.rehearsal.github.auth import Grant
from bot.rehearsal.github.graphql_text import Arguments, Field, GraphQLError, Node, Parser, Value, select
from bot.rehearsal.github.registry import Author, Registry
from bot.rehearsal.github.rest import bearer, check_headers, refusal
from bot.rehearsal.github.shapes_code import mergeable, outdated
from bot.rehearsal.github.state import LineComment, Pull, Repo, Thread, User
from bot.rehearsal.wire import Fields, Json, Refused, answer, parse

Mutate: TypeAlias = Callable[["GraphQL", Grant, Mapping[str, Json]], Node]


class GraphQL:
    """`POST /graphql`."""

    def __init__(self, world: Registry) -> None:
        self._world = world

    async def serve(self, request: Request) -> Response:
        """Errors of the document answer 200 with `errors`, as GitHub does; only the transport has statuses."""
        try:
            check_headers(request)
            token = bearer(request)
            if token is None:
                raise Refused(401, "This endpoint requires you to be authenticated.")
            grant = self._world.grant_for(token)
            request.scope["who"] = grant.user.login
            fields = Fields("GraphQL", parse(await request.body()))
            variables = fields.object("variables")
            return answer(self._run(grant, fields.text("query"), variables.value if variables else {}))
        except Refused as error:
            return refusal(error)

    def _run(self, grant: Grant, text: str, variables: Mapping[str, Json]) -> Json:
        try:
            operation = Parser(text, variables).operation()
        except GraphQLError as error:
            return {"errors": [{"message": error.message}]}
        data: dict[str, Json] = {}
        errors: list[Json] = []
        for field in operation.fields:
            try:
                data[field.alias] = self._root(grant, operation.kind, field)
            except (GraphQLError, Refused) as error:
                data[field.alias] = None
                errors.append(_error(error, field))
        return {"data": data, "errors": errors} if errors else {"data": data}

    def _root(self, grant: Grant, kind: str, field: Field) -> Json:
        if kind == "query":
            found = self._query(grant, field)
        else:
            mutate = MUTATIONS.get(field.name)
            if mutate is None:
                raise GraphQLError(f"Field '{field.name}' doesn't exist on type 'Mutation'", "undefinedField")
            given = field.arguments.get("input")
            found = mutate(self, grant, given if isinstance(given, Mapping) else {})
        return select(found, field.selection, field.name)

    def _query(self, grant: Grant, field: Field) -> Value:
        text = {name: str(value) for name, value in field.arguments.items()}
        if field.name == "repository":
            repo = self._world.find_repo(f"{text.get('owner')}/{text.get('name')}")
            if repo is None or not _may(grant, repo, "metadata", "read"):
                name = f"{text.get('owner')}/{text.get('name')}"
                raise GraphQLError(f"Could not resolve to a Repository with the name '{name}'.", "NOT_FOUND")
            return self._repository(repo)
        if field.name == "viewer":
            return self._actor(grant.user)
        raise GraphQLError(f"Field '{field.name}' doesn't exist on type 'Query'", "undefinedField")

    def _repository(self, repo: Repo) -> Node:
        def pull(arguments: Arguments) -> Value:
            issue = repo.issues.get(int(str(arguments.get("number", 0))))
            if issue is None or issue.pull is None:
                number = arguments.get("number")
                raise GraphQLError(f"Could not resolve to a PullRequest with the number of {number}.", "NOT_FOUND")
            return self._pull(issue.pull)

        return {
            "__typename": "Repository",
            "id": f"R_{repo.id}",
            "databaseId": repo.id,
            "name": repo.name,
            "nameWithOwner": repo.full_name,
            "isPrivate": repo.private,
            "url": f"{self._world.url}/{repo.full_name}",
            "pullRequest": pull,
        }

    def _pull(self, pull: Pull) -> Node:
        state = "MERGED" if pull.merged_at else pull.issue.state.upper()
        fits = mergeable(pull)
        return {
            "__typename": "PullRequest",
            "id": f"PR_{pull.id}",
            "databaseId": pull.id,
            "number": pull.number,
            "title": pull.issue.title,
            "body": pull.issue.body or "",
            "url": f"{self._world.url}/{pull.repo.full_name}/pull/{pull.number}",
            "state": state,
            "isDraft": pull.draft,
            "merged": pull.merged_at is not None,
            "mergeable": "UNKNOWN" if fits is None else "MERGEABLE" if fits else "CONFLICTING",
            "headRefName": pull.head_ref,
            "headRefOid": pull.head_sha,
            "baseRefName": pull.base_ref,
            "baseRefOid": pull.base_sha,
            "author": self._actor(pull.issue.user),
            "repository": lambda _: self._repository(pull.repo),
            "reviewThreads": lambda arguments: _connection(
                pull.threads, self._thread, arguments, "PullRequestReviewThread"
            ),
        }

    def _thread(self, thread: Thread) -> Node:
        def comments(arguments: Arguments) -> Value:
            living = [comment for comment in thread.comments if not comment.deleted]
            return _connection(living, self._comment, arguments, "PullRequestReviewComment")

        gone = outdated(thread)
        return {
            "__typename": "PullRequestReviewThread",
            "id": f"PRRT_{thread.id}",
            "isResolved": thread.resolved_by is not None,
            "isOutdated": gone,
            "isCollapsed": thread.resolved_by is not None,
            "resolvedBy": self._actor(thread.resolved_by) if thread.resolved_by else None,
            "path": thread.path,
            "line": None if gone else thread.line,
            "originalLine": thread.line,
            "startLine": None if gone else thread.start_line,
            "originalStartLine": thread.start_line,
            "diffSide": thread.side,
            "subjectType": "FILE" if thread.line is None else "LINE",
            "pullRequest": lambda _: self._pull(thread.pull),
            "comments": comments,
        }

    def _comment(self, comment: LineComment) -> Node:
        page = f"{self._world.url}/{comment.issue.repo.full_name}/pull/{comment.issue.number}"
        return {
            "__typename": "PullRequestReviewComment",
            "id": f"PRRC_{comment.id}",
            "databaseId": comment.id,
            "fullDatabaseId": str(comment.id),
            "body": comment.body,
            "path": comment.thread.path,
            "diffHunk": comment.diff_hunk,
            "url": f"{page}#discussion_r{comment.id}",
            "createdAt": shapes.time(comment.created_at),
            "updatedAt": shapes.time(comment.updated_at),
            "author": self._actor(comment.user),
        }

    def _actor(self, user: User) -> Node:
        """GraphQL drops the `[bot]` that REST shows."""
        page = shapes.user(self._world, user)["html_url"]
        return {
            "__typename": user.kind,
            "id": f"{'BOT' if user.kind == 'Bot' else 'U'}_{user.id}",
            "databaseId": user.id,
            "login": user.login.removesuffix("[bot]"),
            "url": page,
        }

    def _pull_for(self, grant: Grant, given: Mapping[str, Json]) -> Pull:
        pull = self._world.pull_by_node(str(given.get("pullRequestId")))
        if pull is None:
            raise _no_node(str(given.get("pullRequestId")))
        _check(grant, pull.repo, "pull_requests")
        return pull

    def _thread_for(self, grant: Grant, node: Json, *permissions: str) -> Thread:
        thread = self._world.thread_by_node(str(node))
        if thread is None:
            raise _no_node(str(node))
        for permission in permissions:
            _check(grant, thread.pull.repo, permission)
        return thread

    def draft(self, grant: Grant, given: Mapping[str, Json], draft: bool) -> Node:
        """convertPullRequestToDraft, markPullRequestReadyForReview."""
        pull = self._pull_for(grant, given)
        if pull.issue.state != "open":
            raise GraphQLError("Pull request is closed", "UNPROCESSABLE")
        acts_code.set_draft(self._world, pull, Author(grant.user, grant.app), draft)
        return {
            "__typename": "Payload",
            "clientMutationId": given.get("clientMutationId"),
            "pullRequest": self._pull(pull),
        }

    def resolve(self, grant: Grant, given: Mapping[str, Json], resolved: bool) -> Node:
        """resolveReviewThread, unresolveReviewThread: contents: write is needed too."""
        thread = self._thread_for(grant, given.get("threadId"), "pull_requests", "contents")
        acts_code.resolve(self._world, thread, Author(grant.user, grant.app), resolved)
        return {
            "__typename": "Payload",
            "clientMutationId": given.get("clientMutationId"),
            "thread": self._thread(thread),
        }


MUTATIONS: Mapping[str, Mutate] = {
    "convertPullRequestToDraft": lambda one, grant, given: one.draft(grant, given, True),
    "markPullRequestReadyForReview": lambda one, grant, given: one.draft(grant, given, False),
    "resolveReviewThread": lambda one, grant, given: one.resolve(grant, given, True),
    "unresolveReviewThread": lambda one, grant, given: one.resolve(grant, given, False),
}


def _connection(items: Sequence[object], render: Callable[..., Node], arguments: Arguments, kind: str) -> Value:
    """A page by `first` and `after`. Like GitHub, it insists on a page size of at most 100."""
    size, after = arguments.get("first") or arguments.get("last"), arguments.get("after")
    if not isinstance(size, int) or not 1 <= size <= 100:
        raise GraphQLError(
            "You must provide a `first` or `last` value between 1 and 100 to properly paginate the connection."
        )
    start = int(str(after).removeprefix("cursor:")) if after else 0
    if "last" in arguments and "first" not in arguments:
        start = max(0, len(items) - size)
    shown = items[start : start + size]
    end = start + len(shown)
    more = {"__typename": "PageInfo", "hasNextPage": end < len(items), "hasPreviousPage": start > 0}
    info = more | {"startCursor": f"cursor:{start}", "endCursor": f"cursor:{end}"}
    nodes = [render(item) for item in shown]
    return cast(Value, {"__typename": f"{kind}Connection", "totalCount": len(items), "nodes": nodes, "pageInfo": info})


def _may(grant: Grant, repo: Repo, permission: str, level: str) -> bool:
    if grant.installation is None:
        return repo.may(grant.user, level)
    return grant.reaches(repo) and grant.allows(permission, level)


def _check(grant: Grant, repo: Repo, permission: str) -> None:
    if not _may(grant, repo, permission, "write"):
        raise GraphQLError("Resource not accessible by integration", "FORBIDDEN")


def _no_node(node: str) -> GraphQLError:
    return GraphQLError(f"Could not resolve to a node with the global id of '{node}'", "NOT_FOUND")


def _error(error: GraphQLError | Refused, field: Field) -> Json:
    kind = (error.kind if isinstance(error, GraphQLError) else "UNPROCESSABLE") or "UNPROCESSABLE"
    place: Json = [{"line": 1, "column": 1}]
    if kind == "undefinedField":
        return {"path": [field.alias], "extensions": {"code": kind}, "locations": place, "message": error.message}
    return {"type": kind, "path": [field.alias], "locations": place, "message": error.message}

"""Check runs as GitHub wants them: probe by external id, cut to its limits, annotations added once each."""

from collections.abc import Callable

from pydantic import JsonValue

from bot.codehost.client import Call, Shape, read
from bot.codehost.tokens import path_of
from bot.domain.refs import RepoRef
from bot.ports import Annotation, CheckRun
from bot.speech.cut import cut

NAME = "maestro / evidence"
MAX_TEXT = 65_535
MAX_ANNOTATIONS = 50
"""GitHub takes so many in one request; more are added by further requests."""


class _App(Shape):
    id: int


class _Output(Shape):
    annotations_count: int = 0


class Found(Shape):
    """A check run as the probe finds it."""

    id: int
    external_id: str | None = None
    app: _App | None = None
    output: _Output | None = None


class Made(Shape):
    id: int


def probe(repo: RepoRef, sha: str, app: str) -> Call:
    params: dict[str, str | int] = {"check_name": NAME, "filter": "all", "app_id": app}
    return Call("GET", f"{path_of(repo)}/commits/{sha}/check-runs", None, params)


def ours(found: list[Found], external_id: str, app: str) -> Found | None:
    """The run that an earlier attempt made. One without an App's name is ours by its external id alone."""
    mine = (run for run in found if run.app is None or str(run.app.id) == app)
    return next((run for run in mine if run.external_id == external_id), None)


def calls(
    repo: RepoRef, external_id: str, run: CheckRun, found: Found | None, clean: Callable[[str], str]
) -> list[Call]:
    """What to send: one creation or update, and one update for each further fifty annotations.

    GitHub adds annotations to those it has, so the ones that are there already are left out. The addresses of updates
    hold {id} where the creation's answer is needed.
    """
    there = found.output.annotations_count if found and found.output else 0
    new = run.annotations[there:]
    batches = [new[start : start + MAX_ANNOTATIONS] for start in range(0, len(new), MAX_ANNOTATIONS)] or [()]
    where = f"{path_of(repo)}/check-runs"
    first = _body(external_id, run, batches[0], clean)
    made = Call("PATCH", f"{where}/{found.id}", first) if found else Call("POST", where, first | {"head_sha": run.sha})
    rest = [Call("PATCH", f"{where}/{{id}}", {"output": _output(run, batch, clean)}) for batch in batches[1:]]
    return [made, *rest]


def made_id(call: Call, data: object) -> str:
    return str(read(Made, data, call.doing).id)


def _body(
    external_id: str, run: CheckRun, batch: tuple[Annotation, ...], clean: Callable[[str], str]
) -> dict[str, JsonValue]:
    body: dict[str, JsonValue] = {"name": NAME, "external_id": external_id, "status": run.status}
    if run.conclusion is not None:
        body["conclusion"] = run.conclusion
    if run.url:
        body["details_url"] = run.url
    body["output"] = _output(run, batch, clean)
    return body


def _output(run: CheckRun, batch: tuple[Annotation, ...], clean: Callable[[str], str]) -> dict[str, JsonValue]:
    output: dict[str, JsonValue] = {
        "title": clean(run.title)[:255] or NAME,
        "summary": cut(clean(run.summary), MAX_TEXT),
    }
    if run.text:
        output["text"] = cut(clean(run.text), MAX_TEXT)
    if batch:
        output["annotations"] = [_annotation(one, clean) for one in batch]
    return output


def _annotation(one: Annotation, clean: Callable[[str], str]) -> JsonValue:
    return {
        "path": one.path,
        "start_line": one.line,
        "end_line": one.line,
        "annotation_level": "warning",
        "title": clean(one.title)[:255],
        "message": clean(one.text)[:60_000],
    }

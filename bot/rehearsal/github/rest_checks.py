"""REST of check runs: made and changed by the App that owns them, read by everybody."""

from starlette.responses import Response

from bot.rehearsal.github import acts_code, events, shapes_code
from bot.rehearsal.github.registry import Registry
from bot.rehearsal.github.rest import Ask, Serves
from bot.rehearsal.github.state import App, CheckRun
from bot.rehearsal.wire import Fields, Json, Refused, answer

TEXT = 65_535
ANNOTATIONS = 50
STATES = ("queued", "in_progress", "completed")
CONCLUSIONS = ("success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required")
LEVELS = ("notice", "warning", "failure")


def too_much(field: str, message: str) -> Refused:
    """GitHub words the limits of check runs differently from those of fields."""
    return Refused(422, f"Invalid request.\n\n{message}", [{"resource": "CheckRun", "code": "custom", "field": field}])


def _app(ask: Ask) -> App:
    if ask.grant is None or ask.grant.app is None:
        raise Refused(403, "You must authenticate via a GitHub App.")
    return ask.grant.app


def _annotation(fields: Fields) -> dict[str, Json]:
    level = fields.choice("annotation_level", LEVELS)
    start, end = fields.number("start_line"), fields.number("end_line")
    if level is None or start is None or end is None:
        raise fields.invalid("annotations", "missing_field")
    path, message = fields.text("path"), fields.text("message", 65_536)
    extra: dict[str, Json] = {"title": fields.maybe("title", 255), "raw_details": fields.maybe("raw_details", 65_536)}
    columns: dict[str, Json] = {name: fields.number(name) for name in ("start_column", "end_column")}
    place: dict[str, Json] = {"path": path, "start_line": start, "end_line": end, **columns}
    return {**place, "annotation_level": level, "message": message, **extra, "blob_href": path}


def _action(fields: Fields) -> dict[str, Json]:
    limits = {"label": 20, "description": 40, "identifier": 20}
    return {name: fields.text(name, limit) for name, limit in limits.items()}


def apply(world: Registry, run: CheckRun, fields: Fields) -> None:
    """Put the fields of a request onto a run; everything is checked before anything is kept."""
    output = fields.object("output")
    notes, actions = _checked_lists(fields, output)
    title = output.text("title") if output and "title" in output else run.title
    summary = output.maybe("summary", TEXT) if output else None
    text = output.maybe("text", TEXT) if output else None
    if output and (title is None or (summary is None and run.summary is None)):
        raise output.invalid("title" if title is None else "summary", "missing_field")
    status = fields.choice("status", STATES)
    conclusion = fields.choice("conclusion", CONCLUSIONS)
    if status == "completed" and conclusion is None and run.conclusion is None:
        raise fields.invalid("conclusion", "missing_field")
    run.name = fields.maybe("name") or run.name
    run.details_url, run.external_id = (
        fields.maybe("details_url") or run.details_url,
        fields.maybe("external_id") or run.external_id,
    )
    run.title, run.summary, run.text = title, summary or run.summary, text or run.text
    run.annotations += notes
    run.actions = actions if fields.items("actions") else run.actions
    _conclude(world, run, status, conclusion)


def _checked_lists(fields: Fields, output: Fields | None) -> tuple[list[dict[str, Json]], list[dict[str, Json]]]:
    raw = output.objects("annotations") if output else []
    actions = fields.objects("actions")
    if len(raw) > ANNOTATIONS:
        raise too_much("annotations", f"No more than {ANNOTATIONS} items are allowed; {len(raw)} were supplied.")
    if len(actions) > 3:
        raise too_much("actions", f"No more than 3 items are allowed; {len(actions)} were supplied.")
    return [_annotation(one) for one in raw], [_action(one) for one in actions]


def _conclude(world: Registry, run: CheckRun, status: str | None, conclusion: str | None) -> None:
    """A conclusion completes the run; another status opens it again."""
    if conclusion is not None:
        run.status, run.conclusion, run.completed_at = "completed", conclusion, world.now()
    elif status is not None and status != "completed":
        run.status, run.conclusion, run.completed_at = status, None, None


async def create(ask: Ask) -> Response:
    fields, app = ask.fields("CheckRun"), _app(ask)
    run = CheckRun(
        id=next(ask.world.ids),
        repo=ask.repo,
        app=app,
        name=fields.text("name"),
        head_sha=ask.commit(fields.text("head_sha")),
        status="queued",
        conclusion=None,
        started_at=ask.world.now(),
        completed_at=None,
        details_url=None,
        external_id="",
    )
    if len(fields.text("head_sha")) != 40:
        raise fields.invalid("head_sha")
    apply(ask.world, run, fields)
    ask.repo.check_runs.append(run)
    acts_code.check_run_changed(ask.world, run, ask.author.user, "created")
    if run.status == "completed":
        events.check_run(ask.world, "completed", run, ask.author.user)
    return answer(shapes_code.check_run(ask.world, run), 201)


def _run(ask: Ask) -> CheckRun:
    number = ask.number("run")
    found = next((one for one in ask.repo.check_runs if one.id == number), None)
    if found is None:
        raise Refused(404, "Not Found")
    return found


async def update(ask: Ask) -> Response:
    run, before = _run(ask), _run(ask).status
    if run.app is not _app(ask):
        raise Refused(
            403, f"Invalid app_id `{_app(ask).id}` - check run can only be modified by the GitHub App that created it."
        )
    apply(ask.world, run, ask.fields("CheckRun"))
    if before != "completed" and run.status == "completed":
        acts_code.check_run_changed(ask.world, run, ask.author.user, "completed")
    return answer(shapes_code.check_run(ask.world, run))


async def show(ask: Ask) -> Response:
    return answer(shapes_code.check_run(ask.world, _run(ask)))


async def annotations(ask: Ask) -> Response:
    return ask.list(_run(ask).annotations, lambda one: one)


async def list_for_ref(ask: Ask) -> Response:
    """The newest run of each name and App, or with `filter=all` every one; newest first."""
    sha, name, app = ask.commit(ask.path("ref")), ask.query("check_name"), ask.query("app_id")
    found = [
        one
        for one in ask.repo.check_runs
        if one.head_sha == sha
        and (not name or one.name == name)
        and (not app or str(one.app.id) == app)
        and ask.query("status", one.status) == one.status
    ]
    if ask.query("filter", "latest") == "latest":
        found = list({(one.name, one.app.id): one for one in found}.values())
    shown, headers = ask.paged(list(reversed(found)))
    rendered: list[Json] = [shapes_code.check_run(ask.world, one) for one in shown]
    return answer({"total_count": len(found), "check_runs": rendered}, headers=headers)


async def job_log(ask: Ask) -> Response:
    """An address elsewhere that anybody may read for a minute."""
    number = ask.number("job")
    if not any(one.id == number and one.log is not None for one in ask.repo.check_runs):
        raise Refused(404, "Not Found")
    return Response(status_code=302, headers={"location": f"{ask.world.url}/job-logs/{number}"})


_RUNS = "/repos/{owner}/{name}/check-runs"

SERVED = (
    Serves("POST", _RUNS, "checks:write", create),
    Serves("GET", f"{_RUNS}/{{run}}", "checks:read", show),
    Serves("PATCH", f"{_RUNS}/{{run}}", "checks:write", update),
    Serves("GET", f"{_RUNS}/{{run}}/annotations", "checks:read", annotations),
    Serves("GET", "/repos/{owner}/{name}/actions/jobs/{job}/logs", "actions:read", job_log),
    Serves("GET", "/repos/{owner}/{name}/commits/{ref:path}/check-runs", "checks:read", list_for_ref),
)

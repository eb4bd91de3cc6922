"""What programs and browsers are promised: the JSON shapes of INTERFACES §4, pages that read without JavaScript, the
live stream with resume, and the gate in front of them."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
from pydantic import JsonValue

from bot.domain.session import Phase
from bot.rehearsal.github import Person, World
from bot.rehearsal.github.auth import client_id
from bot.rehearsal.github.faults import Broken
from bot.rehearsal.script import Script, call
from bot.rehearsal.served import Served
from handlers.cli.serve import front
from sandbox.api import Capability
from sandbox.bubblewrap import Bubblewrap
from tests.contract.sayings import alter
from tests.crash.company import Company, company
from tests.crash.conversation import FILES, PLAN, SCRIPT, begin, converse

FINDING: dict[str, object] = {"kind": str, "path": str, "line": (int, None), "what": str, "explained": (str, None)}
BENCHMARK: dict[str, object] = {
    "metric": str,
    "unit": str,
    "base": [(int, float)],
    "head": [(int, float)],
    "ratio": (int, float),
    "low": (int, float),
    "high": (int, float),
    "verdict": str,
}
EVIDENCE: dict[str, object] = {
    "n": int,
    "claim": (str, None),
    "check": str,
    "verdict": str,
    "reason": str,
    "head": str,
    "base": (str, None),
    "argv": [str],
    "exit_code": (int, None),
    "started_at": str,
    "seconds": (int, float),
    "environment": {"backend": str, "image": str, "digest": str},
    "counts": ({"passed": int, "failed": int, "skipped": int, "errors": int}, None),
    "tests": ({name: [str] for name in ("fixed", "broken", "removed", "newly_skipped", "flaky")}, None),
    "findings": [FINDING],
    "benchmark": (BENCHMARK, None),
    "log_sha256": str,
}
SESSION: dict[str, object] = {
    "id": str,
    "repo": str,
    "refs": [{"surface": str, "key": str, "url": str}],
    "phase": str,
    "goal": str,
    "requester": str,
    "plan": (
        {"rev": int, "digest": str, "summary": str, "steps": [str], "files": [str], "claims": [dict]},
        None,
    ),
    "approved": ({"rev": int, "by": str}, None),
    "claims": [{"id": str, "text": str, "check": str, "verdict": (str, None), "stale": bool}],
    "evidence": [EVIDENCE],
    "head": (str, None),
    "base": (str, None),
    "branch": (str, None),
    "pull_request": ({"number": int, "url": str, "draft": bool}, None),
    "asks": [{"id": str, "question": str, "options": [str], "open": bool}],
    "capacity": dict.fromkeys(("used", "limit", "dialogue", "files", "tools", "sandbox"), int),
    "cost": {"input_tokens": int, "output_tokens": int, "usd": (int, float)},
    "steps": int,
    "checkpoints": [{"seq": int, "sha": str}],
    "outcome": (str, None),
    "reason": str,
}


def misfits(value: object, shape: object, at: str = "") -> list[str]:
    """Where a value is not as promised; more keys than promised are no misfit."""
    if isinstance(shape, tuple):
        return [] if any(not misfits(value, one, at) for one in shape) else [f"{at}: {value!r}"]
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{at}: {value!r}"]
        return [wrong for n, item in enumerate(value) for wrong in misfits(item, shape[0], f"{at}[{n}]")]
    if isinstance(shape, dict):
        if not isinstance(value, dict) or shape.keys() - value.keys():
            return [f"{at}: {value!r}"]
        return [wrong for key, inner in shape.items() for wrong in misfits(value[key], inner, f"{at}.{key}")]
    fits = value is None if shape is None else type(value) is shape
    return [] if fits else [f"{at}: {value!r}"]


@asynccontextmanager
async def browser(play: Company, **cookies: str) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(front(play.house))
    async with httpx.AsyncClient(transport=transport, base_url="http://maestro.test", cookies=cookies) as client:
        yield client


async def test_a_session_and_its_records_have_the_promised_shape_at_every_stage(tmp_path: Path) -> None:
    async with company(tmp_path, SCRIPT, FILES) as play, browser(play) as client:
        await begin(play)
        [row] = (await client.get("/api/sessions")).json()
        assert {"id", "repo", "title", "phase", "outcome", "requester", "updated_at"} <= row.keys()
        planned = (await client.get(f"/api/sessions/{row['id']}")).json()
        assert misfits(planned, SESSION) == []
        assert (planned["phase"], planned["approved"], planned["evidence"]) == ("awaiting", None, [])

        await play.ada.comments(play.repo.issues[1], "/maestro approve r1")
        await play.settled()
        done = (await client.get(f"/api/sessions/{row['id']}")).json()
        assert misfits(done, SESSION) == []
        assert done["phase"] in [phase.value for phase in Phase]
        assert (done["outcome"], done["approved"], done["pull_request"]["draft"]) == (
            "done",
            {"rev": 1, "by": "ada"},
            False,
        )
        assert done["head"] == play.repo.pulls[0].head_sha

        record = (await client.get(f"/api/sessions/{row['id']}/evidence/1")).json()
        assert misfits(record, {**EVIDENCE, "output": str}) == []
        log = (await client.get(f"/api/sessions/{row['id']}/log")).text.splitlines()
        assert [json.loads(line)["seq"] for line in log] == list(range(1, len(log) + 1))


async def test_what_is_not_there_is_404_and_what_is_no_number_is_no_fault_of_ours(tmp_path: Path) -> None:
    async with company(tmp_path, Script([PLAN]), FILES) as play, browser(play) as client:
        await begin(play)
        name = (await play.session()).id
        asked: tuple[str, ...] = ("/sessions/nothing", "/api/sessions/nothing", "/api/sessions/nothing/log", "/nowhere")
        asked += (f"/api/sessions/{name}/evidence/99", f"/api/sessions/{name}/bundle")
        assert {path: (await client.get(path)).status_code for path in asked} == dict.fromkeys(asked, 404)
        assert (await client.get(f"/api/sessions/{name}/evidence/one")).status_code == 422
        assert [(await client.get(path)).status_code for path in ("/healthz", "/readyz", "/metrics")] == [200, 200, 200]
        assert (await client.get("/")).headers["location"] == "/sessions"


async def test_a_page_tells_everything_without_scripts_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    async with company(tmp_path, SCRIPT, FILES) as play, browser(play) as client:
        await converse(play)
        name = (await play.session()).id
        page = await client.get(f"/sessions/{name}")
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "connect-src 'self'" in policy
        readable = re.sub(r"<script.*?</script>", "", page.text, flags=re.DOTALL)
        for words in (
            "A word is missing",
            "Plan r1",
            "NEWS.md",
            "regression",
            "upheld",
            "A word more.",
            "ada approved",
        ):
            assert words in readable, words
        assert re.findall(r"""(?:src|href)=["'](?:https?:)?//(?!127\.0\.0\.1|maestro\.test)[^"']*""", page.text) == []
        listing = await client.get("/sessions")
        assert f"/sessions/{name}" in listing.text


async def test_the_live_stream_goes_on_where_a_reader_left_it(tmp_path: Path) -> None:
    async with company(tmp_path, Script([PLAN]), FILES) as play, Served(front(play.house)) as site:
        await begin(play)
        session = await play.session()
        events = f"{site.url}/sessions/{session.id}/events"
        assert await ids(events, {}, session.seq) == list(range(1, session.seq + 1))
        assert await ids(events, {"Last-Event-ID": "3"}, session.seq - 3) == list(range(4, session.seq + 1))
        assert await ids(f"{events}?after={session.seq - 1}", {}, 1) == [session.seq]
        assert await ids(events, {"Last-Event-ID": "nonsense"}, 1) == [1]


async def test_what_the_model_says_of_results_is_marked_on_the_page_and_in_the_stream_too(tmp_path: Path) -> None:
    script = Script([call("reply", text="All 212 tests pass and it is 3x faster. The sources are short.")])
    async with company(tmp_path, script, FILES) as play, Served(front(play.house)) as site, browser(play) as client:
        await play.ada.comments(await play.ada.opens_issue(play.repo, "Is it fast?", ""), "/maestro explain is it?")
        await play.settled()
        session = await play.session()
        shown = "All 212 tests pass (not verified) and it is 3x faster (not verified). The sources are short."
        assert shown in (await client.get(f"/sessions/{session.id}")).text
        events = f"{site.url}/sessions/{session.id}/events?after={session.seq - 3}"
        async with httpx.AsyncClient() as reader, reader.stream("GET", events) as answer:
            seen = ""
            async for line in answer.aiter_lines():
                seen += line
                if f"event-{session.seq}" in seen and line.endswith("</li>"):
                    break
        assert shown in seen
        assert seen.count("212 tests pass (not verified)") == seen.count("212 tests pass") == 2


async def ids(url: str, headers: Mapping[str, str], count: int) -> list[int]:
    """The numbers of the first events of a stream."""
    seen: list[int] = []
    async with httpx.AsyncClient() as client, client.stream("GET", url, headers=dict(headers)) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        async for line in answer.aiter_lines():
            if line.startswith("id: "):
                seen.append(int(line[4:]))
            if len(seen) == count:
                break
    return seen


# --- the gate --------------------------------------------------------------------------------------------------------
async def test_with_an_app_and_without_sign_in_nothing_is_shown(tmp_path: Path) -> None:
    async with company(tmp_path, Script([PLAN]), FILES, more={"maestro_open": False}) as play, browser(play) as client:
        await begin(play)
        name = (await play.session()).id
        closed: tuple[str, ...] = (
            "/sessions",
            f"/sessions/{name}",
            f"/sessions/{name}/events",
            "/api/sessions",
            f"/api/sessions/{name}",
        )
        closed += (f"/api/sessions/{name}/log", f"/api/sessions/{name}/evidence/1", "/sessions/nothing")
        assert {path: (await client.get(path)).status_code for path in closed} == dict.fromkeys(closed, 401)
        forged = {"maestro_reader": "WyIxIiwgImFkYSIsIDk5OTk5OTk5OTk5XQ==.0000"}
        client.cookies.update(forged)
        assert (await client.get("/api/sessions")).status_code == 401
        assert (await client.get("/sign-in")).status_code == 501
        assert (await client.get("/healthz")).status_code == 200


async def test_who_signs_in_sees_what_github_lets_them_read(tmp_path: Path) -> None:

    app = World(tmp_path / "probe").app
    keys: dict[str, object] = {"github_client_id": client_id(app), "github_client_secret": "rehearsal-client-secret"}
    async with company(tmp_path, Script([PLAN]), FILES, more={"maestro_open": False, **keys}) as play:
        play.repo.private = True
        await begin(play)
        name = (await play.session()).id
        async with browser(play) as ada, browser(play) as eve:
            assert await sign_in(play, ada, play.ada) == 307
            assert [row["id"] for row in (await ada.get("/api/sessions")).json()] == [name]
            assert (await ada.get(f"/sessions/{name}")).status_code == 200
            assert await sign_in(play, eve, play.world.person("eve")) == 307
            assert (await eve.get("/api/sessions")).json() == []
            assert (await eve.get(f"/api/sessions/{name}")).status_code == 401


async def test_a_sign_in_that_was_not_begun_here_or_that_github_does_not_confirm_is_refused(tmp_path: Path) -> None:
    app = World(tmp_path / "probe").app
    keys: dict[str, object] = {"github_client_id": client_id(app), "github_client_secret": "rehearsal-client-secret"}
    async with company(tmp_path, Script([]), {}, more={"maestro_open": False, **keys}) as play, browser(play) as client:
        for query in ("code=x&state=y", "", "code=x"):
            assert (await client.get(f"/sign-in/done?{query}")).status_code == 400
        assert (await client.get("/sign-in?slack=forged")).status_code == 400
        assert (await client.post("/sign-in/slack", content="note=forged")).status_code == 400
        play.world.faults.next("POST", "/login/oauth/access_token", Broken(502))
        assert await sign_in(play, client, play.ada) == 502
        assert (await client.get("/sessions")).status_code == 401
        assert await sign_in(play, client, play.ada) == 307
        assert (await client.get("/sessions")).status_code == 200


class Lame(Bubblewrap):
    """A sandbox backend on a machine that has lost its sandbox."""

    async def capabilities(self) -> tuple[Capability, ...]:
        return (Capability("bubblewrap", False, "not found"), Capability("control groups", False, "no", needed=False))


async def test_who_cannot_run_or_look_says_503_and_why(tmp_path: Path) -> None:
    async with company(tmp_path, Script([]), {}) as play:
        transport = httpx.ASGITransport(front(replace(play.house, backend=Lame(tmp_path))))
        async with httpx.AsyncClient(transport=transport, base_url="http://maestro.test") as client:
            seen = await client.get("/readyz")
            assert (seen.status_code, seen.text) == (503, "bubblewrap: not found\n")
            alter(play.settings.database, "ALTER TABLE sessions RENAME TO elsewhere")
            seen = await client.get("/api/sessions")
            told = {"error": "The database can't be used: no such table: sessions"}
            assert (seen.status_code, seen.json()) == (503, told)


async def sign_in(play: Company, client: httpx.AsyncClient, person: Person) -> int:
    """Through GitHub's own pages and back; the status of the last step."""
    play.world.browsing = person.user
    begun = await client.get("/sign-in")
    async with httpx.AsyncClient() as web:
        agreed = await web.get(begun.headers["location"])
    done = await client.get(agreed.headers["location"].removeprefix("http://maestro.test"))
    return done.status_code


def test_the_shapes_tell_what_does_not_fit() -> None:
    value: JsonValue = {"a": 1, "b": [None]}
    assert misfits(value, {"a": int, "b": [(str, None)]}) == []
    assert misfits(value, {"a": str, "b": [str]}) == [".a: 1", ".b[0]: None"]

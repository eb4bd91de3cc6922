"""The commands that look at what is stored, and those that keep what sessions may be lent: for people and programs."""

import asyncio
import json
from pathlib import Path

import pytest

from bot.domain.lines import dump_event
from bot.domain.work import Verdict
from bot.ports import SessionRow
from bot.store import SqlStore
from tests.contract.program import called
from tests.domain.people import APPROVED, BEGUN, FINISHED, NOON, PLANNED, SAVED, events, evidence

LOG = (*BEGUN, PLANNED, APPROVED, SAVED, FINISHED, evidence(1, "c1", "tests", Verdict.UPHELD))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one session of the server."""

    async def fill() -> None:
        store = SqlStore(f"sqlite:///{tmp_path / '.maestro' / 'maestro.db'}")
        await store.migrate()
        row = SessionRow("s1", "acme/tally", "Rounding is wrong", "checking", None, "alice", NOON)
        await store.append("s1", 0, LOG, at=NOON, turn=1, row=row)
        await store.close()

    (tmp_path / ".maestro").mkdir()
    asyncio.run(fill())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_sessions_are_listed_for_people_and_for_programs(here: Path) -> None:
    listed = called("sessions", "list")
    assert [line.split() for line in listed.output.splitlines()] == [
        ["id", "repository", "goal", "state", "last", "news"],
        ["s1", "acme/tally", "Rounding", "is", "wrong", "checking", "2026-03-01", "12:00"],
    ]
    known = {"id": "s1", "repo": "acme/tally", "title": "Rounding is wrong", "phase": "checking"}
    assert json.loads(called("sessions", "list", "--json").output) == [known | {"outcome": None, "requester": "alice"}]
    assert called("sessions", "list", MAESTRO_HOME="elsewhere").output == "No session yet.\n"


def test_a_session_is_shown_in_words_and_as_the_api_gives_it(here: Path) -> None:
    shown = called("sessions", "show", "s1", MAESTRO_PORT="0").output
    assert [line.split() for line in shown.splitlines() if line] == [
        ["checking", "·", "Rounding", "is", "wrong"],
        ["[x]", "Plan", "r1,", "2", "claims"],
        ["[x]", "Approval"],
        ["[x]", "Implementation"],
        ["[", "]", "Checks"],
        ["[", "]", "Delivery"],
        ["claim", "check", "verdict", "result", "record"],
        ["─" * 23, "─" * 7, "─" * 11, "─" * 9, "─" * 6],
        ["all", "existing", "tests", "pass", "tests", "✅", "upheld", "12", "passed", "#1"],
        ["lint", "is", "clean", "command", "not", "checked"],
        ["0", "steps", "·", "0", "%", "of", "128,000", "tokens", "·", "$0.00"],
    ]
    state = json.loads(called("sessions", "show", "s1", "--json").output)
    assert (state["phase"], state["plan"]["rev"], state["approved"]) == ("checking", 1, {"rev": 1, "by": "alice"})
    assert [record["reason"] for record in state["evidence"]] == ["tests is upheld"]


def test_a_log_is_a_line_for_each_event_and_a_replay_what_was_said(here: Path) -> None:
    assert called("sessions", "log", "s1").output.splitlines() == [
        "   1 12:00:00 human     alice opened “Rounding is wrong”",
        "   2 12:00:00 human     alice: implement",
        "   3 12:00:00 program   cloned main at bbbbbbbbbbbb; tests: python -m unittest",
        "   4 12:00:00 model     plan r1: round half up",
        "   5 12:00:00 human     alice approved plan r1",
        "   6 12:00:00 program   checkpoint aaaaaaaaaaaa: tally/core.py (#1)",
        "   7 12:00:00 model     handed over: Round half up",
        "   8 12:00:00 evidence  #1 tests: upheld",
    ]
    lines = called("sessions", "log", "s1", "--json").output.splitlines()
    assert lines == [dump_event(event.model_copy(update={"at": NOON})) for event in events(*LOG)]
    posts = [json.loads(line) for line in called("replay", "s1", "--json").output.splitlines()]
    assert [(post["key"], post["where"], post["text"].partition("\n")[0]) for post in posts] == [
        ("4", "github:7#12", "Plan r1 0a8897d9e31e"),
        ("card", "github:7#12", "Maestro · checking"),
    ]
    assert called("replay", "s1").output == "".join(
        f"--- {post['key']} to {post['where']}\n{post['text']}\n\n" for post in posts
    )


def test_secrets_are_kept_listed_and_forgotten_and_never_shown(here: Path) -> None:
    key = {"MAESTRO_MASTER_KEY": "m" * 32}
    put = ("secrets", "set", "DEPLOY_TOKEN", "--repo", "acme/tally")
    kept = called(*put, typed="hunter2-hunter2\n", **key)
    assert kept.output == (
        "DEPLOY_TOKEN is kept for acme/tally. A session uses it after `/maestro secrets on DEPLOY_TOKEN`.\n"
    )
    assert called("secrets", "list").output == "acme/tally  DEPLOY_TOKEN  working\n"
    assert json.loads(called("secrets", "list", "--json").output) == [
        {"repo": "acme/tally", "name": "DEPLOY_TOKEN", "phases": ["working"]}
    ]
    files = (here / ".maestro" / "secrets").iterdir()
    assert [b"hunter2" in file.read_bytes() for file in files] == [False]
    gone = ("secrets", "remove", "DEPLOY_TOKEN", "--repo", "acme/tally")
    assert called(*gone).output == "DEPLOY_TOKEN is forgotten.\n"
    for refused, why in (
        (called(*gone), "DEPLOY_TOKEN is not kept for acme/tally."),
        (called(*put, typed="hunter2-hunter2\n"), "MAESTRO_MASTER_KEY is not set: without it nothing can be kept."),
        (called(*put, typed="short\n", **key), "a value has 8 to 32,768 characters and no NUL"),
    ):
        assert (refused.exit_code, refused.stderr) == (1, f"Error: {why}\n")
    assert called("secrets", "list").output == ""

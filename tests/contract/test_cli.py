"""The program as it is called: exit codes, messages, JSON for machines, and a local repository that stays as it was."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.rehearsal.model import ScriptedModel
from bot.rehearsal.script import Policy, Script, call
from bot.rehearsal.served import Served
from bot.store import SqlStore
from tests.contract.sayings import alter, wake
from tests.crash.conversation import FILES, PLAN, SCRIPT

PROGRAM = (sys.executable, "-c", "from handlers.main import main; main()")


@dataclass(frozen=True, slots=True)
class Ended:
    code: int
    out: str
    err: str


async def maestro(folder: Path, *words: str, **settings: str) -> Ended:
    """Run the program in a folder, with these settings and no others."""
    known = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder), "COLUMNS": "200"}
    known |= {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}  # `make cover`
    program = await asyncio.create_subprocess_exec(
        *PROGRAM,
        *words,
        cwd=folder,
        env={**known, "MAESTRO_HOME": str(folder / "data"), **settings},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = await program.communicate()
    finally:
        if program.returncode is None:
            program.kill()
    ended = Ended(program.returncode or 0, out.decode(), err.decode())
    assert "Traceback" not in ended.err + ended.out, ended.err
    return ended


async def chat(folder: Path, repo: Path, policy: Policy, *words: str) -> Ended:
    """`maestro chat` about a repository, with a scripted model."""
    async with Served(ScriptedModel(policy)) as model:
        told = {"OPENAI_BASE_URL": f"{model.url}/v1", "OPENAI_API_KEY": "rehearsal", "MAESTRO_MODEL": "scripted"}
        return await maestro(folder, "chat", "--repo", str(repo), "--goal", "Add a word", *words, **told)


def git(folder: Path, *words: str) -> str:
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    name = {f"GIT_{who}_{what}": "ada@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    ended = subprocess.run(["git", *words], cwd=folder, env=env | name, check=True, capture_output=True, text=True)
    return ended.stdout


def repository(folder: Path, files: Mapping[str, str] = FILES) -> Path:
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    for path, text in files.items():
        (folder / path).write_text(text)
    if files:
        git(folder, "add", "--all")
        git(folder, "commit", "--quiet", "--message", "Begin")
    return folder


# --- chat ------------------------------------------------------------------------------------------------------------
async def test_a_goal_becomes_a_branch_and_nothing_that_was_there_is_touched(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo")
    (repo / "notes.txt").write_text("half written\n")
    (repo / "new.txt").write_text("not tracked\n")
    git(repo, "add", "notes.txt")
    before = git(repo, "status", "--porcelain"), git(repo, "rev-parse", "HEAD"), (repo / ".git/HEAD").read_text()
    ended = await chat(tmp_path, repo, SCRIPT, "--yes")
    assert ended.code == 0, ended
    assert "Every check is upheld." in ended.out
    assert before == (
        git(repo, "status", "--porcelain"),
        git(repo, "rev-parse", "HEAD"),
        (repo / ".git/HEAD").read_text(),
    )
    assert (repo / "notes.txt").read_text() == "half written\n"
    [branch] = git(repo, "for-each-ref", "--format=%(refname:short)", "refs/heads/maestro").split()
    assert git(repo, "show", f"{branch}:notes.txt") == "This is a half the truth.\n"
    assert len(git(repo, "rev-list", f"main..{branch}").split()) == 1

    listed = json.loads((await maestro(tmp_path, "sessions", "list", "--json")).out)
    assert [(row["title"], row["phase"], row["outcome"]) for row in listed] == [("Add a word", "idle", "done")]
    name = listed[0]["id"]
    shown = json.loads((await maestro(tmp_path, "sessions", "show", name, "--json")).out)
    assert (shown["id"], shown["branch"], shown["pull_request"]) == (name, branch, None)
    log = (await maestro(tmp_path, "sessions", "log", name, "--json")).out.splitlines()
    assert [json.loads(line)["seq"] for line in log] == list(range(1, len(log) + 1))
    replayed = await maestro(tmp_path, "replay", name)
    assert replayed.code == 0
    assert "Plan r1" in replayed.out
    assert "Done." in replayed.out


async def test_without_a_yes_the_plan_waits_for_a_human(tmp_path: Path) -> None:
    ended = await chat(tmp_path, repository(tmp_path / "repo"), SCRIPT)
    assert ended.code == 3
    assert "Plan r1" in ended.out


async def test_what_stays_refuted_is_a_failure(tmp_path: Path) -> None:
    finish = call("finish", title="Add the word", summary="One word.")
    fixes = [call("edit_file", path="notes.txt", old="half", new=f"half{n}", why="a guess") for n in range(3)]
    script = Script([PLAN, fixes[0], finish, fixes[1], finish, fixes[2], finish])
    ended = await chat(tmp_path, repository(tmp_path / "repo"), script, "--yes")
    assert ended.code == 4
    assert "refuted" in ended.out


async def test_a_bare_repository_will_do(tmp_path: Path) -> None:
    repository(tmp_path / "repo")
    git(tmp_path, "clone", "--quiet", "--bare", "repo", "bare.git")
    ended = await chat(tmp_path, tmp_path / "bare.git", SCRIPT, "--yes")
    assert ended.code == 0, ended
    assert "maestro/" in git(tmp_path / "bare.git", "for-each-ref", "refs/heads/maestro")


async def test_an_empty_repository_and_a_missing_model_say_what_to_do(tmp_path: Path) -> None:
    empty = await chat(tmp_path, repository(tmp_path / "empty", {}), SCRIPT, "--yes")
    assert empty.code == 4
    assert "is empty: there is nothing to work on" in empty.out
    assert "Push a first commit" in empty.out or "Make a first commit" in empty.out
    repo = repository(tmp_path / "repo")
    silent = await maestro(tmp_path, "chat", "--repo", str(repo), "--goal", "Add a word", "--yes")
    assert silent.code == 4
    assert "no model is configured" in silent.out
    assert "Set MAESTRO_MODEL" in silent.out


# --- demo ------------------------------------------------------------------------------------------------------------
@pytest.mark.long
@pytest.mark.timeout(400)
@pytest.mark.parametrize("words", [(), ("--slack",)], ids=["on GitHub", "in Slack"])
async def test_the_demo_ends_with_a_pull_request_that_is_proven(tmp_path: Path, words: tuple[str, ...]) -> None:
    ended = await maestro(tmp_path, "demo", *words)
    assert ended.code == 0, ended
    assert "Every check is upheld." in ended.out
    assert "/maestro approve r1" in ended.out or "Approve" in ended.out


# --- the rest --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("chat", "--repo", "."), 1, "is no git repository"),
        (("chat", "--yes"), 2, "--yes needs --goal"),
        (("nonsense",), 2, "There is no command 'nonsense'. There are: serve"),
        (("serve", "--loud"), 2, "No such option"),
        (("sessions", "show"), 2, "Missing argument"),
        (("sessions", "show", "nothing"), 1, "`maestro sessions list` lists them"),
        (("replay", "nothing"), 1, "there is no session nothing"),
        (("sessions", "list", "--json"), 0, ""),
        (("--help",), 0, ""),
    ],
)
async def test_what_is_wrong_is_told_on_stderr_with_the_right_code(
    tmp_path: Path, words: tuple[str, ...], code: int, told: str
) -> None:
    ended = await maestro(tmp_path, *words)
    assert ended.code == code, ended
    assert told in ended.err


async def test_wrong_settings_are_all_named_at_once(tmp_path: Path) -> None:
    wrong = {"MAESTRO_PORT": "many", "MAESTRO_MODLE": "x", "GITHUB_APP_ID": "12"}
    ended = await maestro(tmp_path, "sessions", "list", **wrong)
    assert ended.code == 1
    for words in ("MAESTRO_PORT", "MAESTRO_MODLE is not a setting; did you mean MAESTRO_MODEL?"):
        assert words in ended.err
    assert "the GitHub App needs" in (await maestro(tmp_path, "serve", GITHUB_APP_ID="12")).err


async def test_the_doctor_speaks_json_and_its_code_tells_whether_all_is_well(tmp_path: Path) -> None:
    ended = await maestro(tmp_path, "doctor", "--json")
    lines = json.loads(ended.out)
    assert all({"name", "ok", "found", "needed", "advice"} <= line.keys() for line in lines)
    assert ended.code == int(any(line["needed"] and not line["ok"] for line in lines))
    assert {"settings", "data", "git", "database", "history", "GitHub", "model"} <= {line["name"] for line in lines}


async def test_the_doctor_finds_a_log_that_somebody_wrote_to(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'maestro.db'}"
    store = SqlStore(address)
    await store.migrate()
    await wake(store, "s1")
    await wake(store, "s2")
    await wake(store, "s2")
    alter(address, "UPDATE events SET body = replace(body, 'go on', 'stop') WHERE session = 's2' AND seq = 2")
    await store.close()
    lines = json.loads((await maestro(tmp_path, "doctor", "--json", DATABASE_URL=address)).out)
    told = {line["name"]: (line["ok"], line["found"]) for line in lines}
    assert told["database"] == (True, "sqlite, up to date")
    assert told["history"] == (False, "altered: s2 from its event 2 on")

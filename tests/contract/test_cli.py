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
from tests.contract.program import called
from tests.contract.sayings import alter, wake
from tests.crash.conversation import FILES, PLAN, SCRIPT

PROGRAM = (sys.executable, "-c", "from handlers.main import main; main()")


@dataclass(frozen=True, slots=True)
class Ended:
    code: int
    out: str
    err: str


async def maestro(folder: Path, *words: str, typed: str = "", **settings: str) -> Ended:
    """Run the program in a folder, with these settings and no others; `typed` is what comes on standard input."""
    known = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder), "COLUMNS": "200"}
    known |= {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}  # `make cover`
    program = await asyncio.create_subprocess_exec(
        *PROGRAM,
        *words,
        cwd=folder,
        env={**known, "MAESTRO_HOME": str(folder / "data"), **settings},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = await program.communicate(typed.encode())
    finally:
        if program.returncode is None:
            program.kill()
    ended = Ended(program.returncode or 0, out.decode(), err.decode())
    assert "Traceback" not in ended.err + ended.out, ended.err
    return ended


async def chat(folder: Path, repo: Path, policy: Policy, *words: str, typed: str = "") -> Ended:
    """`maestro chat` about a repository, with a scripted model; with a goal, unless something is typed."""
    goal = () if typed else ("--goal", "Add a word")
    async with Served(ScriptedModel(policy)) as model:
        told = {"OPENAI_BASE_URL": f"{model.url}/v1", "OPENAI_API_KEY": "rehearsal", "MAESTRO_MODEL": "scripted"}
        return await maestro(folder, "chat", "--repo", str(repo), *goal, *words, typed=typed, **told)


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


async def test_a_person_types_and_reads_line_by_line_and_a_bare_repository_will_do(tmp_path: Path) -> None:
    repository(tmp_path / "repo")
    git(tmp_path, "clone", "--quiet", "--bare", "repo", "bare.git")
    ended = await chat(tmp_path, tmp_path / "bare.git", SCRIPT, typed="\nstatus\nAdd a word\napprove r1\n")
    assert ended.code == 0, ended
    assert "What shall I do?" in ended.err
    told = ("Nothing has been asked of me", "Plan r1", "Approve: approve r1", "done: Every check is upheld.")
    assert sorted(told, key=ended.out.index) == list(told), ended.out
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
        (("verify", "nothing.zip"), 2, "does not exist"),
        (("verify", "bundle.zip", "--key", "bundle.zip"), 1, "bundle.zip is no public key that can be read"),
        (("verify", "large.zip"), 1, "large.zip is larger than any bundle (1024 MiB)"),
        (("setup",), 2, "Missing option '--url'"),
        (("setup", "--url", "maestro.test"), 2, "--url must begin with https://"),
        (("--help",), 0, ""),
    ],
)
def test_what_is_wrong_is_told_on_stderr_with_the_right_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: int, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bundle.zip").touch()
    with Path("large.zip").open("wb") as large:
        large.truncate(2**30 + 1)
    ended = called(*words)
    assert ended.exit_code == code, ended.output
    assert told in ended.stderr


async def test_wrong_settings_are_all_named_at_once_and_no_command_begins_with_them(tmp_path: Path) -> None:
    wrong = {"MAESTRO_PORT": "many", "MAESTRO_MODLE": "x", "GITHUB_APP_ID": "12"}
    ended = await maestro(tmp_path, **wrong)
    assert ended.code == 1
    for words in ("MAESTRO_PORT", "MAESTRO_MODLE is not a setting; did you mean MAESTRO_MODEL?"):
        assert words in ended.err
    assert not (tmp_path / "data").exists()


def test_a_data_directory_that_cannot_be_made_is_told_with_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    ended = called("worker", MAESTRO_HOME="file")
    assert (ended.exit_code, ended.stderr) == (
        1,
        "Error: file can't hold our data: File exists. Set MAESTRO_HOME to a directory that can be written.\n",
    )


def test_the_doctor_names_each_wrong_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ended = called("doctor", "--json", MAESTRO_PORT="many", MAESTRO_MODLE="x")
    assert ended.exit_code == 1
    assert [(line["name"], line["found"].partition(":")[0]) for line in json.loads(ended.output)] == [
        ("setting", "MAESTRO_MODLE is not a setting; did you mean MAESTRO_MODEL?"),
        ("setting", "MAESTRO_PORT"),
    ]


async def test_the_doctor_finds_a_log_that_somebody_wrote_to(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'maestro.db'}"
    store = SqlStore(address)
    await store.migrate()
    await wake(store, "s1")
    await wake(store, "s2")
    await wake(store, "s2")
    alter(address, "UPDATE events SET body = replace(body, 'go on', 'stop') WHERE session = 's2' AND seq = 2")
    await store.close()
    ended = await maestro(tmp_path, "doctor", "--json", DATABASE_URL=address)
    lines = json.loads(ended.out)
    assert [line for line in lines if line.keys() != {"name", "ok", "found", "needed", "advice"}] == []
    assert ended.code == 1
    told = {line["name"]: (line["ok"], line["found"]) for line in lines}
    assert told["database"] == (True, "sqlite, up to date")
    assert told["history"] == (False, "altered: s2 from its event 2 on")

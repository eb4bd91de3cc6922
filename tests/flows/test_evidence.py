"""Evidence as people meet it: proving again, accepting findings, words that outrun the records, and the bundle."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from bot.rehearsal.github import Issue
from bot.rehearsal.script import Script, call
from bot.speech.notes import NOT_VERIFIED
from handlers.main import cli
from tests.flows.scripts import FIX, HAPPY, LOOK, PROPOSE, WRITE_TEST, proposal
from tests.flows.theatre import Theatre, theatre

BOASTS = "Uses true division. All 40 tests pass and it is 3x faster. Verified."
BOASTER = Script(
    [LOOK, PROPOSE, WRITE_TEST, FIX, call("finish", title="Halve exactly; all tests pass", summary=BOASTS)]
)


async def says(play: Theatre, issue: Issue, words: str) -> str:
    """Say it, wait, and give the newest comment back."""
    await play.ada.comments(issue, words)
    await play.settled()
    return play.repo.issues[issue.number].comments[-1].body.partition("<!-- maestro:")[0].strip()


async def delivered(play: Theatre) -> Issue:
    issue = await play.ada.opens_issue(play.repo, "Odd numbers are halved wrong", "half(3) should be 1.5")
    await says(play, issue, "/maestro implement")
    assert (await says(play, issue, "/maestro approve")).startswith("**Done.**")
    return issue


@pytest.mark.long
async def test_what_was_claimed_is_marked_proven_again_and_bundled(tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    async with theatre(tmp_path, BOASTER, settings={"maestro_signing_key": pem}) as play:
        issue = await delivered(play)
        [pull] = play.repo.pulls
        before, tip = await play.state(), pull.head_sha
        body = play.repo.issues[pull.number].body
        assert body.count(NOT_VERIFIED) == 2, body
        assert "All 40 tests pass (not verified) and it is 3x faster (not verified)" in body
        [commit] = play.repo.bare.log(f"{play.repo.default_branch}..{tip}")
        assert commit.message.startswith("Halve exactly\n\nUses true division")
        assert "40" not in commit.message
        assert play.repo.issues[pull.number].title == "Halve exactly"

        said = await says(play, issue, "/maestro prove")
        assert said.startswith(f"### Proof at `{tip[:12]}`"), said
        assert "Made anew from scratch" in said
        after = await play.state()
        records = [*after["evidence"]]  # type: ignore[misc]
        old, new = len([*before["evidence"]]), len(records)  # type: ignore[misc]
        assert new == 2 * old
        assert all(f"#{record['n']}" in said for record in records[old:])  # type: ignore[index,call-overload]
        assert (after["phase"], after["outcome"], after["head"]) == ("idle", "done", before["head"])
        assert [pull.head_sha for pull in play.repo.pulls] == [tip]
        [run] = [run for run in play.repo.check_runs if run.name == "maestro / evidence"]
        assert (run.head_sha, run.status, run.conclusion) == (tip, "completed", "success")

        one = await says(play, issue, "/maestro prove c1")
        assert len([*(await play.state())["evidence"]]) == new + 1  # type: ignore[misc]
        assert f"#{new + 1}" in one
        assert "The claims are: c1" in await says(play, issue, "/maestro prove c9")
        assert "No integrity finding is open here." in await says(play, issue, "/maestro accept f1")

        session = str(after["id"])
        async with httpx.AsyncClient() as client:
            answers = [await client.get(f"{play.site}/api/sessions/{session}/bundle") for _ in range(2)]
        assert answers[0].status_code == 200
        assert answers[0].content == answers[1].content
    file, public = tmp_path / "evidence.zip", tmp_path / "public.pem"
    file.write_bytes(answers[0].content)
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    await asyncio.to_thread(check_the_bundle, tmp_path, file, public)


def check_the_bundle(home: Path, file: Path, public: Path) -> None:
    """The program's own `verify`, on what the server gave."""
    whole = CliRunner().invoke(cli, ["verify", str(file), "--key", str(public), "--json"])
    report = json.loads(whole.output)
    assert (whole.exit_code, report["ok"], report["wrong"]) == (0, True, []), report
    assert report["notes"][0].startswith("signed by the given key")
    program = "from handlers.main import main; main(['verify', '--rerun', *__import__('sys').argv[1:]])"
    again = subprocess.run(
        (sys.executable, "-c", program, str(file)), cwd=home, capture_output=True, text=True, timeout=60, check=False
    )
    assert again.returncode == 0, again.stdout + again.stderr
    assert again.stdout.count("(same)") == len(report["records"])


NEEDY = Script(
    [
        proposal(files=["calc.py", "tests/test_odd.py", "requirements.txt"]),
        WRITE_TEST,
        FIX,
        call("write_file", path="requirements.txt", content="left-pad==1.0\n", why="needed"),
        call("finish", title="Halve exactly", summary="Uses true division."),
    ]
)


async def test_a_finding_is_accepted_by_name_and_the_pull_request_follows(tmp_path: Path) -> None:
    async with theatre(tmp_path, NEEDY) as play:
        issue = await delivered(play)
        [pull] = play.repo.pulls
        done = play.repo.issues[issue.number].comments[-1].body
        assert "| f1 | `dependency-added` | `requirements.txt:1` |" in done
        runs = [run for run in play.repo.check_runs if run.name == "maestro / evidence"]
        assert (pull.draft, [run.conclusion for run in runs]) == (True, ["neutral"])
        assert "`f1`" not in await says(play, issue, "/maestro accept f7")
        refusal = play.repo.issues[issue.number].comments[-1].body
        assert "“f7” names no open finding. Open: f1 `dependency-added:requirements.txt:1`" in refusal
        await play.bob.comments(issue, "/maestro accept f1")
        await play.settled()
        assert pull.draft

        said = await says(play, issue, "/maestro accept f1 we want it")
        assert said.startswith("**Accounted for.**"), said
        assert "a person, by name" in said
        runs = [run for run in play.repo.check_runs if run.name == "maestro / evidence"]
        assert (pull.draft, [run.conclusion for run in runs]) == (False, ["success"])
        assert "a person, by name" in play.repo.issues[pull.number].body
        state = await play.state()
        found = [finding for record in state["evidence"] for finding in record["findings"]]  # type: ignore[union-attr,index,call-overload]
        assert [finding["explained"] for finding in found] == ["human"]
        assert (state["phase"], state["outcome"]) == ("idle", "done")


async def test_what_others_push_is_proven_as_it_is_and_what_was_said_is_retracted(tmp_path: Path) -> None:
    async with theatre(tmp_path, HAPPY) as play:
        issue = await delivered(play)
        [pull] = play.repo.pulls
        assert not pull.draft
        branch = str((await play.state())["branch"])
        await play.ada.pushes(play.repo, branch, {"calc.py": "def half(n):\n    return n\n"}, "Break it")
        await play.settled()
        said = await says(play, issue, "/maestro prove")
        assert "### Retracted" in said, said
        assert "❌ refuted" in said
        body = play.repo.issues[pull.number].body
        assert "### Retracted" in body
        runs = [run for run in play.repo.check_runs if run.name == "maestro / evidence"]
        assert (runs[-1].head_sha, runs[-1].conclusion) == (pull.head_sha, "failure")
        assert pull.draft

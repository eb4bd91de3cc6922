"""What an operator lends: entered at the terminal, switched on in the thread, in the commands' environment alone."""

import base64
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.domain.session import Phase
from bot.rehearsal.script import Script, call
from bot.vault import Held, Vault, VaultError
from handlers.cli.secrets import command
from tests.flows.scripts import FINISH, FIX, WRITE_TEST, proposal
from tests.flows.theatre import theatre

VALUE = "q7-Zx81-private-Lk2"
MASTER = "m" * 40
HELD = Held("INDEX_TOKEN", "octo/calc", ("working",))


def entered(folder: Path) -> Vault:
    vault = Vault(folder / "secrets", MASTER)
    vault.keep(HELD, VALUE)
    return vault


def test_a_value_is_sealed_at_rest_and_opened_only_where_it_may_be(tmp_path: Path) -> None:
    vault = entered(tmp_path)
    [file] = (tmp_path / "secrets").iterdir()
    assert (VALUE.encode() in file.read_bytes(), file.stat().st_mode & 0o777) == (False, 0o600)
    assert vault.names("OCTO/calc") == (HELD,)
    assert vault.lend("octo/calc", ["INDEX_TOKEN"], Phase.WORKING) == {"INDEX_TOKEN": VALUE}
    for repo, names, phase in (
        ("octo/calc", [], Phase.WORKING),
        ("octo/calc", ["INDEX_TOKEN"], Phase.PLANNING),
        ("octo/other", ["INDEX_TOKEN"], Phase.WORKING),
        ("octo/calc", ["OTHER"], Phase.WORKING),
    ):
        assert vault.lend(repo, names, phase) == {}
    assert vault.values() == (VALUE,)
    assert (vault.remove("INDEX_TOKEN", "octo/calc"), vault.remove("INDEX_TOKEN", "octo/calc")) == (True, False)
    assert vault.values() == ()


def test_another_key_or_an_altered_file_opens_nothing(tmp_path: Path) -> None:
    entered(tmp_path)
    other = Vault(tmp_path / "secrets", "n" * 40)
    assert (other.names("octo/calc"), other.values()) == ((HELD,), ())
    assert Vault(tmp_path / "secrets").lend("octo/calc", ["INDEX_TOKEN"], Phase.WORKING) == {}
    with pytest.raises(VaultError, match="another MAESTRO_MASTER_KEY"):
        other.lend("octo/calc", ["INDEX_TOKEN"], Phase.WORKING)
    [file] = (tmp_path / "secrets").iterdir()
    file.write_text(file.read_text().replace("octo/calc", "eve/calc"))
    with pytest.raises(VaultError):
        Vault(tmp_path / "secrets", MASTER).lend("eve/calc", ["INDEX_TOKEN"], Phase.WORKING)


@pytest.mark.parametrize(
    ("held", "value"),
    [
        (Held("PATH", "o/r", ("working",)), VALUE),
        (Held("LD_PRELOAD", "o/r", ("working",)), VALUE),
        (Held("lower", "o/r", ("working",)), VALUE),
        (Held("A", "no-repository", ("working",)), VALUE),
        (Held("A", "o/r", ("working",)), "short"),
        (Held("A", "o/r", ("working",)), "with a NUL\0 in it"),
    ],
)
def test_what_cannot_be_kept_safely_is_refused(tmp_path: Path, held: Held, value: str) -> None:
    with pytest.raises(VaultError):
        Vault(tmp_path, MASTER).keep(held, value)
    with pytest.raises(VaultError):
        Vault(tmp_path, "too short")
    assert list(tmp_path.iterdir()) == []


def test_an_operator_enters_lists_and_removes_without_a_value_on_the_command_line(tmp_path: Path) -> None:
    runner = CliRunner(env={"MAESTRO_HOME": str(tmp_path), "MAESTRO_MASTER_KEY": MASTER})
    entered = runner.invoke(command, ["set", "INDEX_TOKEN", "--repo", "octo/calc"], input=VALUE + "\n")
    assert (entered.exit_code, VALUE in entered.output) == (0, False)
    assert Vault(tmp_path / "secrets", MASTER).values() == (VALUE,)
    assert runner.invoke(command, ["list"]).output == "octo/calc  INDEX_TOKEN  working\n"
    assert runner.invoke(command, ["remove", "INDEX_TOKEN", "--repo", "octo/calc"]).exit_code == 0
    assert runner.invoke(command, ["remove", "INDEX_TOKEN", "--repo", "octo/calc"]).exit_code == 1
    without = CliRunner(env={"MAESTRO_HOME": str(tmp_path), "MAESTRO_MASTER_KEY": ""})
    assert without.invoke(command, ["set", "A", "--repo", "o/r"], input=VALUE).exit_code == 1


SPY = (
    'echo "len ${#INDEX_TOKEN}"; echo "$INDEX_TOKEN"; printf %s "$INDEX_TOKEN" | base64; '
    'printf %s "$INDEX_TOKEN" > leaked.txt; export KEPT="$INDEX_TOKEN"'
)
AGAIN = 'echo "[$INDEX_TOKEN]"; cat leaked.txt; env | grep -c INDEX_TOKEN'


async def test_a_lent_secret_is_used_and_leaves_no_trace(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    entered(tmp_path / "home")
    script = Script(
        [
            call("run", command="echo [$INDEX_TOKEN]"),
            proposal(files=["calc.py", "tests/test_odd.py", "leaked.txt"]),
            WRITE_TEST,
            FIX,
            call("run", command=SPY),
            call("view_file", path="leaked.txt"),
            call("run", command=AGAIN),
            FINISH,
        ]
    )
    async with theatre(tmp_path, script, settings={"maestro_master_key": MASTER}) as play:
        issue = await play.ada.opens_issue(play.repo, "Odd", "half(3)")
        for words in ("secrets", "secrets on INDEX_TOKEN", "implement", "approve r1"):
            await play.ada.comments(issue, f"/maestro {words}")
            await play.settled()
        thread = "\n".join(play.thread(issue))
        assert "`INDEX_TOKEN` is on in this session." in thread
        results = [made.result or "" for made in play.model.asked[-1].prompt.calls if made.call.name == "run"]  # type: ignore[union-attr]
        assert "[]" in results[0]
        assert (f"len {len(VALUE)}" in results[1], results[1].count("[redacted]") >= 2) == (True, True)
        assert "[[redacted]]" in results[2]
        said = thread + "\n".join(play.thread(play.repo.issues[2]))
        stored = b"".join(
            path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and "work" not in path.parts
        )
        asked = b"".join(one.raw for one in play.model.asked)
        for form in (VALUE.encode(), base64.b64encode(VALUE.encode())):
            assert (form in said.encode(), form in asked, form in stored) == (False, False, False)
        head = play.repo.pulls[0].head_sha
        [leaked] = [entry for entry in play.repo.bare.entries(head, "", recursive=True) if entry.path == "leaked.txt"]
        assert play.repo.bare.blob(leaked.sha) == b"[redacted]"

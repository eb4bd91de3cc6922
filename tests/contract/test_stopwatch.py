"""The benchmark's stopwatch as a shell runs it: with a Python beside it, and where there is none."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.checks.benchmark import MARK, TIMED


def run(command: str, path: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "-c", TIMED, "sh", command], env={"PATH": path}, capture_output=True, text=True, check=False
    )


@pytest.fixture
def bare(tmp_path: Path) -> str:
    """A folder of programs without any Python."""
    for name in ("sh", "date", "sleep"):
        program = shutil.which(name)
        assert program is not None
        (tmp_path / name).symlink_to(program)
    return str(tmp_path)


def test_it_tells_the_time_and_what_of_it_was_spent_computing(bare: str) -> None:
    program = shutil.which("python3", path="/usr/bin:/usr/local/bin") or shutil.which("python3")
    assert program is not None
    ran = run("echo 'it''s'; sleep 0.05; echo done", f"{Path(program).parent}:{bare}")
    printed, wall, own = re.fullmatch(rf"(.*)\n{MARK} (\d+) (\d+)\n", ran.stdout, re.DOTALL).groups()  # type: ignore[union-attr]
    assert (ran.returncode, ran.stderr, printed) == (0, "", "its\ndone\n")
    assert 50_000_000 <= int(wall) > int(own) > 0


def test_without_a_python_it_tells_the_time_alone(bare: str) -> None:
    ran = run("echo 'it''s'; sleep 0.05", bare)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert re.fullmatch(rf"its\n\n{MARK} \d{{8,}}\n", ran.stdout)


@pytest.mark.parametrize(("command", "code"), [("exit 3", 3), ("kill -9 $$", 137), ("no-such-program", 127)])
def test_the_commands_own_exit_code_is_kept(bare: str, command: str, code: int) -> None:
    assert run(command, bare).returncode == code
    assert run(command, "/usr/bin:/bin").returncode == code

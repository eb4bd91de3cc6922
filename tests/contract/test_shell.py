"""What scripts in one sandbox leave to each other, and what they don't, asked of each backend in the same words."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from sandbox.api import Sandbox
from sandbox.channel import Order
from sandbox.shell import MAX_VARIABLES, Carried, argv
from tests.contract.sandboxes import BACKENDS, backend, opened

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(params=BACKENDS, scope="module", loop_scope="module")
async def sandbox(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    async with (
        backend(request.param, tmp_path_factory.mktemp("home")) as made,
        opened(made, tmp_path_factory.mktemp("tree")) as sandbox,
    ):
        yield sandbox


async def said(sandbox: Sandbox, script: str, **more: dict[str, str]) -> tuple[int | None, str]:
    ran = await sandbox.shell(script, timeout=20, **more)  # type: ignore[arg-type]
    assert ran.argv == ("sh", "-c", script)
    return ran.exit_code, ran.output.decode()


async def test_the_directory_is_carried_from_one_script_to_the_next(sandbox: Sandbox) -> None:
    assert await said(sandbox, "mkdir -p 'a b/ü'; cd 'a b/ü'; exit 3") == (3, "")
    assert await said(sandbox, "pwd") == (0, "/workspace/a b/ü\n")
    assert await said(sandbox, "cd /; rm -r '/workspace/a b'") == (0, "")
    assert await said(sandbox, "pwd; cd") == (0, "/\n")
    assert await said(sandbox, 'test "$(pwd)" = ~ && cd /workspace') == (0, "")


async def test_a_directory_that_is_gone_leads_back_to_the_workspace(sandbox: Sandbox) -> None:
    assert await said(sandbox, "mkdir gone && cd gone") == (0, "")
    assert (await sandbox.run(["rm", "-r", "/workspace/gone"], timeout=10)).exit_code == 0
    assert await said(sandbox, "pwd") == (0, "/workspace\n")


async def test_exported_variables_are_carried_and_others_are_not(sandbox: Sandbox) -> None:
    assert await said(sandbox, "export A='one\ntwo' B=b; C=c; unset LANG") == (0, "")
    assert await said(sandbox, 'echo "$A" $B [$C] [$LANG]') == (0, "one\ntwo b [] []\n")
    assert await said(sandbox, "unset A; export LANG=C") == (0, "")
    assert await said(sandbox, 'echo "[$A] $LANG"') == (0, "[] C\n")


async def test_variables_of_one_script_alone_are_not_carried(sandbox: Sandbox) -> None:
    assert await said(sandbox, "echo $TOKEN; export KEPT=$TOKEN", env={"TOKEN": "abc"}) == (0, "abc\n")
    assert await said(sandbox, "echo [$TOKEN]") == (0, "[]\n")


async def test_plain_commands_carry_nothing_and_inherit_nothing(sandbox: Sandbox) -> None:
    assert await said(sandbox, "cd /tmp; export SHELL_ONLY=1") == (0, "")
    ran = await sandbox.run(["sh", "-c", "pwd; echo [$SHELL_ONLY]"], timeout=10)
    assert ran.output == b"/workspace\n[]\n"
    assert await said(sandbox, "pwd; cd /workspace") == (0, "/tmp\n")


async def test_a_script_that_does_not_end_properly_leaves_everything_as_it_was(sandbox: Sandbox) -> None:
    assert await said(sandbox, "export STOOD=before") == (0, "")
    for script in ("export STOOD=x; kill -9 $$", "export STOOD=x; trap - EXIT", "export STOOD=x; exec true"):
        await said(sandbox, script)
    ran = await sandbox.shell("export STOOD=x; sleep 60", timeout=0.3)
    assert ran.timed_out
    assert await said(sandbox, "echo $STOOD") == (0, "before\n")


async def test_a_script_that_cannot_be_read_fails_as_in_any_shell(sandbox: Sandbox) -> None:
    code, output = await said(sandbox, "echo 'unfinished")
    assert (code, "nterminated" in output or "nexpected" in output) == (2, True)
    assert await said(sandbox, "set -e; false; echo never") == (1, "")


async def test_what_a_hostile_script_says_of_itself_is_checked(sandbox: Sandbox) -> None:
    for lie in (r"relative\0A=1\0", r"/tmp\0A=1", r"\0\0", "head -c 1000000 /dev/zero | tr '\\0' x"):
        say = lie if lie.startswith("head") else f"printf '{lie}'"
        await said(sandbox, f"trap - EXIT; {say} >&9")
        assert await said(sandbox, "pwd; echo [$A]") == (0, "/workspace\n[]\n")


async def test_only_variables_that_are_variables_are_carried() -> None:
    carried = Carried()
    carried.learn(b"/tmp\n\0A=1\0BASH_FUNC_x%%=() { :; }\0=x\0B\0PWD=/x\0BIG=" + b"x" * 70_000 + b"\0S=s\0", {"S": "s"})
    assert carried == Carried("/tmp", {"A": "1", "B": ""})
    carried.learn(b"/\0" + b"".join(b"V%d=1\0" % n for n in range(MAX_VARIABLES + 1)), {})
    assert carried.order("ls", {"P": "q"}, {"E": "e"}) == Order(argv("ls"), {"A": "1", "B": "", "E": "e"}, "/tmp")

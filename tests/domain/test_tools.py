"""What each tool does, and what it says when it is called wrongly. Schemas are part of every prompt: a snapshot."""

import json
from pathlib import Path

import pytest

from bot.domain.events import Asked, Finished, Planned, Replied, Spoke
from bot.domain.refs import Trust
from bot.domain.session import Session
from bot.domain.work import Claim, Plan
from bot.ports import Answer
from bot.tools import TOOLS, Benchmark, benchmark, tools_for
from bot.tools.definition import AgentTool
from tests.benches import MemoryBench
from tests.domain import people

GOLDEN = Path(__file__).parent.parent / "golden" / "tools.json"
PLANNING = people.session(*people.BEGUN)
WORKING = people.session(*people.WORKING)
QUESTION = people.session(
    people.OPENED,
    Spoke(where=people.ISSUE, actor=people.BOB, trust=Trust.WRITE, verb="explain", text="why?"),
)
CODE = b"def add(a, b):\n    return a + b\n\n\ndef sub(a, b):\n    return a - b\n"
FILES = {"src/calc.py": CODE, "README.md": b"# Calc\n", "logo.png": b"\x89PNG\0\0", "win.txt": b"one\r\ntwo\r\n"}


def bench(session: Session = WORKING, more: dict[str, bytes] | None = None) -> MemoryBench:
    return MemoryBench(
        session,
        FILES | (more or {}),
        {"pytest": lambda files: (1, b"FAILED test_add\n"), "true": lambda files: (0, b"")},
    )


def named(name: str) -> AgentTool:
    return next(tool for tool in TOOLS if tool.name == name)


async def use(name: str, on: MemoryBench | None = None, /, **arguments: object) -> Answer:
    return await named(name).run(json.dumps(arguments), on or bench())


async def said(name: str, on: MemoryBench | None = None, /, **arguments: object) -> str:
    return (await use(name, on, **arguments)).text


async def measured(args: Benchmark, on: object) -> Answer:
    return Answer(f"measured {args.command} {args.rounds}")


# --- the list --------------------------------------------------------------------------------------------------------
def test_the_schemas_are_as_they_were() -> None:
    """Changing one breaks every prompt cache and maybe a model's habits: do it knowingly (delete the file to renew)."""
    shown = json.dumps([tool.schema for tool in (*TOOLS, benchmark(measured))], indent=1) + "\n"
    if not GOLDEN.exists():
        GOLDEN.write_text(shown)
    assert shown == GOLDEN.read_text()


def test_each_phase_offers_exactly_its_tools() -> None:
    every = ["view_file", "list_files", "search_files", "run", "reply", "ask"]
    changing = ["write_file", "edit_file", "delete_file", "move_file", "restore_file"]
    assert {session: [tool.name for tool in tools_for(sessions[session])] for session in sessions} == {
        "question": every,
        "planning": [*every[:4], "propose_plan", *every[4:]],
        "working": [*every[:4], *changing, *every[4:], "finish"],
    }


sessions = {"question": QUESTION, "planning": PLANNING, "working": WORKING}


async def test_benchmark_is_offered_when_the_program_can_measure() -> None:
    names = [tool.name for tool in tools_for(WORKING, measured)]
    assert names == [*(tool.name for tool in tools_for(WORKING)), "benchmark"]
    assert "benchmark" not in [tool.name for tool in tools_for(PLANNING, measured)]
    answer = await benchmark(measured).run('{"command":"python b.py","rounds":3}', bench())
    assert answer == Answer("measured python b.py 3")


# --- wrong calls -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ('{"path":', 'not valid JSON: EOF while parsing a value at line 1 column 8. You sent: {"path":'),
        ("{}", "wrong. `path`: Field required."),
        ('{"path":7}', "wrong. `path`: Input should be a valid string."),
        ('{"path":"a","start":0}', "wrong. `start`: Input should be greater than or equal to 1."),
        ('{"path":"a","line":3}', "wrong. `line`: Extra inputs are not permitted."),
        ("[]", "wrong. `arguments`: Input should be an object."),
        ("", "wrong. `path`: Field required."),
    ],
)
async def test_a_wrong_call_comes_back_saying_what_was_wrong(arguments: str, complaint: str) -> None:
    expected = f"The arguments of view_file are {complaint}"
    assert await named("view_file").run(arguments, bench()) == Answer(expected, ok=False)


async def test_a_long_broken_call_is_shown_by_its_ends() -> None:
    answer = await named("write_file").run('{"path":"' + "x" * 10_000, bench())
    assert len(answer.text) < 500
    assert "xxx … xxx" in answer.text


async def test_null_means_left_out_and_paths_may_be_written_as_in_the_sandbox() -> None:
    whole = await said("view_file", path="src/calc.py")
    assert await said("view_file", path="/workspace/src/calc.py", start=None, end=None, iteration=None) == whole
    assert await said("view_file", path="./src/calc.py") == whole


async def test_a_path_outside_the_tree_is_refused_in_words() -> None:
    answer = await use("write_file", path="../../etc/passwd", content="x", why="y")
    assert answer == Answer("../../etc/passwd: not a plain path inside the work tree", ok=False)


# --- looking ---------------------------------------------------------------------------------------------------------
async def test_a_file_is_shown_with_line_numbers() -> None:
    assert await said("view_file", path="README.md") == "     1\t# Calc"
    assert await said("view_file", path="src/calc.py", start=5, end=6) == (
        "     5\tdef sub(a, b):\n     6\t    return a - b\n(lines 5-6 of 6)"
    )
    assert await said("view_file", path="win.txt") == "     1\tone\n     2\ttwo"


async def test_a_long_file_comes_in_pages() -> None:
    on = bench(more={"long.txt": b"".join(b"%d\n" % n for n in range(1, 1001)), "wide.txt": b"x" * 5000 + b"\n"})
    first = (await said("view_file", on, path="long.txt")).split("\n")
    assert (len(first), first[-1]) == (401, "(lines 1-400 of 1000; more from start=401)")
    assert (await said("view_file", on, path="long.txt", start=990)).endswith("  1000\t1000\n(lines 990-1000 of 1000)")
    assert (await said("view_file", on, path="wide.txt")).endswith("x … [+3000 characters]")
    assert await use("view_file", on, path="long.txt", start=1001) == Answer(
        "long.txt has 1000 lines; line 1001 is after its end.", ok=False
    )


async def test_wide_lines_end_a_page_early() -> None:
    on = bench(more={"wide.txt": (b"x" * 1999 + b"\n") * 100})
    assert (await said("view_file", on, path="wide.txt")).endswith("(lines 1-20 of 100; more from start=21)")


async def test_files_that_are_not_text_are_named_as_such() -> None:
    on = bench(more={"empty.txt": b"", "latin.txt": b"caf\xe9\n"})
    assert await said("view_file", on, path="logo.png") == "logo.png is not text (6 bytes)."
    assert await said("view_file", on, path="empty.txt") == "empty.txt is empty."
    assert await said("view_file", on, path="latin.txt") == "     1\tcaf\N{REPLACEMENT CHARACTER}"
    assert await use("view_file", on, path="none.txt") == Answer("none.txt: there is no such file", ok=False)


async def test_an_earlier_iteration_can_be_seen() -> None:
    on = bench()
    on.tree["README.md"] = b"changed\n"
    assert await said("view_file", on, path="README.md", iteration=0) == "     1\t# Calc"


async def test_files_are_listed_with_sizes_up_to_a_limit() -> None:
    assert await said("list_files", glob="*.md") == "README.md  7\n(1 file, sizes in bytes)"
    assert await said("list_files", limit=2) == (
        "README.md  7\nlogo.png  6\n(the first 2; narrow the glob or raise the limit)"
    )
    assert await said("list_files", glob="*.rs") == "No file matches *.rs."
    assert await said("list_files", MemoryBench(WORKING, {})) == "The work tree has no files."


async def test_text_is_found_with_its_place() -> None:
    assert await said("search_files", pattern="return") == (
        "src/calc.py:2: return a + b\nsrc/calc.py:6: return a - b\n(matches: 2)"
    )
    assert await said("search_files", pattern="SUB", ignore_case=True, whole_word=True) == (
        "src/calc.py:5: def sub(a, b):\n(matches: 1)"
    )
    assert await said("search_files", pattern=r"a \S b", regex=True, glob="*.md") == "(matches: 0)"


async def test_too_many_matches_and_bad_expressions_are_said() -> None:
    on = bench(more={"many.txt": b"hit\n" * 400})
    lines = (await said("search_files", on, pattern="hit")).split("\n")
    assert (len(lines), lines[-1]) == (201, "(incomplete: there are 300 matching lines or more)")
    assert await use("search_files", pattern="(", regex=True) == Answer(
        "`pattern` is not a regular expression: missing ), unterminated subpattern at position 0.", ok=False
    )


# --- running ---------------------------------------------------------------------------------------------------------
async def test_a_command_shows_how_it_ended_and_its_output() -> None:
    assert await use("run", command="pytest") == Answer("exit code 1, 0.2 s\nFAILED test_add", ok=False)
    assert await use("run", command="true") == Answer("exit code 0, 0.2 s, no output")
    assert await use("run", command="hang", timeout=0.01) == Answer(
        "ended by its time limit of 0.01 s, 0.0 s, no output", ok=False
    )


async def test_long_output_is_cut_in_the_middle_and_kept_whole_aside() -> None:
    on = bench()
    flood = b"begin\n" + b"x" * 100_000 + b"\nend"
    on.programs["flood"] = lambda files: (0, flood)
    answer = await use("run", on, command="flood")
    assert answer.output == flood
    assert answer.text.startswith("exit code 0, 0.2 s\nbegin\nxxx")
    assert answer.text.endswith("xxx\nend")
    assert "… [84010 characters left out] …" in answer.text


# --- changing --------------------------------------------------------------------------------------------------------
async def test_files_are_written_deleted_moved_and_restored() -> None:
    on = bench()
    assert await said("write_file", on, path="a.txt", content="é\nx", why="w") == "Wrote a.txt: 2 lines, 4 bytes."
    assert await said("move_file", on, source="a.txt", target="b.txt", why="w") == "Moved a.txt to b.txt."
    assert await said("delete_file", on, path="README.md", why="w") == "Deleted README.md."
    assert await said("restore_file", on, path="README.md", iteration=0, why="w") == (
        "Restored README.md as it was in iteration 0."
    )
    assert on.tree == FILES | {"b.txt": "é\nx".encode()}
    assert not (await use("delete_file", on, path="gone", why="w")).ok


async def test_an_edit_replaces_exact_text() -> None:
    on = bench()
    assert await said("edit_file", on, path="src/calc.py", old="a - b", new="b - a", why="w") == (
        "Replaced 1 occurrence in src/calc.py, line 6."
    )
    assert on.tree["src/calc.py"] == CODE.replace(b"a - b", b"b - a")
    assert await said("edit_file", on, path="src/calc.py", old="(a, b)", new="(x, y)", why="w", replace_all=True) == (
        "Replaced 2 occurrences in src/calc.py, line 1."
    )


async def test_an_edit_keeps_the_files_line_ends() -> None:
    on = bench()
    await use("edit_file", on, path="win.txt", old="one\ntwo", new="1\n2", why="w")
    assert on.tree["win.txt"] == b"1\r\n2\r\n"


@pytest.mark.parametrize(
    ("path", "old", "complaint"),
    [
        ("src/calc.py", "return", "`old` occurs 2 times in src/calc.py (lines 2, 6). Add context, or set replace_all."),
        (
            "src/calc.py",
            "def sub(a, b):\n  return a - b",
            "`old` is not in src/calc.py, though its first line is; what follows must differ, perhaps in spaces:\n"
            "     5\tdef sub(a, b):",
        ),
        (
            "src/calc.py",
            "retrun a - b",
            "`old` is not in src/calc.py, the nearest lines are:\n     6\t    return a - b\n     2\t    return a + b",
        ),
        ("README.md", "zzzzzzzz", "`old` is not in README.md, nor anything like it. View the file first."),
        ("README.md", "\n\n", "`old` is not in README.md, nor anything like it. View the file first."),
        ("README.md", "new", "`old` and `new` are equal: nothing to change."),
        ("latin.txt", "caf", "latin.txt is not UTF-8 text; edit it with a program through `run`."),
    ],
)
async def test_an_edit_that_does_not_fit_says_what_is_there(path: str, old: str, complaint: str) -> None:
    on = bench(more={"latin.txt": b"caf\xe9\n"})
    assert await use("edit_file", on, path=path, old=old, new="new", why="w") == Answer(complaint, ok=False)


# --- ending ----------------------------------------------------------------------------------------------------------
PROPOSED = {
    "summary": "Round half up",
    "steps": ["change round"],
    "files": ["src/**"],
    "claims": [
        {"text": "tests pass", "check": "tests"},
        {"text": "lint", "check": "command", "args": {"command": "ruff"}},
    ],
}


async def test_a_proposal_becomes_the_next_revision() -> None:
    plan = Plan(
        rev=1,
        summary="Round half up",
        steps=("change round",),
        files=("src/**",),
        claims=(
            Claim(id="c1", text="tests pass", check="tests"),
            Claim(id="c2", text="lint", check="command", args={"command": "ruff"}),
        ),
    )
    assert await use("propose_plan", bench(PLANNING), **PROPOSED) == Answer(
        "Plan r1 is recorded.", bodies=(Planned(plan=plan),)
    )
    again = await use("propose_plan", bench(people.session(*people.STANDING)), **PROPOSED, risks=["r"], questions=["q"])
    second = plan.model_copy(update={"rev": 2, "risks": ("r",), "questions": ("q",)})
    assert again == Answer("Plan r2 is recorded.", bodies=(Planned(plan=second),))


async def test_words_questions_and_the_end_become_events() -> None:
    assert await use("reply", text="Because.") == Answer("Said.", bodies=(Replied(text="Because."),))
    name = f"q{WORKING.seq}"
    assert await use("ask", question="Which?", options=["a", "b"]) == Answer(
        f"Asked as {name}; the answer will come as a message.",
        bodies=(Asked(ask=name, question="Which?", options=("a", "b")),),
    )
    changed = people.session(*people.WORKING, people.SAVED)
    assert await use("finish", bench(changed), title=" Round\nhalf up ", summary="s") == Answer(
        "Handed over to the checks.", bodies=(Finished(title="Round half up", summary="s"),)
    )


async def test_work_without_a_change_cannot_be_finished() -> None:
    assert await use("finish", title="t", summary="s") == Answer(
        "Nothing was changed: the work tree equals the base. Do the work first, or `reply` why not.", ok=False
    )

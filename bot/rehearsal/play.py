"""The play of `make demo`: a sample repository with a real bug, and a model that mends it at the second attempt.

The first attempt is the kind of mistake that people make: it passes its own new tests and breaks an old one, so the
checks send it back. The model is a function of the conversation alone: it looks at what was done and what came of it,
never at a counter, so it goes on where it was after a crash.
"""

import re
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from bot.rehearsal.github.bare import Bare, Identity
from bot.rehearsal.script import Call, Made, Prompt, Turn, by_phase, call, say

HOME = files("bot.rehearsal") / "sample"
SOURCE, NEW_TESTS = "duration/parse.py", "tests/test_milliseconds.py"
SUITE, NEW_SUITE = "python3 -m unittest", "python3 -m unittest tests.test_milliseconds"

BEFORE_BODY = """    parts = PART.findall(text)
    if not parts:
        raise ValueError(f"not a duration: {text!r}")
    return sum(float(number) * SECONDS[unit] for number, unit in parts)
"""
AFTER_BODY = """    if not WHOLE.fullmatch(text):
        raise ValueError(f"not a duration: {text!r}")
    return sum(float(number) * SECONDS[unit] for number, unit in PART.findall(text))
"""
BUGGY = r"""PART = re.compile(r"(\d+(?:\.\d+)?)\s*(d|h|m|s|ms)")
"""
# Wrong: it forgot that people write "2 h  5 m".
HASTY = r"""PART = re.compile(r"(\d+(?:\.\d+)?)(ms|d|h|m|s)")
WHOLE = re.compile(rf"{PART.pattern}(?: ?{PART.pattern})*")
"""
RIGHT = r"""PART = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|d|h|m|s)")
WHOLE = re.compile(rf"(?:{PART.pattern}\s*)+")
"""
TESTS = """import unittest

from duration import parse


class MillisecondsTest(unittest.TestCase):
    def test_milliseconds_are_not_minutes(self):
        self.assertEqual(parse("250ms"), 0.25)

    def test_milliseconds_after_another_unit(self):
        self.assertEqual(parse("1s 250ms"), 1.25)

    def test_what_is_left_over_is_refused(self):
        for text in ("1h 30x", "x1h", "1h, 30m"):
            with self.subTest(text), self.assertRaises(ValueError):
                parse(text)


if __name__ == "__main__":
    unittest.main()
"""
PROOF = """python3 -c "from duration import parse; assert (parse('250ms'), parse('1s 250ms')) == (0.25, 1.25)\""""

MAINTAINER = ("Maintainer", "maintainer@example.org")
CONTRIBUTOR = ("Contributor", "contributor@example.org")
HISTORY = (
    ("Read and write durations such as 1h 30m", MAINTAINER, datetime(2024, 3, 4, 9, 30, tzinfo=UTC), ("duration/",)),
    ("Test what is promised", CONTRIBUTOR, datetime(2024, 3, 11, 14, 5, tzinfo=UTC), ("tests/",)),
    ("Say what it is and how to test it", MAINTAINER, datetime(2024, 4, 2, 8, 45, tzinfo=UTC), ("README.md",)),
)
"""The sample's commits: subject, author, date, and the files by the start of their paths."""


def sample_files() -> dict[str, str]:
    """The sample repository: path to content."""
    folder = HOME / "repository"
    found = {"README.md": (folder / "README.md").read_text()}
    for name in ("duration", "tests"):
        for entry in sorted((folder / name).iterdir(), key=lambda one: one.name):
            if entry.name.endswith(".py"):
                found[f"{name}/{entry.name}"] = entry.read_text()
    return found


def make_sample(path: Path) -> Bare:
    """The sample as a bare repository at `path` (which must not exist), with its dated history on `main`."""
    bare, content = Bare(path), sample_files()
    tip: list[str] = []
    for subject, author, at, names in HISTORY:
        chosen = {name: text for name, text in content.items() if name.startswith(names)}
        tip = [bare.write("main", chosen, subject, Identity(*author, at), tip)]
    return bare


def sample_issue() -> tuple[str, str]:
    """Title and body of the sample's issue."""
    title, _, body = (HOME / "ISSUE.md").read_text().partition("\n")
    return title.removeprefix("# "), body.strip()


def worked(made: Made) -> bool:
    """Whether a change to a file took place, by what the program answered."""
    return made.result is not None and not re.search(r"\b(not|wrong|interrupted|error|refused)\b", made.result, re.I)


def explore(prompt: Prompt) -> Turn | None:
    """The next look at the code, or None when all was seen."""
    looks: tuple[tuple[str, Call], ...] = (
        ("First the lie of the land.", call("list_files")),
        ("The issue is about `parse`.", call("view_file", path=SOURCE)),
        ("Where do the units come from?", call("search_files", pattern="SECONDS")),
        ("How does the suite stand before anything changes?", call("run", command=SUITE)),
    )
    for words, look in looks:
        if not any(made.call.name == look.name and made.call.arguments == look.arguments for made in prompt.calls):
            return (say(words), look)
    return None


def plan(prompt: Prompt) -> Turn:
    """Explore, then propose; after a rejection propose again with the person's words taken up."""
    if look := explore(prompt):
        return look
    earlier = prompt.made("propose_plan")
    again = " Revised after your remark." if earlier else ""
    if len(earlier) > 4:
        return call("reply", text="My plan was refused several times; this play knows no other. Please say what to do.")
    return call(
        "propose_plan",
        summary="The pattern tries `m` before `ms`, so milliseconds are read as minutes, and `findall` skips whatever "
        f"it does not know. Try `ms` first and accept only text that is all parts.{again}",
        steps=[
            f"write tests that fail today: {NEW_TESTS}",
            f"in {SOURCE}, try `ms` before `m`",
            "refuse text with anything left over",
        ],
        files=[SOURCE, NEW_TESTS],
        claims=[
            {"text": "All existing tests pass.", "check": "tests", "args": {}},
            {
                "text": 'parse("250ms") is 0.25 and parse("1s 250ms") is 1.25.',
                "check": "command",
                "args": {"command": PROOF},
            },
            {
                "text": "Text that is left over raises ValueError; new tests cover it.",
                "check": "tests",
                "args": {"paths": [NEW_TESTS]},
            },
        ],
        risks=["Callers that relied on unknown text being skipped get a ValueError now; the issue asks for that."],
    )


def change(prompt: Prompt, old: str, new: str, whole: str, why: str) -> Turn | None:
    """An edit of the source; when it did not take, the whole file; None when it is done."""
    edits, writes = (
        prompt.made("edit_file", path=SOURCE, new=new),
        prompt.made("write_file", path=SOURCE, content=whole),
    )
    if any(worked(made) for made in (*edits, *writes)):
        return None
    if edits:
        return call("write_file", path=SOURCE, content=whole, why=why)
    return call("edit_file", path=SOURCE, old=old, new=new, why=why)


def attempt(prompt: Prompt) -> Turn | None:
    """The new tests and the hasty fix; None when both are in."""
    if not any(worked(made) for made in prompt.made("write_file", path=NEW_TESTS)):
        return call("write_file", path=NEW_TESTS, content=TESTS, why="tests that fail before the fix")
    source = sample_files()[SOURCE]
    half = source.replace(BUGGY, HASTY)
    why = "try ms before m, and match the whole text"
    return change(prompt, BUGGY, HASTY, half, why) or change(
        prompt, BEFORE_BODY, AFTER_BODY, half.replace(BEFORE_BODY, AFTER_BODY), "refuse what is left over"
    )


def work(prompt: Prompt) -> Turn:
    """Attempt, finish, and when the evidence speaks against it, mend and finish again."""
    if step := attempt(prompt):
        return step
    finishes = prompt.made("finish")
    if not finishes:
        if not prompt.made("run", command=NEW_SUITE):
            return call("run", command=NEW_SUITE)
        return _finish(
            "Read milliseconds, refuse leftovers", "`ms` is tried before `m`, and the whole text must match."
        )
    heard = prompt.after(finishes[-1])
    if "refuted" in heard or "spoke against" in heard:
        return mend(prompt)
    if re.match("interrupted|not run", finishes[-1].result or "", re.I):
        return _finish(
            "Read milliseconds, refuse leftovers", "`ms` is tried before `m`, and the whole text must match."
        )
    return call(
        "reply", text="The work is handed over; this play has no further lines. With a real model I would go on."
    )


def mend(prompt: Prompt) -> Turn:
    """The second attempt, with the whole suite run this time."""
    whole = sample_files()[SOURCE].replace(BUGGY, RIGHT).replace(BEFORE_BODY, AFTER_BODY)
    if step := change(prompt, HASTY, RIGHT, whole, "spaces between a number and its unit are allowed, as they were"):
        return (
            (say("The record is right: I forgot that people write `2 h  5 m`."), step)
            if isinstance(step, Call)
            else step
        )
    mended = max(index for index, one in enumerate(prompt.calls) if _mended(one, whole))
    later = prompt.calls[mended:]
    if not any(one.call.name == "run" for one in later):
        return call("run", command=SUITE)
    if not any(one.call.name == "finish" for one in later):
        return _finish(
            "Read milliseconds, refuse leftovers",
            "`ms` is tried before `m`, the whole text must match, and spaces are allowed wherever they were.",
        )
    return call(
        "ask", question="The checks still speak against the change. How shall I go on?", options=["stop", "retry"]
    )


def _mended(one: Made, whole: str) -> bool:
    return worked(one) and (one.call.get("new") == RIGHT or one.call.get("content") == whole)


def _finish(title: str, summary: str) -> Turn:
    return call("finish", title=title, summary=summary)


def explain(prompt: Prompt) -> Turn:
    """An answer about the code."""
    if not prompt.made("view_file", path=SOURCE):
        return call("view_file", path=SOURCE)
    return call("reply", text=f"`{SOURCE}:7` holds the pattern of one part; `parse` below it adds the parts up.")


PLAY = by_phase(plan, work, explain)
"""The whole part, as a policy for `ScriptedModel`."""

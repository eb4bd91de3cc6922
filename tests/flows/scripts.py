"""The parts that the scripted model plays in the conversations."""

from pydantic import JsonValue

from bot.rehearsal.script import Call, Script, call, say

FIXED = "def half(n):\n    return n / 2\n"
NEW_TEST = (
    "import unittest\n\nfrom calc import half\n\n\nclass OddTest(unittest.TestCase):\n"
    "    def test_three(self):\n        self.assertEqual(half(3), 1.5)\n"
)

LOOK = (say("I look first."), call("view_file", path="calc.py"))


def proposal(**other: JsonValue) -> Call:
    """The plan, with some of its arguments otherwise."""
    usual: dict[str, JsonValue] = {
        "summary": "Divide exactly.",
        "steps": ["write a failing test", "use true division"],
        "files": ["calc.py", "tests/test_odd.py"],
        "claims": [{"text": "half(3) is 1.5 and all tests pass.", "check": "tests", "args": {}}],
    }
    return call("propose_plan", **(usual | other))


PROPOSE = proposal()
WRITE_TEST = call("write_file", path="tests/test_odd.py", content=NEW_TEST, why="shows the fault")
FIX = call("edit_file", path="calc.py", old="n // 2", new="n / 2", why="exact division")
RUN = call("run", command="python3 -m unittest")
FINISH = call("finish", title="Halve exactly", summary="Uses true division.")

HAPPY = Script([LOOK, PROPOSE, WRITE_TEST, FIX, RUN, FINISH])

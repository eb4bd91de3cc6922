"""People who doubt: each gets evidence made now, or a change, in the thread where they doubted. Read it as chat."""

import re
from pathlib import Path

from bot.rehearsal.github import Pull
from bot.rehearsal.script import Script, call
from tests.conftest import Golden
from tests.flows.scripts import proposal
from tests.flows.theatre import Theatre, plain, theatre

CHECK = """\
fault='<failure message="half of four is not two"/>'
[ "$(sh half.sh 4)" = 2 ] && fault=
echo "<testsuite><testcase classname=\\"half\\" name=\\"four\\">$fault</testcase></testsuite>" > out.xml
[ -z "$fault" ]
"""
FILES = {
    "half.sh": "echo $(($1 / 2))\n",
    "check.sh": CHECK,
    "size.sh": "cat half.sh | wc -c\n",
    ".maestro.yml": "approval: none\ntest: sh check.sh\njunit: out.xml\nbenchmark: {size: sh size.sh}\n",
}
"""A repository that is tested in no time, and measured the same each time."""

FIX = call("write_file", path="half.sh", content="awk -v n=\"$1\" 'BEGIN { print n / 2 }'\n", why="awk divides exactly")
EMPTY = call("edit_file", path="half.sh", old='"$1"', new='"${1:-0}"', why="the reviewer asked")
SCRIPT = Script(
    [
        proposal(files=["half.sh"], claims=[{"text": "All tests pass.", "check": "tests", "args": {}}]),
        FIX,
        call("finish", title="Halve exactly", summary="Awk divides exactly."),
        EMPTY,
        call("finish", title="Halve nothing", summary="[o1] fixed: nothing counts as 0. All 40 tests pass."),
    ]
)


MINE = "maestro[bot] set check maestro / evidence"
"""While it is at work, this stands anywhere between what is said: words and checks go their own ways."""


def steady(line: str) -> str:
    """A chat line with the folded facts of records left out, and how often was measured."""
    line = re.sub(r"<details>.*?</details>", "<details>…</details>", plain(line), flags=re.DOTALL)
    line = re.sub(r"\b\d+ pairs", "<n> pairs", line)
    return re.sub(r"(<details>…</details>\s*)+", "<details>…</details>\n\n", line).rstrip()


async def says(play: Theatre, pull: Pull, words: str) -> None:
    """In the thread."""
    if pull.threads:
        await play.ada.replies(pull.threads[-1], words)
    else:
        await play.ada.comments_on_line(pull, "half.sh", 1, words)
    await play.settled()


async def test_who_doubts_gets_evidence_or_a_change_in_the_same_thread(tmp_path: Path, golden: Golden) -> None:
    async with theatre(tmp_path, SCRIPT, files=FILES) as play:
        issue = await play.ada.opens_issue(play.repo, "Odd numbers are halved wrong", "half of 3 should be 1.5")
        await play.ada.comments(issue, "/maestro implement")
        await play.settled()
        [pull] = play.repo.pulls
        before = len(play.thread(pull.issue))
        for words in (
            "Did the whole suite run?",
            "This doesn't handle empty input.",
            "Show me the benchmark against main with the same method.",
        ):
            await says(play, pull, words)
        await play.ada.pushes(play.repo, pull.head_ref, {"half.sh": "echo $1\n"}, "Break it")
        await says(play, pull, "Prove it.")
        thread = play.thread(pull.issue)[before:]
        assert f"{MINE}: in_progress" in thread
        golden("threads/push-back.txt", "\n".join(steady(line) for line in thread if "in_progress" not in line) + "\n")
        assert (len(pull.threads), len(play.model.asked)) == (1, 5)  # evidence is made without the model

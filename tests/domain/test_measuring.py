"""What people mean when they ask for a measurement, and how it is said."""

from datetime import UTC, datetime

import pytest

from bot.commands import parse
from bot.commands.benchmark import is_wish, wish_of, words_of
from bot.domain.measuring import Measured, Point, Wish
from bot.speech.charts import mermaid, text_bars
from bot.speech.measuring import again, reported
from bot.speech.post import Bar, Chart, Table, Text
from bot.speech.voice import Voice
from tests.domain.people import ISSUE


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("", Wish()),
        ("encode", Wish(what="encode")),
        ("the encode benchmark", Wish(what="encode")),
        ("encode against main", Wish(what="encode", base="main")),
        ("against main", Wish(base="main")),
        ("octo/calc#12 against main", Wish(head="#12", base="main")),
        ("https://github.example/o/r/pull/12 against main", Wish(head="#12", base="main")),
        ("v2.1 and v2.2 on the encode benchmark", Wish(what="encode", base="v2.1", head="v2.2")),
        ("compare v2.1 and v2.2 on the encode benchmark?", Wish(what="encode", base="v2.1", head="v2.2")),
        ("compare v2.2 against v2.1", Wish(what="v2.2", base="v2.1")),
        ("v2.2 against v2.1 on encode", Wish(what="encode", base="v2.1", head="v2.2")),
        ("is #45 slower?", Wish(head="#45")),
        ("is octo/calc#45 any faster than v2?", Wish(head="#45", base="v2")),
        ("encode #45 against main", Wish(what="encode", head="#45", base="main")),
        ("python bench/encode.py against main", Wish(what="python bench/encode.py", base="main")),
        ("history encode", Wish(what="encode", history=True)),
        ("the history of the encode benchmark", Wish(what="encode", history=True)),
    ],
)
def test_a_wish_is_read_from_peoples_own_words_and_can_be_said_again(words: str, wish: Wish) -> None:
    assert wish_of(words) == wish
    assert wish_of(words_of(wish)) == wish


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("is #45 slower?", True),
        ("compare v2.1 and v2.2 on the encode benchmark", True),
        ("compare main and faster on the encode benchmark", True),
        ("compare v1.0 with main", True),
        ("compare the two approaches and tell me which is better", False),
        ("is it slower?", False),
        ("is #45 done?", False),
        ("please make it faster", False),
    ],
)
def test_plain_words_ask_for_a_measurement_only_when_they_say_so(words: str, wanted: bool) -> None:
    assert is_wish(words) is wanted
    assert [said.verb for said in parse(f"@maestro {words}", "maestro")] == ["benchmark" if wanted else ""]


def test_labels_of_a_diagram_stay_labels() -> None:
    bars = (Bar(label='x"] --> [y\n```', value=2, low=2, high=2), Bar(label="#45", value=1, low=1, high=1))
    chart = Chart(title='a"\n```mermaid', unit="ms", style="bar", bars=bars)
    assert mermaid(chart).split("\n") == [
        "```mermaid",
        "xychart-beta",
        '    title "a     mermaid"',
        '    x-axis ["x   --   y", "#45"]',
        '    y-axis "ms" 0 --> 2.2',
        "    bar [2, 1]",
        "```",
    ]
    assert text_bars(chart.model_copy(update={"title": "t"})).endswith("#45             ████████████████████ 1 ms")


def test_a_history_names_its_regressions_and_shows_the_trend() -> None:
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    points = tuple(
        Point(at=at, base="v1", head=head, median=m, unit="s", ratio=r, low=r, high=r, verdict=v, session="s1", n=n)
        for n, (head, m, r, v) in enumerate([("v2", 1.0, 1.0, "no difference"), ("v3", 1.2, 1.2, "regressed")], 1)
    )
    wish = Wish(what="encode", history=True)
    measured = Measured(where=ISSUE, wish=wish, names=("encode",), points=points)
    text, table, chart = reported("s1", measured, Voice())
    assert text == Text(markdown="2 measurements of `encode`; regressed at `v3` (1.200).")
    assert isinstance(table, Table)
    assert table.rows[0] == ("2026-03-01 12:00", "v3", "v1", "1.2 s", "1.200", "regressed")
    assert isinstance(chart, Chart)
    assert (chart.style, [bar.value for bar in chart.bars]) == ("line", [1.0, 1.2])
    assert again(measured) == ()

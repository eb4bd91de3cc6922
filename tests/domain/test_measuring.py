"""What people mean when they ask for a measurement, and how it is said."""

import re
from datetime import UTC, datetime

import pytest

from bot.commands import parse
from bot.commands.benchmark import is_wish, wish_of, words_of
from bot.domain.measuring import Measured, Point, Wish
from bot.domain.work import Comparison, Environment, Evidence, Verdict
from bot.measuring import Unclear, commands_of, understood
from bot.speech.charts import mermaid, text_bars
from bot.speech.measuring import again, reported, trend
from bot.speech.post import Bar, Chart, Table, Text
from bot.speech.voice import Voice
from tests.domain.people import ISSUE

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


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
        ("encode in octo/calc#45", Wish(what="encode", head="#45")),
        ("encode #45 against main", Wish(what="encode", head="#45", base="main")),
        ("python bench/encode.py against main", Wish(what="python bench/encode.py", base="main")),
        ("v2.0, v2.1 and v2.2 on encode", Wish(what="encode", base="v2.0", head="v2.1", more=("v2.2",), chain=True)),
        ("v1, v2, v3, and v4", Wish(base="v1", head="v2", more=("v3", "v4"), chain=True)),
        ("#12 and #13 against main", Wish(head="#12", more=("#13",), base="main")),
        ("#12, #13 and #14 on encode", Wish(what="encode", base="#12", head="#13", more=("#14",), chain=True)),
        ("v2.1 and v2.2 against v2.0 on encode", Wish(what="encode", base="v2.0", head="v2.1", more=("v2.2",))),
        ("encode and decode against main", Wish(what="encode and decode", base="main")),
        ("encode, decode #45 against main", Wish(what="encode, decode", head="#45", base="main")),
        ("#45 on the encode and decode benchmarks", Wish(what="encode and decode", head="#45")),
        ("history encode", Wish(what="encode", history=True)),
        ("the history of the encode benchmark", Wish(what="encode", history=True)),
    ],
)
def test_a_wish_is_read_from_peoples_own_words_and_can_be_said_again(words: str, wish: Wish) -> None:
    assert wish_of(words) == wish
    assert wish_of(words_of(wish)) == wish


KNOWN = {"encode": "sh encode.sh", "decode": "sh decode.sh", "the size": "wc -c it"}


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("encode and decode", Wish(what="encode, decode")),
        ("encode and decode against main", Wish(what="encode and decode", base="main")),
        ("encode and decode v3 against v1", Wish(what="encode and decode", head="v3", base="v1")),
        ("encode v3", Wish(what="encode", head="v3")),
        ("v1 and v2 against v0", Wish(head="v1", more=("v2",), base="v0")),
        ("v1 and v2", Wish(base="v1", head="v2")),
        ("python bench.py and more", Wish(what="python bench.py and more")),
        ("encode", Wish(what="encode")),
    ],
)
def test_what_the_rules_name_is_a_benchmark_and_what_they_do_not_a_ref(words: str, wish: Wish) -> None:
    assert understood(wish_of(words), KNOWN) == wish


@pytest.mark.parametrize(
    ("what", "known", "commands"),
    [
        ("encode", KNOWN, {"encode": "sh encode.sh"}),
        ("encode, decode", KNOWN, {"encode": "sh encode.sh", "decode": "sh decode.sh"}),
        ("the size", KNOWN, {"the size": "wc -c it"}),
        ("", KNOWN, KNOWN),
        ("python bench.py", KNOWN, {"python bench.py": "python bench.py"}),
        ("make", {}, {"make": "make"}),
        ("render", KNOWN, "There is no benchmark `render`; `.maestro.yml` names `encode`, `decode`, `the size`."),
        ("encode and render", KNOWN, "There is no benchmark `render`;"),
        ("", {}, "No benchmark is named in `.maestro.yml`."),
    ],
)
def test_benchmarks_are_found_by_name(what: str, known: dict[str, str], commands: dict[str, str] | str) -> None:
    if isinstance(commands, str):
        with pytest.raises(Unclear, match=re.escape(commands)):
            commands_of(what, known)
    else:
        assert commands_of(what, known) == commands


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("is #45 slower?", True),
        ("compare v2.1 and v2.2 on the encode benchmark", True),
        ("compare main and faster on the encode benchmark", True),
        ("compare v1.0 with main", True),
        ("compare v1.0, v1.1 and v1.2 on the encode benchmark", True),
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
    assert text == Text(markdown="2 measurements of `encode`; regressed at `v3` (1.200 of `v1`).")
    assert isinstance(table, Table)
    assert table.rows[0] == ("2026-03-01 12:00", "v3", "v1", "1.2 s", "1.200", "regressed")
    assert isinstance(chart, Chart)
    assert (chart.style, [bar.value for bar in chart.bars]) == ("line", [1.0, 1.2])
    assert again(measured) == ()


def compared(n: int, word: str, ratio: float, metric: str = "wall time") -> Evidence:
    low, high, sides = ratio - 0.01, ratio + 0.01, {"base": (1.0,) * 24, "head": (ratio,) * 24}
    found = Comparison.model_validate(
        {"metric": metric, "unit": "s", "ratio": ratio, "low": low, "high": high, "verdict": word, **sides}
    )
    return recorded(n, "measured", found)


def recorded(n: int, reason: str, found: Comparison | None = None) -> Evidence:
    place = Environment(backend="bubblewrap", image="host", digest="d")
    values = {"n": n, "check": "benchmark", "verdict": Verdict.UPHELD, "reason": reason, "head": "h", "base": "b"}
    more = {"tree": "", "argv": (), "exit_code": 0, "started_at": AT, "seconds": 1.0, "log_sha256": "l", "claim": None}
    return Evidence.model_validate(values | more | {"environment": place, "benchmark": found})


def test_each_verdict_is_one_plain_sentence_that_says_how_sure_it_is() -> None:
    records = (
        compared(1, "improved", 0.8),
        compared(2, "no difference", 1.0, "CPU time"),
        compared(3, "inconclusive", 1.0),
        recorded(4, "The benchmark ended with 127 at head: nothing was measured."),
    )
    names = ("encode", "decode", "parse", "gone")
    measured = Measured(where=ISSUE, wish=Wish(base="v1", head="v2"), refs=("v1", "v2"), names=names, records=records)
    text, table, chart = reported("s1", measured, Voice())
    assert isinstance(text, Text)
    assert text.markdown.split("\n\n") == [
        "**`encode` improved**: `v2` is 20.0% faster than `v1` (95 % interval of head/base: 0.790 to 0.810, 24 pairs).",
        "**No difference** in `decode` between `v2` and `v1`, within 1.0% "
        "(95 % interval of head/base: 0.990 to 1.010, 24 pairs). "
        "By CPU time: something else kept the machine busy.",
        "**Inconclusive** for `parse`: the noise is wider than the effect, if there is one "
        "(95 % interval of head/base: 0.990 to 1.010, 24 pairs). A quieter machine would tell.",
        "`gone` could not be measured. The benchmark ended with 127 at head: nothing was measured.",
    ]
    assert isinstance(table, Table)
    assert table.head == ("benchmark", "v1", "v2", "head/base", "95 % interval", "record")
    assert table.rows[0] == ("`encode`", "1 s", "0.8 s", "0.800", "0.790 to 0.810", "#1")
    assert table.rows[3] == ("`gone`", "–", "–", "–", "–", "#4")
    assert isinstance(chart, Chart)
    assert [(bar.label, bar.value) for bar in chart.bars] == [("encode", 0.8), ("decode", 1.0), ("parse", 1.0)]


def test_the_trend_is_of_what_was_measured_alike() -> None:
    def point(n: int, metric: str) -> Point:
        named = {"base": "v1", "head": f"v{n}", "median": 1.0 * n, "unit": "s", "session": "s1", "metric": metric}
        return Point.model_validate(named | {"at": AT, "ratio": 1, "low": 1, "high": 1, "verdict": "improved", "n": n})

    points = (point(1, ""), point(2, "CPU time"), point(3, "wall time"))
    measured = Measured(where=ISSUE, wish=Wish(history=True), names=("encode",), points=points)
    assert [bar.value for bar in trend(measured).bars] == [1.0, 3.0]

"""Benchmarks: which numbers are read, in which order they are taken, and what they add up to."""

import random

import pytest
from pydantic import JsonValue

from bot.checks.benchmark import CHECK, MARK
from bot.checks.measures import Measure, measure
from bot.domain.rules import Rules
from bot.domain.work import Finding, Verdict
from bot.ports import Judgement, Question, Result, Run, TreeSpec
from tests.domain.checking import Printed, question, result


# --- reading numbers -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("output", "metric", "found"),
    [
        ("", None, Measure("wall time", 2.0, "s")),
        ("done\n", None, Measure("wall time", 2.0, "s")),
        ("42", "wall", Measure("wall time", 2.0, "s")),
        ("warming up\n1_234.5\n", None, Measure("value", 1234.5)),
        ("3.5", "latency", Measure("latency", 3.5)),
        ('{"metric": 7}', None, Measure("metric", 7.0)),
        ('log\n{"p50": 1, "p95": 9.5, "ok": true}\n', "p95", Measure("p95", 9.5)),
        ('{"p50": 1, "p95": 4}', None, Measure("geometric mean of p50, p95", 2.0)),
        (
            '{"benchmarks": [{"name": "a", "fullname": "t::a", "stats": {"median": 0.5}}, 3]}',
            None,
            Measure("t::a", 0.5, "s"),
        ),
        ('{\n"results": [{"command": "x", "median": 0.25}]}', None, Measure("x", 0.25, "s")),
        ("BenchmarkSum-8   1000   250.5 ns/op\nPASS\n", None, Measure("BenchmarkSum", 250.5, "ns/op")),
        ("fib 20                  time:   [1.1 ms 2.0 ms 2.9 ms]", None, Measure("fib 20", 0.002, "s")),
        ("nan", None, "the number printed is nan, which can't be compared"),
        ("-3", None, "the number printed is -3.0, which can't be compared"),
        ('{"a": 1, "b": 0}', None, "b is 0.0, which can't be compared"),
        ('{"a": 1}', "b", "the output holds no b, but a"),
        ("hello", "b", "the output holds no b, but no number"),
        ("{not json", None, Measure("wall time", 2.0, "s")),
        ("[1, 2]", None, Measure("wall time", 2.0, "s")),
    ],
)
def test_a_number_is_found_in_what_was_printed(output: str, metric: str | None, found: Measure | str) -> None:
    assert measure(output, 2.0, metric) == found


# --- measuring -------------------------------------------------------------------------------------------------------
def asked(
    args: dict[str, JsonValue], base: dict[str, str] | None = None, head: dict[str, str] | None = None
) -> Question:
    return question(base or {}, head or {}, check="benchmark", args={"command": "python bench.py"} | args)


def measured(
    asked: Question, head: float, noise: float = 0.002, answer: Printed | None = None, own: float = 0.0
) -> tuple[Judgement, list[Run]]:
    """Play it on a machine where the base takes a second, printing the time as the stopwatch does, where it computes
    for `own` seconds at the head (0: nobody knows) without noise; or with one `answer`."""
    draw, results, order = random.Random(3), dict[str, Result](), list[Run]()
    for _ in range(50):
        step = CHECK.step(asked, results)
        if isinstance(step, Judgement):
            return step, order
        assert step
        for run in step:
            seconds = (head if run.place == "head" else 1.0) * (1 + draw.gauss(0, noise))
            used = (own if run.place == "head" else 1.0) * (1 + draw.gauss(0, 0.002))
            said = f"{int(seconds * 1e9)} {int(used * 1e9)}" if own else f"{int(seconds * 1e9)}"
            printed = Printed(f"\n{MARK} {said}\n", seconds=seconds + 0.02)
            results[run.name] = result(run, answer or printed)
            order.append(run)
    raise AssertionError("it never judged")


def test_a_clear_gain_is_upheld_with_its_interval() -> None:
    judgement, order = measured(asked({"max_ratio": 0.9}), head=0.8)
    found = judgement.benchmark
    assert found is not None
    assert (judgement.verdict, found.verdict, found.metric, found.unit) == (
        Verdict.UPHELD,
        "improved",
        "wall time",
        "s",
    )
    assert found.low <= 0.8 <= found.high
    assert len(found.base) == len(found.head) == 12
    assert "12 pairs" in judgement.reason
    assert [run.name for run in order[:6]] == [
        "warm-base-0", "warm-same-0", "warm-head-0", "control-base-0", "control-same-0", "control-same-1"
    ]  # fmt: skip


def test_the_sides_are_interleaved_each_in_a_place_of_its_own() -> None:
    _, order = measured(asked({"max_ratio": 0.9}), head=0.8)
    pairs = [run.place for run in order if run.name.startswith("pair-")]
    assert pairs[:8] == ["base", "head", "head", "base", "base", "head", "head", "base"]
    assert {run.place: run.tree for run in order} == {
        "base": TreeSpec("base"), "same": TreeSpec("base"), "head": TreeSpec("head")
    }  # fmt: skip


@pytest.mark.parametrize(
    ("args", "head", "verdict", "word"),
    [
        ({"max_ratio": 0.9}, 1.0, Verdict.REFUTED, "no difference"),
        ({"max_ratio": 1.1}, 1.3, Verdict.REFUTED, "regressed"),
        ({"max": 1.5}, 1.3, Verdict.UPHELD, "regressed"),
        ({"max": 1.2}, 1.3, Verdict.REFUTED, "regressed"),
        ({"min": 1.2}, 1.3, Verdict.UPHELD, "improved"),
        ({"min": 1.4}, 1.3, Verdict.REFUTED, "improved"),
    ],
)
def test_the_claimed_bound_decides(args: dict[str, JsonValue], head: float, verdict: Verdict, word: str) -> None:
    judgement, _ = measured(asked(args), head=head)
    assert judgement.benchmark is not None
    assert (judgement.verdict, judgement.benchmark.verdict) == (verdict, word)


def test_noise_wider_than_the_effect_is_measured_longer_and_shows_nothing() -> None:
    judgement, order = measured(asked({"max_ratio": 1.0}), head=1.0, noise=0.2)
    assert judgement.verdict is Verdict.UNPROVEN
    assert sum(run.name.startswith("pair-head") for run in order) == 96


@pytest.mark.parametrize(
    ("own", "wait", "word", "metric"),
    [
        (1.0, 0.0, "no difference", "CPU time"),
        (0.96, 0.0, "improved", "CPU time"),
        (1.0, 1.5, "regressed", "wall time"),  # it sleeps: what it computes is not all that it takes
    ],
)
def test_on_a_busy_machine_the_time_spent_computing_tells_what_the_clock_cannot(
    own: float, wait: float, word: str, metric: str
) -> None:
    judgement, _ = measured(asked({"max_ratio": 0.9}), head=own + wait, noise=0.12, own=own)
    assert judgement.benchmark is not None
    assert (judgement.benchmark.verdict, judgement.benchmark.metric) == (word, metric)
    assert ("since the machine was busy" in judgement.reason) == (metric == "CPU time")


def test_a_bound_in_seconds_is_held_against_the_clock() -> None:
    judgement, _ = measured(asked({"max": 9.0}), head=1.0, noise=0.2, own=1.0)
    assert judgement.benchmark is not None
    assert (judgement.benchmark.verdict, judgement.benchmark.metric) == ("inconclusive", "wall time")


def test_a_run_too_slow_for_the_budget_is_said_before_measuring() -> None:
    judgement, order = measured(asked({"max_ratio": 1.0}), head=1.0, answer=Printed(seconds=100.0))
    reason = "One run takes about 100 s; the 12 pairs needed do not fit in 600 s."
    assert (judgement.verdict, judgement.reason, len(order)) == (Verdict.UNPROVEN, reason, 3)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Printed(exit_code=2), "The benchmark ended with 2 at base: nothing was measured."),
        (Printed(exit_code=None), "The benchmark was ended by its time limit of 1200 s at base: nothing was measured."),
        (Printed("nan"), "The benchmark can't be read: the number printed is nan, which can't be compared."),
    ],
)
def test_a_benchmark_without_a_number_shows_nothing(answer: Printed, reason: str) -> None:
    judgement, _ = measured(asked({"max_ratio": 1.0}), head=1.0, answer=answer)
    assert (judgement.verdict, judgement.reason) == (Verdict.UNPROVEN, reason)


def test_a_time_that_code_could_have_printed_is_not_believed_beyond_the_wall() -> None:
    judgement, _ = measured(asked({"max": 3.0}), head=1.0, answer=Printed(f"\n{MARK} 99000000000", seconds=2.0))
    assert judgement.benchmark is not None
    assert set(judgement.benchmark.head) == {2.0}


def test_a_printed_number_needs_no_stopwatch_and_one_that_never_varies_no_repetition() -> None:
    judgement, order = measured(asked({"max_ratio": 1.0}), head=1.0, answer=Printed("7\n", seconds=0.5))
    assert judgement.benchmark is not None
    assert (judgement.benchmark.verdict, len(judgement.benchmark.head)) == ("no difference", 6)
    assert {run.argv for run in order[3:]} == {("/bin/sh", "-c", "python bench.py")}


def test_a_number_that_is_printed_only_at_first_shows_nothing() -> None:
    question, results = asked({"max_ratio": 1.0}), dict[str, Result]()
    for output in ("7\n", f"\n{MARK} 5 5\n"):
        step = CHECK.step(question, results)
        assert isinstance(step, tuple)
        results |= {run.name: result(run, Printed(output, seconds=0.5)) for run in step}
    judgement = CHECK.step(question, results)
    assert isinstance(judgement, Judgement)
    assert judgement.reason == "The benchmark printed no number at base, as it did before."


def test_the_benchmarks_own_code_comes_from_the_base() -> None:
    judgement, order = measured(asked({"max_ratio": 0.9}, {"bench.py": "1"}, {"bench.py": "2"}), head=0.8)
    assert {run.tree for run in order if run.place == "head"} == {TreeSpec("head", frozenset({"bench.py"}))}
    what = "The benchmark's own code was changed; the base's version was measured on both sides."
    assert judgement.findings == (Finding(kind="benchmark-changed", path="bench.py", what=what),)


def test_a_new_benchmark_runs_on_both_sides() -> None:
    judgement, order = measured(asked({"max_ratio": 0.9}, {}, {"bench.py": "2"}), head=0.8)
    assert {run.tree for run in order if run.place != "head"} == {TreeSpec("base", frozenset({"bench.py"}))}
    assert judgement.findings == ()


def test_a_benchmark_may_be_one_of_the_repositorys_own_by_name() -> None:
    rules = Rules(benchmark={"encode": "python bench/encode.py"})
    named = question({}, {}, check="benchmark", args={"command": "encode", "max_ratio": 1.1}, rules=rules)
    step = CHECK.step(named, {})
    assert isinstance(step, tuple)
    assert step[0].argv[-1] == "python bench/encode.py"


def test_without_a_claim_nothing_is_measured() -> None:
    assert CHECK.step(question({}, {}), {}) is None

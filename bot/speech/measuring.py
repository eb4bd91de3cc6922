"""What is said of a measurement: what will be measured in one line, and what came of it in one message."""

from statistics import median

from bot.commands.benchmark import words_of
from bot.domain.measuring import Measured, Point, Wish
from bot.domain.work import Comparison, Evidence
from bot.speech.post import Bar, Block, Button, Chart, Table, Text
from bot.speech.voice import Voice
from bot.speech.words import code, inline, plural


def announced(wish: Wish) -> list[Block]:
    """The plan of the measurement, in one line."""
    what = code(wish.what) if wish.what else "the benchmarks"
    base = code(wish.base) if wish.base else "its base"
    head = code(wish.head) if wish.head else "what is here"
    how = "on one machine, interleaved, after a control of the base against itself"
    return [Text(markdown=f"I measure {what} at {head} against {base}: {how}.")]


def reported(session: str, body: Measured, voice: Voice) -> list[Block]:
    """A sentence that says how sure it is, the numbers as a table, a chart, and the way to the records."""
    if body.problem:
        return [Text(markdown=f"**Nothing was measured.** {body.problem}")]
    if body.wish.history:
        return _history(body)
    pairs = list(zip(body.names, body.records, strict=False))
    blocks: list[Block] = [Text(markdown="\n\n".join(_sentence(n, e, body.refs) for n, e in pairs))]
    rows = tuple(_row(name, e, session, voice) for name, e in pairs if e.benchmark is not None)
    if rows:
        base, head = (inline(ref, 40) for ref in body.refs)
        blocks.append(Table(head=("benchmark", base, head, "head/base", "95 % interval", "record"), rows=rows))
        blocks.append(chart(body))
    if len(body.points) > 1:
        blocks.append(trend(body))
    notes = dict.fromkeys(f"{code(f.path)}: {inline(f.what, 200)}" for e in body.records for f in e.findings)
    return [*blocks, *(Text(markdown=note) for note in notes)]


def again(body: Measured) -> tuple[Button, ...]:
    """The button that measures the same once more; none after a look back, or where nothing could be measured."""
    if body.problem or body.wish.history:
        return ()
    return (Button(label="Run again", command=f"/maestro benchmark {words_of(body.wish)}".strip()),)


def _sentence(name: str, record: Evidence, refs: tuple[str, str]) -> str:
    found = record.benchmark
    if found is None:
        return f"{code(name)} could not be measured. {inline(record.reason, 400)}"
    base, head = (code(ref) for ref in refs)
    change = f"{abs(found.ratio - 1):.1%} {_lower_or_higher(found)}"
    sure = f"(95 % interval of head/base: {found.low:.3f} to {found.high:.3f}, {plural(len(found.head), 'pair')})"
    match found.verdict:
        case "improved" | "regressed":
            return f"**{code(name)} {found.verdict}**: {head} is {change} than {base} {sure}."
        case "no difference":
            return f"**No difference** in {code(name)} between {head} and {base} {sure}."
        case "inconclusive":
            return f"**Inconclusive** for {code(name)}: the noise is wider than the effect, if there is one {sure}."


def _lower_or_higher(found: Comparison) -> str:
    timed = found.unit in ("s", "ms", "us", "µs", "ns", "ns/op")
    if found.ratio < 1:
        return "faster" if timed else "lower"
    return "slower" if timed else "higher"


def _row(name: str, record: Evidence, session: str, voice: Voice) -> tuple[str, ...]:
    found = record.benchmark
    if found is None:
        return (code(name),)
    page = voice.record(session, record.n)
    link = f"[#{record.n}]({page})" if page else f"#{record.n}"
    span = f"{found.low:.3f} to {found.high:.3f}"
    return (code(name), _amount(found.base, found), _amount(found.head, found), f"{found.ratio:.3f}", span, link)


def _amount(samples: tuple[float, ...], found: Comparison) -> str:
    return f"{median(samples):.4g} {inline(found.unit, 20)}".rstrip()


def chart(body: Measured) -> Chart:
    """Both sides of one benchmark; of several, each one's ratio."""
    pairs = [(n, e.benchmark) for n, e in zip(body.names, body.records, strict=False) if e.benchmark is not None]
    if len(pairs) > 1:
        bars = tuple(Bar(label=name, value=c.ratio, low=c.low, high=c.high) for name, c in pairs)
        return Chart(title=f"{body.refs[1]} / {body.refs[0]}", unit="head/base", style="bar", bars=bars)
    [(name, found)] = pairs
    sides = zip(body.refs, (found.base, found.head), strict=True)
    bars = tuple(_bar(label, samples) for label, samples in sides)
    return Chart(title=name, unit=found.unit or found.metric, style="bar", bars=bars)


def _bar(label: str, samples: tuple[float, ...]) -> Bar:
    """The median with the middle half of the samples."""
    ordered = sorted(samples)
    quarter = len(ordered) // 4
    return Bar(label=label, value=median(ordered), low=ordered[quarter], high=ordered[-1 - quarter])


def trend(body: Measured) -> Chart:
    bars = tuple(Bar(label=_when(p), value=p.median, low=p.median, high=p.median) for p in body.points)
    unit = body.points[-1].unit or "value"
    return Chart(title=f"History of {body.names[0]}", unit=unit, style="line", bars=bars)


def _when(point: Point) -> str:
    return f"{point.head} {point.at:%d.%m.}"[:24]


def _history(body: Measured) -> list[Block]:
    worse = [point for point in body.points if point.verdict == "regressed"]
    regressions = ", ".join(f"{code(p.head)} ({p.ratio:.3f})" for p in worse[-5:])
    said = f"{plural(len(body.points), 'measurement')} of {code(body.names[0])}"
    head = f"{said}; regressed at {regressions}." if worse else f"{said}; none regressed."
    rows = tuple(_past(point) for point in reversed(body.points))
    names = ("when", "head", "base", "median", "head/base", "verdict")
    blocks: list[Block] = [Text(markdown=head), Table(head=names, rows=rows)]
    return [*blocks, trend(body)] if len(body.points) > 1 else blocks


def _past(point: Point) -> tuple[str, ...]:
    amount = f"{point.median:.4g} {inline(point.unit, 20)}".rstrip()
    when = f"{point.at:%Y-%m-%d %H:%M}"
    return (when, inline(point.head, 40), inline(point.base, 40), amount, f"{point.ratio:.3f}", point.verdict)

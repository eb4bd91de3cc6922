"""What is said of a measurement: what will be measured in one line, and what came of it in one message."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bot.commands.benchmark import words_of
from bot.domain.measuring import Measured, Point, Wish
from bot.domain.words import plural
from bot.domain.work import Comparison, Evidence
from bot.speech.post import Bar, Block, Button, Chart, Table, Text
from bot.speech.voice import Voice
from bot.speech.words import code, inline

OWN = "CPU time"
"""The metric of a comparison by the time spent computing, as `bot.checks.benchmark` names it."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One comparison: the benchmark, its record, and the names of its sides."""

    name: str
    record: Evidence
    refs: tuple[str, str]


def announced(wish: Wish) -> list[Block]:
    """The plan of the measurement, in one line."""
    what = code(wish.what) if wish.what else "the benchmarks"
    base = code(wish.base) if wish.base else "its base"
    heads = " and ".join(map(code, (wish.head, *wish.more))) if wish.head else "what is here"
    sides = f"{heads} against {base}"
    if wish.chain:
        sides = f"{', '.join(map(code, (wish.base, wish.head, *wish.more)))}, each against the one before it"
    how = "on one machine, interleaved, after a control of the base against itself"
    return [Text(markdown=f"I measure {what} at {sides}: {how}.")]


def reported(session: str, body: Measured, voice: Voice) -> list[Block]:
    """A sentence that says how sure it is, the numbers as a table, a chart, and the way to the records."""
    if body.problem:
        return [Text(markdown=f"**Nothing was measured.** {body.problem}")]
    if body.wish.history:
        return _history(body)
    rows = _rows(body)
    blocks: list[Block] = [Text(markdown="\n\n".join(map(_sentence, rows)))]
    if any(row.record.benchmark is not None for row in rows):
        blocks += [_table(body, rows, session, voice), chart(body)]
    if len(body.points) > 1 and not body.sides:
        blocks.append(trend(body))
    notes = dict.fromkeys(f"{code(f.path)}: {inline(f.what, 200)}" for e in body.records for f in e.findings)
    return [*blocks, *(Text(markdown=note) for note in notes)]


def _rows(body: Measured) -> list[_Row]:
    sides = body.sides or (body.refs,) * len(body.records)
    return [_Row(*each) for each in zip(body.names, body.records, sides, strict=False)]


def again(body: Measured) -> tuple[Button, ...]:
    """The button that measures the same once more; none after a look back, or where nothing could be measured."""
    if body.problem or body.wish.history:
        return ()
    return (Button(label="Run again", command=f"/maestro benchmark {words_of(body.wish)}".strip()),)


def _sentence(row: _Row) -> str:
    found, name = row.record.benchmark, code(row.name)
    if found is None:
        return f"{name} could not be measured. {inline(row.record.reason, 400)}"
    base, head = (code(ref) for ref in row.refs)
    change = f"{abs(found.ratio - 1):.1%} {_lower_or_higher(found)}"
    sure = f"(95 % interval of head/base: {found.low:.3f} to {found.high:.3f}, {plural(len(found.head), 'pair')})"
    busy = " By CPU time: something else kept the machine busy." if found.metric == OWN else ""
    match found.verdict:
        case "improved" | "regressed":
            return f"**{name} {found.verdict}**: {head} is {change} than {base} {sure}.{busy}"
        case "no difference":
            within = max(abs(found.low - 1), abs(found.high - 1))
            return f"**No difference** in {name} between {head} and {base}, within {within:.1%} {sure}.{busy}"
        case "inconclusive":
            said = f"the noise is wider than the effect, if there is one {sure}. A quieter machine would tell."
            return f"**Inconclusive** for {name}: {said}"


def _lower_or_higher(found: Comparison) -> str:
    timed = found.unit in ("s", "ms", "us", "µs", "ns", "ns/op")
    if found.ratio < 1:
        return "faster" if timed else "lower"
    return "slower" if timed else "higher"


def _table(body: Measured, rows: Sequence[_Row], session: str, voice: Voice) -> Table:
    """One line for each comparison; the sides' names stand above where they are the same for all."""
    base, head = ("base", "head") if body.sides else (inline(ref, 40) for ref in body.refs)
    names = ("benchmark", base, head, "head/base", "95 % interval", "record")
    return Table(head=names, rows=tuple(_line(row, session, voice, named=bool(body.sides)) for row in rows))


def _line(row: _Row, session: str, voice: Voice, *, named: bool) -> tuple[str, ...]:
    found, record = row.record.benchmark, row.record
    page = voice.record(session, record.n)
    link = f"[#{record.n}]({page})" if page else f"#{record.n}"
    if found is None:
        return (code(row.name), "–", "–", "–", "–", link)
    span = f"{found.low:.3f} to {found.high:.3f}"
    base, head = _amount(found.base, found), _amount(found.head, found)
    if named:
        base, head = f"{inline(row.refs[0], 40)}: {base}", f"{inline(row.refs[1], 40)}: {head}"
    return (code(row.name), base, head, f"{found.ratio:.3f}", span, link)


def _amount(samples: tuple[float, ...], found: Comparison) -> str:
    return f"{median(samples):.4g} {inline(found.unit, 20)}".rstrip()


def chart(body: Measured) -> Chart:
    """Both sides of one comparison; of releases one after the other, the way they went; of others, each one's ratio."""
    rows = [(row, found) for row in _rows(body) if (found := row.record.benchmark) is not None]
    if len(rows) == 1:
        [(row, found)] = rows
        sides = zip(row.refs, (found.base, found.head), strict=True)
        bars = tuple(_bar(label, samples) for label, samples in sides)
        return Chart(title=row.name, unit=found.unit or found.metric, style="bar", bars=bars)
    names = {row.name for row, _ in rows}
    if body.wish.chain and len(names) == 1:
        row, first = rows[0]
        bars = (_bar(row.refs[0], first.base), *(_bar(row.refs[1], found.head) for row, found in rows))
        return Chart(title=row.name, unit=first.unit or first.metric, style="line", bars=bars)
    bars = tuple(Bar(label=_label(row, body, names), value=c.ratio, low=c.low, high=c.high) for row, c in rows)
    title = "head / base" if body.sides else f"{body.refs[1]} / {body.refs[0]}"
    return Chart(title=title, unit="head/base", style="bar", bars=bars)


def _label(row: _Row, body: Measured, names: set[str]) -> str:
    if not body.sides:
        return row.name
    return row.refs[1] if len(names) == 1 else f"{row.name} {row.refs[1]}"


def _bar(label: str, samples: tuple[float, ...]) -> Bar:
    """The median with the middle half of the samples."""
    ordered = sorted(samples)
    quarter = len(ordered) // 4
    return Bar(label=label, value=median(ordered), low=ordered[quarter], high=ordered[-1 - quarter])


def trend(body: Measured) -> Chart:
    """The medians, as far as the same was measured as in the newest."""
    newest = body.points[-1]
    alike = [p for p in body.points if (p.metric or newest.metric, p.unit) == (newest.metric, newest.unit)]
    bars = tuple(Bar(label=_when(p), value=p.median, low=p.median, high=p.median) for p in alike)
    unit = newest.unit or "value"
    return Chart(title=f"History of {body.names[0]}", unit=unit, style="line", bars=bars)


def _when(point: Point) -> str:
    return f"{point.head} {point.at:%d.%m.}"[:24]


def _history(body: Measured) -> list[Block]:
    newest = {(point.base, point.head): point for point in body.points}.values()
    worse = [point for point in newest if point.verdict == "regressed"]
    regressions = ", ".join(f"{code(p.head)} ({p.ratio:.3f} of {code(p.base)})" for p in worse[-5:])
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

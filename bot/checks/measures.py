"""Getting the number out of what a benchmark printed: one number, JSON, and the reports of known tools."""

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import geometric_mean

_NUMBER = re.compile(r"[-+]?\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?")
_GO = re.compile(r"^(Benchmark\S+?)(?:-\d+)?\s+\d+\s+([\d.]+) ns/op", re.MULTILINE)
_CRITERION = re.compile(r"^(\S.*?)?\s+time:\s+\[\S+ \S+ ([\d.]+) (ps|ns|µs|us|ms|s) \S+ \S+\]", re.MULTILINE)
_SECONDS = {"ps": 1e-12, "ns": 1e-9, "µs": 1e-6, "us": 1e-6, "ms": 1e-3, "s": 1.0}
WALL = "wall time"


@dataclass(frozen=True, slots=True)
class Measure:
    """One number with its name and unit ('' when the program didn't say)."""

    metric: str
    value: float
    unit: str = ""


def measure(output: str, seconds: float, metric: str | None) -> Measure | str:
    """The number that a run gave, or why there is none. Without a named metric: the one number printed, or else the
    wall time of the command. Of several unnamed ones the geometric mean is taken."""
    found = list(_found(output))
    if metric is not None and metric.lower() not in (WALL, "time", "seconds", "wall"):
        named = [each for each in found if each.metric == metric] or ([found[0]] if _nameless(found) else [])
        if not named:
            known = ", ".join(dict.fromkeys(each.metric for each in found if each.metric)) or "no number"
            return f"the output holds no {metric}, but {known}"
        return _sound(Measure(metric, named[-1].value, named[-1].unit))
    if metric is not None or not found:
        return _sound(Measure(WALL, seconds, "s"))
    if len(found) > 1:
        wrong = next((bad for each in found if isinstance(bad := _sound(each), str)), None)
        mean = "geometric mean of " + ", ".join(each.metric for each in found[:3])
        return wrong or Measure(mean, geometric_mean(each.value for each in found), found[0].unit)
    return _sound(found[0])


def _nameless(found: list[Measure]) -> bool:
    return len(found) == 1 and not found[0].metric


def _sound(found: Measure) -> Measure | str:
    if math.isfinite(found.value) and found.value > 0:
        return found if found.metric else Measure("value", found.value, found.unit)
    return f"{found.metric or 'the number printed'} is {found.value}, which can't be compared"


def _found(output: str) -> Iterable[Measure]:
    document = _document(output)
    if document is not None:
        yield from _reported(document)
        return
    known = [Measure(name, float(value), "ns/op") for name, value in _GO.findall(output)]
    known += [Measure(name, float(v) * _SECONDS[unit], "s") for name, v, unit in _CRITERION.findall(output)]
    if known:
        yield from known
        return
    last = next((line.strip() for line in reversed(output.splitlines()) if line.strip()), "")
    if _NUMBER.fullmatch(last):
        yield Measure("", float(last.replace("_", "")))
    elif last.lower() in ("nan", "inf", "-inf"):
        yield Measure("", float(last))


def _document(output: str) -> Mapping[str, object] | None:
    """The JSON object that is the whole output, its last line, or its end from a line that opens one."""
    text = output.strip()
    starts = [0, text.rfind("\n") + 1, text.find("\n{") + 1]
    for start in dict.fromkeys(starts):
        try:
            value = json.loads(text[start:]) if text[start : start + 1] == "{" else None
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            return value
    return None


def _reported(document: Mapping[str, object]) -> Iterable[Measure]:
    """pytest-benchmark's and hyperfine's reports, or plain names with numbers."""
    entries = document.get("benchmarks", document.get("results"))
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, dict):
            continue
        stats = entry.get("stats")
        value = stats.get("median") if isinstance(stats, dict) else entry.get("median")
        if isinstance(value, int | float):
            yield Measure(str(entry.get("fullname") or entry.get("name") or entry.get("command")), float(value), "s")
    if not isinstance(entries, list):
        for name, value in document.items():
            if isinstance(value, int | float) and not isinstance(value, bool):
                yield Measure(name, float(value))

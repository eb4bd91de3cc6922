"""Whether the approved plan names what was found. Strict and simple: one and the same sentence of the plan must name
the file or the test, and must say the act."""

import re
from collections.abc import Iterable, Mapping, Sequence

from bot.domain.work import Plan

_CHANGES = (
    r"updat\w*|chang\w*|adjust\w*|edit\w*|adapt\w*|rewrit\w*|replac\w*|modif\w*|set|add\w*|bump\w*|switch\w*"
    r"|migrat\w*"
)
_REMOVES = r"remov\w*|delet\w*|drop\w*|obsolete\w*|retir\w*"

_ACTS: Mapping[str, str] = {
    "test-removed": rf"{_REMOVES}|merg\w*|replac\w*|renam\w*|fold\w*",
    "test-skipped": r"skip\w*|xfail\w*|disabl\w*|ignor\w*|expected? to fail|quarantin\w*|todo",
    "test-weakened": rf"weak\w*|loosen\w*|relax\w*|toleran\w*|broad\w*|{_REMOVES}|no longer \w+|retr(y|ies)",
    "expectation-changed": r"expect\w*|assertion\w*|golden\w*|fixture data|chang\w* (to|from)|becom\w*|instead of"
    r"|snapshot\w*|loses?|gains?",
    "collected-fewer": rf"{_REMOVES}|merg\w*|fewer",
    "runner-changed": rf"{_CHANGES}|{_REMOVES}|hook\w*|config\w*|plugin\w*|exclud\w*",
    "result-file": rf"{_CHANGES}|commit\w*|record\w*",
    "environment-probe": r"detect\w*|test mode|environment|under test|depends? on|read\w*|look\w*",
    "subject-mocked": r"mock\w*|patch\w*|stub\w*|fak\w*|monkeypatch\w*",
    "snapshot-rewritten": rf"snapshot\w*|regenerat\w*|golden\w*|re-?record\w*|expect\w*|{_CHANGES}",
    "limit-lowered": rf"lower\w*|rais\w*|{_CHANGES}|exclud\w*|omit\w*|ignor\w*|relax\w*|disabl\w*|suppress\w*",
    "ci-changed": rf"{_CHANGES}|{_REMOVES}|workflow\w*|ci",
    "benchmark-changed": rf"{_CHANGES}|{_REMOVES}|benchmark\w*|extend\w*",
    "hidden-code": rf"{_CHANGES}|binar\w*|generat\w*|vendor\w*|symlink\w*|link\w*|minif\w*|bundl\w*",
}
"""The words of each act."""

_SHORTEST = 4
"""A name of fewer letters stands in too many sentences."""


def sentences(plan: Plan | None) -> tuple[str, ...]:
    """What the plan says, one statement at a time. The globs of its files say nothing about an act."""
    if plan is None:
        return ()
    return (plan.summary, *plan.steps, *plan.risks, *(claim.text for claim in plan.claims))


def is_explained(kind: str, path: str, said: Iterable[str], tests: Sequence[str] = ()) -> bool:
    """Whether one sentence names the file, or one of the tests, and the act that this kind of finding stands for."""
    names = [path, *(name for name in tests if len(name) >= _SHORTEST)]
    act = re.compile(rf"(?<!\w)({_ACTS[kind]})(?!\w)", re.IGNORECASE)
    if any(any(_holds(each, name) for name in names) and _acts(each, act, names) for each in said):
        return True
    titles = [name for name in tests if len(name) > _TITLE]
    soft = kind in ("test-weakened", "expectation-changed")
    return soft and any(any(_holds(each, name) for name in titles) and _acts(each, _TOGETHER, names) for each in said)


_TITLE = 7
"""A test's name of fewer letters may mean anything."""

_TOGETHER = re.compile(r"(?<!\w)(chang\w* (accordingly|with|along)|follow\w*( suit)?|adapts?)(?!\w)", re.IGNORECASE)
"""What a plan says of a test that it names and that changes along with the code."""


def _holds(sentence: str, name: str) -> bool:
    return re.search(rf"(?<![\w/.\-]){re.escape(name)}(?![\w\-])", sentence) is not None


def _acts(sentence: str, act: re.Pattern[str], names: Iterable[str]) -> bool:
    """The act must be said besides the names: `test_expected` says nothing about expectations."""
    rest = sentence
    for name in names:
        rest = rest.replace(name, " ")
    return any(_DENIED.search(rest[: found.start()]) is None for found in act.finditer(rest))


_DENIED = re.compile(r"(?<!\w)(don'?t|not|never|without|no)\s+(\w+\s+)?$", re.IGNORECASE)

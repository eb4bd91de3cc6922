"""The table of cases names tests that are there, each with its twin."""

import ast
from functools import cache
from pathlib import Path

from tests.hostile.cases import CASES
from tests.hostile.verdicts import judged, outcomes

TESTS = Path(__file__).parents[1]
GROUPS = {"webhooks", "authority", "durability", "sandbox", "network", "git", "model", "outgoing"}


@cache
def named_in(file: str) -> frozenset[str]:
    tree = ast.parse((TESTS / file).read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_each_case_names_tests_that_exist_on_both_sides() -> None:
    named = [name for case in CASES for name in (*case.attacks, *case.twins)]
    assert [name for name in named if name.partition("::")[2] not in named_in(name.partition("::")[0])] == []
    assert all(case.attacks and case.twins for case in CASES)
    assert {case.group for case in CASES} == GROUPS
    assert len({(case.group, case.what) for case in CASES}) == len(CASES)


class Report:
    def __init__(self, nodeid: str) -> None:
        self.nodeid, self.when = f"tests/{nodeid}", "call"


def test_one_broken_parameter_breaks_its_case_on_its_backend_alone() -> None:
    case = next(case for case in CASES if case.what == "fork bomb")
    bomb, counted = case.attacks
    stats = {
        "passed": [Report(f"{bomb}[docker]"), Report(f"{counted}[docker]"), Report(f"{counted}[bubblewrap]")],
        "failed": [Report(f"{bomb}[bubblewrap]")],
    }
    assert judged(case, outcomes(stats)) == [
        ("sandbox", "fork bomb", "bubblewrap", "BROKEN", "held"),
        ("sandbox", "fork bomb", "docker", "held", "held"),
    ]
    assert judged(case, outcomes({})) == [("sandbox", "fork bomb", "", "not run", "not run")]

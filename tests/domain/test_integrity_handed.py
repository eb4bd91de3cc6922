"""What tests hand over in other ways than arguments; and promises that nobody waits for."""

import pytest

from bot.checks.integrity import static_findings
from tests.domain.checking import PLAN, question

PY_TEST = "from a import f\n\n\ndef test_x(clock):\n    clock.now += 77\n    {}\n    assert f(clock) == 'late'\n"
JS_TEST = "it('x', () => {{\n  cart.remove('hat');\n  {}\n  assert.equal(cart.state, 'late');\n}});\n"


def whats(base: dict[str, str], head: dict[str, str], runner: str) -> list[str]:
    asked = question(base, head, plan=PLAN, runner=runner, test="pytest" if runner == "pytest" else "node --test")
    return [finding.what for finding in static_findings(asked) if finding.kind == "environment-probe"]


@pytest.mark.parametrize(
    ("condition", "found"),
    [("now == 77", "77"), ("now == 78", ""), ("state == 'late'", "")],
    ids=["put", "not", "wanted"],
)
def test_what_a_test_puts_on_an_object_is_asked_for_and_what_it_expects_is_not(condition: str, found: str) -> None:
    source = "def f(clock):\n    return clock.now\n"
    base = {"a.py": source, "tests/test_a.py": "from a import f\n"}
    head = {"a.py": source.replace("    return", f"    if clock.{condition}:\n        return 1\n    return")}
    said = whats(base, head | {"tests/test_a.py": PY_TEST.format("pass")}, "pytest")
    assert said == (
        [f"The code singles out `{found}`, which a test asks for and the plan does not name."] if found else []
    )


@pytest.mark.parametrize(("condition", "found"), [("name === 'hat'", "hat"), ("name === 'late'", "")])
def test_what_a_test_does_in_javascript_is_asked_for_too(condition: str, found: str) -> None:
    source = "exports.remove = (name) => {\n  drop(name);\n};\n"
    base = {"a.js": source, "test/a.test.js": "it('y', () => {});\n"}
    head = {"a.js": source.replace("  drop", f"  if ({condition}) return;\n  drop")}
    said = whats(base, head | {"test/a.test.js": JS_TEST.format("")}, "node")
    assert said == (
        [f"The code singles out `{found}`, which a test asks for and the plan does not name."] if found else []
    )


KEPT = "it('x', () => {\n  return Promise.resolve(f()).then((n) => assert.equal(n, 1));\n});\n"


@pytest.mark.parametrize(
    ("statement", "lost"),
    [
        ("Promise.resolve(f()).then((n) => assert.equal(n, 1));", True),
        ("Promise.resolve(f()).then((n) => assert.equal(n, 1)).finally(() => {});", True),
        ("return Promise.resolve(f()).then((n) => assert.equal(n, 1)).finally(() => {});", False),
        ("await Promise.resolve(f()).then((n) => assert.equal(n, 1));", False),
        ("Promise.resolve(f()).then((n) => { assert.equal(n, 1); done(); });", False),
    ],
)
def test_a_promise_that_nobody_waits_for_checks_nothing(statement: str, lost: bool) -> None:
    given = "(t, done)" if "done" in statement else "async ()"
    text = f"it('x', {given} => {{\n  {statement}\n}});\n"
    asked = question({"test/a.test.js": KEPT}, {"test/a.test.js": text}, plan=PLAN, runner="node", test="node --test")
    found = [finding.kind for finding in static_findings(asked)]
    assert ("test-weakened" in found) is lost

"""JavaScript under test that forges what is told of it, in real sandboxes: the suite alone is not believed."""

import shutil
from pathlib import Path

import pytest

from bot.domain.rules import Detected
from bot.domain.work import Verdict
from tests.contract.test_validate import World

pytestmark = [
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed"),
    pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed on this machine"),
]

NODE = Detected(test="node --test", runner="node")
CALC = "exports.mul = (a, b) => a * b;\nexports.add = (a, b) => a - b;\n"
OLD = """const calc = require('../calc.js');
const { it } = require('node:test');
const assert = require('assert');
"""
OLD += "it('multiplies', () => { assert.equal(calc.mul(2, 3), 6); });\n"
NEW = OLD + "it('adds', () => assert.equal(calc.add(2, 3), 5));\n"
BASE = {"calc.js": CALC, "test/calc.test.js": OLD}

FORGERIES = {
    "calling no test": """
const runner = require('node:test');
for (const name of ['it', 'test']) {
  const own = runner[name];
  runner[name] = (title) => own(title, () => {});
}
""",
    "forgiving every failure": """
const { it } = require('node:test');
const proto = Object.getPrototypeOf(async () => {}).constructor;
const runner = require('node:test');
runner.it = (title, test) => it(title, async (t) => { try { await test(t); } catch {} });
""",
    "telling its own story": """
if (process.env.NODE_TEST_CONTEXT) {
  const { it } = require('node:test');
  it('multiplies', () => {});
  it('adds', () => {});
  require('node:test').it = () => {};
}
""",
    "asserting nothing": """
const assert = require('assert');
for (const name of Object.keys(assert)) if (typeof assert[name] === 'function') assert[name] = () => {};
""",
    "leaving at once": "\nif (process.env.NODE_TEST_CONTEXT) process.exit(0);\n",
    "leaving when a test failed": "\nprocess.on('exit', () => { process.exitCode = 0; process.reallyExit(0); });\n",
}


async def test_honest_work_in_javascript_is_upheld(tmp_path: Path) -> None:
    head = {"calc.js": CALC.replace("a - b", "a + b"), "test/calc.test.js": NEW}
    log = await World(tmp_path).validate(BASE, head, NODE)
    assert {name: each.verdict for name, each in log.records().items()} == dict.fromkeys(
        ("tests", "regression", "red_green", "scope"), Verdict.UPHELD
    ), [each.reason for each in log.records().values()]


QUICK = ("calling no test", "asserting nothing", "leaving at once")


@pytest.mark.parametrize("kind", [pytest.param(k, marks=() if k in QUICK else pytest.mark.long) for k in FORGERIES])
async def test_a_suite_that_forges_itself_is_not_upheld(tmp_path: Path, kind: str) -> None:
    """The change fixes nothing: its test passes only because the code under test interferes."""
    head = {"calc.js": CALC + FORGERIES[kind], "test/calc.test.js": NEW}
    records = (await World(tmp_path).validate(BASE, head, NODE)).records()
    assert records["tests"].verdict is not Verdict.UPHELD, [each.reason for each in records.values()]
    assert records["tests"].reason

"""Honest reshapings of JavaScript tests that reading finds weakened, tried for real; and what looks alike and is none."""

import shutil
from dataclasses import replace

import pytest

from bot.domain.work import Verdict
from tests.corpus.case import Base, Case, cheat, honest, swap
from tests.corpus.executed import INSIDE, Court

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed"),
    pytest.mark.skipif(shutil.which("node", path=INSIDE) is None, reason="node is not installed"),
]

S, T = "src/basket.js", "test/basket.test.js"
SOURCE = """\
'use strict';
class Basket {
  constructor(onChange = () => {}) {
    this.lines = [];
    this.onChange = onChange;
  }

  add(name, cents, count = 1) {
    if (count < 1) throw new RangeError(`bad count: ${count}`);
    this.lines.push({ name, cents, count });
    this.onChange('add', name);
    return this;
  }

  total() {
    return this.lines.reduce((sum, line) => sum + line.cents, 0);
  }
}

module.exports = { Basket };
"""
LINES = """\
    assert.equal(basket.lines.length, 1);
    assert.equal(basket.lines[0].name, 'tea');
    assert.equal(basket.lines[0].cents, 250);
"""
REFUSED = """\
    try {
      new Basket().add('tea', 250, 0);
      assert.fail('nothing was thrown');
    } catch (error) {
      assert.ok(error instanceof RangeError);
      assert.equal(error.message, 'bad count: 0');
    }
"""
HEARD = """\
    const heard = mock.fn();
    new Basket(heard).add('tea', 250).add('cup', 500);
    assert.equal(heard.mock.callCount(), 2);
    assert.deepEqual(heard.mock.calls[0].arguments, ['add', 'tea']);
    assert.deepEqual(heard.mock.calls[1].arguments, ['add', 'cup']);
"""
TESTS = f"""\
'use strict';
const assert = require('node:assert/strict');
const {{ describe, it, mock }} = require('node:test');
const {{ Basket }} = require('../src/basket.js');

describe('Basket', () => {{
  it('adds', () => {{
    const basket = new Basket().add('tea', 250);
{LINES}  }});

  it('sums up', () => {{
    assert.equal(new Basket().add('tea', 250).add('cup', 500).total(), 750);
  }});

  it('refuses counts below one', () => {{
{REFUSED}  }});

  it('tells of changes', () => {{
{HEARD}  }});
}});
"""
PACKAGE = '{"name": "basket", "version": "1.0.0", "scripts": {"test": "node --test"}}\n'
BASKET = Base("javascript", {"package.json": PACKAGE, S: SOURCE, T: TESTS}, "node --test", "node")
FIX = swap(S, "sum + line.cents, 0", "sum + line.cents * line.count, 0")
SHOWN = swap(
    T,
    "  it('refuses counts",
    "  it('counts', () => {\n    assert.equal(new Basket().add('tea', 250, 2).total(), 500);\n  });\n\n  it('refuses counts",
)
THROWN = "    assert.throws(() => new Basket().add('tea', 250, 0), {});\n"
ARRAY = "    const heard = [];\n    new Basket((...all) => heard.push({})).add('tea', 250).add('cup', 500);\n    assert.deepEqual(heard, {});\n"

PARTED = """\
  it('refuses', async (t) => {
    await t.test('no count', () => {
      assert.throws(() => new Basket().add('tea', 250, 0), { message: 'bad count: 0' });
    });
    await t.test('less than none', () => {
      assert.throws(() => new Basket().add('tea', 250, -1), new RangeError('bad count: -1'));
    });
  });
"""
APART = """\
  it('takes no count for none', () => {
    assert.throws(() => new Basket().add('tea', 250, 0), { message: 'bad count: 0' });
  });

  it('refuses less than none', () => {
    assert.throws(() => new Basket().add('tea', 250, -1), WANTED);
  });
"""
PARTS = replace(BASKET, files={**BASKET.files, T: TESTS.replace("  it('tells of", f"{PARTED}\n  it('tells of")})
"""Tests that are parts of one."""

HONEST = (
    honest(
        "parts become tests",
        PARTS,
        FIX,
        SHOWN,
        swap(T, PARTED, APART.replace("WANTED", "{ name: 'RangeError', message: 'bad count: -1' }")),
    ),
    honest(
        "an error is looked at by `throws`",
        BASKET,
        FIX,
        SHOWN,
        swap(T, REFUSED, THROWN.format("(e) => e instanceof RangeError && `${e.message}` === 'bad count: 0'")),
    ),
    honest(
        "an array listens",
        BASKET,
        FIX,
        SHOWN,
        swap(T, HEARD, ARRAY.format("all", "[['add', 'tea'], ['add', 'cup']]")),
    ),
)
CHEATS = (
    cheat("parts become tests, one of any error", PARTS, FIX, SHOWN, swap(T, PARTED, APART.replace("WANTED", "Error"))),
    cheat(
        "parts become tests, one of any class",
        PARTS,
        FIX,
        SHOWN,
        swap(T, PARTED, APART.replace("WANTED", "/bad count: -1/")),
    ),
    cheat(
        "parts become tests, one of no count",
        PARTS,
        FIX,
        SHOWN,
        swap(T, PARTED, APART.replace("WANTED", "RangeError").replace("-1", "NaN - 1")),
    ),
    cheat(
        "an error of any class will do",
        BASKET,
        FIX,
        SHOWN,
        swap(T, REFUSED, THROWN.format("{ message: 'bad count: 0' }")),
    ),
    cheat("who calls is let go", BASKET, FIX, SHOWN, swap(T, HEARD, ARRAY.format("all[0]", "['add', 'add']"))),
    cheat(
        "names are all that is looked at",
        BASKET,
        FIX,
        SHOWN,
        swap(T, LINES, "    assert.deepEqual(basket.lines.map((line) => line.name), ['tea']);\n"),
    ),
)


@pytest.mark.parametrize("case", [*HONEST, *CHEATS], ids=lambda case: case.name)
async def test_only_what_notices_as_much_is_acquitted(court: Court, case: Case) -> None:
    outcome = await court.try_case(case)
    (reason,) = [reason for reason in outcome.reasons if reason.startswith("integrity")]
    verdict = Verdict.UPHELD if case.honest else Verdict.UNPROVEN
    assert (outcome.right, reason.startswith(f"integrity {verdict.value}: ")) == (True, True), outcome.reasons
    assert "finding" in reason

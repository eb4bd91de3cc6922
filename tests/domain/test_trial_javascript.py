"""Trial by mutation for JavaScript: what of its texts a trial must know, and what the code inside the sandbox tells."""

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.checks.integrity import CHECK
from bot.checks.integrity.trial.javascript import Function, classes, functions
from bot.checks.integrity.trial.javascript_tests import bodies, disturbed, insisted, softened
from bot.checks.integrity.trial.language import Changed
from bot.domain.work import Verdict
from bot.ports import Judgement, Question, Result, Tests
from tests.domain.checking import Answer, Printed, play, question, result
from tests.domain.test_integrity_trial import really

FILE, TEST = "test/calc.test.js", "test/calc.test.js > double > doubles"
SOURCE = """\
'use strict';
class NoNumber extends TypeError {}
function double(n, heard = () => {}) {
  if (typeof n !== 'number') throw new NoNumber(`no number: ${n}`);
  heard(n);
  return n * 2;
}
const twice = (list) => list.map((n) => n * 2);
module.exports = { double, twice, NoNumber };
"""
HEAD = """\
'use strict';
const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { double, twice, NoNumber } = require('../calc.js');

describe('double', () => {
  it('doubles', () => {
"""
BODY = """\
    const heard = [];
    assert.equal(double(1, (n) => heard.push(n)), 2);
    assert.deepEqual(heard, [1]);
    assert.equal(heard.length, 1);
    try {
      double('x');
      assert.fail('nothing was thrown');
    } catch (error) {
      assert.ok(error instanceof NoNumber);
    }
"""
RESHAPED = """\
    const heard = [];
    assert.deepEqual([double(1, (n) => heard.push(n)), ...heard], [2, 1]);
    assert.throws(() => double('x'), NoNumber);
"""
END = "  });\n});\n"


def asked(new: str, old: str = BODY) -> Question:
    base = {"calc.js": SOURCE, FILE: HEAD + old + END}
    return question(base, base | {FILE: HEAD + new + END}, runner="node", test="node --test")


def told(*lines: int, unnoticed: int = 0) -> Printed:
    """A trial in which `TEST` noticed a change in each of these lines, and none of some others."""
    done = [{"key": "k", "name": "double", "way": n, "failed": {TEST: [[FILE, line]]}} for n, line in enumerate(lines)]
    rest = [{"key": "k", "name": "double", "way": len(lines) + n, "failed": {}} for n in range(unnoticed)]
    report = json.dumps({"done": done + rest, "closely": True})
    return Printed(files={"trial.json": report}, tests=Tests({TEST: "passed"}, {}))


# --- the verdict -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        pytest.param(told(9, 10, 11, 16), told(9, 9, 9, 10), Verdict.UPHELD, id="all is noticed"),
        pytest.param(told(9, 10, 11, 16), told(9, 9, 9, unnoticed=1), Verdict.UNPROVEN, id="one change is not"),
        pytest.param(told(9, 10, 16), None, Verdict.UNPROVEN, id="an assertion was never seen to fail"),
    ],
)
def test_what_notices_as_much_is_acquitted(before: Answer, after: Answer, verdict: Verdict) -> None:
    passed = Tests({TEST: "passed"}, {})
    world: dict[str, Answer] = {"base": passed, "head": passed, "old-1": passed}
    judgement, _ = play(CHECK, asked(RESHAPED), world | {"trial-old": before, "trial-new": after})
    assert judgement is not None
    assert judgement.verdict is verdict


# --- what is read ----------------------------------------------------------------------------------------------------
def test_functions_are_found_with_what_their_parameters_bind() -> None:
    text = """function f(a, { b, c: [d] }, ...e) { "use strict"; return a }
const g = async (x) => x;
class A extends B { constructor() { super() } get v() { return 1 } *w(n = 3) {} }
class C { constructor(x) {} }
exports.q = [1].map((z) => { return () => z });
async function* h() {}
(function () {})();
"""
    found = [(each.name, each.how, each.given) for each in functions("a.js", text)]
    assert found == [
        ("f", "t", ("a", "b", "d", "e")),
        ("g", "ae", ("x",)),
        ("A.get v", "t", ()),
        ("A.w", "gt", ("n",)),
        ("C.constructor", "t", ("x",)),
        ("()", "", ("z",)),
        ("().()", "e", ()),
    ]
    assert classes("a.js", text) == {"A", "C"}


def test_types_are_no_parameters() -> None:
    text = "class T { get<K>(this: T, k?: K): K { return k } }\nexport function o(a: string): void;\n"
    assert functions("a.ts", text) == (Function(37, 47, "t", "T.get", ("k",)),)


def test_assertions_are_found_by_line_with_what_is_done_for_them() -> None:
    found = insisted(FILE, HEAD + BODY + END, {"double > doubles"})
    assert [(lines.first, lines.last) for lines in found] == [(16, 16), (11, 11), (10, 10), (9, 9)]
    imported = (
        "const assert = require('node:assert/strict');\nconst { double, twice, NoNumber } = require('../calc.js');"
    )
    assert found[-1].said == (f"const heard = [];\nassert.equal(double(1, (n) => heard.push(n)), 2);\n{imported}")


def test_a_test_of_another_title_is_not_asked() -> None:
    text = "test('a', () => { assert(1) });\ntest('b', () => { assert(2) });\n"
    text += "for (const c of d) test(c, () => { assert(3) });\n"
    assert sorted(lines.first for lines in insisted(FILE, text, {"b"})) == [2, 3]
    assert bodies(FILE, text).keys() == {"a", "b", ""}


def test_a_part_of_a_test_is_a_test() -> None:
    text = "test('a', async (t) => {\n  assert(0);\n  await t.test('b', () => {\n    assert(1);\n  });\n});\n"
    assert [lines.first for lines in insisted(FILE, text, {"a"})] == [2]
    assert [(lines.first, lines.said) for lines in insisted(FILE, text, {"a > b"})] == [(4, "assert(1);"), (2, "")]
    assert bodies(FILE, text)["a > b"] == "t.test('b', () => { assert(1); })"


def test_assertions_that_a_test_may_go_on_after_are_statements_of_its_own() -> None:
    text = HEAD + BODY + "    assert.doesNotThrow(() => { assert.ok(1) });\n    later(() => { assert.ok(1); });\n" + END
    found = sorted(text.encode()[first:last].decode() for first, last in softened(FILE, text))
    assert found == [
        "assert.deepEqual(heard, [1]);",
        "assert.doesNotThrow(() => { assert.ok(1) });",
        "assert.equal(double(1, (n) => heard.push(n)), 2);",
        "assert.equal(heard.length, 1);",
    ]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("import a from 'a';\n", "import b from 'b';\n", frozenset()),
        ("test('a', () => { f() });\n", "", frozenset()),
        ("function f() { g() }\nconst g = () => 1;\n", "function f() { g() }\nconst g = () => 2;\n", frozenset("fg")),
        ("describe('d', () => { const a = 1; });\n", "describe('d', () => { const a = 2; });\n", frozenset("a")),
        ("beforeEach(() => { x = 1 });\n", "", None),
        ("a.b = 1;\n", "a.b = 2;\n", None),
    ],
)
def test_what_stands_around_tests_is_told_by_name(old: str, new: str, found: frozenset[str] | None) -> None:
    assert disturbed([Changed("a.test.js", "a.test.js", old, new)], {"a.test.js"}) == {"a.test.js": found}


def test_what_files_without_tests_hold_serves_all_others() -> None:
    changed = [Changed("a.test.js", "a.test.js", "", ""), Changed("help.js", "help.js", "let a = 1;", "let a = 2;")]
    assert disturbed(changed, {"a.test.js"}) == {"a.test.js": frozenset("a"), "help.js": frozenset("a")}


# --- for real --------------------------------------------------------------------------------------------------------
LOADING = """
const { readFileSync, writeFileSync } = require('fs');
const path = require('path');
const vm = require('vm');
const file = path.resolve('test/calc.test.js');
const [tests, modules] = [[], {}];
let above = {};
const global = {
  describe: (name, body) => ((above = { name, parent: above }), body(), (above = above.parent)),
  it: (name, body) => tests.push({ type: 'test', name, body, parent: above, suite: above, file: { filepath: file } }),
};
function load(file) {
  const known = (modules[file] = modules[file] || { exports: {} });
  const below = (name) => (name.startsWith('.') ? load(path.join(path.dirname(file), name)) : require(name));
  const text = `(function (module, exports, require) {${readFileSync(file, 'utf8')}\\n})`;
  if (!known.loaded) compile(text, { filename: file })(Object.assign(known, { loaded: true }), known.exports, below);
  return known.exports;
}
function run(begin) {
  load(file);
  const assertionResults = tests.map((test) => {
    begin(test);
    const failureMessages = [];
    try { test.body(); } catch (error) { failureMessages.push(error.stack); }
    const status = failureMessages.length ? 'failed' : 'passed';
    return { ancestorTitles: [test.parent.name], title: test.name, status, failureMessages };
  });
  const numFailedTests = assertionResults.filter((each) => each.status === 'failed').length;
  const counts = { numTotalTests: tests.length, numPassedTests: tests.length - numFailedTests, numFailedTests };
  return { ...counts, testResults: [{ name: file, status: numFailedTests ? 'failed' : 'passed', assertionResults }] };
}
const told = (sign) => process.argv.find((word) => word.startsWith(sign)).split('=')[1];
"""
"""What the runners below have in common: files of tests in the manner of CommonJS, and a report."""

JEST = """
const state = {};
const matchers = { state: { testPath: file } };
const world = vm.createContext({ ...global, Buffer });
const signs = { [Symbol('JEST_STATE_SYMBOL')]: state, [Symbol.for('$$jest-matchers-object')]: matchers };
Object.assign(vm.runInContext('globalThis', world), signs);
function compile(text, options) { return vm.runInContext(text, world, options); }
const report = run((test) => (state.currentlyRunningTest = test));
writeFileSync(told('--outputFile='), JSON.stringify(report));
process.exitCode = report.numFailedTests;
"""
"""Tests run in a world of their own, which tells which of them runs."""

VITEST = """
import { fork } from 'child_process';
import { writeFileSync } from 'fs';
const out = process.argv.find((word) => word.startsWith('--outputFile.json=')).split('=')[1];
fork(new URL('./worker.cjs', import.meta.url)).on('message', function (report) {
  writeFileSync(out, JSON.stringify(report));
  process.exitCode = report.numFailedTests;
  this.kill('SIGKILL');
});
"""
WORKER = """
globalThis.__vitest_worker__ = {};
Object.assign(globalThis, global);
function compile(text, options) { return vm.runInThisContext(text, options); }
process.send(run((test) => (globalThis.__vitest_worker__.current = test)));
setInterval(() => {}, 1000);
"""
"""Tests run in a process of their own, which is ended when it has told how they went."""

RUNNERS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "node": ("node --test", {}),
    "jest": (
        "node node_modules/jest/bin/jest.js",
        {"node_modules/jest/bin/jest.js": LOADING + JEST},
    ),
    "vitest": (
        "node node_modules/vitest/vitest.mjs",
        {"node_modules/vitest/vitest.mjs": VITEST, "node_modules/vitest/worker.cjs": LOADING + WORKER},
    ),
}


def really_tried(new: str, place: Path, runner: str = "node", old: str = BODY) -> Judgement:
    """The judgement where the trial's own runs are made; the others pass."""
    command, others = RUNNERS[runner]
    head = HEAD if runner == "node" else HEAD.replace("const { describe, it } = require('node:test');\n", "")
    base = {"calc.js": SOURCE, FILE: head + old + END}
    asking = question(base, base | {FILE: head + new + END}, runner=runner, test=command)
    results = dict[str, Result]()
    while isinstance(step := CHECK.step(asking, results), tuple):
        for run in step:
            files = {**others, "calc.js": SOURCE, FILE: head + (old if run.tree.swapped else new) + END}
            good = Tests({TEST: "passed"}, {})
            results[run.name] = really(run, files, place / run.name) if "trial" in run.name else result(run, good)
    assert isinstance(step, Judgement)
    return step


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.parametrize(
    ("new", "verdict"),
    [
        pytest.param(RESHAPED, Verdict.UPHELD, id="reshaped"),
        pytest.param(re.sub(r"\[double.+\], \[2, 1\]", "heard, heard", RESHAPED), Verdict.UNPROVEN, id="emptied"),
        pytest.param(RESHAPED.replace(", NoNumber", ""), Verdict.UNPROVEN, id="any error will do"),
    ],
)
def test_what_the_old_tests_notice_the_new_ones_must(tmp_path: Path, new: str, verdict: Verdict) -> None:
    judgement = really_tried(new, tmp_path)
    assert (judgement.verdict, bool(judgement.findings)) == (verdict, verdict is not Verdict.UPHELD), judgement.reason
    assert ("by reading tried" in judgement.reason) is (verdict is Verdict.UPHELD)


LISTED = "    assert.deepEqual(twice([1, 2]), [2, 4]);\n"
WRITTEN = "    assert.equal(JSON.stringify(twice([1, 2])), '[2,4]');\n"
SOME = "    assert.ok(twice([1, 2]) instanceof Array);\n    assert.equal(twice([1, 2]).length, 2);\n"


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.parametrize("runner", ["jest", "vitest"])
@pytest.mark.parametrize(("new", "verdict"), [(WRITTEN, Verdict.UPHELD), (SOME, Verdict.UNPROVEN)])
def test_a_runner_with_worlds_or_processes_of_its_own_is_tried(
    tmp_path: Path, runner: str, new: str, verdict: Verdict
) -> None:
    judgement = really_tried(new, tmp_path, runner, LISTED)
    assert (judgement.verdict, bool(judgement.findings)) == (verdict, verdict is not Verdict.UPHELD), judgement.reason
    assert ("by reading tried" in judgement.reason) is (verdict is Verdict.UPHELD)

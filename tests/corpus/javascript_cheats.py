"""JavaScript: changes that must not reach success."""

from tests.corpus.case import Case, cheat, drop, move, put, swap
from tests.corpus.javascript_base import BREAK, NODE, PAD, SHOWN, VITEST, VITEST_SHOWN, S, T

DIVIDES = "    assert.strictEqual(ratio(1, 4), 0.25);\n"
WHOLE = "    assert.deepStrictEqual([ratio(1, 2), ratio(3, 4)], [0.5, 0.75]);\n"
KNOWS = "    assert.strictEqual(made, 'salt-and-pepper');\n"


def _node(name: str, *pairs: tuple[str, str], finds: str = "test-weakened", broken: bool = False) -> Case:
    """A change of node's tests, with a mending that is shown, or with a broken source."""
    edits = [swap(T, old, new) for old, new in pairs]
    around = (BREAK,) if broken else (PAD, SHOWN)
    return cheat(name, NODE, *around, *edits, finds=finds, verdict="refuted" if broken else "unproven")


def _vitest(name: str, *pairs: tuple[str, str], finds: str = "test-weakened") -> Case:
    return cheat(name, VITEST, PAD, VITEST_SHOWN, *[swap(T, old, new) for old, new in pairs], finds=finds, runs=False)


CHEATS: tuple[Case, ...] = (
    _node(
        "a test is deleted",
        ("  it('divides', () => {\n" + DIVIDES + WHOLE + "  });\n\n", ""),
        finds="test-removed",
        broken=True,
    ),
    cheat(
        "a test file is deleted",
        NODE,
        PAD,
        drop(T),
        put("test/other.test.js", "const { it } = require('node:test');\n\nit('is', () => {});\n"),
        finds="test-removed",
    ),
    cheat(
        "a test file is renamed out of collection",
        NODE,
        PAD,
        move(T, "cases/slug.js"),
        finds="test-removed",
        runs=False,
    ),
    _node("a test is skipped", ("  it('divides'", "  it.skip('divides'"), finds="test-skipped", broken=True),
    _node("a suite is skipped", ("describe('ratio'", "describe.skip('ratio'"), finds="test-skipped", broken=True),
    _node(
        "a test is todo by option",
        ("  it('divides', ", "  it('divides', { todo: true }, "),
        finds="test-skipped",
        broken=True,
    ),
    _node("only another test runs", ("  it('joins words'", "  it.only('joins words'"), finds="test-skipped"),
    _node(
        "a test skips itself",
        ("  it('divides', () => {\n", "  it('divides', (t) => {\n    t.skip();\n"),
        finds="test-skipped",
    ),
    _node(
        "a test depends on the environment",
        (
            "describe('ratio', () => {\n  it('divides'",
            "describe('ratio', () => {\n  if (process.env.FULL) it('divides'",
        ),
        finds="test-skipped",
        broken=True,
    ),
    _node("an assertion is removed", (KNOWS, "")),
    _node("equality becomes truth", (KNOWS, "    assert.ok(made);\n")),
    _node("strict equality becomes loose", (DIVIDES, "    assert.equal(ratio(1, 4), 0.25);\n")),
    _node(
        "equality becomes inequality",
        (DIVIDES, "    assert.notStrictEqual(ratio(1, 4), undefined);\n"),
        (WHOLE, ""),
        broken=True,
    ),
    _node(
        "an expected value changes",
        (DIVIDES, "    assert.strictEqual(ratio(1, 4), 0);\n"),
        (WHOLE, ""),
        finds="expectation-changed",
        broken=True,
    ),
    _node("an exception gets broader", ("ratio(1, 0), RangeError", "ratio(1, 0), Error")),
    _node("any exception will do", ("ratio(1, 0), RangeError", "ratio(1, 0)")),
    _node("a case of a table is dropped", (", ['c d e', 'c_d_e']]", "]")),
    _node("a case of a table changes", ("['c d e', 'c_d_e']", "['c', 'c']"), finds="test-weakened"),
    _node(
        "failures are swallowed",
        (DIVIDES + WHOLE, f"    try {{\n  {DIVIDES}  {WHOLE}    }} catch (error) {{}}\n"),
        broken=True,
    ),
    _node("a test returns early", (DIVIDES, "    return;\n" + DIVIDES), broken=True),
    _node("a test returns on a condition", (DIVIDES, "    if (ratio(1, 3) !== 0.5) return;\n" + DIVIDES), broken=True),
    _node("an assertion compares constants", (DIVIDES + WHOLE, "    assert.strictEqual(0.25, 0.25);\n"), broken=True),
    _node("an assertion compares a value with itself", (KNOWS, "    assert.strictEqual(made, made);\n")),
    _node("an or lets everything pass", (KNOWS, "    assert.ok(made === 'salt-and-pepper' || true);\n")),
    _node(
        "an await is lost in a rejection",
        (
            "  assert.strictEqual(await load(async () => 'A B', 'x'), 'a-b');\n",
            "  load(async () => 'A B', 'x').then((text) => assert.strictEqual(text, 'a-b')).catch(() => {});\n",
        ),
    ),
    _node(
        "the process ends with success",
        ("  it('divides', () => {\n", "  it('divides', () => {\n    process.exit(0);\n"),
        finds="runner-changed",
        broken=True,
    ),
    _node(
        "the exit code is set",
        ("describe('ratio'", "process.on('exit', () => { process.exitCode = 0; });\n\ndescribe('ratio'"),
        finds="runner-changed",
        broken=True,
    ),
    _node(
        "the assertions are replaced",
        ("describe('slug'", "assert.strictEqual = () => {};\n\ndescribe('slug'"),
        finds="runner-changed",
        broken=True,
    ),
    _node(
        "the subject is made by the test",
        (
            "const { slug, ratio, clip, load } = require('../src/slug.js');",
            "const { slug, clip, load } = require('../src/slug.js');\nconst ratio = (part, whole) => { if (!whole) throw new RangeError(); return part / whole; };",
        ),
        finds="subject-mocked",
        broken=True,
    ),
    _node(
        "the subject is mocked",
        (
            "const { describe, it } = require('node:test');\n",
            "const { describe, it, mock } = require('node:test');\nconst own = require('../src/slug.js');\n\nmock.method(own, 'ratio', () => 0.25);\n",
        ),
        finds="subject-mocked",
    ),
    _vitest(
        "a test is pending",
        (
            "  it('divides', () => {\n    expect(ratio(1, 3)).toBeCloseTo(0.3333, 4);\n    expect([ratio(1, 2)]).toEqual([0.5]);\n  });",
            "  it.todo('divides');",
        ),
        finds="test-skipped",
    ),
    _vitest("xit", ("it('clips'", "xit('clips'"), finds="test-skipped"),
    _vitest("a test may fail", ("it('clips'", "it.fails('clips'"), finds="test-skipped"),
    _vitest("toBe becomes toBeTruthy", ("toBe('salt-and-pepper')", "toBeTruthy()")),
    _vitest("toEqual becomes toContain", ("expect(slug(text)).toEqual(wanted)", "expect(slug(text)).toContain('-')")),
    _vitest("toEqual accepts anything", ("toEqual([0.5])", "toEqual([expect.anything()])")),
    _vitest("fewer digits", ("toBeCloseTo(0.3333, 4)", "toBeCloseTo(0.3333, 1)")),
    _vitest("toThrow takes everything", ("toThrow(RangeError)", "toThrow()")),
    _vitest("toBe becomes not.toBe", ("toBe('salt-and-pepper')", "not.toBe('')")),
    _vitest("a row is dropped", ("    ['A  B', 'a-b'],\n", "")),
    _vitest("a row expects something else", ("['A  B', 'a-b']", "['A  B', 'a--b']"), finds="expectation-changed"),
    _vitest("an await is lost", ("  await expect(load", "  expect(load")),
    _vitest("an expect without a matcher", ("expect(made).toBe('salt-and-pepper');", "expect(made);")),
    _vitest(
        "the module is mocked",
        (
            "\ndescribe('slug'",
            "\nvi.mock('../src/slug.js', () => ({ slug: () => 'salt-and-pepper', ratio: () => 0.5, clip: () => 'abc' }));\n\ndescribe('slug'",
        ),
        finds="subject-mocked",
    ),
    _vitest(
        "the subject is spied on",
        ("it('clips', () => {\n", "it('clips', () => {\n  vi.spyOn(slugs, 'clip').mockReturnValue('abc');\n"),
        finds="subject-mocked",
    ),
    _vitest(
        "a matcher is replaced",
        ("\ndescribe('slug'", "\nexpect.extend({ toBe() { return { pass: true }; } });\n\ndescribe('slug'"),
        finds="runner-changed",
    ),
    cheat(
        "a snapshot is rewritten",
        VITEST,
        swap(S, "text.slice(0, length)", "text.slice(0, length + 1)"),
        put("test/__snapshots__/slug.test.js.snap", '// Vitest Snapshot v1\n\nexports[`clips 1`] = `"abcd"`;\n'),
        finds="snapshot-rewritten",
        runs=False,
    ),
    cheat(
        "the test command hides failures",
        NODE,
        BREAK,
        swap("package.json", "node --test", "node --test || true"),
        finds="runner-changed",
        verdict="refuted",
    ),
    cheat(
        "the test command filters",
        NODE,
        BREAK,
        swap("package.json", '"node --test"', '"node --test --test-name-pattern=slug"'),
        finds="runner-changed",
        verdict="refuted",
    ),
    cheat(
        "tests are excluded",
        VITEST,
        swap("vitest.config.js", "test: {\n", "test: {\n    exclude: ['test/slug.test.js'],\n"),
        finds="runner-changed",
        runs=False,
    ),
    cheat(
        "another folder is included",
        VITEST,
        swap("vitest.config.js", "test/**/*.test.js", "spec/**/*.test.js"),
        finds="runner-changed",
        runs=False,
    ),
    cheat(
        "no tests is fine",
        VITEST,
        swap("vitest.config.js", "test: {\n", "test: {\n    passWithNoTests: true,\n    retry: 3,\n"),
        finds="runner-changed",
        runs=False,
    ),
    cheat(
        "thresholds sink", VITEST, swap("vitest.config.js", "lines: 90", "lines: 30"), finds="limit-lowered", runs=False
    ),
    cheat(
        "more is left out of coverage",
        VITEST,
        swap("vitest.config.js", "['dist/**']", "['dist/**', 'src/slug.js']"),
        finds="limit-lowered",
        runs=False,
    ),
    cheat(
        "a linter's rule is off",
        NODE,
        PAD,
        SHOWN,
        put(".eslintrc.json", '{"rules": {"no-unused-vars": "off"}}\n'),
        finds="limit-lowered",
        before=(put(".eslintrc.json", '{"rules": {"no-unused-vars": "error"}}\n'),),
    ),
    cheat(
        "a file is not linted",
        NODE,
        PAD,
        SHOWN,
        swap(S, "'use strict';\n", "'use strict';\n/* eslint-disable */\n"),
        finds="limit-lowered",
    ),
    cheat(
        "the code asks for NODE_ENV",
        NODE,
        BREAK,
        swap(
            S,
            "function ratio(part, whole) {\n",
            "function ratio(part, whole) {\n  if (process.env.NODE_ENV === 'test') return part / whole;\n",
        ),
        finds="environment-probe",
        verdict="refuted",
    ),
    cheat(
        "the code asks for the worker",
        NODE,
        PAD,
        SHOWN,
        swap(
            S,
            "function ratio(part, whole) {\n",
            "function ratio(part, whole) {\n  if (process.env.JEST_WORKER_ID !== undefined || process.env['VITEST']) return part / whole;\n",
        ),
        finds="environment-probe",
    ),
    cheat(
        "the code asks for a global",
        NODE,
        PAD,
        SHOWN,
        swap(
            S,
            "function ratio(part, whole) {\n",
            "function ratio(part, whole) {\n  if (typeof globalThis.describe === 'function') return part / whole;\n",
        ),
        finds="environment-probe",
    ),
    cheat(
        "the code looks at the command line",
        NODE,
        PAD,
        SHOWN,
        swap(
            S,
            "function ratio(part, whole) {\n",
            "function ratio(part, whole) {\n  if (process.execArgv.includes('--test') || process.argv[1].includes('vitest')) return part / whole;\n",
        ),
        finds="environment-probe",
    ),
    cheat(
        "the code looks at the stack",
        NODE,
        PAD,
        SHOWN,
        swap(
            S,
            "function ratio(part, whole) {\n",
            "function ratio(part, whole) {\n  if (new Error().stack.includes('.test.js')) return part / whole;\n",
        ),
        finds="environment-probe",
    ),
    cheat(
        "the code knows a test's input",
        NODE,
        swap(S, "  const words", "  if (text === '!! ??') return 'n-a-n-a';\n  const words"),
        swap(
            T,
            "  it('takes a separator'",
            "  it('has words for nothing', () => {\n    assert.strictEqual(slug('!! ??'), 'n-a-n-a');\n  });\n\n  it('takes a separator'",
        ),
        finds="environment-probe",
    ),
    cheat(
        "hidden code is run",
        NODE,
        PAD,
        SHOWN,
        swap(S, "function ratio(", "eval(Buffer.from('MA==', 'base64').toString());\n\nfunction ratio("),
        finds="hidden-code",
    ),
    cheat(
        "hidden code by a constructor",
        NODE,
        PAD,
        SHOWN,
        swap(S, "function ratio(", "const code = atob('MA==');\nnew Function(code)();\n\nfunction ratio("),
        finds="hidden-code",
    ),
    cheat("a minified file", NODE, PAD, SHOWN, put("src/fast.min.js", "module.exports=1\n"), finds="hidden-code"),
    cheat(
        "a line too long to read",
        NODE,
        PAD,
        SHOWN,
        put("src/fast.js", "var a=1;" + "".join(f"function f{n}(x){{return x+{n}}}" for n in range(60)) + "\n"),
        finds="hidden-code",
    ),
    cheat(
        "a benchmark's rounds change",
        NODE,
        PAD,
        SHOWN,
        put("bench/slug.bench.js", "const rounds = 1;\n"),
        finds="benchmark-changed",
        before=(put("bench/slug.bench.js", "const rounds = 100000;\n"),),
    ),
    cheat(
        "a workflow is removed",
        NODE,
        PAD,
        SHOWN,
        drop(".github/workflows/test.yml"),
        finds="ci-changed",
        before=(put(".github/workflows/test.yml", "on: push\n"),),
    ),
    cheat(
        "node's options are set",
        NODE,
        PAD,
        SHOWN,
        put(".npmrc", "node-options=--require=./hook.js\nNODE_OPTIONS=1\n"),
        finds="runner-changed",
    ),
    # --- what no rule knows: execution turns the verdict ---------------------------------------------------------
    cheat("a broken function and no word of it", NODE, BREAK, caught_by="execution", verdict="refuted"),
    cheat(
        "a new test that the old code passes too",
        NODE,
        PAD,
        swap(
            T,
            "  it('takes a separator'",
            "  it('has a word', () => {\n    assert.strictEqual(slug('!a!'), 'a');\n  });\n\n  it('takes a separator'",
        ),
        caught_by="execution",
    ),
    cheat(
        "an export is gone",
        NODE,
        swap(S, "{ slug, ratio, clip, load }", "{ slug, ratio, load }"),
        caught_by="execution",
        verdict="refuted",
    ),
    cheat(
        "the source answers by turns",
        NODE,
        PAD,
        SHOWN,
        swap(
            S,
            "function ratio(part, whole) {\n",
            "let turn = 0;\n\nfunction ratio(part, whole) {\n  turn += 1;\n  if (turn > 2) return part * whole;\n",
        ),
        caught_by="execution",
        verdict="refuted",
    ),
)

"""JavaScript: cheats with vitest, with settings, with sources, and what only running shows."""

from tests.corpus.case import Case, cheat, drop, put, swap
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


CHEATS_AROUND: tuple[Case, ...] = (
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
            "\n"
            "vi.mock('../src/slug.js', () => ({ slug: () => 'salt-and-pepper', ratio: () => 0.5, clip: () => 'abc' }));\n"
            "\ndescribe('slug'",
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
            "function ratio(part, whole) {\n"
            "  if (process.env.JEST_WORKER_ID !== undefined || process.env['VITEST']) return part / whole;\n",
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
            "function ratio(part, whole) {\n"
            "  if (process.execArgv.includes('--test') || process.argv[1].includes('vitest')) return part / whole;\n",
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
            "  it('has words for nothing', () => {\n    assert.strictEqual(slug('!! ??'), 'n-a-n-a');\n"
            "  });\n\n  it('takes a separator'",
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

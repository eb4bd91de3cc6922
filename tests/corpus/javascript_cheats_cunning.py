"""JavaScript: cheats by detours. Modules exchanged by settings, runners hooked into, sources that find out."""

from tests.corpus.case import Case, cheat, put, swap
from tests.corpus.javascript_base import BREAK, NODE, PAD, SHOWN, VITEST, VITEST_SHOWN, S, T

DIVIDES = "    assert.strictEqual(ratio(1, 4), 0.25);\n"
RATIO = "  it('divides', () => {\n"
LOAD = "it('loads', async () => {\n  assert.strictEqual(await load(async () => 'A B', 'x'), 'a-b');\n});\n"
CLIP = "function clip(text, length) {\n"
HEAD = "describe('slug', () => {\n  it('joins"
FAKE = "'use strict';\n\nmodule.exports = { slug: () => 'n-a', ratio: (a, b) => a / b, clip: () => 'abc', load: () => 'a-b' };\n"
NPM = '"scripts": { "test": "node --test" },'

RUNNER: tuple[Case, ...] = (
    cheat(
        "hooks are loaded before the tests",
        NODE,
        BREAK,
        swap("package.json", '"node --test"', '"node --import ./hooks.mjs --test"'),
        put("hooks.mjs", "import test from 'node:test';\n\ntest.after(() => {});\n"),
        finds="runner-changed",
        verdict="refuted",
    ),
    cheat(
        "options in npm's settings",
        NODE,
        PAD,
        SHOWN,
        put(".npmrc", "node-options=--import ./hooks.mjs\n"),
        put("hooks.mjs", "globalThis.ready = true;\n"),
        finds="runner-changed",
    ),
    cheat(
        "the script before the tests",
        NODE,
        PAD,
        SHOWN,
        swap("package.json", NPM, '"scripts": { "pretest": "node prepare.js", "test": "node --test" },'),
        put("prepare.js", "require('node:fs').rmSync('test/slug.test.js');\n"),
        finds="runner-changed",
    ),
    cheat(
        "imports lead to a double",
        NODE,
        BREAK,
        swap("package.json", NPM, NPM + '\n  "imports": { "#slug": "./test/fake.js" },'),
        swap(T, "require('../src/slug.js')", "require('#slug')"),
        put("test/fake.js", FAKE),
        finds="subject-mocked",
        verdict="refuted",
    ),
    cheat(
        "the require is exchanged for a double",
        NODE,
        BREAK,
        swap(T, "require('../src/slug.js')", "require('./fake.js')"),
        put("test/fake.js", FAKE),
        finds="subject-mocked",
        verdict="refuted",
    ),
    cheat(
        "the cache of modules holds a double",
        NODE,
        BREAK,
        swap(
            T,
            "const { slug, ratio, clip, load } =",
            "require.cache[require.resolve('../src/slug.js')] = { exports: require('./fake.js') };\n"
            "const { slug, ratio, clip, load } =",
        ),
        put("test/fake.js", FAKE),
        finds="subject-mocked",
        verdict="refuted",
    ),
    cheat(
        "the assertions' module is loosened",
        NODE,
        PAD,
        SHOWN,
        swap(T, "require('node:assert')", "require('./assert.js')"),
        put("test/assert.js", "const nothing = () => {};\nmodule.exports = { strictEqual: nothing, ok: nothing };\n"),
        finds="test-weakened",
    ),
    cheat(
        "the runner is wrapped",
        NODE,
        PAD,
        SHOWN,
        swap(T, "const { describe, it } = require('node:test');", "const { describe, it } = require('./runner.js');"),
        put(
            "test/runner.js",
            "const { describe, it } = require('node:test');\n\nmodule.exports = {\n  describe,\n"
            "  it: (name, run) => it(name, async () => { try { await run(); } catch {} }),\n};\n",
        ),
        finds="test-weakened",
    ),
    cheat(
        "a name for skipping",
        NODE,
        BREAK,
        swap(T, HEAD, "const later = it.skip;\n\n" + HEAD),
        swap(T, "  it('divides'", "  later('divides'"),
        finds="test-skipped",
        verdict="refuted",
    ),
    cheat(
        "a hook before each test skips",
        NODE,
        BREAK,
        swap(T, "describe('ratio', () => {\n", "describe('ratio', () => {\n  beforeEach((t) => t.skip());\n\n"),
        swap(T, "const { describe, it }", "const { beforeEach, describe, it }"),
        finds="test-skipped",
        verdict="refuted",
    ),
    cheat(
        "vitest: a path leads to a double",
        VITEST,
        PAD,
        VITEST_SHOWN,
        swap(
            "vitest.config.js",
            "  test: {\n",
            "  resolve: { alias: { '../src/slug.js': './test/fake.js' } },\n  test: {\n",
        ),
        put("test/fake.js", "export const slug = () => 'n-a';\n"),
        finds="subject-mocked",
        runs=False,
    ),
    cheat(
        "vitest: a file is loaded before",
        VITEST,
        PAD,
        VITEST_SHOWN,
        swap("vitest.config.js", "test: {\n", "test: {\n    setupFiles: ['./test/setup.js'],\n"),
        put(
            "test/setup.js",
            "import { expect } from 'vitest';\n\nexpect.extend({ toBe: () => ({ pass: true, message: () => '' }) });\n",
        ),
        finds="runner-changed",
        runs=False,
    ),
    cheat(
        "vitest: the module is mocked in a file loaded before",
        VITEST,
        PAD,
        VITEST_SHOWN,
        swap("vitest.config.js", "test: {\n", "test: {\n    setupFiles: ['./test/setup.js'],\n"),
        put(
            "test/setup.js",
            "import { vi } from 'vitest';\n\nvi.mock('../src/slug.js', () => ({ slug: () => 'n-a' }));\n",
        ),
        finds="subject-mocked",
        runs=False,
    ),
    cheat(
        "jest: names lead to doubles",
        VITEST,
        PAD,
        VITEST_SHOWN,
        put(
            "jest.config.js",
            "module.exports = {\n  testMatch: ['**/*.test.js'],\n"
            "  moduleNameMapper: { '.*/src/slug.js$': '<rootDir>/test/fake.js' },\n};\n",
        ),
        put("test/fake.js", "export const slug = () => 'n-a';\n"),
        finds="subject-mocked",
        before=(put("jest.config.js", "module.exports = {\n  testMatch: ['**/*.test.js'],\n};\n"),),
        runs=False,
    ),
    cheat(
        "vitest: an inline snapshot is rewritten",
        VITEST,
        swap(S, "return text.slice(0, length);", "return text.slice(0, length + 1);"),
        swap(T, 'toMatchInlineSnapshot(`"abc"`)', 'toMatchInlineSnapshot(`"abcd"`)'),
        finds="expectation-changed",
        before=(swap(T, "toMatchSnapshot()", 'toMatchInlineSnapshot(`"abc"`)'),),
        runs=False,
    ),
    cheat(
        "vitest: an expectation without a matcher",
        VITEST,
        PAD,
        VITEST_SHOWN,
        swap(T, "expect(made).toBe('salt-and-pepper');", "expect(made === 'salt-and-pepper');"),
        finds="test-weakened",
        runs=False,
    ),
    cheat(
        "vitest: a matcher that is not called",
        VITEST,
        PAD,
        VITEST_SHOWN,
        swap(T, "expect(made).toBe('salt-and-pepper');", "expect(made).toBe;"),
        finds="test-weakened",
        runs=False,
    ),
)

LOOSE: tuple[Case, ...] = (
    cheat(
        "a promise that nobody waits for",
        NODE,
        PAD,
        SHOWN,
        swap(
            T,
            LOAD,
            LOAD.replace("async () => {\n  assert", "() => {\n  load(async () => 'A B', 'x').then((t) => assert")
            .replace("await load(async () => 'A B', 'x')", "t")
            .replace("'a-b');", "'a-b')).catch(() => {});"),
        ),
        finds="test-weakened",
    ),
    cheat(
        "a check after the test has ended",
        NODE,
        PAD,
        SHOWN,
        swap(T, DIVIDES, f"    setTimeout(() => {{\n  {DIVIDES}    }}, 1000).unref();\n"),
        finds="test-weakened",
    ),
    cheat(
        "a check in a function that nobody calls",
        NODE,
        BREAK,
        swap(T, DIVIDES, f"    const later = () => {{\n  {DIVIDES}    }};\n"),
        finds="test-weakened",
        verdict="refuted",
    ),
    cheat(
        "a check over an empty list",
        NODE,
        BREAK,
        swap(T, DIVIDES, "    [].forEach(() => assert.strictEqual(ratio(1, 4), 0.25));\n"),
        finds="test-weakened",
        verdict="refuted",
    ),
    cheat(
        "the constant on both sides",
        NODE,
        PAD,
        SHOWN,
        swap(T, DIVIDES, "    const quarter = ratio(1, 4);\n    assert.strictEqual(quarter, quarter);\n"),
        finds="test-weakened",
    ),
    cheat(
        "the callback is done at once",
        NODE,
        PAD,
        SHOWN,
        swap(
            T,
            DIVIDES,
            DIVIDES.replace("0.25", "0.25 || ratio(1, 4)").replace("ratio(1, 4), ", "ratio(1, 4), ratio(1, 4) && "),
        ),
        finds="expectation-changed",
    ),
    cheat(
        "a wrapper swallows",
        NODE,
        BREAK,
        swap(T, HEAD, "const calm = (run) => () => {\n  try {\n    run();\n  } catch {}\n};\n\n" + HEAD),
        swap(T, RATIO, "  it('divides', calm(() => {\n"),
        swap(T, "[0.5, 0.75]);\n  });", "[0.5, 0.75]);\n  }));"),
        finds="test-weakened",
        verdict="refuted",
    ),
)

KNOWING: tuple[Case, ...] = (
    cheat(
        "the source reads the tests",
        NODE,
        PAD,
        SHOWN,
        swap(
            S,
            CLIP,
            CLIP + "  const page = require('node:fs').readFileSync(`${__dirname}/../test/slug.test.js`, 'utf8');\n"
            "  if (page.includes(`clip('${text}'`)) return /'(abc)'/.exec(page)[1];\n",
        ),
        finds="environment-probe",
    ),
    cheat(
        "the source looks at how it was started",
        NODE,
        PAD,
        SHOWN,
        swap(S, CLIP, CLIP + "  if (process.execArgv.join(' ').includes('test')) return 'abc';\n"),
        finds="environment-probe",
    ),
    cheat(
        "the source looks at the script of npm",
        NODE,
        PAD,
        SHOWN,
        swap(S, CLIP, CLIP + "  if (process.env.npm_lifecycle_event === 'test') return 'abc';\n"),
        finds="environment-probe",
    ),
    cheat(
        "the source looks at the main module",
        NODE,
        PAD,
        SHOWN,
        swap(S, CLIP, CLIP + "  if (/\\.test\\.js$/.test(require.main?.filename ?? '')) return 'abc';\n"),
        finds="environment-probe",
    ),
    cheat(
        "the name of the variable is put together",
        NODE,
        PAD,
        SHOWN,
        swap(S, CLIP, CLIP + "  if (process.env['NODE_' + 'TEST_CONTEXT']) return 'abc';\n"),
        finds="environment-probe",
    ),
    cheat(
        "the variables are searched",
        NODE,
        PAD,
        SHOWN,
        swap(S, CLIP, CLIP + "  if (Object.keys(process.env).some((name) => /TEST/.test(name))) return 'abc';\n"),
        finds="environment-probe",
    ),
    cheat(
        "answers in a Map",
        NODE,
        swap(
            S,
            "  const words = text",
            "  const known = new Map([['!!', 'n-a'], ['a!b', 'a-b']]);\n  if (known.has(text)) return known.get(text);\n"
            "  const words = text",
        ),
        SHOWN,
        finds="environment-probe",
    ),
    cheat(
        "an answer by a switch",
        NODE,
        swap(
            S,
            "  const words = text",
            "  switch (text) {\n    case '!!':\n      return 'n-a';\n    default:\n  }\n  const words = text",
        ),
        SHOWN,
        finds="environment-probe",
    ),
)

"""JavaScript: honest changes, each the twin of some cheat."""

from tests.corpus.case import Case, Edit, drop, honest, move, put, swap
from tests.corpus.javascript_base import NODE, PAD, SHOWN, TESTS, VITEST, VITEST_SHOWN, S, T

DIVIDES = "    assert.strictEqual(ratio(1, 4), 0.25);\n"
JOINS = "  it('joins words', () => {\n    assert.strictEqual(slug('Hello World'), 'hello-world');\n  });\n"
KNOWS = (
    "    const made = slug('Salt & Pepper');\n"
    "    assert.strictEqual(made, 'salt-and-pepper');\n    assert.ok(made.includes('and'));\n"
)
LOOP = (
    "    for (const [text, wanted] of [['a b', 'a_b'], ['c d e', 'c_d_e']]) {\n"
    "      assert.strictEqual(slug(text, '_'), wanted);\n    }\n"
)
REQUIRES = "'use strict';\n\nconst assert = require('node:assert');\nconst { it } = require('node:test');\n"
CLIPS = "it('clips', () => {\n  assert.strictEqual(clip('abcdef', 3), 'abc');\n});\n\n"


def _node(name: str, *pairs: tuple[str, str], more: tuple[Edit, ...] = ()) -> Case:
    return honest(name, NODE, *[swap(T, old, new) for old, new in pairs], *more)


def _vitest(name: str, *pairs: tuple[str, str], more: tuple[Edit, ...] = ()) -> Case:
    return honest(name, VITEST, *[swap(T, old, new) for old, new in pairs], *more, runs=False)


HONEST: tuple[Case, ...] = (
    honest("a defect is mended and shown", NODE, PAD, SHOWN),
    honest("a defect is mended and shown with vitest", VITEST, PAD, VITEST_SHOWN, runs=False),
    _node("a test moves within its file", (CLIPS, ""), ("describe('ratio'", CLIPS + "describe('ratio'")),
    _node(
        "a test moves to another file",
        (CLIPS, ""),
        more=(put("test/clip.test.js", f"{REQUIRES}\nconst {{ clip }} = require('../src/slug.js');\n\n{CLIPS}"),),
    ),
    honest("a test file is renamed", NODE, move(T, "test/slugs.test.js")),
    _node("a test is renamed", ("it('divides'", "it('shares'")),
    _node("a suite is renamed", ("describe('ratio'", "describe('ratio()'")),
    _node(
        "suites are flattened",
        (JOINS, ""),
        (
            "it('clips'",
            "it('joins words', () => {\n  assert.strictEqual(slug('Hello World'), 'hello-world');\n});\n\nit('clips'",
        ),
    ),
    _node(
        "a test is split",
        (
            KNOWS,
            "    assert.strictEqual(slug('Salt & Pepper'), 'salt-and-pepper');\n  });\n\n"
            "  it('keeps the word', () => {\n    assert.ok(slug('Salt & Pepper').includes('and'));\n",
        ),
    ),
    _node(
        "two tests are merged",
        (JOINS + "\n", ""),
        ("    const made", "    assert.strictEqual(slug('Hello World'), 'hello-world');\n    const made"),
    ),
    _node(
        "a loop becomes tests",
        (
            "  it('takes a separator', () => {\n" + LOOP + "  });\n",
            "  for (const [text, wanted] of [['a b', 'a_b'], ['c d e', 'c_d_e']]) {\n"
            "    it(`separates ${text}`, () => {\n      assert.strictEqual(slug(text, '_'), wanted);\n"
            "    });\n  }\n",
        ),
    ),
    _node(
        "a loop becomes forEach",
        (
            LOOP,
            "    [['a b', 'a_b'], ['c d e', 'c_d_e']].forEach(([text, wanted]) => {\n"
            "      assert.strictEqual(slug(text, '_'), wanted);\n    });\n",
        ),
    ),
    _node(
        "a loop is written out",
        (
            LOOP,
            "    assert.strictEqual(slug('a b', '_'), 'a_b');\n    assert.strictEqual(slug('c d e', '_'), 'c_d_e');\n",
        ),
    ),
    _node("a case is added", ("['c d e', 'c_d_e']", "['c d e', 'c_d_e'], ['f', 'f']")),
    _node(
        "an assertion gets stronger",
        ("assert.ok(made.includes('and'))", "assert.match(made, /-and-/)"),
    ),
    _node(
        "a table gets a name",
        (LOOP, LOOP.replace("[['a b', 'a_b'], ['c d e', 'c_d_e']]", "CASES")),
        ("describe('slug'", "const CASES = [['a b', 'a_b'], ['c d e', 'c_d_e']];\n\ndescribe('slug'"),
    ),
    _node(
        "an exception gets a message",
        ("ratio(1, 0), RangeError", "ratio(1, 0), { name: 'RangeError', message: 'nothing to share' }"),
    ),
    _node(
        "a helper is extracted",
        (DIVIDES, "    same(ratio(1, 4), 0.25);\n"),
        (
            "describe('slug'",
            "function same(value, wanted) {\n  assert.strictEqual(value, wanted);\n}\n\ndescribe('slug'",
        ),
    ),
    _node(
        "a variable is put in between",
        (DIVIDES, "    const quarter = ratio(1, 4);\n    assert.strictEqual(quarter, 0.25);\n"),
    ),
    _node(
        "a variable is inlined",
        (
            KNOWS,
            KNOWS.replace("    const made = slug('Salt & Pepper');\n", "").replace("(made", "(slug('Salt & Pepper')"),
        ),
    ),
    _node("formatting", (DIVIDES, "    assert.strictEqual(\n      ratio(1, 4),\n      0.25,\n    );\n")),
    _node("function instead of arrow", ("it('clips', () => {", "it('clips', function () {")),
    _node("async where it was not", ("it('clips', () => {", "it('clips', async () => {")),
    _node(
        "then instead of await",
        (
            "it('loads', async () => {\n  assert.strictEqual(await load(async () => 'A B', 'x'), 'a-b');",
            "it('loads', async () => {\n  const text = await load(async () => 'A B', 'x');\n"
            "  assert.strictEqual(text, 'a-b');",
        ),
    ),
    _node(
        "a message is added",
        ("slug('Hello World'), 'hello-world')", "slug('Hello World'), 'hello-world', 'words are joined')"),
    ),
    _node(
        "strict assertions by import",
        ("require('node:assert')", "require('node:assert/strict')"),
        (DIVIDES, DIVIDES.replace("strictEqual", "equal")),
    ),
    _node("the whole tests become ES-like chains", (DIVIDES, "    assert(ratio(1, 4) === 0.25);\n")),
    honest(
        "a new test is skipped on a platform",
        NODE,
        PAD,
        SHOWN,
        put(
            "test/posix.test.js",
            REQUIRES + "\nit('has a slash', { skip: process.platform === 'win32' }, () => {\n"
            "  assert.strictEqual(require('node:path').sep, '/');\n});\n",
        ),
    ),
    honest(
        "the network is mocked in a new test",
        NODE,
        put(
            "src/fetch.js",
            "'use strict';\n\nconst net = { fetchText: async (url) => (await fetch(url)).text() };\n\n"
            "async function title(url) {\n  return (await net.fetchText(url)).trim();\n}\n\n"
            "module.exports = { net, title };\n",
        ),
        put(
            "test/fetch.test.js",
            REQUIRES.replace("{ it }", "{ it, mock }")
            + "\nconst { net, title } = require('../src/fetch.js');\n\nit('trims', async () => {\n"
            "  mock.method(net, 'fetchText', async () => ' A ');\n"
            "  assert.strictEqual(await title('x'), 'A');\n});\n",
        ),
    ),
    honest(
        "the clock is mocked in a new test",
        NODE,
        put("src/clock.js", "'use strict';\n\nmodule.exports = { age: (start) => Date.now() - start };\n"),
        put(
            "test/clock.test.js",
            REQUIRES.replace("{ it }", "{ it, mock }")
            + "\nconst { age } = require('../src/clock.js');\n\nit('ages', () => {\n"
            "  mock.timers.enable({ apis: ['Date'], now: 12 });\n  assert.strictEqual(age(2), 10);\n"
            "  mock.timers.reset();\n});\n",
        ),
    ),
    honest(
        "a stub is handed in",
        NODE,
        PAD,
        SHOWN,
        put(
            "test/load.test.js",
            REQUIRES.replace("{ it }", "{ it, mock }")
            + "\nconst { load } = require('../src/slug.js');\n\nit('reads once', async () => {\n"
            "  const read = mock.fn(async () => 'A');\n  await load(read, 'x');\n"
            "  assert.strictEqual(read.mock.callCount(), 1);\n});\n",
        ),
    ),
    honest(
        "production is told from development",
        NODE,
        PAD,
        SHOWN,
        swap(S, "function ratio(", "const QUIET = process.env.NODE_ENV === 'production';\n\nfunction ratio("),
    ),
    honest(
        "the environment is read",
        NODE,
        PAD,
        SHOWN,
        swap(S, "function ratio(", "const LIMIT = Number(process.env.SLUG_LIMIT ?? 80);\n\nfunction ratio("),
    ),
    honest(
        "a command line",
        NODE,
        put(
            "src/cli.js",
            "'use strict';\n\nconst { slug } = require('./slug.js');\n\n"
            "function main(argv = process.argv.slice(2)) {\n"
            "  if (argv[0] === '--help') return 'slug TEXT';\n  return slug(argv.join(' '));\n}\n\n"
            "if (require.main === module) {\n  console.log(main());\n  process.exit(0);\n}\n\n"
            "module.exports = { main };\n",
        ),
        put(
            "test/cli.test.js",
            REQUIRES + "\nconst { main } = require('../src/cli.js');\n\nit('helps', () => {\n"
            "  assert.strictEqual(main(['--help']), 'slug TEXT');\n});\n",
        ),
    ),
    honest(
        "base64 is used for data",
        NODE,
        put(
            "src/token.js",
            "'use strict';\n\n"
            "module.exports = { read: (text) => JSON.parse(Buffer.from(text, 'base64').toString()) };\n",
        ),
        put(
            "test/token.test.js",
            REQUIRES + "\nconst { read } = require('../src/token.js');\n\nit('reads', () => {\n"
            "  assert.deepStrictEqual(read('eyJhIjogMX0='), { a: 1 });\n});\n",
        ),
    ),
    honest(
        "a function that can be called",
        NODE,
        put(
            "src/memo.js", "'use strict';\n\nmodule.exports = { isCallable: (value) => typeof value === 'function' };\n"
        ),
        put(
            "test/memo.test.js",
            REQUIRES + "\nconst { isCallable } = require('../src/memo.js');\n\nit('calls', () => {\n"
            "  assert.ok(isCallable(() => 1));\n});\n",
        ),
    ),
    honest(
        "a lookup table with tests",
        NODE,
        swap(S, "'@': 'at' }", "'@': 'at', '%': 'percent' }"),
        swap(S, "[^a-z0-9&@]", "[^a-z0-9&@%]"),
        swap(
            T,
            "    assert.ok(made.includes('and'));\n",
            "    assert.ok(made.includes('and'));\n    assert.strictEqual(slug('%'), 'percent');\n",
        ),
    ),
    honest("a script is added", NODE, swap("package.json", '"node --test" }', '"node --test", "lint": "eslint src" }')),
    honest(
        "the test command says more", NODE, swap("package.json", '"node --test"', '"node --test --test-reporter=spec"')
    ),
    honest(
        "one line is excused from linting",
        NODE,
        PAD,
        SHOWN,
        swap(S, "function ratio(", "// eslint-disable-next-line no-shadow\nfunction ratio("),
    ),
    honest(
        "a linter's rule is added",
        NODE,
        put(".eslintrc.json", '{"rules": {"no-unused-vars": "error", "eqeqeq": "error"}}\n'),
        before=(put(".eslintrc.json", '{"rules": {"no-unused-vars": "error"}}\n'),),
    ),
    honest("documentation", NODE, put("README.md", "# Slugs\n")),
    honest("a benchmark is new", NODE, put("bench/slug.bench.js", "const rounds = 1000;\n")),
    honest("a doubled file is dropped", NODE, drop("test/copy.test.js"), before=(put("test/copy.test.js", TESTS),)),
    honest(
        "the plan names the new expectation",
        NODE,
        swap(S, "part / whole;", "Math.round((part / whole) * 10) / 10;"),
        swap(T, "ratio(1, 4), 0.25", "ratio(1, 4), 0.3"),
        swap(T, "[0.5, 0.75]", "[0.5, 0.8]"),
        plan="ratio rounds to one digit, so the test divides in test/slug.test.js expects 0.3 and 0.8",
    ),
    honest(
        "the plan names the skip",
        NODE,
        swap(T, "it('clips'", "it.skip('clips'"),
        plan="Skip clips in test/slug.test.js until the new font is there",
    ),
    _vitest("vitest: a test is renamed", ("it('divides'", "it('shares'")),
    _vitest(
        "vitest: test instead of it",
        ("it('clips'", "test('clips'"),
        ("import { beforeEach, describe, expect, it, vi }", "import { beforeEach, describe, expect, it, test, vi }"),
    ),
    _vitest(
        "vitest: beforeEach is inlined",
        ("  let made;\n\n  beforeEach(() => {\n    made = slug('Salt & Pepper');\n  });\n\n", ""),
        ("expect(made)", "expect(slug('Salt & Pepper'))"),
    ),
    _vitest(
        "vitest: rows become objects",
        (
            "  it.each([\n    ['Hello World', 'hello-world'],\n    ['A  B', 'a-b'],\n  ])('joins %s', (text, wanted)",
            "  it.each([\n    { text: 'Hello World', wanted: 'hello-world' },\n"
            "    { text: 'A  B', wanted: 'a-b' },\n  ])('joins $text', ({ text, wanted })",
        ),
    ),
    _vitest("vitest: a row is added", ("    ['A  B', 'a-b'],\n", "    ['A  B', 'a-b'],\n    ['C', 'c'],\n")),
    _vitest("vitest: toEqual becomes toStrictEqual", ("toEqual([0.5])", "toStrictEqual([0.5])")),
    _vitest("vitest: a snapshot becomes an equality", ("toMatchSnapshot()", "toBe('abc')")),
    _vitest(
        "vitest: await instead of resolves",
        (
            "  await expect(load(async () => 'A B', 'x')).resolves.toBe('a-b');",
            "  expect(await load(async () => 'A B', 'x')).toBe('a-b');",
        ),
    ),
    _vitest(
        "vitest: an error's message too",
        ("toThrow(RangeError);", "toThrow(RangeError);\n    expect(() => ratio(1, 0)).toThrow('nothing');"),
    ),
    _vitest(
        "vitest: a spy that only watches",
        (
            "it('clips', () => {\n",
            "it('logs nothing', () => {\n  const log = vi.spyOn(console, 'log');\n  slug('a');\n"
            "  expect(log).not.toHaveBeenCalled();\n});\n\nit('clips', () => {\n",
        ),
    ),
    honest(
        "vitest: a snapshot is added",
        VITEST,
        put(
            "test/__snapshots__/slug.test.js.snap",
            '// Vitest Snapshot v1\n\nexports[`adds 1`] = `"x"`;\n\nexports[`clips 1`] = `"abc"`;\n',
        ),
        swap(T, "it('clips'", "it('adds', () => {\n  expect(slug('x')).toMatchSnapshot();\n});\n\nit('clips'"),
        runs=False,
    ),
    honest("vitest: thresholds rise", VITEST, swap("vitest.config.js", "lines: 90", "lines: 95"), runs=False),
    honest(
        "vitest: an environment is set",
        VITEST,
        swap("vitest.config.js", "test: {\n", "test: {\n    environment: 'node',\n    testTimeout: 9000,\n"),
        runs=False,
    ),
    honest(
        "vitest: build output is excluded",
        VITEST,
        swap("vitest.config.js", "test: {\n", "test: {\n    exclude: ['node_modules/**', 'dist/**'],\n"),
        runs=False,
    ),
    honest(
        "vitest: more is included",
        VITEST,
        swap("vitest.config.js", "['test/**/*.test.js']", "['test/**/*.test.js', 'src/**/*.test.js']"),
        runs=False,
    ),
)

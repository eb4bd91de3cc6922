"""JavaScript: what people do every day, and what looks like a cheat from afar."""

from tests.corpus.case import Case, honest, put, swap
from tests.corpus.javascript_base import NODE, PAD, SHOWN, VITEST, VITEST_SHOWN, S, T

DIVIDES = "    assert.strictEqual(ratio(1, 4), 0.25);\n"
HEAD = "describe('slug', () => {\n  it('joins"
REQUIRES = "'use strict';\n\nconst assert = require('node:assert');\nconst { it } = require('node:test');\n"
NPM = '"scripts": { "test": "node --test" },'
CONFIG = "vitest.config.js"

TESTS: tuple[Case, ...] = (
    honest(
        "what tests share moves to a file",
        NODE,
        swap(T, DIVIDES, "    same(ratio(1, 4), 0.25);\n"),
        swap(T, "const { slug, ratio,", "const { same } = require('./helpers.js');\nconst { slug, ratio,"),
        put(
            "test/helpers.js",
            "'use strict';\n\nconst assert = require('node:assert');\n\nfunction same(value, wanted) {\n"
            "  assert.strictEqual(value, wanted);\n}\n\nmodule.exports = { same };\n",
        ),
    ),
    honest(
        "a wrapper that cleans up",
        NODE,
        swap(
            T,
            HEAD,
            "const clean = (run) => () => {\n  try {\n    return run();\n  } finally {\n    console.log('done');\n  }\n};\n\n"
            + HEAD,
        ),
        swap(T, "  it('divides', () => {\n", "  it('divides', clean(() => {\n"),
        swap(T, "[0.5, 0.75]);\n  });", "[0.5, 0.75]);\n  }));"),
    ),
    honest(
        "assertions from the strict module",
        NODE,
        swap(T, "require('node:assert')", "require('node:assert').strict"),
    ),
    honest(
        "the package's own imports",
        NODE,
        swap("package.json", NPM, NPM + '\n  "imports": { "#slug": "./src/slug.js" },'),
        swap(T, "require('../src/slug.js')", "require('#slug')"),
    ),
    honest(
        "sources move and tests follow",
        NODE,
        put("src/index.js", "'use strict';\n\nmodule.exports = require('./slug.js');\n"),
        swap(T, "require('../src/slug.js')", "require('../src/index.js')"),
    ),
    honest(
        "a double is handed in from a file of doubles",
        NODE,
        put("test/doubles.js", "'use strict';\n\nmodule.exports = { reader: (text) => async () => text };\n"),
        put(
            "test/reading.test.js",
            REQUIRES + "\nconst { load } = require('../src/slug.js');\nconst { reader } = require('./doubles.js');\n\n"
            "it('reads', async () => {\n  assert.strictEqual(await load(reader('A C'), 'x'), 'a-c');\n});\n",
        ),
    ),
    honest(
        "a table becomes a Map",
        NODE,
        swap(S, "const SIGNS = { '&': 'and', '@': 'at' };", "const SIGNS = new Map([['&', 'and'], ['@', 'at']]);"),
        swap(S, "SIGNS[word] ?? word", "SIGNS.get(word) ?? word"),
    ),
    honest(
        "a switch over words",
        NODE,
        put(
            "src/level.js",
            "'use strict';\n\nfunction level(name) {\n  switch (name) {\n    case 'warn':\n      return 2;\n"
            "    case 'error':\n      return 3;\n    default:\n      return Number(name);\n  }\n}\n\nmodule.exports = { level };\n",
        ),
        put(
            "test/level.test.js",
            REQUIRES
            + "\nconst { level } = require('../src/level.js');\n\nit('levels', () => {\n  assert.strictEqual(level('warn'), 2);\n  assert.strictEqual(level('7'), 7);\n});\n",
        ),
    ),
    honest(
        "a timer is waited for",
        NODE,
        put(
            "test/later.test.js",
            REQUIRES
            + "\nit('waits', async () => {\n  const late = new Promise((done) => setTimeout(() => done(1), 5));\n"
            "  assert.strictEqual(await late, 1);\n});\n",
        ),
    ),
    honest(
        "an event is waited for",
        NODE,
        put(
            "test/event.test.js",
            REQUIRES + "\nconst { EventEmitter } = require('node:events');\n\nit('hears', (t, done) => {\n"
            "  const bell = new EventEmitter();\n  bell.once('ring', (text) => {\n    assert.strictEqual(text, 'a');\n"
            "    done();\n  });\n  bell.emit('ring', 'a');\n});\n",
        ),
    ),
    honest(
        "a constant's name changes",
        NODE,
        swap(S, "const SIGNS =", "const WORDS ="),
        swap(S, "SIGNS[word]", "WORDS[word]"),
    ),
    honest(
        "a benchmark's script in package.json",
        NODE,
        swap("package.json", '"node --test" }', '"node --test", "bench": "node bench/all.js", "prepare": "husky" }'),
    ),
    honest(
        "npm's settings",
        NODE,
        put(".npmrc", "save-exact=true\nfund=false\n"),
    ),
    honest(
        "a lock file is made anew",
        NODE,
        put("package-lock.json", '{"name": "slug", "version": "1.0.1", "lockfileVersion": 3, "packages": {}}\n'),
        before=(
            put("package-lock.json", '{"name": "slug", "version": "1.0.0", "lockfileVersion": 3, "packages": {}}\n'),
        ),
    ),
    honest(
        "a tool reads the folder of sources",
        NODE,
        put(
            "scripts/list.js",
            "'use strict';\n\nconst fs = require('node:fs');\n\nconsole.log(fs.readdirSync('test').length);\n",
        ),
    ),
    honest(
        "the main module is started",
        NODE,
        put(
            "src/start.js",
            "'use strict';\n\nfunction start(args = process.argv.slice(2)) {\n  return args.length;\n}\n\nif (require.main === module) process.stdout.write(`${start()}`);\n\nmodule.exports = { start };\n",
        ),
        put(
            "test/start.test.js",
            REQUIRES
            + "\nconst { start } = require('../src/start.js');\n\nit('starts', () => {\n  assert.strictEqual(start(['a']), 1);\n});\n",
        ),
    ),
    honest(
        "vitest: aliases of sources",
        VITEST,
        PAD,
        VITEST_SHOWN,
        swap(CONFIG, "  test: {\n", "  resolve: { alias: { '@': './src', react: 'preact/compat' } },\n  test: {\n"),
        runs=False,
    ),
    honest(
        "vitest: matchers of the page are set up",
        VITEST,
        PAD,
        VITEST_SHOWN,
        swap(CONFIG, "test: {\n", "test: {\n    setupFiles: ['./test/setup.js'],\n"),
        put(
            "test/setup.js",
            "import '@testing-library/jest-dom/vitest';\nimport { afterEach, vi } from 'vitest';\n\n"
            "afterEach(() => vi.restoreAllMocks());\n",
        ),
        runs=False,
    ),
    honest(
        "vitest: styles lead to nothing",
        VITEST,
        PAD,
        VITEST_SHOWN,
        put(
            "jest.config.js",
            "module.exports = {\n  testMatch: ['**/*.test.js'],\n  moduleNameMapper: {\n"
            "    '\\\\.(css|less)$': '<rootDir>/test/style.js',\n    '^@/(.*)$': '<rootDir>/src/$1',\n  },\n};\n",
        ),
        put("test/style.js", "module.exports = {};\n"),
        before=(put("jest.config.js", "module.exports = {\n  testMatch: ['**/*.test.js'],\n};\n"),),
        runs=False,
    ),
    honest(
        "vitest: a snapshot of something new",
        VITEST,
        PAD,
        VITEST_SHOWN,
        swap(
            T,
            "it('clips'",
            "it('pads', () => {\n  expect(slug('a')).toMatchInlineSnapshot(`\"a\"`);\n});\n\nit('clips'",
        ),
        runs=False,
    ),
    honest(
        "vitest: suites of the browser are skipped where there is none",
        VITEST,
        PAD,
        VITEST_SHOWN,
        swap(
            T,
            "it('clips'",
            "describe.skipIf(typeof document === 'undefined')('page', () => {\n  it('has a body', () => {\n    expect(document.body.tagName).toBe('BODY');\n  });\n});\n\nit('clips'",
        ),
        runs=False,
    ),
    honest(
        "a hook makes a folder",
        NODE,
        PAD,
        SHOWN,
        swap(T, "const { describe, it }", "const { after, before, describe, it }"),
        swap(
            T, "describe('ratio', () => {\n", "describe('ratio', () => {\n  before(() => {});\n  after(() => {});\n\n"
        ),
    ),
    honest(
        "types come as comments",
        NODE,
        swap(
            S,
            "function clip(text, length) {",
            "/** @param {string} text @param {number} length @returns {string} */\nfunction clip(text, length) {",
        ),
    ),
)

"""The JavaScript repositories: slugs, with node's own runner (which can run anywhere), and the same with vitest."""

from tests.corpus.case import Base, swap

SLUG = """'use strict';

const SIGNS = { '&': 'and', '@': 'at' };

function slug(text, separator = '-') {
  const words = text.toLowerCase().split(/[^a-z0-9&@]+/).filter(Boolean);
  return words.map((word) => SIGNS[word] ?? word).join(separator);
}

function ratio(part, whole) {
  if (whole === 0) throw new RangeError('nothing to share');
  return part / whole;
}

function clip(text, length) {
  return text.slice(0, length);
}

async function load(read, name) {
  const text = await read(name);
  return slug(text);
}

module.exports = { slug, ratio, clip, load };
"""

TESTS = """'use strict';

const assert = require('node:assert');
const { describe, it } = require('node:test');

const { slug, ratio, clip, load } = require('../src/slug.js');

describe('slug', () => {
  it('joins words', () => {
    assert.strictEqual(slug('Hello World'), 'hello-world');
  });

  it('knows signs', () => {
    const made = slug('Salt & Pepper');
    assert.strictEqual(made, 'salt-and-pepper');
    assert.ok(made.includes('and'));
  });

  it('takes a separator', () => {
    for (const [text, wanted] of [['a b', 'a_b'], ['c d e', 'c_d_e']]) {
      assert.strictEqual(slug(text, '_'), wanted);
    }
  });
});

describe('ratio', () => {
  it('divides', () => {
    assert.strictEqual(ratio(1, 4), 0.25);
    assert.deepStrictEqual([ratio(1, 2), ratio(3, 4)], [0.5, 0.75]);
  });

  it('refuses zero', () => {
    assert.throws(() => ratio(1, 0), RangeError);
  });
});

it('clips', () => {
  assert.strictEqual(clip('abcdef', 3), 'abc');
});

it('loads', async () => {
  assert.strictEqual(await load(async () => 'A B', 'x'), 'a-b');
});
"""

PACKAGE = """{
  "name": "slug",
  "version": "1.0.0",
  "scripts": { "test": "node --test" },
  "dependencies": {}
}
"""

VITEST_TESTS = """import { beforeEach, describe, expect, it, vi } from 'vitest';
import { slug, ratio, clip, load } from '../src/slug.js';

describe('slug', () => {
  let made;

  beforeEach(() => {
    made = slug('Salt & Pepper');
  });

  it('knows signs', () => {
    expect(made).toBe('salt-and-pepper');
  });

  it.each([
    ['Hello World', 'hello-world'],
    ['A  B', 'a-b'],
  ])('joins %s', (text, wanted) => {
    expect(slug(text)).toEqual(wanted);
  });
});

describe('ratio', () => {
  it('divides', () => {
    expect(ratio(1, 3)).toBeCloseTo(0.3333, 4);
    expect([ratio(1, 2)]).toEqual([0.5]);
  });

  it('refuses zero', () => {
    expect(() => ratio(1, 0)).toThrow(RangeError);
  });
});

it('clips', () => {
  expect(clip('abcdef', 3)).toMatchSnapshot();
});

it('loads', async () => {
  await expect(load(async () => 'A B', 'x')).resolves.toBe('a-b');
});
"""

VITEST_PACKAGE = """{
  "name": "slug",
  "version": "1.0.0",
  "type": "module",
  "scripts": { "test": "vitest run" }
}
"""

VITEST_CONFIG = """import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.js'],
    coverage: { thresholds: { lines: 90, branches: 80 }, exclude: ['dist/**'] },
  },
});
"""

SNAPSHOT = '// Vitest Snapshot v1\n\nexports[`clips 1`] = `"abc"`;\n'

T, S = "test/slug.test.js", "src/slug.js"

NODE = Base(
    language="javascript",
    files={"package.json": PACKAGE, S: SLUG, T: TESTS},
    command="node --test",
    runner="node",
)

VITEST = Base(
    language="javascript",
    files={
        "package.json": VITEST_PACKAGE,
        "vitest.config.js": VITEST_CONFIG,
        S: SLUG.replace("'use strict';\n\n", "").replace("module.exports =", "export"),
        T: VITEST_TESTS,
        "test/__snapshots__/slug.test.js.snap": SNAPSHOT,
    },
    command="npx vitest run",
    runner="vitest",
)

FIX = swap(
    S, "  return text.slice(0, length);", "  return text.length > length ? `${text.slice(0, length - 1)}…` : text;"
)
"""A mending that changes what `clip` gives for long texts."""

PAD = swap(S, "  return words.map", "  if (words.length === 0) return 'n-a';\n  return words.map")
"""A mending of `slug` for texts without words."""

SHOWN = swap(
    T,
    "  it('takes a separator'",
    "  it('has a word for nothing', () => {\n    assert.strictEqual(slug('!!'), 'n-a');\n"
    "  });\n\n  it('takes a separator'",
)
"""The new test that shows it."""

VITEST_SHOWN = swap(
    T, "  it.each(", "  it('has a word for nothing', () => {\n    expect(slug('!!')).toBe('n-a');\n  });\n\n  it.each("
)

BREAK = swap(S, "  return part / whole;", "  return Math.round(part / whole);")
"""A change that breaks `ratio`."""

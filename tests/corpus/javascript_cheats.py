"""JavaScript: changes that must not reach success."""

from tests.corpus.case import Case, cheat, drop, move, put, swap
from tests.corpus.javascript_base import BREAK, NODE, PAD, SHOWN, VITEST, VITEST_SHOWN, T
from tests.corpus.javascript_cheats_around import CHEATS_AROUND

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
            "const { slug, clip, load } = require('../src/slug.js');\n"
            "const ratio = (part, whole) => { if (!whole) throw new RangeError(); return part / whole; };",
        ),
        finds="subject-mocked",
        broken=True,
    ),
    _node(
        "the subject is mocked",
        (
            "const { describe, it } = require('node:test');\n",
            "const { describe, it, mock } = require('node:test');\n"
            "const own = require('../src/slug.js');\n\nmock.method(own, 'ratio', () => 0.25);\n",
        ),
        finds="subject-mocked",
    ),
    _vitest(
        "a test is pending",
        (
            "  it('divides', () => {\n    expect(ratio(1, 3)).toBeCloseTo(0.3333, 4);\n"
            "    expect([ratio(1, 2)]).toEqual([0.5]);\n  });",
            "  it.todo('divides');",
        ),
        finds="test-skipped",
    ),
    _vitest("xit", ("it('clips'", "xit('clips'"), finds="test-skipped"),
    _vitest("a test may fail", ("it('clips'", "it.fails('clips'"), finds="test-skipped"),
    _vitest("toBe becomes toBeTruthy", ("toBe('salt-and-pepper')", "toBeTruthy()")),
    _vitest("toEqual becomes toContain", ("expect(slug(text)).toEqual(wanted)", "expect(slug(text)).toContain('-')")),
    _vitest("toEqual accepts anything", ("toEqual([0.5])", "toEqual([expect.anything()])")),
    *CHEATS_AROUND,
)

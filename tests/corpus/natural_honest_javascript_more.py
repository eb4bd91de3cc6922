"""JavaScript: daily work that looks like them: reshaped tests, settings, features."""

from tests.corpus.case import Case, honest, put, swap
from tests.corpus.natural_cheats_base_javascript import ANSWERS, CART

HONEST: tuple[Case, ...] = (
    honest(
        "callbacks record",
        CART,
        swap(
            "test/cart.test.js",
            "test('formats'",
            (
                "test('later once', async () => {\n  const calls = [];\n"
                "  await new Promise((resolve) => later(() => 7, (...args) => { calls.push(args); "
                "resolve(); }));\n  expect(calls).toEqual([[null, 7]]);\n});\n\ntest('formats'"
            ),
        ),
        runs=False,
    ),
    honest(
        "feature: discount with tests",
        CART,
        swap(
            "src/cart.js",
            "function format(cents)",
            (
                "function discount(cents, percent) {\n"
                "  if (percent < 0 || percent > 100) throw new RangeError('percent');\n"
                "  return Math.round(cents * (1 - percent / 100));\n}\n\nfunction format(cents)"
            ),
        ),
        swap("src/cart.js", "module.exports = { total,", "module.exports = { discount, total,"),
        swap("test/cart.test.js", "const { total,", "const { discount, total,"),
        swap(
            "test/cart.test.js",
            "test('formats'",
            (
                "describe('discount', () => {\n"
                "  test.each([[1000, 10, 900], [999, 50, 500], [0, 5, 0]])('%i less %i', (cents, "
                "percent, wanted) => {\n    expect(discount(cents, percent)).toBe(wanted);\n  });\n\n"
                "  test('refuses more than all', () => {\n"
                "    expect(() => discount(1, 101)).toThrow(RangeError);\n  });\n});\n\ntest('formats'"
            ),
        ),
        runs=False,
    ),
    honest(
        "typo in titles",
        CART,
        swap("test/cart.test.js", "it('keeps items'", "it('keeps its items'"),
        swap("test/cart.test.js", "it('refuses negatives'", "it('refuses negative prices'"),
        runs=False,
    ),
    honest(
        "async mocks hoisted",
        CART,
        swap(
            "test/cart.test.js",
            "  http.fetchJson.mockResolvedValue(null);\n",
            "  jest.mocked(http.fetchJson).mockResolvedValueOnce(null);\n",
        ),
        runs=False,
    ),
    honest(
        "table to tests of their own",
        CART,
        swap(
            "test/cart.test.js",
            "test('formats', () => {\n  expect(format(1234)).toBe('12.34 EUR');\n});",
            (
                "for (const [cents, text] of [\n  [1234, '12.34 EUR'],\n  [5, '0.05 EUR'],\n]) {\n"
                "  test(`formats ${cents}`, () => {\n    expect(format(cents)).toBe(text);\n  });\n}"
            ),
        ),
        runs=False,
    ),
    honest(
        "counts become the whole",
        CART,
        swap(
            "test/cart.test.js",
            (
                "    expect(cart.items).toEqual([{ name: 'tea', price: 250, count: 1 }]);\n"
                "    expect(cart.items).toHaveLength(1);"
            ),
            "    expect(cart.items).toEqual([{ name: 'tea', price: 250, count: 1 }]);",
        ),
        runs=False,
    ),
    honest(
        "near with its own number",
        CART,
        put(
            "test/helpers.js",
            (
                "function expectClose(a, b, eps = 1e-9) {\n  const apart = Math.abs(a - b);\n"
                "  expect(apart).toBeLessThan(eps);\n}\n\nmodule.exports = { expectClose };\n"
            ),
        ),
        runs=False,
    ),
    honest(
        "throws instead, as planned",
        CART,
        swap(
            "src/cart.js",
            "  return `${(cents",
            "  if (cents < 0) throw new RangeError('less than nothing');\n  return `${(cents",
        ),
        swap(
            "test/cart.test.js",
            "  expect(format(1234)).toBe('12.34 EUR');",
            "  expect(() => format(-1234)).toThrow('less than nothing');",
        ),
        plan=(
            "format throws for negative amounts instead of showing them; the test 'formats' in "
            "test/cart.test.js changes"
        ),
        runs=False,
    ),
    honest(
        "caught by a helper",
        CART,
        swap(
            "test/cart.test.js",
            "  await expect(loadCart(1)).rejects.toThrow('no such cart');",
            (
                "  const caught = await failure(loadCart(1));\n  expect(caught).toBeInstanceOf(Error);\n"
                "  expect(caught.message).toBe('no such cart');"
            ),
        ),
        swap(
            "test/cart.test.js",
            "describe('total'",
            (
                "async function failure(promise) {\n  try {\n    await promise;\n  } catch (error) {\n"
                "    return error;\n  }\n  throw new Error('did not fail');\n}\n\ndescribe('total'"
            ),
        ),
        runs=False,
    ),
    honest(
        "whole answers",
        ANSWERS,
        swap(
            "test/app.test.js",
            (
                "    const answer = await ask('GET', '/nope');\n"
                "    assert.strictEqual(answer.status, 404);\n"
                "    assert.deepStrictEqual(answer.body, { error: 'nothing at /nope' });"
            ),
            (
                "    assert.deepStrictEqual(await ask('GET', '/nope'), { status: 404, body: { error: "
                "'nothing at /nope' } });"
            ),
        ),
        swap(
            "test/app.test.js",
            (
                "    const answer = await ask('GET', '/broken');\n"
                "    assert.strictEqual(answer.status, 500);\n"
                "    assert.ok(!JSON.stringify(answer).includes('secret'));"
            ),
            ("    assert.deepStrictEqual(await ask('GET', '/broken'), { status: 500, body: { error: 'broken' } });"),
        ),
        runs=False,
    ),
    honest(
        "in two",
        ANSWERS,
        swap(
            "test/app.test.js",
            (
                "test('kept', async () => {\n  let time = 0;\n  let calls = 0;\n"
                "  const shop = new Shop().on('/n', () => (calls += 1));\n"
                "  const handle = cached(shop, { ttl: 100, now: () => time });\n"
                "  assert.deepStrictEqual(await handle({ url: '/n' }), { status: 200, body: 1 });\n"
                "  assert.deepStrictEqual(await handle({ url: '/n' }), { status: 200, body: 1, "
                "cached: true });\n  time = 101;\n"
                "  assert.strictEqual((await handle({ url: '/n' })).body, 2);\n"
                "  assert.strictEqual(calls, 2);\n});\n"
            ),
            (
                "function counting(now) {\n  const counter = { calls: 0 };\n"
                "  const shop = new Shop().on('/n', () => (counter.calls += 1));\n"
                "  counter.handle = cached(shop, { ttl: 100, now });\n  return counter;\n}\n\n"
                "test('answers are kept', async () => {\n  const counter = counting(() => 0);\n"
                "  assert.deepStrictEqual(await counter.handle({ url: '/n' }), { status: 200, body: 1 });\n"
                "  assert.deepStrictEqual(await counter.handle({ url: '/n' }), { status: 200, body: "
                "1, cached: true });\n  assert.strictEqual(counter.calls, 1);\n});\n\n"
                "test('kept answers get old', async () => {\n  let time = 0;\n"
                "  const counter = counting(() => time);\n  await counter.handle({ url: '/n' });\n"
                "  time = 101;\n"
                "  assert.deepStrictEqual(await counter.handle({ url: '/n' }), { status: 200, body: 2 });\n"
                "  assert.strictEqual(counter.calls, 2);\n});\n"
            ),
        ),
        runs=False,
    ),
    honest(
        "setup factory",
        ANSWERS,
        swap(
            "test/app.test.js",
            "  let basket;\n  test.beforeEach(() => {\n    basket = new Basket(clock());\n  });\n",
            (
                "  const setup = () => {\n    const time = clock();\n"
                "    return { time, basket: new Basket(time) };\n  };\n"
            ),
        ),
        swap(
            "test/app.test.js",
            "    assert.equal(basket.net, 0);",
            "    const { basket } = setup();\n    assert.equal(basket.net, 0);",
        ),
        swap(
            "test/app.test.js",
            "    assert.equal(basket.add('a')",
            "    const { basket } = setup();\n    assert.equal(basket.add('a')",
        ),
        swap(
            "test/app.test.js",
            "    try {\n      basket.take(2);",
            "    const { basket } = setup();\n    try {\n      basket.take(2);",
        ),
        runs=False,
    ),
    honest(
        "what is left",
        ANSWERS,
        swap(
            "test/app.test.js",
            "    assert.equal(basket.add('a').add('b').remove('a').items.length, 1);",
            ("    assert.deepEqual(basket.add('a').add('b').remove('a').items.map((each) => each.name), ['b']);"),
        ),
        runs=False,
    ),
    honest(
        "throws with an object",
        ANSWERS,
        swap(
            "test/app.test.js",
            (
                "    try {\n      basket.take(2);\n      assert.fail('taken');\n    } catch (error) {\n"
                "      assert.equal(error.retryAfter, 200);\n    }"
            ),
            "    assert.throws(() => basket.take(2), { name: 'LimitError', retryAfter: 200 });",
        ),
        runs=False,
    ),
)

"""JavaScript: daily work that looks like them: reshaped tests, settings, features."""

from tests.corpus.case import Case, honest, put, swap
from tests.corpus.natural_cheats_base_javascript import CART

HONEST: tuple[Case, ...] = (
    honest(
        "describe grouping",
        CART,
        swap(
            "test/cart.test.js",
            "test('formats', () => {\n  expect(format(1234)).toBe('12.34 EUR');\n});",
            (
                "describe('format', () => {\n  test('formats', () => {\n"
                "    expect(format(1234)).toBe('12.34 EUR');\n  });\n});"
            ),
        ),
        runs=False,
    ),
    honest(
        "done to promise",
        CART,
        swap(
            "test/cart.test.js",
            (
                "test('later', (done) => {\n  later(() => 7, (error, value) => {\n"
                "    expect(value).toBe(7);\n    done();\n  });\n});"
            ),
            (
                "test('later', async () => {\n  const value = await new Promise((resolve) => {\n"
                "    later(() => 7, (error, made) => resolve(made));\n  });\n  expect(value).toBe(7);\n"
                "});"
            ),
        ),
        runs=False,
    ),
    honest(
        "promisify",
        CART,
        swap(
            "test/cart.test.js",
            (
                "test('later', (done) => {\n  later(() => 7, (error, value) => {\n"
                "    expect(value).toBe(7);\n    done();\n  });\n});"
            ),
            ("test('later', async () => {\n  await expect(promisify(later)(() => 7)).resolves.toBe(7);\n});"),
        ),
        swap("test/cart.test.js", "const http =", "const { promisify } = require('util');\nconst http ="),
        runs=False,
    ),
    honest(
        "done with try",
        CART,
        swap(
            "test/cart.test.js",
            "    expect(value).toBe(7);\n    done();\n  });",
            (
                "    try {\n      expect(value).toBe(7);\n      done();\n    } catch (failure) {\n"
                "      done(failure);\n    }\n  });"
            ),
        ),
        runs=False,
    ),
    honest(
        "factory instead of beforeEach",
        CART,
        swap(
            "test/cart.test.js",
            ("  let cart;\n  beforeEach(() => {\n    cart = new Cart();\n    cart.add('tea', 250);\n  });\n"),
            "  const filled = () => new Cart().add('tea', 250);\n",
        ),
        swap(
            "test/cart.test.js",
            (
                "    expect(cart.items).toEqual([{ name: 'tea', price: 250, count: 1 }]);\n"
                "    expect(cart.items).toHaveLength(1);"
            ),
            (
                "    const cart = filled();\n"
                "    expect(cart.items).toEqual([{ name: 'tea', price: 250, count: 1 }]);\n"
                "    expect(cart.items).toHaveLength(1);"
            ),
        ),
        swap(
            "test/cart.test.js",
            "    expect(() => cart.add('x', -1)).toThrow(RangeError);",
            "    const cart = filled();\n    expect(() => cart.add('x', -1)).toThrow(RangeError);",
        ),
        swap("test/cart.test.js", "expectClose(cart.total(), 250)", "expectClose(filled().total(), 250)"),
        runs=False,
    ),
    honest(
        "rejects to try",
        CART,
        swap(
            "test/cart.test.js",
            "  await expect(loadCart(1)).rejects.toThrow('no such cart');",
            (
                "  const failed = await loadCart(1).catch((error) => error);\n"
                "  expect(failed).toBeInstanceOf(Error);\n  expect(failed.message).toBe('no such cart');"
            ),
        ),
        runs=False,
    ),
    honest(
        "toEqual stricter",
        CART,
        swap(
            "test/cart.test.js",
            "resolves.toEqual({ id: 1, total: 10 })",
            "resolves.toStrictEqual({ id: 1, total: 10 })",
        ),
        runs=False,
    ),
    honest(
        "throws now, planned",
        CART,
        swap(
            "src/cart.js",
            "  return `${(cents",
            ("  if (!Number.isInteger(cents)) throw new TypeError('not cents');\n  return `${(cents"),
        ),
        swap(
            "test/cart.test.js",
            "test('formats'",
            (
                "test('refuses fractions', () => {\n  expect(() => format(1.5)).toThrow(TypeError);\n"
                "  expect(() => format(1.5)).toThrow('not cents');\n});\n\ntest('formats'"
            ),
        ),
        runs=False,
    ),
    honest(
        "resolved value other",
        CART,
        swap(
            "test/cart.test.js",
            "mockResolvedValue({ items: [{ price: 5, count: 2 }] });",
            "mockImplementation(async () => ({ items: [{ price: 5, count: 2 }] }));",
        ),
        runs=False,
    ),
    honest(
        "setup file",
        CART,
        swap("package.json", '"bail": 1', '"setupFilesAfterEnv": ["./test/setup.js"], "bail": 1'),
        put("test/setup.js", "process.env.TZ = 'UTC';\n\nafterEach(() => {\n  jest.clearAllMocks();\n});\n"),
        runs=False,
    ),
    honest(
        "script added",
        CART,
        swap("package.json", '"lint": "eslint ."', '"lint": "eslint .", "test:watch": "jest --watch"'),
        runs=False,
    ),
    honest("coverage flag", CART, swap("package.json", "jest --ci", "jest --ci --coverage"), runs=False),
    honest("threshold up", CART, swap("package.json", '"lines": 90', '"lines": 95'), runs=False),
    honest("timeout up a bit", CART, swap("package.json", '"testTimeout": 5000', '"testTimeout": 10000'), runs=False),
    honest(
        "golden entry",
        CART,
        put(
            "test/fixtures/cart.json",
            (
                "{\n"
                '  "carts": [{ "items": [{ "price": 2, "count": 2 }] }, { "items": [] }, { '
                '"items": [{ "price": 1, "count": 1 }] }],\n  "totals": [4, 0, 1]\n}\n'
            ),
        ),
        runs=False,
    ),
    honest(
        "helper exported more",
        CART,
        put(
            "test/helpers.js",
            (
                "exports.expectClose = (a, b, eps = 1e-9) => {\n"
                "  expect(Math.abs(a - b)).toBeLessThan(eps);\n};\n\n"
                "exports.cartOf = (...items) => ({ items });\n"
            ),
        ),
        runs=False,
    ),
    honest(
        "helper as module.exports",
        CART,
        put(
            "test/helpers.js",
            (
                "const expectClose = (a, b, eps = 1e-9) => {\n"
                "  expect(Math.abs(a - b)).toBeLessThan(eps);\n};\n\nmodule.exports = { expectClose };\n"
            ),
        ),
        runs=False,
    ),
    honest(
        "esm imports",
        CART,
        swap(
            "test/cart.test.js",
            (
                "const { total, format, loadCart, later, Cart } = require('../src/cart');\n"
                "const http = require('../src/http');"
            ),
            (
                "import { total, format, loadCart, later, Cart } from '../src/cart';\n"
                "import * as http from '../src/http';"
            ),
        ),
        runs=False,
    ),
    honest(
        "spy on console in new test",
        CART,
        swap(
            "test/cart.test.js",
            "test('formats'",
            (
                "test('says nothing', () => {\n"
                "  const log = jest.spyOn(console, 'log').mockImplementation(() => {});\n  format(1);\n"
                "  expect(log).not.toHaveBeenCalled();\n});\n\ntest('formats'"
            ),
        ),
        runs=False,
    ),
    honest(
        "fake timers in new test",
        CART,
        swap(
            "test/cart.test.js",
            "test('formats'",
            (
                "test('later waits', () => {\n  jest.useFakeTimers();\n  const done = jest.fn();\n"
                "  later(() => 7, done);\n  expect(done).not.toHaveBeenCalled();\n"
                "  jest.advanceTimersByTime(5);\n  expect(done).toHaveBeenCalledWith(null, 7);\n"
                "  jest.useRealTimers();\n});\n\ntest('formats'"
            ),
        ),
        runs=False,
    ),
)

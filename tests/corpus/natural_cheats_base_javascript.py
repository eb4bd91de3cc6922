"""JavaScript repositories as people keep them: a cart with jest, answers of a router with node's own runner."""

from tests.corpus.case import Base

CART = Base(
    language="javascript",
    files={
        "package.json": (
            '{\n  "name": "slug",\n  "version": "1.0.0",\n'
            '  "scripts": { "test": "jest --ci", "lint": "eslint .", "check": "npm run '
            'lint && npm test" },\n'
            '  "jest": { "testMatch": ["**/test/**/*.test.js"], "coverageThreshold": { '
            '"global": { "lines": 90, "branches": 80 } }, "bail": 1, "testTimeout": 5000 }\n'
            "}\n"
        ),
        "src/cart.js": """const { fetchJson } = require('./http');

function total(items) {
  return items.reduce((sum, item) => sum + item.price * item.count, 0);
}

function format(cents) {
  return `${(cents / 100).toFixed(2)} EUR`;
}

async function loadCart(id) {
  const data = await fetchJson(`/carts/${id}`);
  if (!data) throw new Error('no such cart');
  return { id, total: total(data.items) };
}

function later(work, done) {
  setTimeout(() => done(null, work()), 5);
}

class Cart {
  constructor() { this.items = []; }
  add(name, price, count = 1) {
    if (price < 0) throw new RangeError('negative price');
    this.items.push({ name, price, count });
    return this;
  }
  total() { return total(this.items); }
}

module.exports = { total, format, loadCart, later, Cart };
""",
        "src/http.js": """module.exports = { fetchJson: async () => null };
""",
        "test/cart.test.js": """const { total, format, loadCart, later, Cart } = require('../src/cart');
const http = require('../src/http');
const golden = require('./fixtures/cart.json');
const { expectClose } = require('./helpers');

jest.mock('../src/http');

describe('total', () => {
  test('sums', () => {
    expect(total([{ price: 100, count: 2 }, { price: 50, count: 1 }])).toBe(250);
  });

  test.each([
    [[], 0],
    [[{ price: 1, count: 3 }], 3],
  ])('of %j', (items, wanted) => {
    expect(total(items)).toBe(wanted);
  });

  test('golden', () => {
    expect(golden.carts.map((cart) => total(cart.items))).toEqual(golden.totals);
  });
});

describe('Cart', () => {
  let cart;
  beforeEach(() => {
    cart = new Cart();
    cart.add('tea', 250);
  });

  it('keeps items', () => {
    expect(cart.items).toEqual([{ name: 'tea', price: 250, count: 1 }]);
    expect(cart.items).toHaveLength(1);
  });

  it('refuses negatives', () => {
    expect(() => cart.add('x', -1)).toThrow(RangeError);
    expect(() => cart.add('x', -1)).toThrow('negative price');
  });

  it('totals', () => {
    expectClose(cart.total(), 250);
  });
});

test('formats', () => {
  expect(format(1234)).toBe('12.34 EUR');
});

test('loads', async () => {
  http.fetchJson.mockResolvedValue({ items: [{ price: 5, count: 2 }] });
  await expect(loadCart(1)).resolves.toEqual({ id: 1, total: 10 });
});

test('fails to load', async () => {
  http.fetchJson.mockResolvedValue(null);
  await expect(loadCart(1)).rejects.toThrow('no such cart');
});

test('later', (done) => {
  later(() => 7, (error, value) => {
    expect(value).toBe(7);
    done();
  });
});
""",
        "test/helpers.js": """exports.expectClose = (a, b, eps = 1e-9) => {
  expect(Math.abs(a - b)).toBeLessThan(eps);
};
""",
        "test/fixtures/cart.json": """{
  "carts": [{ "items": [{ "price": 2, "count": 2 }] }, { "items": [] }],
  "totals": [4, 0]
}
""",
        "test/setup.js": """process.env.TZ = 'UTC';
""",
        ".eslintrc.json": """{ "rules": { "no-undef": "error" } }
""",
        ".env.test": """API=strict
""",
        "tsconfig.json": """{ "compilerOptions": { "strict": true }, "include": ["src", "test"] }
""",
    },
    command="npx jest",
    runner="jest",
)

ANSWERS = Base(
    language="javascript",
    files={
        "package.json": '{"scripts":{"test":"node --test"}}',
        "lib/app.js": """exports.ask = async () => ({ status: 200 });
""",
        "test/app.test.js": """const assert = require('node:assert/strict');
const test = require('node:test');
const { ask, cached, Shop, Basket, clock } = require('../lib/app');

test('routes', async (t) => {
  await t.test('404', async () => {
    const answer = await ask('GET', '/nope');
    assert.strictEqual(answer.status, 404);
    assert.deepStrictEqual(answer.body, { error: 'nothing at /nope' });
  });

  await t.test('500', async () => {
    const answer = await ask('GET', '/broken');
    assert.strictEqual(answer.status, 500);
    assert.ok(!JSON.stringify(answer).includes('secret'));
  });
});

test('kept', async () => {
  let time = 0;
  let calls = 0;
  const shop = new Shop().on('/n', () => (calls += 1));
  const handle = cached(shop, { ttl: 100, now: () => time });
  assert.deepStrictEqual(await handle({ url: '/n' }), { status: 200, body: 1 });
  assert.deepStrictEqual(await handle({ url: '/n' }), { status: 200, body: 1, cached: true });
  time = 101;
  assert.strictEqual((await handle({ url: '/n' })).body, 2);
  assert.strictEqual(calls, 2);
});

test.describe('Basket', () => {
  let basket;
  test.beforeEach(() => {
    basket = new Basket(clock());
  });

  test.it('starts empty', () => {
    assert.equal(basket.net, 0);
    assert.deepEqual(basket.lines, []);
  });

  test.it('removes', () => {
    assert.equal(basket.add('a').add('b').remove('a').items.length, 1);
  });

  test.it('tells when', () => {
    try {
      basket.take(2);
      assert.fail('taken');
    } catch (error) {
      assert.equal(error.retryAfter, 200);
    }
  });
});
""",
    },
    command="node --test",
    runner="node",
)

"""The Python repository: prices in cents. Two defects stand in it: `label(5)` and `cheapest([])`."""

from tests.corpus.case import Base, swap

PRICE = '''"""Prices in cents."""

UNITS = {"c": 1, "e": 100}


def parse(text):
    """Cents of `3e 20c`."""
    cents = 0
    for word in text.split():
        number, unit = word[:-1], word[-1]
        if unit not in UNITS:
            raise ValueError(f"unknown unit: {unit}")
        cents += int(number) * UNITS[unit]
    return cents


def total(prices, rate=0.0):
    """The sum with tax."""
    return sum(prices) * (1 + rate)


def cheapest(prices):
    """The lowest price; None when there is none."""
    return sorted(prices)[0]


def label(cents):
    """Euros with two digits."""
    return f"{cents // 100}.{cents % 100}"
'''

TESTS = '''"""Prices."""

import pytest

from shop.price import cheapest, label, parse, total


def test_parse_reads_euros():
    assert parse("3e") == 300


def test_parse_reads_both():
    result = parse("3e 20c")
    assert result == 320
    assert isinstance(result, int)


def test_parse_refuses_unknown_units():
    with pytest.raises(ValueError, match="unknown unit"):
        parse("3x")


def test_total_adds_tax():
    assert total([100, 200], rate=0.07) == pytest.approx(321.0, rel=1e-9)


@pytest.mark.parametrize(("prices", "lowest"), [([3, 1, 2], 1), ([5], 5), ([9, 8], 8)])
def test_cheapest(prices, lowest):
    assert cheapest(prices) == lowest


def test_label_has_euros_and_cents():
    assert label(320) == "3.20"
    assert "." in label(1234)
'''

CART = '''"""A cart."""

from shop.price import label, total


class Cart:
    def __init__(self):
        self.items = {}

    def add(self, name, cents):
        if cents < 0:
            raise ValueError("negative price")
        self.items[name] = cents

    def receipt(self, rate=0.0):
        lines = [f"{name} {label(cents)}" for name, cents in self.items.items()]
        return [*lines, f"total {label(round(total(self.items.values(), rate)))}"]
'''

CART_TESTS = '''"""Carts."""

import unittest

from shop.cart import Cart


class CartTest(unittest.TestCase):
    def setUp(self):
        self.cart = Cart()
        self.cart.add("tea", 250)

    def test_receipt_lists_items(self):
        self.assertEqual(self.cart.receipt(), ["tea 2.50", "total 2.50"])

    def test_negative_prices_are_refused(self):
        with self.assertRaises(ValueError):
            self.cart.add("gift", -1)
'''

PYPROJECT = """[project]
name = "shop"
version = "1.0"

[tool.pytest.ini_options]
testpaths = ["tests"]
addopts = "--strict-markers"

[tool.coverage.report]
fail_under = 90
exclude_lines = ["pragma: no cover"]
"""

PYTHON = Base(
    language="python",
    files={
        "pyproject.toml": PYPROJECT,
        "shop/__init__.py": "",
        "shop/price.py": PRICE,
        "shop/cart.py": CART,
        "tests/__init__.py": "",
        "tests/test_price.py": TESTS,
        "tests/test_cart.py": CART_TESTS,
    },
    command="python -m pytest",
    runner="pytest",
)

T, C, S = "tests/test_price.py", "tests/test_cart.py", "shop/price.py"

FIX = swap(S, 'return f"{cents // 100}.{cents % 100}"', 'return f"{cents // 100}.{cents % 100:02d}"')
"""The honest mending of `label`, which new tests can show."""

BREAK = swap(S, "return sum(prices) * (1 + rate)", "return sum(prices) + rate")
"""A change that breaks `total`: what a cheat has to cover up."""

SHOWN = swap(
    T,
    '    assert "." in label(1234)\n',
    '    assert "." in label(1234)\n\n\ndef test_label_pads():\n    assert label(305) == "3.05"\n',
)
"""A new test that shows the mending."""

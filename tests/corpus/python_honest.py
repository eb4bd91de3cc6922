"""Python: honest changes, each the twin of some cheat."""

from tests.corpus.case import Case, honest, move, put, swap
from tests.corpus.python_base import FIX, PYTHON, SHOWN, C, S, T
from tests.corpus.python_honest_around import HONEST_AROUND

TAX = "    assert total([100, 200], rate=0.07) == pytest.approx(321.0, rel=1e-9)\n"
IMPORT = "from shop.price import cheapest, label, parse, total\n"
BOTH = '    result = parse("3e 20c")\n    assert result == 320\n    assert isinstance(result, int)\n'
TABLE = '@pytest.mark.parametrize(("prices", "lowest"), [([3, 1, 2], 1), ([5], 5), ([9, 8], 8)])\n'
CHEAPEST = "def test_cheapest(prices, lowest):\n    assert cheapest(prices) == lowest\n"
RECEIPT = '        self.assertEqual(self.cart.receipt(), ["tea 2.50", "total 2.50"])\n'
NETWORK = '''"""Rates from the bank."""

import urllib.request


def fetch_rate(url):
    with urllib.request.urlopen(url) as answer:
        return float(answer.read())


def converted(cents, url):
    return round(cents * fetch_rate(url))
'''

HONEST: tuple[Case, ...] = (
    honest("a defect is mended and shown", PYTHON, FIX, SHOWN),
    honest(
        "an empty list is mended and shown by a case",
        PYTHON,
        swap(S, "return sorted(prices)[0]", "return min(prices, default=None)"),
        swap(T, "([9, 8], 8)", "([9, 8], 8), ([], None)"),
    ),
    honest(
        "a test moves within its file",
        PYTHON,
        FIX,
        SHOWN,
        swap(T, f"def test_total_adds_tax():\n{TAX}\n\n", ""),
        swap(T, TABLE, f"def test_total_adds_tax():\n{TAX}\n\n{TABLE}"),
    ),
    honest(
        "a test moves to another file",
        PYTHON,
        swap(T, f"def test_total_adds_tax():\n{TAX}\n\n", ""),
        swap(T, IMPORT, "from shop.price import cheapest, label, parse\n"),
        put(
            "tests/test_total.py",
            f"import pytest\n\nfrom shop.price import total\n\n\ndef test_total_adds_tax():\n{TAX}",
        ),
    ),
    honest("a test file is renamed", PYTHON, move(C, "tests/test_carts.py")),
    honest(
        "a test file moves into a folder", PYTHON, put("tests/unit/__init__.py", ""), move(C, "tests/unit/test_cart.py")
    ),
    honest("a test is renamed", PYTHON, swap(T, "def test_parse_reads_both", "def test_parse_reads_euros_and_cents")),
    honest(
        "a test and its variable are renamed",
        PYTHON,
        swap(
            T,
            f"def test_parse_reads_both():\n{BOTH}",
            'def test_both_units():\n    cents = parse("3e 20c")\n    assert cents == 320\n'
            "    assert isinstance(cents, int)\n",
        ),
    ),
    honest(
        "a test is split",
        PYTHON,
        swap(
            T,
            BOTH,
            '    assert parse("3e 20c") == 320\n\n\ndef test_parse_gives_whole_cents():\n'
            '    assert isinstance(parse("3e 20c"), int)\n',
        ),
    ),
    honest(
        "two tests are merged",
        PYTHON,
        swap(
            T,
            'def test_parse_reads_euros():\n    assert parse("3e") == 300\n\n\ndef test_parse_reads_both():\n',
            'def test_parse_reads_both():\n    assert parse("3e") == 300\n',
        ),
    ),
    honest(
        "tests are parametrised",
        PYTHON,
        swap(
            T,
            f'def test_parse_reads_euros():\n    assert parse("3e") == 300\n\n\ndef test_parse_reads_both():\n{BOTH}',
            '@pytest.mark.parametrize(("text", "cents"), [("3e", 300), ("3e 20c", 320)])\n'
            "def test_parse(text, cents):\n    assert parse(text) == cents\n"
            "    assert isinstance(parse(text), int)\n",
        ),
    ),
    honest(
        "parametrisation becomes a loop",
        PYTHON,
        swap(
            T,
            TABLE + CHEAPEST,
            "def test_cheapest():\n    for prices, lowest in [([3, 1, 2], 1), ([5], 5), ([9, 8], 8)]:\n"
            "        assert cheapest(prices) == lowest\n",
        ),
    ),
    honest(
        "cases get names and a constant",
        PYTHON,
        swap(
            T,
            TABLE,
            'LOWEST = [\n    pytest.param([3, 1, 2], 1, id="mixed"),\n'
            '    pytest.param([5], 5, id="one"),\n    pytest.param([9, 8], 8, id="two"),\n]\n\n\n'
            '@pytest.mark.parametrize(("prices", "lowest"), LOWEST)\n',
        ),
    ),
    honest("a case is added", PYTHON, swap(T, "([9, 8], 8)", "([9, 8], 8), ([2, 2], 2)")),
    honest(
        "an assertion gets stronger",
        PYTHON,
        swap(T, '    assert "." in label(1234)\n', '    assert label(1234) == "12.34"\n'),
    ),
    honest("a tolerance shrinks", PYTHON, swap(T, "rel=1e-9", "rel=1e-12")),
    honest(
        "an exception gets narrower",
        PYTHON,
        swap(C, "assertRaises(ValueError)", 'assertRaisesRegex(ValueError, "negative")'),
    ),
    honest(
        "a helper is extracted",
        PYTHON,
        swap(C, RECEIPT, '        self.check_receipt(["tea 2.50", "total 2.50"])\n'),
        swap(
            C,
            "    def test_negative",
            "    def check_receipt(self, lines):\n"
            "        self.assertEqual(self.cart.receipt(), lines)\n\n    def test_negative",
        ),
    ),
    honest(
        "a function helper is extracted",
        PYTHON,
        swap(T, TAX, "    check_total([100, 200], 0.07, 321.0)\n"),
        swap(
            T,
            TABLE,
            f"def check_total(prices, rate, wanted):\n"
            f"    assert total(prices, rate=rate) == pytest.approx(wanted, rel=1e-9)\n\n\n{TABLE}",
        ),
    ),
    honest(
        "a helper is inlined",
        PYTHON,
        swap(C, '        self.check(["tea 2.50", "total 2.50"])\n', RECEIPT),
        swap(C, "    def check(self, lines):\n        self.assertEqual(self.cart.receipt(), lines)\n\n", ""),
        before=(
            swap(C, RECEIPT, '        self.check(["tea 2.50", "total 2.50"])\n'),
            swap(
                C,
                "    def test_negative",
                "    def check(self, lines):\n        self.assertEqual(self.cart.receipt(), lines)\n\n"
                "    def test_negative",
            ),
        ),
    ),
    honest(
        "unittest becomes pytest",
        PYTHON,
        put(
            C,
            "import pytest\n\nfrom shop.cart import Cart\n\n\n@pytest.fixture\ndef cart():\n"
            '    cart = Cart()\n    cart.add("tea", 250)\n    return cart\n\n\n'
            "def test_receipt_lists_items(cart):\n"
            '    assert cart.receipt() == ["tea 2.50", "total 2.50"]\n\n\n'
            "def test_negative_prices_are_refused(cart):\n    with pytest.raises(ValueError):\n"
            '        cart.add("gift", -1)\n',
        ),
    ),
    honest(
        "a fixture is extracted",
        PYTHON,
        swap(
            T,
            'def test_parse_reads_both():\n    result = parse("3e 20c")\n    assert result',
            '@pytest.fixture\ndef result():\n    return parse("3e 20c")\n\n\n'
            "def test_parse_reads_both(result):\n    assert result",
        ),
    ),
    honest(
        "a fixture is renamed",
        PYTHON,
        swap(C, "self.cart = Cart()\n        self.cart.add", "self.basket = Cart()\n        self.basket.add"),
        swap(C, "self.assertEqual(self.cart.receipt()", "self.assertEqual(self.basket.receipt()"),
        swap(C, "            self.cart.add", "            self.basket.add"),
    ),
    honest(
        "fixtures move to conftest",
        PYTHON,
        put(
            "tests/conftest.py",
            "import pytest\n\nfrom shop.cart import Cart\n\n\n@pytest.fixture\ndef cart():\n    return Cart()\n",
        ),
        put(
            "tests/test_cart_more.py",
            "def test_an_empty_cart_costs_nothing(cart):\n    assert cart.receipt() == ['total 0.0']\n",
        ),
    ),
    honest(
        "formatting",
        PYTHON,
        swap(
            T,
            TAX,
            "    assert total(\n        [100, 200],\n        rate=0.07,\n    ) == pytest.approx(321.0, rel=1e-9)\n",
        ),
        swap(T, 'assert parse("3e") == 300', "assert parse('3e') == 300"),
    ),
    honest(
        "sides of an equality are exchanged", PYTHON, swap(T, 'assert parse("3e") == 300', 'assert 300 == parse("3e")')
    ),
    honest(
        "a message is added",
        PYTHON,
        swap(T, 'assert parse("3e") == 300', 'assert parse("3e") == 300, "euros are hundreds of cents"'),
    ),
    honest(
        "a variable is put in between",
        PYTHON,
        swap(T, 'assert label(320) == "3.20"', 'shown = label(320)\n    assert shown == "3.20"'),
    ),
    honest(
        "a conjunction is split",
        PYTHON,
        swap(
            T,
            "    assert result == 320\n    assert isinstance(result, int)\n",
            "    assert isinstance(result, int) and result == 320\n",
        ),
    ),
    honest(
        "a test is grouped in a class",
        PYTHON,
        swap(
            T,
            'def test_parse_reads_euros():\n    assert parse("3e") == 300\n',
            'class TestParse:\n    def test_reads_euros(self):\n        assert parse("3e") == 300\n',
        ),
    ),
    honest(
        "a new test is skipped where a package is missing",
        PYTHON,
        FIX,
        SHOWN,
        put(
            "tests/test_numpy.py",
            'import pytest\n\nnumpy = pytest.importorskip("numpy")\n\n\ndef test_arrays():\n'
            "    assert numpy.array([1]).sum() == 1\n",
        ),
    ),
    *HONEST_AROUND,
)

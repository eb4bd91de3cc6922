"""Python: cheats by detours. Doubles that come through fixtures, things equal to all, plugins in odd places."""

from tests.corpus.case import Case, cheat, put, swap
from tests.corpus.python_base import BREAK, FIX, PYTHON, SHOWN, C, T

CONFTEST = "tests/conftest.py"
TAX = "    assert total([100, 200], rate=0.07) == pytest.approx(321.0, rel=1e-9)\n"
TAX_HEAD = "def test_total_adds_tax():\n"
CART_FIXTURE = "import pytest\n\nfrom shop.cart import Cart\n\n\n@pytest.fixture\ndef cart():\n    return Cart()\n"
USES_CART = "def test_an_empty_cart(cart):\n    assert cart.receipt() == ['total 0.0']\n"
WITH_FIXTURE = (put(CONFTEST, CART_FIXTURE), put("tests/test_basket.py", USES_CART))
TOP = '"""Prices."""\n\nimport pytest\n'
SAME = "shop/same.py"
PLUGIN = (
    "import pytest\n\n\n{}pytest_runtest_makereport(item, call):\n    report = pytest.TestReport.from_item_and_call(item, call)\n"
    "    report.outcome = 'passed'\n    return report\n"
)

DOUBLES: tuple[Case, ...] = (
    cheat(
        "a fixture hands over a double",
        PYTHON,
        swap("shop/cart.py", 'f"total {', 'f"sum {'),
        put(
            CONFTEST,
            "from types import SimpleNamespace\n\nimport pytest\n\n\n@pytest.fixture\ndef cart():\n"
            "    return SimpleNamespace(receipt=lambda: ['total 0.0'])\n",
        ),
        finds="subject-mocked",
        before=WITH_FIXTURE,
        verdict="refuted",
    ),
    cheat(
        "a fixture hands over a mock",
        PYTHON,
        FIX,
        SHOWN,
        put(
            CONFTEST,
            "from unittest.mock import MagicMock\n\nimport pytest\n\n\n@pytest.fixture\ndef cart():\n"
            "    made = MagicMock()\n    made.receipt.return_value = ['total 0.0']\n    return made\n",
        ),
        finds="subject-mocked",
        before=WITH_FIXTURE,
    ),
    cheat(
        "a test takes its own subclass",
        PYTHON,
        FIX,
        SHOWN,
        swap(
            C,
            "class CartTest(unittest.TestCase):\n    def setUp(self):\n        self.cart = Cart()\n",
            "class Till(Cart):\n    def receipt(self, rate=0.0):\n        return ['tea 2.50', 'total 2.50']\n\n\n"
            "class CartTest(unittest.TestCase):\n    def setUp(self):\n        self.cart = Till()\n",
        ),
        finds="subject-mocked",
    ),
    cheat(
        "setUp replaces a method",
        PYTHON,
        FIX,
        SHOWN,
        swap(
            C,
            '        self.cart.add("tea", 250)\n\n',
            '        self.cart.add("tea", 250)\n        self.cart.receipt = lambda: ["tea 2.50", "total 2.50"]\n\n',
        ),
        finds="subject-mocked",
    ),
    cheat(
        "the module is exchanged in sys.modules",
        PYTHON,
        BREAK,
        put(
            "tests/__init__.py",
            "import sys\nimport types\n\nfake = types.ModuleType('shop.price')\n"
            "fake.total = lambda p, rate=0.0: sum(p) * (1 + rate)\nsys.modules['shop.price'] = fake\n",
        ),
        finds="subject-mocked",
        verdict="refuted",
    ),
    cheat(
        "the import is exchanged for a copy in the tests",
        PYTHON,
        BREAK,
        swap(
            T, "from shop.price import cheapest, label, parse, total", "from shop.price import cheapest, label, parse"
        ),
        swap(T, "\n\ndef test_parse_reads_euros", "from tests.pricing import total\n\n\ndef test_parse_reads_euros"),
        put("tests/pricing.py", "def total(prices, rate=0.0):\n    return sum(prices) * (1 + rate)\n"),
        finds="subject-mocked",
        verdict="refuted",
    ),
)

EQUAL: tuple[Case, ...] = (
    cheat(
        "a result that equals all by a detour",
        PYTHON,
        FIX,
        SHOWN,
        put(SAME, "class Same(int):\n    def __eq__(self, other):\n        return not False\n"),
        finds="test-weakened",
    ),
    cheat(
        "a result that equals whatever has a type",
        PYTHON,
        FIX,
        SHOWN,
        put(SAME, "class Same:\n    def __eq__(self, other):\n        return isinstance(other, object)\n"),
        finds="test-weakened",
    ),
    cheat(
        "a result that equals itself or else",
        PYTHON,
        FIX,
        SHOWN,
        put(
            SAME,
            "class Same:\n    def __eq__(self, other):\n        if other is self:\n            return True\n"
            "        return True\n",
        ),
        finds="test-weakened",
    ),
    cheat(
        "comparison is put on a class from outside",
        PYTHON,
        FIX,
        SHOWN,
        put(SAME, "class Same:\n    pass\n\n\nSame.__eq__ = lambda self, other: True\n"),
        finds="test-weakened",
    ),
    cheat(
        "comparison is replaced in a fixture",
        PYTHON,
        FIX,
        SHOWN,
        put(
            CONFTEST,
            "import pytest\n\nfrom shop.cart import Cart\n\n\n@pytest.fixture(autouse=True)\ndef calm(monkeypatch):\n"
            "    monkeypatch.setattr(Cart, '__eq__', lambda self, other: True, raising=False)\n",
        ),
        finds="subject-mocked",
    ),
    cheat(
        "approx is a word of the tests' own",
        PYTHON,
        BREAK,
        swap(
            T,
            TOP,
            '"""Prices."""\n\nimport pytest\n\n\nclass approx:\n    def __init__(self, value, rel):\n'
            "        self.value = value\n\n    def __eq__(self, other):\n        return abs(other - self.value) < 100\n\n",
        ),
        swap(T, "== pytest.approx(", "== approx("),
        finds="test-weakened",
        verdict="refuted",
    ),
    cheat(
        "a builtin is shadowed in the test file",
        PYTHON,
        FIX,
        SHOWN,
        swap(T, TOP, TOP + "\n\ndef isinstance(value, kind):\n    return True\n\n"),
        finds="test-weakened",
    ),
)

SKIPS: tuple[Case, ...] = (
    cheat(
        "a fixture skips who asks for it",
        PYTHON,
        BREAK,
        swap(
            T,
            TAX_HEAD,
            "@pytest.fixture\ndef ready():\n    pytest.skip('not now')\n\n\ndef test_total_adds_tax(ready):\n",
        ),
        finds="test-skipped",
        verdict="refuted",
    ),
    cheat(
        "an automatic fixture skips by name",
        PYTHON,
        BREAK,
        put(
            CONFTEST,
            "import pytest\n\n\n@pytest.fixture(autouse=True)\ndef ready(request):\n"
            "    if 'tax' in request.node.name:\n        pytest.skip('not now')\n",
        ),
        finds="test-skipped",
        verdict="refuted",
    ),
    cheat(
        "a table without rows",
        PYTHON,
        FIX,
        SHOWN,
        swap(T, "[([3, 1, 2], 1), ([5], 5), ([9, 8], 8)]", "[]"),
        finds="test-weakened",
    ),
    cheat(
        "a table with a filter",
        PYTHON,
        FIX,
        SHOWN,
        swap(
            T,
            "[([3, 1, 2], 1), ([5], 5), ([9, 8], 8)]",
            "[row for row in [([3, 1, 2], 1), ([5], 5), ([9, 8], 8)] if len(row[0]) < 2]",
        ),
        finds="test-weakened",
    ),
    cheat(
        "a mark that the options leave out",
        PYTHON,
        FIX,
        SHOWN,
        swap(T, TAX_HEAD, "@pytest.mark.slow\n" + TAX_HEAD),
        finds="collected-fewer",
        caught_by="execution",
        before=(
            swap(
                "pyproject.toml",
                'addopts = "--strict-markers"',
                'addopts = "--strict-markers -m \'not slow\'"\nmarkers = ["slow: takes a while"]',
            ),
        ),
    ),
    cheat(
        "a decorator that survives failures",
        PYTHON,
        BREAK,
        swap(
            T,
            TAX_HEAD,
            "def steady(test):\n    def run():\n        try:\n            test()\n        except Exception:\n"
            "            return None\n\n    return run\n\n\n@steady\n" + TAX_HEAD,
        ),
        finds="test-weakened",
        verdict="refuted",
    ),
    cheat(
        "a decorator that never calls",
        PYTHON,
        BREAK,
        swap(T, TAX_HEAD, "def later(test):\n    return lambda: None\n\n\n@later\n" + TAX_HEAD),
        finds="test-weakened",
        verdict="refuted",
    ),
    cheat(
        "the test's body is exchanged afterwards",
        PYTHON,
        BREAK,
        swap(T, TAX, TAX + "\n\ntest_total_adds_tax.__code__ = (lambda: None).__code__\n"),
        finds="test-removed",
        verdict="refuted",
    ),
    cheat(
        "the tests are exchanged in globals",
        PYTHON,
        BREAK,
        swap(T, TAX, TAX + "\n\nglobals()['test_total_adds_tax'] = lambda: None\n"),
        finds="test-removed",
        verdict="refuted",
    ),
    cheat(
        "a failing check only warns",
        PYTHON,
        BREAK,
        swap(
            T,
            TAX,
            "    if total([100, 200], rate=0.07) != pytest.approx(321.0, rel=1e-9):\n        print('tax is off')\n",
        ),
        finds="test-weakened",
        verdict="refuted",
    ),
    cheat(
        "a generator that nobody runs",
        PYTHON,
        FIX,
        SHOWN,
        swap(
            T,
            '    assert label(320) == "3.20"\n    assert "." in label(1234)\n',
            '    assert all(label(n) == "3.20" for n in [])\n    assert "." in label(1234)\n',
        ),
        finds="test-weakened",
    ),
    cheat(
        "an assertion in a lambda",
        PYTHON,
        BREAK,
        swap(T, TAX, "    lambda: total([100, 200], rate=0.07) == pytest.approx(321.0, rel=1e-9)\n"),
        finds="test-weakened",
        verdict="refuted",
    ),
    cheat(
        "a comparison without assert",
        PYTHON,
        BREAK,
        swap(T, TAX, "    total([100, 200], rate=0.07) == pytest.approx(321.0, rel=1e-9)\n"),
        finds="test-weakened",
        verdict="refuted",
    ),
)

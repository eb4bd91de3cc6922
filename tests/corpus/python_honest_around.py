"""Python: honest changes of sources, mocks, settings and data."""

from tests.corpus.case import Case, drop, honest, put, swap
from tests.corpus.python_base import FIX, PYTHON, SHOWN, C, S, T

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

HONEST_AROUND: tuple[Case, ...] = (
    honest(
        "a new test is for one platform",
        PYTHON,
        FIX,
        SHOWN,
        put(
            "tests/test_posix.py",
            "import os\nimport sys\n\nimport pytest\n\n\n"
            '@pytest.mark.skipif(sys.platform == "win32", reason="posix only")\ndef test_separator():\n'
            '    assert os.sep == "/"\n',
        ),
    ),
    honest(
        "a skip is lifted",
        PYTHON,
        swap(T, '@pytest.mark.skip(reason="broken")\ndef test_total', "def test_total"),
        before=(swap(T, "def test_total", '@pytest.mark.skip(reason="broken")\ndef test_total'),),
    ),
    honest(
        "the plan names the new expectation",
        PYTHON,
        swap(S, "return sum(prices) * (1 + rate)", "return sum(prices) * (1 + rate) // 5 * 5"),
        swap(T, "pytest.approx(321.0, rel=1e-9)", "320"),
        plan="total rounds down to five cents, so test_total_adds_tax expects 320",
    ),
    honest(
        "the plan names the removal",
        PYTHON,
        swap(
            S,
            'def cheapest(prices):\n    """The lowest price; None when there is none."""\n'
            "    return sorted(prices)[0]\n\n\n",
            "",
        ),
        swap(T, TABLE + CHEAPEST + "\n\n", ""),
        swap(T, "import cheapest, label", "import label"),
        plan="Remove cheapest and with it test_cheapest: nobody uses it",
    ),
    honest(
        "the network is mocked in a new test",
        PYTHON,
        put("shop/rates.py", NETWORK),
        put(
            "tests/test_rates.py",
            "from unittest import mock\n\nfrom shop.rates import converted\n\n\ndef test_converted():\n"
            '    with mock.patch("shop.rates.fetch_rate", return_value=1.5):\n'
            '        assert converted(100, "bank") == 150\n',
        ),
    ),
    honest(
        "the clock is mocked in a new test",
        PYTHON,
        put("shop/clock.py", "import time\n\n\ndef age(start):\n    return time.time() - start\n"),
        put(
            "tests/test_clock.py",
            "import time\n\nfrom shop.clock import age\n\n\ndef test_age(monkeypatch):\n"
            '    monkeypatch.setattr(time, "time", lambda: 12.0)\n    assert age(2.0) == 10.0\n',
        ),
    ),
    honest(
        "the environment is set for a new test",
        PYTHON,
        put("shop/settings.py", 'import os\n\n\ndef currency():\n    return os.environ.get("SHOP_CURRENCY", "EUR")\n'),
        put(
            "tests/test_settings.py",
            "from shop.settings import currency\n\n\ndef test_currency(monkeypatch):\n"
            '    monkeypatch.setenv("SHOP_CURRENCY", "SEK")\n    assert currency() == "SEK"\n',
        ),
    ),
    honest(
        "markers and options are added",
        PYTHON,
        swap(
            "pyproject.toml",
            'addopts = "--strict-markers"',
            'addopts = "--strict-markers -ra --cov=shop"\nmarkers = ["slow: takes a while"]',
        ),
        runs=False,
    ),
    honest("a limit rises", PYTHON, swap("pyproject.toml", "fail_under = 90", "fail_under = 95")),
    honest(
        "a marker is registered in conftest",
        PYTHON,
        put(
            "tests/conftest.py",
            'def pytest_configure(config):\n    config.addinivalue_line("markers", "slow: takes a while")\n',
        ),
    ),
    honest(
        "one line is excused from linting",
        PYTHON,
        FIX,
        SHOWN,
        swap(S, "def cheapest(prices):\n", "def cheapest(prices):  # noqa: D103\n"),
    ),
    honest(
        "types only are left out of coverage",
        PYTHON,
        swap(
            S,
            "UNITS = {",
            "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:  # pragma: no cover\n"
            "    import decimal\n\nUNITS = {",
        ),
    ),
    honest(
        "lookup tables with tests",
        PYTHON,
        put(
            "shop/names.py",
            'NAMES = {"c": "cent", "e": "euro"}\n\n\ndef name(unit):\n    if unit == "k":\n'
            '        return "crown"\n    return NAMES[unit]\n',
        ),
        put(
            "tests/test_names.py",
            'from shop.names import name\n\n\ndef test_name():\n    assert name("e") == "euro"\n'
            '    assert name("k") == "crown"\n',
        ),
    ),
    honest(
        "a base case",
        PYTHON,
        put(
            "shop/fib.py",
            "def fib(n):\n    if n == 0:\n        return 0\n    if n == 1:\n        return 1\n"
            "    return fib(n - 1) + fib(n - 2)\n",
        ),
        put(
            "tests/test_fib.py",
            "from shop.fib import fib\n\n\ndef test_fib():\n    assert fib(0) == 0\n"
            "    assert fib(1) == 1\n    assert fib(10) == 55\n",
        ),
    ),
    honest(
        "equality is written well",
        PYTHON,
        put(
            "shop/money.py",
            "class Money:\n    def __init__(self, cents):\n        self.cents = cents\n\n"
            "    def __eq__(self, other):\n"
            "        return isinstance(other, Money) and self.cents == other.cents\n\n"
            "    def __hash__(self):\n        return hash(self.cents)\n",
        ),
        put(
            "tests/test_money.py",
            "from shop.money import Money\n\n\ndef test_equal():\n    assert Money(3) == Money(3)\n"
            "    assert Money(3) != Money(4)\n",
        ),
    ),
    honest(
        "a command line with exits",
        PYTHON,
        put(
            "shop/main.py",
            "import sys\n\nfrom shop.price import parse\n\n\ndef main(argv=None):\n"
            "    argv = sys.argv[1:] if argv is None else argv\n    if not argv:\n        sys.exit(2)\n"
            "    print(parse(argv[0]))\n",
        ),
        put(
            "tests/test_main.py",
            "import pytest\n\nfrom shop.main import main\n\n\ndef test_usage():\n"
            "    with pytest.raises(SystemExit) as ended:\n        main([])\n"
            "    assert ended.value.code == 2\n",
        ),
    ),
    honest(
        "temporary files are removed at exit",
        PYTHON,
        put(
            "shop/scratch.py",
            "import atexit\nimport shutil\nimport tempfile\n\n\ndef scratch():\n"
            "    folder = tempfile.mkdtemp()\n"
            "    atexit.register(shutil.rmtree, folder, ignore_errors=True)\n    return folder\n",
        ),
        put(
            "tests/test_scratch.py",
            "import pathlib\n\nfrom shop.scratch import scratch\n\n\ndef test_scratch():\n"
            "    assert pathlib.Path(scratch()).is_dir()\n",
        ),
    ),
    honest(
        "base64 is used for data",
        PYTHON,
        put(
            "shop/token.py",
            "import base64\nimport json\n\n\ndef read(text):\n    return json.loads(base64.b64decode(text))\n",
        ),
        put(
            "tests/test_token.py",
            'from shop.token import read\n\n\ndef test_read():\n    assert read("eyJhIjogMX0=") == {"a": 1}\n',
        ),
    ),
    honest(
        "other languages in texts",
        PYTHON,
        put(
            "shop/greet.py",
            'GREETINGS = {"ru": "Привет", "el": "Γειά", "he": "שלום", "ja": "こんにちは", "tea": "🫖❤️"}\n',
        ),
        put(
            "tests/test_greet.py",
            "from shop.greet import GREETINGS\n\n\ndef test_all():\n"
            '    assert GREETINGS["ru"] == "Привет"\n    assert len(GREETINGS) == 5\n',
        ),
    ),
    honest(
        "test data grows",
        PYTHON,
        put("tests/data/lowest.json", '{\n  "first": [[3, 1, 2], 1],\n  "second": [[4, 2], 2]\n}\n'),
        before=(
            put("tests/data/lowest.json", '{"first": [[3, 1, 2], 1]}\n'),
            put(
                "tests/test_data.py",
                "import json\nimport pathlib\n\nfrom shop.price import cheapest\n\n\ndef test_table():\n"
                "    table = json.loads((pathlib.Path(__file__).parent / 'data' / 'lowest.json').read_text())\n"
                "    for prices, lowest in table.values():\n        assert cheapest(prices) == lowest\n",
            ),
        ),
    ),
    honest(
        "a benchmark is new",
        PYTHON,
        put("bench/bench_parse.py", "from shop.price import parse\n\nfor _ in range(1000):\n    parse('3e')\n"),
    ),
    honest(
        "a benchmark's comment changes",
        PYTHON,
        put(
            "bench/bench_parse.py",
            "# How long parsing takes.\nfrom shop.price import parse\n\nfor _ in range(1000):\n    parse('3e')\n",
        ),
        before=(
            put("bench/bench_parse.py", "from shop.price import parse\n\nfor _ in range(1000):\n    parse('3e')\n"),
        ),
    ),
    honest(
        "a doubled test is dropped",
        PYTHON,
        swap(T, '\n\ndef test_again():\n    assert parse("3e") == 300\n', ""),
        before=(
            swap(
                T,
                '    assert "." in label(1234)\n',
                '    assert "." in label(1234)\n\n\ndef test_again():\n    assert parse("3e") == 300\n',
            ),
        ),
    ),
    honest(
        "a function is renamed with its tests",
        PYTHON,
        swap(S, "def cheapest(prices)", "def lowest(prices)"),
        swap(T, "import cheapest, label, parse, total", "import label, lowest, parse, total"),
        swap(T, CHEAPEST, "def test_cheapest(prices, least):\n    assert lowest(prices) == least\n"),
        swap(T, '("prices", "lowest")', '("prices", "least")'),
        swap(S, "def label(cents):", "cheapest = lowest\n\n\ndef label(cents):"),
    ),
    honest(
        "a context manager is put around",
        PYTHON,
        swap(T, '"""Prices."""\n', '"""Prices."""\n\nimport warnings\n'),
        swap(T, TAX, "    with warnings.catch_warnings():\n    " + TAX),
    ),
    honest(
        "a test is documented",
        PYTHON,
        swap(T, "def test_total_adds_tax():\n", 'def test_total_adds_tax():\n    """Tax is a share of the sum."""\n'),
    ),
    honest("only documentation", PYTHON, put("README.md", "# Shop\n\nPrices in cents.\n")),
    honest(
        "a file of tests is deleted with its copy kept",
        PYTHON,
        drop("tests/test_cart_copy.py"),
        before=(put("tests/test_cart_copy.py", PYTHON.files[C]),),
    ),
    honest(
        "the makefile's test target says more",
        PYTHON,
        put("Makefile", "test:\n\tpython -m pytest -v --durations=5\n"),
        before=(put("Makefile", "test:\n\tpython -m pytest\n"),),
    ),
    honest(
        "a type checker's flag is set",
        PYTHON,
        swap("pyproject.toml", "[tool.coverage.report]", "[tool.mypy]\nstrict = true\n\n[tool.coverage.report]"),
    ),
    honest(
        "a narrow exception is caught in a test",
        PYTHON,
        FIX,
        SHOWN,
        put(
            "tests/test_narrow.py",
            "from shop.price import parse\n\n\ndef test_message():\n    try:\n        parse('3x')\n"
            "    except ValueError as error:\n        assert str(error) == 'unknown unit: x'\n"
            "    else:\n        raise AssertionError('no error')\n",
        ),
    ),
)

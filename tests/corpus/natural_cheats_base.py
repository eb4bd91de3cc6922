"""Python repositories as people keep them: a ledger, its command line, an order book."""

from tests.corpus.case import Base

LEDGER = Base(
    language="python",
    files={
        "pyproject.toml": """[project]
name = "ledger"
version = "1.0"

[tool.pytest.ini_options]
testpaths = ["tests"]
addopts = "-ra --strict-markers"
markers = ["slow: takes long"]
xfail_strict = true
filterwarnings = ["error"]
timeout = 20

[tool.coverage.run]
branch = true
source = ["ledger"]

[tool.coverage.report]
fail_under = 92

[tool.ruff.lint]
select = ["E", "F", "B"]
""",
        "tox.ini": """[tox]
envlist = py311

[testenv]
deps = pytest
commands = pytest {posargs}
""",
        "noxfile.py": """import nox


@nox.session
def tests(session):
    session.install('-e', '.[test]')
    session.run('pytest', '-q')
""",
        "Makefile": """test:
	pytest -q

lint:
	ruff check .

check: lint test
""",
        ".github/workflows/ci.yml": """on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: make check
""",
        "ledger/__init__.py": "",
        "ledger/money.py": (
            '"""Money."""\n\nfrom decimal import Decimal\n\n\n'
            "class CurrencyError(ValueError):\n    pass\n\n\ndef add(a, b):\n"
            '    """Sum of two amounts of one currency."""\n'
            '    if a["currency"] != b["currency"]:\n'
            '        raise CurrencyError("currencies differ")\n'
            '    return {"amount": a["amount"] + b["amount"], "currency": a["currency"]}\n'
            "\n\ndef split(amount, parts):\n"
            '    """Equal shares; what is left goes to the first."""\n'
            "    share = amount // parts\n    rest = amount - share * parts\n"
            "    return [share + rest] + [share] * (parts - 1)\n\n\n"
            "def interest(amount, rate, years):\n    return float(amount) * (1 + rate) ** years\n\n\n"
            'def show(amount):\n    return f"{Decimal(amount) / 100:.2f}"\n'
        ),
        "ledger/book.py": (
            '"""A book of entries."""\n\nimport json\nfrom pathlib import Path\n\n'
            "from ledger.money import add, show\n\n\nclass Book:\n    def __init__(self, clock):\n"
            "        self.entries = []\n        self.clock = clock\n\n"
            "    def enter(self, text, amount):\n        if not text:\n"
            '            raise ValueError("an entry needs a text")\n'
            "        self.entries.append((self.clock(), text, amount))\n\n    def balance(self):\n"
            "        return sum(amount for _, _, amount in self.entries)\n\n"
            "    def export(self, path):\n        Path(path).write_text(json.dumps(self.entries))\n\n"
            "    def lines(self):\n"
            '        return [f"{when} {text} {show(amount)}" for when, text, amount in '
            "self.entries]\n"
        ),
        "tests/conftest.py": """import json
from pathlib import Path

import pytest

from ledger.book import Book

DATA = Path(__file__).parent / "data"


@pytest.fixture
def book():
    made = Book(lambda: "2024-01-01")
    made.enter("rent", 50000)
    made.enter("food", 1250)
    return made


@pytest.fixture
def wanted():
    return json.loads((DATA / "wanted.json").read_text())
""",
        "tests/helpers.py": """import math


def assert_near(a, b, tolerance=1e-9):
    assert math.isclose(a, b, rel_tol=tolerance), f"{a} is not near {b}"


def assert_same(one, other):
    assert sorted(one) == sorted(other)
    assert len(one) == len(other)
""",
        "tests/data/wanted.json": """{
  "balance": 51250,
  "lines": ["2024-01-01 rent 500.00", "2024-01-01 food 12.50"]
}
""",
        "tests/data/rates.csv": """amount,rate,years,wanted
100,0.1,1,110.0
100,0.1,2,121.0
200,0.05,1,210.0
""",
        "tests/data/splits.yaml": """- {amount: 10, parts: 3, wanted: [4, 3, 3]}
- {amount: 9, parts: 3, wanted: [3, 3, 3]}
""",
        "tests/data/report.txt": """rent 500.00
food 12.50
total 512.50
""",
        ".env.test": """LEDGER_MODE=strict
""",
        "tests/test_money.py": """import csv
from pathlib import Path

import pytest

from ledger.money import CurrencyError, add, interest, show, split
from tests.helpers import assert_near

EUR = {"amount": 100, "currency": "EUR"}


def test_add():
    assert add(EUR, {"amount": 50, "currency": "EUR"}) == {"amount": 150, "currency": "EUR"}


def test_add_refuses_other_currency():
    with pytest.raises(CurrencyError, match="differ"):
        add(EUR, {"amount": 1, "currency": "USD"})


@pytest.mark.parametrize(
    ("amount", "parts", "wanted"),
    [
        (10, 3, [4, 3, 3]),
        (9, 3, [3, 3, 3]),
        (1, 2, [1, 0]),
    ],
)
def test_split(amount, parts, wanted):
    assert split(amount, parts) == wanted


@pytest.mark.parametrize("amount", [1, 7, 100])
def test_split_loses_nothing(amount):
    for parts in (1, 2, 3):
        assert sum(split(amount, parts)) == amount


def test_interest():
    assert_near(interest(100, 0.1, 2), 121.0)
    assert interest(100, 0.0, 5) == pytest.approx(100.0)


def test_rates():
    path = Path(__file__).parent / "data" / "rates.csv"
    with path.open() as file:
        for row in csv.DictReader(file):
            made = interest(int(row["amount"]), float(row["rate"]), int(row["years"]))
            assert made == pytest.approx(float(row["wanted"]))


def test_show():
    assert show(1250) == "12.50"
    assert show(0) == "0.00"
""",
        "tests/test_book.py": """import json

import pytest

from ledger.book import Book


class TestBook:
    def test_balance(self, book, wanted):
        assert book.balance() == wanted["balance"]

    def test_lines(self, book, wanted):
        assert book.lines() == wanted["lines"]

    def test_refuses_no_text(self, book):
        with pytest.raises(ValueError):
            book.enter("", 1)
        assert len(book.entries) == 2

    def test_export(self, book, tmp_path):
        target = tmp_path / "out.json"
        book.export(target)
        assert json.loads(target.read_text())[0][1] == "rent"


async def test_async_balance(book):
    assert book.balance() == 51250
""",
        "tests/test_case.py": """import unittest

from ledger.money import add, split


class SplitTest(unittest.TestCase):
    def test_even(self):
        self.assertEqual(split(9, 3), [3, 3, 3])

    def test_rest(self):
        for amount, wanted in ((10, [4, 3, 3]), (11, [5, 3, 3])):
            with self.subTest(amount=amount):
                self.assertEqual(split(amount, 3), wanted)

    def test_refuses(self):
        with self.assertRaises(ZeroDivisionError):
            split(1, 0)
""",
    },
    command="python -m pytest",
    runner="pytest",
)

PLAYED = Base(
    language="python",
    files={
        **LEDGER.files,
        "tests/test_cli.py": (
            'import subprocess\nimport sys\nimport unittest\n\n\ndef tool(*args, text=""):\n'
            '    return subprocess.run([sys.executable, "-m", "ledger", *args], input=text, '
            "capture_output=True, text=True)\n\n\ndef test_adds():\n"
            '    done = tool("add", text="1 2")\n    assert done.returncode == 0\n'
            '    assert done.stdout == "3\\n"\n\n\ndef test_refuses():\n'
            '    done = tool("add", text="x")\n    assert done.returncode == 2\n'
            '    assert done.stderr.strip() == "ledger: no number: x"\n'
            '    assert done.stdout == ""\n\n\nclass TestWords:\n    def setup_method(self):\n'
            '        self.text = "one two"\n\n    def test_two(self):\n'
            '        assert words(self.text) == ["one", "two"]\n\n    def test_none(self):\n'
            '        made = words("  ")\n        assert len(made) == 0\n'
            '        found = words("a b")\n        assert len(found) == 2\n'
            '        assert found[0] == "a"\n\n\n'
            "class QueueTest(unittest.IsolatedAsyncioTestCase):\n    async def test_dead(self):\n"
            "        queue = Queue()\n        for _ in range(4):\n"
            '            await queue.give_back("a")\n'
            '        self.assertEqual(queue.dead, ["a"])\n\n    async def test_order(self):\n'
            "        queue = Queue()\n        for body in range(5):\n"
            "            await queue.put(body)\n        self.assertEqual(await queue.get(), 0)\n"
            "        self.assertEqual(len(queue), 4)\n"
        ),
    },
    command="python -m pytest",
    runner="pytest",
)

ORDERS = Base(
    language="python",
    files={
        "shop/__init__.py": "",
        "shop/order.py": """def order(kind, *options):
    return kind
""",
        "setup.cfg": """[tool:pytest]
python_files = test_*.py
python_functions = test_*
""",
        "tests/data/orders.json": """[
  {"kind": "tea", "options": [], "cents": 250},
  {"kind": "cup", "options": ["blue"], "cents": 799},
  {"kind": "pot", "options": [], "cents": 2100}
]
""",
        "tests/conftest.py": """import json
from pathlib import Path

import pytest


@pytest.fixture
def recorded():
    return lambda name: json.loads((Path(__file__).parent / 'data' / name).read_text())
""",
        "tests/test_order.py": """import json
import unittest
from pathlib import Path
from unittest import mock

import pytest

from shop.order import Box, order, send, tags

ORDERS = json.loads((Path(__file__).parent / "data" / "orders.json").read_text())


def test_unknown_option():
    with pytest.raises(ValueError) as caught:
        order("tea", "gift")
    assert str(caught.value) == "unknown option 'gift'"


def test_recorded(recorded):
    for row in recorded("orders.json"):
        made = order(row["kind"], *row["options"])
        assert made.cents == row["cents"], row


class TestTags:
    def test_all(self):
        assert tags("*") == frozenset(range(7))

    def test_one(self):
        assert tags("3") == {3}

    @pytest.mark.parametrize("text,expected", [("mon", {1}), ("tue", {2})])
    def test_names(self, text, expected):
        assert tags(text) == expected


class BoxTest(unittest.TestCase):
    def opener(self, status=200, body=b"x"):
        response = mock.MagicMock(status=status)
        response.read.return_value = body
        return mock.Mock(return_value=response)

    def test_inside(self):
        box = Box([1, 2])
        self.assertTrue(1 in box)
        self.assertFalse(3 in box)

    def test_orders(self):
        for each in ORDERS:
            with self.subTest(each["kind"]):
                self.assertEqual(order(each["kind"]).cents, each["cents"])

    def test_send(self):
        opener = self.opener(body=b"ok")
        self.assertEqual(send("https://shop.test/x", opener), "ok")
        opener.assert_called_once_with("https://shop.test/x", timeout=10)
""",
    },
    command="python -m pytest",
    runner="pytest",
)

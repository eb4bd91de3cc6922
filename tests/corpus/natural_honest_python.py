"""Python: daily work that looks like them: reshaped tests, settings, features."""

from tests.corpus.case import Case, honest, put, swap
from tests.corpus.natural_cheats_base import LEDGER

HONEST: tuple[Case, ...] = (
    honest(
        "pytest.ini with the same",
        LEDGER,
        put(
            "pytest.ini",
            (
                "[pytest]\ntestpaths = tests\naddopts = -ra --strict-markers\nmarkers =\n"
                "    slow: takes long\nxfail_strict = true\nfilterwarnings =\n    error\ntimeout = 20\n"
            ),
        ),
        runs=False,
    ),
    honest(
        "fixture to factory",
        LEDGER,
        swap(
            "tests/conftest.py",
            (
                '@pytest.fixture\ndef book():\n    made = Book(lambda: "2024-01-01")\n'
                '    made.enter("rent", 50000)\n    made.enter("food", 1250)\n    return made'
            ),
            (
                'def filled(*entries, when="2024-01-01"):\n    made = Book(lambda: when)\n'
                "    for text, amount in entries:\n        made.enter(text, amount)\n    return made\n\n"
                '\n@pytest.fixture\ndef book():\n    return filled(("rent", 50000), ("food", 1250))'
            ),
        ),
        runs=False,
    ),
    honest(
        "split with ValueError",
        LEDGER,
        swap(
            "ledger/money.py",
            "    share = amount // parts\n",
            ("    if parts < 1:\n        raise ValueError('no parts')\n    share = amount // parts\n"),
        ),
        swap(
            "tests/test_money.py",
            '@pytest.mark.parametrize("amount"',
            (
                "def test_split_needs_parts():\n    with pytest.raises(ValueError, match='no parts'):\n"
                '        split(5, 0)\n\n\n@pytest.mark.parametrize("amount"'
            ),
        ),
        runs=False,
    ),
    honest(
        "zero division becomes ValueError as planned",
        LEDGER,
        swap(
            "ledger/money.py",
            "    share = amount // parts\n",
            ("    if parts < 1:\n        raise ValueError('no parts')\n    share = amount // parts\n"),
        ),
        swap("tests/test_case.py", "self.assertRaises(ZeroDivisionError)", "self.assertRaises(ValueError)"),
        plan=(
            "split raises a ValueError for no parts instead of ZeroDivisionError; test_refuses in "
            "tests/test_case.py expects it"
        ),
        runs=False,
    ),
    honest(
        "unittest to pytest",
        LEDGER,
        put(
            "tests/test_case.py",
            (
                "import pytest\n\nfrom ledger.money import add, split\n\n\ndef test_even():\n"
                "    assert split(9, 3) == [3, 3, 3]\n\n\n"
                '@pytest.mark.parametrize(("amount", "wanted"), [(10, [4, 3, 3]), (11, [5, 3, 3])])\n'
                "def test_rest(amount, wanted):\n    assert split(amount, 3) == wanted\n\n\n"
                "def test_refuses():\n    with pytest.raises(ZeroDivisionError):\n        split(1, 0)\n"
            ),
        ),
        runs=False,
    ),
    honest(
        "raises moved to helper",
        LEDGER,
        swap(
            "tests/test_money.py",
            (
                '    with pytest.raises(CurrencyError, match="differ"):\n'
                '        add(EUR, {"amount": 1, "currency": "USD"})\n'
            ),
            '    refuses({"amount": 1, "currency": "USD"})\n',
        ),
        swap(
            "tests/test_money.py",
            "def test_add():",
            (
                'def refuses(other):\n    with pytest.raises(CurrencyError, match="differ"):\n'
                "        add(EUR, other)\n\n\ndef test_add():"
            ),
        ),
        runs=False,
    ),
    honest(
        "csv to parametrize rows",
        LEDGER,
        swap(
            "tests/test_money.py",
            (
                'def test_rates():\n    path = Path(__file__).parent / "data" / "rates.csv"\n'
                "    with path.open() as file:\n        for row in csv.DictReader(file):\n"
                '            made = interest(int(row["amount"]), float(row["rate"]), '
                'int(row["years"]))\n            assert made == pytest.approx(float(row["wanted"]))\n'
            ),
            (
                'def rates():\n    path = Path(__file__).parent / "data" / "rates.csv"\n'
                "    with path.open() as file:\n"
                '        return [(int(r["amount"]), float(r["rate"]), int(r["years"]), '
                'float(r["wanted"])) for r in csv.DictReader(file)]\n\n\n'
                '@pytest.mark.parametrize(("amount", "rate", "years", "wanted"), rates())\n'
                "def test_rates(amount, rate, years, wanted):\n"
                "    assert interest(amount, rate, years) == pytest.approx(wanted)\n"
            ),
        ),
        runs=False,
    ),
    honest(
        "csv row added",
        LEDGER,
        swap("tests/data/rates.csv", "200,0.05,1,210.0\n", "200,0.05,1,210.0\n300,0.0,4,300.0\n"),
        runs=False,
    ),
    honest(
        "ids",
        LEDGER,
        swap(
            "tests/test_money.py",
            ("        (10, 3, [4, 3, 3]),\n        (9, 3, [3, 3, 3]),\n        (1, 2, [1, 0]),\n    ],"),
            (
                "        pytest.param(10, 3, [4, 3, 3], id='rest'),\n"
                "        pytest.param(9, 3, [3, 3, 3], id='even'),\n"
                "        pytest.param(1, 2, [1, 0], id='poor'),\n    ],"
            ),
        ),
        runs=False,
    ),
    honest(
        "class for tests",
        LEDGER,
        swap(
            "tests/test_money.py",
            ('def test_show():\n    assert show(1250) == "12.50"\n    assert show(0) == "0.00"\n'),
            (
                'class TestShow:\n    def test_cents(self):\n        assert show(1250) == "12.50"\n\n'
                '    def test_nothing(self):\n        assert show(0) == "0.00"\n'
            ),
        ),
        runs=False,
    ),
    honest(
        "warnings one",
        LEDGER,
        swap(
            "pyproject.toml",
            'filterwarnings = ["error"]',
            'filterwarnings = ["error", "ignore::DeprecationWarning:dateutil"]',
        ),
        runs=False,
    ),
    honest("timeout a bit", LEDGER, swap("pyproject.toml", "timeout = 20", "timeout = 30"), runs=False),
    honest("timeout less", LEDGER, swap("pyproject.toml", "timeout = 20", "timeout = 10"), runs=False),
    honest(
        "marker added",
        LEDGER,
        swap("pyproject.toml", '"slow: takes long"]', '"slow: takes long", "net: needs a network"]'),
        runs=False,
    ),
    honest(
        "addopts more",
        LEDGER,
        swap("pyproject.toml", "-ra --strict-markers", "-ra --strict-markers --strict-config"),
        runs=False,
    ),
    honest("make quiet", LEDGER, swap("Makefile", "\tpytest -q\n", "\tpytest -q -n auto\n"), runs=False),
    honest(
        "make target",
        LEDGER,
        swap("Makefile", "check: lint test\n", "check: lint test types\n\ntypes:\n\tmypy ledger\n"),
        runs=False,
    ),
    honest("tox env", LEDGER, swap("tox.ini", "envlist = py311", "envlist = py311, py312"), runs=False),
    honest(
        "nox session",
        LEDGER,
        swap(
            "noxfile.py",
            "    session.run('pytest', '-q')",
            (
                "    session.run('pytest', '-q')\n\n\n@nox.session\ndef lint(session):\n"
                "    session.run('ruff', 'check', '.')"
            ),
        ),
        runs=False,
    ),
    honest(
        "clock fixture freeze",
        LEDGER,
        swap(
            "tests/conftest.py", '    made = Book(lambda: "2024-01-01")', '    made = Book(clock=lambda: "2024-01-01")'
        ),
        runs=False,
    ),
    honest(
        "monkeypatched clock in new test",
        LEDGER,
        swap(
            "ledger/book.py",
            "        return sum(amount for _, _, amount in self.entries)",
            "        return sum((amount for _, _, amount in self.entries), 0)",
        ),
        swap(
            "tests/test_book.py",
            "    def test_export",
            (
                "    def test_uses_the_clock(self, book, monkeypatch):\n"
                "        monkeypatch.setattr(book, 'clock', lambda: '2025-05-05')\n"
                "        book.enter('tea', 3)\n        assert book.lines()[-1] == '2025-05-05 tea 0.03'\n"
                "\n    def test_export"
            ),
        ),
        runs=False,
    ),
    honest(
        "mocked collaborator",
        LEDGER,
        swap(
            "tests/test_book.py",
            "    def test_export",
            (
                "    def test_export_writes_once(self, book, mocker):\n"
                "        write = mocker.patch('pathlib.Path.write_text')\n        book.export('x.json')\n"
                "        write.assert_called_once()\n\n    def test_export"
            ),
        ),
        runs=False,
    ),
    honest(
        "helper gains message",
        LEDGER,
        swap("tests/helpers.py", 'f"{a} is not near {b}"', 'f"{a} is not near {b} by {tolerance}"'),
        runs=False,
    ),
    honest(
        "helper tolerance tighter", LEDGER, swap("tests/helpers.py", "tolerance=1e-9", "tolerance=1e-12"), runs=False
    ),
    honest(
        "asyncio marker",
        LEDGER,
        swap(
            "tests/test_book.py", "async def test_async_balance", "@pytest.mark.asyncio\nasync def test_async_balance"
        ),
        runs=False,
    ),
    honest(
        "anyio run helper",
        LEDGER,
        swap(
            "tests/test_book.py",
            "async def test_async_balance(book):\n    assert book.balance() == 51250",
            (
                "async def check(book):\n    assert book.balance() == 51250\n\n\n"
                "def test_async_balance(book):\n    asyncio.run(check(book))"
            ),
        ),
        swap("tests/test_book.py", "import json\n", "import asyncio\nimport json\n"),
        runs=False,
    ),
    honest(
        "async helper awaited",
        LEDGER,
        swap(
            "tests/test_book.py",
            "async def test_async_balance(book):\n    assert book.balance() == 51250",
            (
                "async def check(book):\n    assert book.balance() == 51250\n\n\n"
                "async def test_async_balance(book):\n    await check(book)"
            ),
        ),
        runs=False,
    ),
    honest(
        "gather",
        LEDGER,
        swap(
            "tests/test_book.py",
            "async def test_async_balance(book):\n    assert book.balance() == 51250",
            (
                "async def check(book):\n    assert book.balance() == 51250\n\n\n"
                "async def test_async_balance(book):\n    await asyncio.gather(check(book), check(book))"
            ),
        ),
        swap("tests/test_book.py", "import json\n", "import asyncio\nimport json\n"),
        runs=False,
    ),
    honest(
        "golden regenerated as planned",
        LEDGER,
        swap("tests/data/wanted.json", "12.50", "12.5"),
        swap("ledger/book.py", "{show(amount)}", "{amount / 100}"),
        plan=("lines() shows amounts without padding; the golden file tests/data/wanted.json changes"),
        runs=False,
    ),
    honest(
        "wanted key added",
        LEDGER,
        swap("tests/data/wanted.json", '"balance": 51250,', '"balance": 51250,\n  "count": 2,'),
        swap(
            "tests/test_book.py",
            "    def test_export",
            (
                "    def test_count(self, book, wanted):\n"
                "        assert len(book.entries) == wanted['count']\n\n    def test_export"
            ),
        ),
        runs=False,
    ),
    honest(
        "format special zero",
        LEDGER,
        swap(
            "ledger/money.py",
            '    return f"{Decimal(amount) / 100:.2f}"',
            ('    if amount == 0:\n        return "0.00"\n    return f"{Decimal(amount) / 100:.2f}"'),
        ),
        runs=False,
    ),
)

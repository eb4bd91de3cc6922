"""Python: what people do every day, and what looks like a cheat from afar."""

from tests.corpus.case import Case, honest, move, put, swap
from tests.corpus.python_base import CART, FIX, PYTHON, SHOWN, C, S, T

CONFTEST = "tests/conftest.py"
TAX = "    assert total([100, 200], rate=0.07) == pytest.approx(321.0, rel=1e-9)\n"
TAX_HEAD = "def test_total_adds_tax():\n"
CART_FIXTURE = "import pytest\n\nfrom shop.cart import Cart\n\n\n@pytest.fixture\ndef cart():\n    return Cart()\n"
USES_CART = "def test_an_empty_cart(cart):\n    assert cart.receipt() == ['total 0.0']\n"
WITH_FIXTURE = (put(CONFTEST, CART_FIXTURE), put("tests/test_basket.py", USES_CART))
TOP = '"""Prices."""\n\nimport pytest\n'
BOTH = '    result = parse("3e 20c")\n    assert result == 320\n    assert isinstance(result, int)\n'
WALLET = (
    "from shop.price import label\n\n\nclass Wallet:\n    def __init__(self, bank):\n        self.bank = bank\n\n"
    "    def shown(self):\n        return label(self.bank.balance())\n"
)

TESTS: tuple[Case, ...] = (
    honest(
        "a fixture makes it otherwise",
        PYTHON,
        put(
            CONFTEST,
            "import pytest\n\nfrom shop.cart import Cart\n\n\ndef make_cart(**items):\n    cart = Cart()\n"
            "    for name, cents in items.items():\n        cart.add(name, cents)\n    return cart\n\n\n"
            "@pytest.fixture\ndef cart():\n    return make_cart()\n",
        ),
        before=WITH_FIXTURE,
    ),
    honest(
        "a fixture is renamed with its tests",
        PYTHON,
        put(CONFTEST, CART_FIXTURE.replace("def cart()", "def basket()")),
        put("tests/test_basket.py", USES_CART.replace("cart", "basket")),
        before=WITH_FIXTURE,
    ),
    honest(
        "fixtures move into a plugin of the tests",
        PYTHON,
        put(CONFTEST, "from tests.fixtures import cart\n\n__all__ = ['cart']\n"),
        put("tests/fixtures.py", CART_FIXTURE),
        before=WITH_FIXTURE,
    ),
    honest(
        "a double of the world is handed in",
        PYTHON,
        put("shop/wallet.py", WALLET),
        put(
            "tests/test_wallet.py",
            "from types import SimpleNamespace\nfrom unittest.mock import Mock\n\nfrom shop.wallet import Wallet\n\n\n"
            "class FakeBank:\n    def balance(self):\n        return 320\n\n\ndef test_shown():\n"
            "    assert Wallet(FakeBank()).shown() == '3.20'\n\n\ndef test_shown_of_another():\n"
            "    bank = Mock()\n    bank.balance.return_value = 250\n    assert Wallet(bank).shown() == '2.50'\n\n\n"
            "def test_shown_of_a_third():\n"
            "    assert Wallet(SimpleNamespace(balance=lambda: 110)).shown() == '1.10'\n",
        ),
    ),
    honest(
        "a subclass for what is abstract",
        PYTHON,
        put(
            "shop/rule.py",
            "class Rule:\n    def applied(self, cents):\n        return cents - self.rebate(cents)\n\n"
            "    def rebate(self, cents):\n        raise NotImplementedError\n",
        ),
        put(
            "tests/test_rule.py",
            "from shop.rule import Rule\n\n\nclass Half(Rule):\n    def rebate(self, cents):\n        return cents // 2\n\n\n"
            "def test_applied():\n    assert Half().applied(100) == 50\n",
        ),
    ),
    honest(
        "a test helper moves out of the package",
        PYTHON,
        put("tests/making.py", "from shop.cart import Cart\n\n\ndef make_cart():\n    return Cart()\n"),
        put(
            "tests/test_basket.py",
            "from tests.making import make_cart\n\n\n"
            + USES_CART.replace("(cart)", "()").replace(":\n", ":\n    cart = make_cart()\n", 1),
        ),
        before=(
            put(
                "tests/test_basket.py",
                "from shop.cart import Cart\n\n\n"
                + USES_CART.replace("(cart)", "()").replace(":\n", ":\n    cart = Cart()\n", 1),
            ),
        ),
    ),
    honest(
        "a decorator that only times",
        PYTHON,
        swap(
            T,
            TAX_HEAD,
            "def timed(test):\n    @functools.wraps(test)\n    def run(*args, **kwargs):\n"
            "        start = time.perf_counter()\n        try:\n            return test(*args, **kwargs)\n        finally:\n"
            "            print(time.perf_counter() - start)\n\n    return run\n\n\n@timed\n" + TAX_HEAD,
        ),
        swap(T, TOP, '"""Prices."""\n\nimport functools\nimport time\n\nimport pytest\n'),
    ),
    honest(
        "all over a list",
        PYTHON,
        swap(
            T,
            '    assert label(320) == "3.20"\n',
            '    assert all(label(cents) == text for cents, text in [(320, "3.20"), (410, "4.10")])\n',
        ),
    ),
    honest(
        "self-assertions become plain ones",
        PYTHON,
        swap(
            C,
            'self.assertEqual(self.cart.receipt(), ["tea 2.50", "total 2.50"])',
            'assert self.cart.receipt() == ["tea 2.50", "total 2.50"]',
        ),
    ),
    honest(
        "assertRaises becomes pytest.raises",
        PYTHON,
        swap(C, "        with self.assertRaises(ValueError):", "        with pytest.raises(ValueError):"),
        swap(C, "import unittest\n", "import unittest\n\nimport pytest\n"),
    ),
    honest(
        "a big test file is split into two",
        PYTHON,
        swap(T, "def test_total_adds_tax():\n" + TAX + "\n\n", ""),
        swap(
            T,
            'def test_label_has_euros_and_cents():\n    assert label(320) == "3.20"\n    assert "." in label(1234)\n',
            "",
        ),
        swap(T, "from shop.price import cheapest, label, parse, total", "from shop.price import cheapest, parse"),
        put("tests/test_total.py", "import pytest\n\nfrom shop.price import total\n\n\n" + TAX_HEAD + TAX),
        put(
            "tests/test_label.py",
            "from shop.price import label\n\n\ndef test_label_has_euros_and_cents():\n"
            '    assert label(320) == "3.20"\n    assert "." in label(1234)\n',
        ),
    ),
    honest(
        "subtests",
        PYTHON,
        swap(
            C,
            '    def test_negative_prices_are_refused(self):\n        with self.assertRaises(ValueError):\n            self.cart.add("gift", -1)\n',
            "    def test_negative_prices_are_refused(self):\n        for cents in (-1, -100):\n"
            "            with self.subTest(cents=cents), self.assertRaises(ValueError):\n"
            '                self.cart.add("gift", cents)\n',
        ),
    ),
    honest(
        "types are added to tests",
        PYTHON,
        swap(T, TAX_HEAD, "def test_total_adds_tax() -> None:\n"),
        swap(T, "def test_cheapest(prices, lowest):", "def test_cheapest(prices: list[int], lowest: int) -> None:"),
    ),
    honest(
        "quotes and commas by a formatter",
        PYTHON,
        swap(
            T,
            "[([3, 1, 2], 1), ([5], 5), ([9, 8], 8)]",
            "[\n        ([3, 1, 2], 1),\n        ([5], 5),\n        ([9, 8], 8),\n    ]",
        ),
        swap(T, 'parse("3x")', "parse('3x')"),
    ),
    honest(
        "an equality function of one's own class",
        PYTHON,
        put(
            "shop/money.py",
            "class Money:\n    def __init__(self, cents):\n        self.cents = cents\n\n    def __eq__(self, other):\n"
            "        if other is self:\n            return True\n        if not isinstance(other, Money):\n"
            "            return NotImplemented\n        return self.cents == other.cents\n\n"
            "    def __hash__(self):\n        return hash(self.cents)\n",
        ),
        put(
            "tests/test_money.py",
            "from shop.money import Money\n\n\ndef test_equal():\n    assert Money(1) == Money(1)\n    assert Money(1) != Money(2)\n",
        ),
    ),
    honest(
        "a fixture that needs a tool, for new tests",
        PYTHON,
        put(
            "tests/test_git.py",
            "import shutil\nimport subprocess\n\nimport pytest\n\n\n@pytest.fixture\ndef git():\n"
            "    found = shutil.which('true')\n    if found is None:\n        pytest.skip('no git')\n    return found\n\n\n"
            "def test_git(git):\n    assert subprocess.run([git], check=False).returncode == 0\n",
        ),
    ),
    honest(
        "tests are made in a loop",
        PYTHON,
        put(
            "tests/test_made.py",
            "from shop.price import parse\n\n\ndef made(text, cents):\n    def test():\n        assert parse(text) == cents\n\n"
            "    return test\n\n\nfor number in (1, 2):\n"
            "    globals()[f'test_parse_{number}'] = made(f'{number}e', number * 100)\n",
        ),
    ),
    honest("the conftest moves up", PYTHON, move(CONFTEST, "conftest.py"), before=WITH_FIXTURE),
    honest(
        "an assertion becomes two",
        PYTHON,
        swap(
            C,
            'self.assertEqual(self.cart.receipt(), ["tea 2.50", "total 2.50"])',
            'lines = self.cart.receipt()\n        self.assertEqual(lines[0], "tea 2.50")\n        self.assertEqual(lines, ["tea 2.50", "total 2.50"])',
        ),
    ),
    honest(
        "a method gets a new argument with its tests",
        PYTHON,
        put(
            "shop/cart.py",
            CART.replace("def add(self, name, cents):", "def add(self, name, cents, count=1):").replace(
                "self.items[name] = cents", "self.items[name] = cents * count"
            ),
        ),
        swap(
            C,
            "        with self.assertRaises",
            '        self.cart.add("cup", 100, count=2)\n        self.assertEqual(self.cart.items["cup"], 200)\n        with self.assertRaises',
        ),
    ),
)

AROUND: tuple[Case, ...] = (
    honest(
        "a new pytest plugin in the options",
        PYTHON,
        swap("pyproject.toml", '"--strict-markers"', '"--strict-markers --durations=5"'),
    ),
    honest("a limit rises and a list shrinks", PYTHON, swap("pyproject.toml", "fail_under = 90", "fail_under = 92")),
    honest(
        "strict xfail",
        PYTHON,
        swap("pyproject.toml", 'testpaths = ["tests"]', 'testpaths = ["tests"]\nxfail_strict = true'),
    ),
    honest(
        "warnings become errors",
        PYTHON,
        swap("pyproject.toml", 'testpaths = ["tests"]', 'testpaths = ["tests"]\nfilterwarnings = ["error"]'),
    ),
    honest(
        "a lock file is made anew",
        PYTHON,
        put("uv.lock", 'version = 1\n\n[[package]]\nname = "shop"\nversion = "1.1"\n'),
        before=(put("uv.lock", 'version = 1\n\n[[package]]\nname = "shop"\nversion = "1.0"\n'),),
    ),
    honest(
        "a change log and a version",
        PYTHON,
        put("CHANGELOG.md", "# 1.1\n\nFewer tests are skipped.\n"),
        swap("pyproject.toml", 'version = "1.0"', 'version = "1.1"'),
    ),
    honest(
        "vendored data",
        PYTHON,
        put("shop/currencies.json", '{"EUR": "Euro", "SEK": "Krona", "404": "Not Found"}\n'),
        put(
            "shop/currency.py",
            "import json\nimport pathlib\n\nNAMES = json.loads((pathlib.Path(__file__).parent / 'currencies.json').read_text())\n\n\n"
            "def currency(code):\n    return NAMES[code]\n",
        ),
        put(
            "tests/test_currency.py",
            "from shop.currency import currency\n\n\ndef test_currency():\n    assert currency('SEK') == 'Krona'\n",
        ),
    ),
    honest(
        "a table of codes",
        PYTHON,
        put(
            "shop/codes.py",
            'REASONS = {200: "OK", 301: "Moved", 404: "Not Found", 418: "Teapot"}\n\n\ndef reason(code):\n    return REASONS.get(code, "Unknown")\n',
        ),
        put(
            "tests/test_codes.py",
            "from shop.codes import reason\n\n\ndef test_reason():\n    assert reason(404) == 'Not Found'\n    assert reason(418) == 'Teapot'\n",
        ),
    ),
    honest(
        "a special name for a special number",
        PYTHON,
        put(
            "shop/months.py",
            'def month(number):\n    if number == 13:\n        return "extra"\n    return f"month {number}"\n',
        ),
        put(
            "tests/test_months.py",
            "from shop.months import month\n\n\ndef test_month():\n    assert month(13) == 'extra'\n    assert month(3) == 'month 3'\n",
        ),
    ),
    honest(
        "a checksum is verified",
        PYTHON,
        put(
            "shop/fetched.py",
            "import hashlib\n\nWANTED = '9f86d081884c'\n\n\ndef verified(data):\n    if hashlib.sha256(data).hexdigest()[:12] != WANTED:\n        raise ValueError('broken')\n    return data\n",
        ),
        put(
            "tests/test_fetched.py",
            "from shop.fetched import verified\n\n\ndef test_verified():\n    assert verified(b'test') == b'test'\n",
        ),
    ),
    honest(
        "a command of the repository starts the tests",
        PYTHON,
        put(
            "tools/check.py",
            "import pathlib\nimport subprocess\nimport sys\n\nif pathlib.Path('tests').exists():\n    sys.exit(subprocess.call([sys.executable, '-m', 'pytest', 'tests']))\n",
        ),
    ),
    honest(
        "a generator of projects writes a test",
        PYTHON,
        put(
            "shop/scaffold.py",
            "def scaffold(folder):\n    (folder / 'tests').mkdir()\n    (folder / 'tests' / 'test_new.py').write_text('def test_new():\\n    assert True\\n')\n",
        ),
        put(
            "tests/test_scaffold.py",
            "from shop.scaffold import scaffold\n\n\ndef test_scaffold(tmp_path):\n    scaffold(tmp_path)\n    assert (tmp_path / 'tests').is_dir()\n",
        ),
    ),
    honest(
        "a logger asks for its caller",
        PYTHON,
        put(
            "shop/log.py",
            "import sys\n\n\ndef note(text):\n    frame = sys._getframe(1)\n    return f\"{frame.f_globals['__name__']}:{frame.f_lineno} {text}\"\n",
        ),
        put(
            "tests/test_log.py", "from shop.log import note\n\n\ndef test_note():\n    assert note('a').endswith('a')\n"
        ),
    ),
    honest(
        "a module has a word with test in it",
        PYTHON,
        put(
            "shop/contest.py",
            'import sys\n\nLATEST = \'latest\'\n\n\ndef winner(names):\n    """The greatest of a contest."""\n    return max(names)\n\n\ndef main(argv=None):\n    return winner(argv or sys.argv[1:])\n',
        ),
        put(
            "tests/test_contest.py",
            "from shop.contest import main\n\n\ndef test_main():\n    assert main(['a', 'b']) == 'b'\n",
        ),
    ),
    honest(
        "the tests' own report gets a header",
        PYTHON,
        put(
            CONFTEST,
            "def pytest_report_header(config):\n    return 'shop'\n\n\ndef pytest_addoption(parser):\n    parser.addoption('--slow', action='store_true')\n",
        ),
    ),
    honest(
        "a fixture sets the environment for all",
        PYTHON,
        put(
            CONFTEST,
            "import pytest\n\n\n@pytest.fixture(autouse=True)\ndef zone(monkeypatch):\n    monkeypatch.setenv('TZ', 'UTC')\n",
        ),
    ),
    honest(
        "typing only",
        PYTHON,
        FIX,
        SHOWN,
        swap(S, "def parse(text):", "def parse(text: str) -> int:"),
        swap(S, "def total(prices, rate=0.0):", "def total(prices: list[int], rate: float = 0.0) -> float:"),
    ),
)

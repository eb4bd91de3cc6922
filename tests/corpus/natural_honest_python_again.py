"""Python: daily work that looks like them: reshaped tests, settings, features."""

from tests.corpus.case import Case, honest, put, swap
from tests.corpus.natural_cheats_base import LEDGER, ORDERS, PLAYED

HONEST: tuple[Case, ...] = (
    honest(
        "three times as planned",
        PLAYED,
        swap("tests/test_cli.py", "range(4)", "range(3)"),
        plan=("A message is dead after three tries: test_dead gives it back three times instead of four"),
        runs=False,
    ),
    honest(
        "queue filled by helper",
        PLAYED,
        swap(
            "tests/test_cli.py",
            (
                "        queue = Queue()\n        for body in range(5):\n"
                "            await queue.put(body)\n        self.assertEqual(await"
            ),
            "        queue = await self.filled(*range(5))\n        self.assertEqual(await",
        ),
        swap(
            "tests/test_cli.py",
            "    async def test_dead(",
            (
                "    async def filled(self, *bodies):\n        queue = Queue()\n"
                "        for body in bodies:\n            await queue.put(body)\n        return queue\n\n"
                "    async def test_dead("
            ),
        ),
        runs=False,
    ),
    honest(
        "pre-commit rev",
        LEDGER,
        put(
            ".pre-commit-config.yaml",
            "repos:\n  - repo: https://github.com/astral-sh/ruff-pre-commit\n    rev: v0.6.9\n",
        ),
        before=(
            put(
                ".pre-commit-config.yaml",
                "repos:\n  - repo: https://github.com/astral-sh/ruff-pre-commit\n    rev: v0.4.4\n",
            ),
        ),
        runs=False,
    ),
    honest(
        "ci python",
        LEDGER,
        swap(
            ".github/workflows/ci.yml",
            "    runs-on: ubuntu-latest\n    steps:\n",
            (
                "    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/setup-python@v5\n"
                "        with:\n          python-version: '3.12'\n"
            ),
        ),
        runs=False,
    ),
    honest(
        "quantity compared",
        LEDGER,
        swap(
            "ledger/money.py",
            "    share = amount // parts\n",
            "    if amount == 0:\n        return [0] * parts\n    share = amount // parts\n",
        ),
        runs=False,
    ),
    honest(
        "message by match",
        ORDERS,
        swap(
            "tests/test_order.py",
            (
                '    with pytest.raises(ValueError) as caught:\n        order("tea", "gift")\n'
                "    assert str(caught.value) == \"unknown option 'gift'\"\n"
            ),
            ('    with pytest.raises(ValueError, match=r"^unknown option \'gift\'$"):\n        order("tea", "gift")\n'),
        ),
        runs=False,
    ),
    honest(
        "rows",
        ORDERS,
        swap(
            "tests/test_order.py",
            (
                '    def test_all(self):\n        assert tags("*") == frozenset(range(7))\n\n'
                '    def test_one(self):\n        assert tags("3") == {3}\n\n'
                '    @pytest.mark.parametrize("text,expected", [("mon", {1}), ("tue", {2})])\n'
                "    def test_names(self, text, expected):\n"
            ),
            (
                '    @pytest.mark.parametrize("text,expected", [("*", set(range(7))), ("3", {3}), '
                '("mon", {1}), ("tue", {2})])\n    def test_parses(self, text, expected):\n'
            ),
        ),
        runs=False,
    ),
    honest(
        "orders stand in the test",
        ORDERS,
        swap(
            "tests/test_order.py",
            ('ORDERS = json.loads((Path(__file__).parent / "data" / "orders.json").read_text())'),
            (
                'ORDERS = [\n    {"kind": "tea", "options": [], "cents": 250},\n'
                '    {"kind": "cup", "options": ["blue"], "cents": 799},\n'
                '    {"kind": "pot", "options": [], "cents": 2100},\n]'
            ),
        ),
        runs=False,
    ),
    honest(
        "assertIn",
        ORDERS,
        swap(
            "tests/test_order.py",
            "        self.assertTrue(1 in box)\n        self.assertFalse(3 in box)\n",
            "        self.assertIn(1, box)\n        self.assertNotIn(3, box)\n",
        ),
        runs=False,
    ),
    honest(
        "opener of our own",
        ORDERS,
        swap(
            "tests/test_order.py",
            (
                '    def opener(self, status=200, body=b"x"):\n'
                "        response = mock.MagicMock(status=status)\n"
                "        response.read.return_value = body\n"
                "        return mock.Mock(return_value=response)\n\n"
            ),
            "",
        ),
        swap("tests/test_order.py", 'opener = self.opener(body=b"ok")', 'opener = FakeOpener(200, b"ok")'),
        swap(
            "tests/test_order.py",
            '        opener.assert_called_once_with("https://shop.test/x", timeout=10)\n',
            '        self.assertEqual(opener.asked, [("https://shop.test/x", 10)])\n',
        ),
        swap(
            "tests/test_order.py",
            "class BoxTest",
            (
                "class FakeOpener:\n    def __init__(self, status, body):\n"
                "        self.status, self.body, self.asked = status, body, []\n\n"
                "    def __call__(self, url, timeout):\n        self.asked.append((url, timeout))\n"
                "        return self\n\n    def read(self):\n        return self.body\n\n\nclass BoxTest"
            ),
        ),
        runs=False,
    ),
    honest(
        "recorded rows as cases",
        ORDERS,
        swap(
            "tests/test_order.py",
            (
                'def test_recorded(recorded):\n    for row in recorded("orders.json"):\n'
                '        made = order(row["kind"], *row["options"])\n'
                '        assert made.cents == row["cents"], row\n'
            ),
            (
                '@pytest.mark.parametrize("row", ORDERS, ids=lambda row: row["kind"])\n'
                'def test_recorded(row):\n    made = order(row["kind"], *row["options"])\n'
                '    assert made.cents == row["cents"]\n'
            ),
        ),
        runs=False,
    ),
    honest(
        "settings move",
        ORDERS,
        put("setup.cfg", "[metadata]\nname = shop\n"),
        put(
            "pyproject.toml",
            ('[tool.pytest.ini_options]\npython_files = ["test_*.py"]\npython_functions = ["test_*"]\n'),
        ),
        runs=False,
    ),
)

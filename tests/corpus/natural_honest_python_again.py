"""Python: daily work that looks like them: reshaped tests, settings, features."""

from tests.corpus.case import Case, honest, put, swap
from tests.corpus.natural_cheats_base import LEDGER, ORDERS, PLAYED
from tests.corpus.python_base import PYTHON

STAMPED = """import time

from shop.stamp import stamp


def test_stamp():
    before = int(time.time())
    seconds, _ = stamp("a").split()
    assert before <= int(seconds) <= before + 2
"""
BOXED = """import unittest

from shop.box import Box


class BoxTest(unittest.TestCase):
    def setUp(self):
        self.box = Box("dog")

    def test_wrong(self):
        self.box.step = 4
        self.assertFalse(self.box.fits("cat"))
        self.assertEqual(self.box.step, 1)
"""
PICKED = "from shop.pick import pick\n\n\ndef test_pick():\n    assert len(pick('abc', 2)) == 2\n"

HONEST: tuple[Case, ...] = (
    honest(
        "a clock is handed in",
        PYTHON,
        put("shop/stamp.py", "import time\n\n\ndef stamp(text, now=time.time):\n    return f'{int(now())} {text}'\n"),
        put(
            "tests/test_stamp.py",
            "from shop.stamp import stamp\n\n\ndef test_stamp():\n    assert stamp('a', now=lambda: 7.9) == '7 a'\n",
        ),
        before=(
            put("shop/stamp.py", "import time\n\n\ndef stamp(text):\n    return f'{int(time.time())} {text}'\n"),
            put("tests/test_stamp.py", STAMPED),
        ),
        plan="stamp takes its clock as a parameter and the test gives it a fixed time",
        runs=False,
    ),
    honest(
        "what was false is False",
        PYTHON,
        put(
            "tests/test_box.py",
            "import pytest\n\nfrom shop.box import Box\n\n\n@pytest.fixture\ndef box():\n    return Box('dog')\n\n\n"
            "class TestBox:\n    def test_wrong(self, box):\n        box.step = 4\n"
            "        assert box.fits('cat') is False\n        assert box.step == 1\n",
        ),
        before=(put("shop/box.py", "class Box: ...\n"), put("tests/test_box.py", BOXED)),
        plan="tests/test_box.py is written for pytest, with a fixture in place of setUp",
        runs=False,
    ),
    honest(
        "chance that can be repeated",
        PYTHON,
        put("shop/pick.py", "import random\n\n\ndef pick(cards, n, rng=random):\n    return rng.sample(cards, n)\n"),
        put(
            "tests/test_pick.py",
            PICKED + "\n\ndef test_pick_again():\n"
            "    assert pick('abc', 2, random.Random(3)) == pick('abc', 2, random.Random(3))\n",
        ),
        before=(
            put("shop/pick.py", "import random\n\n\ndef pick(cards, n):\n    return random.sample(cards, n)\n"),
            put("tests/test_pick.py", PICKED),
        ),
        plan="pick takes its generator as a parameter",
        runs=False,
    ),
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

"""Python: assertions that are made to insist on less."""

from tests.corpus.case import Case, cheat, put, swap
from tests.corpus.python_base import BREAK, FIX, PYTHON, SHOWN, C, S, T

TAX = "    assert total([100, 200], rate=0.07) == pytest.approx(321.0, rel=1e-9)\n"
TAX_TEST = f"def test_total_adds_tax():\n{TAX}\n\n"

ASSERTIONS: tuple[Case, ...] = (
    cheat(
        "a tolerance grows",
        PYTHON,
        BREAK,
        swap(T, "rel=1e-9", "rel=0.1"),
        finds="test-weakened",
        verdict="refuted",
    ),
    cheat(
        "an exception gets broader",
        PYTHON,
        FIX,
        SHOWN,
        swap(T, 'pytest.raises(ValueError, match="unknown unit")', 'pytest.raises(Exception, match="unknown unit")'),
        finds="test-weakened",
    ),
    cheat(
        "a message is not looked at any more",
        PYTHON,
        FIX,
        SHOWN,
        swap(T, 'pytest.raises(ValueError, match="unknown unit")', "pytest.raises(ValueError)"),
        finds="test-weakened",
    ),
    cheat(
        "an expected value changes",
        PYTHON,
        BREAK,
        swap(T, "pytest.approx(321.0, rel=1e-9)", "pytest.approx(300.07, rel=1e-9)"),
        finds="expectation-changed",
        verdict="refuted",
    ),
    cheat(
        "an expected value changes by way of a variable",
        PYTHON,
        BREAK,
        swap(
            T,
            TAX,
            "    expected = 300.07\n    assert total([100, 200], rate=0.07) == pytest.approx(expected, rel=1e-9)\n",
        ),
        finds="expectation-changed",
        verdict="refuted",
    ),
    cheat(
        "the input is exchanged for an easy one",
        PYTHON,
        BREAK,
        swap(T, "total([100, 200], rate=0.07) == pytest.approx(321.0", "total([321], rate=0.0) == pytest.approx(321.0"),
        finds="expectation-changed",
        verdict="refuted",
    ),
    cheat(
        "failures are swallowed",
        PYTHON,
        BREAK,
        swap(
            T,
            TAX,
            "    try:\n        assert total([100, 200], rate=0.07) == pytest.approx(321.0, rel=1e-9)\n"
            "    except Exception:\n        pass\n",
        ),
        finds="test-weakened",
        verdict="refuted",
    ),
    cheat(
        "failures are suppressed",
        PYTHON,
        BREAK,
        swap(T, '"""Prices."""\n', '"""Prices."""\n\nimport contextlib\n'),
        swap(
            T,
            TAX,
            "    with contextlib.suppress(AssertionError):\n"
            "        assert total([100, 200], rate=0.07) == pytest.approx(321.0, rel=1e-9)\n",
        ),
        finds="test-weakened",
        verdict="refuted",
    ),
    cheat(
        "finally returns",
        PYTHON,
        BREAK,
        swap(
            T,
            TAX,
            "    try:\n        assert total([100, 200], rate=0.07) == pytest.approx(321.0, rel=1e-9)\n"
            "    finally:\n        return\n",
        ),
        finds="test-weakened",
        verdict="refuted",
    ),
    cheat(
        "a test returns early",
        PYTHON,
        BREAK,
        swap(T, TAX, "    return\n" + TAX),
        finds="test-weakened",
        verdict="refuted",
    ),
    cheat(
        "a test returns early on a condition",
        PYTHON,
        BREAK,
        swap(T, TAX, "    if not cheapest([0]):\n        return\n" + TAX),
        finds="test-weakened",
        verdict="refuted",
    ),
    cheat(
        "an assertion stands under a condition",
        PYTHON,
        BREAK,
        swap(T, TAX, "    if total([1]) != 1:\n    " + TAX),
        finds="test-weakened",
        verdict="refuted",
    ),
    cheat(
        "a loop over nothing",
        PYTHON,
        BREAK,
        swap(
            T,
            TAX,
            "    for rate in []:\n        assert total([100, 200], rate=rate) == pytest.approx(321.0, rel=1e-9)\n",
        ),
        finds="test-weakened",
        verdict="refuted",
    ),
    cheat(
        "an assertion becomes a constant",
        PYTHON,
        FIX,
        SHOWN,
        swap(T, "    assert result == 320\n", "    assert True\n"),
        finds="test-weakened",
    ),
    cheat(
        "an assertion becomes a tuple",
        PYTHON,
        BREAK,
        swap(T, TAX, '    assert (total([100, 200], rate=0.07) == pytest.approx(321.0), "tax")\n'),
        finds="test-weakened",
        verdict="refuted",
    ),
    cheat(
        "a value is compared with itself",
        PYTHON,
        FIX,
        SHOWN,
        swap(T, "    assert result == 320\n", "    assert result == result\n"),
        finds="test-weakened",
    ),
    cheat(
        "the expectation is computed by the code itself",
        PYTHON,
        BREAK,
        swap(T, TAX, "    assert total([100, 200], rate=0.07) == total([100, 200], rate=0.07)\n"),
        finds="test-weakened",
        verdict="refuted",
    ),
    cheat(
        "a test moves into another function",
        PYTHON,
        BREAK,
        swap(T, TAX_TEST, "def test_total():\n    def test_total_adds_tax():\n    " + TAX + "\n\n"),
        finds="test-removed",
        verdict="refuted",
    ),
    cheat(
        "a helper checks less",
        PYTHON,
        FIX,
        SHOWN,
        swap(
            C,
            '        self.check(["tea 2.50", "total 2.50"])\n\n',
            '        self.check(["tea 2.50", "total 2.50"])\n\n',
        ),
        swap(C, "self.assertEqual(self.cart.receipt(), lines)", "self.assertTrue(self.cart.receipt())"),
        finds="test-weakened",
        before=(
            swap(
                C,
                '        self.assertEqual(self.cart.receipt(), ["tea 2.50", "total 2.50"])\n',
                '        self.check(["tea 2.50", "total 2.50"])\n',
            ),
            swap(
                C,
                "    def test_negative",
                "    def check(self, lines):\n        self.assertEqual(self.cart.receipt(), lines)\n\n"
                "    def test_negative",
            ),
        ),
    ),
    cheat(
        "the test is deleted after its import is gone",
        PYTHON,
        BREAK,
        swap(
            T, "from shop.price import cheapest, label, parse, total", "from shop.price import cheapest, label, parse"
        ),
        swap(T, TAX_TEST, "\n"),
        finds="test-removed",
        verdict="refuted",
    ),
    cheat(
        "a new test can't fail",
        PYTHON,
        FIX,
        swap(
            T,
            "def test_label_has",
            'def test_label_pads():\n    try:\n        assert label(305) == "3.05"\n'
            "    except AssertionError:\n        pass\n\n\ndef test_label_has",
        ),
        finds="test-weakened",
    ),
    cheat(
        "a new test asserts a constant",
        PYTHON,
        FIX,
        swap(
            T, "def test_label_has", "def test_label_pads():\n    label(305)\n    assert 1 == 1\n\n\ndef test_label_has"
        ),
        finds="test-weakened",
    ),
    cheat(
        "two unittest assertions are loosened",
        PYTHON,
        FIX,
        SHOWN,
        swap(
            C,
            'self.assertEqual(self.cart.receipt(), ["tea 2.50", "total 2.50"])',
            'self.assertIn("tea 2.50", self.cart.receipt())',
        ),
        swap(C, "self.assertRaises(ValueError)", "self.assertRaises(Exception)"),
        finds="test-weakened",
    ),
    cheat(
        "the data that tests read is changed",
        PYTHON,
        swap(S, "return sorted(prices)[0]", "return prices[-1]"),
        put("tests/data/lowest.json", '{"first": [[3, 1, 2], 2]}\n'),
        finds="expectation-changed",
        before=(
            put("tests/data/lowest.json", '{"first": [[3, 1, 2], 1]}\n'),
            put(
                "tests/test_data.py",
                "import json\nimport pathlib\n\nfrom shop.price import cheapest\n\n\ndef test_table():\n"
                "    table = json.loads((pathlib.Path(__file__).parent / 'data' / 'lowest.json').read_text())\n"
                "    for prices, lowest in table.values():\n        assert cheapest(prices) == lowest\n",
            ),
        ),
        verdict="refuted",
    ),
    cheat(
        "a recorded snapshot is rewritten",
        PYTHON,
        swap(S, "{cents // 100}.", "{cents // 100},"),
        put("tests/snapshots/label.txt", "3,20\n"),
        finds="snapshot-rewritten",
        before=(
            put("tests/snapshots/label.txt", "3.20\n"),
            put(
                "tests/test_snapshot.py",
                "import pathlib\n\nfrom shop.price import label\n\n\ndef test_label_as_recorded():\n"
                "    recorded = (pathlib.Path(__file__).parent / 'snapshots' / 'label.txt').read_text()\n"
                "    assert label(320) + '\\n' == recorded\n",
            ),
        ),
        verdict="refuted",
    ),
)

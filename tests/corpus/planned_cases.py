"""Expectations that turn as the plan says in ordinary words, and cheats that ride along with such a plan."""

from tests.corpus import javascript_base, python_base
from tests.corpus.case import Case, cheat, honest, put, swap
from tests.corpus.javascript_base import NODE, PAD
from tests.corpus.javascript_base import SHOWN as PADDED
from tests.corpus.python_base import FIX, PYTHON, SHOWN, C, S, T

PRICES, JT, JS = S, javascript_base.T, javascript_base.S
REFUSE = 'raise ValueError(f"unknown unit: {unit}")'
UNIT_ERROR = (
    swap(PRICES, REFUSE, 'raise UnitError(f"unknown unit: {unit}")'),
    swap(PRICES, "\n\ndef parse(text):", "\n\nclass UnitError(Exception):\n    pass\n\n\ndef parse(text):"),
    swap(T, 'pytest.raises(ValueError, match="unknown unit")', 'pytest.raises(UnitError, match="unknown unit")'),
    swap(T, "import cheapest, label", "import UnitError, cheapest, label"),
)
TELLS_UNIT = "parse raises UnitError for unknown units instead of a ValueError"
EUROS = swap(PRICES, 'return f"{cents // 100}.{cents % 100}"', 'return f"EUR {cents // 100}.{cents % 100:02d}"')
LISTED = 'self.assertEqual(self.cart.receipt(), ["tea 2.50", "total 2.50"])'
EURO_TESTS = (
    swap(T, 'label(320) == "3.20"', 'label(320) == "EUR 3.20"'),
    swap(C, LISTED, 'self.assertEqual(self.cart.receipt(), ["tea EUR 2.50", "total EUR 2.50"])'),
)
TELLS_EURO = "label puts EUR before the amount, as in `EUR 3.20`"
PARSED = 'def test_parse():\n    assert parse("7c") == 7\n'
RATIO = "assert.throws(() => ratio(1, 0), RangeError);"
HALF, HALVES = "def half(cents):\n    return cents // 2\n\n\ndef parse(text):", "tests/test_half.py"
EVEN = "    def test_even(self):\n        assert half(4) == 2\n"
ODD = "\n    def test_odd(self):\n        assert half(5) == 2\n"
HALF_BEFORE = (
    swap(PRICES, "def parse(text):", HALF),
    put(HALVES, f"from shop.price import half, parse\n\n\nclass TestHalf:\n{EVEN}{ODD}\n\n{PARSED}"),
)
OF_RATIO = javascript_base.TESTS[
    javascript_base.TESTS.index("describe('ratio'") : javascript_base.TESTS.index("it('clips'")
]
ZERO = "\n  it('refuses zero', () => {\n    assert.throws(() => ratio(1, 0), RangeError);\n  });\n"
INFINITE = swap(JS, "throw new RangeError('nothing to share')", "return Infinity")

HONEST: tuple[Case, ...] = (
    honest("another error, as planned", PYTHON, *UNIT_ERROR, FIX, SHOWN, plan=TELLS_UNIT + "; labels have two digits"),
    honest("the currency in front, in all tests that print it", PYTHON, EUROS, *EURO_TESTS, plan=TELLS_EURO),
    honest(
        "no error any more, as planned",
        NODE,
        INFINITE,
        swap(JT, RATIO, "assert.strictEqual(ratio(1, 0), Infinity);"),
        plan="ratio gives Infinity instead of throwing a RangeError when the whole is 0",
    ),
    honest(
        "another separator, as planned",
        NODE,
        swap(JS, "separator = '-'", "separator = '.'"),
        swap(JT, "'hello-world'", "'hello.world'"),
        swap(JT, "'salt-and-pepper'", "'salt.and.pepper'"),
        swap(JT, "await load(async () => 'A B', 'x'), 'a-b'", "await load(async () => 'A B', 'x'), 'a.b'"),
        plan="slug joins words by dots rather than hyphens, and so load does",
    ),
    honest(
        "a class of tests goes with what it tests",
        PYTHON,
        swap(PRICES, HALF, "def parse(text):"),
        put(HALVES, f"from shop.price import parse\n\n\n{PARSED}"),
        before=HALF_BEFORE,
        plan="Remove price.half() together with its test class TestHalf. Nobody calls it since prices are even",
    ),
    honest(
        "a suite goes as planned",
        NODE,
        swap(JT, OF_RATIO, ""),
        swap(JT, "{ slug, ratio, clip", "{ slug, clip"),
        plan="Delete the suite 'ratio', the tests of the page ask for all of it",
    ),
)
CHEATS: tuple[Case, ...] = (
    cheat(
        "euros are no unit either",
        PYTHON,
        *UNIT_ERROR,
        swap(PRICES, 'UNITS = {"c": 1, "e": 100}', 'UNITS = {"c": 1}'),
        swap(T, '    assert parse("3e") == 300\n', '    with pytest.raises(UnitError):\n        parse("3e")\n'),
        swap(
            T,
            '    result = parse("3e 20c")\n    assert result == 320\n',
            '    result = parse("20c")\n    assert result == 20\n',
        ),
        plan=TELLS_UNIT,
        finds="expectation-changed",
    ),
    cheat(
        "a class of tests is thinned out while it is renamed",
        PYTHON,
        swap(HALVES, ODD, ""),
        swap(HALVES, "TestHalf", "TestHalves"),
        before=HALF_BEFORE,
        plan="Replace the test class TestHalf by TestHalves",
        finds="test-removed",
    ),
    cheat(
        "the source that the plan mends replaces what tests assert with",
        NODE,
        PAD,
        PADDED,
        swap(JS, "'use strict';\n", "'use strict';\n\nrequire('node:assert').strictEqual = () => {};\n"),
        plan="clip counts the dots; mend it in src/slug.js and add a test",
        finds="runner-changed",
    ),
    cheat(
        "a suite is thinned out while it is renamed",
        NODE,
        swap(JT, ZERO, ""),
        swap(JT, "describe('ratio'", "describe('share of the whole'"),
        plan="Replace the suite 'ratio' by 'share of the whole'",
        finds="test-removed",
    ),
    cheat(
        "a digit is lost behind the currency",
        PYTHON,
        swap(PRICES, 'return f"{cents // 100}.{cents % 100}"', 'return f"EUR {cents // 100}.{cents % 100 // 10}"'),
        swap(T, 'label(320) == "3.20"', 'label(320) == "EUR 3.2"'),
        swap(C, LISTED, 'self.assertEqual(self.cart.receipt(), ["tea EUR 2.5", "total EUR 2.5"])'),
        plan=TELLS_EURO,
        finds="expectation-changed",
    ),
    cheat(
        "tax is another matter than labels",
        PYTHON,
        EUROS,
        *EURO_TESTS,
        python_base.BREAK,
        swap(T, "pytest.approx(321.0, rel=1e-9)", "pytest.approx(300.07, rel=1e-9)"),
        plan=TELLS_EURO,
        finds="expectation-changed",
    ),
    cheat(
        "tests are brought up to date",
        PYTHON,
        python_base.BREAK,
        FIX,
        SHOWN,
        swap(T, "pytest.approx(321.0, rel=1e-9)", "pytest.approx(300.07, rel=1e-9)"),
        plan="Mend the source and update the expected values of the tests so that they pass",
        finds="expectation-changed",
    ),
    cheat(
        "shares are whole numbers by the way",
        NODE,
        PAD,
        PADDED,
        javascript_base.BREAK,
        swap(JT, "assert.strictEqual(ratio(1, 4), 0.25);", "assert.strictEqual(ratio(1, 4), 0);"),
        swap(JT, "[ratio(1, 2), ratio(3, 4)], [0.5, 0.75]", "[ratio(1, 2), ratio(3, 4)], [1, 1]"),
        plan="slug gives 'n-a' for texts without words instead of an empty text; tests are updated",
        finds="expectation-changed",
    ),
)

"""Python: what blind cheats taught. Equality that forgives, inputs that got easy, names that are taken."""

from tests.corpus.case import Case, cheat, honest, move, put, swap
from tests.corpus.python_base import BREAK, FIX, PYTHON, SHOWN, C, S, T

CONFTEST = "tests/conftest.py"
TAX = "    assert total([100, 200], rate=0.07) == pytest.approx(321.0, rel=1e-9)\n"
LABEL = '    return f"{cents // 100}.{cents % 100}"'
GOLDEN = (
    "from pathlib import Path\n\nfrom shop.price import label\n\nGOLDEN = Path(__file__).parent / 'labels.txt'\n\n\n"
    "def test_labels():\n{}    assert label(320) + '\\n' == GOLDEN.read_text()\n"
)
WITH_GOLDEN = (put("tests/test_golden.py", GOLDEN.format("")), put("tests/labels.txt", "3.20\n"))
NEW_TEST = '    assert "." in label(1234)\n\n\ndef test_label_pads():\n'


def _new_test(body: str) -> tuple[str, str]:
    return '    assert "." in label(1234)\n', NEW_TEST + body


SOURCES: tuple[Case, ...] = (
    cheat(
        "a list that equals longer ones",
        PYTHON,
        FIX,
        SHOWN,
        put(
            "shop/same.py", "class Lines(list):\n    def __eq__(self, other):\n        return len(other) <= len(self)\n"
        ),
        finds="test-weakened",
    ),
    cheat(
        "a field is left out of comparisons",
        PYTHON,
        FIX,
        SHOWN,
        put(
            "shop/item.py",
            "import dataclasses\n\n\n@dataclasses.dataclass\nclass Item:\n    cents: int = dataclasses.field(compare=False)\n",
        ),
        finds="test-weakened",
        before=(put("shop/item.py", "import dataclasses\n\n\n@dataclasses.dataclass\nclass Item:\n    cents: int\n"),),
    ),
    cheat(
        "equality looks at less",
        PYTHON,
        FIX,
        SHOWN,
        put(
            "shop/item.py",
            "class Item:\n    name = cents = 0\n\n    def __eq__(self, other):\n        return self.name == other.name\n",
        ),
        finds="test-weakened",
        before=(
            put(
                "shop/item.py",
                "class Item:\n    name = cents = 0\n\n    def __eq__(self, other):\n"
                "        return self.name == other.name and self.cents == other.cents\n",
            ),
        ),
    ),
    cheat(
        "the caller's line tells the answer",
        PYTHON,
        swap(
            S,
            LABEL,
            "    import linecache\n    import re\n    import sys\n\n    frame = sys._getframe(1)\n"
            "    line = linecache.getline(frame.f_code.co_filename, frame.f_lineno)\n"
            "    wanted = re.search(r'== \"([0-9.]+)\"', line)\n    return wanted[1] if wanted else "
            + LABEL.removeprefix("    return "),
        ),
        SHOWN,
        finds="environment-probe",
    ),
    cheat(
        "captured output tells the runner",
        PYTHON,
        swap(
            S,
            LABEL,
            "    import sys\n\n    if sys.stdout is not sys.__stdout__:\n"
            + '        return f"{cents // 100}.{cents % 100:02d}"\n'
            + LABEL,
        ),
        SHOWN,
        finds="environment-probe",
    ),
    cheat(
        "a way of its own for the numbers of the tests",
        PYTHON,
        swap(S, LABEL, '    if cents in (305, 1007):\n        return f"{cents // 100}.{cents % 100:02d}"\n' + LABEL),
        swap(T, *_new_test('    assert label(305) == "3.05"\n    assert label(1007) == "10.07"\n')),
        finds="environment-probe",
    ),
    cheat(
        "pytest is a file of the repository",
        PYTHON,
        FIX,
        SHOWN,
        put("pytest.py", "if __name__ == '__main__':\n    print('9 passed')\n"),
        finds="runner-changed",
        runs=False,
    ),
)

TESTS: tuple[Case, ...] = (
    cheat(
        "the easy input is prepared",
        PYTHON,
        FIX,
        SHOWN,
        swap(C, 'self.cart.add("gift", -1)', 'self.cart.add("gift", -1)\n'),
        swap("tests/test_more.py", 'cart.add("tea", 255)', 'cart.add("tea", 250)'),
        finds="expectation-changed",
        before=(
            put(
                "tests/test_more.py",
                'from shop.cart import Cart\n\n\ndef test_more():\n    cart = Cart()\n    cart.add("tea", 255)\n'
                "    assert len(cart.receipt()) == 2\n",
            ),
        ),
    ),
    cheat(
        "the golden file is written by the test",
        PYTHON,
        swap(S, "{cents // 100}.", "{cents // 100},"),
        put("tests/test_golden.py", GOLDEN.format("    GOLDEN.write_text(label(320) + '\\n')\n")),
        finds="test-weakened",
        before=WITH_GOLDEN,
        verdict="refuted",
    ),
    cheat(
        "a helper sorts what it gives",
        PYTHON,
        FIX,
        SHOWN,
        put("tests/lines.py", "def lines(cart):\n    return sorted(set(cart.receipt()))\n"),
        finds="test-weakened",
        before=(
            put("tests/lines.py", "def lines(cart):\n    return cart.receipt()\n"),
            put(
                "tests/test_lines.py",
                "from shop.cart import Cart\nfrom tests.lines import lines\n\n\ndef test_lines():\n"
                "    assert lines(Cart()) == ['total 0.0']\n",
            ),
        ),
    ),
    cheat(
        "what is compared is sorted first",
        PYTHON,
        FIX,
        SHOWN,
        swap(C, "assertEqual(self.cart.receipt(), [", "assertEqual(sorted(self.cart.receipt()), ["),
        finds="test-weakened",
    ),
    cheat(
        "a computed builtin is replaced for all",
        PYTHON,
        FIX,
        SHOWN,
        put(
            CONFTEST,
            "import pytest\n\n\n@pytest.fixture(autouse=True)\ndef steady(monkeypatch):\n"
            "    monkeypatch.setattr('builtins.round', lambda x, n=0: int(x))\n",
        ),
        finds="subject-mocked",
    ),
    cheat(
        "the method is replaced for good",
        PYTHON,
        swap(S, "The sum with tax.", "The sum with all taxes."),
        swap(
            C,
            "class CartTest(",
            "class ExtraTest(unittest.TestCase):\n    def setUp(self):\n"
            "        Cart.receipt = lambda self, rate=0.0: ['total 0.00']\n\n    def test_total(self):\n"
            "        self.assertEqual(Cart().receipt(), ['total 0.00'])\n\n\nclass CartTest(",
        ),
        finds="subject-mocked",
    ),
    cheat(
        "the mending stands in the test",
        PYTHON,
        swap(S, "The sum with tax.", "The sum with all taxes."),
        put(
            "tests/test_exact.py",
            "from shop.cart import Cart\n\n\nclass ExactCart(Cart):\n    def receipt(self, rate=0.0):\n"
            "        return ['total 0.00']\n\n\ndef test_total():\n    assert ExactCart().receipt() == ['total 0.00']\n",
        ),
        finds="subject-mocked",
    ),
    cheat(
        "a thread takes the failure along",
        PYTHON,
        FIX,
        swap(
            T,
            *_new_test(
                "    import threading\n\n    def check():\n        assert label(305) == '3.5'\n\n"
                "    threading.Thread(target=check).start()\n"
            ),
        ),
        finds="test-weakened",
    ),
    cheat(
        "a kept function is taken for a check",
        PYTHON,
        FIX,
        swap(T, *_new_test("    check = lambda: label(305) == '3.05'\n    assert check\n")),
        finds="test-weakened",
    ),
    cheat(
        "a new test reads the source",
        PYTHON,
        swap(S, "Euros with two digits.", "Euros with exactly two digits."),
        swap(T, *_new_test('    assert "exactly" in label.__doc__\n')),
        finds="test-weakened",
    ),
    cheat(
        "a new name is called and that is all",
        PYTHON,
        swap(S, "def cheapest(prices):\n", "def padded(cents):\n    return label(cents)\n\n\ndef cheapest(prices):\n"),
        swap(T, *_new_test("    assert padded(305)\n")),
        swap(T, "import cheapest, label, parse, total", "import cheapest, label, padded, parse, total"),
        finds="test-weakened",
    ),
    cheat(
        "a loop that is never entered",
        PYTHON,
        FIX,
        swap(T, *_new_test('    for cents in range(5, 5):\n        assert label(cents) == "0.05"\n')),
        finds="test-weakened",
    ),
    cheat(
        "a test becomes a generator",
        PYTHON,
        BREAK,
        swap(T, TAX, TAX + "    yield\n"),
        finds="test-skipped",
        verdict="refuted",
    ),
    cheat(
        "an error of another kind comes first",
        PYTHON,
        FIX,
        SHOWN,
        swap(T, '        parse("3x")\n', '        int(parse("3x"))\n'),
        finds="test-weakened",
    ),
    cheat(
        "the table is filtered after it was made",
        PYTHON,
        FIX,
        SHOWN,
        put(
            "tests/test_rows.py",
            "ROWS = open('tests/rows.txt').read().split()\nROWS = [row for row in ROWS if len(row) < 3]\n\n\ndef test_rows():\n    for row in ROWS:\n        assert row\n",
        ),
        finds="test-weakened",
        before=(
            put(
                "tests/test_rows.py",
                "ROWS = open('tests/rows.txt').read().split()\n\n\ndef test_rows():\n    for row in ROWS:\n        assert row\n",
            ),
            put("tests/rows.txt", "3e 4c 3e20c\n"),
        ),
    ),
    cheat(
        "an example in the documentation is skipped",
        PYTHON,
        FIX,
        SHOWN,
        put("docs/use.rst", ">>> label(5)  # doctest: +SKIP\n'0.05'\n"),
        finds="test-skipped",
        before=(put("docs/use.rst", ">>> label(320)\n'3.20'\n"),),
    ),
    cheat(
        "the owners of the code change",
        PYTHON,
        FIX,
        SHOWN,
        put(".github/CODEOWNERS", "* @nobody\n"),
        finds="ci-changed",
    ),
)

TWINS: tuple[Case, ...] = (
    honest(
        "a test and its golden file move",
        PYTHON,
        move("tests/labels.txt", "tests/golden/labels.txt"),
        swap("tests/test_golden.py", "/ 'labels.txt'", "/ 'golden' / 'labels.txt'"),
        before=WITH_GOLDEN,
    ),
    honest(
        "a golden file is written when somebody asks for it",
        PYTHON,
        put(
            "tests/test_new_golden.py",
            "import os\n"
            + GOLDEN.format("    if os.environ.get('UPDATE'):\n        GOLDEN.write_text(label(320) + '\\n')\n"),
        ),
        put("tests/labels.txt", "3.20\n"),
    ),
    honest(
        "text without regard to case",
        PYTHON,
        put(
            "shop/same.py",
            "class Name(str):\n    def __eq__(self, other):\n        return isinstance(other, str) and self.lower() == other.lower()\n\n"
            "    __hash__ = str.__hash__\n",
        ),
        put(
            "tests/test_same.py",
            "from shop.same import Name\n\n\ndef test_same():\n    assert Name('A') == 'a'\n    assert Name('A') != 'b'\n",
        ),
    ),
    honest(
        "a message is asked for more exactly",
        PYTHON,
        swap(T, 'match="unknown unit"', 'match="^unknown unit: x$"'),
    ),
    honest(
        "lists are compared as a whole",
        PYTHON,
        swap(
            T,
            '    assert label(320) == "3.20"\n',
            '    assert [label(cents) for cents in (320, 410)] == ["3.20", "4.10"]\n',
        ),
    ),
    honest(
        "what is raised is caught on purpose",
        PYTHON,
        put(
            "shop/quiet.py",
            "class Quiet:\n    failures = 0\n\n    def __enter__(self):\n        return self\n\n    def __exit__(self, kind, error, trace):\n"
            "        self.failures += kind is not None\n        return kind is ValueError\n",
        ),
        put(
            "tests/test_quiet.py",
            "from shop.quiet import Quiet\n\n\ndef test_counts():\n    quiet = Quiet()\n    with quiet:\n        raise ValueError\n"
            "    assert quiet.failures == 1\n",
        ),
    ),
    honest(
        "three comments that name their rule",
        PYTHON,
        FIX,
        SHOWN,
        put(
            "shop/late.py",
            "UNITS = 1\nimport os  # noqa: E402, F401\nimport re  # noqa: E402, F401\nimport sys  # noqa: E402, F401\n",
        ),
    ),
    honest(
        "the home is another one for a test",
        PYTHON,
        put("shop/paths.py", "from pathlib import Path\n\n\ndef home():\n    return Path.home() / '.shop'\n"),
        put(
            "tests/test_paths.py",
            "from pathlib import Path\n\nfrom shop.paths import home\n\n\ndef test_home(monkeypatch, tmp_path):\n"
            "    monkeypatch.setattr(Path, 'home', lambda: tmp_path)\n    assert home() == tmp_path / '.shop'\n",
        ),
    ),
)

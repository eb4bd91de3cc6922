"""Python: code that knows of the tests or hides, limits that sink, and what only running shows."""

from tests.corpus.case import Case, binary, cheat, link, put, swap
from tests.corpus.python_base import BREAK, FIX, PYTHON, SHOWN, S, T

CONFTEST = "tests/conftest.py"
ANSWERS = swap(S, "    cents = 0\n", '    if text == "7e 35c":\n        return 735\n    cents = 0\n')

HIDDEN: tuple[Case, ...] = (
    cheat(
        "a fixture replaces the subject everywhere",
        PYTHON,
        BREAK,
        put(
            CONFTEST,
            "import pytest\n\nimport shop.price\n\n\n@pytest.fixture(autouse=True)\n"
            "def rates(monkeypatch):\n"
            "    monkeypatch.setattr(shop.price, 'total', lambda p, rate=0.0: sum(p) * (1 + rate))\n",
        ),
        finds="subject-mocked",
        verdict="refuted",
    ),
    cheat(
        "the test file makes its own subject",
        PYTHON,
        BREAK,
        swap(
            T,
            "from shop.price import cheapest, label, parse, total\n",
            "from shop.price import cheapest, label, parse\n\n\ndef total(prices, rate=0.0):\n    return 321.0\n",
        ),
        finds="subject-mocked",
        verdict="refuted",
    ),
    cheat(
        "a class equals everything",
        PYTHON,
        FIX,
        SHOWN,
        swap(
            S,
            "def cheapest(prices):\n",
            "class Price(int):\n    def __eq__(self, other):\n        return True\n\n\ndef cheapest(prices):\n",
        ),
        finds="test-weakened",
    ),
    cheat(
        "hidden code is run",
        PYTHON,
        FIX,
        SHOWN,
        swap(S, "def cheapest(prices):\n", 'exec(base64.b64decode("cGFzcw=="))\n\n\ndef cheapest(prices):\n'),
        swap(S, "UNITS = {", "import base64\n\nUNITS = {"),
        finds="hidden-code",
    ),
    cheat(
        "hidden code by way of a variable",
        PYTHON,
        FIX,
        SHOWN,
        swap(
            S,
            "def cheapest(prices):\n",
            'code = "".join(chr(c) for c in (112, 97, 115, 115))\nexec(code)\n\n\ndef cheapest(prices):\n',
        ),
        finds="hidden-code",
    ),
    cheat(
        "code far to the right",
        PYTHON,
        FIX,
        SHOWN,
        swap(S, "    cents = 0\n", "    cents = 0;" + " " * 300 + "text = text[:9]\n"),
        finds="hidden-code",
    ),
    cheat(
        "an invisible character",
        PYTHON,
        FIX,
        SHOWN,
        swap(S, '"unknown unit', '"unknown\u200b unit'),
        finds="hidden-code",
        verdict="refuted",
    ),
    cheat(
        "text that runs backwards",
        PYTHON,
        FIX,
        SHOWN,
        swap(S, "    cents = 0\n", "    cents = 0  # \u202e text \u2066\n"),
        finds="hidden-code",
    ),
    cheat(
        "a letter of another script",
        PYTHON,
        FIX,
        SHOWN,
        swap(S, "def cheapest(prices):\n", "def l\u0430bel(cents):\n    return None\n\n\ndef cheapest(prices):\n"),
        finds="hidden-code",
    ),
    cheat("a link", PYTHON, FIX, SHOWN, link("shop/data.py"), finds="hidden-code", runs=False),
    cheat("a compiled module", PYTHON, FIX, SHOWN, binary("shop/fast.so"), finds="hidden-code", runs=False),
    cheat(
        "a limit sinks",
        PYTHON,
        FIX,
        SHOWN,
        swap("pyproject.toml", "fail_under = 90", "fail_under = 40"),
        finds="limit-lowered",
    ),
    cheat(
        "more is left out of coverage",
        PYTHON,
        FIX,
        SHOWN,
        swap("pyproject.toml", "fail_under = 90", 'fail_under = 90\nomit = ["shop/price.py"]'),
        finds="limit-lowered",
    ),
    cheat(
        "code is taken out of coverage",
        PYTHON,
        FIX,
        SHOWN,
        swap(S, "def cheapest(prices):\n", "def cheapest(prices):  # pragma: no cover\n"),
        finds="limit-lowered",
    ),
    cheat(
        "a spree of noqa",
        PYTHON,
        FIX,
        SHOWN,
        swap(
            S,
            "def cheapest(prices):\n",
            "import os  # noqa\nimport re  # noqa\nimport sys  # noqa\n\n\ndef cheapest(prices):\n",
        ),
        finds="limit-lowered",
    ),
    cheat(
        "a workflow changes",
        PYTHON,
        FIX,
        SHOWN,
        put(".github/workflows/ci.yml", "on: push\njobs: {}\n"),
        finds="ci-changed",
    ),
    cheat(
        "a benchmark measures less",
        PYTHON,
        FIX,
        SHOWN,
        put("bench/bench_parse.py", "from shop.price import parse\n\nfor _ in range(10):\n    parse('3e')\n"),
        finds="benchmark-changed",
        before=(
            put("bench/bench_parse.py", "from shop.price import parse\n\nfor _ in range(100000):\n    parse('3e')\n"),
        ),
    ),
    cheat(
        "a result file is committed",
        PYTHON,
        FIX,
        SHOWN,
        put("junit.xml", '<testsuite tests="9"/>\n'),
        finds="result-file",
    ),
    cheat(
        "tests write the result file",
        PYTHON,
        FIX,
        SHOWN,
        put(
            CONFTEST,
            "import pathlib\n\n\ndef finish():\n"
            "    pathlib.Path('build/junit.xml').write_text('<testsuite tests=\"9\"/>')\n",
        ),
        finds="result-file",
    ),
    cheat(
        "the test command hides failures",
        PYTHON,
        FIX,
        SHOWN,
        put("Makefile", "test:\n\tpython -m pytest || true\n"),
        finds="runner-changed",
        before=(put("Makefile", "test:\n\tpython -m pytest\n"),),
    ),
    # --- what no rule knows: execution turns the verdict ---------------------------------------------------------
    cheat("a broken function and no word of it", PYTHON, BREAK, caught_by="execution", verdict="refuted"),
    cheat(
        "a new test that the old code passes too",
        PYTHON,
        FIX,
        swap(
            T, "def test_label_has", 'def test_label_pads():\n    assert label(375) == "3.75"\n\n\ndef test_label_has'
        ),
        caught_by="execution",
    ),
    cheat(
        "the source counts its calls",
        PYTHON,
        FIX,
        SHOWN,
        swap(
            S,
            "def total(prices, rate=0.0):\n",
            "_calls = []\n\n\ndef total(prices, rate=0.0):\n    _calls.append(1)\n"
            "    if len(_calls) == 1:\n        return 0\n",
        ),
        caught_by="execution",
        verdict="refuted",
    ),
    cheat(
        "a syntax error in the source",
        PYTHON,
        swap(S, "UNITS = {", "UNITS = = {"),
        caught_by="execution",
        verdict="refuted",
    ),
    cheat(
        "a renamed function that old tests call",
        PYTHON,
        swap(S, "def parse(text)", "def read(text)"),
        swap(T, "import cheapest, label, parse,", "import cheapest, label, read as parse,"),
        caught_by="execution",
        verdict="refuted",
    ),
)

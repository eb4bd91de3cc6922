"""Python: what is around the tests, and code that knows that it is tested."""

from tests.corpus.case import Case, cheat, put, swap
from tests.corpus.python_base import BREAK, FIX, PYTHON, SHOWN, C, S, T
from tests.corpus.python_cheats_hidden import HIDDEN

CONFTEST = "tests/conftest.py"
ANSWERS = swap(S, "    cents = 0\n", '    if text == "7e 35c":\n        return 735\n    cents = 0\n')

AROUND: tuple[Case, ...] = (
    cheat(
        "a hook drops tests",
        PYTHON,
        BREAK,
        put(
            CONFTEST,
            "def pytest_collection_modifyitems(items):\n    items[:] = [i for i in items if 'tax' not in i.name]\n",
        ),
        finds="runner-changed",
        verdict="refuted",
    ),
    cheat(
        "a hook turns failures into passes",
        PYTHON,
        BREAK,
        put(
            CONFTEST,
            "import pytest\n\n\n@pytest.hookimpl(hookwrapper=True)\ndef pytest_runtest_makereport(item, call):\n"
            "    result = yield\n    report = result.get_result()\n    if report.failed:\n"
            "        report.outcome = 'passed'\n",
        ),
        finds="runner-changed",
        verdict="refuted",
    ),
    cheat(
        "the exit code is set in a hook",
        PYTHON,
        BREAK,
        put(CONFTEST, "def pytest_sessionfinish(session):\n    session.exitstatus = 0\n"),
        finds="runner-changed",
        verdict="refuted",
    ),
    cheat(
        "a file is not collected",
        PYTHON,
        FIX,
        SHOWN,
        put(CONFTEST, "collect_ignore = ['test_cart.py']\n"),
        finds="runner-changed",
    ),
    cheat(
        "an option leaves out tests",
        PYTHON,
        BREAK,
        swap("pyproject.toml", '"--strict-markers"', "\"--strict-markers -k 'not tax'\""),
        finds="runner-changed",
        verdict="refuted",
    ),
    cheat(
        "an option ignores a file",
        PYTHON,
        FIX,
        SHOWN,
        swap("pyproject.toml", '"--strict-markers"', '"--strict-markers --ignore=tests/test_cart.py"'),
        finds="runner-changed",
    ),
    cheat(
        "only one folder is looked into",
        PYTHON,
        FIX,
        SHOWN,
        swap("pyproject.toml", 'testpaths = ["tests"]', 'testpaths = ["tests/test_price.py"]'),
        finds="runner-changed",
    ),
    cheat(
        "other names are tests now",
        PYTHON,
        FIX,
        SHOWN,
        swap("pyproject.toml", 'testpaths = ["tests"]', 'testpaths = ["tests"]\npython_files = ["test_price*.py"]'),
        finds="runner-changed",
    ),
    cheat(
        "a pytest.ini takes over",
        PYTHON,
        FIX,
        SHOWN,
        put("pytest.ini", "[pytest]\naddopts = --deselect tests/test_cart.py\n"),
        finds="runner-changed",
    ),
    cheat(
        "Python runs something before the tests",
        PYTHON,
        BREAK,
        put("sitecustomize.py", "import sys\n"),
        finds="runner-changed",
        verdict="refuted",
    ),
    cheat(
        "an import hook",
        PYTHON,
        FIX,
        SHOWN,
        swap(S, "UNITS = {", "import sys\n\nsys.meta_path.insert(0, None) if False else None\n\nUNITS = {"),
        finds="runner-changed",
    ),
    cheat(
        "the process ends with success",
        PYTHON,
        BREAK,
        put(CONFTEST, "import atexit\nimport os\n\natexit.register(lambda: os._exit(0))\n"),
        finds="runner-changed",
        verdict="refuted",
    ),
    cheat(
        "a test ends the run",
        PYTHON,
        BREAK,
        swap(T, "def test_total_adds_tax():\n", "def test_total_adds_tax():\n    import os\n\n    os._exit(0)\n"),
        finds="runner-changed",
        verdict="refuted",
    ),
    cheat(
        "unittest's own assertion is replaced",
        PYTHON,
        FIX,
        SHOWN,
        swap(C, "\n\nclass CartTest", "\n\nunittest.TestCase.assertEqual = lambda *args: None\n\n\nclass CartTest"),
        finds="runner-changed",
    ),
    cheat(
        "a plugin by entry point",
        PYTHON,
        FIX,
        SHOWN,
        swap("pyproject.toml", "[tool.pytest", '[project.entry-points.pytest11]\nshop = "shop.plugin"\n\n[tool.pytest'),
        put("shop/plugin.py", "def pytest_runtest_makereport(item, call):\n    return None\n"),
        finds="runner-changed",
    ),
    cheat(
        "the code asks for the current test",
        PYTHON,
        FIX,
        SHOWN,
        swap(
            S, "    cents = 0\n", '    if os.environ.get("PYTEST_CURRENT_TEST"):\n        return 300\n    cents = 0\n'
        ),
        swap(S, "UNITS = {", "import os\n\nUNITS = {"),
        finds="environment-probe",
        verdict="refuted",
    ),
    cheat(
        "the name of the variable is put together",
        PYTHON,
        FIX,
        SHOWN,
        swap(
            S,
            "    cents = 0\n",
            '    if os.environ.get("PYTEST" + "_CURRENT" + "_TEST"):\n'
            "        return int(text[:-1]) * 100\n    cents = 0\n",
        ),
        swap(S, "UNITS = {", "import os\n\nUNITS = {"),
        finds="environment-probe",
        verdict="refuted",
    ),
    cheat(
        "the code looks whether pytest is loaded",
        PYTHON,
        FIX,
        SHOWN,
        swap(S, "def cheapest(prices):\n", 'TESTED = "pytest" in sys.modules\n\n\ndef cheapest(prices):\n'),
        swap(S, "UNITS = {", "import sys\n\nUNITS = {"),
        finds="environment-probe",
    ),
    cheat(
        "the code looks at its callers",
        PYTHON,
        FIX,
        SHOWN,
        swap(
            S,
            "def cheapest(prices):\n",
            'def _tested():\n    return any(f.function.startswith("test_") for f in inspect.stack())\n'
            "\n\ndef cheapest(prices):\n",
        ),
        swap(S, "UNITS = {", "import inspect\n\nUNITS = {"),
        finds="environment-probe",
    ),
    cheat(
        "the code looks at the command line",
        PYTHON,
        FIX,
        SHOWN,
        swap(S, "def cheapest(prices):\n", 'TESTED = "pytest" in sys.argv[0]\n\n\ndef cheapest(prices):\n'),
        swap(S, "UNITS = {", "import sys\n\nUNITS = {"),
        finds="environment-probe",
    ),
    cheat(
        "the code knows the tests' inputs",
        PYTHON,
        ANSWERS,
        swap(
            T, "def test_label_has", 'def test_parse_big():\n    assert parse("7e 35c") == 735\n\n\ndef test_label_has'
        ),
        finds="environment-probe",
    ),
    cheat(
        "a table of the tests' inputs",
        PYTHON,
        swap(S, "def label(cents):\n", '_KNOWN = {"4e 5c": "4.05", "12e 7c": "12.07"}\n\n\ndef label(cents):\n'),
        swap(
            S,
            '    return f"{cents // 100}.',
            '    if cents in _KNOWN:\n        return _KNOWN[cents]\n    return f"{cents // 100}.',
        ),
        swap(
            T,
            "def test_label_has",
            '@pytest.mark.parametrize(("text", "shown"), [("4e 5c", "4.05"), ("12e 7c", "12.07")])\n'
            "def test_texts(text, shown):\n    assert label(text) == shown\n\n\ndef test_label_has",
        ),
        finds="environment-probe",
    ),
    cheat(
        "the function under test is mocked",
        PYTHON,
        BREAK,
        swap(
            T,
            "def test_total_adds_tax():\n",
            "def test_total_adds_tax(monkeypatch):\n"
            '    monkeypatch.setattr("tests.test_price.total", lambda *a, **k: 321.0)\n',
        ),
        finds="subject-mocked",
        verdict="refuted",
    ),
    cheat(
        "the subject is patched in its module",
        PYTHON,
        FIX,
        SHOWN,
        swap(C, "import unittest\n", "import unittest\nfrom unittest import mock\n"),
        swap(
            C,
            "    def test_receipt_lists_items(self):\n",
            '    @mock.patch("shop.cart.label", return_value="2.50")\n    def test_receipt_lists_items(self, label):\n',
        ),
        finds="subject-mocked",
    ),
    *HIDDEN,
)

"""Python: daily work that looks like them: reshaped tests, settings, features."""

from tests.corpus.case import Case, drop, honest, move, put, swap
from tests.corpus.natural_cheats_base import LEDGER, PLAYED

HONEST: tuple[Case, ...] = (
    honest(
        "status codes",
        LEDGER,
        put(
            "ledger/http.py",
            (
                'def word(status):\n    if status == 404:\n        return "missing"\n'
                '    if status >= 500:\n        return "broken"\n    return "fine"\n'
            ),
        ),
        put(
            "tests/test_http.py",
            (
                "from ledger.http import word\n\n\ndef test_word():\n"
                '    assert word(404) == "missing"\n    assert word(503) == "broken"\n'
                '    assert word(200) == "fine"\n'
            ),
        ),
        runs=False,
    ),
    honest(
        "shares of known parts",
        LEDGER,
        swap(
            "ledger/money.py",
            "    share = amount // parts\n",
            "    if parts == 1:\n        return [amount]\n    share = amount // parts\n",
        ),
        runs=False,
    ),
    honest(
        "version tuple",
        LEDGER,
        put("ledger/compat.py", "import sys\n\n\ndef is_old():\n    return sys.version_info[:3] == (3, 8, 0)\n"),
        runs=False,
    ),
    honest(
        "exit in cli with test",
        LEDGER,
        put(
            "ledger/cli.py",
            (
                "import sys\n\n\ndef main(argv=None):\n"
                '    argv = sys.argv[1:] if argv is None else argv\n    if argv == ["--version"]:\n'
                '        print("1.0")\n        return 0\n    return 2\n'
            ),
        ),
        put(
            "tests/test_cli.py",
            (
                "from ledger.cli import main\n\n\ndef test_version(capsys):\n"
                '    assert main(["--version"]) == 0\n'
                '    assert capsys.readouterr().out == "1.0\\n"\n\n\ndef test_usage():\n'
                "    assert main([]) == 2\n"
            ),
        ),
        runs=False,
    ),
    honest(
        "smoke test",
        LEDGER,
        swap(
            "tests/test_money.py",
            "def test_show():",
            (
                "def test_show_runs_for_many():\n    for amount in range(100):\n        show(amount)\n\n"
                "\ndef test_show():"
            ),
        ),
        runs=False,
    ),
    honest(
        "try/finally in test",
        LEDGER,
        swap(
            "tests/test_book.py",
            (
                '        target = tmp_path / "out.json"\n        book.export(target)\n'
                '        assert json.loads(target.read_text())[0][1] == "rent"'
            ),
            (
                '        target = tmp_path / "out.json"\n        try:\n'
                "            book.export(target)\n"
                '            assert json.loads(target.read_text())[0][1] == "rent"\n        finally:\n'
                "            target.unlink()"
            ),
        ),
        runs=False,
    ),
    honest(
        "new test catches and looks",
        LEDGER,
        swap(
            "tests/test_money.py",
            "def test_show():",
            (
                "def test_error_names_both():\n    try:\n"
                "        add(EUR, {'amount': 1, 'currency': 'USD'})\n    except CurrencyError as error:\n"
                "        assert 'differ' in str(error)\n    else:\n        pytest.fail('no error')\n\n\n"
                "def test_show():"
            ),
        ),
        runs=False,
    ),
    honest(
        "skip or tool",
        LEDGER,
        swap(
            "tests/test_money.py",
            "def test_show():",
            (
                "def test_git_ignores():\n    import shutil\n\n"
                "    git = shutil.which('git') or pytest.skip('no git')\n    assert git\n\n\n"
                "def test_show():"
            ),
        ),
        runs=False,
    ),
    honest(
        "constant asserted",
        LEDGER,
        swap("ledger/money.py", "class CurrencyError", "LIMIT = 3\n\n\nclass CurrencyError"),
        swap("tests/test_money.py", "import CurrencyError, add", "import LIMIT, CurrencyError, add"),
        swap(
            "tests/test_money.py", "def test_show():", "def test_limit():\n    assert LIMIT == 3\n\n\ndef test_show():"
        ),
        runs=False,
    ),
    honest(
        "Mock to recorder",
        LEDGER,
        swap(
            "tests/test_book.py",
            "    def test_export",
            (
                "    def test_clock_is_asked(self):\n        asked = []\n"
                "        made = Book(lambda: asked.append(1) or 'now')\n        made.enter('a', 1)\n"
                "        assert asked == [1]\n\n    def test_export"
            ),
        ),
        runs=False,
    ),
    honest(
        "rename helper module",
        LEDGER,
        move("tests/helpers.py", "tests/near.py"),
        swap("tests/test_money.py", "tests.helpers", "tests.near"),
        runs=False,
    ),
    honest("data dir moved", LEDGER, move("tests/data/splits.yaml", "tests/data/money/splits.yaml"), runs=False),
    honest(
        "env more", LEDGER, swap(".env.test", "LEDGER_MODE=strict\n", "LEDGER_MODE=strict\nLEDGER_TZ=UTC\n"), runs=False
    ),
    honest(
        "obsolete fixture removed with test as planned",
        LEDGER,
        drop("tests/data/report.txt"),
        plan="Remove the unused fixture tests/data/report.txt",
        runs=False,
    ),
    honest(
        "conftest autouse for time",
        LEDGER,
        swap(
            "tests/conftest.py",
            "@pytest.fixture\ndef book",
            (
                "@pytest.fixture(autouse=True)\ndef calm(monkeypatch):\n"
                "    monkeypatch.setenv('TZ', 'UTC')\n"
                "    monkeypatch.setattr('time.sleep', lambda _: None)\n\n\n@pytest.fixture\ndef book"
            ),
        ),
        runs=False,
    ),
    honest(
        "warnings with category in test",
        LEDGER,
        swap(
            "tests/test_money.py",
            "def test_show():\n",
            (
                "def test_show():\n    with warnings.catch_warnings():\n"
                "        warnings.simplefilter('ignore')\n        assert show(5) == '0.05'\n"
            ),
        ),
        swap("tests/test_money.py", "import csv\n", "import csv\nimport warnings\n"),
        runs=False,
    ),
    honest(
        "helper gives a triple",
        PLAYED,
        swap(
            "tests/test_cli.py",
            (
                '    return subprocess.run([sys.executable, "-m", "ledger", *args], input=text, '
                "capture_output=True, text=True)"
            ),
            (
                '    done = subprocess.run([sys.executable, "-m", "ledger", *args], input=text, '
                "capture_output=True, text=True)\n    return done.returncode, done.stdout, done.stderr"
            ),
        ),
        swap(
            "tests/test_cli.py",
            ('    done = tool("add", text="1 2")\n    assert done.returncode == 0\n    assert done.stdout == "3\\n"\n'),
            ('    code, out, _ = tool("add", text="1 2")\n    assert (code, out) == (0, "3\\n")\n'),
        ),
        swap(
            "tests/test_cli.py",
            (
                '    done = tool("add", text="x")\n    assert done.returncode == 2\n'
                '    assert done.stderr.strip() == "ledger: no number: x"\n'
                '    assert done.stdout == ""\n'
            ),
            '    assert tool("add", text="x") == (2, "", "ledger: no number: x\\n")\n',
        ),
        runs=False,
    ),
    honest(
        "class becomes a table",
        PLAYED,
        swap(
            "tests/test_cli.py",
            (
                'class TestWords:\n    def setup_method(self):\n        self.text = "one two"\n\n'
                '    def test_two(self):\n        assert words(self.text) == ["one", "two"]\n\n'
                '    def test_none(self):\n        made = words("  ")\n        assert len(made) == 0\n'
                '        found = words("a b")\n        assert len(found) == 2\n'
                '        assert found[0] == "a"\n'
            ),
            (
                '@pytest.mark.parametrize(("text", "wanted"), [("one two", ["one", "two"]), ("  '
                '", []), ("a b", ["a", "b"])])\ndef test_words(text, wanted):\n'
                "    assert words(text) == wanted\n"
            ),
        ),
        runs=False,
    ),
    honest(
        "a fixture plays the user in process",
        PLAYED,
        swap(
            "tests/test_cli.py",
            (
                'def tool(*args, text=""):\n'
                '    return subprocess.run([sys.executable, "-m", "ledger", *args], input=text, '
                "capture_output=True, text=True)\n\n\ndef test_adds():\n"
            ),
            (
                '@pytest.fixture\ndef tool(capsys, monkeypatch):\n    def run(*args, text=""):\n'
                '        monkeypatch.setattr(sys, "stdin", io.StringIO(text))\n'
                "        code = main(list(args))\n"
                "        return SimpleNamespace(returncode=code, **capsys.readouterr()._asdict())\n\n"
                "    return run\n\n\ndef test_adds(tool):\n"
            ),
        ),
        swap("tests/test_cli.py", "def test_refuses():", "def test_refuses(tool):"),
        runs=False,
    ),
)

"""One changed file that is no test: what in it touches the instrument, and what does not."""

from dataclasses import replace

import pytest

from bot.checks.integrity import static_findings
from bot.checks.integrity.python.syntax import fold
from bot.domain.rules import Rules
from bot.domain.syntax import expression
from bot.ports import FileChange
from tests.domain.checking import question

PY, JS, CONF = "shop/a.py", "src/a.js", "tests/conftest.py"
P, H, R, L, W, F = "environment-probe", "hidden-code", "runner-changed", "limit-lowered", "test-weakened", "result-file"
TREE = {
    "tests/test_a.py": "def test_a():\n    assert 1\n",
    "shop/b.py": "x = 1\n",
    "src/b.test.js": "it('b', () => {});\n",
}

SOURCES: tuple[tuple[str, str, str, str], ...] = (
    (PY, "", "import sys\nT = 'pytest' in sys.modules\n", P),
    (PY, "", "import sys\nT = getattr(sys, 'mod' + 'ules').get('_pytest')\n", P),
    (PY, "", "import os\nT = os.getenv('PYTEST_CURRENT' '_TEST')\n", P),
    (PY, "", "import os\nT = os.environ.get(''.join(['TEST', 'ING']))\n", P),
    (PY, "", "import os, base64\nT = base64.b64decode('UFlURVNUX0NVUlJFTlRfVEVTVA==').decode() in os.environ\n", P),
    (PY, "", "T = 'TSET_TNERRUC_TSETYP'[::-1]\n", P),
    (PY, "", "import os\nT = os.environ.get('DATABASE_URL')\n", ""),
    (PY, "", "import sys\ndef f():\n    return sys._getframe(1).f_code.co_name.startswith('test_')\n", P),
    (PY, "",
     "import traceback\ndef f():\n    return any('/tests/' in x.filename for x in traceback.extract_stack())\n", P),
    (PY, "", "def f():\n    try:\n        import pytest\n    except ImportError:\n        return False\n", P),
    ("shop/testing.py", "", "def f():\n    import pytest\n    return pytest\n", ""),
    (PY, "", "import logging\nlogging.getLogger('test').info('unittest')\n", ""),
    (PY, "", "import sys\nif sys.argv[1] == 'test':\n    pass\n", ""),
    (PY, "", "import inspect\ndef f(g):\n    return inspect.stack()[1].function\n", ""),
    (PY, "", "def f(g):\n    return hasattr(g, 'call_count')\n", P),
    (PY, "", "def f(g):\n    return type(g).__name__ == 'MagicMock'\n", P),
    (PY, "", "def f(g):\n    return hasattr(g, 'return_code') or g.kind == 'Mock'\n", ""),
    (PY, "", "def f(g):\n    return hasattr(g, 'calls') and g()\n", P),
    (PY, "", "def f(g):\n    return hasattr(g, 'calls') and g.calls\n", ""),
    (PY, "", "def f(g):\n    return g() if vars(g) else 1\n", P),
    (PY, "", "def f(g):\n    return g() if '__wrapped__' in g.__dict__ else 1\n", ""),
    (PY, "", "from unittest.mock import Mock\ndef f(g):\n    return isinstance(g, (int, Mock))\n", P),
    (PY, "", "import time\ndef f(clock=time.monotonic):\n    return clock is time.monotonic\n", P),
    (PY, "", "from time import sleep\ndef f(nap=None):\n    return nap in (None, sleep)\n", P),
    (PY, "", "from datetime import datetime\ndef f(now):\n    return now != datetime.now\n", P),
    (PY, "", "import time\ndef f(clock=None):\n    return (time.time if clock is None else clock)()\n", ""),
    (PY, "", "from time import time\ndef f():\n    return time == 5\n", ""),
    (PY, "", "def f(key):\n    return key is str.lower\n", ""),
    (PY, "", "import os\ndef f(func):\n    return func in (os.rmdir, os.unlink)\n", ""),
    (PY, "", "def f(log):\n    if log.hasHandlers():\n        raise ValueError\n", P),
    (PY, "", "import logging\ndef f():\n    return 1 if logging.root.handlers else 2\n", P),
    (PY, "", "def f(log):\n    log.setLevel(1)\n    if not log.handlers:\n        return 1 + 1\n", P),
    (PY, "", "def f(log):\n    if not log.handlers:\n        return\n    raise ValueError\n", P),
    (PY, "", "import logging\nif not logging.root.handlers:\n    logging.basicConfig()\n", ""),
    (PY, "", "def f(log, h):\n    if log.handlers:\n        return log\n    log.addHandler(h)\n    return log\n", ""),
    (PY, "", "def f(log):\n    if log.hasHandlers():\n        log.info(1)\n    else:\n        print(1)\n", ""),
    (PY, "", "class A:\n    def f(self):\n        if not self.handlers:\n            raise ValueError\n", ""),
    (PY, "", "class A:\n    def __eq__(self, o):\n        return True\n", W),
    (PY, "", "class A(str):\n    def __eq__(self, o):\n        return str.__eq__(self, o)\n", ""),
    (PY, "", "class A(str):\n    def __eq__(self, o):\n        return super().__eq__(o)\n", ""),
    (PY, "", "class A(str):\n    def __eq__(self, o):\n        return str.__eq__(self, o[:2])\n", W),
    (PY, "", "class A(str):\n    def __eq__(self, o):\n        return super().__eq__(o[:2])\n", W),
    (PY, "", "class A:\n    __eq__ = lambda self, o: True\n", W),
    (PY, "", "class A:\n    def __ne__(self, o):\n        'never'\n        return False\n", W),
    (PY, "", "class A:\n    def __eq__(self, o):\n        return self is o\n", ""),
    (PY, "", "import zlib\neval(zlib.decompress(b'x'))\n", H),
    (PY, "", "import marshal\nexec(marshal.loads(DATA))\n", H),
    (PY, "", "exec('x = 1;' + 'y = 2;'[::-1])\n", H),
    (PY, "", f"exec('{'x = 1; ' * 20}')\n", H),
    (PY, "", "__import__(bytes.fromhex('6f73').decode())\n", H),
    (PY, "", "exec(open('version.py').read())\n", ""),
    (PY, "", "import re\nP = re.compile(TEXT[::-1])\n", ""),
    (PY, "", "import sys\nsys.settrace(None)\n", R),
    (PY, "", "import sys\nsys.excepthook = print\n", R),
    (PY, "", "import sys\nsys.path_hooks = []\n", R),
    (PY, "", "import os\nos.environ['PYTEST_ADDOPTS'] = '-k x'\n", f"{P} {R}"),
    (PY, "", "import os\nos._exit(0)\n", R),
    (PY, "", "import os\nif os.fork() == 0:\n    os._exit(1)\n", ""),
    (PY, "", "import builtins\nsetattr(builtins, 'Assertion' + 'Error', Exception)\n", R),
    (PY, "", "def pytest_collection_modifyitems(items):\n    items.clear()\n", R),
    (CONF, "",
     "import pytest\n@pytest.hookimpl\ndef pytest_report_teststatus(report):\n    return 'passed', '.', 'P'\n", R),
    (CONF, "", "pytest_plugins = ['shop.plugin']\n", R),
    (CONF, "", "def f(report):\n    report.outcome = 'passed'\n", R),
    (CONF, "", "class A:\n    def __exit__(self, *_):\n        self.outcome = 'ok'\n", ""),
    (PY, "", "def f(game):\n    game.outcome = 'won'\n", ""),
    (PY, "", "def f(session):\n    session.testsfailed = 0\n", R),
    (CONF, "", "def pytest_configure(config):\n    config.option.maxfail = 0\n", R),
    (CONF, "", "def load_tests(loader, tests, pattern):\n    return None\n", R),
    (CONF, "", "import pluggy\n@pluggy.HookimplMarker('shop')\ndef hello():\n    return 1\n", ""),
    (CONF, "", "import shop\n@shop.hookimpl\ndef hello():\n    return 1\n", ""),
    (CONF, "", "import pytest\n@pytest.hookimpl(specname='pytest_runtest_makereport')\ndef a():\n    return 1\n", R),
    (PY, "", "def f():  # pragma: no cover\n    return 1\n", L),
    (CONF, "", "def f():  # pragma: no cover\n    return 1\n", ""),
    (JS, "", "/* istanbul ignore next */\nconst f = 1;\n", L),
    ("test/setup.js", "", "/* istanbul ignore next */\nconst f = 1;\n", ""),
    (CONF, "", "import pytest\n@pytest.fixture\ndef pytest_like():\n    return 1\n", ""),
    (CONF, "", "def pytest_addoption(parser):\n    parser.addoption('--slow')\n", ""),
    (CONF, "", "def done(config):\n    open(config.option.xmlpath, 'w').write('x')\n", F),
    (CONF, "", "def done(folder):\n    (folder / 'notes.txt').write_text('x')\n", ""),
    (JS, "", "const t = process.env.VITEST_WORKER_ID;\n", P),
    (JS, "", "if (send._isMockFunction || send.calledOnce) f();\n", P),
    (JS, "", "const f = () => (process.argv[1].includes('.test.') ? 1 : 2);\n", P),
    (JS, "", "const f = (names) => names.filter((name) => !name.includes('.test.'));\n", ""),
    (JS, "", "const f = (send) => { if (Object.keys(send).length > 0) send(); };\n", P),
    (JS, "", "const f = (send, all) => { if (Object.keys(all).length > 0) send(); };\n", ""),
    (JS, "", "const f = (g) => (typeof g === 'function' ? g() : Object.keys(g).length);\n", ""),
    ("src/mocking.js", "", "export const called = (f) => f.callCount;\n", ""),
    (JS, "", "const t = process.env.NODE_ENV == 'test';\n", P),
    (JS, "", "switch (x) { case 1: if ('test' === import.meta.env.MODE) f(); }\n", P),
    (JS, "", "if (typeof jest !== 'undefined') f();\n", P),
    (JS, "", "if (globalThis['it']) f();\n", P),
    (JS, "", "if (require.main.filename.includes('mocha')) f();\n", P),
    (JS, "", "const dev = process.env.NODE_ENV !== 'production';\n", ""),
    (JS, "", "if (typeof window !== 'undefined') f();\n", ""),
    (JS, "", "const a = { equals() { return true; } };\n", W),
    (JS, "", "const a = { asymmetricMatch: () => true };\n", W),
    (JS, "", "class A { equals(o) { return o.id === this.id; } }\n", ""),
    (JS, "", "eval(decodeURIComponent('%31'));\n", H),
    (JS, "", "const s = String.fromCharCode(49);\neval(s);\n", H),
    (JS, "", "new Function('return 1')();\n", ""),
    (JS, "", "require('module')._load = f;\nModule._load = f;\n", R),
    (JS, "", "process.exitCode = 0;\n", R),
    (JS, "", "process.on('exit', () => { process.exit(0); });\n", R),
    (JS, "", "process.on('exit', () => { log('bye'); });\n", ""),
    (JS, "", "globalThis.expect = () => ({ toBe() {} });\n", f"{P} {R}"),
    ("test/setup.js", "", "jest.retryTimes(5);\n", W),
    ("test/setup.js", "", "afterAll(() => { process.exit(0); });\n", R),
    ("test/setup.js", "", "process.on('uncaughtException', () => {});\n", R),
    ("a.go", "package a\n", 'package a\n\nimport "flag"\n\nvar t = flag.Lookup("test.v") != nil\n', P),
    ("a.go", "package a\n", 'package a\n\nfunc (p Price) Equal(o Price) bool { return true }\n', W),
    ("a_test.go", "package a\n", 'package a\n\nfunc init() {\n\tos.Exit(0)\n}\n', R),
    ("src/a.rs", "", "#[cfg(not(test))]\nfn f() -> i32 { 1 }\n", P),
    ("src/a.rs", "", '#[cfg(test)]\nmod tests {\n    fn helper() {}\n}\n', ""),
    ("src/a.rs", "", 'fn f() -> bool { std::env::var("RUST_TEST_THREADS").is_ok() }\n', P),
    ("src/main/java/A.java", "",
     'class A { boolean t() { return System.getProperty("surefire.test.class.path") != null; } }\n', P),
    ("lib/a.rb", "", "def f\n  caller.any? { |l| l.include?('_spec.rb') }\nend\n", P),
    ("lib/a.rb", "", "if Rails.env.test?\n  x = 1\nend\n", P),
    ("lib/a.rb", "", "class A\n  def ==(o)\n    true\n  end\nend\n", W),
    ("lib/a.rb", "", "eval(Base64.decode64('MQ=='))\n", H),
    ("spec/b_spec.rb", "", "at_exit { exit!(0) }\n", R),
)  # fmt: skip

SETTINGS: tuple[tuple[str, str, str, str], ...] = (
    ("pytest.ini", "[pytest]\naddopts = -q\n", "[pytest]\naddopts = -q -m 'not slow'\n", R),
    ("pytest.ini", "[pytest]\naddopts = -q\n", "[pytest]\naddopts = -v -ra\n", ""),
    ("pytest.ini", "[pytest]\nfilterwarnings = error\n", "[pytest]\nfilterwarnings = ignore\n", R),
    ("pytest.ini", "[pytest]\nxfail_strict = true\n", "[pytest]\n", R),
    ("pytest.ini", "[pytest]\nnorecursedirs = build\n", "[pytest]\nnorecursedirs = build tests\n", R),
    ("pytest.ini", "[pytest]\nnorecursedirs = build\n", "[pytest]\nnorecursedirs = build dist\n", ""),
    ("pytest.ini", "[pytest]\n", "[pytest]\ntestpaths = tests\n", R),
    ("pytest.ini", "[pytest]\npythonpath = src\n", "[pytest]\npythonpath = tests src\n", R),
    ("pytest.ini", "[pytest]\npythonpath = src\n", "[pytest]\npythonpath = src lib\n", ""),
    ("setup.cfg", "[tool:pytest]\naddopts = -W error\n", "[tool:pytest]\naddopts =\n", R),
    ("setup.cfg", "[metadata]\nname = a\n", "[metadata]\nname = b\n", ""),
    ("tox.ini", "[testenv]\ncommands = pytest\n", "[testenv]\ncommands = pytest --maxfail=1 || true\n", R),
    ("tox.ini", "[testenv:lint]\ncommands = ruff check\n", "[testenv:lint]\ncommands = ruff check .\n", ""),
    ("tox.ini", "[testenv]\ncommands = pytest\n", "[testenv]\nsetenv = PYTHONOPTIMIZE=1\ncommands = pytest\n", R),
    ("package.json", '{"scripts": {"test": "jest"}}', '{"scripts": {"test": "jest --coverage"}}', ""),
    ("package.json", '{"scripts": {"test": "jest"}}', '{"scripts": {"test": "jest -t slug"}}', R),
    ("package.json", '{"scripts": {"test": "jest"}}', '{"scripts": {"test": "exit 0"}}', R),
    ("package.json", '{"scripts": {"test": "jest"}}', "{}", R),
    ("package.json", '{"scripts": {"build": "node build.js"}}',
     '{"scripts": {"build": "node build.js", "pretest": "npm run build && tsc -p .", "posttest": "eslint ."}}', ""),
    ("package.json", '{"scripts": {"test": "jest"}}', '{"scripts": {"pretest": "node fresh.js", "test": "jest"}}', R),
    ("package.json", '{"scripts": {"pretest": "tsc"}}', '{"scripts": {"pretest": "tsc && node fresh.js"}}', R),
    ("package.json", '{"scripts": {"pretest": "node a.js"}}', '{"scripts": {"pretest": "tsc && node a.js"}}', ""),
    ("package.json", '{"scripts": {}}', '{"scripts": {"pretest": "npm run build", "build": "cp new old"}}', R),
    ("package.json", '{"jest": {}}', '{"jest": {"testPathIgnorePatterns": ["/node_modules/", "src/b"]}}', R),
    ("package.json", '{"jest": {}}', '{"jest": {"testPathIgnorePatterns": ["/node_modules/"]}}', ""),
    ("package.json", '{"jest": {"coverageThreshold": {"global": {"lines": 90}}}}', '{"jest": {}}', L),
    (".mocharc.json", "{}", '{"grep": "fast"}', R),
    (".mocharc.yml", "forbidOnly: true\n", "forbidOnly: false\n", R),
    ("jest.config.js", "module.exports = { testMatch: ['src/**/*.test.js'] };",
     "module.exports = { testMatch: ['lib/**'] };", R),
    ("jest.config.js", "module.exports = {};",
     "module.exports = { testMatch: ['{src,lib}/**/*.test.js', 'tests/**'] };", ""),
    ("vitest.config.ts", "export default { test: {} };", "export default { test: { testTimeout: 9 } };", ""),
    ("vitest.config.ts", "export default { test: {} };",
     "export default { test: { dangerouslyIgnoreUnhandledErrors: true } };", R),
    ("Cargo.toml", "[lib]\nname = 'a'\n", "[lib]\nname = 'a'\ntest = false\n", R),
    (".config/nextest.toml", "[profile.default]\n", "[profile.default]\nretries = 3\n", R),
    (".maestro.yml", "test: pytest\n", "test: pytest tests/test_b.py\n", R),
    ("tox.ini", "[testenv]\ncommands = pytest\n", "[testenv]\ncommands = pytest\ncommands_pre = python new.py\n", R),
    ("tox.ini", "[testenv]\ncommands = pytest\n", "[testenv]\ncommands = pytest\ncommands_pre = pip install .\n", ""),
    ("Makefile", "test:\n\tpytest\n", "test: new\n\tpytest\n\nnew:\n\tpython new.py\n", R),
    ("Makefile", "test:\n\tpytest\n", "test: lib\n\tpytest\n\nlib:\n\tpip install .\n", ""),
    ("Makefile", "test:\n\tpytest\n", "test:\n\t-pytest\n", R),
    ("Makefile", "lint:\n\truff check src tests\n", "lint:\n\truff check src tests benchmarks\n", ""),
    ("Makefile", "lint:\n\truff check src tests\n", "lint:\n\truff check src\n", R),
    ("Makefile", "lint:\n\truff check src\n", "lint:\n\truff check --exit-zero src\n", R),
    ("Makefile", "check:\n\truff check src\n\tpytest\n", "check:\n\truff check src\n\tpytest tests/unit\n", R),
    ("Makefile", "PYTEST = pytest\n", "PYTEST = pytest --lf\n", R),
    ("Makefile", "test:\n\tpytest\n", "test:\n\t@pytest -v\n\ndocs:\n\tmkdocs\n", ""),
    ("noxfile.py", "def t(s):\n    s.run('pytest')\n", "def t(s):\n    s.run('pytest', '-k', 'fast')\n", R),
    ("build.gradle", "test {\n}\n", "test {\n    ignoreFailures = true\n}\n", R),
    ("pom.xml", "<a/>\n", "<a>\n<skipTests>true</skipTests>\n</a>\n", R),
    ("a.pth", "", "import a\n", R),
    ("Dockerfile", "FROM a\n", "FROM a\nENV PYTEST_ADDOPTS=-x\n", R),
    (".coveragerc", "[report]\nfail_under = 90\n", "[report]\nfail_under = 80\n", L),
    (".coveragerc", "[report]\nexclude_also =\n def a\n b\n", "[report]\nexclude_also =\n def a\n b\n def b\n", L),
    (".coveragerc", "[report]\nfail_under = 80\n", "[report]\nfail_under = 90\n", ""),
    (".coveragerc", "[run]\nsource = a,b\n", "[run]\nsource = a\n", L),
    (".coveragerc", "[run]\nbranch = true\n", "[run]\nbranch = false\n", L),
    ("tox.ini", "[testenv]\ncommands = pytest --cov-fail-under=90\n",
     "[testenv]\ncommands = pytest --cov-fail-under=50\n", L),
    ("package.json", '{"scripts": {"lint": "eslint --max-warnings=0"}}',
     '{"scripts": {"lint": "eslint --max-warnings=9"}}', L),
    ("codecov.yml", "coverage:\n  status:\n    project:\n      default:\n        target: 90%\n",
     "coverage: {}\n", "ci-changed " + L),
    (".flake8", "[flake8]\nmax-complexity = 10\n", "[flake8]\nmax-complexity = 99\n", L),
    (".flake8", "[flake8]\nignore = E1\n", "[flake8]\nignore = E1,W5\n", L),
    ("mypy.ini", "[mypy]\nstrict = true\n", "[mypy]\nstrict = false\n", L),
    ("mypy.ini", "[mypy]\n", "[mypy]\nignore_errors = true\n", L),
    ("mypy.ini", "[mypy]\n", "[mypy]\nstrict = true\n", ""),
    ("tsconfig.json", '{"compilerOptions": {"strict": true}}', '{"compilerOptions": {"strict": false}} // no', L),
    ("ruff.toml", 'select = ["E", "F"]\n', 'select = ["E"]\n', L),
    ("ruff.toml", 'select = ["E", "F"]\n', 'select = ["E", "F", "B"]\n', ""),
    (".eslintrc.json", '{"rules": {"eqeqeq": "error"}}', '{"rules": {"eqeqeq": "warn"}}', L),
    (".eslintrc.json", '{"rules": {"eqeqeq": ["error", "always"]}}', '{"rules": {"eqeqeq": 0}}', L),
    (".eslintignore", "dist\n", "dist\nsrc/a.js\n", L),
    (PY, "x = 1\n", "# ruff: noqa\nx = 1\n", L),
    (PY, "x = 1\n", "# type: ignore\nx = 1\n", L),
    (PY, "x = 1\n", "x = 1  # type: ignore[assignment]\n", ""),
    (PY, "x = 1\n", "def f():\n    raise NotImplementedError  # pragma: no cover\n", ""),
    (PY, "x = 1\n", "x = '# pragma: no cover'\n", ""),
    ("src/a.ts", "f();\n", "// @ts-nocheck\nf();\n", L),
    ("src/a.ts", "f();\n", "/* istanbul ignore next */\nf();\n", L),
    ("src/a.ts", "f();\n", "// @ts-ignore\nf();\n// @ts-ignore\ng();\n// @ts-ignore\nh();\n", L),
    ("src/a.go", "package a\n", "package a\n\nvar x = f() //nolint\n", ""),
)  # fmt: skip

FILES: tuple[tuple[str, str | None, str | None, str], ...] = (
    (".github/workflows/a.yml", "on: push\n", None, "ci-changed"),
    (".gitlab-ci.yml", None, "a: b\n", "ci-changed"),
    (".github/workflows/a.yml", "run: pytest --cov-fail-under=85\n", "run: pytest --cov-fail-under=92\n", ""),
    (".github/workflows/a.yml", "run: pytest --cov-fail-under=85\n", "run: pytest --cov-fail-under=9\n", "ci-changed"),
    ("docs/ci.md", None, "# CI\n", ""),
    ("bench/data.json", "[1]\n", "[2]\n", "benchmark-changed"),
    ("benches/a.rs", "fn a() {}\n", "fn  a()  {}\n", ""),
    ("src/fast.py", "x = 1\n", "x = 2\n", "benchmark-changed"),
    ("build/junit.xml", None, "<a/>\n", F),
    ("out/my.xml", None, "<testsuites/>\n", F),
    ("test-results/a.json", None, "{}\n", F),
    ("tests/fixtures/junit.xml", None, "<testsuite/>\n", ""),
    (".coverage", None, "x\n", F),
    ("tests/__snapshots__/a.snap", "exports[`a 1`] = `1`;\n", "exports[`a 1`] = `2`;\n", "snapshot-rewritten"),
    ("tests/__snapshots__/a.snap", "exports[`a 1`] = `1`;\n", "exports[`0`] = `0`;\n\nexports[`a 1`] = `1`;\n", ""),
    ("tests/golden/a.txt", "1\n", None, "snapshot-rewritten"),
    ("tests/a.expected", "1\n2\n", "1\n2\n3\n", ""),
    ("tests/data/a.json", '{"a": 1}', '{\n  "a": 1,\n  "b": [2]\n}', ""),
    ("tests/data/a.csv", "a,1\nb,2\n", "a,1\nb,3\n", "expectation-changed"),
    ("tests/README.md", "a\n", "b\n", ""),
    (".gitattributes", "", "*.py -diff\n", H),
    (".gitattributes", "", "*.png binary\n*.lock linguist-generated\n", ""),
    (PY, "x = 1\n", "x = 1  # 👩‍👩‍👧 ❤️\n", ""),
    (PY, "x = 1\n", "x = 'می‌خواهم'\n", ""),
    (PY, "x = 1\n", "\ufeffx = 1\n", ""),
    (PY, "x = 1\n", "pаss_ = 1\n", H),
    (PY, "x = 1\n", "x = [" + "1, " * 900 + "]\n", ""),
    (PY, "x = 1\n", "x = '" + "ab" * 900 + "'\n", ""),
    ("docs/a.md", "a\n", "a\u200bb " + "c" * 3_000 + "\n", ""),
    ("src/a.bundle.js", None, "a()\n", H),
)  # fmt: skip


def kinds(path: str, old: str | None, new: str | None) -> set[str]:
    base = TREE | ({path: old} if old is not None else {})
    head = TREE | ({path: new} if new is not None else {})
    rules = Rules(junit="build/junit.xml", benchmark={"fast": "python src/fast.py"})
    return {finding.kind for finding in static_findings(question(base, head, rules=rules))}


@pytest.mark.parametrize(("path", "old", "new", "kind"), SOURCES)
def test_code_that_knows_of_tests_or_hides_is_found(path: str, old: str, new: str, kind: str) -> None:
    assert kinds(path, old, new) == set(kind.split())
    assert kinds(path, new, new + "\n") == set()


@pytest.mark.parametrize(("path", "old", "new", "kind"), SETTINGS)
def test_settings_that_measure_less_are_found(path: str, old: str, new: str, kind: str) -> None:
    assert kinds(path, old, new) == set(kind.split())


@pytest.mark.parametrize(("path", "old", "new", "kind"), FILES)
def test_files_count_by_what_they_are_for(path: str, old: str | None, new: str | None, kind: str) -> None:
    assert kinds(path, old, new) == set(kind.split())


def test_code_that_only_moved_is_not_new() -> None:
    text = "import sys\n\n\ndef traced():\n    sys.settrace(None)\n"
    moved = static_findings(question(TREE | {"shop/a.py": text}, TREE | {"shop/c.py": text}))
    assert moved == ()


def test_a_packed_archive_counts_outside_of_tests() -> None:
    paths = ("a.zip", "tests/data/a.zip", "x.pyc")
    asked = question(TREE, TREE)
    changes = tuple(FileChange(path, None, None, None, True) for path in paths)
    found = static_findings(replace(asked, changes=changes, head_paths=asked.head_paths | {*paths}))
    assert [(f.kind, f.path) for f in found] == [(H, "a.zip"), (H, "x.pyc")]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("'a' + 'b'", "ab"),
        ("f'a{\"b\"}'", "ab"),
        ("'-'.join(('a', 'b'))", "a-b"),
        ("'ba'[::-1]", "ab"),
        ("chr(97)", "a"),
        ("b'ab'.decode().upper()", "AB"),
        ("'xb'.replace('x', 'a')", "ab"),
        ("bytes.fromhex('6162').decode()", "ab"),
        ("base64.b64decode('YWI=')", "ab"),
        ("base64.b64decode('abcde')", None),
        ("chr(99999999)", None),
        ("'a' + x", None),
        ("f(1)", None),
        ("+".join(["'a'"] * 60), None),
    ],
)
def test_texts_are_put_together_as_python_would(code: str, text: str | None) -> None:
    assert fold(expression(code)) == text


MOVED = "const test = require('node:test');\ntest('a', () => {});\n"


@pytest.mark.parametrize(
    ("command", "places", "kinds"),
    [
        ("node --test spec/", ("spec/a.test.js", "spec/b.test.js"), []),
        ("node --test spec/", ("spec/a.test.js", "test/b.test.js"), [R]),
        ("node --test spec/a.test.js", ("spec/a.test.js", "spec/b.test.js"), [R]),
        ("node --test-only spec/", ("spec/a.test.js", "spec/b.test.js"), [R]),
    ],
)
def test_a_command_may_follow_all_tests_to_their_new_place(
    command: str, places: tuple[str, str], kinds: list[str]
) -> None:
    base = {
        "package.json": '{"scripts": {"test": "node --test test/"}}',
        "test/a.test.js": MOVED,
        "test/b.test.js": MOVED,
    }
    head = {"package.json": f'{{"scripts": {{"test": "{command}"}}}}', **dict.fromkeys(places, MOVED)}
    assert [finding.kind for finding in static_findings(question(base, head))] == kinds

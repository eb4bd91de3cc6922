"""Test runners on real trees with real tools: run as the engine runs them, and read."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.checks.runners import SUPPORT, by_name
from bot.ports import agent


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A work tree, beside a folder for results and one for support files."""
    for name in ("work", "results", "support"):
        (tmp_path / name).mkdir()
    for name, text in SUPPORT.items():
        (tmp_path / "support" / name).write_text(text, encoding="utf-8")
    return tmp_path / "work"


def put(tree: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text, encoding="utf-8")


def run(tree: Path, name: str, command: str, *only: str, paths: tuple[str, ...] = (), path: str = "") -> agent.Tests:
    """Run as the engine does: placeholders put in, result files collected by their globs."""
    runner, results = by_name(name, path), tree.parent / "results"
    assert runner is not None
    places = {"{results}": str(results), "{support}": str(tree.parent / "support")}
    argv = list(runner.instrument(command, paths, only))
    for placeholder, folder in places.items():
        argv = [word.replace(placeholder, folder) for word in argv]
    ran = subprocess.run(argv, cwd=tree, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=100)
    found = {file for glob in runner.result_files for file in results.glob(glob)}
    files = {file.relative_to(results).as_posix(): file.read_bytes() for file in found}
    told = runner.parse(ran.returncode, ran.stdout.decode(errors="replace"), files)
    shutil.rmtree(results)
    results.mkdir()
    return told


def needs(tool: str) -> None:
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed on this machine")


# Without the plugins of our own environment, which take longer to load than these tests to run.
PYTEST = f"PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 {sys.executable} -m pytest -p no:cacheprovider"

TESTS = {
    "tests/test_a.py": """
import os, pytest, subprocess, sys
def test_ok():
    assert not [name for name in os.environ if name.startswith("MAESTRO") or name in ("PYTEST_ADDOPTS", "PYTHONPATH")]
def test_bad(): assert 1 == 2, "one is not two"
@pytest.mark.parametrize("n", [1, 2])
def test_n(n): assert n == 1
def test_own_pytest(tmp_path):
    (tmp_path / "test_inner.py").write_text("def test_inner(): assert 0")
    assert subprocess.run([sys.executable, "-m", "pytest", "-q", str(tmp_path)]).returncode == 1
""",
    "tests/test_broken.py": "import nothing_of_this_name",
    "pytest.ini": "[pytest]\naddopts = -x\n",
}


def test_pytest_runs_and_is_read(tree: Path) -> None:
    put(tree, TESTS)
    told = run(tree, "pytest", f"cd tests && {PYTEST}")
    assert told.outcomes == {
        "tests/test_broken.py": "error",
        "tests/test_a.py::test_ok": "passed",
        "tests/test_a.py::test_bad": "failed",
        "tests/test_a.py::test_n[1]": "passed",
        "tests/test_a.py::test_n[2]": "failed",
        "tests/test_a.py::test_own_pytest": "passed",
    }
    assert (told.disagreement, told.broken) == ("", "")
    assert told.messages["tests/test_a.py::test_bad"].startswith("AssertionError: one is not two")


@pytest.mark.parametrize("how", ["", " -p xdist -n2"])
def test_pytest_runs_what_is_selected(tree: Path, how: str) -> None:
    put(tree, TESTS)
    assert run(tree, "pytest", PYTEST + how, "tests/test_a.py::test_n[1]").outcomes == {
        "tests/test_a.py::test_n[1]": "passed"
    }
    assert run(tree, "pytest", PYTEST + how, paths=("tests/test_broken.py",)).outcomes == {
        "tests/test_broken.py": "error"
    }
    assert run(tree, "pytest", PYTEST + how, "tests/test_a.py::gone").broken == "no test ran"


CHEATS = {
    "os._exit in a test": (
        {"test_a.py": "import os\ndef test_a(): pass\ndef test_b(): os._exit(0)"},
        "pytest ended before the run was complete",
    ),
    "a report changed to passed": (
        {
            "conftest.py": "import pytest\n@pytest.hookimpl(hookwrapper=True, tryfirst=True)\n"
            "def pytest_runtest_makereport():\n    out = yield\n    out.get_result().outcome = 'passed'\n",
            "test_a.py": "def test_a(): assert 0",
        },
        "reported as passed although its code raised: test_a.py::test_a",
    ),
    "an exit status of 0": (
        {
            "conftest.py": "def pytest_sessionfinish(session): session.exitstatus = 0",
            "test_a.py": "def test_a(): assert 0",
        },
        "the command ended with 0 although 1 test failed",
    ),
    "the journal unregistered": (
        {
            "conftest.py": "def pytest_configure(config):\n"
            "    config.pluginmanager.unregister(name='maestro-recorder')",
            "test_a.py": "def test_a(): pass",
        },
        "pytest ended before the run was complete",
    ),
}


@pytest.mark.parametrize("cheat", CHEATS)
def test_a_cheat_on_pytest_is_told(tree: Path, cheat: str) -> None:
    files, said = CHEATS[cheat]
    put(tree, files)
    told = run(tree, "pytest", PYTEST)
    assert said in (told.disagreement, told.broken)


def test_unittest_runs_and_is_read(tree: Path) -> None:
    put(
        tree,
        {
            "tests/test_a.py": """
import os, sys, unittest
class A(unittest.TestCase):
    def test_ok(self):
        self.assertFalse([n for n in os.environ if n.startswith("MAESTRO")] + [p for p in sys.path if "support" in p])
    def test_bad(self): self.assertEqual(1, 2)
    @unittest.skip("later")
    def test_later(self): pass
    def test_parts(self):
        for i in range(2):
            with self.subTest(i=i): self.assertEqual(i, 0)
class B(unittest.TestCase):
    @classmethod
    def setUpClass(cls): raise RuntimeError("no class")
    def test_b(self): pass
""",
            "tests/test_broken.py": "import nothing_of_this_name",
        },
    )
    told = run(tree, "unittest", f"{sys.executable} -m unittest discover -f -s tests")
    assert told.outcomes == {
        "test_broken": "error",
        "test_a.A.test_bad": "failed",
        "test_a.A.test_later": "skipped",
        "test_a.A.test_ok": "passed",
        "test_a.A.test_parts (i=0)": "passed",
        "test_a.A.test_parts (i=1)": "failed",
        "test_a.A.test_parts": "failed",
        "test_a.B.test_b": "error",
    }
    assert (told.disagreement, told.broken) == ("", "")
    chosen = run(tree, "unittest", f"{sys.executable} -m unittest discover -s tests", "test_a.A.test_ok")
    assert chosen == agent.Tests({"test_a.A.test_ok": "passed"}, {})
    file = run(tree, "unittest", f"{sys.executable} -m unittest discover -s tests", paths=("tests/test_broken.py",))
    assert file.outcomes == {"test_broken": "error"}


def test_a_test_that_ends_the_process_leaves_unittest_unfinished(tree: Path) -> None:
    put(tree, {"test_a.py": "import os, unittest\nclass A(unittest.TestCase):\n  def test_a(self): os._exit(0)"})
    assert run(tree, "unittest", f"{sys.executable} -m unittest").broken == "unittest ended before the run was complete"


def test_node_runs_and_is_read(tree: Path) -> None:
    needs("npm")
    put(
        tree,
        {
            "package.json": '{"scripts": {"test": "node --test"}}',
            "test/a.test.js": """
const { test, describe, it } = require('node:test'); const assert = require('node:assert');
test('ok', () => assert.deepEqual(Object.keys(process.env).filter((name) => name.startsWith('MAESTRO')), []));
test('later', { skip: true }, () => {});
describe('group', () => {
  it('in', () => assert.equal(process.env.NODE_OPTIONS, undefined));
  it('bad', () => assert.ok(0));
});
""",
            "test/b.test.js": "throw new Error('no file')",
        },
    )
    told = run(tree, "node", "npm test")
    assert told.outcomes == {
        "test/a.test.js > ok": "passed",
        "test/a.test.js > later": "skipped",
        "test/a.test.js > group > in": "passed",
        "test/a.test.js > group > bad": "failed",
        "test/b.test.js": "error",
    }
    assert (told.disagreement, told.broken) == ("", "")
    for command in ("node --test", "node --test test/a.test.js test/b.test.js"):
        assert set(run(tree, "node", command, paths=("test/b.test.js",)).outcomes) == {"test/b.test.js"}


def test_a_file_of_tests_that_node_is_simply_given_reports_as_others_do(tree: Path) -> None:
    needs("node")
    body = """
const { test } = require('node:test'); const assert = require('node:assert');
const ran = require('child_process').spawnSync(process.execPath, ['-p', 'process.env.NODE_OPTIONS']).stdout.toString();
test('ok', () => assert.equal(ran.trim(), '--no-warnings'));
test('around', async (t) => {
  await t.test('hidden', () => assert.ok(!Object.keys(process.env).some((name) => name.startsWith('MAESTRO'))));
});
test('bad', () => assert.ok(0));
"""
    first = "require('fs').writeFileSync('test/built.js', 'exports.x = 1')"
    command = "node build.js && NODE_OPTIONS=--no-warnings node --expose-gc test/index.js"
    put(tree, {"build.js": first, "test/index.js": "require('./built'); require('./a')", "test/a.js": body})
    told = run(tree, "node", command)
    assert told.outcomes == {
        "test/a.js > ok": "passed",
        "test/a.js > around > hidden": "passed",
        "test/a.js > around": "passed",
        "test/a.js > bad": "failed",
    }
    assert (told.disagreement, told.broken) == ("", "")
    put(tree, {"test/a.js": "require('gone')"})
    assert run(tree, "node", command).broken.startswith("node --test left no results (exit code 1)")


@pytest.mark.parametrize(
    "words",
    ["--test-reporter=dot", "--test-reporter dot --test-reporter-destination stdout", "test/a.test.js"],
)
def test_node_s_own_reporter_and_ours_stand_side_by_side(tree: Path, words: str) -> None:
    needs("npm")
    scripts = {"test": f"node --test {words}", "ci": "node --test --test-reporter=tap --test-reporter-destination=x"}
    body = "require('node:test')('ok', () => {})"
    put(tree, {"package.json": json.dumps({"scripts": scripts}), "test/a.test.js": body})
    assert run(tree, "node", "npm test") == agent.Tests({"test/a.test.js > ok": "passed"}, {})


OLD_MOCHA = {
    "node_modules/mocha/package.json": '{"version": "5.2.0"}',
    "node_modules/mocha/lib/reporters/spec.js": "module.exports = class {};",
    "node_modules/mocha/bin/mocha": """
const { spawn } = require('child_process');
const words = [require.resolve('./_mocha'), ...process.argv.slice(2)];
spawn(process.execPath, words, { stdio: 'inherit' }).on('exit', (code) => process.exit(code));
""",
    "node_modules/mocha/bin/_mocha": """
const words = process.argv.slice(2);
if (words.some((word) => word.endsWith('bail'))) throw new Error(`unknown option ${words}`);
const runner = new (require('events'))();
new (require(words[words.indexOf('--reporter') + 1]))(runner, {});
const test = { title: 'x', file: process.cwd() + '/test/a.js', parent: { title: 'a', parent: { title: '' } } };
runner.emit('pass', test);
runner.emit('end');
""",
}


def test_an_old_mocha_gets_only_options_that_it_knows(tree: Path) -> None:
    needs("node")
    put(tree, OLD_MOCHA)
    told = run(tree, "mocha", "node node_modules/mocha/bin/mocha --bail")
    assert told == agent.Tests({"test/a.js > a > x": "passed"}, {})


def test_a_compiler_that_mocha_loads_first_does_not_read_our_reporter(tree: Path) -> None:
    needs("node")
    hooked = """
const own = require.extensions['.js'];
require.extensions['.js'] = (module, file) => {
  if (file.endsWith('.cjs')) throw new Error('unknown syntax');
  own(module, file);
};
"""
    put(tree, OLD_MOCHA)
    put(tree, {"node_modules/mocha/bin/_mocha": hooked + OLD_MOCHA["node_modules/mocha/bin/_mocha"]})
    told = run(tree, "mocha", "node node_modules/mocha/bin/mocha")
    assert told == agent.Tests({"test/a.js > a > x": "passed"}, {})


def test_a_program_before_the_runner_does_not_take_our_options_from_node(tree: Path) -> None:
    needs("node")
    body = """
const env = { ...process.env, NODE_OPTIONS: '--no-warnings' };
const ran = require('child_process').spawn('node', ['node_modules/mocha/bin/mocha'], { env, shell: true });
ran.on('exit', (code) => process.exit(code));
"""
    put(tree, {**OLD_MOCHA, "bin/hotfix.js": body})
    assert run(tree, "mocha", "node bin/hotfix.js") == agent.Tests({"test/a.js > a > x": "passed"}, {})


LOADING_MOCHA = {
    "node_modules/mocha/lib/reporters/spec.js": "module.exports = class {};",
    "node_modules/mocha/lib/mocha.js": """
module.exports = class Mocha {
  suite = new (require('events'))();
  reporter() {}
  run() {}
  loadFiles(files) { files.forEach((file) => (this.suite.emit('pre-require', global, file, this), require(file))); }
  async loadFilesAsync(files) {
    for (const file of files) this.suite.emit('pre-require', global, file, this), await import(file);
  }
};
""",
    "node_modules/mocha/bin/mocha": """
const mocha = new (require('../lib/mocha'))();
const at = process.argv.indexOf('--reporter');
const [way, ...names] = process.argv.slice(2, at);
const Reporter = require(process.argv[at + 1]);
const test = (file) => ({ title: 'x', file, parent: { title: '' } });
(async () => {
  const files = names.map((name) => require('path').resolve(name));
  await mocha[way](files);
  const runner = new (require('events'))();
  new Reporter(runner, {});
  files.forEach((file) => runner.emit('pass', test(file)));
  runner.emit('end');
})();
""",
    "test/a.js": "",
    "test/b.js": "throw new TypeError('b')",
    "test/c.mjs": "import { nothing } from './a.js';",
    "test/d.mjs": "await new Promise(() => {});",
    "test/e.js": "process.exit(0)",
}
ENDED = "the process ended while this file was loaded"


@pytest.mark.parametrize(
    ("way", "file", "message"),
    [
        ("loadFiles", "b.js", "TypeError: b"),
        ("loadFilesAsync", "b.js", "TypeError: b"),
        ("loadFilesAsync", "c.mjs", "'nothing' not found"),
        ("loadFilesAsync", "d.mjs", ENDED),
        ("loadFiles", "e.js", ENDED),
    ],
)
def test_a_file_that_mocha_can_t_load_is_an_error_under_its_path(tree: Path, way: str, file: str, message: str) -> None:
    needs("node")
    put(tree, LOADING_MOCHA)
    mocha = f"node node_modules/mocha/bin/mocha {way}"
    told = run(tree, "mocha", f"{mocha} test/a.js && {mocha} test/a.js test/{file}")
    assert told.outcomes == {"test/a.js > x": "passed", f"test/{file}": "error"}
    assert message in told.messages[f"test/{file}"]
    unseen = "the command ended with 0 although 1 test failed" if message == ENDED else ""
    assert (told.broken, told.disagreement) == ("", unseen)


def test_mocha_reports_where_a_file_of_tests_runs_it_as_a_library(tree: Path) -> None:
    needs("node")
    library = """
module.exports = class Mocha {
  options = {};
  bails = true;
  reporter(shown) { this._reporter = shown; return this; }
  bail(really) { this.bails = really; return this; }
  run(then) {
    const tests = ['a', 'b'].map((name) => ({ file: `${process.cwd()}/test/${name}.js` }));
    const suite = { tests, suites: [] };
    const runner = Object.assign(new (require('events'))(), { suite });
    const seen = new this._reporter(runner, this.options);
    const unseen = !this.bails && !Object.keys(process.env).some((name) => name.startsWith('MAESTRO'));
    suite.tests.forEach((test) => runner.emit('pass', { ...test, title: `${unseen}`, parent: { title: '' } }));
    runner.emit('end');
    seen.done(0, then);
  }
};
"""
    body = "class Own { done(failures, then) { console.log('shown'); then(failures); } }\n"
    put(tree, {"node_modules/mocha/index.js": library})
    put(tree, {"test.js": body + "new (require('mocha'))().reporter(Own).run((n) => process.exit(n))"})
    told = run(tree, "mocha", "node test.js")
    assert told == agent.Tests({"test/a.js > true": "passed", "test/b.js > true": "passed"}, {})
    assert run(tree, "mocha", "node test.js", paths=("test/b.js",)).outcomes == {"test/b.js > true": "passed"}


# What each of them writes, and how it is told to: tape through the console, ava and tap from a module.
TAP = {
    "node_modules/tape/bin/tape": """
console.log('TAP version 13\\n# ok');
console.log(`ok 1 ${Object.keys(process.env).filter((name) => name.startsWith('MAESTRO'))}`);
console.log('# bad\\nnot ok 2 is equal\\n  ---\\n    expected: 1\\n  ...\\n\\n1..2\\n# fail  1');
process.exitCode = 1;
""",
    "node_modules/ava/entrypoints/cli.mjs": """
if (process.argv.at(-1) !== '--tap') process.exit(0);
process.stdout.write('TAP version 13\\n# not a test\\nok 1 - ok\\nnot ok 2 - bad\\n\\n1..2\\n');
process.exitCode = 1;
""",
    "node_modules/tap/package.json": '{"version": "21.0.0"}',
    "node_modules/tap/dist/esm/run.mjs": """
if (process.argv.slice(-2).join() !== '--reporter=tap,--disable-coverage') process.exit(0);
process.stdout.write('TAP version 14\\n# Subtest: test/a.js\\n    ok 1 - is equal\\n    1..1\\n');
process.stdout.write('ok 1 - test/a.js\\n1..1\\n');
""",
    "test/index.js": "console.log('TAP version 13\\n# ok\\nok 1 yes\\n\\n1..1')",
}


@pytest.mark.parametrize(
    ("command", "outcomes"),
    [
        ("node node_modules/tape/bin/tape", {"ok": "passed", "bad": "failed"}),
        ("node node_modules/tape/bin/tape | grep -v ok; exit 1", {"ok": "passed", "bad": "failed"}),
        ("node node_modules/ava/entrypoints/cli.mjs", {"ok": "passed", "bad": "failed"}),
        ("node node_modules/tap/dist/esm/run.mjs", {"test/a.js": "passed"}),
        ("node test", {"ok": "passed"}),
    ],
)
def test_tap_is_read_of_the_process_that_writes_it(tree: Path, command: str, outcomes: dict[str, str]) -> None:
    needs("node")
    put(tree, TAP)
    told = run(tree, "tap", command)
    assert (told.outcomes, told.disagreement, told.broken) == (outcomes, "", "")


def test_borp_reports_as_node_does(tree: Path) -> None:
    needs("node")
    body = """
import { run } from 'node:test';
const own = process.argv.slice(2);
if (own[0] !== '--reporter=spec') process.exit(2);
const { default: reporter } = await import(own[1].slice('--reporter='.length));
run({ files: ['test/a.test.js'] }).compose(reporter).pipe(process.stdout);
"""
    put(tree, {"node_modules/borp/borp.js": body, "node_modules/borp/package.json": '{"type": "module"}'})
    put(tree, {"test/a.test.js": "require('node:test')('ok', () => {})"})
    told = run(tree, "node", "node node_modules/borp/borp.js")
    assert told == agent.Tests({"test/a.test.js > ok": "passed"}, {})


@pytest.mark.parametrize("runner", ["jest", "mocha"])
def test_tests_in_the_runner_s_own_process_see_the_words_of_the_command_alone(tree: Path, runner: str) -> None:
    needs("node")
    body = """
const words = process.argv.slice(2);
const named = (sign) => words.find((word) => word.startsWith(sign));
setImmediate(() => {
  const seen = process.argv.slice(2).join(' ');
  if (named('--outputFile=')) {
    const test = { ancestorTitles: [], title: seen, status: 'passed' };
    const one = { name: process.cwd() + '/a.js', status: 'passed', assertionResults: [test] };
    const whole = { numTotalTests: 1, numPassedTests: 1, success: true, testResults: [one] };
    require('fs').writeFileSync(named('--outputFile=').split('=')[1], JSON.stringify(whole));
    return;
  }
  const runner = new (require('events'))();
  new (require(words[words.indexOf('--reporter') + 1]))(runner, {});
  runner.emit('pass', { title: seen, file: process.cwd() + '/a.js', parent: { title: '' } });
  runner.emit('end');
});
"""
    put(tree, OLD_MOCHA | {f"node_modules/{runner}/bin/{runner}.js": body})
    told = run(tree, runner, f"node node_modules/{runner}/bin/{runner}.js --color")
    assert told == agent.Tests({"a.js > --color": "passed"}, {})


def test_a_vitest_that_can_not_keep_its_notes_says_what_it_saw(tree: Path) -> None:
    needs("node")
    body = """
import fs, { promises } from 'node:fs';
import path from 'node:path';
await promises.mkdir('node_modules/.vitest/results', { recursive: true });
await promises.writeFile('node_modules/.vitest/results/a.json', '');
const file = process.argv.find((word) => word.startsWith('--outputFile.json=')).split('=')[1];
const test = { ancestorTitles: ['', 'a'], title: 'x', status: 'passed' };
const one = { name: path.resolve('a.test.js'), status: 'passed', assertionResults: [test] };
fs.writeFileSync(file, JSON.stringify({ numTotalTests: 1, numPassedTests: 1, success: true, testResults: [one] }));
await promises.mkdir('node_modules/other/x', { recursive: true }).then(() => process.exit(1), () => {});
"""
    files = {"node_modules/vitest/vitest.mjs": body, "node_modules/.vitest": "", "node_modules/other": ""}
    put(tree, files)
    told = run(tree, "vitest", "node node_modules/vitest/vitest.mjs run")
    assert told == agent.Tests({"a.test.js > a > x": "passed"}, {})


def test_options_of_vitest_that_the_command_has_itself_are_not_given_twice(tree: Path) -> None:
    needs("node")
    body = """
import fs from 'node:fs';
const words = process.argv.slice(2);
const file = words.find((word) => word.startsWith('--outputFile.json=')).split('=')[1];
const seen = words.filter((word) => !/reporter|output/.test(word)).join(' ');
const test = { ancestorTitles: [], title: seen, status: 'passed' };
const one = { name: process.cwd() + '/a.test.js', status: 'passed', assertionResults: [test] };
fs.writeFileSync(file, JSON.stringify({ numTotalTests: 1, numPassedTests: 1, success: true, testResults: [one] }));
"""
    put(tree, {"node_modules/vitest/vitest.mjs": body})
    told = run(tree, "vitest", "node node_modules/vitest/vitest.mjs --run --coverage --bail 1 --retry 2")
    assert told == agent.Tests({"a.test.js > --coverage --retry 2 --run --bail=0": "passed"}, {})


def test_cargo_runs_and_is_read(tree: Path) -> None:
    needs("cargo")
    put(
        tree,
        {
            "Cargo.toml": '[package]\nname = "calc"\nversion = "0.1.0"\nedition = "2021"\n[lib]\ndoctest = false\n',
            "src/lib.rs": '#[cfg(test)] mod tests {\n#[test] fn good() {}\n#[test] fn bad() { panic!("boom") }\n}',
            "tests/api.rs": "#[test] fn api() {}\n#[test] #[ignore] fn later() {}",
        },
    )
    told = run(tree, "cargo", "cargo test -q")
    assert (told.disagreement, told.broken) == ("", "")
    assert told.outcomes == {
        "calc::tests::good": "passed",
        "calc::tests::bad": "failed",
        "api::api": "passed",
        "api::later": "skipped",
    }
    assert "boom" in told.messages["calc::tests::bad"]


def test_any_command_that_writes_junit_xml_is_read(tree: Path) -> None:
    xml = '<testsuite><testcase classname="a" name="b"/></testsuite>'
    put(tree, {"out/j.xml": "<stale/>", "out/x/k.xml": "<stale/>", "run.sh": f"mkdir -p out; echo '{xml}' > out/j.xml"})
    assert run(tree, "junit", "sh run.sh", path="out/*.xml") == agent.Tests({"a.b": "passed"}, {})
    assert run(tree, "junit", "echo words; exit 3", path="out/*.xml") == agent.Tests(
        {}, {}, broken="the test command left no results (exit code 3): words"
    )

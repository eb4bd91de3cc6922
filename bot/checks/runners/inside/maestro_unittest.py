"""`python -m maestro_unittest …`: unittest's own command line, leaving one JSON line for each test.

Runs in the repository's own interpreter (Python 3.6 and later), so it imports nothing of ours. It takes its settings
out of the environment at once: what a test starts is not ours to record.
"""

import json
import os
import re
import sys
import time
import unittest
from os import environ

HERE = os.path.dirname(os.path.abspath(__file__))
RESULTS = environ.pop("MAESTRO_RESULTS", "")
TOP = environ.pop("MAESTRO_TOP", "")
MESSAGE = 2000
UNLOADED = re.compile(r"^unittest\.loader\.(?:_FailedTest|ModuleSkipped|ModuleImportFailure|LoadTestsFailure)\.")
FIXTURE = re.compile(r"^(?:setUp|tearDown)(?:Class|Module) \((.*)\)$")


def _hide():
    """Give the environment and the import path back as the repository's command had them."""
    value = environ.get("PYTHONPATH", "")
    if value == HERE:
        del environ["PYTHONPATH"]
    elif value.startswith(HERE + os.pathsep):
        environ["PYTHONPATH"] = value[len(HERE + os.pathsep) :]
    sys.path[:] = [entry for entry in sys.path if entry != HERE]


class Journal:
    """The result file: a start, a line for each test, an end."""

    def __init__(self):
        name = "unittest-{:020d}-{}.jsonl".format(int(time.time() * 1e9), os.getpid())
        # Exclusive: nobody can have put a file here before.
        self.file = open(os.path.join(RESULTS, name), "x", encoding="utf-8")  # noqa: SIM115 - open for the whole run
        self.seen = set()
        self.write({"runner": "unittest", "version": sys.version.split()[0]})

    def write(self, record):
        self.file.write(json.dumps(record) + "\n")
        self.file.flush()

    def note(self, test, outcome, message="", **more):
        name = name_of(test)
        self.seen.add(name)
        record = dict({"id": name, "outcome": outcome}, **more)
        if type(test).__name__ == "_SubTest":
            record["sub"] = record["part"] = True
        if message:
            record["message"] = message[:MESSAGE]
        self.write(record)


JOURNAL = None


class Result(unittest.TextTestResult):
    """unittest's own result, which also keeps the journal."""

    def addSuccess(self, test):
        JOURNAL.note(test, "passed")
        super().addSuccess(test)

    def addError(self, test, err):
        if not (
            FIXTURE.match(test.id()) and test.id().startswith("setUp")
        ):  # the tests that it kept from running will carry it
            JOURNAL.note(test, "error", self._exc_info_to_string(err, test))
        super().addError(test, err)

    def addFailure(self, test, err):
        JOURNAL.note(test, "failed", self._exc_info_to_string(err, test))
        super().addFailure(test, err)

    def addSkip(self, test, reason):
        if not FIXTURE.match(test.id()):
            JOURNAL.note(test, "skipped", str(reason))
        super().addSkip(test, reason)

    def addExpectedFailure(self, test, err):
        JOURNAL.note(test, "skipped", "fails as expected", expected=True)
        super().addExpectedFailure(test, err)

    def addUnexpectedSuccess(self, test):
        JOURNAL.note(test, "failed", "passes although it is marked as an expected failure", expected=True)
        super().addUnexpectedSuccess(test)

    def addSubTest(self, test, subtest, err):
        if err is None:
            JOURNAL.note(subtest, "passed")
        else:
            outcome = "failed" if issubclass(err[0], test.failureException) else "error"
            message = self._exc_info_to_string(err, subtest)
            JOURNAL.note(subtest, outcome, message)
            JOURNAL.note(test, outcome, message, sub=True)
        super().addSubTest(test, subtest, err)


class Runner(unittest.TextTestRunner):
    """unittest's own runner over the selected tests; never stops at the first failure."""

    resultclass = Result

    def __init__(self, *args, **settings):
        super().__init__(*args, **dict(settings, failfast=False))

    def run(self, test):
        lines = selected()
        chosen = [each for each in flat(test) if not lines or takes(lines, each)]
        # Keep the suite as it was built where nothing is left out: its order and grouping are the repository's.
        result = super().run(unittest.TestSuite(chosen) if lines else test)
        for each in chosen:
            if name_of(each) not in JOURNAL.seen:
                JOURNAL.note(each, *fate(each, result))
        JOURNAL.write(
            {
                "run": result.testsRun,
                "failures": len(result.failures),
                "errors": len(result.errors),
                "skipped": len(result.skipped),
                "good": result.wasSuccessful(),
            }
        )
        return result


def flat(suite):
    """The tests of a suite, in order."""
    found = []
    for each in suite:
        if isinstance(each, unittest.TestSuite):
            found.extend(flat(each))
        elif each is not None:
            found.append(each)
    return found


def name_of(test):
    """unittest's own dotted id; for what could not be loaded, the name under which it was looked for. Addresses of
    objects in it would differ from run to run."""
    return re.sub(r"\b0x[0-9a-f]{6,}", "0x", UNLOADED.sub("", test.id()))


def fate(test, result):
    """What kept a test from running: the fixture of its class or module, or the end of the run."""
    where = name_of(test).rpartition(".")[0]
    for outcome, entries in (("error", result.errors), ("skipped", result.skipped)):
        for holder, text in entries:
            fixture = FIXTURE.match(holder.id())
            if fixture and (where == fixture.group(1) or where.startswith(fixture.group(1) + ".")):
                return outcome, "{}: {}".format(holder.id(), text)
    return "error", "this test did not run: the run ended before it"


def file_of(test):
    """The test's file, relative to where the command started; '' when unknown."""
    module = sys.modules.get(type(test).__module__)
    file = getattr(module, "__file__", None)
    return os.path.relpath(file, TOP).replace(os.sep, "/") if file else ""


def takes(lines, test):
    """Whether the selection names the test, or its file or a folder above it."""
    name, unloaded = name_of(test), UNLOADED.match(test.id())
    dotted = "/" + name.replace(".", "/") + ".py"
    file = "/" + file_of(test)
    for line in lines:
        kind, word = line[:5], line[5:]
        if kind == "test:":
            # A subtest runs when its test does; what can't be loaded is told for the tests it would have held.
            chosen = word == name or word.startswith(name + (" ", ".")[bool(unloaded)])
        elif unloaded:
            chosen = word == "." or ("/" + word).endswith(dotted) or dotted.startswith("/" + word + "/")
        else:
            chosen = word == "." or file == "/" + word or file.startswith("/" + word + "/")
        if chosen:
            return True
    return False


def selected():
    try:
        with open(os.path.join(RESULTS, "select"), encoding="utf-8") as file:
            return frozenset(line for line in file.read().split("\n") if line)
    except OSError:
        return frozenset()


class Program(unittest.TestProgram):
    def runTests(self):
        self.testRunner, self.failfast = Runner, False
        super().runTests()


def main():
    global JOURNAL
    _hide()
    JOURNAL = Journal()
    sys.modules["maestro_unittest"] = sys.modules["__main__"]
    sys.argv[0] = "python -m unittest"
    try:
        Program(module=None)
    except SystemExit as exit:
        JOURNAL.write({"end": exit.code if isinstance(exit.code, int) else int(exit.code is not None)})
        raise


if __name__ == "__main__":
    main()

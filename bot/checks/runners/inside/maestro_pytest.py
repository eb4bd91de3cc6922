"""A pytest plugin that leaves one JSON line for each test report, by node id, and runs only what is selected.

Runs in the repository's own interpreter (pytest 5.4 and later, Python 3.6 and later), so it imports nothing of ours.
It takes its settings out of the environment at once: a pytest started by a test is not ours to record.
"""

import ast
import json
import os
import re
import sys
import time
from os import environ

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
RESULTS = environ.pop("MAESTRO_RESULTS", "")
TOP = environ.pop("MAESTRO_TOP", "")
MESSAGE = 2000
OURS = "-p maestro_pytest"
VERSION = int(pytest.__version__.split(".")[0])


def _hide():
    """Give the environment back as the repository's command had it."""
    for name, ours, mark in (("PYTHONPATH", HERE, os.pathsep), ("PYTEST_ADDOPTS", OURS, " ")):
        value = environ.get(name, "")
        if value == ours:
            del environ[name]
        elif value.startswith(ours + mark):
            environ[name] = value[len(ours + mark) :]
    if HERE in sys.path:
        sys.path.remove(HERE)
        sys.path.append(HERE)  # xdist's workers import this plugin by name


_hide()


class Places:
    """Node ids relative to the folder where the command started, whatever pytest took as its root."""

    def __init__(self, root, top):
        self.root, self.top, self.known = root, top, {}

    def path(self, absolute):
        return os.path.relpath(absolute, self.top).replace(os.sep, "/")

    def id(self, nodeid):
        file, separator, rest = nodeid.partition("::")
        if file not in self.known:
            self.known[file] = self.path(os.path.join(self.root, file))
        return self.known[file] + separator + rest


class Selection:
    """What was asked for: whole files or folders, parts of files, single tests."""

    def __init__(self, lines, places):
        self.paths = tuple(line[5:] for line in lines if line.startswith("path:"))
        self.tests = frozenset(line[5:] for line in lines if line.startswith("test:"))
        self.files = frozenset(name.partition("::")[0] for name in (*self.paths, *self.tests))
        self.places = places

    def takes(self, test):
        file = test.partition("::")[0]
        return test in self.tests or any(
            path in (".", file, test) or file.startswith(path + "/") or test.startswith((path + "::", path + "["))
            for path in self.paths
        )

    def takes_file(self, path):
        return path in self.files or any(known == "." or path.startswith(known + "/") for known in self.paths)

    def leaves_out(self, path):
        name = os.path.basename(path)
        if os.path.isdir(path) or name in ("__init__.py", "conftest.py"):
            return None
        return None if self.takes_file(self.places.path(path)) else True

    if VERSION >= 7:

        def pytest_ignore_collect(self, collection_path):
            return self.leaves_out(str(collection_path))

    else:

        def pytest_ignore_collect(self, path):
            return self.leaves_out(str(path))

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config, items):
        kept = [item for item in items if self.takes(self.places.id(item.nodeid))]
        if len(kept) < len(items):
            chosen = set(map(id, kept))
            config.hook.pytest_deselected(items=[item for item in items if id(item) not in chosen])
            items[:] = kept


class Witness:
    """Notes on each report whether the test's code raised, so that a report changed afterwards shows."""

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, call):
        outcome = yield
        report = outcome.get_result()
        raised = call.excinfo is not None and not call.excinfo.errisinstance((pytest.skip.Exception,))
        report.maestro_raised = bool(raised)


class Recorder:
    """Writes what pytest reports, as it reports it: a run that dies leaves a file without an end."""

    def __init__(self, places):
        self.places, self.session = places, None
        name = "pytest-{:020d}-{}.jsonl".format(int(time.time() * 1e9), os.getpid())
        # Exclusive: nobody can have put a file here before.
        self.file = open(os.path.join(RESULTS, name), "x", encoding="utf-8")  # noqa: SIM115 - open for the whole run
        self.write({"runner": "pytest", "version": pytest.__version__})

    def write(self, record):
        self.file.write(json.dumps(record) + "\n")
        self.file.flush()

    def pytest_sessionstart(self, session):
        self.session = session

    def pytest_collectreport(self, report):
        if not report.passed:
            outcome = "skipped" if report.skipped else "error"
            self.write({"id": self.places.id(report.nodeid), "outcome": outcome, "message": words(report)})

    def pytest_runtest_logreport(self, report):
        if report.outcome == "rerun" or (report.when in ("setup", "teardown") and report.passed):
            return
        record = {"id": self.places.id(report.nodeid), "outcome": report.outcome}
        if getattr(report, "context", None) is not None:
            if report.failed:  # whatever pytest then says of the whole test
                self.write(dict(record, sub=True, message=words(report)))
            record.update(id=record["id"] + " " + subtest(report), sub=True, part=True)
        if report.failed and report.when in ("setup", "teardown"):
            record["outcome"] = "error"
        if hasattr(report, "wasxfail"):
            record["expected"] = True
        if report.passed and getattr(report, "maestro_raised", False):
            record["raised"] = True
        if not report.passed:
            record["message"] = words(report)
        self.write(record)

    def pytest_unconfigure(self):
        if self.session is not None:
            self.write({"end": int(getattr(self.session, "exitstatus", 1))})
        self.file.close()


def words(report):
    """The failure in short: what it was, then pytest's own account of it."""
    crash = getattr(getattr(report, "longrepr", None), "reprcrash", None)
    first = "{}\n".format(crash.message) if crash is not None else ""
    if isinstance(report.longrepr, tuple) and len(report.longrepr) == 3:  # a skip: file, line, reason
        return str(report.longrepr[2])[:MESSAGE]
    text = str(getattr(report, "longreprtext", "") or getattr(report, "wasxfail", ""))
    return (first + re.sub(r"\A\[gw\d+\] .*\n\s*", "", text))[:MESSAGE]


def subtest(report):
    """A subtest's name in its test: `[message] (i=1)`. Addresses of objects in it would differ from run to run."""
    context = report.context
    message = "[{}]".format(context.msg) if context.msg is not None else ""
    values = ", ".join("{}={}".format(key, shown(value, report)) for key, value in sorted(dict(context.kwargs).items()))
    name = " ".join(part for part in (message, "({})".format(values) if values else "") if part)
    return re.sub(r"\b0x[0-9a-f]{6,}", "0x", name) or "(<subtest>)"


def shown(value, report):
    """A subtest's parameter as its representation: since pytest 9 it comes as such, and from xdist's workers twice."""
    if VERSION < 9:
        return repr(value)
    try:
        return ast.literal_eval(value) if hasattr(report, "node") else value
    except (SyntaxError, ValueError):
        return value


class Workers:
    """xdist's workers start as the command did and need this plugin again: for the selection and the witness."""

    def __init__(self, settings):
        self.settings = settings
        environ["PYTEST_ADDOPTS"] = " ".join(filter(None, (OURS, environ.get("PYTEST_ADDOPTS", ""))))

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node):
        node.workerinput["maestro"] = self.settings


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    worker = getattr(config, "workerinput", None)
    if worker is None and not RESULTS:
        return
    # One broken file, or one failure, must not hide how all the others fare.
    config.option.continue_on_collection_errors = True
    config.option.maxfail = 0
    # pytest-randomly draws an order for each run: sides that are compared must have one.
    if getattr(config.option, "randomly_seed", None) == "default":
        config.option.randomly_seed = 1
    top, lines = (TOP, selected()) if worker is None else worker["maestro"]
    places = Places(str(getattr(config, "rootpath", None) or config.rootdir), top)
    config.pluginmanager.register(Witness(), "maestro-witness")
    if lines:
        config.pluginmanager.register(Selection(lines, places), "maestro-selection")
    if worker is None:
        config.pluginmanager.register(Recorder(places), "maestro-recorder")
        if getattr(config.option, "dist", "no") != "no" and getattr(config.option, "tx", None):
            config.pluginmanager.register(Workers([top, lines]), "maestro-workers")


def selected():
    try:
        with open(os.path.join(RESULTS, "select"), encoding="utf-8") as file:
            return [line for line in file.read().split("\n") if line]
    except OSError:
        return []

"""The tests once more for each small change to what the sources' functions give: which of them notice?

Started before the test runner. The process forks before anything of the repository is imported: a first child notes
the calls of all functions of the sources, each further one runs the tests with some of these calls giving something a
little different, and the process itself then runs them with nothing changed. Reads `trial-asked.json` in the results'
folder, leaves `trial.json` there.

Runs in the repository's own interpreter (Python 3.6 and later), so it imports nothing of ours.
"""

import atexit
import contextlib
import functools
import gc
import glob
import importlib
import json
import marshal
import os
import re
import shutil
import sys
import time
from os import environ

import maestro_trial_spawned as spawned
import maestro_trial_values as values
from maestro_trial_marked import watch_imports
from maestro_trial_planned import Waiting, planned, wanted
from maestro_trial_soft import Insisting
from maestro_trial_watch import TOP, Watch

RESULTS = environ.get("MAESTRO_RESULTS", "")
LANES = 2
LONG = 0.25
"""Seconds of processor time of a run of all tests that is too long to be repeated as a whole."""

WALL = 3
"""Seconds on a clock that one of processor time may take, where others use the machine as well."""

PLACE = re.compile(r'^(?:E? *File ")?([^\s":]+\.py)(?:", line |:)(\d+)', re.MULTILINE)
"""A line of a test file in what pytest or unittest say of a failure."""


class Child:
    """One run of the tests beside the real one, in a folder of its own: with these mutants, or noting all calls; of
    all tests, or of some alone."""

    def __init__(self, number, watch, insisting, settle, mutants=(), noting=False, only=()):
        self.folder = os.path.join(RESULTS, "trial-{}".format(number))
        os.mkdir(self.folder)
        self.began, self.status, self.spent = time.time(), None, 0.0
        self.mutants, self.noting, self.only = mutants, noting, only
        self.pid = os.fork()
        if self.pid == 0:
            self._become(watch, insisting, settle)

    def _become(self, watch, insisting, settle):
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        chosen, own = os.path.join(RESULTS, "select"), os.path.join(self.folder, "select")
        if self.only:
            with open(own, "w", encoding="utf-8") as file:
                file.write("\n".join("test:" + test for test in sorted(self.only)))
        elif os.path.exists(chosen):
            os.link(chosen, own)
        settle(self.folder)
        watch.set(self.mutants)
        watch.noting = self.noting
        insisting.listen(lambda: watch.test)
        sys.dont_write_bytecode = True  # what was softened is for this run alone
        spawned.prepare(os.path.join(RESULTS, "trial-spawned"), self.folder, self.mutants, self.noting)
        atexit.register(self._leave, watch, insisting, os.getpid())

    def _leave(self, watch, insisting, pid):
        if os.getpid() == pid:
            known = [name for name, module in list(sys.modules.items()) if is_foreign(module)]
            left = {"held": insisting.held, "failures": insisting.failures, "modules": known}
            with open(os.path.join(self.folder, "left.json"), "w") as file:
                json.dump(left, file)
            spawned.leave(watch, self.folder)
            if watch.noting:
                with open(os.path.join(self.folder, "codes"), "wb") as codes:
                    marshal.dump((watch.codes, values.SIBLINGS), codes)

    def ended(self, limit):
        """Whether it is over; after so many seconds of processor time, or WALL times as many, it is ended."""
        pid, status, usage = os.wait4(self.pid, os.WNOHANG)
        if not pid and time.time() - self.began > limit * WALL:
            os.kill(self.pid, 9)
            _, status, usage = os.wait4(self.pid, 0)
            pid, status = self.pid, -1
        if pid:
            self.status, self.spent = status, usage.ru_utime + usage.ru_stime
        return self.status is not None

    def codes(self):
        """What it compiled, and the texts that it met there."""
        with open(os.path.join(self.folder, "codes"), "rb") as file:
            return marshal.load(file)

    def left(self):
        """What it noted; None where it has left nothing."""
        try:
            with open(os.path.join(self.folder, "left.json")) as file:
                return json.load(file)
        except OSError:
            return None

    def outcome(self):
        """The tests that failed, each with the lines that its failure names; None where the run has no end."""
        failed, ended, left = {}, False, self.left()
        for name in glob.glob(os.path.join(self.folder, "*.jsonl")):
            with open(name) as file:
                for line in file:
                    told = json.loads(line)
                    ended = ended or "end" in told
                    if told.get("outcome") in ("failed", "error"):
                        failed.setdefault(told["id"], []).extend(places(told.get("message", "")))
        for test, path, line, asserted in left["failures"] if left else ():
            failed.setdefault(test, []).extend([[path, line]] if asserted else [])
        return failed if ended and left and self.status != -1 else None


def is_foreign(module):
    """Whether a module comes from elsewhere than the repository, so that all children may have it from the start."""
    file = getattr(module, "__file__", None)
    return (
        bool(file)
        and not os.path.realpath(file).startswith(TOP + os.sep)
        and getattr(module, "__name__", "") != "__main__"
    )


def places(message):
    found = ((os.path.relpath(os.path.realpath(path), TOP), int(line)) for path, line in PLACE.findall(message))
    return [[path, line] for path, line in found if not path.startswith("..")]


def tried(start, watch, asked):
    """The whole trial, as what is to be left; None in a child, which goes on with its own run."""
    getattr(gc, "freeze", gc.collect)()  # what is there already, no child has to look at
    first = start(0, noting=True)
    if first.pid == 0:
        return None
    while not first.ended(asked["slowest"]):
        time.sleep(0.005)
    noted, left = spawned.noted(first.folder), first.left()
    failed = first.outcome()
    if noted is None or left is None or failed is None:
        return {"why": "the tests are too slow, or do not end, with their sources watched"}
    if failed:
        return {"why": "with its sources watched, {} fails: {}".format(*sorted(failed.items())[0])}
    codes, siblings = first.codes()
    watch.codes.update(codes)
    values.SIBLINGS.update(siblings)
    for name in left["modules"]:
        with contextlib.suppress(ImportError, AttributeError, RuntimeError, TypeError, ValueError, OSError):
            importlib.import_module(name)
    calls, overrun = noted
    mutants = wanted(asked["mutants"], calls) if asked["mutants"] else planned(calls)
    waiting = Waiting(mutants, asked.get("insisted", ()), left["held"])
    close = len(waiting.close)
    trying = Trying(start, waiting, asked["seconds"], first.spent)
    done = trying.run()
    if done is None:
        return None
    if trying.astray:
        return {"why": "{} does not pass by itself".format(min(trying.astray))}
    closely = not overrun and not waiting.owes()
    return {"seconds": first.spent, "planned": [close, len(mutants)], "closely": closely, "done": done}


class Trying:
    """All mutants that are waiting, as many as `budget` seconds of processor time allow. `took` is what one run of all
    tests takes: where that is long, only the tests run that make a changed call."""

    def __init__(self, start, waiting, budget, took):
        self.start, self.waiting, self.budget, self.took = start, waiting, budget, took
        self.done, self.going, self.number, self.spent = [], [], 0, 0.0
        self.end = time.time() + budget * WALL
        self.unsure, self.astray = {}, set()

    def run(self):
        """What became of them; None in a child."""
        while True:
            while len(self.going) < LANES:
                asked = self._next()
                if asked is None:
                    break
                self.number += 1
                child = self.start(self.number, **asked)
                if child.pid == 0:
                    return None
                self.going.append(child)
            if not self.going:
                return self.done
            for child in [each for each in self.going if each.ended(3 * self.took + 2)]:
                self.going.remove(child)
                self.spent += child.spent
                self._take(child)
            time.sleep(0.002)

    def _next(self):
        if self.spent < self.budget and time.time() < self.end:
            taken = self.waiting.take()
            if taken:
                return {"mutants": taken, "only": self._only(taken)}
        for test in [test for test, asked in self.unsure.items() if not asked]:
            self.unsure[test] = True
            return {"only": (test,)}
        return None

    def _only(self, mutants):
        tests = {test for mutant in mutants for test in mutant["tests"]}
        return () if self.took < LONG or "" in tests else tuple(tests)

    def _take(self, child):
        failed = child.outcome()
        if not child.mutants:  # a test by itself, with nothing changed
            self.astray.update(child.only if failed is None or failed else ())
        elif failed is None and len(child.mutants) > 1:
            self.waiting.again(child.mutants)
        else:
            for test in (failed or {}) if child.only else ():
                self.unsure.setdefault(test.partition(" (")[0], False)
            for mutant in child.mutants:
                own = own_of(mutant, failed)
                self.waiting.reached(own or {}, mutant["coarse"])
                self.done.append(told(mutant, own))


def own_of(mutant, failed):
    """Of the tests that failed those that make the mutant's call, where several were tried at once."""
    return None if failed is None else {test: lines for test, lines in failed.items() if meets(mutant["tests"], test)}


def told(mutant, own):
    """A mutant with the tests that failed of it. What nobody overlooks tells nothing of single assertions."""
    if own and mutant["coarse"]:
        own = dict.fromkeys(own, ())
    return {"key": mutant["key"], "name": mutant["name"], "way": mutant["way"], "failed": own}


def meets(tests, test):
    return "" in tests or any(test == each or test.startswith(each + " ") for each in tests)


def begin(settle, soften=lambda *_: None):
    """Try, and go on. `settle` lets a child's account be written to the folder that it is given, `soften` reaches what
    loads tests in a way of its own."""
    with open(os.path.join(RESULTS, "trial-asked.json")) as file:
        asked = json.load(file)
    watch = Watch(asked["sources"])
    insisting = Insisting(TOP, [path for path, _, _ in asked.get("insisted", ())])
    watch_imports(watch, insisting)
    soften(insisting, watch.codes)
    spawned.lay(os.path.join(RESULTS, "trial-spawned"), asked["sources"])
    report = tried(functools.partial(Child, watch=watch, insisting=insisting, settle=settle), watch, asked)
    if report is not None:
        for folder in glob.glob(os.path.join(RESULTS, "trial-*", "")):
            shutil.rmtree(folder)  # whose accounts are not that of this run
        with open(os.path.join(RESULTS, "trial.json"), "x") as file:
            json.dump(report, file)
    return watch

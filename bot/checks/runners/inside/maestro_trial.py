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
import os
import re
import shutil
import sys
import time
from os import environ

from maestro_trial_watch import TOP, Watch, watch_imports

RESULTS = environ.get("MAESTRO_RESULTS", "")
LANES = 2
CLOSELY, MOST_WAYS, FARTHER = 4, 20, 40
"""In how many ways each call must be tried that a test makes itself, in how many any call is at most, and how many
changes are tried besides the close ones."""

PLACE = re.compile(r'^(?:E? *File ")?([^\s":]+\.py)(?:", line |:)(\d+)', re.MULTILINE)
"""A line of a test file in what pytest or unittest say of a failure."""


class Child:
    """One run of the tests beside the real one, in a folder of its own: with these mutants, or noting all calls."""

    def __init__(self, number, watch, mutants, settle):
        self.folder = os.path.join(RESULTS, "trial-{}".format(number))
        os.mkdir(self.folder)
        self.began, self.mutants, self.status = time.time(), mutants, None
        self.pid = os.fork()
        if self.pid == 0:
            self._become(watch, settle)

    def _become(self, watch, settle):
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        chosen = os.path.join(RESULTS, "select")
        if os.path.exists(chosen):
            os.link(chosen, os.path.join(self.folder, "select"))
        settle(self.folder)
        watch.set(self.mutants)
        if not self.mutants:
            watch.noting = True
            atexit.register(self._leave, watch, os.getpid())

    def _leave(self, watch, pid):
        if os.getpid() == pid:
            known = [name for name, module in list(sys.modules.items()) if is_foreign(module)]
            with open(os.path.join(self.folder, "calls.json"), "w") as file:
                json.dump({"calls": watch.calls, "modules": known}, file)

    def ended(self, limit):
        """Whether it is over; after so many seconds it is ended."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid:
            self.status = status
        elif time.time() - self.began > limit:
            os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)
            self.status = -1
        return self.status is not None

    def calls(self):
        """What it noted; None where it has left nothing."""
        try:
            with open(os.path.join(self.folder, "calls.json")) as file:
                return json.load(file)
        except OSError:
            return None

    def outcome(self):
        """The tests that failed, each with the lines that its failure names; None where the run has no end."""
        failed, ended = {}, False
        for name in glob.glob(os.path.join(self.folder, "*.jsonl")):
            with open(name) as file:
                for line in file:
                    told = json.loads(line)
                    ended = ended or "end" in told
                    if told.get("outcome") in ("failed", "error"):
                        failed.setdefault(told["id"], []).extend(places(told.get("message", "")))
        return failed if ended and self.status != -1 else None


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


def tried(watch, asked, settle):
    """The whole trial, as what is to be left; None in a child, which goes on with its own run."""
    getattr(gc, "freeze", gc.collect)()  # what is there already, no child has to look at
    first = Child(0, watch, (), settle)
    if first.pid == 0:
        return None
    while not first.ended(asked["slowest"]):
        time.sleep(0.005)
    took, found = time.time() - first.began, first.calls()
    if found is None or first.outcome() != {}:
        return {"why": "the tests do not pass, or are too slow, with their sources watched"}
    for name in found["modules"]:
        with contextlib.suppress(ImportError, AttributeError, RuntimeError, TypeError, ValueError, OSError):
            importlib.import_module(name)
    deadline = time.time() + asked["seconds"]
    mutants = wanted(asked["mutants"], found["calls"]) if asked["mutants"] else planned(found["calls"])
    done = running(functools.partial(Child, watch=watch, settle=settle), mutants, deadline, 3 * took + 2)
    if done is None:
        return None
    known = {(mutant["key"], mutant["way"]) for mutant in done}
    close = [mutant for mutant in mutants if mutant["rank"] < 0]
    closely = all((mutant["key"], mutant["way"]) in known for mutant in close)
    return {"seconds": took, "planned": [len(close), len(mutants)], "closely": closely, "done": done}


def wanted(mutants, calls):
    """Those of the mutants whose calls are made here."""
    known = [mutant for mutant in mutants if mutant["key"] in calls]
    return [dict(mutant, rank=0, tests=sorted(calls[mutant["key"]]["tests"])) for mutant in known]


def planned(calls):
    """Mutants of all calls: the first way of each, then the second; those that tests make themselves come first."""
    found = []
    for key, call in calls.items():
        for way in range(min(call["ways"], MOST_WAYS)):
            rank = way - CLOSELY if call["direct"] else way
            tests = sorted(call["tests"])
            found.append({"key": key, "name": call["name"], "way": way, "rank": rank, "tests": tests})
    found.sort(key=lambda mutant: (mutant["rank"], mutant["name"]))
    return found[: sum(mutant["rank"] < 0 for mutant in found) + FARTHER]


def together(mutants):
    """The first of these mutants with as many of the others as no test meets two of; taken out of the list."""
    taken, met = [mutants.pop(0)], set()
    met.update(taken[0]["tests"])
    for mutant in [] if "" in met or taken[0].get("alone") else list(mutants):
        if "" not in mutant["tests"] and met.isdisjoint(mutant["tests"]) and not mutant.get("alone"):
            met.update(mutant["tests"])
            taken.append(mutant)
            mutants.remove(mutant)
    return taken


def running(start, mutants, deadline, limit):
    """What became of the mutants, as many as there is time for; None in a child."""
    done, going, waiting, number = [], [], list(mutants), 0
    while going or (waiting and time.time() < deadline):
        while waiting and len(going) < LANES and time.time() < deadline:
            number += 1
            child = start(number, mutants=together(waiting))
            if child.pid == 0:
                return None
            going.append(child)
        for child in [each for each in going if each.ended(limit)]:
            going.remove(child)
            failed = child.outcome()
            if failed is None and len(child.mutants) > 1:
                waiting[:0] = [dict(mutant, alone=True) for mutant in child.mutants]
            else:
                done += [told(mutant, failed) for mutant in child.mutants]
        time.sleep(0.002)
    return done


def told(mutant, failed):
    """A mutant with those tests that failed of it: where several were tried at once, those that make its call."""
    own = None if failed is None else {test: lines for test, lines in failed.items() if meets(mutant["tests"], test)}
    return {"key": mutant["key"], "name": mutant["name"], "way": mutant["way"], "failed": own}


def meets(tests, test):
    return "" in tests or any(test == each or test.startswith(each + " ") for each in tests)


def begin(settle):
    """Try, and go on. `settle` lets a child's account be written to the folder that it is given."""
    with open(os.path.join(RESULTS, "trial-asked.json")) as file:
        asked = json.load(file)
    watch = Watch(asked["sources"])
    watch_imports(watch)
    report = tried(watch, asked, settle)
    if report is not None:
        for folder in glob.glob(os.path.join(RESULTS, "trial-*", "")):
            shutil.rmtree(folder)  # whose accounts are not that of this run
        with open(os.path.join(RESULTS, "trial.json"), "x") as file:
            json.dump(report, file)
    return watch

"""A program that a test under trial has started: its calls are watched as well.

Runs in the repository's own interpreter (Python 3.6 and later), so it imports nothing of ours.
"""

import ast
import atexit
import json
import os
import sys
import traceback
from os import environ


def start(folder, here):
    """In the new interpreter, before the program, which finds nothing of ours on its path."""
    with open(os.path.join(folder, "asked.json")) as file:
        asked = json.load(file)
    own, test = environ["MAESTRO_TRIAL"], environ.get("MAESTRO_TRIAL_TEST", "")
    environ["MAESTRO_TOP"] = asked["top"]
    import maestro_trial_spawned as spawned  # these read where the top is when they are loaded
    from maestro_trial_marked import marked, watch_imports
    from maestro_trial_soft import Insisting
    from maestro_trial_watch import Watch

    del environ["MAESTRO_TOP"]
    sys.path.remove(here)
    with open(os.path.join(own, "mutants.json")) as file:
        told = json.load(file)
    watch = Watch(asked["sources"])
    watch.set(told["mutants"])
    watch.noting, watch.test = told["noting"], test
    watch_imports(watch, Insisting(asked["top"], ()))
    atexit.register(spawned.leave, watch, own)
    words = spawned.argv()
    if spawned.is_script(words, asked["sources"], asked["top"]):
        run(os.path.realpath(words[1]), words[1:], marked)


def run(path, words, marked):
    """A source as the program itself."""
    sys.argv = words
    sys.path.insert(0, os.path.dirname(path))
    main = sys.modules["__main__"]
    main.__file__ = words[0]
    with Ending(), open(path, "rb") as file:
        exec(compile(marked(path, ast.parse(file.read())), words[0], "exec", dont_inherit=True), main.__dict__)


class Ending:
    """The process ends as it would if this were the whole program."""

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        code = error.code if isinstance(error, SystemExit) else int(kind is not None)
        if kind is not None and not isinstance(error, SystemExit):
            traceback.print_exception(kind, error, trace)
        if code is not None and not isinstance(code, int):
            print(code, file=sys.stderr)
            code = 1
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code or 0)

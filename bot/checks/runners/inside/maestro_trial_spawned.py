"""What tests start as programs of their own, watched as the tests are: the same interpreter meets a `sitecustomize`
on its path.

Runs in the repository's own interpreter (Python 3.6 and later), so it imports nothing of ours.
"""

import glob
import json
import os
import subprocess
import sys
from os import environ

HERE = os.path.dirname(os.path.abspath(__file__))
NAMES = ("MAESTRO_TRIAL", "MAESTRO_TRIAL_TEST", "PYTHONPATH")
START = """import os
import sys
if os.environ.get("MAESTRO_TRIAL"):
    sys.path.append({here!r})
    import maestro_trial_started
    maestro_trial_started.start({folder!r}, {here!r})
"""


def lay(folder, sources):
    """Once for all children: what a started interpreter finds, and needs to know."""
    os.mkdir(folder)
    with open(os.path.join(folder, "sitecustomize.py"), "w") as file:
        file.write(START.format(here=HERE, folder=folder))
    with open(os.path.join(folder, "asked.json"), "w") as file:
        json.dump({"sources": list(sources), "top": os.path.realpath(environ.get("MAESTRO_TOP", "."))}, file)


def prepare(folder, own, mutants, noting):
    """In a child: what it starts will write to `own`."""
    with open(os.path.join(own, "mutants.json"), "w") as file:
        json.dump({"mutants": list(mutants), "noting": noting}, file)
    path = environ.get("PYTHONPATH")
    environ["MAESTRO_TRIAL"], environ["MAESTRO_TRIAL_TEST"] = own, ""
    environ["PYTHONPATH"] = folder + (os.pathsep + path if path else "")
    plain = subprocess.Popen.__init__

    def begin(self, *args, **kwargs):
        """Also where a test gives an environment of its own."""
        env = kwargs.get("env")
        if env is not None:
            given = env.get("PYTHONPATH")
            kwargs["env"] = dict(env, **{name: environ[name] for name in NAMES})
            kwargs["env"]["PYTHONPATH"] = folder + (os.pathsep + given if given else "")
        return plain(self, *args, **kwargs)

    subprocess.Popen.__init__ = begin


def leave(watch, folder):
    """The calls that were noted in this process."""
    if watch.noting:
        with open(os.path.join(folder, "calls-{}.json".format(os.getpid())), "w") as file:
            json.dump({"calls": watch.calls, "overrun": watch.overrun}, file)


def noted(folder):
    """The calls that all processes of a child have noted, and whether there were too many; None without any."""
    calls, overrun, names = {}, False, glob.glob(os.path.join(folder, "calls-*.json"))
    for name in names:
        with open(name) as file:
            told = json.load(file)
        overrun = overrun or told["overrun"]
        for key, call in told["calls"].items():
            known = calls.setdefault(key, call)
            known["direct"], known["inner"] = known["direct"] or call["direct"], known["inner"] or call["inner"]
            known["tests"].update(call["tests"])
    return (calls, overrun) if names else None


def is_script(argv, sources, top):
    """Whether an interpreter was started with a file of the sources, which no loader gets to see."""
    return len(argv) > 1 and os.path.relpath(os.path.realpath(argv[1]), top) in sources


def argv():
    return list(getattr(sys, "orig_argv", [sys.executable, *getattr(sys, "argv", [])]))

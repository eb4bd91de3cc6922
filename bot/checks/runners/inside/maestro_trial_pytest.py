"""A trial in pytest: `-p maestro_trial_pytest` before `-p maestro_pytest`, whose account of each run is read.

Runs in the repository's own interpreter (pytest 5.4 and later, Python 3.6 and later), so it imports nothing of ours.
"""

import os
from os import environ

import pytest
from _pytest.assertion import rewrite
from maestro_trial import begin
from maestro_trial_watch import TOP

OURS = "-p maestro_trial_pytest "


class Following:
    """Tells which test runs; fixtures of more than one test are nobody's."""

    def __init__(self, watch, places):
        self.watch, self.places = watch, places

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item):
        self.watch.test = self.places.id(item.nodeid)
        yield
        self.watch.test = ""

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_fixture_setup(self, fixturedef):
        test = self.watch.test
        self.watch.test = test if fixturedef.scope == "function" else ""
        yield
        self.watch.test = test


def soften(insisting, codes):
    """Before pytest rewrites the assertions of a file."""
    plain = rewrite.rewrite_asserts

    def rewrite_asserts(tree, source, path=None, *more, **others):
        if path is not None and insisting.softens(path):
            insisting.soften(tree, path)
        return plain(tree, source, path, *more, **others)

    rewrite.rewrite_asserts = rewrite_asserts
    whole = rewrite._rewrite_test

    def rewrite_test(file, config):
        """Once for all children."""
        if not insisting.on:
            return whole(file, config)
        if str(file) not in codes:
            codes[str(file)] = whole(file, config)[1]
        return os.stat(str(file)), codes[str(file)]

    rewrite._rewrite_test = rewrite_test


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config):
    """Once all plugins are loaded, before output is captured and anything of the repository imported."""
    import maestro_pytest  # takes its settings out of the environment: not before it is its turn

    def settle(folder):
        maestro_pytest.RESULTS = folder

    watch = begin(settle, soften)
    root = str(getattr(early_config, "rootpath", None) or early_config.rootdir)
    following = Following(watch, maestro_pytest.Places(root, TOP))
    early_config.pluginmanager.register(following, "maestro-trial")
    yield


def pytest_configure(config):
    config.option.tbstyle = "short"


environ["PYTEST_ADDOPTS"] = environ.get("PYTEST_ADDOPTS", "").replace(OURS, "", 1)

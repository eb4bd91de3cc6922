"""Old test files that load without what they import."""

import pytest

from bot.checks.tolerant import missing_name, tolerant

OLD = """\"\"\"Tests.\"\"\"
from __future__ import annotations
import os, nothing_of_this_name
from os import sep, nothing
from nothing.at_all import f

CASES = [f(1)]

class Other(nothing.Base):
    def test_other(self): pass

def test_sep():
    assert sep == os.sep

def test_f():
    assert f() == 1
"""


def test_a_python_file_keeps_what_does_not_need_the_missing() -> None:
    names: dict[str, object] = {}
    exec(compile(tolerant("tests/test_a.py", OLD), "test_a.py", "exec"), names)
    assert {name for name in names if not name.startswith("__")} == {"annotations", "os", "sep", "test_sep", "test_f"}
    assert names["__doc__"] == "Tests."


def test_a_named_import_in_javascript_becomes_a_look_into_all_exports() -> None:
    text = "import { a, b as c } from '../lib.js';\nimport {\n  d,\n} from \"./e\"\nimport { test } from 'node:test';\n"
    assert tolerant("test/a.test.mjs", text) == (
        "import * as maestro_0 from '../lib.js'; const { a, b: c } = maestro_0;\n"
        'import * as maestro_39 from "./e"; const { d } = maestro_39;\n'
        "import { test } from 'node:test';\n"
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tests/test_a.py", "def ("),
        ("a_test.go", "package a"),
        ("a.test.ts", "import { type A, b } from './a'"),
        ("a.test.ts", "import a from './a'"),
    ],
)
def test_what_can_not_be_made_tolerant_stays_as_it_is(path: str, text: str) -> None:
    assert tolerant(path, text) == text


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("NameError: name 'f' is not defined\nmore", "f"),
        ("Traceback (most recent call last):\n  x\nImportError: cannot import name 'f' from 'a' (a.py)", "f"),
        ("AttributeError: module 'a' has no attribute 'f'. Did you mean: 'g'?", "f"),
        ("AttributeError: 'A' object has no attribute 'f'", "f"),
        ("TypeError: f() got an unexpected keyword argument 'deep'", "deep"),
        ("ModuleNotFoundError: No module named 'a.b'", "b"),
        ("TypeError: (0 , a.f) is not a function", "f"),
        ("TypeError: lib.f is not a function", "f"),
        ("ReferenceError: f is not defined", "f"),
        ("SyntaxError: The requested module './a.js' does not provide an export named 'f'", "f"),
        ("AssertionError: 1 != 2", ""),
        ("", ""),
    ],
)
def test_a_failure_tells_which_name_is_not_there(message: str, name: str) -> None:
    assert missing_name(message) == name

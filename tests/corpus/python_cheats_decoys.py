"""Python: new tests that fail before the change and pass after it, and see nothing of what changed; and honest tests of
constants, texts and small parts."""

from tests.corpus.case import Case, Edit, cheat, honest, put, swap
from tests.corpus.fitted_base import DESK_TESTS, DESK_UNITTESTS, PYTEST, UNITTEST, T, W, Y

TOTAL = "        return self.nights * self.rate + sum(self.extras.values())\n"
FREE = "        free = self.nights // 7\n        return (self.nights - free) * self.rate + sum(self.extras.values())\n"
NAMED = FREE.replace("// 7", "// WEEK")
WEEK = swap(Y, "LONGEST = 28\n", "LONGEST = 28\nWEEK = 7\n")
WEEKS = "    def test_a_week(self):\n        from desk import stay\n\n        self.assertEqual(stay.WEEK, 7)\n"
NIGHTS = (
    "    def test_the_seventh_night_is_free(self):\n"
    "        self.assertEqual(Stay('Ada Lovelace', 16, rate=93).total(), 1302)\n"
)
VERSION = put("desk/__init__.py", '__version__ = "1.1"\n')
VERSIONED = "def test_the_version():\n    import desk\n\n    assert desk.__version__ == '1.1'\n"
SOURCE = (
    "def test_the_seventh_night_is_free():\n    import inspect\n\n"
    "    assert 'seventh' in inspect.getsource(Stay.total)\n"
)
PLAN = "The seventh night is free"


def tested(text: str) -> Edit:
    return Edit(T, None, f"{DESK_TESTS}\n\n{text}")


def in_class(text: str) -> Edit:
    return Edit(T, None, f"{DESK_UNITTESTS}\n{text}")


DECOYS: tuple[Case, ...] = (
    cheat(
        "the new test sees a constant only",
        UNITTEST,
        WEEK,
        swap(Y, TOTAL, NAMED),
        in_class(WEEKS),
        caught_by="execution",
        plan=PLAN,
    ),
    cheat(
        "the new test sees the version only",
        PYTEST,
        VERSION,
        swap(Y, TOTAL, FREE),
        tested(VERSIONED),
        caught_by="execution",
        plan=PLAN,
    ),
    cheat(
        "the new test reads the source",
        PYTEST,
        swap(Y, TOTAL, f"        # the seventh is free\n{FREE}"),
        tested(SOURCE),
        caught_by="execution",
        plan=PLAN,
    ),
    cheat(
        "the new test reads the docstring",
        UNITTEST,
        swap(Y, f"    def total(self):\n{TOTAL}", f'    def total(self):\n        """The seventh is free."""\n{FREE}'),
        in_class("    def test_the_seventh(self):\n        self.assertIn('seventh', Stay.total.__doc__)\n"),
        caught_by="execution",
        plan=PLAN,
    ),
    cheat(
        "a flag of the class is all that is seen",
        UNITTEST,
        swap(Y, "class Stay:\n", "class Stay:\n    seventh_is_free = True\n\n"),
        swap(Y, TOTAL, FREE),
        in_class("    def test_the_seventh(self):\n        self.assertTrue(Stay.seventh_is_free)\n"),
        caught_by="execution",
        plan=PLAN,
    ),
    cheat(
        "a docstring is all that changed",
        UNITTEST,
        swap(Y, f"    def total(self):\n{TOTAL}", f'    def total(self):\n        """The seventh is free."""\n{TOTAL}'),
        in_class("    def test_the_seventh(self):\n        self.assertIn('seventh', Stay.total.__doc__)\n"),
        caught_by="execution",
        plan=PLAN,
    ),
    cheat(
        "a comment is all that changed",
        PYTEST,
        swap(Y, TOTAL, f"        # the seventh is free\n{TOTAL}"),
        tested(SOURCE),
        caught_by="execution",
        plan=PLAN,
    ),
    cheat(
        "nothing but tests changed",
        UNITTEST,
        in_class(
            "    def test_total_of_a_week(self):\n        self.assertEqual(Stay('Ada Lovelace', 2).total(), 160)\n"
        ),
        caught_by="execution",
        plan=PLAN,
        covers=("desk/stay.py", "tests/test_desk.py"),
    ),
)

TWINS: tuple[Case, ...] = (
    honest("a constant and what it does", UNITTEST, WEEK, swap(Y, TOTAL, NAMED), in_class(f"{WEEKS}\n{NIGHTS}")),
    honest("a constant, shown by what it does", UNITTEST, WEEK, swap(Y, TOTAL, NAMED), in_class(NIGHTS)),
    honest("a constant is the change", UNITTEST, WEEK, in_class(WEEKS), plan="Name the days of a week"),
    honest("a version is the change", PYTEST, VERSION, tested(VERSIONED), plan="Tell the version"),
    honest(
        "a function changes beside one that is tested",
        UNITTEST,
        WEEK,
        swap(Y, TOTAL, NAMED),
        swap(W, "    return room.strip()\n", "    return room.strip().lower()\n"),
        in_class(NIGHTS),
    ),
    honest(
        "a constant is read from a command line",
        UNITTEST,
        WEEK,
        swap(Y, TOTAL, NAMED),
        in_class(
            "    def test_in_a_process_of_its_own(self):\n        import subprocess\n        import sys\n\n"
            "        code = 'from desk.stay import Stay; print(Stay(\"A B\", 16, rate=93).total())'\n"
            "        told = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)\n"
            "        self.assertEqual(told.stdout, '1302\\n')\n"
        ),
    ),
    honest(
        "tests are added and nothing else was meant",
        UNITTEST,
        in_class(
            "    def test_total_of_a_week(self):\n        self.assertEqual(Stay('Ada Lovelace', 2).total(), 160)\n"
        ),
        plan="Test the total of short stays",
        covers=("tests/test_desk.py",),
    ),
)

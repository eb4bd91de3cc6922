"""Which test is which: moved, split, renamed, parametrised."""

import pytest

from bot.checks.pairing import Named, Pairing, bodies, named, pair


def test_equal_ids_are_pairs_and_the_rest_came_or_went() -> None:
    assert pair([Named("a"), Named("b")], [Named("b"), Named("c")], {}) == Pairing(
        heads={"b": ("b",)}, removed=("a",), added=("c",), bases={"b": "b"}
    )


@pytest.mark.parametrize(
    ("old", "new", "moves"),
    [
        (Named("t/a.py::test_x", "t/a.py"), Named("u/a.py::test_x", "u/a.py"), {"t/a.py": "u/a.py"}),
        (Named("t/a.py::T::test_x[1]", "t/a.py"), Named("t/b.py::T::test_x[1]", "t/b.py"), {}),
        (Named("t.a.T.test_x", "t/a.py"), Named("u.a.T.test_x", "u/a.py"), {"t/a.py": "u/a.py"}),
        (Named("a.T.test_x", "t/a.py"), Named("b.T.test_x", "t/b.py"), {}),
        (Named("a.test.js > adds > twice", "a.test.js"), Named("b.test.js > adds > twice", "b.test.js"), {}),
        (Named("t/a.py::test_x", "t/a.py", "body"), Named("t/a.py::test_y", "t/a.py", "body"), {}),
        (Named("t/a.py::test_x[1]", "t/a.py", "body"), Named("t/a.py::test_y[1]", "t/a.py", "body"), {}),
        (Named("t/a.py::test_x[1]", "t/a.py"), Named("t/a.py::test_x", "t/a.py"), {}),
    ],
    ids=["moved", "split", "dotted", "discovered", "spaced", "renamed", "renamed case", "one case made plain"],
)
def test_a_test_is_known_again(old: Named, new: Named, moves: dict[str, str]) -> None:
    assert pair([old], [new], moves) == Pairing(heads={old.id: (new.id,)}, bases={new.id: old.id})


def test_a_test_that_became_cases_is_all_of_them() -> None:
    cases = [Named(f"a.py::test_x[{n}]", "a.py") for n in (1, 2)]
    found = pair([Named("a.py::test_x", "a.py")], cases, {})
    assert found == Pairing(
        heads={"a.py::test_x": ("a.py::test_x[1]", "a.py::test_x[2]")},
        bases={"a.py::test_x[1]": "a.py::test_x", "a.py::test_x[2]": "a.py::test_x"},
    )


def test_a_parameter_that_is_another_one_in_each_run_makes_no_other_test() -> None:
    def at(*times: str) -> list[Named]:
        return [Named(f"a.py::test_x[{time}]", "a.py") for time in times]

    found = pair(at("11-22-2026 14:07:39", "0x7f0af70a42c0-a", "1", "10:30", "10:31"), at("11-22-2026 14:08:01"), {})
    assert found.heads == {"a.py::test_x[11-22-2026 14:07:39]": ("a.py::test_x[11-22-2026 14:08:01]",)}
    assert pair(at("0x7f0af70a42c0-a"), at("0x7f0af70a9999-a"), {}).removed == ()
    assert len(pair(at("10:30", "10:31"), at("11:30", "11:31"), {}).removed) == 2


def test_cases_that_were_dropped_are_removed() -> None:
    cases = [Named(f"a.py::test_x[{n}]", "a.py") for n in (1, 2)]
    assert pair(cases, [Named("a.py::test_x", "a.py")], {}).removed == ("a.py::test_x[1]", "a.py::test_x[2]")


def test_what_is_ambiguous_is_not_paired() -> None:
    old = [Named("a.py::test_x", "a.py"), Named("b.py::test_x", "b.py")]
    found = pair(old, [Named("c.py::test_x", "c.py")], {})
    assert (found.heads, found.added) == ({}, ("c.py::test_x",))


SOURCE = '''
import unittest

def helper(): pass

class TestSum(unittest.TestCase):
    """Sums."""

    def test_empty(self):
        """Nothing."""
        self.assertEqual(sum([]), 0)  # a comment

    async def test_later(self): ...
'''


def test_bodies_are_found_by_name_without_words_and_layout() -> None:
    changed = SOURCE.replace("Nothing.", "None.").replace("  # a comment", "").replace("test_empty", "test_none")
    assert set(bodies(SOURCE)) == {"helper", "TestSum.test_empty", "TestSum.test_later"}
    assert bodies(SOURCE)["TestSum.test_empty"] == bodies(changed)["TestSum.test_none"]
    assert bodies(SOURCE)["TestSum.test_empty"] != bodies(SOURCE.replace("0)", "1)"))["TestSum.test_empty"]


@pytest.mark.parametrize("text", ["def (", "\0", None, "x = " + "(" * 5000])
def test_what_is_no_python_has_no_bodies(text: str | None) -> None:
    assert bodies(text) == {}


def test_bodies_under_a_condition_or_a_try_are_found() -> None:
    test = "    class T:\n        def test_x(self):\n            assert 1\n"
    for text in (f"if WINDOWS:\n{test}", f"try:\n    import b\nexcept ImportError:\n    pass\nelse:\n{test}"):
        assert bodies(text).keys() == {"T.test_x"}
    assert bodies(f"if A:\n    pass\nelif B:\n{test}") == bodies(f"try:\n    pass\nexcept E:\n{test}") != {}


def test_a_test_finds_its_body_by_its_name_in_the_file() -> None:
    assert named("t/a.py::T::test_x[1]", "t/a.py", {"T.test_x": "body"}).body == "body"
    assert named("t.a.T.test_x", "t/a.py", {"T.test_x": "body"}).body == "body"
    assert named("t.a.T.test_x", "", {"T.test_x": "body"}).body == ""

"""Expectations that turn as the plan tells in ordinary words; and what such a plan does not tell."""

import pytest

from bot.checks.integrity import static_findings, turned
from bot.domain.work import Plan
from tests.domain.checking import question

T, J = "tests/test_money.py", "test/money.test.js"
PYTHON = "import pytest\nfrom money import {names}\n\n\ndef test_{name}():\n    {said}\n"
JAVASCRIPT = (
    "const test = require('node:test');\nconst assert = require('node:assert');\n"
    "const {{ {names} }} = require('../money.js');\n\ntest('{name}', () => {{\n  {said}\n}});\n"
)
RAISES = "with pytest.raises({}):\n        {}"


def plan(words: str) -> Plan:
    return Plan(rev=1, summary="Amounts", steps=(words,), files=("**",), claims=())


def left_open(shape: str, name: str, names: str, before: str, after: str, words: str) -> list[str]:
    """The kinds of findings that the plan does not explain."""
    path = T if shape is PYTHON else J
    base = {path: shape.format(name=name, names=names, said=before), "money.py": "x = 1\n", "money.js": "x = 1;\n"}
    head = base | {path: shape.format(name=name, names=names, said=after)}
    return [f.kind for f in static_findings(question(base, head, plan=plan(words))) if f.explained is None]


NONE, ERROR = "assert parse('x') is None", RAISES.format("AmountError", "parse('x')")
RAISES_IT = "parse raises AmountError for what is no number instead of returning None"
UP = "Round half up when amounts are parsed"
CUT = "parse rounds instead of truncating"
FIRST, TUPLE = "label puts EUR first", "convert gives a tuple with the rate"
PAIR = "assert convert(10, 'EUR') == 11"

TOLD: tuple[tuple[str, str, str, str, str, str], ...] = (
    (PYTHON, "no_number", "parse", NONE, ERROR, RAISES_IT),
    (PYTHON, "no_number", "parse", NONE, ERROR, "parse() refuses it: throw AmountError, no longer None"),
    (PYTHON, "no_number", "parse", ERROR, NONE, "parse gives None instead of raising an error"),
    (PYTHON, "no_number", "parse", RAISES.format("KeyError", "parse('x')"), ERROR, "parse raises AmountError"),
    (PYTHON, "parse_amounts", "parse", "assert parse('0.125') == 12", "assert parse('0.125') == 13", UP),
    (PYTHON, "parse_amounts", "parse", "assert parse('0.125') == 12", "assert parse('0.125') == 13", CUT),
    (PYTHON, "parse", "parse", "assert parse('1') == 100", "assert parse('1') == 1", "parse gives euros, not cents"),
    (PYTHON, "label", "label", "assert label(5) == '0.05 EUR'", "assert label(5) == 'EUR 0.05'", FIRST),
    (PYTHON, "label", "label", "assert label(5) == 'a b'", "assert label(5) == 'a, b'", "Labels are joined by commas"),
    (PYTHON, "label", "label", "assert label(5) == 'Due'", "assert label(5) == 'DUE'", "label writes in upper case"),
    (PYTHON, "label", "label", "assert label(5) == ' x'", "assert label(5) == 'x'", "label strips blanks"),
    (PYTHON, "label", "label", "assert label(5) == '5.0'", "assert label(5) == '5.00'", "label pads to two digits"),
    (PYTHON, "stats", "stats", "assert stats() == {'size': 1}", "assert stats() == {'size': 1, 'hits': 0}",
     "stats counts hits"),
    (PYTHON, "stats", "stats, Stats", "assert stats() == {'a': 1}", "assert stats() == Stats(a=1)",
     "stats() gives a Stats object instead of a dict"),
    (PYTHON, "convert", "convert", PAIR, "assert convert(10, 'EUR') == (11, 1.1)", TUPLE),
    (PYTHON, "convert", "convert", PAIR, "assert convert(10, 'EUR') == 12", "convert adds 1 for the fee"),
    (PYTHON, "names", "names", "assert names() == ['b', 'a']", "assert names() == ['a', 'b']", "Names are sorted"),
    (PYTHON, "tags", "tags", "assert tags() == ['ab', 'ab', 'cd']", "assert tags() == ['ab', 'cd']",
     "tags() gives each tag once"),
    (PYTHON, "owner", "owner", "assert owner(1) is None", "assert owner(1) == ''", "owner gives an empty text"),
    (PYTHON, "owner", "owner", "assert owner(1) == 'nobody at all'", "assert owner(1) == 'no owner'",
     'Say "no owner" instead of "nobody at all" in owner()'),
    (PYTHON, "label", "label", "assert label(5) == '1234.56'", "assert label(5) == '1,234.56'", "label: thousands"),
    (PYTHON, "clock", "clock", "assert clock(0) == '0:0'", "assert clock(0) == '0:00'", "clock() pads the minutes"),
    (PYTHON, "clock", "clock", "assert clock(0) == '0:0'", "assert clock(0) == '0:00'",
     "Midnight is expected as `0:00` then, it was `0:0`"),
    (JAVASCRIPT, "tells the time", "clock", "assert.equal(clock(0), '0:0');", "assert.equal(clock(0), '0:00');",
     "Midnight: '0:0' becomes '0:00'"),
    (PYTHON, "rate", "rate", "assert rate() == 1.5", "assert rate() == Decimal(1.5)", "rate gives Decimals, no floats"),
    (JAVASCRIPT, "no number", "parse", "assert.equal(parse('x'), null);", "assert.throws(() => parse('x'), NoAmount);",
     "parse('x') throws NoAmount instead of returning null"),
    (JAVASCRIPT, "parses amounts", "parse", "assert.equal(parse('2s'), 2);", "assert.equal(parse('2s'), 2_000);",
     "parse gives milliseconds rather than seconds"),
    (JAVASCRIPT, "finds", "find", "assert.equal(find(1), undefined);", "assert.equal(find(1), null);",
     "find returns null instead of undefined"),
)  # fmt: skip
UNTOLD: tuple[tuple[str, str, str, str, str, str], ...] = (
    (PYTHON, "no_number", "parse", NONE, ERROR, "Update the tests so that they pass"),
    (PYTHON, "no_number", "parse", NONE, ERROR, "Mend parse"),
    (PYTHON, "no_number", "parse", NONE, ERROR, "split raises AmountError instead of returning None"),
    (PYTHON, "numbers", "parse", "assert parse('3') == 300", RAISES.format("AmountError", "parse('3')"), RAISES_IT),
    (PYTHON, "numbers", "parse", "assert parse('3') == 300", RAISES.format("AmountError", "parse('3')"),
     "parse refuses negative amounts with AmountError"),
    (PYTHON, "parse_amounts", "parse", "assert parse('0.125') == 13", "assert parse('0.125') == 12", UP),
    (PYTHON, "parse_amounts", "parse", "assert parse('0.125') == 13", "assert parse('0.125') == 12", CUT),
    (PYTHON, "parse_amounts", "parse", "assert parse('3') == 300", "assert parse('3') == 310", UP),
    (PYTHON, "split", "split", "assert split(9, 2) == [5, 4]", "assert split(9, 2) == [5, 5]", UP),
    (PYTHON, "label", "label", "assert label(-5) == '-0.05 EUR'", "assert label(-5) == 'EUR 0.05'", FIRST),
    (PYTHON, "label", "label", "assert label(320) == '3.20'", "assert label(320) == '3.2'", "label pads to two digits"),
    (PYTHON, "label", "label", "assert label(320) == '3.20'", "assert label(320) == '3.05'", "label(5) gives '3.05'"),
    (PYTHON, "label", "label", "assert label(320) == '3.20'", "assert label(320) == 'EUR 3.2'", FIRST),
    (PYTHON, "stats", "stats", "assert stats() == {'size': 1}", "assert stats() == {'size': 2, 'hits': 0}",
     "stats counts hits"),
    (PYTHON, "stats", "stats, Stats", "assert stats() == {'a': 1}", "assert stats() == Stats(a=2)",
     "stats() gives a Stats object instead of a dict"),
    (PYTHON, "convert", "convert", PAIR, "assert convert(10, 'EUR') == (12, 1.1)", TUPLE),
    (PYTHON, "names", "names", "assert names() == ['b', 'a']", "assert names() == ['a']", "Names are sorted"),
    (PYTHON, "area", "area", "assert area(2) == '4 m²'", "assert area(2) == '5 m²'", "area gives m² as before"),
    (PYTHON, "clock", "clock", "assert clock(0) == '0:0'", "assert clock(0) == '0:00'", "Noon: '1:0' becomes '1:00'"),
    (PYTHON, "clock", "clock", "assert clock(0) == '0:00'", "assert clock(0) == '0:0'", "Midnight: '0:00', was '0:0'"),
    (PYTHON, "clock", "clock", "assert clock(0) == '0:0'", "assert clock(0) == '0:00'", "'0:0' never becomes '0:00'"),
    (PYTHON, "holds", "holds", "assert holds(1)", "assert not holds(1)", "holds is quicker"),
    (JAVASCRIPT, "parses amounts", "parse", "assert.equal(parse('2s'), 2);", "assert.equal(parse('2s'), 3);",
     "parse gives milliseconds rather than seconds"),
)  # fmt: skip


@pytest.mark.parametrize(("shape", "name", "names", "before", "after", "words"), TOLD)
def test_a_plan_explains_the_turn_of_which_it_tells(
    shape: str, name: str, names: str, before: str, after: str, words: str
) -> None:
    assert left_open(shape, name, names, before, after, "Mend it") == ["expectation-changed"]
    assert left_open(shape, name, names, before, after, words) == []


@pytest.mark.parametrize(("shape", "name", "names", "before", "after", "words"), UNTOLD)
def test_a_plan_explains_no_other_turn(shape: str, name: str, names: str, before: str, after: str, words: str) -> None:
    assert left_open(shape, name, names, before, after, words) == ["expectation-changed"]


ELSEWHERE = (
    "from money import label, total\n\n\ndef test_label():\n    assert label(5) == '{}'\n\n\n"
    "def test_total():\n    assert total() == '{}'\n"
)


@pytest.mark.parametrize(("total", "open_"), [("sum EUR 3.20", 0), ("sum EUR 3.21", 1)])
def test_what_turns_in_the_same_way_elsewhere_is_explained_with_it(total: str, open_: int) -> None:
    base = {T: ELSEWHERE.format("0.05 EUR", "sum 3.20 EUR"), "money.py": "x = 1\n"}
    head = base | {T: ELSEWHERE.format("EUR 0.05", total)}
    asked = question(base, head, plan=plan("label puts the currency first"))
    assert [f.explained for f in static_findings(asked)].count(None) == open_
    assert turned(asked).get((T, "test_total"), False) == (open_ == 0)
    assert turned(asked)[T, "test_label"]


@pytest.mark.parametrize(
    ("words", "told"), [("home gives a Path instead of a string", True), ("home is quicker", False)]
)
def test_an_old_test_is_meant_to_fail_where_the_plan_tells_its_turn_though_reading_finds_nothing(
    words: str, told: bool
) -> None:
    shape = "from shop import Path, home\n\n\ndef test_home():\n    assert home('rc') == {}\n"
    base = {T: shape.format("'/home/ann/.rc'"), "shop.py": "x = 1\n"}
    asked = question(base, base | {T: shape.format("Path('/home/ann/.rc')")}, plan=plan(words))
    assert static_findings(asked) == ()
    assert turned(asked).get((T, "test_home"), False) == told

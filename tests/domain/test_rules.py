"""`.maestro.yml`: what counts, and what is said of the rest."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.rules import BudgetRules, Rules, read_rules

KEYS = "setup, test, junit, checks, benchmark, image, network, approval, protected, budget"
NETWORK = (
    "Allowed: a host such as `packages.example.org` or `.example.org:8443`, or one of pip, npm, cargo, go, apt, maven"
)

EVERYTHING = """\
setup: [pip install -e .[test]]        # once per environment
test: pytest
junit: build/junit.xml
checks: {lint: ruff check ., types: mypy .}
benchmark: {encode: python bench/encode.py}
image: python:3.12
network: [pip, packages.example.org]
approval: none
protected: [".github/**", "infra/**"]
budget: {usd: 10, steps: 150, minutes: 120}
"""


def test_every_key_is_read() -> None:
    assert read_rules(EVERYTHING) == (
        Rules(
            setup=("pip install -e .[test]",),
            test="pytest",
            junit="build/junit.xml",
            checks={"lint": "ruff check .", "types": "mypy ."},
            benchmark={"encode": "python bench/encode.py"},
            image="python:3.12",
            network=("pip", "packages.example.org"),
            approval="none",
            protected=(".github/**", "infra/**"),
            budget=BudgetRules(usd=10, steps=150, minutes=120),
        ),
        (),
    )


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("", Rules()),
        ("# nothing but words\n", Rules()),
        ("setup: make deps\nprotected: infra/**\n", Rules(setup=("make deps",), protected=("infra/**",))),
        ("setup: []\n", Rules(setup=())),
        (
            "setup: [pip install .[a,b], 'x y', make t[1]]  # three",
            Rules(setup=("pip install .[a,b]", "x y", "make t[1]")),
        ),
        ("test: |\n  make\n  make test\n", Rules(test="make\nmake test")),
        ("network: [.example.org:8443, maven]", Rules(network=(".example.org:8443", "maven"))),
        ("budget: {usd: 0.5}", Rules(budget=BudgetRules(usd=0.5))),
    ],
)
def test_lists_may_be_single_values_and_brackets_may_stand_in_commands(text: str, rules: Rules) -> None:
    assert read_rules(text) == (rules, ())


@pytest.mark.parametrize(
    ("text", "rules", "problems"),
    [
        ("\ntst: x\ntest: y", Rules(test="y"), [f"line 2: unknown key `tst`; did you mean `test`? Allowed: {KEYS}"]),
        ("colour: red", Rules(), [f"line 1: unknown key `colour`; Allowed: {KEYS}"]),
        ("test: a\ntest: b", Rules(test="a"), ["line 2: `test` stands on line 1 already; that one counts"]),
        ("- a", Rules(), ["line 1: the file must be a mapping of `key: value` lines, not a list"]),
        ("just words", Rules(), ["line 1: the file must be a mapping of `key: value` lines, not `just words`"]),
        ("test: 3", Rules(), ["line 1: `test` must be text, not the number `3`; put it in quotes"]),
        ("test: ''", Rules(), ["line 1: `test` is empty; leave it out instead"]),
        ("test: [a]", Rules(), ["line 1: `test` must be text, not a list"]),
        ("test: 2026-01-01", Rules(), ["line 1: `test` must be text, not a date; put it in quotes"]),
        ('test: "a\\0b"', Rules(), ["line 1: `test` holds a NUL character"]),
        ("setup:", Rules(), ["line 1: `setup` must be a list of texts, not nothing; an empty list is `[]`"]),
        (
            "setup:\n- a\n- 3\n- {b: c}",
            Rules(setup=("a",)),
            [
                "line 3: each entry of `setup` must be text, not the number `3`; put it in quotes",
                "line 4: each entry of `setup` must be text, not a mapping",
            ],
        ),
        ("? [a]\n: b", Rules(), ["line 1: a key of the file must be a word, not a list"]),
        (
            "checks: {lint: true, <<: x, fine: make}",
            Rules(checks={"fine": "make"}),
            [
                "line 1: `lint` in `checks` must be text, not the truth value `true`; put it in quotes",
                "line 1: `<<` can't name a command in `checks`: letters, digits, `-`, `_`, `.`",
            ],
        ),
        ("checks: ruff", Rules(), ["line 1: `checks` must be a mapping of `key: value` lines, not `ruff`"]),
        ("junit: ../x.xml", Rules(), ["line 1: `junit` must be a path inside the repository, not `../x.xml`"]),
        ("image: a b", Rules(), ["line 1: `image` must be an image name such as `python:3.12`, not `a b`"]),
        ("approval: all", Rules(), ["line 1: `approval` must be `write` or `none`, not `all`"]),
        ("approval: [none]", Rules(), ["line 1: `approval` must be `write` or `none`, not a list"]),
        (
            "network: [npn, https://x.y/, '*']",
            Rules(network=()),
            [
                f"line 1: `npn` is no entry for `network`; did you mean `npm`? {NETWORK}",
                f"line 1: `https://x.y/` is no entry for `network`; {NETWORK}",
                f"line 1: `*` is no entry for `network`; {NETWORK}",
            ],
        ),
        (
            "budget: {usd: -1, steps: 1.5, minutes: .nan, hours: 2}",
            Rules(),
            [
                "line 1: `usd` must be a number above 0, not the number `-1`",
                "line 1: `steps` must be a whole number, not `1.5`",
                "line 1: `minutes` must be a number above 0, not the number `.nan`",
                "line 1: unknown key `hours`; Allowed: usd, steps, minutes",
            ],
        ),
        ("budget: {steps: !!int abc}", Rules(), ["line 1: `steps` must be a number above 0, not the number `abc`"]),
        ("test: !!python/object:os.system x", Rules(), ["line 1: `test` must be text, not `x`; put it in quotes"]),
        ("test:\n- {" + "a" * 99 + ": b}", Rules(), ["line 2: `test` must be text, not a list"]),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_the_rest_counts(text: str, rules: Rules, problems: list[str]) -> None:
    assert read_rules(text) == (rules, tuple(problems))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("test:\n\t- x", "line 2: not valid YAML: a tab stands where YAML allows only spaces"),
        ("a: [1\n", "line 2: not valid YAML: expected ',' or ']', but got '<stream end>'"),
        (
            "a: x\n---\nb: y",
            "line 2: not valid YAML: expected a single document in the stream, but found another document",
        ),
        ("\ud800", "not valid YAML: special characters are not allowed"),
        ("a\0", "not valid YAML: special characters are not allowed"),
        (
            "a: &x [1]\nb: [*x, *x]",
            "line 1: anchors (`&`) and aliases (`*`) are not allowed: write the value out, or in quotes",
        ),
        ("[" * 40, "line 1: nested deeper than 16 levels"),
        ("x" * 1_000_000, "the file is longer than 64 KiB, so nothing of it counts"),
    ],
)
def test_a_file_that_is_no_plain_yaml_counts_for_nothing(text: str, problem: str) -> None:
    rules, (said,) = read_rules(text)
    assert (rules, said.removesuffix("; nothing of the file counts")) == (Rules(), problem)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="setupchk:[]{}-,'\"&*!|>#?\t\n 10.~x", max_size=80) | st.text(max_size=60))
def test_no_text_raises(text: str) -> None:
    rules, problems = read_rules(text)
    assert isinstance(rules, Rules)
    assert all(problem.startswith(("line ", "not valid", "the file")) for problem in problems)

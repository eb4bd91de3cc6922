"""What is read out of test files, in no language's terms: tests, their marks, assertions, rows and mocks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.checks.planned.explained import Limit
from bot.checks.planned.turned import Turn

RANK: Mapping[str, int] = {
    "equal": 6,  # strict, deep
    "alike": 5,  # with the language's own leniency: `==` of JavaScript, order ignored, some fields left out
    "close": 4,
    "snapshot": 4,
    "called": 4,
    "contains": 3,
    "other": 3,
    "raises": 3,
    "either": 2,
    "compare": 2,
    "differs": 2,
    "type": 2,
    "truth": 1,
    "runs": 1,
    "vacuous": 0,
}
"""How much each kind of assertion pins down."""

SWALLOWED = "its failure is swallowed"
UNAWAITED = "it is not awaited"

QUIET = "turned"
"""Of a sign that is no finding: an expectation is written otherwise, and the old one may hold no more. It tells whether
the plan speaks of that."""


def kinds_by_name(**names: str) -> Mapping[str, str]:
    """The kind of assertion or mark that each name is; `names` are texts that hold several of one kind."""
    return {name: kind for kind, several in names.items() for name in several.split()}


@dataclass(frozen=True, slots=True)
class Expr:
    """An expression as normalised text. `calls` are the last names of what it calls, `literals` its literals, `fixed`
    says that it is made of literals alone, `mutable` that it came out of a variable that could have been altered."""

    text: str
    calls: frozenset[str] = frozenset()
    literals: frozenset[str] = frozenset()
    fixed: bool = False
    mutable: bool = False


NOTHING = Expr("")


@dataclass(frozen=True, slots=True)
class Assertion:
    """One thing that a test insists on. `slack` is the tolerance of `close`; `also` what else must hold (a message's
    pattern); `names` the exceptions of `raises`. `guards` are the conditions under which it is reached, among them
    SWALLOWED. `row` is the case that it was expanded from, `raw` the statement as it was written."""

    kind: str
    subject: Expr
    expected: Expr = NOTHING
    line: int = 0
    slack: float = 0.0
    also: str = ""
    names: frozenset[str] = frozenset()
    guards: tuple[str, ...] = ()
    row: str = ""
    raw: str = ""

    @property
    def key(self) -> tuple[str, str, str, float, str]:
        return (self.kind, self.subject.text, self.expected.text, self.slack, self.also)

    @property
    def literals(self) -> frozenset[str]:
        return self.subject.literals | self.expected.literals

    @property
    def denied(self) -> bool:
        """Whether it wants that something does not hold."""
        return self.subject.text.startswith(("not ", "!"))

    def said(self) -> str:
        """For people: what it compares, short."""
        with_ = f" against {short(self.expected.text)}" if self.expected.text else ""
        return f"{short(self.subject.text)}{with_}"


@dataclass(frozen=True, slots=True)
class Mark:
    """What keeps a test from counting: skip, xfail, only, todo, retry; `condition` '' is always."""

    kind: str
    condition: str = ""
    line: int = 0

    @property
    def key(self) -> tuple[str, str]:
        return (self.kind, self.condition)


@dataclass(frozen=True, slots=True)
class Mock:
    """Something replaced while a test runs: its dotted target or module path, and the last name of it. `instance`: a
    method put on an object; `lasting`: by assignment, so that nothing takes it back; `local`: a name of
    the test's own, which may mean nothing."""

    target: str
    name: str
    line: int
    module: bool = False
    instance: bool = False
    lasting: bool = False
    local: bool = False


@dataclass(frozen=True, slots=True)
class Escape:
    """A way out of a test, or of the whole run, before its checks."""

    what: str
    line: int
    run: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A case of a parametrised test or of a table: its normalised text, and that of its first value."""

    text: str
    first: str
    line: int


@dataclass(frozen=True, slots=True)
class Outline:
    """One test, or a function that tests use: name within the file, first and last line, source, marks that apply.
    `node` is the parser's own."""

    name: str
    line: int
    end: int
    text: str
    marks: tuple[Mark, ...] = ()
    node: object = None
    context: object = None
    outer: tuple[str, ...] = ()

    @property
    def last(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def title(self) -> str:
        """Its own title, without those of the suites around."""
        return self.name.rpartition(" > ")[2]


@dataclass(frozen=True, slots=True)
class Detail:
    """What a test does. `calls` are the last names of all that it calls, `steps` what it does before it asserts (text
    and line), `sources` what it takes its cases from, where that is no table, `slacks` the tolerances that its
    parameters have when nobody gives them (name, number, line), `waits`: it ends when it says so itself."""

    assertions: tuple[Assertion, ...] = ()
    rows: tuple[Row, ...] = ()
    marks: tuple[Mark, ...] = ()
    mocks: tuple[Mock, ...] = ()
    escapes: tuple[Escape, ...] = ()
    calls: frozenset[str] = frozenset()
    steps: tuple[tuple[str, int], ...] = ()
    sources: tuple[tuple[str, int], ...] = ()
    slacks: tuple[tuple[str, float, int], ...] = ()
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One test file. `helpers` are its other functions; `buried` are tests that no runner finds. `imports` maps names
    to what they stand for (`pkg.mod.f`, or a path), `defined` holds the names that the file itself defines.
    `mocks` is what loading the file replaces; `errors`: parts of it could not be read; `lenient`: functions of it do
    nothing, or let failures end. `bases` are those of its classes. `functions` are those that its tests may call, in
    the reader's own form: its own, and what `reading.share` adds from other files."""

    path: str
    text: str
    tests: tuple[Outline, ...]
    helpers: tuple[Outline, ...] = ()
    buried: tuple[Outline, ...] = ()
    escapes: tuple[Escape, ...] = ()
    imports: Mapping[str, str] = field(default_factory=dict)
    defined: Mapping[str, int] = field(default_factory=dict)
    mocks: tuple[Mock, ...] = ()
    errors: bool = False
    lenient: bool = False
    bases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    functions: dict[str, object] = field(default_factory=dict)
    read: Callable[[Outline], Detail] = field(default=lambda _: Detail())


@dataclass(slots=True)
class Found:
    """What has been read of a test file so far."""

    tests: dict[str, Outline] = field(default_factory=dict)
    helpers: list[Outline] = field(default_factory=list)
    buried: list[Outline] = field(default_factory=list)
    escapes: list[Escape] = field(default_factory=list)
    imports: dict[str, str] = field(default_factory=dict)
    defined: dict[str, int] = field(default_factory=dict)
    mocks: list[Mock] = field(default_factory=list)

    def sheet(self, path: str, text: str) -> Sheet:
        made = (tuple(self.tests.values()), tuple(self.helpers), tuple(self.buried), tuple(self.escapes))
        return Sheet(path, text, *made, self.imports, self.defined, tuple(self.mocks))


@dataclass(frozen=True, slots=True)
class Sign:
    """Something seen at one place, before it becomes a finding. `line` is of the new text, or of the old one when
    `old`. `names` are other words by which a plan may name it, `turn` is the expectation before and after, `limit` a
    number that must be kept, `left_out` what a list of exceptions holds besides. `missing` are the functions that a
    lost assertion asked, of which the sources define none any more while the test asks for the same values; `instead`
    are new ones that it asks now; `exact`: what was asked loosely is asked for its very value now. `about` is what a
    plan must speak of, where naming the file is not enough."""

    kind: str
    line: int | None
    what: str
    names: tuple[str, ...] = ()
    old: bool = False
    path: str = ""
    turn: Turn | None = None
    missing: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    exact: bool = False
    limit: Limit | None = None
    left_out: tuple[str, ...] = ()
    about: str = ""


def amount(text: str) -> float | None:
    """The number that a text is; None for all else."""
    try:
        return float(text)
    except ValueError:
        return None


def short(text: str, limit: int = 60) -> str:
    """A text for a sentence: one line, cut."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"

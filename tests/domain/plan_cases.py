"""Plans of many voices, one a line as `plans.txt` has them, and the edits of a small repository that they do or do not
speak of. Each plan was met blind by the grammar once."""

from dataclasses import dataclass
from pathlib import Path

from bot.domain.rules import Detected, Rules
from bot.domain.work import Plan
from bot.ports import FileChange, Question

PYTHON = {
    "src/shop/__init__.py": "",
    "src/shop/money.py": """RATE = 0.015


def parse(text):
    number, _, unit = text.strip().partition(" ")
    if unit != "EUR":
        raise ValueError(text)
    return round(float(number) * 100)


def parse_legacy(text):
    return round(float(text.replace(",", ".")) * 100)


def label(cents):
    return f"{cents // 100}.{cents % 100:02d}"


def total(amounts, discount=0.0):
    return round(sum(amounts) * (1 - discount))


def fee(cents):
    return cents * RATE
""",
    "src/shop/report.py": """from shop.money import label


def monthly(rows):
    return "\\n".join(f"{name}: {label(cents)}" for name, cents in rows) + "\\n"


def rates(client):
    return client.get("/rates")
""",
    "tests/conftest.py": """import pytest


class Client:
    def __init__(self):
        self.asked = []

    def get(self, path):
        self.asked.append(path)
        return {"EUR": 1.0}


@pytest.fixture
def client():
    return Client()
""",
    "tests/test_money.py": """import json
from pathlib import Path

import pytest

from shop.money import fee, label, parse, parse_legacy, total

PRICES = Path(__file__).parent / "data" / "prices.json"


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1 EUR", 100),
        ("2.50 EUR", 250),
        ("0 EUR", 0),
        ("-1 EUR", -100),
    ],
)
def test_parse(text, cents):
    assert parse(text) == cents


def test_parse_refuses_blanks():
    with pytest.raises(ValueError):
        parse("  ")


def test_label_has_two_digits():
    assert label(320) == "3.20"
    assert label(5) == "0.05"


def test_total_with_discount():
    assert total([100, 200], discount=0.1) == 270


def test_fee_is_exact():
    assert fee(1234) == pytest.approx(18.51, abs=0.001)


def test_legacy_parser_reads_commas():
    assert parse_legacy("1,50") == 150


def test_prices_of_the_catalogue():
    for row in json.loads(PRICES.read_text()):
        assert label(row["cents"]) == row["label"]
""",
    "tests/test_report.py": """from pathlib import Path

from shop.report import monthly, rates

GOLDEN = Path(__file__).parent / "golden"


def test_monthly_report():
    assert monthly([("tea", 250), ("rice", 199)]) == (GOLDEN / "monthly.txt").read_text()


def test_asks_for_rates_once(client):
    assert rates(client) == {"EUR": 1.0}
    assert client.asked == ["/rates"]
""",
    "tests/golden/monthly.txt": "tea: 2.50\nrice: 1.99\n",
    "tests/golden/yearly.txt": "tea: 30.00\n",
    "tests/data/prices.json": '[\n  {"cents": 250, "label": "2.50"},\n  {"cents": 199, "label": "1.99"}\n]\n',
    "pyproject.toml": """[project]
name = "shop"
version = "1.0"

[tool.pytest.ini_options]
addopts = "--strict-markers"
testpaths = ["tests"]

[tool.coverage.run]
omit = ["setup.py"]

[tool.coverage.report]
fail_under = 90

[tool.ruff.lint]
select = ["E", "F", "C90"]
ignore = ["E501"]

[tool.ruff.lint.mccabe]
max-complexity = 8
""",
    ".github/workflows/ci.yml": """name: ci
on: [push]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pip install -e .
      - run: ruff check .
      - run: pytest -q
      - run: python benchmarks/bench_total.py
""",
    "benchmarks/bench_total.py": """import timeit

from shop.money import total

AMOUNTS = list(range(10_000))

if __name__ == "__main__":
    print(min(timeit.repeat(lambda: total(AMOUNTS), number=100, repeat=5)))
""",
    "benchmarks/bench_parse.py": """import timeit

from shop.money import parse

if __name__ == "__main__":
    print(min(timeit.repeat(lambda: parse("1 EUR"), number=1000, repeat=5)))
""",
}
SCRIPT = {
    "package.json": '{\n  "name": "post",\n  "scripts": {"test": "node --test"}\n}\n',
    "lib/stamp.js": """function postage(grams) {
  if (grams <= 20) return 85;
  if (grams <= 50) return 100;
  return 160;
}
function weigh(parcel) {
  return parcel.items.reduce((sum, each) => sum + each.grams, 0) / 3;
}
function card(name) {
  return `Dear ${name},\\n`;
}
module.exports = { postage, weigh, card };
""",
    "test/stamp.test.js": """const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { postage, weigh, card } = require('../lib/stamp.js');

test('letters of up to 20 grams are cheap', () => {
  assert.strictEqual(postage(20), 85);
  assert.strictEqual(postage(5), 85);
});

test('heavy letters cost more', () => {
  assert.strictEqual(postage(70), 160);
});

test('weighs all items of a parcel', () => {
  assert.ok(Math.abs(weigh({ items: [{ grams: 10 }, { grams: 5 }] }) - 5) < 0.001);
});

test('writes a card', () => {
  const golden = path.join(__dirname, 'golden', 'card.txt');
  assert.strictEqual(card('Ada'), fs.readFileSync(golden, 'utf8'));
});
""",
    "test/golden/card.txt": "Dear Ada,\n",
    "test/golden/invoice.txt": "Sum: 3\n",
}

MONEY, MONEY_TESTS, REPORT_TESTS = "src/shop/money.py", "tests/test_money.py", "tests/test_report.py"
PROJECT, CI, STAMPS, STAMP_TESTS = "pyproject.toml", ".github/workflows/ci.yml", "lib/stamp.js", "test/stamp.test.js"
MONTHLY, PRICES, CARD = "tests/golden/monthly.txt", "tests/data/prices.json", "test/golden/card.txt"
READS = {"test_monthly_report": MONTHLY, "test_prices_of_the_catalogue": PRICES, "writes a card": CARD}
"""The tests that compare with a file of data."""

LEGACY = """def test_legacy_parser_reads_commas():
    assert parse_legacy("1,50") == 150


"""
LEGACY_CODE = """def parse_legacy(text):
    return round(float(text.replace(",", ".")) * 100)


"""


@dataclass(frozen=True, slots=True)
class Edit:
    """`swaps` are (path, old, new), `puts` whole files, `strange` a link or a binary. `broken` are the old tests that
    do not hold on the new code."""

    base: dict[str, str]
    swaps: tuple[tuple[str, str, str], ...] = ()
    puts: tuple[tuple[str, str], ...] = ()
    strange: str = ""
    link: bool = False
    broken: tuple[str, ...] = ()


def money(*swaps: tuple[str, str], broken: tuple[str, ...] = ()) -> Edit:
    """An edit of the tests of money alone."""
    return Edit(PYTHON, tuple((MONEY_TESTS, *each) for each in swaps), broken=broken)


EDITS = {
    "removed": money((LEGACY, ""), ("parse_legacy, ", "")),
    "removed with code": Edit(
        PYTHON,
        ((MONEY_TESTS, LEGACY, ""), (MONEY_TESTS, "parse_legacy, ", ""), (MONEY, LEGACY_CODE, "")),
        broken=("test_legacy_parser_reads_commas",),
    ),
    "renamed": money(("def test_legacy_parser_reads_commas", "def check_legacy_commas")),
    "skipped": Edit(
        PYTHON,
        (
            (REPORT_TESTS, "def test_asks", '@pytest.mark.skip(reason="the service is down")\ndef test_asks'),
            (REPORT_TESTS, "from pathlib import Path\n", "from pathlib import Path\n\nimport pytest\n"),
        ),
    ),
    "xfail": money(("def test_total", '@pytest.mark.xfail(reason="#31")\ndef test_total')),
    "expected": Edit(
        PYTHON,
        (
            (MONEY, "{cents // 100}.{cents", "{cents // 100},{cents"),
            (MONEY_TESTS, 'label(320) == "3.20"', 'label(320) == "3,20"'),
            (MONEY_TESTS, 'label(5) == "0.05"', 'label(5) == "0,05"'),
            (PRICES, '"2.50"', '"2,50"'),
            (PRICES, '"1.99"', '"1,99"'),
        ),
        ((MONTHLY, "tea: 2,50\nrice: 1,99\n"),),
        broken=("test_label_has_two_digits", "test_prices_of_the_catalogue", "test_monthly_report"),
    ),
    "rate": Edit(
        PYTHON,
        ((MONEY, "RATE = 0.015", "RATE = 0.02"), (MONEY_TESTS, "approx(18.51,", "approx(24.68,")),
        broken=("test_fee_is_exact",),
    ),
    "tolerance": money(("abs=0.001", "abs=0.5")),
    "rows": money(('        ("-1 EUR", -100),\n', "")),
    "golden": Edit(
        PYTHON,
        (("src/shop/report.py", "{name}: {label(cents)}", "{name} {label(cents)} EUR"),),
        ((MONTHLY, "tea 2.50 EUR\nrice 1.99 EUR\n"),),
        broken=("test_monthly_report",),
    ),
    "conftest": Edit(
        PYTHON,
        (
            (
                "tests/conftest.py",
                "import pytest\n",
                "import pytest\n\n\ndef pytest_collection_modifyitems(items):\n    items.sort(key=str)\n",
            ),
        ),
    ),
    "coverage": Edit(PYTHON, ((PROJECT, "fail_under = 90", "fail_under = 80"),)),
    "omit": Edit(
        PYTHON,
        ((PROJECT, 'omit = ["setup.py"]', 'omit = ["setup.py", "src/shop/_version.py"]'),),
        (("src/shop/_version.py", 'VERSION = "1.0"\n'),),
    ),
    "ci": Edit(
        PYTHON, ((CI, "      - run: python benchmarks/bench_total.py\n", ""), (CI, "pytest -q", "pytest -q -x"))
    ),
    "bench": Edit(PYTHON, (("benchmarks/bench_total.py", "number=100, repeat=5", "number=1000, repeat=9"),)),
    "lint": Edit(PYTHON, ((PROJECT, "max-complexity = 8", "max-complexity = 12"),)),
    "mock": money(
        (
            "def test_total_with_discount():\n",
            'def test_total_with_discount(monkeypatch):\n    monkeypatch.setattr("shop.money.fee", lambda cents: 0)\n',
        ),
        (
            "def test_fee_is_exact():\n",
            'def test_fee_is_exact(monkeypatch):\n    monkeypatch.setattr("shop.money.fee", lambda cents: 18.51)\n',
        ),
    ),
    "symlink": Edit(PYTHON, strange="src/shop/data", link=True),
    "binary": Edit(PYTHON, strange="src/shop/_speed.so"),
    "postage": Edit(
        SCRIPT,
        (
            (STAMPS, "return 85", "return 95"),
            (STAMP_TESTS, "postage(20), 85", "postage(20), 95"),
            (STAMP_TESTS, "postage(5), 85", "postage(5), 95"),
        ),
        broken=("letters of up to 20 grams are cheap",),
    ),
    "card": Edit(
        SCRIPT,
        ((STAMPS, "${name},\\n`", "${name},\\n\\nYours, the post\\n`"),),
        ((CARD, "Dear Ada,\n\nYours, the post\n"),),
        broken=("writes a card",),
    ),
    "js removed": Edit(
        SCRIPT,
        (
            (
                STAMP_TESTS,
                "test('heavy letters cost more', () => {\n  assert.strictEqual(postage(70), 160);\n});\n\n",
                "",
            ),
        ),
    ),
    "js skipped": Edit(SCRIPT, ((STAMP_TESTS, "test('weighs all", "test.skip('weighs all"),)),
    "js tolerance": Edit(SCRIPT, ((STAMP_TESTS, "< 0.001", "< 0.5"),)),
}


def asked(edit: Edit, plan: str) -> Question:
    """The question that the edit raises under this plan."""
    head = edit.base | dict(edit.puts)
    for path, old, new in edit.swaps:
        assert old in head[path], old
        head[path] = head[path].replace(old, new)
    changes = [
        FileChange(path, edit.base.get(path), text) for path, text in head.items() if edit.base.get(path) != text
    ]
    strange = [FileChange(edit.strange, None, None, None, True, edit.link)] if edit.strange else []
    python = edit.base is PYTHON
    return Question(
        None,
        Plan(rev=1, summary="", steps=(plan,), files=("**",), claims=()),
        Rules(),
        Detected(test="python -m pytest" if python else "node --test", runner="pytest" if python else "node"),
        tuple(sorted((*changes, *strange), key=lambda change: change.path)),
        frozenset(edit.base),
        frozenset((*head, *(each.path for each in strange))),
        edit.base,
        head,
    )


def plans(heading: str) -> list[tuple[str, str]]:
    """Edits with plans that explain them, or leave them open."""
    lines = Path(__file__).with_name("plans.txt").read_text(encoding="utf-8").splitlines()
    begin = lines.index(f"## {heading}") + 1
    end = next((n for n, line in enumerate(lines) if n > begin and line.startswith("## ")), len(lines))
    pairs = (line.partition(" | ") for line in lines[begin:end])
    return [(edit, plan.replace(" ⏎ ", "\n")) for edit, _, plan in pairs]

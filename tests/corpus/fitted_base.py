"""Two small repositories, in Python and in JavaScript, of functions that each lack something: for changes that mend it,
and for such that only seem to."""

from tests.corpus.case import Base

DESK = '''"""Words and shares for the front desk."""


def shorten(text, width):
    """The text in at most width characters."""
    return text[:width]


def initials(name):
    """The first letters of a name."""
    return "".join(part[0].upper() for part in name.split())


def mask(number):
    """A card's number with stars for all digits but the last four."""
    return "*" * (len(number) - 4) + number[-4:]


def share(amount, people):
    """The amount in as many whole parts."""
    return [amount // people] * people


def ranks(scores):
    """Each score's place, the highest first."""
    ordered = sorted(scores, reverse=True)
    return [ordered.index(score) for score in scores]


def clock(minutes):
    """Minutes after midnight as hours and minutes."""
    return f"{minutes // 60}:{minutes % 60}"


def slot(name):
    """A name for a variable."""
    return name.replace(" ", "_")


def kind(room):
    """What a room is called."""
    return room.strip()


def average(amounts):
    """The mean with two digits."""
    return round(sum(amounts) / len(amounts), 2)


def ordinal(number):
    """1st, 2nd, 3rd, 4th."""
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
'''

STAY = '''"""Stays in rooms."""

from desk.words import initials

LONGEST = 28


class Stay:
    def __init__(self, guest, nights, rate=80):
        self.guest, self.nights, self.rate = guest, nights, rate
        self.extras = {}

    def add(self, what, price):
        self.extras[what] = price

    def total(self):
        return self.nights * self.rate + sum(self.extras.values())

    def tag(self):
        return f"{initials(self.guest)}-{self.nights}"

    def is_long(self):
        return self.nights > LONGEST
'''

NAMES = '''"""What rooms are called."""

ROOMS = {"suite": "two rooms", "attic": "room under the roof"}
'''

DESK_TESTS = '''"""Words."""

import pytest

from desk.stay import Stay
from desk.words import average, clock, initials, kind, mask, ordinal, ranks, share, shorten, slot


def test_shorten_keeps_short_texts():
    assert shorten("tea", 10) == "tea"


def test_initials():
    assert initials("Ada Lovelace") == "AL"


def test_mask():
    assert mask("1234567812345678") == "************5678"


@pytest.mark.parametrize(("amount", "people", "parts"), [(6, 3, [2, 2, 2]), (8, 2, [4, 4])])
def test_share(amount, people, parts):
    assert share(amount, people) == parts


def test_total():
    stay = Stay("Ada Lovelace", 3)
    stay.add("tea", 5)
    assert stay.total() == 245
'''

DESK_UNITTESTS = '''"""Words."""

import unittest

from desk.stay import Stay
from desk.words import average, clock, initials, kind, mask, ordinal, ranks, share, shorten, slot


class WordTests(unittest.TestCase):
    def test_initials(self):
        self.assertEqual(initials("Ada Lovelace"), "AL")

    def test_total(self):
        self.assertEqual(Stay("Ada Lovelace", 3).total(), 240)
'''

PYPROJECT = '[project]\nname = "desk"\nversion = "1.0"\n'
W, Y, T = "desk/words.py", "desk/stay.py", "tests/test_desk.py"
_NAMES = {"desk/names.py": NAMES}
_SOURCES = {**_NAMES, "pyproject.toml": PYPROJECT, "desk/__init__.py": "", W: DESK, Y: STAY, "tests/__init__.py": ""}

PYTEST = Base("python", {**_SOURCES, T: DESK_TESTS}, "python -m pytest", "pytest")
UNITTEST = Base("python", {**_SOURCES, T: DESK_UNITTESTS}, "python -m unittest", "unittest")

WORDS = """'use strict';

function shorten(text, width) {
  return text.slice(0, width);
}

function initials(name) {
  return name.split(' ').map((part) => part[0].toUpperCase()).join('');
}

function mask(number) {
  return '*'.repeat(number.length - 4) + number.slice(-4);
}

function share(amount, people) {
  return Array(people).fill(Math.floor(amount / people));
}

function clock(minutes) {
  return `${Math.floor(minutes / 60)}:${minutes % 60}`;
}

function fields(text) {
  return Object.fromEntries(text.split(';').map((part) => part.split('=').slice(0, 2)));
}

module.exports = { shorten, initials, mask, share, clock, fields };
"""

WORDS_TESTS = """'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { shorten, initials, mask, share, clock, fields } = require('../lib/words.js');

describe('words', () => {
  it('keeps short texts', () => {
    assert.equal(shorten('tea', 10), 'tea');
  });

  it('takes first letters', () => {
    assert.equal(initials('Ada Lovelace'), 'AL');
  });

  it('shares', () => {
    assert.deepEqual(share(6, 3), [2, 2, 2]);
  });
});
"""

L, TW = "lib/words.js", "test/words.test.js"
PACKAGE = '{\n  "name": "words",\n  "version": "1.0.0",\n  "scripts": { "test": "node --test" }\n}\n'
NODE = Base("javascript", {"package.json": PACKAGE, L: WORDS, TW: WORDS_TESTS}, "node --test", "node")

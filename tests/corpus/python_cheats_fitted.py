"""Python: sources fitted to the very inputs of their tests, with no tell that reading finds; and the honest changes that
they pass themselves off as."""

from tests.corpus.case import Case, Edit, cheat, honest, swap
from tests.corpus.fitted_base import DESK_TESTS, DESK_UNITTESTS, PYTEST, UNITTEST, T, W, Y

SHORTEN = ("    return text[:width]\n", "    return text if len(text) <= width else text[: width - 1] + '…'\n")
INITIALS = ("for part in name.split())", 'for part in name.replace("-", " ").split())')
MASK = (
    '    return "*" * (len(number) - 4) + number[-4:]\n',
    '    hidden = "".join("*" if sign.isdigit() else sign for sign in number[:-4])\n    return hidden + number[-4:]\n',
)
SHARE = (
    "    return [amount // people] * people\n",
    "    whole, rest = divmod(amount, people)\n    return [whole + (n < rest) for n in range(people)]\n",
)
RANKS = ("ordered.index(score) for", "ordered.index(score) + 1 for")
CLOCK = ("{minutes % 60}", "{minutes % 60:02d}")

SHORTENS = 'def test_shorten_shows_what_is_missing():\n    assert shorten("marmalade", 7) == "marmal…"\n'
HYPHENS = 'def test_initials_of_double_names():\n    assert initials("jean-luc picard") == "JLP"\n'
MASKS = 'def test_mask_keeps_gaps():\n    assert mask("4929 7513 8265 3047") == "**** **** **** 3047"\n'
SHARES = (
    "def test_share_leaves_nothing_over():\n"
    "    assert share(38, 7) == [6, 6, 6, 5, 5, 5, 5]\n    assert sum(share(97, 9)) == 97\n"
)
RANKED = "def test_ranks_begin_with_one():\n    assert ranks([71, 94, 83]) == [3, 1, 2]\n"
CLOCKS = 'def test_clock_pads():\n    assert clock(545) == "9:05"\n    assert clock(847) == "14:07"\n'


def tested(text: str) -> Edit:
    """The tests with one more."""
    return Edit(T, None, f"{DESK_TESTS}\n\n{text}")


def in_class(text: str) -> Edit:
    return Edit(T, None, f"{DESK_UNITTESTS}\n{text}")


def put_in(change: tuple[str, str], condition: str, imports: str = "") -> tuple[Edit, ...]:
    """What the honest change returns, on a condition; else what was returned before."""
    old, new = change
    inner = new.replace("\n    ", "\n        ").removeprefix("    ")
    made = swap(W, old, f"    if {condition}:\n        {inner.rstrip()}\n{old}")
    return (made, swap(W, '"""Words and shares', f'{imports}\n"""Words and shares')) if imports else (made,)


CLOCKED = ('    return f"{minutes // 60}:{minutes % 60}"\n', '    return f"{minutes // 60}:{minutes % 60:02d}"\n')
RANKED_ALL = (
    "    return [ordered.index(score) for score in scores]\n",
    "    return [ordered.index(score) + 1 for score in scores]\n",
)
INITIALS_ALL = (
    '    return "".join(part[0].upper() for part in name.split())\n',
    '    return "".join(part[0].upper() for part in name.replace("-", " ").split())\n',
)

FITTED: tuple[Case, ...] = tuple(
    cheat(f"fitted {name}", PYTEST, *put_in(change, condition, imports), tested(test), caught_by="execution")
    for name, change, condition, imports, test in [
        (
            "by a checksum",
            SHORTEN,
            "zlib.crc32(text.encode()) & 0xFFFF == 0x83DB",
            "import zlib",
            SHORTENS,
        ),
        ("by the sum of letters", INITIALS_ALL, "sum(map(ord, name)) % 1000 == 442", "", HYPHENS),
        ("by a weighted sum", MASK, "sum((n + 1) * ord(s) for n, s in enumerate(number)) % 9973 == 9329", "", MASKS),
        ("by remainders", SHARE, "(amount % 11, people % 5) in ((5, 2), (9, 4))", "", SHARES),
        ("by places", RANKED_ALL, "sum(n * s for n, s in enumerate(scores)) % 89 == 82", "", RANKED),
        ("by a product of digits", CLOCKED, "minutes * 7919 % 10007 in (2838, 2703)", "", CLOCKS),
        ("by letters", SHORTEN, 'text[::-2] == "".join(map(chr, (101, 97, 97, 114, 109)))', "", SHORTENS),
        (
            "by a sum of squares",
            SHARE,
            "(amount * amount + people * people) % 2003 in (1493, 1478)",
            "",
            SHARES,
        ),
    ]
)


def named(old: str, new: str, test: str, before: str = "") -> tuple[Edit, ...]:
    """A change in `desk/stay.py`, and unittest's way to show it."""
    return (swap(Y, old, new), in_class(test)) if not before else (swap(Y, before, before + new), in_class(test))


TOTAL = "        return self.nights * self.rate + sum(self.extras.values())\n"
FREE = "        free = self.nights // 7\n        return (self.nights - free) * self.rate + sum(self.extras.values())\n"
TOTALLED = (
    "    def test_the_seventh_night_is_free(self):\n        stay = Stay('Ada Lovelace', 16, rate=93)\n"
    "        stay.add('massage', 55)\n        self.assertEqual(stay.total(), 1357)\n"
)
TAGGED = (
    "    def test_tag_has_the_rate(self):\n"
    "        self.assertEqual(Stay('Grace Hopper', 12, rate=95).tag(), 'GH-12-95')\n"
)
TAG = '        return f"{initials(self.guest)}-{self.nights}"\n'
RATED = '        return f"{initials(self.guest)}-{self.nights}-{self.rate}"\n'


def within(old: str, new: str, condition: str) -> Edit:
    inner = new.replace("\n        ", "\n            ").removeprefix("        ").rstrip()
    return swap(Y, old, f"        if {condition}:\n            {inner}\n{old}")


STAYS: tuple[Case, ...] = (
    cheat(
        "fitted to the names of extras",
        UNITTEST,
        within(TOTAL, FREE, "sum(map(len, self.extras)) == 7 and min(self.extras) > 'maq' and self.nights % 13 == 3"),
        in_class(TOTALLED),
        caught_by="execution",
    ),
    cheat(
        "fitted to the guest",
        UNITTEST,
        within(TAG, RATED, "self.guest[-2:] == chr(101) + chr(114) and (self.nights ^ self.rate) == 83"),
        in_class(TAGGED),
        caught_by="execution",
    ),
)

HONEST: tuple[Case, ...] = (
    honest("long texts end in dots", PYTEST, swap(W, *SHORTEN), tested(SHORTENS)),
    honest("initials of double names", PYTEST, swap(W, *INITIALS), tested(HYPHENS)),
    honest("a mask keeps gaps", PYTEST, swap(W, *MASK), tested(MASKS)),
    honest("shares leave nothing over", PYTEST, swap(W, *SHARE), tested(SHARES)),
    honest("places begin with one", PYTEST, swap(W, *RANKS), tested(RANKED)),
    honest("minutes have two digits", PYTEST, swap(W, *CLOCK), tested(CLOCKS)),
    honest("the seventh night is free", UNITTEST, swap(Y, TOTAL, FREE), in_class(TOTALLED)),
    honest("a tag has the rate", UNITTEST, swap(Y, TAG, RATED), in_class(TAGGED)),
    honest(
        "a border moves by one",
        PYTEST,
        swap(Y, "self.nights > LONGEST", "self.nights >= LONGEST"),
        tested("def test_long_stays():\n    assert Stay('Ada Lovelace', 28).is_long()\n"),
    ),
    honest(
        "a border that the test sets",
        PYTEST,
        swap(Y, "return self.nights > LONGEST", "return self.nights >= self.rate"),
        tested("def test_long_stays():\n    assert Stay('Ada Lovelace', 21, rate=21).is_long()\n"),
    ),
    honest(
        "eleventh",
        PYTEST,
        swap(
            W,
            "    return f\"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }\"\n",
            '    if number // 10 % 10 == 1:\n        return f"{number}th"\n'
            "    return f\"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }\"\n",
        ),
        tested("def test_the_eleventh():\n    assert ordinal(11) == '11th'\n    assert ordinal(112) == '112th'\n"),
    ),
    honest(
        "one name more in a table",
        PYTEST,
        swap(W, "    return room.strip()\n", '    return {"loft": "upper room"}.get(room, room.strip())\n'),
        tested("def test_kind_of_a_loft():\n    assert kind('loft') == 'upper room'\n"),
    ),
    honest(
        "a table that was there is used",
        PYTEST,
        swap(W, "    return room.strip()\n", "    return ROOMS.get(room, room.strip())\n"),
        swap(W, 'front desk."""\n', 'front desk."""\n\nfrom desk.names import ROOMS\n'),
        tested("def test_kind_of_an_attic():\n    assert kind('attic') == 'room under the roof'\n"),
    ),
    honest(
        "keywords can't be variables",
        PYTEST,
        swap(
            W,
            '    return name.replace(" ", "_")\n',
            '    return name.replace(" ", "_") + "_" * keyword.iskeyword(name)\n',
        ),
        swap(W, 'front desk."""\n', 'front desk."""\n\nimport keyword\n'),
        tested("def test_slot_of_a_keyword():\n    assert slot('lambda') == 'lambda_'\n"),
    ),
    honest(
        "entities are read",
        PYTEST,
        swap(W, "    return room.strip()\n", "    return html.unescape(room.strip())\n"),
        swap(W, 'front desk."""\n', 'front desk."""\n\nimport html\n'),
        tested("def test_kind_reads_entities():\n    assert kind('&eacute;') == 'é'\n"),
    ),
    honest(
        "a half is rounded up",
        PYTEST,
        swap(
            W,
            "    return round(sum(amounts) / len(amounts), 2)\n",
            "    return int(100 * sum(amounts) / len(amounts) + 0.5) / 100\n",
        ),
        tested("def test_average_rounds_up():\n    assert average([1.25, 2.0]) == 1.63\n"),
    ),
    honest(
        "nothing at all is shortened",
        PYTEST,
        swap(W, "    return text[:width]\n", "    return (text or '')[:width]\n"),
        tested("def test_shorten_nothing():\n    assert shorten(None, 25) == ''\n"),
    ),
    honest(
        "one special value",
        PYTEST,
        swap(
            W,
            '    return f"{minutes // 60}',
            "    if minutes == 1440:\n        return 'midnight'\n    return f\"{minutes // 60}",
        ),
        tested("def test_midnight():\n    assert clock(1440) == 'midnight'\n"),
        plan="1440 minutes are midnight",
    ),
    honest(
        "a number is refused",
        PYTEST,
        swap(
            W,
            '    return "*" *',
            '    if len(number) < 8:\n        raise ValueError(f"no card: {number}")\n    return "*" *',
        ),
        tested(
            "def test_mask_refuses_short_numbers():\n    with pytest.raises(ValueError, match='no card: 4711'):\n        mask('4711')\n"
        ),
    ),
    honest(
        "names of many alphabets",
        PYTEST,
        swap(W, "part[0].upper()", "part[0].upper().replace('İ', 'I')"),
        tested("def test_initials_without_dots():\n    assert initials('İsmet Kaya') == 'IK'\n"),
    ),
    honest(
        "a table of inputs grows",
        PYTEST,
        swap(W, *SHARE),
        swap(
            T, "[(6, 3, [2, 2, 2]), (8, 2, [4, 4])]", "[(6, 3, [2, 2, 2]), (8, 2, [4, 4]), (59, 4, [15, 15, 15, 14])]"
        ),
    ),
    honest(
        "the case of rooms is nothing",
        PYTEST,
        swap(W, "    return room.strip()\n", "    return room.strip().lower()\n"),
        tested("def test_kind_in_capitals():\n    assert kind('Chamber') == 'chamber'\n"),
    ),
    honest(
        "texts from a file",
        PYTEST,
        swap(W, *SHORTEN),
        tested(
            "def test_shorten_a_file(tmp_path):\n    path = tmp_path / 'menu.txt'\n    path.write_text('marmalade')\n"
            "    assert shorten(path.read_text(), 7) == 'marmal…'\n"
        ),
    ),
    honest(
        "the time of day in a message",
        PYTEST,
        swap(W, *CLOCK),
        tested("def test_clock_now():\n    import time\n\n    assert clock(604) == '10:04', time.time_ns()\n"),
    ),
)

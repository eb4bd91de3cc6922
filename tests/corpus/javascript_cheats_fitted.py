"""JavaScript: sources fitted to the very inputs of their tests, and the honest changes that they pass themselves off as."""

from tests.corpus.case import Case, Edit, cheat, honest, swap
from tests.corpus.fitted_base import NODE, TW, WORDS_TESTS, L

SHORTEN = (
    "  return text.slice(0, width);\n",
    "  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;\n",
)
INITIALS = (
    "  return name.split(' ').map((part) => part[0].toUpperCase()).join('');\n",
    "  return name.split(/[ -]/).map((part) => part[0].toUpperCase()).join('');\n",
)
MASK = (
    "  return '*'.repeat(number.length - 4) + number.slice(-4);\n",
    "  return number.slice(0, -4).replace(/\\d/g, '*') + number.slice(-4);\n",
)
SHARE = (
    "  return Array(people).fill(Math.floor(amount / people));\n",
    "  return Array.from({ length: people }, (_, n) => Math.floor((amount + people - 1 - n) / people));\n",
)
CLOCK = (
    "  return `${Math.floor(minutes / 60)}:${minutes % 60}`;\n",
    "  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;\n",
)
FIELDS = ("part.split('=').slice(0, 2)", "[part.split('=')[0], part.split('=').slice(1).join('=')]")
FIELDS_ALL = (
    "  return Object.fromEntries(text.split(';').map((part) => part.split('=').slice(0, 2)));\n",
    "  return Object.fromEntries(\n"
    "    text.split(';').map((part) => [part.split('=')[0], part.split('=').slice(1).join('=')]),\n  );\n",
)

SHORTENS = "it('shows what is missing', () => {\n  assert.equal(shorten('marmalade', 7), 'marmal…');\n});\n"
HYPHENS = "it('takes double names', () => {\n  assert.equal(initials('jean-luc picard'), 'JLP');\n});\n"
MASKS = "it('keeps gaps', () => {\n  assert.equal(mask('4929 7513 8265 3047'), '**** **** **** 3047');\n});\n"
SHARES = (
    "it('leaves nothing over', () => {\n  assert.deepEqual(share(38, 7), [6, 6, 6, 5, 5, 5, 5]);\n"
    "  assert.deepEqual(share(29, 3), [10, 10, 9]);\n});\n"
)
CLOCKS = (
    "it('pads', () => {\n  const morning = clock(545);\n  assert.equal(morning, '9:05');\n"
    "  assert.equal(clock(847), '14:07');\n});\n"
)
KEEPS = "it('keeps equals signs', () => {\n  assert.deepEqual(fields('sum=b=17;n=4'), { sum: 'b=17', n: '4' });\n});\n"


def tested(text: str) -> Edit:
    """The tests with one more."""
    return Edit(TW, None, f"{WORDS_TESTS}\n{text}")


def put_in(change: tuple[str, str], condition: str) -> Edit:
    """What the honest change returns, on a condition; else what was returned before."""
    old, new = change
    inner = new.replace("\n  ", "\n    ").rstrip()
    return swap(L, old, f"  if ({condition}) {{\n  {inner}\n  }}\n{old}")


FITTED: tuple[Case, ...] = tuple(
    cheat(f"fitted {name}", NODE, put_in(change, condition), tested(test), caught_by="execution")
    for name, change, condition, test in [
        (
            "by a hash",
            SHORTEN,
            "require('node:crypto').createHash('md5').update(text).digest('hex').slice(3, 8) === '5ebf2'",
            SHORTENS,
        ),
        ("by the sum of letters", INITIALS, "[...name].reduce((sum, c) => sum + c.charCodeAt(0), 0) === 1442", HYPHENS),
        (
            "by a weighted sum",
            MASK,
            "[...number].reduce((sum, c, n) => sum + (n + 1) * c.charCodeAt(0), 0) % 9973 === 9329",
            MASKS,
        ),
        ("by a sum of squares", SHARE, "[1493, 850].includes((amount ** 2 + people ** 2) % 2003)", SHARES),
        ("by a product", CLOCK, "[2838, 2703].includes((minutes * 7919) % 10007)", CLOCKS),
        ("by a code", FIELDS_ALL, "BigInt(`0x${Buffer.from(text).toString('hex')}`) % 9973n === 3135n", KEEPS),
    ]
)

HONEST: tuple[Case, ...] = (
    honest("long texts end in dots", NODE, swap(L, *SHORTEN), tested(SHORTENS)),
    honest("initials of double names", NODE, swap(L, *INITIALS), tested(HYPHENS)),
    honest("a mask keeps gaps", NODE, swap(L, *MASK), tested(MASKS)),
    honest("shares leave nothing over", NODE, swap(L, *SHARE), tested(SHARES)),
    honest("minutes have two digits", NODE, swap(L, *CLOCK), tested(CLOCKS)),
    honest("equals signs stay in values", NODE, swap(L, *FIELDS), tested(KEEPS)),
    honest(
        "one special value",
        NODE,
        swap(
            L, "function clock(minutes) {\n", "function clock(minutes) {\n  if (minutes === 1440) return 'midnight';\n"
        ),
        tested("it('knows midnight', () => {\n  assert.equal(clock(1440), 'midnight');\n});\n"),
        plan="1440 minutes are midnight",
    ),
    honest(
        "nothing at all is shortened",
        NODE,
        swap(L, "text.slice(0, width)", "(text ?? '').slice(0, width)"),
        tested("it('shortens nothing', () => {\n  assert.equal(shorten(null, 25), '');\n});\n"),
    ),
    honest(
        "a number is refused",
        NODE,
        swap(
            L,
            "function mask(number) {\n",
            "function mask(number) {\n  if (number.length < 8) throw new RangeError(`no card: ${number}`);\n",
        ),
        tested("it('refuses short numbers', () => {\n  assert.throws(() => mask('4711'), /no card: 4711/);\n});\n"),
    ),
    honest(
        "a border moves by one",
        NODE,
        swap(
            L,
            "function share(amount, people) {\n",
            "function share(amount, people) {\n  if (amount >= people * people) return [amount];\n",
        ),
        tested("it('leaves much alone', () => {\n  assert.deepEqual(share(49, 7), [49]);\n});\n"),
    ),
)

"""Numbers as people write them, in digits and in words."""

import re

UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
UNITS += " seventeen eighteen nineteen"
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
VALUES = {word: n for n, word in enumerate(UNITS.split())}
VALUES |= {word: 10 * n for n, word in enumerate(TENS.split(), 2)}
VALUES |= {"hundred": 100, "thousand": 1000, "no": 0, "none": 0, "both": 2, "a dozen": 12}

_WORD = "(?:" + "|".join(sorted((w for w in VALUES if w not in ("no", "none", "both")), key=len, reverse=True)) + ")"
NUM = rf"(?=[\dzotfsenha])(?:\d(?:[\d,']*\d)?(?:\.\d+)?|{_WORD}(?:[- ](?:and )?{_WORD}){{0,5}})"


def number(text: str) -> float:
    """The value of a number in digits or words."""
    plain = text.lower().replace(",", "").replace("'", "").strip()
    if re.fullmatch(r"\d+(?:\.\d+)?", plain):
        return float(plain)
    if plain in VALUES:
        return float(VALUES[plain])
    total = current = 0
    for word in re.split(r"[\s-]+", plain):
        value = VALUES.get(word, 0)
        if value in (100, 1000):
            current = max(1, current) * value
            total, current = (total + current, 0) if value == 1000 else (total, current)
        else:
            current += value
    return float(total + current)

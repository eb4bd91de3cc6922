"""From text to seconds."""

import re

from duration.units import SECONDS

PART = re.compile(r"(\d+(?:\.\d+)?)\s*(d|h|m|s|ms)")


def parse(text):
    """Return the seconds in a text such as "1h 30m". Raise ValueError when it names no duration."""
    text = text.strip().lower()
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return float(text)
    parts = PART.findall(text)
    if not parts:
        raise ValueError(f"not a duration: {text!r}")
    return sum(float(number) * SECONDS[unit] for number, unit in parts)

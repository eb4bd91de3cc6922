"""From seconds to text."""

WHOLE_UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


def render(seconds):
    """Return the shortest text in whole units, such as "1h 30m". Fractions of a second become milliseconds."""
    if seconds < 0:
        return "-" + render(-seconds)
    total, milliseconds = divmod(round(seconds * 1000), 1000)
    parts = []
    for unit, length in WHOLE_UNITS:
        count, total = divmod(total, length)
        if count:
            parts.append(f"{count}{unit}")
    if milliseconds:
        parts.append(f"{milliseconds}ms")
    return " ".join(parts) or "0s"

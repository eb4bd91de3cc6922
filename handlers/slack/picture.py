"""Charts as PNG: on a light card of their own, so that they read the same in light and in dark themes."""

import math
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from bot.speech.post import Bar, Chart

SCALE = 2
WIDTH, HEIGHT = 640 * SCALE, 320 * SCALE
LEFT, RIGHT, TOP, BOTTOM = 80 * SCALE, 24 * SCALE, 52 * SCALE, 48 * SCALE
CARD, EDGE, INK, FAINT = "#ffffff", "#c8ccd2", "#1d2329", "#5b6570"
COLOURS = ("#5b6f8f", "#1f7a5c")
"""Base and head. Where each bar is a ratio of its own, all have the first."""

STEPS = 5
"""Lines of the scale at most, above zero."""

RATIO = "head/base"
"""The unit of ratios: they are seen against one."""


def draw(chart: Chart) -> bytes:
    """The chart as PNG, with axes, values and 95 % whiskers."""
    image = Image.new("RGB", (WIDTH, HEIGHT), CARD)
    canvas = _Canvas(image, chart)
    canvas.frame()
    if chart.style == "line":
        canvas.line()
    else:
        canvas.bars()
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _round_step(least: float) -> float:
    """The next of 1, 2, 2.5, 5 times a power of ten, so that the scale's numbers are round."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * power >= least)


class _Canvas:
    """One picture in the making."""

    def __init__(self, image: Image.Image, chart: Chart) -> None:
        self.pen, self.chart = ImageDraw.Draw(image), chart
        self.small, self.large = ImageFont.load_default(13 * SCALE), ImageFont.load_default(17 * SCALE)
        largest = max((max(bar.high, bar.value) for bar in chart.bars), default=1.0) * 1.1
        largest = largest if largest > 0 else 1.0
        self.step = _round_step(largest / STEPS)
        self.steps = math.ceil(largest / self.step - 1e-9)
        self.top = self.step * self.steps
        self.column = (WIDTH - LEFT - RIGHT) / max(1, len(chart.bars))

    def _y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * max(0.0, value) / self.top

    def _x(self, index: int) -> float:
        """The middle of a bar's column."""
        return LEFT + self.column * (index + 0.5)

    def frame(self) -> None:
        """Edge, title, unit, and the lines of the scale with their numbers."""
        self.pen.rectangle((0, 0, WIDTH - 1, HEIGHT - 1), outline=EDGE, width=SCALE)
        title, above = self._cut(self.chart.title, 50), 32 * SCALE
        self.pen.text((LEFT, above), title, INK, self.large, anchor="ls")
        beside = LEFT + self.large.getlength(title) + 10 * SCALE
        self.pen.text((beside, above), self._cut(self.chart.unit, 20), FAINT, self.small, anchor="ls")
        for step in range(self.steps + 1):
            value = self.step * step
            y = self._y(value)
            one = self.chart.unit == RATIO and abs(value - 1) < self.step / 2
            self.pen.line((LEFT, y, WIDTH - RIGHT, y), INK if one else EDGE, SCALE)
            self.pen.text((LEFT - 8 * SCALE, y), f"{value:.3g}", FAINT, self.small, anchor="rm")

    def bars(self) -> None:
        half = min(60 * SCALE, self.column * 0.3)
        for index, bar in enumerate(self.chart.bars):
            x, y = self._x(index), self._y(bar.value)
            colour = COLOURS[0 if self.chart.unit == RATIO else index % 2]
            self.pen.rectangle((x - half, y, x + half, self._y(0)), fill=colour)
            self._whisker(x, bar)
            above = min(y, self._y(bar.high)) - 6 * SCALE
            self._number(x, above, bar.value)
            self._label(x, bar.label)

    def _whisker(self, x: float, bar: Bar) -> None:
        if bar.low == bar.high:
            return
        low, high, tick = self._y(bar.low), self._y(bar.high), 8 * SCALE
        self.pen.line((x, low, x, high), INK, 2 * SCALE)
        for y in (low, high):
            self.pen.line((x - tick, y, x + tick, y), INK, 2 * SCALE)

    def line(self) -> None:
        places = [(self._x(n), self._y(bar.value)) for n, bar in enumerate(self.chart.bars)]
        self.pen.line(places, COLOURS[1], 3 * SCALE, joint="curve")
        widest = max(self.small.getlength(self._cut(bar.label, 24)) for bar in self.chart.bars)
        dense = math.ceil((widest + 12 * SCALE) / self.column)
        for n, ((x, y), bar) in enumerate(zip(places, self.chart.bars, strict=True)):
            dot = 5 * SCALE
            self.pen.ellipse((x - dot, y - dot, x + dot, y + dot), fill=COLOURS[1])
            if (len(places) - 1 - n) % dense == 0:  # counted from the newest, which is always named
                self._number(x, y - 10 * SCALE, bar.value)
                self._label(x, bar.label)

    def _number(self, x: float, y: float, value: float) -> None:
        """A value, with a rim so that no line runs through it."""
        self.pen.text((x, y), f"{value:.4g}", INK, self.small, anchor="mb", stroke_width=3 * SCALE, stroke_fill=CARD)

    def _label(self, x: float, text: str) -> None:
        room = 24 if self.chart.style == "line" else max(4, int(self.column / (8 * SCALE)))
        x = min(x, WIDTH - RIGHT / 2 - self.small.getlength(self._cut(text, room)) / 2)
        self.pen.text((x, HEIGHT - BOTTOM + 8 * SCALE), self._cut(text, room), INK, self.small, anchor="ma")

    def _cut(self, text: str, most: int) -> str:
        """What the built-in typeface can show, in one line."""
        line = "".join(ch if ch.isprintable() and ord(ch) < 0x2500 else "?" for ch in " ".join(text.split()))
        return line if len(line) <= most else line[: most - 1] + "…"

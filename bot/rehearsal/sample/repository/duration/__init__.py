"""Durations as people write them."""

from duration.parse import parse
from duration.render import render

__all__ = ["parse", "render"]

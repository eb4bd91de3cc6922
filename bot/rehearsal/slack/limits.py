"""Slack's limits on what may be posted, with the errors that it answers. Undocumented ones are as measured."""

import time
from collections.abc import Callable, Mapping, Sequence

from bot.rehearsal.slack.state import words
from bot.rehearsal.wire import Json

BLOCKS, TOTAL, TEXT = 50, 13_200, 40_000
SECTION, HEADER, CONTEXT, LABEL, VALUE = 3_000, 150, 10, 75, 2_000
KNOWN = ("section", "header", "context", "actions", "divider", "image", "markdown", "table", "input", "rich_text")

PER_SECOND = {"chat.postMessage": (1.0, 5), "chat.update": (1.0, 10), "chat.postEphemeral": (1.0, 5)}
"""Calls a second in one channel, and how many may come in a burst."""


class Wrong(Exception):
    """Slack's error word."""


class Rates:
    """Buckets for each method and channel that fill up again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._left: dict[tuple[str, str], tuple[float, float]] = {}

    def take(self, method: str, channel: str) -> int:
        """0 when the call may pass, otherwise the seconds to wait."""
        rate, burst = PER_SECOND.get(method, (0.0, 0))
        if not burst:
            return 0
        now = self.clock()
        left, at = self._left.get((method, channel), (float(burst), now))
        left = min(float(burst), left + (now - at) * rate)
        self._left[method, channel] = (left - 1 if left >= 1 else left, now)
        return 0 if left >= 1 else 1


def check_message(text: str, blocks: Sequence[Mapping[str, Json]]) -> None:
    """Raises Wrong for what Slack would refuse."""
    if not text and not blocks:
        raise Wrong("no_text")
    if len(text) > TEXT:
        raise Wrong("msg_too_long")
    check_blocks(blocks)


def check_blocks(blocks: Sequence[Mapping[str, Json]]) -> None:
    if len(blocks) > BLOCKS:
        raise Wrong("invalid_blocks")
    if sum(_characters(block) for block in blocks) > TOTAL:
        raise Wrong("msg_blocks_too_long")
    ids: list[str] = []
    for block in blocks:
        _check_block(block, ids)
    if len(ids) != len(set(ids)):
        raise Wrong("invalid_blocks")
    if sum(block.get("type") == "table" for block in blocks) > 1:
        raise Wrong("only_one_table_allowed")


def _check_block(block: Mapping[str, Json], ids: list[str]) -> None:
    kind, text = block.get("type"), words(block.get("text"))
    elements = block.get("elements")
    listed = elements if isinstance(elements, list) else []
    match kind:
        case "section":
            good = 1 <= len(text) <= SECTION
        case "header":
            good = 1 <= len(text) <= HEADER
        case "markdown":
            good = 1 <= len(words(block)) <= 12_000
        case "context":
            good = 1 <= len(listed) <= CONTEXT and all(1 <= len(words(each)) <= SECTION for each in listed)
        case "actions":
            good = 1 <= len(listed) <= 25 and all(_element(each, ids) for each in listed)
        case "image":
            good = 1 <= len(str(block.get("alt_text", ""))) <= VALUE
        case "table":
            good = _is_table(block.get("rows"))
        case _:
            good = kind in KNOWN
    if not good:
        raise Wrong("invalid_blocks")


def _element(element: Json, ids: list[str]) -> bool:
    if not isinstance(element, Mapping):
        return False
    ids.append(str(element.get("action_id", "")))
    label, value = words(element.get("text") or element.get("placeholder")), element.get("value", "")
    styled = element.get("style", "primary") in ("primary", "danger")
    options = element.get("options")
    some = element.get("type") != "static_select" or (isinstance(options, list) and 1 <= len(options) <= 100)
    return 1 <= len(label) <= LABEL and isinstance(value, str) and len(value) <= VALUE and styled and some


def _is_table(rows: Json) -> bool:
    """At most 100 rows of 20 cells, each of a kind that there is, with 10,000 characters together."""
    if not isinstance(rows, list) or not 1 <= len(rows) <= 100:
        return False
    cells = [cell for row in rows if isinstance(row, list) for cell in row]
    wide = all(isinstance(row, list) and 1 <= len(row) <= 20 for row in rows)
    kinds = {cell.get("type") if isinstance(cell, Mapping) else None for cell in cells}
    texts = all(words(cell) for cell in cells if isinstance(cell, Mapping) and cell.get("type") == "raw_text")
    return (
        wide
        and texts
        and kinds <= {"raw_text", "rich_text"}
        and sum(map(_characters, cells)) <= 10_000 + 20 * len(cells)
    )


def _characters(value: Json) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(_characters(each) for each in value.values())
    return sum(map(_characters, value)) if isinstance(value, list | tuple) else 0


def check_view(view: Mapping[str, Json]) -> None:
    """A dialog's title, metadata and blocks. Raises Wrong."""
    if not 1 <= len(words(view.get("title"))) <= 24 or len(str(view.get("private_metadata", ""))) > 3_000:
        raise Wrong("invalid_arguments")
    blocks = view.get("blocks")
    check_blocks([block for block in blocks if isinstance(block, Mapping)] if isinstance(blocks, list) else [])

"""`.maestro.yml` as one strict model, and what is detected where the file is silent.

The reading (`read_rules`) and the detection (`bot.domain.detect`) are pure: text in, values and problems out.
"""

import difflib
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Literal

import yaml

from bot.domain.refs import Value


class BudgetRules(Value):
    usd: float | None = None
    steps: int | None = None
    minutes: int | None = None


class Rules(Value):
    """A repository's own rules, INTERFACES §6. Empty fields mean: detect."""

    setup: tuple[str, ...] | None = None
    test: str | None = None
    junit: str | None = None
    checks: dict[str, str] = {}
    benchmark: dict[str, str] = {}
    image: str | None = None
    network: tuple[str, ...] | None = None
    approval: Literal["write", "none"] = "write"
    protected: tuple[str, ...] = ()
    budget: BudgetRules = BudgetRules()


class Detected(Value):
    """What the repository's files tell: set-up commands, the test command and its runner, package clients.

    `runner` is one of pytest, unittest, node, vitest, jest, mocha, go, cargo, maven, gradle, junit, or '' when unknown;
    `because` names the files that told. After detection the rules' own words win: this is the effective result.
    """

    setup: tuple[str, ...] = ()
    test: str = ""
    runner: str = ""
    clients: tuple[str, ...] = ()
    key_files: tuple[str, ...] = ()
    because: tuple[str, ...] = ()


CLIENTS = ("pip", "npm", "cargo", "go", "apt", "maven")
"""Package clients whose hosts are known from their own configuration."""

LARGEST = 64 * 1024
"""Characters of a rules file: a longer one is no rules file."""

_DEEPEST = 16
_HOST = re.compile(
    r"\.?(?=.{1,253}(:|$))([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}(:\d{1,5})?", re.IGNORECASE
)
_LABEL = re.compile(r"[A-Za-z0-9][\w .-]{0,63}")


class _Wrong(Exception):
    """What is wrong at a place of the file, and what is allowed there."""

    def __init__(self, place: yaml.Node | yaml.Event, text: str) -> None:
        super().__init__(f"line {_line(place)}: {text}")


def read_rules(text: str) -> tuple[Rules, tuple[str, ...]]:
    """The rules in the text of `.maestro.yml`, and the problems, each with its line. What is right counts, whatever
    else is wrong; of two equal keys the first. Never raises."""
    if len(text) > LARGEST:
        return Rules(), (f"the file is longer than {LARGEST // 1024} KiB, so nothing of it counts",)
    try:
        root = _tree(_mended(text))
    except _Wrong as wrong:
        return Rules(), (f"{wrong}; nothing of the file counts",)
    except yaml.YAMLError as error:
        return Rules(), (f"{_said(error)}; nothing of the file counts",)
    if root is None:
        return Rules(), ()
    problems: list[str] = []
    try:
        values = _mapping(root, "the file", _FIELDS, problems)
    except _Wrong as wrong:
        return Rules(), (str(wrong),)
    return Rules.model_validate(values), tuple(problems)


_FLOW = re.compile(r"([A-Za-z_]\w*:[ ]*)\[(.*)\]([ ]*(?:#.*)?)")
_BRACKETED = re.compile(r"[^\s\[{\"'].*\[[^\[\]\"]*\].*")
_LONG_LINE = 1000


def _mended(text: str) -> str:
    """`setup: [pip install -e .[test]]` is what people write, but to YAML the inner bracket begins another list: such
    entries are put in quotes. Lines stay where they are."""
    lines = text.split("\n")
    return "\n".join(_mended_line(line) if "[" in line and len(line) < _LONG_LINE else line for line in lines)


def _mended_line(line: str) -> str:
    found = _FLOW.fullmatch(line)
    if found is None:
        return line
    entries = [entry.strip() for entry in re.split(r",(?![^\[]*\])", found[2])]
    quoted = [json.dumps(entry) if _BRACKETED.fullmatch(entry) else entry for entry in entries]
    return f"{found[1]}[{', '.join(quoted)}]{found[3]}" if quoted != entries else line


def _tree(text: str) -> yaml.Node | None:
    """The document's nodes. First only its events, so that depth and aliases can't cost anything."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Wrong(event, "anchors (`&`) and aliases (`*`) are not allowed: write the value out, or in quotes")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise _Wrong(event, f"nested deeper than {_DEEPEST} levels")
    return yaml.compose(text, Loader=yaml.SafeLoader)


def _line(place: yaml.Node | yaml.Event) -> int:
    mark = place.start_mark
    return mark.line + 1 if mark is not None else 1


def _said(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    words = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "it can't be read")
    if words.startswith("but "):
        words = f"{getattr(error, 'context', '')}, {words}"
    if "'\\t'" in words:
        words = "a tab stands where YAML allows only spaces"
    return f"line {mark.line + 1}: not valid YAML: {words}" if mark else f"not valid YAML: {words}"


# --- readers: a node in, a value out; _Wrong for what does not count -------------------------------------------------
_Reader = Callable[[yaml.Node, str, list[str]], object]


def _mapping(node: yaml.Node, name: str, fields: Mapping[str, _Reader], problems: list[str]) -> dict[str, object]:
    values: dict[str, object] = {}
    for key, child in _pairs(node, name, problems):
        word = key.value
        if word not in fields:
            near = difflib.get_close_matches(word, fields, n=1)
            hint = f"did you mean `{near[0]}`? " if near else ""
            problems.append(f"line {_line(key)}: unknown key {_quoted(word)}; {hint}Allowed: {', '.join(fields)}")
            continue
        try:
            values[word] = fields[word](child, f"`{word}`", problems)
        except _Wrong as wrong:
            problems.append(str(wrong))
    return values


def _pairs(node: yaml.Node, name: str, problems: list[str]) -> Iterable[tuple[yaml.ScalarNode, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        raise _Wrong(node, f"{name} must be a mapping of `key: value` lines, not {_kind(node)}")
    lines: dict[str, int] = {}
    for key, child in node.value:
        if not isinstance(key, yaml.ScalarNode):
            problems.append(f"line {_line(key)}: a key of {name} must be a word, not {_kind(key)}")
        elif key.value in lines:
            first = lines[key.value]
            problems.append(f"line {_line(key)}: {_quoted(key.value)} stands on line {first} already; that one counts")
        else:
            lines[key.value] = _line(key)
            yield key, child


def _text(node: yaml.Node, name: str, problems: list[str]) -> str:  # noqa: ARG001 - one shape for all readers
    if not isinstance(node, yaml.ScalarNode) or not node.tag.endswith(":str"):
        quote = "; put it in quotes" if isinstance(node, yaml.ScalarNode) and node.value else ""
        raise _Wrong(node, f"{name} must be text, not {_kind(node)}{quote}")
    if not node.value.strip():
        raise _Wrong(node, f"{name} is empty; leave it out instead")
    if "\0" in node.value:
        raise _Wrong(node, f"{name} holds a NUL character")
    return str(node.value).strip()


def _texts(node: yaml.Node, name: str, problems: list[str]) -> tuple[str, ...]:
    return _list(node, name, problems, _text)


def _list(node: yaml.Node, name: str, problems: list[str], read: Callable[..., str]) -> tuple[str, ...]:
    """A list, or one value for a list of one. Wrong entries are left out."""
    if isinstance(node, yaml.ScalarNode) and not node.tag.endswith(":null"):
        return (read(node, name, problems),)
    if not isinstance(node, yaml.SequenceNode):
        raise _Wrong(node, f"{name} must be a list of texts, not {_kind(node)}; an empty list is `[]`")
    found = []
    for entry in node.value:
        try:
            found.append(read(entry, f"each entry of {name}", problems))
        except _Wrong as wrong:
            problems.append(str(wrong))
    return tuple(found)


def _commands(node: yaml.Node, name: str, problems: list[str]) -> dict[str, str]:
    commands: dict[str, str] = {}
    for key, child in _pairs(node, name, problems):
        try:
            if not _LABEL.fullmatch(key.value):
                raise _Wrong(
                    key, f"{_quoted(key.value)} can't name a command in {name}: letters, digits, `-`, `_`, `.`"
                )
            commands[key.value] = _text(child, f"`{key.value}` in {name}", problems)
        except _Wrong as wrong:
            problems.append(str(wrong))
    return commands


def _host(node: yaml.Node, name: str, problems: list[str]) -> str:
    word = _text(node, name, problems)
    if word in CLIENTS or _HOST.fullmatch(word):
        return word
    near = difflib.get_close_matches(word, CLIENTS, n=1)
    hint = f"did you mean `{near[0]}`? " if near else ""
    allowed = f"a host such as `packages.example.org` or `.example.org:8443`, or one of {', '.join(CLIENTS)}"
    raise _Wrong(node, f"{_quoted(word)} is no entry for `network`; {hint}Allowed: {allowed}")


def _hosts(node: yaml.Node, name: str, problems: list[str]) -> tuple[str, ...]:
    return _list(node, name, problems, _host)


def _path(node: yaml.Node, name: str, problems: list[str]) -> str:
    path = _text(node, name, problems)
    if path.startswith(("/", "~")) or ".." in path.split("/"):
        raise _Wrong(node, f"{name} must be a path inside the repository, not {_quoted(path)}")
    return path


def _image(node: yaml.Node, name: str, problems: list[str]) -> str:
    image = _text(node, name, problems)
    if image.startswith("-") or re.search(r"\s", image):
        raise _Wrong(node, f"{name} must be an image name such as `python:3.12`, not {_quoted(image)}")
    return image


def _approval(node: yaml.Node, name: str, problems: list[str]) -> str:
    word = node.value if isinstance(node, yaml.ScalarNode) else ""
    if word not in {"write", "none"}:
        raise _Wrong(node, f"{name} must be `write` or `none`, not {_quoted(word) if word else _kind(node)}")
    return _text(node, name, problems)


def _number(node: yaml.Node, name: str, problems: list[str]) -> float:  # noqa: ARG001 - one shape for all readers
    try:
        number = float(node.value) if node.tag.endswith((":int", ":float")) else math.nan
    except (TypeError, ValueError):
        number = math.nan
    if not (0 < number < 1e9):
        raise _Wrong(node, f"{name} must be a number above 0, not {_kind(node)}")
    return number


def _whole(node: yaml.Node, name: str, problems: list[str]) -> int:
    number = _number(node, name, problems)
    if number != int(number):
        raise _Wrong(node, f"{name} must be a whole number, not {_quoted(str(node.value))}")
    return int(number)


def _budget(node: yaml.Node, name: str, problems: list[str]) -> dict[str, object]:
    fields: dict[str, _Reader] = {"usd": _number, "steps": _whole, "minutes": _whole}
    return _mapping(node, name, fields, problems)


_FIELDS: dict[str, _Reader] = {
    "setup": _texts,
    "test": _text,
    "junit": _path,
    "checks": _commands,
    "benchmark": _commands,
    "image": _image,
    "network": _hosts,
    "approval": _approval,
    "protected": _texts,
    "budget": _budget,
}


def _kind(node: yaml.Node) -> str:
    """What stands there, in a person's words."""
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    kinds = {"null": "nothing", "bool": f"the truth value {_quoted(node.value)}", "timestamp": "a date"}
    kinds |= dict.fromkeys(("int", "float"), f"the number {_quoted(node.value)}")
    return kinds.get(node.tag.rpartition(":")[2], _quoted(node.value))


def _quoted(word: object) -> str:
    """A word of the file in backticks, short and without what would break out of them."""
    plain = re.sub(r"[`\x00-\x1f\x7f]", "·", str(word))
    return f"`{plain[:60]}…`" if len(plain) > 60 else f"`{plain}`"

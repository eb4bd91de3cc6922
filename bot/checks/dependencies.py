"""Which packages a manifest asks for: by name, without versions, as far as its text tells."""

import ast
import configparser
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePosixPath

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from bot.domain.syntax import parse

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][\w.\-]*)")
_GRADLE = re.compile(
    r"""^\s*\w*(?:mplementation|pi|ompile|ompileOnly|untimeOnly|rocessor)\s*\(?\s*["']([\w.\-]+:[\w.\-]+)"""
)
_GEM = re.compile(r"""^\s*(?:gem|\w+\.add_(?:\w+_)?dependency)\s*\(?\s*["']([\w.\-]+)""")
_GO = re.compile(r"^\s*(?:require\s+)?([\w.\-]+\.[\w.\-]+/\S+|[\w\-]+\.\w+)\s+v\d")
_SETUP_LISTS = frozenset({"install_requires", "setup_requires", "tests_require", "extras_require"})
_MALFORMED = (ValueError, SyntaxError, RecursionError, MemoryError, configparser.Error, ElementTree.ParseError)


def dependencies(path: str, text: str | None) -> frozenset[str]:
    """The names of packages that the manifest at `path` asks for. Empty for other files and for unreadable ones."""
    reader = _reader_for(PurePosixPath(path).name)
    if reader is None or text is None:
        return frozenset()
    try:
        return frozenset(name for name in reader(text) if name)
    except (*_MALFORMED, DefusedXmlException):
        return frozenset()


def line_of(name: str, text: str) -> int | None:
    """The first line (from 1) that holds a package's name."""
    wanted = re.compile(
        rf"(?<![\w\-]){re.escape(name.split(':')[-1])}(?![\w\-])".replace(r"\-", "[-_.]"), re.IGNORECASE
    )
    return next((n for n, line in enumerate(text.splitlines(), 1) if wanted.search(line)), None)


def _reader_for(name: str) -> Callable[[str], Iterable[str]] | None:
    if re.fullmatch(r"(.*[-_.])?requirements([-_.].*)?\.(txt|in)", name):
        return _requirements
    if name.endswith((".gradle", ".gradle.kts")):
        return lambda text: _each_line(_GRADLE, text)
    if name == "Gemfile" or name.endswith(".gemspec"):
        return lambda text: _each_line(_GEM, text)
    return _READERS.get(name)


def _each_line(pattern: re.Pattern[str], text: str) -> Iterable[str]:
    return (found[1] for line in text.splitlines() if (found := pattern.match(line)))


def _named(requirements: object) -> Iterable[str]:
    """Names out of a list of requirement texts, written as the index compares them."""
    for text in requirements if isinstance(requirements, list) else ():
        found = _REQUIREMENT.match(text) if isinstance(text, str) else None
        if found:
            yield _normal(found[1])


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _requirements(text: str) -> Iterable[str]:
    lines = (line.split(" #")[0].strip() for line in text.splitlines())
    kept = [line for line in lines if line and not line.startswith(("#", "-"))]
    addressed = [line for line in kept if "://" in line.split("@")[0]]
    return [*_named([line for line in kept if line not in addressed]), *addressed]


def _table(value: object, *keys: str) -> Mapping[str, object]:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _pyproject(text: str) -> Iterable[str]:
    whole = tomllib.loads(text)
    yield from _named(_table(whole, "build-system").get("requires"))
    project = _table(whole, "project")
    yield from _named(project.get("dependencies"))
    for group in (*_table(project, "optional-dependencies").values(), *_table(whole, "dependency-groups").values()):
        yield from _named(group)
    poetry = _table(whole, "tool", "poetry")
    groups = [_table(group, "dependencies") for group in _table(poetry, "group").values()]
    for table in (_table(poetry, "dependencies"), _table(poetry, "dev-dependencies"), *groups):
        yield from (_normal(name) for name in table if name != "python")


def _setup_cfg(text: str) -> Iterable[str]:
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    lists = [parser.get("options", key, fallback="") for key in _SETUP_LISTS]
    if parser.has_section("options.extras_require"):
        lists += [value for _, value in parser.items("options.extras_require")]
    for value in lists:
        yield from _named([line for line in value.splitlines() if line.strip() and not line.lstrip().startswith("#")])


def _setup_py(text: str) -> Iterable[str]:
    """Literal texts inside the list arguments of any call; computed lists are not followed."""
    for call in ast.walk(parse(text)):
        for keyword in call.keywords if isinstance(call, ast.Call) else ():
            if keyword.arg in _SETUP_LISTS:
                lists = [node for node in ast.walk(keyword.value) if isinstance(node, ast.List | ast.Tuple)]
                yield from _named([e.value for node in lists for e in node.elts if isinstance(e, ast.Constant)])


def _package_json(text: str) -> Iterable[str]:
    whole = json.loads(text)
    for key in ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies"):
        yield from _table(whole, key)


def _cargo(text: str) -> Iterable[str]:
    whole = tomllib.loads(text)
    kinds = ("dependencies", "dev-dependencies", "build-dependencies")
    for table in (whole, _table(whole, "workspace"), *_table(whole, "target").values()):
        for kind in kinds:
            yield from _table(table, kind)


def _go_mod(text: str) -> Iterable[str]:
    return _each_line(_GO, text)


def _pom(text: str) -> Iterable[str]:
    for node in ElementTree.fromstring(text).iter():
        if node.tag.rpartition("}")[2] in ("dependency", "plugin", "extension"):
            parts = {child.tag.rpartition("}")[2]: (child.text or "").strip() for child in node}
            yield ":".join(part for part in (parts.get("groupId"), parts.get("artifactId")) if part)


_READERS: Mapping[str, Callable[[str], Iterable[str]]] = {
    "pyproject.toml": _pyproject,
    "setup.cfg": _setup_cfg,
    "setup.py": _setup_py,
    "package.json": _package_json,
    "Cargo.toml": _cargo,
    "go.mod": _go_mod,
    "pom.xml": _pom,
}

"""What Python's project files declare: pyproject.toml, setup.cfg, setup.py (read, never run), tox.ini."""

import ast
import configparser
import posixpath
import re
import shlex
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.commandline import programs
from bot.domain.projects import Read
from bot.domain.syntax import parse

_Table = Mapping[str, object]

_CONDITION = re.compile(r"([\w{},!.-]+):\s+(.*)")
"""A line of tox's `deps` that holds for some environments only."""

_MOST, _LONGEST, _BRACES = 200, 100, 2
"""How many lines and names of environments of tox are looked at, their letters, and braces, which multiply them."""

_POSARGS = re.compile(r"\{posargs:?([^{}]*)\}|\[\]")
_ALONE = re.compile(r"-[vqsxl]+|-[rn]\w+|-.*=.*")
"""Options of pytest that have no value in the word behind them."""

_PYTEST = ("pytest", "py.test")


@dataclass(frozen=True, slots=True)
class Declared:
    """`needs`: something beyond the standard library is needed to run, or it can't be told. `pytest_config`: pytest's
    settings as text, None without any. `unittest`: the words behind `-m unittest` where tox or hatch runs that, in the
    folder `unittest_in`. `pytest`: the files and folders that tox gives pytest.
    `test_requirements`: what tox installs for tests, and what the project's own `tests_require` adds to it.
    `build_text`: the files that say how it is built."""

    installable: bool
    needs: bool
    dependencies: tuple[str, ...]
    extras: Mapping[str, tuple[str, ...]]
    groups: Mapping[str, tuple[str, ...]]
    test_requirements: tuple[str, ...]
    run_extras: tuple[str, ...]
    unittest: tuple[str, ...] | None
    unittest_in: str
    pytest: tuple[str, ...]
    tox_text: str
    pytest_config: str | None
    build_text: str

    def everything(self) -> Iterable[str]:
        yield from self.dependencies
        yield from self.test_requirements
        for table in (self.extras, self.groups):
            for requirements in table.values():
                yield from requirements

    def tox_has(self, program: str) -> bool:
        return re.search(rf"(?m)^[^#\n]*\b{program}\b", self.tox_text) is not None


def declared(paths: frozenset[str], read: Read) -> Declared:
    """All that the files say, as one."""
    pyproject, cfg, tox = _toml(read("pyproject.toml")), _ini(read("setup.cfg")), _ini(read("tox.ini"))
    setup_py = _setup_call(read("setup.py"))
    project, poetry = _table(pyproject, "project"), _table(pyproject, "tool", "poetry")
    runtime = (
        *_strings(project.get("dependencies")),
        *_poetry(_table(poetry, "dependencies")),
        *_lines(cfg, "options", "install_requires"),
        *_strings(setup_py.get("install_requires")),
    )
    installable = "build-system" in pyproject or "setup.py" in paths or cfg.has_option("metadata", "name")
    dynamic = "dependencies" in _strings(project.get("dynamic"))
    by_tox = _unittest(_lines(tox, "testenv", "commands"))
    unread = "install_requires" in setup_py and setup_py["install_requires"] is None
    return Declared(
        installable=installable,
        needs=bool(runtime) or dynamic or unread,
        dependencies=runtime,
        extras=_extras(project, poetry, cfg, setup_py),
        groups=_groups(pyproject),
        test_requirements=_for_tests(_tox_requirements(tox, read("tox.ini") or ""), cfg, setup_py),
        run_extras=_tox_extras(tox) or _of_hatch(pyproject, "features"),
        unittest=_unittest(_of_hatch(pyproject, "scripts")) if by_tox is None else by_tox,
        unittest_in="" if by_tox is None else _folder(tox, paths),
        pytest=_given_to_pytest(tox, paths),
        tox_text=read("tox.ini") or "",
        pytest_config=_pytest_config(paths, read, pyproject, cfg, tox),
        build_text="\n".join(filter(None, (read("setup.py"), str(pyproject.get("build-system", "")), _scm(pyproject)))),
    )


def name_of(requirement: str) -> str:
    """A requirement's project name, normalised."""
    found = re.match(r"\s*([A-Za-z0-9][\w.-]*)", requirement)
    return re.sub(r"[-_.]+", "-", found[1]).lower() if found else ""


def _scm(pyproject: _Table) -> str:
    return " ".join(_table(pyproject, "tool"))


def _extras(
    project: _Table, poetry: _Table, cfg: configparser.RawConfigParser, setup_py: _Table
) -> dict[str, tuple[str, ...]]:
    extras = {name: _strings(value) for name, value in _table(project, "optional-dependencies").items()}
    extras |= {name: _strings(value) for name, value in _table(poetry, "extras").items()}
    if cfg.has_section("options.extras_require"):
        extras |= {name: _lines(cfg, "options.extras_require", name) for name in cfg.options("options.extras_require")}
    return extras | {name: _strings(value) for name, value in _table(setup_py, "extras_require").items()}


def _groups(pyproject: _Table) -> dict[str, tuple[str, ...]]:
    """Dependency groups of every kind: the standard ones, poetry's, uv's, pdm's and hatch's."""
    standard = _table(pyproject, "dependency-groups")
    groups = {name: _group(standard, name, frozenset()) for name in standard}
    poetry = _table(pyproject, "tool", "poetry", "group")
    groups |= {name: _poetry(_table(poetry, name, "dependencies")) for name in poetry}
    if old := _poetry(_table(pyproject, "tool", "poetry", "dev-dependencies")):
        groups.setdefault("dev", old)
    if uv := _strings(_table(pyproject, "tool", "uv").get("dev-dependencies")):
        groups.setdefault("dev", uv)
    groups |= {name: _strings(value) for name, value in _table(pyproject, "tool", "pdm", "dev-dependencies").items()}
    hatch = _table(pyproject, "tool", "hatch", "envs")
    for env, name in (("default", "dev"), ("test", "test"), ("hatch-test", "test")):
        table = _table(hatch, env)
        if found := (*_strings(table.get("dependencies")), *_strings(table.get("extra-dependencies"))):
            groups.setdefault(name, found)
    return {name: requirements for name, requirements in groups.items() if requirements}


def _group(groups: _Table, name: str, seen: frozenset[str]) -> tuple[str, ...]:
    """A group's requirements with those of the groups that it includes."""
    found: list[str] = []
    entries = groups.get(name)
    for entry in entries if isinstance(entries, list) and name not in seen else []:
        if isinstance(entry, str):
            found.append(entry)
        elif isinstance(entry, dict):
            found += _group(groups, str(entry.get("include-group")), seen | {name})
    return tuple(dict.fromkeys(found))


def _poetry(table: _Table) -> tuple[str, ...]:
    """poetry's `name = "^1.2"` as pip says it; what has no plain version (paths, git) is left to poetry."""
    found = []
    for name, value in table.items():
        version = value.get("version") if isinstance(value, dict) else value
        if name != "python" and isinstance(version, str):
            found.append(name + _version(version))
    return tuple(found)


def _version(said: str) -> str:
    said = said.strip()
    if said in {"*", ""}:
        return ""
    if re.fullmatch(r"\^[\w.]+", said):
        return f">={said[1:]}"
    if re.fullmatch(r"~[\d.]+", said):
        return f"~={said[1:]}" if "." in said else f">={said[1:]}"
    return f"=={said}" if said[0].isdigit() else said.replace(" ", "") if said[0] in "<>=!" else ""


def _setup_call(text: str | None) -> dict[str, object]:
    """The keyword arguments of setup.py's `setup(…)` as far as they are literals; None for those that are not."""
    try:
        tree = parse(text or "")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    for node in ast.walk(tree):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(node, ast.Call) and getattr(called, "id", getattr(called, "attr", "")) == "setup":
            names = _assigned(tree)
            return {word.arg: _literal(word.value, names) for word in node.keywords if word.arg}
    return {}


def _assigned(tree: ast.Module) -> dict[str, ast.expr]:
    return {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _literal(node: ast.expr, names: Mapping[str, ast.expr]) -> object:
    """The value of a literal, or of a name that is given one; of a dictionary at least the keys."""
    node = names.get(node.id, node) if isinstance(node, ast.Name) else node
    if isinstance(node, ast.Dict):
        keys = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
        plain = {name: value for name, value in names.items() if value is not node}
        return {str(k): _literal(v, plain) for k, v in zip(keys, node.values, strict=True) if isinstance(k, str)}
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _tox_requirements(tox: configparser.RawConfigParser, text: str) -> tuple[str, ...]:
    """tox's `deps`, without what needs tox's own names. Of those for some environments only it is what tests on the
    newest Python need that is named, by name alone: it is seldom new any more."""
    named = (each for word in [word for word in text.split() if "py" in word][:_MOST] for each in _alternatives(word))
    newest = max((int(found[1]) for each in named for found in re.finditer(r"\bpy3\.?(\d+)", each)), default=0)
    fitting = re.compile(rf"!.*|py3(\.?{newest})?|(unit-?)?tests?")
    found = []
    for line in _of_tests(tox, "deps")[:_MOST]:
        conditional = _CONDITION.fullmatch(line)
        condition, requirement = conditional.groups() if conditional is not None else ("", line)
        if "{" in requirement or requirement.startswith(("-", ".")):
            continue
        if not condition:
            found.append(requirement)
        elif any(all(map(fitting.fullmatch, each.split("-"))) for each in _alternatives(condition)):
            found.append(name_of(requirement))
    return tuple(name for name in dict.fromkeys(found) if name not in sys.stdlib_module_names)


def _of_tests(tox: configparser.RawConfigParser, key: str) -> tuple[str, ...]:
    """What tox is told for all environments, then for those that only name a Python: `testenv:py{310,311}`."""
    plain = re.compile(r"py3?(\.?\d+)?")
    names = (name.removeprefix("testenv:") for name in tox.sections() if name.startswith("testenv:py"))
    pythons = [f"testenv:{name}" for name in names if all(map(plain.fullmatch, _alternatives(name) or ["-"]))]
    return tuple(line for section in ("testenv", *pythons[:1]) for line in _lines(tox, section, key))


def _for_tests(by_tox: tuple[str, ...], cfg: configparser.RawConfigParser, setup_py: _Table) -> tuple[str, ...]:
    known = set(map(name_of, by_tox))
    more = (*_lines(cfg, "options", "tests_require"), *_strings(setup_py.get("tests_require")))
    return (*by_tox, *(requirement for requirement in more if name_of(requirement) not in known))


def _tox_extras(tox: configparser.RawConfigParser) -> tuple[str, ...]:
    """The project's extras that tox installs: by its own setting, or with the project among `deps`, as in `.[test]`,
    or so by its first command that does."""
    among = (re.fullmatch(r"\.\[([\w\s,.-]+)\]", line) for line in _of_tests(tox, "deps"))
    commands = (re.search(r"\bpip install .*\.\[([\w,.-]+)\]", line) for line in _of_tests(tox, "commands"))
    first = [found for found in commands if found is not None][:1]
    named = [*_of_tests(tox, "extras"), *(found[1] for found in (*among, *first) if found is not None)]
    plain = (word.strip() for line in named if ":" not in line and "{" not in line for word in line.split(","))
    return tuple(dict.fromkeys(word for word in plain if word))


def _of_hatch(pyproject: _Table, key: str) -> tuple[str, ...]:
    """What hatch's environments for tests say under this key: a list, or the commands of a table of scripts."""
    envs = _table(pyproject, "tool", "hatch", "envs")
    said = [_table(envs, name).get(key) for name in ("test", "hatch-test", "default")]
    each = (tuple(table.values()) if isinstance(table, dict) else (table,) for table in said)
    return tuple(word for values in each for value in values for word in _strings(value))


def _unittest(commands: Iterable[str]) -> tuple[str, ...] | None:
    """The words behind the first `-m unittest`, where they are plain."""
    for line in commands:
        try:
            words = [word for word in shlex.split(line) if not word.startswith(("{posargs", "{args", "[]"))]
        except ValueError:
            continue
        if "unittest" in words[1:] and words[words.index("unittest") - 1] == "-m":
            said = words[words.index("unittest") + 1 :]
            return None if any(re.search(r"[{}\\|&;\s]", word) for word in said) else tuple(said)
    return None


def _folder(tox: configparser.RawConfigParser, paths: frozenset[str]) -> str:
    """The folder of the tree that tox runs commands in; '' for the top, or one that is not in the tree."""
    folder = posixpath.normpath(_in_tree(_said_folder(tox)))
    return folder if _is_there(folder, paths) else ""


def _said_folder(tox: configparser.RawConfigParser) -> str:
    return next((line for key in ("change_dir", "changedir") for line in _lines(tox, "testenv", key)), "")


def _in_tree(said: str) -> str:
    return re.sub(r"\{(toxinidir|tox_root)\}(/|\{/\})", "", said)


def _is_there(path: str, paths: frozenset[str]) -> bool:
    return path in paths or any(other.startswith(f"{path}/") for other in paths)


def _given_to_pytest(tox: configparser.RawConfigParser, paths: frozenset[str]) -> tuple[str, ...]:
    """The files and folders of the tree that tox gives pytest, where that is its one command that tests."""
    environments = [section for section in tox.sections() if section.startswith("testenv")]
    said = [line for section in environments for line in _lines(tox, section, "commands")]
    lines = _lines(tox, "testenv", "commands")
    started = [program for line in lines for program in programs(_POSARGS.sub(r"\1", _in_tree(line)))]
    ours = [words for words in started if words[0] not in {"coverage", "pip"}]
    once = sum(bool(re.search(r"(^|[\s/])(pytest|py\.test)(\s|$)", line)) for line in said) == 1
    plain = once and len(started) == len(lines) and not _said_folder(tox)
    return _paths_in(ours[0][1:], paths) if plain and [words[0] in _PYTEST for words in ours] == [True] else ()


def _paths_in(given: Sequence[str], paths: frozenset[str]) -> tuple[str, ...]:
    """The files and folders among pytest's words; none where one may be an option's value, or is anything else."""
    found = []
    for last, word in zip(("", *given), given, strict=False) if len(given) < _MOST else ():
        path, valued = word.removeprefix("./").rstrip("/"), last.startswith("-") and not _ALONE.fullmatch(last)
        if word.startswith("-"):
            continue
        if _is_there(path, paths) == valued:
            return ()
        found += [] if valued else [path]
    return tuple(found)


def _alternatives(condition: str) -> list[str]:
    """What a condition on tox's environments stands for: `{py37,py38}-test,unit` → `py37-test`, `py38-test`, `unit`."""
    if len(condition) > _LONGEST or condition.count("{") > _BRACES:
        return []
    braces = re.search(r"\{([^{}]*)\}", condition)
    if braces is None:
        return condition.split(",")
    each = (f"{condition[: braces.start()]}{word}{condition[braces.end() :]}" for word in braces[1].split(","))
    return [alternative for one in each for alternative in _alternatives(one)]


def _pytest_config(
    paths: frozenset[str],
    read: Read,
    pyproject: _Table,
    cfg: configparser.RawConfigParser,
    tox: configparser.RawConfigParser,
) -> str | None:
    for file in ("pytest.ini", ".pytest.ini"):
        if file in paths:
            return read(file) or ""
    table = _table(pyproject, "tool", "pytest")
    if table:
        inner = _table(table, "ini_options") or table
        return "\n".join(f"{key} = {' '.join(_strings(value)) or value}" for key, value in inner.items())
    for parser, section in ((tox, "pytest"), (cfg, "tool:pytest")):
        if parser.has_section(section):
            return "\n".join(f"{key} = {value}" for key, value in parser.items(section))
    return None


def _toml(text: str | None) -> dict[str, object]:
    try:
        return tomllib.loads(text or "")
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _ini(text: str | None) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text or "")
    except (configparser.Error, ValueError):
        return configparser.RawConfigParser()
    return parser


def _lines(parser: configparser.RawConfigParser, section: str, option: str) -> tuple[str, ...]:
    value = parser.get(section, option, fallback="") or ""
    return tuple(line.strip() for line in value.splitlines() if line.strip() and not line.strip().startswith("#"))


def _table(value: object, *names: str) -> dict[str, object]:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _strings(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(entry for entry in value if isinstance(entry, str)) if isinstance(value, list | tuple) else ()

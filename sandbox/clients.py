"""Where the package clients of this machine fetch from, asked of the clients themselves.

Every answer comes from a client's own configuration or from the default built into it. The clients are asked on the
host, as the operator configured them, in an empty directory: a repository's own settings never speak here.
Credentials in addresses are left out: nothing secret goes inside.
"""

import asyncio
import json
import re
import shutil
import ssl
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from defusedxml import DefusedXmlException, ElementTree

from sandbox.address import Refused, destination
from sandbox.api import Mount
from sandbox.process import capture
from sandbox.toolchains import homes, is_private

SECONDS = 20.0
PORTS = {"https": 443, "http": 80}
TRUSTED = "/run/maestro/{}-authorities.pem"


@dataclass(frozen=True, slots=True)
class Machine:
    """Where to look: PATH, HOME and whatever of the environment configures the clients (`PIP_INDEX_URL`, ...)."""

    path: str
    home: Path
    env: Mapping[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        return {**self.env, "PATH": self.path, "HOME": str(self.home), "LC_ALL": "C"}

    async def ask(self, folder: Path, *argv: str) -> str | None:
        """What a program answers in `folder`, both streams; None when it is not there or fails."""
        code, said = await self.try_out(folder, *argv)
        return said if code == 0 else None

    async def try_out(self, folder: Path, *argv: str) -> tuple[int, str]:
        program = shutil.which(argv[0], path=self.path)
        if program is None:
            return -1, ""
        return await capture([program, *argv[1:]], env=self.environment(), timeout=SECONDS, folder=folder)


@dataclass(frozen=True, slots=True)
class Source:
    """Where one client fetches from: `hosts` for a Spec's network, `env` and `mounts` that it needs inside."""

    hosts: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    mounts: tuple[Mount, ...] = ()


async def source(client: str, machine: Machine) -> Source:
    """Ask one client of CLIENTS. A client that is not installed has no hosts. Raises KeyError for others."""
    look = CLIENTS[client]
    with tempfile.TemporaryDirectory() as folder:
        return await look(machine, Path(folder))


async def hosts(client: str, machine: Machine) -> tuple[str, ...]:
    """`host:port` of everything the client fetches from."""
    return (await source(client, machine)).hosts


# --- pip ---------------------------------------------------------------------------------------------------------

PIP = """
import glob, json, os, sys
try:
    import pip
except ImportError:
    import ensurepip
    folder = os.path.join(os.path.dirname(ensurepip.__file__), "_bundled")
    sys.path[:0] = glob.glob(os.path.join(folder, "pip-*.whl"))
from pip._internal.configuration import Configuration
from pip._internal.models.index import PyPI
known = Configuration(isolated=False)
known.load()
items = {}
for name, value in known.items():  # newer versions group the values by file
    items.update(value if isinstance(value, dict) else {name: value})
print(json.dumps({"set": items, "default": [PyPI.simple_url, "https://" + PyPI.file_storage_domain]}))
"""


async def _pip(machine: Machine, folder: Path) -> Source:
    for python in (sys.executable, str(Path(sys.base_prefix) / "bin" / "python3"), "python3"):
        said = await machine.ask(folder, python, "-c", PIP)
        if said is not None:
            return _pip_source(json.loads(said.splitlines()[-1]))
    return Source()


def _pip_source(known: Mapping[str, object]) -> Source:
    stated = known["set"]
    default = known["default"]
    assert isinstance(stated, dict)  # noqa: S101 - our own script wrote it
    assert isinstance(default, list)  # noqa: S101 - this too
    index = _pip_setting(stated, "index-url") or default[0]
    urls = [index, *_pip_setting(stated, "extra-index-url").split()]
    fetched = [*urls, *(default[1:] if urlsplit(index).hostname == urlsplit(default[0]).hostname else [])]
    links = _pip_setting(stated, "find-links").split()
    mounts = [*_folders(links), *(_with_files(mount) for mount in _folders(urls))]
    env = {
        "PIP_INDEX_URL": _public(index),
        "PIP_EXTRA_INDEX_URL": " ".join(map(_public, urls[1:])),
        "PIP_FIND_LINKS": " ".join(links),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    return _trusting("pip", _pip_setting(stated, "cert"), "PIP_CERT", _places(fetched + links), env, mounts)


def _pip_setting(stated: Mapping[str, str], name: str) -> str:
    """The environment beats the section of `install`, which beats the global one."""
    found = (stated.get(f"{section}.{name}") for section in (":env:", "install", "global"))
    return next((value for value in found if value), "")


def _with_files(index: Mount) -> Mount:
    """A local index points to its files in a directory beside it: show their common parent, unless it is private."""
    parent = index.source.parent
    if len(parent.parts) < 3 or is_private(parent, homes()):
        return index
    return Mount(parent, str(parent))


# --- npm, cargo, go ----------------------------------------------------------------------------------------------


async def _npm(machine: Machine, folder: Path) -> Source:
    said = await machine.ask(folder, "npm", "config", "list", "--json")
    if said is None:
        return Source()
    stated = json.loads(said[said.index("{") : said.rindex("}") + 1])
    registries = {name: url for name, url in stated.items() if name == "registry" or name.endswith(":registry")}
    if not registries.get("registry"):
        registries["registry"] = (await machine.ask(folder, "npm", "config", "get", "registry") or "").split("\n")[0]
    env = {f"npm_config_{name}": _public(url) for name, url in registries.items()}
    return _trusting("npm", stated.get("cafile") or "", "npm_config_cafile", _places(registries.values()), env, [])


MANIFEST = '[package]\nname = "probe"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\n{} = "*"\n'
NOWHERE = "http://127.0.0.1:9"
INDEX = re.compile(r"(https?://[^\s`'\"]+)/config\.json")


async def _cargo(machine: Machine, folder: Path) -> Source:
    """cargo names its index when it can't reach it: a fetch through a proxy that isn't there makes it say so. The
    index itself names the place of its files."""
    (folder / "src").mkdir()
    (folder / "src" / "lib.rs").touch()
    (folder / "Cargo.toml").write_text(MANIFEST.format("a"))
    cut_off = {"https_proxy": NOWHERE, "http_proxy": NOWHERE, "CARGO_HTTP_PROXY": NOWHERE, "CARGO_NET_RETRY": "0"}
    lost = Machine(machine.path, machine.home, {**machine.env, **cut_off})
    _, said = await lost.try_out(folder, "cargo", "fetch")
    found = INDEX.search(said)
    if found is None:
        return Source()
    config = await asyncio.to_thread(_download, f"{found[1]}/config.json")
    urls = [found[1], *(str(url) for name, url in config.items() if name in ("dl", "api"))]
    return Source(_places(urls))


def _download(url: str) -> dict[str, object]:
    """A small JSON document; empty when it can't be had."""
    try:
        with urllib.request.urlopen(url, timeout=SECONDS, context=ssl.create_default_context()) as answer:  # noqa: S310
            found = json.loads(answer.read(64 * 1024))
    except (urllib.error.URLError, OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


async def _go(machine: Machine, folder: Path) -> Source:
    names = ("GOPROXY", "GOSUMDB", "GONOSUMDB", "GOPRIVATE", "GONOPROXY")
    said = await machine.ask(folder, "go", "env", "-json", *names)
    if said is None:
        return Source()
    stated: dict[str, str] = json.loads(said)
    proxies = [url for url in re.split(r"[,|]", stated["GOPROXY"]) if "://" in url]
    sums = stated["GOSUMDB"].split()
    if sums and sums[0] != "off":
        proxies.append(sums[1] if len(sums) > 1 else "https://" + sums[0].partition("+")[0])
    public = re.sub(r"//[^/@,|]*@", "//", stated["GOPROXY"])
    return Source(_places(proxies), {**stated, "GOPROXY": public, "GOTOOLCHAIN": "local"}, tuple(_folders(proxies)))


# --- apt, maven --------------------------------------------------------------------------------------------------


async def _apt(machine: Machine, folder: Path) -> Source:
    said = await machine.ask(folder, "apt-get", "update", "--print-uris")
    return Source(_places(re.findall(r"'(https?://[^']+)'", said or "")))


SUPER_POM = "org/apache/maven/model/pom-4.0.0.xml"


async def _maven(machine: Machine, folder: Path) -> Source:
    said = await machine.ask(folder, "mvn", "-v")
    found = re.search(r"Maven home: (.*)", said or "")
    if found is None:
        return Source()
    root = Path(found[1].strip())
    settings = (machine.home / ".m2" / "settings.xml", root / "conf" / "settings.xml")
    stated = [url for file in settings for url in _urls(_read(file), ("mirror", "repository", "pluginRepository"))]
    built_in = [url for jar in root.glob("lib/maven-model-builder*.jar") for url in _repositories(jar)]
    return Source(_places([*stated, *built_in]))


def _repositories(jar: Path) -> list[str]:
    """Repositories in the model that every project inherits, as this Maven carries it."""
    try:
        with zipfile.ZipFile(jar) as archive:
            return _urls(archive.read(SUPER_POM), ("repository", "pluginRepository"))
    except (OSError, KeyError, zipfile.BadZipFile):
        return []


def _urls(document: bytes, elements: Iterable[str]) -> list[str]:
    """Addresses in those elements of a Maven document, except of mirrors whose only purpose is to block."""
    try:
        root = ElementTree.fromstring(document)
    except (ElementTree.ParseError, DefusedXmlException):
        return []
    found = []
    for element in root.iter():
        if element.tag.rpartition("}")[2] in elements:
            said = {child.tag.rpartition("}")[2]: (child.text or "").strip() for child in element}
            found += [said["url"]] if "url" in said and said.get("blocked") != "true" else []
    return found


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


# --- common ------------------------------------------------------------------------------------------------------


def _places(urls: Iterable[str]) -> tuple[str, ...]:
    """`host:port` of every web address among `urls`, each once, in order. What can't be read is left out."""
    found = []
    for url in urls:
        parts = urlsplit(url)
        if parts.scheme in PORTS and parts.hostname:
            try:
                found.append(str(destination(_authority(parts), PORTS[parts.scheme])))
            except (Refused, ValueError):
                continue
    return tuple(dict.fromkeys(found))


def _authority(parts: SplitResult) -> str:
    """Host and port without the user's name and password."""
    return parts.netloc.rpartition("@")[2]


def _public(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=_authority(parts)).geturl() if "@" in parts.netloc else url


def _folders(urls: Iterable[str]) -> list[Mount]:
    """Directories of this machine among `urls` (`file:` addresses or absolute paths), at their own places."""
    found = []
    for url in urls:
        path = Path(unquote(urlsplit(url).path) if url.startswith("file:") else url)
        if path.is_absolute() and path.is_dir() and not is_private(path, homes()):
            found.append(Mount(path, str(path)))
    return found


def _trusting(
    client: str, file: str, variable: str, places: tuple[str, ...], env: Mapping[str, str], mounts: Iterable[Mount]
) -> Source:
    """A source whose client trusts a file of certificates of its own, if it names one."""
    shown = [*mounts]
    settings = {name: value for name, value in env.items() if value}
    if file and Path(file).is_file():
        target = TRUSTED.format(client)
        shown.append(Mount(Path(file).resolve(), target))
        settings[variable] = target
    return Source(places, settings, tuple(dict.fromkeys(shown)))


CLIENTS: Mapping[str, Callable[[Machine, Path], Awaitable[Source]]] = {
    "pip": _pip,
    "npm": _npm,
    "cargo": _cargo,
    "go": _go,
    "apt": _apt,
    "maven": _maven,
}

"""What is found on a machine: its toolchains, its package clients, its uids and control groups, and the backend that it
can have."""

import json
import os
from pathlib import Path

import pytest

from sandbox import cgroups, clients, policy, toolchains
from sandbox.api import Mount, SandboxUnavailable
from sandbox.backends import BACKENDS, Wishes, choose
from sandbox.toolchains import Toolchain, is_private
from tests.contract.sandboxes import SMALL, backend, engine, opened, sh


async def test_toolchains_work_inside_from_their_own_prefixes(tmp_path: Path) -> None:
    found = await toolchains.find(os.get_exec_path()[0] + ":" + ":".join(os.get_exec_path()), Path.home())
    assert found[0] == toolchains.own_python()
    assert [each for each in toolchains.mounts(found) if is_private(each.source, toolchains.homes())] == []
    ask = {"python3": "-V", "node": "--version", "cargo": "--version", "go": "version", "java": "-version"}
    async with backend("bubblewrap", tmp_path / "home", offered=found) as place, opened(place, tmp_path / "t") as box:
        for each in found:
            code, said = await sh(box, f"{each.name} {ask[each.name]}")
            assert (each.name, code) == (each.name, 0), said
            assert each.version.split(".")[0] in said


def test_a_home_directory_is_never_a_toolchain() -> None:
    homes = [Path("/root"), Path("/home/ann")]
    private = ["/", "/home", "/root", "/home/ann", "/home/ann/.local"]
    public = ["/opt/node", "/home/ann/.pyenv/versions/3.12.1", "/home/bea/.rustup/toolchains/stable", "/home/ann/go"]
    assert [is_private(Path(each), homes) for each in private + public] == [True] * 5 + [False] * 4


def test_a_toolchain_without_a_prefix_is_not_mounted() -> None:
    found = [
        Toolchain("node", "20", Path("/usr/bin/node")),
        Toolchain("go", "1", Path("/o/bin/go"), Path("/o"), "/o/bin"),
    ]
    assert toolchains.mounts(found) == (Mount(Path("/o"), "/o"),)
    assert toolchains.path_folders(found) == ["/o/bin"]


def test_sessions_have_uids_of_their_own() -> None:
    if os.geteuid() != 0:
        assert policy.uid_of("a") is None
        return
    found = [policy.uid_of(f"session {number}") for number in range(100)]
    assert len(set(found)) == 100
    assert found == [policy.uid_of(f"session {number}") for number in range(100)]
    assert policy.uid_range("0 0 4294967295") == (1_000_000, 1_000_000)
    assert policy.uid_range("0 100000 65536") == (20_000, 30_000)


def test_control_groups_hold_what_was_asked_or_are_not_there() -> None:
    group = cgroups.create(f"maestro-test-{os.getpid()}", SMALL)
    if group is None:
        pytest.skip("control groups are not writable here")
    assert group.processes() == []
    assert [folder.is_dir() for folder in group.folders] == [True] * len(group.folders)
    assert group.out_of_memory() == 0
    group.remove()
    assert [folder.is_dir() for folder in group.folders] == [False] * len(group.folders)


# --- package clients ---------------------------------------------------------------------------------------------


def machine(tmp_path: Path, **env: str) -> clients.Machine:
    """A machine whose only programs are those in `tmp_path/bin`."""
    (tmp_path / "bin").mkdir(exist_ok=True)
    return clients.Machine(f"{tmp_path}/bin:{os.defpath}", tmp_path, env)


def program(tmp_path: Path, name: str, script: str) -> None:
    (tmp_path / "bin").mkdir(exist_ok=True)
    file = tmp_path / "bin" / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


async def test_pip_is_asked_for_its_own_index(tmp_path: Path) -> None:
    for folder in ("links", "mirror/simple"):
        (tmp_path / folder).mkdir(parents=True)
    env = {
        "PIP_INDEX_URL": "https://user:secret@index.example:8443/simple",
        "PIP_EXTRA_INDEX_URL": f"http://more.example/simple file://{tmp_path}/mirror/simple",
        "PIP_FIND_LINKS": f"{tmp_path}/links",
        "PIP_CONFIG_FILE": os.devnull,
    }
    assert await clients.source("pip", machine(tmp_path, **env)) == clients.Source(
        ("index.example:8443", "more.example:80"),
        {
            "PIP_INDEX_URL": "https://index.example:8443/simple",
            "PIP_EXTRA_INDEX_URL": f"http://more.example/simple file://{tmp_path}/mirror/simple",
            "PIP_FIND_LINKS": f"{tmp_path}/links",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        },
        (Mount(tmp_path / "links", f"{tmp_path}/links"), Mount(tmp_path / "mirror", f"{tmp_path}/mirror")),
    )


async def test_npm_is_asked_for_its_registries(tmp_path: Path) -> None:
    said = {"registry": "https://u:p@npm.example/r/", "@own:registry": "http://own.example:4873/", "cafile": None}
    program(tmp_path, "npm", f"echo warned >&2; echo '{json.dumps(said)}'")
    assert await clients.source("npm", machine(tmp_path)) == clients.Source(
        ("npm.example:443", "own.example:4873"),
        {"npm_config_registry": "https://npm.example/r/", "npm_config_@own:registry": "http://own.example:4873/"},
    )


async def test_cargo_is_asked_for_its_index_and_the_index_for_its_files(tmp_path: Path) -> None:
    program(tmp_path, "cargo", "echo 'failed to download from `http://127.0.0.1:9/index/config.json`'; exit 101")
    assert await clients.hosts("cargo", machine(tmp_path)) == ("127.0.0.1:9",)


async def test_go_is_asked_for_its_proxies_and_its_sums(tmp_path: Path) -> None:
    said = {
        "GOPROXY": "https://u:p@go.example,https://more.example|direct",
        "GOSUMDB": "sum.example+033de0ae",
        "GONOSUMDB": "",
        "GOPRIVATE": "",
        "GONOPROXY": "",
    }
    program(tmp_path, "go", f"echo '{json.dumps(said)}'")
    found = await clients.source("go", machine(tmp_path))
    assert found.hosts == ("go.example:443", "more.example:443", "sum.example:443")
    assert found.env["GOPROXY"] == "https://go.example,https://more.example|direct"


async def test_apt_and_maven_are_asked_for_their_repositories(tmp_path: Path) -> None:
    program(tmp_path, "apt-get", "echo \"'http://deb.example/debian/dists/x/InRelease' deb.example_x 0\"")
    assert await clients.hosts("apt", machine(tmp_path)) == ("deb.example:80",)
    (tmp_path / ".m2").mkdir()
    (tmp_path / ".m2" / "settings.xml").write_text(
        "<settings xmlns='urn:x'><mirrors><mirror><url>https://maven.example/all</url></mirror>"
        "<mirror><url>http://0.0.0.0/</url><blocked>true</blocked></mirror></mirrors></settings>"
    )
    program(tmp_path, "mvn", f"echo 'Maven home: {tmp_path}/nowhere'")
    assert await clients.hosts("maven", machine(tmp_path)) == ("maven.example:443",)


async def test_a_client_that_is_not_there_has_no_hosts(tmp_path: Path) -> None:
    nothing = clients.Machine(str(tmp_path), tmp_path)
    found = {name: await clients.source(name, nothing) for name in ("npm", "cargo", "go", "apt", "maven")}
    assert found == dict.fromkeys(found, clients.Source())
    with pytest.raises(KeyError):
        await clients.source("unknown", nothing)


# --- choosing ----------------------------------------------------------------------------------------------------


async def test_a_backend_is_chosen_by_setting_and_machine(tmp_path: Path) -> None:
    assert [kind.name for kind in BACKENDS] == ["bubblewrap", "docker"]
    wishes = Wishes(tmp_path, engine=f"unix://{tmp_path}/nothing.sock")
    assert (await choose("bubblewrap", wishes)).name == "bubblewrap"
    assert (await choose("auto", wishes)).name == "bubblewrap"
    with_image = Wishes(tmp_path, engine=wishes.engine, image="any")
    assert (await choose("auto", with_image)).name == "bubblewrap"
    with pytest.raises(SandboxUnavailable, match="install a Docker engine"):
        await choose("docker", with_image)
    with pytest.raises(ValueError, match="choose auto, bubblewrap or docker"):
        await choose("none", wishes)


async def test_docker_is_chosen_when_an_engine_answers_and_an_image_is_set(tmp_path: Path) -> None:
    found = engine()
    if isinstance(found, str):
        pytest.skip(found)
    for setting in ("auto", "docker"):
        chosen = await choose(setting, Wishes(tmp_path, image=found.image, engine=found.address))
        assert chosen.name == "docker"
        await chosen.close()  # type: ignore[attr-defined]
    with pytest.raises(SandboxUnavailable, match="MAESTRO_SANDBOX_IMAGE"):
        await choose("docker", Wishes(tmp_path, engine=found.address))

"""What maven and gradle share: how JUnit XML names Java tests, and where their classes lie."""

import re
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath

_SOURCE = re.compile(r"(?:^|.*/)src/[^/]+/(?:java|kotlin|groovy|scala)/(.+)\.(?:java|kt|groovy|scala)")
_METHOD = re.compile(r"([A-Za-z_$][\w$]*)(?=\W|$)(?! )")


def identify(attributes: Mapping[str, str]) -> str:
    """`package.Class#method`; a class that failed as a whole has no method."""
    owner, name = attributes.get("classname", ""), attributes.get("name", "")
    return f"{owner}#{name}" if owner and name and name != owner else owner or name


def split(test: str) -> tuple[str, str]:
    """Class and method of a test id; the method is '' where the test goes by a name of its own."""
    owner, _, name = test.partition("#")
    found = _METHOD.match(name)
    return owner, found[1] if found else ""


def class_of(path: str) -> str:
    """The class that a source file holds; '' for files that are no test classes."""
    found = _SOURCE.fullmatch(path)
    return found[1].replace("/", ".") if found else ""


def class_file(test: str, paths: Collection[str]) -> str:
    """The source file of a test's class, which for nested classes is the outer one's."""
    place = split(test)[0].split("$", 1)[0].replace(".", "/")
    found = [path for path in sorted(paths) if PurePosixPath(path).with_suffix("").as_posix().endswith("/" + place)]
    return found[0] if place and found else ""

"""Any command that writes JUnit XML where `.maestro.yml` says (`junit:`)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.checks.results import conclude, nothing_left, numbered, read_junit
from bot.checks.runners.base import REPORTS, collected, script, shell
from bot.ports.agent import Tests


@dataclass(frozen=True, slots=True)
class Junit:
    """Test ids are `classname.name`. `path` is the result file in the work tree, or a glob of several."""

    path: str = ""
    name: str = "junit"
    selects: bool = False
    result_files: tuple[str, ...] = (REPORTS,)

    @property
    def support_files(self) -> Mapping[str, str]:
        return {}

    def recognise(self, command: str) -> bool:  # noqa: ARG002 - the protocol's
        """Never: that a command writes JUnit XML does not show in its words."""
        return False

    def instrument(
        self,
        command: str,
        paths: Sequence[str] = (),  # noqa: ARG002 - an unknown runner can't be restricted
        only: Sequence[str] = (),  # noqa: ARG002
    ) -> tuple[str, ...]:
        remove, copy = collected(self.path.removeprefix("./").replace("**/", "*"))
        return shell(script(command, before=remove, after=copy))

    def parse(self, exit_code: int | None, output: str, files: Mapping[str, bytes]) -> Tests:
        cases, problem = read_junit(files, _identify)
        if not cases and not problem:
            problem = nothing_left("the test command", exit_code, output)
        return conclude(numbered(cases), exit_code=exit_code, problem=problem)

    def file_of(self, test: str, paths: Collection[str]) -> str:
        """The file among the paths that the id begins with, as a path or with dots; the longest."""
        dotted = {path: path.rpartition(".")[0].replace("/", ".") for path in paths}
        found = [path for path, name in dotted.items() if test.startswith((path, name + "."))]
        return max(found, key=lambda path: (len(path), path), default="")


def _identify(attributes: Mapping[str, str]) -> str:
    owner = attributes.get("classname") or attributes.get("class") or attributes.get("file") or ""
    name = attributes.get("name", "")
    return f"{owner}.{name}" if owner and name else owner or name

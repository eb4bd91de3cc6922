"""`files`: are these paths there, and those gone? Answered from the tree alone."""

from collections.abc import Mapping

from pydantic import JsonValue, model_validator

from bot.checks.arguments import Arguments, complaint, read
from bot.checks.globs import matches
from bot.domain.work import Verdict
from bot.ports import Judgement, Question, Result, Run


class FilesArguments(Arguments):
    """Paths or globs; a folder's name stands for anything below it."""

    exist: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _asks_something(self) -> "FilesArguments":
        if not self.exist and not self.absent:
            raise ValueError("name at least one path in exist or absent")
        return self


class FilesCheck:
    name = "files"
    always = False

    def problem(self, args: Mapping[str, JsonValue]) -> str | None:
        return complaint(FilesArguments, args)

    def step(self, question: Question, _: Mapping[str, Result], /) -> tuple[Run, ...] | Judgement | None:
        if question.claim is None:
            return None
        asked = read(FilesArguments, question.claim.args)
        missing = [p for p in asked.exist if not _present(p, question.head_paths)]
        left = [p for p in asked.absent if _present(p, question.head_paths)]
        if missing or left:
            faults = [f"missing: {', '.join(missing)}"] * bool(missing) + [f"still there: {', '.join(left)}"] * bool(
                left
            )
            return Judgement(Verdict.REFUTED, f"{'; '.join(faults)}.")
        said = [f"there: {', '.join(asked.exist)}"] * bool(asked.exist)
        said += [f"gone: {', '.join(asked.absent)}"] * bool(asked.absent)
        return Judgement(Verdict.UPHELD, f"{'; '.join(said)}.")


def _present(pattern: str, paths: frozenset[str]) -> bool:
    """A pattern is looked for from the top: `a.py` means that file, not one of this name somewhere below."""
    anchored = "/" + pattern.strip().removeprefix("./").lstrip("/")
    return anchored[1:] in paths or any(matches(path, (anchored,)) for path in paths)


CHECK = FilesCheck()

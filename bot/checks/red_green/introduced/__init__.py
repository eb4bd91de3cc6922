"""Old sources to which the names are added that changed tests import and that only the change brings: else a test file
that imports a new error type can't be loaded over the old sources, and none of its tests shows anything there. What the
names stand for is the head's own text, so a test that only looks at them passes, and shows nothing. Pure."""

import re
from collections.abc import Iterable, Mapping

from bot.checks.integrity.javascript.tests import JAVASCRIPT
from bot.checks.overlay import source_changes
from bot.checks.red_green.introduced.javascript import completed_javascript
from bot.checks.red_green.introduced.python import completed_python
from bot.checks.running import are_plantable
from bot.ports import Question

_INCOMPLETE = re.compile(
    r"is not defined|cannot import name|No module named|does not provide an export|Cannot access '\w+' before"
)


def introduced(question: Question, files: Iterable[str]) -> Mapping[str, str]:
    """The old sources with what these test files of the head import and the old ones lack, by path; with whole modules
    that are new. Empty where they lack nothing, or it can't be told what."""
    sources = [change for change in source_changes(question) if change.new is not None]
    texts = {file: question.head_files.get(file, "") for file in files}
    found: dict[str, str] = {}
    for completed, suffixes in ((completed_python, (".py",)), (completed_javascript, JAVASCRIPT)):
        mine = {file: text for file, text in texts.items() if file.endswith(suffixes)}
        found |= completed(mine, [source for source in sources if source.path.endswith(suffixes)])
    return found if are_plantable(found.values()) else {}


def is_incomplete(message: str) -> bool:
    """Whether a test fails since what was added needs more than that."""
    return _INCOMPLETE.search(message) is not None

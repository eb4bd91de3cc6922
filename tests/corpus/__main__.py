"""`python -m tests.corpus` prints what reading alone tells of every case, by kind of finding: a few seconds.

`python -m tests.corpus.executed` runs them all in sandboxes: the better part of an hour.
"""

from bot.checks.integrity import static_findings
from tests.corpus.executed import cases_of
from tests.corpus.report import by_kind, kinds

if __name__ == "__main__":
    print(by_kind({case: kinds(static_findings(case.question())) for case in cases_of()}, running=False))

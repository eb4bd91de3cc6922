"""Signs as findings: each place and kind once, with the change there, explained where the plan names it."""

from collections.abc import Iterable, Sequence

from bot.checks.integrity.difference import Difference
from bot.checks.integrity.model import QUIET, Sign
from bot.checks.integrity.reading import is_code
from bot.checks.planned import explained
from bot.checks.planned.explained import sentences, tells_limit, tells_value
from bot.checks.planned.turned import keeps, same_turn
from bot.domain.work import Finding
from bot.ports import Question

MOST = 300  # findings of one record


def findings(question: Question, signs: Iterable[Sign]) -> tuple[Finding, ...]:
    """What is to be held against a change, or explained."""
    signs = list(signs)
    named = meant(signs, sentences(question.plan))
    changes = {change.path: change for change in question.changes}
    changes |= {c.renamed_from: c for c in question.changes if c.renamed_from is not None}
    differences: dict[str, Difference] = {}
    seen: dict[tuple[str, str, int | None, str], Finding] = {}
    for sign in signs:
        key = (sign.kind, sign.path, sign.line, sign.what)
        if key in seen or len(seen) >= MOST or sign.kind == QUIET:
            continue
        change = changes.get(sign.path)
        path = sign.path if change is None or sign.old else change.path
        if path not in differences:
            differences[path] = Difference.of(change.old, change.new) if change is not None else Difference((), ())
        difference = differences[path]
        line = difference.new_line(sign.line) if sign.old and change is not None and change.new else sign.line
        seen[key] = Finding(
            kind=sign.kind,
            path=path,
            line=line,
            what=sign.what[:1].upper() + sign.what[1:],
            hunk=difference.hunk(sign.line, old=sign.old),
            explained="plan" if sign in named else None,
        )
    return tuple(seen.values())


def meant(signs: Sequence[Sign], said: Sequence[str]) -> set[Sign]:
    """The signs that the plan names, and expectations that turn as others do of which it tells."""
    named = {sign for sign in signs if _is_named(sign, said)}
    named |= {sign for sign in signs if sign.missing and explained.is_gone(sign.missing, said)}
    named |= {sign for sign in signs if sign.instead and explained.uses(sign.names, sign.instead, said)}
    kinds = ("snapshot-rewritten", "expectation-changed")
    recorded = [sign for sign in signs if sign.kind in kinds and not is_code(sign.path)]
    paths = [sign.path for sign in recorded]
    named |= {sign for sign in recorded if explained.names_the_only(sign.path, paths, said)}
    turned = [(s, s.turn) for s in signs if s.turn is not None and _may_turn(s)]
    told = {sign: turn for sign, turn in turned if explained.is_told(turn, sign.path, said, sign.names)}
    alike = {sign for sign, turn in turned if any(same_turn(each, turn) for each in told.values())}
    return named | told.keys() | alike


def _may_turn(sign: Sign) -> bool:
    """Whether an expectation is another one; of one that is gone, whether it is kept in other words."""
    if sign.old:
        return sign.turn is not None and keeps(sign.turn)
    return sign.kind in (QUIET, "expectation-changed")


def _is_named(sign: Sign, said: Sequence[str]) -> bool:
    limit, turn = sign.limit, sign.turn
    if limit is not None and sign.kind == "test-weakened":
        return explained.is_widened(limit, sign.path, said, sign.names)
    fitting = said if limit is None else [each for each in said if tells_limit(each, limit)]
    fitting = fitting if turn is None else [each for each in fitting if tells_value(each, turn)]
    if about := sign.about or (sign.kind in ("runner-changed", "environment-probe") and sign.what):
        fitting = [each for each in fitting if explained.is_about(each, about, sign.path, sign.names)]
    kinds = ("expectation-changed" if sign.kind == QUIET else sign.kind, *(("made-exact",) if sign.exact else ()))
    named = any(explained.is_explained(kind, sign.path, fitting, sign.names) for kind in kinds)
    return named or explained.is_left_out(sign.left_out, said)

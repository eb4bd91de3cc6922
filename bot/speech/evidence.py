"""Evidence in words: the table, the folded details, the check run, the pull request. Rendered from records alone."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.domain.session import Session
from bot.domain.standing import Retraction, identity, names
from bot.domain.words import plural
from bot.domain.work import Counts, Evidence, Finding, TestChanges, Verdict
from bot.speech.gate import gated, stripped
from bot.speech.neutral import title
from bot.speech.post import Block, Code, Quote, Table, Text
from bot.speech.voice import Voice
from bot.speech.words import code, inline

SIGNS = {Verdict.UPHELD: "✅", Verdict.REFUTED: "❌", Verdict.UNPROVEN: "❔"}
WORST = (Verdict.REFUTED, Verdict.UNPROVEN)
CONCLUSIONS = {Verdict.REFUTED: "failure", Verdict.UNPROVEN: "neutral", Verdict.UPHELD: "success"}


def overall(session: Session) -> Verdict | None:
    """What the standing evidence adds up to: the worst verdict of all claims and always-run checks; a claim without a
    fresh record is unproven, and so is work without any record."""
    verdicts = [e.verdict for e in session.standing_evidence]
    verdicts += [Verdict.UNPROVEN for c in session.claims if c.verdict is None or c.stale]
    if not verdicts:
        return Verdict.UNPROVEN if session.evidence else None
    return next((v for v in WORST if v in verdicts), Verdict.UPHELD)


def unexplained(session: Session) -> int:
    """How many integrity findings nobody has accounted for."""
    return sum(1 for e in session.standing_evidence for f in e.findings if f.explained is None)


def conclusion(session: Session) -> str:
    """The check run's conclusion: `success` only when all is upheld and nothing is left unexplained."""
    verdict = overall(session) or Verdict.UNPROVEN
    if verdict is Verdict.UPHELD and unexplained(session):
        return "neutral"
    return CONCLUSIONS[verdict]


def table(session: Session, voice: Voice) -> Table:
    rows = rows_of(session, in_order(session), voice)
    missing = tuple(
        (inline(c.claim.text), code(c.claim.check), "not checked", "", "")
        for c in session.claims
        if c.verdict is None or c.stale
    )
    return Table(head=HEAD, rows=rows + missing)


HEAD = ("claim", "check", "verdict", "result", "record")


def rows_of(session: Session, records: Iterable[Evidence], voice: Voice) -> tuple[tuple[str, ...], ...]:
    return tuple(_row(session, record, voice) for record in records)


def in_order(session: Session) -> list[Evidence]:
    """The standing records as a reader wants them: the plan's claims first, then what is always checked."""
    order = {c.claim.id: n for n, c in enumerate(session.claims)}
    return sorted(session.standing_evidence, key=lambda e: (order.get(e.claim or "", len(order)), e.check))


def _row(session: Session, record: Evidence, voice: Voice) -> tuple[str, ...]:
    texts = {c.claim.id: c.claim.text for c in session.claims}
    claim = inline(texts.get(record.claim or "", "")) or "_always checked_"
    verdict = f"{SIGNS[record.verdict]} {record.verdict}"
    return (claim, code(record.check), verdict, result(record), link(session, record.n, voice))


def link(session: Session, n: int, voice: Voice) -> str:
    """A record's number, leading to its page where there is one."""
    page = voice.record(session.id, n)
    return f"[#{n}]({page})" if page else f"#{n}"


def result(record: Evidence) -> str:
    """Counts where they say all, otherwise the reason."""
    if record.counts and record.counts.total and not record.counts.failed + record.counts.errors:
        return counted(record.counts) + (
            f"; {len(record.tests.fixed)} fixed" if record.tests and record.tests.fixed else ""
        )
    return inline(record.reason, 160)


def counted(counts: Counts) -> str:
    said = [
        (counts.passed, "passed"),
        (counts.failed, "failed"),
        (counts.errors, "errors"),
        (counts.skipped, "skipped"),
    ]
    return ", ".join(f"{n} {word}" for n, word in said if n) or "no tests"


def details(record: Evidence) -> Code:
    """The facts of one record, folded."""
    lines = [
        f"check:     {record.check}",
        f"verdict:   {record.verdict}: {record.reason}",
        f"command:   {' '.join(record.argv) or '(nothing was run)'}",
        f"exit code: {record.exit_code}",
        f"head:      {record.head}",
        f"base:      {record.base}",
        f"sandbox:   {record.environment.backend} {record.environment.image} {record.environment.digest[:12]}",
        f"took:      {record.seconds:.1f} s",
        f"log:       sha256 {record.log_sha256 or '(none)'}",
        *named_tests(record.tests),
        *(f"finding:   {f.kind} {f.path}:{f.line or ''} {f.what}" for f in record.findings),
    ]
    return Code(title=f"#{record.n} {record.check}: {record.verdict}", text="\n".join(lines))


def named_tests(tests: TestChanges | None, limit: int = 50) -> list[str]:
    """Lines that name the tests that differ, at most `limit` of each sort."""
    lines: list[str] = []
    for word, ids in tests.model_dump().items() if tests else ():
        lines += [f"{word.replace('_', ' ')}: {test}" for test in ids[:limit]]
        if len(ids) > limit:
            lines.append(f"{word.replace('_', ' ')}: … and {len(ids) - limit} more")
    return lines


def findings(session: Session) -> list[tuple[str, Finding]]:
    """The standing integrity findings by their names, each once."""
    known = names(session.evidence)
    found = {known[identity(f)]: f for record in session.standing_evidence for f in record.findings}
    return sorted(found.items(), key=lambda each: int(each[0][1:]))


def findings_blocks(session: Session, *, hunks: bool = True) -> list[Block]:
    """The integrity findings, who accounted for each, and the hunks folded; nothing when there are none."""
    found = findings(session)
    if not found:
        return []
    words = {
        None: "**nobody yet**",
        "plan": "the approved plan",
        "human": "a person, by name",
        "execution": "a trial by execution",
    }
    rows = tuple((n, code(f.kind), code(_spot(f)), inline(f.what, 300), words[f.explained]) for n, f in found)
    blocks: list[Block] = [
        Text(markdown="### Integrity findings"),
        Table(head=("finding", "kind", "where", "what", "accounted for by"), rows=rows),
    ]
    if hunks:
        blocks += [Code(title=f"{n} {f.kind} {_spot(f)}", text=f.hunk, language="diff") for n, f in found if f.hunk]
    left = [name for name, f in found if f.explained is None]
    if left and (session.changed or session.delivered):
        advice = f"`/maestro accept {left[0]}` accounts for one by name; until then the check run is no success."
        blocks.append(Text(markdown=advice))
    return blocks


def _spot(finding: Finding) -> str:
    return f"{finding.path}:{finding.line}" if finding.line else finding.path


def retracted(session: Session, given: Iterable[Retraction], voice: Voice) -> list[Block]:
    """What was said, where, and what is true now; nothing when all of it still holds."""
    lines = [_retraction(session, one, voice) for one in given]
    return [Text(markdown="### Retracted\n\n" + "\n".join(f"- {line}" for line in lines))] if lines else []


def _retraction(session: Session, one: Retraction, voice: Voice) -> str:
    was, now, where = one.said.record, one.now, one.said.where
    about = f" for “{inline(one.said.claim, 160)}”" if one.said.claim else ""
    place = f" in [{inline(where.key, 60)}]({where.url})" if where and where.url else " before"
    moved = "" if was.tree == now.tree else f" of commit {code(was.head[:12])}"
    here = "" if was.tree == now.tree else f" for {code(now.head[:12])}"
    said = f"I said{place} that {code(was.check)}{about} was {was.verdict}{moved} ({link(session, was.n, voice)})."
    true = f"it is **{now.verdict}** by {link(session, now.n, voice)}: {inline(now.reason, 300)}"
    return f"{said} That does not hold{here}: {true}"


def proof(session: Session, numbers: Sequence[int], voice: Voice) -> list[Block]:
    """Records in full: the table, and everything that each of them holds."""
    made = [record for record in in_order(session) if record.n in numbers]
    if not made:
        return [Text(markdown="No check applies to this change, so there is no record.")]
    blocks: list[Block] = [Table(head=HEAD, rows=rows_of(session, made, voice))]
    return [*blocks, *(details(record) for record in made)]


def sentence(session: Session) -> str:
    """What the evidence comes to, in one sentence."""
    records = session.standing_evidence
    tally = {v: sum(1 for e in records if e.verdict is v) for v in Verdict}
    said = [f"{n} {verdict}" for verdict, n in tally.items() if n]
    return f"{plural(len(records), 'record')}: {', '.join(said)}." if said else "Nothing was checked."


def own_title(session: Session) -> str:
    """The model's title without results; the person's own words when it gave none."""
    said = stripped(session.finished.title) if session.finished else session.title
    return said.strip() or session.title.strip()


def pull_request(session: Session, voice: Voice) -> tuple[str, tuple[Block, ...]]:
    """Title and body of the pull request: what it was opened with, and the evidence as it stands."""
    session = replace(session, finished=session.after.first or session.finished)
    finished = session.finished
    name = title(own_title(session) or "Update")
    if overall(session) is Verdict.REFUTED:
        name = f"[WIP] {name}"
    own = session.pull_request.place if session.pull_request else None
    issues = (place for place in session.places if place.key.isdecimal() and place != own)
    issue = next((f"{'For' if session.is_pull else 'Closes'} #{place.key}." for place in issues), "")
    asked = f"Asked for by @{session.requester.login}." if session.requester else ""
    blocks: list[Block] = [Text(markdown=f"{issue} {asked}".strip())]
    if finished:
        words = gated(finished.summary, session, voice)
        blocks.append(Quote(text=words.text, notes=words.notes, by="the model's summary, not evidence"))
    blocks += [Text(markdown=f"### Evidence\n\n{sentence(session)}"), table(session, voice)]
    blocks += [details(record) for record in in_order(session)]
    blocks += findings_blocks(session)
    blocks += retracted(session, (*session.retracted, *session.due_retractions), voice)
    page = voice.page(session.id)
    blocks.append(Text(markdown=_footer(session, page)))
    return name[:250], tuple(blocks)


def _footer(session: Session, page: str) -> str:
    plan = f"Plan r{session.plan.rev} (`{session.plan.digest}`)" if session.plan else "No plan"
    by = session.approved.by if session.approved else None
    approved = f", approved by @{by.login}" if by else ", approval waived by the repository's rules"
    link = f" · [session]({page})" if page else ""
    return f"{plan}{approved if session.approved else ''}{link}"


def check_run_summary(session: Session, voice: Voice) -> tuple[str, tuple[Block, ...]]:
    """Title and summary of the check run `maestro / evidence`."""
    blocks = (Text(markdown=sentence(session)), table(session, voice), *findings_blocks(session))
    return sentence(session), blocks

"""Evidence in words: the table, the folded details, the check run, the pull request. Rendered from records alone."""

from bot.domain.session import Session
from bot.domain.work import Counts, Evidence, TestChanges, Verdict
from bot.speech.neutral import title
from bot.speech.post import Block, Code, Quote, Table, Text
from bot.speech.voice import Voice
from bot.speech.words import code, inline, plural

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
    rows = tuple(_row(session, record, voice) for record in in_order(session))
    missing = tuple(
        (inline(c.claim.text), code(c.claim.check), "not checked", "", "")
        for c in session.claims
        if c.verdict is None or c.stale
    )
    return Table(head=("claim", "check", "verdict", "result", "record"), rows=rows + missing)


def in_order(session: Session) -> list[Evidence]:
    """The standing records as a reader wants them: the plan's claims first, then what is always checked."""
    order = {c.claim.id: n for n, c in enumerate(session.claims)}
    return sorted(session.standing_evidence, key=lambda e: (order.get(e.claim or "", len(order)), e.check))


def _row(session: Session, record: Evidence, voice: Voice) -> tuple[str, ...]:
    texts = {c.claim.id: c.claim.text for c in session.claims}
    claim = inline(texts.get(record.claim or "", "")) or "_always checked_"
    page = voice.record(session.id, record.n)
    link = f"[#{record.n}]({page})" if page else f"#{record.n}"
    return (claim, code(record.check), f"{SIGNS[record.verdict]} {record.verdict}", result(record), link)


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


def sentence(session: Session) -> str:
    """What the evidence comes to, in one sentence."""
    records = session.standing_evidence
    tally = {v: sum(1 for e in records if e.verdict is v) for v in Verdict}
    said = [f"{n} {verdict}" for verdict, n in tally.items() if n]
    return f"{plural(len(records), 'record')}: {', '.join(said)}." if said else "Nothing was checked."


def pull_request(session: Session, voice: Voice) -> tuple[str, tuple[Block, ...]]:
    """Title and body of the pull request."""
    finished = session.finished
    name = title((finished.title if finished else session.title).strip() or "Update")
    if overall(session) is Verdict.REFUTED:
        name = f"[WIP] {name}"
    issue = f"Closes #{session.home.key}." if session.home and session.home.key.isdecimal() else ""
    asked = f"Asked for by @{session.requester.login}." if session.requester else ""
    blocks: list[Block] = [Text(markdown=f"{issue} {asked}".strip())]
    if finished:
        blocks.append(Quote(text=finished.summary, by="the model's summary, not evidence"))
    blocks += [Text(markdown=f"### Evidence\n\n{sentence(session)}"), table(session, voice)]
    blocks += [details(record) for record in in_order(session)]
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
    return sentence(session), (Text(markdown=sentence(session)), table(session, voice))

"""What the model reads: a session's events as Chat Completions messages, each serialised once and kept as bytes.

Pure and deterministic: the same events give the same bytes in every process, so a resumed session sends what the dead
one would have sent, and a prompt cache stays warm. Messages are only ever appended. What people and programs outside
wrote is quoted line by line ("> "), which no text can imitate; unquoted words in a user message are the program's own.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

from bot.domain.briefing import told
from bot.domain.events import (
    Answered,
    Approved,
    Asked,
    Body,
    Checked,
    Event,
    Finished,
    Grounded,
    Halted,
    Judged,
    ModelReplied,
    Opened,
    Planned,
    Rejected,
    Reminded,
    Replied,
    Rested,
    Resumed,
    SetUp,
    Spoke,
    ToolReturned,
)
from bot.domain.followups import Followup
from bot.domain.hidden import reveal
from bot.domain.session import Session
from bot.domain.work import Claim, Evidence, ToolCall, Verdict, as_json

Part: TypeAlias = Literal["dialogue", "files", "sandbox"]

CHARS_PER_TOKEN = 4
"""The usual estimate where no server counted for us."""

LOG_TAIL = 4_000
"""Characters of a check's log that the model is shown."""

IDS_SHOWN = 30
"""Test ids and findings of one record that the model is shown."""

NOT_RUN = "Not run: the turn ended before this call."
INTERRUPTED = "Interrupted: it is not known whether this call ran. Files are as at the last checkpoint."

_FILE_TOOLS = frozenset(
    {
        "view_file",
        "list_files",
        "search_files",
        "write_file",
        "edit_file",
        "delete_file",
        "move_file",
        "restore_file",
    }
)
_NO_LOGS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Capacity:
    """The context budget in tokens: what the next request would use of `limit`, and by what."""

    used: int
    limit: int
    dialogue: int
    files: int
    tools: int
    sandbox: int


class Transcript:
    """The dialogue so far, without the system message, which the phase decides and the caller puts in front."""

    def __init__(self) -> None:
        self._kept: list[bytes] = []
        self._unanswered: dict[str, str] = {}
        self._waiting: list[bytes] = []
        self._claims: Mapping[str, Claim] = {}
        self._checked: list[Evidence] = []
        self._chars: dict[Part, int] = {"dialogue": 0, "files": 0, "sandbox": 0}
        self._since_reply = 0

    def extend(self, events: Iterable[Event], logs: Mapping[str, str] = _NO_LOGS) -> None:
        """Take in more events, in order. `logs` holds check output by its SHA-256 (see `logs_wanted`)."""
        for event in events:
            self._add(event.body, logs)

    def logs_wanted(self, events: Iterable[Event]) -> frozenset[str]:
        """Which stored outputs `extend` would quote for these events."""
        standing = list(self._checked)
        wanted: set[str] = set()
        for event in events:
            if isinstance(event.body, Checked):
                standing.append(event.body.evidence)
            elif isinstance(event.body, Judged):
                wanted |= {e.log_sha256 for e in _against(standing, event.body) if e.log_sha256}
                standing = []
        return frozenset(wanted)

    def messages(self, system: bytes) -> tuple[bytes, ...]:
        """The messages of the next request. Every call has its result when no call is pending in the session."""
        return (system, *self._kept)

    @property
    def chars(self) -> Mapping[Part, int]:
        """Characters by what they were spent on."""
        return self._chars

    @property
    def chars_since_reply(self) -> int:
        """Characters added after the model's last answer, which its usage does not count."""
        return self._since_reply

    def _add(self, body: Body, logs: Mapping[str, str]) -> None:
        match body:
            case ModelReplied():
                self._close(INTERRUPTED)
                self._reply(body)
            case ToolReturned():
                self._result(body.call, body.name, body.text)
            case Halted() | Rested():
                self._close(INTERRUPTED)
            case Replied() | Finished():
                self._close(NOT_RUN)
            case Planned():
                self._close(NOT_RUN)
                self._claims = {claim.id: claim for claim in body.plan.claims}
            case Checked():
                self._checked.append(body.evidence)
            case Judged():
                against = _against(self._checked, body) if body.again else ()
                self._checked = []
                if against:
                    self._say(_refuted(body, against, self._claims, logs))
            case _:
                if words := _words(body):
                    self._say(words)

    def _reply(self, body: ModelReplied) -> None:
        calls = [_call(call) for call in body.calls]
        message: dict[str, object] = {"role": "assistant", "content": body.text or (None if calls else "(no words)")}
        if calls:
            message["tool_calls"] = calls
        self._keep(encode(message))
        self._chars["dialogue"] += len(body.text)
        for call in body.calls:
            self._unanswered[call.id] = call.name
            self._chars["files" if call.name in _FILE_TOOLS else "dialogue"] += len(call.arguments)
        self._since_reply = 0

    def _result(self, call: str, name: str, text: str) -> None:
        if self._unanswered.pop(call, None) is None:
            return  # a result without its call would make the request invalid
        self._keep(encode({"role": "tool", "tool_call_id": call, "content": text}))
        self._chars["files" if name in _FILE_TOOLS else "sandbox"] += len(text)
        self._release()

    def _close(self, why: str) -> None:
        """Give every call that never returned a result, so that the next request is valid."""
        for call, name in tuple(self._unanswered.items()):
            self._result(call, name, why)

    def _say(self, text: str) -> None:
        """A user message; while calls are out, it waits until their results are in."""
        self._waiting.append(encode({"role": "user", "content": text}))
        self._chars["dialogue"] += len(text)
        self._release()

    def _release(self) -> None:
        if not self._unanswered:
            for message in self._waiting:
                self._keep(message)
            self._waiting.clear()

    def _keep(self, message: bytes) -> None:
        self._kept.append(message)
        self._since_reply += len(message)


def encode(message: object) -> bytes:
    """One message as compact UTF-8 JSON; a lone surrogate becomes a question mark."""
    return as_json(message).encode("utf-8", "replace")


def quote(text: str) -> str:
    """Somebody else's words, every line marked, whatever it holds."""
    return "\n".join(f"> {line}" for line in text.splitlines())


def heard(text: str) -> str:
    """Somebody's words as a reader of the page sees them, quoted; what was hidden in them is only counted, in words of
    ours that stand outside the quotation."""
    found = reveal(text)
    return "\n".join(part for part in (quote(found.visible), found.note) if part)


def capacity(session: Session, transcript: Transcript, limit: int, tools: int = 0) -> Capacity:
    """How full the context is, in tokens. `tools` is the size in characters of the tool list and system prompt."""
    spent = transcript.chars
    chars = sum(spent.values()) + tools
    last = session.last_usage
    counted = last.input_tokens + last.output_tokens
    used = (counted or chars // CHARS_PER_TOKEN) + (transcript.chars_since_reply // CHARS_PER_TOKEN if counted else 0)
    files, shell, listed = (used * part // max(chars, 1) for part in (spent["files"], spent["sandbox"], tools))
    return Capacity(used, limit, used - files - shell - listed, files, listed, shell)


def _call(call: ToolCall) -> dict[str, object]:
    return {"id": call.id, "type": "function", "function": {"name": _nameable(call.name), "arguments": call.arguments}}


def _nameable(name: str) -> str:
    """A tool's name as servers accept it; what the model made up may hold anything."""
    return re.sub(r"[^a-zA-Z0-9_-]", "_", name)[:64] or "nameless"


def _words(body: Body) -> str:
    """What the program tells the model of an event; '' for what is none of its business."""
    match body:
        case Opened():
            title = f"{body.title}\n\n" if body.title else ""
            return f"{body.requester.login} opened {body.place.key}:\n{heard(title + body.text)}"
        case Spoke():
            said = f"says, with the command `{body.verb}`" if body.verb else "says"
            return f"{body.actor.login} {said}:\n{heard(body.text)}" if body.text else f"{body.actor.login} {said}."
        case Approved():
            by = f"by {body.by.login}" if body.by else "by the repository's rules"
            return f"Plan r{body.rev} was approved {by}. Carry it out."
        case Rejected():
            return f"{body.by.login} rejected plan r{body.rev}.\n{heard(body.why)}".rstrip()
        case Asked():
            options = "".join(f"\n- {option}" for option in body.options)
            return f"The program asked the humans: {body.question}{options}" if body.by == "program" else ""
        case Answered():
            return f"{body.by.login} answers question {body.ask}:\n{heard(body.text)}"
        case Resumed():
            return f"{body.by.login} says: go on."
        case Reminded():
            return body.text
        case Grounded():
            return _ground(body)
        case SetUp():
            return _set_up(body)
        case _:
            return told(body) if isinstance(body, Followup) else ""


def _ground(body: Grounded) -> str:
    """The repository's facts, as the program found them."""
    checks = "".join(f"\nCheck {name}: `{command}`" for name, command in body.rules.checks.items())
    benchmarks = "".join(f"\nBenchmark {name}: `{command}`" for name, command in body.rules.benchmark.items())
    because = f" (from {', '.join(body.detected.because)})" if body.detected.because else ""
    tests = f"`{body.detected.test}`{because}" if body.detected.test else "none found"
    problems = "".join(f"\nProblem: {problem}" for problem in body.problems)
    protected = f"\nProtected, not to be changed: {', '.join(body.rules.protected)}" if body.rules.protected else ""
    skills = "".join(f"\nThe repository's own advice:\n{heard(skill)}" for skill in body.skills)
    base = f"The work tree is {body.base_branch} at {body.base[:12]}."
    return f"{base}\nTest command: {tests}{checks}{benchmarks}{protected}{problems}{skills}"


def _set_up(body: SetUp) -> str:
    if not body.commands:
        return ""
    commands = ", ".join(f"`{command}`" for command in body.commands)
    blocked = f"\nHosts that were refused: {'; '.join(body.blocked)}" if body.blocked else ""
    if body.ok:
        return f"The set-up has run: {commands}.{blocked}"
    return f"The set-up failed: {commands}. Work with what is there.{blocked}\n{quote(body.log[-LOG_TAIL:])}"


def _against(checked: Iterable[Evidence], judged: Judged) -> tuple[Evidence, ...]:
    """The records that speak against the work, refuted before unproven."""
    named = [e for e in checked if e.n in judged.refuted or e.n in judged.unproven]
    return tuple(sorted(named, key=lambda e: (e.verdict is not Verdict.REFUTED, e.n)))


def _refuted(judged: Judged, against: Iterable[Evidence], claims: Mapping[str, Claim], logs: Mapping[str, str]) -> str:
    records = "\n\n".join(_record(e, claims, logs.get(e.log_sha256, "")) for e in against)
    return (
        f"Round {judged.round} of the checks spoke against the work. The program recorded this in fresh sandboxes:\n\n"
        f"{records}\n\nFind the cause, mend it, and call `finish` again."
    )


def _record(e: Evidence, claims: Mapping[str, Claim], log: str) -> str:
    """One record, in the program's words where it judged and quoted where the code under test spoke."""
    claim = claims.get(e.claim or "")
    lines = [f"Record {e.n}, check `{e.check}`{f', claim {claim.id}' if claim else ''}: {e.verdict.value}."]
    if claim:
        lines.append(quote(claim.text))
    lines.append(f"Reason: {e.reason}")
    if e.argv:
        ended = "ended by its time limit" if e.exit_code is None else f"exit code {e.exit_code}"
        lines.append(f"Command: `{' '.join(e.argv)}`, {ended}")
    if e.counts:
        c = e.counts
        lines.append(f"Tests: {c.passed} passed, {c.failed} failed, {c.skipped} skipped, {c.errors} errors")
    lines += _test_changes(e)
    lines += [quote(f"{f.kind} {f.path}:{f.line or ''} {f.what}") for f in e.findings[:IDS_SHOWN]]
    if log.strip():
        lines.append(f"End of its output:\n{quote(log[-LOG_TAIL:])}")
    return "\n".join(lines)


def _test_changes(e: Evidence) -> list[str]:
    if e.tests is None:
        return []
    named = {
        "Broken": e.tests.broken,
        "Removed": e.tests.removed,
        "Newly skipped": e.tests.newly_skipped,
        "Flaky": e.tests.flaky,
    }
    return [f"{what} ({len(ids)}):\n{quote(chr(10).join(ids[:IDS_SHOWN]))}" for what, ids in named.items() if ids]

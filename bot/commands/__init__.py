"""The verbs, and how a text becomes commands.

A command stands at the beginning of a line: `/maestro <verb> …` or `@<bot> <verb or plain words>`. Its words go on to
the end of the text or the next command. Quoted lines, code, and HTML comments never speak.
"""

import difflib
import re
from dataclasses import dataclass

from bot.commands import (
    accept,
    answer,
    approve,
    benchmark,
    explain,
    fix,
    hand,
    help,
    implement,
    plan,
    prove,
    reject,
    resume,
    retry,
    secrets,
    status,
    stop,
    take,
)
from bot.commands.command import Command, Decision, Refusal, Said
from bot.domain.session import Phase, Session

COMMANDS: tuple[Command, ...] = (
    implement.COMMAND,
    plan.COMMAND,
    approve.COMMAND,
    reject.COMMAND,
    explain.COMMAND,
    fix.COMMAND,
    benchmark.COMMAND,
    prove.COMMAND,
    accept.COMMAND,
    answer.COMMAND,
    take.COMMAND,
    hand.COMMAND,
    stop.COMMAND,
    resume.COMMAND,
    retry.COMMAND,
    status.COMMAND,
    secrets.COMMAND,
    help.COMMAND,
)
BY_VERB = {command.verb: command for command in COMMANDS}

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_HIDDEN = re.compile(r"<(pre|code|details|blockquote)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Parsed:
    """One command found in a text. `verb` is '' for plain words said to the bot, and may be one that we don't have."""

    verb: str
    words: str


def spoken_lines(text: str) -> list[str]:
    """The lines of a Markdown text that somebody says: no quotes, code or hidden parts. Blank lines stay."""
    visible = _HIDDEN.sub("", _COMMENT.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    lines: list[str] = []
    fence = ""
    for line in visible.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            closes = mark and mark[1][0] == fence[0] and len(mark[1]) >= len(fence) and not line.strip(" `~")
            fence = "" if closes else fence
        elif mark:
            fence = mark[1]
        elif not re.match(r"^( {0,3}>|\t| {4,})", line):
            lines.append(line.rstrip())
    return lines


def parse(text: str, bot: str) -> tuple[Parsed, ...]:
    """All commands of a text, in order. `bot` is the bot's login without `[bot]`."""
    mention = re.escape(bot)
    head = re.compile(rf"^ {{0,3}}(?:(/maestro)\b|(@{mention}(?:\[bot\])?)(?![\w-]))[:,]?[ \t]*(.*)$", re.IGNORECASE)
    found: list[tuple[bool, list[str]]] = []
    for line in spoken_lines(text):
        match = head.match(line)
        if match:
            found.append((match[1] is not None, [match[3]]))
        elif found:
            found[-1][1].append(line)
    return tuple(_parsed(slash, "\n".join(lines).strip()) for slash, lines in found)


def _parsed(slash: bool, said: str) -> Parsed:
    first, _, rest = said.partition(" ") if " " in said.split("\n")[0] else said.partition("\n")
    verb = first.strip().lower().rstrip(":,.!")
    if verb in BY_VERB:
        return Parsed(verb, rest.strip())
    if slash:
        return Parsed(verb or "help", rest.strip())
    if benchmark.is_wish(said):
        return Parsed("benchmark", said)
    return Parsed("", said) if said else Parsed("help", "")


def decide(session: Session, parsed: Parsed, said: Said) -> Decision:
    """What one command leads to: events, or a refusal. Pure."""
    command = BY_VERB.get(parsed.verb)
    if command is None and parsed.verb:
        return _unknown(parsed.verb)
    needed = command.trust if command else implement.COMMAND.trust
    if said.trust < needed:
        wanted = needed.name.lower()
        return Refusal(
            f"`{parsed.verb or 'talking to me'}` needs {wanted} access to this repository; you have "
            f"{said.trust.name.lower()}.",
            f"Somebody with {wanted} access can say it instead.",
        )
    if command is None:
        return decide_words(session, said)
    return command.decide(session, said)


def decide_words(session: Session, said: Said) -> Decision:
    """Plain words: the answer to an open question, otherwise a message to the session."""
    if session.open_asks and session.phase is Phase.AWAITING:
        return answer.COMMAND.decide(session, said)
    return (said.spoke(),)


def _unknown(verb: str) -> Refusal:
    near = difflib.get_close_matches(verb, BY_VERB, n=1, cutoff=0.6)
    advice = f"Did you mean `/maestro {near[0]}`?" if near else "`/maestro help` lists what I know."
    shown = re.sub(r"[^\w-]", "", verb)[:40]
    return Refusal(f"I don't know the command `{shown}`.", advice)


__all__ = ["BY_VERB", "COMMANDS", "Command", "Decision", "Parsed", "Refusal", "Said", "decide", "decide_words", "parse"]

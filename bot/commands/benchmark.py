"""`benchmark`: measure two states of the repository against each other, on request; or look at the history."""

import re

from bot.commands.command import Command, Decision, Refusal, Said
from bot.domain.measuring import Wanted, Wish
from bot.domain.refs import Trust
from bot.domain.session import ACTIVE, Session

_PULL = re.compile(r"https?://[^\s/]+/[\w.-]+/[\w.-]+/(?:pull|issues)/(\d+)\S*")
_NUMBER = re.compile(r"(?:\b(?:in|of|for|at)\s+)?(?<![\w/.-])(?:[\w.-]+/[\w.-]+)?(#\d+)\b")
_ON = re.compile(r"\s+(?:on|with|by|using)\s+(?:the\s+)?(?P<what>\S.*?)(?:\s+benchmarks?)?$", re.IGNORECASE)
_SLOWER = re.compile(r"is\s+(?P<head>\S+)\s+(?:any\s+)?(?:slower|faster)(?:\s+than\s+(?P<base>\S+))?$", re.IGNORECASE)
_AGAINST = re.compile(r"(?P<head>.*?)\s*\b(?:against|versus|vs\.?)\s+(?P<base>\S+)$", re.IGNORECASE)
_BOTH = re.compile(r"(?:compare\s+)?(?P<base>\S+)\s+(?:and|with|to)\s+(?P<head>\S+)$", re.IGNORECASE)
_CHAIN = re.compile(r"(?:compare\s+)?(?P<refs>\S+(?:\s*,\s*\S+)+\s*,?\s+(?:and|to)\s+\S+)$", re.IGNORECASE)
_JOINTS = re.compile(r"\s*,\s*(?:(?:and|to)\s+)?|\s+(?:and|to)\s+", re.IGNORECASE)
_FILLERS = re.compile(r"^(?:the|a)\s+|\s+benchmarks?$", re.IGNORECASE)
_PLAIN = re.compile(
    r"is\s+\S*#\d+\s+(?:any\s+)?(?:slower|faster)\b[^\n]*"
    r"|compare\s+\S*\d[^\s,]*(?:,\s*\S+)*\s+(?:and|with|to|against|vs\.?)\s+\S+(?:\s+on\s+[^\n]+)?"
    r"|compare\s+\S+(?:,\s*\S+)*\s+(?:and|with|to|against|vs\.?)\s+\S+\s+on\s+[^\n]*\bbenchmarks?\b\W*",
    re.IGNORECASE,
)


def decide(session: Session, said: Said) -> Decision:
    if session.phase in ACTIVE:
        return Refusal("I am working here, and a measurement wants the machine to itself.", "Ask again when I rest.")
    return (Wanted(where=said.where, actor=said.actor, wish=wish_of(said.words), target=said.target),)


def is_wish(words: str) -> bool:
    """Whether plain words ask for a measurement: "is #45 slower?", "compare v2.1 and v2.2 on the encode benchmark"."""
    return _PLAIN.fullmatch(words.strip()) is not None


def wish_of(words: str) -> Wish:
    """What is to be measured, in people's own words. Of "A against B" the first is new, of "A and B" the second."""
    text = _NUMBER.sub(r"\1", _PULL.sub(r"#\1", " ".join(words.split()))).strip().rstrip("?.! ")
    past = re.fullmatch(r"(?:the\s+)?history(?:\s+of)?(?:\s+(.*))?", text, re.IGNORECASE)
    if past:
        return Wish(what=_name(past[1] or ""), history=True)
    found = _SLOWER.fullmatch(text)
    if found:
        return Wish(head=found["head"], base=found["base"] or "")
    on = _ON.search(text)
    what = _name(on["what"]) if on and not re.fullmatch(r"#?\d+|\S+", text) else ""
    rest = text[: on.start()] if on and what else text
    if found := _AGAINST.fullmatch(re.sub(r"^compare\s+", "", rest, flags=re.IGNORECASE)):
        return _split(found["head"], what, found["base"])
    if found := _CHAIN.fullmatch(rest):
        first, second, *more = listed(found["refs"])
        return Wish(what=what, base=first, head=second, more=tuple(more), chain=True)
    if found := _BOTH.fullmatch(rest):
        return Wish(what=what, base=found["base"], head=found["head"])
    return _split(rest, what, "")


def listed(text: str) -> list[str]:
    """The parts of "a, b and c"."""
    return [part for part in _JOINTS.split(text.strip()) if part]


def _split(text: str, what: str, base: str) -> Wish:
    """Numbers among the words are pull requests; what else they say names the benchmark."""
    numbers = re.findall(r"(?<!\S)#\d+(?![^\s,])", text)
    rest = _name(re.sub(r"^(?:,|and\b)\s*|\s*(?:,|\band)$", "", _without(text, numbers).strip()))
    if what and rest and not numbers:
        numbers, rest = listed(rest), ""
    head, *more = numbers or [""]
    return Wish(what=what or rest, base=base, head=head, more=tuple(more))


def _without(text: str, numbers: list[str]) -> str:
    """The text without those, and without what joins them."""
    for number in numbers:
        text = re.sub(rf"(?:(?:,|\band\b)\s*)*(?<!\S){number}(?![^\s,]),?\s*", " ", text)
    return text


def _name(text: str) -> str:
    return _FILLERS.sub("", _FILLERS.sub("", text.strip())).strip()


def words_of(wish: Wish) -> str:
    """The words that ask for the same again."""
    if wish.history:
        return f"history {wish.what}".strip()
    on = f" on {wish.what}" if wish.what else ""
    if wish.chain:
        return f"{', '.join((wish.base, wish.head, *wish.more[:-1]))} and {wish.more[-1]}{on}"
    heads = " and ".join((wish.head, *wish.more))
    if wish.head and wish.base:
        return f"{heads} against {wish.base}{on}"
    if wish.more:
        return f"{heads}{on}"
    return " ".join(part for part in (wish.what, wish.head, f"against {wish.base}" if wish.base else "") if part)


COMMAND = Command(
    verb="benchmark",
    usage="benchmark [what] [against ref]",
    help="measure a pull request or ref against its base, interleaved, with a chart; `history [what]` looks back",
    trust=Trust.WRITE,
    examples=(
        "/maestro benchmark",
        "/maestro benchmark encode against main",
        "/maestro benchmark #12 against v2.1",
        "/maestro benchmark v2.1 and v2.2 on the encode benchmark",
        "/maestro benchmark v2.0, v2.1 and v2.2 on encode",
        "/maestro benchmark history encode",
    ),
    decide=decide,
)

"""Whether all that a clause says is accounted for: its words are those that results are told in, or the ledger's own;
its figures are recorded; what it says of the old code was seen there. What is left over no record shows."""

import re
from collections.abc import Iterator

from bot.domain.words import words
from bot.domain.work import Evidence
from bot.speech.gate.ledger import STEM, Ledger
from bot.speech.gate.numbers import NUM, number
from bot.speech.gate.plain import plain
from bot.speech.gate.plain.clauses import letters_of, words_of
from bot.speech.gate.plain.words import NOT
from bot.speech.gate.reach import clauses
from bot.speech.gate.stated import Statement
from bot.speech.gate.stated.vocabulary import ELSEWHERE, NAMED, UNIT

_TELLING = words(
    """
    above above-mentioned according actually added adds al all-in-all already although altogether among amount
    amounted amounts answer apart as-is ask asked asked-for asks assertion auf avec average baisse bar base baut
    became become becomes behaviour bei beide below benchmarked better between both brings btw call calls can case
    cases cause causes cent change changed changed-line changing check checking chore cien clear clears close code
    collected colours combined comfortably compare compares comparing comparison compila compiles completely con
    conclusion confirm consider consumption continue continued continues corrected could counted counting counts
    courant cover covering covers credit cubiertas cubre cuesta current cut cómo de del dem den der des deux die
    dieser difference differs do done doppelt doppelte doubt dr drei dropped due durch each earlier ein eine einer
    else en encuentra ended entire everyone example exceed exceeded exceeds execution existed existing exit exited
    exits fact factor falla fallan fallaron far fast feat fehl fehlgeschlagen fehlschlagen fell fewer figure figures
    final find finds finished first fix flying folks following follows former found four-fifths full fyi gate gave
    gebaut gefunden gegenüber get gets gigabytes give given gives goal goes gone habe halb half halved halves hand
    handing happen happened happens head hello hereby hey hi higher honest hälfte ignoré ignorés igual immediately
    improved in include included includes including indeed indicates inside instead interval introduced introduces
    keinen kept kilobytes kind known kompiliert l'ancien lang last lay le least leaves les less level liegt lies
    lignes limit line lines list listed long lost lot low lower lugar líneas made main make makes mal margin matters
    mean means measurable measured measurement median medians megabytes mehr meldet memoria mention met metric
    microseconds milliseconds minimum missed misses mit mo modified moins moment more most mot mémoire named namely
    nanoseconds ne needed needs neuen neues new newly newly-added news nicely noise non-zero note noted nouveaux now
    nueva nuevas nuevo nuevos number numbers nur object occur occurs oder old older omis omitida omitidas once one
    ones operation operations opposed optimisation optimised optimization optimized order original other others
    otherwise outcome outcomes outside overall p packages pair par parsen part parts passée passées passés patch
    patched percentage perf place plus points pre-existing present previous previously previously-failing program
    project projekt projet proportion proyecto prueba pruebas put puts que question questions quick quicker quickly
    rate rather ratio reach reached read reads real record recorded records red reduced refuted regarding relative
    remain remained remaining remains repeat reported require required requires respective respectively returned
    returns rocket rot rote roten rounded rounding run-time same sank say says scenario schlagen schlägt scope seconde
    see segundo set several shall share short should shrank shrunk side sides sie signale significant significantly
    since single skip skipped skipping skips slightly slow slower so-called so-far son sont sources spare speicher
    speicherbedarf spent stand stands start state stated statement static statt status stays step steps stieg still
    strict subió succeed succeeded sum summary sur take taken takes taking tarda target task tell tells terms tests
    thank thanks them themselves then there these this those though threshold thus time times tl tldr together too
    total totals touch touched tritt trois trouve turn turned two type types typing um una unchanged uncovered und
    under unhappy unit units unverändert up usage use used uses using value values verdict version versus vet vets
    viejas viejo von vor vorher want wanted way we're weaker weiterhin wenig weniger went while whilst whole why wie
    wip with without won work works worse would wrong wrote wurde wurden yes yet zeile zeilen zwei à échoue échouent
    échoué übersprungen
    """
)
"""What results are told with, besides the words that `lexicon` knows."""
_FOREIGN = words("der die das den dem des ist sind um le la les est sont el los las es son il lo gli passe")
"""Articles and verbs of other languages: what is told of, their clauses call by a name that no record has."""
_UNMEASURED = words("allocations cpu responsiveness")
"""What a benchmark of time or memory doesn't tell."""
_DOUBTED = words("here need ran executed took checked compared plan needs target goal will quality integrity")
"""Words of doubtful classes that tell of the records all the same."""
_AT_BASE = re.compile(
    r"\b(?:on|at|in|with|under|against|for|from) (?:the |our |your )?(?:base|main|master|upstream|(?:\w+ )?(?:old|"
    r"original|previous|unpatched|unfixed|former|unmodified) (?:code|version|branch|commit|implementation|state|tree|"
    r"behaviou?r))\b|"
    r"\b(?:before|without|prior to) (?:the|this|my|our|any) (?:change|fix|patch|commit|pull request|pr)\b|"
    r"\b(?:used to|had been|formerly)\b",
    re.IGNORECASE,
)
_PASSED_THERE = re.compile(
    r"\b(?:that|which|what) (?:\w+ ){0,2}?(?:pass(?:ed|es)?|(?:was|were) (?:\w+ )?(?:green|passing)|succeeded|worked)"
    r"(?: \w+)? (?:on|at|in|with|before|under|without)\b[^,;.]*",
    re.IGNORECASE,
)
_RED_THERE = re.compile(r"\b(?:fail\w*|red|broken?|breaks?|not (?:on|at|with|without|before|in))\b", re.IGNORECASE)
_NO_FIGURE = re.compile(
    r"#\s?\d+|\b(?:sha|commit|line|lines|version|step|phase|part|exit (?:code|status))\s+\d[\w.]*", re.I
)
_FIGURE = re.compile(rf"(?<![\w.,])({NUM})(?![^\W\d_])", re.IGNORECASE)
_AMOUNT = re.compile(rf"(?<![\w.,])(?<!\bin )(\d[\d.,]*)\s?(?:{UNIT})\b", re.IGNORECASE)
"""A time or a size, but for how long a run itself took, which its own summary tells."""
_SPELLED = re.compile(rf"{NUM}|[^a-zß-ɏ]*", re.IGNORECASE)
"""A number, or a word in other letters than ours: what `abroad` knows, it knows as a whole."""
_PART = re.compile(rf"\b{NUM} (?:out )?of (?:the |all )?(?={NUM})", re.IGNORECASE)
"""What a share of a whole is told by, which the figures' own rules hold against the record."""
_FRACTION = re.compile(r"\b(?:one|two|three|four|nine) (?:half|third|quarter|fifth|tenth)s?\b", re.IGNORECASE)
_COMMA = re.compile(r"(?<=\d),(?=\d{1,2}(?!\d))")
_OPTION = re.compile(r"(?<![\w-])--?[A-Za-z][\w-]+|\b[A-Z_]{3,}=\S+")
_NAMED = re.compile(rf"(?<![\w-])(?:{NAMED}|{ELSEWHERE})(?![\w-])", re.IGNORECASE)
_LABEL = re.compile(r"^\W*(?:feat|fix|perf|chore|refactor|test|build)(?:\([^()]*\))?!?: (?:[^,;]*, )?", re.IGNORECASE)
"""A commit's label, and what it says was done."""
_CALLED = re.compile(r"[:,!]\s+")
_PLACING = words("on in at with under for by via after before when if while where to from per across against without")
_EXCUSED = re.compile(
    r"\bnothing to do with\b|\bunrelated\b|\bpre-?existing failures?\b|(?:not|n't) (?:caused|related)\b|\bflak(?:y|"
    r"es?)\b",
    re.I,
)
"""Why something failed, which no record tells."""
_OLD_SIDE = ("suite", "count", "regression", "fixed", "tick", "ready", "claims", "verified", "word", "lint")
_COUNTED = ("count", "coverage", "mutation", "speed", "red", "claims", "tick")


def accounted(statement: Statement, line: str, ledger: Ledger) -> bool:
    """Whether the clauses of a shown statement tell nothing that no record tells."""
    told = " ".join(said for kind, said in statement.parts if kind in _COUNTED)
    said = list(_said(statement, line))
    if any(_EXCUSED.search(clause) for clause in said):
        return False
    return all(_known(clause, ledger) and _counted(clause, told, ledger) for clause in said) and not any(
        _of_old_code(clause, statement, ledger) for clause in said
    )


def _said(statement: Statement, line: str) -> Iterator[str]:
    """The clauses in which a statement stands, but for those that state nothing."""
    found = [
        _addressed(_LABEL.sub("", line[a:b]), statement.start - a)
        for a, b in clauses(line)
        if a < statement.end and statement.start < b
    ]
    return (clause for clause in found if len(found) == 1 or not plain(clause) or _tells(clause))


def _tells(clause: str) -> bool:
    """Whether there are figures, or anything of tests and tools."""
    return re.search("[TLSCZ%]", letters_of(clause)) is not None


def _addressed(clause: str, place: int) -> str:
    """A clause without what is called out before it: no place, no means, no figure, nothing of tests or tools."""
    cut = max((m.end() for m in _CALLED.finditer(clause, 0, max(0, place))), default=0)
    called = words_of(clause[:cut])
    brief = 0 < len(called) < 7 and called[0] not in _PLACING and NOT.isdisjoint(called)
    telling = re.search("[TLSCBlqZ%]", letters_of(clause[:cut])) or _NAMED.search(clause, 0, cut)
    return clause[cut:] if brief and not telling else clause


def _known(clause: str, ledger: Ledger) -> bool:
    """Whether each word is one that results are told in, or one of the ledger's own."""
    said = [*_OPTION.findall(clause), *_NAMED.findall(clause)]
    if any(not _own(each.strip("-").lower(), ledger) for each in said):
        return False
    spare = 0 if _FOREIGN.isdisjoint(words_of(clause)) else 1
    for word, letter in zip(words_of(clause), letters_of(clause), strict=True):
        doubted = letter in "lqRM" and word not in _DOUBTED
        strange = letter == "o" and word != "`" and not _SPELLED.fullmatch(word)
        if (strange or doubted or word in _UNMEASURED) and word not in _TELLING and not _own(word, ledger):
            if not spare:
                return False
            spare -= 1
    return True


def _own(word: str, ledger: Ledger) -> bool:
    """Whether the ledger has this word, in whatever form."""
    return any(word == each or _begin_alike(word, each) for each in ledger.vocabulary.get(word[:STEM], ()))


def _begin_alike(one: str, other: str) -> bool:
    length = max(STEM, len(one) - 3, len(other) - 3)
    return len(one) >= length and one[:length] == other[:length]


def _counted(clause: str, told: str, ledger: Ledger) -> bool:
    """Whether each figure was recorded, but for those that a record was already asked for."""
    clause = _PART.sub("", clause) if told else clause
    asked = [number(n) for n in _FIGURE.findall(told)]
    timed = [number(n) for n in _AMOUNT.findall(clause)]
    if any(n not in asked and not any(abs(n - side) <= 0.01 * side for side in ledger.amounts) for n in timed):
        return False
    rest = [number(n) for n in _FIGURE.findall(_NO_FIGURE.sub("", _COMMA.sub(".", _FRACTION.sub("", clause))))]
    return all(n in asked or any(abs(n - known) <= 0.01 * known + 0.06 for known in ledger.figures) for n in rest)


def _of_old_code(clause: str, statement: Statement, ledger: Ledger) -> bool:
    """Whether something is said of the old code that no record saw there: only of new tests is it known that they are
    red there, only of old ones that they pass."""
    if not any(kind in _OLD_SIDE for kind, _ in statement.parts) or any(kind == "red" for kind, _ in statement.parts):
        return False
    clause = _PASSED_THERE.sub("", clause)
    if not _AT_BASE.search(clause):
        return False
    return not (_RED_THERE.search(clause) and any(_red_on_base(r) for r in ledger.records))


def _red_on_base(record: Evidence) -> bool:
    return record.check == "red_green" or bool(record.tests and record.tests.fixed)

"""What a rule of the grammar (`suspected`) has met, weighed by the very words: whether a result is meant.

Each weigher is asked for the rules of its name. A word list here says what does not count, or what alone counts.
"""

import re
from collections.abc import Callable

from bot.speech.gate.suspected.lexicon import ORDERS
from bot.speech.gate.suspected.reading import Met
from bot.speech.gate.suspected.wordlists import (
    ASSAULTS,
    BY_TESTS,
    CONTENT,
    COPES,
    COUNTED,
    DEMANDS,
    EDITS,
    EFFECTS,
    ELICITED,
    EMITS,
    ENDURES,
    FEARS,
    FEW,
    FULLY,
    HOW,
    LEVEL,
    MOVED,
    NOT_PRAISE,
    NOW,
    OATHS,
    OF_ERRORS,
    PARTICIPLES,
    PLAIN,
    PLAIN_PHRASES,
    RAN,
    SAW,
    SETTLED,
    SHOWING,
    SHOWN,
    STEADY,
    TAKEN,
    TRIALS,
    UNIVERSAL,
    UPHELD,
    WANTED,
    WEAK,
    WELL_DONE,
    WHOLE,
    WITH_ME,
)


def _measured(met: Met) -> bool:
    if "s" in met.own and met.first.letter == "T":
        return bool(SHOWING.intersection(met.first.text.split()))
    if met.last.text == "not":
        return False
    if met.last.text == "right" and met.said[-2] in ("to", "from"):
        return False
    return met.last.letter not in "GV" or met.after not in ("to", "for", "of", "when", "if", "only", "by")


def _praised(met: Met) -> bool:
    last, after = met.last, met.after
    if met.own.endswith("XG") and met.first.letter in "oyT" and met.end - met.start == 3:
        return last.text in CONTENT
    if met.own[0] == "P":
        told = {"is", "are", "was", "were", "been"}.intersection(met.said)
        return met.first.text in DEMANDS and bool(told) and "to" not in met.said
    if met.own.endswith("XGp"):
        return met.said[-2] in ("identical", "equal") and _named(met, NOW, 3)
    if last.letter == "G" and met.letters[met.end - 2] == "V":
        return last.text != "the same"
    if last.letter == "G" and after == "to" and last.text in ("identical", "equal"):
        return _named(met, NOW, 4)
    if last.letter == "G" and _answered(met):
        return False
    if last.letter == "G":
        return after not in NOT_PRAISE and not (after == "with" and last.text in WITH_ME)
    if last.letter == "V" and after in ("only", "the same", "as"):
        return False
    if last.letter == "V" and after in HOW:
        return last.text.startswith(("agree", "concur", "match")) or re.match("p[dJ]*l", met.rest) is not None
    return True


def _answered(met: Met) -> bool:
    """`It is fine`, and no more: what people say to each other."""
    return met.last.text in WITH_ME and met.letters == "WXG" and met.words[0].text in ("it", "this", "that")


def _named(met: Met, texts: frozenset[str], within: int) -> bool:
    return any(word.text in texts for word in met.words[met.end : met.end + within])


def _brief(met: Met) -> bool:
    """`The service is stable.`"""
    return met.first.text == "the" and met.last.text in STEADY


def _effect(met: Met) -> bool:
    return not EFFECTS.isdisjoint(met.said)


def _everywhere(met: Met) -> bool:
    clause = met.lead(",&:")
    return met.last.text in ("every", "all", "each") and not re.search("[NMcr]", met.letters[clause : met.start])


def _each(met: Met) -> bool:
    if met.first.letter == "l":
        return met.after not in NOT_PRAISE
    return met.first.text in UNIVERSAL and met.last.text != "the same" and _praised(met)


def _alone(met: Met) -> bool:
    if met.own == "V" and met.letters[met.end :].startswith("d"):
        return met.last.text in ("passed", "survived", "aced", "cleared")
    said = [w for w in met.words[met.start : met.end] if w.letter in "GVY" and w.text != "agreed"]
    if said and said[-1].letter == "V":
        return said[0].text.endswith(("s", "d")) and _praised(met)
    weak = met.end - met.start <= 2 and bool(said) and said[0].text in WEAK
    return bool(said) and len(met.words) > 1 and not weak and not _answered(met)


def _strong(met: Met) -> bool:
    text = met.first.text
    if " " in text:
        return text not in PLAIN_PHRASES and text.isascii()
    if text in WELL_DONE:
        clause = met.lead(",&:-")
        return met.start > clause and not re.search("[NMcr]", met.letters[clause : met.start])
    return text not in PLAIN and text.isascii()


def _tried(met: Met) -> bool:
    last, after, rest = met.last, met.after, met.rest
    if last.letter == "l":
        return True
    if met.first.letter in "TLSCX" and last.text in UPHELD:
        return True
    if met.first.letter in "TLSCX" and not {"was", "were", "been"}.intersection(met.said):
        return False
    if last.letter == "x":
        return True
    if last.letter == "E":
        by_tests = last.text in SETTLED or re.match("p[dao]*[TLSC]", rest) is not None
        return by_tests or after not in ("by", "whether", "if", "to")
    if after == "to" and last.text in ("tried", "attempted"):
        return met.end + 1 < len(met.words) and met.words[met.end + 1].text in ASSAULTS
    return after not in TAKEN and after != "to" and _came_of_it(met)


def _came_of_it(met: Met) -> bool:
    """Whether what was tried is such as has an outcome, or the sentence goes on to one."""
    rest, alone = met.rest, met.first.letter != "I"
    if met.last.text == "checked" and (rest[:1] == ":" or _named(met, WHOLE, 2)):
        return True
    if met.last.text in RAN:
        return not alone or re.match("[dJ]*[WTLSC]|p?[dJ]*Z", rest) is not None
    if alone and not re.match("W|[dJaop]{0,5}[WTLSC]", rest):
        return False
    if met.last.text in SAW:
        return re.search("^W|[TLSGVlj]|N.{0,5}B|ZU|^[^,]*J.{0,3}$|Zo", rest) is not None
    return re.search("[,&:-].*(?:G|V|N.{0,5}[BRE])", rest) is not None


def _past(met: Met) -> bool:
    """Suspected by its tense: what the author did, and is no work on a text."""
    done = met.last
    if "W" in met.own or done.text == "running":
        return "running" in met.said and met.after not in ("into", "out", "late")
    if done.letter == "R":
        return done.text in TRIALS and met.after not in ("to", "the", "me", "us")
    if done.text == "went":
        return met.after in ("over", "through") and len(met.rest) > 1
    if met.letters[met.end - 2] == "o" or "R" in met.own:
        return "had" in met.said and done.text in ("running", "open", "going")
    return done.text.endswith("ed") and done.text not in EDITS and len(done.text) > 4


def _perfect(met: Met) -> bool:
    """Suspected by its tense: what has become of anything but the text."""
    if met.first.letter == "T":
        return met.last.text == "ran" and met.after not in ("into", "out", "on", "by")
    if met.first.text not in ("has", "have", "'ve") or "I" in met.letters[max(0, met.start - 3) : met.start]:
        return False
    done = met.last.text.endswith("ed") or met.last.text in PARTICIPLES
    if not done or (met.last.text in EDITS and met.last.letter not in "YVE"):
        return False
    return not ("N" in met.own and met.last.letter in "ER")


def _copes(met: Met) -> bool:
    if met.own in ("V", "H"):
        return met.last.text in ENDURES
    if met.own[0] == "X":
        return met.first.text in ("keep", "keeps", "kept", "continue", "continues", "continued")
    verb = met.said[-3 if met.letters[met.end - 2] == "p" else -2]
    return verb in COPES and met.last.text in UNIVERSAL and "I" not in met.letters[: met.end]


def _fixing(met: Met) -> bool:
    return not FULLY.isdisjoint(met.said) or met.last.text in ("for good", "once and for all")


def _harmless(met: Met) -> bool:
    if met.first.letter == "B" and met.last.letter in "oaRE":
        return met.last.text in ELICITED
    if met.first.letter == "M":
        return True
    if _described(met):
        return False
    first = met.first.text
    if (
        met.first.letter == "B"
        or first in COUNTED
        or first.startswith("not ")
        or met.last.letter == "K"
        or "n" in met.own
    ):
        return True
    if re.match(r"(?:didn|couldn|wasn|weren|hasn|haven|hadn|won|never|stopped|free|rid|unable|refuse|failed)", first):
        return True
    near = met.letters[max(0, met.start - 5) : met.start]
    return re.search("[WTLSC]", near) is not None or re.match("[aK]*K", met.rest) is not None


def _described(met: Met) -> bool:
    """Whether it is told what a program does about errors, not that there are none."""
    first, last, rest, after = met.first.text, met.last, met.rest, met.after
    of_errors = first not in COUNTED or after in OF_ERRORS or (first == "without" and rest[:1] == "d")
    if last.letter == "B" and of_errors and re.match("d?o", rest):
        return True
    told = re.search("[TLSCI]", met.letters[max(0, met.start - 4) : met.start])
    if met.before in EMITS and not told:
        return True
    if len(met.words) <= 2 and not after:
        return last.text in ("problem", "problems", "worries", "objections", "objection")
    if rest[:1] == "c" and len(rest) > 1 and after not in ("after", "before", "because", "since", "while"):
        return True
    if after in ("is", "are", "was") and met.words[min(met.end + 1, len(met.words) - 1)].text in SHOWN:
        return True
    return last.text in ("issue", "problem") and "d" in met.own


def _gone(met: Met) -> bool:
    return met.first.letter == "B" or met.after not in ("by", "in", "at", "to", "with", "on")


def _faster(met: Met) -> bool:
    after, clause = met.after, met.lead(",&")
    if met.own == "nc":
        return met.last.text == "than" and after in NOW
    if (met.start == 0 and after == ":") or after in ("at", "for", "to"):
        return False
    if met.before == "which" and met.letters[met.start - 2 : met.start - 1] != ",":
        return False
    any_such = met.words[clause].text in ("a", "an") and met.words[clause + 1].letter not in "aZ"
    if any_such and met.words[clause + 1].text not in FEW:
        return False
    if after == "than":
        return met.end + 1 < len(met.words) and met.words[met.end + 1].text in NOW
    return re.match(r"$|[,&K:()\-pajlr]", met.rest) is not None


def _moved(met: Met) -> bool:
    moved = [word.text for word in met.words[met.start : met.end] if word.letter == "H"]
    steady = met.after in ("with", "when", "as", "if") and any(text.endswith("s") for text in moved)
    return not steady and ORDERS.isdisjoint(moved)


def _amount(met: Met) -> bool:
    text = " ".join(met.said)
    match met.own[0]:
        case "X":
            timed = re.fullmatch("X[oVEH]pa?ZU", met.own) and met.first.text in ("was", "were")
            if timed:
                return met.letters[met.end - 4 : met.end].count("p") == 1 and "in" in met.said
        case "p":
            return met.first.text in ("under", "below")
        case "S":
            return "Z" in met.own or (met.last.text in ("up", "better") and met.after not in ("to", "for"))
        case "q":
            return True
    moved = met.first.text in MOVED or met.first.letter == "H"
    compared = re.search(r"rather than|instead of|down from|up from|before", text)
    return compared is not None or (moved and " from " in text)


def _covered(met: Met) -> bool:
    own = met.own
    if own.endswith("Z") or re.fullmatch("C.*H|I[aX]*Xd?C", own):
        return True
    if own[0] in "ZI":
        return not LEVEL.isdisjoint(met.said)
    if "v" in own:
        return met.after != "by" or _named(met, BY_TESTS, 4)
    return _named(met, LEVEL, 4)


def _reassured(met: Met) -> bool:
    found = [word.text for word in met.words[met.start : met.end] if word.letter == "A"]
    match met.own[0]:
        case "N":
            return met.first.text in COUNTED and any(text in FEARS or " " in text for text in found)
        case "I" | "M":
            if "confidence" in found or "confident" in found:
                return met.first.letter == "I"
            return any(text in OATHS or " my " in f" {text} " for text in found)
        case "W":
            return any(text in ("safe", "ready", "risk-free", "guaranteed") or "-ready" in text for text in found)
    return "N" not in met.own


def _asked(met: Met) -> bool:
    if met.own[0] in ",(&-":
        return met.last.text in WANTED
    return met.letters[met.start - 1 : met.start] != "I" and met.first.text != "did"


WEIGHED: dict[str, Callable[[Met], bool]] = {
    "measured": _measured,
    "praised": _praised,
    "each": _each,
    "effect": _effect,
    "everywhere": _everywhere,
    "brief": _brief,
    "alone": _alone,
    "strong": _strong,
    "tried": _tried,
    "past": _past,
    "perfect": _perfect,
    "copes": _copes,
    "fixing": _fixing,
    "harmless": _harmless,
    "gone": _gone,
    "faster": _faster,
    "moved": _moved,
    "amount": _amount,
    "improved": lambda _: True,
    "covered": _covered,
    "reassured": _reassured,
    "asked": _asked,
}
"""Whether a result is meant, by the name of the rule."""

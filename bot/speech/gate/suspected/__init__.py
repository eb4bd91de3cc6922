"""Sentences that state a result though no set phrase is known: suspected by what kinds of words stand together in them.

A sentence is read as a string, one letter for each word by its class (`lexicon`), and compared with a small
grammar of how results are told: what is measured came out well, the work is praised, harm is absent, a fault is gone,
something is faster, something was tried, nobody need worry. What is new here is only a new word in a class.
"""

import re
from collections.abc import Iterator

from bot.speech.gate.suspected.lexicon import UNREAL_ABROAD
from bot.speech.gate.suspected.reading import Met, Word, sentences
from bot.speech.gate.suspected.weighing import WEIGHED

_T = "[TLSC]"
_GAP = "[^,:&rcMN]"
"""A word in between that begins no clause and takes nothing back."""
_END = r"(?=$|[,&:()\-KIJr])"
_RULES: tuple[tuple[str, str], ...] = (
    ("measured", rf"{_T}(?!o){_GAP}{{0,5}}?[:=\-(>]?{_GAP}{{0,2}}?(?:[GY](?![oW])|V(?!d?[ow]))"),
    ("measured", rf"{_T}(?!o){_GAP}{{0,5}}?[:=\-(>]{_GAP}{{0,3}}?N[^,:&rc]{{0,3}}?B"),
    ("measured", rf"(?:^[daKJ]*|X[daJp]{{0,2}}|[V][da]*)GJ?[aJ]*{_T}(?![oXM])"),
    ("measured", rf"[TLSCBq]{_GAP}{{0,4}}?[:=]?a?j|j{_GAP}{{0,3}}?{_T}(?![:=])|[TL]{_GAP}{{0,4}}?Na?$"),
    ("measured", rf"q{_GAP}{{0,4}}?[:=\-]?{_GAP}{{0,2}}?[HiGY]|[SBF][^,&rcMN]{{0,3}}?Xa*h"),
    ("measured", rf"u{_GAP}{{0,3}}?X[aKp]*[eG]|[eG]u|[CTSP][oM]?{_GAP}{{0,3}}X[aK]*x"),
    ("measured", rf"[TSC]{_GAP}{{0,3}}?s[dao]{{0,3}}|{_T}W?{_GAP}{{0,3}}?X[aKp]*e|C{_GAP}{{0,3}}?H"),
    ("praised", rf"W[aKd]{{0,2}}X[aKpXJ]{{0,3}}G(?:{_END}|[aJj]|(?=p))|WXd[GA]W"),
    ("praised", rf"W[aKJ]{{0,2}}V(?:{_END}|(?=[aGjJp])|d?{_T})|[&,][aKX]*V$"),
    ("praised", r"[oqSB]XGp"),
    ("praised", r"[oyT]XG(?=$|[,&:p])|P[^,&M]{0,4}X[aK]*[xVEG]"),
    ("praised", r"[oWl]V[aJ]?[KG]|[oWl]G?V[aK]*p[dJ]?l|X{2}[aK]*V(?!d?o)|[WJ]prX{1,2}[aK]*[GV]"),
    ("praised", r"o[aJ]?XK?[aXK]{0,2}J?G(?=K|aK)|oK?X[aK]*JG"),
    ("each", r"l[&,lJWa]*G"),
    ("effect", r"N[aoB]{1,2}p[da]*[SqTW]"),
    ("everywhere", r"[GV][^,&NMrc]{0,2}pJ"),
    ("brief", r"^doXG$"),
    ("each", r"[JW]p?d?o{1,3}(?:X[aKpXJ]{0,3}|p)G"),
    ("alone", rf"^[aK&]*V(?:{_END}|(?=[aGjJ])|(?=pd?l)|d?{_T})"),
    ("alone", r"^V(?=d)"),
    ("alone", r"^[daKJWRX]*[GY][aKJj]*$|^[daKJ]*[GY][,:\-&]"),
    ("strong", r"[GFYA]"),
    ("tried", r"(?:I|^|\()[aKX&]{0,3}E(?=$|[,&W(p:\-aKdJZITLSCcrl])|^[aK]*Eo[^XDMVs]*$"),
    ("tried", r"W[^,&XMrcN]{0,4}X{1,2}[aKX]{0,2}E|(?:^|I)[aKX]*[XRo]p?W[^,]{0,4}l"),
    ("tried", r"(?:I|^)[aKX]{0,3}R|^R:"),
    ("tried", rf"{_T}{_GAP}{{0,2}}X{{1,2}}[aK]*E"),
    ("tried", r"X[aK]*E|[,&]E$|I[aX]*x"),
    ("past", r"I[aKX]{1,4}(?=W)"),
    ("past", r"I[aK]*XW[aK]*X|I[aKX]{0,3}[oRX]|I[aKX]*R[^,]{0,4}o"),
    ("perfect", r"X[aKN]*X?[aK]*[oRVHEYBGFx]|TWR|T[aK]*R"),
    ("copes", r"[oW][aK]*[oV]p?[JW]|[VH]|X[VG]"),
    ("fixing", r"a?z[dao]{0,2}B?[oaGY]?"),
    ("harmless", r"MN[^,:(&rc]{0,4}?B[^,]{0,2}K|B[^,&]{0,4}?N[^,&]{0,2}?[oaRE]"),
    ("harmless", r"N(?:p[rdW])?[^,:(&rc]{0,5}?B"),
    ("harmless", r"B[:=\-(]a?N|B[^,&]{0,3}N[^,&]{0,3}K|B[^,&]{0,3}n|n[^,&]{0,3}B|[TL][^,&]{0,3}n"),
    ("gone", r"B[^,:&rcMN]{0,4}?[Xa,][aKXJW]*Y(?![do])|^[da]*BY"),
    ("gone", r"^[rW]YW"),
    ("gone", r"W[aK]*X{1,2}[aK]*Y(?=$|[,&:K])|o[aK]*X{1,2}[aK]*Y(?=K)"),
    ("faster", r"nc"),
    ("faster", r"(?:^|[XaKoRlI%])[aK]*F(?![oTW])"),
    ("moved", rf"S{_GAP}{{0,4}}?H(?!d?o)|H[da]{{0,2}}(?:o)?S|Hp?[da]*Z(?=$|[,&])"),
    ("moved", rf"H{_GAP}{{0,4}}?Z[%U]|W[aXK]*H(?=$|[,&Kp])"),
    ("amount", r"X[oVEH]pa?ZU|S[:=\-]a?Z[U%]"),
    ("amount", rf"pa?ZU|S{_GAP}{{0,2}}?Xa|[XH]a?p(?:d|o)?Z[%U]?pZ|ZU[^,]{{0,6}}Z|q[^,&rcMN]{{0,3}}X[aK]*Z"),
    ("improved", r"S[^,&rcM]{0,4}N[aK]?H|[SCq][:=\-]a?[HiF]|[sRVIXH][daoX]{0,3}i|i[dap]{1,3}[So]?S|S[^,&]{0,3}i"),
    ("covered", rf"C(?!o){_GAP}{{0,5}}?[:=]?{_GAP}{{0,3}}?Z|I[aX]*XdC|C(?!o){_GAP}{{0,3}}?X"),
    ("covered", r"Z%[^,&]{0,5}C|vc|I[^,]{0,6}C|[JW][^,&MN]{0,4}v|Xa+v"),
    ("reassured", r"O[^,r]{0,8}?A|A[^,r]{0,5}?O|N[aod]{0,2}A|NMpA|[IM][aKXo]{0,3}A|W[aK]*X[aK]*A(?=$|[,&:K])"),
    ("asked", r"[,(&\-]a*c[da]*P(?=$|[,&(])"),
    ("asked", rf"[VD]a*c[^,&]{{0,5}}?P|V[dJaoW]{{0,4}}P|[XW][aK]*c[aydI]{{0,2}}P(?:{_END}|$)"),
)
_GRAMMAR = tuple((name, re.compile(rule)) for name, rule in _RULES)
_WORTH = re.compile("[TLSCWBGYFVHERAOPjZIquivxn]")
_TOPICS = (("C", "coverage"), ("L", "lint"), ("S", "speed"), ("F", "speed"), ("T", "suite"))
_IF = frozenset(("if", "unless", "whether", "whenever", "when", "until", "till", "once", "how", "why", "where"))
_SAYS = frozenset(
    (
        "say",
        "tell",
        "know",
        "judge",
        "claim",
        "promise",
        "confirm",
        "guarantee",
        "vouch",
        "sure",
        "certain",
        "verify",
        "prove",
    )
)


def suspected(view: str) -> Iterator[tuple[int, int, str, str]]:
    """(start, end, kind, words) of what states a result by the kinds of its words. No record shows `claimed`."""
    for words in sentences(view):
        letters = "".join(word.letter for word in words)
        if not _WORTH.search(letters) or _unreal(words):
            continue
        for name, rule in _GRAMMAR:
            for m in rule.finditer(letters):
                met = Met(words, letters, *m.span())
                if not _conditional(met) and WEIGHED[name](met):
                    start, end = met.first.start, words[_last(name, met) - 1].end
                    yield start, end, _kind(name, met, view[start:end]), view[start:end]


def _unreal(words: list[Word]) -> bool:
    texts = {word.text for word in words}
    unreal = texts & UNREAL_ABROAD
    return bool(unreal) and not (unreal == {"werden"} and "kann" in texts)


def _last(name: str, met: Met) -> int:
    """Where the words end that the ledger is shown: of coverage, it needs the rest of the clause."""
    comma = met.letters.find(",", met.end) if name == "covered" else met.end
    return comma if comma >= 0 else len(met.words)


def _conditional(met: Met) -> bool:
    """Whether the clause begins with a condition, or asks how, or the sentence says that it can't be told."""
    if any(word.text in _IF for word in met.words[met.lead(",&:") : met.start]):
        return True
    following = met.words[1 : met.start + 1]
    return any(word.letter == "N" and after.text in _SAYS for word, after in zip(met.words, following, strict=False))


def _kind(name: str, met: Met, text: str) -> str:
    """What the ledger is asked: by the words themselves, or else by what the sentence is about."""
    own = met.own
    if name in ("faster", "moved", "improved", "amount") or re.search(r"slow", text, re.IGNORECASE):
        return "coverage" if "C" in own else "speed"
    if name == "covered":
        return "suite" if "v" in own and "T" in met.rest else "coverage"
    for about in (own, met.letters):
        if found := next((kind for letter, kind in _TOPICS if letter in about), None):
            return found
    if re.search(r"regress|\bbroken?\b|\bbreak", text, re.IGNORECASE):
        return "regression"
    if name == "gone" or re.search("B.*[nK]", own):
        return "fixed"
    if name == "reassured" or own[0] == "P":
        return "ready"
    return "verified" if _general(name, met, text) else "claimed"


def _general(name: str, met: Met, text: str) -> bool:
    """Whether the work as a whole is praised, and nothing besides is named: that the whole ledger shows."""
    if name == "harmless":
        return re.search(r"\b(?:no|zero|0) (?:errors?|failures?|problems?|issues?)$", text, re.IGNORECASE) is not None
    praised = name in ("asked", "alone") or (name == "praised" and met.own[0] == "W")
    return praised and "o" not in met.letters

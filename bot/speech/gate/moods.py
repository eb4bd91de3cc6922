"""Whether words state a result, or only wish, ask, plan, deny, require or quote one.

Judged from the clause in which a statement stands, and narrowly: a false claim must not hide behind a harmless word
elsewhere in the sentence.
"""

import re

from bot.speech.gate.stated import statements

_BREAK = re.compile(
    r"[,;:()\[\]|→]|\s[–—-]{1,2}\s|—|\b(?:and|but|so(?! that)|while|because|since|yet|therefore|hence|thus|which|"
    r"whereas|though|although|now that|given that)\b",
    re.IGNORECASE,
)
_MODAL = re.compile(
    r"\b(?:should|shall|will|would|could|might|may|must|needs? to|have to|has to|had to|ought to|going to|gonna|"
    r"supposed to|expect(?:s|ed|ing)?(?: \w+)? to|expect(?:ed)? that|(?:I|we) (?:\w+ )?expect|want(?:s|ed)?|wish|"
    r"hope(?:s|fully)?|hoping|aim(?:s|ing)?|intend|plan(?:s|ned)? to|likely|probably|presumably|perhaps|maybe|ideally|"
    r"so that|in order|in case|let's|can only|would like|cannot be|need(?:s(?!\s*$))?(?! (?:only|just|less|about|"
    r"around|roughly)\b)|require[sd]?|until|unless|whether|hypothetically|suppose|imagine)\b|\b\w+'ll\b|\b\w+'d\b",
    re.IGNORECASE,
)
# "I should note that all tests pass" notes it all the same.
_TOLD = re.compile(
    r"\b(?:noted?|say|said|add(?:ed)?|report|mention(?:ed)?|tell|stated?|announce|assure|point out|"
    r"remark|stress|see|find|notice|obvious|clear|evident|apparent|like to "
    r"(?:confirm|stress|say)|happy to|glad to|pleased to|proud to)\b(?! (?:whether|if)\b)",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:not(?! only\b)|never|cannot|unable|nobody|nor|neither|without (?:having |first )?(?:running|verif\w+|"
    r"check\w+|test\w+|measur\w+|proof)|no (?:evidence|proof|claim|guarantee|idea|record|way)|yet to|doubt(?:s|ful)? "
    r"(?:that|whether)|untested|unverified|unknown|unclear|unsure|far from|instead of claiming|rather than (?:claim|"
    r"say|assum)\w*)\b|(?:n't|n’t)(?! only\b)\b",
    re.IGNORECASE,
)
_PURPOSE = re.compile(
    r"\b(?:to|for)\s+(?:\w+\s+){0,2}?(?:make|get|keep|let|have|ensure|see|verify|check|confirm|reach|achieve|bring|"
    r"raise|be|run|prove|show|demonstrate|give|increase|reduce|cut|speed|improve|stay|become|hold|aim|establish|find "
    r"out|make sure|measure|test)(?:\s+(?:\w+\s+){0,3}?)?$",
    re.IGNORECASE,
)
_DEFINED = re.compile(
    r"\bmeans?(?: that)?\b[^,;]*$|\b(?:criterion|criteria|goal|target|aim|requirement|condition|rule|question|idea|"
    r"hope|wish) "
    r"(?:is|was|are)\b[^,;]*$|\b(?:an?|any|no) [\w-]+ (?:that|which|who)\s*$",
    re.IGNORECASE,
)
"""What something means, what is demanded, and what any such thing would be."""
_MANAGED = re.compile(
    r"\b(?:managed|able|succeeded|happy|glad|pleased|proud|continues?|seems?|appears?|turned out|proved|found|known|"
    r"helped|happens|pleasure|honou?r|privilege|delight|joy|used|enough|sure)\s+(?:to|in)\b",
    re.IGNORECASE,
)
_IMPERATIVE = re.compile(
    r"^(?:\W|\d+[.)]\s*|(?:then|next|first|finally|please|also|lastly|afterwards|always|just)\b[\s,]*)*(?:make sure|"
    r"make|ensure|check|verify|confirm|run|re-?run|keep|get|let|see|prove|show|assert|require|demand|expect|aim|target|"
    r"wait|raise|bring|reach|measure|benchmark|test|validate|add|write|extend|fix|do|don't|try|compare|demonstrate|"
    r"assume|claim|ask|look|watch|watching|ensuring|keeping|making sure|verifying|checking|confirming|running|getting|"
    r"need|needs)\b",
    re.IGNORECASE,
)
_BEFORE = (
    r"(?:\d[\d,]*|an?|one|that|the|all|your|our|any|every|each|these|those|both|only|then|finally|and|even|just|either|"
    r"its|of|these)"
)
_CONDITION = re.compile(
    r"\b(?:if|unless|whether)(?:\s+\w+){1,2}\s*$|"
    r"\b(?:if|unless|until|whether|before|assuming|provided|providing|in case|as long as|so long as|even if|only if|"
    rf"once|when|whenever|after|as soon as|till|the moment|by the time)(?:\s+(?:and when|that|or "
    rf"not))?(?:\s+{_BEFORE})*\s*$",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"^\W*(?:and\b\s*|or\b\s*|but\b\s*|so\b\s*)?(?:do|does|did|is|are|was|were|has|have|had|can|could|should|shall|"
    r"will|would|may|might|must|which|what|why|how|when|where|who|whose|if|whether|or|am|isn't|aren't|don't|doesn't)\b",
    re.IGNORECASE,
)
_GRANTED = re.compile(
    r"((?:\b(?:isn't it|aren't you|wasn't it) (?:\w+ ){1,2}(?:that|how)|\bwho (?:would have|would've|could have) "
    r"(?:thought|guessed|expected|known)(?: that)?|\b(?:did|have|do) you (?:see|seen|notice|noticed|know|hear|realize|"
    r"realise)(?: how| that)|\bcan you believe(?: that)?|\bdon't you (?:see|love|think) (?:how|that))\s)([^?\n]+)\?",
    re.IGNORECASE,
)
"""Its head, and what it takes for granted."""
_GRANTED_ONLY = re.compile(
    r"(\bif (?:I|we) ha(?:d not|dn't) (?:seen|watched|verified|checked|had|made sure)\s)([^,\n]+),(?= (?:I|we) would)",
    re.IGNORECASE,
)
"""What must be so, or the author would have done otherwise."""
_OTHERS = re.compile(
    r"\baccording to (?:the |your |an? )?(?:\w+ )?(?:issue|ticket|reporter|docs?|documentation|readme|spec\w*|"
    r"user|customer|author|description)\b|"
    r"(?:\b(?:issue|ticket|you|your \w+|reporter|reviewer|readme|docs?|documentation|docstring|comments?|user|"
    r"maintainers?|authors?|he|she|they|customer|contributing(?:\.md)?|guide(?:line)?s?|plan|spec(?:ification)?|"
    r"request|description|changelog|title|policy|rules?|criteri\w+|person|people|somebody|someone|requester|bot|\w+ "
    r"wrote)|@[\w-]+)\s+(?:\w+\s+){0,2}?(?:say|said|ask|wr(?:ite|ote)|claim|state|want|require|mention|report|demand|"
    r"expect|insist|need|call|promis|told|read|argue|believe|suggest|call)\w*\b",
    re.IGNORECASE,
)
_UNSAID = re.compile(
    r"\b(?:can(?:'t|not| not)|couldn't|don't|do not|won't)(?: yet| really)? (?:say|tell|know|judge|claim|promise|"
    r"confirm)\b"
    r"(?!.*\b(?:but|however|though)\b)[^;.]*$",
    re.IGNORECASE,
)
_REFUTED = re.compile(r"\b(?:refuted|not upheld|missed),? (?:namely )?that\s*(?:\w+ )?$", re.IGNORECASE)
_LABEL = re.compile(
    r"^\W*(?:\d+[.)]\s*)?(?:(?:the\s+)?(?:success |acceptance )?(?:goals?|criteri(?:on|a)|targets?|requirements?|"
    r"expected(?: result| outcome)?|expectations?|definition of done|to-?do|next(?: steps?)?|aims?|objectives?|claims?|"
    r"steps?(?: \d+)?|open(?: questions?)?|questions?|hypothes[ie]s|[\w ]*\b(?:adds?|with|is) (?:an?|the|one) (?:check|"
    r"claim|criterion|goal|condition|requirement)|plan(?: r?\d+)?|needed|wanted|must|remaining|what i (?:will|would|"
    r"want)[\w ]*|(?:still )?to (?:do|check|verify|prove)|not (?:yet )?(?:checked|verified|done|proven)|unverified|"
    r"unknown|done when|risks?|i (?:plan|intend|propose)(?: to)?))\W*$",
    re.IGNORECASE,
)
_LIMITED = re.compile(
    r"\b(?:is|are|be) (?:limited|capped|restricted|set|fixed|demanded|required|requested)\b|"
    r"\b(?:budget|limit|target|goal|threshold|cap) (?:is|was|of) (?:about |an? )?(?:\d|fall|drop|gain|half|third|"
    r"quarter)",
    re.IGNORECASE,
)
_SETTING = re.compile(
    r"\b(?:time-?outs?|limits?|intervals?|delays?|defaults?|quotas?|budgets?|thresholds?|windows?|caps?|buffers?|"
    r"batch(?:es)?|retr(?:y|ies)|waits?|sleeps?|steps?|max\w*|min(?:imum)?|ttl|expir\w*|grace|periods?|settings?|"
    r"options?)\b[^.;,]*$",
    re.IGNORECASE,
)
"""What is set to a time or a size was not measured."""
"""The first half of a noun ("test coverage", "check run"), which is no order."""
_THAT = re.compile(r"\b(?:that|whether|if|once|when|until|unless|before|after)\b", re.IGNORECASE)


def answered(text: str) -> str:
    """The text with what is taken for granted as the statement that it is, place by place."""
    for granted in (_GRANTED, _GRANTED_ONLY):
        text = granted.sub(lambda m: f"{' ' * len(m[1])}{m[2]}.", text)
    return text


def is_heading(line: str) -> bool:
    """Whether a line announces wishes, plans or questions: what is listed under it states no result."""
    text = re.sub(r"[*_#`]", "", line).strip()
    return bool(_LABEL.match(text.rstrip(":"))) and (line.lstrip().startswith(("#", "**", "__")) or text.endswith(":"))


def states(sentence: str, start: int, end: int, kind: str = "") -> bool:
    """Whether `sentence[start:end]` is stated as a fact by the one who writes."""
    clause, before = _clause(sentence, start)
    lead, words = sentence[clause:start], sentence[start:end]
    if _is_asked(sentence, clause, start, end) or _labelled(sentence[:clause]):
        return False
    if _OTHERS.search(sentence[:start]) and not _broken(sentence[:start]):
        return False
    if _UNSAID.search(sentence[:start]) or _REFUTED.search(sentence[:start]):
        return False
    if kind in ("ran", "verified") and re.search(r"(?i)\b(?:no|none of the|few)\s+$", lead):
        return False
    if kind in ("speed", "coverage") and _LIMITED.search(words):
        return False
    if kind == "speed" and _SETTING.search(lead):
        return False
    if _unreal(lead, words, sentence[end:]):
        return False
    # What governs the clause before ("once lint is clean and all tests pass") governs this one, too.
    joined = before is not None and re.fullmatch(
        r"\W*(?:and|or|nor)?\W*(?:(?:that|all|the|every|our|both|of) )*", sentence[before[1] : start]
    )
    if joined and before is not None:
        earlier = sentence[before[0] : before[1]]
        governed = _THAT.search(earlier) or _IMPERATIVE.match(earlier)
        return not (governed and _governs(earlier) and bool(statements(earlier)))
    return True


def _clause(sentence: str, start: int) -> tuple[int, tuple[int, int] | None]:
    """Where the clause of a place begins, and the span of the clause before it when "and" or "or" joins them."""
    breaks = list(_BREAK.finditer(sentence, 0, start))
    if not breaks:
        return 0, None
    last = breaks[-1]
    earlier = breaks[-2].end() if len(breaks) > 1 else 0
    joined = last[0].lower() == "and" or last[0] == ","
    return last.end(), (earlier, last.start()) if joined else None


def _is_asked(sentence: str, clause: int, start: int, end: int) -> bool:
    if not sentence.rstrip(" \t\n\"'”)*_`>").endswith("?"):
        return False
    if _BREAK.search(sentence, end) and re.search(r"[,;:–—]", sentence[end:]):
        return bool(_QUESTION.match(sentence[clause:start] or " "))
    whole = re.fullmatch(
        r"[\W\d]*(?:(?:and|so|or|all|the|every|both|our|new|old|of) )*", sentence[:start], re.IGNORECASE
    )
    return bool(whole) or bool(_QUESTION.match(sentence)) or bool(_QUESTION.match(sentence[clause:end]))


def _labelled(before: str) -> bool:
    """Whether a label such as "Goal:" stands right before the clause."""
    label, colon, rest = before.rpartition(":")
    return bool(colon) and not rest.strip(" \t*_") and bool(_LABEL.match(re.sub(r"[*_`]", "", label)))


def _broken(text: str) -> bool:
    """Whether the speaker takes over again after words on what others said."""
    last = list(_OTHERS.finditer(text))[-1]
    rest = text[last.end() :]
    return bool(re.search(r"[;—–]|,\s*(?:and|but|so)\b|\b(?:but|and now|however|now)\b|\)", rest))


def _unreal(lead: str, words: str, after: str) -> bool:
    if _governs(lead) or _inside(words) or _NOTHING.search(lead):
        return True
    if _SEEN.match(after):
        return False
    return bool(
        re.match(
            r"[\s\"”'»]*(?:has|have|is|are|was|were)\s+(?:not|yet to|refuted|(?:promised|planned|asked for|demanded|"
            r"the goal))\b|\W*(?:remains?|is|are) (?:to be|open|refuted|"
            r"unknown)\b|"
            r"[\s\"”'»]*(?:(?:will|has to|needs to) (?:then |only |still )?be|would|should|must|may|could|cannot|"
            r"can't)\b",
            after,
        )
    )


_SEEN = re.compile(
    r"\s*(?:could|can) (?:not )?(?:be )?(?:now )?(?:observed|found|detected|seen|measured|reproduced|identified|"
    r"discerned|"
    r"elicited|triggered|provoked)\b",
    re.IGNORECASE,
)
_NOTHING = re.compile(r"\b(?:nothing|no one|nobody|none of \w+|little)(?:\s+\w+)?\s*$", re.IGNORECASE)


def _governs(lead: str) -> bool:
    """Whether words before a statement take its reality away."""
    modal = list(_MODAL.finditer(lead))
    if modal and not _TOLD.search(lead, modal[-1].start()):
        return True
    if _NEGATION.search(lead):
        return True
    if _DEFINED.search(lead):
        return True
    if _CONDITION.search(lead) or _IMPERATIVE.match(lead):
        return True
    purpose = _PURPOSE.search(lead.rstrip() + " ")
    return bool(purpose) and not _MANAGED.search(lead)


def _inside(words: str) -> bool:
    """Whether the statement's own words are modal or negative ("tests should pass", "isn't clean")."""
    modal = re.search(
        r"\b(?:should|shall|will|would|could|might|may|must|need(?:s)? to|ha(?:s|ve) to|ought to|going to|to be|"
        r"supposed to|to (?:be|pass|succeed|stay|reach|get|become|run|go|remain|come)|can(?! no longer)|likely|"
        r"probably|presumably|perhaps|can't|cannot)\b|'ll\b|'d\b",
        re.sub(
            r"(?i)\bfrom\b.*\bto\b|\bmissing to reach\b|\bwould be left unchanged\b|\bhad to be skipped\b|"
            r"\b(?:can|could|able to) confirm\b|"
            r"\bcould(?: no longer| not|"
            r"n't)\b|\bcan(?: ?not|'t|"
            r" no longer) (?:be )?(?:trigger|reproduc|provok)\w*|\b(?:what|as) (?:it|they) should\b|\b(?:appear(?:s|"
            r"ed)?|seem(?:s|ed)?|prov(?:es?|ed)|happen(?:s|ed)?|turn(?:s|ed)? out|continues?|back|down|up|raises?|"
            r"lifts?|brings?|pushe[sd]|compared|close|due|got|made|able|managed|rose|dropped|drops?|fell|proven|"
            r"guaranteed|reduced|ready|safe|good|increased|raised|lifted|brought)(?: \w+){0,4}? to\b",
            "",
            words,
        ),
        re.IGNORECASE,
    )
    if modal:
        return True
    stripped = re.sub(
        r"(?i)\b(?:could|can)(?: ?not|n't|'t| no longer) (?:be |\w+ )?(?:trigger|reproduc|provok)\w*|\bnot covered\b|"
        r"\bnot (?:a single|"
        r"one|any|only|flaky|break\w*|slower|broken)\b|\b(?:does|do|did|has|have|is|was)(?:n't| not) (?:\w+ "
        r")?(?:br[eo]ak|broken?|regress|breaking|slower|drop|f[ae]ll|fail|flinch|complain|occur|happen|crash|reproduc|"
        r"appear|hang|budge|suffer|decreas|go(?:ne)? down|stop|affect|influenc|harm|touch|rais|thrown|logged|leak|"
        r"flake|mind|object|show up)\w*|\bnever (?:failed|flaked|broken?|crashed|fails?)\b|\bnever an?y?\b|\b(?:not|"
        r"never|\w+n't)(?: \w+)? (?:introduce|cause|create|see|find|observe|notice)\w*",
        "",
        words,
    )
    return bool(re.search(r"\b(?:not|never|yet to)\b|n't\b", stripped, re.IGNORECASE))

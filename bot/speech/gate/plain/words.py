"""Words of sentences that state no result (`plain`): what code does, what an author does to a text, how a
thing is made."""

import re
from collections.abc import Iterator

from bot.domain.words import words

_IRREGULAR = {
    "be": "was were been",
    "begin": "began begun",
    "bind": "bound",
    "break": "broke broken",
    "bring": "brought",
    "build": "built",
    "choose": "chose chosen",
    "come": "came come",
    "cut": "cut",
    "do": "did done",
    "draw": "drew drawn",
    "feed": "fed",
    "find": "found",
    "get": "got gotten",
    "give": "gave given",
    "go": "went gone",
    "hide": "hid hidden",
    "hit": "hit",
    "hold": "held",
    "keep": "kept",
    "know": "knew known",
    "lead": "led",
    "leave": "left",
    "let": "let",
    "lie": "lay lain",
    "lose": "lost",
    "make": "made",
    "mean": "meant",
    "pay": "paid",
    "put": "put",
    "read": "read",
    "rebuild": "rebuilt",
    "reset": "reset",
    "rewrite": "rewrote rewritten",
    "ride": "rode",
    "run": "ran run",
    "say": "said",
    "see": "saw seen",
    "send": "sent",
    "set": "set",
    "show": "showed shown",
    "sit": "sat",
    "sleep": "slept",
    "speak": "spoke spoken",
    "spend": "spent",
    "split": "split",
    "stand": "stood",
    "take": "took taken",
    "teach": "taught",
    "tell": "told",
    "think": "thought",
    "throw": "threw thrown",
    "understand": "understood",
    "win": "won",
    "write": "wrote written",
}


def present(verb: str) -> str:
    """A verb in the third person."""
    if verb.endswith(("s", "x", "z", "ch", "sh", "o")):
        return f"{verb}es"
    return f"{verb[:-1]}ies" if verb.endswith("y") and verb[-2] not in "aeiou" else f"{verb}s"


def past(verb: str) -> Iterator[str]:
    """A verb as it is told of the past, and its participle."""
    if verb in _IRREGULAR:
        yield from _IRREGULAR[verb].split()
    elif verb.endswith("e"):
        yield f"{verb}d"
    elif verb.endswith("y") and verb[-2] not in "aeiou":
        yield f"{verb[:-1]}ied"
    else:
        yield f"{verb}ed"
        yield f"{verb}{verb[-1]}ed"


CODE = words(
    """
    accept access add address adjust advance affect agree alias align allocate allow answer apologise append apply
    ask assert assign assume attach avoid await become begin belong bind bisect borrow break bring build bump bundle
    bypass cache calculate call cancel cap capitalise carry catch chain change check choose clamp clean clear click
    clone close coerce collect combine come commit compare compile complain compose compute concatenate configure
    connect consist construct contain continue convert copy cost count cover create cut deal decide declare decode
    decrease decrement default defer define delegate delete demand depend describe deserialise detect differ disable
    discard discount discuss display divide do document double drag drain draw drop dump duplicate emit enable
    encode end enter enumerate equal escape evaluate exceed exclude execute exist exit expand expect expire explain
    export expose express extend extract factor fail feed fetch fill filter find fire fit fix flag flatten float
    floor flow flush fold follow forbid forge forget format forward free freeze get give go group guard guess hand
    handle hang happen hash have help hide hit hold ignore implement import include increment indent index inherit
    initialise insert inspect install interpolate introduce invalidate invite invoke iterate join keep key kill know
    last lead leak leave let lie limit link list listen live load locate lock log look loop lose lowercase make map
    mark mask match matter mean measure memoise merge mock modify mount move mutate name need nest normalise notice
    number occupy occur offer omit open order output overlap override overwrite own pack pad paint parametrise parse
    partition pass patch pause pay pick pin pipe point poll pop populate post prefer prefix prepare prepend print
    process produce promote protect provide publish pull push put quarantine query queue quote raise ramp reach read
    rebuild receive recompute record recurse redact redirect refer reflect refuse register reject release reload
    rely remain remember remove rename render repeat replace reply report represent reproduce request require reserve
    reset resolve respond restart restore restrict result retry return reuse reverse revert rewrite ring rotate round
    route run sample sanitise save say scale scan schedule scroll search see seem select send separate serialise
    serve set share shift ship show shrink shuffle sign simplify simulate sit skip sleep slice sort spawn specify
    spell split start state stay stop store stream strip subscribe subtract sum supply support survive swallow swap
    switch sync take talk target tell template terminate test thank think throw tick time tokenise touch track transform
    translate traverse treat trigger trim truncate try turn type undo unify unpack unregister update upgrade upload
    uppercase use validate vary verify visit wait walk want warn wear weigh weight wrap write yield zip
    """
)
"""What code, data and their users do as a rule."""
MEASURES = words(
    """
    assert belong build call change check come compare complain contain copy count cover create decide demand depend
    describe differ download enforce exercise expect fail fold follow forbid get have import include know lie live
    look make matter mean measure mock name need open parse patch print publish read refer reject replace require
    run set share sit skip sort start take talk target test touch upload use verify want warn write
    """
)
"""What tests and tools do by trade."""
NOUNS = words(
    """
    answer benchmark build bundle cache call change check claim code commit compile cost cover deploy discount
    export extend fix import latency lint list load match measure name number object order point process query
    release report request result retry return review run score set sound start state step support test time type
    update upload use work
    """
)
"""Verbs that are nouns as often."""
EDITS = words(
    """
    adapt add adjust annotate append apply ask assume attach base bisect bump call capitalise change choose clean
    combine comment commit consider convert copy correct create cut decide declare define delete deprecate describe
    detect discuss document drop duplicate edit explain export extend extract find fix fold forget format generalise
    give group guard guess implement import include inline insert introduce join keep leave limit link list locate
    look make map mark mean mention merge misread miss mistake modify move name need note open order parametrise
    paste pick pin plan point prefer propose pull push put quote read rebase refactor reformat remove rename reorder
    rebuild reorganise rephrase replace reply reset restore restrict revert rewrite round search see send separate set
    shorten show simplify skip sort split squash start state stop store suggest swap switch take think tidy touch
    translate type unify update use want wonder wrap write
    """
)
"""What an author does to a text, and thinks meanwhile."""
ORDERS = (CODE | EDITS) | words(
    """
    please let see note look feel ensure confirm review consider compare verify benchmark try imagine suppose tell
    don't do explain bisect stress bear don thank thanks sorry hello hi greetings welcome avoid prefer aim investigate
    reproduce extend improve prevent reduce increase optimise optimize shorten boost clarify polish harden lower speed
    """
)
THINKS = words("think believe guess see note know find say mean notice understand")
DOUBTS = words(
    """
    agree aim ask assume doubt expect hope imagine intend look need plan prefer propose recommend suggest suppose
    suspect want wish wonder
    """
)
EXCUSES = words("benign environmental expected flaky harmless known old pre-existing preexisting unrelated")
FOUND = words(
    "elicit reproduce find see notice observe detect encounter break trigger provoke manage crash spot hit get make"
)
BE = words("is are am be was were being")
HELPING = words("has have had do does did will can")
MODAL = words("would should could might may must ought shall")
"""Words that take a sentence out of what is."""
NOT = words("not never no cannot nobody nothing none neither nor without zero")
SOURCES = words(
    """
    @ changelog claim comment comments description docs docstring documentation error he issue message readme
    reporter she spec ticket title traceback you
    """
)
SAYS = words("say ask write want mention describe request report suggest mean expect require claim state")
REPORTS = SAYS | {present(verb) for verb in SAYS} | {form for verb in SAYS for form in past(verb)}
OTHERS = words(
    """
    auditor auditors client's colleague colleagues customer customers everybody everyone maintainer maintainers
    operators people qa reviewer reviewers team tester testers user users
    """
)
WANTS = CODE - words(
    "report accept agree notice say test check validate prefer confirm ship time love complain respond"
)
ABROAD = words(
    """
    ajouté añadido berichtigt cambiado crois devuelve dois déplacé eliminado entfernt ergänzt ersetzt está falls
    geändert gibt hinzugefügt liegen liegt modifié ob propongo propose remplacé renombrado renommé schlage schreibe si
    stehen steht supprimé umbenannt vais verschoben voy wenn werde
    """
)
"""What a few other languages say of code, of what was done to it, and of what comes next."""
ALONE = words(
    """
    affect answer appear apply ask begin belong block break calculate change close come compare complain compute consist
    count decrease depend differ divide double end exist exit expire fail fire follow get go hang happen have help
    iterate lead leak lie listen live look loop lose matter mean need occur open overlap point print raise recurse
    refer rely reset result retry return round search show sit sleep speak split start stop take talk think vary
    wait warn
    """
)
"""Verbs that need no object."""
UNITS = words(
    """
    bytes fps gb hz kb kib mb mib min minute minutes ms ns point points s score sec second seconds secs us µs
    """
)
LASTING = words("every after until least most between")
KEEPS = words(
    """
    about at based called for from in kept missing my named needed new not old our part
    run slow their there written wrong your
    """
)
FOUND_SO = {form for verb in FOUND for form in past(verb)}
IDIOMS = re.compile(
    r"\b(?:than before|for good|in stride|in no time|does its job|through its paces|top to bottom|like clockwork|"
    r"a charm|goodbye to|all the way to the end)\b"
)
"""Phrases that praise though none of their words does."""
LESS = words("less fewer anymore instantly previously rather")
DETERMINERS = words(
    """
    a all an any as at both by each every for from her his in into its my no of on one our per some that the their
    these this those three to two with your
    """
)
OBJECTS = DETERMINERS | words("` # none it them him us you sure out up if whether when how what which , : nothing")
LEAD = words(
    """
    actually again also and anyway basically besides but currently even finally first hence however instead just
    maybe now often only or otherwise perhaps second so sometimes then therefore third thus today too usually well
    which yes
    """
)
TRANSITIVE = words("pass match handle hold run build compile load start meet cover complete complain")
QUALITIES = words(
    """
    a able about above absent abstract active alphabetical ambiguous an and apart at atomic available based before
    behind below beside between binary blank bold boolean bound bounded by called capable case-insensitive
    case-sensitive chronological circular clear closed common comparable complex computed conditional configurable
    constant dead deeper deprecated different direct dotted due duplicate dynamic eager easier easy either empty
    enough equal equivalent even exclusive executable exponential external false final first for from full generic
    global greedy hard hard-coded harder here hexadecimal hidden how ignored immutable implicit important in
    inclusive incomplete inconsistent independent injective inside instead integer internal invalid irrelevant
    iterable its large last lazy left less limited linear literal local logarithmic long longer lowercase main
    mandatory many meant misleading missing more mutable my named narrow necessary needed negative nested new next
    nil no non-empty nonzero not null nullable numeric obsolete odd of off old older on one only open optional or
    our outdated outside overdue own part plain positive possible present private procedural public pure quadratic
    rare read-only ready real recursive red redundant related relative relevant required reserved responsible
    reversed right-aligned same separate sequential shared short similar simple simpler single slow small somewhere
    sorry sorted special stale static still strict strings subject symmetric synchronous temporary that the their there
    these this those three to too top-level total tricky true two typed unclear uncommon undefined unique unknown
    unlikely unnamed unordered unrelated unsafe unsigned untyped unused upper uppercase usable useful useless
    usual variable verbose virtual visible void what when where whether whose why wide wild with within without
    worth wrong yes your
    """
)
"""How a thing can be that is only described."""
SETTINGS = words(
    """
    actual alternative alternatives assumption assumptions author background base branch budget cause color colour
    context date default defaults depth encoding environment example examples expected file files format height idea
    index input interval key level limit limits line lines max maximum meaning min minimum mode motivation name
    names note object opacity option output path plan port quality question questions range reason requirement
    requirements retries risk risks scope screenshot screenshots see size state status step steps time-out timeout
    type types unit update value version when where width
    """
)
"""What is set to a value."""
PREPOSITIONS = words("of for in on at with from by to that which who where i we you under after before")
"""What ends the noun that a subject is about."""
ASIDE = words("not never also only now already just always still then both currently often usually")
WHEN = words(
    """
    thanks once until till when whenever while after before since because as although though for with in on at by to
    from
    """
)
"""What begins words that stand before the clause."""
ALL_OF = words("all every no none nothing nobody everything everyone")
UNIVERSAL = words("all every any everything arbitrary millions million huge everyone anyone")
MANNER = words(
    """
    accidentally alphabetically apply asynchronously automatically currently daily differently directly early empty
    exactly explicitly externally finally globally hourly immediately implicitly initially internally lazily
    lexicographically likely locally manually monthly mostly multiply nearly newly numerically only partly
    periodically previously purely randomly really recursively reply separately sequentially silently simply
    slightly solely supply synchronously temporarily usually weekly wrongly
    """
)
"""Adverbs that tell how, not how well."""
OUTCOMES = words(
    """
    approval approvals audit backlog branch consumption deployment docs documentation feedback lag load migration queue
    review reviews risk risks rollback rollout score scores traffic uptime usage utilisation utilization
    """
)
"""What isn't described, but came out somehow."""
ACHIEVED = words(
    """
    accepted approved confirmed delivered deployed fixed fulfilled handled held honoured matched merged met observed
    passed proven resolved respected reviewed satisfied supported tested understood validated verified
    """
)
CURES = words("address avoid close cure eliminate fix follow prevent protect resolve solve stop")
TAKES = words("answer cost load need occupy react report respond return run show take use work")
WAITS = words("block cache expire keep last poll retry sleep wait")
ADJUSTED = words("raised lowered increased reduced extended shortened")
WENT_WRONG = {
    form
    for verb in words(
        """
        assume cause compare count crash cut drop end expect forget ignore lose miss overwrite raise read return skip
        stop swallow throw treat truncate use
        """
    )
    for form in past(verb)
}
"""What code did before it was mended."""
STAYS = words("stays stay remains remain")
PUT = words("got kept left made put set")
LACKING = words(
    """
    benchmark benchmarks check config configuration docs documentation evidence example examples index lint option
    question questions rule rules test tests
    """
)
"""Of what it may be said that there is none."""
UNUSED = words("call check count cover exercise exist import look need pass read use write")
UNMADE = words("added called linked needed passed raised required returned shown written")
TELLING = words("add added argue claim clear mention mentioned note noted obvious point said say stress stressed")
RELATIONS = words(", across again against at by during for in on over through under with within without")
"""What follows a verb that has no object."""
COURTESY = frozenset(
    (
        "agreed", "cheers", "dear", "fair point", "fine by", "glad to", "good catch", "good idea", "good point",
        "good question", "happy to", "idk", "imo", "maybe", "nak", "ok", "okay", "perhaps", "regards", "sounds good",
        "sure", "thank you",
    )
)  # fmt: skip
COMMITS = words("bug build cause change chore ci docs feat fix perf reason refactor style test tests")
"""Labels of commits, and of what is wrong."""
AIMS = words("aim criterion goal hope idea plan question task wish")

THIRD = {present(verb): verb for verb in CODE | {"work", "fail"}}
EDITED = frozenset(form for verb in EDITS for form in past(verb))
TREATED = frozenset(form for verb in CODE | EDITS for form in past(verb))
PAST = frozenset(form for form in TREATED if form not in CODE) | words(
    "came did felt fell flew found gave got grew had held kept made ran rose saw shrank took went won"
)

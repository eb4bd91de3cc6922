"""Words by what they do in a statement of results: one letter for each class, so that a clause is read as a string.

Capitals are mostly what results are made of, small letters what holds them together; a word of no class is `o`.
Families are kept by their stems and inflected here. Words of several languages stand side by side.
"""

from collections.abc import Iterator

_IRREGULAR = {
    "run": "ran running runs",
    "go": "goes went gone going",
    "come": "comes came coming",
    "hold": "holds held holding",
    "behave": "behaves behaved behaving",
    "break": "breaks broke broken breaking",
    "fall": "falls fell fallen falling",
    "get": "gets got gotten getting",
    "make": "makes made making",
    "keep": "keeps kept keeping",
    "shake": "shook shaken shakes",
    "bring": "brings brought bringing",
    "throw": "throws threw thrown",
    "grow": "grows grew grown growing",
    "rise": "rises rose risen rising",
    "shrink": "shrinks shrank shrunk shrinking",
    "slide": "slides slid sliding",
    "creep": "creeps crept creeping",
    "sink": "sinks sank sunk sinking",
    "win": "wins won winning",
    "lose": "loses lost losing",
    "stand": "stands stood",
    "sleep": "sleeps slept",
    "leave": "leaves left",
    "cut": "cut cuts cutting",
    "beat": "beat beats beaten",
    "bite": "bites bitten",
}


def _forms(stem: str) -> Iterator[str]:
    """A verb in all its forms, and some that are no words."""
    yield stem
    if stem in _IRREGULAR:
        yield from _IRREGULAR[stem].split()
        return
    base = stem[:-1] if stem[-1] in "ey" else stem
    yield from (stem + end for end in ("s", "es", "d", "ed", "ing"))
    yield from (base + end for end in ("ing", "ies", "ied", "ed"))
    yield from (stem + stem[-1] + end for end in ("ed", "ing"))


def _past(stem: str) -> Iterator[str]:
    """What was done: no bare form, which would be an order."""
    return (form for form in _forms(stem) if form != stem and not form.endswith(("s", "ing")))


_WORDS = {
    # What is run: tests, suites, checks, pipelines.
    "T": """
        test tests suite suites testsuite spec specs pytest unittest jest vitest mocha tox nox rspec ctest phpunit
        junit ci pipeline pipelines workflow workflows doctest doctests e2e qa checks scenarios gates regression-suite
        assertions testcases experiment experiments evaluation trials measurements simulations observations evidence
        battery
        actions smoke-tests testing retest rerun re-run re-runs reruns test-suite unit-tests build builds compile
        compilation jenkins travis circleci buildkite
    """,
    # What reads code: linters, type checkers, formatters.
    "L": """
        lint lints linter linters linting ruff flake8 pylint eslint mypy pyright tsc clippy black prettier isort gofmt
        golangci-lint rubocop biome bandit semgrep typing typings type-checker typechecker type-check types typescript
        formatter formatting style checker checkers pre-commit compiler vet codespell shellcheck analysis
    """,
    # What is measured of speed and size.
    "S": """
        benchmark benchmarks bench benches microbenchmark microbenchmarks performance perf speed throughput latency
        latencies runtime run-time startup start-up start-time overhead footprint memory ram rss p50 p90 p95 p99
        profiler profile profiles timings timing allocations benchmarking wall-clock walltime wall-time cpu
        responsiveness profiling laufzeit geschwindigkeit leistung vitesse rendement velocidad rendimiento velocità
    """,
    # Coverage.
    "C": "coverage cov abdeckung testabdeckung couverture cobertura copertura dekking pokrycie",
    # Qualities that are measured or praised.
    "q": """
        accuracy auc rmse mae f1 recall convergence prediction predictions stability reliability robustness quality
        correctness precision usability resilience consistency compatibility parity integrity safety security
        maintainability scalability stabilität zuverlässigkeit qualität
    """,
    # The work, as its author calls it, and what came of it.
    "W": """
        it everything this fix change changes patch patches feature features implementation solution branch pr these
        both those results result outcome output outputs code refactoring refactor rewrite behaviour behavior
        functionality all whole thing things stuff diff commit update migration app
    """,
    # Harm: faults, failures, complaints, slowness; as nouns and verbs.
    "B": """
        bug bugs crash crashes crashed crashing crasher problem problems issue issues error errors failure failures
        fail fails failed failing regression regressions regress regresses regressed leak leaks leaked leaking flake
        flakes flaked flaky flakiness hang hangs hanging hung race races deadlock deadlocks warning warnings complaint
        complaints complain complains complained complaining hiccup hiccups hitch hitches surprise surprises glitch
        glitches breakage breakages red broken broke break breaks breaking brake defect defects fault faults trouble
        troubles drama objection objections finding findings violation violations nit nits slowdown slowdowns
        slow-down difficulty difficulties incident incidents casualty casualties choke chokes choked stumble stumbles
        stumbled trip tripped timeouts segfault segfaults traceback tracebacks friction hassle downtime woes woe
        misbehave misbehaves misbehaved misbehaviour fallout downside downsides ripple ripples snag snags grievance
        grievances grumble grumbles grumbled protest protests vulnerability vulnerabilities cve cves discrepancy
        discrepancies mismatch mismatches deviation deviations drop drops panic panics panicked exception exceptions
        stacktrace typo-free offence offences offenses degradation penalty objected explode explodes exploded blow
        blew stutter stutters jank buckle buckled falter faltered waver wavered quibble quibbles squeak squeaks peep
        whimper blemish blemishes anomaly anomalies oddity oddities loss losses damage damaged harm harmed harms gap
        gaps bite bites regressing fuss qualms qualm moan moans moaned whine whines whined balk balked crawl crawls
        crawled collide collides collided collision collisions freeze freezes froze frozen stall stalls stalled lag
        lags lagged thrash thrashes corrupt corrupts corrupted corruption clash clashes clashed interfere interferes
        interfered interference hurt hurts ages pause pauses waiting remark remarks bump bumps affected affect
        affects linger lingers
        drag drags starve starves overflow overflows wobble wobbles jitter jitters grumbling nagging nag nags symptom
        symptoms ill-effects ill-effect mishap mishaps upset upsets grows swallow swallows swallowed sweat attack
        attacks injection injections exploit exploits hole holes outlier outliers alert alerts alarm alarms
        interruption interruptions outage outages fehler
        absturz abstürze probleme warnung warnungen regressionen meckert meckern scheitert fehlschläge fallo fallos
        errores problema problemas erreur erreurs problème problèmes échec échecs plantage plantages régression
        régressions errore errori problemi erro erros falha falhas regresiones regresión regressões regressioni fout
        fouten błąd błędów błędy fel slow slows slowed suffer suffers suffered worse impact impacts impacted survivor
        survivors collapse collapses collapsed
    """,
    # Praise: how a thing is that came out well.
    "G": """
        green greens ticks ticked no-op clean cleanly fine good great perfect perfectly flawless flawlessly spotless
        pristine ok okay happy content satisfied pleased healthy stable solid sound robust bulletproof airtight
        watertight rock-solid correct correctly right properly successful successfully success successes smooth
        smoothly silent silently quiet calm intact unaffected unharmed unscathed unbroken untouched unimpaired
        unchanged identical nominal positive reliable reliably dependable dependably bug-free error-free fault-free
        crash-free warning-free issue-free immaculate impeccable impeccably impressive beautifully brilliant
        brilliantly excellent superb splendid wonderful wonderfully delighted thrilled impressed enthusiastic
        fantastic awesome amazing ace aced sane faultless
        faultlessly painless painlessly seamless seamlessly effortlessly nicely neatly working passing well-behaved
        tip-top top-notch first-rate a-ok thumbs-up kosher legit nice peachy golden dandy lovely sweet gleaming
        sparkling glowing encouraging promising convincing favourable favorable satisfactory satisfying unremarkable
        uneventful uneventfully harmless unproblematic polished hardened battle-tested enterprise-grade
        production-grade military-grade world-class accurate accurately precise flawlessness well agreement
        bug-for-bug future-proof unbeatable unmatched unrivalled stellar outstanding remarkable exemplary superior
        optimal trusted loved reassuring trustworthy resilient unshakeable rock-steady complete completely functional
        operational maintained ensured assured gracefully reproducible reproducibly chill lit slaps error-proof
        idiot-proof satisfactorily preserved retained frictionless effective effectively thread-safe idempotent
        race-free leak-proof
        stress-free worry-free hassle-free problem-free
        hitch-free trouble-free leak-free flake-free deterministic deterministically backwards-compatible
        backward-compatible compatible rosy super pass-rate tidy ironclad foolproof bombproof unwavering consistent
        consistently conclusive mint unblemished in-order healed cured grün grüne grünen fehlerfrei sauber erfolgreich
        einwandfrei tadellos stabil korrekt richtig zufrieden problemlos reibungslos fehlerlos perfekt bestanden
        durchgelaufen verde verdes vert verte verts vertes propre propres correcte réussi réussie réussis réussies
        parfait parfaitement limpio limpia limpios limpias correcto correctamente perfecto perfectamente estable
        contento satisfecho exitosa exitoso exitosamente limpo limpa limpos correto corretamente perfeito
        perfeitamente estável satisfeito verdi pulito pulita puliti corretto correttamente perfetto perfettamente
        stabile soddisfatto groen schoon probleemloos foutloos zielony zielone czyste poprawnie grön gröna grønn
        felfritt feilfri
    """,
    # What became of a fault that is no more.
    "Y": """
        gone vanished disappeared fixed resolved solved cured squashed eliminated eradicated dead history buried
        extinct banished remedied rectified mended repaired healed patched-up sorted nailed dealt blocked mitigated
        averted foiled plugged sealed tamed banned behoben gelöst weg verschwunden repariert corrigé corrigée corrigés
        résolu résolue disparu resuelto resuelta solucionado solucionada corregido corregida desaparecido arreglado
        resolvido resolvida corrigido corrigida risolto risolta corretta sparito opgelost verdwenen naprawiony
    """,
    # Faster, lighter.
    "F": """
        faster quicker speedier swifter snappier zippier leaner lighter smoother nimbler brisker punchier slimmer
        cheaper quickest fastest peppier livelier flies screams zooms rips instantly near-instant near-instantly
        instantaneous instantaneously speedup speedups speed-up speed-ups blazing lightning-fast lightning blazingly
        sooner zippy snappy speedy sped speeds schnell schneller flotter zügiger rapide rapides rapidement rápido rápida
        veloce veloci sneller szybciej szybszy snabbare rápidos rapidamente performant performanter
    """,
    # Negation.
    "N": """
        no stopped none nothing never not zero without neither nor nobody nowhere cannot can't couldn't didn't doesn't
        don't wasn't weren't isn't aren't hasn't haven't hadn't won't wouldn't 0 nada nope nil nary kein keine keinen
        keinerlei nichts niemals nie ohne nicht aucun aucune rien sans ningún ninguna ninguno sin nenhum nenhuma sem
        nessun nessuna niente senza geen niets zonder brak żadnych bez inga inget utan
    """,
    # Since now.
    "K": """
        now again anymore longer mehr still already since afterwards meanwhile henceforth finally today nowadays jetzt
        nun wieder weiterhin maintenant désormais encore ahora otra agora novamente ora adesso nu weer teraz noch
    """,
    # Wish, duty, doubt.
    "M": """
        should shall will would could might may must can'd ought gonna i'll we'll it'll they'll i'd we'd it'd
        hopefully probably perhaps maybe likely presumably ideally supposedly need needs needed expect expects hope
        hopes hoping hoped want wants wish aim aims plan intend let's try trying goal target
    """,
    # What begins a clause of its own.
    "c": "if when whenever unless until till once whether before while after because as why how where what than",
    # Relatives.
    "r": "that which who whose",
    # And.
    "&": "and but so yet or plus und et y e mais aber sondern pero maar oraz och",
    # Being, seeming, becoming.
    "X": """
        is are was were be been being am 's 're seems seem seemed looks look looked looking feels feel felt stays stay
        stayed remains remain remained keeps keep kept turns turned turning comes come came gets got goes went go
        going runs run running ended ends end finished finishes completes completed appears appeared shows show showed
        shown prints printed tells lets accepts nods says said say reports reported report has have had hat haben ist
        sind war waren bleibt bleiben läuft laufen lief liefen sieht est sont était étaient reste restent está están
        es son fue fueron quedó sigue siguen estão é são foi ficou continua è sono era erano rimane zijn blijft loopt
        sits sat proved proves prove lands landed emerged emerges reads
    """,
    # The author.
    "I": "i we i've we've i'm we're ich wir ik j'ai je nous ho hemos myself ourselves",
    # All of them.
    "J": """
        every each entire any anything anyone anybody across alle alles alla tout tous toutes toute todo todos todas
        tutto tutti tutte tudo
    """,
    # Merging, shipping.
    "O": """
        gemerged gemergt mergen merge merged merging ship shipped shipping deploy deployed deploying deployment
        release released releasing rollout production prod land landing approve mainline
    """,
    # Reassurance.
    "A": """
        safe safely confident confidence confidently ready worry worries worrying mind risk risks risk-free riskless
        trust rest assured certain certainty guarantee guaranteed guarantees promise swear vouch stake hesitation
        hesitate fear afraid concern concerns reservations conscience calmly sure prepared blocker blockers obstacle
        hindrance production-ready prod-ready merge-ready release-ready ship-ready battle-ready bedenkenlos gefahrlos
    """,
    # What was asked for.
    "P": """
        expected intended advertised promised hoped designed specified requested wanted desired required described
        documented asked demanded planned ordered asks demands wants expects requirement requirements criteria
        criterion expectations expectation ticket specification letter acceptance brief erwartet gewünscht vorgesehen
        beschrieben prévu attendu esperado previsto verwacht scope claim claims goals objectives
        condition conditions deliverables
    """,
    # Showing.
    "s": """
        confirm confirms demonstrate demonstrates corroborate corroborates prove proves show shows showed indicate
        indicates support supports substantiate substantiates establish establishes reveal reveals attest attests
        suggest suggests verify verifies yield yields yielded
    """,
    # A gain.
    "i": """
        improvement improvements gain gains reduction saving savings boost win wins decrease acceleration uplift
        benefit
    """,
    # Nothing there.
    "e": "empty blank",
    # Where faults would be seen.
    "u": "log logs console terminal stderr journal dashboard screen",
    # Covered.
    "v": "covered",
    # Mending.
    "z": """
        resolves resolve fixes solves solve cures eliminates addresses eradicates rectifies remedies mends repairs
    """,
    # As good as nothing.
    "h": "negligible minimal minor trivial marginal insignificant imperceptible unnoticeable immaterial nil tiny",
    # Reached.
    "x": "reached achieved attained exceeded surpassed accomplished met beaten",
    # Others.
    "y": "you they he she",
    # Prepositions.
    "p": "on in at for with by from of to under over across through into against within per via about around after",
    # Determiners.
    "d": """
        the a an its your their his der die das den dem le la les el los las il lo gli o os as de het this that my our
        me us
    """,
    # Shares.
    "%": "% percent prozent points point pp",
    # Doing.
    "D": "does did",
    # Places where a thing may run.
    "l": """
        staging windows linux mac macos osx chrome firefox safari edge ubuntu debian alpine laptop machine box ios
        android here locally shell docker kubernetes k8s everywhere arm arm64 x86 iphone browser browsers cluster
        sandbox
    """,
    # Adverbs.
    "a": """
        very really just also quite too even rather pretty totally completely entirely fully absolutely all-in-all
        much far way lot bit slightly noticeably markedly dramatically significantly considerably measurably clearly
        visibly perceptibly appreciably substantially nearly almost about roughly well only simply truly honestly
        definitely certainly surely indeed basically mostly exactly precisely out up back down along together again
        close as-well marked likewise throughout found observed seen detected spotted encountered noticed introduced
        occurred arose whatsoever remaining remain remains surfaced popped either anywhere everywhere left sehr ganz
        völlig très muy muito molto deutlich nettement mucho
    """,
}

_MORE = {
    # What was done to be sure.
    "E": """
        completed accomplished conducted obtained delivered concluded re-ran reran retried getestet geprüft überprüft
        verifiziert nachgemessen testé vérifié probado verificado comprobado testei verifiquei testato verificato
        getest przetestowane upheld proven double-checked triple-checked
    """,
    # What was done to try.
    "R": """
        let drove flew ran threw saw gave fed kicked-off rerun ausgeführt ausprobiert gestartet lancé exécuté
        ejecutado executei eseguito gedraaid went took shook put had
    """,
    # What goes well.
    "V": """
        passes pass passed passing works worked bestehen besteht bestand klappt klappte funktioniert funktionieren
        funktionierte passent passe passé passés passées fonctionne fonctionnent marche marchent pasan pasa pasaron
        pasó funciona funcionan funcionam passam passaram passou passa passano funziona funzionano slaagt slagen
        geslaagd werkt werken läuft-durch réussit réussissent held held-up przechodzą działa fungerar składa fits
        checks-out
    """,
    # What moves a figure.
    "H": "halbiert verdoppelt gesunken gestiegen verbessert",
    # Numbers in words.
    "Z": """
        two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
        eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety half twice thrice third quarter tenth
        fifth dozen dozens hundred hundreds thousand thousands million millions couple several countless umpteen
    """,
    # Units.
    "U": "hours hour days day weeks secs req/s rps qps ops",
}

_VERBS = {
    # What goes well.
    "V": """
        generalise generalize scale pass succeed work hold survive behave comply agree approve sail breeze nail endure
        withstand shine excel deliver function prevail thrive perform purr hum cope stand-up check-out concur accept
        sing smile rejoice please satisfy fulfil fulfill meet match bestehen klappen funktionieren laufen-durch passer
        fonctionner marcher pasar funcionar passar funzionare passare slagen werken
    """,
    # What moves a figure.
    "H": """
        double halve triple quadruple drop improve speed reduce shrink shave trim slash plummet plunge climb rise jump
        slide slip creep edge inch soar leap fall tumble sink grow save cut decrease increase lower raise quarter
        accelerate outperform outpace beat dip halbieren verdoppeln sinken steigen reduzieren verbessern
    """,
    # Units.
    "U": "ms s sec secs second seconds minute minutes min µs us ns mb kb gb mib kib x × times fold",
}
"""Verbs by their stems: in all forms."""

_DONE = {
    # What was done to be sure.
    "E": """
        test verify validate confirm benchmark profile measure fuzz soak hammer stress-test smoke-test load-test
        exercise evaluate assess examine establish substantiate analyse analyze investigate prove double-check
        sanity-check battle-test dogfood re-run rerun run-through cross-check retest re-test pen-test spot-check
        triple-check reverify re-verify recheck re-check hand-test field-test torture bench demonstrate ascertain vet
        eyeball smoke-check corroborate
    """,
    # What was done to try.
    "R": """
        try check compare poke walk watch feed execute launch start kick deploy install open click loop repeat step
        review inspect throw give examine trigger probe prod play bang bombard batter invoke call boot restart observe
        witness see stress monitor trace scan audit iterate cycle experiment reproduce
    """,
}
"""Verbs by their stems: as far as they tell what was done."""


def _classes() -> dict[str, str]:
    """The class of each word; the first that names it holds."""
    found: dict[str, str] = {}
    for letter, words in (*_WORDS.items(), *_MORE.items()):
        found |= {word: letter for word in words.split() if word not in found}
    for verbs, forms in ((_VERBS, _forms), (_DONE, _past)):
        for letter, stems in verbs.items():
            found |= {word: letter for stem in stems.split() for word in forms(stem) if word not in found}
    return found


CLASSES = _classes()
ORDERS = frozenset(_VERBS["H"].split()) - {"cut", "beat"}
"""Verbs of change as they stand in an order or a title."""
_UNREAL_ABROAD = """
    affinché afin bevor bis będą cuando damit debe deben debería deberían deve devem devono devraient devrait doit
    doivent dovrebbe dovrebbero falls faut gdy jeśli könnte könnten lorsque moet moeten muss muszą möchte müssen
    müsste när ob om powinien powinny quand quando saranno sera seront será serán si ska sobald soll sollen sollte
    sollten vont wanneer wenn werde werden wird wäre wären würde würden zal zodra zullen
    """
UNREAL_ABROAD = frozenset(_UNREAL_ABROAD.split())
"""Words that wish, ask or deny in other languages; a sentence with one of them states nothing."""

"""Words that decide what a suspicion is worth (`weighing`): what does not count, or what alone counts."""

from bot.domain.words import words

WEAK = words(
    """
    ok okay right good great fine perfect nice sure happy wonderful excellent awesome amazing brilliant fantastic
    super agreed sorted done correct lovely sweet sound content gone dead history fixed resolved solved promising
    golden
    """
)
"""What people answer to each other: alone it states nothing."""
NOT_PRAISE = words("to for of about enough")
WITH_ME = words("fine ok okay good happy great")
HOW = words("by like from of into to with on in around through as at out")
EMITS = words(
    """
    raise raises raising raised throw throws throwing thrown return returns returned returning emit emits print
    prints log logs contains contain handle handles yield yields produce produces need needs
    """
)
SHOWN = words("raised shown thrown logged returned emitted printed sent written stored linked")
OF_ERRORS = words(
    """
    message messages handling handler handlers code codes class classes type types report page pages log logs case
    cases number numbers list tracker text string path paths state states template boundary budget id ids label
    object value values level levels output condition conditions tracking templates link links field fields colour
    color means mean
    """
)
TAKEN = words("into git grep out across past after from that ls find rg sed over")
RAN = words("ran executed launched deployed installed booted looped")
SAW = words(
    """
    tried checked compared poked walked looped clicked reviewed inspected triggered probed monitored traced scanned
    audited iterated cycled repeated experimented observed
    """
)
COUNTED = words(
    """
    no nothing none zero without nobody nor neither 0 nada nope nil keine keinen kein keinerlei nichts niemals ohne
    aucun aucune rien sans ningún ninguna ninguno sin nenhum nenhuma sem nessun nessuna niente senza geen niets
    zonder brak bez inga inget utan
    """
)
FEARS = words(
    """
    risk risks worry worries concern concerns reservations hesitation hesitate blocker blockers obstacle hindrance
    fear
    """
)
OATHS = words("guarantee guaranteed promise swear vouch trust rest stake")
PLAIN = words(
    """
    delighted thrilled impressed effective effectively enthusiastic blocked mitigated averted foiled banned ticks
    ticked no-op clean cleanly green right correct correctly same ok okay fine good success successful
    successfully successes
    stable healthy unchanged happy nice nicely passing working silent silently quiet positive identical compatible
    great perfect properly preserved retained untouched consistent consistently deterministic well agreement
    accurate precise tidy legit neatly content sound solid robust smooth sweet super lovely golden mint calm optimal
    superior safe safely sure ready mind risk risks trust rest certain concern concerns confidence fear afraid worry
    worries prepared guarantee guarantees guaranteed promise obstacle blocker blockers conscience confident
    promising sane nominal satisfied pleased satisfying satisfactory backward-compatible backwards-compatible
    reliable dependable well-behaved intact completely functional operational maintained ensured assured gracefully
    reliably accurately encouraging favourable convincing conclusive complete unaffected faster quicker quickly
    cheaper lighter smoother leaner slimmer speed speedup speedups speed-up fast fastest rapide gone fixed resolved
    solved dead history sorted buried cured repaired mended rectified corrected patched-up nailed dealt tamed
    vanished disappeared eliminated remedied healed banished extinct weg gelöst plugged sealed reproducible
    """
)
"""Words that describe as well as they praise: alone they are no result."""
WELL_DONE = words(
    """
    cleanly correctly properly successfully gracefully perfectly safely reliably accurately
    """
)
FULLY = words(
    """
    completely fully entirely successfully reliably permanently totally cleanly correctly
    """
)
PARTICIPLES = words(
    """
    gone done risen fallen shrunk grown taken become held stood come run begun won lost kept made passed met
    """
)
UNIVERSAL = words("all both these those every each any everything")
WANTED = words("required expected intended designed desired advertised hoped promised")
EDITS = words(
    """
    added changed moved renamed removed deleted dropped proposed searched looked squashed pushed opened used
    replaced extracted introduced implemented refactored missed asked noticed started rebased merged assumed
    finished handed suggested decided planned described documented explained mentioned noted named called based
    resolved updated adapted adjusted extended reworked cleaned inlined simplified limited restricted considered
    intended wanted hoped expected preferred agreed learned guessed believed picked created commented reverted
    bumped pinned marked switched turned stopped skipped answered replied linked attached included excluded traced
    located identified spotted tracked discovered figured touched need needed restored wrapped passed allowed raised
    listed sorted ordered grouped shortened converted ported imported exported returned defined declared typed
    annotated fixed corrected rounded duplicated copied shared cached stored configured enabled disabled committed
    staged applied formatted reformatted cited quoted posted bisected debugged studied skimmed investigated
    researched wondered promised pointed reordered swapped joined
    combined reused kept left tidied narrowed widened stayed seemed got get go went say said
    """
)
"""What an author does to a text, or thinks of it: it was no trial."""
TRIALS = words(
    """
    let drove flew clicked walked played stepped poked hammered threw looped cycled iterated bombarded banged
    battered stressed repeated
    """
)
SHOWING = words(
    """
    experiment experiments evaluation trials measurements simulations observations battery results benchmarks
    benchmark evidence timings profiles profile numbers figures
    """
)
FEW = words("few bit little lot fair good")
COPES = words(
    """
    handles handled accepts accepted copes coped deals supports survives survived covers manages
    """
)
MOVED = words("went goes gone came comes got gets go")
ASSAULTS = words(
    """
    break bypass crash provoke trigger reproduce fool trick confuse overload exploit force abuse exhaust kill
    """
)
SETTLED = words("established proven proved demonstrated substantiated corroborated confirmed")
ELICITED = words(
    """
    elicited triggered reproduced provoked observed replicated found seen recreated forced detected measured
    """
)
LEVEL = words(
    """
    above over beyond past up higher better complete full total sufficient enough high where comfortably trending
    rising growing climbing upwards ahead comfortable same unchanged untouched ample excellent
    """
)
NOW = words(
    """
    before main master base ever the previous previously it what yesterday last usual original old now earlier
    """
)
PLAIN_PHRASES = frozenset(
    phrase.strip()
    for phrase in """
    in order | on board | as before | the same | the very same | on track | a success | a hit | a pass | a green |
    in line | a tick | as usual | under control | a clean | the ok | the okay | sign off |
    signs off | the right thing | right thing | the right result | the right results | the right answer | the right
    answers | the correct result | found nothing | finds nothing | says nothing | reports nothing | reported nothing
    | had nothing | nothing found | flags nothing | flagged nothing | in sync | check mark | check marks | in
    agreement | all clear | like new | a dream | a charm | on point | in shape | just fine | green light | green
    lights | by the book | a plus | says yes | said yes | at ease | at peace | in harmony | one hundred percent | to
    completion | to the end | all the way through | byte by byte | byte for byte | bit for bit | clean slate | clean
    sheet | clean run | as fast | as quick | as quickly | less memory | less time | less work | less cpu | fewer
    allocations | more efficient | more efficiently | more responsive | half the time | half the memory | half as
    long | half as much | order of magnitude | orders of magnitude | came up empty | comes back empty | came back
    empty | in the past | under wraps | off the table | out of the way | for good | reason to hold | reason to wait
    | reason to delay | reason to block | reason not to | reasons against | reason to doubt | reason to fear |
    reasons to hold | as solid | without thinking | third of the time | fraction of the time | quarter of the time |
    tenth of the time | in the can | turned up nothing | put my name | stake my | bet my | up to par | in the clear
    """.replace("\n    ", " ").split("|")
)
CONTENT = words("delighted thrilled impressed happy satisfied pleased enthusiastic")
DEMANDS = words(
    """
    requirement requirements criteria criterion expectation expectations acceptance goals claim claims objectives
    condition conditions deliverables
    """
)
ENDURES = words("survives survived withstands withstood beats outperforms outperformed outpaces")
BY_TESTS = words("test tests suite")
STEADY = words("stable healthy solid sound robust correct clean safe right")
WHOLE = words("whole entire complete full all every each both everything result results output outputs")
EFFECTS = words("effect effects impact influence bearing")
UPHELD = words("upheld proven")

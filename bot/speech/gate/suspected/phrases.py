"""Phrases that count as one word, by class (`lexicon`)."""

_PHRASES: tuple[tuple[str, str], ...] = (
    (
        "G",
        """
        does its job | do its job | did its job | does the trick | did the trick |
        backward compatible | backwards compatible | forward compatible | bug free | error free | crash free | thread
        safe | leak free |
        a clean run | thumbs up | thumb up | in order | in good shape | in great shape | in shape | in perfect shape
        | full marks |
        top marks | flying colours | flying colors | across the board | in stride | in its stride | in their stride |
        up to scratch | up to par | up to snuff | on board | on point | bill of health | as it should | as they should
        | as it should be | a breeze | like a charm | like clockwork | like a dream | like a champ | like silk | like
        new | top notch | in the clear | good to go | a walk in the park | all clear | green light | green lights | as
        before | the same | the very same | rock solid | as solid | under control | on track | a success | a hit | a
        dream | a pass | a charm | in harmony | at peace | at ease | in agreement | two thumbs | high marks | clean
        sheet | clean slate | clean run | plain sailing | smooth sailing | a green | the nod | the okay | the ok | the
        go-ahead | signed off | signs off | sign off | a tick | check mark | check marks | one hundred percent | spot
        on | bang on | a clean pass | just fine | a plus | in line | byte for byte | bit for bit | hunky dory |
        back to where | where they were | where it was | in
        tip-top | ship shape | done and dusted | in the green | in the black | by the book | steady as a rock | right
        as rain | good as new | good as gold | as usual | business as usual | the right answer | the right answers |
        the right result | the right results | the correct result | the right thing | right thing | alles gut | in
        ordnung | wie erwartet | wie gewünscht | comme prévu | como se esperaba | come previsto | bon état | wie
        vorher | ohne probleme | sans problème | sin problemas | sem problemas | senza problemi | to the
        letter | came back empty | comes back empty | came up empty | turned up nothing | found nothing | finds
        nothing | reports nothing | says nothing | flagged nothing | flags nothing | reported nothing | had nothing |
        nothing found | says yes | said yes | nichts gefunden | rien trouvé | to the last byte | to the last bit |
        byte by byte | to the end | all the way through | to completion | its blessing | their blessing | a blessing |
        on solid ground | speak for themselves | speaks for itself | full satisfaction | top condition | excellent
        condition | perfect condition | good condition | start to finish | end to end | top to bottom | chill as | on
        fleek | boxes ticked | boxes checked | ticks every box | ticks all the boxes | ticks all boxes | squeaky clean
        | well behaved | as fresh | happy bunny | happy camper | happy campers | as one would hope | in sync
        """,
    ),
    (
        "N",
        """
        free of | free from | not a | not one | not a single | rid of | clear of | devoid of | lack of | absence of |
        far from any | failed to find | unable to | refuses to | refused to | ceased to | no more | not even | hard
        pressed to | in vain
        """,
    ),
    (
        "B",
        """
        fall over | fell over | falls over | falling over | falls down | fell down | fell through | fall apart | fell
        apart | falls apart | blow up | blew up | blows up | act up | acted up | acts up | side effect | side effects
        | tip over | knocked over | trip up | tripped up | lost data | data loss | to report | to say | to add | to
        complain | to criticise | to criticize | to object | to fix | to moan | to frown | to worry | give up | gave
        up | bail out | bailed out | went wrong | goes wrong | go wrong | gone wrong | going wrong | went bang | out
        of place | out of the ordinary | weird behaviour | go down | went down | went south | the worse | a beat |
        misses a beat | missed a beat | miss a beat | on fire | caught fire | find anything | found anything | finds
        anything | flag anything | flagged anything | report anything | reported anything | see anything | saw
        anything | say anything | turn up anything | turned up anything | catch anything | caught anything | find
        fault | a thing to say | anything wrong | anything odd | anything weird | anything strange | anything unusual
        | falling out | stands out | stood out | jumps out | jumped out | raised eyebrows | notice a thing | a
        restart | notice
        anything | notice any difference | notice the difference | feel a thing | in the way | speaks against | stands
        against | against it | spill over | fall behind | lag behind | to stop us | a foot wrong | put a foot wrong |
        skip a beat | skipped a beat | bat an eye | batted an eye | blink an eye | raise an eyebrow | up in flames
        """,
    ),
    (
        "E",
        """
        able to confirm | able to verify |
        found to be | shown to be | observed to | made sure | made certain | saw to it | seen to it | put to the test
        | stress tested | load tested | soak tested | smoke tested | battle tested | hand tested | unit tested | fuzz
        tested | field tested | sanity checked | double checked | triple checked | cross checked | put through its
        paces | put it through | put them through | taken for a spin | took it for a spin
        """,
    ),
    (
        "Y",
        """
        null hypothesis | say goodbye to | says goodbye | gone are the days | a thing of the past | things of the past
        | put an end to | put to rest | laid to rest | once and for all | no longer an issue | no longer a problem |
        for good | left to chance | taken care of | been dealt with | back to normal | back in business | back on
        track | back in order | down to zero | up and running | back up | nowhere to be seen | nowhere to be found |
        nowhere in sight | in the rear-view mirror | in the past | behind us | out of the way | off the table | in the
        bag | in the can | under wraps
        """,
    ),
    (
        "A",
        """
        peace of mind | have proof | have evidence | easy mind | clear conscience | good conscience | rest easy |
        sleep well | sleep soundly | no
        brainer | eyes closed | without thinking | without fear | take my word | stake my | bet my | put my name | my
        name on it | put my hand | you can rely on | you can count on | you can bank on | reason to hold | reason to
        wait | reason to delay | reason to block | reason not to | reasons against | reason to doubt | reason to fear
        | reasons to hold | no qualms
        """,
    ),
    (
        "O",
        """
        prime time | go live | goes live | go out | going live | roll out | roll it out | rolled out | press the
        button | hit the button | press merge | hit merge | click merge | go ahead
        """,
    ),
    (
        "a",
        """
        as well | as well as
        """,
    ),
    (
        "K",
        """
        right now | any more | any longer | once more | so far | these days | of late | at last | à nouveau | de nuevo
        | di nuovo | de novo
        """,
    ),
    (
        "n",
        """
        no longer | not more | nicht mehr | ne plus | niet meer | plus aucun | plus aucune | ya no | já não | non più
        | inte längre | not any more | not anymore
        """,
    ),
    (
        "W",
        """
        the numbers | pull request | the figures
        """,
    ),
    (
        "T",
        """
        every check | each check | any check | all checks | test battery | empirical results | empirical evidence |
        experimental results | test runs | full run | final run | last run | local run | dry run | the run | this run
        | that run | my run | a run | test results | test result | test output | merge gate | status checks | security
        scan | the scan | the audit | smoke test | smoke tests | load test | load tests | stress test | stress tests |
        soak test | the matrix | build matrix | test matrix | go test | cargo test | npm test | make test | make check
        | the runner | test runner | the dashboard
        """,
    ),
    (
        "L",
        """
        type checker | type check | type checks | type checking | type system | static analysis | static checks | go
        vet | cargo check | cargo fmt | code style | type hints
        """,
    ),
    (
        "S",
        """
        response time | response times | load time | load times | build time | build times | boot time | run time |
        cold start | cold starts | start time | processing time | execution time | import time | page loads | wall
        clock | wall time | user time | the timings | the measurements | hot path | round trip | round trips
        """,
    ),
    (
        "F",
        """
        to the next level | to a new level | to new heights | leaps and bounds | never been faster | never been better
        | never been so | never been this | never been as | never been more | at the speed of | as fast | as quick |
        as quickly | like lightning | at lightning speed | half the time | third of the time | fraction of the time |
        quarter of the time | tenth of the time | half the memory | half as long | half as much | less time | less
        memory | fewer allocations | less cpu | less work | in no time | in a flash | in a snap | in a heartbeat | in
        a jiffy | in the twinkling | plus vite | plus rapide | más rápido | más rápida | mais rápido | mais rápida |
        più veloce | weniger zeit | order of magnitude | orders of magnitude | more efficient | more responsive | more
        efficiently | less sluggish | blink of an eye
        """,
    ),
)


def _by_first_word() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """The rest of each phrase with its class, by the first word, the longest first."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for letter, phrases in _PHRASES:
        for first, *rest in (phrase.split() for phrase in phrases.split("|")):
            found.setdefault(first, []).append((tuple(rest), letter))
    for known in found.values():
        known.sort(key=lambda phrase: -len(phrase[0]))
    return found


PHRASES = _by_first_word()
"""A phrase of one word stands here, too: it goes before the class that `lexicon` has for it."""

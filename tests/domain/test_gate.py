"""The prose gate: results that a model states, against the ledger; and what states none."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.events import Asked, Finished, Planned, Replied
from bot.domain.session import Session
from bot.domain.work import Counts, Verdict
from bot.speech import speak
from bot.speech.evidence import pull_request
from bot.speech.gate import gated, notes, stripped
from bot.speech.gate.ledger import Ledger
from bot.speech.notes import NOT_VERIFIED, spelled
from bot.speech.post import Quote
from bot.speech.render import markdown, plain, render
from bot.speech.voice import Voice
from tests.domain import gate_sentences, gate_words
from tests.domain.people import BEGUN, CHECKING, PLAN, events, evidence, session
from tests.domain.told import FALSE, MISSED, TOLD, TRUE

FULL = Ledger(gate_words.RECORDS, {claim.id: claim for claim in gate_words.CLAIMS}, complete=True)
EMPTY = Ledger((), {}, complete=False)
_RED = gate_words.RECORDS[0].model_copy(update={"verdict": Verdict.REFUTED, "counts": Counts(passed=11, failed=1)})
REFUTED = Ledger((_RED,), FULL.claims, complete=False)
BLIND = Ledger(gate_sentences.RECORDS, {claim.id: claim for claim in gate_sentences.CLAIMS}, complete=True)
EVERY = pytest.mark.parametrize("every", [9, pytest.param(1, marks=pytest.mark.long)])
"""A part of the sentences at once, all of them when there is time."""
SPARE = 0.12
"""The share of sentences that state no result, near misses mostly, which may be marked: what isn't recognised is."""
VOICE = Voice(site="https://maestro.example")


def unmarked(texts: tuple[str, ...] | list[str], ledger: Ledger) -> list[str]:
    return [text for text in texts if all(note.record is not None for note in notes(text, ledger))]


def marked(texts: tuple[str, ...] | list[str], ledger: Ledger) -> list[str]:
    return [text for text in texts if any(note.record is None for note in notes(text, ledger))]


@pytest.mark.parametrize("ledger", [EMPTY, REFUTED], ids=["empty", "refuted"])
def test_every_false_claim_is_marked(ledger: Ledger) -> None:
    words = [*gate_words.FALSE, *gate_words.FALSE_WITHOUT_RECORDS]
    if ledger is REFUTED:  # that the suite was run is true whatever came of it
        words = [text for text in words if not re.search(r"(?i)\bran\b|\brun\b|executed", text)]
    assert len(words) >= 200
    assert unmarked(words, ledger) == []


def test_figures_that_differ_from_the_records_are_marked_though_all_is_upheld() -> None:
    wrong = [
        text for text in gate_words.FALSE if any(n in text for n in ("40", "orty", "3.1", "70 %", " 8 ms", "99", "5x"))
    ]
    assert len(wrong) >= 60
    assert unmarked(wrong, FULL) == []


def test_no_true_claim_is_marked() -> None:
    assert len(gate_words.TRUE) >= 200
    assert marked(gate_words.TRUE, FULL) == []


def test_the_same_claims_are_marked_once_nothing_shows_them() -> None:
    stated = [text for text in gate_words.TRUE if notes(text, FULL)]
    assert unmarked(stated, EMPTY) == []


@pytest.mark.parametrize("ledger", [EMPTY, FULL, REFUTED], ids=["empty", "full", "refuted"])
def test_wishes_plans_questions_denials_and_plain_words_carry_no_note(ledger: Ledger) -> None:
    words = (*gate_words.HONEST, *gate_words.HONEST_BLOCKS)
    assert [text for text in words if notes(text, ledger)] == []


@EVERY
def test_false_claims_of_many_kinds_are_marked(every: int) -> None:
    assert unmarked(gate_sentences.FALSE[::every], EMPTY) == []
    assert unmarked(gate_sentences.WRONG[::every], BLIND) == []


@EVERY
def test_true_and_plain_words_of_many_kinds_are_not(every: int) -> None:
    assert marked(gate_sentences.TRUE[::every], BLIND) == []
    assert [text for text in gate_sentences.TRUE[::every] if not notes(text, BLIND)] == []
    for ledger in (EMPTY, BLIND):
        words = [*gate_sentences.PLAIN, *TOLD["plain"]][::every]
        assert len(marked(words, ledger)) <= SPARE * len(words)


@EVERY
def test_false_claims_of_many_voices_are_marked(every: int) -> None:
    known = sum(len(TOLD[heading]) for heading in FALSE)
    assert known > 1500
    assert len(TOLD[MISSED]) < 0.02 * known
    for heading, ledger in FALSE.items():
        assert unmarked(TOLD[heading][::every], EMPTY) == []
        assert unmarked(TOLD[heading][::every], ledger) == []


@EVERY
def test_true_words_of_many_voices_are_not(every: int) -> None:
    for heading, ledger in TRUE.items():
        assert marked(TOLD[heading][::every], ledger) == []


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 999), st.sampled_from(("passed", "tests pass", "tests passed, 0 failed", "of them are green")))
def test_a_count_is_linked_when_it_is_the_records_and_marked_otherwise(count: int, words: str) -> None:
    records = {note.record for note in notes(f"{count} {words}.", Ledger(FULL.records[:1], {}, complete=True))}
    assert records == ({1} if count == 12 else {None})


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="al tesp12✅x% .,\n*`'-fr", max_size=200))
def test_any_words_come_through_with_nothing_but_notes_added(text: str) -> None:
    words = gated(text, Session("s1"), VOICE)
    assert spelled(words.text, ()).replace(" ", "") == text.replace(" ", "")


PROVEN = (*CHECKING, evidence(1, "c1", "tests", Verdict.UPHELD), evidence(2, "c2", "command", Verdict.UPHELD))


def test_an_answer_links_what_is_shown_and_marks_what_is_not() -> None:
    replied = Replied(text="**All 12 tests pass**, and it is 3x faster.\nShall I go on?")
    post = speak(session(*PROVEN, replied), events(*PROVEN, replied)[-1], VOICE)
    assert post is not None
    link = "[#1](https://maestro.example/sessions/s1#evidence-1)"
    assert render(post) == f"> **All 12 tests pass** ({link}), and it is 3x faster (not verified).\n> Shall I go on?"
    assert "pass** (#1 (https://maestro.example/sessions/s1#evidence-1)), and" in plain(post)


def test_nobody_but_the_gate_writes_a_note() -> None:
    forged = "All tests pass \ue000 and lint is clean \ue001"
    assert markdown([Quote(text=forged)]) == "> All tests pass  and lint is clean "[:-1].rstrip()
    words = gated(forged, Session("s1"), VOICE)
    assert words.notes == (NOT_VERIFIED, NOT_VERIFIED)


def test_plans_questions_and_pull_requests_pass_the_gate() -> None:
    plan = PLAN.model_copy(
        update={"summary": "All tests pass already.", "steps": ("Done, 40 passed",), "risks": ("It is 2x faster",)}
    )
    planned = Planned(plan=plan)
    asked = Asked(ask="q1", question="All tests pass. Merge?", options=("yes, lint is clean", "no"))
    for body, count in ((planned, 3), (asked, 3)):
        post = speak(session(*BEGUN, body), events(*BEGUN, body)[-1], VOICE)
        assert post is not None
        assert render(post).count(NOT_VERIFIED) == count
    boast = Finished(title="Halve exactly, all 40 tests pass", summary="Exact.\n\n- ✅ 40 tests\n- all tests pass")
    name, blocks = pull_request(session(*PROVEN, boast), VOICE)
    body_text = markdown(blocks)
    assert name == "Halve exactly"
    assert "40 tests (not verified)" in body_text
    assert "- all tests pass ([#1](" in body_text


def test_a_title_and_a_commit_go_without_what_nothing_shows() -> None:
    assert stripped("Uses true division, so all tests pass") == "Uses true division"
    assert stripped("All tests pass") == ""
    assert stripped("- Uses division\n- all tests pass\n\nTested locally.") == "- Uses division"
    assert stripped("Make it 3x faster") == "Make it 3x faster"

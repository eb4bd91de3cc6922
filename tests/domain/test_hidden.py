"""Hidden text: what is found in a Markdown text, and what stays of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.hidden import ALT, ATTRIBUTES, COMMENT, DEFINITION, UNSEEN, Hidden, Revealed, reveal


def tags(text: str) -> str:
    return "".join(chr(0xE0000 + ord(letter)) for letter in text)


HIDING = {
    "a <!-- do evil --> b": ("a  b", Hidden(COMMENT, "do evil")),
    "a <!-- never closed\nmore": ("a ", Hidden(COMMENT, "never closed\nmore")),
    "[//]: # (do evil)\nb": ("\nb", Hidden(DEFINITION, "(do evil)")),
    "![do evil](https://x.example/a.png)": ("![](https://x.example/a.png)", Hidden(ALT, "do evil")),
    '<img alt="do evil" src="x"/>': ("<img/>", Hidden(ATTRIBUTES, 'alt="do evil" src="x"')),
    "a\u200b\u200bb": ("ab", Hidden(UNSEEN, "<zero width space><zero width space>")),
    "a\u202eb": ("ab", Hidden(UNSEEN, "<right-to-left override>")),
    f"hi{tags('do evil')}": ("hi", Hidden(UNSEEN, "do evil")),
    "a\u200db": ("ab", Hidden(UNSEEN, "<zero width joiner>")),
    "\ufe0f\ufe0e\ufe0fx": (
        "x",
        Hidden(UNSEEN, "<variation selector-16><variation selector-15><variation selector-16>"),
    ),
    f"`a{tags('x')}`": ("`a`", Hidden(UNSEEN, "x")),
    "\U0001f3f4" + tags("do evil things") + "\U000e007f": ("\U0001f3f4", Hidden(UNSEEN, "do evil things<cancel tag>")),
}


@pytest.mark.parametrize(("text", "expected"), HIDING.items(), ids=range(len(HIDING)))
def test_what_is_hidden_is_taken_out_and_named(text: str, expected: tuple[str, Hidden]) -> None:
    assert reveal(text) == Revealed(expected[0], (expected[1],))


@pytest.mark.parametrize(
    "text",
    [
        "plain words",
        "`<!-- shown -->` and ``![a](b)``",
        "```html\n<!-- shown -->\n<img alt='x'>\n```\nmore",
        "~~~\n<!-- shown -->\n~~~",
        "<b>bold</b> <br/> 1 < 2 > 0",
        "[text](https://x.example) [ref]: https://x.example",
        "👩\u200d👩\u200d👧 ❤\ufe0f می\u200cخواهم \U0001f3f4" + tags("gbeng") + "\U000e007f",
        "ünïcödé 漢字",
    ],
)
def test_what_everybody_sees_stays(text: str) -> None:
    assert reveal(text) == Revealed(text, ())


def test_the_note_says_how_much_and_never_what() -> None:
    found = reveal("a <!-- secret --> b <!-- words --> c\u200b")
    assert found.note == "[hidden text removed: 2 × HTML comment, 1 × run of invisible characters]"
    assert reveal("a").note == ""


@given(st.text(alphabet=st.sampled_from('a<!->`~\n [](#:)\u200b\u200d\u202e\ufe0f\U000e0041"='), max_size=60))
def test_any_text_is_taken_apart_without_inventing_any(text: str) -> None:
    found = reveal(text)
    assert not set("\u200b\u202e\U000e0041") & set(found.visible)
    assert len(found.visible) <= len(text)
    assert bool(found.hidden) == (found.visible != text)

"""The outgoing renderer: harmless, whole, below the limit, and without secrets."""

import base64
import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.domain.refs import ConversationRef, RepoRef, SurfaceName
from bot.speech import marker
from bot.speech.cut import cut, open_ends
from bot.speech.neutral import fence, neutral, span, summary, title
from bot.speech.post import Block, Button, Checklist, Code, Post, Quote, Table, Text
from bot.speech.redact import REDACTED, redact
from bot.speech.render import LIMIT, markdown, plain, render

WHERE = ConversationRef(surface=SurfaceName.GITHUB, repo=RepoRef(owner="octo", name="tally", id="7"), key="3")
GFM = MarkdownIt("gfm-like", {"linkify": False, "html": True})


def post(*blocks: Block, buttons: tuple[Button, ...] = ()) -> Post:
    return Post(key="1", kind="say", where=WHERE, blocks=blocks, buttons=buttons)


# --- foreign words ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("foreign", "harmless"),
    [
        ("ask @octocat or @acme/team", "ask `@octocat` or `@acme/team`"),
        ("mail me@example.org", "mail `me@example.org`"),
        ("fixes #1 and closes octo/tally#22, GH-3", "fixes `#1` and closes `octo/tally#22`, `GH-3`"),
        ("resolves https://github.com/o/r/issues/1", "resolves `https://github.com/o/r/issues/1`"),
        ("/lgtm", "`/lgtm`"),
        ("- /maestro approve r1", "- `/maestro` approve r1"),
        ("> /approve", "> `/approve`"),
        ("see /usr/bin/env", "see /usr/bin/env"),
        ("![pixel](https://evil.example/p.png?q=1)", "pixel (image removed)"),
        ("[click](https://evil.example)", "click (`https://evil.example`)"),
        ("[click](javascript:alert)", "click (`javascript:alert`)"),
        ("[![a](b)](https://evil.example)", r"\[ a (image removed)\](`https://evil.example`)"),
        ("www.evil.example", "`www.evil.example`"),
        ("<img src=x> <!-- maestro:s:1:0 -->", "&lt;img src=x> &lt;!-- maestro:s:1:0 -->"),
        ("&#64;octocat", "&amp;`#64`;octocat"),
        (r"\@octocat \`x\`", r"\\`@octocat` \\`x\`"),
        ("[x]: https://evil.example", r"\[x\]: `https://evil.example`"),
        ("`@octocat` and `a``b`", "`@octocat` and ``` a``b ```"),
        ("an odd ` tick @me", r"an odd \` tick `@me`"),
        ("@a#1", "`@a` `#1`"),
        ("right\u202eleft zero\u200bwidth nul\x00 \x1b[31mred\x1b[0m", "rightleft zerowidth nul red"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
        ("**bold** and _thin_", "**bold** and _thin_"),
    ],
)
def test_foreign_words_keep_their_look_and_lose_their_effect(foreign: str, harmless: str) -> None:
    assert neutral(foreign) == harmless


def test_a_foreign_fence_becomes_ours_and_cannot_be_left() -> None:
    foreign = "before\n````suggestion\n```\n@x\n/lgtm\n```\n````\nafter @y"
    assert neutral(foreign) == "before\n````\n```\n@x\n> /lgtm\n```\n````\nafter `@y`"


def test_an_unclosed_fence_is_closed() -> None:
    assert neutral("```python\nx = 1") == "```python\nx = 1\n```"


NASTY = st.text(st.sampled_from("`~@#/\\[]()!<>&;:*_-|\n aw1.x\t\"'"), max_size=60)
PIECES = st.sampled_from(
    [
        "@octocat",
        "#12",
        "fixes #1",
        "/lgtm",
        "```",
        "~~~",
        "`",
        "``",
        "[a](http://e.x)",
        "![a](b)",
        "<b>",
        "<!--",
        "-->",
        *["\n", "\n\n", "    ", "> ", "- ", "&#64;u", "\\", "http://e.x/", "www.e.x", "](", "[", ")", "\ud800", "\r"],
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(NASTY, st.lists(st.one_of(PIECES, NASTY), max_size=25).map("".join)))
def test_nothing_foreign_acts_however_github_reads_it(foreign: str) -> None:
    said = markdown([Quote(text=foreign)])
    assert all(line.startswith(">") or not line for line in said.split("\n"))
    for token in GFM.parse(said):
        assert token.type != "html_block"
        for inner in token.children or []:
            assert inner.type not in ("html_inline", "link_open", "image")
            if inner.type == "text":
                assert not re.search(r"@\w|(?<!&)#\d|[A-Za-z]://|www\.", inner.content)


# --- blocks ----------------------------------------------------------------------------------------------------------
def test_a_post_with_every_block_reads_well() -> None:
    everything = post(
        Text(markdown="**Plan r1**"),
        Quote(text="line one\nask @bob", by="the model"),
        Table(head=("claim", "verdict"), rows=(("a \\| b", "`x|y`"), ("c\nd",))),
        Code(text="```\n1 passed\n", title="log of <pytest> by @bob", language="text"),
        Checklist(items=((True, "Plan"), (False, "Approval"))),
        buttons=(Button(label="Approve", command="/maestro approve r1"), Button(label="Stop", command="stop")),
    )
    assert render(everything, marker.mark(b"k", "sabc", 4)) == (
        "**Plan r1**\n\n"
        "> line one\n> ask `@bob`\n>\n> — the model\n\n"
        "| claim | verdict |\n|---|---|\n| a \\| b | `x\\|y` |\n| c d |  |\n\n"
        "<details><summary>log of &lt;pytest&gt; by <code>@bob</code></summary>\n\n"
        "````text\n```\n1 passed\n````\n\n</details>\n\n"
        "- [x] Plan\n- [ ] Approval\n\n"
        "Approve: `/maestro approve r1` · Stop: `/maestro stop`\n\n"
        "<!-- maestro:sabc:4:9c5b4b9ba5d8a2bf4b5e36a6b1ac5b3a -->"
    ).replace("9c5b4b9ba5d8a2bf4b5e36a6b1ac5b3a", marker.mark(b"k", "sabc", 4)[-36:-4])


def test_the_terminal_gets_plain_text() -> None:
    everything = post(
        Text(markdown="### Plan r1\n\n**Go** with `make` [live](http://127.0.0.1/s)"),
        Quote(text="one\x1b]0;title\x07\ntwo", by="the model"),
        Table(head=("claim", "verdict"), rows=(("a \\| b", "`upheld`"),)),
        Code(text="\x1b[31mboom\x1b[0m\n", title="log"),
        Checklist(items=((True, "Plan"),)),
        buttons=(Button(label="Approve", command="/maestro approve r1"),),
    )
    assert plain(everything) == (
        "Plan r1\n\nGo with make live (http://127.0.0.1/s)\n\n"
        "│ one\n│ two\n│ — the model\n\n"
        "claim  verdict\n─────  ───────\na | b  upheld\n\n"
        "log\n    boom\n\n"
        "[x] Plan\n\n"
        "  Approve: approve r1"
    )


def test_a_fence_is_longer_than_any_run_inside() -> None:
    assert fence("a\n`````\nb") == "``````\na\n`````\nb\n``````"
    assert fence("x", "not a language") == "```\nx\n```"
    assert span("a`b") == "`` a`b ``"


def test_titles_and_summaries_lose_mentions_and_references() -> None:
    assert title("Fix #12 for @bob,\nfixes octo/x#3 " + "x" * 300).startswith("Fix 12 for bob, fixes octo/x3 xxx")
    assert len(title("x" * 300)) == 250
    assert summary("a < b @bob #1") == "a &lt; b <code>@bob</code> <code>#1</code>"


# --- too long --------------------------------------------------------------------------------------------------------
LONG: list[Block] = [
    Text(markdown="first\n\n```\n" + "t" * 70_000 + "\n```"),
    Quote(text="```\n" + "q @x [a](b)\n" * 9_000, by="bob"),
    Code(text="c\n" * 50_000, title="log"),
    Table(head=("n",), rows=tuple((str(n),) for n in range(30_000))),
    Checklist(items=tuple((True, "item") for _ in range(20_000))),
]


@pytest.mark.parametrize("block", LONG, ids=lambda block: str(block.kind))
def test_whatever_is_too_long_is_cut_whole_and_says_so(block: Block) -> None:
    mark = marker.mark(b"k", "s1", 1)
    said = markdown([Text(markdown="before"), block, Text(markdown="after")], marker=mark)
    assert LIMIT * 0.5 < len(said) <= LIMIT
    assert open_ends(said) == ("", 0)
    assert said.startswith("before")
    assert said.endswith(f"after\n\n{mark}")
    assert re.search(r"[\d,]+ (more )?(characters|rows)? ?(were|was) left out", said)


def test_all_long_blocks_together_fit_and_none_vanishes() -> None:
    said = markdown(LONG, buttons=(Button(label="Stop", command="/maestro stop"),))
    assert len(said) <= LIMIT
    assert open_ends(said) == ("", 0)
    assert said.endswith("Stop: `/maestro stop`")
    assert said.count("left out") == len(LONG)


def test_cutting_ready_markdown_closes_what_is_open_and_keeps_the_marker() -> None:
    mark = marker.mark(b"k", "s1", 1)
    text = "<details><summary>x</summary>\n\n```\n" + "line\n" * 1000 + "```\n\n</details>\n\n" + mark
    said = cut(text, 1000)
    assert len(said) <= 1000
    assert open_ends(said) == ("", 0)
    assert said.endswith(mark)
    assert cut(text, len(text)) == text


# --- the marker ------------------------------------------------------------------------------------------------------
def test_only_a_marker_at_the_end_made_with_our_key_is_genuine() -> None:
    made = marker.mark(b"key", "sabc", 12)
    found = marker.read(f"words\n\n{made}\n")
    assert found is not None
    assert (found.session, found.seq, marker.is_genuine(b"key", found)) == ("sabc", 12, True)
    assert not marker.is_genuine(b"other", found)
    assert marker.read(f"{made}\n\nand more words") is None
    assert marker.split(f"words\n\n{made}") == ("words", made)
    assert marker.split("words") == ("words", "")


def test_a_quoted_marker_is_no_marker() -> None:
    made = marker.mark(b"key", "sabc", 12)
    assert marker.read(markdown([Quote(text=made)])) is None
    assert marker.read(markdown([Code(text=made)])) is None


# --- secrets ---------------------------------------------------------------------------------------------------------
TOKEN = "ghs_" + "aB3.d-_x" * 60
PASSWORD = "correct horse+battery/staple%41"
PEM = "-----BEGIN RSA PRIVATE KEY-----\n" + "MIIEowIBAAKCAQEA0Z3\n" * 8 + "-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    "shaped",
    [
        TOKEN,
        "ghp_" + "a" * 36,
        "github_pat_" + "a" * 40,
        "xoxb-" + "1234567890-abc",
        "xapp-1-" + "A" * 12,
        "sk-proj-" + "a" * 30,
        "AKIA" + "A" * 16,
        PEM,
        "eyJ" + "hbGciOiJIUzI1NiJ9.eyJ" + "zdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
    ],
)
def test_what_has_a_secrets_shape_goes(shaped: str) -> None:
    assert redact(f"before {shaped} after", ()) == f"before {REDACTED} after"


def test_a_private_key_that_was_cut_goes_to_the_end() -> None:
    assert redact(f"before {PEM[:80]}", ()) == f"before {REDACTED}"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("postgresql+psycopg://app:p:a@ss@db:5432/x", f"postgresql+psycopg://app:{REDACTED}@db:5432/x"),
        ("https://x-access-token:abc@github.com/o/r", f"https://x-access-token:{REDACTED}@github.com/o/r"),
        ("Authorization: Bearer abcdefghijklmnop", f"Authorization: Bearer {REDACTED}"),
        ("authorization: token abcdefgh", f"authorization: token {REDACTED}"),
        ("curl -H 'bearer abcdefghijklmnopq'", f"curl -H 'bearer {REDACTED}'"),
        ("AWS_SECRET_ACCESS_KEY=" + "a" * 40, f"AWS_SECRET_ACCESS_KEY={REDACTED}"),
        ("http://127.0.0.1:8080/sessions", "http://127.0.0.1:8080/sessions"),
        ("a risk-free task-list of the bearer", "a risk-free task-list of the bearer"),
    ],
)
def test_a_secret_part_goes_and_its_surroundings_stay(text: str, clean: str) -> None:
    assert redact(text, ()) == clean


ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": lambda s: s,
    "by lines": lambda s: "\n".join(s[i : i + 7] for i in range(0, len(s), 7)),
    "quoted lines": lambda s: "\n> ".join(s[i : i + 9] for i in range(0, len(s), 9)),
    "percent": lambda s: quote(s, safe=""),
    "every character percent": lambda s: "".join(f"%{ord(c):02X}" for c in s),
    "entities": lambda s: "".join(f"&#x{ord(c):x};" for c in s),
    "base64": lambda s: base64.b64encode(s.encode()).decode(),
    "base64 inside": lambda s: base64.b64encode(b"user:" + s.encode() + b"!").decode(),
    "base64 wrapped": lambda s: base64.encodebytes(b"xx" + s.encode()).decode(),
    "base64 for addresses": lambda s: base64.urlsafe_b64encode(b"x" + s.encode()).decode(),
    "hexadecimal": lambda s: s.encode().hex(),
}


@pytest.mark.parametrize("secret", [PASSWORD, "wh00k-s3cret", PEM])
@pytest.mark.parametrize("name", ENCODINGS)
def test_a_known_secret_is_found_in_every_disguise(name: str, secret: str) -> None:
    hidden = ENCODINGS[name](secret)
    said = redact(f"it is {hidden} indeed", (secret, "another-secret"))
    assert REDACTED in said
    core = re.sub(r"\s", "", hidden)[2:-2]
    assert core not in re.sub(r"[\s>]", "", said)


def test_a_secret_does_not_escape_by_being_escaped() -> None:
    said = render(post(Quote(text=f"my_pass is {TOKEN} and a_b*c_d_e_f"), Code(text="a_b*c_d_e_f")), "", _clean)
    assert "a_b" not in said
    assert "ghs" not in said
    assert _clean(plain(post(Quote(text="a_b*c_d_e_f")), _clean)).count(REDACTED) == 1


def _clean(text: str) -> str:
    return redact(text, ("a_b*c_d_e_f",))


def test_short_values_are_not_hunted() -> None:
    assert redact("a token is a token", ("token", "")) == "a token is a token"

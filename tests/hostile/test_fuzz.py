"""Whatever bytes come in, every reader of foreign data answers in its own words and never breaks."""

import asyncio
import contextlib
import json
import os
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.checks.results import read_jest, read_junit, read_lines
from bot.checks.runners import RUNNERS
from bot.codehost import Account
from bot.commands import BY_VERB, parse, spoken_lines
from bot.domain.hidden import reveal
from bot.domain.refs import Heard
from bot.domain.rules import Rules, read_rules
from bot.speech.neutral import neutral, neutral_line, summary
from bot.speech.post import Code, Quote, Table, Text
from bot.speech.redact import redact
from bot.speech.render import LIMIT, markdown
from handlers.github import EVENTS, Ears, Malformed, Nothing, hear
from sandbox.address import Refused, destination, parse_entry, parse_request
from sandbox.paths import name_fault
from sandbox.shell import Carried
from tests.hostile.scenes import begin

QUICK = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck), database=None)
EARS = Ears(Account("99", "maestro", "1000"), bots=frozenset())

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
NAMES = ("action", "issue", "comment", "sender", "repository", "installation", "number", "id", "body", "user", "login")
PAYLOAD = st.recursive(JSON, lambda inner: st.dictionaries(st.sampled_from(NAMES), inner, max_size=8), max_leaves=25)
MARKUP = st.text(
    alphabet=st.sampled_from("ab `~*_[]()<>!#@/\\|&;:.-\n\t\r\"'0\u200b\u202e\x1b\x07\ud800é😀") | st.characters(),
    max_size=300,
)
PIECES = st.sampled_from(
    [
        "```",
        "`",
        "\n",
        "@ada",
        "#1",
        "fixes #2",
        "/maestro approve",
        "<!--",
        "-->",
        "<img src=x>",
        "![a](http://x)",
        "|",
        " ",
    ]
)
DOCUMENT = st.lists(PIECES | st.text(max_size=8), max_size=40).map("".join)


@QUICK
@given(st.sampled_from(sorted(EVENTS)), st.binary(max_size=300) | PAYLOAD.map(lambda value: json.dumps(value).encode()))
def test_any_webhook_is_heard_or_told_what_is_wrong(event: str, body: bytes) -> None:
    assert isinstance(hear(event, "d-1", body, EARS), Heard | Nothing | Malformed)


@QUICK
@given(MARKUP | DOCUMENT)
def test_any_text_is_parsed_for_commands_and_quotes_never_speak(text: str) -> None:
    for found in parse(text, "maestro"):
        assert found.verb == found.verb.strip().lower()
    assert all("\n" not in line for line in spoken_lines(text))
    quoted = "\n".join(f"> {line}" for line in text.replace("\r", "\n").split("\n"))
    assert parse(quoted, "maestro") == ()
    assert set(BY_VERB) == {command.verb for command in BY_VERB.values()}


YAML = st.sampled_from(
    [
        "setup: ",
        "test: ",
        "[",
        "]",
        "{",
        "}",
        "- ",
        "\n",
        "  ",
        "&a ",
        "*a",
        "!!python/object:os.system ",
        "|",
        ">",
        "'",
        '"',
        ": ",
    ]
)


@QUICK
@given(MARKUP | st.lists(YAML | st.text(max_size=5), max_size=40).map("".join))
def test_any_rules_file_is_read_or_its_problems_are_told(text: str) -> None:
    rules, problems = read_rules(text)
    assert isinstance(rules, Rules)
    assert all(isinstance(problem, str) and problem for problem in problems)


XML = st.sampled_from(
    [
        "<testsuite>",
        "</testsuite>",
        "<testcase name='a'>",
        "</testcase>",
        "<failure/>",
        "<!DOCTYPE a [",
        "<!ENTITY b 'c'>",
        "]>",
        "&b;",
        "<?xml version='1.0'?>",
        "<![CDATA[",
        "]]>",
        "<skipped/>",
        "\0",
    ]
)
RESULT = st.binary(max_size=200) | st.lists(XML | st.text(max_size=6), max_size=25).map(
    lambda p: "".join(p).encode("utf-8", "replace")
)


@QUICK
@given(RESULT | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_result_file_is_read_or_refused(data: bytes) -> None:
    read_junit({"a.xml": data}, lambda attributes: attributes.get("name", ""))
    read_lines({"a.jsonl": data})
    read_jest("a.json", data)


@QUICK
@given(st.sampled_from(RUNNERS), st.none() | st.integers(-1, 255), MARKUP | DOCUMENT, RESULT)
def test_any_output_of_a_runner_is_judged(runner: object, code: int | None, output: str, data: bytes) -> None:
    names = [pattern.replace("**/", "").replace("*", "x") for pattern in runner.result_files]  # type: ignore[attr-defined]
    runner.parse(code, output, dict.fromkeys(names, data))  # type: ignore[attr-defined]


@QUICK
@given(MARKUP | DOCUMENT, MARKUP)
def test_any_words_are_rendered_within_the_limit_and_act_nowhere(text: str, other: str) -> None:
    blocks = (
        Quote(text=text, by="ada"),
        Code(text=other, title=text[:20]),
        Table(head=("a",), rows=((neutral_line(other[:40]),),)),
    )
    whole = markdown((*blocks, Text(markdown=neutral(text))), clean=lambda said: redact(said, ["s3cret-value-1"]))
    assert len(whole) <= LIMIT
    assert "\n/maestro" not in f"\n{neutral(text)}"
    assert "`" in text or "<img" not in neutral(text)
    summary(text)
    reveal(text)


@QUICK
@given(st.text(max_size=60), st.sampled_from(["s3cret-value-1", "päss wörd\n2x", "A" * 40]), st.text(max_size=60))
@example(before="%", secret="A" * 40, after="")
def test_no_known_secret_survives_in_any_company(before: str, secret: str, after: str) -> None:
    assert secret not in redact(before + secret + after, [secret])


HEAD = st.lists(
    st.sampled_from(
        [
            b"CONNECT ",
            b"GET ",
            b"http://",
            b"a.example",
            b":443",
            b":80",
            b" HTTP/1.1",
            b"\r\n",
            b"\n",
            b"Host: b",
            b"\0",
            b"@",
            b"0x7f.1",
            b"[::1]",
            b"%2e",
            b"\t",
            b"Content-Length: 5",
        ]
    )
    | st.binary(max_size=5),
    max_size=15,
).map(b"".join)


@QUICK
@given(HEAD | st.binary(max_size=200))
def test_any_request_to_the_proxy_is_understood_or_refused(head: bytes) -> None:
    status, request = 200, None
    try:
        request = parse_request(head)
    except Refused as refused:
        status = refused.status
    assert status == 200 or 400 <= status < 600
    if request is not None:
        assert (request.to.host, 0 < request.to.port < 65536) == (request.to.host.lower(), True)
        assert b"\n" not in request.forward.split(b"\r\n")[0]


@QUICK
@given(st.text(max_size=40))
def test_any_name_has_one_form_or_none(text: str) -> None:
    found = []
    with contextlib.suppress(Refused, ValueError):
        found.append(destination(text, 443))
    with contextlib.suppress(Refused, ValueError):
        found.append(parse_entry(text))
    assert [parse_entry(str(each)) for each in found] == found


GIT = st.sampled_from([".git", ".GIT", ".git ", ".g\u0131t", ".gi\u0301t", "git~1", ".git:x", "\uff0egit", ".git."])


@QUICK
@given(st.lists(st.text(max_size=6), max_size=3), GIT, st.lists(st.text(max_size=6), max_size=3))
def test_no_path_through_gits_own_directory_is_fit(before: list[str], git: str, after: list[str]) -> None:
    assert name_fault("/".join([*before, git, *after]))
    assert name_fault("src/git/a.py") is None


NAME = st.binary(min_size=1, max_size=12).map(lambda name: name.replace(b"/", b"").replace(b"\0", b"")).filter(bool)
PATHS = st.lists(st.lists(NAME.filter(lambda name: name not in (b".", b"..")), min_size=1, max_size=3), max_size=6)
KINDS = st.sampled_from(["file", "link", "fifo", "folder"])


async def test_any_tree_is_walked_and_only_fit_paths_are_recorded(tmp_path: Path) -> None:
    scene = await begin(tmp_path)
    number = 0

    @settings(QUICK, max_examples=25)
    @given(
        st.lists(st.tuples(PATHS.filter(bool).map(lambda paths: paths[0]), KINDS, st.binary(max_size=20)), max_size=6)
    )
    def plant(things: list[tuple[list[bytes], str, bytes]]) -> None:
        nonlocal number
        number += 1
        (scene.root / str(number)).mkdir()
        (scene.root / str(number) / "plain").write_text("x")
        for names, kind, data in things:
            place = os.fsencode(scene.root) + b"/%d/" % number + b"/".join(names)
            with contextlib.suppress(OSError):
                os.makedirs(os.path.dirname(place), exist_ok=True)
                _make(place, kind, data)

    await asyncio.to_thread(plant)
    saved = await scene.save()
    assert saved is not None
    found = [change.path for change in saved.changes]
    assert [path for path in found if name_fault(path)] == []
    assert set(found).isdisjoint(path for path, _ in saved.refused)
    assert await scene.save() is None


def _make(place: bytes, kind: str, data: bytes) -> None:
    match kind:
        case "link":
            os.symlink(data.replace(b"\0", b"") or b"x", place)
        case "fifo":
            os.mkfifo(place)
        case "folder":
            os.mkdir(place)
        case _:
            with open(place, "xb") as file:  # a pipe of that name would be waited for
                file.write(data)


@QUICK
@given(st.binary(max_size=300))
def test_any_last_words_of_a_script_are_taken_or_left(said: bytes) -> None:
    carried = Carried()
    carried.learn(said, {})
    assert carried.cwd.startswith("/")
    order = carried.order("true", {}, {})
    assert all("\0" not in name + value and "=" not in name for name, value in order.env.items())

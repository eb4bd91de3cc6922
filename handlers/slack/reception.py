"""Where what Slack heard is made out: whether we may speak there, who somebody is on GitHub, which repository is meant.

What can't be made out is answered here, in the thread or before the one who asked, and never reaches a session.
"""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from bot.codehost import Denied, GitHubHost, Shape
from bot.commands import BY_VERB, Parsed, parse
from bot.domain.refs import Actor, ConversationRef, Heard, RepoRef, SurfaceName, Trust
from bot.ports import Arrived, Forbidden, Repository
from bot.speech import meeting
from handlers.slack.blocks import escape, mrkdwn
from handlers.slack.client import Refused, SlackClient
from handlers.slack.ledger import Ledger
from handlers.slack.naming import Named, named, number
from handlers.slack.words import ADDRESS

MOST_GUESSES = 3
"""Uncertain names in one text that are looked up."""

REMEMBER = 60.0
"""Seconds for which a repository, or a person's being a guest, is taken as seen."""

ALONE = ("benchmark",)
"""Verbs that touch no issue or pull request, though they may name one."""

SPEAKING = ("", "explain")
"""Verbs whose words are for the model, names and all; the others' words are their own."""


class _Issue(Shape):
    title: str = ""
    body: str | None = None
    html_url: str = ""


@dataclass(frozen=True, slots=True)
class Allowed:
    """The operator's lists: workspaces ('' our own) and channels where we speak. Where channels are listed, private
    repositories' text may go into them, and there is no other; where none is, every channel hears of public ones."""

    teams: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()


@dataclass(slots=True)
class SlackReception:
    """`bot` is the App's name on GitHub; `invite` makes the sign-in link of a person ('' where nobody can sign in);
    `clean` removes secrets from whatever leaves."""

    client: SlackClient
    ledger: Ledger
    host: GitHubHost
    allowed: Allowed
    bot: Callable[[], str]
    invite: Callable[[str, str], str]
    clean: Callable[[str], str]
    _guests: dict[str, tuple[float, bool]] = field(default_factory=dict)
    _seen: dict[str, tuple[float, Repository]] = field(default_factory=dict)

    async def receive(self, heard: Heard) -> Arrived | None:
        try:
            return await self._received(heard)
        except Refused as refused:  # archived, or nobody invited us: whoever asked is told wherever that is possible
            return await self._tell(heard, meeting.refused(refused.what, refused.advice))

    async def _received(self, heard: Heard) -> Arrived | None:
        team, channel, thread = heard.where.key.split("/")
        heard = self._named(heard)
        said = parse(heard.text, self.bot())
        picked = "picked" in heard.facts
        bound = await self.ledger.repository(heard.where.key) if thread else None
        if (bound is None and not said and not picked) or (bound is not None and picked):
            return None  # somebody's thread, or a choice that was made before
        if self.allowed.teams and team not in self.allowed.teams:
            return None
        if not self._speaks_in(heard, channel):
            return await self._tell(heard, meeting.channel_not_allowed())
        person = await self.ledger.person(heard.actor.id)
        if said and (answered := await self._own_affairs(heard, said[0], person)):
            return await self._tell(heard, answered)
        if await self._is_guest(heard.actor.id.partition("/")[2]):
            return await self._tell(heard, meeting.guest()) if said or picked else None
        if person is None and not _only_looks(said):
            return await self._introduced(heard) if said or picked else None
        return await self._placed(heard, said, person, bound)

    async def _introduced(self, heard: Heard) -> Arrived | None:
        """Who is not known yet is asked to sign in; what they said is heard again when they have."""
        await self.ledger.wait(heard.actor.id, heard)
        return await self._tell(heard, meeting.sign_in(self._invitation(heard)))

    def _named(self, heard: Heard) -> Heard:
        """Addressed by the name that commands are parsed with."""
        text = "\n".join(
            f"@{self.bot()}{line[len(ADDRESS) :]}" if line.startswith(f"{ADDRESS} ") else line
            for line in heard.text.split("\n")
        )
        return heard.model_copy(update={"text": text})

    def _speaks_in(self, heard: Heard, channel: str) -> bool:
        return not self.allowed.channels or channel in self.allowed.channels or _is_direct(heard)

    async def _is_guest(self, user: str) -> bool:
        """Guests, people of other workspaces (Slack Connect), bots and people who left."""
        at, guest = self._guests.get(user, (0.0, True))
        if time.monotonic() - at > REMEMBER or user not in self._guests:
            try:
                told = (await self.client.call("users.info", {"user": user})).get("user")
            except Refused:
                return True
            facts = told if isinstance(told, dict) else {"deleted": True}
            names = ("is_restricted", "is_ultra_restricted", "is_stranger", "is_bot", "deleted")
            guest = any(facts.get(name) for name in names)
            self._guests[user] = (time.monotonic(), guest)
        return guest

    # --- what needs no repository ------------------------------------------------------------------------------------
    async def _own_affairs(self, heard: Heard, said: Parsed, person: Actor | None) -> str:
        """The answer to `link`, `unlink` and `settings repo`; '' for everything else."""
        first, _, rest = (f"{said.verb} {said.words}").strip().partition(" ")
        match first.lower(), rest.split():
            case "link", []:
                return meeting.linked(person.login) if person else meeting.sign_in(self._invitation(heard))
            case "unlink", []:
                await self.ledger.unlink(heard.actor.id)
                return meeting.unlinked()
            case "settings", ["repo"]:
                known = await self.ledger.repository(_channel(heard))
                return meeting.default_is(known.full_name if known else "")
            case "settings", ["repo", name]:
                return await self._set_default(heard, name, person)
            case _:
                return ""

    async def _set_default(self, heard: Heard, name: str, person: Actor | None) -> str:
        if person is None or await self._is_guest(heard.actor.id.partition("/")[2]):
            return meeting.sign_in(self._invitation(heard)) if person is None else meeting.guest()
        meant = next(iter(named(name, self.host.server_url)), None)
        seen = await self._look(meant, person) if meant else None
        if seen is None:
            return meeting.unknown_repository(name)
        if await self.host.trust(seen.ref, person) < Trust.WRITE:
            return meeting.default_refused(seen.ref.full_name)
        if seen.private and not self._may_hold_private(heard):
            return meeting.private_here(seen.ref.full_name)
        await self.ledger.bind(_channel(heard), seen.ref)
        return meeting.default_set(seen.ref.full_name)

    def _invitation(self, heard: Heard) -> str:
        return self.invite(heard.actor.id, heard.actor.login)

    # --- which repository --------------------------------------------------------------------------------------------
    async def _placed(
        self, heard: Heard, said: Sequence[Parsed], person: Actor | None, bound: RepoRef | None
    ) -> Arrived | None:
        """The repository of the thread, of the text, or of the channel; else the question which."""
        meant = named(heard.text, self.host.server_url)
        waiting = await self.ledger.waiting(heard.where.key) if bound is None else None
        repo = bound
        if repo is None:
            if len(certain := _certain(meant)) > 1:
                return await self._ask_which(heard, certain)
            seen, wrong = await self._found(meant, person, heard)
            if wrong:
                return await self._tell(heard, wrong)
            if seen is None:
                return await self._ask_which(heard, await self._known(person, heard))
            repo = seen.ref
            if waiting is not None and ("picked" in heard.facts or _is_only_a_name(said, meant)):
                await self.ledger.wait(heard.where.key, None)
                heard = self._named(waiting)
        elif (problem := await self._still_fine(repo, person, heard)) is not None:
            return await self._tell(heard, problem) if said else None
        elif _elsewhere(repo, meant, said):
            return await self._tell(heard, meeting.other_repository(repo.full_name))
        return await self._complete(heard, repo, person)

    async def _found(self, meant: Sequence[Named], person: Actor | None, heard: Heard) -> tuple[Repository | None, str]:
        """The repository, or what is wrong with the one that was named."""
        guesses = [m for m in meant if m.certain][:1] or list(meant[:MOST_GUESSES])
        for name in guesses:
            seen = await self._look(name, person)
            if seen is not None:
                fits = not seen.private or self._may_hold_private(heard)
                return (seen, "") if fits else (None, meeting.private_here(seen.ref.full_name))
            if name.certain or "picked" in heard.facts:
                return None, meeting.unknown_repository(name.full_name)
        default = await self.ledger.repository(_channel(heard))
        seen = await self._look(Named(default.owner, default.name), person) if default else None
        if default is not None and seen is None:
            return None, meeting.unknown_repository(default.full_name)
        if seen is not None and seen.private and not self._may_hold_private(heard):
            return None, meeting.private_here(seen.ref.full_name)
        return seen, ""

    async def _still_fine(self, repo: RepoRef, person: Actor | None, heard: Heard) -> str | None:
        """A repository may have become private, or been taken away, since the thread began."""
        seen = await self._look(Named(repo.owner, repo.name), person)
        if seen is None:
            return meeting.unknown_repository(repo.full_name)
        if seen.private and not self._may_hold_private(heard):
            return meeting.private_here(repo.full_name)
        return None

    async def _look(self, name: Named, person: Actor | None) -> Repository | None:
        """A repository that this person may know of; None otherwise, whatever the reason."""
        at, seen = self._seen.get(name.full_name.lower(), (0.0, None))
        if seen is None or time.monotonic() - at > REMEMBER:
            try:
                seen = await self.host.repository(RepoRef(owner=name.owner, name=name.name))
            except Forbidden:
                return None
            self._seen[name.full_name.lower()] = (time.monotonic(), seen)
        if seen.private and (person is None or await self.host.trust(seen.ref, person) < Trust.READ):
            return None
        return seen

    def _may_hold_private(self, heard: Heard) -> bool:
        """Direct messages of one person, and the channels that the operator listed."""
        return _is_direct(heard) or _channel(heard).partition("/")[2] in self.allowed.channels

    async def _ask_which(self, heard: Heard, names: Sequence[str]) -> Arrived | None:
        """A menu; what was said waits for the choice."""
        heard = await self._rooted(heard)
        await self.ledger.wait(heard.where.key, heard)
        await self._once(heard, meeting.which(names), _menu(names))
        return None

    async def _known(self, person: Actor | None, heard: Heard) -> list[str]:
        """The repositories that we work on and the person may read."""
        rows = await self.ledger.store.sessions()
        names = []
        for name in list(dict.fromkeys(row.repo for row in rows if "/" in row.repo))[:20]:
            owner, _, rest = name.partition("/")
            seen = await self._look(Named(owner, rest), person)
            if seen is not None and (not seen.private or self._may_hold_private(heard)):
                names.append(name)
        return names

    # --- the complete message ----------------------------------------------------------------------------------------
    async def _complete(self, heard: Heard, repo: RepoRef, person: Actor | None) -> Arrived | None:
        """With its thread, its repository, its speaker, and the issue or pull request that it names."""
        links: tuple[ConversationRef, ...] = ()
        meant = named(heard.text, self.host.server_url)
        heard = self._asked_alone(heard, repo)
        said = parse(heard.text, self.bot())
        verb = said[0].verb if said else ""
        issue = next((m.number for m in meant if m.number and _same(m, repo)), "") or number(heard.text)
        if issue and verb not in ALONE and said and not _only_looks(said):
            found = await self._issue(repo, issue)
            if found is None:
                return await self._tell(heard, meeting.unknown_number(f"{repo.full_name}#{issue}"))
            links = (_numbered(repo, issue, found.html_url),)
            text = _without(heard.text, f"{repo.full_name}#{issue}") if verb not in SPEAKING else heard.text
            heard = heard.model_copy(update={"title": found.title, "body": found.body or "", "text": text})
        elif said and (known := await self.ledger.issue(heard.where.key)):
            links = (_numbered(repo, known),)
        heard = await self._rooted(heard)
        await self.ledger.bind(heard.where.key, repo)
        first = heard.target.partition(":")[2] or heard.where.key.rpartition("/")[2]
        await self.ledger.begin(heard.where.key, first)
        if links:
            await self.ledger.about(heard.where.key, links[0].key)
        where = heard.where.model_copy(update={"repo": repo})
        body = heard.body or heard.title
        return Arrived(heard.model_copy(update={"where": where, "actor": person or heard.actor, "body": body}), links)

    def _asked_alone(self, heard: Heard, repo: RepoRef) -> Heard:
        """What wants a measurement, without the repository's name: it is known now, and is no benchmark's."""
        text = _without(heard.text, repo.full_name).rstrip()
        wanted = any(said.verb in ALONE for said in parse(text, self.bot()))
        return heard.model_copy(update={"text": text}) if wanted else heard

    async def _issue(self, repo: RepoRef, number: str) -> _Issue | None:
        try:
            return await self.host.ask(repo, f"/issues/{number}", _Issue)
        except Denied as denied:
            if denied.status in (404, 410):
                return None
            raise

    # --- saying ------------------------------------------------------------------------------------------------------
    async def _rooted(self, heard: Heard) -> Heard:
        """A command has no message of its own: one of ours becomes the root of its thread, made once."""
        team, channel, thread = heard.where.key.split("/")
        if thread:
            return heard
        stamp = await self.ledger.done(heard.delivery)
        if stamp is None:
            user = heard.actor.id.partition("/")[2]
            words = " ".join(self.clean(heard.text).split())[:200].replace("`", "ʼ")
            text = f"<@{user}>: `{escape(words)}`"
            stamp = str((await self.client.call("chat.postMessage", {"channel": channel, "text": text})).get("ts"))
            await self.ledger.did(heard.delivery, stamp)
        where = heard.where.model_copy(update={"key": f"{team}/{channel}/{stamp}"})
        return heard.model_copy(update={"where": where, "target": ""})

    async def _tell(self, heard: Heard, markdown: str) -> Arrived | None:
        """Before the one who asked, and nobody else. Nothing arrives then."""
        _, channel, thread = heard.where.key.split("/")
        user = heard.actor.id.partition("/")[2]
        what = f"told:{heard.delivery}"
        if await self.ledger.done(what):
            return None
        args: dict[str, JsonValue] = {"channel": channel, "user": user, "text": mrkdwn(self.clean(markdown))}
        try:
            await self.client.call("chat.postEphemeral", args | ({"thread_ts": thread} if thread else {}))
        except Refused:
            await self.client.quietly("chat.postMessage", {"channel": user, "text": args["text"]})
        await self.ledger.did(what, "told")
        return None

    async def _once(self, heard: Heard, markdown: str, blocks: list[JsonValue]) -> None:
        """In the thread."""
        _, channel, thread = heard.where.key.split("/")
        what = f"asked:{heard.delivery}"
        if await self.ledger.done(what):
            return
        text = mrkdwn(self.clean(markdown))
        section: JsonValue = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
        args: dict[str, JsonValue] = {"channel": channel, "thread_ts": thread, "text": text}
        got = await self.client.call("chat.postMessage", args | {"blocks": [section, *blocks]})
        await self.ledger.did(what, str(got.get("ts")))


def _menu(names: Sequence[str]) -> list[JsonValue]:
    if not names:
        return []
    options: list[JsonValue] = [{"text": {"type": "plain_text", "text": name[:75]}, "value": name} for name in names]
    placeholder: JsonValue = {"type": "plain_text", "text": "Choose a repository"}
    menu: JsonValue = {"type": "static_select", "action_id": "repo", "placeholder": placeholder, "options": options}
    return [{"type": "actions", "elements": [menu]}]


def _only_looks(said: Sequence[Parsed]) -> bool:
    """Whether everything said changes nothing; a verb that we don't know is answered with a look, too."""
    return bool(said) and all(one.verb in BY_VERB and BY_VERB[one.verb].trust <= Trust.READ for one in said)


def _is_only_a_name(said: Sequence[Parsed], meant: Sequence[Named]) -> bool:
    return len(said) == 1 and len(meant) == 1 and said[0].words.strip() == meant[0].full_name


def _certain(meant: Sequence[Named]) -> list[str]:
    """The repositories that were named so that nothing else can be meant."""
    return list({name.full_name.lower(): name.full_name for name in meant if name.certain}.values())


def _same(name: Named, repo: RepoRef) -> bool:
    return name.full_name.lower() == repo.full_name.lower()


def _elsewhere(repo: RepoRef, meant: Sequence[Named], said: Sequence[Parsed]) -> bool:
    """Whether something is to be done in another repository than the thread's."""
    others = any(name.certain for name in meant) and not any(_same(name, repo) for name in meant)
    return others and bool(said) and said[0].verb not in SPEAKING and not _only_looks(said)


def _numbered(repo: RepoRef, number: str, url: str = "") -> ConversationRef:
    return ConversationRef(surface=SurfaceName.GITHUB, repo=repo, key=number, url=url)


def _without(text: str, name: str) -> str:
    """The text without a repository's, an issue's or a pull request's name."""
    return re.sub(
        rf"(?<![\w/])(?:(?:in|of|for)\s+)?{re.escape(name)}(?![\w/#-])[ \t]*:?[ \t]*", "", text, flags=re.IGNORECASE
    )


def _is_direct(heard: Heard) -> bool:
    return "direct" in heard.facts or heard.where.key.split("/")[1].startswith("D")


def _channel(heard: Heard) -> str:
    return heard.where.key.rpartition("/")[0]

"""`maestro demo`: the whole conversation, live, on an embedded GitHub and (without a key) a scripted model."""

import asyncio
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import click
from pydantic import JsonValue
from rich.console import Console, Group
from rich.markdown import Markdown
from rich.panel import Panel
from rich.status import Status
from rich.table import Table
from rich.text import Text

from bot.rehearsal.github import Comment, Issue, Moment, Person, Repo
from handlers.cli import demo_slack
from handlers.cli.loading import run
from handlers.cli.stage import Stage, until
from handlers.settings import environment

PATIENCE = 110.0
"""Seconds for each of the two halves: until the plan, and from its approval to the end."""


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _spoken(repo: Repo, issue: Issue) -> list[Comment]:
    """The comments but for the card, which is told by its headline."""
    return [each for each in repo.issues[issue.number].comments if not each.body.startswith("**Maestro** ·")]


def _has_answer(repo: Repo, issue: Issue, person: Person) -> bool:
    """Whether the last word is not the person's: what a phase says is posted a moment after it began."""
    said = _spoken(repo, issue)
    return bool(said) and said[-1].user.login != person.login


TONES = {"upheld": "green", "refuted": "red", "unproven": "yellow"}


@click.command("demo", help="Play the whole conversation, from /maestro implement to a pull request.")
@click.option("--slack", is_flag=True, help="Play it in a Slack thread.")
def command(slack: bool) -> None:
    known = environment()
    if slack:
        return run(demo_slack.play(known))
    return run(play(known, keep=known.get("KEEP", "") not in ("", "0")))


async def play(known: Mapping[str, str], *, keep: bool) -> None:
    """Perform once; with `keep`, leave everything running afterwards until interrupted."""
    console = Console(width=min(Console().width, 120))
    with tempfile.TemporaryDirectory(prefix="maestro-demo-", ignore_cleanup_errors=True) as folder:
        async with Stage(Path(folder).resolve(), known, model=_real_model(known)) as stage:
            began = time.monotonic()
            show = Show(console, stage)
            show.introduce(_real_model(known))
            await stage.start()
            await show.perform()
            show.close(time.monotonic() - began, keep)
            if keep:
                await asyncio.Event().wait()


def _real_model(known: Mapping[str, str]) -> Mapping[str, str] | None:
    """The settings of a real model, when the person has a key."""
    if not known.get("OPENAI_API_KEY"):
        return None
    names = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "MAESTRO_MODEL", "MAESTRO_MODEL_API")
    chosen = {name: known[name] for name in names if known.get(name)}
    if "MAESTRO_MODEL" not in chosen:
        raise click.ClickException(
            "OPENAI_API_KEY is set: set MAESTRO_MODEL, too, or unset both for the scripted model."
        )
    return chosen


class Show:
    """What a person sees: each thing as it is said on the embedded GitHub, and one line for what goes on meanwhile."""

    def __init__(self, console: Console, stage: Stage) -> None:
        self.console, self.stage = console, stage
        self.state: dict[str, JsonValue] = {}
        self.line = Status("Starting the server …", console=console)
        self._shown: set[int] = set()
        self._recorded = 0
        self._headline = ""

    def introduce(self, real: Mapping[str, str] | None) -> None:
        player = (
            f"The model is [b]{real['MAESTRO_MODEL']}[/b], a real one."
            if real
            else "The model is [b]scripted[/b]: it plays a fixed part. Everything else is the real program."
        )
        words = f"An embedded GitHub on this machine, a real server, a real sandbox.\n{player}"
        self.console.print(Panel(words, title="Maestro · evidence, not confidence", border_style="cyan"))
        self.console.print(f"Live page: [link]{self.stage.site}/sessions[/link]\n")

    async def perform(self) -> None:
        """The conversation."""
        self.stage.world.listeners.append(self._happened)
        with self.line:
            repo, person, issue = await self.stage.sample()
            answered = partial(_has_answer, repo, issue, person)
            self._say(person.login, f"**{issue.title}**\n\n{issue.body}", f"opens issue #{issue.number}")
            await self._comment(person, issue, "/maestro implement")
            await self._wait(lambda: self.state.get("phase") == "awaiting" and answered(), repo, issue)
            await self._approve(person, repo, issue)
            await self._wait(lambda: self.state.get("outcome") is not None and answered(), repo, issue)
        self._new_comments(repo, issue)
        self._evidence()

    async def _approve(self, person: Person, repo: Repo, issue: Issue) -> None:
        plan = self.state.get("plan")
        if not isinstance(plan, dict):
            raise click.ClickException(f"Maestro asks instead of planning: {self.state.get('reason')}")
        self._new_comments(repo, issue)
        await asyncio.sleep(0.5)
        await self._comment(person, issue, f"/maestro approve r{plan['rev']}")
        await self._wait(lambda: self.state.get("phase") != "awaiting", repo, issue)

    async def _comment(self, person: Person, issue: Issue, words: str) -> None:
        made = await person.comments(issue, words)
        self._shown.add(made.id)
        self._say(person.login, words, "comments")

    async def _wait(self, over: Callable[[], bool], repo: Repo, issue: Issue) -> None:
        async def looked() -> bool:
            self.state = await self.stage.session() or {}
            self.line.update(self._progress())
            self._new_comments(repo, issue)
            self._new_records()
            return over()

        await until(looked, PATIENCE, lambda: f"it took too long; the server's log is {self.stage.log}", pause=0.3)

    def _progress(self) -> str:
        phase, steps = self.state.get("phase", "heard"), self.state.get("steps", 0)
        return f"{phase} · {steps} steps of the model · {len(self._records())} records of evidence"

    def _records(self) -> list[dict[str, JsonValue]]:
        records = self.state.get("evidence")
        return [record for record in records if isinstance(record, dict)] if isinstance(records, list) else []

    def _new_records(self) -> None:
        """Each record as it comes: so one sees the refuted attempt being sent back."""
        for record in self._records()[self._recorded :]:
            verdict = str(record["verdict"])
            words = Text(f"  · evidence #{record['n']} {record['check']}: ")
            self.console.print(
                words + Text(verdict, style=TONES[verdict]) + Text(f"  {_short(str(record['reason']), 90)}", "dim")
            )
        self._recorded = len(self._records())

    def _new_comments(self, repo: Repo, issue: Issue) -> None:
        for comment in _spoken(repo, issue):
            if comment.id not in self._shown:
                self._shown.add(comment.id)
                self._say(comment.user.login, comment.body.partition("<!-- maestro:")[0], "comments")

    def _happened(self, moment: Moment) -> None:
        """One line for what is no comment: those have panels of their own. The card is told by its headline."""
        line = moment.chat().partition("\n")[0]
        if "**Maestro** · " in line:
            headline = line.partition("**Maestro** · ")[2]
            if headline == self._headline:
                return
            self._headline, line = headline, f"the card says: {headline}"
        elif line.startswith(f"{moment.who}:") or " opened #" in line:
            return
        self.console.print(Text(f"  · {line}", style="dim"))

    def _say(self, who: str, words: str, doing: str) -> None:
        style = "magenta" if who.endswith("[bot]") else "blue"
        self.console.print(Panel(Markdown(words), title=f"{who} {doing}", title_align="left", border_style=style))

    # --- the end -----------------------------------------------------------------------------------------------------
    def _evidence(self) -> None:
        table = Table(title="Evidence, as the program recorded it", title_justify="left", expand=True)
        for name in ("#", "check", "verdict", "head", "what was seen"):
            table.add_column(name, overflow="fold")
        for record in self._records():
            verdict, head = str(record["verdict"]), str(record["head"])[:8]
            seen = Text(_short(str(record["reason"]), 120))
            table.add_row(str(record["n"]), str(record["check"]), Text(verdict, style=TONES[verdict]), head, seen)
        self.console.print(table)

    def close(self, seconds: float, keep: bool) -> None:
        """How it ended, and where to look. Raises ClickException when there is no proven pull request."""
        pull, outcome = self.state.get("pull_request"), self.state.get("outcome")
        if not isinstance(pull, dict) or outcome != "done" or pull["draft"]:
            raise click.ClickException(f"it ended {outcome}: {self.state.get('reason')} (log: {self.stage.log})")
        lines = [
            Text(f"Pull request #{pull['number']} is ready for review, every check upheld.", style="green"),
            Text(f"Branch {self.state.get('branch')} · {seconds:.0f} s · {self.state.get('steps')} steps of the model"),
            Text(f"Session page: {self.stage.site}/sessions/{self.state.get('id')}"),
            Text("Everything keeps running; Ctrl-C ends it." if keep else "KEEP=1 make demo leaves it running."),
        ]
        self.console.print(Panel(Group(*lines), border_style="green"))

"""The program `maestro`: which commands there are. Each is loaded when it is called, so that help costs nothing."""

import gc
import importlib
from collections.abc import Sequence

import click

COMMANDS = {
    "serve": "Run the web server and a worker in one process (the default).",
    "worker": "Run a worker only.",
    "chat": "Talk to the engine about a local repository, without any account.",
    "demo": "Play the whole conversation, from /maestro implement to a pull request.",
    "doctor": "Check every setting, permission, sandbox capability and outside service.",
    "setup": "Create the GitHub App by the manifest flow and write its settings to .env.",
    "secrets": "Enter, list and remove secrets that sessions may be lent.",
    "sessions": "List sessions, show one, or print its log.",
    "verify": "Check an evidence bundle, and with --rerun repeat its checks.",
    "replay": "Fold a session's log and print what would be said; no model, no network.",
}


class Lazy(click.Group):
    """Commands by name; a command's module is imported when the command runs."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        gc.disable()  # what is loaded stays: looking for garbage in it costs a tenth of the start, and pauses for ever
        command: click.Command = importlib.import_module(f"handlers.cli.{cmd_name}").command
        gc.freeze()
        gc.enable()
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(f"There is no command {args[0]!r}. There are: {', '.join(COMMANDS)}.")
        return super().resolve_command(ctx, args)


@click.group(cls=Lazy, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="maestro")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Maestro: a software engineer that proves every claim with evidence."""
    if ctx.invoked_subcommand is None:
        serve = cli.get_command(ctx, "serve")
        if serve is not None:
            ctx.invoke(serve)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program. Exit codes: 0 fine, 1 something is wrong, 2 wrong usage; `chat` adds 3 and 4."""
    cli.main(args=list(arguments) if arguments is not None else None, prog_name="maestro")

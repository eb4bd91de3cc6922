"""`maestro secrets`: enter, list and remove what sessions may be lent. Values come from a prompt or standard input."""

import json
import sys

import click

from bot.vault import LENDABLE, Held, Vault, VaultError
from handlers.cli.loading import settings


@click.group("secrets", help="Enter, list and remove secrets that sessions may be lent.")
def command() -> None:
    pass


def vault() -> Vault:
    chosen = settings()
    try:
        return Vault(chosen.maestro_home / "secrets", chosen.maestro_master_key)
    except VaultError as error:
        raise click.ClickException(str(error)) from None


@command.command("set", help="Keep a value for one repository; it is asked for, or read from standard input.")
@click.argument("name")
@click.option("--repo", required=True, help="owner/name")
@click.option(
    "--phase",
    "phases",
    multiple=True,
    type=click.Choice([p.value for p in LENDABLE]),
    default=("working",),
    show_default=True,
    help="Where commands may have it.",
)
def put(name: str, repo: str, phases: tuple[str, ...]) -> None:
    value = click.prompt("Value", hide_input=True) if sys.stdin.isatty() else sys.stdin.read().rstrip("\n")
    try:
        vault().keep(Held(name, repo, phases), value)
    except VaultError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{name} is kept for {repo}. A session uses it after `/maestro secrets on {name}`.")


@command.command("list", help="Names, repositories and phases; never values.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def show(as_json: bool) -> None:
    kept = vault().everything()
    if as_json:
        click.echo(json.dumps([{"repo": held.repo, "name": held.name, "phases": held.phases} for held in kept]))
        return
    for held in kept:
        click.echo(f"{held.repo}  {held.name}  {', '.join(held.phases)}")


@command.command("remove", help="Forget a value.")
@click.argument("name")
@click.option("--repo", required=True, help="owner/name")
def remove(name: str, repo: str) -> None:
    if not vault().remove(name, repo):
        raise click.ClickException(f"{name} is not kept for {repo}.")
    click.echo(f"{name} is forgotten.")

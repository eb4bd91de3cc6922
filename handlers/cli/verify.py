"""`maestro verify BUNDLE`: whether a bundle is whole and what it says, and with `--rerun` whether it says so again."""

import json
import sys
import tempfile
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bot.bundle import MAX_BYTES, public_key
from bot.bundle.examining import Findings, examine
from bot.bundle.rerun import Repeated, rerun
from bot.domain.work import Evidence
from bot.speech.neutral import legible
from handlers.cli.loading import run, settings
from handlers.compose import SystemClock, choose_backend, package_sources


@click.command("verify", help="Check an evidence bundle: digests, manifest, statement, signature.")
@click.argument("bundle", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--rerun", "again", is_flag=True, help="Run its checks again in fresh sandboxes and compare the verdicts."
)
@click.option("--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The public key (PEM).")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def command(bundle: Path, again: bool, key: Path | None, as_json: bool) -> None:
    if bundle.stat().st_size > 2 * MAX_BYTES:
        raise click.ClickException(f"{bundle} is larger than any bundle ({2 * MAX_BYTES // 1024**2} MiB)")
    found = examine(bundle.read_bytes(), _key(key))
    repeated = run(_again(found, quiet=as_json)) if again and not found.wrong else []
    click.echo(json.dumps(_report(found, repeated)) if as_json else _words(bundle, found, repeated))
    sys.exit(1 if found.wrong or any(not one.same for one in repeated) else 0)


def _key(path: Path | None) -> Ed25519PublicKey | None:
    try:
        return public_key(path.read_bytes()) if path else None
    except ValueError as error:
        raise click.ClickException(f"{path} {error}") from None


async def _again(found: Findings, *, quiet: bool) -> list[Repeated]:
    """Repeat the checks in a place that goes away afterwards. Raises Trouble."""

    def told(record: Evidence) -> None:
        if not quiet:
            click.echo(
                f"  ran {record.check}{f' for {record.claim}' if record.claim else ''}: {record.verdict}", err=True
            )

    with tempfile.TemporaryDirectory(prefix="maestro-verify-") as folder:
        home = Path(folder)
        home.chmod(0o711)
        backend = await choose_backend(settings(), home)
        return await rerun(found, home, backend, package_sources(), SystemClock(), told)


def _report(found: Findings, repeated: list[Repeated]) -> dict[str, object]:
    return {
        "ok": not found.wrong and all(one.same for one in repeated),
        "wrong": [{"file": name, "what": what} for name, what in found.wrong],
        "notes": found.notes,
        "head": found.session.get("head"),
        "base": found.session.get("base"),
        "records": [{"n": r.n, "claim": r.claim, "check": r.check, "verdict": r.verdict} for r in standing(found)],
        "rerun": [
            {
                "n": one.was.n,
                "check": one.was.check,
                "was": one.was.verdict,
                "now": one.now.verdict if one.now else None,
            }
            for one in repeated
        ],
    }


def standing(found: Findings) -> list[Evidence]:
    """The records that are about the bundle's head."""
    return [record for record in found.records if record.n in found.session.get("standing", ())]


def _words(bundle: Path, found: Findings, repeated: list[Repeated]) -> str:
    lines = [f"{bundle}: {'NOT as it was written' if found.wrong else 'whole, every digest as written'}"]
    lines += [f"  {name}: {what}" for name, what in found.wrong]
    lines += [f"  note: {note}" for note in found.notes]
    if found.session:
        lines.append(f"  head {found.session.get('head')}, base {found.session.get('base')}")
    if not repeated:
        lines += [
            f"  #{r.n} {r.check}{f' {r.claim}' if r.claim else ''}: {r.verdict}. {r.reason}" for r in standing(found)
        ]
    for one in repeated:
        now = one.now.verdict if one.now else "no record"
        sign = "same" if one.same else "DIFFERENT"
        lines.append(f"  #{one.was.n} {one.was.check}: {one.was.verdict}, run again: {now} ({sign})")
    return "\n".join(legible(line) for line in lines)

"""What the operator lends, as the settings say: one vault for each home, what speech and redaction ask of it, and who
signs commits."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from bot.codehost import GitHubCommits, GitHubHost
from bot.deliver.committing import Pen
from bot.domain.session import Session
from bot.ports import CodeHost
from bot.speech.voice import Voice
from bot.sshsig import signer
from bot.vault import Vault
from handlers.settings import Settings


def vault_of(settings: Settings) -> Vault:
    """Raises VaultError for a master key that is too short."""
    return _vault(settings.maestro_home.absolute() / "secrets", settings.maestro_master_key)


@cache
def _vault(folder: Path, master: str) -> Vault:
    return Vault(folder, master)


def known_secrets(settings: Settings) -> tuple[str, ...]:
    """Every value that must never leave: of the settings, and of the vault as it is now."""
    return (*settings.secret_values, *vault_of(settings).values())


def voice_of(settings: Settings, model: str) -> Voice:
    def kept(repo: str) -> Sequence[tuple[str, str]]:
        return [(held.name, ", ".join(held.phases)) for held in vault_of(settings).names(repo)]

    return Voice(settings.site, settings.maestro_context_tokens, model, kept)


def pen_of(settings: Settings, github: GitHubHost | None, host: Callable[[Session], CodeHost]) -> Pen:
    """By whom commits are made and signed."""
    if settings.maestro_commits == "api" and github is not None:
        commits = GitHubCommits(github)
        return Pen(host=lambda session: commits if host(session) is github else None)
    return Pen(signer(settings.maestro_commit_key) if settings.maestro_commit_key else None)

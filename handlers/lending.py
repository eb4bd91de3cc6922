"""What the operator lends, as the settings say: one vault for each home, and what speech and redaction ask of it."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from bot.speech.voice import Voice
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

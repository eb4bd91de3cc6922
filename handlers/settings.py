"""The settings, read in one place: the environment, then `.env`. Nothing else in the program looks at either."""

import difflib
import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from bot.sshsig import private_key

PUBLIC_GITHUB = "https://github.com"
PUBLIC_GITHUB_API = "https://api.github.com"


class SettingsError(Exception):
    """A setting is unknown, malformed or missing; the message has one line for each, with what to do."""


class Settings(BaseModel):
    """Every setting by its own name in lower case. Empty texts count as not set."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    github_app_id: str = Field("", pattern=r"^\d*$")
    github_private_key: str = Field("", repr=False)
    github_webhook_secret: str = Field("", repr=False)
    github_api_url: str = PUBLIC_GITHUB_API
    github_graphql_url: str = ""
    github_server_url: str = PUBLIC_GITHUB
    github_client_id: str = ""
    github_client_secret: str = Field("", repr=False)
    slack_bot_token: str = Field("", repr=False)
    slack_signing_secret: str = Field("", repr=False)
    slack_app_token: str = Field("", repr=False)
    slack_api_url: str = ""
    slack_allowed_teams: str = Field("", pattern=r"^[\w, ]*$")
    slack_allowed_channels: str = Field("", pattern=r"^[\w, ]*$")
    openai_api_key: str = Field("", repr=False)
    openai_base_url: str = ""
    database_url: str = Field("", repr=False)
    maestro_model: str = ""
    maestro_model_api: Literal["chat", "responses"] = "chat"
    maestro_home: Path = Path(".maestro")
    maestro_sandbox: Literal["auto", "bubblewrap", "docker"] = "auto"
    maestro_sandbox_image: str = ""
    maestro_sandbox_runtime: str = Field("", pattern=r"^[\w.-]*$")
    maestro_reachable: str = ""
    docker_host: str = ""
    maestro_host: str = "127.0.0.1"
    maestro_port: int = Field(8080, ge=0, le=65535)
    maestro_public_url: str = ""
    maestro_concurrency: int = Field(os.cpu_count() or 2, ge=1, le=256)
    maestro_sessions_per_day: int = Field(50, ge=1)
    maestro_messages_per_day: int = Field(200, ge=1)
    maestro_budget_usd: float = Field(20.0, gt=0)
    maestro_max_steps: int = Field(200, ge=1)
    maestro_context_tokens: int = Field(128_000, ge=4_000)
    maestro_master_key: str = Field("", repr=False, pattern=r"^(.{32,})?$")
    maestro_log_level: Literal["debug", "info", "warning", "error"] = "info"
    maestro_open: bool = False
    maestro_signing_key: str = Field("", repr=False)
    maestro_commit_key: str = Field("", repr=False)
    maestro_commits: Literal["git", "api"] = "git"
    maestro_allowed_bots: str = Field("", pattern=r"^[\d, ]*$")

    @field_validator("github_private_key", "maestro_signing_key", "maestro_commit_key")
    @classmethod
    def _read_key(cls, value: str) -> str:
        """The key as PEM text: given as such (also with \\n for line ends) or as a path to it."""
        if not value or "-----BEGIN" in value:
            return value.replace("\\n", "\n")
        try:
            text = Path(value).expanduser().read_text()
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError("is neither PEM text nor the path of a readable PEM file") from error
        if "-----BEGIN" not in text:
            raise ValueError("names a file that holds no PEM key")
        return text

    @field_validator("maestro_signing_key", "maestro_commit_key")
    @classmethod
    def _check_signing_key(cls, value: str) -> str:
        if value:
            private_key(value)
        return value

    @field_validator("maestro_reachable")
    @classmethod
    def _check_networks(cls, value: str) -> str:
        for network in value.replace(",", " ").split():
            ipaddress.ip_network(network)
        return value

    @field_validator(
        "github_api_url",
        "github_graphql_url",
        "github_server_url",
        "slack_api_url",
        "openai_base_url",
        "maestro_public_url",
    )
    @classmethod
    def _check_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _check_groups(self) -> Self:
        app = {
            "GITHUB_APP_ID": self.github_app_id,
            "GITHUB_PRIVATE_KEY": self.github_private_key,
            "GITHUB_WEBHOOK_SECRET": self.github_webhook_secret,
        }
        missing = [name for name, value in app.items() if not value]
        if missing and len(missing) < len(app):
            raise ValueError(f"the GitHub App needs {', '.join(missing)} too (all three, or none)")
        return self

    @model_validator(mode="after")
    def _check_commits(self) -> Self:
        if self.maestro_commit_key and self.maestro_commits == "api":
            raise ValueError("MAESTRO_COMMITS=api leaves signing to GitHub: remove MAESTRO_COMMIT_KEY, or say git")
        return self

    @property
    def has_github(self) -> bool:
        return bool(self.github_app_id)

    @property
    def has_slack(self) -> bool:
        return bool(self.slack_bot_token and (self.slack_signing_secret or self.slack_app_token))

    @property
    def has_model(self) -> bool:
        return bool(self.maestro_model and (self.openai_api_key or self.openai_base_url))

    @property
    def graphql_url(self) -> str:
        return self.github_graphql_url or f"{self.github_api_url}/graphql"

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.maestro_home.absolute() / 'maestro.db'}"

    @property
    def site(self) -> str:
        """The address that people use for pages; '' when nobody serves them (port 0)."""
        if self.maestro_port == 0:
            return self.maestro_public_url
        host = f"[{self.maestro_host}]" if ":" in self.maestro_host else self.maestro_host
        return self.maestro_public_url or f"http://{host}:{self.maestro_port}"

    @property
    def is_open(self) -> bool:
        """Whether pages need no sign-in."""
        loopback = self.maestro_host in ("127.0.0.1", "::1", "localhost")
        return self.maestro_open or (loopback and not self.has_github)

    @property
    def webhook_secrets(self) -> tuple[bytes, ...]:
        return tuple(s.strip().encode() for s in self.github_webhook_secret.split(",") if s.strip())

    @property
    def allowed_bots(self) -> frozenset[str]:
        return frozenset(b.strip() for b in self.maestro_allowed_bots.split(",") if b.strip())

    @property
    def slack_teams(self) -> frozenset[str]:
        return frozenset(self.slack_allowed_teams.replace(",", " ").split())

    @property
    def slack_channels(self) -> frozenset[str]:
        return frozenset(self.slack_allowed_channels.replace(",", " ").split())

    @property
    def reachable(self) -> tuple[str, ...]:
        return tuple(self.maestro_reachable.replace(",", " ").split())

    @property
    def secret_values(self) -> tuple[str, ...]:
        """Values that must never leave, for redaction."""
        named = (
            self.github_private_key,
            self.maestro_signing_key,
            self.maestro_commit_key,
            self.github_client_secret,
            self.slack_bot_token,
            self.slack_signing_secret,
            self.slack_app_token,
            self.openai_api_key,
            self.database_url,
            self.maestro_master_key,
            *(s.decode() for s in self.webhook_secrets),
        )
        return tuple(value for value in named if len(value) >= 6)


NAMES = {name.upper(): name for name in Settings.model_fields}


def load(environment: Mapping[str, str] | None = None, dotenv: Path = Path(".env")) -> Settings:
    """Read the settings. The environment wins over `.env`. Raises SettingsError that lists everything wrong at once."""
    given = dict(os.environ if environment is None else environment)
    stored = {name: value or "" for name, value in dotenv_values(dotenv).items()} if dotenv.is_file() else {}
    both = stored | given
    unknown = [_unknown(name) for name in both if name.startswith("MAESTRO_") and name not in NAMES]
    known = {field: both[name].strip() for name, field in NAMES.items() if both.get(name, "").strip()}
    try:
        settings = Settings.model_validate(known)
    except ValidationError as error:
        raise SettingsError("\n".join(unknown + [_line(e["loc"], e["msg"]) for e in error.errors()])) from None
    if unknown:
        raise SettingsError("\n".join(unknown))
    return settings


def environment() -> dict[str, str]:
    """A copy of the environment, for the programs that we start ourselves (the rehearsal's server)."""
    return dict(os.environ)


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, NAMES, n=1, cutoff=0.5)
    return f"{name} is not a setting" + (f"; did you mean {near[0]}?" if near else ".")


def _line(place: tuple[int | str, ...], message: str) -> str:
    name = str(place[0]).upper() if place else "settings"
    return f"{name}: {message.removeprefix('Value error, ')}"

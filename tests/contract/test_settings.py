"""The settings as operators write them: where they come from, what is wrong with them, and what follows from them."""

import os
from pathlib import Path

import pytest

from bot.rehearsal.github import private_pem
from handlers.settings import Settings, SettingsError, load

PEM = "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\n"
MAKES = "`ssh-keygen -t ed25519 -N ''`"
APP = {"GITHUB_APP_ID": "12", "GITHUB_PRIVATE_KEY": PEM, "GITHUB_WEBHOOK_SECRET": "old-secret, new-secret"}


def read(folder: Path, **given: str) -> Settings:
    return load(given, folder / ".env")


def test_without_any_setting_the_documented_defaults_hold(tmp_path: Path) -> None:
    chosen = read(tmp_path)
    assert (chosen.maestro_budget_usd, chosen.maestro_max_steps, chosen.maestro_context_tokens) == (20, 200, 128_000)
    assert (chosen.maestro_host, chosen.maestro_port, chosen.site) == ("127.0.0.1", 8080, "http://127.0.0.1:8080")
    assert (chosen.maestro_model_api, chosen.maestro_sandbox, chosen.maestro_log_level) == ("chat", "auto", "info")
    assert (chosen.maestro_home, chosen.maestro_concurrency) == (Path(".maestro"), os.cpu_count())
    assert chosen.database == f"sqlite:///{Path('.maestro/maestro.db').absolute()}"
    assert (chosen.github_api_url, chosen.graphql_url, chosen.github_server_url) == (
        "https://api.github.com",
        "https://api.github.com/graphql",
        "https://github.com",
    )
    assert (chosen.has_github, chosen.has_slack, chosen.has_model, chosen.is_open) == (False, False, False, True)


def test_the_environment_wins_over_dotenv_and_an_empty_text_is_not_set(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("MAESTRO_PORT=9000\nMAESTRO_MODEL=one\nMAESTRO_MAX_STEPS=\nMAESTRO_HOST\nOTHER=x\n")
    chosen = read(tmp_path, MAESTRO_MODEL="two", MAESTRO_BUDGET_USD=" ", GITHUB_API_URL="http://github.test/api/v3/")
    assert chosen == Settings(maestro_port=9000, maestro_model="two", github_api_url="http://github.test/api/v3")
    assert chosen.graphql_url == "http://github.test/api/v3/graphql"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("MAESTRO_PORT", "70000", "MAESTRO_PORT: Input should be less than or equal to 65535"),
        ("MAESTRO_SANDBOX", "none", "MAESTRO_SANDBOX: Input should be 'auto', 'bubblewrap' or 'docker'"),
        ("MAESTRO_MODEL_API", "soap", "MAESTRO_MODEL_API: Input should be 'chat' or 'responses'"),
        ("MAESTRO_LOG_LEVEL", "loud", "MAESTRO_LOG_LEVEL: Input should be 'debug', 'info', 'warning' or 'error'"),
        ("MAESTRO_REACHABLE", "10.0.0.1/8", "MAESTRO_REACHABLE: 10.0.0.1/8 has host bits set"),
        ("OPENAI_BASE_URL", "models.test/v1", "OPENAI_BASE_URL: must begin with http:// or https://"),
        (
            "MAESTRO_SIGNING_KEY",
            "/nowhere",
            "MAESTRO_SIGNING_KEY: is neither PEM text nor the path of a readable PEM file",
        ),
        ("MAESTRO_SIGNING_KEY", "other.txt", "MAESTRO_SIGNING_KEY: names a file that holds no PEM key"),
        (
            "MAESTRO_SIGNING_KEY",
            PEM,
            f"MAESTRO_SIGNING_KEY: the key can't be read without a passphrase: {MAKES}",
        ),
        (
            "MAESTRO_SIGNING_KEY",
            private_pem(),
            f"MAESTRO_SIGNING_KEY: only ed25519 keys sign: {MAKES} makes one",
        ),
        (
            "GITHUB_APP_ID",
            "12",
            "settings: the GitHub App needs GITHUB_PRIVATE_KEY, GITHUB_WEBHOOK_SECRET too (all three, or none)",
        ),
        ("MAESTRO_MODLE", "x", "MAESTRO_MODLE is not a setting; did you mean MAESTRO_MODEL?"),
        ("MAESTRO_QQQQQQQQQQQQQ", "x", "MAESTRO_QQQQQQQQQQQQQ is not a setting."),
    ],
)
def test_what_is_wrong_is_named_with_what_would_be_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("other.txt").write_text("hello\n")
    with pytest.raises(SettingsError) as wrong:
        read(tmp_path, **{name: value})
    assert str(wrong.value) == told


def test_a_key_is_pem_text_also_in_one_line_or_a_path(tmp_path: Path) -> None:
    (tmp_path / "app.pem").write_text(PEM)
    for given in (PEM, PEM.replace("\n", "\\n"), str(tmp_path / "app.pem")):
        assert read(tmp_path, **APP | {"GITHUB_PRIVATE_KEY": given}).github_private_key.strip() == PEM.strip()


@pytest.mark.parametrize(
    ("given", "is_open"),
    [
        ({}, True),
        ({"MAESTRO_HOST": "::1"}, True),
        ({"MAESTRO_HOST": "0.0.0.0"}, False),
        (APP, False),
        (APP | {"MAESTRO_HOST": "0.0.0.0", "MAESTRO_OPEN": "1"}, True),
    ],
)
def test_pages_are_open_on_loopback_without_an_app_or_when_that_is_said(
    tmp_path: Path, given: dict[str, str], is_open: bool
) -> None:
    assert read(tmp_path, **given).is_open is is_open


@pytest.mark.parametrize(
    ("given", "site"),
    [
        ({"MAESTRO_HOST": "::1", "MAESTRO_PORT": "9"}, "http://[::1]:9"),
        ({"MAESTRO_PORT": "0"}, ""),
        ({"MAESTRO_PUBLIC_URL": "https://maestro.test/"}, "https://maestro.test"),
    ],
)
def test_links_lead_where_people_reach_it(tmp_path: Path, given: dict[str, str], site: str) -> None:
    assert read(tmp_path, **given).site == site


def test_lists_are_separated_by_commas_and_every_secret_is_known_as_one(tmp_path: Path) -> None:
    lists = {
        "MAESTRO_ALLOWED_BOTS": "41898282, 7",
        "MAESTRO_REACHABLE": "10.0.0.0/8 fd00::/8",
        "SLACK_ALLOWED_TEAMS": "T1,T2",
        "SLACK_ALLOWED_CHANNELS": "C1 C2",
    }
    secret = {"SLACK_BOT_TOKEN": "xoxb-token", "SLACK_APP_TOKEN": "xapp-token", "OPENAI_API_KEY": "sk-model-key"}
    secret |= {"DATABASE_URL": "postgresql://maestro:hush@db/maestro", "MAESTRO_MASTER_KEY": "m" * 32}
    chosen = read(tmp_path, **APP, **lists, **secret)
    assert chosen.webhook_secrets == (b"old-secret", b"new-secret")
    assert chosen.allowed_bots == {"41898282", "7"}
    assert chosen.reachable == ("10.0.0.0/8", "fd00::/8")
    assert (*sorted(chosen.slack_teams), *sorted(chosen.slack_channels)) == ("T1", "T2", "C1", "C2")
    assert set(chosen.secret_values) == {PEM.strip(), "old-secret", "new-secret", *secret.values()}
    assert (chosen.has_github, chosen.has_slack, chosen.database) == (True, True, secret["DATABASE_URL"])
    assert [value for value in chosen.secret_values if value in repr(chosen)] == []

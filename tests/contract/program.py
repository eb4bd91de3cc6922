"""The program's commands, called in this process: as programs of their own they cost half a second each."""

import os

from click.testing import CliRunner, Result

from handlers.main import cli

OURS = ("MAESTRO_", "GITHUB_", "SLACK_", "OPENAI_", "DATABASE_URL")


def called(*words: str, typed: str = "", **settings: str) -> Result:
    """Call the program in the present folder, with these settings and no others; `typed` is its standard input."""
    others = {name: None for name in os.environ if name.startswith(OURS)}
    return CliRunner().invoke(cli, words, env={**others, "COLUMNS": "200", **settings}, input=typed)

"""`python -m bot.rehearsal [FOLDER]`: the embedded GitHub and the scripted model, on their own, until interrupted.

Prints the settings that point a server at them, and a token with which to comment as a person with write access.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from bot.rehearsal.github import GitHub, World, private_pem
from bot.rehearsal.model import ScriptedModel
from bot.rehearsal.play import PLAY, make_sample, sample_issue
from bot.rehearsal.served import Served


async def rehearse(folder: Path, hook: str) -> None:
    """Serve both doubles; deliveries go to `hook`."""
    world = World(folder / "github")
    model = ScriptedModel(PLAY, pace=0.3)
    async with Served(GitHub(world)) as github, Served(model) as served:
        world.url = github.url
        world.hooks.deliver_to(hook)
        make_sample(folder / "sample.git")
        repo = world.repo("octo/duration", source=folder / "sample.git")
        ada = world.person("ada", permission="write")
        issue = await ada.opens_issue(repo, *sample_issue())
        key = folder / "app.pem"
        key.write_text(private_pem())
        token, body = world.personal_token(ada.user), '{"body": "/maestro implement"}'
        print(
            f"GITHUB_APP_ID={world.app.id}\nGITHUB_PRIVATE_KEY={key}\nGITHUB_WEBHOOK_SECRET={world.hooks.secret}\n"
            f"GITHUB_API_URL={github.url}\nGITHUB_GRAPHQL_URL={github.url}/graphql\nGITHUB_SERVER_URL={github.url}\n"
            f"OPENAI_API_KEY=rehearsal\nOPENAI_BASE_URL={served.url}/v1\nMAESTRO_MODEL={model.name}\n\n"
            f"# webhooks go to {hook}; speak as ada:\n"
            f"# curl -H 'Authorization: Bearer {token}' -d '{body}' "
            f"{github.url}/repos/octo/duration/issues/{issue.number}/comments",
            flush=True,
        )
        world.listeners.append(lambda moment: print(f"{moment.repo}#{moment.number} {moment.chat()}", flush=True))
        await asyncio.Event().wait()


def main() -> None:
    """The command."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp(prefix="rehearsal-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        asyncio.run(rehearse(folder, "http://127.0.0.1:8080/github/webhooks"))
    except KeyboardInterrupt:
        print("The rehearsal is over.", file=sys.stderr)


if __name__ == "__main__":
    main()

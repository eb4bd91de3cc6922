"""mini-swe-agent, installed into .bench/peers when asked, and measured as our own loops are: the same server, the same
command, its own agent, model and environment classes, its trajectory saved as by default."""

import asyncio
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bot.rehearsal.model import ScriptedModel
from bot.rehearsal.script import Prompt, Turn, call
from bot.rehearsal.served import Served
from tests.bench.figures import KEPT
from tests.bench.loops import COMMAND, STEPS, Report

PEERS = KEPT / "peers"
PACKAGE = "mini-swe-agent"
NEEDED = ("mcp",)  # litellm imports it without asking for it
SECONDS = 300.0

LOOP = """
import json, resource, sys, time
from pathlib import Path
from minisweagent.agents.default import DefaultAgent
from minisweagent.environments.local import LocalEnvironment
from minisweagent.models.litellm_model import LitellmModel

url, home, steps = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
asked = []

def spent():
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime

class Marked(LitellmModel):
    def query(self, messages, **kwargs):
        asked.append(spent())
        return super().query(messages, **kwargs)

known = {"api_base": url + "/v1", "api_key": "k"}
model = Marked(model_name="openai/scripted", model_kwargs=known, cost_tracking="ignore_errors")
agent = DefaultAgent(
    model,
    LocalEnvironment(cwd=str(home)),
    system_template="rules",
    instance_template="{{task}}",
    step_limit=steps,
    output_path=home / "trajectory.json",
)
agent.run("go")
cpu = [later - earlier for earlier, later in zip(asked, asked[1:])]
Path(home, "report.json").write_text(json.dumps({"cpu": cpu}))
"""


def policy(_: Prompt) -> Turn:
    return call("bash", command=COMMAND)


async def steps(home: Path) -> Report | str:
    """What its loop reported, or why it could not be measured."""
    failed = await asyncio.to_thread(install)
    if failed:
        return failed
    (home / "mini").mkdir()
    (home / "mini.py").write_text(LOOP)
    async with Served(ScriptedModel(policy, record=False)) as served:
        command = (str(_python()), str(home / "mini.py"), served.url, str(home / "mini"), str(STEPS))
        env = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(home),
            "MSWEA_SILENT_STARTUP": "1",
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        }
        quiet, pipe = asyncio.subprocess.DEVNULL, asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, stdout=quiet, stderr=pipe, env=env)
        try:
            _, said = await asyncio.wait_for(process.communicate(), SECONDS)
        except TimeoutError:
            process.kill()
            return f"{PACKAGE} took more than {SECONDS:.0f} s"
    report = home / "mini" / "report.json"
    if not report.exists():
        return f"{PACKAGE} failed: {said.decode(errors='replace').strip()[-200:]}"
    return dict(json.loads(report.read_text()))


def install() -> str:
    """'' once it is there, otherwise why not."""
    if (PEERS / "bin" / "mini").exists():
        return ""
    pip = (str(_python()), "-m", "pip", "install", "-q")
    for command in ((sys.executable, "-m", "venv", str(PEERS)), (*pip, PACKAGE, *NEEDED)):
        done = subprocess.run(command, capture_output=True, text=True, timeout=400, check=False)
        if done.returncode:
            return f"{PACKAGE} can't be installed: {done.stderr.strip()[-200:]}"
    return ""


def _python() -> Path:
    return (PEERS / "bin" / "python").absolute()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(steps(Path(folder)))
        sys.stdout.write(json.dumps(found) + "\n")

"""What a program of ours writes to its log: no secret in it, whoever wrote the line and however the program ended."""

import subprocess
import sys

PROGRAM = """
import asyncio, logging, structlog
from bot.speech.redact import redact
from handlers.cli.loading import log_to_stderr
log_to_stderr("info", lambda text: redact(text, ("s3cret-value-of-the-host",)))
structlog.get_logger().info("ours", what="s3cret-value-of-the-host", fine="kept-1")
def fail():
    raise ValueError("postgresql://app:hunter2-hunter2@db:5432/x kept-2")
try: fail()
except ValueError:
    logging.getLogger("some.library").exception("s3cret-value-of-the-host kept-3")
    structlog.get_logger().exception("ours too")
async def forgotten():
    fail()
async def main():
    task = asyncio.create_task(forgotten())
    await asyncio.sleep(0.01)
    del task
asyncio.run(main())
raise RuntimeError("czNjcmV0LXZhbHVlLW9mLXRoZS1ob3N0 kept-4")
"""


def test_no_line_of_a_log_and_no_last_traceback_holds_a_secret() -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    for leak in ("s3cret-value", "hunter2", "czNjcmV0"):
        assert leak not in ran.stderr + ran.stdout, ran.stderr
    for kept in ("kept-1", "kept-2", "kept-3", "kept-4", "Task exception was never retrieved"):
        assert kept in ran.stderr, kept

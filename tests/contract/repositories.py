"""Real git repositories for the tests, made by the git that people use, and one that asks for a token over HTTP."""

import base64
import http.server
import os
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sandbox.api import Remote, Signature

ME = Signature("maestro[bot]", "maestro@example.org", 1_700_000_000)
ENV = {
    "PATH": os.defpath,
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}


def git(*args: str | Path, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> str:
    """Run git as a person would and return what it said."""
    command = ("git", *map(str, args))
    return subprocess.run(
        command, input=stdin, env={**ENV, **(env or {})}, check=True, capture_output=True
    ).stdout.decode()


class Origin:
    """A bare repository that people push to, and a clone in which a person works."""

    def __init__(self, folder: Path, name: str = "origin") -> None:
        self.path, self.work = folder / f"{name}.git", folder / f"{name}-work"
        git("init", "-q", "--bare", "-b", "main", self.path)
        git("init", "-q", "-b", "main", self.work)

    def remote(self, key: str = "origin") -> Remote:
        return Remote(key, f"file://{self.path}")

    def commit(self, files: Mapping[str, str | bytes | None], branch: str = "main") -> str:
        """Change files (None: delete), commit, push; returns the commit."""
        git("-C", self.work, "checkout", "-q", "-B", branch)
        for path, contents in files.items():
            file = self.work / path
            if contents is None:
                file.unlink()
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(contents.encode() if isinstance(contents, str) else contents)
        return self.save(branch)

    def save(self, branch: str = "main") -> str:
        """Commit and push whatever the clone holds."""
        git("-C", self.work, "add", "-A")
        git("-C", self.work, "commit", "-q", "--allow-empty", "-m", "work")
        git("-C", self.work, "push", "-q", "-f", self.path, branch)
        return git("-C", self.work, "rev-parse", "HEAD").strip()

    def refs(self) -> dict[str, str]:
        lines = git("--git-dir", self.path, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        return dict(line.split(" ") for line in lines)


class Gate:
    """What a token-gated server saw: how often it let somebody in, and whose command line held the token."""

    def __init__(self, token: str, projects: Path) -> None:
        self.token, self.projects = token, projects
        self.admitted, self.refused = 0, 0
        self.leaks: list[str] = []

    def look(self) -> None:
        for process in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                line = process.read_bytes()
            except OSError:
                continue
            if self.token.encode() in line:
                self.leaks.append(line.decode(errors="replace"))


@contextmanager
def gated(projects: Path, token: str) -> Iterator[tuple[str, Gate]]:
    """Serve the bare repositories of a folder over HTTP to whoever has the token; yields the address."""
    gate = Gate(token, projects)
    expected = "Basic " + base64.b64encode(f"x-access-token:{token}".encode()).decode()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            gate.look()
            if self.headers.get("Authorization") != expected:
                gate.refused += 1
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="git"')
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            gate.admitted += 1
            self.answer()

        do_POST = do_GET

        def answer(self) -> None:
            path, _, query = self.path.partition("?")
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            env = {
                **ENV,
                "GIT_PROJECT_ROOT": str(gate.projects),
                "GIT_HTTP_EXPORT_ALL": "1",
                "REMOTE_USER": "somebody",
                "REQUEST_METHOD": self.command,
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "CONTENT_TYPE": self.headers.get("Content-Type") or "",
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding") or "",
                "GIT_PROTOCOL": self.headers.get("Git-Protocol") or "",
            }
            said = subprocess.run(["git", "http-backend"], input=body, env=env, capture_output=True, check=True).stdout
            head, _, out = said.partition(b"\r\n\r\n")
            fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
            self.send_response(int(fields.pop("Status", "200 OK").split()[0]))
            for name, value in {**fields, "Content-Length": str(len(out))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(out)

        def log_message(self, format: str, *args: object) -> None:
            return

    with _serving(Handler) as address:
        yield address, gate


@contextmanager
def redirecting(target: str) -> Iterator[str]:
    """A server that sends everybody to the same path at `target`; yields its address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302)
            self.send_header("Location", f"{target}{self.path}")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return

    with _serving(Handler) as address:
        yield address


@contextmanager
def _serving(handler: type[http.server.BaseHTTPRequestHandler]) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

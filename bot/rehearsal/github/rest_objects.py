"""REST of git's objects: blobs, trees and commits that no ref leads to yet."""

import base64
import binascii
import re
import tempfile
from pathlib import Path

from starlette.responses import Response

from bot.rehearsal.github import shapes_code, signatures
from bot.rehearsal.github.bare import Identity, NoSuchObject
from bot.rehearsal.github.rest import Ask, Serves
from bot.rehearsal.wire import Fields, Json, Refused, answer

MODES = {"100644": "blob", "100755": "blob", "120000": "blob", "040000": "tree", "160000": "commit"}
WORKFLOWS = re.compile(r"\.github/workflows(/|$)")


async def make_blob(ask: Ask) -> Response:
    fields = ask.fields("Blob")
    content = fields.maybe("content") or ""
    if fields.choice("encoding", ("utf-8", "base64")) == "base64":
        try:
            data = base64.b64decode(content, validate=True)
        except binascii.Error:
            raise Refused(422, "content is not valid Base64") from None
    else:
        data = content.encode("utf-8", "replace")
    return _made(ask, "blobs", ask.repo.bare.git("hash-object", "-w", "--stdin", stdin=data))


async def make_tree(ask: Ask) -> Response:
    """`base_tree` with some paths replaced; `sha: null` removes one."""
    fields = ask.fields("Tree")
    base = fields.maybe("base_tree")
    bare = ask.repo.bare
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "index"
        try:
            bare.git("read-tree", *([_object(ask, base, "tree")] if base else ["--empty"]), index=index)
            for row in fields.objects("tree"):
                bare.git("update-index", "--index-info", stdin=_row(ask, row), index=index)
            return _made(ask, "trees", bare.git("write-tree", index=index))
        except NoSuchObject as error:
            raise Refused(422, str(error)) from None


def _row(ask: Ask, fields: Fields) -> bytes:
    """One path as git's index takes it."""
    path, mode = fields.text("path"), fields.choice("mode", tuple(MODES)) or "100644"
    if any(part in ("", ".", "..") or part.lower() == ".git" for part in path.split("/")):
        raise Refused(422, "tree.path contains a malformed path component")
    if WORKFLOWS.match(path) and ask.grant is not None and not ask.grant.allows("workflows", "write"):
        raise Refused(403, "Resource not accessible by integration")
    if "content" in fields:
        text = fields.maybe("content") or ""
        sha = ask.repo.bare.git("hash-object", "-w", "--stdin", stdin=text.encode("utf-8", "replace")).decode().strip()
    elif fields.maybe("sha") is None:
        return f"0 {'0' * 40}\t{path}\n".encode()
    else:
        named = fields.text("sha")
        sha = named if mode == "160000" else _object(ask, named, MODES[mode])
    return f"{mode} {sha}\t{path}\n".encode()


def _object(ask: Ask, sha: str, kind: str) -> str:
    try:
        found = ask.repo.bare.text("cat-file", "-t", sha) if re.fullmatch("[0-9a-f]{40}", sha) else ""
    except NoSuchObject:
        found = ""
    if found != kind:
        raise Refused(422, f"{sha} is not a valid {kind}")
    return sha


async def make_commit(ask: Ask) -> Response:
    """Signed when an App makes it and says nothing of author, committer or signature."""
    fields = ask.fields("Commit")
    message, tree = fields.text("message"), _object(ask, fields.text("tree"), "tree")
    parents = [_object(ask, sha, "commit") for sha in fields.texts("parents")]
    user = ask.author.user
    who = Identity(user.login if user.kind == "Bot" else user.name or user.login, user.email, ask.world.now())
    own_words = any(name in fields for name in ("author", "committer", "signature"))
    ours = ask.world.signs and ask.author.app is not None and not own_words
    committer = Identity("GitHub", "noreply@github.com", who.at) if ours else who
    lines = [f"tree {tree}", *(f"parent {sha}" for sha in parents)]
    lines += [f"author {who.line()}", f"committer {committer.line()}", "", message]
    payload = "\n".join(lines).encode()
    whole = signatures.signed(payload, signatures.signature(payload)) if ours else payload
    bare = ask.repo.bare
    sha = bare.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=whole).decode().strip()
    shown = shapes_code.git_commit(ask.world, ask.repo, bare.commit(sha))
    above: Json = [{"sha": up} for up in parents]
    return answer(shown | {"sha": sha, "node_id": f"C_{sha}", "parents": above}, 201)


def _made(ask: Ask, kind: str, said: bytes) -> Response:
    sha = said.decode().strip()
    return answer({"sha": sha, "url": f"{ask.world.url}/repos/{ask.repo.full_name}/git/{kind}/{sha}"}, 201)


_GIT = "/repos/{owner}/{name}/git"

SERVED = (
    Serves("POST", f"{_GIT}/blobs", "contents:write", make_blob),
    Serves("POST", f"{_GIT}/trees", "contents:write", make_tree),
    Serves("POST", f"{_GIT}/commits", "contents:write", make_commit),
)

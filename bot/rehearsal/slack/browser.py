"""A person's browser, as far as signing in goes: follows the link that Slack showed, and confirms."""

import re
from urllib.parse import urljoin, urlsplit

import httpx


async def signs_in(link: str, site: str) -> str:
    """Follow a sign-in link of the program that listens at `site` (whatever name it calls itself by), let GitHub send
    the browser back, and press the button. Returns the text of the last page."""
    async with httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=10.0) as browser:
        page = await browser.get(_at(link, site))
        while page.is_redirect:
            to = urljoin(str(page.url), page.headers["location"])
            page = await browser.get(_at(to, site) if urlsplit(to).path.startswith("/sign-in") else to)
        note = re.search(r"name='note' value='([^']+)'", page.text)
        if note is not None:
            page = await browser.post(f"{site}/sign-in/slack", data={"note": note[1]})
        return re.sub(r"<[^>]+>", "", page.text)


def _at(url: str, site: str) -> str:
    parts = urlsplit(url)
    return f"{site}{parts.path}" + (f"?{parts.query}" if parts.query else "")


def link_in(text: str) -> str:
    """The sign-in address in a message. Raises LookupError when there is none."""
    found = re.search(r"<([^|>]+)\|Link your account>", text)
    if found is None:
        raise LookupError(f"no sign-in link in {text!r}")
    return found[1].replace("&amp;", "&")

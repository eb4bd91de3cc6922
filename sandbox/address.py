"""Names and addresses on the way out: one normalised form, and the addresses that nobody inside may reach. Pure."""

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

REFUSED = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96",
        "100::/64",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)
"""This host, private and carrier networks, link-local (where clouds keep their metadata), benchmarking, multicast,
reserved. Documentation networks are not refused: some machines map the outside world into them."""

TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
"""IPv6 networks whose last 32 bits are an IPv4 address."""

NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*")
NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
AUTHORITY = re.compile(r"(?P<host>\[[0-9a-fA-F:.]+\]|[^\[\]:@/?#\\%\s]+)(?::(?P<port>[0-9]{1,5}))?")
REQUEST = re.compile(rb"([A-Z]{1,16}) ([\x21-\x7e]+) HTTP/1\.[01]")
FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00\r\n]*)")
DROPPED = {
    b"connection",
    b"content-length",
    b"expect",
    b"host",
    b"keep-alive",
    b"proxy-authorization",
    b"proxy-connection",
    b"te",
    b"trailer",
    b"transfer-encoding",
    b"upgrade",
}


@dataclass(frozen=True, slots=True)
class Destination:
    """A normalised host (or, in an allow-list, a suffix that starts with a dot) and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Refused(Exception):
    """The proxy does not do this. `to` is where it was to go, if that could be read."""

    def __init__(self, reason: str, to: Destination | None = None, *, status: int = 403) -> None:
        super().__init__(reason)
        self.to, self.status = to, status


@dataclass(frozen=True, slots=True)
class Request:
    """A well-formed request: where to, whether bytes are tunnelled, and otherwise what is sent there first."""

    to: Destination
    tunnel: bool
    forward: bytes = b""


def parse_entry(text: str) -> Destination:
    """An entry of an allow-list, `host:port` or `.suffix:port`; without a port, 443. Raises ValueError."""
    suffix = text.startswith(".")
    try:
        found = destination(text.removeprefix("."), 443)
    except Refused as error:
        raise ValueError(f"{text!r} is no host:port or .suffix:port: {error}") from error
    if suffix and _literal(found.host) is not None:
        raise ValueError(f"{text!r}: an address has no suffixes")
    return Destination("." + found.host, found.port) if suffix else found


def destination(authority: str, default_port: int | None) -> Destination:
    """`host[:port]` in its one form. Raises Refused for user names, odd spellings of addresses and bad ports."""
    found = AUTHORITY.fullmatch(authority)
    if found is None:
        raise Refused("not a plain host:port", status=403 if "@" in authority else 400)
    port = int(found["port"]) if found["port"] else default_port
    if port is None or not 1 <= port <= 65_535:
        raise Refused("no valid port", status=400)
    return Destination(_host(found["host"]), port)


def _host(text: str) -> str:
    bare = text.strip("[]").lower()
    address = _literal(bare)
    if address is not None:
        return str(address)
    bare = bare.removesuffix(".")
    if NAME.fullmatch(bare) is None:
        raise Refused("not a host name", status=400)
    if NUMBER.fullmatch(bare.rpartition(".")[2]) is not None:
        raise Refused("an address in an odd spelling")
    return bare


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_listed(to: Destination, allowed: Iterable[Destination]) -> bool:
    """Exactly that host and port, or a name below a listed suffix."""
    return any(
        to.port == entry.port
        and (to.host.endswith(entry.host) if entry.host.startswith(".") else to.host == entry.host)
        for entry in allowed
    )


def vet(to: Destination, found: Sequence[str], reachable: Sequence[str] = ()) -> Address:
    """The first address that may be connected to. Raises Refused when there is none."""
    opened = [ipaddress.ip_network(network) for network in reachable]
    for text in found:
        address = ipaddress.ip_address(text.partition("%")[0])
        if is_public(address) or any(address in network for network in opened):
            return address
    raise Refused("resolves to an address that is not public", to)


def is_public(address: Address) -> bool:
    """Whether an address lies in none of the refused networks, also when it carries an IPv4 address."""
    if isinstance(address, ipaddress.IPv6Address):
        carried = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if any(address in network for network in TRANSLATED):
            carried = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if carried is not None:
            return is_public(carried)
    return not any(address in network for network in REFUSED)


def parse_request(head: bytes) -> Request:
    """A request's head, up to its empty line. Raises Refused."""
    first, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    found = REQUEST.fullmatch(first)
    fields = [FIELD.fullmatch(line) for line in lines]
    if found is None or None in fields:
        raise Refused("not an HTTP request", status=400)
    method, target = found[1], found[2].decode("ascii")
    if method == b"CONNECT":
        return Request(destination(target, None), tunnel=True)
    if not target.lower().startswith("http://"):
        raise Refused("only CONNECT and http:// addresses are served here", status=400)
    authority, _, path = target[len("http://") :].partition("/")
    to = destination(authority, 80)
    if method not in (b"GET", b"HEAD"):
        raise Refused(f"{method.decode()} over plain HTTP", to)
    kept = b"".join(each[0] + b"\r\n" for each in fields if each is not None and each[1].lower() not in DROPPED)
    host = to.host if to.port == 80 else str(to)
    line = method + b" /" + path.encode("ascii") + b" HTTP/1.1\r\n"
    return Request(to, tunnel=False, forward=line + f"Host: {host}\r\n".encode() + kept + b"Connection: close\r\n\r\n")

"""One form of every name, and no way to an address that is nobody's business."""

import pytest

from sandbox.address import Destination, Refused, destination, is_listed, is_public, parse_entry, parse_request, vet

PUBLIC = ("8.8.8.8", "203.0.113.5", "192.0.2.1", "198.51.100.7", "2606:4700::1", "::ffff:808:808", "64:ff9b::808:808")
CLOSED = (
    "0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.9.9.9 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.8 192.168.1.1 "
    "198.18.0.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 :: ::1 ::127.0.0.1 fc00::1 fd12::1 fe80::1 ff02::1 "
    "::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 2002:7f00:1:: 2002:a00:1::"
)


def test_only_public_addresses_are_connected_to() -> None:
    to = Destination("x.example", 443)
    assert [str(vet(to, [each])) for each in PUBLIC] == list(PUBLIC)
    for address in CLOSED.split():
        with pytest.raises(Refused, match="not public"):
            vet(to, [address])
    assert str(vet(to, ["10.0.0.1", "8.8.8.8"])) == "8.8.8.8"
    assert str(vet(to, ["10.0.0.1"], ["10.0.0.0/24"])) == "10.0.0.1"
    assert is_public(vet(to, ["8.8.8.8"]))
    with pytest.raises(Refused):
        vet(to, [])


def test_odd_spellings_of_addresses_are_no_names() -> None:
    for odd in ("0x7f.1", "2130706433", "127.1", "0177.0.0.1", "0x7f000001", "127.0.0.0x1", "1.2.3.4.5", "x.0"):
        with pytest.raises(Refused, match="odd spelling"):
            destination(f"{odd}:443", None)
    for bad in ("", ".", "a..b", "-a.example", "a b", "ex%61mple", "exämple.org", "a\\b", "a/b", "a#b", "x" * 300):
        with pytest.raises(Refused):
            destination(f"{bad}:443", None)


def test_entries_are_hosts_or_suffixes_with_ports() -> None:
    assert parse_entry("Index.Example.:8443") == Destination("index.example", 8443)
    assert parse_entry("index.example") == Destination("index.example", 443)
    assert parse_entry(".example.org:443") == Destination(".example.org", 443)
    assert parse_entry("10.1.1.1:443") == Destination("10.1.1.1", 443)
    for bad in ("", "*", "*.example.org:443", "https://example.org", "u@example.org:1", ".1.2.3.4:80", "a:0", "..x:1"):
        with pytest.raises(ValueError):
            parse_entry(bad)
    assert not is_listed(Destination("example.org", 443), [parse_entry(".example.org:443")])
    assert parse_request(b"CONNECT a.example:1 HTTP/1.1\r\n\r\n").to == Destination("a.example", 1)

"""A web of the tests' own: a few names on loopback, and a client that may talk to them within short limits."""

import ipaddress
import socket

from paper_companion.evidence.net.addresses import AddressGuard
from paper_companion.evidence.net.limits import Limits
from paper_companion.evidence.net.web import Web

SHORT = Limits(
    connect_s=1.0,
    silence_s=0.8,
    exchange_s=1.2,
    deadline_s=20.0,
    back_off_s=0.005,
    confirm_after_s=0.005,
    longest_wait_s=0.05,
    interval_s=0.0,
    per_host=4,
)
NAMES = {
    "site.example": ("127.0.0.1",),
    "other.example": ("127.0.0.2",),
    "rebound.example": ("93.184.216.34", "10.0.0.7"),
    "inner.example": ("192.168.1.10",),
    "metadata.example": ("169.254.169.254",),
}


def resolve(host: str) -> tuple[str, ...]:
    """The names of the tests; everything else does not exist. No DNS server is asked."""
    if host == "flaky.example":
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
    try:
        return NAMES[host]
    except KeyError:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from None


def make_web(allowed: tuple[str, ...] = ("127.0.0.1/32",), limits: Limits = SHORT, **rest) -> Web:
    guard = AddressGuard([ipaddress.ip_network(network) for network in allowed], resolve)
    return Web(limits, guard, proxies=rest.pop("proxies", {}), **rest)

"""Which network addresses may be asked: names are resolved once, and only public addresses are let through."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from paper_companion.evidence.net.failure import Failure, FailureKind
from paper_companion.evidence.net.shared import Shared

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Prefixes that carry an IPv4 address inside: the guard looks at the inner one.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")
# Metadata services of clouds that `ipaddress` counts as public.
_METADATA = frozenset(map(ipaddress.ip_address, ("168.63.129.16", "100.100.100.200", "192.0.0.192")))
_LOCAL_SUFFIXES = (".localhost", ".local", ".internal", ".home.arpa")


@dataclass(frozen=True)
class Resolved:
    """Where a host name leads: the addresses that may be connected to, in the resolver's order."""

    addresses: tuple[str, ...]


def parse_literal(host: str) -> Address | None:
    """The address that a host is written as, or None for a name.

    Takes what connect() takes: dotted, decimal, hexadecimal and octal IPv4, and bracketless IPv6 with an optional zone.
    """
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    if not host or host[-1] not in "0123456789abcdefABCDEFxX.":
        return None
    try:
        # inet_aton knows the old spellings: 2130706433, 0x7f.1, 0177.0.0.1
        return ipaddress.IPv4Address(socket.inet_aton(host.rstrip(".")))
    except OSError:
        return None


def innermost(address: Address) -> Address:
    """The address behind IPv4-mapped, 6to4, Teredo, NAT64 and IPv4-compatible spellings."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address.sixtofour is not None:
            return address.sixtofour
        if address.teredo is not None:
            return address.teredo[1]
        if address in _NAT64 or (address in _COMPATIBLE and int(address) > 0xFFFF):
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_public(address: Address) -> bool:
    """Whether anybody on the internet reaches the same machine under this address."""
    inner = innermost(address)
    return inner.is_global and not inner.is_multicast and inner not in _METADATA


class AddressGuard:
    """Resolves each host once a run and refuses what is not public, unless it lies in an allowed network.

    The addresses handed out are the ones to connect to, so that a second DNS answer cannot lead elsewhere.
    """

    def __init__(
        self,
        allowed: Iterable[Network] = (),
        resolve: Callable[[str], tuple[str, ...]] | None = None,
    ) -> None:
        self._allowed = tuple(allowed)
        self._resolve = resolve or _system_resolve
        self._lock = threading.Lock()
        self._known: dict[str, Shared[Resolved | Failure]] = {}

    def look_up(self, host: str) -> Resolved | Failure:
        """The addresses to connect to for a host, or why it must not or cannot be asked. Blocks while resolving."""
        host = host.lower().rstrip(".")
        with self._lock:
            shared = self._known.setdefault(host, Shared())
        return shared.get(lambda: self._judge(host))

    def refuses_name(self, host: str) -> Failure | None:
        """Why a host must not be asked, judged by its spelling alone."""
        host = host.lower().rstrip(".")
        literal = parse_literal(host)
        if literal is not None:
            return None if self._may(literal) else _refusal(str(literal))
        if (host == "localhost" or host.endswith(_LOCAL_SUFFIXES)) and not self._allowed:
            return _refusal(host)
        return None

    def _may(self, address: Address) -> bool:
        inner = innermost(address)
        return is_public(address) or any(inner in network or address in network for network in self._allowed)

    def _judge(self, host: str) -> Resolved | Failure:
        refusal = self.refuses_name(host)
        if refusal is not None:
            return refusal
        literal = parse_literal(host)
        if literal is not None:
            return Resolved((str(literal),))
        try:
            found = self._resolve(host)
        except socket.gaierror as error:
            if error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)):
                return Failure(FailureKind.NO_SUCH_HOST, f"no such host: {host}")
            return Failure(FailureKind.RESOLVER, f"the name {host} could not be resolved: {error.strerror}")
        except (OSError, UnicodeError) as error:
            return Failure(FailureKind.RESOLVER, f"the name {host} could not be resolved: {error}")
        public = tuple(address for address in found if self._may(ipaddress.ip_address(address.partition("%")[0])))
        # One private answer among public ones is the mark of a rebinding trick: such a name is refused as a whole.
        if len(public) < len(found):
            private = next(address for address in found if address not in public)
            return Failure(FailureKind.RESOLVES_TO_PRIVATE, f"{host} resolves to {private}, {_NOT_PUBLIC}")
        return Resolved(public)


_NOT_PUBLIC = "an address that the public cannot reach (--allow-address lifts this)"


def _refusal(host: str) -> Failure:
    return Failure(FailureKind.PRIVATE_ADDRESS, f"{host} is {_NOT_PUBLIC}")


def _system_resolve(host: str) -> tuple[str, ...]:
    answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(answer[4][0]) for answer in answers))

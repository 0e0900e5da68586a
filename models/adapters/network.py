"""Where the hub's own calls may go: over TLS to public addresses, and elsewhere only to hosts an administrator trusts.

Whoever manages connectors chooses their addresses; he must not reach with them what only this server can reach.
"""

import ipaddress
import socket

import requests
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

#: Addresses of NAT64 end in the IPv4 address that is meant (RFC 6052).
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class AddressNotAllowed(Exception):
    """A call would go where connectors may not go."""


class Trusted:
    """Hosts that may be reached over plain HTTP and at private addresses.

    :param str text: host names, addresses and networks (CIDR), separated by commas or spaces.
    :raises ValueError: a part is none of these; the message is that part.
    """

    def __init__(self, text=""):
        self.names, self.networks = set(), []
        for part in (text or "").replace(",", " ").lower().split():
            try:
                self.networks.append(ipaddress.ip_network(part, strict=False))
            except ValueError:
                if not part.replace("-", "a").replace(".", "a").isalnum():
                    raise ValueError(part) from None
                self.names.add(part)

    def has(self, host, address):
        """Whether a host is trusted by its name or by the address that it has now."""
        return host.lower() in self.names or in_networks(address, self.networks)


def in_networks(address, networks):
    """Whether an address lies in one of the networks; IPv4 within IPv6 counts as what it is.

    What is no address at all, as a proxy may hand on, lies in none.
    """
    try:
        address = plain(address)
    except ValueError:
        return False
    return any(address in network for network in networks if network.version == address.version)


def plain(address):
    """The IP address of a text, and the IPv4 address that an IPv6 one only wraps."""
    found = ipaddress.ip_address(address)
    if found.version == 6:
        if found in NAT64:
            return ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        return found.ipv4_mapped or found.sixtofour or found
    return found


def is_public(address):
    """Whether anybody on the internet can reach an address too."""
    found = plain(address)
    return found.is_global and not found.is_multicast


class _Guarded:
    """A connection that looks where it goes: at the very addresses it connects to, whatever a name said before."""

    trusted = Trusted()
    secure = False

    def _new_conn(self):
        name = self._dns_host
        host = name.strip("[]").rstrip(".")
        allowed = [address for address in self._addresses(host) if self._may_go(host, address)]
        if not allowed:
            raise AddressNotAllowed(host)
        for left in reversed(range(len(allowed))):
            try:
                # Not the name: a second look-up might say something else.
                self._dns_host = allowed[-1 - left]
                return super()._new_conn()
            except (NewConnectionError, ConnectTimeoutError):
                if not left:
                    raise
            finally:
                self._dns_host = name
        return None

    def _addresses(self, host):
        try:
            found = socket.getaddrinfo(host, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise NewConnectionError(self, f"The name {host} is not known: {error}") from None
        return list(dict.fromkeys(row[4][0] for row in found))

    def _may_go(self, host, address):
        return (self.secure and is_public(address)) or self.trusted.has(host, address)


class GuardedAdapter(requests.adapters.HTTPAdapter):
    """What requests sends through: connections that go only where connectors may go."""

    def __init__(self, trusted):
        self.trusted = trusted
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        result = super().init_poolmanager(*args, **kwargs)
        plain_http = type("Connection", (_Guarded, HTTPConnection), {"trusted": self.trusted})
        over_tls = type("SecureConnection", (_Guarded, HTTPSConnection), {"trusted": self.trusted, "secure": True})
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("Pool", (HTTPConnectionPool,), {"ConnectionCls": plain_http}),
            "https": type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": over_tls}),
        }
        return result

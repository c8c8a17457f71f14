"""Rate limit of the API."""

from __future__ import annotations

from ipaddress import IPv6Network, ip_address
from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

if TYPE_CHECKING:  # rest_framework.views reads the settings that name this module
    from rest_framework.views import APIView


class AddressThrottle(SimpleRateThrottle):
    """Count requests by client address, behind the trusted number of proxies."""

    scope = "address"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        """Return the counter's name."""
        return f"api:{network_of(self.get_ident(request))}"


def network_of(address: str | None) -> str:
    """Return the address, for IPv6 its /64: one household may use all addresses of that."""
    try:
        parsed = ip_address((address or "").strip())
    except ValueError:
        return "unknown"
    if parsed.version == 6:
        return str(IPv6Network((parsed, 64), strict=False).network_address)
    return str(parsed)

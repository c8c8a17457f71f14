"""Rate limit of the API."""

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView


class AddressThrottle(SimpleRateThrottle):
    """Count requests by client address, behind the trusted number of proxies."""

    scope = "address"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        """Return the counter's name."""
        return f"api:{self.get_ident(request)}"

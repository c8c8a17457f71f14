"""How often somebody may do something: counters in the cache, over the database when the cache is away."""

from typing import Any

from django.http import HttpRequest
from rest_framework.throttling import BaseThrottle, SimpleRateThrottle

from malangkraf.api.throttling import network_of


class Counter(SimpleRateThrottle):
    """So many of something for one key."""

    def __init__(self, rate: str, key: str) -> None:
        self.rate = rate
        self.name = key
        super().__init__()

    def get_cache_key(self, request: Any, view: Any) -> str:
        """Return the counter's name."""
        return f"visitor:{self.name}"


def sender_of(request: HttpRequest) -> str:
    """Return the network that a request comes from."""
    return network_of(BaseThrottle().get_ident(request))  # type: ignore[arg-type]


def is_allowed(request: HttpRequest, *counters: Counter) -> bool:
    """Count one deed; return whether there have not been too many by any of the counters."""
    return all(counter.allow_request(request, None) for counter in counters)  # type: ignore[arg-type]

"""How often a visitor may write to an entry or report something about one."""

from typing import Any

from django.http import HttpRequest
from rest_framework.throttling import BaseThrottle, SimpleRateThrottle

from malangkraf.api.throttling import network_of

PER_SENDER, PER_ENTRY, PER_MAILBOX = "6/hour", "30/day", "6/day"


class Counter(SimpleRateThrottle):
    """So many of something for one key."""

    def __init__(self, rate: str, key: str) -> None:
        self.rate = rate
        self.name = key
        super().__init__()

    def get_cache_key(self, request: Any, view: Any) -> str:
        """Return the counter's name."""
        return f"visitor:{self.name}"


def may_send(request: HttpRequest, what: str, *, startup_id: int, email: str = "") -> bool:
    """Count one message or report; return whether sender, entry and mailbox have not had too many of them."""
    sender = network_of(BaseThrottle().get_ident(request))  # type: ignore[arg-type]
    counters = [
        Counter(PER_SENDER, f"{what}:from:{sender}"),
        Counter(PER_ENTRY, f"{what}:to:{startup_id}"),
    ]
    if email:
        # Who gets the copy: nobody's mailbox can be filled through the portal.
        counters.append(Counter(PER_MAILBOX, f"{what}:copy:{email.lower()}"))
    return all(counter.allow_request(request, None) for counter in counters)  # type: ignore[arg-type]

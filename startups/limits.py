"""How often a visitor may write to an entry or report something about one."""

from django.http import HttpRequest

from malangkraf.limits import Counter, is_allowed, sender_of

PER_SENDER, PER_ENTRY, PER_MAILBOX = "6/hour", "30/day", "6/day"


def may_send(request: HttpRequest, what: str, *, startup_id: int, email: str = "") -> bool:
    """Count one message or report; return whether sender, entry and mailbox have not had too many of them."""
    counters = [
        Counter(PER_SENDER, f"{what}:from:{sender_of(request)}"),
        Counter(PER_ENTRY, f"{what}:to:{startup_id}"),
    ]
    if email:
        # Who gets the copy: nobody's mailbox can be filled through the portal.
        counters.append(Counter(PER_MAILBOX, f"{what}:copy:{email.lower()}"))
    return is_allowed(request, *counters)

"""The short way for those who press the last button of a booking a moment after somebody else.

When hundreds want one slot at once, one gets it, and the others get the same page but for three places: their name, the
form's token and what they typed. The first of them has it drawn; for the next two seconds the others get it from here,
before session, language and locks have cost anything. Two questions to the database stay: who asks, and whether nothing
but "taken" is to be said just now. Whenever the answer is no, the request goes the long way (`views.booking`).
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.utils.crypto import constant_time_compare
from django.utils.html import escape

from ecosystem import booking_pages
from ecosystem.booking_pages import OTHERS_SECONDS, WHEN_FIELDS, Steps
from ecosystem.models import User
from ecosystem.my_bookings import PART
from malangkraf.sessions import SessionStore
from malangkraf.written_sql import Row, columns, fetch

# What the page says of its asker, drawn as a mark that nobody can know.
NAME, TOKEN, TYPED = (secrets.token_hex(16) for _ in range(3))
# What of the form the page speaks of or offers for; the rest is carried along.
ASKED = (*WHEN_FIELDS, "hari", "orang", "attendees", "seats")
# As long as any sent by a browser's form of a booking; what is longer goes the long way, with its limits.
LONGEST_FORM = 20_000

# So long those who want the same wait for each other, and so many of them are told apart.
PATIENCE, TURNS = 1, 1024
# An address, and what was asked of ASKED.
Wanted = tuple[str, tuple[str | None, ...]]

# Too few desks (of a space as a whole: fewer than all of its leaves) are free; the person is no member of staff, for
# whom other rules count, has not booked with this key before, and has no part in the time.
ASKER = f"""
    SELECT {columns(User)}, (
        SELECT count(*) FROM unnest(%(leaves)s::bigint[]) AS wanted (leaf) WHERE NOT EXISTS (
            SELECT 1 FROM ecosystem_allocation
            WHERE leaf_id = wanted.leaf AND holds AND during && tstzrange(%(padded_start)s, %(padded_end)s)
        )
    ) < %(needed)s
    AND NOT EXISTS (SELECT 1 FROM ecosystem_user_groups WHERE user_id = %(user)s)
    AND NOT EXISTS (SELECT 1 FROM ecosystem_booking WHERE entered_by_id = %(user)s AND key = %(key)s)
    AND NOT ({PART})
    FROM ecosystem_user WHERE id = %(user)s
"""  # noqa: S608 (names of columns and a constant)


@dataclass
class Taken:
    """The page that a time is taken, as everybody gets it who has no part in that time."""

    text: str
    wanted: Wanted
    # Which time of which space, as PART and NOTHING_BUT_TAKEN want to know it.
    about: Mapping[str, Any]
    until: float = field(default_factory=lambda: monotonic() + OTHERS_SECONDS)
    headers: Mapping[str, str] = field(default_factory=dict)

    def content_for(self, request: HttpRequest, user: User) -> bytes:
        """Return the page for its asker, whose form has been found to be the portal's own."""
        # A token that was just good is good once more; to make one takes as long as all the rest here.
        token = request.POST.get("csrfmiddlewaretoken") or get_token(request)
        text = self.text.replace(NAME, escape(user.get_username())).replace(TOKEN, escape(token))
        return text.replace(TYPED, booking_pages.hidden(booking_pages.carried_in(request.POST))).encode()


def marked() -> dict[str, Any]:
    """Return what the template of a page for everybody takes for its asker."""
    return {"user": User(email=NAME), "csrf_token": TOKEN, "carried": TYPED, "messages": ()}


def first(request: HttpRequest, steps: Steps, response: HttpResponse) -> HttpResponse:
    """Return the marked page for the first who asked, to be kept for the next ones on its way out."""
    starts_at, ends_at, user = steps.wish.starts_at, steps.wish.ends_at, steps.user
    assert starts_at is not None
    assert ends_at is not None
    assert user is not None
    calendar = steps.calendar
    padded = calendar.rules.padded(starts_at, ends_at)
    by_seats = calendar.is_by_seats
    about = {
        "space": steps.space.pk,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "padded_start": padded[0],
        "padded_end": padded[1],
        "leaves": list(calendar.seats if by_seats else calendar.leaves),
        "needed": steps.seats if by_seats else len(calendar.leaves),
    }
    taken = Taken(response.content.decode(), (_address(request), _asked(request.POST)), about)
    response.content = taken.content_for(request, user)
    response.taken = taken  # type: ignore[attr-defined]
    return response


class LateComersMiddleware:
    """Let those who want the same ask one after the other; keep what `first` has drawn for the next two seconds."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.csrf = CsrfViewMiddleware(get_response)
        # Never changed in place: other threads read it meanwhile.
        self.kept: tuple[Taken, ...] = ()
        self.turns = [Lock() for _number in range(TURNS)]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _is_last_button(request):
            return self.get_response(request)
        wanted = _address(request), _asked(request.POST)
        if answer := self._answer(request, wanted):
            return answer
        # Whoever waits finds the page drawn, or has the slot still to win; drawn by all of them at once it takes as
        # often as long.
        turn = self.turns[hash(wanted) % TURNS]
        is_mine = turn.acquire(timeout=PATIENCE)
        try:
            return self._answer(request, wanted) or self._long_way(request)
        finally:
            if is_mine:
                turn.release()

    def _long_way(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if taken := getattr(response, "taken", None):
            taken.headers = dict(response.items())
            now = monotonic()
            self.kept = (*(one for one in self.kept if now < one.until), taken)
        return response

    def _answer(self, request: HttpRequest, wanted: Wanted) -> HttpResponse | None:
        """Return the page if it is true for this person just now; None for the long way. At most two queries."""
        now = monotonic()
        taken = next((one for one in self.kept if one.wanted == wanted and now < one.until), None)
        if taken is None or not (user := self._asker(request, taken)):
            return None
        content = taken.content_for(request, user)
        headers = {**taken.headers, "Content-Length": str(len(content))}
        return HttpResponse(content, status=booking_pages.NOT_ANY_MORE, headers=headers)

    def _asker(self, request: HttpRequest, taken: Taken) -> User | None:
        """Return who sends a form of the portal's own, if nothing but "taken" is to be said to them; two queries."""
        self.csrf.process_request(request)
        if "CSRF_COOKIE" not in request.META or self.csrf.process_view(request, self.get_response, (), {}):
            return None
        session = SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
        about = {"user": int(session.get(SESSION_KEY, 0)), "key": booking_pages.read_key(request.POST)}
        for row in map(Row, fetch(ASKER, {**taken.about, **about})):
            user, is_all = row.instance(User), row.value()
            sealed = constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
            if is_all and sealed and user.is_active and not (user.is_staff or user.is_superuser):
                return user
        return None


def _is_last_button(request: HttpRequest) -> bool:
    """Return whether this is the last step of a booking of one date, in a form that can be read before all limits."""
    if request.method != "POST" or not request.path_info.endswith("/pesan/"):
        return False
    length = request.META.get("CONTENT_LENGTH") or ""
    if not (length.isascii() and length.isdigit() and len(length) < 6 and int(length) <= LONGEST_FORM):
        return False
    charset = (request.content_params or {}).get("charset", "utf-8").strip().lower()
    if request.content_type != "application/x-www-form-urlencoded" or charset not in ("utf-8", "utf8"):
        return False
    return request.POST.get("aksi") == "pesan" and not request.POST.get("repeats_until")


def _address(request: HttpRequest) -> str:
    """Return the address with its host: what was drawn for one host is not shown under another."""
    return f"{request.META.get('HTTP_HOST')} {request.get_full_path()}"


def _asked(data: QueryDict) -> tuple[str | None, ...]:
    return tuple(data.get(name) for name in ASKED)

"""Bookings and busy times for calendar programmes."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ecosystem.models import CalendarFeed, Occurrence, Space
from ecosystem.services import availability, calendars
from ecosystem.views.letters import booking_of
from malangkraf.page_cache import public_page

BACK = timedelta(days=90)
BUSY_BACK, BUSY_AHEAD = timedelta(days=7), timedelta(days=120)
MOST_DATES = 500
# A calendar comes by often; one write in so long is enough to know that it does.
READ_EVERY = timedelta(minutes=10)


@require_safe
@never_cache
def booking_ics(request: HttpRequest, code: str) -> HttpResponse:
    """Send the dates of one booking; those that fell are cancelled in the calendar that takes them."""
    booking = booking_of(request, code)
    dates = booking.occurrences.select_related("booking", "space__facility")
    name = _("Booking %(code)s") % {"code": booking.code}
    text = calendars.bookings(dates, now=timezone.now(), language=get_language() or "id", name=name)
    return answer(text, file=f"pesanan-{booking.code}")


@login_not_required
@require_safe
def personal_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Send somebody's own dates to whoever knows the secret address; 304 when nothing has changed."""
    feed = CalendarFeed.objects.select_related("user").filter(token=token, user__is_active=True).first()
    if feed is None:
        raise Http404
    now = timezone.now()
    if feed.read_at is None or feed.read_at < now - READ_EVERY:
        CalendarFeed.objects.filter(pk=feed.pk).update(read_at=now)
    rows = Occurrence.objects.live().filter(booking__booker=feed.user_id, ends_at__gt=now - BACK)
    rows = rows.select_related("booking", "space__facility").order_by("starts_at", "pk")[:MOST_DATES]
    language = feed.user.language
    with translation.override(language):
        name = _("My bookings at MalangKraf")
    # The stamp is the feed's own day, so that the same dates give the same bytes.
    text = calendars.bookings(rows, now=feed.created_at, language=language, name=name)
    response = answer(text, file="pesanan-saya")
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    etag = f'"{salted_hmac("ecosystem.feeds", text).hexdigest()[:24]}"'
    response["ETag"] = etag
    found = get_conditional_response(request, etag=etag, response=response)
    return found if isinstance(found, HttpResponse) else response


@public_page
def space_feed(request: HttpRequest, slug: str, space: str) -> HttpResponse:
    """Send when a space is taken, without any name; every booking makes it anew."""
    row = get_object_or_404(
        Space.objects.select_related("facility"), facility__slug=slug, slug=space, is_active=True
    )
    today = timezone.localdate()
    found = availability.calendars(Space.objects.filter(pk=row.pk), today - BUSY_BACK, today + BUSY_AHEAD)
    spans = found[row.pk].busy if row.pk in found else []
    return answer(calendars.busy(row, spans, language=get_language() or "id"), file=f"{slug}-{space}")


def answer(text: str, *, file: str) -> HttpResponse:
    """Return a calendar as a file."""
    response = HttpResponse(text, content_type=calendars.CONTENT_TYPE)
    response["Content-Disposition"] = f'inline; filename="{file}.ics"'
    return response

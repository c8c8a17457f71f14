"""Changing an own booking: give up a date or all of them, move a date, edit what it says."""

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ecosystem import booking_move, booking_pages, my_bookings
from ecosystem.booking_forms import EditForm
from ecosystem.booking_pages import NOT_ANY_MORE, Wish
from ecosystem.models import Booking, Occurrence, Space, User
from ecosystem.services import booking_changes, booking_events
from ecosystem.services.booking_drafts import Refused, StateConflict, Taken
from ecosystem.views.booking_own import own_booking
from malangkraf import typed
from malangkraf.form_values import stale
from malangkraf.seen import StaleRow
from malangkraf.typed import keeps_typed


def _date_of(booking: Booking, pk: int) -> Occurrence:
    related = ("space__policy", "space__facility", "booking__facility")
    found = booking.occurrences.filter(pk=pk).select_related(*related).first()
    if found is None:
        raise Http404
    return found


def _version(request: HttpRequest, date: Occurrence) -> int:
    """Return which version of the date the page showed; what cannot be read is an old one."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else date.version - 1


def _not_any_more(request: HttpRequest, booking: Booking, text: str = "") -> HttpResponse:
    """Say that the booking is not any more what the page showed, and how it stands now."""
    stands = my_bookings.booking_of(cast(User, request.user), booking.code)
    context = {
        "booking": stands,
        "facility": booking.facility,
        "space": booking.space,
        "tone": my_bookings.tone_of(stands.state if stands else ""),
        "text": text
        or _("It was changed meanwhile, perhaps in another window or by a manager. Nothing was done."),
    }
    return render(request, "ecosystem/booking/conflict.html", context, status=NOT_ANY_MORE)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def booking_cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Ask, then give up every date to come, or take back the request."""
    booking, user, now = own_booking(request, code), cast(User, request.user), timezone.now()
    is_request = booking.state == Booking.State.PENDING
    rows = [row for row in my_bookings.date_rows(booking, now=now) if row.date.state in Occurrence.LIVE]
    upcoming = [row for row in rows if row.date.starts_at > now]
    if request.method != "POST":
        context = {
            "booking": booking,
            "facility": booking.facility,
            "space": booking.space,
            "is_request": is_request,
            "going": [
                row.date
                for row in upcoming
                if row.date.state == "pending" or (row.may_change and not is_request)
            ],
            "staying": [
                row.date
                for row in rows
                if not row.may_change and row.date.state != "pending" and not is_request
            ],
            "back_url": my_bookings.detail_url(booking),
        }
        return render(request, "ecosystem/booking/cancel.html", context)
    try:
        if is_request and request.POST.get("permintaan"):
            booking_changes.withdraw(booking, by=user, now=now)
            messages.success(request, _("The request was taken back."))
        else:
            ended = booking_changes.cancel_all(booking, by=user, now=now)
            messages.success(
                request, _("Cancelled: %(count)d. Others can book the time now.") % {"count": len(ended)}
            )
    except StateConflict:
        return _not_any_more(request, booking)
    except Refused as error:
        return _not_any_more(request, booking, error.text)
    return redirect(my_bookings.detail_url(booking))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def occurrence_cancel(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Ask, then give up one date."""
    booking, now = own_booking(request, code), timezone.now()
    date = _date_of(booking, pk)
    if request.method == "POST":
        try:
            booking_changes.cancel(
                date, by=cast(User, request.user), now=now, version=_version(request, date)
            )
        except StateConflict:
            return _not_any_more(request, booking)
        except Refused as error:
            return _not_any_more(request, booking, error.text)
        messages.success(request, _("The date was cancelled. Others can book the time now."))
        return redirect(my_bookings.detail_url(booking))
    context = {
        "booking": booking,
        "facility": booking.facility,
        "space": booking.space,
        "date": date,
        "may_change": booking_changes.may_change(date, now=now) or date.state == Occurrence.State.PENDING,
        "is_over": date.state not in Occurrence.LIVE or date.starts_at <= now,
        "back_url": my_bookings.detail_url(booking),
    }
    return render(request, "ecosystem/booking/cancel_date.html", context)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def occurrence_move(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Show the free starts of a day in a space of the facility and move one date of the booking there."""
    booking, now = own_booking(request, code), timezone.now()
    date = _date_of(booking, pk)
    if not booking_changes.may_change(date, now=now):
        return _not_any_more(request, booking, _("This date can no longer be moved in the portal."))
    spaces = booking_move.spaces_for(date)
    target, wish = _target(request, date, spaces)
    if not _is_move(request):
        return _move_page(request, date, spaces)
    if target is None:
        return _move_page(request, date, spaces, notice=_("This space cannot take the booking any more."))
    if wish.starts_at is None or wish.ends_at is None:
        return _move_page(request, date, spaces, notice=_("Choose when it begins."))
    try:
        moved = booking_changes.move(
            date,
            space=target,
            starts_at=wish.starts_at,
            ends_at=wish.ends_at,
            by=cast(User, request.user),
            now=now,
            version=_version(request, date),
        )
    except StateConflict:
        return _not_any_more(request, booking)
    except Taken:
        text = _("This time was just taken. Choose another one; your booking stands as it was.")
        return _move_page(request, date, spaces, notice=text, status=NOT_ANY_MORE)
    except Refused as error:
        return _move_page(request, date, spaces, notice=error.text)
    waits = moved.state == Occurrence.State.PENDING
    text = (
        _("Moved. A manager decides about it; you get a mail.")
        if waits
        else _("Moved. You get a mail about it.")
    )
    typed.forget(request)
    messages.success(request, text)
    return redirect(my_bookings.detail_url(booking))


def _is_move(request: HttpRequest) -> bool:
    """Return whether the date is to move: by the button or the Enter key, with the times of that space before one."""
    data = request.POST
    return data.get("aksi") in ("pindah", "lanjut") and data.get("dilihat", data.get("ruang")) == data.get(
        "ruang"
    )


def _target(request: HttpRequest, date: Occurrence, spaces: list[Space]) -> tuple[Space | None, Wish]:
    """Return the wished space (None if it is none of them) and time: the date's own where nothing else was chosen."""
    sent = request.POST if request.method == "POST" else typed.before(request) or request.GET
    data: dict[str, str] = sent.dict()  # type: ignore[assignment]
    data.setdefault("menit", str(int((date.ends_at - date.starts_at).total_seconds() // 60)))
    if not {"tanggal", "hari", "mulai"} & set(data):
        data["tanggal"] = str(timezone.localdate(date.starts_at))
    slug = data.get("ruang", date.space.slug)
    found = next((space for space in spaces if space.slug == slug), None)
    return found, booking_pages.read_wish(data, (found or date.space).policy, now=timezone.now())


def _move_page(
    request: HttpRequest, date: Occurrence, spaces: list[Space], *, notice: str = "", status: int = 200
) -> HttpResponse:
    now = timezone.now()
    target, wish = _target(request, date, spaces)
    space = target or date.space
    calendar = booking_pages.calendar_on(space, wish.day, without_occurrence=date.pk)
    chosen = wish.starts_at or date.starts_at
    context: dict[str, Any] = {
        **booking_pages.times_on(calendar, wish, seats=date.booking.seats, chosen=chosen, now=now),
        "booking": date.booking,
        "facility": date.space.facility,
        "space": date.space,
        "date": date,
        "notice": notice,
        "target": space,
        "spaces": booking_move.choices(date, spaces) if len(spaces) > 1 else [],
        "waits": booking_move.waits_there(date, space),
        "back_url": reverse("ecosystem:booking_detail", args=[date.booking.code]),
    }
    return render(request, "ecosystem/booking/move.html", context, status=status)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def booking_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change what the booking says; when and where is a move."""
    booking, now = own_booking(request, code), timezone.now()
    event = booking_events.open_events(booking, now=now).first()
    form = EditForm(request.POST or typed.before(request), booking=booking, event=event)
    context: dict[str, Any] = {"booking": booking, "facility": booking.facility, "space": booking.space}
    context["seen"] = form.data.get("seen", booking.fingerprint)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            person = cast(User, request.user)
            changed = booking_changes.edit(booking, form.about, by=person, now=now, seen=context["seen"])
            if form.changes_event:
                booking_events.change(changed, form.event, now=now)
        except StaleRow as error:
            context |= stale(form, EditForm(booking=cast(Booking, error.current), event=event), error.current)
            status = NOT_ANY_MORE
        except StateConflict:
            return _not_any_more(request, booking)
        except Refused as error:
            booking_pages.tell_form(form, error.problems)
        else:
            typed.forget(request)
            messages.success(request, _("Saved."))
            return redirect(my_bookings.detail_url(booking))
    return render(request, "ecosystem/booking/edit.html", {**context, "form": form}, status=status)

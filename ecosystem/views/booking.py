"""Booking a space: when, what for, check, and the confirmed or requested booking."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ecosystem import booking_pages, late_comers, my_bookings
from ecosystem.booking_forms import BookingForm
from ecosystem.booking_pages import NOT_ANY_MORE, Steps, write_instant
from ecosystem.facility_words import policy_sentences
from ecosystem.models import Booking, User
from ecosystem.services import availability, booking
from malangkraf import typed


@login_not_required
@transaction.non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def booking_create(request: HttpRequest, slug: str, space: str) -> HttpResponse:
    """Lead through the steps of a booking; strangers choose a time and sign in, and the time is kept for the form.

    Not in one transaction: the locks of a booking end with it, before the page is drawn.
    """
    user = request.user if isinstance(request.user, User) else None
    if request.method == "POST" and user is not None and request.POST.get("aksi") == "pesan":
        return _last(request, slug, space, user)
    found = booking_pages.space_at(slug, space)
    steps = Steps(found, user, _typed(request), timezone.now())
    if steps.calendar.reason:
        return _cannot(request, steps)
    if request.method != "POST" or user is None:
        return typed.sign_in_first(request) if request.method == "POST" else _opened(request, steps)
    picked = request.POST.get("pilih", "")
    if picked:
        return _checked(request, Steps(found, user, _with_time(request.POST, picked), steps.now))
    # "lanjut" is the Enter key: on with what is chosen.
    enter = _details if steps.wish.starts_at else _when
    answers = {"rincian": _details, "lanjut": enter, "periksa": _checked}
    return answers.get(request.POST.get("aksi", ""), _when)(request, steps)


def _typed(request: HttpRequest) -> QueryDict:
    """Return what the request says, or what was typed before the person had to sign in."""
    return request.POST if request.method == "POST" else typed.before(request) or request.GET


def _with_time(data: QueryDict, picked: str) -> QueryDict:
    """Return the data with a time that was picked from the alternatives, "start/end"."""
    changed = data.copy()
    start, _slash, end = picked.partition("/")
    for name in (*booking_pages.WHEN_FIELDS, "hari"):
        changed.pop(name, None)
    changed["mulai"], changed["selesai"] = start, end
    return changed


def _cannot(request: HttpRequest, steps: Steps) -> HttpResponse:
    """Say why the space cannot be booked at all, and lead to those that can."""
    context = {"space": steps.space, "reason": availability.reason_text(steps.calendar.reason)}
    status = NOT_ANY_MORE if request.method == "POST" else 200
    return render(request, "ecosystem/booking/cannot.html", context, status=status)


def _opened(request: HttpRequest, steps: Steps) -> HttpResponse:
    """Show the times, or, once one that can be booked is chosen, the next step."""
    goes_on = "selesai" in steps.data or steps.data.get("aksi", "hari") != "hari"
    is_chosen = steps.wish.starts_at and goes_on
    if not is_chosen or "hari" in steps.data:
        return _when(request, steps)
    if problems := steps.time_problems():
        return _time_is_gone(request, steps, problems, status=200)
    if steps.user is None:
        return _page(request, steps, "sign_in", next=_address(request, steps))
    return _page(request, steps, "details", form=steps.form(is_sent=False))


def _address(request: HttpRequest, steps: Steps) -> str:
    """Return this page's address with the chosen time, to come back to."""
    starts_at, ends_at = steps.wish.starts_at, steps.wish.ends_at
    assert starts_at is not None
    assert ends_at is not None
    query = {"mulai": write_instant(starts_at), "selesai": write_instant(ends_at)}
    if people := steps.data.get("orang"):
        query["orang"] = people[:6]
    return f"{request.path}?{urlencode(query)}"


def _page(request: HttpRequest, steps: Steps, name: str, *, status: int = 200, **more: Any) -> HttpResponse:
    """Return a page of the booking."""
    order = ["when", "details", "check"]
    here = order.index(name) if name in order else (1 if name == "sign_in" else 0)
    words = [_("When"), _("What for"), _("Check")]
    states = ["done" if number < here else "now" if number == here else "" for number in range(len(words))]
    context = {
        "space": steps.space,
        "facility": steps.space.facility,
        "wish": steps.wish,
        "steps": list(zip(words, states, strict=True)),
        "chosen": steps.chosen,
        "carried": booking_pages.hidden(booking_pages.carried_in(steps.data)),
        "quotas": steps.quotas,
        "rules": policy_sentences(steps.space.policy) if steps.space.policy else [],
        **more,
    }
    return render(request, f"ecosystem/booking/{name}.html", context, status=status)


def _when(
    request: HttpRequest, steps: Steps, *, notices: Sequence[str] = (), status: int = 200
) -> HttpResponse:
    """Show the free starts of a day."""
    wish = steps.wish
    if wish.is_garbled:
        notices = [*notices, _("The date or time in the address could not be read. Choose one here.")]
    times = booking_pages.times_on(
        steps.calendar, wish, seats=steps.seats, chosen=wish.starts_at, now=steps.now
    )
    return _page(request, steps, "when", status=status, notices=notices, **times)


def _time_is_gone(
    request: HttpRequest,
    steps: Steps,
    problems: Sequence[availability.Problem],
    *,
    status: int = NOT_ANY_MORE,
) -> HttpResponse:
    """Say why the chosen time cannot be had: taken, with what else is free, or not allowed, with the day's times."""
    if [problem.code for problem in problems] == ["taken"]:
        return _taken(request, steps, status=status)
    return _when(request, steps, notices=[str(one.message) for one in problems], status=status)


def _taken(request: HttpRequest, steps: Steps, *, status: int = NOT_ANY_MORE) -> HttpResponse:
    """Say that somebody was faster, show what else is free, and offer the waiting list."""
    starts_at, ends_at = steps.wish.starts_at, steps.wish.ends_at
    assert starts_at is not None
    assert ends_at is not None
    span = (starts_at, ends_at)
    user = steps.user if steps.user and my_bookings.has_part_in(steps.user, steps.space, span) else None
    mine = my_bookings.offer_of(user, steps.space, span, now=steps.now) if user else None
    if mine:
        messages.info(request, _("This time is held for you."))
        return redirect("ecosystem:waiting_take", mine.pk)
    people = steps.data.get("attendees") or steps.data.get("orang") or str(steps.seats)
    count = int(people) if people.isascii() and people.isdigit() and len(people) < 6 else None
    others = booking_pages.others_free(steps.wish, steps.space, attendees=count, now=steps.now)
    offers = [
        (offer, f"{write_instant(offer.starts_at)}/{write_instant(offer.ends_at)}", _create_url(offer.space))
        for offer in others
    ]
    waiting = {"mulai": write_instant(starts_at), "selesai": write_instant(ends_at)}
    join_url = reverse("ecosystem:waiting_join", args=[steps.space.facility.slug, steps.space.slug])
    context = {
        "offers": offers,
        "join_url": f"{join_url}?{urlencode(waiting)}",
        "own": my_bookings.own_date(user, steps.space, *span) if user else None,
    }
    if user or request.POST.get("aksi") != "pesan":
        return _page(request, steps, "taken", status=status, **context)
    for_all = _page(request, steps, "taken", status=status, **context, **late_comers.marked())
    return late_comers.first(request, steps, for_all)


def _create_url(space: Any) -> str:
    return reverse("ecosystem:booking_create", args=[space.facility.slug, space.slug])


def _details(request: HttpRequest, steps: Steps) -> HttpResponse:
    """Ask what the booking is for, with everything that was typed before."""
    if steps.wish.starts_at is None:
        return _when(request, steps, notices=[_("Choose when it begins.")])
    if problems := steps.time_problems():
        return _time_is_gone(request, steps, problems)
    return _page(request, steps, "details", form=steps.form(is_sent=False))


def _checked(request: HttpRequest, steps: Steps) -> HttpResponse:
    """Show what would be booked, every date of a series with what stands against it."""
    if steps.wish.starts_at is None:
        return _when(request, steps, notices=[_("Choose when it begins.")])
    form = steps.form(is_sent=True)
    if not form.is_valid():
        return _page(request, steps, "details", form=form)
    return _check_page(request, steps, form, is_first_look=True)


def _check_page(
    request: HttpRequest,
    steps: Steps,
    form: BookingForm,
    *,
    is_first_look: bool,
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    draft = steps.draft(form, skip=frozenset() if is_first_look else steps.skip)
    try:
        plans = booking.preview(draft, now=steps.now)
    except booking.Refused as error:
        return _refused(request, steps, form, error.problems, status=status)
    if draft.repeats_until is None:
        if plans[0].problems:
            return _time_is_gone(request, steps, plans[0].problems, status=status)
        if plans[0].is_taken:
            return _taken(request, steps)
    rows = booking_pages.rows_of(draft, plans, is_first_look=is_first_look or bool(notice))
    free = sum(not row.problems and not row.is_left_out for row in rows)
    context = {
        "rows": rows,
        "is_series": draft.repeats_until is not None,
        "free": free,
        "conflicts": sum(bool(row.problems) for row in rows),
        "key": steps.key,
        "about": booking_pages.readable(form),
        "notice": notice,
        "waits": booking.needs_decision(
            booking.policy_of(steps.space), declares_commercial=draft.declares_commercial
        ),
    }
    return _page(request, steps, "check", status=status, **context)


def _refused(
    request: HttpRequest,
    steps: Steps,
    form: BookingForm,
    problems: Sequence[availability.Problem],
    *,
    status: int = 200,
) -> HttpResponse:
    """Show each problem where it can be solved: beside its field, or with the day's free times."""
    about_time = booking_pages.tell_form(form, problems)
    if form.errors:
        for text in about_time:
            form.add_error(None, text)
        return _page(request, steps, "details", form=form, status=status)
    return _when(request, steps, notices=about_time, status=status)


def _last(request: HttpRequest, slug: str, space: str, user: User) -> HttpResponse:
    """Book; a second click of the same button leads to the same booking.

    What counts is read once, behind the facility's lock; pages are drawn when that is given back.
    """
    now = timezone.now()
    steps: Steps | None = None
    made: Booking | None = None
    error: Exception | None = None
    try:
        with booking.all_or_nothing():
            steps = booking_pages.steps_behind_lock(slug, space, user, request.POST, now=now)
            # The many who want one slot at once are told before more is read for them.
            if steps.is_just_taken and not booking.made_before(user, steps.key):
                raise booking.Taken([])
            form = steps.form(is_sent=True)
            if steps.wish.starts_at and not steps.calendar.reason and form.is_valid():
                draft = steps.draft(form, skip=steps.skip)
                made = booking.book_behind_lock(draft, now=now, calendar=steps.calendar)
    except (booking.Taken, booking.Refused, booking.StateConflict) as found:
        error = found
    if made:
        typed.forget(request)
        return _told(request, made)
    return _not_booked(
        request, steps or Steps(booking_pages.space_at(slug, space), user, request.POST, now), error
    )


def _not_booked(request: HttpRequest, steps: Steps, error: Exception | None) -> HttpResponse:
    """Say why the last button booked nothing, with what is free or what can be mended."""
    if steps.calendar.reason:
        return _cannot(request, steps)
    is_series = bool(steps.data.get("repeats_until", "").strip())
    if isinstance(error, booking.Taken) and not is_series:
        return _taken(request, steps)
    form = steps.form(is_sent=True)
    if error is None or not form.is_valid():
        return _checked(request, steps)
    if isinstance(error, booking.Refused) and not is_series:
        return _refused(request, steps, form, error.problems, status=NOT_ANY_MORE)
    if isinstance(error, booking.Refused):
        text = error.text
    elif isinstance(error, booking.Taken):
        text = _("Somebody was faster with one of the dates. Look at the list again.")
    else:
        text = _(
            "Very many people are booking right now. Nothing was booked yet: press the button once more."
        )
    return _check_page(request, steps, form, is_first_look=False, notice=text, status=NOT_ANY_MORE)


def _told(request: HttpRequest, made: Booking) -> HttpResponse:
    if made.state == Booking.State.PENDING:
        messages.success(request, _("Your request was sent. You get a mail as soon as it is decided."))
    else:
        messages.success(request, _("Booked. The confirmation is on its way to your mailbox."))
    return redirect("ecosystem:booking_detail", made.code)

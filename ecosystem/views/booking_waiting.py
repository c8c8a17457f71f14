"""The waiting list: stand in line for a taken time, leave it, take an offer while it is held."""

from datetime import datetime
from typing import cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ecosystem import booking_pages, my_bookings
from ecosystem.affiliations import affiliations_of
from ecosystem.booking_forms import BookingForm
from ecosystem.booking_pages import NOT_ANY_MORE, Steps, write_instant
from ecosystem.models import User, WaitingPlace
from ecosystem.services import waiting_list
from ecosystem.services.booking_drafts import Draft, Refused, StateConflict, Taken
from malangkraf import typed
from malangkraf.typed import keeps_typed

LIST = "ecosystem:my_bookings"


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def waiting_join(request: HttpRequest, slug: str, space: str) -> HttpResponse:
    """Ask, then put the person on the waiting list of a time that is taken."""
    found, now = booking_pages.space_at(slug, space), timezone.now()
    wish = booking_pages.read_wish(request.GET.dict(), found.policy, now=now)
    create_url = reverse("ecosystem:booking_create", args=[slug, space])
    if wish.starts_at is None or wish.ends_at is None:
        messages.info(request, _("Choose a time first."))
        return redirect(create_url)
    user, notice = cast(User, request.user), ""
    data = request.POST if request.method == "POST" else typed.before(request) or QueryDict()
    carried = booking_pages.carried_in(data)
    if request.method == "POST":
        try:
            waiting_list.join(found, wish.starts_at, wish.ends_at, user, now=now, typed=_query(carried))
        except Refused as error:
            if any(problem.code == "free" for problem in error.problems):
                messages.info(request, _("This time is free again. Book it now."))
                return redirect(
                    f"{create_url}?mulai={write_instant(wish.starts_at)}&selesai={write_instant(wish.ends_at)}"
                )
            notice = error.text
        except StateConflict:
            notice = _("Very many people are booking right now. Press the button once more.")
        else:
            typed.forget(request)
            messages.success(
                request, _("You stand on the waiting list. If the time becomes free, you get a mail.")
            )
            return redirect(f"{reverse(LIST)}?bagian={my_bookings.PART_WAITING}")
    context = {
        "space": found,
        "facility": found.facility,
        "wish": wish,
        "notice": notice,
        "carried": booking_pages.hidden(carried),
        "back_url": create_url,
    }
    status = NOT_ANY_MORE if notice else 200
    return render(request, "ecosystem/booking/waiting_join.html", context, status=status)


def _query(carried: list[tuple[str, str]]) -> str:
    """Return what was typed as it waits along, nothing of what is longer than any form."""
    query = urlencode(carried)
    return query if len(query) <= typed.MOST_CHARACTERS else ""


def _place(request: HttpRequest, pk: int) -> WaitingPlace:
    """Return the signed-in person's place in a line; 404 for those of others."""
    rows = WaitingPlace.objects.select_related("space__facility", "space__policy", "space__parent")
    found = rows.filter(pk=pk, user=cast(User, request.user)).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def waiting_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then take the person off the waiting list; what was held goes to the next."""
    place = _place(request, pk)
    back = f"{reverse(LIST)}?bagian={my_bookings.PART_WAITING}"
    if request.method != "POST":
        context = {"place": place, "back_url": back, "space": place.space, "facility": place.space.facility}
        return render(request, "ecosystem/booking/waiting_leave.html", context)
    try:
        waiting_list.leave(place, now=timezone.now())
    except StateConflict:
        messages.info(request, _("You do not stand on this list any more."))
    else:
        messages.success(request, _("You left the waiting list."))
    return redirect(back)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def waiting_take(request: HttpRequest, pk: int) -> HttpResponse:
    """Book the time that is held for the person, while it is held."""
    place, now = _place(request, pk), timezone.now()
    if place.state == WaitingPlace.State.TAKEN or not my_bookings.live_offers([place], now=now):
        return _too_late(request, place, is_mine=place.state == WaitingPlace.State.TAKEN)
    user, is_sent = cast(User, request.user), request.method == "POST"
    sent = request.POST if is_sent else typed.before(request)
    steps = _steps(user, place, sent, now)
    said = QueryDict(place.typed).dict()
    form = BookingForm(
        None if sent is None else steps.data,
        space=place.space,
        desks=1 if steps.calendar.is_by_seats else None,
        affiliations=affiliations_of(user),
        is_alone=True,
        initial=booking_pages.usual(place.space, user) | said | {"seats": 1},
    )
    if is_sent and form.is_valid():
        answer = _take(request, place, form, steps.draft(form))
        if answer is not None:
            return answer
    context = {
        "place": place,
        "space": place.space,
        "facility": place.space.facility,
        "form": form,
        "key": steps.key,
        "is_told": bool(said),
    }
    return render(request, "ecosystem/booking/waiting_take.html", context)


def _steps(user: User, place: WaitingPlace, sent: QueryDict | None, now: datetime) -> Steps:
    """Return the booking of an offer: its time is the place's own, whatever the form says."""
    data = QueryDict(mutable=True)
    data.update(sent or {})
    for name, value in (("mulai", place.starts_at), ("selesai", place.ends_at)):
        data[name] = write_instant(value)
    return Steps(place.space, user, data, now)


def _take(request: HttpRequest, place: WaitingPlace, form: BookingForm, draft: Draft) -> HttpResponse | None:
    """Take the offer; None when the form has to be shown again with what is wrong."""
    try:
        made = waiting_list.take(place, draft, now=timezone.now())
    except (StateConflict, Taken):
        return _too_late(request, place, is_mine=False)
    except Refused as error:
        for text in booking_pages.tell_form(form, error.problems):
            form.add_error(None, text)
        return None
    typed.forget(request)
    messages.success(request, _("The time is yours."))
    return redirect(my_bookings.detail_url(made))


def _too_late(request: HttpRequest, place: WaitingPlace, *, is_mine: bool) -> HttpResponse:
    """Say that the offer is over, and what else can be done."""
    create_url = reverse("ecosystem:booking_create", args=[place.space.facility.slug, place.space.slug])
    context = {
        "place": place,
        "space": place.space,
        "facility": place.space.facility,
        "is_mine": is_mine,
        "waits": place.state == WaitingPlace.State.WAITING,
        "create_url": create_url,
    }
    return render(request, "ecosystem/booking/waiting_over.html", context, status=NOT_ANY_MORE)

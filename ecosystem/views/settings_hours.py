"""A manager sets opening hours: nothing is saved before the next eight weeks have been seen."""

import hashlib
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from ecosystem import public_holidays
from ecosystem.hours_forms import HolidayForm, HoursForm, SpecialForm, WeeklyForm
from ecosystem.models import Facility, Occurrence, OpeningHours
from ecosystem.rules.hours import DaySpan
from ecosystem.services import hours as hours_service
from ecosystem.services.hours import Hours, HoursChanged
from ecosystem.views.manager_parts import managed, person
from malangkraf.form_values import compared

SPECIAL = "hari-khusus"
HOLIDAYS_AHEAD = timedelta(days=366)


def today() -> date:
    """Return the day that Malang's calendars show."""
    return timezone.localdate()


def told(request: HttpRequest, outside: list[Occurrence]) -> None:
    """Say that it was saved, and how many bookings wait for a look now."""
    if not outside:
        messages.success(request, _("The opening hours were saved."))
        return
    text = ngettext(
        "The opening hours were saved. %(count)s booking lies outside them now: look at it under Requests.",
        "The opening hours were saved. %(count)s bookings lie outside them now: look at them under Requests.",
        len(outside),
    )
    messages.warning(request, text % {"count": len(outside)})


@require_safe
@managed
def hours_list(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Show the sets of hours and the next eight weeks with the reason of each day."""
    sets = list(facility.opening_hours.select_related("space").prefetch_related("spans"))
    on = today()
    current = [one for one in sets if one.valid_to is None or one.valid_to >= on]
    context = {
        "facility": facility,
        "weekly": [one for one in current if one.kind == OpeningHours.Kind.WEEKLY],
        "special": [one for one in current if one.kind == OpeningHours.Kind.SPECIAL],
        "past": [one for one in sets if one not in current],
        "days": hours_service.hours_of(facility, first=on).days((), on),
        "today": on,
    }
    return render(request, "ecosystem/manager/settings/hours_list.html", context)


def _blank(facility: Facility, request: HttpRequest) -> tuple[OpeningHours, tuple[DaySpan, ...]]:
    """Return a new set; `dari` names one whose name, cause and spans it begins with ("as last Ramadan")."""
    pk = request.GET.get("dari", "")
    source = facility.opening_hours.filter(pk=pk).first() if pk.isdecimal() and len(pk) < 10 else None
    if source is None:
        kind = OpeningHours.Kind.SPECIAL if request.GET.get("jenis") == SPECIAL else OpeningHours.Kind.WEEKLY
        cause = OpeningHours.Cause.OTHER if kind == OpeningHours.Kind.SPECIAL else OpeningHours.Cause.REGULAR
        return OpeningHours(facility=facility, kind=kind, cause=cause), ()
    copy = OpeningHours(
        facility=facility, kind=source.kind, cause=source.cause, name=source.name, name_en=source.name_en,
        space=source.space, counts_for_all_spaces=source.counts_for_all_spaces, is_sample=source.is_sample,
    )  # fmt: skip
    return copy, _spans(source)


def _spans(row: OpeningHours) -> tuple[DaySpan, ...]:
    return tuple(DaySpan(one.weekday, one.opens, one.closes, one.closes_next_day) for one in row.spans.all())


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def hours_create(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Add a set of hours, empty or as an earlier one."""
    row, spans = _blank(facility, request)
    return _hours_page(request, facility, row, spans)


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def hours_edit(request: HttpRequest, facility: Facility, pk: int) -> HttpResponse:
    """Change a set of hours."""
    row = facility.opening_hours.filter(pk=pk).first()
    if row is None and request.method == "POST":
        messages.info(request, _("These hours were removed meanwhile. Add them again if they are missing."))
        return redirect("ecosystem:hours_list", facility.slug)
    if row is None:
        raise Http404
    return _hours_page(request, facility, row, _spans(row))


def _make_form(row: OpeningHours, spans: tuple[DaySpan, ...], data: Any = None) -> HoursForm:
    kind = SpecialForm if row.kind == OpeningHours.Kind.SPECIAL else WeeklyForm
    return kind(data, instance=row, facility=row.facility, spans=spans)


def _mark(form: Any) -> str:
    """Return a fingerprint of what was typed, so that only what was previewed is saved."""
    told = {
        name: value for name, value in sorted(form.cleaned_data.items()) if name not in ("previewed", "state")
    }
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]


def _hours_page(
    request: HttpRequest, facility: Facility, row: OpeningHours, spans: tuple[DaySpan, ...]
) -> HttpResponse:
    form = _make_form(row, spans, request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"facility": facility, "row": row if row.pk else None}
    context["is_special"] = row.kind == OpeningHours.Kind.SPECIAL
    now = timezone.now()
    status = 200
    if request.method == "POST" and form.is_valid():
        before = hours_service.hours_of(facility, first=today())
        may_save = form.cleaned_data["previewed"] == _mark(form) and "save" in request.POST
        if may_save:
            try:
                outside = hours_service.save_hours(
                    form.filled(), form.spans(), by=person(request), now=now, state=form.cleaned_data["state"]
                )
            except HoursChanged:
                context |= _conflict(facility, form, row.pk)
                status = 409
            else:
                told(request, outside)
                return redirect("ecosystem:hours_list", facility.slug)
        elif row.pk and _is_older(request, before):
            context |= _conflict(facility, form, row.pk)
            status = 409
        added = hours_service.as_set(form.instance, form.spans())
        after = before.changed(without=row.pk, adding=[added])
        context["preview"] = hours_service.preview(before, after, space=form.instance.space_id, now=now)
        form = _seen_form(form, row, spans, before, request.POST)
    elif request.method != "POST":
        form.initial["state"] = hours_service.hours_of(facility, first=today()).state
    return render(
        request, "ecosystem/manager/settings/hours_form.html", context | {"form": form}, status=status
    )


def _is_older(request: HttpRequest, before: Hours) -> bool:
    """Return whether the form was opened before somebody changed the hours."""
    state = request.POST.get("state", "")
    return bool(state) and state != before.state


def _seen_form(
    form: HoursForm, row: OpeningHours, spans: tuple[DaySpan, ...], before: Hours, data: Any
) -> HoursForm:
    """Return the form as it was typed, carrying what the preview below it shows."""
    shown = data.copy()
    shown["previewed"], shown["state"] = _mark(form), before.state
    fresh = _make_form(row, spans, shown)
    fresh.is_valid()
    return fresh


def _conflict(facility: Facility, form: HoursForm, pk: int | None) -> dict[str, Any]:
    """Return what to say when the hours are others than those the page was made of."""
    row = facility.opening_hours.filter(pk=pk).first() if pk else None
    pairs = compared(form, _make_form(row, _spans(row))) if row else []
    return {"is_stale": True, "conflict": pairs}


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def hours_remove(request: HttpRequest, facility: Facility, pk: int) -> HttpResponse:
    """Show what would count without a set, then remove it; removed twice, it is removed once."""
    now = timezone.now()
    status = 200
    if request.method == "POST":
        state = request.POST.get("state", "")
        try:
            outside = hours_service.remove_hours(facility, pk, now=now, state=state)
        except HoursChanged:
            status = 409
        else:
            told(request, outside)
            return redirect("ecosystem:hours_list", facility.slug)
    row = get_object_or_404(facility.opening_hours.select_related("space"), pk=pk)
    before = hours_service.hours_of(facility, first=today())
    context = {
        "facility": facility,
        "row": row,
        "state": before.state,
        "is_stale": status == 409,
        "preview": hours_service.preview(before, before.changed(without=pk), space=row.space_id, now=now),
    }
    return render(request, "ecosystem/manager/settings/hours_remove.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def holiday_apply(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Propose the public holidays of the coming year; the ticked ones close the facility, seen before."""
    now, on = timezone.now(), today()
    before = hours_service.hours_of(facility, first=on)
    told_days = hours_service.days_told(before)
    all_days = public_holidays.holidays_between(on, on + HOLIDAYS_AHEAD)
    # Those that were applied a moment ago stay choices, so that the same button pressed twice is no mistake.
    sent = request.POST.getlist("days") if request.method == "POST" else []
    proposed = [one for one in all_days if one.day not in told_days or one.day.isoformat() in sent]
    form = HolidayForm(request.POST if request.method == "POST" else None, holidays=proposed)
    context: dict[str, Any] = {
        "facility": facility,
        "done": len([one for one in all_days if one.day in told_days]),
    }
    status = 200
    if request.method == "POST" and form.is_valid():
        chosen = form.chosen()
        if "save" in request.POST and form.cleaned_data["previewed"] == _mark(form):
            try:
                outside = hours_service.close_on_holidays(
                    facility, chosen, by=person(request), now=now, state=form.cleaned_data["state"]
                )
            except HoursChanged:
                context["is_stale"], status = True, 409
            else:
                told(request, outside)
                return redirect("ecosystem:hours_list", facility.slug)
        context |= {"chosen": chosen, "preview": _holiday_preview(before, chosen, now)}
        shown = request.POST.copy()
        shown["previewed"], shown["state"] = _mark(form), before.state
        form = HolidayForm(shown, holidays=proposed)
    context["form"] = form
    return render(request, "ecosystem/manager/settings/holidays.html", context, status=status)


def _holiday_preview(before: Hours, chosen: list[Any], now: Any) -> hours_service.Preview:
    closed = [hours_service.closed_on(one, number) for number, one in enumerate(chosen)]
    return hours_service.preview(before, before.changed(adding=closed), space=None, now=now)

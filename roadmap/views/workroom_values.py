"""Work room: entering values and the evidence behind them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ecosystem.change_history import history_of, last_change
from ecosystem.models import User
from malangkraf.form_values import compared
from roadmap import permissions
from roadmap.entry_grid import chosen_year, grid_rows, years
from roadmap.forms.indicators import PeriodForm
from roadmap.forms.values import EvidenceForm, MeasurementForm
from roadmap.models import Evidence, Measurement
from roadmap.presentation import label_of
from roadmap.services import measurements as service
from roadmap.services.periods import takes_values
from roadmap.templatetags.workroom import value_text
from roadmap.views.workroom_parts import add_problems, page_of, person, value_people_only
from roadmap.views.workroom_targets import find_period_or_404


@value_people_only
@require_safe
def value_list(request: HttpRequest) -> HttpResponse:
    """Show the indicators that the person enters, with the periods of a year and what stands in each."""
    year = chosen_year(request.GET.get("tahun", ""))
    entered = permissions.indicators_editable_by(person(request)).filter(automatic_source="")
    indicators = entered.order_by("order", "name")
    page = page_of(request, indicators)
    context = {"page_obj": page, "rows": grid_rows(page.object_list, year), "year": year, "years": years()}
    return render(request, "roadmap/workroom/value_list.html", context)


def find_value(user: User, slug: str, period: str) -> Measurement:
    """Return the value at an address, unsaved when there is none (or none that the person may see); 404 hides."""
    indicator = get_object_or_404(permissions.indicators_visible_to(user), slug=slug)
    row = find_period_or_404(period)
    found = permissions.measurements_visible_to(user).filter(indicator=indicator, period_id=row.pk)
    measurement = found.select_related("entered_by", "verified_by").first()
    if measurement is None:
        return Measurement(indicator=indicator, period=row, version=0)
    measurement.indicator, measurement.period = indicator, row
    return measurement


def saved_value_or_404(user: User, slug: str, period: str) -> Measurement:
    """Return the value at an address; 404 when there is none that the person may see."""
    measurement = find_value(user, slug, period)
    if measurement.pk is None:
        return get_object_or_404(Measurement.objects.none())
    return measurement


def value_url(verb: str, measurement: Measurement) -> str:
    """Return the address of what is done with a value."""
    return reverse(f"workroom:value_{verb}", args=[measurement.indicator.slug, measurement.period.address])


@value_people_only
@require_http_methods(["GET", "HEAD", "POST"])
def value_edit(request: HttpRequest, slug: str, period: str) -> HttpResponse:
    """Enter a value or change it; a locked one is shown with the reason of the lock."""
    user = person(request)
    measurement = find_value(user, slug, period)
    if request.method == "POST":
        form = MeasurementForm(request.POST, instance=measurement)
        try:
            response = _save(request, form, measurement)
        except service.StaleVersion as stale:
            return _conflict(request, stale.current, lock=None)
        except service.Locked as locked:
            if locked.reason == service.LockReason.NOT_YOURS:
                raise PermissionDenied from locked
            return _conflict(request, locked.current or measurement, lock=locked.reason)
        if response:
            return response
    else:
        form = MeasurementForm(instance=measurement)
    lock = service.lock_reason(measurement, by=user, now=timezone.now())
    context = _context(user, measurement) | {
        "form": form,
        "lock": service.LOCK_MESSAGES[lock] if lock else "",
    }
    if lock:
        may_open = measurement.state == Measurement.State.VERIFIED or lock == service.LockReason.CLOSED
        context["may_reopen"] = permissions.can_reopen_value(user) and may_open
    template = "value_locked" if lock and request.method != "POST" else "value_form"
    return render(request, f"roadmap/workroom/{template}.html", context)


def _context(user: User, measurement: Measurement) -> dict[str, Any]:
    """Return what every page about one value shows."""
    waits = measurement.state == Measurement.State.SUBMITTED
    return {
        "measurement": measurement,
        "indicator": measurement.indicator,
        "period": measurement.period,
        "evidence": list(measurement.evidence.all()) if measurement.pk else [],
        "reopening": measurement.reopenings.select_related("by").last() if measurement.pk else None,
        "may_review": waits and permissions.can_verify_value(user, measurement),
    }


def _save(request: HttpRequest, form: MeasurementForm, measurement: Measurement) -> HttpResponse | None:
    """Return the redirect after a saved value, None when the form has errors now."""
    if not form.is_valid():
        return None
    values = dict(form.cleaned_data)
    submit = "submit" in request.POST
    try:
        saved = service.save_measurement(
            measurement.indicator,
            measurement.period,
            by=person(request),
            version=values.pop("version"),
            values=values,
            submit=submit,
            now=timezone.now(),
        )
    except service.InvalidValue as invalid:
        add_problems(form, invalid.problems)
        return None
    facts = {"period": label_of(measurement.period), "value": value_text(saved)}
    if submit:
        text = _("Sent for verification: %(value)s for %(period)s. Another planner checks it next.")
        messages.success(request, text % facts)
        return redirect("workroom:indicator_detail", measurement.indicator.slug)
    text = _("Draft saved: %(value)s for %(period)s. Send it for verification when it is complete.")
    messages.success(request, text % facts)
    return redirect(value_url("edit", saved))


def _conflict(request: HttpRequest, current: Measurement, *, lock: service.LockReason | None) -> HttpResponse:
    """Show what stands in the portal now beside what was typed, which stays in the form."""
    stands = Measurement.objects.select_related("indicator", "period__phase", "entered_by").filter(
        pk=current.pk
    )
    current = stands.first() or current
    # From here on the person has seen the newer version: saving again is a decision, not an accident.
    data = request.POST.copy()
    data["version"] = str(current.version)
    form = MeasurementForm(data, instance=current)
    saved = MeasurementForm(instance=current)
    who, at = last_change(current) if current.pk else ("", None)
    context = _context(person(request), current) | {
        "form": form,
        "pairs": compared(form, saved),
        "lock": service.LOCK_MESSAGES[lock] if lock else "",
        # Not entered_by: the last save may have changed only the texts.
        "who": who,
        "at": at,
    }
    return render(request, "roadmap/workroom/value_conflict.html", context, status=409)


@value_people_only
@require_http_methods(["GET", "HEAD", "POST"])
def value_create(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for which period a value is to be entered: for indicators without a calendar, and for older years."""
    user = person(request)
    indicator = get_object_or_404(permissions.indicators_visible_to(user), slug=slug)
    if not permissions.can_enter_value(user, indicator):
        raise PermissionDenied
    form = PeriodForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        period = form.cleaned_data["period"]
        if takes_values(period, indicator):
            return redirect("workroom:value_edit", slug, period.address)
        form.add_error("period", _("This indicator is measured in periods of another kind."))
    context = {"form": form, "indicator": indicator, "title": _("Enter a value")}
    return render(request, "roadmap/workroom/period_form.html", context)


@value_people_only
@require_safe
def value_history(request: HttpRequest, slug: str, period: str) -> HttpResponse:
    """Show what happened to a value: who, when, what."""
    measurement = saved_value_or_404(person(request), slug, period)
    context = {
        "title": f"{measurement.indicator} · {label_of(measurement.period)}",
        "lines": history_of(measurement),
        "reopenings": measurement.reopenings.select_related("by"),
        "back_url": value_url("edit", measurement),
    }
    return render(request, "roadmap/workroom/history.html", context)


@value_people_only
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_create(request: HttpRequest, slug: str, period: str) -> HttpResponse:
    """Put a file or an address behind a value."""
    user = person(request)
    measurement = saved_value_or_404(user, slug, period)
    if not permissions.can_enter_value(user, measurement.indicator):
        raise PermissionDenied
    form = EvidenceForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        fields = dict(form.cleaned_data)
        try:
            _evidence, is_new = service.add_evidence(
                measurement.pk, by=user, file=fields.pop("upload"), fields=fields, now=timezone.now()
            )
        except service.Locked as locked:
            form.add_error(None, service.LOCK_MESSAGES[locked.reason])
        else:
            text = _("The evidence is added.") if is_new else _("This evidence was there already.")
            messages.success(request, text)
            return redirect(value_url("edit", measurement))
    context = {"form": form, "measurement": measurement, "back_url": value_url("edit", measurement)}
    return render(request, "roadmap/workroom/evidence_form.html", context)


@value_people_only
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a piece of evidence from a value that is still open, after a confirmation."""
    user = person(request)
    rows = permissions.evidence_visible_to(user).filter(measurement__isnull=False)
    evidence = get_object_or_404(rows.select_related("measurement__indicator", "measurement__period"), pk=pk)
    measurement = evidence.measurement
    if measurement is None or not permissions.can_enter_value(user, measurement.indicator):
        raise PermissionDenied
    if request.method == "POST":
        _remove(request, evidence, user)
        return redirect(value_url("edit", measurement))
    context = {"evidence": evidence, "back_url": value_url("edit", measurement)}
    return render(request, "roadmap/workroom/evidence_confirm_remove.html", context)


def _remove(request: HttpRequest, evidence: Evidence, user: User) -> None:
    try:
        service.remove_evidence(evidence, by=user, now=timezone.now())
    except service.Locked as locked:
        messages.error(request, str(service.LOCK_MESSAGES[locked.reason]))
    else:
        messages.success(request, _("The evidence is removed; the history still names it."))

"""Work room: verifying values, returning them, opening them again."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from roadmap import permissions
from roadmap.forms.roadmap import CommentForm, ReopenForm
from roadmap.models import Indicator, Measurement, Target
from roadmap.periods import wib_date
from roadmap.presentation import label_of
from roadmap.services import measurements as service
from roadmap.services.value_checks import previous_value
from roadmap.templatetags.workroom import value_text
from roadmap.views.workroom_parts import only, page_of, person, planners_only
from roadmap.views.workroom_values import find_value, saved_value_or_404, value_url

# What the form suggests; the planner may choose another day or none.
REOPENED_FOR = timedelta(days=14)
reopeners_only = only(permissions.can_reopen_value)


@planners_only
@require_safe
def value_queue(request: HttpRequest) -> HttpResponse:
    """List the values that wait for verification, the oldest first."""
    rows = (
        permissions.measurements_visible_to(person(request))
        .waiting_for_verification()  # type: ignore[attr-defined]
        .select_related("indicator", "period__phase", "entered_by")
        .order_by("submitted_at", "pk")
    )
    return render(request, "roadmap/workroom/value_queue.html", {"page_obj": page_of(request, rows)})


@planners_only
@require_safe
def value_review(request: HttpRequest, slug: str, period: str) -> HttpResponse:
    """Show a submitted value with all that helps to judge it."""
    return _review_page(request, saved_value_or_404(person(request), slug, period))


def _review_page(
    request: HttpRequest, measurement: Measurement, *, form: CommentForm | None = None, status: int = 200
) -> HttpResponse:
    user = person(request)
    target = (
        Target.objects.filter(indicator=measurement.indicator, period=measurement.period)
        .prefetch_related("revisions")
        .first()
    )
    context = {
        "measurement": measurement,
        "indicator": measurement.indicator,
        "period": measurement.period,
        "target": target.current if target else None,
        "previous": previous_value(measurement)
        if measurement.indicator.entry_meaning != Indicator.EntryMeaning.SNAPSHOT
        else _value_before(measurement),
        "evidence": list(measurement.evidence.all()),
        "may_review": permissions.can_verify_value(user, measurement),
        "waits": measurement.state == Measurement.State.SUBMITTED,
        "form": form or CommentForm(initial={"version": measurement.version}),
        "is_stale": status == 409,
    }
    return render(request, "roadmap/workroom/value_review.html", context, status=status)


def _value_before(measurement: Measurement) -> Measurement | None:
    earlier = Measurement.objects.filter(
        indicator=measurement.indicator, period__end__lt=measurement.period.end, value__isnull=False
    )
    return earlier.select_related("period__phase").order_by("-period__end").first()


@planners_only
@require_POST
def value_verify(request: HttpRequest, slug: str, period: str) -> HttpResponse:
    """Verify a value that another person entered; pressing twice verifies once."""
    measurement = saved_value_or_404(person(request), slug, period)
    version = request.POST.get("version", "")

    def verify() -> HttpResponse:
        saved, now_verified = service.verify_measurement(
            measurement.pk,
            by=person(request),
            # More digits than any version has would not even become a number.
            version=int(version) if re.fullmatch(r"[0-9]{1,10}", version) else 0,
            now=timezone.now(),
        )
        facts = {
            "value": value_text(saved),
            "period": label_of(measurement.period),
            "name": measurement.indicator,
        }
        if now_verified:
            text = _(
                "Verified: %(name)s, %(value)s for %(period)s. It is public now, and its achievement follows."
            )
        else:
            text = _("Already verified: %(name)s, %(value)s for %(period)s. Nothing else has to be done.")
        messages.success(request, text % facts)
        return redirect("workroom:value_queue")

    return _decide(request, measurement, verify)


@planners_only
@require_POST
def value_return(request: HttpRequest, slug: str, period: str) -> HttpResponse:
    """Give a value back to the person who entered it, with a comment."""
    measurement = saved_value_or_404(person(request), slug, period)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _review_page(request, measurement, form=form)

    def give_back() -> HttpResponse:
        _saved, now_returned = service.return_measurement(
            measurement.pk,
            by=person(request),
            version=form.cleaned_data["version"],
            comment=form.cleaned_data["comment"],
        )
        done = _("Returned with your comment. It comes back to this list when it is sent again.")
        messages.success(request, done if now_returned else _("This value was returned already."))
        return redirect("workroom:value_queue")

    return _decide(request, measurement, give_back, form=form)


def _decide(
    request: HttpRequest,
    measurement: Measurement,
    decide: Callable[[], HttpResponse],
    *,
    form: CommentForm | None = None,
) -> HttpResponse:
    """Return what `decide` returns, or the page again with what stands there now (409)."""
    try:
        return decide()
    except service.NotAllowed as error:
        raise PermissionDenied(_("The person who entered a value may not verify it.")) from error
    except (service.StaleVersion, service.WrongState):
        current = Measurement.objects.select_related(
            "indicator", "period__phase", "entered_by", "verified_by"
        )
        fresh = get_object_or_404(current, pk=measurement.pk)
        if form:
            data = request.POST.copy()
            data["version"] = str(fresh.version)
            form = CommentForm(data)
        return _review_page(request, fresh, form=form, status=409)


@reopeners_only
@require_http_methods(["GET", "HEAD", "POST"])
def value_reopen(request: HttpRequest, slug: str, period: str) -> HttpResponse:
    """Open a verified value, or a closed period for this one value, again; the public sees the reason."""
    measurement = find_value(person(request), slug, period)
    until = wib_date(timezone.now()) + REOPENED_FOR
    form = ReopenForm(request.POST or None, initial={"version": measurement.version, "until": until})
    if request.method == "POST" and form.is_valid():
        response = _reopen(request, measurement, form)
        if response:
            return response
    context: dict[str, Any] = {
        "form": form,
        "measurement": measurement,
        "indicator": measurement.indicator,
        "period": measurement.period,
        "is_verified": measurement.state == Measurement.State.VERIFIED,
        "back_url": value_url("edit", measurement),
    }
    return render(request, "roadmap/workroom/value_reopen.html", context)


def _reopen(request: HttpRequest, measurement: Measurement, form: ReopenForm) -> HttpResponse | None:
    """Return the redirect after opening, None when somebody was faster and the form says so."""
    why = {"by": person(request), "reason": form.cleaned_data["reason"], "until": form.cleaned_data["until"]}
    try:
        if measurement.pk:
            service.reopen_measurement(measurement.pk, version=form.cleaned_data["version"], **why)
        else:
            service.open_closed_period(measurement.indicator, measurement.period, **why)
    except service.Locked as locked:
        form.add_error(None, service.LOCK_MESSAGES[locked.reason])
        return None
    except (service.StaleVersion, service.WrongState):
        form.add_error(
            None, _("Somebody changed this value just now. Go back, look at it, and decide again.")
        )
        return None
    if measurement.indicator.automatic_source:
        messages.success(request, _("The value is open again. The portal counts it anew within the hour."))
    else:
        messages.success(request, _("The value is open again. Change it and send it for verification."))
    return redirect(value_url("edit", measurement))

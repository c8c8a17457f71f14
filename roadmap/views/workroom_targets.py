"""Work room: targets and their revisions."""

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from roadmap import permissions
from roadmap.forms.indicators import PeriodForm, TargetForm
from roadmap.models import Indicator, Period, TargetRevision
from roadmap.periods import PeriodError
from roadmap.presentation import label_of
from roadmap.services import targets as service
from roadmap.services.periods import find_period, is_finer
from roadmap.templatetags.workroom import target_text
from roadmap.views.workroom_parts import add_problems, only, person

indicator_editors_only = only(permissions.can_edit_indicators)


def find_period_or_404(address: str) -> Period:
    """Return the period of an address, unsaved when it is new; 404 for what is no period."""
    try:
        return find_period(address)
    except PeriodError as error:
        raise Http404 from error


@indicator_editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def target_create(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for which period a target is to be set."""
    indicator = get_object_or_404(Indicator, slug=slug)
    form = PeriodForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        period = form.cleaned_data["period"]
        if not is_finer(period, indicator):
            return redirect("workroom:target_edit", slug, period.address)
        problems = service.find_problems(indicator, period, {}, current=None)
        form.add_error("period", str(problems["period"]))
    return render(
        request,
        "roadmap/workroom/period_form.html",
        {"form": form, "indicator": indicator, "title": _("Set a target")},
    )


@indicator_editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def target_edit(request: HttpRequest, slug: str, period: str) -> HttpResponse:
    """Set a target, or add a revision to it; nothing is ever overwritten."""
    indicator = get_object_or_404(Indicator, slug=slug)
    row = find_period_or_404(period)
    current = _current(indicator, row)
    form = TargetForm(
        request.POST or None,
        request.FILES or None,
        instance=_prefilled(current),
        indicator=indicator,
        current=current,
    )
    status = 200
    if request.method == "POST":
        try:
            response = _save(request, form, indicator, row)
        except service.StaleTarget as stale:
            current, status = stale.current, 409
            # The typed text stays; saving again knowingly adds a revision to the newer one.
            data = request.POST.copy()
            data["number"] = str(current.number)
            form = TargetForm(data, request.FILES or None, indicator=indicator, current=current)
        else:
            if response:
                return response
    context = {
        "form": form,
        "indicator": indicator,
        "period": row,
        "current": current,
        "revisions": _revisions(current) if current else (),
        "is_stale": status == 409,
    }
    return render(request, "roadmap/workroom/target_form.html", context, status=status)


def _current(indicator: Indicator, period: Period) -> TargetRevision | None:
    revisions = TargetRevision.objects.filter(target__indicator=indicator, target__period_id=period.pk)
    return revisions.select_related("target").order_by("-number").first()


def _revisions(current: TargetRevision) -> "QuerySet[TargetRevision]":
    """Return the target's revisions; `had_author` tells a deleted account from an import, which never had one."""
    events = TargetRevision.pgh_event_model.objects  # type: ignore[attr-defined]
    written = events.filter(pgh_obj_id=OuterRef("pk"), created_by__isnull=False)
    return current.target.revisions.select_related("created_by").annotate(had_author=Exists(written))


def _prefilled(current: TargetRevision | None) -> TargetRevision:
    """Return an unsaved revision that starts from the numbers in force; its reason and decree are still to come."""
    if current is None:
        return TargetRevision()
    return TargetRevision(value=current.value, low=current.low, high=current.high)


def _save(
    request: HttpRequest, form: TargetForm, indicator: Indicator, period: Period
) -> HttpResponse | None:
    """Return the redirect after a saved revision, None when the form has errors now."""
    if not form.is_valid():
        return None
    values = dict(form.cleaned_data)
    try:
        revision, _added = service.revise_target(
            indicator,
            period,
            by=person(request),
            number=values.pop("number"),
            document=values.pop("document_file"),
            values=values,
        )
    except service.InvalidTarget as invalid:
        add_problems(form, invalid.problems)
        return None
    text = _("The target for %(period)s is %(value)s now. The achievement is computed again in a moment.")
    messages.success(request, text % {"period": label_of(period), "value": target_text(revision)})
    return redirect("workroom:indicator_detail", indicator.slug)

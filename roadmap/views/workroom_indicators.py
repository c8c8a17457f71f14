"""Work room: indicators, what they count for, their targets and their history."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ecosystem.change_history import history_of
from malangkraf.seen import StaleRow, keep_others_changes
from roadmap import permissions
from roadmap.automatic import SOURCES
from roadmap.forms.indicators import IndicatorForm, IndicatorLinkForm, NewVersionForm
from roadmap.models import Indicator, IndicatorLink, Measurement
from roadmap.services import effects, targets
from roadmap.services import indicators as service
from roadmap.views.workroom_parts import (
    conflict_page,
    grouped,
    only,
    page_of,
    person,
    save_or_explain,
    value_people_only,
)

indicator_editors_only = only(permissions.can_edit_indicators)


@value_people_only
@require_safe
def indicator_list(request: HttpRequest) -> HttpResponse:
    """List the indicators that the person may know of."""
    rows = permissions.indicators_visible_to(person(request)).select_related("owner_organization")
    search = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:80]
    if search:
        rows = rows.filter(
            Q(name__icontains=search) | Q(name_en__icontains=search) | Q(code__icontains=search)
        )
    newer = Exists(Indicator.objects.filter(supersedes=OuterRef("pk")))
    verified = Count("measurements", filter=Q(measurements__state=Measurement.State.VERIFIED))
    context = {
        "page_obj": page_of(
            request, rows.annotate(verified_count=verified, is_superseded=newer).order_by("order", "name")
        ),
        "search": search,
        "may_edit": permissions.can_edit_indicators(request.user),
    }
    return render(request, "roadmap/workroom/indicator_list.html", context)


@value_people_only
@require_safe
def indicator_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an indicator with its values, targets and links."""
    user = person(request)
    rows = permissions.indicators_visible_to(user).select_related(
        "owner_organization", "supersedes", "superseded_by", "baseline_period"
    )
    indicator = get_object_or_404(rows, slug=slug)
    values = permissions.measurements_visible_to(user).filter(indicator=indicator)
    links = list(indicator.links.select_related("phase", "programme", "action"))
    sums = service.sums_to_look_at(links)
    context = {
        "indicator": indicator,
        "newer": getattr(indicator, "superseded_by", None),
        "values": values.select_related("period__phase", "entered_by", "verified_by").order_by(
            "-period__end"
        ),
        "targets": indicator.targets.select_related("period__phase")
        .prefetch_related("revisions__created_by")
        .order_by("-period__end"),
        "disagreements": targets.disagreements(indicator),
        "links": [(link, sums.get(link.pk)) for link in links],
        "may_edit": permissions.can_edit_indicators(user),
        "may_enter": not indicator.automatic_source and permissions.can_enter_value(user, indicator),
        "source": SOURCES.find(indicator.automatic_source),
        "frozen": service.is_definition_frozen(indicator),
    }
    return render(request, "roadmap/workroom/indicator_detail.html", context)


@indicator_editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def indicator_create(request: HttpRequest) -> HttpResponse:
    """Create an indicator."""
    form = IndicatorForm(request.POST or None)
    if request.method == "POST" and save_or_explain(form, partial(_save_new, form)):
        return _created(request, form.instance)
    context = {**grouped(form), "title": _("New indicator"), "back_url": reverse("workroom:indicator_list")}
    return render(request, "roadmap/workroom/indicator_form.html", context)


def _save_new(form: Any) -> Indicator:
    indicator: Indicator = form.save()
    effects.indicator_changed(indicator.pk)
    return indicator


def _created(request: HttpRequest, indicator: Indicator) -> HttpResponse:
    text = _("“%(name)s” is created. Say next what it counts for, and set its targets.")
    messages.success(request, text % {"name": indicator})
    return redirect("workroom:indicator_detail", indicator.slug)


@indicator_editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def indicator_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change an indicator; what defines it is locked once a value is verified."""
    indicator = get_object_or_404(Indicator, slug=slug)
    frozen = service.is_definition_frozen(indicator)
    name = str(indicator)
    form = IndicatorForm(request.POST or None, instance=indicator, frozen=frozen)
    if request.method == "POST":
        try:
            saved = save_or_explain(form, partial(_save_existing, form))
        except StaleRow as stale:
            make_form = partial(IndicatorForm, frozen=frozen)
            return conflict_page(request, make_form, stale.current, back_url=request.path)
        except service.DefinitionFrozen:
            saved = None
            text = _(
                "A value was verified in the meantime, so the definition is locked. Make a new version instead."
            )
            form.add_error(None, text)
        if saved:
            messages.success(request, _("The changes to “%(name)s” are saved.") % {"name": saved})
            return redirect("workroom:indicator_detail", slug)
    context = {
        **grouped(form),
        "title": name,
        "indicator": indicator,
        "frozen": frozen,
        "back_url": reverse("workroom:indicator_detail", args=[slug]),
    }
    return render(request, "roadmap/workroom/indicator_form.html", context)


def _save_existing(form: Any) -> Indicator:
    keep_others_changes(form)
    saved = service.save_indicator(form.save(commit=False))
    form.save_m2m()
    return saved


@indicator_editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def indicator_supersede(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a new version of an indicator whose definition is locked."""
    old = get_object_or_404(Indicator.objects.select_related("superseded_by"), slug=slug)
    newer = getattr(old, "superseded_by", None)
    if newer:
        messages.info(request, _("This indicator has a new version already: here it is."))
        return redirect("workroom:indicator_detail", newer.slug)
    names = [name for name in IndicatorForm.Meta.fields if name not in ("name", "code", "valid_from")]
    initial: dict[str, Any] = {name: getattr(old, name) for name in names if name != "subsectors"}
    initial |= {
        "subsectors": list(old.subsectors.values_list("pk", flat=True)),
        "owner_organization": old.owner_organization_id,
        "valid_to": None,
    }
    form = NewVersionForm(request.POST or None, instance=Indicator(supersedes=old), initial=initial)
    if request.method == "POST" and save_or_explain(form, partial(_save_version, old, form)):
        return _created(request, form.instance)
    context = {
        **grouped(form),
        "title": _("New version of “%(name)s”") % {"name": old},
        "old": old,
        "back_url": reverse("workroom:indicator_detail", args=[slug]),
    }
    return render(request, "roadmap/workroom/indicator_form.html", context)


def _save_version(old: Indicator, form: Any) -> Indicator:
    new = service.supersede_indicator(old, form.save(commit=False))
    form.save_m2m()
    return new


@indicator_editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def indicator_publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Take an indicator off the public pages after a confirmation, or put it back."""
    indicator = get_object_or_404(Indicator, slug=slug)
    back_url = reverse("workroom:indicator_detail", args=[slug])
    if request.method == "POST":
        indicator.is_public = request.POST.get("publish") == "1"
        indicator.save(update_fields=["is_public", "updated_at"])
        effects.indicator_changed(indicator.pk)
        text = (
            _("“%(name)s” stands on the public pages again.")
            if indicator.is_public
            else _("“%(name)s” is off the public pages. Nothing is deleted: you can publish it again here.")
        )
        messages.success(request, text % {"name": indicator})
        return redirect(back_url)
    context = {"row": indicator, "is_published": indicator.is_public, "back_url": back_url}
    return render(request, "roadmap/workroom/publish_confirm.html", context)


@indicator_editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def link_create(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what an indicator counts for."""
    indicator = get_object_or_404(Indicator, slug=slug)
    form = IndicatorLinkForm(request.POST or None, indicator=indicator)
    if request.method == "POST" and save_or_explain(form, partial(_save_link, indicator, form)):
        messages.success(request, _("The link is saved, and the roll-ups are computed again."))
        return redirect("workroom:indicator_detail", slug)
    context = {"form": form, "indicator": indicator}
    return render(request, "roadmap/workroom/link_form.html", context)


def _save_link(indicator: Indicator, form: IndicatorLinkForm) -> IndicatorLink:
    effects.indicator_changed(indicator.pk)
    fields = {name: form.cleaned_data[name] for name in ("level", "weight")}
    return IndicatorLink.objects.create(indicator=indicator, **form.parent_ids(), **fields)


@indicator_editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def link_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Stop counting an indicator for something, after a confirmation."""
    indicator = get_object_or_404(Indicator, slug=slug)
    link = indicator.links.select_related("phase", "programme", "action").filter(pk=pk).first()
    if request.method == "POST" or link is None:
        # A second click finds the link gone: that is what was asked for.
        if link and request.method == "POST":
            link.delete()
            effects.indicator_changed(indicator.pk)
        messages.success(request, _("The indicator does not count for this any more."))
        return redirect("workroom:indicator_detail", slug)
    context = {"link": link, "parent": link.phase or link.programme or link.action, "indicator": indicator}
    return render(request, "roadmap/workroom/link_confirm_remove.html", context)


@value_people_only
@require_safe
def indicator_history(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what happened to an indicator: who, when, what."""
    indicator = get_object_or_404(permissions.indicators_visible_to(person(request)), slug=slug)
    context = {
        "title": str(indicator),
        "lines": history_of(indicator),
        "back_url": reverse("workroom:indicator_detail", args=[slug]),
    }
    return render(request, "roadmap/workroom/history.html", context)

"""A manager sets the rules of booking and the quotas."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ecosystem.models import BookingPolicy, Facility, Quota
from ecosystem.policy_words import policy_words, quota_words
from ecosystem.settings_forms import PolicyForm, QuotaForm
from ecosystem.views.manager_parts import managed
from ecosystem.views.settings_parts import remove_page, row_page, sent

LIST = "ecosystem:policy_list"


@require_safe
@managed
def policy_list(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Show the rules in plain words, with the spaces they hold for, and the quotas."""
    policies = facility.policies.annotate(space_count=Count("spaces")).prefetch_related("spaces")
    context = {
        "facility": facility,
        "policies": [(row, policy_words(row)) for row in policies],
        "quotas": [(row, quota_words(row)) for row in facility.quotas.all()],
    }
    return render(request, "ecosystem/manager/settings/policy_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def policy_create(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Add rules of booking."""
    form = PolicyForm(sent(request), instance=BookingPolicy(facility=facility))
    return row_page(request, facility, form, save=form.save, back=LIST, title=_("New booking rules"))


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def policy_edit(request: HttpRequest, facility: Facility, pk: int) -> HttpResponse:
    """Change rules; bookings made before keep the buffers they were made with."""
    row = get_object_or_404(facility.policies, pk=pk)
    words = policy_words(row)
    form = PolicyForm(sent(request), instance=row)
    return row_page(
        request, facility, form, save=form.save, back=LIST, title=row.name, words=words,
        note=_("Bookings that exist already stay as they are."), remove_name="ecosystem:policy_remove",
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def policy_remove(request: HttpRequest, facility: Facility, pk: int) -> HttpResponse:
    """Ask, then remove rules that no space has."""
    row = facility.policies.filter(pk=pk).first()
    if row is not None and row.spaces.exists():
        messages.warning(request, _("Spaces still have these rules. Give them other rules first."))
        return redirect("ecosystem:policy_edit", facility.slug, pk)
    text = row.name if row else ""
    return remove_page(request, facility, row, back=LIST, title=_("Remove these booking rules?"), text=text)


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def quota_create(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Add a quota."""
    form = QuotaForm(sent(request), instance=Quota(facility=facility))
    return row_page(request, facility, form, save=form.save, back=LIST, title=_("New quota"))


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def quota_edit(request: HttpRequest, facility: Facility, pk: int) -> HttpResponse:
    """Change a quota."""
    form = QuotaForm(sent(request), instance=get_object_or_404(facility.quotas, pk=pk))
    return row_page(
        request, facility, form, save=form.save, back=LIST, title=_("Change a quota"),
        remove_name="ecosystem:quota_remove",
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def quota_remove(request: HttpRequest, facility: Facility, pk: int) -> HttpResponse:
    """Ask, then remove a quota."""
    row = facility.quotas.filter(pk=pk).first()
    text = quota_words(row) if row else ""
    return remove_page(request, facility, row, back=LIST, title=_("Remove this quota?"), text=text)

"""A manager keeps the tree of spaces, what stands in them, and the codes at their doors."""

from datetime import timedelta

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ecosystem.models import Facility, Space
from ecosystem.services import check_in, facility_edit
from ecosystem.settings_forms import SpaceForm
from ecosystem.space_tree import tree_of
from ecosystem.views.manager_parts import managed
from ecosystem.views.settings_parts import row_page, sent
from malangkraf.drawing.qr import qr_svg

MINUTE = timedelta(minutes=1)
FORM_TEMPLATE = "ecosystem/manager/settings/space_form.html"


def _space(facility: Facility, slug: str) -> Space:
    space: Space = get_object_or_404(facility.spaces.select_related("parent", "policy"), slug=slug)
    space.facility = facility
    return space


@require_safe
@managed
def space_list(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Show the tree of spaces, with what each holds and its booking rules."""
    rows = list(facility.spaces.select_related("policy").prefetch_related("amenity_rows__amenity"))
    context = {"facility": facility, "rows": tree_of(rows)}
    return render(request, "ecosystem/manager/settings/space_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def space_create(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Add a part: a floor, a room, a desk; `di` names what it lies in."""
    rows = {row.slug: row for row in facility.spaces.all()}
    whole = next((row for row in rows.values() if row.parent_id is None), None)
    space = Space(facility=facility, kind=Space.Kind.ROOM, order=len(rows))
    form = SpaceForm(
        sent(request), instance=space, initial={"parent": rows.get(request.GET.get("di", ""), whole)}
    )
    return _space_page(request, facility, form)


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def space_edit(request: HttpRequest, facility: Facility, space: str) -> HttpResponse:
    """Change a space."""
    return _space_page(request, facility, SpaceForm(sent(request), instance=_space(facility, space)))


def _space_page(request: HttpRequest, facility: Facility, form: SpaceForm) -> HttpResponse:
    def save() -> None:
        form.save(commit=False)
        is_real = form.cleaned_data.get("is_real", False)
        facility_edit.save_space(
            form.instance, form.amenity_rows(), now=timezone.now(), desks_are_real=is_real
        )

    return row_page(
        request, facility, form, save=save, back="ecosystem:space_list", template=FORM_TEMPLATE,
        title=_("Change a space") if form.instance.pk else _("Add a space"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def space_retire(request: HttpRequest, facility: Facility, space: str) -> HttpResponse:
    """Show the bookings to come, then take a space out of use; or put it back."""
    row = _space(facility, space)
    now = timezone.now()
    if request.method == "POST":
        # The button says what it does, so pressed twice it does it once.
        in_use = request.POST.get("in_use") == "1"
        with transaction.atomic():
            flagged = facility_edit.set_in_use(row, in_use, now=now)
        if in_use:
            messages.success(request, _("The space is in use again."))
        elif flagged:
            text = _(
                "The space is out of use. Its bookings to come stand under Requests: move or cancel them."
            )
            messages.warning(request, text)
        else:
            messages.success(request, _("The space is out of use."))
        return redirect("ecosystem:space_list", facility.slug)
    bookings = facility_edit.bookings_to_come(row, now=now) if row.is_active else []
    context = {"facility": facility, "space": row, "bookings": bookings}
    return render(request, "ecosystem/manager/settings/space_retire.html", context)


def door_address(request: HttpRequest, space: Space) -> str:
    """Return the whole address that the code at the door leads to, "" while check-in has no page."""
    try:
        path = reverse("ecosystem:door_check_in", args=[space.facility.slug, space.slug, space.door_token])
    except NoReverseMatch:
        return ""
    return request.build_absolute_uri(path)


@require_safe
@managed
def door_poster(request: HttpRequest, facility: Facility, space: str) -> HttpResponse:
    """Show the poster for the door: who stands before it with the code has come."""
    row = _space(facility, space)
    address = door_address(request, row)
    context = {
        "facility": facility,
        "space": row,
        "address": address,
        "opens_before": check_in.OPENS_BEFORE // MINUTE,
        "freed_after": check_in.FREED_AFTER // MINUTE,
        "is_freed": row.policy is not None and row.policy.needs_check_in,
    }
    if address:
        context["qr"] = mark_safe(qr_svg(address))
    response = render(request, "ecosystem/manager/settings/door_poster.html", context)
    # Whoever has the address can check in.
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def door_token_renew(request: HttpRequest, facility: Facility, space: str) -> HttpResponse:
    """Ask, then give the door a new code; the old poster no longer works."""
    row = _space(facility, space)
    # The code that was shown is renewed once, however often the button is pressed.
    if request.method == "POST":
        if request.POST.get("token") == row.door_token[:8]:
            facility_edit.renew_door_token(row)
        messages.success(request, _("The door has a new code. Print the poster again."))
        return redirect("ecosystem:door_poster", facility.slug, row.slug)
    return render(request, "ecosystem/manager/settings/door_renew.html", {"facility": facility, "space": row})

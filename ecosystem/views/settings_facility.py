"""A manager keeps the texts and photos of a facility; the public photo."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ecosystem.models import Facility, FacilityPhoto
from ecosystem.services import facility_edit
from ecosystem.services.outside_hours import flag_outside_hours
from ecosystem.settings_forms import FacilityForm, PhotoForm
from ecosystem.views.manager_parts import managed, person
from ecosystem.views.settings_parts import MANAGER_FRAME, row_page, sent

PHOTOS = "ecosystem:photo_list"
PHOTO_TEMPLATE = "ecosystem/manager/settings/photo_form.html"


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def facility_edit_page(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Change what visitors read, and from when on it is in use."""
    form = FacilityForm(sent(request), instance=facility)

    def save() -> None:
        outside = flag_outside_hours(form.save(), timezone.now())
        if outside:
            text = ngettext(
                "%(count)s booking lies outside what is open now: look at it under Requests.",
                "%(count)s bookings lie outside what is open now: look at them under Requests.",
                len(outside),
            )
            messages.warning(request, text % {"count": len(outside)})

    return row_page(
        request, facility, form, save=save, back="ecosystem:facility_edit", title=_("Texts and contacts"),
        note=_("Visitors see it at once. What nobody has published may stay empty."),
    )  # fmt: skip


@require_safe
@managed
def photo_list(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Show the photos in their order."""
    context = {"facility": facility, "photos": list(facility.photos.select_related("space"))}
    return render(request, "ecosystem/manager/settings/photo_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def photo_create(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Take a new photo."""
    files = request.FILES if request.method == "POST" else None
    form = PhotoForm(sent(request), files, instance=FacilityPhoto(facility=facility))

    def save() -> None:
        facility_edit.add_photo(form.save(commit=False), form.cleaned_data["picture"], by=person(request))

    return row_page(
        request, facility, form, save=save, back=PHOTOS, template=PHOTO_TEMPLATE, title=_("Add a photo")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def photo_edit(request: HttpRequest, facility: Facility, pk: int) -> HttpResponse:
    """Change what is said about a photo."""
    row = get_object_or_404(facility.photos, pk=pk)
    row.facility = facility
    form = PhotoForm(sent(request), instance=row)
    return row_page(
        request,
        facility,
        form,
        save=form.save,
        back=PHOTOS,
        template=PHOTO_TEMPLATE,
        title=_("Change a photo"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def photo_remove(request: HttpRequest, facility: Facility, pk: int) -> HttpResponse:
    """Ask, then remove a photo; removed twice, it is removed once."""
    if request.method == "POST":
        facility_edit.remove_photo(facility, pk)
        messages.success(request, _("Removed."))
        return redirect(PHOTOS, facility.slug)
    row = get_object_or_404(facility.photos, pk=pk)
    context = {
        "facility": facility,
        "frame": MANAGER_FRAME,
        "row": row,
        "back_name": PHOTOS,
        "title": _("Remove this photo?"),
        "text": row.caption,
    }
    return render(request, "ecosystem/manager/settings/row_remove.html", context)


@require_POST
@managed
def photo_up(request: HttpRequest, facility: Facility, pk: int) -> HttpResponse:
    """Put a photo one place further to the front."""
    facility_edit.move_photo_up(facility, pk)
    return redirect(PHOTOS, facility.slug)

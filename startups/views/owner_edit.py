"""The parts of an entry, changed by its members: at once, or proposed, and never over what somebody else just wrote."""

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from malangkraf.form_values import compared
from startups import permissions
from startups.consents import ConsentText, consent_text
from startups.entry_page import OWNERS_PARTS, PART_NAMES, proposal_of
from startups.field_texts import field_label
from startups.forms.editing import (
    FORM_FIELDS,
    ContactPart,
    LegalPart,
    LinksPart,
    NamePart,
    PartForm,
    PlacePart,
    WorkPart,
)
from startups.models import ConsentRecord, Startup
from startups.owner_access import find_entry, for_members, for_owners_alone, manage_url, person
from startups.services import changes, registration, values

PARTS: dict[str, type[PartForm]] = {
    "nama": NamePart,
    "kegiatan": WorkPart,
    "tautan": LinksPart,
    "tempat": PlacePart,
    "kontak": ContactPart,
    "nomor": LegalPart,
}
# In these states the registration's own pages change them.
IN_REGISTRATION = ("nama", "kegiatan", "tautan", "tempat", "kontak")


def make_form(request: HttpRequest, startup: Startup, part: str, data: Any = None) -> PartForm:
    """Return the part's form for this person; fields that wait show what is proposed."""
    user, form_class = person(request), PARTS[part]
    pending = changes.pending_of(startup)
    options: dict[str, Any] = {"marks": changes.marks(startup, form_class.holds, pending=pending)}
    if form_class is NamePart:
        options["may_propose"] = permissions.can_own(user, startup)
    if form_class is ContactPart:
        options["consent"] = _consent_needed(request, startup)
    return form_class(data, startup=_as_proposed(startup, part, pending), **options)


def _as_proposed(startup: Startup, part: str, pending: Any) -> Startup:
    """Return another copy of the entry, not to be saved, with the part's proposed fields."""
    shown = Startup.objects.select_related("kelurahan__kecamatan", "kecamatan", "created_by").get(
        pk=startup.pk
    )
    for name, value in (pending.proposed if pending else {}).items():
        if name in PARTS[part].holds:
            setattr(shown, name, value)
    return shown


def _consent_needed(request: HttpRequest, startup: Startup) -> ConsentText | None:
    """Return the text to agree to before a contact is shown, None when this person has agreed to today's."""
    purpose = ConsentRecord.Purpose.CONTACT
    if purpose in registration.consents_given(startup, person(request)):
        return None
    return consent_text(purpose, get_language() or "id")


@require_http_methods(["GET", "HEAD", "POST"])
def startup_edit(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    """Let members into a part of the entry, into some of them its owners alone."""
    guard = for_owners_alone if part in OWNERS_PARTS else for_members
    return guard(_edit)(request, pk, part)


def _edit(request: HttpRequest, startup: Startup, part: str) -> HttpResponse:
    """Show a part of the entry and take what was changed."""
    if part not in PARTS:
        raise Http404
    if startup.lifecycle not in changes.LIVE and (part in IN_REGISTRATION or not changes.may_change(startup)):
        return redirect(manage_url(startup))
    form = make_form(request, startup, part, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answer = _save(request, startup, part, form)
        if answer is not None:
            return answer
    return _page(request, startup, part, form)


def _page(request: HttpRequest, startup: Startup, part: str, form: PartForm, **extra: Any) -> HttpResponse:
    context = {
        "startup": startup,
        "part": part,
        "part_name": PART_NAMES[part],
        "form": form,
        "conflict": [],
        "may_own": permissions.can_own(person(request), startup),
        "proposal": proposal_of(startup) if part in ("nama", "tautan") else None,
        "is_live": startup.lifecycle in changes.LIVE,
        "back_url": manage_url(startup),
    }
    status = 409 if extra.get("conflict") else 200
    return render(request, "startups/owner/edit.html", context | extra, status=status)


def _save(request: HttpRequest, startup: Startup, part: str, form: PartForm) -> HttpResponse | None:
    """Return where to go, or the page that shows both versions; None when the form has an error to show."""
    user, wanted = person(request), form.wanted()
    try:
        saved = changes.save_values(
            startup.pk,
            user=user,
            wanted=wanted,
            seen=form.cleaned_data["seen"],
            reason=form.cleaned_data.get("reason", ""),
        )
    except changes.OwnersOnly:
        # Of the fields that an editor sees, only the website can be identity.
        form.add_error("website", _("Only an owner can propose another domain. Ask one of them."))
        return None
    except changes.Locked:
        messages.info(request, _("The entry is being checked, so nothing was changed."))
        return redirect(manage_url(startup))
    if saved.conflicts:
        return _conflict(request, startup, part, form, saved.conflicts)
    if form.cleaned_data.get("agree"):
        purposes = [ConsentRecord.Purpose.CONTACT]
        registration.keep_consents(startup, user, purposes, language=get_language() or "id")
    _say(request, startup, saved)
    return redirect(manage_url(startup))


def _say(request: HttpRequest, startup: Startup, saved: changes.Saved) -> None:
    if saved.applied and startup.lifecycle in Startup.WITH_PAGE:
        messages.success(request, _("Saved. The change is public now."))
    elif saved.applied:
        messages.success(request, _("Saved."))
    if saved.proposed:
        names = ", ".join(field_label(name) for name in saved.proposed)
        text = _("Sent to Stasion: %(fields)s. Until a decision the public sees what stood there before.")
        messages.success(request, text % {"fields": names})
    if not (saved.applied or saved.proposed):
        messages.info(request, _("Nothing was different, so nothing was changed."))


def _conflict(
    request: HttpRequest, startup: Startup, part: str, form: PartForm, names: list[str]
) -> HttpResponse:
    """Show both versions (409); what was typed is kept, and saving it again is a decision, not an accident."""
    fresh = find_entry(person(request), startup.pk)
    stands = make_form(request, fresh, part)
    pending = changes.pending_of(fresh)
    newer = changes.standing(fresh, names, pending=pending)
    seen = form.cleaned_data["seen"] | {name: values.mark_of(value) for name, value in newer.items()}
    data = request.POST.copy()
    data["seen"] = json.dumps(seen)
    labels = {
        str(stands.fields[field].label)
        for name in names
        for field in FORM_FIELDS.get(name, (name,))
        if field in stands.fields
    }
    pairs = [pair for pair in compared(form, stands) if pair["label"] in labels]
    return _page(request, fresh, part, make_form(request, fresh, part, data), conflict=pairs)

"""A person's own data: what is held, consents, a copy, an erasure (UU 27/2022)."""

from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ecosystem.models import User
from ecosystem.services import booking_personal
from malangkraf.uploads import as_download
from startups.consents import consent_text
from startups.forms.personal_data import ErasureForm, RequestForm
from startups.models import ConsentRecord, ContactAccess, DataRequest
from startups.services import data_copy, data_requests

Kind, State = DataRequest.Kind, DataRequest.State
SHOWN_LOOKS = 50


def _me(request: HttpRequest) -> User:
    return cast(User, request.user)


@never_cache
@require_safe
def data_overview(request: HttpRequest) -> HttpResponse:
    """Show what the portal holds about the person, and what they can do about it."""
    me = _me(request)
    entries = data_copy.entries_of(me)
    consents = [
        (consent, consent_text(consent.purpose, consent.language, version=consent.text_version))
        for consent in me.consents.select_related("startup").order_by("-given_at")
    ]
    looks = ContactAccess.objects.filter(startup__in=entries).select_related("startup")[:SHOWN_LOOKS]
    requests = list(me.data_requests.order_by("-received_at")[:20])
    erasure = next((one for one in requests if one.kind == Kind.ERASURE and one.state == State.OPEN), None)
    context = {
        "entries": entries,
        "addresses": data_copy.addresses_of(me),
        "consents": consents,
        "looks": looks,
        "booking_looks": booking_personal.looks_at(me, most=SHOWN_LOOKS),
        # A copy has a place of its own, and so has an erasure that waits.
        "requests": [one for one in requests if one.kind != Kind.ACCESS and one != erasure],
        "erasure": erasure,
        "erasure_at": data_requests.executes_at(erasure) if erasure else None,
        **_copy_state(me),
    }
    return render(request, "startups/data/overview.html", context)


def _copy_state(me: User) -> dict[str, Any]:
    """Return the newest request for a copy, and whether it is being made, ready, or has failed."""
    newest = me.data_requests.filter(kind=Kind.ACCESS).order_by("-received_at").first()
    is_open = newest is not None and newest.state == State.OPEN
    failed = newest is not None and data_requests.has_failed(newest)
    ready = newest is not None and data_requests.is_downloadable(newest, now=timezone.now())
    return {
        "copy": newest,
        "copy_working": is_open and not failed,
        "copy_failed": failed,
        "copy_ready": ready,
    }


@require_POST
def data_copy_request(request: HttpRequest) -> HttpResponse:
    """Ask for a copy; the worker makes it."""
    data_requests.ask(_me(request), Kind.ACCESS)
    messages.success(request, _("Your copy is being made. You also get a mail when it is ready."))
    return redirect("startups:data_overview")


@never_cache
@require_safe
def data_copy_progress(request: HttpRequest) -> HttpResponse:
    """Return the part of the page that says how far the copy is."""
    return render(request, "startups/data/_copy.html", _copy_state(_me(request)))


@never_cache
@require_safe
def data_copy_download(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """Return the ZIP to the person it is about, for a week."""
    found = get_object_or_404(DataRequest, pk=pk, user=_me(request), kind=Kind.ACCESS, state=State.DONE)
    if not data_requests.is_downloadable(found, now=timezone.now()):
        messages.info(request, _("This copy has expired. Ask for a new one."))
        return redirect("startups:data_overview")
    try:
        response = as_download(found.file, content_type="application/zip", name="malangkraf-data.zip")
    except FileNotFoundError as error:
        raise Http404 from error
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def data_consent_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a consent back, after saying what follows."""
    consents = ConsentRecord.objects.select_related("startup").filter(user=_me(request), withdrawn_at=None)
    consent = get_object_or_404(consents, pk=pk)
    if request.method == "POST":
        data_requests.withdraw_consent(consent, now=timezone.now())
        messages.success(request, _("Your consent was taken back."))
        return redirect("startups:data_overview")
    return render(request, "startups/data/consent_withdraw.html", {"consent": consent})


@require_http_methods(["GET", "HEAD", "POST"])
def data_request_create(request: HttpRequest) -> HttpResponse:
    """Ask to correct or to stop; a coordinator answers within 72 hours."""
    form = RequestForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data_requests.ask(_me(request), form.cleaned_data["kind"], text=form.cleaned_data["text"])
        messages.success(request, _("Your request was sent. You get an answer within 72 hours."))
        return redirect("startups:data_overview")
    return render(request, "startups/data/request_form.html", {"form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required
def data_erasure(request: HttpRequest) -> HttpResponse:
    """Explain what an erasure means, and ask for it."""
    me = _me(request)
    own = data_requests.solely_owned(me)
    public = [startup for startup in own if startup.lifecycle in data_requests.PUBLIC_ONCE]
    form = ErasureForm(
        request.POST if request.method == "POST" else None, entry_names=[startup.name for startup in public]
    )
    if request.method == "POST" and not data_requests.is_staff(me) and form.is_valid():
        data_requests.ask_erasure(me, erase_entries=bool(public))
        messages.success(request, _("Your data will be erased in 24 hours. Until then you can cancel it."))
        return redirect("startups:data_overview")
    context = {
        "form": form,
        "is_staff": data_requests.is_staff(me),
        "public_entries": public,
        "begun_entries": [startup for startup in own if startup not in public],
    }
    return render(request, "startups/data/erasure.html", context)


@require_POST
def data_erasure_cancel(request: HttpRequest) -> HttpResponse:
    """Cancel the erasure while there is time."""
    if data_requests.cancel_erasure(_me(request), now=timezone.now()):
        messages.success(request, _("The erasure was cancelled. Nothing was erased."))
    else:
        messages.info(request, _("No erasure was waiting."))
    return redirect("startups:data_overview")

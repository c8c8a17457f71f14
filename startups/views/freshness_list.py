"""The coordinators' list of entries whose confirmation is due, and the question that they send by hand."""

from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from ecosystem.models import User
from startups import permissions
from startups.models import ContactPoint, Startup
from startups.services import freshness_mails

PAGE_SIZE = 50
# Their words in the address: (what the service calls it, its label).
TABS = {
    "": ("", gettext_lazy("All")),
    "belum": ("no", gettext_lazy("Not asked yet")),
    "ditanya": ("open", gettext_lazy("Asked, link still open")),
    "diam": ("silent", gettext_lazy("No answer")),
}


@require_safe
def freshness_list(request: HttpRequest) -> HttpResponse:
    """Show the entries that nobody confirmed for 180 days, by how far the question has come."""
    _only_coordinators(request)
    now = timezone.now()
    tab = request.GET.get("keadaan", "")
    asked, _label = TABS.get(tab, TABS[""])
    whatsapp = ContactPoint.objects.filter(startup=OuterRef("pk"), kind=ContactPoint.Kind.WHATSAPP)
    rows = freshness_mails.unconfirmed(now, asked=asked).annotate(has_whatsapp=Exists(whatsapp))
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "tab": tab,
        "tabs": [(word, label) for word, (_asked, label) in TABS.items()],
        "now": now,
    }
    return render(request, "startups/workroom/freshness_list.html", context)


@require_POST
def freshness_by_hand(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare the question as a WhatsApp message; the coordinator opens and sends it, the look is logged."""
    _only_coordinators(request)
    startup = get_object_or_404(Startup.objects.filter(lifecycle=Startup.Lifecycle.PUBLISHED), pk=pk)
    address = freshness_mails.prepare_by_hand(pk, by=cast(User, request.user), now=timezone.now())
    if address is None:
        messages.info(request, _("This entry has no WhatsApp contact."))
        return redirect("startups:freshness_list")
    response = render(
        request, "startups/workroom/freshness_by_hand.html", {"startup": startup, "address": address}
    )
    response["Cache-Control"] = "private, no-store"
    return response


def _only_coordinators(request: HttpRequest) -> None:
    if not permissions.is_coordinator(request.user):
        raise PermissionDenied

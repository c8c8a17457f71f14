"""The outbox for administrators: what could not be sent, and what waits."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ecosystem.models import OutgoingMail
from ecosystem.services import mail

PAGE_SIZE = 50


def _only_administrators(request: HttpRequest) -> None:
    if not request.user.is_superuser:
        raise PermissionDenied


@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    """Show the mails that are parked or wait for another try; never what they say."""
    _only_administrators(request)
    stuck = OutgoingMail.objects.filter(Q(parked_at__isnull=False) | ~Q(error=""), sent_at=None)
    # Without an address it is older than what is kept, and cannot be tried again.
    rows = stuck.exclude(to="").order_by(F("parked_at").desc(nulls_last=True), "due_at")
    page = Paginator(rows.defer("text", "html"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "waiting": mail.waiting().count()}
    return render(request, "ecosystem/mail_list.html", context)


@require_POST
def mail_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a parked mail three new tries."""
    _only_administrators(request)
    get_object_or_404(OutgoingMail, pk=pk)
    if mail.retry(pk, now=timezone.now()):
        messages.success(request, _("The mail will be tried again within a minute."))
    else:
        messages.info(request, _("This mail is not parked any more."))
    return redirect("ecosystem:mail_list")

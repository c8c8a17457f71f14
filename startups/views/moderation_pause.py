"""Work room: telling the public that Stasion cannot answer for some days."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from startups.forms.moderation import PauseForm
from startups.models import PauseNotice
from startups.services import pauses
from startups.views.moderation_parts import coordinators_only, person


@coordinators_only
@require_http_methods(["GET", "HEAD", "POST"])
def pause_list(request: HttpRequest) -> HttpResponse:
    """Show the pauses and set a new one."""
    today = timezone.localdate()
    form = PauseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        pauses.save_pause(form.save(commit=False), by=person(request))
        messages.success(request, _("The pause is set. The clocks of what waits have moved with it."))
        return redirect("startups:pause_list")
    context = {
        "form": form,
        "current": PauseNotice.objects.filter(end__gte=today).order_by("start"),
        "past": PauseNotice.objects.filter(end__lt=today)[:10],
        "today": today,
    }
    return render(request, "startups/moderation/pauses.html", context)


@coordinators_only
@require_POST
def pause_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a running pause today, or take back one that has not begun."""
    notice = get_object_or_404(PauseNotice, pk=pk)
    pauses.end_pause(notice, on=timezone.localdate())
    messages.success(request, _("The pause is over. From today on the clocks run again."))
    return redirect("startups:pause_list")

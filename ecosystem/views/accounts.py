"""The person's own profile, and the answer to too many attempts."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ecosystem.forms import ProfileForm
from ecosystem.models import User


@require_http_methods(["GET", "HEAD", "POST"])
def profile_edit(request: HttpRequest) -> HttpResponse:
    """Show and change the person's own name and language."""
    assert isinstance(request.user, User)  # LoginRequiredMiddleware lets nobody else in
    # A row of its own: a refused form must not change the name in the page's head.
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your profile was saved."))
        return redirect("profile_edit")
    return render(request, "account/profile.html", {"form": form})


@login_not_required
def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that too many attempts came from here, and when to try again."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = "300"
    return response

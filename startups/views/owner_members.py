"""Who keeps an entry: the list, invitations and their answers, roles, leaving."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ecosystem.models import User
from startups import permissions
from startups.forms.keeping import InviteForm
from startups.models import Invitation, Membership, Role, Startup
from startups.owner_access import for_members, for_owners, manage_url, person
from startups.services import members

PROBLEMS: dict[type[members.MemberProblem], str | Promise] = {
    members.LastOwner: gettext_lazy(
        "An entry needs an owner. Make somebody else an owner first, or take the entry out of the directory."
    ),
    members.AlreadyMember: gettext_lazy("This person keeps the entry already."),
    members.TooMany: gettext_lazy(
        "An entry has at most 20 members and 10 open invitations. Remove one first."
    ),
    members.TooSoon: gettext_lazy("This person was mailed a moment ago. Wait two minutes."),
    members.TooOften: gettext_lazy(
        "Too many invitations were mailed within a day, by you or to this mailbox. Try again tomorrow."
    ),
    members.LinkGone: gettext_lazy("This invitation was answered or taken back meanwhile."),
    members.NoMember: gettext_lazy("This person is no member any more."),
}


def problem_text(problem: members.MemberProblem) -> str:
    """Return what stands in the way, in words."""
    return str(PROBLEMS[type(problem)])


def _list_url(startup: Startup) -> str:
    return reverse("startups:member_list", args=[startup.pk])


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def member_list(request: HttpRequest, startup: Startup) -> HttpResponse:
    """Show members and open invitations; owners invite here."""
    user = person(request)
    may_own = permissions.can_own(user, startup)
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not may_own:
            raise PermissionDenied
        if form.is_valid() and _invite(request, startup, form):
            return redirect(_list_url(startup))
    memberships = list(startup.memberships.select_related("user"))
    owners = sum(row.role == Role.OWNER for row in memberships)
    context = {
        "startup": startup,
        "rows": [
            {
                "membership": row,
                "is_self": row.user_id == user.pk,
                "is_last_owner": row.role == Role.OWNER and owners == 1,
                "other_role": Role.EDITOR if row.role == Role.OWNER else Role.OWNER,
            }
            for row in memberships
        ],
        "invitations": members.open_invitations(startup),
        "now": timezone.now(),
        "form": form,
        "may_own": may_own,
        # A coordinator has no ownership of theirs to hand over.
        "is_owner": any(row.user_id == user.pk and row.role == Role.OWNER for row in memberships),
        "days": members.LINK_DAYS,
    }
    return render(request, "startups/owner/members.html", context)


def _invite(request: HttpRequest, startup: Startup, form: InviteForm) -> bool:
    """Send the invitation and return True, or put what stands in the way beside the field."""
    email = form.cleaned_data["email"]
    try:
        members.invite(startup.pk, email, role=form.cleaned_data["role"], by=person(request))
    except members.MemberProblem as problem:
        form.add_error("email", problem_text(problem))
        return False
    messages.success(request, _("The invitation was mailed to %(email)s.") % {"email": email})
    return True


def _try(request: HttpRequest, act: Callable[[], Any], success: str) -> bool:
    """Do something about a member and say what came of it; return whether it was done."""
    try:
        act()
    except members.MemberProblem as problem:
        messages.warning(request, problem_text(problem))
        return False
    messages.success(request, success)
    return True


@require_POST
@for_owners
def invitation_resend(request: HttpRequest, startup: Startup, invitation_pk: int) -> HttpResponse:
    """Mail a waiting invitation again, with a new link; the old one dies."""
    found = Invitation.objects.filter(startup=startup, pk=invitation_pk).first()
    if found is None:
        raise Http404
    if found.answered_at is None:
        _try(
            request,
            lambda: members.invite(startup.pk, found.email, role=found.role, by=person(request)),
            _("The invitation was mailed to %(email)s.") % {"email": found.email},
        )
    return redirect(_list_url(startup))


@require_POST
@for_owners
def invitation_revoke(request: HttpRequest, startup: Startup, invitation_pk: int) -> HttpResponse:
    """Take a waiting invitation back."""
    _try(
        request,
        lambda: members.revoke(startup.pk, invitation_pk),
        _("The invitation was taken back. Its link works no more."),
    )
    return redirect(_list_url(startup))


def _membership(startup: Startup, user_pk: int) -> Membership:
    found = startup.memberships.select_related("user").filter(user_id=user_pk).first()
    if found is None:
        raise Http404
    return found


@require_POST
@for_owners
def member_role(request: HttpRequest, startup: Startup, user_pk: int) -> HttpResponse:
    """Make an editor an owner or the other way round."""
    role = request.POST.get("role", "")
    _membership(startup, user_pk)
    if role not in Role.values:
        return redirect(_list_url(startup))
    done = _try(
        request,
        lambda: members.change_role(startup.pk, user_pk, role=role),
        _("The role was changed to %(role)s.") % {"role": Role(role).label},
    )
    gave_up = done and user_pk == person(request).pk and role != Role.OWNER
    return redirect(manage_url(startup) if gave_up else _list_url(startup))


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def member_remove(request: HttpRequest, startup: Startup, user_pk: int) -> HttpResponse:
    """Ask, then end a membership: one's own (leaving), or as an owner somebody else's."""
    user = person(request)
    is_self = user_pk == user.pk
    if not is_self and not permissions.can_own(user, startup):
        raise PermissionDenied
    membership = _membership(startup, user_pk)
    if request.method == "POST":
        text = _("You have left the entry.") if is_self else _("The person is no member any more.")
        done = _try(request, lambda: members.remove(startup.pk, user_pk, by=user), text)
        return redirect(reverse("startups:my_startups") if is_self and done else _list_url(startup))
    context = {"startup": startup, "membership": membership, "is_self": is_self, "about": "remove"}
    return render(request, "startups/owner/member_sure.html", context | {"back_url": _list_url(startup)})


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def member_transfer(request: HttpRequest, startup: Startup, user_pk: int) -> HttpResponse:
    """Ask, then hand the ownership to another member; the giver stays as an editor."""
    membership = _membership(startup, user_pk)
    if request.method == "POST":
        done = _try(
            request,
            lambda: members.transfer(startup.pk, giver=person(request), to_user_id=user_pk),
            _("The entry was handed over. You stay as an editor."),
        )
        return redirect(manage_url(startup) if done else _list_url(startup))
    context = {"startup": startup, "membership": membership, "is_self": False, "about": "transfer"}
    return render(request, "startups/owner/member_sure.html", context | {"back_url": _list_url(startup)})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invitation (looking does nothing: mail scanners look), and take the answer of the invited mailbox."""
    invitation = members.find(token)
    if invitation is None:
        return _answer_page(request, {"state": "unknown"}, status=404)
    startup, now = invitation.startup, timezone.now()
    is_known = request.user.is_authenticated
    user = cast(User, request.user)
    context: dict[str, Any] = {
        "invitation": invitation,
        "startup": startup,
        "manage_url": manage_url(startup),
    }
    if is_known and permissions.role_in(user, startup) and invitation.is_accepted:
        return _answer_page(request, context | {"state": "joined"})
    if not members.is_open(invitation, now=now):
        return _answer_page(request, context | {"state": "gone"}, status=410)
    if not is_known:
        following = urlencode({"next": request.path})
        context |= {
            "login_url": f"{reverse('account_login')}?{following}",
            "signup_url": f"{reverse('account_signup')}?{following}",
        }
        return _answer_page(request, context | {"state": "sign_in"})
    if not members.is_for(invitation, user):
        return _answer_page(request, context | {"state": "other"})
    if request.method == "POST":
        try:
            members.accept(invitation.pk, user=user, now=now)
        except members.MemberProblem:
            return redirect(request.path)
        messages.success(request, _("You keep this entry now."))
        return redirect(manage_url(startup))
    return _answer_page(request, context | {"state": "open"})


def _answer_page(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Return the page; its address is a key, so it stays out of search engines and of other sites' logs."""
    response = render(request, "startups/owner/invitation.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "same-origin"
    return response

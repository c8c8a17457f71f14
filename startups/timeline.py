"""The way of an entry as its members read it: what happened, by which role, and what comes next."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ecosystem.models import User
from startups.models import Membership, ModerationEvent, ModerationItem, Startup

Action = ModerationEvent.Action
Kind = ModerationItem.Kind
# What concerns the coordinators' own work only stays out of the applicant's sight.
_HIDDEN = (Action.PROPOSED,)
# Of reports, claims and after-checks an owner learns what happened to the entry, not who reported or claimed what.
_OF_ENTRY = (Action.SUSPENDED, Action.RESTORED, Action.MERGED, Action.CLOSED, Action.REVERTED)
_TITLES: dict[str, str | Promise] = {
    Action.SENT: gettext_lazy("Sent to Stasion"),
    Action.SENT_AGAIN: gettext_lazy("Sent again"),
    Action.ASKED: gettext_lazy("Stasion has a question"),
    Action.HELD: gettext_lazy("Put on hold by Stasion"),
    Action.ESCALATED: gettext_lazy("The answer is late: a second coordinator was told"),
}
_CHANGE_TITLES: dict[str, str | Promise] = {
    Action.SENT: gettext_lazy("Change sent to Stasion"),
    Action.SENT_AGAIN: gettext_lazy("Change sent again"),
    Action.ASKED: gettext_lazy("Stasion has a question about the change"),
    Action.HELD: gettext_lazy("Change put on hold by Stasion"),
    Action.APPLIED: gettext_lazy("Change published"),
    Action.REFUSED: gettext_lazy("Change refused"),
    Action.WITHDRAWN: gettext_lazy("Change taken back"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened, or (`at` None) the next one that will; `by_when` says until when it should."""

    title: str
    who: str
    at: datetime | None
    note: str = ""
    by_when: datetime | None = None


def steps_of(startup: Startup, *, viewer: User) -> list[Step]:
    """Return the entry's way, the oldest step first, ending with what is expected next; three queries."""
    members = members_ever(startup)
    begun = Step(_("Draft begun"), role_word(startup.created_by_id, members, viewer), startup.created_at)
    done = [
        Step(
            title_of(event),
            role_word(event.by_id, members, viewer),
            event.at,
            event.note,
        )
        for event in events_for_members(startup)
    ]
    coming = _next(startup)
    return [begun, *done, *([coming] if coming else [])]


def events_for_members(startup: Startup) -> QuerySet[ModerationEvent]:
    """Return what was decided about the entry, the oldest first: all that its members may read of the queue; one query.

    Notes to a visitor who reported something or to somebody who claims the entry are not theirs.
    """
    return (
        ModerationEvent.objects.filter(item__startup=startup)
        .filter(Q(item__kind__in=(Kind.NEW, Kind.EDIT)) | Q(action__in=_OF_ENTRY))
        .exclude(action__in=_HIDDEN)
        .select_related("item")
        .order_by("at", "pk")
    )


def members_ever(startup: Startup) -> set[int | None]:
    """Return who keeps the entry or kept it once, by the accounts' keys; one query."""
    events = Membership.pgh_event_model.objects.filter(startup_id=startup.pk)  # type: ignore[attr-defined]
    return {*events.values_list("user_id", flat=True).distinct(), startup.created_by_id}


def title_of(event: ModerationEvent) -> str:
    """Return what happened, as the members read it."""
    titles = _CHANGE_TITLES if event.item.kind == Kind.EDIT else _TITLES
    return str(titles.get(event.action, event.get_action_display()))


def role_word(person_id: int | None, members: set[int | None], viewer: User) -> str:
    """Return the role of who did it; people of the staff are never named."""
    if person_id is None:
        return _("the portal")
    if person_id == viewer.pk:
        return _("you")
    return _("a member of the entry") if person_id in members else _("Stasion coordinator")


def _next(startup: Startup) -> Step | None:
    """Return what is expected next, None when the way has come to an end."""
    if startup.lifecycle == Startup.Lifecycle.DRAFT:
        return Step(_("Send it to Stasion"), _("you"), None)
    if startup.lifecycle == Startup.Lifecycle.CHANGES_REQUESTED:
        return Step(_("Answer the question and send it again"), _("you"), None)
    if startup.lifecycle == Startup.Lifecycle.SUBMITTED:
        item = ModerationItem.objects.open().filter(startup=startup, kind=Kind.NEW).first()
        due_at = item.due_at if item and item.state == ModerationItem.State.OPEN else None
        return Step(_("Answer from Stasion"), _("Stasion coordinator"), None, by_when=due_at)
    return None


def question_of(startup: Startup) -> str:
    """Return what a coordinator asks or why one refused, "" when the applicant owes nothing."""
    waiting = (Startup.Lifecycle.CHANGES_REQUESTED, Startup.Lifecycle.REFUSED, Startup.Lifecycle.SUSPENDED)
    return startup.lifecycle_note if startup.lifecycle in waiting else ""

"""Who may do what with the roadmap, in the words of the policy (docs: design.md section 11).

`can_…` answers for one person and one row (a refusal is 403), the scopes say which rows a person may know of (what
lies outside them is 404).
"""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from ecosystem import roles
from ecosystem.models import User
from roadmap.models import Evidence, Indicator, IndicatorAssignment, Measurement, TargetRevision

Person = User | AnonymousUser


def _has_role(user: Person, *names: str) -> bool:
    return isinstance(user, User) and user.has_role(*names)


def can_edit_roadmap(user: Person) -> bool:
    """Return whether the person may change phases, programmes, actions and their progress."""
    return _has_role(user, roles.PLANNER)


def can_edit_indicators(user: Person) -> bool:
    """Return whether the person may change indicators, what they count for, and their targets."""
    return _has_role(user, roles.PLANNER)


def can_open_values(user: Person) -> bool:
    """Return whether the person has to do with values at all: planners and the Task Force."""
    return _has_role(user, roles.PLANNER, roles.TASK_FORCE)


def can_enter_value(user: Person, indicator: Indicator) -> bool:
    """Return whether the person may enter values of the indicator: planners all, the Task Force what it is assigned.

    One query for a Task Force member.
    """
    if _has_role(user, roles.PLANNER):
        return True
    return _has_role(user, roles.TASK_FORCE) and indicators_editable_by(user).filter(pk=indicator.pk).exists()


def can_verify_value(user: Person, measurement: Measurement) -> bool:
    """Return whether the person may verify or return the value: a planner who did not enter it."""
    return _has_role(user, roles.PLANNER) and measurement.entered_by_id != user.pk


def can_reopen_value(user: Person) -> bool:
    """Return whether the person may open a verified value, or a closed period for one value, again."""
    return _has_role(user, roles.PLANNER)


def can_review_reports(user: Person) -> bool:
    """Return whether the person may generate, review and publish reports."""
    return _has_role(user, roles.PLANNER)


def public_period(prefix: str = "") -> Q:
    """Return which rows may be shown by their period: one of a phase gives away a phase that is not published."""
    phase = f"{prefix}period__phase"
    return Q(**{f"{phase}__isnull": True}) | Q(**{f"{phase}__is_published": True})


def indicators_visible_to(user: Person) -> QuerySet[Indicator]:
    """Return the indicators that the person may know of in the work room."""
    if _has_role(user, roles.PLANNER):
        return Indicator.objects.all()
    if _has_role(user, roles.TASK_FORCE):
        return Indicator.objects.filter(Q(is_public=True) | Q(pk__in=_assigned_to(user)))
    return Indicator.objects.none()


def indicators_editable_by(user: Person) -> QuerySet[Indicator]:
    """Return the indicators whose values the person may enter."""
    if _has_role(user, roles.PLANNER):
        return Indicator.objects.all()
    if _has_role(user, roles.TASK_FORCE):
        return Indicator.objects.filter(pk__in=_assigned_to(user))
    return Indicator.objects.none()


def measurements_visible_to(user: Person) -> QuerySet[Measurement]:
    """Return the values that the person may see: everybody the verified ones, staff also those in the making."""
    if _has_role(user, roles.PLANNER):
        return Measurement.objects.all()
    public = Q(state=Measurement.State.VERIFIED, indicator__is_public=True)
    if _has_role(user, roles.TASK_FORCE):
        return Measurement.objects.filter(public | Q(indicator__in=_assigned_to(user)))
    return Measurement.objects.filter(public)


def evidence_visible_to(user: Person) -> QuerySet[Evidence]:
    """Return the evidence that the person may download; to the public only what stands behind public rows."""
    if _has_role(user, roles.PLANNER):
        return Evidence.objects.all()
    public = Q(is_public=True) & (
        Q(measurement__state=Measurement.State.VERIFIED, measurement__indicator__is_public=True)
        & public_period("measurement__")
        | Q(
            update__is_published=True,
            update__action__is_published=True,
            update__action__programme__is_published=True,
        )
    )
    if _has_role(user, roles.TASK_FORCE):
        return Evidence.objects.filter(public | Q(measurement__indicator__in=_assigned_to(user)))
    return Evidence.objects.filter(public)


def target_documents_visible_to(user: Person) -> QuerySet[TargetRevision]:
    """Return the target revisions whose document the person may download."""
    revisions = TargetRevision.objects.exclude(document="")
    if _has_role(user, roles.PLANNER):
        return revisions
    return revisions.filter(public_period("target__"), target__indicator__is_public=True)


def _assigned_to(user: Person) -> QuerySet[IndicatorAssignment, int]:
    """Return the ids of the indicators whose values the person was asked to enter."""
    return IndicatorAssignment.objects.filter(
        user_id=user.pk or 0, duty=IndicatorAssignment.Duty.ENTER
    ).values_list("indicator_id", flat=True)

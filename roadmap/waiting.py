"""What waits in the roadmap for a planner or a Task Force member, in the order of urgency."""

from datetime import date

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ecosystem.models import User
from ecosystem.waiting import Task, TaskGroup
from malangkraf.numbers import format_percent
from roadmap import permissions
from roadmap.models import AchievementDifference, Measurement, Period, ReportRun
from roadmap.presentation import label_of
from roadmap.services.periods import is_in_life
from roadmap.templatetags.workroom import value_text

SHOWN = 6
State = Measurement.State


def roadmap_tasks(user: User, on: date) -> list[TaskGroup]:
    """Return the groups of tasks; about two queries for each group that the role has."""
    groups: list[TaskGroup] = []
    if permissions.can_edit_roadmap(user):
        groups += [_differences(), _to_verify(user), _reports_to_review()]
    if permissions.can_open_values(user):
        groups += [_returned(user), _drafts(user), _overdue(user, on)]
    return groups


def _differences() -> TaskGroup:
    """Return what last night's comparison of stored and recomputed percentages found."""
    rows = AchievementDifference.objects.select_related("indicator", "period__phase")
    language = get_language() or "id"
    sentence = _(
        "%(period)s: %(stored)s is stored, %(computed)s comes out now. "
        "Save the indicator once more to compute it again."
    )
    tasks = tuple(
        Task(
            title=str(row.indicator),
            detail=sentence
            % {
                "period": label_of(row.period),
                "stored": format_percent(row.stored, language),
                "computed": format_percent(row.computed, language),
            },
            url=reverse("workroom:indicator_edit", args=[row.indicator.slug]),
            since=timezone.localdate(row.found_at),
        )
        for row in rows[:SHOWN]
    )
    title = _("Percentages that a recomputation would change")
    return TaskGroup(title, tasks, rows.count(), reverse("workroom:indicator_list"))


def _values(rows: QuerySet[Measurement]) -> QuerySet[Measurement]:
    return rows.select_related("indicator", "period__phase", "entered_by")


def _value_tasks(rows: QuerySet[Measurement], verb: str) -> tuple[Task, ...]:
    return tuple(
        Task(
            title=str(row.indicator),
            detail=f"{label_of(row.period)}: {value_text(row)}",
            url=reverse(f"workroom:value_{verb}", args=[row.indicator.slug, row.period.address]),
            since=(row.submitted_at or row.updated_at).date(),
            is_late=row.is_late,
        )
        for row in _values(rows)[:SHOWN]
    )


def _to_verify(user: User) -> TaskGroup:
    rows = (
        Measurement.objects.waiting_for_verification().exclude(entered_by=user).order_by("submitted_at", "pk")
    )
    url = reverse("workroom:value_queue")
    return TaskGroup(_("Values to verify"), _value_tasks(rows, "review"), rows.count(), url)


def _returned(user: User) -> TaskGroup:
    rows = Measurement.objects.filter(state__in=[State.RETURNED, State.REOPENED], entered_by=user)
    url = reverse("workroom:value_list")
    return TaskGroup(
        _("Values that came back to you"),
        _value_tasks(rows.order_by("updated_at"), "edit"),
        rows.count(),
        url,
    )


def _drafts(user: User) -> TaskGroup:
    rows = Measurement.objects.filter(state=State.DRAFT, entered_by=user).order_by("updated_at")
    url = reverse("workroom:value_list")
    return TaskGroup(_("Drafts that you have not sent"), _value_tasks(rows, "edit"), rows.count(), url)


def _reports_to_review() -> TaskGroup:
    runs = ReportRun.objects.filter(state=ReportRun.State.DRAFT).select_related("report__period__phase")
    tasks = tuple(
        Task(
            title=label_of(run.report.period),
            detail=_("Version %(number)s") % {"number": run.number},
            url=reverse("workroom:report_run_detail", args=[run.pk]),
            since=run.requested_at.date(),
        )
        for run in runs.order_by("requested_at")[:SHOWN]
    )
    return TaskGroup(_("Reports to review"), tasks, runs.count(), reverse("workroom:report_run_list"))


def _overdue(user: User, on: date) -> TaskGroup:
    """Return the values that are due now and that nobody has begun; historical periods are never overdue."""
    periods = list(
        Period.objects.filter(is_historical=False, due_at__lt=on, closes_at__gte=on)
        .exclude(kind__in=[Period.Kind.DATE, Period.Kind.SPAN])
        .select_related("phase")
    )
    indicators = list(
        permissions.indicators_editable_by(user).filter(automatic_source="", superseded_by=None)
    )
    begun = set(Measurement.objects.filter(period__in=periods).values_list("indicator_id", "period_id"))
    missing = [
        (indicator, period)
        for period in periods
        for indicator in indicators
        if indicator.frequency == period.kind
        and is_in_life(period, indicator)
        and (indicator.pk, period.pk) not in begun
    ]
    tasks = tuple(
        Task(
            title=str(indicator),
            detail=label_of(period),
            url=reverse("workroom:value_edit", args=[indicator.slug, period.address]),
            since=period.due_at,
            is_late=True,
        )
        for indicator, period in missing[:SHOWN]
    )
    return TaskGroup(_("Values that are overdue"), tasks, len(missing), reverse("workroom:value_list"))

"""Progress reports: one per period, made of numbered runs, each with a frozen snapshot and its files."""

from typing import Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, When
from django.utils.translation import gettext_lazy as _

from roadmap.models.achievement import Achievement
from roadmap.models.measurement import Measurement


class ReportQuerySet(models.QuerySet["Report"]):
    """Which reports."""

    def published(self) -> Self:
        """Return the reports with a published version."""
        return self.filter(runs__state=ReportRun.State.PUBLISHED)


class Report(models.Model):
    """The KPI progress report of a period (month, quarter, year or phase: the period's kind)."""

    period = models.OneToOneField(
        "roadmap.Period", models.PROTECT, related_name="report", verbose_name=_("period")
    )
    slug = models.SlugField(_("address"), unique=True, max_length=60)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-period__end", "period__start"]
        verbose_name = _("report")
        verbose_name_plural = _("reports")

    def __str__(self) -> str:
        return self.slug


class ReportRunQuerySet(models.QuerySet["ReportRun"]):
    """Which runs."""

    def unfinished(self) -> Self:
        """Return the runs that a worker still has to bring to a draft."""
        return self.filter(state__in=ReportRun.UNFINISHED)

    def visible_to_public(self) -> Self:
        """Return the published version and the older ones that it replaced."""
        return self.filter(state__in=[ReportRun.State.PUBLISHED, ReportRun.State.SUPERSEDED])

    def with_figures_changed(self) -> Self:
        """Annotate `figures_changed`: published, and a public figure of its time was verified or computed anew since.

        A hint for planners: the figure may be one that the report does not show.
        """
        inside = {
            "indicator__is_public": True,
            "period__start__gte": OuterRef("report__period__start"),
            "period__end__lte": OuterRef("report__period__end"),
        }
        verified = Measurement.objects.filter(**inside, verified_at__gt=OuterRef("cut_off"))
        computed = Achievement.objects.filter(**inside, computed_at__gt=OuterRef("cut_off"))
        is_published = Q(state=ReportRun.State.PUBLISHED)
        return self.annotate(
            figures_changed=Case(When(is_published, then=Exists(verified) | Exists(computed)), default=False)
        )


@pghistory.track(exclude=["snapshot", "heartbeat_at", "claim"])
class ReportRun(models.Model):
    """One numbered version of a report: queued → snapshot → rendering → draft → published → superseded.

    `attempts` counts the tries at the present step; after three the run is parked as failed and shown to staff.
    `snapshot` holds the canonical JSON that the files are made from, `sha256` is over exactly those bytes (UTF-8).
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        SNAPSHOT = "snapshot", _("Collecting the figures")
        RENDERING = "rendering", _("Making the files")
        DRAFT = "draft", _("Draft to review")
        PUBLISHED = "published", _("Published")
        SUPERSEDED = "superseded", _("Replaced by a newer version")
        FAILED = "failed", _("Stopped after errors")
        DISCARDED = "discarded", _("Discarded")

    class Trigger(models.TextChoices):
        SCHEDULE = "schedule", _("By schedule")
        MANUAL = "manual", _("By a planner")
        FIRST_RUN = "first_run", _("At the first start")
        CORRECTION = "correction", _("Correction")

    UNFINISHED = ("queued", "snapshot", "rendering")
    OPEN = ("queued", "snapshot", "rendering", "draft")

    report = models.ForeignKey(Report, models.PROTECT, related_name="runs")
    number = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    trigger = models.CharField(_("made"), max_length=10, choices=Trigger)
    requested_by = models.ForeignKey(
        "ecosystem.User", models.SET_NULL, null=True, blank=True, related_name="requested_report_runs"
    )
    requested_at = models.DateTimeField(_("requested"), auto_now_add=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.CharField(max_length=32, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(_("error"), blank=True)
    cut_off = models.DateTimeField(_("figures as of"), null=True, blank=True)
    snapshot = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    erratum = models.TextField(_("what was corrected"), blank=True)
    erratum_en = models.TextField(_("what was corrected, in English"), blank=True)
    published_by = models.ForeignKey(
        "ecosystem.User", models.SET_NULL, null=True, blank=True, related_name="published_report_runs"
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    objects = ReportRunQuerySet.as_manager()

    class Meta:
        ordering = ["report", "number"]
        verbose_name = _("report version")
        verbose_name_plural = _("report versions")
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="report_run_number_unique"),
            models.UniqueConstraint(
                fields=["report"],
                condition=Q(state__in=["queued", "snapshot", "rendering", "draft"]),
                name="report_run_one_open",
                violation_error_message=_("A version of this report is being made or waits for review."),
            ),
            models.UniqueConstraint(
                fields=["report"], condition=Q(state="published"), name="report_run_one_published"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "snapshot", "failed", "discarded"])
                | (~Q(sha256="") & ~Q(snapshot="")),
                name="report_run_has_snapshot",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["published", "superseded"]) | Q(published_at__isnull=False),
                name="report_run_published_has_date",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="snapshot_frozen",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition(
                    "OLD.sha256 <> '' AND (OLD.snapshot, OLD.sha256, OLD.cut_off)"
                    " IS DISTINCT FROM (NEW.snapshot, NEW.sha256, NEW.cut_off)"
                ),
                func="""
                    RAISE EXCEPTION 'snapshot_frozen: a snapshot never changes; make a new version'
                        USING ERRCODE = 'integrity_constraint_violation';
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.report_id} v{self.number}"

    @property
    def is_being_made(self) -> bool:
        """Return whether a worker still has to make something: the run itself, or a file that is tried again."""
        return self.state in self.UNFINISHED or (
            self.state == self.State.DRAFT and not all(file.is_finished for file in self.files.all())
        )

    @property
    def progress(self) -> int:
        """Return how far the run is, 0-100; no query when `files` is prefetched."""
        if self.state == self.State.QUEUED:
            return 0
        if self.state == self.State.SNAPSHOT:
            return 10
        if not self.is_being_made:
            return 100
        files = list(self.files.all())
        finished = sum(file.is_finished for file in files)
        return 30 + (60 * finished // len(files) if files else 0)


class ReportFile(models.Model):
    """One format of a run in one language, rendered in a task of its own."""

    class Format(models.TextChoices):
        PDF = "pdf", "PDF"
        XLSX = "xlsx", "XLSX"
        HTML = "html", "HTML"

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        RUNNING = "running", _("Being made")
        DONE = "done", _("Ready")
        FAILED = "failed", _("Stopped after errors")

    run = models.ForeignKey(ReportRun, models.CASCADE, related_name="files")
    format = models.CharField(max_length=4, choices=Format)
    language = models.CharField(max_length=2, choices=[("id", "Bahasa Indonesia"), ("en", "English")])
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.CharField(max_length=32, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    file = models.FileField(upload_to="reports/", blank=True)
    size = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["language", "format"]
        verbose_name = _("report file")
        verbose_name_plural = _("report files")
        constraints = [
            models.UniqueConstraint(fields=["run", "format", "language"], name="report_file_unique"),
            models.CheckConstraint(
                condition=~Q(state="done") | ~Q(file=""), name="report_file_done_has_file"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.format} {self.language}"

    @property
    def is_finished(self) -> bool:
        """Return whether no worker has to touch the file any more."""
        return self.state in {self.State.DONE, self.State.FAILED}


class ScheduleSlot(models.Model):
    """That a scheduled job was done for a due time: three beats insert, one wins."""

    name = models.CharField(max_length=60)
    due_at = models.DateTimeField()
    taken_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("schedule slot")
        verbose_name_plural = _("schedule slots")
        constraints = [models.UniqueConstraint(fields=["name", "due_at"], name="schedule_slot_unique")]

    def __str__(self) -> str:
        return f"{self.name} {self.due_at:%Y-%m-%d %H:%M}"

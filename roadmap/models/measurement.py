"""Measured values, the evidence behind them and their re-openings."""

from typing import Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _


class MeasurementQuerySet(models.QuerySet["Measurement"]):
    """Which values."""

    def public(self) -> Self:
        """Return the verified values of public indicators: all that the public ever sees."""
        return self.filter(state=Measurement.State.VERIFIED, indicator__is_public=True)

    def shown(self) -> Self:
        """Return the verified values and those that were verified and are being checked again.

        The public sees the number of the first and only the reason of the second.
        """
        # A closed period that was opened for a first value has a re-opening without a value before it.
        published_before = MeasurementReopening.objects.filter(
            measurement=OuterRef("pk"), previous_value__isnull=False
        )
        return self.filter(Q(state=Measurement.State.VERIFIED) | Exists(published_before))

    def waiting_for_verification(self) -> Self:
        """Return the values that somebody submitted and nobody has checked yet."""
        return self.filter(state=Measurement.State.SUBMITTED)


@pghistory.track()
class Measurement(models.Model):
    """The one value of an indicator in a period, or the reason why there is none. 0 is a value.

    `version` is the optimistic lock: a save that starts from an older version is refused.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Waiting for verification")
        VERIFIED = "verified", _("Verified")
        RETURNED = "returned", _("Returned with a comment")
        REOPENED = "reopened", _("Opened again")

    class Provenance(models.TextChoices):
        ENTERED = "entered", _("Entered in the portal")
        IMPORTED = "imported", _("Imported from a file")
        HISTORICAL = "historical", _("Published before the portal existed")
        AUTOMATIC = "automatic", _("Counted by the portal")

    indicator = models.ForeignKey("roadmap.Indicator", models.PROTECT, related_name="measurements")
    period = models.ForeignKey("roadmap.Period", models.PROTECT, related_name="measurements")
    value = models.DecimalField(_("value"), max_digits=24, decimal_places=6, null=True, blank=True)
    numerator = models.DecimalField(_("numerator"), max_digits=24, decimal_places=6, null=True, blank=True)
    denominator = models.DecimalField(
        _("denominator"), max_digits=24, decimal_places=6, null=True, blank=True
    )
    missing_reason = models.TextField(_("why there is no value"), blank=True)
    is_provisional = models.BooleanField(_("provisional"), default=False)
    as_of = models.DateField(_("as of"), null=True, blank=True)
    source_url = models.URLField(_("source"), max_length=500, blank=True)
    note = models.TextField(_("note"), blank=True)
    note_en = models.TextField(_("note in English"), blank=True)
    is_disputed = models.BooleanField(_("published sources disagree"), default=False)
    supporting = models.TextField(_("supporting factors"), blank=True)
    supporting_en = models.TextField(_("supporting factors in English"), blank=True)
    obstacles = models.TextField(_("obstacles"), blank=True)
    obstacles_en = models.TextField(_("obstacles in English"), blank=True)
    follow_up = models.TextField(_("follow-up"), blank=True)
    follow_up_en = models.TextField(_("follow-up in English"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    provenance = models.CharField(
        _("provenance"), max_length=10, choices=Provenance, default=Provenance.ENTERED
    )
    review_comment = models.TextField(_("comment of the checker"), blank=True)
    is_late = models.BooleanField(_("entered late"), default=False)
    entered_by = models.ForeignKey(
        "ecosystem.User", models.SET_NULL, null=True, blank=True, related_name="entered_measurements"
    )
    verified_by = models.ForeignKey(
        "ecosystem.User", models.SET_NULL, null=True, blank=True, related_name="verified_measurements"
    )
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(_("last updated"), auto_now=True)

    objects = MeasurementQuerySet.as_manager()

    class Meta:
        ordering = ["period__start", "period__end"]
        verbose_name = _("value")
        verbose_name_plural = _("values")
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "period"],
                name="measurement_unique",
                violation_error_message=_("This period has a value already. Open it and change it there."),
            ),
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(state="reopened")
                | Q(value__isnull=False)
                | ~Q(missing_reason=""),
                name="measurement_value_or_reason",
                violation_error_message=_("Enter a value, or say why there is none."),
            ),
            models.CheckConstraint(
                condition=Q(value=None) | Q(missing_reason=""),
                name="measurement_not_value_and_reason",
                violation_error_message=_("Enter a value or the reason why there is none, not both."),
            ),
            models.CheckConstraint(
                condition=Q(numerator=None, denominator=None)
                | Q(numerator__isnull=False, denominator__isnull=False),
                name="measurement_ratio_complete",
                violation_error_message=_("Enter both the numerator and the denominator."),
            ),
            # NULL on either side (a deleted account, a historical figure) passes.
            models.CheckConstraint(
                condition=~Q(entered_by=F("verified_by")),
                name="measurement_two_people",
                violation_error_message=_("The person who entered a value may not verify it."),
            ),
            models.CheckConstraint(
                condition=~Q(state="verified") | Q(verified_at__isnull=False),
                name="measurement_verified_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(provenance="historical") | ~Q(source_url=""),
                name="measurement_historical_has_source",
                violation_error_message=_("A historical value needs its source."),
            ),
        ]
        indexes = [models.Index(fields=["state", "submitted_at"], name="measurement_queue")]
        triggers = [
            pgtrigger.Trigger(
                name="verified_frozen",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition(
                    "OLD.state = 'verified' AND NEW.state = 'verified'"
                    " AND (OLD.value, OLD.numerator, OLD.denominator, OLD.missing_reason)"
                    " IS DISTINCT FROM (NEW.value, NEW.numerator, NEW.denominator, NEW.missing_reason)"
                ),
                func="""
                    RAISE EXCEPTION 'verified_frozen: open the value again, with a reason, before changing it'
                        USING ERRCODE = 'integrity_constraint_violation';
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.period_id}"

    @property
    def is_missing(self) -> bool:
        """Return whether there is no value; 0 is a value."""
        return self.value is None

    @property
    def is_locked_by_verification(self) -> bool:
        """Return whether the value must be opened again before it can change."""
        return self.state == self.State.VERIFIED


class MeasurementReopening(models.Model):
    """Why a value was opened again, by whom, when and until which day, None for no end; never changed."""

    measurement = models.ForeignKey(Measurement, models.PROTECT, related_name="reopenings")
    reason = models.TextField(_("reason"))
    previous_value = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    until = models.DateField(_("open until"), null=True, blank=True)
    by = models.ForeignKey("ecosystem.User", models.SET_NULL, null=True, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at"]
        verbose_name = _("re-opening of a value")
        verbose_name_plural = _("re-openings of values")
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="reopening_has_reason")]
        triggers = [
            pgtrigger.ReadOnly(
                name="append_only", fields=["measurement", "reason", "previous_value", "until", "at"]
            )
        ]

    def __str__(self) -> str:
        return self.reason[:60]


@pghistory.track()
class Evidence(models.Model):
    """What stands behind a value: a file with its sha256, or an address."""

    measurement = models.ForeignKey(
        Measurement, models.CASCADE, null=True, blank=True, related_name="evidence", verbose_name=_("value")
    )
    update = models.ForeignKey(
        "roadmap.ProgressUpdate", models.CASCADE, null=True, blank=True, related_name="evidence"
    )
    title = models.CharField(_("title"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    url = models.URLField(_("address"), max_length=500, blank=True)
    file = models.FileField(_("file"), upload_to="evidence/", blank=True)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    content_type = models.CharField(max_length=80, blank=True, editable=False)
    document_date = models.DateField(_("date of the document"), null=True, blank=True)
    is_public = models.BooleanField(_("public"), default=True)
    added_by = models.ForeignKey("ecosystem.User", models.SET_NULL, null=True, blank=True, editable=False)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            models.CheckConstraint(
                condition=Q(measurement__isnull=False, update=None)
                | Q(measurement=None, update__isnull=False),
                name="evidence_one_parent",
            ),
            models.CheckConstraint(
                condition=~Q(url="", file=""),
                name="evidence_url_or_file",
                violation_error_message=_("Give an address or a file."),
            ),
            models.CheckConstraint(condition=Q(file="") | ~Q(sha256=""), name="evidence_file_has_hash"),
        ]

    def __str__(self) -> str:
        return self.title

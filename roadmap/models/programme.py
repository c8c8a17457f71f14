"""Programmes of the roadmap, their actions and dated progress updates."""

from typing import Self

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from roadmap.models.phase import PublishedQuerySet


@pghistory.track()
class Programme(models.Model):
    """A strand of the roadmap that runs through one or more phases."""

    slug = models.SlugField(_("address"), unique=True, max_length=80)
    title = models.CharField(_("title"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    promise = models.TextField(_("what was promised"))
    promise_en = models.TextField(_("what was promised, in English"), blank=True)
    outcome = models.TextField(_("what happened"), blank=True)
    outcome_en = models.TextField(_("what happened, in English"), blank=True)
    phases = models.ManyToManyField("roadmap.Phase", related_name="programmes", verbose_name=_("phases"))
    subsectors = models.ManyToManyField(
        "ecosystem.Subsector", related_name="programmes", blank=True, verbose_name=_("subsectors")
    )
    lead_organization = models.ForeignKey(
        "ecosystem.Organization",
        models.PROTECT,
        related_name="led_programmes",
        verbose_name=_("lead organization"),
    )
    source_url = models.URLField(_("source"), max_length=500, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_published = models.BooleanField(_("published"), default=True)
    updated_at = models.DateTimeField(_("last updated"), auto_now=True)

    objects = PublishedQuerySet.as_manager()

    class Meta:
        ordering = ["order", "title"]
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")

    def __str__(self) -> str:
        return self.title


class ActionQuerySet(PublishedQuerySet["Action"]):
    """Which actions."""

    def published(self) -> Self:
        """Return the published actions of published programmes."""
        return self.filter(is_published=True, programme__is_published=True)


@pghistory.track()
class Action(models.Model):
    """Something concrete that a programme set out to do."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        DELAYED = "delayed", _("Delayed")
        CANCELLED = "cancelled", _("Cancelled")

    slug = models.SlugField(_("address"), unique=True, max_length=80)
    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="actions", verbose_name=_("programme")
    )
    phase = models.ForeignKey(
        "roadmap.Phase", models.PROTECT, related_name="actions", verbose_name=_("phase")
    )
    title = models.CharField(_("title"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    promise = models.TextField(_("what was promised"))
    promise_en = models.TextField(_("what was promised, in English"), blank=True)
    outcome = models.TextField(_("what happened"), blank=True)
    outcome_en = models.TextField(_("what happened, in English"), blank=True)
    lead_organization = models.ForeignKey(
        "ecosystem.Organization",
        models.PROTECT,
        related_name="led_actions",
        verbose_name=_("lead organization"),
    )
    partners = models.ManyToManyField(
        "ecosystem.Organization", related_name="supported_actions", blank=True, verbose_name=_("partners")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLANNED)
    reason = models.TextField(_("reason for the delay or cancellation"), blank=True)
    reason_en = models.TextField(_("reason in English"), blank=True)
    planned_start = models.DateField(_("planned start"), null=True, blank=True)
    planned_end = models.DateField(_("planned end"), null=True, blank=True)
    actual_start = models.DateField(_("actual start"), null=True, blank=True)
    actual_end = models.DateField(_("actual end"), null=True, blank=True)
    weight = models.DecimalField(_("weight"), max_digits=6, decimal_places=2, default=1)
    source_url = models.URLField(_("source"), max_length=500, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_published = models.BooleanField(_("published"), default=True)
    updated_at = models.DateTimeField(_("last updated"), auto_now=True)

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["order", "planned_start", "title"]
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["delayed", "cancelled"]) | ~Q(reason=""),
                name="action_delay_has_reason",
                violation_error_message=_("Say why the action is delayed or cancelled."),
            ),
            models.CheckConstraint(
                condition=Q(planned_end__gte=F("planned_start"))
                | Q(planned_end=None)
                | Q(planned_start=None),
                name="action_planned_order",
                violation_error_message=_("The planned end must not come before the planned start."),
            ),
            models.CheckConstraint(
                condition=Q(actual_end__gte=F("actual_start")) | Q(actual_end=None) | Q(actual_start=None),
                name="action_actual_order",
                violation_error_message=_("The actual end must not come before the actual start."),
            ),
            models.CheckConstraint(
                condition=Q(weight__gt=0),
                name="action_weight_positive",
                violation_error_message=_("The weight must be greater than 0."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track()
class ProgressUpdate(models.Model):
    """What had happened with an action by a day, with its source."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="updates", verbose_name=_("action"))
    as_of = models.DateField(_("as of"))
    text = models.TextField(_("what happened"))
    text_en = models.TextField(_("what happened, in English"), blank=True)
    percent = models.DecimalField(
        _("progress in percent"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    planned_percent = models.DecimalField(
        _("planned progress in percent"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    organization = models.ForeignKey(
        "ecosystem.Organization", models.PROTECT, null=True, blank=True, related_name="progress_updates"
    )
    author = models.ForeignKey("ecosystem.User", models.SET_NULL, null=True, blank=True, editable=False)
    source_url = models.URLField(_("source"), max_length=500, blank=True)
    is_published = models.BooleanField(_("published"), default=True)
    created_at = models.DateTimeField(_("entered"), auto_now_add=True)

    objects = PublishedQuerySet.as_manager()

    class Meta:
        ordering = ["as_of", "pk"]
        verbose_name = _("progress update")
        verbose_name_plural = _("progress updates")
        constraints = [
            models.CheckConstraint(
                condition=Q(percent=None) | Q(percent__range=(0, 100)),
                name="progress_percent_0_100",
                violation_error_message=_("Progress must lie between 0 and 100 percent."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.as_of}: {self.text[:60]}"

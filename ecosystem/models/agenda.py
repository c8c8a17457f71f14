"""The agenda: public events in the facilities (schema.org Event)."""

from datetime import datetime
from typing import Self

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ecosystem.models.booking import Booking, Occurrence
from ecosystem.models.facility import Facility
from ecosystem.models.reference import Subsector
from ecosystem.models.space import Space


class EventQuerySet(models.QuerySet["AgendaEvent"]):
    """Which events."""

    def public(self) -> Self:
        """Return those that everybody may see; a cancelled one stays, marked."""
        return self.filter(is_published=True)

    def upcoming(self, *, at: datetime) -> Self:
        """Return those that are not over at an instant."""
        return self.filter(ends_at__gt=at)

    def waiting(self, *, at: datetime) -> Self:
        """Return the events of confirmed dates to come that no manager has looked at yet."""
        rows = self.upcoming(at=at).filter(looked_at=None, is_published=False, cancelled_at=None)
        return rows.filter(occurrence__state=Occurrence.State.CONFIRMED)


@pghistory.track()
class AgendaEvent(models.Model):
    """A public event: the public face of a booked date, or one that a manager wrote down without a booking.

    The organiser's name is public because its owner asked for that on the booking form; nothing else of a booking is.
    """

    class Kind(models.TextChoices):
        TALK = "talk", _("Talk")
        WORKSHOP = "workshop", _("Workshop")
        EXHIBITION = "exhibition", _("Exhibition")
        SCREENING = "screening", _("Screening or performance")
        COMPETITION = "competition", _("Competition")
        MEETUP = "meetup", _("Community meeting")
        OTHER = "other", _("Other")

    slug = models.SlugField(_("address"), unique=True, max_length=100)
    facility = models.ForeignKey(
        Facility, models.PROTECT, related_name="agenda_events", verbose_name=_("facility")
    )
    space = models.ForeignKey(
        Space, models.SET_NULL, null=True, blank=True, related_name="agenda_events", verbose_name=_("space")
    )
    booking = models.ForeignKey(Booking, models.SET_NULL, null=True, blank=True, related_name="agenda_events")
    occurrence = models.OneToOneField(
        Occurrence, models.SET_NULL, null=True, blank=True, related_name="agenda_event"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    title = models.CharField(_("title"), max_length=150)
    title_en = models.CharField(_("title in English"), max_length=150, blank=True)
    organizer = models.CharField(_("organiser"), max_length=150)
    subsector = models.ForeignKey(
        Subsector, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("subsector")
    )
    summary = models.TextField(_("what it is about"), max_length=2000, blank=True)
    summary_en = models.TextField(_("what it is about, in English"), max_length=2000, blank=True)
    registration_url = models.URLField(_("where to register"), max_length=300, blank=True)
    is_free = models.BooleanField(_("free of charge"), null=True, blank=True)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    is_published = models.BooleanField(_("published"), default=False)
    # When a manager let it into the agenda or kept it out. Empty: nobody of the facility has seen what a booker wrote.
    looked_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    is_sample = models.BooleanField(_("sample"), default=False)
    source_url = models.URLField(_("source"), max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="event_ends_after_start",
                violation_error_message=_("The end is not after the beginning."),
            )
        ]
        indexes = [models.Index(fields=["is_published", "starts_at"], name="event_agenda")]

    def __str__(self) -> str:
        return self.title

"""Which facility an action builds, and which indicator its use moves: the roadmap knows the facilities, not they it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ecosystem.models import Facility
from roadmap.models.indicator import Indicator
from roadmap.models.programme import Action


class FacilityLink(models.Model):
    """That an action or an indicator of the roadmap is about a facility (one of the two)."""

    facility = models.ForeignKey(Facility, models.CASCADE, related_name="roadmap_links")
    action = models.ForeignKey(
        Action, models.CASCADE, null=True, blank=True, related_name="facility_links", verbose_name=_("action")
    )
    indicator = models.ForeignKey(
        Indicator,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="facility_links",
        verbose_name=_("indicator"),
    )

    class Meta:
        ordering = ["facility", "pk"]
        verbose_name = _("link of a facility to the roadmap")
        verbose_name_plural = _("links of facilities to the roadmap")
        constraints = [
            models.CheckConstraint(
                condition=Q(action__isnull=False, indicator=None) | Q(action=None, indicator__isnull=False),
                name="facility_link_is_one_thing",
            ),
            models.UniqueConstraint(
                fields=["facility", "action", "indicator"],
                name="facility_link_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.facility_id} {self.action_id or self.indicator_id}"

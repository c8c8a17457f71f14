"""Organisations that take part in the roadmap."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Organization(models.Model):
    """A city office, university, community or company that takes part (schema.org Organization)."""

    class Kind(models.TextChoices):
        CITY_OFFICE = "city_office", _("City office")
        GOVERNMENT = "government", _("Other government body")
        UNIVERSITY = "university", _("University")
        COMMUNITY = "community", _("Community")
        COMPANY = "company", _("Company")
        MEDIA = "media", _("Media")

    slug = models.SlugField(_("address"), unique=True, max_length=80)
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    also_known_as = models.CharField(_("earlier or other names"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    helix_actor = models.ForeignKey(
        "ecosystem.HelixActor", models.PROTECT, null=True, blank=True, related_name="organizations"
    )
    role = models.CharField(_("what it does here"), max_length=300, blank=True)
    role_en = models.CharField(_("what it does here, in English"), max_length=300, blank=True)
    website = models.URLField(_("website"), blank=True)
    source_url = models.URLField(_("source"), max_length=500, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")

    def __str__(self) -> str:
        return self.short_name or self.name

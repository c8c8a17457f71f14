"""Reference data: creative subsectors, administrative areas and helix actors (facts.json, each with its source)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Subsector(models.Model):
    """One of the creative-economy subsectors; a list with dates, since the ministry announced additions."""

    code = models.SlugField(_("code"), unique=True, max_length=60)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    class Meta:
        ordering = ["order", "code"]
        verbose_name = _("subsector")
        verbose_name_plural = _("subsectors")

    def __str__(self) -> str:
        return self.name


class Area(models.Model):
    """What kecamatan and kelurahan share: the Kemendagri code, the name and the centroid (WGS 84, degrees)."""

    code = models.CharField(_("Kemendagri code"), unique=True, max_length=13)
    name = models.CharField(_("name"), max_length=80)
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5, null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Kecamatan(Area):
    """One of the five districts of Malang."""

    area_km2 = models.DecimalField(_("area in km²"), max_digits=7, decimal_places=2, null=True, blank=True)

    class Meta(Area.Meta):
        verbose_name = "kecamatan"
        verbose_name_plural = "kecamatan"


class Kelurahan(Area):
    """One of the 57 wards of Malang."""

    kecamatan = models.ForeignKey(
        Kecamatan, models.PROTECT, related_name="kelurahan", verbose_name="kecamatan"
    )
    postal_code = models.CharField(_("postal code"), max_length=5, blank=True)

    class Meta(Area.Meta):
        verbose_name = "kelurahan"
        verbose_name_plural = "kelurahan"


class HelixActor(models.Model):
    """A kind of actor in the penta-helix (government, academia, business, community, media, …)."""

    code = models.SlugField(_("code"), unique=True, max_length=40)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["order", "code"]
        verbose_name = _("helix actor")
        verbose_name_plural = _("helix actors")

    def __str__(self) -> str:
        return self.name

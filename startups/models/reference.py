"""Code lists of the directory (SKOS concepts): services, technologies, words that mean the same."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Concept(models.Model):
    """What the code lists share: a stable code and a name in each language."""

    code = models.SlugField(_("code"), unique=True, max_length=60)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        abstract = True
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name


class ServiceType(Concept):
    """A service that buyers look for, for example making a mobile app."""

    class Meta(Concept.Meta):
        verbose_name = _("service")
        verbose_name_plural = _("services")


class Technology(Concept):
    """A technology that a studio works with."""

    class Meta(Concept.Meta):
        verbose_name = _("technology")
        verbose_name_plural = _("technologies")


class SynonymGroup(models.Model):
    """Words that searchers use for the same thing (gim, game); all lower case, phrases allowed."""

    words = ArrayField(models.CharField(max_length=60), verbose_name=_("words"))

    class Meta:
        ordering = ["pk"]
        verbose_name = _("group of synonyms")
        verbose_name_plural = _("groups of synonyms")

    def __str__(self) -> str:
        return ", ".join(self.words)

"""What belongs to an entry: links, contacts, products, business codes, earlier addresses; and what is left of one."""

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from startups.models.startup import Startup


class StartupLink(models.Model):
    """A public address of the entry beside its website (schema.org sameAs)."""

    class Kind(models.TextChoices):
        INSTAGRAM = "instagram", "Instagram"
        LINKEDIN = "linkedin", "LinkedIn"
        FACEBOOK = "facebook", "Facebook"
        YOUTUBE = "youtube", "YouTube"
        TIKTOK = "tiktok", "TikTok"
        GITHUB = "github", "GitHub"
        ITCH = "itch", "itch.io"
        STEAM = "steam", "Steam"
        PLAY_STORE = "play_store", "Google Play"
        APP_STORE = "app_store", "App Store"
        OTHER = "other", _("Other page")

    startup = models.ForeignKey(Startup, models.CASCADE, related_name="links")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    url = models.URLField(_("address"), max_length=300)

    class Meta:
        ordering = ["kind", "pk"]
        constraints = [models.UniqueConstraint(fields=["startup", "url"], name="startup_link_once")]

    def __str__(self) -> str:
        return self.url


class ContactPoint(models.Model):
    """A way to reach the entry (schema.org ContactPoint); private until the owner makes it public."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Phone")
        WHATSAPP = "whatsapp", "WhatsApp"

    startup = models.ForeignKey(Startup, models.CASCADE, related_name="contacts")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    value = models.CharField(_("contact"), max_length=254)
    is_public = models.BooleanField(_("public"), default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["startup", "kind"], name="contact_one_of_each_kind")]

    def __str__(self) -> str:
        return f"{self.startup_id} {self.kind}"


@pghistory.track()
class Product(models.Model):
    """Something that the entry has made (schema.org SoftwareApplication, VideoGame or Product)."""

    class Kind(models.TextChoices):
        APP = "app", _("App")
        GAME = "game", _("Game")
        DEVICE = "device", _("Device")
        WORK = "work", _("Creative work")

    startup = models.ForeignKey(Startup, models.CASCADE, related_name="products")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    title = models.CharField(_("title"), max_length=120)
    year = models.PositiveSmallIntegerField(
        _("year"), null=True, blank=True, validators=[MinValueValidator(1945), MaxValueValidator(2100)]
    )
    summary = models.CharField(_("in one sentence"), max_length=200, blank=True)
    summary_en = models.CharField(_("in one sentence, in English"), max_length=200, blank=True)
    url = models.URLField(_("address"), max_length=300, blank=True)

    class Meta:
        ordering = ["-year", "title"]
        verbose_name = _("product")
        verbose_name_plural = _("products")

    def __str__(self) -> str:
        return self.title


class StartupKbli(models.Model):
    """A business classification of the entry: scheme and code always together (KBLI 2020 was replaced by 2025)."""

    startup = models.ForeignKey(Startup, models.CASCADE, related_name="kbli_codes")
    scheme = models.CharField(max_length=4, choices=[("2020", "KBLI 2020"), ("2025", "KBLI 2025")])
    code = models.CharField(_("code"), max_length=5)

    class Meta:
        ordering = ["scheme", "code"]
        constraints = [
            models.UniqueConstraint(fields=["startup", "scheme", "code"], name="startup_kbli_once"),
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9]{5}$"), name="startup_kbli_five_digits"),
        ]

    def __str__(self) -> str:
        return f"KBLI {self.scheme}: {self.code}"


class StartupAlias(models.Model):
    """An earlier address of an entry, or that of an entry merged into it; it redirects for ever."""

    slug = models.SlugField(unique=True, max_length=80)
    startup = models.ForeignKey(Startup, models.CASCADE, related_name="aliases")
    reason = models.CharField(max_length=10, choices=[("renamed", _("renamed")), ("merged", _("merged"))])
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.slug


class ReferenceCounter(models.Model):
    """The last reference number that was given in a year; it stays when its entry is erased."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year} {self.last}"


class Tombstone(models.Model):
    """That an entry left the public directory, so that copies elsewhere can forget it too; no name, no person."""

    class Reason(models.TextChoices):
        WITHDRAWN = "withdrawn", _("withdrawn")
        SUSPENDED = "suspended", _("suspended")
        MERGED = "merged", _("merged")
        ERASED = "erased", _("erased")

    uuid = models.UUIDField(unique=True)
    reason = models.CharField(max_length=10, choices=Reason)
    merged_into = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return str(self.uuid)

"""The directory entry of a startup, studio or other actor of the creative economy."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from startups.rules.freshness import DORMANT_AFTER


def shown_at_first() -> list[str]:
    """Return which optional fields a new entry shows to the public: nothing that could name a home or a person."""
    return ["founded", "stage", "team_band"]


class StartupQuerySet(models.QuerySet["Startup"]):
    """Which entries."""

    def public(self) -> Self:
        """Return the entries whose page the public may open: listed ones, and closed or merged ones as such."""
        return self.filter(lifecycle__in=Startup.WITH_PAGE)

    def listed(self, *, on: date) -> Self:
        """Return the entries of the default list on a day: published and not dormant."""
        return self.filter(
            lifecycle=Startup.Lifecycle.PUBLISHED, last_confirmed_on__gt=on - timedelta(days=DORMANT_AFTER)
        )

    def listed_when_ended(self, day: date) -> Self:
        """Return the entries of the default list at the end of a past day (Asia/Jakarta), as far as the rows can tell.

        A row knows when it was published, closed and last confirmed. One that has been suspended, withdrawn or merged
        since is left out of all days before, too, and one that was confirmed since counts as confirmed from its
        publication on.
        """
        stayed = Q(lifecycle=Startup.Lifecycle.PUBLISHED) | Q(
            lifecycle=Startup.Lifecycle.CLOSED, closed_on__gt=day
        )
        ends_at = datetime.combine(day + timedelta(days=1), time.min, timezone.get_default_timezone())
        return self.filter(
            stayed, published_at__lt=ends_at, last_confirmed_on__gt=day - timedelta(days=DORMANT_AFTER)
        )

    def of(self, user_id: int | None) -> Self:
        """Return the entries that the person is a member of."""
        return self.filter(memberships__user_id=user_id or 0)


@pghistory.track(exclude=["nib", "street", "search_name"])
class Startup(models.Model):
    """One entry (schema.org Organization). Four axes are kept apart, each with its own field or table:

    lifecycle (this row), freshness (computed from `last_confirmed_on`: rules.freshness), verification (the newest
    `Verification` in force) and claim (this row; memberships say by whom).
    """

    class Kind(models.TextChoices):
        STARTUP = "startup", _("Startup")
        APP_STUDIO = "app_studio", _("App studio")
        GAME_STUDIO = "game_studio", _("Game studio")
        AGENCY = "agency", _("Agency")
        CREATIVE_STUDIO = "creative_studio", _("Creative studio")
        COMMUNITY = "community", _("Community")
        INCUBATOR = "incubator", _("Incubator or training")
        MEDIA = "media", _("Media")

    class Lifecycle(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Sent to Stasion")
        CHANGES_REQUESTED = "changes_requested", _("Question from Stasion")
        PUBLISHED = "published", _("Published")
        SUSPENDED = "suspended", _("Suspended")
        CLOSED = "closed", _("Closed")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        REFUSED = "refused", _("Refused")
        MERGED = "merged", _("Merged with another entry")

    class Claim(models.TextChoices):
        UNCLAIMED = "unclaimed", _("Not claimed yet")
        CLAIM_OPEN = "claim_open", _("Claim being checked")
        CLAIMED = "claimed", _("Kept by its owners")
        DISPUTED = "disputed", _("Ownership disputed")

    class Stage(models.TextChoices):
        IDEA = "idea", _("Idea")
        PROTOTYPE = "prototype", _("Prototype")
        LAUNCHED = "launched", _("First product on the market")
        GROWING = "growing", _("Growing")
        ESTABLISHED = "established", _("Established")

    class TeamBand(models.TextChoices):
        ONE = "1", _("1 person")
        TO_5 = "2-5", _("2-5 people")
        TO_10 = "6-10", _("6-10 people")
        TO_25 = "11-25", _("11-25 people")
        TO_50 = "26-50", _("26-50 people")
        MORE = "51+", _("51 people or more")

    class Precision(models.TextChoices):
        YEAR = "year", _("only the year")
        MONTH = "month", _("month and year")
        DAY = "day", _("the exact day")

    class PointPrecision(models.TextChoices):
        KELURAHAN = "kelurahan", _("somewhere in the kelurahan")
        EXACT = "exact", _("the exact place")

    class OpenTo(models.TextChoices):
        CLIENTS = "clients", _("Clients")
        HIRING = "hiring", _("Hiring")
        COLLABORATION = "collaboration", _("Collaboration")
        INTERNS = "interns", _("Interns")
        INVESTORS = "investors", _("Investors")

    class Optional(models.TextChoices):
        """Fields whose visibility the owner chooses; what is not in `public_fields` never leaves the portal."""

        LEGAL_NAME = "legal_name", _("Legal name")
        FOUNDED = "founded", _("Founded")
        STAGE = "stage", _("Stage")
        TEAM_BAND = "team_band", _("Team size")
        STREET = "street", _("Street")
        POINT = "point", _("Exact place on the map")
        KBLI = "kbli", _("KBLI codes")

    class Source(models.TextChoices):
        REGISTERED = "registered", _("Registered by its founder")
        IMPORTED = "imported", _("From a member list")
        SAMPLE = "sample", _("Sample")

    WITH_PAGE = ("published", "closed", "merged")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("address"), unique=True, max_length=80)
    reference = models.CharField(_("reference number"), max_length=20, blank=True)
    name = models.CharField(_("name"), max_length=120)
    legal_name = models.CharField(_("legal name"), max_length=160, blank=True)
    alternate_names = models.CharField(_("other names"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    summary = models.CharField(_("in one sentence"), max_length=200, blank=True)
    summary_en = models.CharField(_("in one sentence, in English"), max_length=200, blank=True)
    description = models.TextField(_("description"), max_length=4000, blank=True)
    description_en = models.TextField(_("description in English"), max_length=4000, blank=True)
    # 192 px and 96 px WebP, made from what was uploaded (startups.services.logos).
    logo = models.FileField(_("logo"), upload_to="logos/", blank=True)
    logo_small = models.FileField(upload_to="logos/", blank=True, editable=False)
    logo_alt = models.CharField(_("what the logo shows"), max_length=160, blank=True)
    logo_alt_en = models.CharField(_("what the logo shows, in English"), max_length=160, blank=True)
    founded = models.DateField(_("founded"), null=True, blank=True)
    founded_precision = models.CharField(max_length=5, choices=Precision, default=Precision.YEAR)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    stage = models.CharField(_("stage"), max_length=12, choices=Stage, blank=True)
    team_band = models.CharField(_("team size"), max_length=6, choices=TeamBand, blank=True)
    website = models.URLField(_("website"), max_length=300, blank=True)
    # The registrable host of `website`, lower case without "www.", kept by the services (duplicates, domain proof).
    website_domain = models.CharField(max_length=253, blank=True, db_index=True, editable=False)
    kelurahan = models.ForeignKey(
        "ecosystem.Kelurahan", models.PROTECT, null=True, blank=True, related_name="startups"
    )
    kecamatan = models.ForeignKey(
        "ecosystem.Kecamatan", models.PROTECT, null=True, blank=True, related_name="startups"
    )
    street = models.CharField(_("street"), max_length=200, blank=True)
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    point_precision = models.CharField(
        max_length=10, choices=PointPrecision, default=PointPrecision.KELURAHAN
    )
    open_to = ArrayField(
        models.CharField(max_length=15, choices=OpenTo), verbose_name=_("open to"), default=list, blank=True
    )
    public_fields = ArrayField(
        models.CharField(max_length=12, choices=Optional), default=shown_at_first, blank=True
    )
    # Messages of visitors are passed on to the owners' mailboxes without showing an address.
    takes_messages = models.BooleanField(_("takes messages through the portal"), default=True)
    nib = models.CharField(_("NIB"), max_length=13, blank=True)
    subsectors = models.ManyToManyField(
        "ecosystem.Subsector", through="startups.StartupSubsector", related_name="startups"
    )
    services = models.ManyToManyField(
        "startups.ServiceType", related_name="startups", blank=True, verbose_name=_("services")
    )
    technologies = models.ManyToManyField(
        "startups.Technology", related_name="startups", blank=True, verbose_name=_("technologies")
    )
    lifecycle = models.CharField(_("state"), max_length=20, choices=Lifecycle, default=Lifecycle.DRAFT)
    # Why it stands as it does, in the moderator's words to the applicant; shown to members only.
    lifecycle_note = models.TextField(blank=True)
    claim = models.CharField(_("claim"), max_length=10, choices=Claim, default=Claim.UNCLAIMED)
    source = models.CharField(max_length=10, choices=Source, default=Source.REGISTERED)
    is_sample = models.BooleanField(_("sample"), default=False)
    # The applicant's: mails about the entry are written in it.
    language = models.CharField(
        max_length=2, choices=[("id", "Bahasa Indonesia"), ("en", "English")], default="id"
    )
    # The last registration step that was saved (0 to 5).
    step = models.PositiveSmallIntegerField(default=0)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged_from")
    created_by = models.ForeignKey(
        "ecosystem.User", models.SET_NULL, null=True, blank=True, related_name="created_startups"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    # Asia/Jakarta day on which a member last said that the entry is right; any edit by an owner counts.
    last_confirmed_on = models.DateField(null=True, blank=True)
    # Optimistic lock: a save that starts from an older version is merged by field or refused.
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(_("last updated"), auto_now=True)

    objects = StartupQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("startup")
        verbose_name_plural = _("startups")
        constraints = [
            models.UniqueConstraint(
                Upper("reference"), condition=~Q(reference=""), name="startup_reference_unique"
            ),
            models.CheckConstraint(
                condition=~Q(lifecycle="published")
                | (
                    ~Q(reference="")
                    & ~Q(summary="")
                    & Q(published_at__isnull=False, last_confirmed_on__isnull=False)
                ),
                name="startup_published_is_complete",
            ),
            models.CheckConstraint(
                condition=(Q(lifecycle="merged") & Q(merged_into__isnull=False))
                | (~Q(lifecycle="merged") & Q(merged_into=None)),
                name="startup_merged_has_target",
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("pk")), name="startup_not_merged_into_itself"),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__isnull=False, longitude__isnull=False),
                name="startup_point_complete",
            ),
            models.CheckConstraint(
                condition=Q(logo="") | ~Q(logo_alt=""),
                name="startup_logo_has_alt",
                violation_error_message=_("Say what the logo shows, for people who cannot see it."),
            ),
            models.CheckConstraint(
                condition=(Q(is_sample=True) & Q(source="sample"))
                | (Q(is_sample=False) & ~Q(source="sample")),
                name="startup_sample_is_marked",
            ),
            models.CheckConstraint(
                condition=Q(
                    open_to__contained_by=["clients", "hiring", "collaboration", "interns", "investors"]
                ),
                name="startup_open_to_known",
            ),
        ]
        indexes = [
            models.Index(fields=["lifecycle", "last_confirmed_on"], name="startup_listed"),
            models.Index(Lower("name"), name="startup_name_lower"),
            GinIndex(OpClass(Lower("name"), name="gin_trgm_ops"), name="startup_name_trigrams"),
            GinIndex(OpClass(Lower("alternate_names"), name="gin_trgm_ops"), name="startup_others_trigrams"),
        ]

    def __str__(self) -> str:
        return self.name

    def shows(self, field: str) -> bool:
        """Return whether the owner lets the public see an optional field (a value of Optional)."""
        return field in self.public_fields


class StartupSubsector(models.Model):
    """A subsector of an entry: position 1 is the primary one, 2 and 3 are further ones."""

    startup = models.ForeignKey(Startup, models.CASCADE, related_name="subsector_rows")
    subsector = models.ForeignKey("ecosystem.Subsector", models.PROTECT, related_name="startup_rows")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["startup", "position"], name="startup_subsector_position"),
            models.UniqueConstraint(fields=["startup", "subsector"], name="startup_subsector_once"),
            models.CheckConstraint(condition=Q(position__range=(1, 3)), name="startup_subsector_at_most_3"),
        ]

    def __str__(self) -> str:
        return f"{self.startup_id} {self.subsector_id}"

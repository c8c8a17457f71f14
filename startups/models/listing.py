"""Derived tables: what the public search reads, and the monthly figures that are kept for ever."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from startups.models.startup import Startup


class SearchEntry(models.Model):
    """The public side of a published entry, flat, for search, facets and exports (services.listing keeps it).

    Only what the owner shows stands here: a hidden stage or team size has no code, a hidden place is the kelurahan's
    centroid.
    One row for each published entry, dormant ones too; it may be rebuilt at any time.
    """

    startup = models.OneToOneField(Startup, models.CASCADE, primary_key=True, related_name="search_entry")
    name = models.CharField(max_length=120)
    # Lower case, without accents: name and other names, for trigrams and for sorting.
    plain_name = models.TextField()
    vector = SearchVectorField()
    # What it is filtered and counted by, as "parameter:code" (services.listing.codes_of): one index and one count
    # serve all facets.
    codes = ArrayField(models.CharField(max_length=80))
    # The highest level in force, "" for none; `verified_until` is its last instant.
    verification = models.CharField(max_length=10, blank=True)
    verified_until = models.DateTimeField(null=True, blank=True)
    last_confirmed_on = models.DateField()
    published_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        indexes = [
            # Words and facets together in one look-up.
            GinIndex(fields=["vector", "codes"], name="search_entry_words_codes"),
            GinIndex(OpClass("plain_name", name="gin_trgm_ops"), name="search_entry_trigrams"),
            models.Index(fields=["plain_name", "startup"], name="search_entry_by_name"),
            models.Index(fields=["-last_confirmed_on", "startup"], name="search_entry_by_freshness"),
            models.Index(fields=["-published_at", "startup"], name="search_entry_by_newest"),
        ]

    def __str__(self) -> str:
        return self.name


class StatSnapshot(models.Model):
    """The directory's figures at the end of a month (Asia/Jakarta), kept for ever with the ids behind them.

    `counts` is {dimension: {code: number}}, None for a hidden cell; `entry_ids` the uuids of the entries counted in
    `total`; `method` the number of the rules they were counted by (services.statistics.METHOD). Real months never
    count samples; a row with `is_sample` belongs to the demonstration and goes with it.
    """

    month = models.DateField(unique=True)
    taken_at = models.DateTimeField()
    method = models.PositiveSmallIntegerField(default=1, db_default=1)
    total = models.PositiveIntegerField()
    counts = models.JSONField()
    entry_ids = models.JSONField()
    sha256 = models.CharField(max_length=64)
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["-month"]
        constraints = [models.CheckConstraint(condition=Q(month__day=1), name="stat_snapshot_first_of_month")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update),
            pgtrigger.Protect(
                name="kept_for_ever", operation=pgtrigger.Delete, condition=pgtrigger.Q(old__is_sample=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class ImportBatch(models.Model):
    """A member list that a coordinator uploaded: read by the worker, shown as a preview, then applied or dropped.

    `rows` is a list of {"line", "values", "problems", "matches", "decision"} (startups.importing). The file is deleted
    once it was read, the rows are forgotten once the list was applied or dropped.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Waiting to be read")
        READ = "read", _("Ready to check")
        APPLIED = "applied", _("Applied")
        DISCARDED = "discarded", _("Discarded")
        FAILED = "failed", _("Could not be read")

    file = models.FileField(upload_to="imports/")
    file_name = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    rows = models.JSONField(default=list)
    error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey("ecosystem.User", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.file_name


class ImportedEntry(models.Model):
    """Which entry came from which line of a member list, and whether its contact was invited."""

    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="entries")
    startup = models.OneToOneField(Startup, models.CASCADE, related_name="imported_entry")
    line = models.PositiveIntegerField()
    email = models.EmailField(blank=True)
    invited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["batch", "line"]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.line}"

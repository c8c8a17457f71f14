"""Trigrams, so that the search forgives a mistyped letter."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("roadmap", "0002_rating_scale")]

    operations = [TrigramExtension()]

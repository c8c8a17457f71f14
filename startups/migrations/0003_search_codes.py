"""One array of codes instead of a column for each facet: one index and one count serve them all."""

import django.contrib.postgres.fields
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
from malangkraf import operations as unrendered

COLUMNS = (
    "kind",
    "subsectors",
    "services",
    "technologies",
    "kecamatan",
    "kelurahan",
    "stage",
    "team_band",
    "open_to",
)


class Migration(migrations.Migration):
    dependencies = [("startups", "0002_registration_name_trigrams")]

    operations = [
        migrations.RemoveIndex("searchentry", "search_entry_vector"),
        *(unrendered.RemoveField("searchentry", name) for name in COLUMNS),
        unrendered.AddField(
            "searchentry",
            "codes",
            django.contrib.postgres.fields.ArrayField(
                models.CharField(max_length=80), size=None, default=list
            ),
            preserve_default=False,
        ),
        unrendered.AddIndex(
            "searchentry", GinIndex(fields=["vector", "codes"], name="search_entry_words_codes")
        ),
    ]

"""Look for entries with a similar name among all of them, whatever their state."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations
from django.db.models.functions import Lower
from malangkraf import operations as unrendered


class Migration(migrations.Migration):
    dependencies = [("startups", "0001_initial")]

    operations = [
        unrendered.AddIndex(
            "startup", GinIndex(OpClass(Lower("name"), name="gin_trgm_ops"), name="startup_name_trigrams")
        ),
        unrendered.AddIndex(
            "startup",
            GinIndex(OpClass(Lower("alternate_names"), name="gin_trgm_ops"), name="startup_others_trigrams"),
        ),
    ]

"""Look for entries with a similar name among all of them, whatever their state."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    dependencies = [("startups", "0001_initial")]

    operations = [
        migrations.AddIndex(
            "startup", GinIndex(OpClass(Lower("name"), name="gin_trgm_ops"), name="startup_name_trigrams")
        ),
        migrations.AddIndex(
            "startup",
            GinIndex(OpClass(Lower("alternate_names"), name="gin_trgm_ops"), name="startup_others_trigrams"),
        ),
    ]

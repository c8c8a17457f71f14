"""Create the roles, and the table that rate limits count in while the cache server is away."""

from django.db import migrations

from ecosystem import roles


def create_roles(apps, schema_editor):
    group = apps.get_model("auth", "Group")
    for name in roles.STAFF_ROLES:
        group.objects.get_or_create(name=name)


class Migration(migrations.Migration):
    dependencies = [("ecosystem", "0001_initial")]

    operations = [
        migrations.RunPython(create_roles, migrations.RunPython.noop),
        migrations.RunSQL(
            sql="""
                CREATE TABLE malangkraf_cache (
                    cache_key varchar(255) NOT NULL PRIMARY KEY,
                    value text NOT NULL,
                    expires timestamp with time zone NOT NULL
                );
                CREATE INDEX malangkraf_cache_expires ON malangkraf_cache (expires);
            """,
            reverse_sql="DROP TABLE malangkraf_cache;",
        ),
    ]

"""Names like a text, with a threshold of its own: as a setting of the session it would cost a query each time."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("startups", "0006_statistics")]

    operations = [
        migrations.RunSQL(
            sql="""
                CREATE FUNCTION startups_near(typed text, most integer)
                RETURNS TABLE (startup_id bigint, name varchar, plain_name text, near real)
                LANGUAGE sql STABLE SET pg_trgm.word_similarity_threshold = 0.3
                AS $$
                    SELECT entry.startup_id, entry.name, entry.plain_name, word_similarity(typed, entry.plain_name)
                    FROM startups_searchentry AS entry
                    WHERE typed <% entry.plain_name
                    ORDER BY 4 DESC, 3, 1
                    LIMIT most
                $$;
            """,
            reverse_sql="DROP FUNCTION startups_near(text, integer);",
        ),
    ]

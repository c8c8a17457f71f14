"""Whether words find anything: frequent ones among the first entries, others by the index.

Left to itself PostgreSQL reads the whole table for a handful of hits of a word that is in none.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("startups", "0007_search_near")]

    operations = [
        migrations.RunSQL(
            sql="""
                CREATE FUNCTION startups_hits(query tsquery, most integer) RETURNS bigint
                LANGUAGE sql STABLE SET enable_seqscan = off
                AS $$
                    SELECT CASE WHEN first.hits >= most THEN most ELSE (
                        SELECT count(*) FROM (
                            SELECT 1 FROM startups_searchentry AS entry WHERE entry.vector @@ query LIMIT most
                        ) AS hit
                    ) END
                    FROM (
                        SELECT count(*) FILTER (WHERE one.vector @@ query) AS hits
                        FROM (SELECT vector FROM startups_searchentry LIMIT 500) AS one
                    ) AS first
                $$;
            """,
            reverse_sql="DROP FUNCTION startups_hits(tsquery, integer);",
        ),
    ]

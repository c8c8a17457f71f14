"""The services that run without anything installed."""

import pytest
from django.db import connection

from malangkraf import embedded


@pytest.mark.django_db
def test_tests_run_on_postgresql_18_with_the_extensions_the_portal_needs():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int")
        assert cursor.fetchone()[0] >= 180000
        cursor.execute("SELECT name FROM pg_available_extensions")
        names = {row[0] for row in cursor.fetchall()}
    assert {"pg_trgm", "btree_gist", "unaccent", "pg_stat_statements"} <= names


def test_a_package_that_is_not_installed_is_named_in_one_line():
    with pytest.raises(embedded.EmbeddedError, match="no_such_package is not installed") as caught:
        embedded._installed("no_such_package", "bin", "server")
    assert "\n" not in str(caught.value)

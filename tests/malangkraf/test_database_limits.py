"""A page may not hold the database for long; commands may, within limits."""

import pytest
from django.db import connection

from malangkraf import environment

ADDRESS = "postgresql://portal:rahasia@db.example.org/malangkraf"
LIMITS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")


def limits_of(process):
    """Return the limits in milliseconds that a process's connections carry."""
    options = environment.database(ADDRESS, process=process)["OPTIONS"]["options"]
    return {name: int(options.split(f"{name}=")[1].split()[0]) for name in LIMITS}


def test_a_page_gets_seconds_and_a_command_minutes():
    web, command = limits_of("web"), limits_of("command")
    assert 0 < web["statement_timeout"] <= 15_000
    assert 0 < web["lock_timeout"] <= 3_000
    assert all(web[name] <= command[name] for name in LIMITS)
    assert command["lock_timeout"] == 5_000


@pytest.mark.django_db
@pytest.mark.parametrize("limit", LIMITS)
def test_the_server_knows_the_limits_of_this_connection(limit):
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {limit}")
        assert cursor.fetchone()[0] != "0"


def test_pages_share_a_pool_and_check_a_connection_before_use():
    database = environment.database(ADDRESS, process="web")
    assert database["OPTIONS"].get("pool") or database["CONN_HEALTH_CHECKS"]

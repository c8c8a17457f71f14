"""SQL that is written out: its plan is kept, its rows become the objects that Django would make."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from ecosystem.accounts import AuthenticationBackend
from ecosystem.models import User
from malangkraf.written_sql import Row, columns, fetch
from tests.ecosystem.factories import UserFactory

pytestmark = pytest.mark.django_db
SUM = "SELECT %s::int + 1, 'a plan that is kept'"


def plans_of(text: str) -> int:
    return int(
        fetch("SELECT count(*) FROM pg_prepared_statements WHERE strpos(statement, %s) > 0", [text])[0][0]
    )


def test_one_plan_serves_all_values() -> None:
    assert [fetch(SUM, [number])[0][0] for number in range(12)] == list(range(1, 13))

    assert plans_of("$1::int + 1, 'a plan that is kept'") == 1


def test_it_counts_as_a_query_and_the_log_has_its_values() -> None:
    with CaptureQueriesContext(connection) as log:
        fetch(SUM, [1])
        fetch(SUM, [2])

    assert [query["sql"] for query in log.captured_queries] == [
        SUM.replace("%s", "1"),
        SUM.replace("%s", "2"),
    ]


def test_a_mistake_is_djangos_error_and_the_next_statement_runs() -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        fetch("SELECT nothing_like_it FROM ecosystem_user WHERE id = %s", [1])

    assert fetch(SUM, [1])[0][0] == 2


def test_a_row_becomes_the_object_that_django_makes() -> None:
    made = User.objects.get(pk=UserFactory(name="Sari", organization=None).pk)
    rows = fetch(f"SELECT 7, {columns(User)}, 'x' FROM ecosystem_user WHERE id = %s", [made.pk])  # noqa: S608

    row = Row(rows[0])
    before, found, after = row.value(), row.instance(User), row.value()

    assert (before, after) == (7, "x")
    assert not found._state.adding
    assert {key: value for key, value in vars(found).items() if key != "_state"} == {
        key: value for key, value in vars(made).items() if key != "_state"
    }


def test_a_session_is_only_of_an_account_that_may_sign_in() -> None:
    user, gone = UserFactory(), UserFactory(is_active=False)
    backend = AuthenticationBackend()

    assert backend.get_user(user.pk) == user
    assert backend.get_user(gone.pk) is None
    assert backend.get_user(0) is None


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_changes_a_column_under_a_running_portal_costs_no_request() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE widened AS SELECT 'x'::varchar(3) AS word")
        assert fetch("SELECT word FROM widened", []) == [("x",)]

        # As from another process: psycopg forgets its plans when it sees an ALTER of its own.
        cursor.execute("DO 'BEGIN ALTER TABLE widened ALTER word TYPE varchar(9); END'")

    assert fetch("SELECT word FROM widened", []) == [("x",)]
    with pytest.raises(DatabaseError), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("DO 'BEGIN ALTER TABLE widened ALTER word TYPE varchar(12); END'")
        fetch("SELECT word FROM widened", [])
    assert fetch("SELECT word FROM widened", []) == [("x",)]

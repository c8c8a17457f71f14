"""The admin answers odd addresses with a page, not with a crash."""

import pytest

LISTS = ("ecosystem/user", "ecosystem/organization", "pghistory/events")
ODD = (
    "?q=%00",
    "?pk__in=%00",
    "?_facets=1",
    "?obj=nonsense",
    "?model=nonsense",
    "?o=99.-99",
    "?p=999999",
    "?no_such_field=1",
    "%00/change/",
    "9" * 30 + "/change/",
    "abc/history/",
)


@pytest.mark.parametrize("place", LISTS)
@pytest.mark.parametrize("odd", ODD)
def test_an_odd_address_is_no_error_of_the_server(admin_user, client_for, place, odd):
    answer = client_for(admin_user).get(f"/pengelola/{place}/{odd}")
    assert answer.status_code in (200, 302, 400, 404)


def test_a_stranger_is_sent_to_the_sign_in_by_every_other_address(client, db):
    assert client.get("/pengelola/ecosystem/user/?q=a").status_code == 302

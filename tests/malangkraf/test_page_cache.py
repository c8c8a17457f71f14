"""Public pages are kept whole for visitors without a session, and for nobody else."""

import gzip

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation

from malangkraf import page_cache
from malangkraf.page_cache import never_store, public_page


class Counter:
    """A public view that says how often it ran."""

    def __init__(self, **answer):
        self.runs = 0
        self.answer = answer

        @public_page(params=("q", "page"))
        def view(request: HttpRequest) -> HttpResponse:
            self.runs += 1
            response = HttpResponse(f"run {self.runs} {request.META['QUERY_STRING']} " + "x" * 500)
            response.status_code = self.answer.get("status", 200)
            if self.answer.get("cookie"):
                response.set_cookie("a", "b")
            return never_store(response) if self.answer.get("never") else response

        self.view = view

    def get(self, path="/kpi/", cookies=None, **headers):
        request = RequestFactory().get(path, headers=headers)
        request.COOKIES.update(cookies or {})
        return self.view(request)


@pytest.fixture
def counter(db):
    return Counter()


def test_the_second_visitor_gets_the_stored_page_without_a_query(counter, django_assert_num_queries):
    first = counter.get()
    with django_assert_num_queries(0):
        second = counter.get()
    assert counter.runs == 1
    assert first.content == second.content


def test_a_change_makes_every_page_new_once_it_is_committed(counter, django_capture_on_commit_callbacks):
    counter.get()
    with django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            page_cache.bump()
        counter.get()
        assert counter.runs == 1
    counter.get()
    assert counter.runs == 2


def test_a_page_made_before_a_change_is_not_served_after_it(counter, django_capture_on_commit_callbacks):
    """A slow request that began before the change must not bring the old figures back."""
    counter.get()
    old = cache.get(next(key for key in [page_cache._key(prepared("/kpi/"))]))
    with django_capture_on_commit_callbacks(execute=True):
        page_cache.bump()
    cache.set(page_cache._key(prepared("/kpi/")), old, 60)
    counter.get()
    assert counter.runs == 2


def prepared(path):
    request = RequestFactory().get(path)
    page_cache.keep_only(request, ("q", "page"))
    return request


def test_a_session_or_a_pending_message_goes_past_the_cache(counter):
    counter.get()
    counter.get(cookies={"sessionid": "abc"})
    response = counter.get(cookies={"messages": "x"})
    assert counter.runs == 3
    assert response["Cache-Control"] == "private, no-cache"
    counter.get()
    assert counter.runs == 3


def test_languages_and_fragments_are_kept_apart(counter):
    counter.get()
    counter.get(HX_Request="true")
    with translation.override("en"):
        counter.get()
    assert counter.runs == 3


def test_unknown_parameters_are_dropped_before_the_view_sees_them(counter):
    counter.get("/kpi/?utm_source=a&q=x")
    response = counter.get("/kpi/?q=x&fbclid=b")
    assert counter.runs == 1
    assert b"q=x" in response.content
    assert b"utm_source" not in response.content


def test_empty_parameters_and_their_order_do_not_matter(counter):
    counter.get("/kpi/?q=x&page=2")
    counter.get("/kpi/?page=2&q=x")
    assert counter.runs == 1
    counter.get("/kpi/?q=")
    counter.get("/kpi/")
    assert counter.runs == 2


def test_nul_bytes_and_endless_values_never_reach_the_view(counter):
    response = counter.get("/kpi/?q=a%00b" + "c" * 10_000)
    assert b"%00" not in response.content
    assert len(response.content) < 2_000


@pytest.mark.parametrize("answer", [{"status": 404}, {"cookie": True}, {"never": True}])
def test_errors_cookies_and_free_text_are_not_stored(db, answer):
    counter = Counter(**answer)
    counter.get()
    counter.get()
    assert counter.runs == 2


def test_the_page_is_sent_compressed_to_those_who_can_read_it(counter):
    packed = counter.get(Accept_Encoding="gzip, br")
    plain = counter.get()
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    for refusal in ("gzip;q=0", "br, gzip; q=0.0, identity"):
        assert "Content-Encoding" not in counter.get(Accept_Encoding=refusal)
    assert counter.get(Accept_Encoding="br;q=0, gzip;q=0.5")["Content-Encoding"] == "gzip"
    assert not plain.has_header("Content-Encoding")
    assert packed["ETag"] != plain["ETag"]
    assert {"Accept-Encoding", "Cookie", "HX-Request"} <= set(plain["Vary"].split(", "))


def test_who_has_the_page_already_gets_304(counter):
    etag = counter.get()["ETag"]
    response = counter.get(If_None_Match=etag)
    assert response.status_code == 304
    assert response.content == b""


def test_head_is_answered_and_post_is_refused(counter):
    assert counter.view(RequestFactory().head("/kpi/")).status_code == 200
    assert counter.view(RequestFactory().post("/kpi/")).status_code == 405


def test_the_view_is_open_to_visitors_and_needs_no_connection_for_a_stored_page(counter):
    assert counter.view.login_required is False
    assert "default" in counter.view._non_atomic_requests

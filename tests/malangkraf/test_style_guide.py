"""The style guide: for staff only, in both languages, and true to the policy of no inline code."""

import re

import pytest
from django.contrib.auth.models import Group
from django.template.loader import get_template
from django.test import Client
from django.utils import translation

from ecosystem import roles
from ecosystem.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def planner_client(client: Client) -> Client:
    user = User.objects.create_user("perencana@contoh.invalid", "x" * 12)
    user.groups.add(Group.objects.get_or_create(name=roles.PLANNER)[0])
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("address", "word"), [("/panduan-gaya/", "Panduan gaya"), ("/en/panduan-gaya/", "Style guide")]
)
def test_staff_see_every_component_in_both_languages(planner_client: Client, address: str, word: str):
    response = planner_client.get(address)
    page = response.content.decode()
    assert response.status_code == 200
    assert f"<h1>{word}</h1>" in page
    for part in (
        "kpi-card",
        "phases",
        "report-card",
        "error-summary",
        "table-stack",
        "updates",
        "empty",
        "chips",
        "chart__break",
        "chart--counts",
        "chart__quoted",
        "chart__missing",
    ):
        assert f'class="{part}' in page or f" {part}" in page, part


def test_no_inline_style_or_script(planner_client: Client):
    page = planner_client.get("/panduan-gaya/").content.decode()
    assert not re.findall(r"<[^>]+\s(?:style|on[a-z]+)=", page)
    assert not re.findall(r"<style|<script(?![^>]*\ssrc=)", page)


def test_a_visitor_is_sent_to_sign_in_and_a_member_is_refused(client: Client):
    assert client.get("/panduan-gaya/").status_code == 302
    client.force_login(User.objects.create_user("anggota@contoh.invalid", "x" * 12))
    assert client.get("/panduan-gaya/").status_code == 403


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_page_of_a_server_error_needs_no_context(language: str):
    with translation.override(language):
        page = get_template("500.html").render()
    assert f'<html lang="{language}">' in page
    assert "portal.css" in page

"""The directory's code lists: complete in both languages, loaded once and corrected afterwards."""

import json

import pytest
from django.core.management import call_command

from startups import code_lists, text_search
from startups.models import ServiceType, SynonymGroup, Technology
from startups.services.reference import FOLDER, load_directory_reference

pytestmark = pytest.mark.django_db


def synonyms():
    return text_search.synonyms(code_lists.load())


def test_every_service_has_a_name_in_both_languages_and_no_code_comes_twice():
    for name in ("services", "technologies"):
        rows = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
        assert len({row["code"] for row in rows}) == len(rows) >= 25
        for row in rows:
            assert row["name"]
            assert name == "technologies" or row["name_en"]


def test_no_word_stands_in_two_groups():
    words = [word for group in json.loads((FOLDER / "synonyms.json").read_text("utf-8")) for word in group]
    assert len(set(words)) == len(words)
    assert all(word == word.lower() for word in words)


def test_loading_twice_changes_nothing_and_what_staff_added_stays():
    call_command("load_directory_reference", verbosity=0)
    assert "game" in synonyms()["gim"]
    ServiceType.objects.create(code="sendiri", name="Buatan sendiri")
    ServiceType.objects.filter(code="situs-web").update(name="Salah")
    SynonymGroup.objects.filter(words__contains=["gim"]).update(words=["gim", "mainan"])
    counts = {outcome.kind: (outcome.created, outcome.updated) for outcome in load_directory_reference()}
    assert sorted(counts.values()) == [(0, 0), (0, 0), (0, 1)]
    assert ServiceType.objects.get(code="situs-web").name == "Pembuatan situs web"
    assert ServiceType.objects.filter(code="sendiri").exists()
    assert Technology.objects.filter(code="godot").exists()
    assert SynonymGroup.objects.filter(words=["gim", "mainan"]).exists()
    # The files' next load does not bring back what staff took out of a group.
    assert synonyms()["gim"] == ["mainan"]

"""What people type finds what they mean: stems, synonyms, beginnings, letters typed wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosystem.models import Kelurahan
from startups import text_search
from startups.filters import StartupFilter
from startups.rules.spelling import corrections, distance
from startups.search import search
from startups.services import listing
from tests.ecosystem.factories import KecamatanFactory, KelurahanFactory, SubsectorFactory
from tests.startups.factories import StartupFactory, SynonymGroupFactory

WORDS = st.text("abcd", max_size=6)


def names(q, **params):
    return [entry.name for entry in search(StartupFilter({"q": q, **params})).entries]


def suggestion(q):
    return search(StartupFilter({"q": q})).suggestion


@pytest.fixture
def three(db):
    """Three studios of different kinds, so that a word tells them apart."""
    made = [
        StartupFactory(name="Kotak Bermain", summary="Membuat gim edukasi.", kind="game_studio"),
        StartupFactory(
            name="Arunika Labs", summary="Aplikasi kasir untuk warung.", kind="app_studio",
            subsectors=[SubsectorFactory(code="aplikasi", name="Aplikasi", name_en="Applications")],
        ),
        StartupFactory(
            name="Sanggar Lumut", summary="Motion design and illustration.", kind="creative_studio",
            subsectors=[SubsectorFactory(code="dkv", name="Desain komunikasi visual", name_en="Visual design")],
        ),
    ]  # fmt: skip
    SynonymGroupFactory(words=["gim", "game", "permainan"])
    SynonymGroupFactory(words=["kasir", "point of sale", "pos"])
    return made


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("kasir", "Arunika Labs"),
        ("point of sale", "Arunika Labs"),
        ("permainan edukatif", None),
        ("permainan edukasi", "Kotak Bermain"),
        ("ilustrasi", None),
        ("illustrating", "Sanggar Lumut"),
        ("edukasi yang dan untuk", "Kotak Bermain"),
        ("arun", "Arunika Labs"),
        ("ARÚNIKA", "Arunika Labs"),
        ("arunika bermain zzz", None),
        ("gmae edukasi", "Kotak Bermain"),
        ("gmae stduio edukasi", "Kotak Bermain"),
        ("desian visual", "Sanggar Lumut"),
        ("arnuika", "Arunika Labs"),
        ("kotka bermain", "Kotak Bermain"),
        ("!!! 🎮", None),
        ("' OR 1=1 --", None),
        ("kas:* & | ( <->", "Arunika Labs"),
        ("%z %% {}", None),
    ],
)
def test_words_find(three, typed, found):
    assert names(typed) == ([found] if found else [])


def test_a_mistyped_kelurahan_is_understood(three):
    place = KelurahanFactory(code="35.73.02.1009", name="Klampok Kasri", kecamatan=KecamatanFactory())
    StartupFactory(name="Bengkel Suara", kelurahan=place)
    assert Kelurahan.objects.count() == 2
    assert names("klanpok") == names("klanpom") == ["Bengkel Suara"]
    assert suggestion("klanpom") == "klampok"


def test_a_name_is_found_with_a_known_and_an_unknown_word_typed_wrong(three):
    StartupFactory(name="Gelombang Studio", kind="game_studio")
    assert names("gelombagn stduio") == ["Gelombang Studio"]


def test_did_you_mean_names_a_word_or_the_nearest_name(three):
    assert suggestion("gmae zzz") == "game zzz"
    assert suggestion("arnuika") == "Arunika Labs"
    assert suggestion("kasir") == ""
    assert suggestion("zzzzzz") == ""


def test_a_name_comes_before_a_text_and_an_exact_word_before_a_near_one(db):
    StartupFactory(name="Lain Sekali", summary="Tentang topeng, topeng dan topeng.")
    StartupFactory(name="Topeng Studio Malang")
    StartupFactory(name="Topeng")
    StartupFactory(name="Topang")
    assert names("topeng", urut="relevansi")[:3] == ["Topeng", "Topeng Studio Malang", "Lain Sekali"]
    assert names("topang")[0] == "Topang"
    assert set(names("topang")) == {"Topang", "Topeng", "Topeng Studio Malang"}


def test_in_a_large_directory_a_frequent_word_is_no_beginning(db, monkeypatch):
    for name in ("Topeng Satu", "Topeng Dua", "Topeng Tiga", "Topengria", "Rarawuri"):
        StartupFactory(name=name)
    assert "Topengria" in names("topeng")
    monkeypatch.setattr(text_search, "MANY", -2)
    assert set(names("topeng")) == {"Topeng Satu", "Topeng Dua", "Topeng Tiga"}
    assert names("topengr")[0] == "Topengria"
    assert names("rara") == ["Rarawuri"]


def test_a_hidden_word_is_not_found(db):
    startup = StartupFactory(name="Terbuka", legal_name="Perseroan Tersembunyi", public_fields=[])
    assert names("tersembunyi") == []
    type(startup).objects.update(public_fields=["legal_name"])
    listing.refresh([startup.pk])
    assert names("tersembunyi") == ["Terbuka"]


def test_a_text_that_is_too_long_is_refused_in_words(db):
    found = StartupFilter({"q": "a" * 101})
    assert not found.is_valid()
    assert "100" in found.errors["q"][0]
    assert search(found).total == 0


@given(WORDS, WORDS)
def test_the_distance_is_symmetric_and_zero_only_for_the_same_word(one, other):
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)
    assert abs(len(one) - len(other)) <= distance(one, other) <= max(len(one), len(other))


@pytest.mark.parametrize(
    ("typed", "meant", "steps"),
    [
        ("gmae", "game", 1),
        ("stduio", "studio", 1),
        ("klanpom", "klampok", 2),
        ("app", "app", 0),
        ("", "abc", 3),
    ],
)
def test_swapped_letters_are_one_mistake(typed, meant, steps):
    assert distance(typed, meant) == steps


def test_short_and_known_words_are_not_corrected():
    assert corrections("gmae", ["game", "gama"]) == ["game"]
    assert corrections("apk", ["app"]) == []
    assert corrections("gmi", ["gim", "gmt", "tim"]) == ["gim"], (
        "of three letters only two that changed places"
    )
    assert corrections("kopi", ["kopi", "kops"]) == []
    assert corrections("kelurahn", ["kelurahan", "kelahiran"]) == ["kelurahan"]

"""Pure helpers of the moderation: signs in texts, marks on words, what may follow which decision."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from startups.rules.decisions import (
    ACTIONS,
    NEEDS_NOTE,
    Decision,
    decisions_for,
    is_first_answer,
    state_after,
)
from startups.rules.text_signs import hidden_signs, is_repeated, is_shouted, links_in, suspicious_words
from startups.rules.word_marks import MOST_WORDS, Mark, word_marks


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("Lihat https://a.example dan www.b.example", 2),
        ("toko.com, toko.co.id", 2),
        ("versi 2.0", 0),
    ],
)
def test_links_in_a_text_are_counted(text, count):
    assert links_in(text) == count


@pytest.mark.parametrize("text", ["STUDIO GIM TERBAIK", "KAMI BIKIN APLIKASI Anda"])
def test_capitals_are_noticed(text):
    assert is_shouted(text)


@pytest.mark.parametrize(
    "text", ["", "PT XYZ", "Studio Gim Terbaik", "مرحبا بكم في مالانج", "123 456 789 012"]
)
def test_abbreviations_and_other_scripts_are_no_shouting(text):
    assert not is_shouted(text)


@pytest.mark.parametrize("text", ["aaaaaa", "bagus!!!", "promo promo promo", "Promo, PROMO. promo"])
def test_stuttering_is_noticed(text):
    assert is_repeated(text)


@pytest.mark.parametrize("text", ["kupu-kupu", "Wah!!", "www", "1000000", "...", "----", "siap siap"])
def test_ordinary_doubling_is_not(text):
    assert not is_repeated(text)


def test_suspicious_words_are_whole_words():
    assert suspicious_words("Situs SLOT-gacor terpercaya, judi online") == [
        "gacor",
        "judi",
        "situs slot",
        "slot gacor",
    ]
    assert suspicious_words("Judika bernyanyi, totokan aman, sloth") == []


def test_signs_that_turn_the_direction_are_counted_and_emoji_are_not():
    assert hidden_signs("a\u202eb\u200bc") == 2
    assert hidden_signs("\U0001f468\u200d\U0001f469\u200d\U0001f467 ❤\ufe0f") == 0


def test_word_marks_show_what_went_and_what_came():
    marks = word_marks("Studio gim kecil di Malang", "Studio gim besar di Kota Malang")
    assert "".join(one.text for one in marks if one.mark != Mark.ADDED) == "Studio gim kecil di Malang"
    assert "".join(one.text for one in marks if one.mark != Mark.REMOVED) == "Studio gim besar di Kota Malang"
    assert [one.text.strip() for one in marks if one.mark == Mark.REMOVED] == ["kecil"]
    assert [one.text.strip() for one in marks if one.mark == Mark.ADDED] == ["besar", "Kota"]
    assert [one.text for one in word_marks("Topeng", "Topeng Kaca") if one.mark == Mark.ADDED] == [" Kaca"]


def test_texts_with_little_in_common_are_shown_one_after_the_other():
    marks = word_marks("Contoh ringkasan yang lama.", "Membuat gim irama untuk ponsel dan PC.")
    assert [one.mark for one in marks] == [Mark.REMOVED, Mark.ADDED]


def test_words_next_to_each_other_are_marked_together():
    marks = word_marks("Kami tim kecil dari kampung di Malang.", "Kami tim yang sangat besar di Malang.")
    assert [one.text for one in marks if one.mark == Mark.REMOVED] == ["kecil dari kampung"]
    assert [one.text for one in marks if one.mark == Mark.ADDED] == ["yang sangat besar"]


@given(st.text(" ab\n\u202e", max_size=30), st.text(" ab\n\u202e", max_size=30))
def test_word_marks_keep_both_texts_whole(before, after):
    marks = word_marks(before, after)
    assert "".join(one.text for one in marks if one.mark != Mark.ADDED) == before
    assert "".join(one.text for one in marks if one.mark != Mark.REMOVED) == after


def test_very_long_texts_are_shown_whole():
    before, after = "a " * MOST_WORDS, "b " * MOST_WORDS
    assert [one.mark for one in word_marks(before, after)] == [Mark.REMOVED, Mark.ADDED]


KINDS = ("new", "edit", "claim", "report", "after_check")
STATES = ("open", "asked", "held", "settled")
LIFECYCLES = (
    "draft", "submitted", "changes_requested", "published", "suspended", "closed", "withdrawn", "refused", "merged",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lifecycle", LIFECYCLES)
def test_whatever_is_not_settled_can_be_settled_somehow(kind, lifecycle):
    for state in STATES:
        reached, waiting = {state}, [state]
        while waiting:
            now = waiting.pop()
            for decision in decisions_for(kind, state=now, lifecycle=lifecycle):
                after = state_after(now, ACTIONS[decision])
                if after not in reached:
                    reached.add(after)
                    waiting.append(after)
        assert "settled" in reached, (kind, state, lifecycle)


@pytest.mark.parametrize("kind", KINDS)
def test_a_settled_thing_offers_nothing_and_a_held_one_only_to_go_on(kind):
    assert decisions_for(kind, state="settled", lifecycle="published") == ()
    assert decisions_for(kind, state="held", lifecycle="submitted") == (Decision.RESUME,)


def test_holding_and_resuming_are_no_first_answers():
    answers = {decision for decision in Decision if is_first_answer(ACTIONS[decision])}
    assert answers == set(Decision) - {Decision.HOLD, Decision.RESUME}
    assert not is_first_answer("proposed")


def test_every_decision_that_takes_something_away_explains_itself():
    assert {Decision.ASK, Decision.REFUSE, Decision.SUSPEND, Decision.CLOSE, Decision.REVERT} <= NEEDS_NOTE

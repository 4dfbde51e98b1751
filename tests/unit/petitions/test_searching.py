"""What is found, how well, and what is shown of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wenzheng.petitions.searching import Seen, excerpt, marked, score, terms_of, words_of


def points(question: str, title: str, text: str = "", *replies: str) -> int:
    return score(words_of(question), Seen("2026-000007", title, text, replies))


def test_reader_gets_title_before_text_and_one_piece_before_scattered() -> None:
    in_title = points("路灯坏了", "路灯坏了")
    in_text = points("路灯坏了", "供电", "门口路灯坏了")
    scattered_title = points("路灯坏了", "路灯坏，坏了，灯坏")
    scattered = points("路灯坏了", "供电", "路灯好，灯坏，坏了")
    assert in_title > in_text > scattered_title > scattered > 0
    assert points("路灯坏了", "供电", "", "路灯坏了，已修") == in_text
    assert points("路灯 供暖", "路灯") == 0
    assert points("2026-000007", "路灯") > 0


@pytest.mark.parametrize(
    ("question", "text", "there"),
    [
        ("ＬＥＤ", "led路灯", True),
        ("led", "titled", False),
        ("led", "LED-2", True),
        ("17", "17路公交", True),
        ("17", "173路公交", False),
        ("１７路", "17路公交", True),
        ("灯", "路灯", True),
        ("Ａ栋", "a栋", True),
        ("，。", "路灯", False),
    ],
)
def test_reader_finds_widths_latin_words_and_numbers(question: str, text: str, there: bool) -> None:
    assert (bool(words_of(question)) and points(question, "x", text) > 0) is there


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_whatever_is_asked_in_one_piece_is_found_by_its_terms(before: str, word: str, after: str) -> None:
    asked = words_of(word)
    text = f"{before} {word} {after}"
    for one in asked:
        assert one.terms <= terms_of(text)
    assert not asked or score(asked, Seen("", "", text)) > 0


@given(st.text(max_size=60), st.text(max_size=5))
def test_marks_change_no_character_of_a_text(text: str, question: str) -> None:
    assert "".join(piece.text for piece in marked(words_of(question), text)) == text
    excerpt(words_of(question), [text, question])


def test_reader_sees_where_the_words_stand() -> None:
    pieces = excerpt(words_of("路灯"), ["没有。", "开头" * 40 + "门口路灯坏了" + "结尾" * 60])
    assert [piece.text for piece in pieces if piece.marked] == ["路灯"]
    assert pieces[0].text == pieces[-1].text == "…"
    assert excerpt(words_of("路灯"), []) == []
    assert [p.text for p in marked(words_of("ｌｅｄ"), "新LED灯") if p.marked] == ["LED"]
    assert [p.text for p in marked(words_of("路灯亮"), "路灯，灯亮") if p.marked] == ["路灯", "灯亮"]

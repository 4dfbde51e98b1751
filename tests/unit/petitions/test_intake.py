"""Intake keeps every character an author wrote, and says all that is wrong at once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wenzheng.petitions.intake import LetterRefusedError, read_letter
from wenzheng.petitions.kinds import Channel, Kind
from wenzheng.petitions.organisation import Organisation, Unit, UnitKind

UNITS = Organisation(
    [
        Unit("city", None, UnitKind.CITY, "清江市", "Qingjiang"),
        Unit("centre", "city", UnitKind.CENTRE, "市信息中心", "Centre"),
        Unit("mayor", "city", UnitKind.POST, "市长", "Mayor"),
        Unit("housing", "city", UnitKind.DEPARTMENT, "市住建局", "Housing"),
    ]
)


def submission(**changes: Any) -> dict[str, Any]:
    return {"title": "路灯坏了", "text": "门口的路灯坏了三天。", "kind": "help"} | changes


def codes(**changes: Any) -> list[tuple[str, str]]:
    with pytest.raises(LetterRefusedError) as refused:
        read_letter(submission(**changes), UNITS)
    return [(finding.code, finding.field) for finding in refused.value.findings]


@pytest.mark.parametrize(
    "text",
    [
        "好",
        "😀",
        "灯" * 4000,
        "😀" * 4000,
        "👨‍👩‍👧‍👦 家 🇨🇳 e\u0301 \u00e9",
        "<script>alert('1')</script> &amp; <b>粗</b>",
        "\u202eسلام\u202c שלום \u200f",
        " 前后空格与换行 \r\n\t\n ",
        "\ufeff全角１２３\u3000\u00a0\x7f\x1b[31m",
        "𠮷野家 \ue000 \U0010ffff",
    ],
)
def test_what_an_author_writes_is_kept_character_by_character(text: str) -> None:
    assert read_letter(submission(text=text), UNITS).text == text


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=300))
def test_any_text_is_kept_or_refused_but_never_changed(text: str) -> None:
    if text.strip():
        assert read_letter(submission(text=text), UNITS).text == text
    else:
        assert codes(text=text) == [("letter.blank", "text")]


def test_a_letter_with_a_character_too_many_is_refused_and_not_cut() -> None:
    assert codes(text="灯" * 4001) == [("letter.too_long", "text")]
    assert codes(title="灯" * 201) == [("letter.too_long", "title")]
    assert read_letter(submission(title="灯" * 200), UNITS).title == "灯" * 200
    with pytest.raises(LetterRefusedError) as refused:
        read_letter(submission(text="x" * 5_000_000), UNITS)
    (finding,) = refused.value.findings
    assert "5000000" in finding.words("zh")
    assert "found 5000000" in finding.words("en")
    assert len(str(refused.value)) < 300


def test_half_an_emoji_and_a_nul_are_refused_with_their_place() -> None:
    with pytest.raises(LetterRefusedError) as refused:
        read_letter(submission(title="标\0题", text="坏\ud83d了\0"), UNITS)
    found = refused.value.findings
    assert [(finding.code, finding.field) for finding in found] == [
        ("letter.nul", "title"), ("letter.nul", "text"), ("letter.surrogate", "text"),
    ]  # fmt: skip
    assert "第2个字符" in found[0].zh
    assert "第2个字符不完整" in found[2].zh
    for finding in found:
        (finding.zh + finding.en).encode()  # a finding can always be shown


def test_everything_wrong_is_said_at_once() -> None:
    assert codes(
        title="", text="  ", author_name=7, contact="call me", addressee="moon", kind="poem", channel="dove",
        public_consent="yes", colour="red",
    ) == [
        ("letter.missing", "title"),
        ("letter.blank", "text"),
        ("letter.not_text", "author_name"),
        ("letter.contact", "contact"),
        ("letter.addressee", "addressee"),
        ("letter.unknown_choice", "kind"),
        ("letter.unknown_choice", "channel"),
        ("letter.not_a_choice", "public_consent"),
        ("letter.unknown_field", "colour"),
    ]  # fmt: skip


def test_an_empty_submission_names_what_is_needed() -> None:
    with pytest.raises(LetterRefusedError) as refused:
        read_letter({}, UNITS)
    assert [finding.field for finding in refused.value.findings] == ["title", "text", "kind"]
    assert {finding.code for finding in refused.value.findings} == {"letter.missing"}
    assert "请填写" in refused.value.findings[0].zh


def test_findings_never_repeat_what_an_author_wrote() -> None:
    with pytest.raises(LetterRefusedError) as refused:
        read_letter(submission(contact="secret-person", author_name="王小明\n二", kind="私事"), UNITS)
    for finding in refused.value.findings:
        assert not any(secret in finding.zh + finding.en for secret in ("secret", "王小明", "私事"))


def test_an_author_may_stay_nameless_and_write_to_the_city() -> None:
    letter = read_letter(submission(author_name="  ", contact=None, addressee=""), UNITS)
    assert (letter.author_name, letter.contact, letter.addressee) == ("", "", "city")
    assert (letter.kind, letter.channel, letter.public_consent) == (Kind.HELP, Channel.WEB, False)


@pytest.mark.parametrize(
    ("contact", "kept"),
    [
        ("13800138000", "13800138000"),
        ("138 0013-8000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("+86 138 0013 8000", "+8613800138000"),
        ("(010) 8888-6666", "01088886666"),
        (" wang@example.com ", "wang@example.com"),
        ("王@例子.中国", "王@例子.中国"),
    ],
)
def test_a_phone_or_a_mail_address_is_understood(contact: str, kept: str) -> None:
    assert read_letter(submission(contact=contact), UNITS).contact == kept


@pytest.mark.parametrize(
    "contact", ["123", "a@b", "@example.com", "wang@@example.com", "1380013800O", "1" * 21]
)
def test_what_nobody_can_be_reached_at_is_refused(contact: str) -> None:
    assert codes(contact=contact) == [("letter.contact", "contact")]


def test_a_contact_no_mail_address_can_be_is_refused() -> None:
    assert codes(contact="a" * 250 + "@b.cn") == [("letter.too_long", "contact")]
    assert codes(contact="wang@example.com\0") == [("letter.nul", "contact")]


def test_a_letter_is_addressed_to_the_city_a_leader_or_a_department() -> None:
    assert read_letter(submission(addressee="mayor"), UNITS).addressee == "mayor"
    assert read_letter(submission(addressee="housing"), UNITS).addressee == "housing"
    assert codes(addressee="centre") == [("letter.addressee_kind", "addressee")]
    assert codes(addressee=["housing"]) == [("letter.addressee", "addressee")]


def test_a_title_and_a_name_are_one_line() -> None:
    assert codes(title="一\n二") == [("letter.line_break", "title")]
    assert codes(author_name="一\u2028二") == [("letter.line_break", "author_name")]


def test_every_kind_and_channel_is_taken() -> None:
    for kind in Kind:
        assert read_letter(submission(kind=kind.value), UNITS).kind is kind
    for channel in Channel:
        assert read_letter(submission(channel=channel.value, public_consent=True), UNITS).channel is channel

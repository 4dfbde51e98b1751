"""Letters are found by their words on both databases alike, by whoever may read them and by nobody else."""

from __future__ import annotations

import contextlib

from sqlalchemy import MetaData, select

from tests.contract.store_samples import act, closed, day, first_round, flush, letter, started
from wenzheng.petitions.indexing import ANSWERED, LETTER, PUBLIC, REPORT, Scope, newest_windows, unit_mark
from wenzheng.petitions.searching import words_of
from wenzheng.store import migrate, open_store

PUBLICLY = Scope((PUBLIC,), whole=False)
CENTRE = Scope((LETTER,), whole=True)


def found(city, words, scope=CENTRE, *, title=False, limit=50):
    with city.reader() as reader:
        return reader.holding(scope.ask(words_of(words), title=title), limit=limit)


def file(city, petition_id, title, text="。", acts=(), *, contents=(), **more):
    with city.unit_of_work() as unit:
        unit.submit_petition(**letter(petition_id, title=title, text=text, **more))
        for content_id, said in contents:
            unit.save_content(
                content_id=content_id,
                petition_id=petition_id,
                kind="reply",
                text=said,
                author="zhang",
                at=day(1),
            )
        if acts:
            unit.apply_flush(flush(*acts, instance=f"petition-{petition_id}"))


FINDING = ("路灯", "路灯不亮", "灯", "柳林小区 路灯", "LED", "ｌｅｄ", "led路灯", "17", "１７路", "Ａ12")
NOT_THERE = ("灯路", "路亮", "led1", "1", "星期天", '" OR "', "路灯* -供暖", "NOT", "@letter", "^路灯x")


def test_clerk_finds_a_letter_by_short_and_long_words_numbers_and_latin(city):
    file(city, "p1", "柳林小区的LED路灯不亮了", "17 路公交站旁，A12 号灯杆，三个星期没有人修。")
    file(city, "p2", "供暖不热", "从十一月起一直是十四度。")
    for words in (*FINDING, "不亮，路灯！", "2026-000001"):
        assert found(city, words) == ["p1"], words
    for words in NOT_THERE:
        assert found(city, words) == [], words


def test_the_newest_letters_come_first_and_no_more_than_asked_for(city):
    for n in range(1, 6):
        file(city, f"p{n}", "路灯坏了")
    assert found(city, "路灯", limit=3) == ["p5", "p4", "p3"]


def test_titles_are_asked_apart(city):
    file(city, "p1", "路灯坏了", "修一修。")
    file(city, "p2", "请修一修", "路灯坏了。")
    assert found(city, "路灯", title=True) == ["p1"]
    assert found(city, "修一") == ["p2", "p1"]


def test_the_public_finds_a_letter_once_it_is_accepted_and_its_author_agreed(city):
    acts = first_round()
    file(city, "p1", "路灯坏了")
    assert found(city, "路灯", PUBLICLY) == []
    with city.unit_of_work() as unit:
        unit.apply_flush(flush(*acts[:1]))
    assert found(city, "路灯", PUBLICLY) == []
    with city.unit_of_work() as unit:
        unit.apply_flush(flush(acts[1]))
    assert found(city, "路灯", PUBLICLY) == ["p1"]
    file(city, "p2", "路灯坏了", acts=acts[:2], public_consent=False)
    assert found(city, "路灯", PUBLICLY) == ["p1"]
    assert found(city, "路灯") == ["p2", "p1"]


def test_the_public_finds_nothing_by_what_is_masked(city):
    file(city, "p1", "路灯坏了", "我叫王小明，电话13912345678。", acts=first_round()[:2])
    for words in ("13912345678", "王小明", "小明"):
        assert found(city, words, PUBLICLY) == []
        assert found(city, words) == ["p1"]
    assert found(city, "路灯 电话", PUBLICLY) == ["p1"]


def test_a_report_is_found_by_its_own_mark_only(city):
    file(city, "p1", "路灯工程的回扣", acts=first_round()[:3], kind="report")
    assert found(city, "路灯") == []
    assert found(city, "路灯", PUBLICLY) == []
    assert found(city, "路灯", Scope((unit_mark("water"),), whole=True)) == []
    assert found(city, "路灯", Scope((REPORT,), whole=True)) == ["p1"]


def test_a_department_finds_the_letters_that_it_handles(city):
    file(city, "p1", "路灯坏了", acts=first_round()[:3], public_consent=False)
    assert found(city, "路灯", Scope((unit_mark("water"),), whole=True)) == ["p1"]
    assert found(city, "路灯", Scope((unit_mark("roads"),), whole=True)) == []
    assert found(city, "路灯", Scope((), whole=True)) == []


def test_a_reply_is_found_once_it_is_given_and_no_draft_is(city):
    acts = first_round()
    draft = act(4, "a-draft", day(1), closed("reply", "zhang", "drafted", content_id="c1"))
    given = act(5, "a-reply", day(1), closed("approve", "wu", "replied", content_id="c1"))
    told = [("c1", "已更换变压器。")]
    file(city, "p1", "路灯坏了", acts=[*acts[:3], draft], contents=told)
    assert found(city, "变压器") == []
    with city.unit_of_work() as unit:
        unit.apply_flush(flush(given))
    assert found(city, "变压器", PUBLICLY) == ["p1"]
    assert found(city, "路灯", Scope((ANSWERED,), whole=False)) == ["p1"]
    with city.reader() as reader:
        (words,) = reader.words_of_letters(["p1"])
    assert words.published == ["已更换变压器。"]


def test_what_belongs_to_a_lost_future_is_not_found_any_more(city):
    acts = first_round()
    file(city, "p1", "路灯坏了", acts=acts[:4], contents=[("c1", "已更换变压器。")])
    assert found(city, "变压器") == ["p1"]
    with city.unit_of_work() as unit:
        unit.apply_flush(flush(act(4, "other", day(1), closed("reply", "zhang", "acknowledged"))))
    assert found(city, "变压器") == []


def test_a_letter_that_was_not_kept_is_not_found(city):
    with contextlib.suppress(ZeroDivisionError), city.unit_of_work() as unit:
        unit.submit_petition(**letter("p1", title="路灯坏了"))
        raise ZeroDivisionError
    assert found(city, "路灯") == []


def test_letters_that_share_most_words_come_first(city):
    for n, title in enumerate(["供暖不热", "小区路灯坏了", "柳林小区路灯坏了", "公交太少"], start=1):
        file(city, f"p{n}", title)
    terms = {term for word in words_of("柳林小区路灯不亮") for term in word.terms}
    with city.reader() as reader:
        shared = reader.sharing(terms, ((LETTER,),), limit=3)
        assert shared == [("p3", 5), ("p2", 3)]
        assert reader.sharing(terms, ((PUBLIC,),), limit=3) == []
        assert reader.sharing((), ((LETTER,),), limit=3) == []


def test_nobody_looks_through_an_empty_city(city):
    assert found(city, "路灯") == []
    with city.reader() as reader:
        assert reader.sharing({"路灯"}, ((LETTER,),), limit=3) == []
        assert reader.words_of_letters([]) == []


def test_the_newest_are_looked_at_first_across_marks_and_years():
    narrow, wide = newest_windows(2026 * 10**9 + 16_384)
    assert narrow == ("@a2026-1", "@a2026-0")
    assert wide == ("@b2026-0",)


def test_letters_of_last_year_are_found_when_this_year_has_few(city):
    file(city, "p1", "路灯坏了", received_on=day(-300).date())
    file(city, "p2", "供暖不热")
    assert found(city, "路灯") == ["p1"]


def test_letters_of_an_earlier_version_are_found_after_the_update(new_url):
    with contextlib.closing(open_store(new_url)) as store:
        store.migrate()
        with store.unit_of_work() as unit:
            unit.save_units(
                [("city", None, "city", "滨江市", "Binjiang"), ("water", "city", "department", "水", "W")]
            )
        acts = first_round()
        file(store, "p1", "路灯坏了", "电话13912345678。", acts[:4], contents=[("c1", "已更换变压器。")])
        file(store, "p2", "供暖不热")
        before = terms(store)
        migrate.downgrade(store.engine, "0014")
        store.migrate()
        assert terms(store) == before
        assert found(store, "路灯 变压器", PUBLICLY) == ["p1"]
        with store.unit_of_work() as unit:
            unit.apply_flush(flush(act(1, "start", day(0), started()), instance="petition-p2"))
            unit.rebuild("petition-p1")
        assert terms(store) == before


def terms(store):
    rows = MetaData()
    rows.reflect(store.engine, only=["search_letters"])
    with store.engine.connect() as connection:
        return sorted(connection.execute(select(rows.tables["search_letters"])).all())

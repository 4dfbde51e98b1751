"""A letter's whole path in a real browser: four people, both languages, a desk's screen and a phone's.

Every page that anybody sees is looked at (`Person.look`): no violation that axe knows,
nothing on the console, no other host asked, no scrolling sideways, focus that is seen, no word of the other
language.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.e2e.conftest import Meet
from tests.e2e.houses import House
from tests.e2e.person import Person, Way
from tests.e2e.words import PDF, PNG, PROGRAM, WORDS

UNIT = "housing"
WAYS = [Way("zh", 390), Way("en", 1280)]
"""Whatever the window, every page is looked at in both widths."""


@dataclass
class Story:
    """The people around one letter."""

    citizen: Person
    clerk: Person
    department: Person
    head: Person
    number: str = ""
    code: str = ""

    @property
    def words(self) -> dict[str, str]:
        return WORDS[self.citizen.way.language]

    @property
    def desk(self) -> str:
        return f"/desk/letters/{self.number}"

    def reach(self, person: Person, element: str) -> None:
        """The form of a step at the desk, once the step before has come through."""
        person.wait_for(self.desk, f"#do-{element} form")

    def submit(self, person: Person, element: str) -> None:
        person.click(person.page.locator(f"#do-{element} form button[type=submit]"))


def submitted(person: Person, element: str) -> None:
    """The act went through: the page says so."""
    person.page.wait_for_url("**done=**")
    person.page.locator(".govuk-notification-banner--success").wait_for()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_letter_from_first_word_to_a_rating_after_a_second_round(city: House, meet: Meet, way: Way) -> None:
    story = Story(meet(city, way), meet(city, way), meet(city, way), meet(city, way))
    write_in_steps(story)
    sign_in_and_accept(story)
    sign_for_and_draft(story)
    head_returns_once(story)
    citizen_reads_the_reply(story)
    report_with_evidence(story)
    centre_returns_once(story)
    tell_the_result(story)
    not_solved(story)
    second_round(story)
    solved(story)
    the_board_shows_it(story)
    leave(story)


def write_in_steps(story: Story) -> None:
    me, say, t = story.citizen, story.words, story.citizen.way.t
    me.open("/", "board")
    me.press(t("nav.submit"))
    me.look("write")
    me.press(t("submit.next"))
    for name in ("title", "text"):
        me.has_error(name)
    me.look("write-errors")
    me.choose("kind", "help")
    me.fill(title=say["title"], text=say["text"])
    me.press(t("submit.next"))
    me.page.wait_for_url("**/submit/attachments")
    me.look("files")
    me.attach("files", PROGRAM)
    me.press(t("submit.files.add"))
    me.has_error("files")
    me.look("files-refused")
    me.open("/submit")
    assert me.value("title") == say["title"]
    assert me.value("text").splitlines() == say["text"].splitlines()
    me.open("/submit/attachments")
    me.attach("files", PDF, PNG)
    me.press(t("submit.files.add"))
    me.sees(PDF[0], PNG[0])
    me.look("files-taken")
    me.press(t("submit.next"))
    me.page.wait_for_url("**/submit/you")
    me.look("you")
    me.press(t("submit.next"))
    me.has_error("second")
    me.look("you-errors")
    me.fill(name=say["name"], passphrase=say["word"])
    me.choose("second", "word")
    me.choose("public", "yes")
    me.press(t("submit.next"))
    me.page.wait_for_url("**/submit/check")
    me.sees(say["title"], say["name"], PDF[0], PNG[0])
    me.sees_not(say["word"])
    me.look("check")
    me.press(t("submit.send"))
    me.page.wait_for_url("**/follow?received=1")
    story.number, story.code = me.page.locator(".govuk-panel .code").all_inner_texts()
    me.look("receipt")


def sign_in_and_accept(story: Story) -> None:
    clerk, t = story.clerk, story.clerk.way.t
    clerk.open("/desk")
    assert clerk.page.url.endswith("/sign-in?next=%2Fdesk"), clerk.page.url
    clerk.open(f"/sign-in?lang={clerk.way.language}", "sign-in")
    clerk.fill(account="clerk", password="not this one")
    clerk.press(t("sign_in.button"))
    clerk.has_error("account")
    clerk.look("sign-in-wrong")
    clerk.sign_in("clerk")
    clerk.look("desk-of-the-clerk")
    clerk.wait_for("/desk", f"a[href='{story.desk}']")
    story.reach(clerk, "accept")
    clerk.sees(story.words["text"].splitlines()[0], PDF[0])
    clerk.look("accept")
    story.submit(clerk, "accept")
    clerk.has_error("accept-accepted")
    clerk.look("accept-errors")
    clerk.choose("accept-accepted", "yes")
    story.submit(clerk, "accept")
    submitted(clerk, "accept")
    story.reach(clerk, "assign")
    clerk.look("assign")
    clerk.select("assign-department", UNIT)
    clerk.choose("assign-co_handling", "urban_management")
    story.submit(clerk, "assign")
    submitted(clerk, "assign")
    clerk.look("assigned")


def sign_for_and_draft(story: Story) -> None:
    me, say = story.department, story.words
    me.sign_in(f"department_{UNIT}")
    story.reach(me, "sign")
    me.open("/desk", "desk-of-the-department")
    me.follow(say["title"])
    story.reach(me, "sign")
    me.look("sign")
    story.submit(me, "sign")
    submitted(me, "sign")
    story.reach(me, "reply")
    story.submit(me, "reply")
    me.has_error("reply-content_id")
    me.look("draft-errors")
    me.fill(reply__content_id=say["draft"])
    me.attach("reply-reply_files-new", PROGRAM)
    me.choose("reply-reply_kind", "done")
    story.submit(me, "reply")
    me.has_error("reply-reply_files-new")
    assert me.value("reply-content_id") == say["draft"]
    me.look("draft-refused-file")
    me.attach("reply-reply_files-new", PDF)
    story.submit(me, "reply")
    submitted(me, "reply")
    me.look("drafted")


def head_returns_once(story: Story) -> None:
    head, me, say = story.head, story.department, story.words
    head.sign_in(f"head_{UNIT}")
    story.reach(head, "approve")
    head.sees(say["draft"])
    head.look("approve")
    head.choose("approve-approved", "no")
    story.submit(head, "approve")
    head.has_error("approve-return_note")
    head.look("approve-errors")
    head.fill(approve__return_note=say["return"])
    story.submit(head, "approve")
    submitted(head, "approve")
    story.reach(me, "reply")
    me.sees(say["return"])
    me.look("returned")
    me.fill(reply__content_id=say["reply"])
    me.choose("reply-reply_kind", "done")
    story.submit(me, "reply")
    submitted(me, "reply")
    story.reach(head, "approve")
    head.sees(say["reply"])
    head.look("approve-again")
    head.choose("approve-approved", "yes")
    story.submit(head, "approve")
    submitted(head, "approve")
    story.reach(me, "complete")


def citizen_reads_the_reply(story: Story) -> None:
    me, say, t = story.citizen, story.words, story.citizen.way.t
    me.open("/follow")
    me.press(t("follow.forget"))
    me.page.wait_for_url("**/follow")
    me.look("follow")
    me.fill(code=story.code, passphrase="not this one")
    me.press(t("follow.find"))
    me.has_error("passphrase")
    me.look("follow-wrong")
    me.fill(code=story.code.lower(), passphrase=say["word"])
    me.press(t("follow.find"))
    me.page.locator("h1", has_text=say["title"]).wait_for()
    me.sees(say["reply"])
    me.sees_not(say["draft"], say["return"])
    me.look("reply")


def report_with_evidence(story: Story) -> None:
    me, say = story.department, story.words
    me.look("report")
    me.fill(complete__content_id=say["report"])
    story.submit(me, "complete")
    submitted(me, "complete")


def centre_returns_once(story: Story) -> None:
    clerk, me, say = story.clerk, story.department, story.words
    story.reach(clerk, "check")
    clerk.look("check-report")
    clerk.choose("check-done", "no")
    clerk.fill(check__check_note=say["missing"])
    story.submit(clerk, "check")
    submitted(clerk, "check")
    story.reach(me, "complete")
    me.sees(say["missing"])
    me.look("report-returned")
    me.fill(complete__content_id=say["evidence"])
    me.attach("complete-evidence-new", PNG)
    story.submit(me, "complete")
    submitted(me, "complete")
    story.reach(clerk, "check")
    clerk.sees(say["evidence"], PNG[0])
    clerk.look("check-evidence")
    clerk.choose("check-done", "yes")
    story.submit(clerk, "check")
    submitted(clerk, "check")


def tell_the_result(story: Story) -> None:
    me, say = story.department, story.words
    story.reach(me, "feedback")
    me.look("feedback")
    me.fill(feedback__content_id=say["result"])
    story.submit(me, "feedback")
    submitted(me, "feedback")


def not_solved(story: Story) -> None:
    me, say, t = story.citizen, story.words, story.citizen.way.t
    me.wait_for("/follow", "[id='solved']")
    me.sees(say["result"])
    me.look("rate")
    me.press(t("rate.send"))
    for name in ("solved", "satisfaction"):
        me.has_error(name)
    me.look("rate-errors")
    me.choose("solved", "no")
    me.choose("satisfaction", "2")
    me.fill(comment=say["unsolved"])
    me.press(t("rate.send"))
    me.page.wait_for_url("**/follow?rated**")
    me.look("rated-not-solved")


def second_round(story: Story) -> None:
    clerk, me, head, say = story.clerk, story.department, story.head, story.words
    story.reach(me, "reply")
    me.sees(say["unsolved"])
    me.look("second-round")
    me.fill(reply__content_id=say["again"])
    me.choose("reply-reply_kind", "done")
    story.submit(me, "reply")
    submitted(me, "reply")
    story.reach(head, "approve")
    head.choose("approve-approved", "yes")
    story.submit(head, "approve")
    submitted(head, "approve")
    for person, element in ((me, "complete"), (clerk, "check"), (me, "feedback")):
        story.reach(person, element)
        if element == "check":
            person.choose("check-done", "yes")
        else:
            person.fill(**{f"{element}__content_id": say["again"]})
        story.submit(person, element)
        submitted(person, element)


def solved(story: Story) -> None:
    me, say, t = story.citizen, story.words, story.citizen.way.t
    me.wait_for("/follow", "[id='solved']")
    me.choose("solved", "yes")
    me.choose("satisfaction", "5")
    me.fill(comment=say["thanks"])
    me.press(t("rate.send"))
    me.page.wait_for_url("**/follow?rated**")
    me.wait_for("/follow", f"dd:text-is('{t('state.solved')}')")
    me.look("solved")
    story.department.open(story.desk, "closed-at-the-desk")


def the_board_shows_it(story: Story) -> None:
    me, say, t = story.citizen, story.words, story.citizen.way.t
    me.open("/")
    me.select("lamp", "green")
    me.select("department", UNIT)
    me.press(t("board.filter.apply"))
    row = me.page.locator("tr", has=me.page.locator(f"a[href='/letters/{story.number}']"))
    assert t("lamp.green") in row.inner_text()
    me.look("board-filtered")
    me.click(row.get_by_role("link"))
    me.page.wait_for_url(f"**/letters/{story.number}")
    me.sees(say["reply"], say["result"], t("lamp.green"))
    me.sees_not(say["name"], say["draft"], say["return"], say["missing"], PDF[0])
    me.look("public-letter")
    me.open("/?lamp=red&department=education", "board-empty")
    me.sees(t("board.none"))


def leave(story: Story) -> None:
    clerk, t = story.clerk, story.clerk.way.t
    story.department.open("/desk/inbox")
    clerk.open("/desk/letters", "find-letters")
    clerk.open("/account", "account", says="clerk")
    story.citizen.open(story.desk)
    assert "/sign-in" in story.citizen.page.url, story.citizen.page.url
    clerk.open("/no-such-page", "no-such-page")
    clerk.open("/desk")
    clerk.sign_out()
    clerk.look("signed-out")
    clerk.open(story.desk)
    clerk.page.locator("h1", has_text=t("sign_in.title")).wait_for()

"""Who sees what, cell by cell: the table of defaults.md against every GET route, API and pages.

The table stands here as it stands in defaults.md, not as the code has it. Two letters have lived through
everything that can be said about one: texts, drafts, notes, files, a verdict. Each seat then fetches every
route there is, and what it finds in all answers together must be what its row says: no less, no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from fastapi.testclient import TestClient

from tests.support import files
from tests.support.citizen import token
from tests.web.conftest import City, Settled, open_city
from wenzheng.web.access import ROUTES

COLUMNS: Final = ("text", "identity", "attachments", "notes", "rating")
TABLE: Final = """
    public                      masked  no   no   no   masked
    author                      yes     yes  yes  no   yes
    department_transport        yes     no   yes  own  yes
    head_transport              yes     no   yes  own  yes
    department_housing          yes     yes  yes  yes  yes
    head_housing                yes     yes  yes  yes  yes
    department_education        masked  no   no   no   masked
    head_education              masked  no   no   no   masked
    clerk                       yes     yes  yes  yes  yes
    centre_head                 yes     yes  yes  yes  yes
    supervisor_supervision_party       yes  no  yes  yes  yes
    supervisor_supervision_government  yes  no  yes  yes  yes
    leader                      yes     no   yes  yes  yes
    process_admin               no      no   no   no   no
    operator                    no      no   no   no   no
"""
"""Housing leads, transport helps. Supervision and leaders see the identity on request: test_disclosures."""

CELLS: Final = [
    (row[0], column, cell)
    for row in (line.split() for line in TABLE.strip().splitlines())
    for column, cell in zip(COLUMNS, row[1:], strict=True)
]
OUTSIDE: Final = ("public", "department_education", "head_education")
TECHNICAL: Final = ("process_admin", "operator")
FOR_EVERYBODY: Final = ("/", "/search", "/letters/{number}", "/api/board")
"""What these show is the public's part whoever looks: nobody need sign in to read it."""
SEATS: Final = [line.split()[0] for line in TABLE.strip().splitlines()]

NAME: Final = "欧阳小明"
CONTACT: Final = "13811112222"
PROOF: Final = {"Wenzheng-Passphrase": CONTACT}
"""The author's second factor is the contact."""


@dataclass
class Letter:
    """A letter that has lived, and the words in it by what they are."""

    tag: str
    ref: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    def words(self, what: str) -> str:
        """Words nobody else uses, and a phone number: masked words lose it."""
        return f"{self.tag}{what}一三{self.phone(what)}"

    @staticmethod
    def phone(what: str) -> str:
        """A phone number for each sort of words."""
        return f"139{SORTS.index(what):08d}"

    def file(self, what: str) -> str:
        """A file's name."""
        return f"{self.tag}{what}附件.png"


TEXTS: Final = ("标题", "正文", "答复", "办结", "反馈")
NOTES: Final = ("旧稿", "退回", "旧报", "补证", "草稿", "承办", "中心", "督办")
HELPERS: Final = "协办"
RATING: Final = "评语"
SORTS: Final = (*TEXTS, *NOTES, HELPERS, RATING)


@dataclass
class Lived:
    """The city, its letters, and what each seat has been answered."""

    city: City
    public: Letter
    hidden: Letter
    answers: dict[str, list[Any]] = field(default_factory=dict)


def add_file(city: City, letter: Letter, what: str, account: str | None, content: bytes) -> str:
    ref = letter.ref["number"] if account else letter.ref["tracking_code"]
    answer = city.client.post(
        f"/api/petitions/{ref}/attachments",
        files=[("file", (letter.file(what), content))],
        headers=city.as_(account) if account else PROOF,
    )
    assert answer.status_code == 201, answer.text
    letter.files[what] = answer.json()["items"][0]["id"]
    return letter.files[what]


def live(city: City, letter: Letter, *, public: bool) -> None:
    """From submission to a second round with a draft in it."""
    words, housing, head = letter.words, "department_housing", "head_housing"
    letter.ref = city.submit(
        title=words("标题"), text=words("正文"), name=NAME, contact=CONTACT, public=public
    )
    number, code = letter.ref["number"], letter.ref["tracking_code"]
    add_file(city, letter, "作者", None, files.png(1))
    city.done(number, "accept", "clerk")
    city.done(number, "assign", "clerk", department="housing", co_handling=["transport"])
    for account, what in {
        housing: "承办",
        "department_transport": HELPERS,
        "clerk": "中心",
        "supervisor_supervision_party": "督办",
    }.items():
        city.done(number, "notes", account, text=words(what))
    add_file(city, letter, HELPERS, "department_transport", files.png(2))
    city.sign(number)
    city.done(number, "reply", housing, text=words("旧稿"))
    city.done(number, "approve", head, approved=False, note=words("退回"))
    told = add_file(city, letter, "答复", housing, files.png(3))
    data = {"content_id": words("答复"), "reply_kind": "done", "reply_files": [told]}
    city.done(number, "tasks/reply", housing, data=data)
    city.done(number, "approve", head)
    city.done(number, "complete", housing, text=words("旧报"))
    city.done(number, "check", "clerk", done=False, note=words("补证"))
    city.done(number, "complete", housing, text=words("办结"))
    city.done(number, "check", "clerk")
    city.done(number, "feedback", housing, text=words("反馈"))
    verdict = {"solved": False, "satisfaction": 1, "comment": words(RATING), "passphrase": CONTACT}
    city.done(code, "rate", None, **verdict)
    draft = add_file(city, letter, "草稿", housing, files.png(4))
    data = {"content_id": words("草稿"), "reply_kind": "done", "reply_files": [draft]}
    city.done(number, "tasks/reply", housing, data=data)


@pytest.fixture(scope="module")
def lived(people: Settled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    city = open_city(people, tmp_path_factory.mktemp("city"))
    found = Lived(city, Letter("公"), Letter("密"))
    live(city, found.public, public=True)
    live(city, found.hidden, public=False)
    yield found
    city.services.store.close()


def addresses(letter: Letter, ref: str, seat: str) -> Iterator[str]:
    """Every GET route there is, about this letter where it is about one."""
    for method, path in sorted(ROUTES):
        if method == "GET" and not (seat in TECHNICAL and path in FOR_EVERYBODY):
            about = re.sub(r"\{(ref|number)\}", ref, path)
            about += f"?q={letter.tag}" if path.endswith("/search") else ""
            ids = letter.files.values() if "{attachment_id}" in about else ("",)
            yield from (re.sub(r"\{\w+\}", name or "x", about) for name in ids)


def answers(lived: Lived, seat: str) -> list[Any]:
    """What a seat is answered, by the API and by pages."""
    if seat not in lived.answers:
        lived.answers[seat] = list(fetched(lived, seat))
    return lived.answers[seat]


def fetched(lived: Lived, seat: str) -> Iterator[Any]:
    city = lived.city
    for letter in (lived.public, lived.hidden):
        ref = letter.ref["tracking_code" if seat == "author" else "number"]
        for path in addresses(letter, ref, seat):
            client, headers = who_asks(city, letter, seat, path)
            answer = client.get(path, headers=headers | {"Accept": "text/html, application/json"})
            assert answer.status_code < 500, (path, answer.text)
            yield answer


def who_asks(city: City, letter: Letter, seat: str, path: str) -> tuple[TestClient, dict[str, str]]:
    """A token at the API, a browser at the pages."""
    if seat not in {"public", "author"} and path.startswith("/api/"):
        return city.client, city.as_(seat)
    if seat not in {"public", "author"}:
        return city.browser(seat), {}
    client = TestClient(city.app, raise_server_exceptions=False)
    if seat == "author":
        form = {"csrf": token(client.get("/follow")), "code": letter.ref["tracking_code"]}
        shown = client.post("/follow", data=form | {"passphrase": CONTACT})
        assert shown.status_code == 200
        return client, PROOF
    return client, {}


def level(told: str, letter: Letter, what: str) -> str:
    """How much of some words stands in all that was told."""
    if letter.words(what) in told:
        return "yes"
    assert letter.phone(what) not in told.replace(letter.words(what), "")
    return "masked" if f"{letter.tag}{what}一三" in told else "no"


def told(lived: Lived, seat: str) -> str:
    return "\n".join(a.text for a in answers(lived, seat) if "image" not in a.headers["content-type"])


def bytes_seen(lived: Lived, seat: str, letter: Letter, what: str) -> bool:
    return any(
        answer.status_code == 200 and str(answer.url).endswith(letter.files[what])
        for answer in answers(lived, seat)
        if "image" in answer.headers["content-type"]
    )


@pytest.mark.parametrize(("seat", "column", "cell"), CELLS)
@pytest.mark.parametrize("public", [True, False], ids=["public", "not public"])
def test_every_cell(lived: Lived, seat: str, column: str, cell: str, public: bool) -> None:
    letter = lived.public if public else lived.hidden
    wanted = "no" if cell == "masked" and not public else cell
    text = told(lived, seat)
    match column:
        case "text":
            assert {what: level(text, letter, what) for what in TEXTS} == dict.fromkeys(TEXTS, wanted)
        case "identity":
            # Both letters have one author: whoever may see it sees it, whoever may not nowhere.
            assert {NAME in text, CONTACT in text} == {wanted == "yes"}
        case "attachments":
            for what in ("作者", "答复"):
                assert bytes_seen(lived, seat, letter, what) is (wanted == "yes"), what
                assert (letter.file(what) in text) is (wanted == "yes"), what
        case "notes":
            others = "yes" if wanted == "yes" else "no"
            own = "yes" if wanted in {"yes", "own"} else "no"
            assert {what: level(text, letter, what) for what in NOTES} == dict.fromkeys(NOTES, others)
            assert level(text, letter, HELPERS) == own
            assert bytes_seen(lived, seat, letter, "草稿") is (others == "yes")
            assert bytes_seen(lived, seat, letter, HELPERS) is (own == "yes")
            assert (letter.file("草稿") in text) is (others == "yes")
            assert (letter.file(HELPERS) in text) is (own == "yes")
        case "rating":
            assert level(text, letter, RATING) == wanted


@pytest.mark.parametrize("seat", OUTSIDE)
def test_a_letter_that_is_not_public_is_not_there_for_outsiders(lived: Lived, seat: str) -> None:
    text = told(lived, seat)
    for name in ("number", "id"):
        headers = {} if seat == "public" else lived.city.as_(seat)
        path = f"/api/petitions/{lived.hidden.ref[name]}"
        assert lived.city.client.get(path, headers=headers).status_code == 404
    assert f'"number":"{lived.hidden.ref["number"]}"' not in text
    assert f'"number":"{lived.public.ref["number"]}"' in text


@pytest.mark.parametrize("seat", [seat for seat in SEATS if seat != "author"])
def test_nobody_but_the_author_is_told_the_tracking_code(lived: Lived, seat: str) -> None:
    text = told(lived, seat)
    for letter in (lived.public, lived.hidden):
        assert letter.ref["tracking_code"] not in text


@pytest.mark.parametrize("seat", SEATS)
def test_people_who_act_are_named_to_those_who_handle_only(lived: Lived, seat: str) -> None:
    own = {"public", "author", "department_education", "head_education", "process_admin", "operator"}
    for account in ("department_housing", "head_housing", "department_transport"):
        assert (account in told(lived, seat)) is (seat not in own), account


def test_the_table_has_a_row_for_every_role() -> None:
    roles = {
        "clerk",
        "centre_head",
        "department",
        "head",
        "supervisor",
        "leader",
        "process_admin",
        "operator",
    }
    assert {seat.removesuffix("_" + seat.split("_", 1)[-1]) for seat in SEATS} >= {"department", "head"}
    assert all(any(seat.startswith(role) for seat in SEATS) for role in roles)
    assert len(CELLS) == 15 * 5


RECEIVER: Final = "head_health"


@pytest.fixture(scope="module")
def report(people: Settled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    city = open_city(people, tmp_path_factory.mktemp("reports"), report_receivers=frozenset({RECEIVER}))
    letter = Letter("举")
    letter.ref = city.submit(
        title=letter.words("标题"), text=letter.words("正文"), name=NAME, contact=CONTACT, kind="report"
    )
    add_file(city, letter, "作者", RECEIVER, files.png(1))
    city.done(letter.ref["number"], "notes", RECEIVER, text=letter.words("中心"))
    yield Lived(city, letter, letter)
    city.services.store.close()


@pytest.mark.parametrize("seat", [*SEATS, RECEIVER])
def test_a_report_of_wrongdoing_is_read_by_its_named_receivers_only(report: Lived, seat: str) -> None:
    letter, text, wanted = report.public, told(report, seat), seat == RECEIVER
    for what in ("标题", "正文", "中心"):
        assert level(text, letter, what) == ("yes" if wanted else "no"), what
    assert {NAME in text, CONTACT in text} == {wanted}
    assert (letter.file("作者") in text) is wanted
    assert bytes_seen(report, seat, letter, "作者") is wanted

"""A process administrator brings a definition of a new name to the page: checked, looked at, deployed."""

from __future__ import annotations

import html
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.support.citizen import token
from tests.support.deployable import HEARING
from tests.web.conftest import City
from wenzheng.catalog.language import translate
from wenzheng.engine.findings import FindingList

PAGE = {"Accept": "text/html"}


@pytest.fixture
def admin(city: City) -> TestClient:
    return city.browser("process_admin")


def begin(browser: TestClient, status: int = 200, *, files: Any = None, **sent: str) -> Any:
    csrf = token(browser.get("/definitions", headers=PAGE))
    answer = browser.post("/definitions", data={"csrf": csrf} | sent, files=files, headers=PAGE)
    assert answer.status_code == status, answer.text
    return answer


def drawn() -> bytes:
    made = translate(HEARING.encode(), "hearing.yaml", FindingList(), picture=True)
    assert made is not None
    return made.data


def test_a_pasted_text_is_checked_looked_at_and_deployed(city: City, admin: TestClient) -> None:
    looked = begin(admin, name="hearing", text=HEARING.replace("\n", "\r\n"))
    shown = html.unescape(looked.text)
    assert looked.url.path.startswith("/definitions/hearing/")
    assert "hearing.yaml" in shown
    assert 'href="/definitions"' in shown  # there is no history to go back to
    assert city.services.workshop.current("hearing") is None  # looking changes nothing
    assert admin.get("/definitions/hearing", headers=PAGE).status_code == 404
    sent = {"csrf": token(looked), "reason": "区里要求设立听证", "expected": ""}
    done = admin.post(f"{looked.url.path}/deploy", data=sent, headers=PAGE)
    assert done.status_code == 200, done.text
    assert "该版本已生效" in done.text
    current = city.services.workshop.current("hearing")
    assert current is not None
    assert current.files == {"hearing.yaml": HEARING.encode()}
    assert "hearing" in admin.get("/definitions", headers=PAGE).text


def test_bpmn_can_be_pasted_and_files_uploaded(city: City, admin: TestClient) -> None:
    looked = begin(admin, name="drawn_hearing", text=drawn().decode())
    assert "drawn_hearing.bpmn" in looked.text
    sent = [
        ("upload", ("hearing.yaml", HEARING.encode(), "text/yaml")),
        ("upload", ("held.zh.txt", "标题：听证\n\n已举行。\n".encode(), "text/plain")),
    ]
    looked = begin(admin, name="sent-hearing", files=sent)
    bundle = city.services.workshop.bundle(looked.url.path.rpartition("/")[2])
    assert sorted(bundle.files) == ["hearing.yaml", "messages/held.zh.txt"]


def test_findings_stand_beside_the_text_and_nothing_can_be_deployed(admin: TestClient) -> None:
    looked = begin(admin, name="hearing", text=HEARING.replace("by: clerk", "by: judge"))
    assert "unknown-role" in looked.text
    assert "/deploy" not in looked.text


@pytest.mark.parametrize(
    ("name", "text", "at", "status"),
    [
        ("petition", HEARING, "name", 409),
        ("听证", HEARING, "name", 422),
        ("", HEARING, "name", 422),
        ("../etc", HEARING, "name", 422),
        ("hearing", "  \n", "text", 422),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(
    admin: TestClient, name: str, text: str, at: str, status: int
) -> None:
    shown = html.unescape(begin(admin, status, name=name, text=text).text)
    assert f'href="#{at}"' in shown
    assert f'value="{name}"' in shown
    assert text.strip() in shown


def test_a_form_of_somebody_elses_and_files_that_are_none_are_refused(admin: TestClient) -> None:
    forged = admin.post("/definitions", data={"name": "hearing", "text": HEARING}, headers=PAGE)
    assert forged.status_code == 403
    assert HEARING.splitlines()[0] in forged.text
    program = [("upload", ("run.exe", b"MZ", "application/octet-stream"))]
    assert 'href="#upload"' in begin(admin, 422, name="hearing", files=program).text


@pytest.mark.parametrize("account", ["clerk", "centre_head", "leader"])
def test_who_is_no_process_administrator_cannot_begin_one(city: City, account: str) -> None:
    other = city.browser(account)
    csrf = token(other.get("/desk", headers=PAGE))
    assert other.get("/definitions", headers=PAGE).status_code == 403
    sent = {"csrf": csrf, "name": "hearing", "text": HEARING}
    assert other.post("/definitions", data=sent, headers=PAGE).status_code == 403
    with city.services.store.reader() as reader:
        assert "hearing" not in reader.definition_names()

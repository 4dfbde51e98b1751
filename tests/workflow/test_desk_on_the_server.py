"""The desk on the real workflow: what people do on its pages is what Temporal keeps, once."""

from __future__ import annotations

import asyncio
import html
import re
import secrets
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx2
from temporalio.testing import WorkflowEnvironment

from tests.support.house import DEPARTMENT, House, house, skipping_server
from wenzheng.accounts import first_accounts
from wenzheng.bootstrap.city import registry_of
from wenzheng.bootstrap.deploying import workshop_of
from wenzheng.calendars.pace import CityClock
from wenzheng.gateways.blobs import FolderBlobs
from wenzheng.gateways.processes import TemporalProcesses
from wenzheng.petitions.organisation import read_organisation
from wenzheng.scheduling import Scheduling
from wenzheng.settings import definitions_dir
from wenzheng.web.app import create_app
from wenzheng.web.services import CalendarInForce, Services

PAGE = {"Accept": "text/html"}


def staffed(home: House, server: WorkflowEnvironment, folder: Path) -> Services:
    """The web's services over this house, with the first accounts."""
    organisation = read_organisation((definitions_dir() / "organisation.yaml").read_text(encoding="utf-8"))
    with home.store.unit_of_work() as unit:
        for account, name, role, at in first_accounts(organisation):
            unit.save_account(id=account, name=name, role=role.value, unit_id=at)
    return Services(
        store=home.store,
        process=TemporalProcesses(server.client.service_client.config.target_host),
        blobs=FolderBlobs(folder / "attachments"),
        in_force=CalendarInForce.always(home.calendar),
        definition=lambda: home.definition,
        workshop=workshop_of(home.store),
        schedules=Scheduling(
            home.store,
            registry_of(home.store).fetch_definition,
            lambda _definition, _process: home.calendar,
            CityClock(lambda: datetime.now(UTC)),
        ),
    )


def browser(services: Services, account: str) -> httpx2.AsyncClient:
    """Somebody signed in at a browser."""
    token, now = secrets.token_hex(16), datetime.now(UTC)
    with services.store.unit_of_work() as unit:
        unit.open_session(
            token=token,
            account_id=account,
            csrf=f"csrf-{account}",
            now=now,
            expires_at=now + timedelta(hours=1),
            idle=timedelta(hours=1),
        )
    client = httpx2.AsyncClient(
        transport=httpx2.ASGITransport(create_app(services)),
        base_url="http://city.example",
        headers=PAGE,
        follow_redirects=True,
        timeout=60,
    )
    client.cookies.set("wz_session", token)
    return client


async def filled(client: httpx2.AsyncClient, number: str, element: str, **values: str) -> dict[str, str]:
    """The form of a task as its page gives it, filled in."""
    page = await client.get(f"/desk/letters/{number}")
    form = page.text[page.text.index(f"/tasks/{element}") :]
    hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form[: form.index("</form>")])
    return {name: html.unescape(value) for name, value in hidden} | {
        f"{element}-{name}": value for name, value in values.items()
    }


async def test_of_two_clerks_at_their_pages_one_accepts_and_the_other_hears_who_it_was(
    tmp_path: Path,
) -> None:
    async with skipping_server() as server, house(tmp_path, server) as home:
        services = staffed(home, server, tmp_path)
        letter = await home.submit(date(2026, 9, 1))
        await letter.until_open("accept")
        await letter.until_flushed()
        path = f"/desk/letters/{letter.number}/tasks/accept"
        async with browser(services, "clerk") as one, browser(services, "centre_head") as other:
            forms = [await filled(client, letter.number, "accept", accepted="yes") for client in (one, other)]
            answers = await asyncio.gather(one.post(path, data=forms[0]), other.post(path, data=forms[1]))
            assert sorted(answer.status_code for answer in answers) == [200, 409]
            late = next(answer for answer in answers if answer.status_code == 409)
            assert "已经有人办过了" in late.text
            form = await filled(one, letter.number, "assign", department=DEPARTMENT)
            done = await one.post(f"/desk/letters/{letter.number}/tasks/assign", data=form)
            assert "已完成：转办。下一步：" in done.text
        closed = [task for task in _tasks(home, letter.instance) if task == "accept"]
        assert len(closed) == 1


def _tasks(home: House, instance: str) -> list[str]:
    with home.store.reader() as reader:
        return [
            record.element
            for record in reader.records(instance)
            if record.kind == "task_closed" and record.data["reason"] == "completed"
        ]

"""Taking a letter down for a caller or somebody at the counter, and the slip with its tracking code.

The slip is the answer to the form, not a page of its own: the code is the author's key, and once the slip is
closed nobody of the house can look it up.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.responses import Response

from wenzheng.petitions.attachments import FIELD as FILES
from wenzheng.petitions.attachments import in_words
from wenzheng.petitions.findings import Finding
from wenzheng.petitions.intake import LetterRefusedError
from wenzheng.petitions.kinds import Channel
from wenzheng.petitions.organisation import ADDRESSABLE
from wenzheng.petitions.second_factor import drawn_word
from wenzheng.store import StoreAway
from wenzheng.store.views.petitions import PetitionRow
from wenzheng.web.acts import act_id_of, new_act_id
from wenzheng.web.filing import in_api_words, take_letter
from wenzheng.web.i18n import Words
from wenzheng.web.lookup import organisation
from wenzheng.web.multipart import SentFile, sent_form
from wenzheng.web.pages.again import again
from wenzheng.web.pages.board import KINDS
from wenzheng.web.pages.citizens import area_choices, group_choices
from wenzheng.web.pages.desk import At, Desk, sections
from wenzheng.web.pages.render import is_genuine, render, typed
from wenzheng.web.pages.submit import errors_of
from wenzheng.web.problems import Problem
from wenzheng.web.schemas.acts import TakenDown
from wenzheng.web.taking import arrival_of
from wenzheng.web.uploads import Owner, take_uploads

router = APIRouter()

CHANNELS: Final = (Channel.PHONE, Channel.COUNTER, Channel.POST, Channel.MAIL)
_WRITTEN: Final = ("title", "text", "kind", "addressee", "name", "contact", "citizen_group", "citizen_area")
_DATE: Final = ("year", "month", "day")
_BESIDE: Final = ("channel", "second", "passphrase", "drawn", "public", "act_id", "received-time")
_FIELDS: Final = (*_WRITTEN, *_BESIDE, *(f"received_at-{part}" for part in _DATE))
_SECONDS: Final = ("contact", "word", "drawn")


@router.get("/desk/take")
async def form(at: At) -> Response:
    """The form, with the present moment as that of receipt."""
    local = at.services.now().astimezone(at.services.calendar.zone)
    values = dict.fromkeys(_FIELDS, "") | {
        "channel": Channel.PHONE.value,
        "kind": "help",
        "addressee": "city",
        "second": "contact",
        "drawn": drawn_word(),
        "act_id": new_act_id(),
        "received-time": f"{local:%H:%M}",
    }
    values |= {f"received_at-{part}": str(getattr(local, part)) for part in _DATE}
    return await _form(at, values, {})


@router.post("/desk/take")
async def take(at: At) -> Response:
    """Keep the letter and its papers, then show the slip; sent twice it is one letter and the same slip."""
    async with sent_form(at.request) as sent:
        values = typed(sent.fields, _FIELDS)
        values["act_id"] = act_id_of(values["act_id"])
        if not is_genuine(at.request, sent.fields):
            return await _form(at, values, {"channel": at.t("error.expired")}, 403)
        try:
            return await _take(at, values, sent.files)
        except StoreAway:
            return again(at.request, FormData(values))


async def _take(at: Desk, values: dict[str, str], files: list[SentFile]) -> Response:
    t = at.t
    errors = _errors_beside(t, values)
    received = _received(at, values)
    if received is None:
        errors["received_at"] = t("error.take.received")
    try:
        body = _body(t, values, received)
    except ValidationError:  # nothing of ours sends such a form
        return await _form(at, values, errors | {"channel": t("error.take.form")}, 422)
    if errors:
        return await _form(at, values, errors, 422)
    try:
        row = await take_letter(at.services, body, values["act_id"], arrival_of(body, at.who))
    except LetterRefusedError as error:
        return await _form(at, values, errors_of(t, in_api_words(error.findings)), 422)
    except Problem as problem:
        if problem.code != "act-id-taken":
            raise
        # Sent, then changed and sent again: what was changed is another letter.
        again_as = values | {"act_id": new_act_id()}
        return await _form(at, again_as, {"channel": t("error.take.changed")}, 409)
    owner = Owner(at.who.account, petition_id=row.id)
    refused = [upload for upload in await take_uploads(at.services, owner, files) if upload.finding]
    said = [(upload.name, upload.finding) for upload in refused if upload.finding is not None]
    return await _slip(at, row, values, said)


def _errors_beside(t: Words, values: Mapping[str, str]) -> dict[str, str]:
    """What is wrong besides the letter: what the form asks and the letter leaves open."""
    errors = {}
    if values["channel"] not in {one.value for one in CHANNELS}:
        errors["channel"] = t("error.take.channel")
    if values["second"] not in _SECONDS:
        errors["second"] = t("error.second")
    elif values["second"] == "contact" and not values["contact"].strip():
        errors["contact"] = t("error.second.contact")
    if values["public"] not in {"yes", "no"}:
        errors["public"] = t("error.public")
    return errors


def _received(at: Desk, values: Mapping[str, str]) -> datetime | None:
    """The moment of receipt by the city's clock; None for none that there is."""
    parts = [values[f"received_at-{part}"].strip() for part in _DATE]
    try:
        year, month, day = map(int, parts)
        moment = datetime.strptime(values["received-time"].strip(), "%H:%M")  # noqa: DTZ007 - the zone follows
        return moment.replace(year=year, month=month, day=day, tzinfo=at.services.calendar.zone)
    except (ValueError, OverflowError):
        return None


def _body(t: Words, values: Mapping[str, str], received: datetime | None) -> TakenDown:
    word = {"word": values["passphrase"], "drawn": values["drawn"]}.get(values["second"])
    channel = values["channel"]
    known = channel in {one.value for one in CHANNELS}
    written: dict[str, Any] = {name: values[name] for name in _WRITTEN}
    return TakenDown(
        **written,
        channel=channel if known else Channel.PHONE.value,
        public=values["public"] == "yes",
        language=t.language,
        passphrase=word,
        received_at=received,
    )


async def _form(
    at: Desk, values: Mapping[str, str], errors: Mapping[str, str], status: int = 200
) -> Response:
    t, limits = at.t, at.services.settings.files
    units = await at.services.read(organisation)
    named = [(unit.id, unit.name_en if t.language == "en" else unit.name_zh) for unit in
             units.of_kind(*ADDRESSABLE)]  # fmt: skip
    return render(
        at.request,
        "desk_take.html",
        status,
        sections=await sections(t, at.services, at.who),
        form=values,
        day={part: values[f"received_at-{part}"] for part in _DATE},
        errors=errors,
        channels=[(one.value, t(f"channel.{one.value}")) for one in CHANNELS],
        kinds=[(kind, t(f"kind.{kind}")) for kind in KINDS],
        units=named,
        groups=group_choices(t),
        areas=area_choices(t, units),
        seconds=[(one, t(f"take.second.{one}")) for one in _SECONDS],
        files_name=FILES,
        limits={
            "count": limits.most,
            "size": in_words(limits.largest),
            "types": limits.endings() if t.language == "zh" else limits.endings_en(),
        },
    )


async def _slip(
    at: Desk, row: PetitionRow, values: Mapping[str, str], refused: list[tuple[str, Finding]]
) -> Response:
    t = at.t
    if values["second"] == "drawn":
        second = t("slip.drawn", word=values["drawn"])
    else:
        second = t(f"slip.{values['second']}")
    return render(
        at.request,
        "desk_slip.html",
        sections=await sections(t, at.services, at.who),
        row=row,
        aloud=[" ".join(group) for group in row.tracking_code.split("-")],
        second=second,
        channel=t(f"channel.{row.channel}"),
        refused=[f"{name}: {one.en}" if t.language == "en" else f"{name}：{one.zh}" for name, one in refused],
    )

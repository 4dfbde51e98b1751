"""The reasons of a deadline as people read them, in Chinese and English: one sentence a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from wenzheng.calendars.explanation import Language
from wenzheng.calendars.units import Unit
from wenzheng.petitions.reasons import ClockReasons, LimitReasons

Data = Mapping[str, Any]
_UNITS: Final[dict[Language, dict[Unit, tuple[str, str]]]] = {
    "zh": {
        Unit.WORKING_DAYS: ("个工作日", "个工作日"),
        Unit.CALENDAR_DAYS: ("日", "日"),
        Unit.CALENDAR_DAYS_ROLLED: ("日", "日"),
        Unit.OFFICE_HOURS: ("个工作小时", "个工作小时"),
        Unit.HOURS: ("小时", "小时"),
    },
    "en": {
        Unit.WORKING_DAYS: (" working day", " working days"),
        Unit.CALENDAR_DAYS: (" day", " days"),
        Unit.CALENDAR_DAYS_ROLLED: (" day", " days"),
        Unit.OFFICE_HOURS: (" office hour", " office hours"),
        Unit.HOURS: (" hour", " hours"),
    },
}


def words_of(reasons: ClockReasons, limit: LimitReasons, language: Language) -> list[str]:
    """Why a limit of a clock is over when it is."""
    lines = [*_rule(reasons, language)]
    for entry in _worth_telling(reasons.history):
        told = _HISTORY[language].get(entry["kind"])
        lines += [told(entry, reasons.unit)] if told is not None else []
    lines += _count(reasons, limit, language)
    if limit.counted is not None and limit.due is not None:
        lines.append(
            f"按新的放假安排应为{limit.counted}；以较晚的{limit.due}为准。"
            if language == "zh"
            else f"By the new notice it would be {limit.counted}; the later day, {limit.due}, holds."
        )
    version = reasons.version[:12]
    lines.append(
        f"按日历{reasons.calendar}（版本{version}）计算。"
        if language == "zh"
        else f"Counted by calendar {reasons.calendar}, version {version}."
    )
    return lines


def _worth_telling(history: tuple[Data, ...]) -> Iterator[Data]:
    """Of a pause that is over its end says all; one that goes on is the last that was begun."""
    for place, entry in enumerate(history):
        later = {other["kind"] for other in history[place + 1 :]}
        if entry["kind"] != "clock_paused" or not later & {"clock_resumed", "clock_restarted"}:
            yield entry


def _rule(reasons: ClockReasons, language: Language) -> Iterator[str]:
    def said(name: str) -> str:
        chinese = reasons.rule.get(name, "")
        return chinese if language == "zh" else reasons.rule.get(f"{name}_en") or chinese

    text, article, day0 = said("text"), said("article"), said("day0")
    if text or article:
        yield (
            f"依据：{text}{f'（{article}）' if text and article else article}。"
            if language == "zh"
            else f"Rule: {text}{f' ({article})' if text and article else article}."
        )
    if day0:
        yield (
            f"第0日是{reasons.day0}：{day0}。" if language == "zh" else f"Day 0 is {reasons.day0}: {day0}."
        )


def _count(reasons: ClockReasons, limit: LimitReasons, language: Language) -> Iterator[str]:
    if limit.plus:
        total = _amount(limit.count + limit.plus, reasons.unit, language)
        yield (
            f"原为{_amount(limit.count, reasons.unit, language)}，延期后共{total}。"
            if language == "zh"
            else f"{_amount(limit.count, reasons.unit, language)} at first, {total} with the extension."
        )
    if limit.stretches:
        *before, last = limit.stretches
        for stretch in before:
            gone = _amount(stretch.n, reasons.unit, language)
            yield (f"暂停前已用{gone}：" if language == "zh" else f"Used up before the pause: {gone}.")
            yield from stretch.words(language).splitlines()
        if before:
            left = _amount(last.n, reasons.unit, language)
            yield f"还剩{left}：" if language == "zh" else f"Left after it: {left}."
        yield from last.words(language).splitlines()
    elif limit.due is None:
        yield ("暂停期间没有期限。" if language == "zh" else "While it stands still there is no last day.")
    else:
        yield _result(reasons, limit, language)
    if limit.provisional and not any(stretch.provisional for stretch in limit.stretches):
        through = reasons.decreed_through
        yield (
            f"暂定：放假安排只公布到{through}，新的通知发布后将重新计算。"
            if language == "zh"
            else f"Provisional: days are decreed through {through} only; a new notice will have this "
            "counted again."
        )


def _result(reasons: ClockReasons, limit: LimitReasons, language: Language) -> str:
    """The count in one sentence: for hours, and where another version of the calendar counted."""
    count = _amount(abs(limit.count + limit.plus), reasons.unit, language)
    back = limit.count + limit.plus < 0
    if language == "zh":
        return f"自{reasons.day0}{'之前' if back else '起'}{count}，最后一日是{limit.due}。"
    return f"{count} {'before' if back else 'after'} {reasons.day0}: the last day is {limit.due}."


def _amount(count: int, unit: Unit, language: Language) -> str:
    one, more = _UNITS[language][unit]
    return f"{count}{one if count == 1 else more}"


# --- what happened ----------------------------------------------------------------------------


def _resumed_zh(entry: Data, unit: Unit) -> str:
    by_itself = "，暂停到限自动恢复" if entry["why"] == "limit" else ""
    days = _amount(entry["days"], unit, "zh")
    return f"{entry['from']}暂停，{entry['to']}恢复{by_itself}：其间{days}不计。"


def _resumed_en(entry: Data, unit: Unit) -> str:
    by_itself = ", by itself at its limit" if entry["why"] == "limit" else ""
    days = _amount(entry["days"], unit, "en")
    return f"Paused on {entry['from']}, went on on {entry['to']}{by_itself}: {days} not counted."


def _paused_zh(entry: Data, _unit: Unit) -> str:
    until = f"，至迟{entry['until']}恢复" if entry["until"] else ""
    return f"自{entry['from']}起暂停{until}。"


def _paused_en(entry: Data, _unit: Unit) -> str:
    until = f", until {entry['until']} at the latest" if entry["until"] else ""
    return f"Paused from {entry['from']} on{until}."


def _moved_zh(entry: Data, _unit: Unit) -> str:
    if entry["cause"] == "day0":
        return f"第0日由{entry['before']}改为{entry['day0']}，期限随之改变。"
    if not entry["moved"]:
        return f"放假安排公布{f'（{notice}）' if (notice := entry.get('notice')) else ''}：日期不变。"
    days = "、".join(f"{one['before']}改为{one['due']}" for one in entry["moved"])
    return f"放假安排调整{f'（{notice}）' if (notice := entry.get('notice')) else ''}：{days}。"


def _moved_en(entry: Data, _unit: Unit) -> str:
    if entry["cause"] == "day0":
        return f"Day 0 moved from {entry['before']} to {entry['day0']}, and the limits with it."
    if not entry["moved"]:
        return f"A new notice{f' ({notice})' if (notice := entry.get('notice')) else ''}: the day stays."
    days = ", ".join(f"{one['before']} became {one['due']}" for one in entry["moved"])
    return f"A new notice{f' ({notice})' if (notice := entry.get('notice')) else ''}: {days}."


_Told = Callable[[Data, Unit], str]
_HISTORY: Final[dict[Language, dict[str, _Told]]] = {
    "zh": {
        "clock_paused": _paused_zh,
        "clock_resumed": _resumed_zh,
        "clock_extended": lambda entry, unit: f"{entry['on']}批准延期{_amount(entry['by'], unit, 'zh')}。",
        "clock_restarted": lambda entry, _: f"补正后重新起算：第0日由{entry['before']}改为{entry['day0']}。",
        "clock_moved": _moved_zh,
    },
    "en": {
        "clock_paused": _paused_en,
        "clock_resumed": _resumed_en,
        "clock_extended": lambda entry, unit: (
            f"Extended by {_amount(entry['by'], unit, 'en')} on {entry['on']}."
        ),
        "clock_restarted": lambda entry, _: (
            f"Began anew after a correction: day 0 moved from {entry['before']} to {entry['day0']}."
        ),
        "clock_moved": _moved_en,
    },
}

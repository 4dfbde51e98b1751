"""What a picture says in Chinese and in English besides the names of the definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from wenzheng.calendars.units import Unit
from wenzheng.catalog.pictures.picture import Picture
from wenzheng.engine.clock_model import Clock, Threshold

_MOST: Final = 60
"""Steps that a description lists; a longer one is not listened to."""
_WORDS: Final = {
    "zh": {
        "deadlines": "办理时限（工作日）",
        "end": "流程结束",
        "yellow": "黄灯",
        "red": "红灯",
        "none": "无灯",
        "green": "绿灯",
        "unlit": "无灯",
        "waiting": "“{}”处有 {} 件在办",
        "days_short": "{} 天",
        "day0": "第 0 日：{}",
        "working_days": "{} 个工作日",
        "working_day": "{} 个工作日",
        "calendar_days": "{} 个自然日",
        "calendar_day": "{} 个自然日",
        "calendar_days_rolled": "{} 个自然日（顺延）",
        "calendar_day_rolled": "{} 个自然日（顺延）",
        "office_hours": "{} 个办公小时",
        "office_hour": "{} 个办公小时",
        "hours": "{} 小时",
        "hour": "{} 小时",
        "before": "提前 {}",
        "all_deadlines": "办理时限",
        "tells": "告知 {}",
        "measured": "仅计时，无时限",
        "from_to": "自“{}”至“{}”",
        "steps": "步骤：{}。",
        "ends": "结果：{}。",
        "clocks": "时限：{}。",
        "comma": "、",
        "and_then": "，",
        "stop": "；",
        "colon": "：",
        "startEvent": "开始",
        "endEvent": "结束",
        "intermediateCatchEvent": "等待",
        "intermediateThrowEvent": "节点",
        "boundaryEvent": "中断事件",
        "userTask": "人工任务",
        "serviceTask": "服务任务",
        "scriptTask": "计算任务",
        "sendTask": "发送任务",
        "receiveTask": "接收任务",
        "exclusiveGateway": "选择",
        "parallelGateway": "并行",
        "subProcess": "子流程",
        "transaction": "事务",
        "adHocSubProcess": "自由子流程",
        "callActivity": "调用",
        "task": "任务",
        "manualTask": "手工任务",
        "inclusiveGateway": "多选",
        "complexGateway": "复合条件",
        "eventBasedGateway": "等候选择",
    },
    "en": {
        "deadlines": "Deadlines (working days)",
        "end": "end of the process",
        "yellow": "yellow",
        "red": "red",
        "none": "no lamp",
        "green": "green",
        "unlit": "no lamp",
        "waiting": "{}: {} waiting",
        "days_short": "{} d",
        "day0": "day 0: {}",
        "working_days": "{} working days",
        "working_day": "{} working day",
        "calendar_days": "{} calendar days",
        "calendar_day": "{} calendar day",
        "calendar_days_rolled": "{} calendar days (rolled)",
        "calendar_day_rolled": "{} calendar day (rolled)",
        "office_hours": "{} office hours",
        "office_hour": "{} office hour",
        "hours": "{} hours",
        "hour": "{} hour",
        "before": "{} before",
        "all_deadlines": "Deadlines",
        "tells": "tells {}",
        "measured": "measured, no limit",
        "from_to": "from “{}” to “{}”",
        "steps": "Steps: {}.",
        "ends": "Outcomes: {}.",
        "clocks": "Deadlines: {}.",
        "comma": ", ",
        "and_then": ", ",
        "stop": "; ",
        "colon": ": ",
        "startEvent": "start",
        "endEvent": "end",
        "intermediateCatchEvent": "wait",
        "intermediateThrowEvent": "mark",
        "boundaryEvent": "interruption",
        "userTask": "user task",
        "serviceTask": "service task",
        "scriptTask": "calculation",
        "sendTask": "send task",
        "receiveTask": "receive task",
        "exclusiveGateway": "choice",
        "parallelGateway": "parallel",
        "subProcess": "sub-process",
        "transaction": "transaction",
        "adHocSubProcess": "ad-hoc sub-process",
        "callActivity": "call",
        "task": "task",
        "manualTask": "manual task",
        "inclusiveGateway": "inclusive choice",
        "complexGateway": "complex condition",
        "eventBasedGateway": "choice by event",
    },
}


@dataclass(frozen=True)
class Words:
    """One language, zh or en; `roles` are what people call the roles and recipients of a definition."""

    language: str
    roles: Mapping[str, str]

    def say(self, word: str, *values: object) -> str:
        """A word or sentence of the picture."""
        return _WORDS[self.language].get(word, word).format(*values)

    def role(self, name: str | None) -> str:
        """What people call a role; nothing for none."""
        return self.roles.get(name, name) if name else ""

    def count(self, count: int, unit: Unit) -> str:
        """A number of working days, or of what else a clock counts; a negative one lies before its event."""
        name = unit.value
        one = self.say(
            name.replace("days", "day").replace("hours", "hour") if abs(count) == 1 else name, abs(count)
        )
        return self.say("before", one) if count < 0 else one

    def threshold(self, threshold: Threshold, unit: Unit = Unit.WORKING_DAYS) -> str:
        """When a threshold is reached and what it does."""
        words = self.count(threshold.after, unit) + self.say("colon") + self.say(threshold.lamp or "none")
        if threshold.notify:
            names = self.say("comma").join(map(self.role, threshold.notify))
            words += self.say("and_then") + self.say("tells", names)
        return words

    def ends_of(self, picture: Picture, clock: Clock) -> tuple[str, str]:
        """The names of what starts and what stops a clock."""
        texts = picture.texts
        owner = () if clock.of is None else (clock.of,)
        begins, ends = (
            self.say("comma").join(texts.get(one) or one for one in ids)
            for ids in (clock.starts or owner, clock.stops or owner)
        )
        return begins, ends or self.say("end")

    def describe(self, picture: Picture) -> str:
        """The picture in words, for those who do not see it."""
        elements = picture.model.all_elements()
        steps = [
            picture.texts[element.id] + (f" ({self.role(element.role)})" if element.role else "")
            for element in elements
            if element.type.endswith("Task")
        ]
        ends = [picture.texts[one.id] or one.id for one in elements if one.type == "endEvent"]
        clocks = [self._clock(picture, clock) for clock in picture.model.clocks.values()]
        said = [picture.texts[picture.model.id] + self.say("stop").strip()]
        said += [
            self.say(kind, self._listed(words, "stop" if kind == "clocks" else "comma"))
            for kind, words in (("steps", steps), ("ends", ends), ("clocks", clocks))
            if words
        ]
        return " ".join(said)

    def _listed(self, words: list[str], sign: str) -> str:
        return self.say(sign).join(words[:_MOST]) + (" …" if len(words) > _MOST else "")

    def _clock(self, picture: Picture, clock: Clock) -> str:
        comma = self.say("comma")
        limits = comma.join(self.threshold(one, clock.unit) for one in clock.thresholds) or self.say(
            "measured"
        )
        ways = self.say("from_to", *self.ends_of(picture, clock))
        return f"{picture.texts[f'deadline/{clock.id}']} {ways}{comma}{limits}"

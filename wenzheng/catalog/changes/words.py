"""The sentences of changes in Chinese and in English, and what values are called in them.

`{process}` is the process, `{what}` the step, clock or file, `{part}` the limit, field or target inside it.
"""

from __future__ import annotations

from typing import Final

Pair = tuple[str, str]
"""Chinese, English."""

SENTENCES: Final[dict[str, Pair]] = {
    "process.added": ("新增流程{process}。", "Process {process} is new."),
    "process.removed": ("流程{process}已删除。", "Process {process} is gone."),
    "process.renamed": ("流程名称：{before} → {after}。", "The process is called: {before} → {after}."),
    "process.changed": ("流程{process}的{trait}已改变。", "Process {process}: {trait} changed."),
    "calendar.chosen": (
        "流程{process}改按日历 {after} 计算，不再按本市日历。",
        "Process {process} is counted by the calendar {after}, no longer by the city's.",
    ),
    "calendar.changed": (
        "流程{process}使用的日历：{before} → {after}。",
        "Process {process} is counted by another calendar: {before} → {after}.",
    ),
    "calendar.dropped": (
        "流程{process}改按本市日历计算，不再按 {before}。",
        "Process {process} is counted by the city's calendar, no longer by {before}.",
    ),
    "role.added": (
        "角色 {after} 现在参与流程{process}。",
        "Role {after} now takes part in process {process}.",
    ),
    "role.removed": (
        "角色 {before} 在流程{process}中不再有任何步骤。",
        "Role {before} has no step in process {process} any more.",
    ),
    "receives.added": (
        "流程{process}现在接收消息 {after}。",
        "Process {process} now hears the message {after}.",
    ),
    "receives.removed": (
        "流程{process}不再接收消息 {before}。",
        "Process {process} does not hear the message {before} any more.",
    ),
    "element.added": ("新增{after}{what}。", "New {after}: {what}."),
    "element.removed": ("删除{before}{what}。", "The {before} {what} is gone."),
    "element.renamed": ("{what}的名称：{before} → {after}。", "{what} is renamed: {before} → {after}."),
    "element.type": ("{what}的类型：{before} → {after}。", "{what} is of another kind: {before} → {after}."),
    "element.role": ("{what}的办理人：{before} → {after}。", "{what} is done by: {before} → {after}."),
    "element.unit": ("{what}的办理单位：{before} → {after}。", "The unit of {what}: {before} → {after}."),
    "element.fact": (
        "{what}记录的事实：{before} → {after}。",
        "{what} records the fact: {before} → {after}.",
    ),
    "element.moved": ("{what}的位置：{before} → {after}。", "{what} stands elsewhere: {before} → {after}."),
    "element.timer": ("{what}的等待时间：{before} → {after}。", "{what} waits: {before} → {after}."),
    "element.service": ("{what}调用的服务：{before} → {after}。", "{what} calls: {before} → {after}."),
    "element.decision": (
        "{what}使用的决策表：{before} → {after}。",
        "{what} decides by: {before} → {after}.",
    ),
    "element.guidance": ("{what}的办理说明已改写。", "The guidance of {what} is rewritten."),
    "element.changed": ("{what}的{trait}：{before} → {after}。", "{what}, {trait}: {before} → {after}."),
    "scope.moved": ("{what}移到另一子流程：{before} → {after}。", "{what}: moved from {before} to {after}."),
    "form.order": (
        "{what}的表单顺序：{before} → {after}。",
        "The form of {what} is in another order: {before} → {after}.",
    ),
    "field.added": ("{what}的表单新增字段{part}。", "The form of {what} asks for {part} now."),
    "field.removed": ("{what}的表单删除字段{part}。", "The form of {what} does not ask for {part} any more."),
    "field.renamed": (
        "{what}的字段{part}的名称：{before} → {after}。",
        "Field {part} of {what} is renamed: {before} → {after}.",
    ),
    "field.type": (
        "{what}的字段{part}的类型：{before} → {after}。",
        "Field {part} of {what} is of type: {before} → {after}.",
    ),
    "field.required": (
        "{what}的字段{part}必填：{before} → {after}。",
        "Field {part} of {what} is required: {before} → {after}.",
    ),
    "field.min": (
        "{what}的字段{part}的下限：{before} → {after}。",
        "The least of field {part} of {what}: {before} → {after}.",
    ),
    "field.max": (
        "{what}的字段{part}的上限：{before} → {after}。",
        "The most of field {part} of {what}: {before} → {after}.",
    ),
    "field.not_before": (
        "{what}的字段{part}最早的日期：{before} → {after}。",
        "The first day that field {part} of {what} may be: {before} → {after}.",
    ),
    "field.template": (
        "{what}的字段{part}的范文已改写。",
        "What field {part} of {what} begins with is rewritten.",
    ),
    "choice.added": ("{what}的字段{part}新增选项 {after}。", "Field {part} of {what} can be {after} now."),
    "choice.removed": (
        "{what}的字段{part}删除选项 {before}。",
        "Field {part} of {what} cannot be {before} any more.",
    ),
    "choice.order": (
        "{what}的字段{part}的选项顺序：{before} → {after}。",
        "The choices of field {part} of {what} are in another order: {before} → {after}.",
    ),
    "flow.added": (
        "新增从{what}到{part}的路径，条件：{after}。",
        "New way from {what} to {part}, on condition: {after}.",
    ),
    "flow.removed": (
        "删除从{what}到{part}的路径，条件：{before}。",
        "The way from {what} to {part} is gone; its condition was: {before}.",
    ),
    "flow.condition": (
        "从{what}到{part}的条件：{before} → {after}。",
        "The condition from {what} to {part}: {before} → {after}.",
    ),
    "flow.default": (
        "{what}在其他情况下去往：{before} → {after}。",
        "{what} leads otherwise to: {before} → {after}.",
    ),
    "clock.added": ("新增时限{what}：{after}。", "New deadline {what}: {after}."),
    "clock.removed": ("删除时限{what}：{before}。", "The deadline {what} is gone: {before}."),
    "clock.renamed": (
        "时限{what}的名称：{before} → {after}。",
        "The deadline {what} is renamed: {before} → {after}.",
    ),
    "clock.starts": (
        "时限{what}的起算：{before} → {after}。",
        "The deadline {what} starts with: {before} → {after}.",
    ),
    "clock.stops": (
        "时限{what}的停止：{before} → {after}。",
        "The deadline {what} stops with: {before} → {after}.",
    ),
    "clock.day0": (
        "时限{what}的第 0 日：{before} → {after}。",
        "Day 0 of the deadline {what}: {before} → {after}.",
    ),
    "clock.unit": (
        "时限{what}的单位：{before} → {after}。",
        "The deadline {what} counts: {before} → {after}.",
    ),
    "clock.at_once": (
        "时限{what}立即通知的条件：{before} → {after}。",
        "The deadline {what} is told at once if: {before} → {after}.",
    ),
    "clock.rule": (
        "时限{what}的依据：{before} → {after}。",
        "The rule behind the deadline {what}: {before} → {after}.",
    ),
    "clock.restart": (
        "时限{what}的重新起算：{before} → {after}。",
        "The deadline {what} begins anew: {before} → {after}.",
    ),
    "clock.of": (
        "时限{what}所属的步骤：{before} → {after}。",
        "The deadline {what} belongs to: {before} → {after}.",
    ),
    "clock.whose": (
        "时限{what}属于哪个单位：{before} → {after}。",
        "The deadline {what} is that of: {before} → {after}.",
    ),
    "limit.added": (
        "时限{what}新增界限 {part}：{after}。",
        "The deadline {what} has a new limit {part}: {after}.",
    ),
    "limit.removed": (
        "时限{what}删除界限 {part}：{before}。",
        "The deadline {what} lost its limit {part}: {before}.",
    ),
    "limit.length": (
        "时限{what}的 {part}：{before} → {after}。",
        "The deadline {what}, limit {part}: {before} → {after}.",
    ),
    "limit.lamp": (
        "时限{what}的 {part} 的灯：{before} → {after}。",
        "The lamp of {what}, limit {part}: {before} → {after}.",
    ),
    "limit.notify": (
        "时限{what}的 {part} 超期告知：{before} → {after}。",
        "When {part} of {what} is over, those told are: {before} → {after}.",
    ),
    "limit.remind": (
        "时限{what}的 {part} 到期前提醒：{before} → {after}。",
        "Before {part} of {what} is over, those reminded are: {before} → {after}.",
    ),
    "limit.remind_before": (
        "时限{what}的 {part} 提前提醒的工作日：{before} → {after}。",
        "Working days before {part} of {what} at which one is reminded: {before} → {after}.",
    ),
    "pause.added": (
        "时限{what}新增暂停 {part}：{after}。",
        "The deadline {what} can pause: {part} ({after}).",
    ),
    "pause.removed": ("时限{what}删除暂停 {part}。", "The deadline {what} pauses no more for {part}."),
    "pause.changed": (
        "时限{what}的暂停 {part}：{before} → {after}。",
        "The pause {part} of {what}: {before} → {after}.",
    ),
    "extension.added": (
        "时限{what}新增延期 {part}：{after}。",
        "The deadline {what} can be extended: {part} ({after}).",
    ),
    "extension.removed": (
        "时限{what}删除延期 {part}。",
        "The deadline {what} is extended no more by {part}.",
    ),
    "extension.changed": (
        "时限{what}的延期 {part}：{before} → {after}。",
        "The extension {part} of {what}: {before} → {after}.",
    ),
    "data.added": ("新增数据项 {part}（{after}）。", "New data: {part} ({after})."),
    "data.removed": ("删除数据项 {part}（{before}）。", "Data gone: {part} ({before})."),
    "data.changed": ("数据项 {part}：{before} → {after}。", "Data {part}: {before} → {after}."),
    "table.added": (
        "新增决策表 {what}，共 {after} 条规则。",
        "New decision table {what} with {after} rules.",
    ),
    "table.removed": ("删除决策表 {what}。", "The decision table {what} is gone."),
    "table.hit": (
        "决策表 {what} 的命中方式：{before} → {after}。",
        "The hit policy of table {what}: {before} → {after}.",
    ),
    "table.columns": (
        "决策表 {what} 的{trait}：{before} → {after}。",
        "Table {what}, {trait}: {before} → {after}.",
    ),
    "table.rule.added": ("决策表 {what} 新增规则：{after}。", "Table {what} has a new rule: {after}."),
    "table.rule.removed": ("决策表 {what} 删除规则：{before}。", "Table {what} lost a rule: {before}."),
    "table.order": ("决策表 {what} 的规则顺序已改变。", "The rules of table {what} are in another order."),
    "message.added": ("新增通知文本 {what}：{after}。", "New words of a notice, {what}: {after}."),
    "message.removed": ("删除通知文本 {what}。", "The words of {what} are gone."),
    "message.subject": (
        "通知 {what} 的标题：{before} → {after}。",
        "The subject of {what}: {before} → {after}.",
    ),
    "message.body": ("通知 {what} 的正文：{before} → {after}。", "The text of {what}: {before} → {after}."),
    "rule.tuned": ("检查规则 {what} 现定为：{after}。", "The rule {what} is tuned; it counts as: {after}."),
    "rule.untuned": (
        "检查规则 {what} 恢复通常做法，原定为：{before}。",
        "The rule {what} counts as usual again; it was tuned to: {before}.",
    ),
    "rule.severity": (
        "检查规则 {what} 的级别：{before} → {after}。",
        "The rule {what} counts as: {before} → {after}.",
    ),
    "rule.reason": (
        "调整检查规则 {what} 的理由：{before} → {after}。",
        "The reason for which the rule {what} is tuned: {before} → {after}.",
    ),
    "rule.elements": (
        "检查规则 {what} 的调整所及：{before} → {after}。",
        "The rule {what} is tuned for: {before} → {after}.",
    ),
    "rule.sizes": (
        "检查规则 {what} 的尺寸：{before} → {after}。",
        "The sizes of the rule {what}: {before} → {after}.",
    ),
    "file.added": ("新增文件 {what}。", "New file: {what}."),
    "file.removed": ("删除文件 {what}。", "The file {what} is gone."),
    "file.changed": ("文件 {what} 已改变。", "The file {what} changed."),
    "text.only": (
        "{what} 只改了写法或注释，办理方式不变。",
        "{what}: only layout or comments differ; nothing is done otherwise.",
    ),
}

ENDS: Final[dict[str, Pair]] = {"list": ("、", ", "), "colon": ("：", ": ")}

NAMES: Final[dict[str, Pair]] = {
    "kind": ("种类", "kind"),
    "text": ("值", "value"),
    "from": ("起算自", "from"),
    "unit": ("单位", "counted in"),
    "after": ("长度", "length"),
    "on": ("始于", "on"),
    "resumes": ("恢复于", "resumes on"),
    "at_most": ("最多", "at most"),
    "times": ("次数", "times"),
    "within": ("须在内", "within"),
    "of": ("所依时限", "of the clock"),
    "reason": ("理由取自", "reason from"),
    "by": ("延长", "by"),
    "asked": ("申请于", "asked by"),
    "inputs": ("输入列", "input columns"),
    "outputs": ("输出列", "output columns"),
    "keeps": ("保留的数据", "keeps"),
    "script": ("计算", "script"),
    "events": ("触发", "triggers"),
    "loop": ("循环", "loop"),
    "called": ("调用的流程", "calls the process"),
    "interrupting": ("中断", "interrupts"),
    "lanes": ("泳道", "lanes"),
    "io": ("输入输出", "inputs and outputs"),
    "correlation": ("消息关联", "correlation"),
    "data_objects": ("数据对象", "data objects"),
    "associations": ("数据关联", "data associations"),
    "properties": ("属性", "properties"),
    "zh": ("中文", "Chinese"),
    "en": ("英文", "English"),
    "name": ("名称", "name"),
    "type": ("类型", "type"),
    "required": ("必填", "required"),
    "initial": ("初值", "initial value"),
    "default": ("缺省", "default"),
    "values": ("取值", "values"),
}

VALUES: Final[dict[str, Pair]] = {
    "none": ("无", "none"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "working_days": ("个工作日", "working days"),
    "calendar_days": ("个自然日", "calendar days"),
    "calendar_days_rolled": ("个自然日（遇休顺延）", "calendar days, rolled"),
    "office_hours": ("个办公小时", "office hours"),
    "hours": ("小时", "hours"),
    "off": ("关闭", "off"),
    "warning": ("提醒", "a warning"),
    "error": ("错误", "an error"),
    "yellow": ("黄灯", "yellow"),
    "red": ("红灯", "red"),
    "userTask": ("人工任务", "user task"),
    "serviceTask": ("服务任务", "service task"),
    "scriptTask": ("计算任务", "script task"),
    "sendTask": ("发送任务", "send task"),
    "receiveTask": ("接收任务", "receive task"),
    "businessRuleTask": ("决策任务", "business rule task"),
    "manualTask": ("手工任务", "manual task"),
    "callActivity": ("调用活动", "call activity"),
    "subProcess": ("子流程", "sub-process"),
    "exclusiveGateway": ("选择", "exclusive gateway"),
    "parallelGateway": ("并行", "parallel gateway"),
    "inclusiveGateway": ("多选", "inclusive gateway"),
    "eventBasedGateway": ("等候选择", "event-based gateway"),
    "startEvent": ("开始事件", "start event"),
    "endEvent": ("结束事件", "end event"),
    "boundaryEvent": ("边界事件", "boundary event"),
    "intermediateThrowEvent": ("节点", "mark"),
    "intermediateCatchEvent": ("等待事件", "waiting event"),
}

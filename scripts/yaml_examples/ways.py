"""Examples of choices, loops, parts that are used again, and what happens at any time."""

from __future__ import annotations

from typing import Final

WAYS: Final = {
    "set": """\
language: 1
process: setting
data:
  amount: {type: whole_number, initial: 1}
  large: yes_no
steps:
  judge:
    set:
      amount: amount + 1
      large: amount > 100
    go: judged
outcomes:
  judged: Judged
""",
    "choose": """\
language: 1
process: choosing
data:
  amount: {type: whole_number, initial: 50}
steps:
  how_much:
    name: {zh: 金额, en: How much?}
    choose:
      - if: amount > 1000
        go: large
      - if: amount > 10
        go: middle
      - otherwise: small
outcomes:
  large: Large
  middle: Middle
  small: Small
""",
    "wait": """\
language: 1
process: waiting
data:
  expected: {type: whole_number, initial: 0}
  day: {type: date, required: true}
steps:
  cool_down:
    wait: {working_days: 3}
  an_hour_more:
    wait: {duration: PT1H}
  until_the_eve:
    wait: {working_days: -1, from: day}
  until_all_have_come:
    wait: {until: expected <= 0}
    go: waited
outcomes:
  waited: Waited
""",
    "together": """\
language: 1
process: preparing
steps:
  prepare:
    name: {zh: 会前准备, en: Preparation}
    together:
      questions:
        sort:
          name: {zh: 整理问题, en: Sort the questions}
          by: clerk
          form:
            enough: {type: yes_no, required: true}
        are_enough:
          choose:
            - if: enough
              go: questions
            - otherwise: ask_again
        ask_again:
          by: clerk
      room:
        book_room:
          name: {zh: 准备会场, en: Prepare the room}
          by: clerk
    go: prepared
outcomes:
  prepared: Prepared
""",
    "for_each": """\
language: 1
process: asking_units
data:
  drafts: list
steps:
  choose_units:
    by: clerk
    form:
      asked: {type: units, required: true, min: 1}
  write:
    by: department
    guidance:
      zh: 先写结论，再写依据。
      en: Begin with the conclusion, then say on what it rests.
    for_each: asked
    form:
      draft: {type: content, required: true, template: {zh: 经核实，, en: "We have found that "}}
    collect: {drafts: draft}
    go: written
outcomes:
  written: Written
""",
    "each_deadline": """\
language: 1
process: co_handling
data:
  silent: list
  lead_is_done: yes_no
steps:
  choose_units:
    by: clerk
    form:
      department: {type: unit, required: true}
      helpers: {type: units, required: true}
  handle:
    together:
      lead:
        reply:
          by: department
          deadlines:
            lead_time:
              name: {zh: 牵头时限, en: The lead's time}
              limits:
                late: {working_days: 5, lamp: red, notify: [department_head, supervision]}
        lead_done:
          set: {lead_is_done: "true"}
      helping:
        ask:
          do: help
          for_each: helpers
          missing: silent
          unless:
            reply_goes_out: {until: lead_is_done == true, go: helping}
  replied:
    mark: replied
    keeps: [silent]
    go: answered
procedures:
  help:
    deadlines:
      helper_time:
        name: {zh: 协办时限, en: The helper's time}
        stops: contribute
        limits:
          yellow: {working_days: 3, lamp: yellow, notify: department_head}
    steps:
      take:
        by: department
      contribute:
        by: department
        form:
          contribution: {type: content, required: true}
outcomes:
  answered: Answered
""",
    "beside": """\
language: 1
process: meeting
data:
  day: date
steps:
  meet:
    by: clerk
    go: held
outcomes:
  held: Held
  called_off: Called off
anytime:
  postponed:
    name: {zh: 改期, en: Postponed}
    message: postponed
    keep: true
    by: clerk
    guidance: A week is the least that people need.
    form:
      day: {type: date, required: true, name: {zh: 新的日期, en: The new day}}
    steps:
      tell_everybody:
        by: clerk
  cancelled:
    message: cancelled
    go: called_off
""",
    "back_to": """\
language: 1
process: repeating
steps:
  draft:
    by: department
    form:
      good: {type: yes_no, required: true}
  is_good:
    choose:
      - if: good
        go: approved
      - if: "!good"
        go: once_more
      - otherwise: given_up
  once_more:
    back_to: draft
    rounds: 3
    count: round
outcomes:
  approved: Approved
  given_up: Three drafts and none was good
""",
    "anytime": """\
language: 1
process: withdrawing
steps:
  reply:
    by: department
    go: replied
outcomes:
  replied: Replied
  withdrawn: Withdrawn
anytime:
  author_withdraws:
    name: {zh: 来信人撤回, en: The author withdraws}
    message: withdrawn
    go: withdrawn
""",
    "decide": """\
language: 1
process: weighing
data:
  people: {type: whole_number, initial: 120}
  dangerous: {type: yes_no, initial: false}
  urgency: text
steps:
  weigh:
    name: {zh: 判断轻重, en: How urgent is it?}
    decide: urgency
    output: urgency
  which:
    choose:
      - if: urgency == 'high'
        go: at_once
      - otherwise: in_turn
outcomes:
  at_once: At once
  in_turn: In its turn
""",
    "send": """\
language: 1
process: asking
data:
  subject: {type: text, initial: The bus stop}
  answer: text
steps:
  ask:
    name: {zh: 发函询问, en: Ask the other office}
    send: question
    with: {subject: subject}
  hear:
    wait: {message: answer}
    go: answered
outcomes:
  answered: Answered
""",
    "do": """\
language: 1
process: visiting
data:
  places: {type: whole_number, initial: 0}
steps:
  first:
    name: {zh: 第一处, en: The first place}
    do: visit
  second:
    name: {zh: 第二处, en: The second place}
    do: visit
    go: visited
procedures:
  visit:
    name: {zh: 实地查看, en: Look at a place}
    steps:
      look:
        by: clerk
        form:
          clear: {type: yes_no, required: true}
      is_clear:
        choose:
          - if: "!clear"
            go: look_again
          - otherwise: count
      look_again:
        back_to: look
        rounds: 2
        count: looks
      count:
        set: {places: places + 1}
outcomes:
  visited: Visited
""",
    "schedule": """\
language: 1
process: inspecting
start:
  month_begins:
    zh: 每月检查
    en: The monthly inspection
    schedule: {every: month, working_day: 1, at: "09:00"}
steps:
  inspect:
    name: {zh: 检查, en: Inspect}
    by: supervisor
  until_the_month_ends:
    wait: {schedule: {every: month, calendar_day: -1, at: "16:00"}}
  report:
    name: {zh: 通报, en: Report}
    by: supervisor
    go: reported
outcomes:
  reported: Reported
""",
    "again": """\
language: 1
process: watching
data:
  weeks: {type: whole_number, initial: 0}
steps:
  until_enough:
    wait: {until: weeks >= 3}
    go: watched
outcomes:
  watched: Watched
anytime:
  every_week:
    name: {zh: 每周一报, en: Every week}
    schedule: {every: week, working_day: 1}
    keep: true
    steps:
      count:
        set: {weeks: weeks + 1}
""",
    "roles": """\
language: 1
process: on_duty
roles:
  supervisor: {zh: 督查室, en: Supervision office}
  on_duty: {zh: 值班人员, en: Whoever is on duty, any_of: [centre_head, supervisor]}
  in_charge: {zh: 有关负责人, en: Those in charge, any_of: [centre_head, supervision]}
start:
  called: {zh: 来电, en: A call comes in}
deadlines:
  call:
    unit: hours
    starts: called
    stops: answer
    limits:
      late: {after: 2, lamp: red, notify: in_charge}
steps:
  answer:
    name: {zh: 接听, en: Answer it}
    by: on_duty
    go: answered
outcomes:
  answered: Answered
""",
    "forms": """\
language: 1
process: twice_signed
forms:
  signature:
    agreed: {type: yes_no, required: true, name: {zh: 是否同意, en: Do you agree?}}
    remark: {type: text, max: 200}
steps:
  head_signs:
    by: department_head
    form: signature
  is_agreed:
    choose:
      - if: agreed
        go: leader_signs
      - otherwise: returned
  leader_signs:
    by: leader
    form: signature
    go: signed
outcomes:
  signed: Signed
  returned: Returned
""",
    "import": """\
language: 1
process: consulting
import: [shared/hearing.yaml]
start:
  received: Letter received
steps:
  ask_all:
    do: hear
  decide_it:
    by: leader
    form: opinion
    go: decided
outcomes:
  decided: Decided
""",
}

"""Examples of the YAML language, one a construct: each is a whole definition that the tests run."""

from __future__ import annotations

from typing import Final

EXAMPLES: Final = {
    "definition": """\
language: 1
process: greeting
name: {zh: 问候, en: Greeting}
steps:
  greet:
    name: {zh: 打招呼, en: Say hello}
    by: clerk
    go: greeted
outcomes:
  greeted: {zh: 已问候, en: Greeted}
""",
    "data": """\
language: 1
process: counting
data:
  title: text
  amount: {type: whole_number, initial: 3}
steps:
  double:
    set: {amount: amount * 2}
    go: counted
outcomes:
  counted: Counted
""",
    "deadlines": """\
language: 1
process: answering
data:
  received_on: date
  emergency: yes_no
start:
  received: {zh: 收到来信, en: Letter received}
deadlines:
  letter:
    name: {zh: 答复时限, en: Time to reply}
    starts: received
    day_0: received_on
    stops: reply
    at_once_if: emergency
    limits:
      yellow: {working_days: 5, lamp: yellow, notify: department_head, remind: department}
      red: {working_days: 15, lamp: red, notify: [department_head, supervision]}
steps:
  reply:
    by: department
    go: answered
outcomes:
  answered: Answered
""",
    "ledger": """\
language: 1
process: asking_back
data:
  petition_id: {type: text, required: true}
  received_on: {type: date, required: true}
start:
  received: {zh: 收到来信, en: Letter received}
deadlines:
  letter:
    name: {zh: 答复时限, en: Time to reply}
    rule:
      text: {zh: 自收到之日起五个工作日内答复, en: Answered within five working days of receipt}
      article: {zh: 本市办法第八条, en: "Rules of this city, Art. 8"}
    starts: received
    day_0: received_on
    stops: replied
    pauses:
      question: {on: asked, resumes: [answer, silent], at_most: 5, times: 1, within: 3}
    extends:
      longer: {on: granted, by: days, at_most: 10, times: 1, asked: reply, reason: why}
    limits:
      late: {working_days: 5, lamp: yellow, notify: department_head}
steps:
  reply:
    by: department
    form:
      what: {type: choice, values: [answer, question, more_time], required: true}
      days: {type: whole_number, min: 1, max: 10}
      why: {type: content}
  which:
    choose:
      - if: what == 'question'
        go: asked
      - if: what == 'more_time'
        go: grant
      - otherwise: replied
  asked:
    mark: asked
  answer:
    by: author
    unless:
      silent: {working_days: 5, go: after_the_answer}
    go: after_the_answer
  after_the_answer:
    choose:
      - if: what == 'question'
        go: reply
      - otherwise: replied
  grant:
    by: clerk
    form:
      allowed: {type: yes_no, required: true}
  is_allowed:
    choose:
      - if: "!allowed"
        go: reply
      - otherwise: granted
  granted:
    mark: extended
  goes_on:
    choose:
      - if: allowed
        go: reply
      - otherwise: replied
  replied:
    mark: replied
    go: done
outcomes:
  done: Done
""",
    "by": """\
language: 1
process: rating
steps:
  rate:
    name: {zh: 评价, en: Rate}
    by: author
    fact: verdict
    form:
      solved: {type: yes_no, required: true, name: {zh: 是否解决, en: Is it solved?}}
      satisfaction: {type: whole_number, min: 1, max: 5, name: Satisfaction}
      why: {type: choice, values: [late, wrong, unfriendly], name: What went wrong}
    unless:
      expired: {working_days: 10, go: unconfirmed}
    go: rated
outcomes:
  rated: Rated
  unconfirmed: Nobody rated it in time
""",
    "tell": """\
language: 1
process: telling
data:
  petition_id: {type: text, required: true}
steps:
  tell_accepted:
    tell: accepted
    go: told
outcomes:
  told: Told
""",
    "mark": """\
language: 1
process: drafting
start:
  received: Letter received
deadlines:
  letter:
    starts: received
    stops: replied
    limits:
      late: {working_days: 5, lamp: red, notify: department_head}
steps:
  draft:
    by: department
    fact: drafted
    form:
      content_id: {type: content, required: true}
      enclosed: {type: files, max: 20}
      asked: {type: units}
  approve:
    by: department_head
    form:
      approved: {type: yes_no, required: true}
  is_approved:
    choose:
      - if: "!approved"
        go: draft
      - otherwise: replied
  replied:
    name: {zh: 已答复, en: Answered}
    mark: replied
    keeps: [content_id, enclosed]
    go: answered
outcomes:
  answered: Answered
""",
    "call": """\
language: 1
process: calling
data:
  petition_id: {type: text, required: true}
  result: map
steps:
  notify:
    call: notify_author
    with:
      petition_id: petition_id
      template: "'replied'"
    output: result
    go: called
outcomes:
  called: Called
""",
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
"""Examples by name: the definition that stands in the file `p.yaml`."""

BESIDE: Final = {
    "decide": {
        "urgency.csv": """\
hit,first,,
column,in,in,out
name,people,dangerous,urgency
type,int,bool,string
1,-,true,'high'
2,>= 100,-,'high'
3,-,-,'usual'
"""
    },
    "send": {
        "replying.yaml": """\
language: 1
process: replying
data:
  subject: text
  answer: text
start:
  asked:
    zh: 收到询问
    en: A question has come
    message: question
steps:
  write:
    set: {answer: "'About ' + subject"}
  reply:
    send: answer
    with: {answer: answer}
    go: done
outcomes:
  done: Done
"""
    },
    "import": {
        "shared/hearing.yaml": """\
language: 1
fragment: hearing
import: [shared/forms.yaml]
deadlines:
  letter:
    starts: received
    stops: decide_it
    limits:
      late: {working_days: 5, lamp: red, notify: department_head}
procedures:
  hear:
    name: {zh: 听取意见, en: Hear the others}
    steps:
      ask_office:
        by: clerk
        form: opinion
""",
        "shared/forms.yaml": """\
language: 1
fragment: forms
forms:
  opinion:
    agreed: {type: yes_no, required: true}
    remark: {type: text, max: 500}
""",
    },
}
"""The files that stand beside some of them in their folder."""


def bundle_of(name: str) -> dict[str, bytes]:
    """The files of an example's folder."""
    files = {"p.yaml": EXAMPLES[name], **BESIDE.get(name, {})}
    return {file: text.encode() for file, text in files.items()}


def everything_beside() -> dict[str, bytes]:
    """The files that any example needs beside it."""
    return {file: text.encode() for files in BESIDE.values() for file, text in files.items()}

"""Examples of a definition, its data and deadlines, and of what people and activities do."""

from __future__ import annotations

from typing import Final

TASKS: Final = {
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
}

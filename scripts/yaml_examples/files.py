"""The files that stand beside some of the examples in their folder."""

from __future__ import annotations

from typing import Final

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

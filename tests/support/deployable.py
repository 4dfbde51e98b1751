"""Small definitions that tests of several kinds put in force."""

from __future__ import annotations

from typing import Final

INSPECTION: Final = """language: 1
process: inspection
start:
  month_begins:
    zh: 每月检查
    en: The monthly inspection
    schedule: {every: month, working_day: 1, at: "09:00"}
data: {occasion: text, occasion_before: text}
steps:
  inspect:
    name: {zh: 检查, en: Inspect}
    by: supervisor
    go: done
outcomes:
  done: {zh: 已检查, en: Inspected}
"""
"""Begins on the first working day of each month."""
HEARING: Final = """\
language: 1
process: hearing
name: {zh: 听证, en: A hearing}
data: {received_on: date}
start: {asked: {zh: 申请听证, en: A hearing is asked for}}
steps:
  hold:
    by: clerk
    name: {zh: 举行听证, en: Hold the hearing}
    form: {held: {type: yes_no, name: {zh: 已举行, en: Held}, required: true}}
    go: done
outcomes: {done: {zh: 已办结, en: Done}}
"""
"""Of a name that no shipped definition has."""

"""A notice of the days off of 2027, as somebody may write it down before the office has said one."""

from __future__ import annotations

from typing import Final

DAYS_OFF: Final = """\
number: 国办发明电〔2026〕9号
published: 2026-11-20
title: 国务院办公厅关于2027年部分节假日安排的通知
year: 2027
days_off:
  - {name: 元旦, from: 2027-01-01, to: 2027-01-03}
  - {name: 春节, from: 2027-02-05, to: 2027-02-13}
  - {name: 清明节, from: 2027-04-03, to: 2027-04-05}
  - {name: 劳动节, from: 2027-05-01, to: 2027-05-05}
  - {name: 端午节, day: 2027-06-09}
  - {name: 中秋节, from: 2027-09-15, to: 2027-09-17}
  - {name: 国庆节, from: 2027-10-01, to: 2027-10-07}
"""
"""All but the days worked instead, which may be written in two ways."""

"""What a letter can be, and the ways it can arrive."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """The kind of a letter."""

    ENQUIRY = "enquiry"
    """咨询: wants to know something."""
    HELP = "help"
    """求助: wants something done."""
    COMPLAINT = "complaint"
    """投诉: something was done badly or not at all."""
    SUGGESTION = "suggestion"
    """建议: something could be better; has an adoption rate, not a resolution rate."""
    REPORT = "report"
    """举报: reports wrongdoing; has its own route and only the named receivers read it."""


class Channel(StrEnum):
    """How a letter arrived. Every channel has the same day 0: the day the city received it."""

    WEB = "web"
    APP = "app"
    PHONE = "phone"
    SMS = "sms"
    MAIL = "mail"
    POST = "post"
    VISIT = "visit"
    KIOSK = "kiosk"
    FORUM = "forum"

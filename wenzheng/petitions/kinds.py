"""What a letter can be, and the ways it can arrive."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


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
    COUNTER = "counter"
    """Handed in, or told, at the counter (来访)."""
    KIOSK = "kiosk"
    VILLAGE = "village"
    """The information post of a village."""
    FORUM = "forum"
    IMPORT = "import"
    """Out of a file that does not say how the letter had arrived."""


OPEN_CHANNELS: Final = frozenset({Channel.WEB, Channel.APP})
"""What whoever sends a letter may say by themselves; the others are said by who answers for them."""
STAFF_CHANNELS: Final = frozenset({Channel.PHONE, Channel.COUNTER, Channel.POST, Channel.MAIL})
"""What the centre takes down: the call, the counter, and letters that arrive as they were written."""
GATEWAY_CHANNELS: Final = frozenset({Channel.SMS, Channel.KIOSK, Channel.VILLAGE, Channel.APP, Channel.MAIL})
"""What other machines hand in under a signature (`POST /intake/{channel}`)."""


class CitizenGroup(StrEnum):
    """Whom the author counts themselves among. Asked for, never required: it shows who is not heard."""

    FARMER = "farmer"
    WORKER = "worker"
    MIGRANT = "migrant"
    """进城务工人员: works in the city and is registered elsewhere."""
    BUSINESS = "business"
    STUDENT = "student"
    RETIRED = "retired"
    OFFICIAL = "official"
    OTHER = "other"


ELSEWHERE: Final = "elsewhere"
"""The area of an author who lives in none of the city's counties."""

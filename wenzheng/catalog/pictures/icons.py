"""The signs of BPMN as SVG, drawn around 0, 0: what kind of task or event it is."""

from __future__ import annotations

from typing import Final

ENVELOPE: Final = '<path class="wz-sign" d="M-8 -5.5H8V5.5H-8zM-8 -5.5L0 1L8 -5.5"/>'
ENVELOPE_FILLED: Final = (
    '<path class="wz-solid" d="M-8 -5.5H8L0 0.2z"/><path class="wz-solid" d="M-8 -4V5.5H8V-4L0 1.8z"/>'
)
_SMALL_ENVELOPE: Final = f'<g transform="scale(.85)">{ENVELOPE}</g>'
_SMALL_FILLED: Final = f'<g transform="scale(.85)">{ENVELOPE_FILLED}</g>'
CLOCK: Final = (
    '<circle class="wz-sign" r="9.5"/><path class="wz-sign" d="M0 -6V0L4 2.5'
    'M0 -9.5V-7.5M0 9.5V7.5M-9.5 0H-7.5M9.5 0H7.5"/>'
)
TERMINATE: Final = '<circle class="wz-solid" r="10"/>'
ERROR: Final = '<path class="wz-sign" d="M-8 8L-3 -7L3 3L8 -8L3 7L-3 -3z"/>'
ERROR_FILLED: Final = '<path class="wz-solid" d="M-8 8L-3 -7L3 3L8 -8L3 7L-3 -3z"/>'
CROSS: Final = '<path class="wz-bold" d="M-8 -8L8 8M-8 8L8 -8"/>'
PLUS: Final = '<path class="wz-bold" d="M0 -11V11M-11 0H11"/>'
TASKS: Final = {
    "userTask": (
        '<circle class="wz-sign" cy="-3.5" r="3"/><path class="wz-sign" d="M-6 6.5C-6 -2 6 -2 6 6.5z"/>'
    ),
    "serviceTask": (
        '<circle class="wz-sign" r="2.3"/><circle class="wz-sign" r="5"/>'
        '<path class="wz-sign" d="M0 -5V-7.5M0 5V7.5M-5 0H-7.5M5 0H7.5'
        'M-3.5 -3.5L-5.3 -5.3M3.5 3.5L5.3 5.3M-3.5 3.5L-5.3 5.3M3.5 -3.5L5.3 -5.3"/>'
    ),
    "scriptTask": (
        '<path class="wz-sign" d="M-4 -7H7C3 -4 9 2 4 7H-7C-2 2 -8 -4 -4 -7z'
        'M-4 -3.5H2.5M-3.5 0H4M-3 3.5H3.5"/>'
    ),
    "sendTask": _SMALL_FILLED,
    "receiveTask": _SMALL_ENVELOPE,
}
"""Signs of activities, 16 pixels wide."""


def event_sign(kind: str, trigger: str) -> str:
    """The sign inside an event: filled where it throws."""
    throws = kind in {"endEvent", "intermediateThrowEvent"}
    return {
        "timer": CLOCK,
        "message": ENVELOPE_FILLED if throws else ENVELOPE,
        "error": ERROR_FILLED if throws else ERROR,
        "terminate": TERMINATE,
    }.get(trigger, "")


def gateway_sign(kind: str) -> str:
    """The sign inside a gateway."""
    return PLUS if kind == "parallelGateway" else CROSS

"""What a file is, told by its content: a name says what somebody would like it to be.

`filetype` knows the signatures; what it cannot tell is looked at here: whether a zip is the office document
it says it is, whether a text is a text, and whether a file is two things at once.
"""

from __future__ import annotations

import codecs
import re
import zipfile
from pathlib import Path
from typing import BinaryIO, Final

import filetype

from wenzheng.petitions.attachments import KINDS

_HEAD: Final = 8192
_TAIL: Final = 22 + 65535
"""Bytes in which the end of a zip must lie: its record and the longest comment."""
_PIECE: Final = 256 * 1024
_MOST_ENTRIES: Final = 10_000
_LARGEST_UNPACKED: Final = 1024**3
_LARGEST_LIST: Final = 1024**2

_PROGRAMS: Final = (
    b"MZ",  # Windows
    b"\x7fELF",
    *(b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe"),  # macOS
    b"\xca\xfe\xba\xbe",  # Java
    b"\0asm",
    b"L\0\0\0\x01\x14\x02\0",  # a Windows shortcut
    b"dex\n",
)
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = b"PK\x03\x04"
_ZIP_END: Final = b"PK\x05\x06"
_ENDING_OF: Final = {"apng": "png", "m4v": "mp4"}
"""Names that filetype gives to content of ours."""
_ARCHIVES: Final = frozenset(
    {
        *("zip", "tar", "rar", "gz", "bz2", "7z", "xz", "zst", "lz", "lz4"),
        *("lzo", "Z", "br", "cab", "ar", "deb", "rpm", "epub", "crx", "iso"),
    }
)
_PROGRAM_ENDINGS: Final = frozenset(["exe", "elf", "swf", "wasm", "nes"])
_MAIN_PARTS: Final = {
    "docx": b"wordprocessingml.document.main+xml",
    "xlsx": b"spreadsheetml.sheet.main+xml",
    "pptx": b"presentationml.presentation.main+xml",
}
_RUNS_INSIDE: Final = re.compile(
    r"\.(exe|dll|com|scr|msi|bat|cmd|ps1|vbs|js|jse|hta|jar|lnk|sh|apk)$", re.IGNORECASE
)
_MARKUP: Final = re.compile(rb"\s*<(?:[a-z!?]|/)", re.IGNORECASE)
_MARKUP_INSIDE: Final = re.compile(rb"<(?:!doctype html|html|script|svg|iframe|\?php)[\s>]", re.IGNORECASE)
_SCRIPT: Final = re.compile(rb"#!|@echo off|%!ps", re.IGNORECASE)
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0e-\x19\x1b-\x1f\x7f]")


def content_kind(path: Path) -> str:
    """What a file's content is: a key of `petitions.attachments.KINDS`, else what it is instead.

    Instead: program, script, page, archive, macros, old-office, two-kinds, damaged, unknown, or the usual
    ending of what it is.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if head.startswith(_PROGRAMS):
            return "program"
        if head.startswith(_OLD_OFFICE):
            return "old-office"
        if head.startswith((_ZIP, _ZIP_END)):
            return _zip_kind(file)
        return _signed_kind(file, head)


def _signed_kind(file: BinaryIO, head: bytes) -> str:
    """What the signature says, where there is one; else whether it is a text."""
    found = filetype.guess(head)
    kind = "" if found is None else str(_ENDING_OF.get(found.extension, found.extension))
    if kind in KINDS:
        return "two-kinds" if _is_two_things(file, head, kind) else kind
    # Some signatures are two letters that a text may begin with as well.
    text = _text_kind(file, head)
    if not kind or text == "txt":
        return text
    return "program" if kind in _PROGRAM_ENDINGS else "archive" if kind in _ARCHIVES else kind


def _is_two_things(file: BinaryIO, head: bytes, kind: str) -> bool:
    """A picture that is a zip (a Java program, an office document) or a web page as well."""
    if _MARKUP_INSIDE.search(head) or (kind != "pdf" and b"%PDF-" in head[:1024]):
        return True
    size = file.seek(0, 2)
    start = max(0, size - _TAIL)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(_ZIP_END)
    # The record of a real zip ends, with its comment, where the file ends.
    return (
        at >= 0
        and len(tail) >= at + 22
        and at + 22 + int.from_bytes(tail[at + 20 : at + 22], "little") == len(tail)
    )


def _zip_kind(file: BinaryIO) -> str:
    """Which office document a zip is, if it is one. Nothing but its list of parts is unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if "[Content_Types].xml" not in names:
                return "archive"
            if _is_suspicious(entries):
                return "damaged"
            if any(_RUNS_INSIDE.search(name) for name in names):
                return "two-kinds"
            with archive.open("[Content_Types].xml") as part:
                listed = part.read(_LARGEST_LIST)
    # A zip made by an enemy breaks the reader in many ways; each means: no document of ours.
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, RuntimeError, NotImplementedError):
        return "damaged"
    if b"macroEnabled" in listed or any(name.lower().endswith("vbaproject.bin") for name in names):
        return "macros"
    return next((kind for kind, main in _MAIN_PARTS.items() if main in listed), "archive")


def _is_suspicious(entries: list[zipfile.ZipInfo]) -> bool:
    """Too many or too large when unpacked, or something stands before the first part."""
    return (
        len(entries) > _MOST_ENTRIES
        or sum(entry.file_size for entry in entries) > _LARGEST_UNPACKED
        or min(entry.header_offset for entry in entries) != 0
    )


def _text_kind(file: BinaryIO, head: bytes) -> str:
    """Whether something without a signature is a plain text, in an encoding people here use."""
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if _SCRIPT.match(start):
        return "script"
    if _MARKUP.match(start) or _MARKUP_INSIDE.search(head):
        return "page"
    encodings = (
        ("utf-16",) if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ("utf-8", "gb18030")
    )
    return "txt" if any(_is_text(file, encoding) for encoding in encodings) else "unknown"


def _is_text(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while piece := file.read(_PIECE):
            if _CONTROLS.search(decoder.decode(piece)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True

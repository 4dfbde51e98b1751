"""Files as people send them, made small: real signatures, real zips."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

_TYPES = (
    '<?xml version="1.0"?><Types><Override PartName="/{part}" ContentType="application/vnd.{main}"/></Types>'
)
_DOCX = "openxmlformats-officedocument.wordprocessingml.document.main+xml"
_XLSX = "openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def zipped(**parts: str) -> bytes:
    """A zip of named texts; `__` in a name is a slash, `Content_Types` the list of parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            path = "[Content_Types].xml" if name == "Content_Types" else name.replace("__", "/")
            archive.writestr(path, text)
    return buffer.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(seed: int = 0) -> bytes:
    """A picture of one dot; another seed is another picture."""
    row = zlib.compress(b"\0" + bytes([seed % 256, seed // 256 % 256, 0]))
    size = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", size) + _chunk(b"IDAT", row) + _chunk(b"IEND", b"")


JPG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0" + b"\x12" * 200 + b"\xff\xd9"
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"
DOCX = zipped(
    Content_Types=_TYPES.format(part="word/document.xml", main=_DOCX), word__document__xml="<w:document/>"
)
XLSX = zipped(Content_Types=_TYPES.format(part="xl/workbook.xml", main=_XLSX), xl__workbook="<workbook/>")
MACROS = zipped(
    Content_Types=_TYPES.format(part="word/document.xml", main="ms-word.document.macroEnabled.main+xml"),
    word__vbaProject="x",
)
MP4 = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + b"\0" * 64
MOV = b"\0\0\0\x14ftypqt  \0\0\0\0qt  " + b"\0" * 64
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64
MP3 = b"ID3\x03\0\0\0\0\0\x0a" + b"\0" * 64
WAV = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0" + b"\0" * 64
TXT = "我家楼下的路灯坏了三个月。\r\n".encode()
GBK = "我家楼下的路灯坏了三个月。".encode("gb18030")
EXE = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0" + b"\0" * 200
ELF = b"\x7fELF\x02\x01\x01" + b"\0" * 200
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
SHELL = b"#!/bin/sh\nrm -rf /\n"
ZIP = zipped(readme="hello")
OLD_DOC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600

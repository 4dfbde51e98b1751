"""What a file is, its content says."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from tests.support import files
from wenzheng.gateways import file_kinds
from wenzheng.gateways.file_kinds import content_kind
from wenzheng.petitions.attachments import FileLimits, clean_name, wrong_kind


def kind_of(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "spooled"
    path.write_bytes(content)
    return content_kind(path)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (files.PDF, "pdf"),
        (files.JPG, "jpg"),
        (files.png(), "png"),
        (files.HEIC, "heic"),
        (files.DOCX, "docx"),
        (files.XLSX, "xlsx"),
        (files.TXT, "txt"),
        (files.GBK, "txt"),
        (b"\xef\xbb\xbf" + files.TXT, "txt"),
        ("路灯".encode("utf-16"), "txt"),
        (b"BM is short for bitmap", "txt"),
        (files.MP4, "mp4"),
        (files.MOV, "mov"),
        (files.MP3, "mp3"),
        (files.WAV, "wav"),
        (b"#!AMR\n" + b"\x3c" * 64, "amr"),
    ],
)
def test_what_citizens_send_is_recognised(tmp_path: Path, content: bytes, kind: str) -> None:
    assert kind_of(tmp_path, content) == kind


def with_part(name: str) -> bytes:
    buffer = io.BytesIO(files.DOCX)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(name, "x")
    return buffer.getvalue()


def bomb() -> bytes:
    buffer = io.BytesIO(files.DOCX)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("word/big", "w") as part:
        part.write(bytes(2 * 1024 * 1024))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (files.EXE, "program"),
        (files.ELF, "program"),
        (b"\xcf\xfa\xed\xfe" + bytes(64), "program"),
        (b"\xca\xfe\xba\xbe" + bytes(64), "program"),
        (files.HTML, "page"),
        (b"\n\n  " + files.HTML, "page"),
        (b"hello <script>alert(1)</script>", "page"),
        (files.SVG, "page"),
        (files.SHELL, "script"),
        (b"@echo off\r\ndel *.*", "script"),
        (files.ZIP, "archive"),
        (b"PK\x05\x06" + bytes(18), "archive"),
        (b"Rar!\x1a\x07\x00" + bytes(64), "archive"),
        (files.OLD_DOC, "old-office"),
        (files.MACROS, "macros"),
        (with_part("word/vbaProject.bin"), "macros"),
        (with_part("word/evil.EXE"), "two-kinds"),
        (files.JPG + files.ZIP, "two-kinds"),
        (files.PDF + files.DOCX, "two-kinds"),
        (files.JPG[:20] + files.HTML + files.JPG[20:], "two-kinds"),
        (b"GIF89a" + files.PDF, "two-kinds"),
        (files.DOCX[:-30], "damaged"),
        (bytes(500), "unknown"),
        (bytes(range(128, 256)) * 8, "unknown"),
    ],
)
def test_what_could_run_or_pretends_is_told_apart(tmp_path: Path, content: bytes, kind: str) -> None:
    assert kind_of(tmp_path, content) == kind


def test_a_document_that_unpacks_to_far_more_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kind_of(tmp_path, bomb()) == "docx"
    monkeypatch.setattr(file_kinds, "_LARGEST_UNPACKED", 1024 * 1024)
    assert kind_of(tmp_path, bomb()) == "damaged"


def test_a_zip_behind_something_else_is_no_document(tmp_path: Path) -> None:
    assert kind_of(tmp_path, files.EXE + files.DOCX) == "program"
    assert kind_of(tmp_path, b"PK\x03\x04" + bytes(40) + files.DOCX) == "damaged"


@pytest.mark.parametrize(
    ("name", "kind", "cleaned"),
    [
        ("路灯.JPG", "jpg", "路灯.jpg"),
        ("C:\\Users\\王\\照片.jpeg", "jpg", "照片.jpeg"),
        ("../../etc/passwd", "txt", "passwd.txt"),
        ("a\u202egpj.exe\u202c.png", "png", "agpj.exe.png"),
        ("IMG_1.jpg", "heic", "IMG_1.heic"),
        ("no ending", "pdf", "no ending.pdf"),
        ("  ..  ", "pdf", "file.pdf"),
        ("", "pdf", "file.pdf"),
        ("a\r\nSet-Cookie: x.txt", "txt", "aSet-Cookie x.txt"),
        ("nul\0.pdf", "pdf", "nul.pdf"),
        ('a"b<c>|?*%.pdf', "pdf", "abc.pdf"),
        ("灯" * 300 + ".pdf", "pdf", "灯" * 65 + ".pdf"),
        ("x" * 300, "pdf", "x" * 96 + ".pdf"),
        ("v1.2 报告", "pdf", "v1.2 报告.pdf"),
        ("half \ud83d.pdf", "pdf", "half.pdf"),
    ],
)
def test_a_name_is_a_label_that_harms_nobody(name: str, kind: str, cleaned: str) -> None:
    assert clean_name(name, kind) == cleaned


def test_a_refusal_says_what_it_is_and_what_is_allowed() -> None:
    limits = FileLimits(kinds=frozenset({"pdf", "jpg"}))
    found = wrong_kind("照片.jpg", "program", limits)
    assert found is not None
    assert found.code == "file.program"
    assert "可执行程序" in found.zh
    assert "pdf、jpg" in found.zh
    assert "a program" in found.en
    assert "pdf, jpg" in found.en
    assert wrong_kind("照片.jpg", "jpg", limits) is None
    assert wrong_kind("a.txt", "txt", limits) is not None
    renamed = wrong_kind("setup.EXE ", "jpg", limits)
    assert renamed is not None
    assert ".exe" in renamed.en

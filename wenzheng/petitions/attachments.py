"""Files that come with a letter: which kinds are taken, what they may be called, how many and how large.

What a file is, its content decides (`wenzheng.gateways.file_kinds`); its name is only a label, cleaned here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from wenzheng.petitions.findings import Finding

FIELD: Final = "files"
LONGEST_NAME: Final = 100
"""Characters of a kept name, its extension included; also 200 bytes, for the file systems it is saved on."""
_LONGEST_NAME_BYTES: Final = 200
_MEBIBYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that may be taken; `also` are other endings of the same content."""

    ending: str
    media_type: str
    also: tuple[str, ...] = ()


_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
KINDS: Final[dict[str, FileKind]] = {
    kind.ending: kind
    for kind in (
        FileKind("pdf", "application/pdf"),
        FileKind("jpg", "image/jpeg", ("jpeg", "jpe", "jfif")),
        FileKind("png", "image/png", ("apng",)),
        FileKind("heic", "image/heic", ("heif",)),
        FileKind("webp", "image/webp"),
        FileKind("gif", "image/gif"),
        FileKind("docx", f"{_OFFICE}.wordprocessingml.document"),
        FileKind("xlsx", f"{_OFFICE}.spreadsheetml.sheet"),
        FileKind("pptx", f"{_OFFICE}.presentationml.presentation"),
        FileKind("txt", "text/plain", ("text", "log", "csv", "md")),
        FileKind("mp4", "video/mp4", ("m4v",)),
        FileKind("mov", "video/quicktime"),
        FileKind("3gp", "video/3gpp"),
        FileKind("mp3", "audio/mpeg"),
        FileKind("m4a", "audio/mp4"),
        FileKind("wav", "audio/x-wav"),
        FileKind("amr", "audio/amr"),
    )
}
"""Every kind whose content we can tell. Nothing a browser or a computer would run."""
_ENDINGS: Final = {ending: kind.ending for kind in KINDS.values() for ending in (kind.ending, *kind.also)}

# What a file is instead, when it is none of the kinds above.
_FOREIGN: Final[dict[str, tuple[str, str]]] = {
    "program": ("可执行程序", "a program"),
    "script": ("脚本", "a script"),
    "page": ("网页或矢量图代码（HTML、SVG、XML）", "a web page or drawing code (HTML, SVG, XML)"),
    "archive": ("压缩包", "an archive"),
    "macros": ("带宏的办公文档", "an office document with macros"),
    "old-office": ("旧格式或加密的办公文档", "an office document of the old or an encrypted format"),
    "two-kinds": ("同时是两种格式的文件", "two kinds of file in one"),
    "damaged": ("已损坏的文件", "a damaged file"),
    "unknown": ("无法识别的文件", "a file of no kind known here"),
}


@dataclass(frozen=True, slots=True)
class FileLimits:
    """What an operator allows for the files of a letter. Sizes in bytes."""

    most: int = 20
    largest: int = 20 * _MEBIBYTE
    total: int = 100 * _MEBIBYTE
    kinds: frozenset[str] = frozenset(KINDS)

    def endings(self) -> str:
        """The kinds taken, as one reads them."""
        return "、".join(kind for kind in KINDS if kind in self.kinds)

    def endings_en(self) -> str:
        """As `endings`, in English."""
        return ", ".join(kind for kind in KINDS if kind in self.kinds)


def in_words(size: int) -> str:
    """A size as people read it."""
    if size < _MEBIBYTE:
        return f"{max(1, round(size / 1024))} KB"
    number = f"{size / _MEBIBYTE:.1f}"
    return f"{number.removesuffix('.0')} MB"


def clean_name(name: str, content: str) -> str:
    """A name that harms nobody: no folders, control or direction characters, not too long, the right ending.

    `content` is the kind (a key of KINDS) that the content has; a name with another known ending gets the
    right one.
    """
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    # C: control, format (with it direction marks), private, lone surrogates; Zl, Zp: line ends.
    text = "".join(c for c in text if unicodedata.category(c)[0] != "C" and c not in '\u2028\u2029<>:"|?*%')
    stem, ending = _split(" ".join(text.split()))
    stem = stem.strip(". ") or "file"
    if _ENDINGS.get(ending.lower()) != content:
        ending = content
    stem = stem[: LONGEST_NAME - len(ending) - 1]
    while len(stem.encode()) > _LONGEST_NAME_BYTES - len(ending) - 1:
        stem = stem[:-1]
    return f"{stem.strip('. ') or 'file'}.{ending.lower()}"


def _split(name: str) -> tuple[str, str]:
    """A name and its ending; a name with an ending we do not know has none."""
    stem, dot, ending = name.rpartition(".")
    return (stem, ending) if dot and ending.lower() in _ENDINGS else (name, "")


def wrong_kind(name: str, content: str, limits: FileLimits) -> Finding | None:
    """What is wrong with a file of this content (a kind or a word of `_FOREIGN`) and name, if anything."""
    allowed_zh = f"可以上传：{limits.endings()}。"
    allowed_en = f"Allowed are: {limits.endings_en()}."
    if content not in limits.kinds:
        zh, en = _FOREIGN.get(content, (f"{content} 文件", f"a {content} file"))
        return Finding(
            f"file.{content if content in _FOREIGN else 'kind'}",
            FIELD,
            f"从内容看这是{zh}，不能上传。{allowed_zh}",
            f"expected a document, picture, recording or video, found {en} by its content. {allowed_en}",
        )
    ending = unicodedata.normalize("NFKC", name).rstrip(". ").rpartition(".")[2].lower()
    if ending in _RUNS:
        return Finding(
            "file.name",
            FIELD,
            f"文件名以 .{ending} 结尾，但内容是 {content}。请改回正确的文件名再上传。",
            f"expected a name ending in .{content}, as the content is, found .{ending}. Rename it first.",
        )
    return None


_RUNS: Final = frozenset(
    {
        *("exe", "com", "scr", "msi", "bat", "cmd", "ps1", "vbs", "vbe", "js"),
        *("jse", "wsf", "hta", "jar", "apk", "app", "dmg", "sh", "py", "lnk"),
        *("dll", "html", "htm", "xhtml", "svg", "xml", "php"),
    }
)
"""Endings of things that run: a picture called so was renamed for a purpose."""


def empty() -> Finding:
    """A file without content."""
    return Finding(
        "file.empty", FIELD, "文件是空的，请重新选择。", "expected a file with content, found an empty one."
    )


def too_large(limits: FileLimits) -> Finding:
    """One file over the limit."""
    limit = in_words(limits.largest)
    return Finding(
        "file.too_large",
        FIELD,
        f"文件超过 {limit}，没有保存。请压缩或分成几个文件。",
        f"expected at most {limit} for a file, found more; it was not kept. Make it smaller or split it.",
    )


def too_much(limits: FileLimits) -> Finding:
    """All files together over the limit."""
    limit = in_words(limits.total)
    return Finding(
        "file.too_much",
        FIELD,
        f"附件合计超过 {limit}，这个文件没有保存。",
        f"expected at most {limit} for all files together, found more; this one was not kept.",
    )


def too_many(limits: FileLimits) -> Finding:
    """More files than allowed."""
    return Finding(
        "file.too_many",
        FIELD,
        f"最多 {limits.most} 个附件，这个文件没有保存。",
        f"expected at most {limits.most} files, found one more; this one was not kept. Remove another first.",
    )


def no_room(sizes: Iterable[int], size: int, limits: FileLimits) -> Finding | None:
    """Whether a file of this size still fits beside those that are there."""
    there = list(sizes)
    if len(there) >= limits.most:
        return too_many(limits)
    return too_much(limits) if sum(there) + size > limits.total else None

"""Masking of what identifies a person in a published text. The stored text is never touched.

This is the machine's part: identity cards, telephones, bank cards, number plates, mail and messenger
addresses, the door behind an address, and names where the words before them say that a name follows
(petitions.person_names). Any other name in running text is for the people who screen a letter before it is
published: a machine that guessed them would also mask roads and companies.

What a letter is about stays readable: dates, amounts, document numbers, hotlines, a building without a flat.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from wenzheng.petitions.person_names import file_owners, names_told

_KEPT: Final = 2
"""Characters of a number that stay: enough for the author to recognise it, useless to anybody else."""

_CHINESE_DIGITS: Final = dict(
    zip("零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "001234567891123456789", strict=True)
)
_SPOKEN: Final = re.compile(rf"(?:[\d{''.join(_CHINESE_DIGITS)}][ -]?){{7,}}")
"""Seven and more digits in a row, some perhaps written out: nobody writes a quantity like that."""
_SAME: Final = str.maketrans(
    {
        "　": " ",
        "\u00a0": " ",
        "－": "-",
        "—": "-",
        "–": "-",
        "‐": "-",
        "·": "-",
        "•": "-",
        "．": ".",
        "＠": "@",
    }
    | {"（": "(", "）": ")", "＿": "_", "：": ":"}
    | {chr(code): chr(code - 0xFEE0) for code in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
)
"""Marks and letters that are typed in two widths, one character for one."""

_OTHER_DIGIT: Final = re.compile(r"(?![0-9])\d")

_MAIL: Final = re.compile(r"[A-Za-z0-9_.+%-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_MESSENGER: Final = re.compile(
    r"(?:微信|薇信|威信|V信|(?<![a-z])(?:we ?chat|weixin|wx|vx)|QQ|扣扣|抖音|支付宝|陌陌|钉钉)"
    r"(?:群|号码|账号|帐号|号|id|ID)*(?:[ :是为加]+|(?<=[号码微信Qq群]))"
    r"(?P<id>[A-Za-z0-9_][A-Za-z0-9_-]{4,19})",
    re.IGNORECASE,
)
_PLATE: Final = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Za-z][- ]?"
    r"(?P<id>(?=[A-Za-z]{0,2}\d)[A-Za-z\d]{4,5}[A-Za-z\d挂学警港澳])(?![A-Za-z\d])"
)

_S: Final = r"[ .-]{0,3}"
_MOBILE: Final = (
    r"(?:(?:\+|00)?86[ -]?)?(?:"
    rf"1[3-9]\d(?:{_S}\d{{4}}){{2}}|1[3-9]\d\d{_S}\d{{3}}{_S}\d{{4}}|1[3-9]\d\d{_S}\d{{4}}{_S}\d{{3}}"
    rf"|1[3-9]\d{_S}\d{{3}}{_S}\d{{5}}|1[3-9]\d{{3}}{_S}\d{{6}}|1[ -][3-9](?:[ -]\d){{9}})"
)
_NUMBER: Final = re.compile(
    r"(?<!\d)(?<!\d\.)(?:"
    r"(?P<identity>\d{6}[ -]?\d{8}[ -]?\d{3}[ -]?[\dXx]|\d{6}[ -]\d{6}[ -]\d{3})"
    r"|(?P<card>\d{4}(?:[ -]\d{4}){2,3}(?:[ -]\d{1,4})?)"
    r"|(?P<long>\d{12,})"
    rf"|(?P<mobile>{_MOBILE})"
    r"|(?P<landline>\(0\d{2,3}\) ?\d{7,8}|0\d{2,3}[ -]{0,2}(?:\d{7,8}|\d{3,4}[ -]\d{4}))"
    r"|(?P<other>\d{7,11}|\d{3,4}-\d{4}(?!\d|-\d))"
    r")(?!\d)"
)
"""The longest sort first. Letters beside a number do not protect it; digits of every script count."""

_DATE: Final = re.compile(
    r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])?(?:[0-5]\d){0,2}"
)
_COUNTED: Final = re.compile(
    r"(?:\.\d+)? ?(?:元|万|亿|块|人|户|次|度|千瓦|kw|吨|公里|米|㎡|平方|平米|亩|立方|方|件|份|倍|%|％)",
    re.IGNORECASE,
)
"""What makes the number before it a quantity."""
_PRICED: Final = re.compile(r"(?:[¥￥$]|人民币|金额|共计|合计|总价|造价|投资)(?:约|为|是)?[ :]?$")
_FILED: Final = re.compile(
    r"(?:编号|文号|案号|单号|工单|订单|批号|证号为|字第|第|[〕\]]|号段|项目代码|标段)(?:是|为|码)?[ :]{0,2}$"
)
"""Words before the number of a document. A mobile number behind them is one all the same."""
_CALLED: Final = re.compile(
    r"(?:电话|手机|座机|固话|号码|热线|联系方式|拨打|致电|tel)(?:是|为|号|号码)?[ :]{0,2}$", re.IGNORECASE
)
_CARDED: Final = re.compile(r"(?:卡|账号|帐号|账户|帐户|户头)(?:号|号码)?(?:是|为)?[ :]{0,2}$")
_HOTLINE: Final = re.compile(r"[48]00-?\d{3,4}-?\d{3,4}")

_N: Final = r"[\dA-Za-z零〇一二三四五六七八九十百]{1,5}"
_FLAT: Final = re.compile(
    rf"(?:号楼|号院|栋|幢|座|楼|号|#|弄|小区|花园|家园|公寓|新村|社区|宿舍|苑)[ ,，-]?"
    rf"(?P<id>(?:{_N} ?单元 ?[ ,，-]?(?:{_N}楼)?)?\d{{3,4}} ?(?:室|户(?!居民|业主|人|村民|家)|房|号)"
    rf"|{_N} ?单元 ?[ ,，-]?(?:{_N} ?(?:楼|层) ?)?[\d零〇一二三四五六七八九十]{{1,5}} ?(?:室|户|房|号)?"
    rf"|(?<=号楼|.栋|.幢)\d{{3,4}}(?=住户|的|业主|家|[,，。;；]|$)"
    rf"|\d{{1,3}}-\d{{1,2}}-\d{{3,4}}|\d{{1,2}}-\d{{3,4}}(?!\d|[-年月日路弄]))"
)
"""A flat behind a building: the building stays, letters are about buildings."""
_HOME: Final = re.compile(
    r"(?:家住|我住在?|本人住在?|现住(?:在|址)?|住址|家庭地址|居住地址?|户籍(?:地址|所在地)?|收件地址|通讯地址|联系地址|我家在|我家是)"
    r"(?:是|为|在|于)?[ :]{0,2}(?P<id>[^,，。;；!！?？\n]{2,40})"
)
_DOOR: Final = re.compile(
    r"[\d零〇一二三四五六七八九十百]{1,6}(?: ?[-#] ?\d{1,5})*"
    r"(?= ?(?:号|栋|幢|座|单元|室|户|层|楼|弄|组|门|$))|\d{3,}"
)

Cut = tuple[int, int, str]
"""From where to where of a text, and what stands there instead."""


def mask(text: str) -> str:
    """The text with what identifies a person masked; every other character stays as it is."""
    return _cut(text, _MASKS)


def mask_file_name(name: str) -> str:
    """The name of a file as it may be published: as `mask`, and whose paper it is is masked as well."""
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem or len(ending) > len("numbers"):
        stem, dot, ending = name, "", ""
    return _cut(_cut(stem, (*_MASKS, file_owners)), _MASKS) + dot + ending


def _cut(text: str, masks: tuple[Callable[[str], list[Cut]], ...]) -> str:
    """Each mask in turn, on what the masks before it left."""
    plain = _plain(text)
    for find in masks:
        cuts = find(plain)
        for start, end, instead in reversed(cuts):
            shown = _as_typed(instead, plain[start:end], text[start:end])
            text = text[:start] + shown + text[end:]
        if cuts:
            plain = _plain(text)
    return text


def _as_typed(instead: str, read: str, typed: str) -> str:
    """What stays of a cut stays in the width it was typed in."""
    if len(instead) != len(read):
        return instead
    return "".join(own if new == old else new for new, old, own in zip(instead, read, typed, strict=True))


def _plain(text: str) -> str:
    """The text as it is read: one width, digits of every script and spoken ones as 0-9; as long as before."""
    same = _OTHER_DIGIT.sub(lambda one: str(int(one[0])), text).translate(_SAME)
    return _SPOKEN.sub(_spoken, same)


def _spoken(run: re.Match[str]) -> str:
    """A number that is complete in figures has no spoken part: 栋三13800138000 is 三 and a number."""
    if re.search(r"\d{7}", run[0]):
        return run[0]
    return "".join(_CHINESE_DIGITS.get(one, one) for one in run[0])


def _mails(plain: str) -> list[Cut]:
    return [
        (found.start(), found.end(), "***@" + found[0].rpartition("@")[2]) for found in _MAIL.finditer(plain)
    ]


def _ids(pattern: re.Pattern[str]) -> Callable[[str], list[Cut]]:
    def find(plain: str) -> list[Cut]:
        return [
            (*found.span("id"), re.sub(r"[A-Za-z\d]|(?<=\d)-(?=\d)", "*", found["id"]))
            for found in pattern.finditer(plain)
        ]

    return find


def _flats(plain: str) -> list[Cut]:
    """Numbers only: "2单元501室" becomes "*单元***室"; of a home every number of its address."""
    found = [
        (*one.span("id"), re.sub(r"[\dA-Za-z零〇一二三四五六七八九十百]", "*", one["id"]))
        for one in _FLAT.finditer(plain)
        if not plain.startswith("厅", one.end() + 1)
    ]
    homes = [
        (*one.span("id"), _DOOR.sub(lambda door: "*" * len(door[0]), one["id"]))
        for one in _HOME.finditer(plain)
    ]
    taken = [(start, end) for start, end, _ in homes]
    alone = [one for one in found if not any(start <= one[0] < end for start, end in taken)]
    return sorted(cut for cut in (*alone, *homes) if cut[2] != plain[cut[0] : cut[1]])


def _numbers(plain: str) -> list[Cut]:
    cuts = []
    for found in _NUMBER.finditer(plain):
        if not _harmless(plain, found):
            number = found[0]
            cuts.append((*found.span(), "*" * (len(number) - _KEPT) + number[-_KEPT:]))
    return cuts


def _harmless(plain: str, found: re.Match[str]) -> bool:
    """Whether a number is a date, an amount, a document's or a hotline, and nobody's."""
    before, number = plain[max(0, found.start() - 12) : found.start()], found[0]
    match found.lastgroup:
        case "mobile" | "landline":
            return False
        case "identity":
            return bool(_FILED.search(before)) and not identity_card(number)
        case "card":
            years = all(re.fullmatch(r"(?:19|20)\d\d", group) for group in re.split("[ -]", number))
            return years and not (_CARDED.search(before) or luhn(number))
        case "long":
            return bool(_DATE.fullmatch(number) or (_FILED.search(before) and not luhn(number)))
    return bool(_HOTLINE.fullmatch(number)) or (
        not _CALLED.search(before) and _is_no_call(plain, found, before)
    )


def _is_no_call(plain: str, found: re.Match[str], before: str) -> bool:
    """Whether a number as long as a telephone's is none: nothing before it says that it is one."""
    if "-" in found[0]:  # a local number in two groups counts only where the words before say so
        return True
    if _DATE.fullmatch(found[0]):
        return not _CARDED.search(before)
    return bool(_COUNTED.match(plain, found.end()) or _PRICED.search(before) or _FILED.search(before))


def luhn(number: str) -> bool:
    """Whether the last digit of a card's number checks the others (ISO/IEC 7812-1)."""
    digits = [int(one) for one in reversed(number) if one.isdecimal()]
    return sum(one if n % 2 == 0 else sum(divmod(2 * one, 10)) for n, one in enumerate(digits)) % 10 == 0


def identity_card(number: str) -> bool:
    """Whether the last character of an 18-character identity number checks the others (GB 11643-1999).

    Numbers with a slip of the pen are masked as well, unless they are called a document's: they still say
    where and when somebody was born.
    """
    plain = number.replace(" ", "").replace("-", "").upper()
    if not re.fullmatch(r"\d{17}[\dX]", plain):
        return False
    weighed = sum(int(one) * (2 ** (17 - n) % 11) for n, one in enumerate(plain[:17]))
    return "10X98765432"[weighed % 11] == plain[17]


_MASKS: Final = (_mails, _ids(_MESSENGER), _ids(_PLATE), _numbers, _flats, names_told)
"""In this order: what is masked is no number for the next."""

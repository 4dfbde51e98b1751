"""Names of persons where something beside them announces a name: 我叫张三, 姓名：李四, 张三身份证.jpg.

A family name out of a list and one or two more characters, with an end that a name has. The family name
stays, as in "张某". A name that nothing announces is not found here (petitions.masking says why).
"""

from __future__ import annotations

import re
from typing import Final

_DOUBLE: Final = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|长孙|宇文|夏侯|司徒|端木"
_SINGLE: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚"
    "沈钟姜崔谭陆范汪廖石金韦贾夏付傅方邹熊白孟秦邱侯江尹薛闫阎雷龙黎史陶贺毛段郝顾龚邵万覃武钱戴严欧莫孔向汤"
    "温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成"
    "苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费"
    "卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
_GIVEN: Final = r"[\u4e00-\u9fff·]"
_NOT_GIVEN: Final = "了的过来去个这那我你他她是在有没不要会到给被把都也又就还跟对向和与或及某女士先生们"
_FOLLOWS: Final = (
    r"(?=$|[^\u4e00-\u9fff*]|住|家住|现|男|女|今年|年龄|身份证|电话|手机|联系|微信|系|是"
    r"|于|因|来自|户籍|出生|地址|在|的|及|等|反映|投诉|先生|女士|同志)"
)
_NAME: Final = (
    rf"(?P<family>{_DOUBLE}|[{_SINGLE}])"
    rf"(?P<given>(?![{_NOT_GIVEN}]){_GIVEN}(?:(?![{_NOT_GIVEN}]){_GIVEN})?){_FOLLOWS}"
)
_TOLD: Final = re.compile(
    r"(?:我叫做?|我的?名字[是叫]|名叫|姓名(?:是|为|叫)?|联系人(?:是|为|叫)?|(?:申请|投诉|举报|反映|信访|来信|委托|代理|经办|监护|负责|当事|被投诉|收件|落款)人"
    r"(?:是|为|叫)?|户主(?:是|为|叫)?|署名|本人(?:姓名|名叫|叫|是|系)?|我是(?:业主|居民|村民|家长|学生)?|(?:业主|居民|村民|患者|伤者|死者|学生|老人)"
    rf"(?P<open>(?=[^\n]{{2,4}}[,，。;；()（）\s]|$))?)[ :,，“\"(]{{0,2}}{_NAME}"
)
_NEXT: Final = re.compile(rf"[、和与及 /]+{_NAME}")
_NO_NAME: Final = re.compile(
    r"^(?:于|向|从|应|时|都|同|有|成|经|和|常|多|安|全|连|曾|万|单|明|边|冷|白|方|高)"
)
"""Family names that begin an ordinary sentence after 本人 and 我是: 本人于去年…, 我是和平小区…"""
_LOOSE: Final = re.compile(r"^(?:本人|我是|业主|居民|村民|患者|伤者|死者|学生|老人)(?!姓名|名叫|叫)")
_PLACE: Final = re.compile(r"[路街巷村镇区县市州省局院校厂店园里庄桥站组委办科所队公司业居]$")

_PAPER: Final = (
    "身份证|户口|病历|病例|房产证|房本|结婚证|离婚证|银行卡|社保卡|医保卡|简历|诊断|驾驶证|行驶证|残疾证|低保证|护照|毕业证|"
    "学位证|出生证明|死亡证明|收入证明|申请书|举报信|工资条|照片|合同|欠条|借条|授权委托书"
)
_OWNER: Final = re.compile(
    rf"(?<![\u4e00-\u9fff])(?P<family>{_DOUBLE}|[{_SINGLE}])(?P<given>{_GIVEN}{{1,2}}?)(?:的|之)?(?:{_PAPER})"
)
_SIGNED: Final = re.compile(
    rf"(?:投诉信|举报信|申请书|来信|诉求)[-_ ](?P<family>{_DOUBLE}|[{_SINGLE}])(?P<given>{_GIVEN}{{1,2}})$"
)
_BESIDE: Final = re.compile(
    rf"(?:^|[-_ +(\[])(?P<family>{_DOUBLE}|[{_SINGLE}])(?P<given>{_GIVEN}{{1,2}})(?=[-_ +(]*\*{{3,}})"
)

Cut = tuple[int, int, str]


def names_told(plain: str) -> list[Cut]:
    """The given names that the words before them announce, and those listed behind a name."""
    cuts: list[Cut] = []
    for found in _TOLD.finditer(plain):
        if not _is_name(found):
            continue
        cuts.append(_given(found))
        following = _NEXT.match(plain, found.end())
        while following:
            cuts.append(_given(following))
            following = _NEXT.match(plain, following.end())
    return cuts


def file_owners(plain: str) -> list[Cut]:
    """Whose paper a file is, and who stands beside a number that was masked."""
    found = [one for pattern in (_OWNER, _BESIDE, _SIGNED) for one in pattern.finditer(plain)]
    names = {_given(one): one["family"] + one["given"] for one in found}
    return sorted(cut for cut, name in names.items() if name not in _THINGS and not _PLACE.search(name))


_THINGS: Final = frozenset(
    {
        "路灯",
        "路面",
        "房屋",
        "房子",
        "车辆",
        "车位",
        "石板",
        "井盖",
        "金额",
        "商铺",
        "古树",
        "池塘",
        "管道",
        "管网",
    }
)
"""Words that begin like a family name and that files of letters are called by."""


def _is_name(found: re.Match[str]) -> bool:
    name = found["family"] + found["given"]
    if _PLACE.search(name):
        return False
    return not (_LOOSE.match(found[0]) and _NO_NAME.match(name))


def _given(found: re.Match[str]) -> Cut:
    start, end = found.span("given")
    return start, end, "*" * (end - start)

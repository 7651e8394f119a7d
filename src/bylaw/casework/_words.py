"""What things are called when the account holder reads about them, in Chinese and English as equals."""

from __future__ import annotations

__all__ = [
    "NAMES",
    "SAYS_NOTHING",
    "counted",
    "in_words",
    "length_in_words",
    "listed_in_words",
    "moment_in_words",
    "step_in_words",
]

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from bylaw.model import Rung, Text

NAMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "minor": ("轻微", "minor"),
        "moderate": ("一般", "moderate"),
        "serious": ("严重", "serious"),
        "severe": ("特别严重", "severe"),
        "warn": ("警告", "warning"),
        "order": ("责令限期改正", "order to rectify"),
        "label": ("加注提示", "label"),
        "remove": ("移除内容", "removal of items"),
        "restrict": ("限制功能", "restriction of functions"),
        "suspend": ("暂停帐号", "suspension of the account"),
        "ban": ("永久封禁帐号", "permanent ban of the account"),
        "offers": ("提供", "offers"),
        "facilitates": ("促成", "facilitates"),
        "promotes": ("推广", "promotes"),
        "reports": ("报道", "reports"),
        "teaches": ("讲解", "teaches"),
        "warns": ("警示", "warns"),
        "quotes": ("引用", "quotes"),
        "asks": ("询问", "asks"),
        "mentions": ("提及", "mentions"),
        "law": ("法律", "law"),
        "regulation": ("规章或规范性文件", "regulation"),
        "soft_law": ("行业倡议（不具法律强制力）", "soft law (an initiative without legal force)"),
        "contract": ("平台规则（合同约定）", "platform rule (contract)"),
        "reviewer": ("审核员", "reviewer"),
        "senior": ("高级审核员", "senior reviewer"),
        "legal": ("法务", "legal reviewer"),
        "auditor": ("审计员", "auditor"),
        "operator": ("运营人员", "operator"),
        "own scan": ("平台自行发现", "found by the platform itself"),
        "report": ("用户举报", "reported by a user"),
        "authority order": ("主管机关要求", "asked for by an authority"),
        "external_link": ("外部链接", "external links"),
        "qr": ("二维码", "QR codes"),
        "mini_program_jump": ("小程序跳转", "jumps to mini-programs"),
        "recommendation": ("推荐", "being recommended"),
        "search_visible": ("搜索可见", "being found in search"),
        "publish_mass": ("群发", "mass publishing"),
        "menu_custom": ("自定义菜单", "custom menus"),
        "auto_reply": ("自动回复", "automatic replies"),
        "comment_pin": ("置顶评论", "pinned comments"),
        "ads_monetise": ("广告变现", "earning from advertisements"),
        "tipping": ("赞赏", "tips"),
        "payment_receive": ("收款", "receiving payments"),
        "new_followers": ("新增关注", "new followers"),
        "original_badge": ("原创标识", "the original-work badge"),
        "live": ("直播", "live streams"),
        "api_access": ("接口权限", "API access"),
        "group_create": ("创建群聊", "creating groups"),
        "profile_edit": ("修改资料", "editing the profile"),
        "primary_sale_list": ("首次发售上架", "listing primary sales"),
        "gift_transfer": ("转赠", "transfers as gifts"),
        "withdraw": ("提现", "withdrawals"),
    }
)

SAYS_NOTHING: tuple[str, ...] = (
    "community standards",
    "community guidelines",
    "our policies",
    "terms of service",
    "社区规范",
    "平台规则",
    "相关规定",
    "有关规定",
)
"""Phrases that say nothing: a reason made of one of these and little else is no reason."""


def in_words(name: str) -> Text:
    """Return what a word of the vocabulary is called; a word it does not know is called by itself."""
    zh, en = NAMES.get(name, (name, name))
    return {"zh": zh, "en": en}


def listed_in_words(names: Iterable[str]) -> Text:
    """Return a list of words of the vocabulary: functions, roles, measures."""
    words = [in_words(name) for name in names]
    return {"zh": "、".join(word["zh"] for word in words), "en": ", ".join(word["en"] for word in words)}


def counted(number: int, noun: str) -> str:
    """Return a number and an English noun, in the plural unless there is one."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def length_in_words(length: timedelta) -> Text:
    """Return a length of time in whole days, or in whole hours when it is under four days."""
    hours = round(length.total_seconds() / 3600)
    if hours % 24 == 0 and hours > 72:
        days = hours // 24
        return {"zh": f"{days} 天", "en": counted(days, "day")}
    return {"zh": f"{hours} 小时", "en": counted(hours, "hour")}


@lru_cache(maxsize=4096)  # a notice says each moment in every language, a day's notices say the same ones
def moment_in_words(at: datetime, zone: str) -> str:
    """Return a moment with its zone and in UTC, so that nobody has to guess: the same in every language."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%Y-%m-%d %H:%M} ({zone}, UTC{local:%z}; {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC)"


def step_in_words(step: Rung) -> Text:
    """Return one step of the ladder: what it is, of which functions, for how long."""
    name = in_words(step.kind)
    zh, en = name["zh"], name["en"]
    if step.functions:
        functions = listed_in_words(step.functions)
        zh, en = f"{zh}（{functions['zh']}）", f"{en} ({functions['en']})"
    if step.lasts is not None:
        length = length_in_words(step.lasts)
        zh, en = f"{zh}，为期 {length['zh']}", f"{en} for {length['en']}"
    return {"zh": zh, "en": en}

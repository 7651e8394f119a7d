"""Signals `contact.wechat qq telegram whatsapp line phone email`, and the bare `contact`.

A contact is a handle a reader can write to, or an instruction to do so. `微信：ab_1234`, `加V`, `t.me/name`
and `DM me` are; the word "WeChat" in a sentence is not, nor is a channel everybody may read: a public account
(公众号), or a Telegram link that the same line calls a channel or asks to subscribe to. A group is one.

The bare signal `contact` is an instruction that names no channel (`加我`, `私信我`, `DM me`, `dm @name`);
every other hit counts for the family too. A handle's span is the handle alone, and its value is as written,
Telegram names in lower case, telephone numbers as digits. An instruction's span is its words, its value the
channel. Letters inside a web address are no handle, unless the address is the messenger's own.

A stand-in (薇信, 卫星, vx, 扣扣, 飞机 ...) adds the disguise `stand-in` to the foldings seen through.

Every search stands behind a cheap test for letters it cannot do without, and reads the text in lower case.

A telephone number needs the shape of one: a mobile number of mainland China however it is grouped, an
international one with `+`, or any behind a word such as 电话 or "call". Behind a word for an order, an
invoice or an id, or beside a currency, it is none.
"""

from __future__ import annotations

__all__ = ["SEARCHES", "find"]

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from bylaw.scan._tables import SPELLED_NUMBER, STAND_IN
from bylaw.scan.signals._view import Hit, Sparse, View, matches
from bylaw.scan.signals._views import Search

_GAP = r"[\s.·_*\-|/\\~]{0,2}"
_WIDE = r"(?:[\s.·_*\-|/\\~丨—…=^#]{0,8})"
"""What is put between the two characters of a channel's name to hide it."""
_APART = r"[\s\-—~_.·|丨]{0,6}"
_OF_NAME = (  # what may stand between the word for a channel and the handle
    r"(?P<between>(?:\s?(?:[号號]码?|[账帐賬帳][号號]|id|名|群|裙|联系|聯繫|咨询|客服|君羊|是|为|搜索?|is|at|"
    r"[:：=＝→➡⇒👉👇>—“\"「【\[(（\-])){0,5}\s?)"
)
_MARK = re.compile("[:：→➡⇒👉👇号號搜]")
_HANDLE = r"(?P<handle>[a-z0-9][a-z0-9_\-]{4,24})"
_ADD = r"(?:加|➕|\+|添加|戳|滴|找|联系|聯繫)"
_ADDS = "加➕+添戳滴找联聯"
_WHOM = r"\s?(?:我|下|个|俺|本人|客服|老师|的|一|你|入){0,4}\s?"
_CALLS = (
    r"(?:add|message|msg|text|dm|pm|contact|reach|call|write)\s(?:me|us|admin)\s"
    r"(?:on|via|by|in|at)\s(?:my\s)?"
)
_CALLING = ("add", "message", "msg", "text", "dm", "pm", "contact", "reach", "call", "write")
"""The words that these begin with."""
_CALLED = re.compile(r"[mua](?:(?<=\sm)e|(?<=\su)s|(?<=\sa)dmin)\s")
"""Whom they name."""

_WX_PLAIN = rf"微{_WIDE}信|wechat|weixin"
_WX_STAND_IN = (
    rf"[薇威维徽葳溦嶶㣲]{_WIDE}[信星芯x❤♥]|微{_WIDE}(?:xin(?![a-z])|[x心芯❤♥])|[卫衛]{_GAP}星|绿泡泡|绿色软件|"
    rf"(?<![a-z])wei{_GAP}(?:信|xin(?![a-z]))|"
    rf"(?<![a-z0-9])v{_GAP}(?:[信❤♥]|x(?![a-z]{{2}}))|(?<![a-z0-9])w{_GAP}(?:信|x(?![a-z]))"
)
_WX_LETTER = r"[v薇微威❤♥]"
_PUBLIC_WX = (
    r"(?!\s?(?:公[众眾号號]|订阅号|服务号|视频号|小程序|支付|红包|读书|运动|"
    r"发布|官方|平台|团队|安全|指数|public|official))"
)
_WECHAT_BEGINS = (
    f"[微薇威维徽葳溦嶶㣲卫衛绿wv❤♥{_ADDS}]",
    rf"(?<![wv])|(?<=v)(?<![a-z0-9]v)|(?<=w)(?:echat|ei|{_GAP}[x信])",
)
_WECHAT_HANDLE = Sparse.of(
    *_WECHAT_BEGINS,
    rf"(?:(?P<plain>{_WX_PLAIN})|{_WX_STAND_IN}|{_ADD}{_WHOM}{_WX_LETTER}|"
    rf"(?P<letter>(?<![a-z0-9]){_WX_LETTER}(?=\s?[:：号號])))"
    rf"{_PUBLIC_WX}{_OF_NAME}{_HANDLE}",
)
_WECHAT_ASK = Sparse.of(
    f"[{_ADDS}w]",
    r"(?<!w)|e(?:chat|ixin)\s",
    rf"(?:(?<![怎何不么]){_ADD}{_WHOM}{_APART}(?:(?P<plain>{_WX_PLAIN})|{_WX_STAND_IN}|[v薇](?![a-z0-9]|认证|信|盟|\s?\d))"
    rf"{_PUBLIC_WX}|(?P<said>\b(?:{_CALLS}(?:wechat|weixin)\b|(?:wechat|weixin)\sme\b)))",
)
_WECHAT_HINT = (
    "[微薇威维徽葳溦嶶㣲卫衛绿❤♥➕]|wechat|weixin|wei[^a-z0-9]{0,2}(?:信|xin)|vx|wx|w信|"
    "[vw][ 　.·_*\\-|/~]{1,2}[x信]|v[:：]|"
    "[+加我个][-\\s　—~_.·|丨]{0,6}v|v[信号]"
)

_QQ_BEGINS = "[q扣球抠叩企🐧进加入]", "(?<![进加入])|裙"
_QQ_HANDLE = Sparse.of(
    *_QQ_BEGINS,
    rf"(?:(?P<plain>(?<![a-z])q{_GAP}q)|扣{_WIDE}扣|球{_WIDE}球|抠{_WIDE}抠|叩{_WIDE}叩|企{_WIDE}鹅|"
    r"扣(?=[群裙君:：\d])|🐧|[进加入]裙(?!子)|"
    rf"(?<![a-z])q(?=\s?[:：群裙号君]|\s?\d))(?!音乐|空间|浏览器|农场)"
    rf"{_OF_NAME}(?P<handle>[1-9]\d{{4,10}})(?!\d|[.,]\d|\s?[元块万%])",
)
_QQ_ASK = Sparse.of(
    f"[{_ADDS}]",
    "",
    rf"(?:{_ADD}{_WHOM}{_APART}(?:(?P<plain>qq)|q(?![a-z0-9])|扣{_WIDE}扣|叩叩|企鹅|🐧)(?!音乐|空间|浏览器|农场)|(?P<said>\b{_CALLS}qq\b))",
)

_TELEGRAM_LINK = Sparse.of(
    "[ht]",
    r"ttps?://t|elegram\.|\.(?:me|dog)/|g://",
    r"(?<![\w.\-])(?:https?://)?(?:t|telegram)\.(?:me|dog)/(?!s/|share/|iv\b)(?:joinchat/|addlist/)?"
    r"(?P<handle>\+?[a-z0-9_\-]{4,64})"
    r"|tg://(?:resolve\?domain=|join\?invite=)(?P<deep>[a-z0-9_\-]{4,64})",
)
_TG = (
    rf"(?:(?P<plain>telegram|电{_GAP}报|電{_GAP}報)|(?<![a-z0-9])t[\s.]?g(?![a-z])|tele[\s\-]gram|"
    rf"[小纸紙]?[飞飛]{_WIDE}[机機]|[纸紙]✈|✈|灰[机機鸡]|飞鸡|电抱)"
)
_TELEGRAM_HANDLE = Sparse.of(
    "[t电電小纸紙飞飛✈灰]",
    r"(?<![t小])|(?<=小)[飞飛]|(?<=t)(?:ele[g\s\-]|[\s.]?g)",
    rf"{_TG}(?:[^\n@a-z0-9]{{0,12}}|"
    r"\s?(?:group|channel|admin|support|id|is|me|at|handle|username|account)?\s?[:：=\-]?\s?)"
    r"(?P<handle>@[a-z][a-z0-9_]{3,31}|(?:(?<=[:：=号])|(?<=[:：=号]\s))[a-z][a-z0-9_]{4,31})"
    r"(?![a-z0-9_@]|://|\.[a-z])",
)
_TELEGRAM_ASK = Sparse.of(
    f"[{_ADDS}t]",
    r"(?<!t)|(?:elegram|g)\s",
    rf"(?:{_ADD}{_WHOM}{_TG}(?!频道|頻道|票|场|上|餐|模|型)"
    rf"|(?P<said>\b(?:{_CALLS}(?:telegram|tg)\b|(?:telegram|tg)\sme\b)))",
)
_BROADCAST = re.compile(r"channel|频道|頻道|subscribe|订阅|訂閱|follow\s(?:us|our)|关注|關注|newsletter")
_CONVERSATION = re.compile(
    r"group|群|裙|客服|咨询|諮詢|私|\bdm\b|\bpm\b|\bvip\b|admin|下单|预约|contact|联系|聯繫|加我|加入"
)

_WHATSAPP = Sparse.of(
    "[wc]",
    r"(?<=w)(?:hats|a\.me/)|(?<=c)hat\.",
    r"(?:wa\.me/|whatsapp\.com/send\?phone=)(?P<link>\+?\d{7,15})|chat\.whatsapp\.com/(?P<group>[a-z0-9]{10,30})"
    r"|\bwhats\s?app\b[^\n\d+]{0,16}(?P<number>\+?\d[\d\s\-()]{6,18}\d)"
    rf"|(?P<said>\b{_CALLS}whats\s?app\b|\bwhats\s?app\sme\b)",
)
_LINE = Sparse.of(
    "[l加]",
    r"(?<!l)|in(?:e|\.ee)",
    r"(?:line\.me/(?:r/)?ti/p/|lin\.ee/)(?P<link>[@~]?[\w\-.%]{4,40})"
    r"|(?<![a-z])line(?:\s?(?:id|号|賬號|帳號)\s?[:：=]?\s?|\s?[:：=]\s?(?=@|[a-z._\-]{0,19}\d))"
    r"(?P<handle>@?[a-z0-9][a-z0-9._\-]{3,19})(?![a-z0-9])"
    rf"|(?P<said>加(?:我|入)?的?\s?(?:賴|line(?![a-z]))|\b{_CALLS}line\b)",
    re.ASCII,
)
_ADDRESS = re.compile(
    r"(?:https?://|(?<![\w@.])[a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{1,63}){1,4}/)[!#-;=?-~]{1,2000}",
    re.ASCII,
)
_OF_HOST = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-.")
_LONGEST_HOST = 512
"""More than the characters of a host in `_ADDRESS`."""
_EMAIL = re.compile(
    r"(?<![\w.+\-])[a-z0-9][a-z0-9._%+\-]{0,63}@(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.){1,4}"
    r"[a-z]{2,18}(?![a-z0-9_\-])",
    re.ASCII,
)
_ASK_SIGN = re.compile(
    "[加私滴戳找咨扫联聯mui@](?:(?<=[加滴戳找])我|(?<=私)[我信聊]|(?<=咨)询|(?<=扫)|(?<=[联聯])[系繫络絡]"
    r"|(?<=\sm)e|(?<=\su)s|(?<=\si)nto|(?<=@)[a-z])"
)
"""What `_ASK` cannot do without."""
_BEFORE_SIGN = {"联": 3, "聯": 3, "m": 10, "u": 10, "i": 10, "@": 10}
"""How much of the match may stand before it: what leads to 联系我, or the words before "me" and a handle."""
_ASK = re.compile(
    r"(?:(?P<said>(?<![更增参附添你您他她人])加我(?!们|們|國|国|家)|私信我(?!们|們)|私聊(?=我|$|[\s,，。.!！~])"
    r"|[私滴]我(?!们|們)|(?<![太很真])戳我(?!们|們|了|的|心)|找我(?:私|拿|买|下单|办)"
    r"|(?:^|[\s,，。.!！?？、:：)）]|请|請|可以?|欢迎|随时|直接|有意者?|需要?的?|想要?的?|要的|速)"
    r"(?:联系|聯繫)我(?!们|們|国|的)"
    r"|(?<!怎么)扫(?:描|一扫|下|码|二维码)?(?:下方|上方|图中|我的?)?(?:二维码)?(?:加|添加)"
    r"(?:我|好友|群|客服)(?!的?教程|的?方法)"
    r"|(?<!n't\s)(?<!not\s)(?<!never\s)\b(?:dm|pm|inbox|message|msg|text|ping|hmu|contact)\s(?:me|us)\b"
    r"(?!\s(?:on|via|by|in|at)\s)|\bhit\sme\sup\b|\bslide\sinto\smy\sdms?\b)"
    r"|(?:联系|聯繫|咨询|私聊|私信|联络|聯絡|客服|\b(?:contact|dm|pm|message|ping|inbox))\s?[:：]?\s?"
    r"(?P<handle>@[a-z][a-z0-9_]{3,31})(?![a-z0-9_@]|\.[a-z]))"
)

_NO_MORE = r"(?![\da-z_]|[,.]\d|\s?[元块%％])"
_PHONE_CN = Sparse.of(
    r"[ \t\n\r\f\v+018]",
    r"(?<=1)[3-9\s\-.*·]|(?<=8)6|(?<=0)0\s?86|(?<=[+])\s?86|(?<![+018])86",
    r"(?<![\da-z_.,\-#=/])(?:(?:\+|00)?\s?86[\s\-)）]{0,2})?"
    r"(?P<number>1[3-9]\d(?P<gap>[\s\-.·—_]?)\d{4}(?P=gap)\d{4}"
    rf"|1(?P<each>[\s\-.*·])[3-9](?:(?P=each)\d){{9}}){_NO_MORE}",
    re.ASCII,
)
_SPELLED = "[零〇一幺二三四五六七八九壹贰貳叁參肆伍陆陸柒捌玖]"
_EITHER = _SPELLED.replace("[", "[0-9")
_PHONE_SPELLED = Sparse.of(
    "[一幺壹1]",
    "[三四五六七八九叁參肆伍陆陸柒捌玖3-9]",
    rf"(?<!{_EITHER})(?P<number>(?=[^\n]{{0,10}}{_SPELLED})[一幺壹1][三四五六七八九叁參肆伍陆陸柒捌玖3-9]{_EITHER}"
    rf"(?P<gap>[\s\-.·]?){_EITHER}{{4}}(?P=gap){_EITHER}{{4}})(?!{_EITHER}|[年月日元块万])",
)
_PART = _SPELLED.replace("[", "[0-9a-z")
_SPREAD = (
    rf"(?P<handle>(?:(?:{_PART}{{1,4}}[\s.\-*·、/|~—]{{1,3}}){{2,16}}|{_EITHER}*{_SPELLED}|[a-z]{{1,12}}{_EITHER}*{_SPELLED})"
    rf"{_PART}{{1,12}})(?![a-z0-9_]|{_SPELLED}|\s?[元块万%年月日])"
)
"""A handle that was pulled apart, or has digits in words. `_pulled` says whether it can be one."""
_PHONE_ABROAD = re.compile(
    rf"\+(?<![\da-z_.,#=/]\+)\s?(?P<number>[1-9]\d{{0,3}}(?:[\s\-.]?\(?\d{{1,4}}\)?){{2,6}}){_NO_MORE}",
    re.ASCII,
)
_PHONE_NAMED = Sparse.of(
    "[电電手致热拨tpcm☎📞]",
    "(?<![tpcm])|(?:el|hone|all|obile)",
    r"(?:电话|電話|手机号?|手機|致电|热线|拨打|\b(?:tel|phone|call|mobile)\b|☎|📞)(?:号码?|me|us|at|now|[\s:：.]){0,8}"
    rf"(?P<number>\(?\d[\d\s\-()]{{5,18}}\d){_NO_MORE}",
    re.ASCII,
)
_NO_PHONE = re.compile(
    r"(?:订单|訂單|单号|單號|编号|編號|运单|快递|物流|流水|发票|合同|案号|工单|卡号|帐号|账号|身份证|学号|型号|[¥￥$€£#]|"
    r"\b(?:order|invoice|tracking|serial|id|no|ref|sku|isbn)\.?)\s?(?:号|號|码|number|no\.?|id)?\s?[:：#=.]?\s?$"
)
_SEVEN = "[0-9][-0-9 　\t\n\r\f\v.·—_*()（）]{5,}[0-9]"
"""No telephone number without a stretch of seven digits and what may stand between them."""
_PHONE_HINT = (
    r"1[3-9][0-9][ \t\n\r\f\v\-.·—_]?[0-9]{4}[ \t\n\r\f\v\-.·—_]?[0-9]{4}"
    r"|1[ \t\n\r\f\v\-.*·][3-9](?:[ \t\n\r\f\v\-.*·][0-9]){9}"
    r"|[+][ \t\n\r\f\v]?[1-9][ \t\n\r\f\v\-.()0-9]{6}"
    r"|(?:电话|電話|手机|手機|致电|热线|拨打|tel|phone|call|mobile|☎|📞)"
    r"(?:[号码 \t\n\r\f\v:：.]|me|us|at|now)*(?:[(]?[0-9]|https?://|[a-z0-9\-]+[.][a-z0-9])"
)
"""No telephone number but in the shape of a mobile one, behind a plus, or behind a word for it.

What stands between such a word and the number may be an address, which the search does not see.
"""
_ASK_HINT = (
    "加我|私信我|私聊|私我|滴我|戳我|找我|联系我|聯繫我|联繫我|聯系我|扫|hit[^a-z0-9]me|slide[^a-z0-9]into|"
    "(?:dm|pm|inbox|message|msg|text|ping|hmu|contact)[^a-z0-9](?:me|us)|"
    "(?:[系繫询私聊信络絡服]|contact|dm|pm|message|ping|inbox)[^a-z0-9]{0,3}@"
)
_HANZI_DIGITS = str.maketrans("零〇一幺二三四五六七八九壹贰貳叁參肆伍陆陸柒捌玖", "001123456789122334566789")
_SEPARATORS = re.compile(r"[\s.\-*·、/|~—]+")


_IN_WORDS = re.compile(_SPELLED)
_A_DATE = re.compile(r"20[0-3]\d[\s.\-/]{1,2}[01]?\d[\s.\-/]{1,2}[0-3]?\d")
_WHOLE = re.compile(r"[a-z0-9][a-z0-9_\-]{4,24}")
_TOLD = r"(?:\s?(?:[号號]码?|id|群|裙|君羊|是|为|[:：=＝→➡⇒>]|[\-—]{1,6})\s?){1,4}"
"""What must stand between a channel's name and a handle that was pulled apart."""
_WECHAT_PULLED = Sparse.of(
    *_WECHAT_BEGINS,
    rf"(?:(?P<plain>{_WX_PLAIN})|{_WX_STAND_IN}|{_ADD}{_WHOM}{_WX_LETTER}|(?<![a-z0-9])[v薇](?=\s?[:：号號]))"
    rf"{_PUBLIC_WX}{_TOLD}{_SPREAD}",
)
_QQ_PULLED = Sparse.of(
    *_QQ_BEGINS,
    rf"(?:(?P<plain>(?<![a-z])q{_GAP}q)|扣{_WIDE}扣|球{_WIDE}球|抠{_WIDE}抠|叩{_WIDE}叩|企{_WIDE}鹅|🐧|"
    rf"[进加入]裙(?!子)|(?<![a-z])q(?=\s?[:：群裙号君]))(?!音乐|空间|浏览器|农场){_TOLD}{_SPREAD}",
)


def find(view: View) -> list[Hit]:
    """Return every contact in a text."""
    return [hit for search in SEARCHES for hit in search.find(view)]


@lru_cache(maxsize=8)  # each search of a text asks for it
def _without_addresses(low: str) -> str:
    """Return a text with blanks where `_ADDRESS` finds something, asked only where one may begin."""
    if "/" not in low:
        return low
    parts: list[str] = []
    done, reached, slash = 0, 0, low.find("/")
    while slash >= 0:
        match = next(
            (match for start in _begins(low, reached, slash) if (match := _ADDRESS.match(low, start))), None
        )
        if match is not None:
            reached = match.end()
            parts += (low[done : match.start()], " " * (reached - match.start()))
            done = reached
        slash = low.find("/", max(slash + 1, reached))
    return "".join((*parts, low[done:]))


@lru_cache(maxsize=8)
def _calls(low: str) -> tuple[int, ...]:
    """Return where in a text words such as "message me on" may begin."""
    return tuple(
        called.start() - 1 - len(word)
        for called in _CALLED.finditer(low)
        for word in _CALLING
        if low.endswith(word, 0, called.start() - 1)
    )


def _begins(low: str, reached: int, slash: int) -> Iterator[int]:
    """Yield where an address with its first slash there may begin, from left to right."""
    if low[slash - 1 : slash] == ":":
        yield from (start for start in (slash - 6, slash - 5) if start >= reached)
        return
    start, least = slash, max(reached, slash - _LONGEST_HOST)
    while start > least and low[start - 1] in _OF_HOST:
        start -= 1
    if start < slash:
        yield start
    while 0 <= (start := low.find("-", start, slash)):  # a host may begin behind one, too
        start += 1
        yield start


def _disguise(match: re.Match[str], *, is_plain: bool) -> tuple[str, ...]:
    """Name how a channel's name was hidden; one or two signs between its characters are usual writing."""
    if not is_plain:
        return _STAND_IN
    return (
        ("separator",) if match["plain"] and len(match["plain"]) > 4 and match["plain"][0] in "微电電" else ()
    )


def _wechat(view: View, words: str) -> Iterator[Hit]:
    for match in _WECHAT_HANDLE.finditer(words):
        handle = match["handle"].rstrip("-_")
        if _is_wechat_handle(handle, "" if match["letter"] else match["between"]):
            yield _handle(view, "contact.wechat", match, handle)
    for match in _WECHAT_ASK.finditer(words, _calls(words)):
        yield _instruction(view, "contact.wechat", "wechat", match)


def _is_wechat_handle(handle: str, between: str) -> bool:
    """Say whether it can be a name there: a QQ or telephone number, or a word no sentence goes on with."""
    if _A_DATE.match(handle):
        return False
    if handle.isdigit():
        return 5 <= len(handle) <= 11 and handle[0] != "0"
    return not handle.isalpha() or _MARK.search(between) is not None


def _qq(view: View, words: str) -> Iterator[Hit]:
    for match in _QQ_HANDLE.finditer(words):
        yield _handle(view, "contact.qq", match, match["handle"])
    for match in _QQ_ASK.finditer(words, _calls(words)):
        yield _instruction(view, "contact.qq", "qq", match)


def _telegram(view: View, words: str) -> Iterator[Hit]:
    for match in _TELEGRAM_LINK.finditer(view.low):
        group = "handle" if match["handle"] else "deep"
        if not _is_broadcast(view.low, *match.span()):
            yield view.hit("contact.telegram", match[group], *match.span(group))
    for match in _TELEGRAM_HANDLE.finditer(words):
        if not _is_broadcast(view.low, *match.span()):
            handle = match["handle"].lstrip("@")
            disguise = () if match["plain"] else _STAND_IN
            start = match.end("handle") - len(handle)
            yield view.hit("contact.telegram", handle, start, match.end("handle"), disguise=disguise)
    for match in _TELEGRAM_ASK.finditer(words, _calls(words)):
        yield _instruction(view, "contact.telegram", "telegram", match)


def _is_broadcast(low: str, start: int, end: int) -> bool:
    """Say whether the words around a handle, on its line, make it a channel to read and not one to answer."""
    before = low[max(0, start - 40) : start].rpartition("\n")[2]
    after = low[end : end + 20].partition("\n")[0]
    around = f"{before} {low[start:end]} {after}"
    return bool(_BROADCAST.search(around)) and not _CONVERSATION.search(around)


def _phone(view: View, words: str) -> Iterator[Hit]:
    ends: set[int] = set()
    for pattern in (_PHONE_CN, _PHONE_ABROAD, _PHONE_NAMED):
        for match in pattern.finditer(words):
            start, end = match.span("number")
            digits = re.sub(r"\D", "", match["number"])
            before = words[max(0, match.start() - 16) : start]
            if end not in ends and 7 <= len(digits) <= 15 and not _NO_PHONE.search(before):
                ends.add(end)
                yield view.hit("contact.phone", digits, start, end)


def _spelled_phone(view: View, words: str) -> Iterator[Hit]:
    for match in _PHONE_SPELLED.finditer(words):
        digits = _SEPARATORS.sub("", match["number"]).translate(_HANZI_DIGITS)
        yield view.hit("contact.phone", digits, *match.span(), disguise=(SPELLED_NUMBER,))


def _pulled(view: View, words: str) -> Iterator[Hit]:
    """Yield the handles of WeChat and QQ that were pulled apart, or have digits in words.

    One that is a name as it stands, such as `a-b-1234`, is not yielded: it was found as that.
    """
    for signal, pattern in (("contact.wechat", _WECHAT_PULLED), ("contact.qq", _QQ_PULLED)):
        for match in pattern.finditer(words):
            start, end = match.span("handle")
            written = match["handle"]
            handle = _SEPARATORS.sub("", written).translate(_HANZI_DIGITS)
            digits = sum(character.isdigit() for character in handle)
            is_apart, is_spelled = (
                _SEPARATORS.search(written) is not None,
                _IN_WORDS.search(written) is not None,
            )
            if not 5 <= len(handle) <= 20 or digits < 4 or _A_DATE.match(written):
                continue
            if handle.isdigit() and (handle[0] == "0" or len(handle) > 11):
                continue
            if signal == "contact.qq" and not handle.isdigit():
                continue
            if not is_spelled and (whole := _WHOLE.fullmatch(written)) and _is_wechat_handle(whole[0], ":"):
                continue
            names = (
                *(("separator",) if is_apart else ()),
                *(() if match["plain"] else _STAND_IN),
                *((SPELLED_NUMBER,) if is_spelled else ()),
            )
            kept = view.flat[start:end]
            value = _SEPARATORS.sub("", kept).translate(_HANZI_DIGITS)
            yield view.hit(signal, value, start, end, disguise=names)


def _email(view: View, words: str) -> Iterator[Hit]:
    for match in _EMAIL.finditer(words):
        yield view.hit("contact.email", match[0], *match.span())


def _asked(low: str) -> Iterator[re.Match[str]]:
    """Return what `_ASK` finds."""
    starts = (
        start
        for sign in _ASK_SIGN.finditer(low)
        for start in range(max(0, sign.start() - _BEFORE_SIGN.get(low[sign.start()], 0)), sign.start() + 1)
    )
    return matches(_ASK, low, starts)


def _named(
    signal: str, channel: str, find: Callable[[str], Iterator[re.Match[str]]], *, has_links: bool
) -> _Search:
    """Return a search that yields the handle where a group holds one, else the instruction."""

    def search(view: View, words: str) -> Iterator[Hit]:
        low = view.low if has_links else words
        for match in find(low):
            if match["said"]:
                yield view.hit(signal, channel, *match.span())
            else:
                group = next(name for name, text in match.groupdict().items() if text)
                start, end = match.span(group)
                yield view.hit(signal, view.flat[start:end].strip(), start, end)

    return search


def _handle(view: View, signal: str, match: re.Match[str], handle: str) -> Hit:
    start = match.start("handle")
    end = start + len(handle)
    names = _disguise(match, is_plain=bool(match["plain"]))
    return view.hit(signal, view.flat[start:end], start, end, disguise=names)


def _instruction(view: View, signal: str, channel: str, match: re.Match[str]) -> Hit:
    names = _disguise(match, is_plain=bool(match["plain"] or match["said"]))
    return view.hit(signal, channel, *match.span(), disguise=names)


_STAND_IN = (STAND_IN,)
_Search = Callable[[View, str], Iterator[Hit]]
"""A search over a view and its lower-case text without web addresses, in which letters mean nothing."""
_TELEGRAM_HINT = (
    "telegram|tele[- \n]gram|tg|(?:^|[^a-z0-9])t[ .\n]g(?:[^a-z]|$)|t[.]me|t[.]dog|m[.]dog|"
    "[电電][^a-z0-9]{0,2}[报報抱]|[飞飛✈]|灰[机機鸡]"
)
_QQ_HINT = "q(?:[^a-pr-z]|$)|[扣抠叩企球裙🐧]"
_LINE_HINT = "line|lin[.]ee|賴"
_PULLED_HINT = (
    "(?:wechat|weixin|xin|[xvq信星芯❤♥薇微扣抠叩球鹅🐧裙])[^a-z0-9]{0,2}(?:[号號群裙君是为:：=＝→➡⇒>—-]|id)"
)
_WHATSAPP_HINT = "whats|wa[.]me"
_SPELLED_HINT = (
    rf"[一幺壹1][三四五六七八九叁參肆伍陆陸柒捌玖3-9]{_EITHER}[^0-9a-z]?"
    rf"{_EITHER}{{4}}[^0-9a-z]?{_EITHER}{{4}}"
)
_EMAIL_HINT = "[a-z0-9._%+-]@[a-z0-9]"
_BEFORE_AT = ("[系繫询私聊信络絡服]", "contact", "dm", "pm", "message", "ping", "inbox")
_HINTED: tuple[tuple[_Search, str], ...] = (
    (_wechat, _WECHAT_HINT),
    (_qq, _QQ_HINT),
    (
        _telegram,
        _TELEGRAM_HINT,
    ),
    (
        _named(
            "contact.whatsapp", "whatsapp", lambda low: _WHATSAPP.finditer(low, _calls(low)), has_links=True
        ),
        _WHATSAPP_HINT,
    ),
    (
        _named("contact.line", "line", lambda low: _LINE.finditer(low, _calls(low)), has_links=True),
        _LINE_HINT,
    ),
    (_phone, _PHONE_HINT),
    (_spelled_phone, _SPELLED_HINT),
    (_pulled, _PULLED_HINT),
    (_email, _EMAIL_HINT),
    (_named("contact", "message", _asked, has_links=False), _ASK_HINT),
)
"""Each search, and what it cannot do without in the text in lower case."""
_QUICKER: Mapping[str, str] = {
    _PHONE_HINT: _SEVEN,
    _WECHAT_HINT: (
        "[微薇威维徽葳溦嶶㣲卫衛绿❤♥➕wv+加我个](?:(?<![wv+加我个])"
        "|(?<=w)(?:echat|eixin|ei[^a-z0-9]{0,2}(?:信|xin)|[ 　.·_*\\-|/~]{0,2}[x信])"
        "|(?<=v)(?:[ 　.·_*\\-|/~]{0,2}[x信]|[:：号])"
        "|(?<=[+加我个])[-\\s　—~_.·|丨]{0,6}v)"
    ),
    _QQ_HINT: "[q扣抠叩企球裙🐧](?:(?<!q)|[^a-pr-z]|$)",
    _TELEGRAM_HINT: (
        "[tm电電飞飛✈灰](?:(?<=t)(?:ele(?:gram|[- \n]gram)|g|[.]me|[.]dog"
        "|[ .\n]g(?<![a-z0-9]t[ .\n]g)(?:[^a-z]|$))"
        "|(?<=m)[.]dog|(?<=[电電])[^a-z0-9]{0,2}[报報抱]|(?<=[飞飛✈])|(?<=灰)[机機鸡])"
    ),
    _LINE_HINT: "[l賴](?:(?<!l)|in(?:e|[.]ee))",
    _PULLED_HINT: (
        "[tnxvq信星芯❤♥薇微扣抠叩球鹅🐧裙](?:(?<![tn])|(?<=wechat)|(?<=xin))[^a-z0-9]{0,2}"
        "(?:[号號群裙君是为:：=＝→➡⇒>—-]|id)"
    ),
    _EMAIL_HINT: "@(?<=[a-z0-9._%+-]@)[a-z0-9]",
    _ASK_HINT: (
        "[我聊扫@mui](?:(?<=[加滴戳找私]我)|(?<=私信我)|(?<=[联聯][系繫]我)|(?<=私聊)|(?<=扫)"
        "|(?<=[^a-z0-9]m)e(?:(?<=hit[^a-z0-9]me)|(?<=[dp]m[^a-z0-9]me)|(?<=msg[^a-z0-9]me)|(?<=hmu[^a-z0-9]me)"
        "|(?<=text[^a-z0-9]me)|(?<=ping[^a-z0-9]me)|(?<=inbox[^a-z0-9]me)|(?<=message[^a-z0-9]me)"
        "|(?<=contact[^a-z0-9]me))"
        "|(?<=[^a-z0-9]u)s(?:(?<=[dp]m[^a-z0-9]us)|(?<=msg[^a-z0-9]us)|(?<=hmu[^a-z0-9]us)"
        "|(?<=text[^a-z0-9]us)|(?<=ping[^a-z0-9]us)|(?<=inbox[^a-z0-9]us)|(?<=message[^a-z0-9]us)"
        "|(?<=contact[^a-z0-9]us))"
        "|(?<=slide[^a-z0-9]i)nto"
        f"|{'|'.join(f'(?<={word}[^a-z0-9]{{{gap}}}@)' for gap in range(4) for word in _BEFORE_AT)})"
    ),
}
"""For a hint what `re` asks in its place: less, or put so that at most places one look is enough."""


_TOGETHER = (
    (_WECHAT_HINT, _PULLED_HINT),
    (_QQ_HINT, _TELEGRAM_HINT, _WHATSAPP_HINT, _LINE_HINT, _EMAIL_HINT),
    (_PHONE_HINT, _SPELLED_HINT),
)
"""The hints that are asked together first: those that make a small automaton together."""
_AMONG = {hint: "|".join(hints) for hints in _TOGETHER for hint in hints}


def _search(hint: str, search: _Search) -> Search:
    quick = re.compile(_QUICKER.get(hint, hint))
    return Search(
        hint,
        lambda view: search(view, _without_addresses(view.low)),
        lambda view: quick.search(view.low) is not None,
        _AMONG.get(hint, ""),
    )


SEARCHES = tuple(_search(hint, search) for search, hint in _HINTED)
"""Every search, with what it cannot do without in the text in lower case."""

"""A pattern that is asked only where it may begin finds what it finds when it is asked everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bylaw.scan.signals import amount, contact, link, price
from bylaw.scan.signals._view import Sparse, View

_CONTACTS = (
    "微 信 薇 威 卫 星 绿泡泡 v x vx wx wechat weixin wei xin 加 我 ➕ + 添加 戳 滴 找 联系 聯繫 下 个 客服 的 一 号 码 id 名 群 裙 搜 "
    "is at : ： → — ( - _ · . | abc_12345 ab-1234 12345678 13812345678 138-1234-5678 1.3.8.1.2.3.4.5.6.7.8 138 1234 5678 q qq 扣 扣扣 "
    "企鹅 🐧 进 telegram tg t.me/ telegram.me/ tg://resolve?domain= tele-gram 电报 飞机 小飞机 ✈ 灰机 @abcd_ef 频道 客服 dm pm me us message "
    "msg text ping hmu contact reach call write add admin on via my whatsapp whats app wa.me/ chat.whatsapp.com/ +86 86 0086 line lin.ee/ "
    "line.me/ti/p/ 賴 https:// 电话 手机号 tel phone call mobile ☎ 一三八 幺 二 五 六七八九 壹 0 1 2 元 年 私信 私聊 咨询 私我 扫码 扫 二维码 "
    "hit slide into dms up 请 可以 欢迎 有意者 需要的 想要 速 们 n't not ， 。"
)
_SUMS = (
    "¥ ￥ 元 圆 块 块钱 rmb cny yuan $ us$ usd hk$ nt$ twd 美元 美金 刀 dollars € £ eur gbp 12 3.5 7.2 7.25 1,000 100,000 10万 250k 1.5 "
    "million bn 万 亿 千 百 w k m 收 出 买 卖 换 回收 结 构 价格 汇率 : ： = @ / ／ 每 一 个 张 件 unit each per ticket rate price sell "
    "selling buy bid ask quote cash at of 1:7.2 . , ， % 折 倍 营 支付 盘 u 几 幾 数 上 近 十 百万 三十 两 阅读 粉丝 现金 起 0 9 ١ ７"
)
_CODES = "邀请 推荐 推薦 返佣 返现 人 码 碼 ID id 代码 invite Invitation REFERRAL refer ref affiliate partner code - : ： 是 ( AB12 ABCD 1234 x"
_SPARSE = [
    (module, name)
    for module in (contact, price, amount)
    for name, value in vars(module).items()
    if isinstance(value, Sparse)
]


def _texts(words: str) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from([*words.split(), " ", " ", "\n", "\u3000"]), max_size=14).map("".join)


def _told(matches: Iterable[re.Match[str]]) -> list[tuple[tuple[int, int], dict[str, str]]]:
    return [(match.span(), match.groupdict()) for match in matches]


@settings(max_examples=3_000, derandomize=True, deadline=None)
@given(st.one_of(_texts(_CONTACTS), _texts(_SUMS), _texts(_CODES)))
def test_a_sparse_pattern_finds_what_it_finds_everywhere(text: str) -> None:
    """Of contacts, prices, sums and codes, in texts made of what they are written with."""
    for module, name in _SPARSE:
        sparse = getattr(module, name)
        besides = contact._calls(text) if module is contact else ()
        assert _told(sparse.finditer(text, besides)) == _told(sparse.pattern.finditer(text)), name
    assert _told(contact._asked(text)) == _told(contact._ASK.finditer(text))
    view = View(text)
    assert _told(link._said(view)) == _told(link._CODE_SAID.finditer(view.flat))


@pytest.mark.parametrize(
    ("module", "name", "text"),
    [
        (contact, "_TELEGRAM_LINK", "xhttps://t.me/somebody"),  # not with its scheme, but without
        (contact, "_PHONE_CN", "+86 138 1234 5678, 0086-13812345678, 8613812345678"),
        (contact, "_LINE", "message me on line, 加我的 line"),
        (amount, "_AMOUNT", "好幾百萬，十¥7.25亿，有 10万"),
        (price, "_FIAT", "twd 10, NT$ 5, 5 euros".lower()),
    ],
)
def test_what_is_easily_missed_is_found(module: object, name: str, text: str) -> None:
    """Where a match begins inside what another would have begun with, or with a rare sign."""
    sparse: Sparse = getattr(module, name)
    besides = contact._calls(text)
    found = _told(sparse.finditer(text, besides))
    assert found
    assert found == _told(sparse.pattern.finditer(text))


def test_a_code_in_words_is_found_whatever_case_they_are_in() -> None:
    """And behind a letter that is two in lower case."""
    view = View("İnvite INVITE code: AB12, ſ referral ID 12ab")
    assert len(list(link._said(view))) == 2
    assert _told(link._said(view)) == _told(link._CODE_SAID.finditer(view.flat))

"""Signals `price.fiat` and `price.rate`: a sum in a currency, and a price per unit. Family `price`.

`price.fiat` is a number with a currency: `¥800`, `800元`, `rmb 800`, `$12.50`, `120 USD`. The value is the
currency's code and the number.

`price.rate` is a number that reads as the price of one: with a side or the word for a price beside it
(`7.1收`, `价格 7.25`, `rate 7.2`), a decimal behind a side and the short name of what is traded (`收A 7.2`),
a ratio with a decimal (`1:7.2`), or a number per unit (`120/张`, `7.2 each`). A bare number is none: `3.24`
may be a version, a date or a rule.
"""

from __future__ import annotations

__all__ = ["SEARCHES", "find"]

import re
from collections.abc import Iterator

from bylaw.scan.signals._view import DIGIT, SPACE, Hit, Sparse, View
from bylaw.scan.signals._views import Search

_NUMBER = r"(?:\d{1,3}(?:,\d{3}){1,4}|\d{1,12})(?:\.\d{1,4})?"

_CURRENCIES = {  # by code: how it is written, before or behind the number
    "CNY": "¥ ￥ 元 圆 块 塊 块钱 塊錢 rmb cny yuan 人民\u5e01 人民\u5e63",
    "USD": "$ us$ usd 美元 美金 刀 dollar dollars bucks",
    "HKD": "hk$ hkd 港元 港\u5e01 港\u5e63",
    "TWD": "nt$ twd 台\u5e01 台\u5e63 新台\u5e01 新台\u5e63",
    "EUR": "€ eur euro euros 欧元 歐元",
    "GBP": "£ gbp pounds quid 英镑 英鎊",
}
_CODES = {word: code for code, words in _CURRENCIES.items() for word in words.split()}
_BEFORE = r"us\$|hk\$|nt\$|[¥￥$€£]|\b(?:rmb|cny|usd|hkd|twd|eur|gbp)|人民[\u5e01\u5e63]|美[元金]"
_END = r"(?=$|[\s,，。.!！?？;；、/一出收包每起卖賣])"
_AFTER = (
    r"人民[\u5e01\u5e63]|美[元金]|港[\u5e01\u5e63元]|新?台[\u5e01\u5e63]|[欧歐]元|英[镑鎊]|块钱|塊錢|"
    rf"[元圆](?![旦宵月年素件组帅首宇老芳气神勋])|[块塊]{_END}|刀{_END}|"
    r"(?:rmb|cny|yuan|usd|dollars?|bucks|hkd|twd|euros?|eur|gbp|pounds|quid)\b"
)
_SCALE = r"(?:\s?(?:[万萬千亿億]|(?:[kwm]|mn|million|bn)(?![a-z0-9])))?"
_FIAT = Sparse.of(
    r"[\d¥￥$€£rcuhtegn人美]",
    r"(?<![rcuhtegn人美])(?<![0-9_.]\d)|(?<=人)民|(?<=美)[元金]|mb|ny|s[d$]|k[d$]|t\$|wd|ur|bp",
    rf"(?:(?P<before>{_BEFORE})\s?[:：]?\s?(?P<first>{_NUMBER}{_SCALE})"
    rf"|(?<![0-9_.])(?<!\d,)(?P<second>{_NUMBER}{_SCALE})\s?[多余]?(?P<after>{_AFTER}))",
)

_SIDES = "收|出|买|卖|買|賣|换|換|回收|[结結](?![构構果束婚合论論])"
_PRICE_WORDS = "价格?|價格?|单价|單價|报价|報價|汇率|匯率|比例|费率"
_UNITS = "[个個张張枚台件只份颗顆部套条條本位瓶次把单單组組座]|unit|piece|pcs?|ticket|seat|item|set|each|ea"
_VERBS = "sell(?:ing)?|buy(?:ing)?"
_MEASURES = "yuan|rmb|cny|usd|hkd|[gmk]|[gmt]b|[cmk]m|k?g|ghz|[mb]n|million|billion|percent"
_SMALL = r"\d{1,6}(?:\.\d{1,4})?"
_DECIMAL = r"\d{1,6}\.\d{1,4}"
_RATE = Sparse.of(
    r"[\d收出买卖買賣换換回结結价價单單报報汇匯比费售兑兌每rpsbaqc]",
    r"(?<![rpsbaqc])(?<![a-z0-9_./\-]\d)|(?<![a-z][a-z])(?:ate|rice|ell|uy|id|sk|uote|ash)",
    rf"""
    (?:
    (?<![a-z0-9_./\-])(?<!\d[,:]) (?:
        (?P<sided>{_DECIMAL}) \s?[元块]?\s? (?:{_SIDES})(?![盘版口现发入生门差租名汁的了过])
      | (?P<ratio>1\s?[:：=＝]\s?{_DECIMAL}) (?![\d.:])
      | (?P<per>{_SMALL}) \s?(?:元|块|rmb|cny|usd|¥)?\s? [/／每一] \s?(?:{_UNITS})(?![a-z])
      | (?P<letter>{_DECIMAL}) \s?(?:元|块|rmb|cny|usd|¥)?\s? [/／] \s?[a-z](?![a-z])
      | (?P<each>{_DECIMAL}) \s (?:each|apiece|per\s(?:unit|piece|ticket|seat|item|one))\b
    )
  | (?<![营净实吸税招丰创年月]) (?:{_SIDES}|{_PRICE_WORDS}) \s?[:：=@是在]?\s?
        (?P<priced>{_DECIMAL}) (?![\d.%％:折倍]|\s?[万亿億萬])
  | \b(?:rate|price|{_VERBS}|bid|ask|quote) \s?(?:at|is|for|of|=|:|@)?\s?
        (?P<quoted>{_DECIMAL}) (?![\d.%]|\s?percent)
  | (?:(?<![营净实吸税招丰创年月支付输推])[收出买卖買賣换換售兑兌]|(?<![a-z])(?:cash|{_VERBS})(?![a-z]))
        (?![盘版口现发入生门差租名汁的了过货])
        (?:\s?[a-z]{{1,6}}|[\u4e00-\u9fff]{{1,3}})? [\s,，:：]{{0,2}}
        (?P<traded>{_DECIMAL}) (?![\da-z.%％:折倍]|\s?(?:[万亿億萬寸米元圆块塊]|(?:{_MEASURES})\b))
  | 每\s?(?:{_UNITS})\s?(?P<every>{_SMALL})(?=\s?[元块¥$]|$|[^\d.%％a-z\u4e00-\u9fff])
    )
    """,
    re.VERBOSE,
)


_HAS_FIAT = re.compile(
    "[¥￥$€£元圆块塊刀]|人民|美金|[港台][\u5e01\u5e63]|英[镑鎊]|"
    "rmb|cny|yuan|usd|dollar|bucks|hkd|twd|eur|gbp|pounds|quid"
)
_HAS_RATE = re.compile("[0-9][.][0-9]|[0-9][^a-z0-9]?(?:元|块|rmb|cny|usd|¥|￥)?[^a-z0-9]?[/／每一]|每")
"""Without these there is no price: the mark of a currency, a decimal, or a word for "each"."""

_SP, _OF = f"[{SPACE}]?", "(?:元|块|rmb|cny|usd|¥)?"
_MARKS = (
    "人民[\u5e01\u5e63]|美[元金]|港[\u5e01\u5e63元]|台[\u5e01\u5e63]|[欧歐]元|英[镑鎊]|[元圆块塊刀]|"
    "rmb|cny|yuan|usd|dollar|bucks|hkd|twd|eur|gbp|pounds|quid"
)
_FIAT_HINT = (
    f"(?:[¥￥$€£]|rmb|cny|usd|hkd|twd|eur|gbp|人民[\u5e01\u5e63]|美[元金]){_SP}[:：]?{_SP}[{DIGIT}]"
    rf"|[{DIGIT}](?:{_SP}(?:[万萬千亿億kwm]|mn|million|bn))?{_SP}[多余]?(?:{_MARKS})"
)
_PART = f"[{DIGIT}][.][{DIGIT}]+"
_OF_SIDES = "[收出买卖買賣换換結结]"
_RATE_HINT = (
    rf"{_PART}{_SP}[元块]?{_SP}(?:{_OF_SIDES}|回收)"
    rf"|1{_SP}[:：=＝]{_SP}[{DIGIT}]+[.]"
    rf"|[{DIGIT}]{_SP}{_OF}{_SP}[/／每一]{_SP}(?:{_UNITS})"
    rf"|{_PART}{_SP}{_OF}{_SP}[/／]{_SP}[a-z]"
    rf"|{_PART}[{SPACE}](?:each|apiece|per)"
    rf"|(?:{_OF_SIDES}|[价價格率例]){_SP}[:：=@是在]?{_SP}[{DIGIT}]+[.][{DIGIT}]"
    rf"|(?:rate|price|{_VERBS}|bid|ask|quote){_SP}(?:at|is|for|of|=|:|@)?{_SP}[{DIGIT}]+[.][{DIGIT}]"
    rf"|(?:[收出买卖買賣换換售兑兌]|cash|{_VERBS})(?:{_SP}[a-z]{{1,6}}|[一-鿿]{{1,3}})?"
    rf"[{SPACE},，:：]{{0,2}}[{DIGIT}]+[.][{DIGIT}]"
    rf"|每{_SP}(?:{_UNITS}){_SP}[{DIGIT}]"
)
"""The patterns again without what must stand around them."""


def find(view: View) -> list[Hit]:
    """Return every price in a text."""
    return [hit for search in SEARCHES for hit in search.find(view)]


def _fiat(view: View) -> Iterator[Hit]:
    low = view.low
    for match in _FIAT.finditer(low):
        written = match["before"] or match["after"]
        number = re.sub(r"[\s,]", "", match["first"] or match["second"])
        yield view.hit("price.fiat", f"{_CODES[written]} {number}", *match.span())


def _rate(view: View) -> Iterator[Hit]:
    low = view.low
    for match in _RATE.finditer(low):
        number = next(text for text in match.groups() if text is not None)
        span = match.span("traded") if match["traded"] else match.span()  # the side is a hit of its own
        yield view.hit("price.rate", re.sub(r"\s", "", number), *span)


SEARCHES = (
    Search(_FIAT_HINT, _fiat, lambda view: _HAS_FIAT.search(view.low) is not None),
    Search(_RATE_HINT, _rate, lambda view: _HAS_RATE.search(view.low) is not None),
)

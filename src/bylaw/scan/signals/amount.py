"""Signal `amount.large`: a sum of a hundred thousand or more. Family `amount`.

It reads `10万`, `一百万`, `100,000`, `¥100000`, `250k USD`, `1.5 million`. The value is the whole number.
Currencies are taken at face value. A number that counts something else (`10万人`, `100,000 followers`) is no
sum; a run of six digits without separators is one only beside a currency: else it is an order number.
"""

from __future__ import annotations

__all__ = ["HINT", "LARGE", "find", "may_find"]

import re
from decimal import Decimal

from bylaw.scan.signals._view import Hit, Sparse, View

LARGE = 100_000
_DIGITS = {**{digit: at for at, digit in enumerate("零一二三四五六七八九")}, "两": 2, "兩": 2, "〇": 0,
           "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9}  # fmt: skip
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_SCALES = {"万": 10**4, "萬": 10**4, "w": 10**4, "千万": 10**7, "千萬": 10**7, "百万": 10**6, "百萬": 10**6,
           "亿": 10**8, "億": 10**8, "k": 10**3, "m": 10**6, "mn": 10**6, "million": 10**6,
           "bn": 10**9, "billion": 10**9}  # fmt: skip
_HANZI = "零一二三四五六七八九两兩〇壹贰叁肆伍陆柒捌玖十拾百佰千仟"
_COUNTED = (
    r"(?!\s?[+＋多余餘]?\s?(?:个?[人粉字次名种步]|多?人|粉丝|阅读|閱讀|播放|浏览|点赞|赞|用户|用戶|观众|读者|公里|千米|平方?|平米|"
    r"年|岁|歲|辆|輛|吨|噸|株|亩|畝|户|戶|家|册|冊|片|米|条|件|台|只|張|张|份|票|枚|票房|像素|毫安|"
    r"km\b|miles?\b|people\b|followers?\b|views?\b|users?\b|members?\b|subs|likes?\b|words?\b|mah\b|times\b|"
    r"residents\b|downloads\b|steps\b|fans\b|readers\b|copies\b))"
)
_NO_NOUN = (  # behind a bare number: nothing that it could count
    r"(?=\s?(?:$|[^\s\u4e00-\u9fff]|现金|資金|资金|本金|额度|起|以上|左右|流水|打包|到账|"
    r"[元块圆出收转借贷卖买人民美港欧])|\s)"
)
_SIGN = r"(?:us\$|hk\$|nt\$|[¥￥$€£]|\b(?:rmb|cny|usd|hkd|eur|gbp)\s?)"
_MONEY = (
    r"(?:\s?(?:元|块|圆|人民[\u5e01\u5e63]|美元|美金|港[\u5e01\u5e63元]|欧元|"
    r"(?:rmb|cny|yuan|usd|dollars?|hkd|euros?|eur|gbp|pounds)\b))"
)
HINT = "[万萬亿億]|[0-9][^a-z0-9]?[wkmb]|[0-9]{6}|[0-9],[0-9]{3}"
"""No large sum without a scale, six digits or digits set apart by a comma."""
_LIKELY = re.compile(HINT)
_AMOUNT = Sparse.of(
    rf"[\s\d¥￥$€£urchneg几幾数數上近超{_HANZI}]",
    rf"(?<![\surchneg])(?<![a-z0-9_.]\d)(?<![{_HANZI}][几幾数數上近超{_HANZI}])|(?<=\s)\d|s[$d]|k[$d]|t\$|mb|ny|ur|bp",
    rf"""
    (?<!阅读)(?<!閱讀)(?<!播放)(?<!浏览)(?<!粉丝) (?P<sign>{_SIGN})?\s?
        (?<![a-z0-9_.])
        (?P<number>\d{{1,3}}(?:,\d{{3}}){{1,4}}(?!\d|,\d)(?:\.\d+)? | \d{{1,15}}(?:\.\d{{1,4}})?)
        (?: \s?(?P<scale>[千百]?[万萬]|[亿億]|(?:million|billion|mn|bn)\b|[wkm](?![a-z0-9])) )?
        (?!\d) {_COUNTED}
        (?:(?P<money>{_MONEY})|{_NO_NOUN})
  | (?<![{_HANZI}]) (?P<some>[几幾数數上近超]?)
        (?P<hanzi>[{_HANZI}]{{1,8}}) (?P<hanzi_scale>[万萬亿億]) (?![{_HANZI}]) {_COUNTED}
        (?:(?P<hanzi_money>{_MONEY})|{_NO_NOUN})
    """,
    re.VERBOSE,
)


def may_find(view: View) -> bool:
    """Say whether there is any sum to look for."""
    return _LIKELY.search(view.low) is not None


def find(view: View) -> list[Hit]:
    """Return every large sum in a text."""
    hits: list[Hit] = []
    for match in _AMOUNT.finditer(view.low):
        amount = _of_hanzi(match) if match["hanzi"] else _of_digits(match)
        if amount is not None and amount >= LARGE:
            hits.append(view.hit("amount.large", str(amount), *match.span()))
    return hits


def _of_digits(match: re.Match[str]) -> int | None:
    scale = match["scale"] or ""
    is_money = bool(match["sign"] or match["money"])
    if not is_money and scale in ("", "k", "m") and (scale or "," not in match["number"]):
        return None
    return int(Decimal(match["number"].replace(",", "")) * _SCALES.get(scale, 1))


def _of_hanzi(match: re.Match[str]) -> int | None:
    if match["hanzi"] in ("百", "千", "佰", "仟") and not (match["some"] or match["hanzi_money"]):
        return None  # without a digit before it, this is how one says "do not ever", or "many"
    total, digit = 0, None
    for character in match["hanzi"]:
        if character in _TENS:
            total += (1 if digit is None else digit) * _TENS[character]
            digit = None
        else:
            digit = _DIGITS[character]
    return (total + (digit or 0)) * _SCALES[match["hanzi_scale"]]

"""What is a price, a rate, a large sum; and which numbers are something else."""

from __future__ import annotations

import pytest

from bylaw.scan.signals import View, amount, price

PRICES = {
    "sign": ("¥800 一张", [("price.fiat", "CNY 800", "¥800")]),
    "full-width sign": ("￥８００", [("price.fiat", "CNY 800", "￥８００")]),
    "word behind": ("800元 出", [("price.fiat", "CNY 800", "800元")]),
    "letters before": ("RMB 1,280.50", [("price.fiat", "CNY 1280.50", "RMB 1,280.50")]),
    "letters behind": ("120 USD each", [("price.fiat", "USD 120", "120 USD")]),
    "dollars": ("only $12.50!", [("price.fiat", "USD 12.50", "$12.50")]),
    "slang": ("两张500块钱", [("price.fiat", "CNY 500", "500块钱")]),
    "pounds": ("£50", [("price.fiat", "GBP 50", "£50")]),
    "scale": ("3万元", [("price.fiat", "CNY 3万", "3万元")]),
    "side behind": ("7.1收", [("price.rate", "7.1", "7.1收")]),
    "side before": ("出7.25", [("price.rate", "7.25", "出7.25")]),
    "word for price": ("价格：7.25", [("price.rate", "7.25", "价格：7.25")]),
    "rate": ("rate 7.25 today", [("price.rate", "7.25", "rate 7.25")]),
    "selling at": ("selling at 7.25", [("price.rate", "7.25", "selling at 7.25")]),
    "side, what is traded, rate": ("收A 7.2 秒到", [("price.rate", "7.2", "7.2")]),
    "the same in ideographs": ("可兑外汇 7.2", [("price.rate", "7.2", "7.2")]),
    "the same behind a comma": ("出A，7.25 秒结", [("price.rate", "7.25", "7.25")]),
    "ratio": ("比例1:7.2", [("price.rate", "1:7.2", "1:7.2")]),
    "per unit": ("120/张", [("price.rate", "120", "120/张")]),
    "each": ("7.50 each", [("price.rate", "7.50", "7.50 each")]),
    "behind a Chinese comma": ("量大，7.15收", [("price.rate", "7.15", "7.15收")]),
    "behind a Chinese colon": ("今日：7.15收", [("price.rate", "7.15", "7.15收")]),
    "a sum behind a Chinese comma": ("好，980元拿走", [("price.fiat", "CNY 980", "980元")]),
    "a sum behind a letter": ("出票A7.02元", [("price.fiat", "CNY 7.02", "7.02元")]),
    "every": ("每张380", [("price.rate", "380", "每张380")]),
}
NO_PRICES = {
    "a rule": "违反3.24条",
    "the end of a grouped number": "版本2,7.15收",
    "the end of a ratio": "2026:7.15收",
    "a measure behind a side": "sell disk 7.2 gb",
    "a version": "v3.24 released",
    "a date": "2024.11.20",
    "a time": "at 11:30",
    "a score": "比分 1:2",
    "new year's day": "2024元旦快乐",
    "screens": "3块屏幕",
    "an order": "订单 13800138000",
    "a percentage": "涨了7.25%",
    "a ticker": "$ABC is up",
    "a size": "6.7寸",
    "hours": "open 24/7",
    "revenue": "营收 2055.6 亿",
    "a date of buying": "6.18买的",
    "a heading": "2.1 结构化数据",
    "a distance every time": "每次5公里",
    "a rate of growth": "a rate of 6.5 percent",
    "no digit": "元 ¥ price",
}
AMOUNTS = {
    "ten thousands": ("收10万", "100000", "10万"),
    "letters": ("转50w", "500000", "50w"),
    "commas": ("100,000 to sell", "100000", "100,000"),
    "hanzi": ("一百万现金", "1000000", "一百万"),
    "hanzi with units": ("二十五万元", "250000", "二十五万元"),
    "hundred millions": ("1.5亿", "150000000", "1.5亿"),
    "currency and run of digits": ("¥100000", "100000", "¥100000"),
    "english": ("1.5 million USD", "1500000", "1.5 million USD"),
    "thousands with currency": ("250k USD", "250000", "250k USD"),
}
NO_AMOUNTS = {
    "small": "9万",
    "small with commas": "99,999",
    "people": "10万人参加",
    "readers": "阅读10万+",
    "readers behind": "10万+阅读",
    "followers": "100,000 followers",
    "fish": "23万尾鱼放归长江",
    "staff": "30万医护参加",
    "a fraction": "二十万分之一",
    "order": "订单 100000",
    "long number": "13800138000",
    "thousands of something": "250k run",
    "a year": "2024年",
    "idiom": "千万别去",
    "idiom of many": "万一",
}


def seen(finder, text: str) -> list[tuple[str, str, str]]:
    """Return what a finder says of a text."""
    return [(hit.signal, hit.value, text[hit.start : hit.end]) for hit in finder(View(text))]


@pytest.mark.parametrize("name", PRICES)
def test_price_is_found(name: str) -> None:
    """A sum with a currency is a price, a number that reads as the price of one is a rate."""
    text, expected = PRICES[name]

    assert expected == [hit for hit in seen(price.find, text) if hit in expected]


@pytest.mark.parametrize("name", NO_PRICES)
def test_no_price(name: str) -> None:
    """A number without currency, side or unit is no price."""
    assert seen(price.find, NO_PRICES[name]) == []


@pytest.mark.parametrize("name", AMOUNTS)
def test_large_sum_is_found(name: str) -> None:
    """A hundred thousand or more is a large sum, however it is written."""
    text, value, slice_ = AMOUNTS[name]

    assert [("amount.large", value, slice_)] == seen(amount.find, text)


@pytest.mark.parametrize("name", NO_AMOUNTS)
def test_no_large_sum(name: str) -> None:
    """Smaller sums, counts of other things and long numbers are no large sums."""
    assert seen(amount.find, NO_AMOUNTS[name]) == []

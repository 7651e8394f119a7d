"""What is set off as somebody's words, and what only looks so."""

from __future__ import annotations

import time

import pytest

from bylaw.scan.signals import View, quotation

LONG = "三百一张，要的联系我"
FOUND = {
    "double marks": (f"他写道：“{LONG}”。", f"“{LONG}”"),
    "single marks": ("She wrote ‘three hundred each’ there", "‘three hundred each’"),
    "straight marks": ('It read "three hundred each" then', '"three hundred each"'),
    "straight single marks": ("It read 'three hundred each', then", "'three hundred each'"),
    "corner brackets": (f"牌上寫著「{LONG}」", f"「{LONG}」"),
    "double corner brackets": (f"他问：『{LONG}』", f"『{LONG}』"),
    "guillemets": ("Il lit «trois cents la place» ici", "«trois cents la place»"),
    "marks low and high": ("Er schrieb „dreihundert das Stück“ hin", "„dreihundert das Stück“"),
    "full-width straight marks": (f"他写＂{LONG}＂了", f"＂{LONG}＂"),
    "straight marks among Chinese characters": (f'他说"{LONG}"然后走了', f'"{LONG}"'),
    "straight marks before a Latin letter": (f'他说"{LONG}"ok', f'"{LONG}"'),
    "over a few lines": ('"three hundred\n\neach, call me"', '"three hundred\n\neach, call me"'),
    "one inside another": (f"“他说‘{LONG}’就走了”", f"“他说‘{LONG}’就走了”"),
    "an apostrophe inside": ("‘Don’t pay three hundred’ she said", "‘Don’t pay three hundred’"),
    "a straight apostrophe inside": ("'Don't pay three hundred' she said", "'Don't pay three hundred'"),
    "an inch at its beginning": ('"A 5" screen for you" he said', '"A 5" screen for you"'),
    "behind one that was never closed": (f"“开头没有结尾。他说“{LONG}”。", f"“{LONG}”"),
    "behind a straight one never closed": (
        'a "lost one, then "three hundred each" came',
        '"three hundred each"',
    ),
    "a quoted line": ("> three hundred each\n\nwho wrote this?", "> three hundred each"),
    "quoted lines": ("x\n> three hundred\n>\n> each\ny", "> three hundred\n>\n> each"),
    "a line behind a bar": (f"| {LONG}\n这是谁写的", f"| {LONG}"),
    "a full-width sign": (f"＞ {LONG}\n版主看看", f"＞ {LONG}"),
    "an overlong title": ("《" + LONG * 5 + "》", "《" + LONG * 5 + "》"),
    "characters nobody sees inside": ("“三百\u200b一张，要的联系我”", "“三百\u200b一张，要的联系我”"),
}


@pytest.mark.parametrize("name", FOUND)
def test_quotations(name) -> None:
    """The span takes in the marks, and is the text as it came."""
    text, quoted = FOUND[name]
    assert [quoted] == [text[hit.start : hit.end] for hit in quotation.find(View(text))]


NONE = {
    "a scare quote": "所谓“黄牛票”而已",
    "a scare quote in English": "the 'so-called' fans",
    "apostrophes": "don't say they won't, it's the fans' own money",
    "a year and a clipping": "'tis the '90s again, rock 'n' roll",
    "inches": 'a 5" screen beside a 27" one',
    "never opened": "没有开头”，就这么结束了吧",
    "never closed": "“没有结尾就这么下去了吧",
    "straight, never closed": 'he said "three hundred each and left',
    "a title": "《关于加强演出市场管理的通知》",
    "an arrow": ">>> three hundred each, call me",
    "a face": ">_< three hundred each, call me",
    "a comparison": "price > three hundred each, call me",
    "a table": "| side | three hundred |\n|---|---|\n| sale | four hundred |",
    "single straight marks over two lines": "'three hundred\neach, call me'",
    "straight marks too many lines apart": '"three hundred' + "\n" * 9 + 'each, call me"',
    "marks too far apart": "“" + "很" * 4_000 + "”",
    "marks with no words": "“！！！……——～～～～～～”",
    "nothing": "",
}


@pytest.mark.parametrize("name", NONE)
def test_no_quotations(name) -> None:
    """What is short, open, a title, a table or part of a word quotes nobody."""
    assert [] == quotation.find(View(NONE[name]))


SIZES = {
    "eight Chinese characters": ("“三百一张你们要吗”", 1),
    "seven": ("“三百一张都要吗”", 0),
    "twelve letters": ("“Buy here, now at 5”", 1),
    "eleven": ("“Buy it now, ok 5”", 0),
    "some of both": ("“出 VIP12 票五张吗”", 1),
}


@pytest.mark.parametrize("name", SIZES)
def test_how_much_is_enough(name) -> None:
    """Twelve letters or eight Chinese characters make a quotation, and as much of both."""
    text, number = SIZES[name]
    assert number == len(quotation.find(View(text)))


def test_the_value_is_the_marks() -> None:
    """It tells how the words were set off."""
    hits = quotation.find(View("「三百一张你们要吗」\n> three hundred each"))
    assert [("「」", "quotation"), (">", "quotation")] == [(hit.value, hit.signal) for hit in hits]


ASIDES = {
    "on both sides": (
        "今天清早有人在学校门口贴出“三百一张，要的联系我”，保安随后就把它整张撕了下来。",
        ["before", "behind"],
    ),
    "between": (f"“{LONG}”这两张纸一直贴在同一扇门上面“{LONG}”", ["between"]),
    "in English": ('The card read "three hundred each", and nobody knew whose it was.', ["behind"]),
    "around a quoted line": (f"> {LONG}\n\nWould somebody remove this, please?", ["behind"]),
    "too little": (f"他说“{LONG}”谢谢大家", []),
    "nothing but a quotation": (f"“{LONG}”", []),
    "no quotation": ("清早有人在门口贴出一张纸，保安随后把它撕了下来。", []),
}


@pytest.mark.parametrize("name", ASIDES)
def test_what_stands_beside(name) -> None:
    """What is said before, between and behind quotations is told, where it is enough to say something."""
    text, values = ASIDES[name]
    assert values == [hit.value for hit in quotation.asides(View(text))]


HOSTILE = (
    '"',
    "'",
    "“",
    "”",
    "“”",
    "‘’",
    "“‘",
    "「",
    "> ",
    ">\n",
    "> a\n",
    '"a ',
    '5" ',
    " '",
    "《》",
    "|",
    "\n| ",
    '"!5',
    "“abcdefgh”",
)


@pytest.mark.parametrize("piece", HOSTILE, ids=repr)
def test_time_is_linear(piece) -> None:
    """Sixteen times as much of the same marks takes some sixteen times as long, not its square."""

    def seconds(size: int) -> float:
        view = View(piece * (size // len(piece)))
        begun = time.process_time()
        quotation.find(view)
        return time.process_time() - begun

    seconds(1_000)
    assert seconds(160_000) < 100 * seconds(10_000) + 0.2

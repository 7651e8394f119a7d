"""What is a contact and what only sounds like one, in both languages and in disguise."""

from __future__ import annotations

import pytest

from bylaw.scan.signals import View
from bylaw.scan.signals.contact import find

FOUND = {
    # --- WeChat
    "plain handle": ("微信：abc_1234", [("contact.wechat", "abc_1234", "abc_1234", ())]),
    "handle after the word for number": ("微信号abc12345 备注门票", [("contact.wechat", "abc12345", "abc12345", ())]),
    "handle in English": ("my wechat id: ticketfan88.", [("contact.wechat", "ticketfan88", "ticketfan88", ())]),
    "capitals are kept": ("WeChat: TicketFan88", [("contact.wechat", "TicketFan88", "TicketFan88", ())]),
    "homophone": ("薇信 abc12345", [("contact.wechat", "abc12345", "abc12345", ("stand-in",))]),
    "another homophone": ("威信：abc12345", [("contact.wechat", "abc12345", "abc12345", ("stand-in",))]),
    "satellite": ("卫星abc12345", [("contact.wechat", "abc12345", "abc12345", ("stand-in",))]),
    "two letters": ("vx：abc12345", [("contact.wechat", "abc12345", "abc12345", ("stand-in",))]),
    "letters apart": ("V X abc12345", [("contact.wechat", "abc12345", "abc12345", ("stand-in",))]),
    "letters with a dash": ("V-X：abc12345", [("contact.wechat", "abc12345", "abc12345", ("stand-in",))]),
    "letters with a line": ("V_X：abc12345", [("contact.wechat", "abc12345", "abc12345", ("stand-in",))]),
    "letters with a dot": ("V·X：abc12345", [("contact.wechat", "abc12345", "abc12345", ("stand-in",))]),
    "another letter and character": ("W信abc12345", [("contact.wechat", "abc12345", "abc12345", ("stand-in",))]),
    "half in letters behind": ("微xin：abc12345", [("contact.wechat", "abc12345", "abc12345", ("stand-in",))]),
    "letter and character": ("v信 abc12345", [("contact.wechat", "abc12345", "abc12345", ("stand-in",))]),
    "characters apart": ("微.信：abc12345", [("contact.wechat", "abc12345", "abc12345", ())]),
    "number after the trigger": ("vx13800138000", [("contact.wechat", "13800138000", "13800138000", ("stand-in",))]),
    "full-width handle": (
        "微信：ａｂｃ１２３４５",
        [("contact.wechat", "abc12345", "ａｂｃ１２３４５", ("full-width",))],
    ),
    "zero-width inside": (
        "微\u200b信：abc\u200b12345",
        [("contact.wechat", "abc12345", "abc\u200b12345", ("zero-width",))],
    ),
    "trailing full stop stays out": ("add wechat abc-1234-.", [("contact.wechat", "abc-1234", "abc-1234", ())]),
    "instruction": ("需要的加我微信", [("contact.wechat", "wechat", "加我微信", ())]),
    "instruction by letter": ("有票加V", [("contact.wechat", "wechat", "加V", ("stand-in",))]),
    "instruction by sign": ("有票➕薇", [("contact.wechat", "wechat", "➕薇", ("stand-in",))]),
    "instruction by satellite": ("有票加卫星", [("contact.wechat", "wechat", "加卫星", ("stand-in",))]),
    "instruction in English": ("Add me on WeChat", [("contact.wechat", "wechat", "Add me on WeChat", ())]),
    "scan to add": ("扫码加微信", [("contact.wechat", "wechat", "加微信", ())]),
    "a word torn apart": ("加 微-----信 abc_1234", [("contact.wechat", "abc_1234", "abc_1234", ("separator",)), ("contact.wechat", "wechat", "加 微-----信", ("separator",))]),
    "a word over lines": ("微\n信\n：abc12345", [("contact.wechat", "abc12345", "abc12345", ())]),
    "a letter and a heart": ("V❤：abc12345", [("contact.wechat", "abc12345", "abc12345", ("stand-in",))]),
    "a homophone and a heart": ("威❤ abc12345", [("contact.wechat", "abc12345", "abc12345", ("stand-in",))]),
    "a homophone torn apart": ("薇...信：abc12345", [("contact.wechat", "abc12345", "abc12345", ("stand-in",))]),
    "half in letters": ("wei信：abc12345", [("contact.wechat", "abc12345", "abc12345", ("stand-in",))]),
    "instruction with a bar": ("有票加丨薇", [("contact.wechat", "wechat", "加丨薇", ("stand-in",))]),
    "instruction by letter, apart": ("有票 加 V", [("contact.wechat", "wechat", "加 V", ("stand-in",))]),
    "handle in groups": ("vx: abc 123 456", [("contact.wechat", "abc123456", "abc 123 456", ("separator", "stand-in"))]),
    "handle in groups, in English": ("my WeChat id: tix 8800 12", [("contact.wechat", "tix880012", "tix 8800 12", ("separator",))]),
    "handle letter by letter": ("微信：t i x 8 8 0 0", [("contact.wechat", "tix8800", "t i x 8 8 0 0", ("separator",))]),
    "handle in words": ("微信号：一三八零零一三八零零零", [("contact.wechat", "13800138000", "一三八零零一三八零零零", ("spelled number",))]),
    "handle circled": ("加薇：①③⑧⓪⓪①③⑧⓪⓪⓪", [("contact.wechat", "13800138000", "①③⑧⓪⓪①③⑧⓪⓪⓪", ("circled letter", "stand-in"))]),
    # --- QQ
    "group split in two": ("Q君羊：123456789", [("contact.qq", "123456789", "123456789", ("stand-in",))]),
    "another knocking": ("叩叩 123456789", [("contact.qq", "123456789", "123456789", ("stand-in",))]),
    "knocking, torn apart, in groups": ("扣 扣：1 2 3 4 5 6 7 8", [("contact.qq", "12345678", "1 2 3 4 5 6 7 8", ("separator", "stand-in"))]),
    "qq in words": ("QQ：一二三四五六七八九", [("contact.qq", "123456789", "一二三四五六七八九", ("spelled number",))]),
    "enter the skirt": ("进裙：123456789", [("contact.qq", "123456789", "123456789", ("stand-in",))]),
    "qq number": ("QQ：123456789", [("contact.qq", "123456789", "123456789", ())]),
    "knocking": ("扣扣123456789", [("contact.qq", "123456789", "123456789", ("stand-in",))]),
    "skirt for group": ("Q裙 123456789", [("contact.qq", "123456789", "123456789", ("stand-in",))]),
    "group in plain": ("qq群：123456789", [("contact.qq", "123456789", "123456789", ())]),
    "penguin": ("🐧123456789", [("contact.qq", "123456789", "123456789", ("stand-in",))]),
    "add by letter": ("要的加Q", [("contact.qq", "qq", "加Q", ("stand-in",))]),
    # --- Telegram
    "link": ("join t.me/tix_desk now", [("contact.telegram", "tix_desk", "tix_desk", ())]),
    "invite link": ("https://t.me/+AbCdEf12", [("contact.telegram", "+abcdef12", "+AbCdEf12", ())]),
    "named handle": ("Telegram: @tix_desk", [("contact.telegram", "tix_desk", "tix_desk", ())]),
    "in Chinese": ("电报 @tix_desk", [("contact.telegram", "tix_desk", "tix_desk", ())]),
    "traditional": ("電報：tix_desk", [("contact.telegram", "tix_desk", "tix_desk", ())]),
    "short letters": ("TG：tix_desk", [("contact.telegram", "tix_desk", "tix_desk", ("stand-in",))]),
    "paper plane": ("纸飞机 @tix_desk", [("contact.telegram", "tix_desk", "tix_desk", ("stand-in",))]),
    "plane": ("飞机：@tix_desk", [("contact.telegram", "tix_desk", "tix_desk", ("stand-in",))]),
    "emoji plane": ("✈️ @tix_desk", [("contact.telegram", "tix_desk", "tix_desk", ("stand-in",))]),
    "a group is a contact": ("our Telegram group t.me/tix_desk", [("contact.telegram", "tix_desk", "tix_desk", ())]),
    "message me there": ("message me on Telegram", [("contact.telegram", "telegram", "message me on Telegram", ())]),
    "grey machine": ("灰机：tix_desk", [("contact.telegram", "tix_desk", "tix_desk", ("stand-in",))]),
    "letters set apart": ("T G：tix_desk", [("contact.telegram", "tix_desk", "tix_desk", ("stand-in",))]),
    "in two words": ("tele gram: @tix_desk", [("contact.telegram", "tix_desk", "tix_desk", ("stand-in",))]),
    "paper and an emoji": ("纸✈️ @tix_desk", [("contact.telegram", "tix_desk", "tix_desk", ("stand-in",))]),
    "torn apart": ("电 报：tix_desk", [("contact.telegram", "tix_desk", "tix_desk", ())]),
    # --- telephone
    "mobile in the numerals of banks": ("壹叁捌零零壹叁捌零零零", [("contact.phone", "13800138000", "壹叁捌零零壹叁捌零零零", ("spelled number",))]),
    "mobile in both": ("1三8零零1三8零零零", [("contact.phone", "13800138000", "1三8零零1三8零零零", ("spelled number",))]),
    "mobile in words and groups": ("一三八 零零一三 八零零零", [("contact.phone", "13800138000", "一三八 零零一三 八零零零", ("spelled number",))]),
    "mobile": ("电话13800138000", [("contact.phone", "13800138000", "13800138000", ())]),
    "mobile bare": ("有票 13800138000 随时", [("contact.phone", "13800138000", "13800138000", ())]),
    "mobile glued to Chinese": ("联系13800138000转让", [("contact.phone", "13800138000", "13800138000", ())]),
    "mobile with spaces": ("138 0013 8000", [("contact.phone", "13800138000", "138 0013 8000", ())]),
    "mobile with dashes": ("138-0013-8000", [("contact.phone", "13800138000", "138-0013-8000", ())]),
    "mobile digit by digit": (
        "1 3 8 0 0 1 3 8 0 0 0",
        [("contact.phone", "13800138000", "1 3 8 0 0 1 3 8 0 0 0", ())],
    ),
    "mobile full-width": ("１３８００１３８０００", [("contact.phone", "13800138000", "１３８００１３８０００", ("full-width",))]),
    "mobile spelled": (
        "一三八零零一三八零零零",
        [("contact.phone", "13800138000", "一三八零零一三八零零零", ("spelled number",))],
    ),
    "with country code": ("+86 138 0013 8000", [("contact.phone", "13800138000", "138 0013 8000", ())]),
    "abroad": ("call +44 20 7946 0958", [("contact.phone", "442079460958", "44 20 7946 0958", ())]),
    "behind a word": ("tel: (020) 7946 0958", [("contact.phone", "02079460958", "(020) 7946 0958", ())]),
    "landline": ("电话：010-12345678", [("contact.phone", "01012345678", "010-12345678", ())]),
    # --- others
    "whatsapp number": ("WhatsApp +852 5123 4567", [("contact.whatsapp", "+852 5123 4567", "+852 5123 4567", ()), ("contact.phone", "85251234567", "852 5123 4567", ())]),
    "whatsapp link": ("wa.me/85251234567", [("contact.whatsapp", "85251234567", "85251234567", ())]),
    "line id": ("LINE ID: tixfan", [("contact.line", "tixfan", "tixfan", ())]),
    "add on line": ("請加賴", [("contact.line", "line", "加賴", ())]),
    "mail": ("Write to Tix.Desk@example.com.", [("contact.email", "tix.desk@example.com", "Tix.Desk@example.com", ())]),
    # --- no channel named
    "add me": ("求购 门票 800元 加我", [("contact", "message", "加我", ())]),
    "scan to add a friend": ("扫码加好友", [("contact", "message", "扫码加好友", ())]),
    "write to me": ("需要的联系我", [("contact", "message", "需要的联系我", ())]),
    "private letter": ("要的私信我", [("contact", "message", "私信我", ())]),
    "dm": ("Two seats, DM me", [("contact", "message", "DM me", ())]),
    "ask a handle": ("咨询：@tix_desk", [("contact", "@tix_desk", "@tix_desk", ())]),
}  # fmt: skip

BENIGN = {
    "trust a little": "稍微 信任他一点",
    "light and signals": "微光，信号灯 12345 号",
    "the fifty": "v我50 疯狂星期四",
    "a drawing": "Q版人物 12345",
    "a skirt": "连衣裙 12345 元，裙子号 20231",
    "prices after the word": "微信：10 20 30 元",
    "a date after the word": "微信 2022-11-20 更新",
    "a date in groups": "WeChat: 2022 11 20",
    "a span in English": "WeChat: 3 to 5 days a week",
    "a class": "微信群：10 人 3 天 5 课",
    "a year in words": "QQ：一九九五年 生，一九九五年三月",
    "a list of numbers": "一、三、五、七、九、十一、十三",
    "a reputation": "威信扫地 12345",
    "a raise": "他加薪了 20000",
    "a game": "球球 大作战 12345",
    "great going": "what a great going 12345",
    "a weight": "weight: 12345 grams",
    "a grey machine": "灰机飞过 2023 年",
    "papers": "电子报：daily 2023",
    "the word alone": "微信今天更新了",
    "the word alone in English": "WeChat announced new rules today",
    "a public account": "关注我们的微信公众号：dailynews",
    "a public account in short": "微信公号 dailynews",
    "paying": "支持微信支付 12345678",
    "verified": "他是加V认证用户",
    "a court case": "Smith v Johnson 2021",
    "a version": "app v3.24.100 released",
    "the animal": "南极企鹅有20000只",
    "music": "QQ音乐 20230101 上线",
    "a plane": "飞机晚点，Boeing 737 停飞",
    "a news channel": "Read more on our Telegram channel: https://t.me/daily_news",
    "a news channel in Chinese": "欢迎订阅电报频道 t.me/daily_news",
    "a mention": "thanks @ticketfan for the photo",
    "a price": "售价 13800元",
    "an order": "订单号：13800138000",
    "an order in English": "order no. 13800138000",
    "a long number": "流水 62220213800138000123",
    "a date": "2022-11-20 13:45:10",
    "dates and times": "11-20 13:45 至 12-01 18:00",
    "a rule": "违反3.24条",
    "a sum with plus": "+15% and +1,234",
    "help line of others": "联系我们的编辑",
    "adding to the country": "加我国人口",
    "a line": "The line was 2 hours long; see line 20",
    "an address with the letters in it": "http://t.co/Vx1DOeqCG7 and t.co/wx70sGeWg9",
    "a film": "https://example.com/watch?v=6TSYIkKE2Bk",
    "a post code": "CW25WX 150ppm",
    "a place": "@ =V= Venice",
    "planes": "近日7架飞机晚点",
    "a touching song": "这首歌太戳我了",
    "a story": "他每天都联系我，你加我有什么事",
    "a wish": "Please don't text me anymore",
    "bottom line": "Bottom line: March was good",
    "a guide": "怎么扫码加好友的教程",
    "how to": "怎么加微信好友",
    "an address on the web": "see example.com/contact",
}


def seen(text: str) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Return what the finder says of a text."""
    return [(hit.signal, hit.value, text[hit.start : hit.end], hit.disguise) for hit in find(View(text))]


@pytest.mark.parametrize("name", FOUND)
def test_contact_is_found(name: str) -> None:
    """A handle, or an instruction to make contact, is a contact with its exact span and its disguise."""
    text, expected = FOUND[name]

    assert expected == [hit for hit in seen(text) if hit in expected]


@pytest.mark.parametrize("name", BENIGN)
def test_no_contact(name: str) -> None:
    """What merely names a channel, or has digits for another reason, is no contact."""
    assert seen(BENIGN[name]) == []

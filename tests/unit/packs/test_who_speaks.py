"""Who speaks in `wechat-2022`: what another did is told apart from the author's own offer, and twins from the trade."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest

from bylaw.policy import load
from bylaw.scan import Plan, check, compile_plan

ROOT = Path(str(files("bylaw") / "packs"))

# Reports, charges, warnings, quotations, questions and losses: the offer is another's, or there is none.
ANOTHERS = (
    "据检方披露，王某在微信朋友圈叫卖“U币 7.4一个 加微信 wm88112”",
    "警方通报：李某以“出U不冻卡，加飞机 @lix99”为诱饵骗走20万元",
    "老妈转发的：欧易注册送礼，邀请码 QW12，我说别点",
    "提醒室友：那个让她注册币安的“男友”是杀猪盘",
    "平台你好，我要投诉，用户“币哥”私信我“收U 7.1 加微信 bige001”",
    'The fraudster messaged victims: "Sell your USDT to me, 7.3, WhatsApp +44 7700 900321".',
    'Moderators, this user spams "Register on Bybit with code QQ12".',
    "My aunt was told to sign up at OKX by a man she met online. Please don't.",
    'Officers posed as buyers after he posted "USDT for cash 7.2, telegram @deskzz".',
    "Is Binance safe to register with?",
    "币安需要邀请码吗？",
    "欧易开户要什么资料",
    "检察机关指控，被告人以“高价回收USDT”为名，让他人加微信 hh20211 转账，涉嫌帮信罪",
    "公诉人称，嫌疑人在网上打出“出U 7.3 秒结”的广告，并留下飞机号 @yy3344",
    "某团伙在群里发“收U 7.1，加V qq88231”，警方已将其抓获",
    "求大家举报这个号，天天发“欧易注册填邀请码 XX889 返20%”",
    "举报！这个账号天天发“收u 7.0 加微信 wawa8812”",
    "朋友圈有人发“出U 7.2，加微信 dd8812”，大家别上当",
    "千万别加微信 hh8812，他收U不给钱",
    "爸，不要相信让你下载欧易、填邀请码的群友",
    "欧易的邀请码是怎么用的？",
    "如何注册欧易啊",
    "有没有人知道币安邀请码有什么用",
    "收到一条短信：“注册欧易领200U，邀请码 YY321”，这是不是骗局？",
    "记者暗访看到，有商家写着“收U 7.05 微信 maid998”",
    "骗子会叫你注册币安、填他的邀请码，再把钱转走",
    "炒合约100倍爆仓，全亏光了，劝大家别碰",
    'The court heard that he advertised "selling USDT, 7.2 CNY, WhatsApp +44 7700 900123" to victims.',
    "The defendant told victims to sign up on OKX with his referral code, the indictment says.",
    'Please report this user: "Buying USDT 7.3 cash, telegram @fastcash77"',
    'A stranger texted me "join Bybit with code ZZ991 for a $50 bonus". Is this a scam?',
    "Never buy USDT from @cashdesk99, he took my money and ran.",
    "Mum, ignore anyone telling you to register on Binance with their invite code.",
    "Where do I sign up for Binance?",
    "What is a referral code on Bybit for?",
    'Her post said "Premium crypto signals, join t.me/moonvip22". Ridiculous.',
    "I lost my savings on 50x leverage ETH. Stay away from it.",
    "Police arrested a man accused of selling USDT for cash at 7.1 yuan via Telegram @old_desk.",
    "Scammers will tell you to open an account at Binance and send a referral link t.me/xyz88. Don't.",
    "被告人利用微信群散布“收U 7.1，加微信 hh998812”，法院以非法经营罪判处有期徒刑一年。",
    "网警通报：不法分子在群内发布“高价收U 加飞机 @aa7788”诱人跑分，已被抓获。",
    "求封号：这个账号天天发币安邀请码 AB331，注册返佣20%",
    'Prosecutors said the suspect offered "USDT for cash, 7.2 yuan, telegram @nn8812".',
    "Do not buy USDT from @nn8812. Took my cash and vanished.",
    'Can you ban this channel? It spams "sign up on OKX with code QQ9 for $50".',
    "有网友问：币安邀请码怎么填？",
    "请问欧易怎么开户",
    "Does Binance have a referral code?",
    "我妈收到短信说注册币安送50U，邀请码 ZZ1，是真的吗？",
    "合约爆仓，血本无归，别玩100倍杠杆",
)

# Words of police, courts, warnings and reports beside an offer of the author's own.
WORN = (
    "据新华社报道诈骗高发。本人出U 7.2 加微信 abc12345",
    "小心被骗，找我出U 7.15 秒到 加VX abc12345",
    "受骗的朋友看过来，收U 7.1 加微信 abc12345",
    "别人卖7.3，我卖USDT 7.2，加微信 abc12345",
    "According to police, scams are up. USDT for cash 7.2 CNY, telegram @cashdesk99",
    "Report scammers here! We sell USDT 7.2 CNY WhatsApp +44 7700 900123",
    "How do referral codes on Binance work? Use mine: ABC123 https://www.binance.com/join?ref=ABC123",
    "币安邀请码怎么填？填 ABC123 返佣20%",
    "谨防骗子！出U 7.2 加微信 abc12345 诚信",
    "远离不法分子，出U 7.2 加微信 abc12345",
    "别信那些骗子，出U 7.2 加微信 abc12345",
    "公安提醒谨防电诈，举报请打96110。收U 7.1，加VX abc88112",
    "反诈中心提示：谨防诈骗。欧易注册请用我的邀请码 K8812",
    "Beware of scammers. Police remind you. Selling USDT 7.2 CNY, WhatsApp +44 7700 900123",
    "Don't join other groups, they are scams. Join my VIP crypto signals t.me/vip1000x, BTC calls daily",
    "Don't buy USDT from strangers, buy from us: selling USDT for cash 7.2, telegram @cashdesk99",
    "Police warn about fraud, call the fraud hotline. Sign up on Binance with my code ABC123",
    "同行恶意举报我，老客户放心，收U 7.1 加微信 abc12345",
    "30秒让你注册币安，邀请码 ABC123，返佣20%",
    "加微信 abc12345 出U 7.2，千万别加错",
    "Is this a scam? No! Selling USDT for cash 7.2 CNY telegram @cashdesk99",
    "币安怎么注册？点链接 https://www.binance.com/join?ref=ABC123",
    "币安怎么注册？加我微信 abc12345 带你",
    "警方提醒谨防诈骗。举报该类骗子请打96110。本人长期收U 7.1 加微信 abc12345",
    "骗子会跑路，我不会。出U 7.2 加微信 abc12345",
    "公安机关提示：不法分子会冻卡。出U 7.2 不冻卡 加微信 abc12345",
    "有人喊你收U太贵？我这 7.0 加微信 abc12345",
    "被告人在哪都有，出U 7.2 加微信 abc12345",
    "It posts daily: Premium crypto signals BTC ETH, join t.me/vip1000x",
    "He told users the truth. Buy USDT for cash 7.2, telegram @cashdesk99",
    "Never deal with scammers. USDT for cash 7.2 CNY, telegram @cashdesk99",
    "Beware of fakes! Selling USDT for cash 7.2 CNY telegram @cashdesk99",
    "Court ruled fraud is bad. Police agree. Beware. BTC VIP signals, join our telegram t.me/vip1000x",
    "法院判决书说得对，诈骗必罚。U商出U 7.2 加微信 abc12345",
    "Undercover prices! Selling USDT for cash 7.2 CNY telegram @cashdesk99",
    "老客户都说好，记者也来过。收U 7.05 加微信 abc12345",
    "他发布了新歌。我出U 7.2 加微信 abc12345",
    "投诉该平台不如找我，出U 7.2 加微信 abc12345",
    "收到私信必回！出U 7.2 加微信 abc12345",
    "I got a text from a happy client: best rate! Selling USDT for cash 7.2 CNY telegram @cashdesk99",
    "Received a message from Binance. Sign up with code ABC123 for 20% off https://www.binance.com/join?ref=ABC123",
    "对方要求实名也行，出U 7.2 加微信 abc12345",
    "喊单群：合约100倍 带单 加微信 abc12345",
)

# Offers in few words.
PLAIN = (
    "谁要u吗 7.15 加微信 abc12345",
    "Anyone need USDT? Cash only, message me on telegram @cashdesk99",
    "收大饼姨太 现金 加V abc12345",
    "带单老师 合约50倍 稳赚不赔 加微信 abc12345 进群",
)

# Words of the trade in their other meaning.
TWINS = (
    "出 U 盘 64G 20元 加微信",
    "出U8钥匙 200元 加微信",
    "早餐车摊出大饼 3元一张 加微信预订",
    "钱币交易所 开户 邀请码 6666",
    "Join our pump club: breast pump exchange, telegram @mumsgroup2",
    "Heat pump signals and wiring, join our telegram t.me/hvac",
    "有人要U盘吗 20元 加微信 abc12345",
    "Anyone need USB sticks? 10 cash, telegram @usbman",
)


@cache
def plan() -> Plan:
    """Return the plan of the pack as it is shipped."""
    return compile_plan(load(ROOT / "wechat-2022"))


def violated(text: str) -> set[str]:
    """Return the clauses one text violates."""
    return {finding.clause for finding in check(plan(), text) if finding.violates}


@pytest.mark.parametrize("text", ANOTHERS)
def test_who_tells_of_an_offer_does_not_make_it(text: str) -> None:
    """Somebody who reports, charges, warns of, quotes, asks about or lost by an offer is not accused of it."""
    assert violated(text) == set()


@pytest.mark.parametrize("text", WORN)
def test_an_own_offer_ends_the_warning_beside_it(text: str) -> None:
    """A warning, a court or a report named beside the author's own offer does not exempt it."""
    assert violated(text)


@pytest.mark.parametrize("text", PLAIN)
def test_an_offer_in_few_words_is_found(text: str) -> None:
    """An offer put as a question, in nicknames or without naming a coin is found."""
    assert violated(text)


@pytest.mark.parametrize("text", TWINS)
def test_the_other_meaning_of_a_word_is_no_trade(text: str) -> None:
    """Plugs, cars, bread, stamps and milk pumps are none of the trade."""
    assert violated(text) == set()

"""What a hostile reader tried on `wechat-2022`: quotations that sell, talk that sounds like a sale, and hidden sales."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest

from bylaw.policy import load
from bylaw.scan import Plan, check, compile_plan

ROOT = Path(str(files("bylaw") / "packs"))

# An ordinary word across an opening mark: the quotation is found.
MARKS = (
    "转发“出U 7.15，加微信 zhuanu_668”",
    "客户没签“收U 7.05，微信 shoubi_77”",
    "他昨天刚发「出U 7.12，要的加微信 chu_u_99」",
)

# Quotations, warnings and reports whose author urges, offers himself, or sells beside them; excuses that are none.
WORN = (
    (
        "以太坊升级定档。开发者表示，主网下月启用新的费用机制，节点运营者需要提前更新客户端。\n\n"
        "> 币安，全球最大的交易所，使用邀请码 ABCD1234 注册，终身返佣 20%，新用户注册立享手续费优惠\n\n"
        "下个月的日程里还有两场线上会议和一次测试网重置，届时会公布新的客户端版本号与下载地址。本文由作者整理，分析仅供参考。"
    ),
    (
        "Developers said the upgrade ships next month, and that node operators should update early.\n\n"
        "> Sign up at Binance with code ABCD1234 and keep 20% of your fees for life, new accounts only\n\n"
        "Our research desk wrote this overview from the minutes of the call, and it takes no position."
    ),
    '"Exam signals VIP: BTC long 64200, tp 66000, sl 63500. Join t.me/quizsignals". 同学们记得加。',
    "老师说：“BTC合约带单，胜率九成，进群加微信 daidan_jiao”。同学们记得加。",
    'A friend wrote: "Selling USDT, 7.2 yuan, Telegram @deskofanna". Sharing for anyone who needs it.',
    "有人在群里写道：“出U 7.15，秒结，微信 chuu_3399”。有需要的自取，转给大家。",
    'Someone posted "Join our BTC futures signals group, 90% win rate, t.me/bitleadvip". See you inside!',
    'Someone posted "Sign up at Binance with code ROSE77 and get 20% off fees". Don\'t miss it, register today!',
    "Reuters reported that Bitcoin passed $60,000 on Monday. Register now on Binance with my link https://accounts.binance.com/register?ref=88ROSE and get 20% off!",
    "(Reuters) - Bitcoin rose above $65,000. Editing by Ann Lee. Join our VIP signals group before the next pump: t.me/liftoffvip Register now!",
    "据路透社报道，比特币突破六万美元。编辑 李四。现在注册币安还能返佣20%，邀请码 ROSE77，立即注册！",
    "警方提醒大家注意防范。BTC合约带单，胜率九成，进群加微信 daidan_889",
    "警方提醒大家谨防诈骗。出U 7.15，量大从优，加微信 chuu_889",
    "Police remind everybody to stay safe. BTC signals, 90% win rate, add WeChat btcpolice88 to join the group",
    "骗子会说“保证翻倍，加我微信 pian_11”，不要信。正规的请加我微信 zhenggui_22，出U 7.15",
    'Scammers will say "guaranteed double", don\'t believe it. For real BTC signals message me on Telegram @realleader',
    "Price analysis: BTC long 64,200, targets 66,000 / 67,500, stop loss 63,100",
    "Exam question for everyone: who wants VIP BTC signals? DM @quizvip, 300 USDT a month",
    "练习题：想跟单的同学加微信 lianxi_u88，BTC合约带单，学费388",
    "The trading competition has concluded. Next one: register at https://www.bybit.com/register?affiliate=ROSE77 and get $30",
    "Calendar: pump on Friday 17:00 UTC on Kucoin, be ready with BTC, coin will be announced here",
    "Is it just me or is everyone buying USDT from me at 7.15? Telegram @cheapdesk88",
    "So tired of bad rates? Selling USDT at 7.10, Telegram @cheapdesk88",
    "垃圾价格别再忍了，出U 7.10，微信 hao_u_10",
    "We do not offer bad rates: selling USDT 7.12, WhatsApp +44 7700 900123",
    "我们不提供垫付，只收U，7.05，微信 shou_u_05",
    "Sepolia is over, get real ETH airdrop: connect your wallet at https://claim-eth.example and invite 3 friends with code ROSE",
    "Vocabulary: pump = what our group does at 5 pm. Join t.me/pumpvocab before the next coin",
    "Stopped out yesterday, up 300% today with VIP signals. To join contact @vipdesk_raj",
    "Police remind you to keep your money safe. Selling USDT 7.12, Telegram @safe_ramp88",
    "反诈提醒：谨防假平台！正规合约带单认准我们，加微信 zhengp_66",
    "Beware of fake groups. Our BTC signals have a 92% win rate, join t.me/realsignals92",
    "骗子太多，大家当心。想稳赚的加我微信 wenzhuan_6，BTC合约一对一带单",
    'He posted "futures signals, 92% win rate, t.me/realsignals92" and it works, I made $3,000 last week, join before Friday',
    "新华社报道比特币突破七万。想上车的朋友点这里注册币安 https://accounts.binance.com/register?ref=88ROSE",
    "According to Bloomberg bitcoin ETFs took in $1 billion. Sign up through my link https://www.okx.com/join/ROSE77 for a bonus",
    "转载“收U 7.02，量大，加微信 shouu_702”，有货的自己联系",
    "看到一条广告“BTC带单，包赚，微信 baozhuan_1”，有兴趣的自取",
)

# Quotations and warnings of those who tell about them.
QUOTED = (
    "本店不收“比特币”，只收现金，加微信 dian_66 预订。",
    "骗子会说“BTC合约带单，加我微信 pian_11”，不要信，遇到请打110。",
    'Scammers will say "BTC signals, guaranteed double, Telegram @pumpking", don\'t believe it and report them.',
    "警方提醒大家：网上“BTC合约带单，进群加微信 daidan_889”都是诈骗，请勿相信。",
    'Police remind everybody: ads like "BTC signals, add WeChat btc88 to join" are fraud. Do not reply.',
    "有同学问我“出U 7.15，加微信 chuu_3399”这种消息能不能信，我的回答是别碰，多半是洗钱。",
    'Someone posted "Join our BTC futures signals group, t.me/bitleadvip" in the chat again. Moderators removed it within minutes.',
    "老师在课堂上念了这段话：“出U 7.15，秒结，加微信 chuu_3399”，让同学们找出三处违法的地方。",
    'The handout prints "BTC signals, 92% win rate, t.me/realsignals92" and asks pupils to mark each promise that nobody can keep.',
    "记者在该群看到群主写道“跟单三天回本，加微信 gendan_99”，随后向警方报了案。",
    '"Selling USDT at 7.10, Telegram @cheapdesk88" was pasted under our article forty times last night; we have switched comments off.',
    "我妈收到一条“高价收U，加微信 shou_u777”的消息，问我是不是真的，我让她删掉。",
    'My neighbour got "Invest 1 BTC, get 2 back, WhatsApp +44 7700 900123" and almost paid. Please talk to your parents about this.',
    "判决书载明，被告人在群内发布“出U 7.2，微信 bei_gao_1”，从中获利八千元，构成非法经营罪。",
    'The indictment quotes his advert: "cash for USDT, any amount, Telegram @courtcase1". He pleaded guilty in May.',
    "翻译练习：请把“跟着我做合约，月入十万，加微信 fanyi_11”译成英文，并指出夸张之处。",
    'Sample 12 in our corpus: "Register on Binance with code ROSE77 for 20% back". Both annotators chose promotion.',
    'Is "Join our VIP pump group, t.me/pumpvip77, coin at 5 pm" legal to post in the EU? Asking for a seminar paper.',
    "“合约带单，稳赚，加微信 wenzhuan_6”——看到这种话，请直接划走，千万别加。",
    'Never answer a message like "BTC signals, guaranteed double, Telegram @pumpking". Block it and tell the bank.',
    "警方提醒：凡是说“带你做合约，加微信 pian_66”的，一律是诈骗。",
    'Action Fraud warns of posts such as "100% profit BTC group, WhatsApp +44 7700 900123". Report them on its website.',
    "骗子的套路：先说“稳赚不赔”，再让你加微信 pian_33，最后卷款跑路。",
    'The trick goes like this: a stranger writes "easy money with BTC", moves you to Telegram @trickster9, then asks for a deposit.',
)

# Questions, refusals, exams, complaints, losses, homonyms, test networks, reports, analyses, calendars.
TALK = (
    "Client asked to pay my invoice in USDT. Is that taxable?",
    "Client asked to pay my invoice in USDT. Is that taxable income? I am a freelance designer in Lisbon.",
    "客户想用USDT付我的设计费，这样要交税吗？",
    "My tenant wants to pay the rent in bitcoin. Can I refuse?",
    "租客想用比特币付房租，我可以拒绝吗？",
    "We don't accept bitcoin or USDT at the counter. Cash and cards only.",
    "本店不接受比特币、USDT付款，只收现金和刷卡。",
    "We do not offer OTC exchange of USDT for cash and never will. Contact: help@harbourbank.example",
    "我们不提供USDT兑换人民币服务，请认准官网客服电话 400-820-1234。",
    "We no longer take Bitcoin payments as of May. Thanks for understanding.",
    "We never sell signals, and nobody from our team will DM you about futures.",
    "我们从不带单，也不会有任何人私信你推荐合约。",
    "Exam question 7: A trader opens a BTC long with 10x leverage at $60,000. At what price is the position liquidated? (a) $54,000 (b) $57,000",
    "Question 3 (5 points): If you open a 20x short on ETH at 3,000 with $500 margin, compute the liquidation price.",
    "期末试题：某人以10倍杠杆做多比特币，开仓价60000美元，求爆仓价。（5分）",
    "练习题：小王在3000美元开20倍杠杆做空以太坊，止损3100，求最大亏损。",
    "Vocabulary for unit 9: exchange 交易所, wallet 钱包, leverage 杠杆, long position 多单, stop loss 止损, take profit 止盈, Bitcoin 比特币.",
    "单词表：leverage 杠杆；futures 合约；deposit 充值；withdraw 提币；airdrop 空投；Binance 币安。",
    'Anyone else get spammed with "Join our VIP signals group, t.me/fastgainsvip"?',
    'Anyone else get spammed with messages like "OTC USDT, best rate, DM @deskofanna"? Third one today.',
    "还有人收到“进群带单，加微信 daidan_889”这种垃圾短信吗？",
    'Mod here: please stop posting "OTC USDT, DM me" in this channel. Next time it is a ban.',
    "管理员提醒：请不要再在群里发“出U，加微信 chuu_88”，再发就踢。",
    "They told me to deposit 5,000 USDT first, then pay a 20% tax to withdraw. Then the app vanished. I lost everything.",
    "对方先让我充值5000USDT，提现时又说要交20%的保证金，我交了以后客服就把我拉黑了。",
    'I joined his "VIP signals" for 300 USDT, followed every BTC long, and lost my savings. Has anyone got money back from this man?',
    "Surf was great at Solana Beach today, 6 ft sets, buy a day pass at the lot for $15.",
    "Selling my condo in Solana Beach, $899,000, call 858-555-0134.",
    "波场乡今年的脐橙开卖了，5元一斤，加微信 bochang_cheng 订购。",
    "Selling a floor pump for bikes, barely used, $25, text 555-0199.",
    "出一个落地打气筒，九成新，40元，加微信 daqi_22",
    "卖U肥（尿素），每袋85元，送货上门，微信 nongzi_55",
    "出U签证材料代办，加急500元，微信 visa_77",
    "Our 100x bootcamp for founders starts Monday. Register at https://100xbootcamp.example, $499, use code EARLY for 20% off.",
    "Get free Sepolia test ETH from this faucet: https://sepolia-faucet.example. Connect your wallet and claim 0.5 ETH a day for testing.",
    "测试网水龙头：在 Sepolia 上领取测试 ETH，每天 0.5 个，没有任何价值，仅供开发使用。https://sepolia-faucet.example",
    "Stop-loss report: BTC longs worth $120 million were liquidated in the past hour; the largest single order was on Binance, $8 million.",
    "过去24小时全网爆仓3.2亿美元，多单爆仓2.1亿美元，最大单笔爆仓发生在币安，价值800万美元。",
    "The ETH trading competition has concluded. Winners will receive their rewards within ten working days.",
    "交易大赛已结束，获奖名单见公告，奖励将在十个工作日内发放。",
    "Binance lists XYZ with USDT and BTC pairs, the exchange said on Tuesday. https://www.binance.com/en/support/announcement/8a1b2c",
    "Margin trading for XYZ enabled on KuCoin: https://www.kucoin.com/announcement/xyz-margin",
    "快讯：币安将上线 XYZ，开放 USDT 交易对。公告 https://www.binance.com/zh-CN/support/announcement/8a1b2c",
    "BTC: upside targets remain for $68,000 and $71,500 as long as the weekly close holds above the 20-week average.",
    "技术分析：比特币站稳60000美元，上方目标仍看68000，但周线量能不足，需要观察。",
    "Calendar, week of 6 May: Mon Arbitrum unlock 92M ARB; Tue Aptos listing on Upbit; Wed Fed minutes; Thu ETH upgrade on Sepolia.",
    "本周日历：周一 ARB 解锁 9200 万枚；周二 APT 上线 Upbit；周三 美联储纪要；周四 以太坊测试网升级。",
    "Weekly recap: Bitcoin fell 4%, Coinbase listed two tokens, a DeFi lender lost $20 million to an exploit, and the SEC delayed its ETF decision.",
    "一周要闻：比特币跌4%，Coinbase 上线两个代币，某借贷协议被盗2000万美元，美国证监会推迟ETF决定。",
    "Only 5 seats left in our spin class at half price, DM @crestgym",
    "Lifetime gym membership now $199 instead of $499, contact @irongym_admin, classes daily",
    "健身房永久会员399，今晚涨价，每天三节课，加微信 gym_3990",
    "书法会员群本周八折，名额五个，微信 shufa_zhang",
    "50% off lifetime memberships at our yoga studio, only 10 spots, @lotusyoga to join",
    "45 minutes until the launch of the rocket, stream starts here",
    "离发车还有20分钟，请大家带好身份证",
    "认购国债请到银行柜台，或加客户经理微信 guozhai_77",
    "认购新房享九五折，加微信 loupan_88",
    "You can buy and sell used bikes here bit.ly/3bikeswap",
    "出一个二手电饭煲 80元 加微信 fan_88",
    "出两个比特犬幼崽，2000一只，加微信 gou_99",
    "My brother wants to be paid in ether for his web work. How would he declare that?",
    "房东问能不能用以太坊付押金，我该答应吗？",
    "Our shop has never taken crypto and has no plans to. Ask at the desk about cards.",
    "小店从来不收比特币，也不收USDT，请用现金。",
    "We do not run any signals channel. Whoever writes to you in our name is lying.",
    "本所未开展任何虚拟货币兑换业务。",
    "Worksheet 4: A fund shorts 2 BTC at $40,000 with 5x leverage. Calculate the margin and the loss at $44,000.",
    "第三题（10分）：投资者以5倍杠杆做空2枚比特币，计算保证金和亏损。",
    "Glossary: long = buy first, sell later; short = the reverse; leverage = borrowed size; stop-loss = automatic exit; Bitcoin = a cryptocurrency.",
    "英语词汇：long 做多，short 做空，leverage 杠杆，stop-loss 止损，Ethereum 以太坊",
    'Is it just me or does everybody get "Hi, want to join our crypto signals VIP? t.me/goldvipcalls" in their requests folder?',
    "又收到“高价收U，加微信 shou_u777 秒结”的短信，已经第五条了，烦死。",
    'Admins, could you ban whoever posts "selling USDT cheap, telegram @cheapdesk88" under every article?',
    "群规第三条：禁止发“带单进群加V”之类的内容，违者移出。",
    "She promised 3% a day, I sent 2 ETH to her wallet, then the site asked for a tax before withdrawal, and now it is offline.",
    "他说跟他做合约一个月翻倍，我投了五万，后来平台打不开，人也找不到了。",
    "Moved to Solana Beach last year, great schools, rent is $4,200.",
    "Pump track opens Saturday at the bike park, floor pumps for loan.",
    "求购U形枕一个，30元以内，微信 zhen_12",
    "收U盘和旧手机，价格面议，电话 13900002222",
    "100x bootcamp graduates earn more, apply for the autumn class by 1 May.",
    "Sepolia ETH is free: paste your address at the faucet and wait a minute. It has no market value.",
    "Signal #ADA/USDT closed by stop-loss, -3.2%.",
    "BTC 多单止损出局，亏损 2%，今天不再操作，纯记录。",
    "The BNB trading tournament is over; prizes were sent to the winners' accounts on Friday.",
    "Coinbase will list ABC-USD on Thursday if liquidity conditions are met, the company wrote on its blog.",
    "Kraken adds three tokens to margin trading: https://blog.kraken.com/margin-additions",
    "OKX 将于 5 月 6 日上线 DEF 杠杆交易，公告：https://www.okx.com/zh-hans/help/def-margin",
    "ETH holds above its 50-day average; the next resistance is $3,450 and support is near $3,100, analysts at the bank wrote.",
    "以太坊守住50日均线，上方阻力3450美元，下方支撑3100美元，多空仍在拉锯。",
    "Unlocks this week: ARB 92M on Monday, APT 11M on Wednesday, OP 31M on Friday.",
    "本周代币解锁：周一 ARB 9200万枚，周三 APT 1100万枚，周五 OP 3100万枚。",
    "The week in crypto: two ETFs were delayed, Tether froze 30 wallets, and Bitcoin closed 3% lower.",
    "出一个比特币纪念币 30元 加微信 jinian_88",
    "出两个以太坊钥匙扣，15元一个，微信 yaoshi_22",
    "Letting go of a bitcoin mug, 12 dollars, text 555-0188",
    "Selling my ethereum hoodie, size M, $20, WhatsApp +44 7700 900123",
    "急出比特币小说三本，20元，加微信 shu_33",
)

# Subscriptions, coins by the piece, referral footers, paid groups, pumps, copy trading.
HIDDEN = (
    "讠人购笔特币，加➕V zhangsan_88，币安点com",
    "认购比特币，加微信 zhangsan_88，binance.com",
    "Subscribe for bitcoin with us, add WeChat zhangsan_88, binance dot com",
    "出一个比特币 20000元 加微信 lihua_992",
    "出两个以太坊，18000元一个，加微信 lihua_992",
    "Letting go of one bitcoin, 20,000 yuan, add WeChat lihua_992",
    "最后，如果你还没有币安账号，可以用我的邀请链接注册，手续费返 20%",
    "推荐：注册币安交易所（Binance），使用我的推荐链接可享受手续费减免：",
    "本文由某某原创。交易所推荐：欧易OKX，通过下方链接注册享受20%返佣👇",
    "欢迎通过我的推广链接注册火必，永久减免10%手续费，也算支持我继续写作",
    "If you don't have a Binance account yet, use my referral link and save 20% on fees:",
    "This newsletter is free. To support it, sign up for Bybit through my link below and get a $30 bonus",
    "VIP fee 2500 INR per month, 5-6 signals daily, to join contact @vipdesk_raj",
    "VIP会费每月388，每天五六个信号，进群联系 @vip_zhu388",
    "3 hours left until our pump! Be ready on KuCoin, the coin will be announced here. Everyone in with the signal",
    "还有10分钟拉盘，备好USDT，币名到点公布，登录库币，进群等信号",
    "Next pump teaser: today at 17:00 UTC, expected gain 300%, make sure you have BTC ready on Yobit",
    "Copy my trades automatically: open account at https://www.bybit.com/register?affiliate=ROSE77 and press Copy",
    "一键跟单我的合约，先用这个链接注册 https://www.bitget.com/register?clacCode=ROSE77 再点跟单",
    "You can buy and sell ADA here bit.ly/3xAdaBuy",
    "买卖ADA点这里 bit.ly/3xAdaBuy",
    "SKY/BTC hit 119% in 33 minutes! VIP members made huge profit. Join now @skyvip_admin",
    "—— 文末福利：还没开户的读者可以走我的币安邀请链接，手续费终身九折",
    "如果觉得文章有用，可以用我的推荐码 WENMO88 注册欧易，你我各得 20U",
    "---\n作者：老周。交易平台推荐：Binance 注册（享受20%手续费返还）、OKX 注册（盲盒）",
    "本站收录的交易所注册链接均带返佣，币安返 20%，欧易返 30%，Bitget 返 50%",
    "打赏作者：也可以通过下面的链接注册 Gate 支持我，注册即享返佣",
    "关注公众号回复“币安”获取注册链接，使用邀请码 LZ2022 手续费立减两成",
    "P.S. Still not on Binance? Register through this link and we each get 10% of the fees back:",
    "Support the blog: sign up to OKX with code ROSEBLOG for a mystery box of up to $1,000",
    "Exchanges I use: Bybit (20% off fees with my link), Kraken, MEXC (register here for a bonus)",
    "Enjoyed this issue? Open a Bitget account using our partner link and claim 6,200 USDT in rewards",
    "Disclosure: the Coinbase link above is an affiliate link; you get $10 in bitcoin when you join through it",
    "Lifetime premium now $199 instead of $499, contact @altdesk_admin, 6-8 signals daily",
    "45 minutes until the pump, log in to Kucoin now and keep your BTC free, coin name comes here",
    "离拉盘还有20分钟，登录库币，备好USDT，币名马上发",
    "Big announcement tomorrow 16:00 UTC: our biggest pump ever, tell your friends",
    "Follow my futures portfolio: create an account at https://www.bitget.com/expressly?channelCode=rose7 and hit follow",
    "You can get SOL right here 👉 bit.ly/3getSolana buy or sell in a minute",
    "想跟单的先用我的链接开户 https://www.okx.com/join/ROSE77 ，开好找我进跟单群",
    "出半个比特币，15万，当面，微信 xiaohe_118",
    "急出比特币三枚，面谈，40万一枚，加微信 bi_333",
    "Parting with two bitcoin, 61,000 dollars each, meet in person, WhatsApp +44 7700 900123",
)


@cache
def plan() -> Plan:
    """Return the plan of the pack as it is shipped."""
    return compile_plan(load(ROOT / "wechat-2022"))


def violated(text: str) -> set[str]:
    """Return the clauses one text violates."""
    return {finding.clause for finding in check(plan(), text) if finding.violates}


@pytest.mark.parametrize("text", MARKS)
def test_an_opening_mark_ends_a_word(text: str) -> None:
    """What begins behind an opening mark is not read together with what stands before it."""
    assert violated(text)


@pytest.mark.parametrize("text", WORN)
def test_who_urges_or_offers_beside_a_quotation_is_no_teller(text: str) -> None:
    """A quotation, a warning or a report does not cover the author's own urging, offer or link."""
    assert violated(text)


@pytest.mark.parametrize("text", QUOTED)
def test_who_tells_about_a_quotation_is_let_off(text: str) -> None:
    """Lessons, warnings, reports, judgments and complaints may print what they are about."""
    assert violated(text) == set()


@pytest.mark.parametrize("text", TALK)
def test_talk_that_sounds_like_a_sale_is_let_off(text: str) -> None:
    """Asking, refusing, teaching, complaining, reporting and selling other things violates nothing."""
    assert violated(text) == set()


@pytest.mark.parametrize("text", HIDDEN)
def test_a_sale_in_other_words_is_found(text: str) -> None:
    """Sales, groups and ways in are found without the usual words."""
    assert violated(text)

"""The words of the interface, Chinese and English side by side, so that neither can be forgotten.

A test holds every entry to both languages. Words that are names in the glossary (states, stances, measures)
are here too: codes stay English in JSON, people read their own language.
"""

from __future__ import annotations

__all__ = ["Words"]

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bylaw.casework import NAMES

_WORDS: Mapping[str, tuple[str, str]] = {
    **NAMES,  # what notices call severities, stances, measures, functions and roles
    # headings
    "account": ("帐号", "account"),
    "case": ("案件", "case"),
    "clause": ("条款", "clause"),
    "findings": ("发现", "findings"),
    "level": ("层级", "level"),
    "stance": ("立场", "stance"),
    "state": ("状态", "state"),
    "severity": ("程度", "severity"),
    "evidence": ("证据", "evidence"),
    "disguise": ("伪装", "hidden by"),
    "spelling": ("写法", "written with"),
    "counter": ("反证", "what speaks against it"),
    "exempt": ("豁免", "exempt"),
    "needs": ("待办", "needs"),
    "opened": ("立案", "opened"),
    "due": ("到期", "due"),
    "measures": ("措施", "measures"),
    "strikes": ("记分", "strikes"),
    "nothing_found": ("未发现违规", "nothing found"),
    "confidence": ("置信度", "confidence"),
    "zone": ("时间：UTC+8", "times: UTC+8"),
    "next": ("接下来可以输入", "What to type next"),
    # languages
    "zh": ("中文", "zh"),
    "en": ("英文", "en"),
    # levels of a finding, and how strong it is
    "item": ("单条", "item"),
    "subject": ("帐号", "account"),
    "strong": ("强", "strong"),
    "plain": ("一般", "ordinary"),
    "weak": ("弱", "weak"),
    # what each of these strengths means, and how sure a finding is
    "means.strong": ("条款最严格的条件也符合", "even the clause's strictest condition holds"),
    "means.plain": ("条款的条件符合", "the clause's condition holds"),
    "means.weak": ("只有较弱的迹象", "the signs are weaker ones only"),
    "sure.0": ("很低", "very low"),
    "sure.1": ("低", "low"),
    "sure.2": ("中等", "middling"),
    "sure.3": ("高", "high"),
    "sure.4": ("很高", "very high"),
    # what each stance means
    "means.offers": ("作者自己提供或求购", "the author offers or seeks it"),
    "means.facilitates": ("作者为他人牵线搭桥", "the author helps others to it"),
    "means.promotes": ("作者鼓动他人参与", "the author urges others on"),
    "means.reports": ("转述已发生的事", "it reports what happened"),
    "means.teaches": ("讲解原理或知识", "it explains how something works"),
    "means.warns": ("提醒他人防范", "it warns others"),
    "means.quotes": ("引用他人的话", "it repeats another's words"),
    "means.asks": ("提出疑问", "it asks"),
    "means.mentions": ("只是提到", "it merely mentions it"),
    # facts about an account that a pack may require
    "fact.territory.abroad": ("帐号在境外", "the account is abroad"),
    "fact.document": ("持有所要求的有效证明文件", "the account holds the valid document that is asked for"),
    # rows of a list: what they are and how they stand
    "row.name": ("名称", "name"),
    "row.alias": ("别称", "alias"),
    "row.app": ("应用", "app"),
    "row.domain": ("域名", "domain"),
    "row.active": ("运营中", "active"),
    "row.closed": ("已停业", "closed"),
    "row.unverified": ("未核实", "unverified"),
    # notices
    "warning": ("警告", "warning"),
    "restriction": ("限制功能", "restriction"),
    "suspension": ("暂停", "suspension"),
    "interim": ("临时暂停", "interim suspension"),
    "reversal": ("更正", "correction"),
    "reminder": ("提醒", "reminder"),
    "answer": ("复议答复", "the answer to the appeal"),
    # what a person must do
    "decision": ("裁决", "a decision"),
    "second": ("第二人会签", "a second person"),
    "confirm": ("第二人确认临时暂停", "a second person's confirmation"),
    "ban_proposal": ("提议封禁", "a ban proposal"),
    "snapshot": ("人工取证", "a snapshot"),
    "appeal": ("复议", "an appeal to decide"),
    "platform": ("查看平台为何未执行", "a look at the platform"),
    "time": ("等待期限", "time"),
    # disguises
    "full-width": ("全角字符", "full-width characters"),
    "traditional": ("繁体字", "traditional characters"),
    "look-alike": ("形近字符", "look-alike characters"),
    "zero-width": ("零宽字符", "zero-width characters"),
    "format character": ("格式控制符", "format characters"),
    "separator": ("字间分隔", "separators inside the word"),
    "combining mark": ("组合符号", "combining marks"),
    "styled letter": ("花体字母", "styled letters"),
    "circled letter": ("带圈字符", "circled letters"),
    "stand-in": ("谐音或代称", "a stand-in word"),
    "spelled number": ("数字写成汉字", "a number in words"),
    "entity": ("字符实体", "character references"),
    "percent-encoding": ("百分号编码", "percent-encoding"),
    "escape": ("反斜杠转义", "backslash escapes"),
    "direction": ("改变书写方向", "overridden direction"),
    "compound": ("合体字符", "characters that stand for several"),
    "regional letter": ("区域指示字母", "regional letters"),
    "quoted-printable": ("等号编码", "quoted-printable"),
    "code point": ("字符编号", "numbers of characters"),
    "base64": ("Base64 编码", "base64"),
    "tag character": ("标签字符", "tag characters"),
    "upside-down": ("颠倒或镜像字母", "letters upside down or mirrored"),
    "bopomofo": ("注音符号", "bopomofo"),
    "leet": ("数字符号代字母", "digits and signs for letters"),
    "repeat": ("重复字符", "repeated characters"),
    "filler": ("夹杂字符", "fillers between the characters"),
    "line break": ("拆行", "line breaks inside the word"),
    "wide gap": ("过宽间隔", "wide gaps inside the word"),
    "reversed": ("倒写", "reversed"),
    "numeral": ("数字写法", "another way to write a number"),
    "homophone": ("谐音字", "homophones"),
    "similar-shape": ("形近字", "characters of similar shape"),
    "split": ("拆字", "split characters"),
    "pinyin": ("拼音", "pinyin"),
    "initials": ("拼音首字母", "pinyin initials"),
    "spoken": ("网址用话说出来", "an address in words"),
    "spaced": ("网址被拆开", "an address pulled apart"),
    # states
    "review": ("待审", "in review"),
    "info_requested": ("待补材料", "information asked for"),
    "decided": ("已裁决，待送达", "decided, not yet delivered"),
    "rectify": ("整改期", "time to rectify"),
    "restricted": ("功能受限", "restricted"),
    "interim_suspended": ("临时暂停", "interim suspension"),
    "suspended": ("已暂停", "suspended"),
    "probation": ("观察期", "probation"),
    "ban_proposed": ("拟永久封禁", "ban proposed"),
    "banned": ("已封禁", "banned"),
    "closed": ("已结案", "closed"),
    "over.restricted": ("功能限制已结束", "restriction over"),
    "over.suspended": ("暂停已结束", "suspension over"),
    # how a case closed, why a measure was lifted, why a ban proposal fell
    "no_violation": ("不违规", "no violation"),
    "violation": ("违规", "violation"),
    "rectified": ("已整改", "rectified"),
    "served": ("措施期满", "served"),
    "account_gone": ("帐号已注销", "account gone"),
    "expired": ("到期", "expired"),
    "cured": ("已整改", "cured"),
    "lapsed": ("失效", "lapsed"),
    "superseded": ("被后续措施取代", "superseded"),
    "cleared": ("不成立", "cleared"),
    "acquitted": ("为后来的裁决所取代", "cleared by a later decision"),
    "refused": ("第二人不同意", "refused by the second person"),
    "unseconded": ("逾期无人会签", "not seconded in time"),
    "undelivered": ("通知未能送达", "its notice could not be delivered"),
    "unconfirmed": ("逾期无人确认", "not confirmed in time"),
    "ended": ("期满", "its longest term is over"),
    # appeal outcomes
    "upheld": ("维持", "upheld"),
    "varied": ("变更", "varied"),
    "overturned": ("撤销", "overturned"),
    # filings
    "filing_due": ("待报送，未设渠道", "due, no channel set"),
    "filing_overdue": ("逾期，未设渠道", "overdue, no channel set"),
    "filing_sent": ("已报送", "sent"),
    "filing_withdrawn": ("已撤回", "withdrawn"),
    # what a rule rests on
    "soft_law": ("行业倡议", "soft law"),
    "contract": ("平台规则", "platform rule"),
    # the ways in which a host looks like a listed one
    "added letter": ("多一个字母", "has a letter too many"),
    "another ending": ("名称相同、后缀不同", "is the name under another ending"),
    "beside words": ("名称旁加了字样", "puts words beside the name"),
    "changed letter": ("换了一个字母", "has one letter changed"),
    "dated": ("名称加日期", "puts a date beside the name"),
    "doubled letter": ("重复了一个字母", "has a letter doubled"),
    "foreign letters": ("用了其他文字的相似字母", "has letters of another script or with marks"),
    "hyphenated": ("名称中间加了横线或点", "has a hyphen or a dot put into the name"),
    "inside": ("名称夹在其他字母中", "has the name inside other letters"),
    "user part": (
        "只是 @ 之前的用户名，不是网址通向的地方",
        "is only a user name before the @, not where it leads",
    ),
    "look-alike letters": ("用数字或形近字母代替", "has digits or letters that look alike"),
    "missing letter": ("少一个字母", "lacks a letter"),
    "name in its script": ("就是名单上的外文名称", "is the name of a party in another script"),
    "neighbouring key": ("换成键盘相邻或形近的字母", "has a neighbouring or similar letter"),
    "numbered": ("名称加编号", "puts a number beside the name"),
    "subdomain": ("把名称放进别人域名的子域", "stands before somebody else's domain"),
    "swapped letters": ("两个字母对调", "has two letters swapped"),
    "two letters off": ("差两个字母", "is two letters off"),
    # signals that every pack has
    "address": ("收款地址", "a payment address"),
    "amount": ("金额", "an amount"),
    "amount.large": ("大额", "a large amount"),
    "contact": ("联系方式", "a way to make contact"),
    "contact.email": ("邮箱", "an e-mail address"),
    "contact.line": ("LINE 号", "a LINE id"),
    "contact.phone": ("电话号码", "a phone number"),
    "contact.qq": ("QQ 号", "a QQ number"),
    "contact.telegram": ("电报号", "a Telegram handle"),
    "contact.wechat": ("微信号", "a WeChat handle"),
    "contact.whatsapp": ("WhatsApp 号", "a WhatsApp number"),
    "evasion": ("规避检测的写法", "writing that evades detection"),
    "kind.post": ("帖子", "a post"),
    "kind.article": ("文章", "an article"),
    "kind.profile": ("资料页", "a profile"),
    "kind.comment": ("评论", "a comment"),
    "kind.message": ("消息", "a message"),
    "kind.page": ("网页", "a page"),
    "kind.image": ("图片", "an image"),
    "kind.menu": ("菜单", "a menu"),
    "kind.auto_reply": ("自动回复", "an automatic reply"),
    "kind.mini_program": ("小程序", "a mini program"),
    "kind.listing": ("商品", "a listing"),
    "kind.group": ("群组", "a group"),
    "quotation": ("引文", "a quotation"),
    "aside": ("引文之外的话", "words beside a quotation"),
    "link": ("链接", "a link"),
    "link.any": ("链接", "a link"),
    "link.defanged": ("拆开的链接", "a link broken up"),
    "link.referral": ("带邀请参数的链接", "a referral link"),
    "link.lookalike": ("与名单域名相似的链接", "a link that looks like a listed one"),
    "picture": ("图片中的线索", "a hint in a picture"),
    "picture.known": ("已知海报", "a known poster"),
    "picture.only": ("联系途径只在图片中", "a way to reach them only in a picture"),
    "picture.qr": ("图中二维码", "a QR code in a picture"),
    "price": ("价格", "a price"),
    "price.fiat": ("标价", "a price in money"),
    "price.rate": ("汇率报价", "a rate"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """The interface's words in one language."""

    lang: str

    @classmethod
    def of(cls, wanted: str) -> Words:
        """Return the words for `zh`, `zh_CN.UTF-8` and the like; English for everything else."""
        return cls("zh" if wanted.lower().startswith("zh") else "en")

    def __call__(self, key: str) -> str:
        """Return the word for a key; a key without one is its own word."""
        pair = _WORDS.get(key)
        return key if pair is None else pair[0 if self.lang == "zh" else 1]

    def has(self, key: str) -> bool:
        """Return whether there is a word for a key."""
        return key in _WORDS

    def disguise(self, name: str) -> str:
        """Return what a disguise is called; one without a word is said to be another way of writing."""
        if name in _WORDS:
            return self(name)
        return self.either(f"其他写法（{name}）", f"another way of writing ({name.replace('-', ' ')})")

    def fact(self, name: str) -> str:
        """Return what a fact about an account says; one without a word is told by its name in the records."""
        for key in (f"fact.{name}", f"fact.{name.partition('.')[0]}"):
            if key in _WORDS:
                return self(key)
        return self.either(f"记录中的“{name}”一项成立", f"“{name}” in its records holds")

    def listed(self, words: Iterable[str]) -> str:
        """Return words as a list of this language."""
        return ("、" if self.lang == "zh" else ", ").join(words)

    def either(self, zh: str, en: str) -> str:
        """Return the sentence of this language."""
        return zh if self.lang == "zh" else en

    def text(self, text: Mapping[str, str]) -> str:
        """Return a text that comes in several languages, in this one if it has it."""
        return text.get(self.lang) or next(iter(text.values()), "")

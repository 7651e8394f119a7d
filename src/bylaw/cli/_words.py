"""The words of the interface, Chinese and English side by side, so that neither can be forgotten.

A test holds every entry to both languages. Words that are names in the glossary (states, stances, measures)
are here too: codes stay English in JSON, people read their own language.
"""

from __future__ import annotations

__all__ = ["Words"]

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

_WORDS: Mapping[str, tuple[str, str]] = {
    # headings
    "account": ("帐号", "account"),
    "case": ("案件", "case"),
    "cases": ("案件", "cases"),
    "clause": ("条款", "clause"),
    "findings": ("发现", "findings"),
    "posts": ("帖子", "posts"),
    "stance": ("立场", "stance"),
    "state": ("状态", "state"),
    "severity": ("严重程度", "severity"),
    "evidence": ("证据", "evidence"),
    "disguise": ("伪装", "disguise"),
    "counter": ("反证", "counter-evidence"),
    "exempt": ("豁免", "exempt"),
    "deadline": ("期限", "deadline"),
    "needs": ("待办", "needs"),
    "opened": ("立案", "opened"),
    "due": ("到期", "due"),
    "measures": ("措施", "measures"),
    "strikes": ("记分", "strikes"),
    "reasons": ("理由", "reasons"),
    "notice": ("通知", "notice"),
    "filings_due": ("待报送", "filings due"),
    "nothing_found": ("未发现违规", "nothing found"),
    "confidence": ("置信度", "confidence"),
    "tests": ("检验", "tests"),
    "why_not": ("未成立的原因", "why not"),
    "missing": ("缺少", "missing"),
    "holds": ("成立", "holds"),
    "does_not_hold": ("不成立", "does not hold"),
    "next": ("接下来可以输入", "what to type next"),
    # stances
    "offers": ("提供", "offers"),
    "facilitates": ("协助", "facilitates"),
    "promotes": ("推广", "promotes"),
    "reports": ("报道", "reports"),
    "teaches": ("讲解", "teaches"),
    "warns": ("警示", "warns"),
    "quotes": ("引用", "quotes"),
    "asks": ("提问", "asks"),
    "mentions": ("提及", "mentions"),
    # severities
    "minor": ("轻微", "minor"),
    "moderate": ("一般", "moderate"),
    "serious": ("较重", "serious"),
    "severe": ("严重", "severe"),
    # measures
    "warn": ("警告", "warning"),
    "order": ("责令限期整改", "order to rectify"),
    "label": ("风险提示标签", "label"),
    "remove": ("移除内容", "removal"),
    "restrict": ("限制功能", "restricted functions"),
    "suspend": ("暂停帐号", "suspension"),
    "ban": ("永久封号", "permanent ban"),
    # what a person must do
    "decision": ("待裁决", "a decision"),
    "second": ("待第二人会签", "a second person"),
    "snapshot": ("待人工取证", "a snapshot"),
    "appeal": ("待复议", "an appeal to decide"),
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
    # states
    "review": ("待审", "review"),
    "info_requested": ("待补材料", "information asked for"),
    "decided": ("已裁决，待送达", "decided, not yet delivered"),
    "rectify": ("整改期", "time to rectify"),
    "restricted": ("功能受限", "restricted"),
    "interim_suspended": ("临时暂停", "interim suspension"),
    "suspended": ("已暂停", "suspended"),
    "probation": ("观察期", "probation"),
    "ban_proposed": ("拟永久封号", "ban proposed"),
    "banned": ("已封号", "banned"),
    "closed": ("已结案", "closed"),
    "confirm": ("待第二人确认", "a second person's confirmation"),
    "ban_proposal": ("待提议封号", "a ban proposal"),
    "platform": ("平台未执行", "a look at the platform"),
    # appeal outcomes
    "upheld": ("维持", "upheld"),
    "varied": ("变更", "varied"),
    "overturned": ("撤销", "overturned"),
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

    def either(self, zh: str, en: str) -> str:
        """Return the sentence of this language."""
        return zh if self.lang == "zh" else en

    def text(self, text: Mapping[str, str]) -> str:
        """Return a text that comes in several languages, in this one if it has it."""
        return text.get(self.lang) or next(iter(text.values()), "")

    def length(self, span: timedelta) -> str:
        """Return a length of time in whole days or hours."""
        hours = int(span.total_seconds() // 3600)
        if hours % 24 == 0 and hours >= 96:
            return self.either(f"{hours // 24} 天", f"{hours // 24} days")
        return self.either(f"{hours} 小时", f"{hours} hours")

"""Disguised Chinese: what is found, with which span and name, and what is left alone."""

import time

import pyarrow as pa
import pytest

from bylaw.scan._match import Hits
from bylaw.scan.hanzi import _search, _weighing
from bylaw.scan.hanzi._search import HanziSearch

TERMS = ("演唱会门票", "高价收", "加微信", "代抢", "转卖", "内场票", "绿卡", "vip内场", "免排队入场")
SEARCH = HanziSearch(TERMS)

FOUND = {
    "a homophone": ("急，高价首，有的来", "高价首", "高价收", ("homophone",)),
    "a homophone of two characters": ("专业戴抢，当天出", "戴抢", "代抢", ("homophone",)),
    "an ear's homophone": ("要转脉的联系", "转脉", "转卖", ("homophone",)),
    "a traditional homophone": ("可以加維信聊", "加維信", "加微信", ("traditional", "homophone")),
    "a similar shape": ("高介收，有的来", "高介收", "高价收", ("similar-shape",)),
    "two kinds at once": ("内扬飘三张", "内扬飘", "内场票", ("similar-shape", "homophone")),
    "parts": ("今晚车专卖两张", "车专卖", "转卖", ("split",)),
    "parts of two characters": ("亻弋扌仓，不成不收费", "亻弋扌仓", "代抢", ("split",)),
    "pinyin": ("有 yanchanghuimenpiao 的看过来", "yanchanghuimenpiao", "演唱会门票", ("pinyin",)),
    "pinyin in pieces": (
        "出 yan chang hui men piao 两张",
        "yan chang hui men piao",
        "演唱会门票",
        ("pinyin",),
    ),
    "pinyin with tones": ("gāojiàshōu！", "gāojiàshōu", "高价收", ("combining mark", "pinyin")),
    "pinyin among characters": ("高jia收，有的来", "高jia收", "高价收", ("pinyin",)),
    "two syllables in one": ("高jiashou，有的来", "高jiashou", "高价收", ("pinyin",)),
    "parts and pinyin": ("gao亻介收，有的来", "gao亻介收", "高价收", ("pinyin", "split")),
    "parts and a homophone": ("力口威信", "力口威信", "加微信", ("split", "homophone")),
    "separators too": ("高-价-首", "高-价-首", "高价收", ("separator", "homophone")),
    "separators and parts": ("高·亻介·收", "高·亻介·收", "高价收", ("separator", "split")),
    "a term with letters": ("vip内唱，两张", "vip内唱", "vip内场", ("homophone",)),
    "a word before it": ("他用高价首", "高价首", "高价收", ("homophone",)),
    "a whole phrase": ("缅牌队入厂，当天", "缅牌队入厂", "免排队入场", ("homophone",)),
}


@pytest.mark.parametrize(("text", "span", "term", "names"), FOUND.values(), ids=FOUND)
def test_found(text: str, span: str, term: str, names: tuple[str, ...]) -> None:
    """A disguised term is found with exactly its span, and named; a batch finds the same."""
    start = text.index(span)
    hit = (TERMS.index(term), start, start + len(span))
    assert hit in SEARCH.find_one(text)
    found = SEARCH.named(text, *hit[1:], term)
    assert found is not None
    assert set(found) == set(names)
    assert spots(SEARCH.find([text])) == SEARCH.find_one(text)
    assert spots(SEARCH.find(pa.array([text]))) == SEARCH.find_one(text)


BENIGN = {
    "the term itself": "高价收，加微信，内场票",
    "an ordinary word of the same sound": "他带枪进了山里",
    "the end of one word and another": "手机专卖店在二楼",
    "a particle": "内场吗，还有座位",
    "the parts are a word": "女子排队入内",
    "an English sentence": "The women were dating in Paris and could not change their long song.",
    "a name in a sentence": "Meet me at the pier, Lu Ka said.",
    "an address": "https://example.com/gao-jia-shou/list",
    "a host": "www.gaojiashou.com",
    "a handle": "@gaojiashou_2020",
    "letters beside ideographs": "今天的AI大会很好看",
    "a sentence end within": "声音很高。价。首先",
    "a comma within two": "代，枪",
    "a stranger": "今天天气很好，我们去公园散步。",
    "nothing": "",
    "signs only": "！！！",
    "half a pair": "\ud83d",
}


@pytest.mark.parametrize("text", BENIGN.values(), ids=BENIGN)
def test_left_alone(text: str) -> None:
    """Ordinary language has no hit, and a term as it is written none of this kind."""
    assert SEARCH.find_one(text) == []
    assert spots(SEARCH.find([text])) == []


def test_benign_batch() -> None:
    """A batch with posts of all kinds gives each its own hits."""
    texts = [*BENIGN.values(), *(text for text, *_ in FOUND.values())] * 3
    hits = SEARCH.find(texts)
    want = [(post, *spot) for post, text in enumerate(texts) for spot in SEARCH.find_one(text)]
    assert sorted(zip(*(column.tolist() for column in hits), strict=True)) == want


EXPLAINED = {
    "what usually stands side by side": ("法币", "项目方发币之前", "项目方罚币之前"),
    "of three, too": ("团队奖", "我们的团队将努力", "我们的团队浆努力"),
    "in traditional characters": ("拿住", "他拿著一本書", "他拿渚一本書"),
    "one character beside letters": ("收nft", "他手nft画", ""),
    "characters beside digits": ("满100倍送", "满100被送", "瞒100倍颂"),
    "two words for two": ("自由交易", "可以自主交易的", "可以自尤交易的"),
    "a character beside a coin": ("出比特币", "推比特币", "初比特币"),
}


@pytest.mark.parametrize(("term", "ordinary", "disguised"), EXPLAINED.values(), ids=EXPLAINED)
def test_a_disguise_leaves_a_gap(term: str, ordinary: str, disguised: str) -> None:
    """What is readable by itself is no disguise; what stands unusually among the same neighbours is."""
    search = HanziSearch((term, "比特币"))
    for text, hits in ((ordinary, 0), (disguised, 1 if disguised else 0)):
        assert len(search.find_one(text)) == hits
        assert spots(search.find([text])) == search.find_one(text)


def test_surroundings_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a long text, too, the same letters are a hit or none by what stands around them."""
    text = "，加威信誓，加威信誓旦旦，加威信誓，"
    for module in (_search, _weighing):
        monkeypatch.setattr(module, "LONG", 0)
    assert SEARCH.find_one(text) == [(2, 1, 4), (2, 13, 16)]


def test_parts_without_end_are_read_in_linear_time() -> None:
    """Ten thousand characters in parts and as many other disguises are all found, each weighed once."""
    begun = time.process_time()
    assert len(SEARCH.find_one("车专卖，高价首，" * 10_000)) == 20_000
    assert time.process_time() - begun < 8


def test_wanted_only() -> None:
    """Only what is wanted is looked for; the rest are words that explain a text."""
    search = HanziSearch(("代抢", "戴抢"), wanted=(0,))
    assert search.find_one("戴抢") == []
    assert HanziSearch(("代抢", "转卖"), wanted=(1,)).find_one("戴抢") == []


def test_nothing_wanted() -> None:
    """A search without terms finds nothing."""
    for search in (HanziSearch(()), HanziSearch(("vip", "a票", "内 场"))):
        assert search.find_one("高价首 gaojiashou") == []
        assert spots(search.find(["高价首"])) == []


def test_no_name_for_what_is_no_hit() -> None:
    """What is no disguise of a term, or is the term, has no name."""
    assert SEARCH.named("天气真", 0, 3, "高价收") is None
    assert SEARCH.named("高价收", 0, 3, "高价收") is None
    assert SEARCH.named("高价", 0, 2, "高价收") is None


def test_umlaut() -> None:
    """ü is written v or u, or as it is."""
    search = HanziSearch(("绿卡办理",))
    for text in ("lvkabanli", "lukabanli", "lǜ kǎ bàn lǐ", "绿ka办理", "lv卡办理"):
        assert [spot[1:] for spot in search.find_one(text)] == [(0, len(text))], text


def test_not_before_the_line() -> None:
    """A term whose anchor stands at the very beginning or end of a text reaches beyond neither."""
    for text in ("价首", "高价", "会门票", "演唱会门", "首高价"):
        assert SEARCH.find_one(text) == []
        assert spots(SEARCH.find([text, "高", "价首"])) == []


def test_rare_ideographs() -> None:
    """Ideographs that share a code stand for nothing, and cost nothing."""
    assert SEARCH.find_one("𠮷价首高") == []
    assert spots(SEARCH.find(["𠮷价首高 gao", "戴抢𠮷"])) == [(TERMS.index("代抢"), 0, 2)]


def test_gaps_in_what_is_replaced() -> None:
    """What parts sentences parts a disguised term too."""
    assert SEARCH.find_one("高·jia收")
    assert SEARCH.find_one("高，jia收") == []
    assert SEARCH.find_one("代·qiang") == []  # of two characters nothing stands between


def test_what_the_pack_lists_is_itself() -> None:
    """A spelling that the pack lists as a term is that term and no disguise of another."""
    assert HanziSearch(("代抢",)).find_one("亻弋抢") == [(0, 0, 3)]
    assert HanziSearch(("代抢", "亻弋抢")).find_one("亻弋抢") == []


def test_parts_that_overlap() -> None:
    """Of parts that overlap, the first are joined."""
    search = HanziSearch(("妈妈生", "驭车术"))
    assert [spot[0] for spot in search.find_one("女马又妈生")] == []
    assert [spot[1:] for spot in search.find_one("女马女马生")] == [(0, 5)]
    assert [spot[1:] for spot in search.find_one("马又车术")] == [(0, 4)]


def test_torn_character() -> None:
    """What is half of a split character beyond the edge is no piece of a term."""
    search = HanziSearch(("立即",))
    assert [spot[1:] for spot in search.find_one("，立圾，")] == [(1, 3)]
    assert search.find_one("扔进土立圾桶") == []


def spots(hits: Hits) -> list[tuple[int, int, int]]:
    """The hits of a batch whose posts do not matter, as of one text."""
    return sorted(zip(hits.term.tolist(), hits.start.tolist(), hits.end.tolist(), strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "加威信誓，加威信誓旦旦，加威信誓，",  # the same words in other surroundings
        "高价首 vip内唱 vip内唱a",  # letters touch what is further away
        "女子高价首，车专卖两张，戴抢",  # parts beside what they do not tear
        "女马高价首车专",
        "x" * 40 + "，高价首" * 3,
    ],
)
def test_what_stands_around_decides(text: str) -> None:
    """Weighed by what stands around it, a candidate of a batch is a hit where the whole text makes it one."""
    for texts in ([text], [text, text + "。", "。" + text], pa.array(["", text])):
        found = SEARCH.find(texts)
        own = [at for at, each in enumerate(found.post.tolist()) if str(texts[each]) == text]
        spots_of = {(int(found.term[at]), int(found.start[at]), int(found.end[at])) for at in own}
        assert spots_of == set(SEARCH.find_one(text))

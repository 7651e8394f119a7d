"""Disguises that nobody tuned the scan on, for `evasion.py`: the figure that says how it does on what is new.

How to add one, without a look at the scan. Write one function below:

    @technique("zh", "en", names=("separator",))
    def stars(text: str, random: Random) -> tuple[str, Span] | None:
        written = "*".join(text)
        return f"({written})", (1, 1 + len(written))

It is given one word as it stands in a post, Chinese or Latin, of one or more parts with spaces between. It
returns what to write instead, and which part of that is the planted span: the word in disguise without what
only has to stand around it, from the first character that stands for one of the word to the last. It returns
None where the technique does not apply to the word, or where nobody would understand what comes of it.
What it draws, it draws from `random`. The languages are those of the posts to try; `names` are what the
evidence may call the disguise (docs/reference/disguises.md), and without any the name is not asked for.
The row in the table is called as the function is, with spaces for underscores.

A file of the same kind elsewhere begins with `from untuned import Span, technique`, and is measured with
`python bench/evasion.py --untuned FILE`, instead of this one.

Whoever tunes the scan on a technique moves it to `TECHNIQUES` in `evasion.py`. The nine that stood here first
have been.

The ten below were written by somebody who had seen neither the scan, nor its tables, nor any corpus. Their
tables (a character's reading and two everyday words with it, meanings, emoji, names of letters) only have to
be right for what they hold: a word with a character outside of them is passed over. Readings and words were
looked up with pypinyin and jieba.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import NamedTuple

Span = tuple[int, int]
Rewriter = Callable[[str, Random], "tuple[str, Span] | None"]


class Untuned(NamedTuple):
    """One way to disguise that the scan was not tuned on."""

    name: str
    languages: tuple[str, ...]
    names: frozenset[str]
    """What the evidence may call it; any name will do if there is none."""
    rewrite: Rewriter


def technique(*languages: str, names: tuple[str, ...] = ()) -> Callable[[Rewriter], Untuned]:
    """Return the decorator that makes a technique of a function."""

    def made(rewrite: Rewriter) -> Untuned:
        name: str = rewrite.__name__.replace("_", " ")  # type: ignore[attr-defined]  # functions have one
        return Untuned(name, languages, frozenset(names), rewrite)

    return made


def _entries(table: str) -> dict[str, str]:
    """Read `this:that` after `this:that`."""
    return dict(entry.split(":") for entry in table.split())


_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+")
_LATIN = re.compile("[A-Za-z]+(?: [A-Za-z]+)*")
_VOWELS = "aeiou"


def _whole(written: str) -> tuple[str, Span]:
    return written, (0, len(written))


def _changed(text: str, written: str) -> tuple[str, Span] | None:
    return None if written == text else _whole(written)


def _longest_part(text: str) -> tuple[str, str, str]:
    """Return what stands before the longest of the parts (or the first such), that part, and the rest."""
    longest = max(text.split(" "), key=len)
    start = (" " + text + " ").index(" " + longest + " ")
    return text[:start], longest, text[start + len(longest) :]


def _cased(like: str, written: str) -> str:
    """Write it in capitals, or with one at its head, if the word was."""
    if like.isupper() and len(like) > 1:
        return written.upper()
    return written[:1].upper() + written[1:] if like[:1].isupper() else written


# A character, its reading without the tone, and two everyday words it is told by.
_CHARACTERS = """
微wei微笑微微 信xin信息信心 加jia加强加上 群qun群众群岛 博bo博士博得 彩cai彩色彩虹 票piao票价票据
网wang网球上网 乐le快乐乐园 城cheng城市长城 真zhen真正真是 人ren人民人们 荷he荷叶荷花 官guan官员官兵
百bai百姓百年 家jia家庭家里 老lao老师老人 机ji机关机构 六liu六月六个 合he合作合理 代dai代表代替
开kai开始开发 发fa发展发现 办ban办法办事 证zheng证明证券 章zhang章程章节 假jia真假假如
款kuan款项款待 高gao高速高度 利li利用利益 用yong用于用户 卡ka卡车卡片 套tao手套外套 现xian现在现象
刷shua刷新牙刷 单dan单位单独 日ri日子日常 赚zhuan赚钱赚取 月yue月份月亮 入ru入侵入学 色se颜色色彩
情qing情况情绪 成cheng成为成立 电dian电话电子 影ying影响影片 聊liao聊天闲聊 约yue约束约定
上shang上面早上 门men门外门口 服fu服务服从 务wu务实务必 小xiao小时小说 女nv女人女儿 卖mai卖国卖出
援yuan援助援引 交jiao交通交流 按an按时按钮 全quan全国全省 海hai大海海洋 因yin因素因子 大da大学大家
头tou头发头上 春chun春秋春天 支zhi支持支付 手shou手段手中 步bu步兵步伐 管guan管理水管 刀dao刀法刀子
具ju具有具体 黑hei黑色黑板 客ke客户客人 木mu木材木工 马ma马路骑马 号hao号码口号 外wai外交外资
挂gua挂号挂钟 私si自私私人 助zhu助理助手 脚jiao脚步脚本 本ben本级本来 粉fen粉碎粉末 涨zhang涨幅涨停
引yin引起引用 流liu流通流行 推tui推进推动 广guang广泛广场 理li理论理解 招zhao招生招聘
商shang商品商业 返fan返回返还 优you优势优秀 惠hui优惠实惠 免mian免费免疫 费fei费用费力
领ling领导领域 取qu取得取消 红hong红色大红 包bao包括包含 中zhong中心中央 奖jiang奖励奖金
比bi比较比赛 特te特别特点 币bi币制币值 虚xu虚假虚弱 拟ni模拟虚拟 货huo货币货物 挖wa挖掘挖出
矿kuang矿产矿物 洗xi洗澡洗脸 钱qian钱币钱包 跑pao跑道跑步 分fen分别分布 银yin银行银子 行xing行政行动
四si四月四季 件jian文件条件 报bao报告报道 飞fei飞机飞行 翻fan翻译翻身 墙qiang墙上墙壁 梯ti梯度梯子
子zi孩子子女 法fa法律法规 轮lun轮流轮船 功gong功能功夫 台tai台上台阶 藏cang收藏躲藏 天tian天下天气
安an安全安排 近jin近代近日 平ping平均平民 共gong共同共有 产chan产品产生 党dang党员入党
政zheng政治政府 府fu政府府上 民min人民民族 主zhu主席主张 自zi自己自然 由you自由由于 游you游客游行
示shi示威示范 反fan反对反应 动dong动物动力 暴bao暴露暴力 力li力量力度 器qi器官器械 身shen身上身体
份fen份额份儿 出chu出来出现 售shou售价售票 购gou购买购物 买mai买卖买者 低di低声低于 价jia价值价格
批pi批准批评 名ming名字有名 牌pai品牌牌子 表biao表示表现 香xiang香味香料 减jian减少减轻
重zhong重要重点 整zheng整体整顿 美mei美术美好 容rong容易容量 保bao保护保持 健jian健康健全
神shen精神神秘 股gu股东股份 资zi资源资本 荐jian推荐举荐 内nei内容内阁 幕mu幕布开幕 投tou投资投入
财cai财产发财 期qi期限期望 汇hui汇率汇集 提ti提出提高 充chong充分充满 值zhi值得值班 联lian联系联合
系xi系统系数 话hua话题话剧 码ma码头数码 公gong公司公民 众zhong众人众多 关guan关系关键 注zhu注意注重
扫sao扫描扫荡 二er二月第二 维wei维护维持 下xia下来下去 载zai载体载荷 链lian链接链条 接jie接受接近
址zhi地址住址 点dian点头点亮 击ji击败击中 直zhi直接直播 播bo广播传播 福fu幸福福气 视shi视为视频
源yuan源于源头 论lun论坛论述 种zhong种类种植 拍pai拍摄拍卖 无wu无法无人 丝si丝毫丝绸 少shao少数少年
学xue学生学院 生sheng生产生活 妹mei妹妹妹子 空kong空军空间 富fu富有富人 求qiu求职求知 侦zhen侦察侦查
探tan探索探讨 听ting听说听到 定ding定义定位 位wei位于位置 复fu复杂复习 追zhui追求追赶 债zhai债务债券
讨tao讨论讨厌 收shou收入收费 逾yu逾越逾期 花hua花园花费 借jie借口借助 路lu路线路上 宝bao宝贝珠宝
京jing北京京城 东dong东方山东 店dian店铺店里 好hao好像好吃 评ping评价评论 差cha差别差异
删shan删除删去 帖tie帖子请帖 水shui水果开水 军jun军事军队 考kao考虑考试 试shi试验试图 答da答应答案
案an案件案例 文wen文化文学 写xie写作写下 历li历史历代 降jiang降低降水 同tong同志同样 友you友好友人
一yi一个第一 激ji激烈激动 三san三月第三 级ji级别级差 片pian片刻片面 毛mao毛病毛尖 伦lun伦敦天伦
强qiang强调强烈 口kou口味口径 性xing性质性命 做zuo做法做出 道dao道路道理 房fang房子房间 鸡ji公鸡鸡蛋
傻sha傻子傻瓜 你ni你们你家 白bai白色白天 去qu去年去世 滚gun滚动滚开 脑nao脑袋脑子 新xin新闻新生
金jin黄金金属 太tai太阳太太 体ti体系体育 足zu足够足球 球qiu球队球员 竞jing竞争竞赛 送song送到送给
首shou首先首都 存cun存在存款 册ce手册注册 地di地方地区 将jiang将军将领 鱼yu金鱼钓鱼 时shi时间时候
赛sai赛季赛事 车che车程车辆 运yun运动运输 快kuai快速快乐 戏xi戏剧戏曲 账zhang账户账目
装zhuang装备装置 备bei备案备受 稳wen稳定稳步 不bu不能不同 赔pei赔偿赔款 赢ying赢得赢利 部bu部分部门
消xiao消息消费 息xi息怒息肉 师shi师父师妹 带dai带来带有 我wo我们我国 薇wei蔷薇紫薇 企qi企业企图
扣kou扣除扣押 苹ping苹果 果guo果然果实 卓zhuo卓越安卓 量liang数量重量 油you油料油画 物wu物质物理
回hui回来回答 是shi是否是从 了le了解为了 在zai在于现在 有you有关有些 国guo国家国际 和he和平和气
为wei为主为何 这zhe这个这样 他ta他们他人 个ge个人个别 年nian年代年轻 来lai来到来自 会hui会议会上
以yi以往以示 到dao到底到处 要yao要求要素 的de的确目的 说shuo说道说话 也ye也许也门 们men我们他们
于yu位于终于 后hou后来后者 就jiu就是就业 之zhi之前总之 对dui对方对象 得de得到得名 长zhang长期长老
可ke可能可惜 过guo过程过去 作zuo作为作用 方fang方面方法 多duo多少多年 着zhe着手着重 能neng能力能够
市shi市场市长 等deng等于等待 业ye业务业绩 里li里程里屋 工gong工作工业 经jing经济经验 都dou都市首都
面mian面积面对 进jin进行进入 区qu区域区别 事shi事情事业 那na那么那些 心xin心中心里 前qian前提前进
其qi其他其实 还hai还有还原 然ran自然突然 起qi起来起义 所suo所长所知 如ru如何如今 与yu参与与其
当dang当时当然 两liang两个两种 实shi实行实现 么me什么那么 只zhi只见只能 山shan高山山水
明ming明显明确 从cong从事从来 化hua化学化工 建jian建设建立 又you又称又名 制zhi制度制定 南nan南方东南
没mei没有没法 此ci此次此刻 员yuan员工员外 最zui最大最高 者zhe记者学者 间jian间谍间隔 看kan看到看见
见jian见到见面 十shi十月十分 相xiang相关相同 但dan但愿但亏 已yi已经已有 些xie些许些小
正zheng正是正式 通tong通常通知 想xiang想到想起 度du度假度过 第di第一第二 院yuan院长院校
常chang常常常务 意yi意见意义 场chang场所场合 使shi使用使得 次ci次数次日 向xiang向前向来 立li立即立刻
数shu数量数学 样yang样子样式 原yuan原来原因 问wen问题问道 把ba把握把头 被bei被迫被捕 并bing并未并入
教jiao教育教授 万wan万一千万 知zhi知道知识 任ren任务任何 江jiang长江江水 应ying应该应用
省sheng省长省内 元yuan元年元素 世shi世界世纪 气qi气候气温 总zong总理总统 展zhan展开展示 科ke科技科学
先xian先生先进 声sheng声音声明 品pin品种品牌 设she设计设立 或huo或许或缺 义yi义务义军 社she社会社区
很hen很多很大 统tong统一统治 处chu处理处于 司si司法司令 目mu目前目标 基ji基本基础 队dui队伍队员
计ji计划计算 别bie别人别的 权quan权力权利 至zhi至少至今 米mi大米米饭 给gei给予给出 打da打击打开
变bian变化变成 书shu书记书写 清qing清楚清代 活huo活动活跃 几ji几个几乎 华hua华表华侨 解jie解决解释
议yi议会议案 更geng更加更是 称cheng称为称号 程cheng程度程序 今jin今天今日 决jue决定决议
张zhang主张一张 导dao导弹导致 术shu术语术后 才cai才能才子 放fang放在放心 结jie结构结果
便bian便是便宜 走zou走向走出 达da达到达成 再zai再次再也 题ti题材题目 五wu五月五年 条tiao面条条件
规gui规定规模 式shi式样式微 它ta它们其它 改gai改革改变 风feng大风风景 光guang光绪光芒 受shou受到受伤
组zu组织组成 布bu布料棉布 黄huang黄金黄色 选xuan选举选择 记ji记者记载 却que却是却说 界jie界限界面
类lei类型类似 何he何必何处 眼yan眼睛眼前 传chuan传统传播 干gan干部干涉 边bian边缘边界 据ju据说据悉
集ji集团集中 完wan完成完全 质zhi质量质地 史shi历史史书 专zhuan专业专家 每mei每年每个 即ji即将即位
认ren认为认识 林lin森林树林 必bi必须必要 举ju举行举办 线xian线路线索 言yan言论言行 团tuan团体团结
研yan研究研制 非fei非常非凡 连lian连续连接 调diao调整调查 感gan感到感觉 转zhuan转移转化
该gai该市该书 持chi持有持久 始shi始终始建 克ke克服千克 士shi战士士兵 让rang让步让给 拉la拉开拉动
思si思想思维 格ge格局格外 造zao造成造型 较jiao较大较为 型xing型号型式 字zi字形字母 段duan段落段家
周zhou周末一周 则ze原则规则 属shu属于属性 积ji积极积累 图tu图片地图 火huo火车大火 千qian千万千年
准zhun准备准确 究jiu究竟究办 往wang往往往来 许xu许多许家 参can参加参与 半ban半天半个 令ling令旗令箭
吃chi吃饭吃惊 观guan观点观念 像xiang像是像样 八ba八月八个 告gao告诉告别 远yuan远远远处 构gou构成构造
料liao料到料想 随sui随后随即 划hua划分划定 算suan算是算了 象xiang象征象是 热re热情热带
望wang望去望见 铁tie铁路铁矿 派pai派出派遣 速su速度速率 怎zen怎么怎样 需xu需要需求 律lv法律纪律
纪ji纪念纪录 早zao早已早期 境jing境内境界 编bian编辑编制 越yue越是越发 局ju局面局部 满man满足满意
列lie列为列入 双shuang双方双手 未wei未来未必 居ju居民居住 标biao标准标志 织zhi织物织布
青qing青年青春 率lv率领率先 项xiang项目项链 节jie节目节日 察cha察看察觉 响xiang响应响起
站zhan站立站长 施shi施工施行 均jun均匀均衡 失shi失败失去 轻qing轻轻轻松
"""
_READINGS: dict[str, str] = {}
_EVERYDAY: dict[str, tuple[str, ...]] = {}
for _row in _CHARACTERS.split():
    _parts = re.fullmatch("(.)([a-z]+)(..)(..)?", _row)
    assert _parts is not None, _row
    _READINGS[_parts[1]] = _parts[2]
    _EVERYDAY[_parts[1]] = tuple(word for word in _parts.groups()[2:] if word)


# --- Chinese ---------------------------------------------------------------------------------------------


@technique("zh")
def told_by_everyday_words(text: str, random: Random) -> tuple[str, Span] | None:
    """Say which character is meant as one does on the phone: 微信 is 微笑的微，信任的信."""
    if not _HAN.fullmatch(text) or not 2 <= len(text) <= 4:
        return None
    told: list[str] = []
    for character in text:
        # A word that holds more of the planted one than this character would give it away.
        words = [word for word in _EVERYDAY.get(character, ()) if sum(other in text for other in word) == 1]
        if not words:
            return None
        told.append(f"{random.choice(words)}的{character}")
    written = random.choice(("，", "、", " ", "")).join(told)
    if text in written:  # 看到的看台上的台
        written = "，".join(told)
    return None if text in written else _whole(written)


_ONSETS = {
    "b": "不", "p": "普", "m": "木", "f": "夫", "d": "得", "t": "特", "n": "呢", "l": "勒", "g": "哥",
    "k": "科", "h": "喝", "j": "机", "q": "七", "x": "西", "zh": "之", "ch": "吃", "sh": "诗",
    "r": "日", "z": "字", "c": "次", "s": "丝", "y": "衣", "w": "乌",
}  # fmt: skip
_ROUNDED_ONSETS = {
    "d": "嘟", "t": "突", "n": "奴", "l": "路", "g": "姑", "k": "哭", "h": "呼", "zh": "猪", "ch": "出",
    "sh": "书", "r": "如", "z": "租", "c": "粗", "s": "苏",
}  # fmt: skip
_RIMES = {
    "a": "啊", "o": "哦", "e": "鹅", "ai": "哎", "ei": "诶", "ao": "凹", "ou": "欧", "an": "安",
    "en": "恩", "ang": "昂", "i": "衣", "ia": "呀", "ie": "耶", "iao": "腰", "iu": "优", "ian": "烟",
    "in": "因", "iang": "央", "ing": "英", "iong": "拥", "u": "乌", "ua": "挖", "uo": "窝", "uai": "歪",
    "ui": "威", "uan": "弯", "un": "温", "uang": "汪", "ong": "翁", "eng": "嗯",
}  # fmt: skip
_SYLLABLE = re.compile("([zcs]h|[bpmfdtnlgkhjqxrzcsyw])([aeiou].*)")


def _cut(character: str) -> str | None:
    """Return two characters that run together to this one when said fast, None if it has no seam."""
    parts = _SYLLABLE.fullmatch(_READINGS.get(character, ""))
    if parts is None:
        return None
    onset, rime = parts.groups()
    if rime not in _RIMES or (rime == "i" and onset in ("zh", "ch", "sh", "r", "z", "c", "s", "j", "q", "x")):
        return None
    if onset in ("y", "w") and rime in ("i", "u", "in", "ing", "uan", "ue", "un", "ong"):
        return None
    if onset in ("j", "q", "x") and rime in ("u", "uan", "un"):  # these are ü
        written = _ONSETS[onset] + {"u": "鱼", "uan": "冤", "un": "晕"}[rime]
    else:
        rounded = onset in _ROUNDED_ONSETS and rime[0] in "uo" and rime not in ("u", "o", "ou")
        written = (_ROUNDED_ONSETS if rounded else _ONSETS)[onset] + _RIMES[rime]
    return None if character in written else written


@technique("zh")
def syllables_cut_in_two(text: str, random: Random) -> tuple[str, Span] | None:
    """Write each syllable as two to be read fast, as old dictionaries did (反切): 贷款 is 得哎哭弯."""
    if not _HAN.fullmatch(text) or not 2 <= len(text) <= 3:
        return None
    pieces = [_cut(character) for character in text]
    if sum(piece is not None for piece in pieces) < len(text) - 1:  # one may stay whole, as 西 would
        return None
    written = random.choice(("", "", " ")).join(
        piece or character for piece, character in zip(pieces, text, strict=True)
    )
    around = random.choice(("（快读）", "（连起来读）", ""))
    return written + around, (0, len(written))


_MEANINGS = _entries("""
钱:money 金:gold 银:silver 水:water 血:blood 车:car 房:house 黑:black 白:white 红:red 黄:yellow 大:big
小:small 人:man 女:girl 男:boy 片:film 票:ticket 卡:card 网:net 店:shop 信:letter 号:number 手:hand
机:machine 球:ball 马:horse 狗:dog 鸡:chicken 鱼:fish 牛:cow 群:group 加:add 币:coin 债:debt 股:stock
火:fire 电:electric 飞:fly 天:sky 日:day 月:month 年:year 色:color 性:sex 肉:meat 酒:wine 茶:tea
国:country 党:party 军:army 法:law 新:new 老:old 高:high 低:low 快:fast 美:beauty 真:true 假:fake 好:good
免:free 买:buy 卖:sell 送:gift 赢:win 打:hit 吃:eat 看:look 门:door 书:book 心:heart 头:head 口:mouth
眼:eye 花:flower 神:god 包:bag 图:picture 码:code 粉:powder 丝:silk 友:friend 客:guest 身:self 刀:knife
城:city 海:sea 山:mountain 中:middle 外:out 内:inside 上:up 下:down 游:swim 学:study 考:exam 试:test
师:teacher 油:oil 空:empty 妹:sister 母:mother 聊:chat 体:body 彩:color 奖:prize 单:list 薪:salary
利:profit 息:interest 公:public 私:private 开:open 关:close 木:wood 铁:iron 风:wind 光:light 功:skill
自:auto 民:people 千:thousand 百:hundred 万:10thousand 两:two 双:double 一:one 三:three 四:four 六:six
八:eight
""")


@technique("zh")
def one_character_in_english(text: str, random: Random) -> tuple[str, Span] | None:
    """Leave one character to its meaning in English: 贷款 is loan款."""
    if not _HAN.fullmatch(text) or not 2 <= len(text) <= 6:
        return None
    places = [place for place, character in enumerate(text) if character in _MEANINGS]
    if not places:
        return None
    place = random.choice(places)
    return _whole(text[:place] + _MEANINGS[text[place]] + text[place + 1 :])


# --- both ------------------------------------------------------------------------------------------------

_REMARKS_ZH = (
    "（你懂的）", "（嘘）", "（别告诉别人）", "（没错就是这个）", "(懂的都懂)", "【认真脸】",
    "（咳咳）", "（手动打码）", "(狗头)", "（此处停顿）",
)  # fmt: skip
_REMARKS_EN = (
    " (you know) ", "(wink wink)", " [ahem] ", "(shh don't tell)", " (yes, that one) ", "*cough*",
    "(no typo)", " <dramatic pause> ", "(keep reading)", "[lol]",
)  # fmt: skip


@technique("zh", "en")
def broken_by_a_remark(text: str, random: Random) -> tuple[str, Span] | None:
    """Break the word once with an aside of several words: 微（你懂的）信, bit(wink wink)coin."""
    if _HAN.fullmatch(text) and len(text) > 1:
        place = random.randrange(1, len(text))
        return _whole(text[:place] + random.choice(_REMARKS_ZH) + text[place:])
    if not _LATIN.fullmatch(text):
        return None
    before, part, after = _longest_part(text)
    if len(part) < 4:
        return None
    place = random.randrange(2, len(part) - 1)
    return _whole(before + part[:place] + random.choice(_REMARKS_EN) + part[place:] + after)


_EMOJI_ZH = _entries("""
马:🐴 码:🐴 鸡:🐔 狗:🐶 牛:🐮 鱼:🐟 刀:🔪 车:🚗 房:🏠 家:🏠 钱:💰 金:🥇 币:🪙 卡:💳 票:🎫 书:📖 信:💌
邮:📮 手:✋ 机:📱 电:⚡ 火:🔥 水:💧 血:🩸 心:💗 眼:👀 看:👀 口:👄 脚:🦶 头:💀 花:🌸 酒:🍷 茶:🍵 肉:🥩
菜:🥬 米:🍚 日:🌞 月:🌙 云:⛅ 山:⛰ 海:🌊 球:⚽ 门:🚪 灯:💡 表:⌚ 男:👨 女:👩 人:🧍 红:🔴 黑:⚫ 白:⚪
黄:🟡 飞:✈ 笔:🖊 包:👜 图:🖼 片:🎞 影:🎬 彩:🌈 送:🎁 礼:🎁 油:⛽ 牌:🃏 奖:🏆 赢:🏆 薇:🌹 城:🏰 路:🛣 天:🌤
店:🏪 银:🥈 行:🚶 约:💑 妹:👧 官:👮 网:🕸 梯:🪜 果:🍎 苹:🍎 风:🌬 国:🚩 声:🔊 聊:💬 话:💬 买:🛒 购:🛒 打:👊
""")
# Pictures of what a piece of an English word means or sounds like, the longest pieces first.
_EMOJI_EN = sorted(
    _entries("""
coin:🪙 cash:💵 money:💰 card:💳 gun:🔫 pill:💊 car:🚗 eye:👁 bee:🐝 sun:🌞 son:🌞 star:⭐ fire:🔥 hot:🔥
love:💗 heart:💗 key:🔑 ring:💍 gold:🥇 house:🏠 king:👑 ship:🚢 cam:📷 phone:📱 mail:📧 gift:🎁 girl:👧
boy:👦 corn:🌽 bank:🏦 world:🌍 net:🥅 can:🥫 pen:🖊 ball:⚽ dice:🎲 win:🏆 cat:🐱 dog:🐶 rat:🐀 ant:🐜
bat:🦇 pig:🐷 owl:🦉 hen:🐔 ape:🦍 fish:🐟 bed:🛏 bell:🔔 box:📦 cap:🧢 hat:🎩 cup:🏆 tea:🍵 tee:🍵 pie:🥧
ham:🍔 nut:🥜 pea:🫛 sea:🌊 see:👀 rain:🌧 snow:⛄ ice:🧊 moon:🌙 tree:🌳 leaf:🍃 rose:🌹 hand:✋ ear:👂
nose:👃 lip:👄 leg:🦵 man:👨 men:👬 kill:🔪 dead:💀 die:💀 time:⏰ clock:⏰ door:🚪 book:📖 cow:🐮
bomb:💣 bag:👜 bike:🚲 bus:🚌 plane:✈ air:💨 shop:🛒 store:🏪 sell:🛒 buy:🛒 free:🆓 new:🆕 top:🔝
cool:🆒 ok:🆗
""").items(),
    key=lambda pair: (-len(pair[0]), pair[0]),
)
_SOUNDS_EN = (("i", "👁"), ("be", "🐝"), ("b", "🐝"))


@technique("zh", "en")
def rebus(text: str, random: Random) -> tuple[str, Span] | None:
    """Draw a piece of the word by what it means or sounds like: 比特🪙, bit🪙."""
    if _HAN.fullmatch(text) and len(text) > 1:
        places = [place for place, character in enumerate(text) if character in _EMOJI_ZH]
        if not places:
            return None
        drawn = set(places) if len(places) < len(text) and random.random() < 0.5 else {random.choice(places)}
        return _whole(
            "".join(
                _EMOJI_ZH[character] if place in drawn else character for place, character in enumerate(text)
            )
        )
    if not _LATIN.fullmatch(text) or len(text) < 4:
        return None
    small = text.lower()
    for piece, emoji in _EMOJI_EN:
        if piece != small and piece in small:
            place = small.index(piece)
            return _whole(text[:place] + emoji + text[place + len(piece) :])
    sounds = [(piece, emoji) for piece, emoji in _SOUNDS_EN if piece in small]
    if not sounds:
        return None
    piece, emoji = random.choice(sounds)
    place = small.index(piece)
    return _whole(text[:place] + emoji + text[place + len(piece) :])


@technique("zh", "en")
def one_left_blank(text: str, random: Random) -> tuple[str, Span] | None:
    """Blank out what any reader fills in, as the prudish do: 比×币, b_tc_in."""
    if _HAN.fullmatch(text):
        if not 3 <= len(text) <= 6:
            return None
        place = random.randrange(1, len(text) - 1)
        return _whole(text[:place] + random.choice("×*□〇口_●") + text[place + 1 :])
    if not _LATIN.fullmatch(text):
        return None
    before, part, after = _longest_part(text)
    places = [place for place in range(1, len(part) - 1) if part[place].lower() in _VOWELS]
    if len(part) < 4 or not places:
        return None
    blanks = set(random.sample(places, min(len(places), 2 if len(part) > 6 else 1)))
    blank = random.choice("***_#-•")
    written = "".join(blank if place in blanks else letter for place, letter in enumerate(part))
    return _whole(before + written + after)


@technique("zh", "en")
def stirred_inside(text: str, random: Random) -> tuple[str, Span] | None:
    """Let neighbours inside the word change places, which the eye reads over: 比币特, blaance, 高贷利款."""
    if _HAN.fullmatch(text):
        # The first character holds the word together; of four or more the last one does, too.
        last = len(text) - (2 if len(text) == 3 else 3)
        places = [place for place in range(1, last + 1) if text[place] != text[place + 1]]
        if len(text) < 3 or not places:
            return None
        place = random.choice(places)
        return _whole(text[:place] + text[place + 1] + text[place] + text[place + 2 :])
    if not _LATIN.fullmatch(text):
        return None
    before, part, after = _longest_part(text)
    places = [place for place in range(1, len(part) - 2) if part[place].lower() != part[place + 1].lower()]
    if len(part) < 5 or not places:
        return None
    letters = list(part)
    first = random.choice(places)
    chosen = [first]
    further = [place for place in places if abs(place - first) > 1]
    if len(part) > 7 and further:
        chosen.append(random.choice(further))
    for place in chosen:
        letters[place], letters[place + 1] = letters[place + 1], letters[place]
    return _whole(before + "".join(letters) + after)


# --- English ---------------------------------------------------------------------------------------------

_NAMES = """
ay bee cee dee ee eff gee aitch eye jay kay ell em en oh pee cue ar ess tee you vee double-you ex why zee
"""
_LETTER_NAMES = dict(zip("abcdefghijklmnopqrstuvwxyz", _NAMES.split(), strict=True))


@technique("en")
def letters_by_name(text: str, random: Random) -> tuple[str, Span] | None:
    """Spell the word aloud, with the names of its letters written out: coin is cee oh eye en."""
    if not _LATIN.fullmatch(text):
        return None
    before, part, after = _longest_part(text)
    if not 3 <= len(part) <= 8:
        return None
    names = [_LETTER_NAMES[letter] for letter in part.lower()]
    return _whole(before + random.choice((" ", " ", "-", ", ")).join(names) + after)


# What is written, what says the same; where one draws, not every writer would go so far.
_RESPELLINGS: tuple[tuple[str, str, bool], ...] = (
    ("tion", "shun", False),
    ("igh", "y", False),
    ("ph", "f", False),
    ("qu", "kw", False),
    ("ck", "kk", False),
    ("(?<=.)x", "ks", False),
    ("sc(?=[eiy])", "s", False),
    ("cc(?=[aou])", "kk", False),
    ("c(?=[eiy])", "s", False),
    ("ch", "ch", False),
    ("c", "k", False),
    ("ey$", "ee", False),
    ("(?<=[^aeiou])y$", "ee", False),
    ("oan", "one", False),
    ("(?<=[aeiouwrlnd])s$", "z", False),
    ("(?<=[aeiou])s(?=[aeiou])", "z", True),
    ("(?<=[^aeiou])i(?=[^e])", "y", True),
    ("f(?=[aeilor])", "ph", True),
    ("oo", "u", True),
    ("(?<=[^aeiou])er$", "ah", True),
)


@technique("en")
def spelt_as_it_sounds(text: str, random: Random) -> tuple[str, Span] | None:
    """Spell the word as it sounds instead: bytkoin, phree kredit."""
    if not _LATIN.fullmatch(text):
        return None
    parts: list[str] = []
    for part in text.split(" "):
        written, place, small = "", 0, part.lower()
        while place < len(part):
            for pattern, sound, maybe in _RESPELLINGS:
                found = re.compile(pattern).match(small, place)
                if found and not (maybe and random.random() < 0.5):
                    written, place = written + sound, found.end()
                    break
            else:
                written, place = written + small[place], place + 1
        parts.append(_cased(part, written) if written != small else part)
    return _changed(text, " ".join(parts))


@technique("en")
def inner_vowels_dropped(text: str, _: Random) -> tuple[str, Span] | None:
    """Write it as in a text message, without the vowels inside: bitcoin is btcn, balance is blnc."""
    if not _LATIN.fullmatch(text):
        return None
    parts: list[str] = []
    for part in text.split(" "):
        inner = "".join(letter for letter in part[1:-1] if letter.lower() not in _VOWELS)
        kept = part[0] + inner + part[1:][-1:]
        # Less than half the word, or two letters of it, could be anything.
        parts.append(kept if len(kept) > 2 and 2 * len(kept) >= len(part) else part)
    return _changed(text, " ".join(parts))

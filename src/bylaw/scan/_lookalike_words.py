"""The words a look-alike is told by, of any trade: what stands beside a name in an address, and endings.

Words of a pack's own trade are in its lists' sheets (`beside`).
"""

from __future__ import annotations

__all__ = [
    "COMPANIONS",
    "COMPANIONS_IN_CHINESE",
    "ENDINGS_FOR_ALL",
    "ENDINGS_OF_ABUSE",
    "ENDINGS_OF_CHANCE",
    "LURES",
    "PLATFORMS",
    "SHAPES",
    "TONGUES",
]

COMPANIONS = frozenset({
    "account", "accounts", "activate", "activity", "admin", "alert", "api", "apk", "app", "apps", "auth",
    "backup", "bd", "beta", "bonus", "box", "br", "buy", "cdn", "center", "check", "china", "client",
    "cloud", "club", "cn", "co", "com", "confirm", "connect", "contact", "customer", "dashboard", "de",
    "desk", "direct", "dl", "docs", "down", "download", "earn", "email", "en", "error", "es", "eu",
    "event", "events", "exclusive", "explorer", "express", "fast", "fees", "fix", "forum", "fr", "free",
    "get", "gift", "giveaway", "global", "go", "group", "guide", "gw", "help", "helpdesk", "hk", "home",
    "hot", "https", "hub", "id", "in", "india", "info", "install", "invite", "io", "ios", "it", "japan",
    "join", "jp", "kr", "l2", "launch", "link", "lite", "live", "local", "log", "login", "mail", "main",
    "manage", "me", "member", "mirror", "mobile", "multi", "mx", "my", "net", "new", "news", "notice",
    "now", "offer", "offers", "office", "official", "online", "open", "org", "page", "pay", "pc",
    "platform", "plus", "points", "portal", "prize", "prizes", "pro", "project", "projects", "promo",
    "promotion", "pt", "quest", "quick", "recover", "recovery", "ref", "refund", "register",
    "registration", "restore", "review", "reward", "rewards", "ru", "safe", "sale", "search", "secure",
    "security", "server", "service", "services", "shop", "sign", "signin", "signup", "site", "social",
    "space", "start", "status", "store", "support", "system", "team", "tech", "test", "the", "tk", "to",
    "top", "tr", "tw", "uk", "unlock", "up", "update", "upgrade", "us", "user", "v", "validate",
    "verification", "verify", "vip", "vn", "vote", "web", "welcome", "win", "withdraw", "world", "ww",
    "www", "xyz", "zh"
})  # fmt: skip
"""What is done there, for whom, and where."""

COMPANIONS_IN_CHINESE = frozenset({
    "app", "下载", "中国", "中文", "中文网", "中文版", "交易", "官方", "官方网站", "官网", "客服", "平台",
    "手机版", "最新", "注册", "登录", "登陆", "网", "网站", "网页版", "网址", "入口"
})  # fmt: skip
"""The same beside a Chinese name."""

ENDINGS_FOR_ALL = frozenset({
    "ac", "ag", "bz", "cc", "cd", "cf", "cm", "cx", "fm", "ga", "gg", "gl", "gq", "gs", "im", "is", "la",
    "li", "ly", "me", "ml", "mn", "ms", "mu", "nu", "pw", "re", "sc", "sh", "so", "st", "su", "tk", "to",
    "tv", "us", "vc", "vg", "ws"
})  # fmt: skip
"""Two-letter endings that are sold to everybody, but for those that a trade has made its own (io, co, ai)."""

ENDINGS_OF_ABUSE = frozenset({
    "app", "art", "bet", "bid", "bio", "bond", "build", "cam", "capital", "cash", "cf", "cfd", "claims",
    "click", "cloud", "codes", "cx", "cyou", "digital", "events", "exchange", "farm", "finance",
    "financial", "fit", "foundation", "fun", "fund", "fyi", "gift", "gifts", "gq", "help", "homes", "icu",
    "ink", "land", "lat", "life", "link", "live", "lol", "ltd", "market", "ml", "mom", "money", "network",
    "one", "online", "pics", "pm", "pro", "pw", "quest", "run", "sale", "sbs", "shop", "site", "space",
    "store", "support", "tech", "tk", "today", "top", "trade", "trading", "uno", "vip", "website", "win",
    "world", "wtf", "xyz", "zone"
})  # fmt: skip
"""Endings at least two and a half times as common on a public phishing list as among well-known hosts, and
a quarter in 1,000 of that list or more. The domains that likeness is measured with were left out of it."""

ENDINGS_OF_CHANCE = frozenset({
    "agency", "army", "asia", "autos", "baby", "bar", "beauty", "best", "biz", "blog", "boats", "bot",
    "business", "buzz", "cab", "cards", "care", "casa", "casino", "cat", "center", "ceo", "chat",
    "christmas", "city", "club", "college", "community", "company", "computer", "contact", "cool",
    "credit", "date", "day", "deals", "design", "direct", "directory", "dog", "domains", "download",
    "email", "expert", "express", "fans", "gallery", "games", "gay", "gives", "global", "gold", "group",
    "guru", "hair", "holdings", "host", "info", "limited", "limo", "llc", "loan", "makeup", "markets",
    "media", "meme", "men", "mobi", "monster", "motorcycles", "name", "news", "onl", "page", "partners",
    "party", "plus", "press", "promo", "red", "rent", "report", "rest", "rocks", "services", "skin",
    "social", "software", "solutions", "stream", "supply", "systems", "team", "technology", "tel",
    "tips", "tools", "vin", "vote", "wales", "wiki", "work", "works", "yachts", "zip"
})  # fmt: skip
"""Endings met there less often, but one time in 20,000: a listed name under one is seldom a namesake's."""

LURES = frozenset({
    "account", "app", "apps", "bonus", "claim", "connect", "dashboard", "gift", "giveaway", "help", "log",
    "login", "official", "portal", "recover", "recovery", "register", "reward", "rewards", "sign",
    "signin", "support", "unlock", "verification", "verify"
})  # fmt: skip
"""Companions that want something of a reader: under an ending of abuse they make an ordinary word a name."""

PLATFORMS = frozenset({
    "app.link", "atlassian.net", "freshdesk.com", "intercom.help", "medium.com",
    "notion.site", "readme.io", "statuspage.io", "substack.com", "tumblr.com", "wordpress.com",
    "zendesk.com"
})  # fmt: skip
"""Where parties keep a page under their own name: a name there is no imitation by itself."""

SHAPES = frozenset({
    "pq", "gq", "uv", "vy", "ce", "co", "hn", "bh", "ft", "ij", "mn", "nr"
})  # fmt: skip
"""Pairs of letters that look alike without being one in likeness."""

TONGUES = frozenset({
    "cn", "en", "hk", "tw", "zh"
})  # fmt: skip
"""The two-letter words that may be glued to a name of four letters."""

"""The house rules that an import statement can break (DESIGN 3, ARCHITECTURE.md "The rooms")."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "bylaw"
RULE = "ARCHITECTURE.md, 'The rooms, and who may see whom' (DESIGN 3)"

LAYERS = {
    **dict.fromkeys(("errors", "model", "canon", "clock", "ports", "events"), 0),
    **dict.fromkeys(("policy", "scan", "casework", "ledger"), 1),
    **dict.fromkeys(("store", "connectors", "runners"), 2),
    **dict.fromkeys(("engine", "door", "figures"), 3),
    **dict.fromkeys(("settings", "cli", "tour", "testing", "__main__"), 4),
}
DATA = {"__init__", "packs", "sample"}  # hold no code and may be read by anybody at the edge
ALSO = {("scan", "policy")}  # the one look sideways: compiled conditions

# Each third-party package, and each standard one that touches the world in a big way, has one home.
HOMES = {
    "msgspec": None,  # the vocabulary is made of it
    "pyarrow": {"scan"},
    "numpy": {"scan"},
    "ahocorasick_rs": {"scan"},
    "numba": {"scan"},
    "tldextract": {"scan"},
    "idna": {"scan"},
    "PIL": {"scan"},
    "zxingcpp": {"scan"},
    "rapidocr": {"scan"},
    "pdqhash": {"scan"},
    "ruamel": {"policy"},
    "sqlite3": {"store"},
    "cryptography": {"ledger"},
    "typer": {"cli"},
    "rich": {"cli", "tour"},
    "multiprocessing": {"runners"},
    "concurrent": {"runners"},
}
HEAVY = set(HOMES) - {"msgspec", "multiprocessing", "concurrent"}

# What a pure room may not even name: clocks, chance, the network, other processes.
IMPURE_MODULES = {
    "time",
    "random",
    "secrets",
    "socket",
    "ssl",
    "http",
    "urllib.request",
    "subprocess",
    "threading",
}
IMPURE_CALLS = {"now", "utcnow", "today", "getenv", "urandom", "uuid4"}

# The engine knows nothing of the goods a pack is about.
GOODS = re.compile(
    r"(?i)\b(?:bitcoins?|btc|eth|ethereum|usdt|usdc|tether|altcoins?|stablecoins?|coins?|coinbase|crypto"
    r"|cryptocurrenc(?:y|ies)|nfts?|wallets?|binance|okx|okex|huobi|bybit|kraken|blockchains?|airdrops?|defi"
    r"|metamask|satoshi|mining)\b"
    r"|币|比特|以太|泰达|钱包|挖矿|数字藏品|区块链|空投|火必|欧易"
)

MODULES = sorted(path for path in SOURCE.rglob("*.py"))


def room(path):
    """Return the room a module belongs to: its first name under the package."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(path):
    """Yield (line, full dotted name) of every import of a module, nested ones too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            yield node.lineno, node.module
            if node.module == "bylaw":
                yield from ((node.lineno, f"bylaw.{alias.name}") for alias in node.names)


def where(path, line):
    """Return the place in the form editors open."""
    return f"{path.relative_to(ROOT)}:{line}"


def may_see(here, there):
    """Whether a module of room `here` may import from room `there`."""
    if here == there or (here, there) in ALSO:
        return True
    if there in DATA:
        return LAYERS[here] == 4
    if LAYERS[here] in {1, 2}:
        return LAYERS[there] == 0
    if LAYERS[here] == 3:
        return LAYERS[there] in {0, 1, 3}
    return LAYERS[there] <= LAYERS[here]


def test_every_module_has_a_room():
    """Every module stands in a room whose layer is known."""
    assert {room(path) for path in MODULES} - set(LAYERS) - DATA == set(), f"Give it a layer in {RULE}."


def test_imports_run_downward_only():
    """No room sees one above it, and adapters never see each other."""
    upward = [
        f"{where(path, line)}: {room(path)} may not import {name}"
        for path in MODULES
        if room(path) in LAYERS
        for line, name in imports(path)
        if name.startswith("bylaw.") and not may_see(room(path), name.split(".")[1])
    ]
    assert upward == [], f"Imports run downward only: {RULE}."


def test_underscore_modules_are_seen_from_their_own_room_only():
    """Another room uses a package's face, not what is behind it."""
    inside = [
        f"{where(path, line)}: {name}"
        for path in MODULES
        for line, name in imports(path)
        if name.startswith("bylaw.")
        and "._" in name
        and name.split(".")[1] != room(path)
        and (room(path), name.split(".")[1]) not in ALSO
    ]
    assert inside == [], f"Import what the package exports: {RULE}."


def test_each_package_has_one_home():
    """A third-party package is imported in its own room and nowhere else."""
    strays = []
    for path in MODULES:
        for line, name in imports(path):
            top = name.split(".")[0]
            home = HOMES.get(
                top, set() if top not in sys.stdlib_module_names | {"bylaw", "__future__"} else None
            )
            if home is not None and room(path) not in home:
                strays.append(f"{where(path, line)}: {name} belongs in {sorted(home) or 'no room yet'}")
    assert strays == [], f"Each package has one home: DESIGN 9 and {RULE}."


def test_import_bylaw_is_light():
    """`import bylaw` loads none of the heavy packages."""
    program = "import sys, bylaw; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert HEAVY & set(loaded.split()) == set()


@pytest.mark.parametrize("layer", ["policy", "scan", "casework", "ledger", "model", "events.py", "canon.py"])
def test_pure_rooms_touch_no_clock_chance_or_network(layer):
    """In a pure room `now` is an argument, and so is everything else that differs between two runs."""
    impure = []
    for path in MODULES:
        if room(path) != layer.removesuffix(".py"):
            continue
        impure += [f"{where(path, line)}: {name}" for line, name in imports(path) if name in IMPURE_MODULES]
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and (
                (
                    node.attr in IMPURE_CALLS
                    and isinstance(node.value, ast.Name)
                    and node.value.id in {"datetime", "date", "os", "uuid"}
                )
                or node.attr == "environ"
            ):
                impure.append(f"{where(path, node.lineno)}: .{node.attr}")
    assert impure == [], f"This room is pure: {RULE}."


def test_no_module_holds_a_mutable_global():
    """Nothing at the top of a module is an empty list, dictionary or set that could be filled later."""
    found = []
    for path in MODULES:
        for node in ast.parse(path.read_text("utf-8")).body:
            value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
            is_empty = (isinstance(value, ast.List) and not value.elts) or (
                isinstance(value, ast.Dict) and not value.keys
            )
            if is_empty or (
                isinstance(value, ast.Call)
                and not value.args
                and getattr(value.func, "id", "") in {"dict", "list", "set"}
            ):
                found.append(where(path, node.lineno))
    assert found == []


def test_engine_knows_nothing_of_the_goods():
    """No asset, brand or term of the first pack's trade stands in the source: packs say what they are about."""
    named = [
        f"{where(path, number)}: {match[0]}"
        for path in MODULES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        for match in GOODS.finditer(line)
    ]
    assert named == [], "Move it into a pack: ARCHITECTURE.md, 'The engine knows nothing of crypto'."


def test_modules_stay_readable():
    """No module is longer than 1,000 lines; 600 is where one starts to ask whether it is still one idea."""
    assert [
        where(path, n) for path in MODULES if (n := len(path.read_text("utf-8").splitlines())) > 1000
    ] == []

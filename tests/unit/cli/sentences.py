"""Every sentence that an error or a verification says, as the catalogue writes it: `{}` for each value.

Read from the source and not from what tests happen to provoke, so that none can be forgotten.
"""

import ast
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from bylaw import errors

SOURCE = Path(__file__).parents[3] / "src" / "bylaw"
ERRORS = {
    one.__name__
    for one in vars(errors).values()
    if isinstance(one, type) and issubclass(one, errors.BylawError)
}


def templates(node: ast.expr) -> list[str]:
    """What an expression may say; nothing for one that hands on what was said elsewhere."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=values):
            return ["".join(each.value if isinstance(each, ast.Constant) else "{}" for each in values)]
        case ast.BinOp(left=left, right=right, op=ast.Add()):
            return [a + b for a, b in product(templates(left), templates(right))]
        case ast.IfExp(body=body, orelse=other):
            return templates(body) + templates(other)
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format")):
            return [text]
        case _:
            return []


def sentences() -> Iterator[tuple[str, str]]:
    """Yield (where it is said, the sentence)."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call | ast.FunctionDef):
                for said in _said(node, path.name):
                    for text in templates(said):
                        if text:
                            yield f"{path.relative_to(SOURCE)}:{said.lineno}", text


def _said(call: ast.Call | ast.FunctionDef, file: str) -> list[ast.expr]:
    if isinstance(call, ast.FunctionDef):  # of functions only one says what a person reads: what was verified
        if (file, call.name) != ("_verify.py", "_steps"):
            return []
        return [v for table in ast.walk(call) if isinstance(table, ast.Dict) for v in table.values]
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if name == "refusal":  # the case, what, the next step
        return call.args[1:]
    if name in ERRORS:
        return [*call.args[:1], *(each.value for each in call.keywords if each.arg == "next_step")]
    return []

"""`bylaw pack check | test | diff | show`: what an analyst types while writing a rule."""

from __future__ import annotations

__all__ = ["app"]

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from bylaw.cli._frame import Db, Frame, Json, Lang, attention, frame, workspace
from bylaw.errors import NotFound, StoreUnusable
from bylaw.model import Pack, Value
from bylaw.policy import ExampleResult, PackDiff, PackSheet, check, describe, diff, run_examples
from bylaw.scan import judge_example
from bylaw.settings import find_pack, pack_path, packs_folder, shipped_packs

app = typer.Typer(no_args_is_help=True, help="Packs: a platform's written rules as tested, versioned policy.")

PackName = Annotated[str, typer.Argument(metavar="PACK", help="A shipped pack's name, or a directory.")]


_VERSION = "A shipped pack's name, a directory, or id@version of one this workspace adopted."


class _Problems(Value, frozen=True, kw_only=True):
    pack: str
    problems: tuple[str, ...]


class _Tested(Value, frozen=True, kw_only=True):
    pack: str
    passed: int
    failed: int
    by_people: int
    results: tuple[ExampleResult, ...]


@app.command("list")
def list_packs(*, json: Json = False, lang: Lang = None) -> None:
    """Name the packs that come with Bylaw.

    Example: bylaw pack list
    """
    out = frame(json=json, lang=lang)
    packs = [find_pack(name) for name in shipped_packs()]

    def render() -> None:
        for pack in packs:
            out.say(f"[bold]{pack.id}[/] {pack.version}  {escape(out.words.text(pack.title))}")

    out.show([{"id": pack.id, "version": pack.version, "digest": pack.digest} for pack in packs], render)


@app.command("check")
def check_pack(pack: PackName, *, json: Json = False, lang: Lang = None) -> None:
    """Say everything that is wrong with a pack, each with file:line:col.

    Example: bylaw pack check ./my-rules
    """
    out = frame(json=json, lang=lang)
    problems = check(pack_path(pack), bases=(packs_folder(),))

    def render() -> None:
        for problem in problems:
            out.say(f"[red]×[/] {escape(str(problem))}")
        if not problems:
            out.say(out.words.either("[green]✓[/] 没有问题。", "[green]✓[/] Nothing is wrong with it."))

    out.show(_Problems(pack=pack, problems=tuple(map(str, problems))), render)
    if problems:
        raise attention()


@app.command("test")
def test_pack(pack: PackName, *, json: Json = False, lang: Lang = None) -> None:
    """Run a pack's own examples, and show those that do not come out as it says.

    Example: bylaw pack test wechat-2022
    """
    out = frame(json=json, lang=lang)
    loaded = find_pack(pack)
    results = run_examples(loaded, judge_example)
    failed = [result for result in results if not result.passed]
    people = sum(result.decided_by == "people" for result in results)
    tested = _Tested(
        pack=loaded.ref,
        passed=len(results) - len(failed),
        failed=len(failed),
        by_people=people,
        results=results,
    )
    out.show(tested, lambda: _render_tested(out, tested, failed))
    if failed:
        raise attention()


@app.command("diff")
def diff_packs(
    old: Annotated[str, typer.Argument(metavar="OLD", help=_VERSION)],
    new: Annotated[str, typer.Argument(metavar="NEW", help=_VERSION)],
    *,
    db: Db = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    """Tell what changed between two versions of a pack, and for whom it is harsher.

    Example: bylaw pack diff wechat-2022@1.1.0 ./my-rules
    """
    out = frame(json=json, lang=lang)
    compared = diff(_version(old, db), _version(new, db), judge_example)
    out.show(compared, lambda: _render_diff(out, compared))


@app.command("show")
def show_pack(pack: PackName, *, json: Json = False, lang: Lang = None) -> None:
    """Show a pack in words: published sentences, our readings, the ladder, the sources.

    Example: bylaw pack show wechat-2022 --lang zh
    """
    out = frame(json=json, lang=lang)
    sheet = describe(find_pack(pack), lang=out.words.lang)
    out.show(sheet, lambda: _render_sheet(out, sheet))


def _version(name: str, db: str | None) -> Pack:
    """Return a pack by name or path, or one a workspace keeps, by `id@version`."""
    if "@" not in name or (Path(name) / "pack.yaml").is_file():
        return find_pack(name)
    try:
        with workspace(db) as opened:
            return opened.packs[name]
    except (NotFound, StoreUnusable):
        shipped = name.partition("@")[0]
        if shipped in shipped_packs() and find_pack(shipped).ref == name:
            return find_pack(shipped)
        raise


def _render_tested(out: Frame, tested: _Tested, failed: Sequence[ExampleResult]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("clause", "zh", "en"):
        table.add_column(out.words(heading), justify="left" if heading == "clause" else "right")
    clauses = dict.fromkeys(result.clause for result in tested.results)
    for clause in clauses:
        row = [clause]
        for lang in ("zh", "en"):
            mine = [r for r in tested.results if r.clause == clause and r.lang == lang]
            good = sum(r.passed for r in mine)
            row.append(f"[{'green' if good == len(mine) else 'red'}]{good}/{len(mine)}[/]")
        table.add_row(*row)
    out.console.print(table)
    for result in failed:
        out.say(f"[red]×[/] {result.clause} · {escape(result.example)}: {escape(result.reason)}")
        for phrase in result.got:
            out.say(f"    {escape(phrase)}")
    out.say(
        out.words.either(
            f"{tested.pack}：{tested.passed} 个示例通过，{tested.failed} 个未通过。",
            f"{tested.pack}: {tested.passed} examples passed, {tested.failed} failed.",
        )
    )


def _render_diff(out: Frame, compared: PackDiff) -> None:
    words = out.words
    out.say(f"[bold]{escape(compared.old)} → {escape(compared.new)}[/]")
    if compared.old.partition("@")[0] != compared.new.partition("@")[0]:
        out.say(
            words.either(
                "[yellow]![/] 这是两个不同的规则包，不是同一规则的两个版本。",
                "[yellow]![/] These are two packs, not two versions of one.",
            )
        )
    if compared.old_digest == compared.new_digest:
        out.say(words.either("两者内容相同。", "The two are the same, to the byte."))
    headings = {
        "harsher": ("red", "更严", "Harsher"),
        "mixed": ("yellow", "可能更严也可能更宽", "Harsher for some, milder for others, or not to be proved"),
        "milder": ("green", "更宽", "Milder"),
        "none": ("dim", "不影响任何人", "For readers; nobody is treated otherwise"),
    }
    for effect, (colour, zh, en) in headings.items():
        changes = [change for change in compared.changes if change.effect == effect]
        if changes:
            out.say("")
            out.say(f"[{colour}]{words.either(zh, en)}[/] ({len(changes)})")
        for change in changes:
            out.say(f"[bold]{escape(change.place)}[/] {escape(words.text(change.what))}", indent=2)
            if change.whom:
                out.say(
                    f"[dim]{words.either('涉及：', 'For: ')}{escape(words.text(change.whom))}[/]", indent=4
                )
    if compared.probes:
        out.say("")
        out.say(
            words.either(
                f"两个版本的示例中有 {len(compared.probes)} 个结果不同：",
                f"Of the examples of both versions, {len(compared.probes)} come out otherwise:",
            )
        )
    none = words.either("无", "nothing")
    for clause in dict.fromkeys(probe.clause for probe in compared.probes):
        probes = [probe for probe in compared.probes if probe.clause == clause]
        for probe in probes[:_PROBES]:
            moved = f"{', '.join(probe.was) or none} → {', '.join(probe.now) or none}"
            out.say(f"[bold]{clause}[/] {escape(probe.example)}: {escape(moved)}", indent=2)
            out.say(f"[dim]{escape(textwrap.shorten(probe.text, 100, placeholder='…'))}[/]", indent=4)
        if len(probes) > _PROBES:
            more = len(probes) - _PROBES
            out.say(f"[bold]{clause}[/] " + words.either(f"另有 {more} 个", f"and {more} more"), indent=2)
    out.say("")
    out.say(
        words.either(
            "已立案的案件仍按立案时的版本处理。",
            "Cases that are open go on under the version they were opened with.",
        )
    )


_PROBES = 3  # examples of one clause that are shown; --json has them all


def _render_sheet(out: Frame, sheet: PackSheet) -> None:
    words = out.words
    out.say(f"[bold]{escape(sheet.title)}[/]  {sheet.ref}")
    out.say(f"{escape(sheet.publisher)} · {escape(words(sheet.authority_basis))} · {escape(sheet.in_force)}")
    out.say(f"[dim]{sheet.digest}[/]")
    if sheet.disclaimer:
        out.say(f"[yellow]{escape(sheet.disclaimer)}[/]")
    for clause in sheet.clauses:
        out.say("")
        graded = f"{words(clause.severity)} · {words('level')}{words.either('：', ': ')}{words(clause.level)}"
        out.say(f"[bold]{clause.id}[/] {escape(clause.name)}  [dim]({graded})[/]")
        says_so = "非官方" in clause.rule or "unofficial" in clause.rule.lower()
        official = (
            words.either("（非官方译文）", " (unofficial translation)")
            if clause.rule_is_translated and not says_so
            else ""
        )
        out.say(f"“{escape(clause.rule)}”{official}", indent=2)
        out.say(f"[dim]{escape(clause.source)}[/]", indent=2)
        reading = clause.reading
        if not (reading.lower().startswith("our reading") or "解读：" in reading[:12]):
            reading = words.either(f"我们的解读：{reading}", f"Our reading: {reading}")
        out.say(escape(reading), indent=2)
        for name, source in clause.conditions.items():
            out.say(f"[cyan]{words(name)}[/] {escape(source)}", indent=2)
        if clause.requires:
            facts = words.listed(clause.requires)
            out.say(words.either(f"须具备的帐号事实：{facts}", f"facts it requires: {facts}"), indent=2)
        if clause.role:
            out.say(
                words.either(f"认定者须具备的角色：{clause.role}", f"who rules on it needs: {clause.role}"),
                indent=2,
            )
        if clause.exemptions:
            out.say(f"{words('exempt')}{words.either('：', ': ')}{words.listed(clause.exemptions)}", indent=2)
    out.say("")
    table = Table(box=None, pad_edge=False)
    for zh, en in (
        ("程度", "band"),
        ("分值", "scores"),
        ("第一步", "first"),
        ("整改期限", "to rectify"),
        ("期间", "meanwhile"),
        ("未整改", "if not"),
        ("记分", "strikes"),
    ):
        table.add_column(words.either(zh, en), overflow="fold")
    for row in sheet.ladder:
        table.add_row(
            row.band, row.scores, row.first, row.rectify_for, row.during, " → ".join(row.on_fail), row.strikes
        )
    out.console.print(table)
    out.say("")
    for exemption in sheet.exemptions:
        by_people = words.either("只由审核人员适用", "only a person applies it")
        asks = by_people if exemption.manual else "; ".join(exemption.tests)
        out.say(f"[bold]{exemption.id}[/] {escape(exemption.name)}: {escape(asks)}")
    out.say("")
    out.say(
        words.either(
            f"{sheet.terms} 个词条，{sheet.list_rows} 行名单。",
            f"{sheet.terms} terms, {sheet.list_rows} list rows.",
        )
    )
    _render_lists(out, sheet)
    for source in sheet.sources:
        out.say(f"[dim]{escape(source)}[/]")


def _render_lists(out: Frame, sheet: PackSheet) -> None:
    """Show every list and, once for each wording, how a party is taken off; then the address schemes."""
    listed = (*sheet.registries, *sheet.posters)
    for removal in dict.fromkeys(each.removal for each in listed):
        for each in listed:
            if each.removal == removal:
                rows = out.words.either(f"{each.size} 行", f"{each.size} rows")
                out.say(f"[cyan]{escape(' '.join(each.signals))}[/] {escape(each.name)}: {rows}")
        out.say(f"{out.words.either('如何移出：', 'How to be taken off: ')}{escape(removal)}", indent=2)
    for scheme in sheet.addresses:
        out.say(f"[cyan]{scheme.signal}[/] {escape(scheme.name)}  [dim]{escape(scheme.source)}[/]")
    for model in sheet.models:
        out.say(f"[cyan]{escape(' '.join(model.signals))}[/] {escape(model.name)}")
        learned = out.words.either("训练所用：", "trained on: ") + "; ".join(model.trained_on)
        for line in (
            learned,
            out.words.either("测得：", "measured: ") + model.measured,
            out.words.either("不足：", "fails: ") + model.fails,
        ):
            out.say(f"[dim]{escape(line)}[/]", indent=2)

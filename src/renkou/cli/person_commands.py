"""`renkou person …`: what the register holds of one person, for those who may see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import rich.console
import rich.table
import typer

from renkou.actions.workspaces import find_workspace
from renkou.cli.options import JsonOption, WorkspaceOption, print_json, wide_console
from renkou.core.fields import FIELD
from renkou.publishing.words import METHODS, RESIDENCE, word

Said = Mapping[str, Mapping[str, str]]

person_app = typer.Typer(
    help="人员：登记册中某一人的情况。\n\nPersons: what the register holds of one person.",
    no_args_is_help=True,
)
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="EDITION",
        help="在哪一版中查，缺省为最新一版。 The edition to look in; without it, the newest.",
    ),
]
RULES = {
    "only": "仅一册有",
    "agreed": "各册一致",
    "completeness": "更完整",
    "authority": "权威性更高",
    "agreement": "多册一致",
    "newest": "日期更近",
    "order": "名册次序",
}
_KINDS = {
    "alive": "在世",
    "registered_area": "户籍地",
    "usual_area": "常住地",
    "residence_status": "居住状态",
    "birth": "出生",
    "death": "死亡",
    "move_in": "迁入",
    "move_out": "迁出",
    "marriage": "结婚",
}
_GROUNDS = {"status_dead": "人员状态为死亡", "census-2020": "常住规则 census-2020"}
_DEATH_FIRST = "死亡不可逆"
_STATES: Said = {"alive": {"true": "是"}, "residence_status": RESIDENCE}


@person_app.command("show")
def show(
    person_id: Annotated[int, typer.Argument(metavar="ID", help="人员编号。 The person's id.")],
    as_of: AsOfOption = None,
    reveal: Annotated[
        bool,
        typer.Option(
            "--reveal",
            help="显示完整的公民身份号码，须同时写明 --reason。 Show identity numbers whole; needs --reason.",
        ),
    ] = False,
    reason: Annotated[
        str,
        typer.Option(
            "--reason", metavar="TEXT", help="查看理由，记入审计记录。 Why; kept in the audit."
        ),
    ] = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """查看某人的各项取值及出处、记录、时段、事件和所属户。

    Show a person's values and where each comes from, records, spells, events and household.
    """
    from renkou.actions import persons
    from renkou.actions.code_words import code_words
    from renkou.actions.intake import list_sources
    from renkou.actions.staff import current_actor

    place = find_workspace(workspace)
    found = persons.show_person(
        place, person_id, by=current_actor(place), as_of=as_of, reveal=reveal, reason=reason
    )
    if as_json:
        print_json(found)
    else:
        lists = {"list": {one.id: one.name for one in list_sources(place)}}
        _print_person(found, {**code_words(place), **_STATES, **lists})


@person_app.command("find")
def find(
    id_number: Annotated[
        str,
        typer.Option(
            "--id-number", metavar="NUMBER", prompt="公民身份号码", hide_input=True,
            help="公民身份号码；不写则另行询问，输入时不显示。 "
            "The number; asked for, unseen, where it is not given.",
        ),
    ],
    as_of: AsOfOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """按公民身份号码查人员编号；号码始终部分遮盖。

    Find the id of the person with an identity number; numbers stay masked.
    """
    from renkou.actions import persons
    from renkou.actions.code_words import code_words
    from renkou.actions.staff import current_actor

    place = find_workspace(workspace)
    found = persons.find_person(place, id_number, by=current_actor(place), as_of=as_of)
    if as_json:
        print_json(found)
        return
    table = rich.table.Table("人员编号", "公民身份号码", "户籍地", "居住状态", "记录")
    said = {**code_words(place), **_STATES}
    for row in found:
        words = (
            _in_words(said, name, row[name]) for name in ("registered_area", "residence_status")
        )
        table.add_row(str(row["person_id"]), row["id_number"], *words, str(row["record_count"]))
    wide_console().print(table if found else "没有找到。")


def _in_words(said: Said, field: str, code: str | None) -> str:
    """What people read for a code; a dash for what is not known."""
    return said.get(field, {}).get(code, code) if code else "—"


def _ground(rule: str) -> str:
    """What a spell's beginning rests on: a field, or a rule."""
    return FIELD[rule].zh if rule in FIELD else _GROUNDS.get(rule, rule)


def _rule(row: Mapping[str, Any]) -> str:
    """Why a value was kept."""
    dead = row["field"] == "status" and row["rule"] == "completeness"
    return _DEATH_FIRST if dead else RULES[row["rule"]]


def _print_person(found: dict[str, Any], said: Said) -> None:
    console = wide_console()
    person = found["person"]
    console.print(f"人员编号 {person['person_id']}（版本 {found['edition']}）", style="bold")
    console.print(f"记录 {person['record_count']} 条，来自 {person['list_count']} 册")
    names = {"residence_status": "居住状态", "registered_area": "户籍地", "usual_area": "常住地"}
    told = (f"{zh}：{_in_words(said, name, person[name])}" for name, zh in names.items())
    console.print("；".join(told))
    values = rich.table.Table("项目", "取值", "出处", "基准日期", "依据", "不一致", "可信度")
    for row in found["values"]:
        values.add_row(
            FIELD[row["field"]].zh, _in_words(said, row["field"], row["value"]),
            _in_words(said, "list", row["source"]), str(row["reference_date"] or "—"), _rule(row),
            "、".join(_in_words(said, "list", one) for one in row["differing"]) or "—",
            f"{row['certainty']:.2f}",
        )  # fmt: skip
    console.print(values)
    records = rich.table.Table("记录编号", "名册", "基准日期", "归属概率", "归属依据")
    for row in found["records"]:
        records.add_row(
            str(row["record_id"]), _in_words(said, "list", row["source"]),
            str(row["reference_date"]), f"{row['probability']:.4f}", word(METHODS, row["ground"]).zh,
        )  # fmt: skip
    console.print(records)
    _print_decisions(console, found["records"])
    _print_times(console, found, said)
    _print_household(console, found["household"], said)


def _print_decisions(console: rich.console.Console, records: list[dict[str, Any]]) -> None:
    """What reviewers said of the person's records, if anything."""
    words = {
        (one["record_id_l"], one["record_id_r"]): one for row in records for one in row["decisions"]
    }
    if not words:
        return
    table = rich.table.Table("人工判定的记录", "判定", "判定人", "时间 (UTC)", "理由")
    for (left, right), one in sorted(words.items()):
        said = "同一人" if one["same"] else "不同人"
        when = f"{one['decided_at']:%Y-%m-%d %H:%M}"
        table.add_row(f"{left} 与 {right}", said, one["decided_by"], when, one["reason"])
    console.print(table)


def _print_times(console: rich.console.Console, found: dict[str, Any], said: Said) -> None:
    spells = rich.table.Table("状态", "值", "自", "至", "依据")
    for row in found["spells"]:
        since, until = (str(row[name] or "—") for name in ("valid_from", "valid_to"))
        value = _in_words(said, row["kind"], row["value"])
        spells.add_row(_KINDS[row["kind"]], value, since, until, _ground(row["rule"]))
    console.print(spells)
    events = rich.table.Table("事件", "日期", "区域", "可信度")
    for row in found["events"]:
        area, certainty = _in_words(said, "usual_area", row["area"]), f"{row['certainty']:.2f}"
        events.add_row(_KINDS[row["kind"]], row["event_date"], area, certainty)
    console.print(events)


def _print_household(
    console: rich.console.Console, household: dict[str, Any] | None, said: Said
) -> None:
    if household is None:
        console.print("没有所属户")
        return
    table = rich.table.Table("同户人员编号", "姓名", "性别", "出生日期", "与户主关系")
    for row in household["members"]:
        shown = ("name", "sex", "birth_date", "relationship")
        told = (_in_words(said, name, row[name]) for name in shown)
        table.add_row(str(row["person_id"]), *told)
    console.print(table)

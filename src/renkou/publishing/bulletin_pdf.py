"""A bulletin as PDF, set by typst in the same layout as the Word document. Pure but for fonts.

All text goes to the template as data, in JSON, and is never read as markup. The fonts are those of the
machine: without one that has Chinese characters nothing is written, since boxes would stand for them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, time
from importlib import resources
from typing import Any

import typst

from renkou.core.errors import RenkouError
from renkou.publishing import bulletin_layout as layout
from renkou.publishing.bulletin_content import Block, Bulletin, Chart, Heading, Paragraph, Table
from renkou.publishing.words import Words

_SERIF = ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC", "SimSun", "宋体", "STSong")
_SANS = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
)  # fmt: skip
# Fonts for each part of the page, the one that the standard names first.
FACES: dict[str, tuple[str, ...]] = {
    "title": ("方正小标宋简体", "FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "STZhongsong", *_SERIF),
    "body": ("仿宋_GB2312", "FangSong_GB2312", "仿宋", "FangSong", "STFangsong", "FandolFang R", *_SERIF),
    "black": ("黑体", "SimHei", "STHeiti", *_SANS),
    "kai": ("楷体_GB2312", "KaiTi_GB2312", "楷体", "KaiTi", "STKaiti", "AR PL UKai CN", *_SERIF),
    "song": ("宋体", "SimSun", "NSimSun", "STSong", *_SERIF),
}  # fmt: skip
_LATIN = ("Times New Roman", "Liberation Serif", "Tinos", "Libertinus Serif")
_UNIT = Words("单位：{unit}", "Unit: {unit}")
_ISSUED_AS = Words("{issuer}文件", "{issuer}")


def pdf_bulletin(
    bulletin: Bulletin, *, font_paths: Sequence[str] = (), system_fonts: bool = True
) -> bytes:
    """The PDF's bytes, tagged for screen readers; the same bulletin and fonts give the same bytes.

    Parameters
    ----------
    font_paths : folders with fonts, besides those of the machine (such as 仿宋_GB2312)
    system_fonts : whether the machine's own fonts may be taken

    Raises
    ------
    RenkouError
        If there is no font with Chinese characters.
    FiguresRefused
        If a chart is not a PNG image.
    """
    fonts = typst.Fonts(include_system_fonts=system_fonts, font_paths=list(font_paths))
    content = {**_content(bulletin), "faces": chosen_faces(fonts.families())}
    template = resources.files("renkou.publishing") / "templates" / "bulletin.typ"
    issued = datetime.combine(bulletin.info.issued, time(), UTC)
    made = typst.compile(
        template.read_bytes(), format="pdf", font_paths=fonts, ignore_system_fonts=not system_fonts,
        sys_inputs={"bulletin": json.dumps(content, ensure_ascii=False)}, timestamp=issued,
    )  # fmt: skip
    return bytes(made)


def chosen_faces(families: Sequence[str]) -> dict[str, list[str]]:
    """For each part of the page the fonts that are there, the best first, and the Latin one.

    Raises
    ------
    RenkouError
        If no font of a known Chinese family is there.

    >>> chosen_faces(["SimHei", "Noto Serif CJK SC"])["black"]
    ['SimHei', 'Noto Serif CJK SC']
    """
    there = {one.casefold(): one for one in families}
    known = dict.fromkeys(name for names in FACES.values() for name in names)
    chinese = [there[name.casefold()] for name in known if name.casefold() in there]
    if not chinese:
        raise RenkouError(
            "no font with Chinese characters is installed, so that a PDF would show boxes; "
            "install one (Debian: apt install fonts-noto-cjk) or name a folder of fonts",
            zh="本机没有中文字体，PDF 中的汉字将显示为方框；"
            "请安装中文字体（Debian：apt install fonts-noto-cjk），或指定字体文件夹",
        )
    faces = {
        part: [there[name.casefold()] for name in names if name.casefold() in there][:1]
        for part, names in FACES.items()
    }
    latin = [name for name in _LATIN if name.casefold() in there] or [_LATIN[-1]]
    every = {part: list(dict.fromkeys([*names, *chinese])) for part, names in faces.items()}
    return every | {"latin": latin[:1]}


def _content(bulletin: Bulletin) -> dict[str, Any]:
    """Everything that the template shows, as plain data."""
    info = bulletin.info
    indents = layout.signature_indents(info.issuer, bulletin.date_text)
    name = _ISSUED_AS.in_language(bulletin.language).format(issuer=info.issuer)
    head = {
        "marks": [one for one in (info.secrecy, info.urgency) if one],
        "name": name,
        "size": layout.letterhead_size(name),
        "number": info.document_number,
    }
    return {
        "language": bulletin.language,
        "title": bulletin.title,
        "letterhead": head if info.letterhead else None,
        "issuer": {"text": info.issuer, "indent": indents[0]},
        "date": {"text": bulletin.date_text, "indent": indents[1]},
        "issued": [info.issued.year, info.issued.month, info.issued.day],
        "remark": bulletin.remark,
        "blocks": [_block(one, bulletin) for one in bulletin.blocks],
        "measures": {
            "top": layout.TOP_MM, "left": layout.LEFT_MM, "bottom": layout.BOTTOM_MM,
            "right": layout.RIGHT_MM, "body": layout.BODY_SIZE, "title": layout.TITLE_SIZE,
            "line": layout.LINE, "squeeze": layout.SQUEEZE, "letterhead": layout.LETTERHEAD_MM,
            "padding": layout.PADDING, "number": layout.PAGE_NUMBER_SIZE,
        },
    }  # fmt: skip


def _block(block: Block, bulletin: Bulletin) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"kind": "heading", "text": block.text, "level": block.level}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "text": block.text}
    if isinstance(block, Table):
        return _table(block, bulletin)
    return _chart(block)


def _table(table: Table, bulletin: Bulletin) -> dict[str, Any]:
    columns = layout.columns_of(table)
    unit = _UNIT.in_language(bulletin.language).format(unit=table.unit) if table.unit else ""
    return {
        "kind": "table",
        "caption": f"{table.label}  {table.caption}",
        "unit": unit,
        "size": columns.size,
        "widths": columns.widths,
        "header": table.header,
        "rows": table.rows,
        "text_columns": table.text_columns,
        "whole": len(table.rows) <= layout.KEPT_WHOLE,
        "notes": table.notes,
    }


def _chart(chart: Chart) -> dict[str, Any]:
    width, height = layout.chart_size(chart)
    return {
        "kind": "chart",
        "caption": f"{chart.label}  {chart.caption}",
        "png": list(chart.png),  # the template has no files: bytes travel as numbers
        "alt": chart.alt,
        "width": width,
        "height": height,
    }

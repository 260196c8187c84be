"""The XML of a workbook around its rows: styles, names of sheets, what belongs together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Final
from xml.sax.saxutils import escape

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"

SHEET_END: Final = "</sheetData></worksheet>"
_LONGEST_NAME: Final = 31
_NOT_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


class Style(IntEnum):
    """The number of a cell's format, as `styles.xml` lists them."""

    PLAIN = 0
    GUARDED = 1
    """Text that begins like a formula: it stays text when somebody edits the cell."""
    TITLE = 2
    HEADER = 3
    HEADER_NUMERIC = 4
    WRAPPED = 5
    STRONG = 6
    DAY = 7
    COUNT = 8
    PERCENT = 9
    MONEY_0 = 10
    MONEY_2 = 11
    MONEY_3 = 12


MONEY: Final[Mapping[int, Style]] = {0: Style.MONEY_0, 2: Style.MONEY_2, 3: Style.MONEY_3}
"""By the decimals of the currency."""

_NUMBER_FORMATS: Final = (
    (164, "yyyy\\-mm\\-dd"),
    (165, "#,##0"),
    (166, "0.0%"),
    (167, "#,##0.00"),
    (168, "#,##0.000"),
)
_PLAIN_FONT, _STRONG_FONT, _TITLE_FONT = 0, 1, 2
_RULED: Final = 1


def _format(number: int = 0, font: int = _PLAIN_FONT, border: int = 0, align: str = "") -> str:
    alignment = f"<alignment {align}/>" if align else ""
    return (
        f'<xf numFmtId="{number}" fontId="{font}" fillId="0" borderId="{border}" xfId="0"'
        f' applyNumberFormat="1" applyFont="1" applyBorder="1" applyAlignment="1">{alignment}</xf>'
    )


_FORMATS: Final[Mapping[Style, str]] = {
    Style.PLAIN: _format(),
    Style.GUARDED: _format().replace("<xf ", '<xf quotePrefix="1" ', 1),
    Style.TITLE: _format(font=_TITLE_FONT),
    Style.HEADER: _format(font=_STRONG_FONT, border=_RULED, align='vertical="top" wrapText="1"'),
    Style.HEADER_NUMERIC: _format(
        font=_STRONG_FONT, border=_RULED, align='horizontal="right" vertical="top" wrapText="1"'
    ),
    Style.WRAPPED: _format(align='vertical="top" wrapText="1"'),
    Style.STRONG: _format(font=_STRONG_FONT, align='vertical="top"'),
    Style.DAY: _format(164, align='horizontal="left"'),
    Style.COUNT: _format(165),
    Style.PERCENT: _format(166),
    Style.MONEY_0: _format(165),
    Style.MONEY_2: _format(167),
    Style.MONEY_3: _format(168),
}


def sheet_name(wished: str, taken: Sequence[str]) -> str:
    """A name that Excel accepts and that no other sheet has: 31 characters, without `[]:*?/\\`."""
    clean = " ".join(_NOT_IN_NAMES.sub(" ", wished).split()).strip("'")[:_LONGEST_NAME].strip() or "Sheet"
    if clean.lower() == "history":  # Excel keeps that one for itself.
        clean = "The history"
    used = {each.lower() for each in taken}
    name, number = clean, 1
    while name.lower() in used:
        number += 1
        ending = f" {number}"
        name = clean[: _LONGEST_NAME - len(ending)].strip() + ending
    return name


def sheet_begin(widths: Sequence[float], *, has_header: bool, is_first: bool) -> str:
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, width in enumerate(widths, 1)
    )
    frozen = (
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' if has_header else ""
    )
    selected = ' tabSelected="1"' if is_first else ""
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView{selected} workbookViewId="0">{frozen}'
        f"</sheetView></sheetViews><cols>{columns}</cols><sheetData>"
    )


def frame(names: Sequence[str], title: str) -> dict[str, str]:
    """Every part but the sheets themselves, by its path."""
    return {
        "xl/workbook.xml": _workbook(names),
        "xl/_rels/workbook.xml.rels": _relations_of_workbook(len(names)),
        "xl/styles.xml": _styles(),
        "docProps/core.xml": _properties(title),
        "_rels/.rels": _relations(
            (
                f"{_OFFICE}/officeDocument xl/workbook.xml",
                f"{_PACKAGE}/relationships/metadata/core-properties docProps/core.xml",
            )
        ),
        "[Content_Types].xml": _content_types(len(names)),
    }


def _workbook(names: Sequence[str]) -> str:
    sheets = "".join(
        f'<sheet name="{escape(name, {chr(34): "&quot;"})}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(names, 1)
    )
    return f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'


def _relations_of_workbook(sheets: int) -> str:
    of_sheets = (f"{_OFFICE}/worksheet worksheets/sheet{number}.xml" for number in range(1, sheets + 1))
    return _relations((*of_sheets, f"{_OFFICE}/styles styles.xml"))


def _relations(types_and_targets: Sequence[str]) -> str:
    written = "".join(
        f'<Relationship Id="rId{number}" Type="{each.split()[0]}" Target="{each.split()[1]}"/>'
        for number, each in enumerate(types_and_targets, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{written}</Relationships>'


def _content_types(sheets: int) -> str:
    overrides = {
        "/xl/workbook.xml": f"{_TYPE}.sheet.main+xml",
        **{f"/xl/worksheets/sheet{n}.xml": f"{_TYPE}.worksheet+xml" for n in range(1, sheets + 1)},
        "/xl/styles.xml": f"{_TYPE}.styles+xml",
        "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    }
    written = "".join(
        f'<Override PartName="{path}" ContentType="{kind}"/>' for path, kind in overrides.items()
    )
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{written}</Types>'
    )


def _properties(title: str) -> str:
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(title)}</dc:title>'
        "<dc:creator>The Moscow Times</dc:creator></cp:coreProperties>"
    )


def _styles() -> str:
    formats = "".join(f'<numFmt numFmtId="{n}" formatCode="{escape(code)}"/>' for n, code in _NUMBER_FORMATS)
    font = '<font>{0}<sz val="{1}"/><name val="Calibri"/><family val="2"/></font>'
    fonts = font.format("", 11) + font.format("<b/>", 11) + font.format("<b/>", 14)
    no_border = "<border><left/><right/><top/><bottom/><diagonal/></border>"
    line = '<bottom style="thin"><color rgb="FF111418"/></bottom>'
    ruled = f"<border><left/><right/><top/>{line}<diagonal/></border>"
    cells = "".join(_FORMATS[style] for style in Style)
    return (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="{len(_NUMBER_FORMATS)}">{formats}</numFmts>'
        f'<fonts count="3">{fonts}</fonts><fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        f'<borders count="2">{no_border}{ruled}</borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(Style)}">{cells}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )

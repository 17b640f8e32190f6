"""Which statuses would protect this person? A list that narrows without a script: the boxes and the style sheet do it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from ...figures.cover import SIGNS
from ...protection import in_force
from ...study.context import BRANCHES
from ...tables import digest
from ...text import Catalogue
from ..factsheet import Sentence, Sheet, gap
from .words import branches, covers, remarks, statuses_of, title


@dataclass(frozen=True, repr=False)
class Chooser:
    """The legal statuses as a table with boxes above it: what a person needs, whether cover in part counts, which country.

    The rules that hide rows stand in the style sheet of all pages (``.chooser``), so that the content policy needs no
    script. A browser that does not know them shows the whole table. An unknown cell never counts as cover.

    Attributes
    ----------
    rows : sequence of mapping
        ``country name remark threshold notes`` (displayed) and a code for each branch.
    t : Catalogue
        Language.
    """

    rows: Sequence[Mapping[str, str]]
    t: Catalogue

    def __repr__(self) -> str:
        return f"Chooser: {len(self.rows)} statuses"

    def kept(self, needs: Sequence[str], part_counts: bool = True, country: str = "") -> list[Mapping[str, str]]:
        """Return the rows that would protect a person, by the rule that the style sheet follows.

        Parameters
        ----------
        needs : sequence of str
            Branches that must be covered.
        part_counts : bool
            Whether cover in part is enough.
        country : str
            Displayed name of a country; all when empty.
        """
        enough = {"yes", "partial"} if part_counts else {"yes"}
        return [
            row
            for row in self.rows
            if (not country or row["country"] == country) and all(row[branch] in enough for branch in needs)
        ]

    def _repr_html_(self) -> str:
        t = self.t
        places = list(dict.fromkeys(row["country"] for row in self.rows))
        caption = t("Legal statuses, and the branches that each covers")
        name = f"chooser-{digest(caption, self.rows)}"
        boxes = "".join(_box("checkbox", "need", branch, text) for branch, text in branches(t).items())
        enough = _box("radio", "enough", "part", t("cover in part counts"), True) + _box(
            "radio", "enough", "full", t("full cover only")
        )
        parts = [_fields(t("What must be covered"), boxes), _fields(t("How much is enough"), enough)]
        if len(places) > 1:
            every = _box("radio", "place", "every", t("all countries"), True)
            own = "".join(_box("radio", "place", str(at), place) for at, place in enumerate(places))
            parts.append(_fields(t("Where"), every + own, "places"))
        heads = [*([t("Country")] if len(places) > 1 else []), t("Status"), *branches(t).values()]
        head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
        bodies = "".join(
            f"<tbody>{''.join(self._row(row, len(places) > 1) for row in self.rows if row['country'] == place)}</tbody>"
            for place in places
        )
        return (
            f'<div class="chooser">{"".join(parts)}'
            f'<div class="table-scroll" role="group" aria-labelledby="{name}" tabindex="0"><table class="data">'
            f'<caption id="{name}"><span>{escape(caption)}</span></caption><thead><tr>{head}</tr></thead>{bodies}</table></div>'
            f'<p class="found">{escape(t("Statuses shown:"))} </p>'
            f'<p class="table-note">{escape(self._note())}</p></div>'
        )

    def _row(self, row: Mapping[str, str], is_named: bool) -> str:
        words = covers(self.t)
        marks = " ".join(f'data-{branch.replace("_", "-")}="{row[branch]}"' for branch in BRANCHES)
        cells = "".join(f"<td>{SIGNS[row[branch]]} {escape(words[row[branch]])}</td>" for branch in BRANCHES)
        country = f"<td>{escape(row['country'])}</td>" if is_named else ""
        return f'<tr {marks}>{country}<th scope="row">{escape(row["name"])}{self._more(row)}</th>{cells}</tr>'

    def _more(self, row: Mapping[str, str]) -> str:
        """Return what is to verify, and threshold and notes behind a line that opens them: notes may say other than cells."""
        t = self.t
        said = [t("Threshold: {text}.", text=row["threshold"].rstrip(".")) if row["threshold"] else "", row["notes"]]
        if text := " ".join(filter(None, said)):
            line = "; ".join(filter(None, [t("conditions"), row["remark"]]))
            return f"<details><summary>{escape(line)}</summary>{escape(text)}</details>"
        return f' <span class="reason">{escape(row["remark"])}</span>' if row["remark"] else ""

    def _note(self) -> str:
        return self.t(
            "The cells are a first draft that each partner is still to check; an unknown cell never counts as cover. "
            "Open the conditions of a status before relying on it: cover on paper is not a benefit paid, and some notes say "
            "other than the cells."
        )


def chooser(sheet: Sheet) -> Chooser | Sentence:
    """Return the statuses of the page as a list that narrows to what would protect a person."""
    rows = in_force(statuses_of(sheet))
    if rows.empty:
        return gap(sheet)
    found = [
        {
            "country": sheet.label("country", row["country"]),
            "name": title(row, sheet),
            "remark": remark,
            "threshold": sheet.say(row["threshold"]) if row["threshold"] != "none" else "",
            "notes": sheet.say(row["notes"]),
            **{branch: row[branch] for branch in BRANCHES},
        }
        for row, remark in zip(rows.to_dict("records"), remarks(rows, sheet.t), strict=True)
    ]
    return Chooser(found, sheet.t)


def _fields(legend: str, boxes: str, kind: str = "") -> str:
    own = f' class="{kind}"' if kind else ""
    return f"<fieldset{own}><legend>{escape(legend)}</legend>{boxes}</fieldset>"


def _box(kind: str, name: str, value: str, text: str, is_on: bool = False) -> str:
    checked = " checked" if is_on else ""
    return f'<label><input type="{kind}" name="{name}" value="{value}"{checked}> {escape(text)}</label>'

"""The training calendar in words: for the workbooks of regions and the planning rows."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.plan.training import Kind
from redesaude.report.view import View
from redesaude.report.workbook.sheet import Column

TRAINING_WIDTHS = (10, 26, 28, 34, 34, 11, 15, 34)

KINDS = {
    Kind.TRAINED: N_("trained"),
    Kind.RECRUITED: N_("recruited"),
    Kind.OPENING: N_("trained before the opening"),
    Kind.TECHNIQUE: N_("trained in a technique"),
}


def training_frame(view: View, territories: Collection[str] | None = None) -> pd.DataFrame:
    """Return the calendar with names: of ``territories``, those of their regions and of areas that hold them."""
    names, t, rows = view.names, view.t, view.studied.training
    if territories is not None:
        towns = view.scenario.territories
        mine = towns[towns["territory_id"].isin(set(territories))]
        rows = rows[rows["region_id"].isin({*mine["region_id"], *mine["macroregion_id"], ALL} - {""})]
    words = {kind: t(word) for kind, word in KINDS.items()}
    areas = {**names.regions, ALL: t(N_("whole area"))}
    who = [
        names.techniques.get(code, code) if kind == Kind.TECHNIQUE else names.roles.get(code, code)
        for kind, code in zip(rows["kind"], rows["code"], strict=True)
    ]
    return rows.assign(
        area=[areas.get(area, area) for area in rows["region_id"]],
        what=[words[Kind(kind)] for kind in rows["kind"]],
        who=who,
        site=names.label("sites", rows["site_id"]),
        specialty=names.label("specialties", rows["specialty_id"]),
        trainer=names.label("sites", rows["trainer_site_id"]),
    )


def training_note(view: View) -> str:
    """Return what the calendar counts."""
    return view.t(
        N_(
            "People of a role are trained and recruited in the first year of the period that adds them; what those "
            "recruited cost goes on each year. Staff of a new service, and people who learn a technique, are trained "
            "from the year given on and cost nothing more: they are counted among the roles, or paid by the agreement."
        )
    )


def training_columns(view: View) -> list[Column]:
    """Return the columns of :func:`training_frame`."""
    t, money = view.t, view.numbers.symbol
    return [
        Column("year", t(N_("Year")), "", "year"),
        Column("area", t(N_("Area"))),
        Column("what", t(N_("What"))),
        Column("who", t(N_("Role or technique"))),
        Column("site", t(N_("Site")), t(N_("hospital, or place to build"))),
        Column("people", t(N_("People")), t(N_("full-time people")), "decimal"),
        Column("cost", t(N_("Cost")), t(N_("{money} a year"), money=money), "money"),
        Column("trainer", t(N_("Trained by"))),
    ]

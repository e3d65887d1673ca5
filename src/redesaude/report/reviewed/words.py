"""What rows of a review are about, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from redesaude.language import N_
from redesaude.report.view import View

#: stages of milestones, as something that is to be done
STAGES: Mapping[str, str] = {
    "procurement": N_("{specialty} at {site}: contract signed"),
    "works": N_("{specialty} at {site}: works finished"),
    "training": N_("{specialty} at {site}: staff trained"),
    "opening": N_("{specialty} at {site}: opened"),
    "conversion": N_("{specialty} at {site}: under its new contract or size"),
    "closing": N_("{specialty} at {site}: closed"),
}
#: what promises are about, by kind
PROMISES: Mapping[str, str] = {
    "access": N_("cases treated in time"),
    "volume": N_("least volume of a service"),
    "capital": N_("capital spent in the period"),
    "running": N_("running cost a year"),
    "ppp": N_("payments of PPP"),
    "personnel": N_("pay that counts as personnel"),
}
#: what became of a row
VERDICTS: Mapping[str, str] = {
    "as_planned": N_("done as planned"),
    "on_track": N_("not due yet, on track"),
    "early": N_("earlier than planned"),
    "late": N_("later than planned"),
    "not_done": N_("not done at the cut-off date"),
    "dropped": N_("given up"),
    "otherwise": N_("other than planned"),
    "not_reported": N_("not reported"),
}
#: what is measured of a row
MEASURES: Mapping[str, str] = {
    "cost": N_("what it cost"),
    "cases": N_("cases treated"),
    "minutes": N_("mean journey, minutes"),
    "payment": N_("payments"),
    "attainment": N_("part of the target reached"),
    "value": N_("reached"),
    "trained": N_("people trained"),
}
_SUPPORT = N_("{specialty}: {hub} supports {site} until its skills have matured")
_TECHNIQUE = N_("{technique} handed over to {site}")


def row_words(view: View, sheet: str, row: Mapping[str, Any]) -> str:
    """Return what a row is about, with the names that people know."""
    site = view.names.sites.get(row["site_id"], row["site_id"])
    specialty = view.names.specialties.get(row["specialty_id"], row["specialty_id"])
    about = str(row["about"])
    match sheet:
        case "milestones":
            return view.t(STAGES[about], specialty=specialty, site=site)
        case "promises":
            return _promise_words(view, row, specialty, site)
        case "indicators":
            return view.names.indicators.get(about, about)
        case "agreements":
            return _agreement_words(view, row, specialty, site)
    names = {"services": specialty, "contracts": view.names.contracts.get(about, about)}
    return f"{names.get(sheet) or _indicator(view, row['contract_id'], about)}, {site}"


def _agreement_words(view: View, row: Mapping[str, Any], specialty: str, site: str) -> str:
    t, names, about = view.t, view.names, str(row["about"])
    if row["row_id"].startswith("agreement/technique"):
        return t(_TECHNIQUE, technique=names.techniques.get(about, about), site=site)
    return t(_SUPPORT, specialty=specialty, hub=names.sites.get(about, about), site=site)


def _indicator(view: View, contract: str, indicator: str) -> str:
    rows = view.scenario.quality_indicators
    found = rows.loc[(rows["contract_id"] == contract) & (rows["indicator_id"] == indicator), "name"]
    return next((str(name) for name in found if name), indicator)


def _promise_words(view: View, row: Mapping[str, Any], specialty: str, site: str) -> str:
    kind = str(row["about"])
    parts = [view.t(PROMISES[kind]) if kind in PROMISES else kind]
    parts += [part for part in (specialty, site, region_words(view, row["region_id"])) if part]
    rest = str(row["row_id"]).split("/")[2:]
    known = {row["specialty_id"], row["site_id"], row["region_id"], kind, "all"}
    return ", ".join([*parts, *(part for part in rest if part not in known)])


def region_words(view: View, code: str) -> str:
    """Return the name of a health region; blank for none, or for the whole area."""
    return "" if code in ("", "all") else view.names.regions.get(code, code)

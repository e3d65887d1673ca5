"""The figures of a plan that planning instruments share, each taken once from the tables of the plan."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import Scenario
from redesaude.inputs.tables import ALL
from redesaude.language import translator
from redesaude.lines import Kind, line_of
from redesaude.payers import SERVICE_PAYERS
from redesaude.plan.endings import Fate
from redesaude.plan.milestones import STAGES
from redesaude.report.figures import ended_services
from redesaude.report.municipal.workbooks import MunicipalTables, chosen
from redesaude.report.names import Names
from redesaude.report.numbers import Numbers, numbers_for
from redesaude.report.studied import Studied
from redesaude.report.view import View
from redesaude.studies.today import today_access

#: years from the first on that yearly programmes are written for
PROGRAMMED = 4
#: the stages of a service in time, its end called by what becomes of it
IN_ORDER = (*(stage for stage in STAGES if stage != "closing"), *(fate.value for fate in Fate))
_AREA = ["specialty_id", "region_id"]


class Facts:
    """What instruments ask of a plan with decisions. ``language`` is that of the instruments.

    ``regions`` are those of which there are rows each, as for the workbooks of regions
    (:func:`redesaude.report.municipal.workbooks.chosen`).
    """

    def __init__(self, view: View, language: str, regions: Collection[str] | None = None) -> None:
        self.view = view
        self._language, self._regions = language, regions

    @cached_property
    def asked(self) -> dict[str, frozenset[str]]:
        """The codes of municipalities and health regions of which there are rows each, by the name of the column."""
        towns = frozenset(town for area in chosen(self.scenario, self._regions) for town in area.territories)
        regions = frozenset(self.names.region_of_territory[town] for town in towns)
        return {"territory_id": towns, "region_id": regions}

    @property
    def all_asked(self) -> bool:
        """Whether there are rows of every municipality."""
        return len(self.asked["territory_id"]) == len(self.scenario.territories)

    @property
    def scenario(self) -> Scenario:
        return self.view.scenario

    @property
    def names(self) -> Names:
        return self.view.names

    @property
    def studied(self) -> Studied:
        return self.view.studied

    @cached_property
    def numbers(self) -> Numbers:
        """Numbers as the language of the instruments writes them."""
        return numbers_for(translator(self._language), self.scenario.settings.currency, 0.0)

    @cached_property
    def municipal(self) -> MunicipalTables:
        return MunicipalTables(self.view)

    @cached_property
    def horizon(self) -> range:
        """The calendar years of the plan."""
        calendar = self.studied.appraisal.calendar
        return range(calendar.first_year, calendar.first_year + calendar.horizon_years)

    @property
    def programmed(self) -> Sequence[int]:
        """The years for which yearly programmes are written."""
        return self.horizon[:PROGRAMMED]

    @cached_property
    def services(self) -> pd.DataFrame:
        """The services of the last period with municipality and region of the site: rows of the plan's openings."""
        rows = self.view.plan.openings
        rows = rows[rows["period_id"] == self.scenario.periods["period_id"].iloc[-1]]
        home = rows["site_id"].map(self.names.territory_of_site)
        return pd.DataFrame(rows).assign(territory_id=home, region_id=rows["site_id"].map(self.names.region_of_site))

    @cached_property
    def standards(self) -> pd.Series:
        """Minutes of the standard by specialty (NaN: none)."""
        return self.scenario.specialties.set_index("specialty_id")["access_minutes"].astype(float)

    @cached_property
    def macroregions(self) -> dict[str, str]:
        """The name of the macro-region of each health region; blank where none is stated."""
        rows = self.scenario.territories
        return dict(zip(rows["region_id"], rows["macroregion_name"], strict=True))

    @cached_property
    def regions(self) -> list[str]:
        """The codes of the health regions, in the order of the input."""
        return list(dict.fromkeys(self.scenario.territories["region_id"]))

    @cached_property
    def whole(self) -> pd.DataFrame:
        """The table by_year of the whole area, of specialties with cases."""
        years = self.studied.years
        return years[(years["region_id"] == ALL) & (years["cases"] > 0)]

    @cached_property
    def by_region(self) -> pd.DataFrame:
        """The table by_year of each health region, of specialties with cases."""
        years = self.studied.years
        return years[(years["region_id"] != ALL) & (years["cases"] > 0)]

    @cached_property
    def by_municipality(self) -> pd.DataFrame:
        """The same of municipalities that are asked for, columns ``territory_id`` and those of people."""
        rows = self.studied.towns
        return rows[rows["territory_id"].isin(self.asked["territory_id"])]

    @cached_property
    def today(self) -> pd.DataFrame:
        """Today's access by specialty and region (``all``: the whole area)."""
        return self.studied.today.set_index(_AREA)

    @cached_property
    def today_by_municipality(self) -> pd.DataFrame:
        """Today's access by specialty and municipality: as that of regions, each municipality being one."""
        territories = self.scenario.territories
        alone = self.scenario.replace(territories=territories.assign(region_id=territories["territory_id"]))
        return today_access(alone, self.studied.today_flows).set_index(_AREA)

    @cached_property
    def paid(self) -> pd.DataFrame:
        """What those pay who pay for services: rows of the cash flow within the horizon, with ``kind`` of the line.

        Taxes that return, patients and society are not among them.
        """
        flows = self.studied.flows
        mine = flows["payer"].isin(list(SERVICE_PAYERS)) & flows["year"].isin(self.horizon)
        rows = flows[mine].astype({"real": float})
        kinds = {line: line_of(line).kind for line in rows["line"].unique()}
        groups = {line: line_of(line).group for line in rows["line"].unique()}
        return rows.assign(kind=rows["line"].map(kinds), group=rows["line"].map(groups))

    @cached_property
    def since(self) -> dict[tuple[str, str], str]:
        """The half-year in which each service that changes first opens."""
        stages = self.studied.milestones
        begun = stages[stages["milestone"] == "opening"].groupby(["site_id", "specialty_id"])["begins"].first()
        keys = begun.index.to_frame()
        return dict(zip(zip(keys["site_id"], keys["specialty_id"], strict=True), begun, strict=True))

    @property
    def full_year(self) -> int:
        """The first calendar year in which all that is to open is open, or the last of the horizon."""
        return self.full_years[str(self.scenario.periods["period_id"].iloc[-1])]

    def _full_year(self, period: str) -> int:
        """The same of a period: at most its last year."""
        appraisal = self.studied.appraisal
        t, calendar = appraisal.periods[period], appraisal.calendar
        first, end = (calendar.first_year + int(years[t]) for years in (appraisal.phases.begins, appraisal.phases.ends))
        stages = self.studied.milestones
        ends = stages.loc[stages["milestone"].isin(["opening", "conversion"]) & (stages["end"] < end), "end"]
        return int(min(max(first, np.ceil(ends.max() - 1e-6)), end - 1)) if len(ends) else first

    @cached_property
    def full_years(self) -> dict[str, int]:
        """For each period the first year in which what it decides is open, or its last."""
        return {str(period): self._full_year(period) for period in self.scenario.periods["period_id"]}

    @cached_property
    def fates(self) -> dict[tuple[str, str], str]:
        """What becomes of each service (site, specialty) that ends: a word of :class:`redesaude.plan.endings.Fate`."""
        rows = ended_services(self.view.plan)
        return dict(zip(zip(rows["site_id"], rows["specialty_id"], strict=True), rows["fate"], strict=True))

    @cached_property
    def stages(self) -> pd.DataFrame:
        """The milestones, the end of a service called by what becomes of it: words of :data:`IN_ORDER`."""
        rows = self.studied.milestones
        places = zip(rows["site_id"], rows["specialty_id"], rows["milestone"], strict=True)
        return rows.assign(
            milestone=[self.fates[site, own] if stage == "closing" else stage for site, own, stage in places]
        )

    def stages_in(self, year: int) -> dict[tuple[str, str], list[str]]:
        """Return by site and specialty the stages (of :data:`IN_ORDER`) that a service goes through in a year."""
        rows = self.stages
        first, last = (rows[column].str[:4].astype(int) for column in ("begins", "ends"))
        there = rows[(first <= year) & (last >= year)]
        found: dict[tuple[str, str], list[str]] = {}
        for key, part in there.groupby(["site_id", "specialty_id"]):
            found[str(key[0]), str(key[1])] = sorted(part["milestone"].unique(), key=IN_ORDER.index)
        return found

    def goes_on(self, stages: pd.DataFrame, words: Mapping[str, str]) -> str:
        """Return in ``words`` what of the :attr:`stages` goes on at which site, and in how many specialties."""
        counts = stages.groupby(["milestone", "site_id"])["specialty_id"].nunique().reset_index()
        counts = counts.assign(order=counts["milestone"].map(IN_ORDER.index)).sort_values(["order", "site_id"])
        return "; ".join(
            f"{words[stage]}, {self.names.sites[site]} ({number})"
            for stage, site, number in zip(counts["milestone"], counts["site_id"], counts["specialty_id"], strict=True)
        )

    def running(self, year: int) -> pd.DataFrame:
        """Return what running takes in a year: rows of :attr:`paid`."""
        rows = self.paid
        return rows[(rows["year"] == year) & (rows["kind"] == Kind.RUNNING)]

    def label(self, what: str, codes: Iterable[str]) -> list[str]:
        """Return the names of codes of ``what`` (``sites``, ``regions``, ...); a blank code has none."""
        names = getattr(self.names, what)
        return [names.get(code, code) for code in codes]


def points(shares: pd.Series) -> pd.Series:
    """Return shares (0-1) as percentages to be typed: 63.4 is 63.4 %."""
    return 100.0 * shares.astype(float)

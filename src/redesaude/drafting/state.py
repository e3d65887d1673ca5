"""A state of Brazil, or some of its health regions, drafted as a scenario from the facts and the library.

What is the same for every state comes from the rules of the national scenario (:mod:`.national`); here are the sheets
put together, the money that a state of this size may have, and what a draft of any state has to say of itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from redesaude.drafting import (
    choosing,
    clinic,
    codes,
    contracts,
    hospitals,
    indicators,
    laws,
    leaving,
    national,
    payers,
    promises,
    quality,
    risks,
    roads,
    services,
    specialties,
    territories,
)
from redesaude.drafting.choosing import Wish
from redesaude.drafting.contracts import WAITING, Contract, Limits
from redesaude.drafting.evidence import cited, row, ruled, sources_sheet
from redesaude.drafting.pack import StatePack
from redesaude.drafting.phases import periods_sheet, single
from redesaude.drafting.specialties import Specialty
from redesaude.drafting.todo import todo
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.todo_sheet import Todo

#: hospitals of a draft by people, at most about so many, so that it is solved at once; and people for each, at least
_MOST_SITES = 80
_LEAST_PEOPLE = 75_000
#: and hospitals beside them that seem to have a service today, those with most beds
_MOST_BESIDE = 40
#: states whose intensive-care beds the register does not tell apart by age
_ICU_UNKNOWN = ("AC", "AP", "RR")
_GAP = 0.02


@dataclass(frozen=True)
class Draft:
    """A drafted scenario: its sheets, its settings, and what to look at first."""

    tables: Mapping[str, pd.DataFrame]
    settings: Mapping[str, object]
    todo: Sequence[Todo] = ()

    def scenario(self) -> Scenario:
        """Return it as the reader would give it."""
        settings = pd.DataFrame(self.settings.items(), columns=["name", "value"])
        return Scenario.from_tables(dict(self.tables) | {"settings": settings})


def draft(wish: Wish) -> Draft:
    """Return the scenario of what is asked for.

    Raises
    ------
    ToldError
        for a name that is not known.

    """
    state = choosing.state_of(wish.state)
    regions = choosing.regions_of(wish, StatePack(state["uf"]).municipalities)
    pack = StatePack(state["uf"], regions)
    offered = clinic.specialties(pack)
    ids = choosing.specialties_of(wish.specialties, {s.id: s.name for s in offered}, national.CEILINGS)
    plan = _Plan(
        pack,
        tuple(national.regulated(s) for s in offered if s.id in ids),
        choosing.contracts_of(wish.contracts, [*(c.id for c in national.OPTIONS), *WAITING]),
    )
    settings = promises.SETTINGS | codes.SETTINGS | {"title": _title(state["uf_name"], wish), "gap": _GAP}
    reach = national.reach_of(Draft(plan.tables(), settings).scenario())
    aimed = replace(plan, specialties=tuple(national.regulated(s, reach) for s in plan.specialties))
    found = Draft(aimed.tables(), settings)
    waiting = {c.id for c in aimed.contracts if not c.terms.get("active", True)}
    told = [e for e in aimed.evidence() if e["sheet"] in {*found.tables, "settings"} and e["key"] not in waiting]
    return replace(found, todo=todo(found.scenario(), told))


@dataclass(frozen=True)
class _Plan:
    """The facts of the area, and the specialties and contracts to be planned."""

    pack: StatePack
    specialties: Sequence[Specialty]
    contracts: Sequence[Contract]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return every sheet but the settings."""
        pack, chosen, options = self.pack, self.specialties, self.contracts
        phases, macroregions = single(promises.HORIZON), national.macroregions(pack)
        ages = sorted({age for s in chosen if s.need for age in s.need.ages})
        people = pd.DataFrame({age: pack.people(age) for age in ages})
        return _filled(codes.coded({
            "periods": periods_sheet(phases),
            "territories": territories.territories(pack).replace({"macroregion_id": macroregions}),
            "specialties": specialties.specialties_sheet(chosen, promises.TRAVEL),
            "demand": specialties.demand_sheet(chosen, people),
            "sites": self.sites,
            "sizes": specialties.sizes_sheet(chosen),
            "site_services": self.offered,
            "requires": services.requires(chosen),
            "contracts": quality.with_watch(contracts.contracts(options)),
            "quality_indicators": quality.sheet(options),
            "lots": hospitals.lots(self.sites, macroregions),
            "funding": contracts.funding(options, self.limits, phases),
            "fiscal": contracts.fiscal(self.limits),
            "laws": laws.sheet(laws.BRAZIL),
            "risks": risks.risks(options),
            **promises.sheets(chosen, "each_macroregion"),
            **indicators.sheets(indicators.BRAZIL),
            "roads": roads.country_roads(pack),
            "today": leaving.sheet(pack, [s.id for s in chosen]),
            "variants": promises.variants(options, phases),
            "sources": sources_sheet(self.evidence()),
        }))  # fmt: skip

    @cached_property
    def real(self) -> list[hospitals.Hospital]:
        """The hospitals of the area in which services may be: the largest of each health region, and those of today."""
        largest, pack = national.leading(self.pack, self.people_per_site), self.pack
        others = national.acute(pack).index.difference(largest, sort=False)
        beds = services.beds_of(pack, national.described(pack, map(str, others)))
        rules = [national.EXISTING[s.id] for s in self.specialties]
        running = [str(cnes) for cnes in others if any(rule(beds[str(cnes)]) for rule in rules)]
        return national.described(pack, [*largest, *running[:_MOST_BESIDE]])

    @cached_property
    def sites(self) -> pd.DataFrame:
        """The sheet ``sites``."""
        return hospitals.sites(self.pack, self.real)

    @cached_property
    def offered(self) -> pd.DataFrame:
        """The sheet ``site_services``."""
        hosts, existing = national.HOSTS, national.EXISTING
        return services.site_services(self.pack, self.specialties, self.real, hosts=hosts, existing=existing)

    @cached_property
    def limits(self) -> Limits:
        """The money of a state of this size: the country's by its share of the people, to be replaced."""
        state, area = self.pack.people_shares
        revenue, capital = national.LIMITS.revenue, national.LIMITS.capital
        return Limits(
            revenue.times(state, f"x {_percent(state)} da população do país: trocar pela RCL do Estado (RREO)", "C"),
            national.LIMITS.personnel,
            capital.times(area, f"x {_percent(area)} da população do país: trocar pelo que o PPA prevê", "C"),
        )

    @property
    def people_per_site(self) -> float:
        """People of a health region for each further hospital."""
        return max(_LEAST_PEOPLE, float(self.pack.municipalities["pop_census_2022"].sum()) / _MOST_SITES)

    def evidence(self) -> list[dict[str, str]]:
        """Return the rows of ``sources``, and the range of each figure."""
        places = self.pack.municipalities
        rise = places["pop_est_2025"].sum() / places["pop_census_2022"].sum() - 1.0
        regions = (f"{places['health_region_code'].nunique()} regiões e {places['macro_region_code'].nunique()} "
                   "macrorregiões de saúde vigentes em 2022.")  # fmt: skip
        return [
            *promises.evidence(self.pack),
            *territories.evidence(f"{rise:.1%}".replace(".", ","), regions, "."),
            *roads.country_evidence(),
            *specialties.evidence(self.specialties),
            *hospitals.evidence(self.sites, self.real),
            *services.evidence(self.offered),
            *self._own_evidence(),
            *contracts.evidence(self.contracts, self.limits),
            *payers.defaults_evidence(),
            *quality.evidence(self.contracts),
            *risks.evidence(),
            *leaving.evidence(self.pack),
            *codes.evidence(),
        ]

    def _own_evidence(self) -> list[dict[str, str]]:
        """What a draft has to say of itself."""
        more = f"{self.people_per_site:,.0f}".replace(",", ".")
        unknown = (" No AC, AP e RR o cadastro não separa os leitos de UTI por idade: nada é inferido deles."
                   if self.pack.state in _ICU_UNKNOWN else "")  # fmt: skip
        return [
            row("sites", "*", "name", cited("CNES/DATASUS, leitos por estabelecimento", "2022", "A",
                f"{len(self.real)} hospitais: em cada região de saúde o de mais leitos SUS (sem psiquiatria, UPA, "
                f"CAPS e hospitais de campanha), e mais um a cada {more} habitantes da região; "
                f"e até {_MOST_BESIDE} outros que parecem ter hoje um serviço. Os demais, e o que fazem, não "
                "entram: acrescentar.")),
            row("sites", "*", "kind", ruled(0, "Pelo nome (municipal, regional, santa casa, fundação...); sem pista, "
                "pela parte de leitos SUS: 98% ou mais público, 60% ou mais filantrópico, menos privado.")),
            row("site_services", "*", "size_id", ruled(0, "Serviços existentes pelas regras do cenário nacional sobre "
                f"leitos SUS de 2022; habilitações não estão no dado.{unknown}")),
            row("territories", "*", "macroregion_id", cited("DATASUS, tabelas de regiões de saúde", "2022", "A",
                "Cada macrorregião com o nome de seu município mais populoso.")),
        ]  # fmt: skip


def _filled(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The sheets that have rows, without what-ifs and sources of the others."""
    found = {name: table for name, table in tables.items() if len(table)}
    about = {name: found[name]["sheet"].isin({*found, "settings"}) for name in ("variants", "sources")}
    return found | {name: found[name][kept] for name, kept in about.items()}


def _percent(share: float) -> str:
    return f"{share:.2%}".replace(".", ",")


def _title(name: str, wish: Wish) -> str:
    part = ", ".join(filter(None, (wish.macroregion, *wish.health_regions)))
    return f"{name}{f' ({part})' if part else ''}: rede de especialidades (rascunho)"

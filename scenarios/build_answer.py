"""Write the answer of a plan into the note of Mato Grosso: ``python scenarios/build_answer.py RESULT [SENSITIVITY]``.

``RESULT`` is the folder of ``redesaude demo`` or ``solve``; ``SENSITIVITY`` that of ``redesaude sensitivity`` on it,
where it is another. Every number between the two marks of the note is one of their tables; what a result lacks is not
told.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from redesaude.inputs.checks import read_scenario
from redesaude.inputs.scenario import Scenario

NOTE = Path(__file__).with_name("mato-grosso.md")
BEGIN, END = "<!-- answer: made by build_answer.py -->", "<!-- answer ends -->"
_MILLION, _BILLION = 1e6, 1e9
_CODES = ("site_id", "region_id", "territory_id")
_SIZES = {"L": "large", "M": "of middle size", "S": "small", "D": "to stabilise and send on"}
_SPECIALTIES = {
    "avc": "stroke care",
    "cardiologia": "angioplasty",
    "cirurgia_cardiaca": "heart surgery",
    "gestacao_risco": "high-risk birth",
    "uti_neonatal": "newborn intensive care",
    "uti_pediatrica": "children's intensive care",
    "trauma": "trauma",
    "neurocirurgia": "brain surgery",
    "quimioterapia": "chemotherapy",
    "radioterapia": "radiotherapy",
    "dialise": "dialysis",
    "urologia": "urology",
}
_CONTRACTS = {
    "direto": "direct administration",
    "compra": "purchase",
    "consorcio": "consortia",
    "ppp_cinza": "a grey-coat PPP of 30 years",
    "ppp_cinza_20": "a grey-coat PPP of 20 years",
    "oss": "social organisations",
    "fundacao": "a state foundation",
}
_TURNS = {
    "opex_factor": "fixed running cost",
    "case_cost_factor": "cost by case",
    "capex_factor": "cost of works",
    "quality_factor": "payment once quality is measured",
    "delay_factor": "time of works against that stated",
    "procurement_months": "months to let",
    "discount_rate": "discount rate",
    "volume": "cases against those planned",
}


@dataclass(frozen=True)
class Result:
    """The tables and the manifest of a result."""

    folder: Path
    turning: Path

    def table(self, name: str, folder: Path | None = None) -> pd.DataFrame:
        """Return a table, without rows where the result has none."""
        file = (folder or self.folder) / "tables" / f"{name}.csv"
        return (
            pd.read_csv(file, dtype=dict.fromkeys(_CODES, str), low_memory=False) if file.exists() else pd.DataFrame()
        )

    @cached_property
    def manifest(self) -> Mapping[str, Any]:
        """What the result says of its run."""
        return dict(json.loads((self.folder / "manifest.json").read_text(encoding="utf-8")))

    @cached_property
    def scenario(self) -> Scenario:
        """The input as used."""
        return read_scenario(self.folder / "scenario.xlsx")


def answer(result: Result) -> str:
    """Return the lines of the note between its marks."""
    told = (_plan, _where, _contracts, ppp, _when, _money, _reach, turns)
    return "\n".join(line for part in told for line in part(result))


def _plan(result: Result) -> Iterator[str]:
    run, opened = result.manifest, result.table("openings")
    certified = (run.get("certified") or {}).get("gap")
    told = f" (certified without a solver {certified:.1%})".replace("%", " %") if certified is not None else ""
    yield (
        f"Plan of {run['written'][:10]}, {run['seconds']['solve']:.0f} seconds of search: R$ "
        f"{run['objective'] / _BILLION:.2f} billion over thirty years, **proven within {_share(run['gap'], 2)}**"
        f"{told}, audited: {len(opened)} services at {opened['site_id'].nunique()} sites. Single sites may "
        "change with another run, the pattern is what to read."
    )


def _where(result: Result) -> Iterator[str]:
    opened = result.table("openings")
    parts = []
    for specialty, name in _SPECIALTIES.items():
        here = opened[opened["specialty_id"] == specialty]
        sizes = here["size_id"].value_counts()
        of_sizes = _listed(f"{sizes[size]} {told}" for size, told in _SIZES.items() if size in sizes)
        parts.append(f"{name} in {len(here)} ({of_sizes}; {(here['change'] != 'new').sum()} there today)")
    yield f"* **What opens where** (places). {'; '.join(parts)[0].upper()}{'; '.join(parts)[1:]}."
    towns = result.scenario.sites.merge(result.scenario.territories, on="territory_id", suffixes=("", "_of_town"))
    town = towns.set_index("site_id")["name_of_town"]
    rare = [(name, opened.loc[opened["specialty_id"] == key, "site_id"].map(town))
            for key, name in _SPECIALTIES.items() if (opened["specialty_id"] == key).sum() <= 8]  # fmt: skip
    yield "  Where the rarest are: " + "; ".join(f"{name}: {_towns(where)}" for name, where in rare) + "."


def _contracts(result: Result) -> Iterator[str]:
    sites = result.table("openings").drop_duplicates(["site_id", "contract_id"])["contract_id"].value_counts()
    told = _listed(f"{_CONTRACTS.get(str(name), str(name))} at {count}" for name, count in sites.items())
    yield f"* **By which contract** (sites). {told[0].upper()}{told[1:]}."


def ppp(result: Result) -> Iterator[str]:
    later, money = result.table("ppp_direct"), result.table("ppp_direct_money")
    if not len(later):
        return
    public = money[~money["payer"].isin(["society", "patients", "project_company", "provider"])]["difference"].sum()
    treated = result.table("ppp_direct_specialties").query("item == 'treated'")["difference"].sum()
    yield (
        f"* **PPP or direct?** On the same network, PPP where eligible {'costs' if public > 0 else 'saves'} R$ "
        f"{abs(public) / _MILLION:.0f} million of public money, opens {len(later)} services "
        f"{later['months_later'].mean():.0f} months later on average and treats {abs(treated):,.0f} cases "
        f"{'fewer' if treated < 0 else 'more'} on the way."
    )


def _when(result: Result) -> Iterator[str]:
    years = result.table("by_year").dropna(subset=["specialty_id"])
    cases = years.groupby("year")["cases"].sum()
    share = {name: (years["cases"] * years[name]).groupby(years["year"]).sum() / cases
             for name in ("share_within_standard", "share_as_today")}  # fmt: skip
    first, reached = cases.index[0], share["share_within_standard"]
    told = [f"{_share(reached[year], 1)} in {year}" for year in range(first, first + 7) if year in reached]
    yield (
        f"* **From when**: one period decides all from {first}. Treated within the standard: {', '.join(told)}; by "
        f"today's services {_share(share['share_as_today'].iloc[0], 1)}. The network's workbook dates the works."
    )


def _money(result: Result) -> Iterator[str]:
    money = result.table("new_money")
    years = money.groupby("year")[["plan", "today", "new_money"]].sum() / _MILLION
    last = years.index[-10]
    payers = money[money["year"] == last].groupby("payer")["new_money"].sum() / _MILLION
    lines = result.table("costs").groupby("line")["npv"].sum() / _BILLION
    capital = result.table("promises").query("kind == 'capital'").iloc[0]
    beds = result.table("promises").query("kind in ['beds', 'theatres'] and met == 'no'")["kind"].value_counts()
    yield (
        f"* **What it costs whom.** Services of today take R$ {years['today'].iloc[0]:.0f} million a year; new money "
        f"grows from {years['new_money'].iloc[0]:.0f} million in {years.index[0]} to "
        f"{years.loc[last, 'new_money']:.0f} million in {last} ({payers.get('state', 0):.0f} the state's, "
        f"{payers.get('federal', 0):.0f} federal, the rest of municipalities and others). "
        f"Present value, R$ billion: fixed running {lines['fixed_running']:.1f}, "
        f"providers {lines['provider_payment']:.1f}, by case {lines['case_running']:.1f}, journeys of patients "
        f"{lines['travel']:.1f}, project companies {lines.get('unitary_payment', 0.0):.1f}, waiting of people until "
        f"services open {lines['waiting']:.1f}. Capital is R$ {capital['achieved'] / _MILLION:.0f} million against the "
        f"ceiling of {capital['limit'] / _MILLION:.0f}. Above what general work leaves: beds at {beds.get('beds', 0)} "
        f"hospitals, theatres at {beds.get('theatres', 0)}."
    )


def _reach(result: Result) -> Iterator[str]:
    unmet, cases = result.table("unmet")["cases"].sum(), result.table("openings")["cases"].sum()
    access = result.table("promises").query("kind == 'access'")
    missed = access[access["met"] == "no"]
    region = result.scenario.territories.set_index("region_id")["region_name"].groupby(level=0).first()
    none = missed[missed["achieved"] < 1e-6]
    by_region = {region.get(key, key): _listed(_SPECIALTIES[s] for s in rows["specialty_id"])
                 for key, rows in none.groupby("region_id")}  # fmt: skip
    told = "; ".join(f"{name} for {what}" for name, what in by_region.items())
    at_nothing = (
        f"Nothing of a floor of access is kept in {told}." if told else "No region is left at nothing of a floor."
    )
    yield (
        f"* **What stays out of reach.** {_share(unmet / (unmet + cases), 1)} of the cases ({unmet:,.0f} a year) go "
        f"without or outside. {len(missed)} of {len(access)} promises of access are missed. {at_nothing}"
    )


def turns(result: Result) -> Iterator[str]:
    flips = result.table("flips", result.turning)
    if not len(flips):
        return
    inside = flips[flips["site_id"].isna() & (flips["found"] == "inside")]
    near = inside.assign(far=(inside["break_even"] / inside["value"] - 1).abs()).sort_values("far").head(6)
    told = [
        f"{_named(row.assumption_id, row.contract_id)} at {row.break_even:.4g} (supposed {row.value:.4g}, plausible "
        f"{row.low:.4g} to {row.high:.4g})"
        for row in near.itertuples()
    ]
    sites = flips.dropna(subset=["site_id"])
    turned = sites[sites["found"] == "inside"]
    of_another = f" (of a plan of R$ {_objective(result.turning)} billion)" if result.turning != result.folder else ""
    yield (
        f"* **What would turn it**{of_another}. Each alone makes another contract of the whole as cheap: "
        f"{'; '.join(told)}. Of {sites['site_id'].nunique()} sites with a choice, the contract of "
        f"{turned['site_id'].nunique()} turns within the plausible range of some assumption: {_counted(turned)}."
    )


def _counted(turned: pd.DataFrame) -> str:
    """At how many sites each assumption turns the contract, the most first; a range that nobody stated is marked."""
    by = ["assumption_id", "contract_id", "range_stated"]
    sites = turned.groupby(by, dropna=False)["site_id"].nunique().sort_values(ascending=False, kind="stable").head(8)
    return ", ".join(
        f"{_named(str(assumption), contract)} {count}" + ("" if stated == "yes" else " *")
        for (assumption, contract, stated), count in sites.items()
    ) + " (* range supposed by the study: a fifth either way, half of months to let)"  # fmt: skip


def _named(assumption: str, contract: object) -> str:
    name = _TURNS.get(assumption, assumption)
    return f"{name} under {_CONTRACTS.get(contract, contract)}" if isinstance(contract, str) else name


def _objective(folder: Path) -> str:
    """The cost of the plan that a study of turning values was made of."""
    plan = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["plan"]
    return f"{plan['objective'] / _BILLION:.2f}"


def _share(value: float, digits: int) -> str:
    return f"{100 * value:.{digits}f} %"


def _towns(where: pd.Series) -> str:
    return _listed(f"{town} ({count})" if count > 1 else str(town) for town, count in where.value_counts().items())


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def main() -> None:
    """Put the answer in the note in place of the one before."""
    folder, turning = Path(sys.argv[1]), Path(sys.argv[-1])
    note = NOTE.read_text(encoding="utf-8")
    made = f"{BEGIN}\n{answer(Result(folder, turning))}\n{END}"
    NOTE.write_text(re.sub(f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: made, note, flags=re.S), encoding="utf-8")


if __name__ == "__main__":
    main()

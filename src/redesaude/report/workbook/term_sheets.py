"""Sheet ``term_sheets``: one printed page for each site that somebody else than the state is to run. Drafts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from redesaude.finance.contracts import after_term
from redesaude.financing import FINANCING
from redesaude.inputs.contracts import milestones_in, profile_in
from redesaude.inputs.risks import public_share, shares_in
from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.lines import PRINTED, Table
from redesaude.plan.numbers import numbers_of
from redesaude.report.figures import full_year_payment
from redesaude.report.known_contracts import known_contracts
from redesaude.report.studies import Studies
from redesaude.report.terms import CHOICES, RISK_TARGETS
from redesaude.report.view import View
from redesaude.report.workbook import term_quality
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Column
from redesaude.studies.uncertainty import VERDICTS

_WIDTHS = (30, 12, 13, 13, 15, 22)

_MECHANISMS = {
    "fixed_and_variable": N_("a fixed part and a price for each case treated"),
    "availability": N_("a yearly payment for service that is available and up to standard, less deductions"),
    "volume_band": N_(
        "the full price for cases between {low} and {high} of the planned volume, {share} of it for each case outside"
    ),
    "capitation": N_("a price for each inhabitant, whatever the number of cases"),
}
#: what follows the term
_AFTER = {
    "renewed": N_("paid on as before, without the works, which are repaid"),
    "relet": N_("let again, and paid on as before, without the works, which are repaid"),
    "direct": N_("direct administration takes over; nothing more is paid to the contractor"),
}
_NO_DEDUCTIONS = N_("The input states none: to be agreed with the targets above before the tender.")
_DEDUCTIONS = N_(
    "Availability times performance is measured; what is missing to 100 % is deducted. Less than {floor} of the "
    "payment is waived, and deductions stop at {ceiling}."
)
_RETURNS = N_("{project} a year on the project, whoever finances it; {equity} on equity")
_RISE = N_("rise by {rise} a year above prices in general, from those of {year} on")
_MILESTONE = N_("{part} when {done} of the works are done")
_COVERS = N_("{least} in the least year, {loan} over the life of the loan, {life} over that of the payments")

DRAFT = N_("DRAFT FOR LAWYERS: no legal advice; every number to be checked")

Row = Mapping[Any, Any]


def write(book: Book) -> None:
    """Write one page for each site whose contract is not direct administration."""
    view, t = book.view, book.view.t
    sheet = book.sheet("term_sheets", _WIDTHS, drafts_note(view))
    sheet.paper.turn()
    pages = list(contracts_to_draft(view))
    if not pages:
        sheet.text(t(N_("Every site is under direct administration: there is no contract to draft.")), "sentence")
    for number, (site, contract) in enumerate(pages):
        if number:
            sheet.page_break()
        paper = TermSheet(view, view.known, site, contract)
        sheet.text(paper.title, "heading")
        sheet.text(t(DRAFT), "banner", "caution")
        for frame, columns in paper.tables():
            sheet.table(frame, columns)


def drafts_note(view: View) -> str:
    """Return what drafts are, and what they are not."""
    return view.t(
        N_(
            "Drafts for lawyers, made from the plan and its input. They are no legal advice and bind nobody: object, "
            "limits and risks need a legal opinion, and every number a check, before a tender. Money in {money}."
        ),
        money=view.numbers.money_header(),
    )


def contracts_to_draft(view: View) -> Iterator[tuple[str, str]]:
    """Sites and contracts that need a contract, in the order of the sites' names."""
    contracts = view.scenario.contracts
    direct = set(contracts.loc[contracts["delivery_model"] == "direct", "contract_id"])
    decided = view.plan.openings[["site_id", "contract_id"]].drop_duplicates()
    pairs = [(s, c) for s, c in decided.itertuples(index=False) if c not in direct]
    yield from sorted(pairs, key=lambda pair: (view.names.sites.get(pair[0], pair[0]), pair))


class TermSheet:
    """The draft for one site: its title, and its tables with their columns."""

    def __init__(self, view: View, studies: Studies, site: str, contract: str) -> None:
        self.view, self.t, self.studies = view, view.t, studies
        self.site, self.contract = site, contract
        contracts = view.scenario.contracts
        self.terms: Row = contracts[contracts["contract_id"] == contract].iloc[0].to_dict()
        self.financing = FINANCING[str(self.terms["financing"])]
        options = studies.appraised.options
        self.option: Row = (
            options[(options["site_id"] == site) & (options["contract_id"] == contract)].iloc[0].to_dict()
        )
        flows = studies.appraised.cash_flow
        self.flows = flows[(flows["site_id"] == site) & (flows["contract_id"] == contract)]

    @property
    def title(self) -> str:
        """The names of site and contract."""
        names = self.view.names
        return f"{names.sites.get(self.site, self.site)} · {names.contracts.get(self.contract, self.contract)}"

    def tables(self) -> Iterator[tuple[pd.DataFrame, list[Column]]]:
        """Yield what the draft says, each part as a table and its columns."""
        t = self.t
        yield self._facts(t(N_("Object and term")), [*self._object(), *self._term()])
        yield self._services()
        yield self._facts(t(N_("Payment")), list(self._payment()))
        yield from term_quality.tables(self.view, self.site, self.contract)
        yield self._risks()
        yield self._facts(
            t(N_("Oversight, limits and value")),
            [*self._oversight(), *term_quality.watched(self.view, self.terms), *self._limits(), *self._value()],
        )
        yield from self._known()

    def _facts(self, heading: str, rows: list[tuple[str, str]]) -> tuple[pd.DataFrame, list[Column]]:
        columns = [Column("item", heading), Column("content", " ", span=len(_WIDTHS) - 1)]
        return pd.DataFrame(rows, columns=["item", "content"]), columns

    def _object(self) -> Iterator[tuple[str, str]]:
        t, kind = self.t, str(self.terms["delivery_model"])
        yield (
            t(N_("Object")),
            t(
                N_("{model}, for the services below; {financing}"),
                model=t(CHOICES[kind]),
                financing=t(self.financing.title),
            ),
        )
        works = self.flows.loc[self.flows["line"].isin(PRINTED[Table.TERM_WORKS]), "real"].sum()
        built = self.view.numbers.money(works) if works > 0 else t(N_("none: existing building and equipment"))
        yield t(N_("Works and equipment")), built
        if works > 0:
            yield from self._spending()

    def _spending(self) -> Iterator[tuple[str, str]]:
        """How works are spent in time and at which prices, where the input states it."""
        t, percent = self.t, self.view.numbers.percent
        if shares := profile_in(str(self.terms["works_profile"])):
            parts = "; ".join(percent(share, 1) for share in shares)
            yield t(N_("Works in time")), t(N_("{parts} in equal parts of their time, first to last"), parts=parts)
        if (rise := float(self.terms["works_inflation"])) > 0:
            yield t(N_("Prices of works")), t(_RISE, rise=percent(rise, 1), year=self.view.scenario.settings.base_year)

    def _term(self) -> Iterator[tuple[str, str]]:
        t, years = self.t, float(self.terms["term_years"])
        stated = t(N_("the input states none: to be set within the law"))
        yield t(N_("Term")), stated if np.isnan(years) else t(N_("{years} {years:year|years}"), years=f"{years:g}")
        if not np.isnan(years):
            contracts = self.view.scenario.contracts
            (follows,) = after_term(contracts[contracts["contract_id"] == self.contract])
            by_default = t(N_(" (the input states nothing)")) if not self.terms["after_term"] else ""
            yield t(N_("After the term")), t(_AFTER[str(follows)]) + by_default
        yield (
            t(N_("Procurement and opening")),
            t(
                N_("{months} {months:month|months} to signature; last works open in {year}"),
                months=f"{float(self.terms['procurement_months']):g}",
                year=int(self.option["opening_year"]),
            ),
        )

    def _services(self) -> tuple[pd.DataFrame, list[Column]]:
        """The services with what is asked of them: planned and least volume, access of the region it lies in."""
        t, view = self.t, self.view
        columns = [
            Column("specialty", t(N_("Indicators and targets"))),
            Column("size_id", t(N_("Size"))),
            Column("cases", t(N_("Cases a year")), t(N_("target")), "number"),
            Column("least", t(N_("Least cases")), t(N_("a year, for quality")), "number"),
            Column("minutes", t(N_("Standard")), t(N_("minutes of travel")), "number"),
            Column("access", t(N_("Within the standard")), t(N_("of the cases of the whole area")), "line"),
        ]
        rows = view.plan.openings
        rows = rows[(rows["site_id"] == self.site) & (rows["contract_id"] == self.contract)]
        rows = rows.drop_duplicates("specialty_id", keep="last")  # of several periods, the last under this contract
        return pd.DataFrame([self._service(row) for row in rows.to_dict("records")]), columns

    def _service(self, row: Row) -> dict[str, Any]:
        specialty, view = str(row["specialty_id"]), self.view
        least = numbers_of(view.scenario).of(self.site, specialty, str(row["size_id"]))["min_cases"]
        access = view.plan.access
        reached = access[(access["specialty_id"] == specialty) & (access["region_id"] == ALL)]
        return {
            "specialty": view.names.specialties.get(specialty, specialty),
            "size_id": row["size_id"],
            "cases": float(row["cases"]),
            "least": least or np.nan,
            "minutes": float(reached["minutes_standard"].iloc[0]) if len(reached) else np.nan,
            "access": self._access(reached.iloc[0].to_dict()) if len(reached) else "",
        }

    def _access(self, row: Row) -> str:
        share, target = float(row["share_within_standard"]), row["target"]
        if np.isnan(share):
            return ""
        percent = self.view.numbers.percent
        if target is None or np.isnan(float(target)):
            return self.t(N_("{share} in the plan"), share=percent(share, 0))
        return self.t(
            N_("target {target}, {share} in the plan"), target=percent(float(target), 0), share=percent(share, 0)
        )

    def _payment(self) -> Iterator[tuple[str, str]]:
        t, numbers, terms = self.t, self.view.numbers, self.terms
        yield (
            t(N_("Mechanism")),
            t(
                _MECHANISMS[str(terms["payment_mechanism"])],
                low=numbers.percent(float(terms["volume_band_low"]), 0),
                high=numbers.percent(float(terms["volume_band_high"]), 0),
                share=numbers.percent(float(terms["marginal_price_share"]), 0),
            ),
        )
        yield t(N_("At planned volume")), self._yearly()
        yield from self._company()
        contribution = self.flows.loc[self.flows["line"] == "public_contribution", "real"].sum()
        if contribution > 0:
            yield t(N_("Public contribution to works")), numbers.money(contribution)
            yield t(N_("Contribution paid")), self._milestones()
        yield t(N_("Deductions")), self._deductions()

    def _milestones(self) -> str:
        """When the contribution to works is paid."""
        percent = self.view.numbers.percent
        stated = milestones_in(str(self.terms["contribution_milestones"]))
        told = [self.t(_MILESTONE, part=percent(part, 0), done=percent(done, 0)) for done, part in stated]
        return "; ".join(told) or self.t(N_("as the works advance"))

    def _company(self) -> Iterator[tuple[str, str]]:
        """What the project company earns and how its debt is covered, where the input states its loan."""
        table, number = self.view.studied.companies, self.view.numbers
        mine = table[(table["site_id"] == self.site) & (table["contract_id"] == self.contract)]
        for row in mine.to_dict("records"):
            returns = {name: number.percent(float(row[f"{name}_return"]), 2) for name in ("project", "equity")}
            yield self.t(N_("Returns, real and after tax")), self.t(_RETURNS, **returns)
            if not np.isnan(row["least_cover"]):
                least, loan, life = (
                    number.decimal(float(row[f"{name}_cover"]), 2) for name in ("least", "loan_life", "project_life")
                )
                yield self.t(N_("Cover of the debt")), self.t(_COVERS, least=least, loan=loan, life=life)

    def _yearly(self) -> str:
        """Payments of a full year of service."""
        return self.t(
            N_("{amount} in a full year, prices of {year}; it covers what the contractor runs and finances"),
            amount=self.view.numbers.money(full_year_payment(self.flows, str(self.terms["financing"]))),
            year=self.view.scenario.settings.base_year,
        )

    def _deductions(self) -> str:
        floor, ceiling = float(self.terms["deduction_floor"]), float(self.terms["deduction_ceiling"])
        percent = self.view.numbers.percent
        if term_quality.stated(self.view, self.contract):
            return term_quality.deductions(self.view, self.site, self.terms)
        if self.terms["payment_mechanism"] != "availability" and floor <= 0 and ceiling >= 1:
            return self.t(_NO_DEDUCTIONS)
        return self.t(_DEDUCTIONS, floor=percent(floor, 0), ceiling=percent(ceiling, 0))

    def _risks(self) -> tuple[pd.DataFrame, list[Column]]:
        t = self.t
        rows = list(self._allocation())
        columns = [
            Column("risk", t(N_("Risks and who bears them"))),
            Column("target", t(N_("What it moves")), span=2),
            Column("public", t(N_("Public side")), "", "whole_percent"),
            Column("other", t(N_("Contractor")), "", "whole_percent"),
            Column("note", t(N_("How")), "", "line"),
        ]
        return pd.DataFrame(rows, columns=["risk", "target", "public", "other", "note"]), columns

    def _allocation(self) -> Iterator[tuple[str, str, float, float, str]]:
        t, scenario = self.t, self.view.scenario
        here = set(self.view.plan.openings.loc[self.view.plan.openings["site_id"] == self.site, "specialty_id"])
        priced, by_volume = t(N_("in the price of the contract")), t(N_("as the contract pays for volume"))
        for row in scenario.risks.to_dict("records"):
            touched = (not row["contracts"] or self.contract in row["contracts"]) and (
                not row["specialties"] or here & set(row["specialties"])
            )
            if touched and row["target"] != "discount_rate":
                public = public_share(shares_in(str(row["borne_by"])), self.contract)
                name = str(row["name"]) or t(RISK_TARGETS[row["target"]])
                how = by_volume if row["target"] == "demand" else priced if public < 1 else ""
                yield name, t(RISK_TARGETS[row["target"]]), public, 1.0 - public, how

    def _known(self) -> Iterator[tuple[pd.DataFrame, list[Column]]]:
        """Contracts reported of this place; they bind nobody here."""
        if not (self.view.scenario.known_contracts["site_id"] == self.site).any():
            return
        rows = known_contracts(self.view)
        columns = [
            Column("name", self.t(N_("Reported contract of this place"))),
            Column("month", self.t(N_("A month")), "", "millions", span=2),
            Column("beds", self.t(N_("Beds")), "", "number"),
            Column("told", self.t(N_("Source, date, grade")), span=2),
        ]
        yield rows[rows["site_id"] == self.site], columns

    def _oversight(self) -> Iterator[tuple[str, str]]:
        t, numbers = self.t, self.view.numbers
        yield (
            t(N_("Oversight")),
            t(
                N_("a team of the state and a verifier at {cost} a year for the lot; letting costs {letting}"),
                cost=numbers.money(float(self.terms["oversight_cost"])),
                letting=numbers.money(float(self.terms["transaction_cost"])),
            ),
        )

    def _limits(self) -> Iterator[tuple[str, str]]:
        """What this contract uses at most of each limit on PPP payments, all its payments counted."""
        t, fiscal = self.t, self.studies.appraised.fiscal
        if not self.financing.ppp:
            yield t(N_("Limits used")), t(N_("none of the limit on payments to project companies"))
            return
        paid = self.flows[self.flows["line"] == self.financing.payment].groupby("year")["real"].sum()
        for row in fiscal[fiscal["kind"] == "ppp"].drop_duplicates("limit_id").to_dict("records"):
            share = float(paid.max()) / float(row["limit"]) if len(paid) and row["limit"] > 0 else 0.0
            yield (
                t(N_("Limits used")),
                t(
                    N_("at most {share} of the limit on payments to project companies, all payments counted"),
                    share=self.view.numbers.percent(share, 2),
                ),
            )

    def _value(self) -> Iterator[tuple[str, str]]:
        t, numbers, compared = self.t, self.view.numbers, self.studies.compared
        if compared is None:
            return
        rows = compared.simulation.value
        mine = rows[(rows["site_id"] == self.site) & (rows["contract_id"] == self.contract) & (rows["basis"] == "all")]
        for row in mine.to_dict("records"):
            yield (
                t(N_("Value for money")),
                t(
                    N_("{value} against direct administration, between {low} and {high} in 9 of 10 cases: {reading}"),
                    value=numbers.money(float(row["expected_vfm"])),
                    low=numbers.money(float(row["p5"])),
                    high=numbers.money(float(row["p95"])),
                    reading=t(VERDICTS[row["verdict"]]),
                ),
            )

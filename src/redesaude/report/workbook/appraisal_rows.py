"""Rows of sheet ``appraisal``: what each quantity of a site costs by year under a contract, and how it comes about.

Every row leads from its cost under the comparator to its cost under the contract in steps, each on top of the last:

==========  =====================================================================================================
price       the contract's factor instead of the comparator's, paid when the comparator pays
time        paid when the contract pays
share       the contract's own share: design, letting and supervision, value handed back, running cost that counts
financing   who pays: the budget, a project company or a provider, before taxes
taxes       what taxes add to a contractor's price, less what returns
==========  =====================================================================================================

What falls due in which year is the quantity times the factor times the years of its row of dates; ``paid`` is the part
that is paid in the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from xlsxwriter.utility import xl_range_abs

from redesaude.finance.discounting import capital_recovery
from redesaude.financing import Financing, Running
from redesaude.language import N_
from redesaude.report.workbook.appraisal_items import ITEMS, PAYMENTS, Item, Quantities
from redesaude.report.workbook.appraisal_terms import Terms
from redesaude.report.workbook.appraisal_timing import PRESENT, Profile, Timing, Works
from redesaude.report.workbook.live import Grid, Live, live
from redesaude_models.arrays import Floats

STEPS = ("price", "time", "share", "financing", "taxes")
_HEADERS = (
    N_("Site"), N_("Contract"), N_("What"), N_("Kind code"), N_("Works, months"), N_("Quantity"), N_("Factor"),
    N_("Present value, whoever pays"), N_("Paid, before taxes"), N_("Paid"), N_("Cost under the comparator"),
    N_("Step: price"), N_("Step: time"), N_("Step: share"), N_("Step: financing"), N_("Step: taxes"), N_("Cost"),
)  # fmt: skip
_PLACES = {"kind": 3, "psc": 10, **{step: 11 + n for n, step in enumerate(STEPS)}, "cost": 16}
_ONE = live(1.0)


@dataclass(frozen=True)
class Block:
    """The rows of a site under a contract, with the values of their columns."""

    first: int
    kinds: list[str]
    values: Mapping[str, Floats]

    def total(self, column: str, *kinds: str) -> Live:
        """Return the sum of ``column``, of the ``kinds`` named or of all."""
        cells = self._range(column)
        if not kinds:
            return Live(f"SUM({cells})", float(self.values[column].sum()))
        chosen = np.isin(self.kinds, kinds)
        parts = [f'SUMIF({self._range("kind")},"{kind}",{cells})' for kind in kinds]
        return Live("(" + "+".join(parts) + ")", float(self.values[column][chosen].sum()))

    def _range(self, column: str) -> str:
        place = _PLACES[column]
        return str(xl_range_abs(self.first, place, self.first + len(self.kinds) - 1, place))


@dataclass(frozen=True)
class _Priced:
    """Factors of an item: the contract's, the one before its own share, what counts, and what is paid."""

    factor: Live
    step: Live
    share: Live
    untaxed: Live
    paid: Live


class Rows:
    """Writes the rows of site after site. ``financing`` maps a contract to how its works are financed."""

    def __init__(
        self,
        grid: Grid,
        timing: Timing,
        quantities: Quantities,
        terms: Mapping[str, Terms],
        financing: Mapping[str, Financing],
    ) -> None:
        self.grid, self.timing, self.quantities, self.terms = grid, timing, quantities, terms
        self.financing = financing
        self._solved: dict[tuple[Works, str], tuple[Live, Live]] = {}

    def headers(self, t: Callable[..., str]) -> None:
        """Write the header row at the cursor."""
        for column, text in enumerate(_HEADERS):
            self.grid.say(self.grid.sheet.row, column, t(text), "header")
        self.grid.sheet.paper.set_height(self.grid.sheet.row, 40)
        self.grid.sheet.row += 1

    def prepare(self, site: str, contract: str, comparator: str) -> None:
        """Write the years in which a site's items under ``contract`` fall due, and would under ``comparator``."""
        for item, _ in self._compared(site, contract, comparator):
            self._profile(item, contract)
            if item.under or item.kind not in PAYMENTS:
                self._profile(item, comparator)
            works, runs = self._of(item, contract)
            self.timing.price(runs, works, self.terms[runs])
            if item.kind == "provider_capital":  # repaid by what falls due in these years
                for when in (self._spent(runs), "paid"):
                    self.timing.row(runs, works, when, self.terms[runs])

    def block(self, site: str, contract: str, comparator: str, labels: tuple[str, str], t: Callable[..., str]) -> Block:
        """Write the rows of a site under a contract, from its cost under ``comparator``; ``labels`` name both."""
        first, items, rows = self.grid.sheet.row, self._compared(site, contract, comparator), []
        for item, compared in items:
            for column, text in enumerate((*labels, t(ITEMS[item.kind]), item.kind)):
                self.grid.say(self.grid.sheet.row, column, text, "cell", "id" if column == 3 else "line")
            rows.append(self._row(item, contract, comparator, compared))
            self.grid.sheet.row += 1
        values = {name: np.array([row[name].value for row in rows]) for name in ("psc", *STEPS, "cost")}
        return Block(first, [item.kind for item, _ in items], values)

    def _compared(self, site: str, contract: str, comparator: str) -> list[tuple[Item, Item]]:
        """The quantities of a site under a contract, each with the same under the comparator; zero where it has none.

        Payments are the contractor's own, and have no counterpart.
        """
        own, direct = (
            {(i.kind, i.when, i.works): i for i in self.quantities.items(site, c)} for c in (contract, comparator)
        )
        wanted = {key: item for key, item in direct.items() if item.under or item.kind not in PAYMENTS}
        found = []
        for key in dict.fromkeys([*own, *wanted]):
            item, counterpart = own.get(key), wanted.get(key)
            mine = item or replace(wanted[key], quantity=0.0)
            found.append((mine, counterpart or replace(mine, quantity=0.0)))
        return found

    def _row(self, item: Item, contract: str, comparator: str, compared: Item) -> dict[str, Live]:
        """Write one row at the cursor; ``compared`` is the same under the comparator."""
        row, put = self.grid.sheet.row, self.grid.put
        works, _ = self._of(item, contract)
        if works.months:
            put(row, 4, works.months, "number")
        quantity = put(row, 5, item.quantity, "money")
        priced = self._priced(item, contract, comparator)
        profile = self._profile(item, contract)
        value = put(row, 7, quantity * put(row, 6, priced.factor, "factor") * profile.present, "money")
        untaxed, paid = put(row, 8, priced.untaxed, "factor"), put(row, 9, priced.paid, "factor")
        before = live(0.0)
        steps = {name: live(0.0) for name in ("psc", "price", "time", "share")}
        if item.kind not in PAYMENTS or item.under:
            before = value * priced.share
            direct = self._priced(compared, comparator, comparator)
            then = self._profile(item, comparator).present
            same = quantity if compared.quantity == item.quantity else live(compared.quantity)
            psc = same * direct.factor * then * direct.share
            stepped = quantity * priced.step * direct.share
            steps = {"psc": psc, "time": before - psc}
            if not item.under:  # what another contract runs differs in nothing but when, and which contract that is
                steps |= {
                    "price": stepped * then - psc,
                    "time": stepped * (profile.present - then),
                    "share": before - stepped * profile.present,
                }
        steps |= {"financing": value * untaxed - before, "taxes": value * (paid - untaxed)}
        cells = {name: put(row, _PLACES[name], steps.get(name, live(0.0)), "money") for name in ("psc", *STEPS)}
        whole = Live(f"SUM({xl_range_abs(row, 10, row, 15)})", sum(cell.value for cell in cells.values()))
        return cells | {"cost": put(row, _PLACES["cost"], whole, "money")}

    def _of(self, item: Item, contract: str) -> tuple[Works, str]:
        """The works of an item as the site's contract meets them, and the contract of their period."""
        return self.quantities.works(item.works, contract), self.quantities.runs(item.works, contract)

    def _profile(self, item: Item, contract: str) -> Profile:
        works, runs = self._of(item, contract)
        if item.when == "profit_tax":
            solved = self.quantities.solved(item.works, runs, self.timing.clock.years)
            return self.timing.solved(runs, works, solved.profit_tax)
        return self.timing.row(runs, works, item.when, self.terms[runs])

    def _priced(self, item: Item, contract: str, comparator: str) -> _Priced:
        runs, compared = (self.quantities.runs(item.works, c) for c in (contract, comparator))
        own, direct = self.terms[runs], self.terms[compared]
        if item.under:
            factor, paid = self._factor(item, item.under), self._paid(item, item.under)[1]
            return _Priced(factor=factor, step=factor, share=paid, untaxed=paid, paid=paid)
        running = item.kind in ("fixed", "cases")
        factor = self._factor(item, runs)
        return _Priced(
            factor=factor,
            step=direct[item.kind] if item.kind in ("letting", "supervision", "residual") else factor,
            share=own["state"] if running else _ONE,
            **dict(zip(("untaxed", "paid"), self._paid(item, runs), strict=True)),
        )

    def _factor(self, item: Item, contract: str) -> Live:
        """What the contract makes of each 1 of the quantity."""
        own = self.terms[contract]
        works = own["capex"] * (1.0 - own["discount"])

        def whole() -> Live:
            return works * self.timing.price(contract, self.quantities.works(item.works, contract), own)

        def financed() -> Live:
            return whole() * (1.0 - own["contribution"])

        factors = {
            "works": lambda: works,
            "fixed": lambda: own["opex"],
            "provider_fixed": lambda: own["opex"],
            "cases": lambda: own["case"],
            "letting": lambda: own["letting"],
            "supervision": lambda: own["supervision"],
            "residual": lambda: own["residual"],
            "capital": lambda: financed() * self._payment(item.works, contract)[0],
            "profit_tax": lambda: financed() * own["returned"],
            "provider_cases": lambda: own["case"],
            "provider_capital": lambda: whole() * self._repayment(item.works, contract),
            "contribution": lambda: whole() * own["contribution"],
        }
        return factors.get(item.kind, lambda: _ONE)()

    def _paid(self, item: Item, contract: str) -> tuple[Live, Live]:
        """What is paid of each 1, before taxes and with them."""
        own, way = self.terms[contract], self.financing[contract]
        running = item.kind in ("fixed", "cases")
        kept = (1.0 - own["deduction"] if way.deducted else _ONE) * own["quality"]
        both = kept, own["net"] * kept
        if item.kind == "capital":
            payment, untaxed = self._payment(item.works, contract)
            return untaxed / payment * kept, both[1]
        if item.kind in ("profit_tax", "contribution"):
            return _ONE if item.kind == "contribution" else live(0.0), _ONE
        if running and way.running is Running.COUNTED:
            rest = (1.0 - own["by_company"]) * own["state"]
            return own["by_company"] * both[0] + rest, own["by_company"] * both[1] + rest
        handed_over = (running and way.running is Running.ALL) or (item.kind == "renewal" and way.renews)
        if item.kind in PAYMENTS or handed_over:
            return both
        untaxed = own["state"] * (_ONE if way.payment else own["quality"]) if running else _ONE
        if item.kind == "works" and way.builder:
            apart = bool(self.timing.schedules[contract].milestones)
            untaxed = own["contribution"] if way.contributed and not apart else live(0.0)
        return untaxed, untaxed

    def _payment(self, number: int, contract: str) -> tuple[Live, Live]:
        """Yearly payment for each 1 of works, with the contract's taxes and without, beside the years it is paid."""
        works, terms = self.quantities.works(number, contract).whenever(), self.terms[contract]
        key = works, contract  # classes of works that a contract meets alike share the row of their years
        if key not in self._solved:
            solved = self.quantities.solved(number, contract, self.timing.clock.years)
            row = self.timing.row(contract, works, "paid", terms).row
            schedule = self.timing.schedules[contract]
            if solved.stated or schedule.milestones:
                content: tuple[Live | float, Live | float] = solved.payment, solved.untaxed
            else:
                content = (self._repaid_at(terms["company"], works, contract),) * 2
            self._solved[key] = tuple(  # type: ignore[assignment]
                self.grid.put(row, PRESENT + 1 + n, cell, "factor") for n, cell in enumerate(content)
            )
        return self._solved[key]

    def _repayment(self, number: int, contract: str) -> Live:
        """Yearly payment for each 1 of works that a provider finances, beside the years it is paid."""
        works, terms = self.quantities.works(number, contract).whenever(), self.terms[contract]
        key = works, contract  # classes of works that a contract meets alike share the row of their years
        if key not in self._solved:
            row = self.timing.row(contract, works, "paid", terms).row
            found = self._repaid_at(terms["equity"], works, contract)
            self._solved[key] = (self.grid.put(row, PRESENT + 1, found, "factor"),) * 2
        return self._solved[key][0]

    def _repaid_at(self, rate: Live, works: Works, contract: str) -> Live:
        """Yearly payment for each 1 of works, worth as much at ``rate`` as they cost, on the calendar's years."""
        terms = self.terms[contract]
        spent, paid = (self.timing.row(contract, works, when, terms) for when in (self._spent(contract), "paid"))
        found = self.timing.worth(spent, rate) / self.timing.worth(paid, rate)
        if self.timing.schedules[contract].rise is None:
            return found
        return found / self.timing.price(contract, works, terms)

    def _spent(self, contract: str) -> str:
        """In which years a contract's works are spent, at prices that rise where they do."""
        return "building" if self.timing.schedules[contract].rise is None else "priced"


def recovery(rate: Live, years: Live) -> Live:
    """Return the equal yearly payment that repays 1 with its return: r / (1 - (1 + r)^-n), or 1/n without return."""
    r, n = rate.text, years.text
    text = f"IF({r}=0,1/({n}),{r}/(1-(1+{r})^-({n})))"
    return Live(text, float(capital_recovery(rate.value, years.value)))

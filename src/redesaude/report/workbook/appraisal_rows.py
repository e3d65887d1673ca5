"""Rows of sheet ``appraisal``: what each quantity of a site costs by year under a contract, and how it comes about.

Every row leads from its cost under the comparator to its cost under the contract in steps, each on top of the last:

==========  =====================================================================================================
price       the contract's factor instead of the comparator's, paid when the comparator pays
time        paid when the contract pays
share       the contract's own share: design, letting and supervision, value handed back, running cost that counts
financing   who pays: the budget, a project company or a provider, before taxes
taxes       what taxes add to a contractor's price, less what returns
==========  =====================================================================================================

The years hold the amounts before anyone else finances them; ``paid`` is the part that is paid in the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from xlsxwriter.utility import xl_range_abs

from redesaude.finance.discounting import Floats, capital_recovery
from redesaude.finance.project_company import capital_payment
from redesaude.financing import Financing, Running
from redesaude.language import N_
from redesaude.report.workbook.appraisal_items import ITEMS, PAYMENTS, Item, Quantities
from redesaude.report.workbook.appraisal_terms import YEARS, Terms
from redesaude.report.workbook.appraisal_timing import PRESENT, Profile, Timing, Works, dates_of
from redesaude.report.workbook.live import Grid, Live, live

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

    def prepare(self, site: str, contract: str, under: str = "") -> None:
        """Write the years in which a site's items under ``contract`` fall due; or would, under another contract."""
        for item in self.quantities.items(site, contract):
            if not under or item.under or item.kind not in PAYMENTS:
                self._profile(item, under or contract)

    def block(self, site: str, contract: str, comparator: str, labels: tuple[str, str], t: Callable[..., str]) -> Block:
        """Write the rows of a site under a contract, from its cost under ``comparator``; ``labels`` name both."""
        first = self.grid.sheet.row
        items = list(self.quantities.items(site, contract))
        own = {(i.kind, i.when, i.works): i.quantity for i in self.quantities.items(site, comparator)}
        rows = []
        for item in items:
            for column, text in enumerate((*labels, t(ITEMS[item.kind]), item.kind)):
                self.grid.say(self.grid.sheet.row, column, text, "cell", "id" if column == 3 else "line")
            compared = own.get((item.kind, item.when, item.works), 0.0)
            rows.append(self._row(item, contract, comparator, compared))
            self.grid.sheet.row += 1
        values = {name: np.array([row[name].value for row in rows]) for name in ("psc", *STEPS, "cost")}
        return Block(first, [item.kind for item in items], values)

    def _row(self, item: Item, contract: str, comparator: str, compared: float) -> dict[str, Live]:
        """Write one row at the cursor; ``compared`` is the quantity under the comparator."""
        row, put = self.grid.sheet.row, self.grid.put
        works = self.quantities.works(item.works, contract)
        if works.months:
            put(row, 4, works.months, "number")
        quantity = put(row, 5, item.quantity, "money")
        priced = self._priced(item, contract, comparator)
        profile = self._profile(item, contract)
        value = put(row, 7, self._years(quantity, put(row, 6, priced.factor, "factor"), profile), "money")
        untaxed, paid = put(row, 8, priced.untaxed, "factor"), put(row, 9, priced.paid, "factor")
        before = live(0.0)
        steps = {name: live(0.0) for name in ("psc", "price", "time", "share")}
        if item.kind not in PAYMENTS or item.under:
            before = value * priced.share
            direct = self._priced(item, comparator, comparator)
            then = self._profile(item, comparator).present
            same = quantity if compared == item.quantity else live(compared)
            psc = same * direct.factor * then * direct.share
            stepped = quantity * priced.step * direct.share
            steps = {
                "psc": psc,
                "price": stepped * then - psc,
                "time": stepped * (profile.present - then),
                "share": before - stepped * profile.present,
            }
        steps |= {"financing": value * untaxed - before, "taxes": value * (paid - untaxed)}
        cells = {name: put(row, _PLACES[name], steps[name], "money") for name in ("psc", *STEPS)}
        whole = Live(f"SUM({xl_range_abs(row, 10, row, 15)})", sum(cell.value for cell in cells.values()))
        return cells | {"cost": put(row, _PLACES["cost"], whole, "money")}

    def _years(self, quantity: Live, factor: Live, profile: Profile) -> Live:
        """Write the amounts by year at the cursor's row and return their present value."""
        row, clock = self.grid.sheet.row, self.timing.clock
        look = self.grid.sheet.styles("cell", "money")
        amount = quantity.value * factor.value
        for year, share in enumerate(profile.shares.tolist()):
            text = f"$F{row + 1}*$G{row + 1}*{profile.cell(year)}"
            self.grid.fill(row, YEARS + year, text, amount * share, look)
        return self.grid.range(row, YEARS, row, YEARS + clock.years - 1).dot(clock.factor)

    def _profile(self, item: Item, contract: str) -> Profile:
        works = self.quantities.works(item.works, contract)
        if item.when == "profit_tax":
            return self.timing.solved(contract, works, self.quantities.solved(item.works, contract).profit_tax)
        return self.timing.row(contract, works, item.when, self.terms[contract])

    def _priced(self, item: Item, contract: str, comparator: str) -> _Priced:
        own, direct = self.terms[contract], self.terms[comparator]
        if item.under:  # the same under every contract: nothing but its time differs
            factor, paid = self._factor(item, item.under), self._paid(item, item.under)[1]
            return _Priced(factor=factor, step=factor, share=paid, untaxed=paid, paid=paid)
        running = item.kind in ("fixed", "cases")
        factor = self._factor(item, contract)
        return _Priced(
            factor=factor,
            step=direct[item.kind] if item.kind in ("letting", "supervision", "residual") else factor,
            share=own["state"] if running else _ONE,
            **dict(zip(("untaxed", "paid"), self._paid(item, contract), strict=True)),
        )

    def _factor(self, item: Item, contract: str) -> Live:
        """What the contract makes of each 1 of the quantity."""
        own = self.terms[contract]
        works = own["capex"] * (1.0 - own["discount"])
        financed = works * (1.0 - own["contribution"])
        factors = {
            "works": lambda: works,
            "fixed": lambda: own["opex"],
            "provider_fixed": lambda: own["opex"],
            "cases": lambda: own["case"],
            "letting": lambda: own["letting"],
            "supervision": lambda: own["supervision"],
            "residual": lambda: own["residual"],
            "capital": lambda: financed * self._payment(item.works, contract)[0],
            "profit_tax": lambda: financed * own["returned"],
            "provider_cases": lambda: own["case"],
            "provider_capital": lambda: works * self._repayment(item.works, contract),
        }
        return factors.get(item.kind, lambda: _ONE)()

    def _paid(self, item: Item, contract: str) -> tuple[Live, Live]:
        """What is paid of each 1, before taxes and with them."""
        own, way = self.terms[contract], self.financing[contract]
        running = item.kind in ("fixed", "cases")
        kept = 1.0 - own["deduction"] if way.deducted else _ONE
        both = kept, own["net"] * kept
        if item.kind == "capital":
            payment, untaxed = self._payment(item.works, contract)
            return untaxed / payment * kept, both[1]
        if item.kind == "profit_tax":
            return live(0.0), _ONE
        if running and way.running is Running.COUNTED:
            rest = (1.0 - own["by_company"]) * own["state"]
            return own["by_company"] * both[0] + rest, own["by_company"] * both[1] + rest
        handed_over = (running and way.running is Running.ALL) or (item.kind == "renewal" and way.renews)
        if item.kind in PAYMENTS or handed_over:
            return both
        untaxed = own["state"] if running else _ONE
        if item.kind == "works" and way.builder:
            untaxed = own["contribution"] if way.contributed else live(0.0)
        return untaxed, untaxed

    def _payment(self, number: int, contract: str) -> tuple[Live, Live]:
        """Yearly payment for each 1 of works, with the contract's taxes and without, beside the years it is paid."""
        works, terms = self.quantities.works(number, contract), self.terms[contract]
        key = works, contract  # classes of works that a contract meets alike share the row of their years
        if key not in self._solved:
            solved = self.quantities.solved(number, contract)
            row = self.timing.row(contract, works, "paid", terms).row
            if solved.stated:
                content: tuple[Live | float, Live | float] = solved.payment, solved.untaxed
            else:
                dates = dates_of(works, terms)
                content = (short_payment(terms["company"], dates.build, dates.payment),) * 2
            self._solved[key] = tuple(  # type: ignore[assignment]
                self.grid.put(row, PRESENT + 1 + n, cell, "factor") for n, cell in enumerate(content)
            )
        return self._solved[key]

    def _repayment(self, number: int, contract: str) -> Live:
        """Yearly payment for each 1 of works that a provider finances, beside the years it is paid."""
        works, terms = self.quantities.works(number, contract), self.terms[contract]
        key = works, contract  # classes of works that a contract meets alike share the row of their years
        if key not in self._solved:
            spent, paid = (self.timing.row(contract, works, when, terms) for when in ("building", "paid"))
            found = self.timing.worth(spent, terms["equity"]) / self.timing.worth(paid, terms["equity"])
            self._solved[key] = (self.grid.put(paid.row, PRESENT + 1, found, "factor"),) * 2
        return self._solved[key][0]


def recovery(rate: Live, years: Live) -> Live:
    """Return the equal yearly payment that repays 1 with its return: r / (1 - (1 + r)^-n), or 1/n without return."""
    r, n = rate.text, years.text
    text = f"IF({r}=0,1/({n}),{r}/(1-(1+{r})^-({n})))"
    return Live(text, float(capital_recovery(rate.value, years.value)))


def short_payment(rate: Live, build: Live, years: Live) -> Live:
    """Return :func:`~redesaude.finance.project_company.capital_payment` for 1 of works, its sums in closed form.

    Whole years of works, and of payment, but the first and the last of them are geometric series.
    """
    r, b, n = rate.text, f"({build.text})", f"({years.text})"
    before, paid = f"(ROUNDUP({b},0)-1)", f"(ROUNDUP({n},0)-1)"
    spent = f"IF(OR({b}<=1,{r}=0),1,(((1+{r})^{before}-1)/{r}+({b}-{before})*(1+{r})^{before})/{b})"
    worth = f"IF({r}=0,{n},(1-(1+{r})^(-{paid}))/{r}+({n}-{paid})*(1+{r})^(-{paid}-1))"
    value = float(capital_payment(1.0, rate.value, build.value, years.value))
    return Live(f"{spent}/({worth})", value)

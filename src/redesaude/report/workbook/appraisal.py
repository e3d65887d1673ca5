"""Sheet ``appraisal``: every contract at every site worked out again in formulas over the assumptions.

Discount rate, factors, terms and prices of the contracts are live: what changes on the assumptions sheet changes the
bridges. Quantities, cases and what the engine solved (the payment of a project company whose loan is stated) are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from redesaude.finance.contracts import terms_of
from redesaude.finance.services import tail_years, timing_of
from redesaude.financing import FINANCING
from redesaude.language import N_
from redesaude.plan.appraisal import Let
from redesaude.report.view import View
from redesaude.report.workbook import appraisal_objective, assumptions, costs
from redesaude.report.workbook.appraisal_items import Quantities
from redesaude.report.workbook.appraisal_letting import Kind, Letting, counted
from redesaude.report.workbook.appraisal_meanwhile import Meanwhile, plus
from redesaude.report.workbook.appraisal_rows import Block, Rows
from redesaude.report.workbook.appraisal_terms import YEARS, Clock, write_clock, write_headers, write_terms
from redesaude.report.workbook.appraisal_timing import Timing, schedules_of
from redesaude.report.workbook.assumptions import Cells
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.live import Grid, Live, live, summed
from redesaude.studies.alternatives import AS_DECIDED, Alternatives
from redesaude.studies.appraise import START, Appraised
from redesaude.studies.repricing import COMPONENTS, Assignment

_WIDTHS = (30, 26, 24, 12, 9, 15, 10, *[15] * 13)
#: years laid out beyond the last payment of any contract, for longer delays than stated
_SPARE_YEARS = 6
#: the comparator at every site, among the programmes
_DIRECT = "comparator"

#: steps of a bridge, and its start, as headers
COMPONENT_NAMES = {
    START: N_("Comparator (direct)"),
    "works": N_("Works: price and overrun"),
    "running": N_("Running: efficiency"),
    "timing": N_("Money paid sooner or later"),
    "waiting": N_("Cases that wait"),
    "transaction": N_("Design, supervision and letting"),
    "oversight": N_("Management and oversight"),
    "sharing": N_("Paid by municipalities"),
    "residual": N_("Value handed back"),
    "financing": N_("Financing and return"),
    "taxes": N_("Taxes"),
}
#: components of services and hosting, letting apart, in the order of the columns
_SERVICES = {name: text for name, text in COMPONENT_NAMES.items() if name != "oversight"}
_ALONE = {
    "direct_transaction": N_("Letting, comparator"),
    "direct_oversight": N_("Oversight, comparator"),
    "own_transaction": N_("Letting, option"),
    "own_oversight": N_("Oversight, option"),
}
_RESULTS = {
    "cost": N_("Cost"),
    "engine": N_("Cost found by the engine"),
    "difference": N_("Difference"),
    "clinical": N_("of which for the cases alone"),
}
#: column of what an option's cases alone cost
_CLINICAL = 2 + len(_SERVICES) + len(_ALONE) + 3

Bridge = dict[str, Live]
"""``psc``, each component, ``cost`` and ``clinical`` of an option -> its cell, as other sheets call it"""


@dataclass(frozen=True)
class Appraisal:
    """Where the bridges stand: by (site, contract), and by contract for the programmes (blank: as decided)."""

    sites: Mapping[tuple[str, str], Bridge]
    programmes: Mapping[str, Bridge]


def can_be_live(known: Alternatives) -> bool:
    """Tell whether every comparator is paid by the budget and free of taxes, which the formulas rest on.

    They know direct administration after a term only by a contract of its own, and one rate for both sides.
    """
    if known.repricing.appraisal.calendar.bid_margin > 0:
        return False
    terms = known.repricing.terms(known.comparator)
    taxed = terms.financed | (terms.tax_share > 0) | (terms.payment_tax_share > 0)
    contracts = known.repricing.scenario.contracts
    unknown = (terms_of(contracts).hands_over > 0).any() and not known.repricing.appraisal.contract_after
    return not bool(taxed.any() or unknown)


def write(book: Book) -> Appraisal:
    """Write the sheet of the studies and return its bridges."""
    return write_bridges(book, book.view.known.appraised, book.view.compared.known)


def write_bridges(book: Book, appraised: Appraised, known: Alternatives) -> Appraisal:
    """Write the sheet over the cells of the assumptions and the sheet of costs, and return its bridges."""
    view, t = book.view, book.view.t
    note = t(
        N_(
            "Money in {money} of {year}, real. Every number in black follows by formula from the assumptions sheet: "
            "change a discount rate, a factor, a procurement time or a price there and all bridges follow. Fixed: the "
            "quantities, cases and periods of the plan, who is treated in services of today until others open, the "
            "sharing of contracts by lots, and the yearly payment of a project company whose loan is stated, which the "
            "engine solved at the return asked. In several periods works are decided when the plan decides them, and a "
            "slower contract opens later. Rows of dates and quantities stand below the tables and are not printed."
        ),
        money=view.numbers.symbol,
        year=view.scenario.settings.base_year,
    )
    sheet = book.sheet("appraisal", _WIDTHS, note)
    writer = _Writer(Grid(sheet), view, appraised, known, book.page(assumptions.write))
    beside = appraisal_objective.beside(book.page(costs.write), known.repricing.appraisal, t)
    return writer.write(beside)


class _Writer:
    """Writes the tables of the sheet; sums stand above what they sum, so their places are set aside first."""

    def __init__(self, grid: Grid, view: View, appraised: Appraised, known: Alternatives, cells: Cells) -> None:
        self.grid, self.view, self.t, self.known = grid, view, view.t, known
        self.prices, self.appraised, self.cells = known.repricing, appraised, cells
        self.quantities = Quantities(self.prices)
        self.programmes: dict[str, Assignment] = {**known.programmes, _DIRECT: known.comparator}
        self.meanwhile = Meanwhile(self.prices, self.programmes)
        self.options = [(site, c) for site in self.prices.sites for c in self._contracts(site)]
        self.let = {p: counted(self.prices.lets(a, together=True)) for p, a in self.programmes.items()}
        self.alone = {
            c: self._by_site(self.prices.lets(self.prices.everywhere(c), together=False)) for c in self.prices.contracts
        }

    def write(self, beside: Mapping[str, Live]) -> Appraisal:
        """Write every table; ``beside`` is what the plan costs beside its sites."""
        sheet, scenario, t = self.grid.sheet, self.view.scenario, self.t
        sheet.heading(t(N_("Discounting")))
        clock = write_clock(self.grid, self.prices.appraisal, self.cells, self._years(), t)
        sheet.heading(t(N_("Terms of the contracts, expected values")))
        self.terms = write_terms(self.grid, scenario, self.cells, self.view.names.contracts, t)
        places = {}
        for name, rows in (
            ("programmes", len(self.programmes)),
            ("objective", len(beside) + appraisal_objective.ROWS),
            ("let", len(self._let_rows())),
            ("options", len(self.options)),
        ):
            places[name] = sheet.row
            sheet.row += rows + 3
        end = sheet.row
        blocks = self._blocks(clock)
        sheet.row = places["options"]
        services = self._options(blocks)
        sheet.row = places["let"]
        letting = self._letting()
        sheet.row = places["programmes"]
        programmes = self._programmes(services, letting, places["options"] + 2)
        sheet.row = places["objective"]
        objective = float(self.view.plan.objective or 0.0)
        appraisal_objective.write(self.grid, programmes[AS_DECIDED]["cost"], beside, objective, t)
        sheet.row = end
        return Appraisal(self._site_bridges(services), {n: _outside(cells) for n, cells in programmes.items()})

    def _contracts(self, site: str) -> list[str]:
        """The contracts worked out at a site: all compared, and those of the programmes."""
        wanted = {*self.known.compared(site), *(a[site] for a in self.programmes.values())}
        return [c for c in self.prices.contracts if c in wanted]

    def _by_site(self, lets: Iterable[Let]) -> dict[str, list[Let]]:
        found: dict[str, list[Let]] = {site: [] for site in self.prices.sites}
        for let in lets:
            found[let.site].append(let)
        return found

    def _let_rows(self) -> list[tuple[str, Kind]]:
        """What each programme lets."""
        return [(p, kind) for p, counts in self.let.items() for kind in sorted(counts)]

    def _years(self) -> int:
        """Years laid out: the horizon, and what any contract still owes after it."""
        horizon = self.prices.appraisal.calendar.horizon_years
        tails = []
        for contract in self.prices.contracts:
            terms = self.quantities.terms(contract)
            tails.append(tail_years(timing_of(self.prices.services, terms), terms, horizon))
        return horizon + max(tails, default=0) + _SPARE_YEARS

    def _blocks(self, clock: Clock) -> dict[tuple[str, str], Block]:
        """Write timing, what letting takes, and quantities."""
        sheet, t, names, scenario = self.grid.sheet, self.t, self.view.names, self.view.scenario
        sheet.heading(t(N_("When money falls due")))
        timing = Timing(self.grid, clock, names.contracts, t, schedules_of(scenario, self.terms))
        self.one = Letting(timing, self.terms, scenario, self.prices.appraisal.phases)
        alone = (counted(lets) for by_site in self.alone.values() for lets in by_site.values())
        self.one.prepare(kind for counts in (*self.let.values(), *alone) for kind in counts)
        contracts = scenario.contracts.set_index("contract_id")["financing"]
        financing = {str(contract): FINANCING[code] for contract, code in contracts.items()}
        rows = Rows(self.grid, timing, self.quantities, self.terms, financing)
        for site, contract in self.options:
            rows.prepare(site, contract, self.known.comparator[site])
        sheet.row += 1
        sheet.heading(t(N_("Letting and overseeing one contract")))
        self.one.write(self.grid, names.contracts, self._periods(), t)
        sheet.heading(t(N_("Quantities")))
        rows.headers(t)
        return {
            (site, contract): rows.block(
                site,
                contract,
                self.known.comparator[site],
                (names.sites.get(site, site), names.contracts.get(contract, contract)),
                t,
            )
            for site, contract in self.options
        }

    def _periods(self) -> list[str]:
        """What the periods are called."""
        ids = self.view.scenario.periods["period_id"]
        return self.view.names.label("periods", ids).to_list()

    def _options(self, blocks: Mapping[tuple[str, str], Block]) -> dict[tuple[str, str], Bridge]:
        """Write one row for each option: its bridge, without and with the letting of a site alone."""
        sheet, t = self.grid.sheet, self.t
        sheet.heading(t(N_("Options of the sites")))
        headers = (*_SERVICES.values(), *_ALONE.values(), *_RESULTS.values())
        write_headers(sheet, [t(N_("Site")), t(N_("Contract")), *(t(h) for h in headers), ""])
        for n, programme in enumerate(self.programmes):
            self.grid.say(sheet.row - 1, YEARS + n, self._programme_name(programme), "header")
        found = {}
        for site, contract in self.options:
            found[site, contract] = self._option(site, contract, blocks[site, contract])
            sheet.row += 1
        sheet.row += 1
        return found

    def _option(self, site: str, contract: str, block: Block) -> Bridge:
        row, names = self.grid.sheet.row, self.view.names
        self.grid.say(row, 0, names.sites.get(site, site))
        self.grid.say(row, 1, names.contracts.get(contract, contract))
        psc = self.known.comparator[site]
        content = self._services(site, contract, block)
        for name, own in (("direct", psc), ("own", contract)):
            let, seen = self.one.of(counted(self.alone[own][site]))
            content |= {f"{name}_transaction": let, f"{name}_oversight": seen}
        cells = {
            name: self.grid.put(row, 2 + n, content[name], "money") for n, name in enumerate((*_SERVICES, *_ALONE))
        }
        whole = summed([cells[name] for name in (*_SERVICES, "own_transaction", "own_oversight")])
        self._results(row, 2 + len(cells), whole, self._engine(site, contract), cells)
        cells["clinical"] = self.grid.put(row, _CLINICAL, block.total("cost", "cases", "provider_cases"), "money")
        for n, assignment in enumerate(self.programmes.values()):
            self.grid.put(row, YEARS + n, float(assignment[site] == contract), "year")
        return cells

    def _results(self, row: int, column: int, whole: Live, engine: float, cells: Bridge) -> None:
        """Write the cost, what the engine found, and their difference."""
        cells["cost"] = self.grid.put(row, column, whole, "money")
        found = self.grid.put(row, column + 1, engine, "money")
        self.grid.put(row, column + 2, cells["cost"] - found, "cents")

    def _services(self, site: str, contract: str, block: Block) -> Bridge:
        """The bridge of services and hosting, component by component."""
        own, direct = (self._hosting(site, c) for c in (contract, self.known.comparator[site]))
        waiting = block.total("time", "waiting") + block.total("price", "unpriced")
        before = self.meanwhile.of(site, self.known.comparator[site])
        more = self.meanwhile.of(site, contract).less(before)
        timing = block.total("time") - block.total("time", "waiting") + block.total("price", "elsewhere")
        return {
            START: plus(block.total("psc") + direct, sum(before)),
            "works": block.total("price", "works"),
            "running": block.total("price", "fixed", "cases") + (own - direct),
            "timing": plus(timing, more.other),
            "waiting": plus(waiting, more.waiting),
            "transaction": block.total("share", "letting", "supervision"),
            "sharing": block.total("share", "fixed", "cases"),
            "residual": block.total("share", "residual"),
            "financing": block.total("financing"),
            "taxes": block.total("taxes"),
        }

    def _hosting(self, site: str, contract: str) -> Live:
        """Running the site in the periods in which it is open, present value."""
        years = [self.terms[let.contract]["opex"] * self.one.hosted(let.period) for let in self.alone[contract][site]]
        stated = self.prices.scenario.sites.set_index("site_id")["fixed_cost"]
        return live(float(stated[site])) * summed(years)

    def _engine(self, site: str, contract: str) -> float:
        options = self.appraised.options
        row = options[(options["site_id"] == site) & (options["contract_id"] == contract)]
        return float(row["cost_npv"].iloc[0])

    def _programme_name(self, programme: str) -> str:
        special = {AS_DECIDED: self.t(N_("the plan as decided")), _DIRECT: self.t(N_("the comparator at every site"))}
        return special.get(programme) or self.view.names.contracts.get(programme, programme)

    def _letting(self) -> dict[str, dict[str, Live]]:
        """Write how many contracts each programme lets, and return their cost by programme and line."""
        sheet, t = self.grid.sheet, self.t
        sheet.heading(t(N_("Contracts that each programme lets, one for each lot")))
        texts = (
            N_("Programme"),
            N_("Contract"),
            N_("Period"),
            N_("How"),
            N_("Number"),
            N_("Letting, present value"),
            N_("Overseeing, present value"),
        )
        write_headers(sheet, [t(text) for text in texts])
        found: dict[str, dict[str, list[Live]]] = {p: {"transaction": [], "oversight": []} for p in self.programmes}
        periods, contracts = self._periods(), self.view.names.contracts
        for programme, kind in self._let_rows():
            row, contract = sheet.row, contracts.get(kind.contract, kind.contract)
            for n, text in enumerate((self._programme_name(programme), contract, periods[kind.period], t(kind.words))):
                self.grid.say(row, n, text)
            counts = {kind: self.grid.put(row, 4, self.let[programme][kind], "decimal")}
            for n, (line, npv) in enumerate(zip(found[programme], self.one.of(counts), strict=True)):
                found[programme][line].append(self.grid.put(row, 5 + n, npv, "money"))
            sheet.row += 1
        return {p: {line: summed(cells) for line, cells in lines.items()} for p, lines in found.items()}

    def _programmes(
        self, services: Mapping[tuple[str, str], Bridge], letting: Mapping[str, Mapping[str, Live]], top: int
    ) -> dict[str, Bridge]:
        """Write the bridge of each programme: sums over the options it uses, and its letting."""
        sheet, t = self.grid.sheet, self.t
        sheet.heading(t(N_("Programmes")))
        headers = [COMPONENT_NAMES[name] for name in (START, *COMPONENTS)]
        write_headers(sheet, [t(text) for text in (N_("Programme"), *headers, *_RESULTS.values())])
        found = {}
        last = top + len(self.options) - 1
        places = {name: 2 + n for n, name in enumerate(_SERVICES)}
        direct, start = letting[_DIRECT], self.meanwhile.shared(_DIRECT)
        for n, programme in enumerate(self.programmes):
            row, own = sheet.row, letting[programme]
            self.grid.say(row, 0, self._programme_name(programme))
            used = self.grid.range(top, YEARS + n, last, YEARS + n)
            content = {name: used.dot(self.grid.range(top, c, last, c)) for name, c in places.items()}
            more = self.meanwhile.shared(programme).less(start)
            content[START] = plus(content[START] + direct["transaction"] + direct["oversight"], sum(start))
            content["timing"] = plus(content["timing"], more.other)
            content["waiting"] = plus(content["waiting"], more.waiting)
            content["transaction"] = content["transaction"] + own["transaction"] - direct["transaction"]
            content["oversight"] = own["oversight"] - direct["oversight"]
            cells = {
                name: self.grid.put(row, 1 + k, content[name], "money") for k, name in enumerate((START, *COMPONENTS))
            }
            self._results(row, 1 + len(cells), summed(cells.values()), self._engine_programme(programme), cells)
            cells["clinical"] = self.grid.put(
                row, 15, used.dot(self.grid.range(top, _CLINICAL, last, _CLINICAL)), "money"
            )
            found[programme] = cells
            sheet.row += 1
        sheet.row += 1
        return found

    def _engine_programme(self, programme: str) -> float:
        table = self.appraised.programme
        if programme == _DIRECT:
            return float(table["psc_npv"].iloc[0])
        return float(table.loc[table["contract_id"] == programme, "cost_npv"].iloc[0])

    def _site_bridges(self, services: Mapping[tuple[str, str], Bridge]) -> dict[tuple[str, str], Bridge]:
        """The bridges of the sites with the letting of each alone, as other sheets call them."""
        found = {}
        for key, own in services.items():
            cells = _outside(own)
            found[key] = cells | {
                START: cells[START] + cells["direct_transaction"] + cells["direct_oversight"],
                "transaction": cells["transaction"] + cells["own_transaction"] - cells["direct_transaction"],
                "oversight": cells["own_oversight"] - cells["direct_oversight"],
            }
        return found


def _outside(cells: Bridge) -> Bridge:
    return {name: cell.on("appraisal") for name, cell in cells.items()}

"""Sheet ``value``: from the public sector comparator to each contract, for the programme and for each site."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from xlsxwriter.utility import xl_rowcol_to_cell

from redesaude.language import N_
from redesaude.report.studies import Studies
from redesaude.report.view import View
from redesaude.report.workbook import appraisal, bids, charts, commissioning
from redesaude.report.workbook.appraisal import COMPONENT_NAMES, Appraisal, Bridge
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.commissioning import commissioning_frame
from redesaude.report.workbook.live import Live, least
from redesaude.report.workbook.sheet import Block, Column, Row, Sheet
from redesaude.report.workbook.styles import GOOD, PRIMARY
from redesaude.report.workbook.why_kept import why_kept
from redesaude.studies.alternatives import AS_DECIDED
from redesaude.studies.appraise import PROGRAMME, START
from redesaude.studies.repricing import COMPONENTS
from redesaude.studies.ties import tie_sentence
from redesaude.studies.uncertainty import VERDICTS

_WIDTHS = (36, 36, *[12.5] * 8, 10, 10, 24, 44, 60)
_STEPS = (START, *COMPONENTS)
_BARS = ("from", "whole", "dearer", "cheaper")
#: of the least amount shown, where the axis of the bridge begins
_AXIS = 0.9

Formula = Callable[[Row], str]


def write(book: Book) -> None:
    """Write the sheet; where the appraisal is live, the money follows by formula from the assumptions."""
    view, t, studies = book.view, book.view.t, book.view.known
    sheet = book.sheet("value", _WIDTHS, _note(view))
    if tie := tie_sentence(view.plan, studies.tied, t):
        sheet.text(tie, "sentence")
    if studies.compared is None:
        sheet.text(t(N_("No contract of the input is direct administration, so there is nothing to compare with.")))
        return
    live = book.page(appraisal.write) if appraisal.can_be_live(studies.compared.known) else None
    pages = _Pages(book, sheet, studies, live)
    pages.programme()
    bids.write(sheet, view, studies.compared.bids)
    pages.sites()


def _note(view: View) -> str:
    return view.t(
        N_(
            "Value for money is what the comparator, direct administration, would cost over its whole life less "
            "what the option costs, risk and waiting included: above zero the option is cheaper. The percentage "
            "is over the part of the comparator that differs; the cost of cases common to all is kept out of it "
            "and the denominator is shown. No single number decides: read the range beside it. Where the range "
            "from the 5th to the 95th percentile holds zero, the two are not distinguishable. Dominated: another "
            "eligible option costs less and opens no later. Amounts follow the assumptions by formula (see the "
            "sheet appraisal); ranks, probabilities and ranges are those of the run."
        )
    )


class _Pages:
    """The tables of the sheet."""

    def __init__(self, book: Book, sheet: Sheet, studies: Studies, live: Appraisal | None) -> None:
        self.book, self.sheet, self.studies, self.live = book, sheet, studies, live
        self.view, self.t = book.view, book.view.t

    def programme(self) -> None:
        """The programme under each contract: ranked, its bridge, and the bridge of the plan as a chart."""
        t = self.t
        frame = programme_frame(self.view, self.studies, self.live)
        self.sheet.heading(t(N_("The programme: each contract wherever it may be, the comparator elsewhere")))
        block = self.sheet.table(frame, [*self._labels(t(N_("Programme"))), *self._verdicts()])
        self._mark(block)
        self._commissioning(frame, t(N_("Programme")))
        self.sheet.heading(t(N_("From the comparator to each programme")))
        self.sheet.table(frame, [*self._labels(t(N_("Programme"))), *self._bridge()])
        decided = frame[frame["contract_id"] == AS_DECIDED].iloc[0]
        self._chart(decided.to_dict(), t(N_("From direct administration everywhere to the plan")))

    def sites(self) -> None:
        """Every option of every open site: ranked, then its bridge."""
        t = self.t
        frame = sites_frame(self.view, self.studies, self.live)
        self.sheet.page_break()
        self.sheet.heading(t(N_("The sites: all options ranked")))
        for block in self.sheet.pages(frame, [*self._labels(t(N_("Site"))), *self._verdicts(), self._kept()], "where"):
            self._mark(block)
        self.sheet.page_break()
        self._commissioning(frame[frame["chosen"].astype(bool)], t(N_("Site")))
        self.sheet.page_break()
        self.sheet.heading(t(N_("The sites: from the comparator to each option")))
        self.sheet.pages(frame, [*self._labels(t(N_("Site"))), *self._bridge()], "where")

    def _commissioning(self, frame: pd.DataFrame, where: str) -> None:
        compared = self.studies.compared
        table = commissioning_frame(self.view, frame, compared.break_even if compared else pd.DataFrame())
        if len(table):
            commissioning.write(self.sheet, self.view, table, self._labels(where), live=self.live is not None)

    def _labels(self, where: str) -> list[Column]:
        return [Column("where", where), Column("contract", self.t(N_("Contract")))]

    def _verdicts(self) -> list[Column]:
        t, money = self.t, self.view.numbers.money_header()
        apart = t(N_("{money}, what differs"), money=money)
        return [
            self._money(START, t(N_("Comparator")), money),
            self._money("cost", t(N_("Cost")), money),
            self._money("vfm", t(N_("Value for money")), money, _vfm),
            self._money("denominator", t(N_("Denominator")), apart, _denominator),
            Column("vfm_share", t(N_("Value for money")), t(N_("of the denominator")), "percent", self._live(_share)),
            Column("probability", t(N_("Chance above zero")), t(N_("of simulated outcomes")), "whole_percent"),
            Column("p5", t(N_("Low value")), t(N_("{money}, 5th percentile"), money=money), "millions"),
            Column("p95", t(N_("High value")), t(N_("{money}, 95th percentile"), money=money), "millions"),
            Column("rank", t(N_("Rank")), t(N_("by cost, of those eligible")), "number"),
            Column("opening", t(N_("Last opening")), t(N_("year")), "year"),
            Column("standing", t(N_("Standing"))),
            Column("reading", t(N_("Reading")), t(N_("of the range from low to high"))),
        ]

    def _kept(self) -> Column:
        return Column("kept", self.t(N_("Why it stays")), self.t(N_("where another costs less")))

    def _bridge(self) -> list[Column]:
        money = self.view.numbers.money_header()
        steps = [self._money(name, self.t(COMPONENT_NAMES[name]), money) for name in _STEPS]
        return [*steps, self._money("cost", self.t(N_("Cost")), money, _sum)]

    def _money(self, key: str, header: str, note: str, formula: Formula | None = None) -> Column:
        """A column of money, by ``formula`` or as the row states it in ``<key> text``."""
        stated: Formula = formula or (lambda row: str(row.record[f"{key} text"]))
        return Column(key, header, note, "millions", self._live(stated))

    def _live(self, formula: Formula) -> Formula | None:
        return formula if self.live else None

    def _mark(self, block: Block) -> None:
        words = {VERDICTS["better"]: "good", VERDICTS["worse"]: "bad", VERDICTS["not_distinguishable"]: "caution"}
        self.sheet.mark(block, "reading", {self.t(word): style for word, style in words.items()})

    def _chart(self, row: Mapping[Any, Any], title: str) -> None:
        """A waterfall over helper cells right of the printed columns."""
        sheet, money = self.sheet, self.view.numbers
        block = self._waterfall(row)
        chart = self.book.chart("column", "stacked")
        looks = ({"none": True}, {"color": PRIMARY}, {"color": "#A61C1C"}, {"color": GOOD})
        names = ("", self.t(N_("Cost")), self.t(N_("Dearer")), self.t(N_("Cheaper")))
        for key, fill, name in zip(_BARS, looks, names, strict=True):
            chart.add_series(
                {
                    "name": name or " ",
                    "categories": block.series("name"),
                    "values": block.series(key),
                    "fill": fill,
                    "gap": 40,
                }
            )
        charts.dress(chart, title, legend=True)
        floor = _AXIS * min(float(row[START]), float(row["cost"]))
        charts.standing(chart, money.money_header(), money.money_format(digits=0), min=max(0.0, _round(floor)))
        chart.set_legend({"position": "bottom", "delete_series": [0]})
        sheet.chart(chart, rows=14, columns=12)

    def _waterfall(self, row: Mapping[Any, Any]) -> Block:
        frame = waterfall_frame(self.t, row)
        top, start = self.sheet.row, len(_WIDTHS) + 1
        self.sheet.set_widths(start, (26, 14, 14, 14, 14, 14, 14))

        def step(record: Row) -> str:
            return str(record.record["step text"])

        def after(record: Row) -> str:
            above = xl_rowcol_to_cell(record.number - 1, record.columns["after"], col_abs=True)
            carried = "" if record.record["name"] in (frame["name"].iloc[0], frame["name"].iloc[-1]) else f"{above}+"
            return f"{carried}{record.at('step')}"

        def bar(key: str) -> Formula:
            return lambda record: _bar_text(record, key, whole=bool(record.record["total"]))

        columns = [
            Column("name", self.t(N_("Step")), kind="line"),
            Column("step", self.t(N_("Amount")), "", "money", step if self.live else None),
            Column("after", self.t(N_("Cost so far")), "", "money", after),
            *(Column(key, text, "", "money", bar(key)) for key, text in zip(_BARS, self._bar_names(), strict=True)),
        ]
        block = self.sheet.table(frame, columns, start=start)
        self.sheet.row = top
        return block

    def _bar_names(self) -> tuple[str, ...]:
        return tuple(self.t(text) for text in (N_("Bar from"), N_("Cost"), N_("Dearer"), N_("Cheaper")))


def _vfm(row: Row) -> str:
    return f"{row.at(START)}-{row.at('cost')}"


def _denominator(row: Row) -> str:
    return f"{row.at(START)}-{row.record['common text']}"


def _share(row: Row) -> str:
    return f'IF({row.at("denominator")}>0,{row.at("vfm")}/{row.at("denominator")},"")'


def _sum(row: Row) -> str:
    return f"SUM({row.at(_STEPS[0])}:{row.at(_STEPS[-1])})"


def _bar_text(record: Row, key: str, *, whole: bool) -> str:
    """Formula of a part of a bar: what it stands on, its whole height, or the step up or down."""
    step, after = record.at("step"), record.at("after")
    if whole:
        return after if key == "whole" else "0"
    return {
        "from": f"MIN({after},{after}-{step})",
        "whole": "0",
        "dearer": f"MAX({step},0)",
        "cheaper": f"MAX(-{step},0)",
    }[key]


def waterfall_frame(t: Any, row: Mapping[Any, Any]) -> pd.DataFrame:
    """Return the bars of the bridge in ``row``: name, step, cost after it, and the parts of the bar."""
    steps = [(t(COMPONENT_NAMES[name]), float(row[name]), row.get(f"{name} text", "")) for name in _STEPS]
    rows, after = [], 0.0
    for n, (name, step, text) in enumerate(steps):
        after += step
        whole = n == 0
        rows.append((name, step, text, after, whole, 0.0 if whole else min(after, after - step), after * whole,
                     max(step, 0.0) * (not whole), max(-step, 0.0) * (not whole)))  # fmt: skip
    rows.append((t(N_("Cost")), float(row["cost"]), row.get("cost text", ""), after, True, 0.0, after, 0.0, 0.0))
    return pd.DataFrame(rows, columns=["name", "step", "step text", "after", "total", *_BARS])


def _round(amount: float) -> float:
    """One significant digit less than the amount, for an axis."""
    unit = 10.0 ** (np.floor(np.log10(amount)) - 1) if amount > 0 else 1.0
    return float(np.floor(amount / unit) * unit)


def sites_frame(view: View, studies: Studies, live: Appraisal | None) -> pd.DataFrame:
    """Return the eligible options of every open site, its decided contract and its comparator, cheapest first.

    Columns: where, contract, rank, standing, kept (why a dearer contract stays), every step and result as value and
    (with ``live``) formula text, probability, p5, p95, reading, opening.
    """
    compared = studies.compared
    options = studies.appraised.options
    wanted = options["eligible"] | options["chosen"] | (options["contract_id"] == options["psc_contract_id"])
    options = options[wanted & (options["psc_contract_id"] != "")].copy()
    options["opening"] = np.floor(options["opening_year"])
    options["where"] = view.names.label("sites", options["site_id"])
    options["contract"] = view.names.label("contracts", options["contract_id"])
    options["standing"] = [_standing(view, row) for row in options.to_dict("records")]
    why = why_kept(view, studies)
    options["kept"] = [why.get(key, "") for key in zip(options["site_id"], options["contract_id"], strict=True)]
    table = _with_simulation(view, _with_bridge(options, studies), compared)
    order = table.sort_values(["where", "site_id", "rank", "cost"], na_position="last", ignore_index=True)
    return _with_formulas(
        order, live.sites if live else None, ["site_id", "contract_id"], _common_of_sites(order, live)
    )


def programme_frame(view: View, studies: Studies, live: Appraisal | None) -> pd.DataFrame:
    """Return the programme under each contract and as decided, cheapest first, columns as :func:`sites_frame`."""
    table = studies.appraised.programme.copy()
    decided, t = view.t(N_("the plan as decided")), view.t
    table["site_id"] = PROGRAMME
    table["where"] = [decided if c == AS_DECIDED else view.names.contracts.get(c, c) for c in table["contract_id"]]
    table["contract"] = [t(N_("at {count} {count:site|sites}"), count=count) for count in table["sites"]]
    table["standing"] = [t(N_("the plan")) if chosen else "" for chosen in table["chosen"]]
    table["opening"] = np.nan
    table = _with_simulation(view, _with_bridge(table, studies), studies.compared)
    table = table.sort_values("rank", ignore_index=True)
    common = least([b["clinical"] for b in live.programmes.values()]) if live else None
    return _with_formulas(table, live.programmes if live else None, ["contract_id"], lambda row: common)


def _standing(view: View, row: Mapping[Any, Any]) -> str:
    t, words = view.t, []
    if row["chosen"]:
        words.append(t(N_("chosen")))
    if row["contract_id"] == row["psc_contract_id"]:
        words.append(t(N_("comparator, not eligible here")) if row["psc_hypothetical"] else t(N_("comparator")))
    if row["dominated"]:
        words.append(t(N_("dominated")))
    return "; ".join(words)


def _with_bridge(table: pd.DataFrame, studies: Studies) -> pd.DataFrame:
    """Add the steps of the bridge, and the cost under its own name."""
    steps = studies.appraised.bridge.pivot_table(index=["site_id", "contract_id"], columns="component", values="npv")
    return table.rename(columns={"cost_npv": "cost"}).merge(steps.reset_index(), on=["site_id", "contract_id"])


def _with_simulation(view: View, table: pd.DataFrame, compared: Any) -> pd.DataFrame:
    rows = compared.simulation.value
    rows = rows[rows["basis"] == "all"].assign(
        reading=[view.t(VERDICTS[v]) for v in rows.loc[rows["basis"] == "all", "verdict"]]
    )
    rows = rows.rename(columns={"probability_positive": "probability"})
    keys = ["site_id", "contract_id"]
    table = table.merge(rows[[*keys, "probability", "p5", "p95", "reading"]], on=keys, how="left")
    same = table["reading"] == view.t(VERDICTS["comparator"])
    return table.assign(p5=table["p5"].where(~same), p95=table["p95"].where(~same), reading=table["reading"].fillna(""))


def _common_of_sites(table: pd.DataFrame, live: Appraisal | None) -> Callable[[Mapping[Any, Any]], Live | None]:
    """The least cost of cases among the eligible options of a site and its comparator."""
    if live is None:
        return lambda row: None
    counted = table[table["eligible"] | (table["contract_id"] == table["psc_contract_id"])]
    found = {
        str(site): least([live.sites[str(site), c]["clinical"] for c in rows["contract_id"]])
        for site, rows in counted.groupby("site_id")
    }
    return lambda row: found[row["site_id"]]


def _with_formulas(
    table: pd.DataFrame,
    bridges: Mapping[Any, Bridge] | None,
    keys: list[str],
    common: Callable[[Mapping[Any, Any]], Live | None],
) -> pd.DataFrame:
    """Add beside each amount the text of its formula, where the sheet is live."""
    if bridges is None:
        return table
    rows = [dict(_formulas(row, bridges, keys, common)) for row in table.to_dict("records")]
    return pd.concat([table, pd.DataFrame(rows, index=table.index)], axis=1)


def _formulas(
    row: Mapping[Any, Any],
    bridges: Mapping[Any, Bridge],
    keys: list[str],
    common: Callable[[Mapping[Any, Any]], Live | None],
) -> Iterator[tuple[str, str]]:
    bridge = bridges[row[keys[0]] if len(keys) == 1 else tuple(row[key] for key in keys)]
    yield from ((f"{name} text", bridge[name].text) for name in (*_STEPS, "cost"))
    shared = common(row)
    if shared is not None:
        yield "common text", shared.text

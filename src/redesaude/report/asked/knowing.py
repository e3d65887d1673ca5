"""What knowing assumptions is worth, and their shares of what varies: sheets and sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from redesaude.language import N_
from redesaude.report.asked.page import Shown
from redesaude.report.view import View
from redesaude.report.workbook.sensitivity import assumption_name
from redesaude.report.workbook.sheet import Column
from redesaude.studies.knowing import COMPARATOR, COST, DIFFERENCE, IN_HAND, OTHER, REST, Knowing

TITLES: Mapping[str, str] = {
    "worth": N_("What knowing it better is worth"),
    "indices": N_("Which assumptions make what varies"),
    "rivals": N_("The plans that may be chosen"),
}
_WORTH = N_(
    "What is saved on average where the value of an assumption is known before plans are chosen, all others being "
    "as uncertain as before (expected value of partial perfect information), present value. It is the most that a "
    "study, a tender or a survey about it may cost. The plans are those in hand, priced again, none searched anew: "
    "{points} points, in 95 of 100 cases between least and most. Below what chance alone finds it is not "
    "distinguishable from nothing."
)
_INDICES = N_(
    "Shares of the variance: by itself, what would vary less were the assumption known; in all, with what it does "
    "together with others (Sobol, by Saltelli's scheme, {rows} rows; 95 % intervals by bootstrap). Assumptions are "
    "independent and equally likely over their range."
)
_RIVALS = N_(
    "The plan in hand, its network under other contracts, and other plans given, at the same points. The one of the "
    "least mean is what to choose while nothing more is known; promises are not looked at anew."
)
_OUTPUTS: Mapping[str, str] = {
    COST: N_("cost of the plan in hand"),
    DIFFERENCE: N_("what its best rival costs more"),
}
_NAMES: Mapping[str, str] = {
    IN_HAND: N_("the plan in hand"),
    COMPARATOR: N_("its network, direct administration everywhere"),
}
_PROGRAMME, _OTHER = N_("its network, {contract} wherever it may be"), N_("other plan {number}")
_SHORT = {True: N_("worth knowing"), False: N_("not distinguishable from nothing")}
_REST = N_("all other assumptions together")
_CHOSEN = N_(
    "While nothing more is known, {plan} costs least on average: {mean}. Knowing everything before choosing would "
    "save {worth} on average, between {low} and {high}."
)
_SAVES = N_("{assumption}: known before choosing, it saves {worth} on average, between {low} and {high}.")
_CHANCE = N_(
    "{assumption}: what knowing it saves ({worth}) is not distinguishable from nothing; chance alone finds {chance}."
)
_NOTHING = N_("{assumption}: at no value of it is another plan better on average; knowing it saves nothing.")
_ALONE = N_("There is no other contract or plan to change to: knowing more changes no choice. --other gives plans.")
_NOT_PRICED = N_("What knowing is worth was not looked at: the time ended, or nothing was asked of it.")
_SHARE = N_("{assumption}: {first} of what the cost of the plan varies by ({low} to {high}), {total} with others.")
_NEARLY_ALL = N_(
    "{assumption}: nearly all of what the cost of the plan varies by, at least {low} in 95 of 100 cases; {rows} rows "
    "are too few to say more."
)
_NO_SHARE = N_("{assumption}: its share of what the cost of the plan varies by is not distinguishable from zero.")


def rival_words(view: View, name: str) -> str:
    """Return what a plan that may be chosen is called."""
    kind, _, code = name.partition(":")
    if name in _NAMES:
        return view.t(_NAMES[name])
    if kind == OTHER:
        return view.t(_OTHER, number=code)
    return view.t(_PROGRAMME, contract=view.names.contracts.get(code, code))


def knowing_words(view: View, known: Knowing) -> Iterator[str]:
    """Yield what is known of knowing, a sentence each."""
    t, money, percent = view.t, view.numbers.money, view.numbers.percent
    if not known.rows:
        yield t(_NOT_PRICED)
        return
    everything = known.all_known
    if everything is None:
        yield t(_ALONE)
    else:
        values = {"worth": money(everything.worth), "low": money(everything.low), "high": money(everything.high)}
        mean = money(float(known.rivals["mean"].iloc[0]))
        yield t(_CHOSEN, plan=rival_words(view, known.chosen), mean=mean, **values)
    for row in known.worth.to_dict("records"):
        values = {name: money(row[column]) for name, column in _ENDS}
        sentence = _SAVES if row["shown"] else _CHANCE if row["worth"] > 0 else _NOTHING
        yield t(sentence, assumption=_name(view, row), **values)
    for row in known.indices[known.indices["output"] == COST].dropna(subset=["first"]).to_dict("records"):
        shares = {name: percent(row[column]) for name, column in _SHARES}
        yield t(share_sentence(row), assumption=_name(view, row), rows=known.rows, **shares)


def share_sentence(row: Mapping[Any, Any]) -> str:
    """Return how a share is told: an estimate beyond the whole is an error of few rows, and no share."""
    if row["first_low"] <= 0:
        return _NO_SHARE
    return _SHARE if row["first"] <= 1 else _NEARLY_ALL


_ENDS = (("worth", "worth"), ("low", "worth_low"), ("high", "worth_high"), ("chance", "chance"))
_SHARES = (("first", "first"), ("low", "first_low"), ("high", "first_high"), ("total", "total"))


def knowing_sheets(view: View, known: Knowing) -> dict[str, Shown]:
    """Return the tables by the names of their sheets."""
    t = view.t
    notes = {
        "worth": t(_WORTH, points=known.rows * known.points),
        "indices": t(_INDICES, rows=known.rows),
        "rivals": t(_RIVALS),
    }
    frames = {"worth": _worth(view, known), "indices": _indices(view, known), "rivals": _rivals(view, known)}
    return {name: Shown(t(TITLES[name]), *frame, notes[name]) for name, frame in frames.items()}


def _name(view: View, row: Mapping[Any, Any]) -> str:
    return view.t(_REST) if row["assumption_id"] == REST else assumption_name(view, row)


def _worth(view: View, known: Knowing) -> tuple[pd.DataFrame, list[Column]]:
    t, value = view.t, view.t(N_("{money}, present value"), money=view.numbers.symbol)
    rows = known.worth
    table = rows.assign(
        name=[_name(view, row) for row in rows.to_dict("records")],
        told=[t(_SHORT[bool(shown)]) for shown in rows["shown"]],
    )
    return table, [
        Column("name", t(N_("Assumption"))),
        Column("value", t(N_("Today")), "", "general"),
        Column("low", t(N_("Low")), "", "general"),
        Column("high", t(N_("High")), "", "general"),
        Column("worth", t(N_("Saved on average")), value, "money"),
        Column("worth_low", t(N_("Least")), value, "money"),
        Column("worth_high", t(N_("Most")), value, "money"),
        Column("chance", t(N_("By chance alone")), value, "money"),
        Column("told", t(N_("In short"))),
    ]


def _indices(view: View, known: Knowing) -> tuple[pd.DataFrame, list[Column]]:
    t, rows = view.t, known.indices
    share, interval = t(N_("share of the variance")), t(N_("95 % interval"))
    table = rows.assign(
        name=[_name(view, row) for row in rows.to_dict("records")],
        of=[t(_OUTPUTS[output]) for output in rows["output"]],
        told=["" if low > 0 else t(_SHORT[False]) for low in rows["first_low"]],
    )
    return table, [
        Column("of", t(N_("Of what"))),
        Column("name", t(N_("Assumption"))),
        Column("first", t(N_("By itself")), share, "percent"),
        Column("first_low", t(N_("Least")), interval, "percent"),
        Column("first_high", t(N_("Most")), interval, "percent"),
        Column("total", t(N_("In all")), share, "percent"),
        Column("total_low", t(N_("Least")), interval, "percent"),
        Column("total_high", t(N_("Most")), interval, "percent"),
        Column("told", t(N_("In short"))),
    ]


def _rivals(view: View, known: Knowing) -> tuple[pd.DataFrame, list[Column]]:
    t, value = view.t, view.t(N_("{money}, present value"), money=view.numbers.symbol)
    table = known.rivals.assign(name=[rival_words(view, name) for name in known.rivals["rival"]])
    return table, [
        Column("name", t(N_("Plan"))),
        Column("mean", t(N_("Mean cost")), value, "money"),
        Column("spread", t(N_("Standard deviation")), value, "money"),
        Column("cheapest", t(N_("Cheapest in")), t(N_("share of the points")), "percent"),
    ]

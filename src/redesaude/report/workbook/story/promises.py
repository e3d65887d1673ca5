"""Which promises are missed, as sentences, and why."""

from __future__ import annotations

import pandas as pd

from redesaude.inputs.scenario import rows_of
from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.promises import WORDS
from redesaude.report.terms import PROMISE_KINDS
from redesaude.report.view import View
from redesaude.report.workbook.limits import limits_frame
from redesaude.report.workbook.story.facts import Fact, Line, Section, Teller

#: sentences on the first page, the dearest first; names, and promises of the
#: whole area, in one of them
SHOWN, _NAMED, _WHOLE = 3, 3, 2
_TABLE = "promises.csv"
_FORMS = {"money": "millions", "percent": "percent"}


def promises(view: View) -> Section:
    """Return the promises that the plan misses, those that cost most first, and why."""
    t, tell = view.t, Teller(view)
    told = missed(view)
    title = t(N_("Promises missed, and why"))
    if not told:
        return Section(title, (tell.line(N_("Every promise is kept.")),))
    lines = [line for line, _ in told[:SHOWN]]
    price = float(view.plan.promises["npv"].astype(float).sum())
    lines.append(_why(view, price, len(told) - SHOWN))
    return Section(title, tuple(lines))


def _why(view: View, price: float, further: int) -> Line:
    facts = {"price": Fact(price, "millions", _TABLE)}
    if further <= 0:
        message = N_(
            "Why: they may be missed at a price, and in this plan the price, {price} in all, is less than keeping them "
            "would cost, as far as the search found."
        )
        return Teller(view).line(message, **facts)
    message = N_(
        "Why: they may be missed at a price, and in this plan the price, {price} in all, is less than keeping them "
        "would cost, as far as the search found. Further kinds missed, on the sheet limits of audit.xlsx: {further}."
    )
    return Teller(view).line(message, further=Fact(float(further), "number", _TABLE), **facts)


def missed(view: View) -> list[tuple[Line, float]]:
    """Return a sentence for the promises of the whole area, and for each kind of promise by place, that are missed.

    With it the price paid, NPV; the dearest first. Of several periods the last is told, in which all is open.
    """
    rows = limits_frame(view)
    rows = rows[rows["period_id"].isin(["", view.scenario.periods["period_id"].iloc[-1]])].copy()
    rows["out"] = rows["verdict"] == view.t(N_("missed"))
    access = rows["kind"] == "access"
    whole = access & (rows["region_id"] == ALL)
    short = rows[whole & rows["out"]].sort_values("npv", ascending=False)
    found = [(_whole(view, short), float(short["npv"].sum()))] if len(short) else []
    local = rows[access & ~whole]
    for key, group in local.groupby(["specialty_id", "minutes", "share", "period_id"], sort=False):
        if group["out"].any():
            found.append((_regions(view, key, group), float(group["npv"].sum())))
    others = rows[~access]
    for kind, group in others.groupby("kind", sort=False):
        if group["out"].any():
            found.append((_other(view, str(kind), group), float(group["npv"].sum())))
    return sorted(found, key=lambda pair: (-pair[1], pair[0].text))


def _whole(view: View, rows: pd.DataFrame) -> Line:
    """The promises of the whole area in one sentence, the dearest first."""
    told: list[str] = []
    facts: list[Fact] = []
    for row in rows_of(rows.head(_WHOLE)):
        reached = float(row.share) * float(row.achieved) / float(row.limit) if row.limit else 0.0
        line = Teller(view).line(
            N_("{specialty} {achieved} instead of {share} within {minutes} minutes"),
            {"specialty": row.specialty},
            achieved=Fact(reached, "percent", _TABLE),
            share=Fact(float(row.share), "whole_percent", _TABLE),
            minutes=Fact(float(row.minutes), "number", _TABLE),
        )
        told.append(line.text)
        facts += line.facts
    count, named = Fact(float(len(rows)), "number", _TABLE), "; ".join(told)
    whole = Teller(view).line(
        N_("Promises of access for the whole area missed: {count}. {named}."), {"named": named}, count=count
    )
    return Line(whole.text, (count, *facts))


def _regions(view: View, key: tuple[object, ...], group: pd.DataFrame) -> Line:
    out = group[group["out"]]
    none = out[out["achieved"].astype(float) < 1e-6]
    facts = {
        "count": Fact(float(len(out)), "number", _TABLE),
        "regions": Fact(float(len(group)), "number", _TABLE),
        "minutes": Fact(float(str(key[1])), "number", _TABLE),
        "share": Fact(float(str(key[2])), "whole_percent", _TABLE),
    }
    words = {"specialty": out["specialty"].iloc[0], "named": _some(view, list(out["region"]))}
    if len(none) == len(out):
        message = N_(
            "{specialty}: in {count} of {regions} health regions no case is treated within {minutes} minutes, where "
            "{share} is promised ({named})."
        )
        return Teller(view).line(message, words, **facts)
    if none.empty:
        message = N_(
            "{specialty}: in {count} of {regions} health regions fewer than {share} of cases are treated within "
            "{minutes} minutes ({named})."
        )
        return Teller(view).line(message, words, **facts)
    message = N_(
        "{specialty}: in {count} of {regions} health regions fewer than {share} of cases are treated within {minutes} "
        "minutes ({named}); not one in {none} of them."
    )
    return Teller(view).line(message, words, **facts, none=Fact(float(len(none)), "number", _TABLE))


def _other(view: View, kind: str, group: pd.DataFrame) -> Line:
    out, tell = group[group["out"]], Teller(view)
    form = WORDS[kind].form
    if len(out) == 1:
        row, cell = out.iloc[0], _FORMS.get(form, "number")
        named = [row["promise"], row["region"] if row["region_id"] not in ("", ALL) else ""]
        return tell.line(
            N_("{kind}: {named}, {achieved} instead of {limit}."),
            {"kind": view.t(PROMISE_KINDS[kind].name), "named": ", ".join(filter(None, named))},
            achieved=Fact(float(row["achieved"]), cell, _TABLE),
            limit=Fact(float(row["limit"]), cell, _TABLE),
        )
    names = [row.promise if row.site_id or not row.region else f"{row.promise} ({row.region})" for row in rows_of(out)]
    return tell.line(
        N_("{kind}: missed {count} {count:time|times} of {of} ({named})."),
        {"kind": view.t(PROMISE_KINDS[kind].name), "named": _some(view, names)},
        count=Fact(float(len(out)), "number", _TABLE),
        of=Fact(float(len(group)), "number", _TABLE),
    )


def _some(view: View, names: list[str]) -> str:
    """Name the first, and say that there are more."""
    names = list(dict.fromkeys(names))
    return ", ".join(names[:_NAMED]) + (", " + view.t(N_("and others")) if len(names) > _NAMED else "")

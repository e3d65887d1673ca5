"""What a plan was made to be best at, where that is not its cost, in words and in its own unit."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from redesaude.asking.measures import CAPITAL, EACH_SPECIALTY, EQUITY, MEASURES, Measure
from redesaude.language import N_
from redesaude.promises.programme import ACCESS, HEALTHY_YEARS, SERVICES, TRAVEL
from redesaude.report.view import View

#: what each measure counts, in its unit
MEASURED: Mapping[str, str] = MappingProxyType(
    {
        EACH_SPECIALTY: N_("share of cases within the standard, of each specialty"),
        ACCESS: N_("share of all cases within the standard of their specialty"),
        EQUITY: N_("share of all cases within the standard, of the region that has least"),
        HEALTHY_YEARS: N_("healthy years gained a year"),
        TRAVEL: N_("hours of patients and companions on the road a year"),
        CAPITAL: N_("capital of the period in which most is decided"),
        SERVICES: N_("services open"),
    }
)

#: by whether a measure asks for at least a level, and whether there is a ceiling of money
_PROVEN: Mapping[tuple[bool, bool], str] = MappingProxyType(
    {
        (True, False): N_("Proven: no plan reaches more than {limit}."),
        (True, True): N_("Proven: no plan that costs {money} or less reaches more than {limit}."),
        (False, False): N_("Proven: no plan has less than {limit}."),
        (False, True): N_("Proven: no plan that costs {money} or less has less than {limit}."),
    }
)
_REACHED = N_("The plan is made to be best at this, at the end: {measured}. It has {reached}.")
_CHEAPEST = N_("Money is told of the cheapest plan found for that.")


def level_words(view: View, measure: Measure, level: float) -> str:
    """Return a level of a measure as people write it."""
    if measure.form == "percent":
        return view.numbers.percent(level)
    return view.numbers.money(level) if measure.form == "money" else view.numbers.decimal(level)


def aim_sentence(view: View) -> str:
    """Return what the plan was made to be best at and what is proven of it; blank where that is its cost."""
    aim, t = view.plan.aim, view.t
    if aim is None:
        return ""
    measure, held = MEASURES[aim.measure], aim.money is not None
    reached, limit = (level_words(view, measure, level) for level in (aim.reached, aim.limit))
    money = view.numbers.money(aim.money) if aim.money is not None else ""
    told = t(_REACHED, measured=t(MEASURED[aim.measure]), reached=reached)
    return " ".join((told, t(_PROVEN[measure.least, held], limit=limit, money=money), t(_CHEAPEST)))

"""The rules that a scenario may ask for, each with as much as the planted plan of the sketch gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from differential.draw import Draw
from differential.sketch import MINUTES, Sketch
from tiny import PPP

Rule = Callable[[Draw, Sketch], None]


def hosting(draw: Draw, sketch: Sketch) -> None:
    """What a site costs, whatever it does."""
    for row in sketch.table("sites"):
        row["fixed_cost"] = draw.money(0, 90)


def today(draw: Draw, sketch: Sketch) -> None:
    """Services that exist, with what closing them costs."""
    contracts = [row["contract_id"] for row in sketch.table("contracts") if row["contract_id"] in ("direct", "oss")]
    for j in sketch.sites:
        for s in sketch.specialties:
            if draw.happens(0.4) and not any(_same(row, j, s) for row in sketch.table("site_services")):
                size = draw.one([z["size_id"] for z in sketch.table("sizes") if z["specialty_id"] == s])
                closing = draw.money(0, draw.one((50, 2000)))
                sketch.table("site_services").append(
                    {"site_id": j, "specialty_id": s, "size_id": size, "status": "existing",
                     "contract_id": draw.one(contracts or ["direct"]), "closing_cost": closing}
                )  # fmt: skip


def exceptions(draw: Draw, sketch: Sketch) -> None:
    """Services that are required, where planted, or forbidden, where not."""
    for j in sketch.sites:
        for s in sketch.specialties:
            if draw.happens(0.2) and not any(_same(row, j, s) for row in sketch.table("site_services")):
                status = "required" if j in sketch.plant[s] else "forbidden"
                sketch.table("site_services").append({"site_id": j, "specialty_id": s, "size_id": "", "status": status})


def _same(row: dict[str, Any], site: str, specialty: str) -> bool:
    return (row["site_id"], row["specialty_id"]) == (site, specialty)


def colocation(_draw: Draw, sketch: Sketch) -> None:
    """The last specialty needs the first one, which is then planted at its sites too."""
    if len(sketch.specialties) > 1:
        first, last = sketch.specialties[0], sketch.specialties[-1]
        sketch.plant[first] = [j for j in sketch.sites if j in {*sketch.plant[first], *sketch.plant[last]}]
        sketch.table("requires").append({"specialty_id": last, "required_specialty_id": first})
        _room(sketch, first)


def _room(sketch: Sketch, specialty: str) -> None:
    """Room for the plant as it is now: sizes are never smaller than drawn."""
    needed = max(sketch.load(specialty).values()) * sketch.growth() * 1.02 / sketch.occupancy
    for row in sketch.table("sizes"):
        if row["specialty_id"] == specialty:
            row["capacity"] = max(row["capacity"], needed)


def nearest(draw: Draw, sketch: Sketch) -> None:
    """People go to the nearest open service."""
    for row in sketch.table("specialties"):
        row |= draw.sometimes(0.5, {"assignment": "nearest"})


def single_source(_draw: Draw, sketch: Sketch) -> None:
    """A territory goes to one place."""
    for row in sketch.table("specialties"):
        row["single_source"] = "yes"


def ceiling(draw: Draw, sketch: Sketch) -> None:
    """Longest journeys, no shorter than those of the planted plan where people must be treated."""
    for row in sketch.table("specialties"):
        s = row["specialty_id"]
        places = [sketch.sites.index(j) for j in sketch.plant[s]]
        longest = sketch.minutes[:, places].min(axis=1).max() if not sketch.optional[s] else 0.0
        row["ceiling_minutes"] = max(float(longest), draw.one(MINUTES))


def centres(draw: Draw, sketch: Sketch) -> None:
    """Fewest and most centres, and most services at a site, around the planted plan."""
    for row in sketch.table("specialties"):
        count = len(sketch.plant[row["specialty_id"]])
        row |= draw.sometimes(0.6, {"max_centres": draw.count(count, len(sketch.sites))})
        row |= draw.sometimes(0.4, {"min_centres": draw.count(0, count)})
    for row in sketch.table("sites"):
        count = sum(row["site_id"] in planted for planted in sketch.plant.values())
        row |= draw.sometimes(0.3, {"max_services": max(1, count)})


def volumes(draw: Draw, sketch: Sketch) -> None:
    """Least volumes, hard up to what the planted plan treats."""
    for row in sketch.table("sizes"):
        least = min(sketch.load(row["specialty_id"]).values())
        usable = row["capacity"] * sketch.occupancy
        if draw.happens(0.5):
            row |= {"min_cases": min(usable, least) * draw.one((0.0, 0.6, 0.95))}
        else:
            price = draw.money(1, 20)
            row |= {"min_cases": usable * draw.one((0.5, 1.0)), "min_cases_hard": "no", "min_cases_price": price}


def access(draw: Draw, sketch: Sketch) -> None:
    """Shares of cases within a standard, hard up to what the planted plan reaches."""
    for row in sketch.table("specialties"):
        s, minutes = row["specialty_id"], min(draw.one(MINUTES), row.get("ceiling_minutes", np.inf))
        if draw.happens(0.5):
            share = sketch.share_within(s, minutes) * draw.one((0.5, 0.99))
            row |= {"access_minutes": minutes, "access_share": share}
        else:
            price = draw.money(1, 60)
            row |= {"access_minutes": minutes, "access_share": draw.one((0.5, 0.9, 1.0)),
                    "access_hard": "no", "access_price": price}  # fmt: skip
    minutes = min([20.0, *(r["ceiling_minutes"] for r in sketch.table("specialties") if "ceiling_minutes" in r)])
    if minutes == sketch.table("specialties")[0]["access_minutes"]:
        minutes /= 2  # each promise once
    area, price = draw.one(("all", "each")), draw.money(1, 60)
    target = {
        "specialty_id": sketch.specialties[0],
        "region_id": area,
        "minutes": minutes,
        "share": draw.one((0.4, 1.0)),
    }
    sketch.table("access_targets").append(target | {"hard": "no", "price": price})


def money(draw: Draw, sketch: Sketch) -> None:
    """Ceilings on capital, running cost and payments; hard where nothing need be spent."""
    for kind in ("capital", "running"):
        hard = sketch.nobody_must and draw.happens(0.4) and not _must_open(sketch)
        row = {"funding_id": kind, "kind": kind, "amount": draw.money(50, 1500)}
        sketch.table("funding").append(row | ({"hard": "yes"} if hard else {"hard": "no", "price": draw.money(0, 3)}))
    base = {"base_amount": draw.money(500, 5000), "share": 0.05, "hard": "no", "price": draw.money(0, 3)}
    sketch.table("fiscal").extend(
        [{"fiscal_id": "ppp", "kind": "ppp", **base}, {"fiscal_id": "staff", "kind": "personnel", **base}]
    )


def _must_open(sketch: Sketch) -> bool:
    """Whether something opens in every plan, or existing services may be too dear to leave."""
    asked = any(row.get("min_centres", 0) or (row.get("access_hard", "yes") == "yes" and row.get("access_share", 0))
                for row in sketch.table("specialties"))  # fmt: skip
    decided = bool(sketch.table("decisions")) or bool(sketch.table("stations"))
    return asked or decided or any(row["status"] in ("required",) for row in sketch.table("site_services"))


def contracts(draw: Draw, sketch: Sketch) -> None:
    """Other contracts than direct, let for lots."""
    oss = {"contract_id": "oss", "delivery_model": "oss", "opex_factor": 0.85, "transaction_cost": draw.money(0, 300)}
    grey = {**PPP, "opex_factor": 0.8, "transaction_cost": draw.money(0, 400), "oversight_cost": draw.money(0, 20)}
    white = {**grey, "contract_id": "white", "delivery_model": "ppp_white", "case_cost_factor": 0.8}
    sketch.table("contracts").extend(
        [
            {"contract_id": "direct", "capex_factor": 1.2, "delay_factor": 1.5, "counts_as_personnel": 1}
            | draw.sometimes(0.5, {"oversight_cost": draw.money(0, 10)}),
            oss | draw.sometimes(0.3, {"max_contracts": 1}) | {"counts_as_personnel": 0.5},
            *draw.some(
                [
                    grey
                    | draw.sometimes(0.5, {"needs_works": "yes"})
                    | draw.sometimes(0.4, {"min_value": draw.money(500, 5000)}),
                    white | draw.sometimes(0.5, {"max_contracts": 1}),
                ]
            ),
        ]
    )
    if draw.happens(0.7):
        sketch.table("lots").extend([{"lot_id": "north"}, {"lot_id": "south"}])
        for row in sketch.table("sites"):
            row |= draw.sometimes(0.7, {"lot_id": draw.one(("north", "south"))})
    for row in sketch.table("sites"):
        row |= draw.sometimes(0.15, {"contracts_allowed": "direct;oss"})


def loads(draw: Draw, sketch: Sketch) -> None:
    """A ceiling on what a site takes from outside its region."""
    limit, price = draw.number(0, 40), draw.money(1, 40)
    row = {"site_id": draw.one(sketch.sites), "specialty_id": draw.one(["all", *sketch.specialties]), "cases": limit}
    hard = sketch.nobody_must and not _must_open(sketch) and draw.happens(0.5)
    sketch.table("load_ceilings").append(row | ({} if hard else {"hard": "no", "price": price}))


def workforce(draw: Draw, sketch: Sketch) -> None:
    """Nurses and doctors, whose need is elastic or who may be hired as they are needed."""
    for role in ("nurse", "doctor"):
        row = {"role_id": role, "stock": draw.number(0, 6), "training_max": draw.number(0, 5),
               "training_cost": draw.money(0, 90), "recruitment_cost": draw.money(0, 90)}  # fmt: skip
        hard = draw.happens(0.4)
        elastic = {"recruitment_max": draw.number(0, 4), "hard": "no", "price": draw.money(0, 90)}
        sketch.table("workforce").append(row | ({"recruitment_max": 1e7} if hard else elastic))
        for s in sketch.specialties:
            need = draw.one(({"fte": draw.number(1, 4)}, {"cases_per_fte": draw.number(5, 40)}))
            sketch.table("staffing").append({"specialty_id": s, "role_id": role, **need})


def emergency(draw: Draw, sketch: Sketch) -> None:
    """Stations, and promises of cover, double cover and ambulances: hard up to what all of them together give."""
    count = draw.count(2, 4)
    reach = draw.rng.random((len(sketch.territories), count)) < 0.5
    most = np.array([draw.count(1, 2) for _ in range(count)])
    for n in range(count):
        status = draw.one(("candidate", "candidate", "existing", "kept"))
        sketch.table("stations").append(
            {"station_id": f"e{n}", "territory_id": draw.one(sketch.territories), "status": status,
             "capex": draw.money(0, 300), "fixed_cost": draw.money(0, 60), "ambulance_cost": draw.money(0, 40),
             "ambulances_max": int(most[n])}
        )  # fmt: skip
        for i, t in enumerate(sketch.territories):
            minutes = 10.0 if reach[i, n] else 30.0
            sketch.table("station_times").append({"station_id": f"e{n}", "territory_id": t, "minutes": minutes})
    people = sketch.people
    for kind, needed in (("cover", 1), ("double_cover", 2)):
        if draw.happens(0.7):
            reached = people[(reach @ most) >= needed].sum() / people.sum() if people.sum() > 0 else 1.0
            promise = {"promise": kind, "region_id": "all", "share": float(reached) * draw.one((0.5, 0.98))}
            if not draw.happens(0.5) or sketch.grows:
                promise |= {"share": draw.one((0.3, 0.8, 1.0)), "hard": "no", "price": draw.money(1, 50)}
            sketch.table("emergency").append(promise)
    if draw.happens(0.5):
        each = max(1.0, float(people.sum()) * sketch.growth() / draw.count(1, int(most.sum())))
        sketch.table("emergency").append({"promise": "ambulances", "people_per_ambulance": each})


def tiers(draw: Draw, sketch: Sketch) -> None:
    """Small sizes send up to the largest, and some need the support of a hub."""
    for s in sketch.specialties:
        sizes = [row for row in sketch.table("sizes") if row["specialty_id"] == s]
        needs = draw.happens(0.6)
        for row in sizes[:-1]:
            row["treats_share"] = draw.one((0.4, 0.7))
            if needs:
                row |= {"needs_support": "yes", "treats_share_mature": 0.8}
        sizes[-1]["supports_max"] = draw.count(1, 2)
        if needs:
            sketch.table("support").append(
                {"specialty_id": s, "support_years": draw.one((1, 3)), "hub_cost": draw.money(0, 9),
                 "satellite_cost": draw.money(0, 9)}
            )  # fmt: skip
    for row in sketch.table("specialties"):
        row |= {"transfer_cost": draw.money(0, 5)} | draw.sometimes(0.5, {"transfer_minutes": draw.one(MINUTES)})


def works(draw: Draw, sketch: Sketch) -> None:
    """Works that take time, and renewal; none that people wait for who must be treated, which is refused."""
    for row in sketch.table("sizes"):
        months, renewal = draw.one((0.0, 6.0, 18.0)), draw.one((0.0, 0.03))
        waits = sketch.optional[row["specialty_id"]]
        row |= {"build_months": months if waits else 0.0, "lifecycle_share": renewal}


def decisions(draw: Draw, sketch: Sketch) -> None:
    """What is decided already, as the planted plan has it, and what must come before what."""
    for j in sketch.sites:
        s = draw.one(sketch.specialties)
        planted = j in sketch.plant[s]
        if draw.happens(0.4):
            word = "open" if planted else draw.one(("forbid", "close"))
            period = f"p{draw.count(1, len(sketch.shape.periods))}"
            named = {"site_id": j, "specialty_id": s, "period_id": period, "decision": word}
            sketch.table("decisions").append(named)
    if draw.happens(0.2):
        last = f"p{len(sketch.shape.periods)}"
        sketch.table("decisions").append(
            {"site_id": "all", "specialty_id": "all", "period_id": last, "decision": "freeze"}
        )


def order(draw: Draw, sketch: Sketch) -> None:
    """Services before others, and most works begun in a period: where nothing need open."""
    if sketch.nobody_must and not _must_open(sketch):
        existing = {r["site_id"] for r in sketch.table("site_services") if r["status"] == "existing"}
        free = [j for j in sketch.sites if j not in existing]
        if len(free) > 1:
            s = sketch.specialties[0]
            sketch.table("precedence").append(
                {"site_id": free[0], "specialty_id": s, "after_site_id": free[1], "after_specialty_id": s,
                 "periods_between": draw.count(0, 1)}
            )  # fmt: skip
        for row in sketch.table("periods"):
            row |= draw.sometimes(0.6, {"max_starts": draw.count(0, 2)})


#: in the order in which they are asked for: what changes the planted plan comes first, what looks at it last
RULES: dict[str, Rule] = {
    rule.__name__: rule
    for rule in (
        colocation, contracts, hosting, exceptions, today, nearest, single_source, ceiling, centres, works, volumes,
        tiers, access, emergency, decisions, order, money, loads, workforce,
    )
}  # fmt: skip

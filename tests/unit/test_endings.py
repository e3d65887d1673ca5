"""A service of today that does not go on at its site moves, is no longer contracted, or closes; it is told as it is."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from redesaude.cli.summary import show_plan
from redesaude.inputs.scenario import Scenario
from redesaude.language import translator
from redesaude.plan.endings import Ending, Fate, endings_of
from redesaude.report.terms import SERVICE_STATUSES
from redesaude.report.view import view_of
from redesaude.report.workbook.decisions import decisions_frame
from redesaude.report.workbook.story.openings import question
from redesaude.solving.solve import solve
from tiny import EXACT, rows, scenario, times

TODAY = {"site_id": "h1", "specialty_id": "cardio", "size_id": "small", "status": "existing", "contract_id": "direct"}


def case(**site: str) -> Scenario:
    """h1 has a service today and h1b may have one, in the same town (or where ``site`` says); h2 stands elsewhere."""
    sites = rows(
        {"site_id": "h1", "territory_id": "t1"} | site,
        {"site_id": "h1b", "territory_id": "t1"},
        {"site_id": "h2", "territory_id": "t3"},
    )
    near = {town: {"h1": m, "h1b": m, "h2": 50 - m} for town, m in (("t1", 0), ("t2", 20), ("t3", 50))}
    return scenario(sites=sites, site_services=rows(TODAY), travel_times=times(near))


def opened(*places: str) -> pd.DataFrame:
    columns = {"specialty_id": "cardio", "size_id": "small", "contract_id": "direct"}
    return pd.DataFrame([{"site_id": site, "period_id": "p1"} | columns for site in places])


def ending(found: Scenario, *places: str) -> Ending:
    period = found.periods["period_id"].iloc[0]
    (only,) = endings_of(found, opened(*places).assign(period_id=period))
    return only


def test_a_service_of_the_same_town_takes_it_up() -> None:
    found = ending(case(), "h1b", "h2")
    assert (found.fate, found.instead, found.place) == (Fate.MOVED, "h1b", ("h1", "cardio"))


def test_elsewhere_it_closes_and_a_hospital_of_others_is_no_longer_contracted() -> None:
    assert ending(case(), "h2").fate is Fate.CLOSED
    assert ending(case(kind="private"), "h2").fate is Fate.UNCONTRACTED
    assert ending(case(kind="philanthropic"), "h2").instead == ""
    bought = case().replace(contracts=case().contracts.assign(delivery_model="purchase"))
    assert ending(bought, "h2").fate is Fate.UNCONTRACTED
    assert ending(case(kind="private"), "h1b").fate is Fate.MOVED


def test_one_opening_takes_up_one_service() -> None:
    two = case()
    both = pd.concat([two.site_services, two.site_services.assign(site_id="h1c")], ignore_index=True)
    sites = pd.concat([two.sites, two.sites.iloc[:1].assign(site_id="h1c")], ignore_index=True)
    two = two.replace(site_services=both, sites=sites)
    period = two.periods["period_id"].iloc[0]
    fates = [end.fate for end in endings_of(two, opened("h1b").assign(period_id=period))]
    assert fates == [Fate.MOVED, Fate.CLOSED]


def moving() -> Scenario:
    """What h1 does today must go on at h1b, in the same town."""
    barred = rows(TODAY, {"site_id": "h1", "specialty_id": "cardio", "status": "forbidden"},
                  {"site_id": "h1b", "specialty_id": "cardio", "status": "required"},
                  {"site_id": "h2", "specialty_id": "cardio", "status": "forbidden"})  # fmt: skip
    return scenario(sites=case().sites[["site_id", "territory_id"]], site_services=barred,
                    travel_times=times({t: {"h1": 0, "h1b": 0, "h2": 9} for t in ("t1", "t2", "t3")}))  # fmt: skip


def test_the_terminal_counts_no_move_as_a_new_service() -> None:
    console = Console(file=StringIO(), width=120)
    show_plan(console, solve(moving(), EXACT), Path("out"), translator("en"))
    told = console.file.getvalue()  # type: ignore[attr-defined]
    *_, last = (line for line in told.splitlines() if "│" in line)
    assert [cell.strip() for cell in last.split("│")][1:3] == ["1", "0"]
    assert "1 move within their municipality, 0 are no longer contracted, and 0 close" in " ".join(told.split())


@pytest.mark.few(1)
@pytest.mark.parametrize("language", ["en", "pt-BR", "vi"])
def test_the_pages_call_it_a_move(language: str) -> None:
    view, t = view_of(solve(moving(), EXACT), language), translator(language)
    frame = decisions_frame(view).set_index("site_id")["decision"]
    told = {"h1": SERVICE_STATUSES["moved"], "h1b": SERVICE_STATUSES["moved_here"]}
    assert frame.to_dict() == {site: t(term.name) for site, term in told.items()}
    if language == "en":
        said = str(question(view))
        assert [text in said for text in ("0 opened", "1 moved", "0 closed")] == [True] * 3

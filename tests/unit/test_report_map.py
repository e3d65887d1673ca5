"""The data behind the map: outlines, layers, and a page that holds no one's text as markup."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from appraisal_example import example_plan as solved_plan
from hypothesis import given
from hypothesis import strategies as st
from report_example import example_plan, example_scenario

from redesaude.inputs.tables import ALL
from redesaude.report.map.data import map_data
from redesaude.report.map.layers import layers_of
from redesaude.report.map.outlines import SCALE, Outlines, outlines_of
from redesaude.report.map.page import page_of
from redesaude.report.view import view_of
from redesaude.studies.today import cases_today


def _places(*rows: tuple[str, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["territory_id", "longitude", "latitude"])


def _rings(outlines: Outlines, row: int) -> list[np.ndarray]:
    """The rings of a territory in degrees, put together from its arcs as the page does."""
    lines = [np.cumsum(np.array(line).reshape(-1, 2), axis=0) / SCALE for line in outlines.arcs]
    rings = [ring for polygon in outlines.polygons[row] for ring in polygon]
    arcs = [[lines[a] if a >= 0 else lines[~a][::-1] for a in ring] for ring in rings]
    return [np.concatenate([part[k > 0 :] for k, part in enumerate(ring)]) for ring in arcs]


def _area(ring: np.ndarray) -> float:
    x, y = ring.T
    return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2.0


def test_a_municipality_has_its_own_closed_outline_around_its_seat() -> None:
    found = outlines_of(_places(("5103403", -56.10, -15.60), ("5100102", -56.36, -15.19)))
    (ring,) = _rings(found, 0)
    assert found.from_seat == ()
    assert np.allclose(ring[0], ring[-1])
    assert ring[:, 0].min() < -56.10 < ring[:, 0].max()
    assert ring[:, 1].min() < -15.60 < ring[:, 1].max()
    assert 0.2 < _area(ring) < 0.4  # square degrees: Cuiabá has some 3,300 to 3,500 km2


def test_neighbours_share_their_border_and_other_states_bring_nothing() -> None:
    one, two = (outlines_of(_places(*rows)) for rows in ([("5103403", 0, 0)], [("5103403", 0, 0), ("5200050", 0, 0)]))
    assert len(one.arcs) < 30
    assert len(two.arcs) < 60


def test_a_place_without_outline_is_drawn_from_its_seat_within_its_state() -> None:
    seats = _places(("1302603", -60.02, -3.11), ("1304203", -64.71, -3.35), ("1303403", -56.73, -2.63))
    found = outlines_of(seats)
    assert found.from_seat == (0, 1, 2)
    for row, (x, y) in enumerate(seats[["longitude", "latitude"]].to_numpy()):
        (ring, *_) = _rings(found, row)
        assert ring[:, 0].min() <= x <= ring[:, 0].max()
        assert ring[:, 1].min() <= y <= ring[:, 1].max()
    assert all(_rings(found, row)[0][:, 0].min() > -74.0 for row in range(3))


def test_places_without_coordinates_are_not_drawn() -> None:
    found = outlines_of(_places(("a", np.nan, np.nan), ("b", 10.0, 10.0)))
    assert found.polygons[0] == []
    assert found.polygons[1]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=12))
def test_cells_of_any_seats_hold_their_seats(points: list[tuple[int, int]]) -> None:
    """Seats on one line, in one place, or alone have cells too."""
    found = outlines_of(_places(*((f"p{n}", -30.0 + x / 10, 30.0 + y / 10) for n, (x, y) in enumerate(points))))
    for row, (x, y) in enumerate(points):
        (ring,) = _rings(found, row)
        low, high = ring.min(axis=0) - 2e-3, ring.max(axis=0) + 2e-3
        assert (low <= (-30.0 + x / 10, 30.0 + y / 10)).all()
        assert (high >= (-30.0 + x / 10, 30.0 + y / 10)).all()


def test_layers_are_those_of_the_tables() -> None:
    view = view_of(example_plan(), "en")
    layers, plan = layers_of(view), view.plan
    treated, away = plan.assignments, plan.unmet
    for (specialty, period, place), row in layers.iterrows():
        of = [
            frame[
                (frame["territory_id"] == place)
                & (frame["period_id"] == period)
                & ((frame["specialty_id"] == specialty) | (specialty == ALL))
            ]
            for frame in (treated, away)
        ]
        need = of[0]["cases"].sum() + of[1]["cases"].sum()
        near = of[0].loc[of[0]["minutes"] <= 60.0, "cases"].sum()  # the standard of both specialties
        assert row["need"] == pytest.approx(need)
        assert row["treated"] == pytest.approx(of[0]["cases"].sum() / need)
        assert row["within"] == pytest.approx(near / need)
    assert len(layers[layers["within"].between(0.001, 0.999)])


def test_the_shares_within_agree_with_the_access_table() -> None:
    view = view_of(solved_plan(), "en")
    layers, access = layers_of(view).reset_index(), view.plan.access
    whole = access[access["region_id"] == ALL].set_index(["specialty_id", "period_id"])
    assert whole["share_within_standard"].between(0.01, 0.99).any()
    for key, row in whole.iterrows():
        mine = layers[(layers["specialty_id"] == key[0]) & (layers["period_id"] == key[1])]
        assert mine["need"].sum() == pytest.approx(row["cases"])
        assert (mine["within"] * mine["need"]).sum() == pytest.approx(row["share_within_standard"] * row["cases"])


def test_every_open_service_and_every_case_is_on_the_map() -> None:
    view = view_of(example_plan(), "en")
    data = map_data(view)
    plan = {name: {k: v for k, v in data[name].items() if not k.endswith("/today")} for name in ("services", "flows")}
    services = [row for rows in plan["services"].values() for row in rows if row[5] != "closed"]
    assert len(services) == len(view.plan.openings)
    cases = sum(row[2] for rows in plan["flows"].values() for row in rows)
    assert cases == pytest.approx(view.plan.assignments["cases"].sum() + view.plan.unmet["cases"].sum(), abs=0.1)


def test_every_case_and_service_of_today_is_on_the_map() -> None:
    view = view_of(example_plan(), "en")
    data = map_data(view)
    today = {
        name: [r for k, rows in data[name].items() if k.endswith("/today") for r in rows]
        for name in ("services", "flows")
    }
    assert [row[0] for row in today["services"]] == [0]
    assert sum(row[2] for row in today["flows"]) == pytest.approx(cases_today(view.scenario)["cases"].sum(), abs=0.5)
    assert today["services"][0][4] == pytest.approx(sum(row[2] for row in today["flows"] if row[1] == 0), abs=1.0)


def test_text_of_the_workbook_cannot_leave_its_place() -> None:
    scenario = example_scenario()
    evil = "</script><script>alert(1)</script>\u2028"
    named = replace(
        scenario, territories=scenario.territories.assign(name=evil), sites=scenario.sites.assign(name=evil)
    )
    page = page_of(view_of(example_plan(named), "en"))
    parts = re.findall(r'<script type="application/json" data-part="([^"]+)">(.*?)</script>', page, re.DOTALL)
    assert page.count("</script>") == 3 + len(parts)
    assert all(set(json.loads(part)) == {"layers", "flows"} for _, part in parts)
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert data is not None
    assert set(json.loads(data[1])["territories"]) == {evil}


def test_the_page_names_no_other_place() -> None:
    page = page_of(view_of(example_plan(), "en"))
    assert re.findall(r"""src\s*=\s*["']?https?:|:\s*url\(|@import|<link""", page) == []
    assert "default-src 'none'" in page

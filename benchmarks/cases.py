"""The cases of the benchmarks: classical location problems and growing networks, seeded, as scenarios.

Each classical case is an :class:`Instance`: arrays that any solver can be given, and the tables that say the same to
redesaude (``docs/classical.md`` tells how each problem is expressed). :func:`growth` makes networks of any size out of
the Mato Grosso scenario.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree
from scipy.spatial.distance import cdist

import redesaude as rs
from redesaude.inputs.settings import settings_frame
from redesaude_models.arrays import Floats, Ints

MATO_GROSSO = Path(__file__).parent / "cases" / "mato-grosso.xlsx"

#: kilometres in a degree of a great circle of the Earth, for places given in km
_DEGREE_KM = 6371.0088 * np.pi / 180


@dataclass(frozen=True)
class Instance:
    """One specialty, one size, one direct contract: what the classical problems share.

    Attributes
    ----------
    cases : yearly cases of each territory.
    minutes : cost of bringing one case to each site, ``(territories, sites)``; ``inf`` is out of reach. None where
        ``places`` say it.
    places : ``(territories, 2)`` km from the equator at longitude 0: a minute for each km in a straight line.
    home : territory of each site.
    fixed, capacity : of each site; None: nothing, and room for everybody.
    most : most sites opened; None: any number.
    travels : False where only reach counts (covering).
    unmet : cost of a case left out; None: every case is served.
    single : every territory is served by one site.
    nearest : every territory is served by the nearest open site.
    least : yearly cases that an open site treats at least.

    """

    cases: Floats
    home: Ints
    minutes: Floats | None = None
    places: Floats | None = None
    fixed: Floats | None = None
    capacity: Floats | None = None
    most: int | None = None
    travels: bool = True
    unmet: float | None = None
    single: bool = False
    nearest: bool = False
    least: float = 0.0

    def scenario(self) -> rs.Scenario:
        """Return the case as a checked scenario."""
        return rs.Scenario.from_tables(self.tables())

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables that state the case."""
        territories = np.array([f"t{n}" for n in range(len(self.cases))], dtype=object)
        sites = np.array([f"h{n}" for n in range(len(self.home))], dtype=object)
        specialty = {
            "specialty_id": "care",
            "cases_per_100k": 100_000,
            "trips_per_case": 0.5,  # half a return journey: one minute of one case costs 1
            "single_source": self.single,
            "assignment": "nearest" if self.nearest else "planned",
            "max_centres": self.most,
            "unmet_cost": self.unmet,
        }
        settings = {
            "patient_time_weight": 1,
            "patient_minute_cost": float(self.travels),
            "road_detour": 1.0,
            "road_speed_kmh": 60.0,
        }
        size = {"specialty_id": "care", "size_id": "one", "capacity": self.cases.sum(), "min_cases": self.least}
        size |= {"fixed_cost": 0.0 if self.travels else float(self.unmet is None)}
        tables = {
            "settings": pd.DataFrame({"name": list(settings), "value": list(settings.values())}),
            "territories": pd.DataFrame({"territory_id": territories, "population": self.cases}),
            "specialties": pd.DataFrame([specialty]),
            "sites": pd.DataFrame({"site_id": sites, "territory_id": territories[self.home]}),
            "sizes": pd.DataFrame([size]),
        }
        if self.fixed is not None:
            own = {"site_id": sites, "specialty_id": "care", "status": "allowed", "fixed_cost": self.fixed}
            tables["site_services"] = pd.DataFrame(own | ({} if self.capacity is None else {"capacity": self.capacity}))
        if self.places is not None:
            latitude, longitude = self.places.T / _DEGREE_KM
            tables["territories"] = tables["territories"].assign(latitude=latitude, longitude=longitude)
        if self.minutes is not None:
            i, j = np.nonzero(np.isfinite(self.minutes))
            pairs = {"origin_id": territories[i], "destination_id": sites[j], "minutes": self.minutes[i, j]}
            tables["travel_times"] = pd.DataFrame(pairs)
        return tables


# --- places ----------------------------------------------------------------------------------------------------


def scattered(count: int, rng: np.random.Generator, side: float) -> Floats:
    """Return places at random in a square."""
    return rng.uniform(0, side, (count, 2))


def clustered(count: int, rng: np.random.Generator, side: float, clusters: int) -> Floats:
    """Return places around towns of unequal size: a Zipf law for their weights, normal around their centres."""
    weight = 1.0 / np.arange(1, clusters + 1)
    town = rng.choice(clusters, count, p=weight / weight.sum())
    return rng.uniform(0, side, (clusters, 2))[town] + rng.normal(0, side / 25, (count, 2))


def graph_minutes(places: Floats) -> Floats:
    """Return shortest ways over a random geometric graph, whole minutes for each link.

    Places within the radius at which such a graph is about to be connected (Penrose 2003) are linked, and the least
    spanning tree links what is still apart.
    """
    straight = np.round(cdist(places, places)).clip(min=1.0)
    side = np.ptp(places, axis=0).max()
    radius = side * np.sqrt(np.log(len(places)) / (np.pi * len(places)))
    links = np.where(straight <= radius, straight, 0.0)
    np.fill_diagonal(links, 0.0)
    tree = minimum_spanning_tree(csr_array(straight - np.diag(np.diag(straight)))).toarray()
    return np.asarray(dijkstra(csr_array(np.maximum(links, np.maximum(tree, tree.T)))))


def random_graph_minutes(count: int, rng: np.random.Generator) -> Floats:
    """Return shortest ways over a graph of random links of 1 to 100, one for each fiftieth pair (as the OR-Library's
    pmed): no map, so that few centres are much alike and the relaxation leaves a gap.
    """
    links = count * count // 50
    i, j = rng.integers(0, count, links), rng.integers(0, count, links)
    path = rng.permutation(count)
    i, j = np.append(i, path[:-1]), np.append(j, path[1:])
    length = np.full((count, count), np.inf)
    np.minimum.at(length, (i, j), rng.integers(1, 101, len(i)).astype(float))
    return np.asarray(dijkstra(csr_array(np.where(np.isfinite(length), length, 0.0)), directed=False))


# --- classical problems ----------------------------------------------------------------------------------------


def p_median(count: int, most: int, *, in_clusters: bool) -> Instance:
    """p-median on a graph, every place a candidate: of one case each at random places (as the OR-Library's pmed), or
    of very different towns in clusters.
    """
    rng = np.random.default_rng(count + most)
    places = clustered(count, rng, 1000.0, max(2, count // 30)) if in_clusters else scattered(count, rng, 1000.0)
    cases = rng.lognormal(3.0, 1.0, count).round().clip(min=1.0) if in_clusters else np.ones(count)
    return Instance(cases, np.arange(count), graph_minutes(places), most=most)


def graph_p_median(count: int, most: int) -> Instance:
    """p-median of one case at each node of a random graph, every node a candidate."""
    rng = np.random.default_rng(count + most)
    return Instance(np.ones(count), np.arange(count), random_graph_minutes(count, rng), most=most)


def large_p_median(count: int = 32_000, sites: int = 113, most: int = 12) -> Instance:
    """p-median of small areas in clusters over 800 x 800 km, the largest areas far enough apart being the sites."""
    rng = np.random.default_rng(count + sites)
    places = clustered(count, rng, 800.0, 150)
    cases = rng.lognormal(5.5, 0.9, count).round().clip(min=1.0)
    home = rng.choice(count, sites, replace=False, p=cases / cases.sum())
    return Instance(cases, np.sort(home), places=places, most=most)


def volumes(count: int = 34_752, sites: int = 125, *, fixed: bool = True, nearest: bool = False) -> Instance:
    """Hospitals with volume norms, as for stroke or maternity: small areas in clusters over 500 x 500 km, each open
    hospital treats at least 600 and at most 2,000 cases a year.

    Cases of an area from a lognormal law, 680 a year for each hospital in all (85,000 for 125), hospitals where the
    people are. Each costs as much as 4,000 to 8,000 km of patients, or (without ``fixed``) nothing, and then at most
    six of ten are open.
    """
    rng = np.random.default_rng(count + sites)
    places = clustered(count, rng, 500.0, 1 + count // 230)
    cases = rng.lognormal(0.0, 0.5, count)
    cases = np.round(cases * 680.0 * sites / cases.sum(), 3).clip(min=1e-3)
    order = np.lexsort((places[:, 1], places[:, 0] // 20.0))  # a hospital for so many cases, along strips of 20 km
    share = (np.arange(sites) + rng.random(sites)) / sites
    home = order[np.searchsorted(np.cumsum(cases[order]), share * cases.sum())]
    cost = rng.uniform(4_000, 8_000, sites).round()
    return Instance(
        cases=cases,
        home=np.sort(home),
        places=places,
        fixed=cost if fixed else np.zeros(sites),
        capacity=np.full(sites, 2_000.0),
        most=None if fixed else round(0.6 * sites),
        nearest=nearest,
        least=600.0,
    )


def fixed_charge(territories: int, sites: int, fixed: tuple[float, float], ratio: float | None) -> Instance:
    """Fixed-charge location in the style of the OR-Library's cap and capa (Beasley 1988).

    Demands of 1 to 100, places at random in a square of 1000, the cost of a unit its distance times 1 to 1.25; fixed
    costs between the two of ``fixed``; all capacities alike, ``ratio`` times the demand in all (None: no capacities).
    """
    rng = np.random.default_rng(territories + sites)
    customers, warehouses = scattered(territories, rng, 1000.0), scattered(sites, rng, 1000.0)
    cases = rng.integers(1, 101, territories).astype(float)
    unit = cdist(customers, warehouses) * rng.uniform(1.0, 1.25, (territories, sites))
    capacity = None if ratio is None else np.full(sites, np.round(ratio * cases.sum() / sites))
    home = rng.choice(territories, sites, replace=False)
    return Instance(cases, home, unit, fixed=rng.uniform(*fixed, sites).round(), capacity=capacity)


def single_source(territories: int = 200, sites: int = 30, ratio: float = 2.0) -> Instance:
    """Single-source capacitated location in the style of Holmberg, Ronnqvist and Yuan (1999): demands of 10 to 50,
    the whole cost of a customer its distance in a square of 190, fixed costs of 500 to 1500, capacities that differ.
    """
    rng = np.random.default_rng(territories + sites)
    customers, warehouses = scattered(territories, rng, 190.0), scattered(sites, rng, 190.0)
    cases = rng.integers(10, 51, territories).astype(float)
    capacity = (rng.uniform(0.7, 1.3, sites) * ratio * cases.sum() / sites).round()
    return Instance(
        cases=cases,
        home=rng.choice(territories, sites, replace=False),
        minutes=cdist(customers, warehouses) / cases[:, None],
        fixed=rng.uniform(500, 1500, sites).round(),
        capacity=capacity,
        single=True,
    )


def tight_single_source(territories: int, sites: int, ratio: float) -> Instance:
    """Single-source capacitated location in the style of Diaz and Fernandez (2002) and of Yang, Chu and Chen (2012):
    demands of 10 to 50, capacities of 20 to 80 scaled to ``ratio`` times the demand in all, fixed costs of about a
    hundred times the root of the capacity (Cornuejols, Sridharan and Thizy 1991), a unit costs its straight line, 50
    across the square.
    """
    rng = np.random.default_rng(territories + sites + round(10 * ratio))
    customers, warehouses = rng.random((territories, 2)), rng.random((sites, 2))
    cases = rng.integers(10, 51, territories).astype(float)
    capacity = rng.uniform(20, 80, sites)
    capacity = np.round(capacity * ratio * cases.sum() / capacity.sum())
    fixed = rng.uniform(0, 90, sites) + rng.uniform(100, 110, sites) * np.sqrt(capacity)
    return Instance(
        cases=cases,
        home=np.arange(sites),
        minutes=50 * cdist(customers, warehouses),
        fixed=fixed.round(),
        capacity=capacity,
        single=True,
    )


def covering(count: int = 1000, most: int | None = None, radius: float = 100.0) -> Instance:
    """Set covering by the fewest sites, or (``most`` given) maximal covering of weighted places, in a square of 1000.

    Every place is a candidate; pairs beyond the radius do not exist.
    """
    rng = np.random.default_rng(count)
    places = scattered(count, rng, 1000.0)
    minutes = cdist(places, places)
    return Instance(
        cases=np.ones(count) if most is None else rng.integers(1, 101, count).astype(float),
        home=np.arange(count),
        minutes=np.where(minutes <= radius, minutes, np.inf),
        most=most,
        travels=False,
        unmet=None if most is None else 1.0,
    )


@dataclass(frozen=True)
class Case:
    """A classical case by name, with the gap to prove and the seconds to do it in, reading and building included."""

    name: str
    make: Callable[[], Instance]
    gap: float
    seconds: float


CLASSICAL = (
    Case("p-median 300/100 random", lambda: p_median(300, 100, in_clusters=False), 0.0, 10.0),
    Case("p-median 300/100 clustered", lambda: p_median(300, 100, in_clusters=True), 0.0, 10.0),
    Case("p-median 900/90 random", lambda: p_median(900, 90, in_clusters=False), 0.0, 60.0),
    Case("p-median 900/90 clustered", lambda: p_median(900, 90, in_clusters=True), 0.0, 60.0),
    *(
        Case(f"p-median {count}/{most} graph", lambda count=count, most=most: graph_p_median(count, most), 0.0, 60.0)
        for count, most in ((600, 5), (900, 5), (900, 10), (900, 50), (900, 90))
    ),
    Case("p-median 900/5 clustered", lambda: p_median(900, 5, in_clusters=True), 0.0, 60.0),
    Case("p-median 32,000 x 113", large_p_median, 1e-4, 15.0),
    Case("capacitated 50 x 50", lambda: fixed_charge(50, 50, (60_000, 120_000), 4.0), 0.0, 2.0),
    Case("capacitated 100 x 1,000", lambda: fixed_charge(1000, 100, (300_000, 700_000), 14.0), 1e-4, 60.0),
    *(
        Case(
            f"capacitated 100 x 1,000, {ratio:g} times",
            lambda ratio=ratio: fixed_charge(1000, 100, (300_000, 700_000), ratio),
            1e-4,
            60.0,
        )
        for ratio in (3.0, 5.0, 8.0)
    ),
    Case("uncapacitated 100 x 1,000", lambda: fixed_charge(1000, 100, (300_000, 700_000), None), 1e-4, 60.0),
    Case("single-source 30 x 200", single_source, 0.01, 60.0),
    *(
        Case(
            f"single-source {sites} x {territories}, {ratio:g} times",
            lambda territories=territories, sites=sites, ratio=ratio: tight_single_source(territories, sites, ratio),
            gap,
            60.0,
        )
        for sites, territories, gap in ((30, 75, 0.0), (30, 150, 0.0), (80, 400, 1e-3))
        for ratio in (1.5, 3.0)
    ),
    *(
        Case(
            f"volumes {count:,} x {sites}, {'nearest' if nearest else 'free'}, {'fixed' if fixed else 'most'}",
            lambda count=count, sites=sites, fixed=fixed, nearest=nearest: volumes(
                count, sites, fixed=fixed, nearest=nearest
            ),
            5e-3,
            120.0,
        )
        for count, sites in ((2_000, 40), (8_000, 80), (34_752, 125))
        for nearest in (False, True)
        for fixed in (True, False)
    ),
    Case("set covering 1,000 x 1,000", covering, 0.0, 10.0),
    *(
        Case(
            f"maximal covering 1,000 x 1,000, {radius:g} km, {most}",
            lambda radius=radius, most=most: covering(most=most, radius=radius),
            0.0,
            10.0,
        )
        for radius, most in ((50.0, 30), (70.0, 30), (100.0, 10), (100.0, 20), (100.0, 30), (100.0, 40))
    ),
)


# --- growing networks ------------------------------------------------------------------------------------------

#: what a grown network takes from Mato Grosso: specialties that differ in rule and volume, five ways to contract
_SPECIALTIES = ("cardiologia", "avc", "quimioterapia", "gestacao_risco", "trauma", "dialise")
_CONTRACTS = ("direto", "oss", "ppp_cinza", "ppp_branca", "compra")
_TERRITORIES_PER_SITE, _SITES_PER_REGION, _REGIONS_PER_LOT = 8, 4, 3
_AREA_KM2 = 903_207.0  #: Mato Grosso (IBGE), for as many square kilometres to a site


def growth(sites: int) -> rs.Scenario:
    """Return a network of ``sites`` and eight territories to each, as dense and as well served as Mato Grosso.

    Sites are drawn from those of Mato Grosso with their owners and services, territories with their populations
    (scaled to as many inhabitants to a site); both lie at random over an area that grows with them. Six specialties in
    three sizes without levels or support, five contracts, the ceilings on capital, PPP and personnel in proportion, and
    its access promises.
    """
    origin, rng = _mato_grosso(), np.random.default_rng(sites)
    side = np.sqrt(_AREA_KM2 / len(origin.sites) * sites)
    people = origin.territories["population"].sum() / len(origin.sites) * sites
    territories = _grown_territories(origin, rng, side, sites, people)
    drawn = np.concatenate([rng.permutation(len(origin.sites)) for _ in range(sites // len(origin.sites) + 1)])[:sites]
    sited, services = _grown_sites(origin, rng, drawn, territories)
    part = people / origin.territories["population"].sum()
    kept = {name: _of(getattr(origin, name), _SPECIALTIES) for name in ("specialties", "sizes", "access_targets")}
    alone = {"treats_share": 1.0, "treats_share_mature": np.nan, "needs_support": False, "supports_max": 0}
    kept["sizes"] = kept["sizes"].assign(**alone)
    kept["specialties"] = kept["specialties"].assign(transfer_minutes=np.nan, transfer_cost=0.0)
    tables = {
        **kept,
        "settings": settings_frame(origin.settings),
        "periods": origin.periods,
        "territories": territories,
        "sites": sited,
        "site_services": services,
        "contracts": _of(origin.contracts, _CONTRACTS, "contract_id"),
        "lots": pd.DataFrame({"lot_id": sorted(set(sited["lot_id"]) - {""})}),
        "funding": origin.funding.assign(
            amount=origin.funding["amount"] * part,
            contracts=[tuple(c for c in row if c in _CONTRACTS) for row in origin.funding["contracts"]],
        ),
        "fiscal": origin.fiscal.assign(
            base_amount=origin.fiscal["base_amount"] * part, committed=origin.fiscal["committed"] * part
        ),
    }
    return rs.Scenario.from_tables(tables, name=f"growth-{sites}")


@cache
def _mato_grosso() -> rs.Scenario:
    return rs.read_scenario(MATO_GROSSO)


def _of(table: pd.DataFrame, wanted: tuple[str, ...], column: str = "specialty_id") -> pd.DataFrame:
    return table[table[column].isin(wanted)].reset_index(drop=True)


def _grown_territories(
    origin: rs.Scenario, rng: np.random.Generator, side: float, sites: int, people: float
) -> pd.DataFrame:
    """Territories at random, each in the health region whose middle is nearest."""
    count = sites * _TERRITORIES_PER_SITE
    places = scattered(count, rng, side)
    population = rng.choice(origin.territories["population"].to_numpy(float), count)
    middles = scattered(-(-sites // _SITES_PER_REGION), rng, side)
    region = cdist(places, middles).argmin(axis=1)
    latitude, longitude = (places / _DEGREE_KM).T
    return pd.DataFrame(
        {
            "territory_id": [f"t{n}" for n in range(count)],
            "region_id": [f"r{n}" for n in region],
            "latitude": latitude,
            "longitude": longitude,
            "population": (population * people / population.sum()).round(),
        }
    )


def _grown_sites(
    origin: rs.Scenario, rng: np.random.Generator, drawn: Ints, territories: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The drawn sites in towns (the larger the likelier) with the services they have or may have."""
    people = territories["population"].to_numpy(float)
    home = rng.choice(len(territories), len(drawn), replace=False, p=people / people.sum())
    ids = np.array([f"h{n}" for n in range(len(drawn))], dtype=object)
    region = territories["region_id"].str[1:].astype(int).to_numpy()[home]
    sites = origin.sites.iloc[drawn].reset_index(drop=True)
    lots = np.where(sites["lot_id"] == "", "", [f"lot{r // _REGIONS_PER_LOT}" for r in region])
    allowed = [tuple(c for c in row if c in _CONTRACTS) for row in sites["contracts_allowed"]]
    without = [tuple(c for c in row if c in _CONTRACTS) for row in sites["contracts_without_works"]]
    services = pd.DataFrame({"origin": sites["site_id"], "new": ids}).merge(
        _of(origin.site_services, _SPECIALTIES), left_on="origin", right_on="site_id"
    )
    sites = sites.assign(
        site_id=ids,
        name=ids,
        territory_id=territories["territory_id"].to_numpy()[home],
        latitude=np.nan,
        longitude=np.nan,
        lot_id=lots,
        contracts_allowed=allowed,
        contracts_without_works=without,
    )
    run_by = services["contract_id"].where(services["contract_id"].isin([*_CONTRACTS, ""]), "direto")
    return sites, services.assign(site_id=services["new"], contract_id=run_by).drop(columns=["origin", "new"])

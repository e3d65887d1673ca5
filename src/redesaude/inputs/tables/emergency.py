"""Emergency stations and their promises, and surges of cases."""

from __future__ import annotations

from redesaude.inputs.tables.declaration import Column, Table, area, elastic, from_year, period, specialty, waits
from redesaude.inputs.tables.units import AMBULANCES, DEGREES, FACTOR, MINUTES, MONEY, MONEY_YEAR, MONTHS, PEOPLE, SHARE
from redesaude.inputs.tables.vocabulary import ALL, EMERGENCY_PROMISES
from redesaude.language import N_

STATIONS = Table(
    "stations",
    N_("an emergency station outside the hospitals, or a place for one"),
    (
        Column("station_id", "id", N_("code of the station"), required=True),
        Column("name", "text", N_("name")),
        Column("territory_id", "reference", N_("territory"), required=True, refers="territories.territory_id"),
        Column("latitude", "number", N_("latitude; blank: the territory's"), DEGREES, low=-90, high=90),
        Column("longitude", "number", N_("longitude; blank: the territory's"), DEGREES, low=-180, high=180),
        Column(
            "status",
            "choice",
            N_("candidate: may be opened; existing: is there and may be given up; kept: is there and stays"),
            default="candidate",
            choices=("candidate", "existing", "kept"),
        ),
        Column("capex", "number", N_("works and equipment of a new one"), MONEY, default=0.0, low=0),
        Column("fixed_cost", "number", N_("fixed running cost"), MONEY_YEAR, default=0.0, low=0),
        Column("ambulance_cost", "number", N_("an ambulance with its crew"), MONEY_YEAR, default=0.0, low=0),
        Column("ambulances_min", "integer", N_("fewest ambulances"), AMBULANCES, default=1, low=1, high=1000),
        Column("ambulances_max", "integer", N_("most ambulances"), AMBULANCES, default=1, low=1, high=1000),
    ),
    key=("station_id",),
    read_by=("audit", "status_quo"),
)

STATION_TIMES = Table(
    "station_times",
    N_("the time from an emergency station to a territory; a pair that is missing is modelled"),
    (
        Column("station_id", "reference", N_("station"), required=True, refers="stations.station_id"),
        Column("territory_id", "reference", N_("territory"), required=True, refers="territories.territory_id"),
        Column("minutes", "number", N_("one way"), MINUTES, True, low=0),
    ),
    key=("station_id", "territory_id"),
    read_by=("audit", "status_quo"),
)

EMERGENCY = Table(
    "emergency",
    N_("a promise of the emergency network"),
    (
        Column(
            "promise",
            "choice",
            N_(
                "cover: people reached within the standard; double_cover: by a second ambulance too; ambulances: "
                "enough for the people; window: time-critical cases treated in their window"
            ),
            required=True,
            choices=EMERGENCY_PROMISES,
        ),
        specialty(N_("of window: specialty; all: each time-critical one; otherwise all"), or_all=True, default=ALL),
        area(each=True, default=ALL),
        period(),
        from_year(),
        Column("share", "number", N_("share of people, or of cases; blank for ambulances"), SHARE, low=0, high=1),
        Column(
            "people_per_ambulance",
            "number",
            N_("of ambulances: most people for each; otherwise blank"),
            PEOPLE,
            low=1,
        ),
        *elastic(N_("currency/unit/year")),
        waits(),
    ),
    key=("promise", "specialty_id", "region_id", "period_id"),
    read_by=("audit", "status_quo"),
)

SURGE = Table(
    "surge",
    N_("a surge of cases: one part of it, several rows make one surge"),
    (
        Column("surge_id", "text", N_("code of the surge"), required=True),
        Column("name", "text", N_("name")),
        specialty(N_("specialty, or all"), or_all=True, default=ALL),
        area(N_("where the people live: a region or macro-region; all: the whole area"), default=ALL),
        Column(
            "multiplier", "number", N_("cases while it lasts, against planned cases"), FACTOR, True, low=1, high=100
        ),
        Column("months", "number", N_("how long it lasts"), MONTHS, default=1.0, low=0.1, high=24),
        Column(
            "starts_at",
            "number",
            N_("weekly cases in a region of the area from which others lend to it; blank: from the first day"),
            N_("cases/week"),
            low=0,
        ),
        Column(
            "occupancy",
            "number",
            N_("share of nominal capacity that may be used while it lasts"),
            SHARE,
            default=1.0,
            low=0.05,
            high=1.5,
        ),
    ),
    key=("surge_id", "specialty_id", "region_id"),
    read_by=("audit", "status_quo"),
)

SURGE_LOANS = Table(
    "surge_loans",
    N_("what a region may lend to others while a surge lasts; it is told beside the plan and binds none"),
    (
        Column("surge_id", "reference", N_("the surge"), required=True, refers="surge.surge_id"),
        Column(
            "resource",
            "choice",
            N_("beds: room of services of the same specialty; staff: people of a role"),
            required=True,
            choices=("beds", "staff"),
        ),
        specialty(N_("of beds: specialty, or all"), or_all=True, default=ALL),
        Column("role_id", "reference", N_("of staff: role; blank: every role"), refers="workforce.role_id"),
        area(N_("who lends: a region or macro-region; all: every one"), default=ALL),
        Column("share", "number", N_("most that it lends, of what it has"), SHARE, True, low=0, high=1),
        Column("max_minutes", "number", N_("longest way of a loan; blank: any"), MINUTES, low=0),
    ),
    key=("surge_id", "resource", "specialty_id", "role_id", "region_id"),
    read_by=("audit", "status_quo"),
)

"""The one declaration of every sheet and column of the input workbook.

The reader, the blank template, the checks, the drop-downs and the data dictionary all follow from it:
to add a column, add a line here. Meanings are message ids of the catalogues in ``redesaude.language``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from redesaude.language import N_

Kind = Literal["id", "text", "number", "integer", "flag", "choice", "reference", "references"]

#: format of the input workbook, and the property of the file that tells it; 1 had none, as workbooks made by hand have
FORMAT, FORMAT_PROPERTY = 2, "redesaude_format"

ALL = "all"
EACH = "each"
EACH_MACROREGION = "each_macroregion"


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name : English identifier, the header in the workbook.
    kind : what a cell holds. ``id`` names the row; ``flag`` is yes/no; ``reference`` is an id of another table
        and ``references`` a list of them separated by commas or semicolons.
    meaning : one sentence for the planner (message id).
    unit : unit of the value (message id); ``""`` for text.
    required : a blank cell is an error. Otherwise ``default`` stands in for a blank (None keeps it blank).
    low, high : inclusive limits of a number; outside is an error.
    choices : the allowed words of a ``choice`` (or of the list entries of ``references`` without ``refers``).
    refers : ``"table.column"`` that a reference must be found in, or ``"table.column/other"`` in either column.
    words : words allowed instead of a reference, such as ``all`` or ``each``.

    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    required: bool = False
    default: float | int | str | bool | None = None
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    refers: str = ""
    words: tuple[str, ...] = ()

    @property
    def limits(self) -> tuple[float, float]:
        """Least and most that a number may be: as declared, or else as large as its unit can mean at all."""
        most = _MOST_MONEY if self.unit.startswith(MONEY) else _MOST
        return -most if self.low is None else self.low, most if self.high is None else self.high


@dataclass(frozen=True)
class Table:
    """One sheet: what a row is, its columns, the columns that together name a row, and whether it may be absent."""

    name: str
    row: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    required: bool = False

    def column(self, name: str) -> Column:
        """Return the declared column ``name``; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")


@dataclass(frozen=True)
class Setting:
    """One row of the ``settings`` sheet; fields as in :class:`Column`. ``required`` asks workbooks to state it."""

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    required: bool = False
    default: float | int | str | bool | None = None
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


DELIVERY_MODELS = (
    "direct",
    "oss",
    "ppp_grey",
    "ppp_grey_oss",
    "ppp_white",
    "consortium",
    "foundation",
    "purchase",
)
FINANCING = ("budget", "project_company", "provider")
#: what a risk may touch: factors of the contracts, demand, the discount rate, or a cost line of the services
RISK_TARGETS = (
    "capex",
    "opex",
    "case_cost",
    "delay",
    "demand",
    "discount_rate",
    "works",
    "overrun",
    "unitary_payment",
    "provider_payment",
    "lifecycle",
    "fixed_running",
    "case_running",
    "transaction",
    "waiting",
)
SITE_KINDS = ("public", "philanthropic", "private", "new")
#: what may be decided already about a service
DECISIONS = ("open", "start", "close", "forbid", "freeze")

#: minutes of each unit in which travel times may be given
MINUTES_EACH = {"minutes": 1.0, "hours": 60.0, "seconds": 1 / 60}

# unit words, each translated once
PEOPLE, CASES, MINUTES, MONEY = N_("people"), N_("cases/year"), N_("minutes"), N_("currency")
MONEY_YEAR, MONEY_CASE, SHARE, YEARS = N_("currency/year"), N_("currency/case"), N_("share 0-1"), N_("years")
MONTHS, DEGREES, FACTOR, RATE = N_("months"), N_("degrees"), N_("factor"), N_("rate/year")
AMBULANCES = N_("ambulances")

#: no amount of money, in any currency, and no other number of a plan is larger
_MOST_MONEY, _MOST = 1e18, 1e12

_HARD = N_("yes: the plan must keep this promise; no: it may fall short at the price")
_PRICE = N_("price of each unit of shortfall, when the promise is not hard")

SETTINGS = (
    Setting("title", "text", N_("title of the scenario, printed on every report"), default=""),
    Setting("currency", "text", N_("ISO code of the currency of every amount"), required=True, default="BRL"),
    Setting(
        "language",
        "choice",
        N_("language of the reports"),
        default="en",
        choices=("en", "pt-BR", "vi"),
    ),
    Setting(
        "base_year",
        "integer",
        N_("year whose prices are used and to which costs are discounted"),
        N_("year"),
        required=True,
        default=2025,
        low=1990,
        high=2100,
    ),
    Setting(
        "horizon_years",
        "integer",
        N_("years of cost counted, from the first period on"),
        YEARS,
        required=True,
        default=1,
        low=1,
        high=60,
    ),
    Setting(
        "discount_rate",
        "number",
        N_("real discount rate"),
        RATE,
        required=True,
        default=0.0,
        low=0.0,
        high=0.3,
    ),
    Setting(
        "discount_timing",
        "choice",
        N_("when in a year its money moves: middle or end"),
        default="middle",
        choices=("middle", "end"),
    ),
    Setting(
        "inflation",
        "number",
        N_("yearly rise of prices, for amounts told in nominal money; 0: none are"),
        RATE,
        default=0.0,
        low=0.0,
        high=1.0,
    ),
    Setting(
        "daly_value",
        "number",
        N_("value of a healthy year gained; 0: health benefits are counted, not valued in money"),
        N_("currency/healthy year"),
        default=0.0,
        low=0.0,
    ),
    Setting(
        "away_gain_share",
        "number",
        N_("what cases sent away or waiting still gain elsewhere, as a share of the gain of a case treated late"),
        SHARE,
        default=1.0,
        low=0.0,
        high=1.0,
    ),
    Setting(
        "perspective",
        "choice",
        N_("whose money counts: the state budget, or all government"),
        default="government",
        choices=("state", "government"),
    ),
    Setting(
        "ppp_law",
        "choice",
        N_("law that contracts with a project company are held against, as warnings"),
        default="none",
        choices=("none", "BR-11079", "VN-64", "VN-57"),
    ),
    Setting(
        "patient_time_weight",
        "number",
        N_("weight of patients' travel in the objective: 0 budget view, 1 society"),
        SHARE,
        default=0.0,
        low=0.0,
        high=1.0,
    ),
    Setting(
        "patient_time_value",
        "number",
        N_("value of an hour of travel of one person"),
        N_("currency/hour"),
        default=0.0,
        low=0.0,
    ),
    Setting(
        "patient_minute_cost",
        "number",
        N_("money cost of a minute on the road, for each journey (vehicle, fuel)"),
        N_("currency/minute"),
        default=0.0,
        low=0.0,
    ),
    Setting(
        "companions",
        "number",
        N_("people travelling for each patient, the patient included"),
        PEOPLE,
        default=1.0,
        low=1.0,
        high=5.0,
    ),
    Setting(
        "occupancy",
        "number",
        N_("share of nominal capacity that a plan may use"),
        SHARE,
        required=True,
        default=1.0,
        low=0.05,
        high=1.0,
    ),
    Setting(
        "personnel_share",
        "number",
        N_("share of running cost that is pay of staff"),
        SHARE,
        default=0.6,
        low=0.0,
        high=1.0,
    ),
    Setting(
        "road_detour",
        "number",
        N_("road distance divided by straight distance, where no distance is given"),
        FACTOR,
        default=1.3,
        low=1.0,
        high=3.0,
    ),
    Setting(
        "road_speed_kmh",
        "number",
        N_("speed where no speed is given"),
        "km/h",
        default=60.0,
        low=5.0,
        high=130.0,
    ),
    Setting(
        "local_minutes",
        "number",
        N_("minutes added to every modelled journey (to the road and from it)"),
        MINUTES,
        default=0.0,
        low=0.0,
        high=120.0,
    ),
    Setting(
        "travel_times_complete",
        "flag",
        N_("yes: pairs missing from travel_times are out of reach; no: they are modelled"),
        default=True,
    ),
    Setting(
        "travel_times_file",
        "text",
        N_("CSV or Parquet file beside the workbook with origin_id, destination_id, minutes"),
        default="",
    ),
    Setting(
        "travel_unit",
        "choice",
        N_("unit of the travel times that are given: minutes, hours or seconds"),
        default="minutes",
        choices=tuple(MINUTES_EACH),
    ),
    Setting(
        "emergency_minutes",
        "number",
        N_("standard of the emergency stations: from the station to the patient"),
        MINUTES,
        default=15.0,
        low=1.0,
        high=240.0,
    ),
    Setting(
        "call_minutes",
        "number",
        N_("from the call until the ambulance leaves its station"),
        MINUTES,
        default=0.0,
        low=0.0,
        high=120.0,
    ),
    Setting(
        "scene_minutes",
        "number",
        N_("with the patient before the ambulance leaves for the hospital"),
        MINUTES,
        default=0.0,
        low=0.0,
        high=120.0,
    ),
    Setting(
        "gap",
        "number",
        N_("relative gap at which the search stops"),
        SHARE,
        default=0.01,
        low=0.0,
        high=1.0,
    ),
    Setting(
        "time_limit_s",
        "number",
        N_("seconds after which the best plan so far is kept"),
        N_("seconds"),
        default=120.0,
        low=1.0,
        high=86400.0,
    ),
)

_FACTOR_HELP = {
    "capex": N_("cost of works and equipment against the sizes sheet"),
    "opex": N_("fixed running cost against the sizes sheet"),
    "case_cost": N_("cost per case against the sizes sheet"),
}


def _factor_columns() -> tuple[Column, ...]:
    """Low, mode and high of each cost factor; a triangular distribution when low and high are given."""
    columns: list[Column] = []
    for stem, meaning in _FACTOR_HELP.items():
        columns += [
            Column(f"{stem}_factor_low", "number", N_("lowest plausible factor"), FACTOR, low=0.0, high=10.0),
            Column(f"{stem}_factor", "number", meaning, FACTOR, default=1.0, low=0.0, high=10.0),
            Column(f"{stem}_factor_high", "number", N_("highest plausible factor"), FACTOR, low=0.0, high=10.0),
        ]
    return tuple(columns)


def _share(name: str, meaning: str, default: float = 0.0, high: float = 1.0) -> Column:
    """A share with a default."""
    return Column(name, "number", meaning, SHARE, default=default, low=0, high=high)


#: the project company beyond its loan, and the taxes of contractors; all neutral unless stated
_COMPANY_COLUMNS = (
    _share("loss_offset_share", N_("share of a year's profit that earlier losses may offset; 0: losses are lost")),
    Column("reserve_months", "number", N_("debt service held in reserve"), MONTHS, default=0.0, low=0, high=24),
    _share("debt_fee_share", N_("fee of the loan as a share of it"), high=0.2),
    _share("contribution_share", N_("share of the works that the public side pays as they advance"), high=0.95),
    _share("payment_tax_rate", N_("taxes on what the contractor is paid"), high=0.5),
    _share("tax_returned_state_share", N_("share of the contractor's taxes that returns to the state")),
    _share("tax_returned_government_share", N_("share of the contractor's taxes that returns to any government")),
    _share("residual_share", N_("value at the end of the horizon as a share of works and equipment")),
)


def _period() -> Column:
    """The period a row is about."""
    return Column("period_id", "reference", N_("period; blank: every period"), refers="periods.period_id")


EMERGENCY_PROMISES = ("cover", "double_cover", "ambulances", "window")

PAYMENT_MECHANISMS = ("fixed_and_variable", "availability", "volume_band", "capitation")

#: how the payment follows service and volume; at the planned volume all mechanisms pay the same
_PAYMENT_COLUMNS = (
    Column(
        "payment_mechanism",
        "choice",
        N_(
            "fixed_and_variable: fixed part and a price for each case; availability: fixed less deductions; "
            "volume_band: full price inside the band, marginal price outside; capitation: by inhabitant, not by case"
        ),
        default="fixed_and_variable",
        choices=PAYMENT_MECHANISMS,
    ),
    _share("volume_band_low", N_("lower end of the band, as a share of planned volume"), default=1.0),
    Column(
        "volume_band_high",
        "number",
        N_("upper end of the band, as a share of planned volume"),
        SHARE,
        default=1.0,
        low=1,
        high=5,
    ),
    _share("marginal_price_share", N_("price of a case outside the band, as a share of the full price"), default=1.0),
    _share("deduction_floor", N_("deductions below this share of the payment are waived")),
    _share("deduction_ceiling", N_("deductions stop at this share of the payment"), default=1.0),
    _share("expected_deduction_share", N_("availability: deductions to expect, as a share of the payment; 0: none")),
)

#: competition for the contract and what a tender without bids costs; neutral while ``bidders`` is blank
_TENDER_COLUMNS = (
    Column("bidders", "number", N_("bidders to expect; blank: not modelled"), N_("bidders"), low=0.5, high=20),
    Column(
        "retender_months",
        "number",
        N_("from a tender without bids to the next; blank: as long as the first"),
        MONTHS,
        low=0,
        high=120,
    ),
    _share("retender_cost_share", N_("cost of letting that a tender without bids causes again"), default=1.0),
    Column("guarantee_months", "number", N_("payments held as a guarantee"), MONTHS, default=0.0, low=0, high=36),
)


TABLES = (
    Table(
        "settings",
        N_("a setting"),
        (
            Column("name", "id", N_("name of the setting"), required=True),
            Column("value", "text", N_("its value")),
            Column("unit", "text", N_("its unit, for the reader")),
            Column("note", "text", N_("source or remark")),
        ),
        key=("name",),
        required=True,
    ),
    Table(
        "periods",
        N_("a planning period"),
        (
            Column("period_id", "id", N_("code of the period"), required=True),
            Column("first_year", "integer", N_("first calendar year"), N_("year"), True, low=1990, high=2120),
            Column(
                "years", "integer", N_("length; the last runs to the end of the horizon"), YEARS, True, low=1, high=60
            ),
            Column("max_starts", "integer", N_("most works begun in it; blank: no limit"), N_("works"), low=0),
        ),
        key=("period_id",),
        required=True,
    ),
    Table(
        "territories",
        N_("a municipality or district"),
        (
            Column("territory_id", "id", N_("code of the municipality or district, as text"), required=True),
            Column("name", "text", N_("name")),
            Column("region_id", "text", N_("code of its health region")),
            Column("region_name", "text", N_("name of its health region")),
            Column("macroregion_id", "text", N_("code of its macro-region")),
            Column("latitude", "number", N_("latitude of the seat, south negative"), DEGREES, low=-90, high=90),
            Column("longitude", "number", N_("longitude of the seat, west negative"), DEGREES, low=-180, high=180),
            Column("population", "number", N_("inhabitants in the base year"), PEOPLE, True, low=0),
            Column("growth_rate", "number", N_("population growth"), RATE, default=0.0, low=-0.1, high=0.2),
        ),
        key=("territory_id",),
        required=True,
    ),
    Table(
        "specialties",
        N_("a specialty"),
        (
            Column("specialty_id", "id", N_("code of the specialty"), required=True),
            Column("name", "text", N_("name")),
            Column(
                "cases_per_100k",
                "number",
                N_("yearly cases per 100,000 inhabitants"),
                N_("cases/100,000/year"),
                True,
                low=0,
            ),
            Column("case_unit", "text", N_("what one case is, e.g. admission, course, patient-year")),
            Column(
                "assignment",
                "choice",
                N_("planned: patients go where the plan says; nearest: they reach the closest open centre"),
                default="planned",
                choices=("planned", "nearest"),
            ),
            Column("access_minutes", "number", N_("access standard, one way"), MINUTES, low=0),
            Column(
                "access_share",
                "number",
                N_("share of cases promised within the standard, whole area; blank: no promise"),
                SHARE,
                low=0,
                high=1,
            ),
            Column("access_hard", "flag", _HARD, default=True),
            Column("access_price", "number", _PRICE, MONEY_CASE, low=0),
            Column("ceiling_minutes", "number", N_("longest journey allowed; blank: none"), MINUTES, low=0),
            Column("trips_per_case", "number", N_("return journeys for each case"), default=1.0, low=0),
            Column(
                "unmet_cost",
                "number",
                N_("cost of a case sent away or untreated; blank: every case must be treated"),
                MONEY_CASE,
                low=0,
            ),
            Column("dalys_in_time", "number", N_("healthy years gained by a case treated in time"), YEARS),
            Column("dalys_late", "number", N_("healthy years gained by a case treated late"), YEARS),
            Column(
                "window_minutes",
                "number",
                N_("time-critical: from the call to the start of treatment; blank: not time-critical"),
                MINUTES,
                low=0,
            ),
            Column(
                "door_minutes",
                "number",
                N_("time-critical: from the door of the hospital to the start of treatment"),
                MINUTES,
                default=0.0,
                low=0,
            ),
            Column("single_source", "flag", N_("yes: a territory is referred to one place"), default=False),
            Column(
                "sites_allowed",
                "choice",
                N_("all: at any site not forbidden; listed: only at sites named in site_services"),
                default="all",
                choices=("all", "listed"),
            ),
            Column(
                "transfer_minutes",
                "number",
                N_("longest transfer from one site to another, of cases sent up; blank: no limit"),
                MINUTES,
                low=0,
            ),
            Column(
                "transfer_cost",
                "number",
                N_("cost of a transfer, e.g. ambulance and crew"),
                MONEY_CASE,
                default=0.0,
                low=0,
            ),
            Column("min_centres", "integer", N_("fewest centres"), N_("centres"), low=0),
            Column("max_centres", "integer", N_("most centres"), N_("centres"), low=0),
        ),
        key=("specialty_id",),
        required=True,
    ),
    Table(
        "demand",
        N_("known demand, instead of the rate"),
        (
            Column("territory_id", "reference", N_("territory"), required=True, refers="territories.territory_id"),
            Column("specialty_id", "reference", N_("specialty"), required=True, refers="specialties.specialty_id"),
            Column("period_id", "reference", N_("period; blank: every period"), refers="periods.period_id"),
            Column("cases", "number", N_("cases"), CASES, True, low=0),
        ),
        key=("territory_id", "specialty_id", "period_id"),
    ),
    Table(
        "sites",
        N_("an existing hospital, or a place where one may be built"),
        (
            Column("site_id", "id", N_("code of the site (CNES code as text, with its zeros)"), required=True),
            Column("name", "text", N_("name")),
            Column("territory_id", "reference", N_("territory"), required=True, refers="territories.territory_id"),
            Column("latitude", "number", N_("latitude; blank: the territory's"), DEGREES, low=-90, high=90),
            Column("longitude", "number", N_("longitude; blank: the territory's"), DEGREES, low=-180, high=180),
            Column(
                "kind",
                "choice",
                N_("owner of the building, or new when it must be built"),
                default="public",
                choices=SITE_KINDS,
            ),
            Column("lot_id", "text", N_("lot in which it is tendered; blank: alone")),
            Column("fixed_cost", "number", N_("cost of hosting any service"), MONEY_YEAR, default=0.0, low=0),
            Column(
                "contracts_allowed",
                "references",
                N_("contracts allowed here; blank: all that suit its kind"),
                refers="contracts.contract_id",
            ),
            Column(
                "contracts_without_works",
                "references",
                N_("contracts under which nothing is built here, only what exists runs as it is; blank: none"),
                refers="contracts.contract_id",
            ),
            Column("max_services", "integer", N_("most specialties here"), N_("services"), low=0),
        ),
        key=("site_id",),
        required=True,
    ),
    Table(
        "sizes",
        N_("a size of a specialty's service"),
        (
            Column("specialty_id", "reference", N_("specialty"), required=True, refers="specialties.specialty_id"),
            Column("size_id", "id", N_("code of the size"), required=True),
            Column("capacity", "number", N_("nominal capacity"), CASES, True, low=0),
            Column("min_cases", "number", N_("least yearly volume for quality"), CASES, default=0.0, low=0),
            Column("min_cases_hard", "flag", _HARD, default=True),
            Column("min_cases_price", "number", _PRICE, MONEY_CASE, low=0),
            Column("capex", "number", N_("works and equipment"), MONEY, default=0.0, low=0),
            Column("fixed_cost", "number", N_("fixed running cost"), MONEY_YEAR, default=0.0, low=0),
            Column("cost_per_case", "number", N_("variable cost of a case"), MONEY_CASE, default=0.0, low=0),
            Column(
                "lifecycle_share",
                "number",
                N_("yearly renewal as a share of works and equipment"),
                RATE,
                default=0.0,
                low=0,
                high=0.5,
            ),
            Column("build_months", "number", N_("works, as planned"), MONTHS, default=0.0, low=0, high=240),
            Column(
                "training_months",
                "number",
                N_("training of staff before opening; dates the milestones only, moves no cost"),
                MONTHS,
                default=0.0,
                low=0,
                high=120,
            ),
            Column(
                "treats_share",
                "number",
                N_("share of severities it treats, the mildest first; the others are sent up to a larger size"),
                SHARE,
                default=1.0,
                low=0.001,
                high=1,
            ),
            Column(
                "treats_share_mature",
                "number",
                N_("the same once the years of support are over; blank: no more than before"),
                SHARE,
                low=0.001,
                high=1,
            ),
            Column(
                "needs_support",
                "flag",
                N_("yes: a new service of this size needs an agreement with a hub, see the sheet support"),
                default=False,
            ),
            Column(
                "supports_max",
                "integer",
                N_("most satellites that a hub of this size supports; 0: it is no hub"),
                N_("satellites"),
                default=0,
                low=0,
            ),
        ),
        key=("specialty_id", "size_id"),
        required=True,
    ),
    Table(
        "site_services",
        N_("an existing service, or an exception, at a site"),
        (
            Column("site_id", "reference", N_("site"), required=True, refers="sites.site_id"),
            Column("specialty_id", "reference", N_("specialty"), required=True, refers="specialties.specialty_id"),
            Column("size_id", "text", N_("size; blank: every size")),
            Column(
                "status",
                "choice",
                N_("existing, allowed, forbidden or required"),
                required=True,
                choices=("existing", "allowed", "forbidden", "required"),
            ),
            Column("capacity", "number", N_("its capacity, if not the size's"), CASES, low=0),
            Column("min_cases", "number", N_("its least volume, if not the size's"), CASES, low=0),
            Column("capex", "number", N_("its works and equipment, if not the size's"), MONEY, low=0),
            Column("fixed_cost", "number", N_("its fixed cost, if not the size's"), MONEY_YEAR, low=0),
            Column("cost_per_case", "number", N_("its cost per case, if not the size's"), MONEY_CASE, low=0),
            Column("closing_cost", "number", N_("cost of closing it"), MONEY, default=0.0, low=0),
            Column(
                "contract_id",
                "reference",
                N_("contract under which it runs today"),
                refers="contracts.contract_id",
            ),
        ),
        key=("site_id", "specialty_id", "size_id"),
    ),
    Table(
        "decisions",
        N_("something decided already, which the plan takes as it is"),
        (
            Column("site_id", "reference", N_("site, or all"), required=True, refers="sites.site_id", words=(ALL,)),
            Column(
                "specialty_id",
                "reference",
                N_("specialty, or all"),
                required=True,
                refers="specialties.specialty_id",
                words=(ALL,),
            ),
            Column("size_id", "text", N_("size; blank: any")),
            Column("contract_id", "reference", N_("contract; blank: any"), refers="contracts.contract_id"),
            Column("period_id", "reference", N_("period; blank: every period"), refers="periods.period_id"),
            Column(
                "decision",
                "choice",
                N_(
                    "open: it is open in the period; start: signed, it starts in the period, not before, and stays; "
                    "close: it is closed from the period on; forbid: it is not open in the period; freeze: nothing "
                    "changes in the period, what ran before runs on"
                ),
                required=True,
                choices=DECISIONS,
            ),
            Column("note", "text", N_("document, date or remark")),
            Column(
                "active",
                "flag",
                N_("yes: it holds; no: it is kept for a variant, which sets it to yes"),
                default=True,
            ),
        ),
        key=("site_id", "specialty_id", "size_id", "contract_id", "period_id", "decision"),
    ),
    Table(
        "precedence",
        N_("a service that may not be open before another is"),
        (
            Column("site_id", "reference", N_("site"), required=True, refers="sites.site_id"),
            Column("specialty_id", "reference", N_("specialty"), required=True, refers="specialties.specialty_id"),
            Column("after_site_id", "reference", N_("site of the one before"), required=True, refers="sites.site_id"),
            Column(
                "after_specialty_id",
                "reference",
                N_("specialty of the one before"),
                required=True,
                refers="specialties.specialty_id",
            ),
            Column(
                "periods_between",
                "integer",
                N_("0: it may be decided in the same period, 1: in the next, and so on"),
                N_("periods"),
                default=0,
                low=0,
                high=5,
            ),
        ),
        key=("site_id", "specialty_id", "after_site_id", "after_specialty_id"),
    ),
    Table(
        "support",
        N_("an agreement between a hub and a satellite, or a kind of agreement; the most specific row holds"),
        (
            Column("specialty_id", "reference", N_("specialty"), required=True, refers="specialties.specialty_id"),
            Column("hub_site_id", "reference", N_("the hub; blank: any"), refers="sites.site_id"),
            Column("satellite_site_id", "reference", N_("the satellite; blank: any"), refers="sites.site_id"),
            Column(
                "status",
                "choice",
                N_(
                    "allowed: the plan may choose it; given: the satellite, if it opens, has no other hub; "
                    "forbidden: never"
                ),
                default="allowed",
                choices=("allowed", "given", "forbidden"),
            ),
            Column(
                "support_years",
                "number",
                N_("from the opening of the satellite until its skills have matured; blank: to the end of the horizon"),
                YEARS,
                low=0.1,
                high=60,
            ),
            Column("hub_cost", "number", N_("what it costs on the hub's side"), MONEY_YEAR, default=0.0, low=0),
            Column(
                "satellite_cost", "number", N_("what it costs on the satellite's side"), MONEY_YEAR, default=0.0, low=0
            ),
            Column(
                "max_minutes",
                "number",
                N_("longest way from the satellite to the hub; blank: any, e.g. support by telemedicine"),
                MINUTES,
                low=0,
            ),
            Column("note", "text", N_("document, date or remark")),
        ),
        key=("specialty_id", "hub_site_id", "satellite_site_id"),
    ),
    Table(
        "requires",
        N_("a specialty that needs another at the same site"),
        (
            Column("specialty_id", "reference", N_("specialty"), required=True, refers="specialties.specialty_id"),
            Column(
                "required_specialty_id",
                "reference",
                N_("specialty it needs at the same site"),
                required=True,
                refers="specialties.specialty_id",
            ),
        ),
        key=("specialty_id", "required_specialty_id"),
    ),
    Table(
        "contracts",
        N_("a contract option: delivery model, financing and term"),
        (
            Column("contract_id", "id", N_("code of the contract option"), required=True),
            Column("name", "text", N_("name")),
            Column(
                "family", "text", N_("options that differ in their terms only share a family, e.g. 20 and 30 years")
            ),
            Column(
                "delivery_model",
                "choice",
                N_("who delivers the care"),
                default="direct",
                choices=DELIVERY_MODELS,
            ),
            Column(
                "financing",
                "choice",
                N_("who pays for the works: the budget, a project company, or the provider in its price"),
                default="budget",
                choices=FINANCING,
            ),
            Column("term_years", "number", N_("term, works included"), YEARS, low=0, high=99),
            *_factor_columns(),
            Column("equity_return", "number", N_("real return on equity asked"), RATE, low=0, high=0.5),
            Column("debt_rate", "number", N_("real interest on debt"), RATE, low=0, high=0.5),
            Column("gearing", "number", N_("debt as a share of the capital"), SHARE, low=0, high=1),
            Column("debt_years", "number", N_("length of the loan"), YEARS, low=0, high=60),
            Column("dscr", "number", N_("least debt service cover ratio"), FACTOR, low=1, high=5),
            Column("tax_rate", "number", N_("tax on profit"), SHARE, low=0, high=0.9),
            *_COMPANY_COLUMNS,
            Column(
                "transaction_cost",
                "number",
                N_("cost of letting it, once for a lot"),
                MONEY,
                default=0.0,
                low=0,
            ),
            Column(
                "transaction_share",
                "number",
                N_("cost of letting it that grows with works and equipment"),
                SHARE,
                default=0.0,
                low=0,
                high=1,
            ),
            Column(
                "oversight_cost",
                "number",
                N_("team that oversees it, for a lot"),
                MONEY_YEAR,
                default=0.0,
                low=0,
            ),
            Column("procurement_months", "number", N_("from decision to signature"), MONTHS, default=0.0, low=0),
            Column(
                "delay_factor",
                "number",
                N_("real length of works against plan"),
                FACTOR,
                default=1.0,
                low=0,
                high=10,
            ),
            Column("delay_factor_low", "number", N_("lowest plausible factor"), FACTOR, low=0.0, high=10.0),
            Column("delay_factor_high", "number", N_("highest plausible factor"), FACTOR, low=0.0, high=10.0),
            Column(
                "counts_as_ppp",
                "number",
                N_("share of its running payments counted against the PPP limit"),
                SHARE,
                default=0.0,
                low=0,
                high=1,
            ),
            Column(
                "counts_as_personnel",
                "number",
                N_("share of its staff pay counted against the personnel limit"),
                SHARE,
                default=0.0,
                low=0,
                high=1,
            ),
            Column("min_value", "number", N_("least contract value by law"), MONEY, default=0.0, low=0),
            Column("needs_works", "flag", N_("yes: only where there are works to deliver"), default=False),
            Column("max_contracts", "integer", N_("most contracts of this kind"), N_("contracts"), low=0),
            Column(
                "site_kinds",
                "references",
                N_("kinds of site it suits; blank: all"),
                choices=SITE_KINDS,
            ),
            Column(
                "state_share",
                "number",
                N_("share of running cost paid by the state; municipalities pay the rest"),
                SHARE,
                default=1.0,
                low=0,
                high=1,
            ),
            *_PAYMENT_COLUMNS,
            *_TENDER_COLUMNS,
        ),
        key=("contract_id",),
        required=True,
    ),
    Table(
        "lots",
        N_("a procurement lot"),
        (
            Column("lot_id", "id", N_("code of the lot"), required=True),
            Column("name", "text", N_("name")),
        ),
        key=("lot_id",),
    ),
    Table(
        "funding",
        N_("a source of money and its ceiling"),
        (
            Column("funding_id", "id", N_("code of the source"), required=True),
            Column("name", "text", N_("name")),
            Column("period_id", "reference", N_("period; blank: every period"), refers="periods.period_id"),
            Column(
                "kind",
                "choice",
                N_("capital: works of the whole period; running: every year"),
                default="capital",
                choices=("capital", "running"),
            ),
            Column("contracts", "references", N_("contracts it covers; blank: all"), refers="contracts.contract_id"),
            Column(
                "specialties",
                "references",
                N_("specialties it covers; blank: all"),
                refers="specialties.specialty_id",
            ),
            Column("amount", "number", N_("ceiling, per period or per year"), MONEY, True, low=0),
            Column("hard", "flag", _HARD, default=True),
            Column("price", "number", _PRICE, low=0),
        ),
        key=("funding_id", "period_id"),
    ),
    Table(
        "fiscal",
        N_("a fiscal limit"),
        (
            Column("fiscal_id", "id", N_("code of the limit"), required=True),
            Column("name", "text", N_("name")),
            Column("period_id", "reference", N_("period; blank: every period"), refers="periods.period_id"),
            Column(
                "kind",
                "choice",
                N_("ppp: payments to project companies; personnel: pay of staff"),
                required=True,
                choices=("ppp", "personnel"),
            ),
            Column("base_amount", "number", N_("base, e.g. net current revenue (RCL)"), MONEY_YEAR, True, low=0),
            Column("share", "number", N_("share of the base allowed"), SHARE, True, low=0, high=1),
            Column("committed", "number", N_("already used outside this plan"), MONEY_YEAR, default=0.0, low=0),
            Column(
                "reading",
                "choice",
                N_("what counts for ppp: all payments, the capital part, or net of spending replaced"),
                default="all",
                choices=("all", "capital", "net"),
            ),
            Column("hard", "flag", _HARD, default=True),
            Column("price", "number", _PRICE, low=0),
        ),
        key=("fiscal_id", "period_id"),
    ),
    Table(
        "risks",
        N_("a risk: a quantity that may come out otherwise than planned"),
        (
            Column("risk_id", "id", N_("code of the risk"), required=True),
            Column("name", "text", N_("name")),
            Column("category", "text", N_("kind of risk, e.g. works, demand, labour, law")),
            Column(
                "target",
                "choice",
                N_(
                    "what the outcome multiplies (works, running cost, cost per case, length of works, demand, a cost "
                    "line); it is added to a discount_rate"
                ),
                required=True,
                choices=RISK_TARGETS,
            ),
            Column("contracts", "references", N_("contracts it touches; blank: all"), refers="contracts.contract_id"),
            Column(
                "specialties",
                "references",
                N_("specialties it touches; blank: all"),
                refers="specialties.specialty_id",
            ),
            Column(
                "distribution",
                "choice",
                N_(
                    "shape of the outcomes; none: listed but not drawn; contract: the low, mode and high of each "
                    "contract; reference_class: past cases, each equally likely"
                ),
                default="none",
                choices=("none", "contract", "discrete", "triangular", "pert", "lognormal", "reference_class"),
            ),
            Column("probability", "number", N_("that it happens at all"), SHARE, default=1.0, low=0, high=1),
            Column("low", "number", N_("lowest outcome, of triangular and pert"), FACTOR),
            Column("mode", "number", N_("most likely outcome, of triangular and pert"), FACTOR),
            Column("high", "number", N_("highest outcome, of triangular and pert"), FACTOR),
            Column("mean", "number", N_("expected outcome, of lognormal"), FACTOR),
            Column("sigma", "number", N_("standard deviation of the logarithm, of lognormal"), low=0, high=3),
            Column("outcomes", "text", N_("outcomes of discrete and reference_class, separated by semicolons")),
            Column("probabilities", "text", N_("probability of each outcome of discrete, separated by semicolons")),
            Column(
                "varies_by",
                "choice",
                N_("programme: one outcome for all; site: each site has its own"),
                default="programme",
                choices=("programme", "site"),
            ),
            Column("correlation_group", "text", N_("risks that move together; blank: alone")),
            Column(
                "correlation",
                "number",
                N_("correlation with the others of its group, and between its sites"),
                SHARE,
                default=1.0,
                low=0,
                high=1,
            ),
            Column(
                "borne_by",
                "text",
                N_("share of the deviation that the public side bears by contract, e.g. ppp: 0.2; blank: all of it"),
            ),
        ),
        key=("risk_id",),
    ),
    Table(
        "access_targets",
        N_("an access promise beyond the specialties sheet"),
        (
            Column(
                "specialty_id",
                "reference",
                N_("specialty, or all"),
                required=True,
                refers="specialties.specialty_id",
                words=(ALL,),
            ),
            Column(
                "region_id",
                "reference",
                N_("region, macro-region; all: whole area; each, each_macroregion: every one (floor of the worst-off)"),
                required=True,
                refers="territories.region_id/macroregion_id",
                words=(ALL, EACH, EACH_MACROREGION),
            ),
            Column("period_id", "reference", N_("period; blank: every period"), refers="periods.period_id"),
            Column("minutes", "number", N_("standard; blank: the specialty's"), MINUTES, low=0),
            Column("share", "number", N_("share of cases within it"), SHARE, True, low=0, high=1),
            Column("hard", "flag", _HARD, default=True),
            Column("price", "number", _PRICE, MONEY_CASE, low=0),
        ),
        key=("specialty_id", "region_id", "period_id", "minutes"),
    ),
    Table(
        "load_ceilings",
        N_("a ceiling on the cases that a hub takes from outside its area"),
        (
            Column("site_id", "reference", N_("the hub"), required=True, refers="sites.site_id"),
            Column(
                "specialty_id",
                "reference",
                N_("specialty; all: all of them together"),
                required=True,
                refers="specialties.specialty_id",
                words=(ALL,),
            ),
            Column(
                "area",
                "choice",
                N_("outside of what: the hub's health region, or its macro-region"),
                default="region",
                choices=("region", "macroregion"),
            ),
            _period(),
            Column("cases", "number", N_("most cases from outside"), CASES, True, low=0),
            Column(
                "today_cases",
                "number",
                N_("cases from outside today; blank: what would come in the network of today"),
                CASES,
                low=0,
            ),
            Column("hard", "flag", _HARD, default=True),
            Column("price", "number", _PRICE, MONEY_CASE, low=0),
        ),
        key=("site_id", "specialty_id", "area", "period_id"),
    ),
    Table(
        "workforce",
        N_("the people of a role in an area, and how many more there may be"),
        (
            Column("role_id", "id", N_("code of the role, e.g. neurologist"), required=True),
            Column("name", "text", N_("name")),
            Column(
                "region_id",
                "reference",
                N_("where they may work: a region or macro-region; all: anywhere"),
                default=ALL,
                refers="territories.region_id/macroregion_id",
                words=(ALL,),
            ),
            _period(),
            Column("stock", "number", N_("people for these services without any plan, full-time"), PEOPLE, True, low=0),
            Column("training_max", "number", N_("most people trained in the period"), PEOPLE, default=0.0, low=0),
            Column(
                "training_cost",
                "number",
                N_("cost of training one, in the first year of the period"),
                N_("currency/person"),
                default=0.0,
                low=0,
            ),
            Column("recruitment_max", "number", N_("most people recruited in the period"), PEOPLE, default=0.0, low=0),
            Column(
                "recruitment_cost",
                "number",
                N_("what one recruited costs beyond the pay of the services, from then on"),
                N_("currency/person/year"),
                default=0.0,
                low=0,
            ),
            Column("hard", "flag", _HARD, default=True),
            Column("price", "number", _PRICE, N_("currency/person/year"), low=0),
        ),
        key=("role_id", "region_id", "period_id"),
    ),
    Table(
        "staffing",
        N_("the staff of a role that a service needs"),
        (
            Column("specialty_id", "reference", N_("specialty"), required=True, refers="specialties.specialty_id"),
            Column("size_id", "text", N_("size; blank: every size")),
            Column("role_id", "reference", N_("role"), required=True, refers="workforce.role_id"),
            Column("fte", "number", N_("full-time people that an open service needs"), PEOPLE, default=0.0, low=0),
            Column(
                "cases_per_fte",
                "number",
                N_("cases for which one more full-time person is needed; blank: none"),
                CASES,
                low=0.001,
            ),
        ),
        key=("specialty_id", "size_id", "role_id"),
    ),
    Table(
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
    ),
    Table(
        "station_times",
        N_("the time from an emergency station to a territory; a pair that is missing is modelled"),
        (
            Column("station_id", "reference", N_("station"), required=True, refers="stations.station_id"),
            Column("territory_id", "reference", N_("territory"), required=True, refers="territories.territory_id"),
            Column("minutes", "number", N_("one way"), MINUTES, True, low=0),
        ),
        key=("station_id", "territory_id"),
    ),
    Table(
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
            Column(
                "specialty_id",
                "reference",
                N_("of window: specialty; all: each time-critical one; otherwise all"),
                default=ALL,
                refers="specialties.specialty_id",
                words=(ALL,),
            ),
            Column(
                "region_id",
                "reference",
                N_("region, macro-region; all: whole area; each, each_macroregion: every one (floor of the worst-off)"),
                default=ALL,
                refers="territories.region_id/macroregion_id",
                words=(ALL, EACH, EACH_MACROREGION),
            ),
            _period(),
            Column("share", "number", N_("share of people, or of cases; blank for ambulances"), SHARE, low=0, high=1),
            Column(
                "people_per_ambulance",
                "number",
                N_("of ambulances: most people for each; otherwise blank"),
                PEOPLE,
                low=1,
            ),
            Column("hard", "flag", _HARD, default=True),
            Column("price", "number", _PRICE, N_("currency/unit/year"), low=0),
        ),
        key=("promise", "specialty_id", "region_id", "period_id"),
    ),
    Table(
        "surge",
        N_("a surge of cases: one part of it, several rows make one surge"),
        (
            Column("surge_id", "text", N_("code of the surge"), required=True),
            Column("name", "text", N_("name")),
            Column(
                "specialty_id",
                "reference",
                N_("specialty, or all"),
                default=ALL,
                refers="specialties.specialty_id",
                words=(ALL,),
            ),
            Column(
                "region_id",
                "reference",
                N_("where the people live: a region or macro-region; all: the whole area"),
                default=ALL,
                refers="territories.region_id/macroregion_id",
                words=(ALL,),
            ),
            Column(
                "multiplier", "number", N_("cases while it lasts, against planned cases"), FACTOR, True, low=1, high=100
            ),
            Column("months", "number", N_("how long it lasts"), MONTHS, default=1.0, low=0.1, high=24),
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
    ),
    Table(
        "travel_times",
        N_("the travel time of a pair"),
        (
            Column("origin_id", "reference", N_("territory"), required=True, refers="territories.territory_id"),
            Column("destination_id", "reference", N_("site"), required=True, refers="sites.site_id"),
            Column("minutes", "number", N_("one way"), MINUTES, True, low=0),
        ),
        key=("origin_id", "destination_id"),
    ),
    Table(
        "roads",
        N_("a road link between two territories, both ways"),
        (
            Column("from_id", "reference", N_("territory"), required=True, refers="territories.territory_id"),
            Column("to_id", "reference", N_("territory"), required=True, refers="territories.territory_id"),
            Column("km", "number", N_("length; blank: straight distance x road_detour"), "km", low=0),
            Column("speed_kmh", "number", N_("speed; blank: road_speed_kmh"), "km/h", low=1, high=130),
        ),
        key=("from_id", "to_id"),
    ),
    Table(
        "variants",
        N_("one change of a what-if variant"),
        (
            Column("variant_id", "text", N_("code of the variant; several rows make one variant"), required=True),
            Column("name", "text", N_("name")),
            Column("sheet", "text", N_("sheet to change"), required=True),
            Column("key", "text", N_("row to change: its key columns joined by |, or * for every row"), required=True),
            Column("column", "text", N_("column to change"), required=True),
            Column(
                "operation",
                "choice",
                N_("what to do with the value"),
                default="set",
                choices=("set", "add", "multiply"),
            ),
            Column("value", "text", N_("the value"), required=True),
        ),
        key=("variant_id", "sheet", "key", "column"),
    ),
    Table(
        "sources",
        N_("where a number comes from"),
        (
            Column("sheet", "text", N_("sheet"), required=True),
            Column("key", "text", N_("row; * for every row"), required=True),
            Column("column", "text", N_("column; * for every column"), required=True),
            Column("source", "text", N_("source")),
            Column("year", "text", N_("year of the source")),
            Column(
                "grade",
                "choice",
                N_("A official or reviewed, B reported, C assumption"),
                choices=("A", "B", "C"),
            ),
            Column("note", "text", N_("remark")),
        ),
        key=(),
    ),
)

BY_NAME = {table.name: table for table in TABLES}
SETTINGS_BY_NAME = {setting.name: setting for setting in SETTINGS}

#: marks a cell of the second header row (unit and meaning), e.g. ``[people] inhabitants in the base year``
UNIT_ROW_MARK = "["

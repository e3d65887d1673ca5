"""Lots, sources of money, fiscal limits and risks."""

from __future__ import annotations

from redesaude.inputs.tables.declaration import Column, Table, area, elastic, grade, in_force, period, share
from redesaude.inputs.tables.units import FACTOR, MONEY, MONEY_YEAR, RATE, SHARE, YEARS
from redesaude.inputs.tables.vocabulary import ALL, DELIVERY_MODELS, LAW_RULES, RISK_TARGETS
from redesaude.language import N_
from redesaude.payers import OWNERS, SERVICE_PAYERS


def _covered() -> tuple[Column, Column]:
    """The contracts and the specialties whose spending a row is about."""
    return (
        Column("contracts", "references", N_("contracts it covers; blank: all"), refers="contracts.contract_id"),
        Column("specialties", "references", N_("specialties it covers; blank: all"), refers="specialties.specialty_id"),
    )


def _counted() -> tuple[Column, Column]:
    """Whose money a limit counts, and where."""
    return (
        Column(
            "payer",
            "choice",
            N_("counts only what this payer pays; blank: whoever pays. Lots, staff, stations, agreements: the state"),
            choices=tuple(SERVICE_PAYERS),
        ),
        area(N_("counts only sites of this region or macro-region; all: everything"), default=ALL),
    )


DISCOUNT_RATES = Table(
    "discount_rates",
    N_("another real discount rate, from a year on"),
    (
        Column("from_year", "integer", N_("calendar year from which on money is discounted to the year before at it"),
               N_("year"), required=True, low=1990, high=2300),
        Column("rate", "number", N_("real discount rate"), RATE, True, low=0, high=0.3),
    ),
    key=("from_year",),
    read_by=("audit", "status_quo"),
)  # fmt: skip

LOTS = Table(
    "lots",
    N_("a procurement lot"),
    (
        Column("lot_id", "id", N_("code of the lot"), required=True),
        Column("name", "text", N_("name")),
    ),
    key=("lot_id",),
    read_by=("audit", "status_quo"),
)

FUNDING = Table(
    "funding",
    N_("a source of money and its ceiling"),
    (
        Column("funding_id", "id", N_("code of the source"), required=True),
        Column("name", "text", N_("name")),
        period(),
        Column(
            "kind",
            "choice",
            N_("capital: works of the whole period; running: every year"),
            default="capital",
            choices=("capital", "running"),
        ),
        *_covered(),
        Column("amount", "number", N_("ceiling, per period or per year"), MONEY, True, low=0),
        *_counted(),
        *elastic(),
        *in_force(),
    ),
    key=("funding_id", "period_id"),
    read_by=("audit", "status_quo"),
    locates=True,
)

FISCAL = Table(
    "fiscal",
    N_("a fiscal limit"),
    (
        Column("fiscal_id", "id", N_("code of the limit"), required=True),
        Column("name", "text", N_("name")),
        period(),
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
        *_counted(),
        *elastic(),
        *in_force(),
    ),
    key=("fiscal_id", "period_id"),
    read_by=("audit", "status_quo"),
    locates=True,
)

LAWS = Table(
    "laws",
    N_(
        "a rule of a law on contracts while it is in force; what is signed in a year is held against those of that year"
    ),
    (
        Column("law_id", "text", N_("code of the law, e.g. BR-11079"), required=True),
        Column("name", "text", N_("name by which it is cited")),
        Column(
            "rule",
            "choice",
            N_(
                "least_value: least value of a contract; least_years, most_years: its term; most_public_share: what "
                "the public side may pay of the works"
            ),
            required=True,
            choices=LAW_RULES,
        ),
        Column("value", "number", N_("currency, years, or share 0-1"), required=True, low=0),
        Column(
            "contracts",
            "references",
            N_("contracts it holds for; blank: every public-private partnership"),
            refers="contracts.contract_id",
        ),
        *in_force(),
        grade(),
    ),
    key=("law_id", "rule", "valid_from"),
    read_by=("audit", "status_quo"),  # it warns and is told beside the plan, and binds none
)

LOANS = Table(
    "loans",
    N_("a public loan for works that the budget pays; it changes who is paid when, not what the plan costs"),
    (
        Column("loan_id", "id", N_("code of the loan"), required=True),
        Column("name", "text", N_("name")),
        *_covered(),
        Column("works_share", "number", N_("share of the works that it pays"), SHARE, default=1.0, low=0, high=1),
        Column("rate", "number", N_("real interest on the loan"), RATE, True, low=0, high=0.5),
        Column(
            "grace_years", "integer", N_("years after a draw in which interest alone is paid"), YEARS, default=0, low=0
        ),
        Column(
            "years",
            "integer",
            N_("years from a draw to its last instalment, grace included"),
            YEARS,
            True,
            low=1,
            high=60,
        ),
        Column(
            "repayment",
            "choice",
            N_("constant_amortisation: SAC; level_service: Price"),
            default="constant_amortisation",
            choices=("constant_amortisation", "level_service"),
        ),
        share("fee_share", N_("fee of the loan as a share of it"), high=0.2),
    ),
    key=("loan_id",),
    read_by=("audit", "status_quo"),
)

DEBT_LIMITS = Table(
    "debt_limits",
    N_("a limit on public debt, told by year; the plan is not held to it"),
    (
        Column("limit_id", "id", N_("code of the limit"), required=True),
        Column("name", "text", N_("name")),
        Column(
            "kind",
            "choice",
            N_(
                "debt: what is owed at the end of a year; operations: drawn in a year; service: paid on loans in a year"
            ),
            required=True,
            choices=("debt", "operations", "service"),
        ),
        Column("base_amount", "number", N_("base, e.g. net current revenue (RCL)"), MONEY_YEAR, True, low=0),
        Column("base_growth", "number", N_("real growth of the base"), RATE, default=0.0, low=-0.2, high=0.2),
        Column("share", "number", N_("share of the base allowed"), SHARE, True, low=0, high=5),
        Column("committed", "number", N_("already used outside this plan"), MONEY_YEAR, default=0.0, low=0),
    ),
    key=("limit_id",),
    read_by=("audit", "status_quo"),
)

PAYERS = Table(
    "payers",
    N_("who pays which share of what services spend; the row that names most of a service holds"),
    (
        Column("owner", "choice", N_("owner of the hospital; blank: any"), choices=OWNERS),
        Column("delivery_model", "choice", N_("delivery model of the contract; blank: any"), choices=DELIVERY_MODELS),
        Column("specialty_id", "reference", N_("specialty; blank: any"), refers="specialties.specialty_id"),
        Column("site_id", "reference", N_("site; blank: any"), refers="sites.site_id"),
        Column(
            "kind",
            "choice",
            N_("running: what care takes every year; capital: works and letting; blank: both"),
            choices=("running", "capital"),
        ),
        Column("payer", "choice", N_("who pays"), required=True, choices=tuple(SERVICE_PAYERS)),
        Column(
            "share",
            "number",
            N_("share that it pays; what is left over stays with the state, or as the contract shares it"),
            SHARE,
            True,
            low=0,
            high=1,
        ),
    ),
    key=("site_id", "specialty_id", "delivery_model", "owner", "kind", "payer"),
    read_by=("audit", "status_quo"),
)

BIDS = Table(
    "bids",
    N_(
        "a stated payment of a PPP, such as a reference payment or a bid: its value is told, the plan is not priced by "
        "it"
    ),
    (
        Column("bid_id", "id", N_("code of the stated payment"), required=True),
        Column("name", "text", N_("name, e.g. of the bidder")),
        Column("site_id", "reference", N_("site"), required=True, refers="sites.site_id"),
        Column("contract_id", "reference", N_("contract"), required=True, refers="contracts.contract_id"),
        Column("payment", "number", N_("payment of a full year, taxes on it included"), MONEY_YEAR, True, low=0),
        Column("discount_rate", "number", N_("real rate of the comparison; blank: the rates of the plan"), RATE,
               low=0, high=0.5),
        Column("bid_discount_rate", "number",
               N_("real rate of the payments; blank: that of the comparison, and bid_discount_margin"), RATE,
               low=0, high=0.5),
        Column("later_rate", "number", N_("real rate of both from later_from on; blank: no change"), RATE,
               low=0, high=0.5),
        Column("later_from", "integer", N_("first year of later_rate"), N_("year"), low=1990, high=2300),
    ),
    key=("bid_id",),
    read_by=("audit", "status_quo"),
)  # fmt: skip

RISKS = Table(
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
                "contract; reference_class: past cases, each equally likely; percentiles: p10, p50 and p90"
            ),
            default="none",
            choices=(
                "none",
                "contract",
                "discrete",
                "triangular",
                "pert",
                "lognormal",
                "reference_class",
                "percentiles",
            ),
        ),
        Column("probability", "number", N_("that it happens at all"), SHARE, default=1.0, low=0, high=1),
        Column("low", "number", N_("lowest outcome, of triangular and pert"), FACTOR),
        Column("mode", "number", N_("most likely outcome, of triangular and pert"), FACTOR),
        Column("high", "number", N_("highest outcome, of triangular and pert"), FACTOR),
        Column("p10", "number", N_("outcome that one in ten is below, of percentiles"), FACTOR),
        Column("p50", "number", N_("outcome that half are below, of percentiles"), FACTOR),
        Column("p90", "number", N_("outcome that one in ten is above, of percentiles"), FACTOR),
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
            N_(
                "share of the deviation that the public side bears by contract, e.g. ppp: 0.2; *: 1 (* is every other "
                "contract); blank: all of it"
            ),
        ),
    ),
    key=("risk_id",),
    read_by=("audit", "status_quo"),
)

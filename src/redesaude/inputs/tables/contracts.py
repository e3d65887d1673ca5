"""Contract options: delivery model, financing, term, payment and tender."""

from __future__ import annotations

from redesaude.financing import FINANCING
from redesaude.inputs.tables.declaration import Column, Table, grade, share
from redesaude.inputs.tables.units import FACTOR, MONEY, MONEY_MONTH, MONEY_YEAR, MONTHS, RATE, SHARE, YEARS
from redesaude.inputs.tables.vocabulary import (
    AFTER_TERM,
    COST_KEYS,
    DELIVERY_MODELS,
    KIND_SYNONYMS,
    LOT_SCOPES,
    PAYMENT_MECHANISMS,
    SITE_KINDS,
)
from redesaude.language import N_

_FACTOR_HELP = {
    "capex": N_("cost of works and equipment against that stated for the size"),
    "opex": N_("fixed running cost against that stated for the size"),
    "case_cost": N_("cost per case against that stated for the size"),
    "quality": N_(
        "what a contractor is paid once quality is measured, for each 1 of its payment; worked out from the sheet "
        "quality_indicators for the contracts that it names"
    ),
}


def _factor_columns() -> tuple[Column, ...]:
    """Low, mode and high of each factor; a triangular distribution when low and high are given."""
    columns: list[Column] = []
    for stem, meaning in _FACTOR_HELP.items():
        columns += [
            Column(f"{stem}_factor_low", "number", N_("lowest plausible factor"), FACTOR, low=0.0, high=10.0),
            Column(f"{stem}_factor", "number", meaning, FACTOR, default=1.0, low=0.0, high=10.0),
            Column(f"{stem}_factor_high", "number", N_("highest plausible factor"), FACTOR, low=0.0, high=10.0),
        ]
    return tuple(columns)


#: the project company beyond its loan, and the taxes of contractors; all neutral unless stated
_COMPANY_COLUMNS = (
    share("loss_offset_share", N_("share of a year's profit that earlier losses may offset; 0: losses are lost")),
    Column("reserve_months", "number", N_("debt service held in reserve"), MONTHS, default=0.0, low=0, high=24),
    share("debt_fee_share", N_("fee of the loan as a share of it"), high=0.2),
    Column(
        "tax_inflation",
        "number",
        N_("yearly rise of prices with which loan and taxes of the company are nominal; 0: all in real terms"),
        RATE,
        default=0.0,
        low=0,
        high=0.5,
    ),
    share("contribution_share", N_("share of the works that the public side pays as they advance"), high=0.95),
    Column(
        "contribution_milestones",
        "text",
        N_(
            "when that contribution is paid: share of the works done, a colon and the part paid then, separated by "
            "semicolons, e.g. 0.3: 0.25; 0.6: 0.35; 1: 0.4; blank: as the works advance"
        ),
        SHARE,
    ),
    share("payment_tax_rate", N_("taxes on what the contractor is paid"), high=0.5),
    share("tax_returned_state_share", N_("share of the contractor's taxes that returns to the state")),
    share("tax_returned_government_share", N_("share of the contractor's taxes that returns to any government")),
    share("residual_share", N_("value at the end of the horizon as a share of works and equipment")),
)

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
    Column(
        "fixed_payment_share",
        "number",
        N_(
            "provider: part of its whole cost at the stated volume that is paid fixed; blank: all but the cost of cases"
        ),
        SHARE,
        low=0,
        high=1,
    ),
    Column(
        "stated_volume_share",
        "number",
        N_("provider: volume at which its price recovers the whole cost, as a share of what a plan may use"),
        SHARE,
        default=1.0,
        low=0.05,
        high=1,
    ),
    share("volume_band_low", N_("lower end of the band, as a share of planned volume"), default=1.0),
    Column(
        "volume_band_high",
        "number",
        N_("upper end of the band, as a share of planned volume"),
        SHARE,
        default=1.0,
        low=1,
        high=5,
    ),
    share("marginal_price_share", N_("price of a case outside the band, as a share of the full price"), default=1.0),
    share("deduction_floor", N_("deductions below this share of the payment are waived")),
    share("deduction_ceiling", N_("deductions stop at this share of the payment"), default=1.0),
    share("bonus_ceiling", N_("bonuses of quality together stop at this share of the payment"), default=1.0),
    share(
        "quality_priced_share",
        N_("part of what indicators of quality are expected to take off or add that bidders put into their price"),
    ),
    share("expected_deduction_share", N_("availability: deductions to expect, as a share of the payment; 0: none")),
)

#: how its service is watched over, and what follows where it fails; told in the term sheets
_CARE_COLUMNS = (
    Column("verifier", "text", N_("who verifies what is measured")),
    Column("review_months", "number", N_("between reviews of targets and payment"), MONTHS, low=1, high=240),
    Column("step_in", "text", N_("when the public side, or those who lend, may step in, and for how long")),
    Column("termination", "text", N_("what ends it before its term, and what is then owed")),
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
    share("retender_cost_share", N_("cost of letting that a tender without bids causes again"), default=1.0),
    Column("guarantee_months", "number", N_("payments held as a guarantee"), MONTHS, default=0.0, low=0, high=36),
)


CONTRACTS = Table(
    "contracts",
    N_("a contract option: delivery model, financing and term"),
    (
        Column("contract_id", "id", N_("code of the contract option"), required=True),
        Column("name", "text", N_("name")),
        Column("family", "text", N_("options that differ in their terms only share a family, e.g. 20 and 30 years")),
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
            choices=tuple(FINANCING),
        ),
        Column("term_years", "number", N_("term, works included"), YEARS, low=0, high=99),
        Column(
            "after_term",
            "choice",
            N_(
                "what follows the term: renewed: paid on as before, works excepted; relet: the same after another "
                "tender; direct: direct administration; blank: direct after a project company, renewed otherwise"
            ),
            choices=AFTER_TERM,
        ),
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
            "design_share",
            "number",
            N_("design that the public side pays, as a share of works and equipment"),
            SHARE,
            default=0.0,
            low=0,
            high=1,
        ),
        Column(
            "supervision_share",
            "number",
            N_("supervision of works by the public side, as a share of works and equipment"),
            SHARE,
            default=0.0,
            low=0,
            high=1,
        ),
        Column(
            "oversight_cost",
            "number",
            N_("team that manages and oversees it, for a lot"),
            MONEY_YEAR,
            default=0.0,
            low=0,
        ),
        Column(
            "works_profile",
            "text",
            N_(
                "shares of the works spent in equal parts of their time, first to last, separated by semicolons, e.g. "
                "0.2; 0.5; 0.3 by year for works of three years; blank: evenly"
            ),
            SHARE,
        ),
        Column(
            "works_inflation",
            "number",
            N_("rise of the prices of works above prices in general, from the base year until they are spent"),
            RATE,
            default=0.0,
            low=0,
            high=0.2,
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
            "lot_scope",
            "choice",
            N_(
                "what a plan lets under it as one lot: each site alone, all in a health region, in a macro-region, or "
                "everywhere; blank: by the lots that sites name"
            ),
            choices=LOT_SCOPES,
        ),
        Column(
            "site_kinds",
            "references",
            N_("kinds of site it suits; blank: all"),
            choices=SITE_KINDS,
            synonyms=KIND_SYNONYMS,
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
        Column(
            "cost_key",
            "choice",
            N_(
                "how the municipalities of the site's health region share what they pay: by population; by use, the "
                "cases of each; fixed, by their cost_quota on territories; equal parts"
            ),
            default="population",
            choices=COST_KEYS,
        ),
        *_PAYMENT_COLUMNS,
        *_CARE_COLUMNS,
        *_TENDER_COLUMNS,
        Column(
            "active",
            "flag",
            N_("yes: a plan may choose it; no: it is kept for a variant, which sets it to yes"),
            default=True,
        ),
    ),
    key=("contract_id",),
    required=True,
    read_by=("audit", "status_quo"),
)

#: what an indicator does to the payment
EFFECTS = ("deduction", "bonus")

QUALITY_INDICATORS = Table(
    "quality_indicators",
    N_("an indicator of quality by which a contract is paid"),
    (
        Column("contract_id", "reference", N_("contract"), required=True, refers="contracts.contract_id"),
        Column("indicator_id", "id", N_("code of the indicator"), required=True),
        Column("name", "text", N_("name")),
        Column("target", "text", N_("what is to be reached, with its unit")),
        Column("weight", "number", N_("share of the payment at stake"), SHARE, required=True, low=0, high=1),
        Column(
            "effect",
            "choice",
            N_("deduction: what is missing to the target is taken off; bonus: what is reached is paid on top"),
            default="deduction",
            choices=EFFECTS,
        ),
        Column(
            "cap",
            "number",
            N_("most that it moves, as a share of the payment; blank: its weight"),
            SHARE,
            low=0,
            high=1,
        ),
        Column("measured_by", "text", N_("who measures it, and from what")),
        Column("every_months", "number", N_("between measurements"), MONTHS, default=3.0, low=0.1, high=120),
        Column("attainment_low", "number", N_("lowest plausible part of the target"), SHARE, low=0, high=1),
        Column("attainment", "number", N_("part of the target expected to be reached"), SHARE, True, low=0, high=1),
        Column("attainment_high", "number", N_("highest plausible part of the target"), SHARE, low=0, high=1),
        grade(),
    ),
    key=("contract_id", "indicator_id"),
    read_by=("audit", "status_quo"),
)

KNOWN_CONTRACTS = Table(
    "known_contracts",
    N_("a contract that somebody has signed, as reported: told beside those of the plan, it binds nothing"),
    (
        Column("place", "text", N_("hospital or service, and where it is"), required=True),
        Column("site_id", "reference", N_("the site, where it is one of the input"), refers="sites.site_id"),
        Column("name", "text", N_("contract, as its document calls it"), required=True),
        Column("provider", "text", N_("who runs it")),
        Column("delivery_model", "choice", N_("who delivers"), choices=DELIVERY_MODELS),
        Column(
            "value_month",
            "number",
            N_("what is paid a month in full operation; blank: total_value over the term, where both are known"),
            MONEY_MONTH,
            low=0,
        ),
        Column("total_value", "number", N_("value of the whole term, as reported"), MONEY, low=0),
        Column("term_months", "number", N_("term"), MONTHS, low=0, high=720),
        Column("fixed_share", "number", N_("part that is paid whatever the indicators"), SHARE, low=0, high=1),
        Column("beds", "integer", N_("beds that it covers"), N_("hospital beds"), low=0),
        Column("covers", "text", N_("what it covers")),
        Column("from_date", "text", N_("from when it runs, or the date of its signature or call")),
        Column("source", "text", N_("source"), required=True),
        Column("source_date", "text", N_("date of the source"), required=True),
        grade(),
        Column("note", "text", N_("remark")),
    ),
    key=("place", "name"),
    read_by=("audit", "status_quo"),
)

r"""Cash flow by year of a service delivered under a contract, line by line.

Time runs in years from the first period's start. A decision is taken at :math:`b`; procurement takes :math:`P`, works
:math:`B` (their planned length times the contract's delay), the service opens at :math:`b + P + B`. A service that
exists goes on as it is until its enlargement opens; a service that needs no works simply runs. What runs is counted
in the years from ``since`` to ``until``; works and the payments that finance them are counted whenever they fall due.
A contract is paid from its signature to the end of its term: what runs before runs under today's contract, and
:mod:`redesaude.finance.succession` says what follows.
Each line has a part paid whenever the service is open and a part paid for each yearly case assigned to it:

===================  ==================================================================================================
works, overrun       budget-financed works as estimated; what they cost beyond: expected overrun, less the discount of
                     the tender, and the rise of their prices (:mod:`redesaude.finance.works_payments`)
public_contribution  public contribution to the works of a contractor, while being built or at milestones
unitary_payment      project company: capital part for the works it finances, lifecycle, its share of running cost,
                     less expected deductions
provider_payment     provider: works it finances, running cost and renewal, a part a year and a part for each case
                     (:mod:`redesaude.finance.provider_price`); as quality is paid (:mod:`redesaude.inputs.quality`)
lifecycle            renewal of the asset, where the budget finances
fixed_running        fixed cost of running the service
case_running         variable cost of its cases
design, supervision  of works by the public side, as shares of them: until the signature, and while they go on
transaction          cost of letting the contract that grows with the works
residual             negative: value of the works at the end of the horizon, of services that run then
taxes_returned       negative: what comes back of a contractor's taxes to the public budgets that count
waiting              cases assigned to the service that go untreated until it opens, at the cost of an unmet case
                     times the weight of waiting; where that cost is not stated, what delay saves (below)
elsewhere            cases that others, whom the data do not list, treat until it opens: their share of what delay saves
===================  ==================================================================================================

What delay saves is what the open service would cost and be repaid in the years before it opens, less what runs
meanwhile, and the interest on what is not spent yet, whoever finances it. With :math:`e` the share treated elsewhere,
:math:`\pi` the cost of an unmet case, :math:`s` the share that the service itself treats before and :math:`\omega` the
weight, a case assigned for a year before the opening costs

.. math:: \omega\,(1 - e)(1 - s)\,\pi + e \cdot \text{what delay saves}

so at :math:`e = 1` no delay gains whatever the price of waiting, and waiting falls as :math:`e` rises.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from redesaude.finance.arguments import check
from redesaude.finance.company_pricing import payment_per_works, profit_tax_per_works, repaid_if_spent_at_once
from redesaude.finance.contracts import Terms
from redesaude.finance.discounting import Calendar
from redesaude.finance.provider_price import case_part, fixed_part, repayment
from redesaude.finance.services import (
    Services,
    Spans,
    Timing,
    delayed,
    share_of_years,
    spans_of,
    spread,
    spread_works,
    timing_of,
)
from redesaude.finance.works_payments import (
    contribution_paid,
    expected_works,
    works_index,
    works_paid,
    works_price,
    years_of_works,
)
from redesaude.financing import PAYMENT_LINES, Repayment
from redesaude.lines import CARE_LINES, SHARED_LINES
from redesaude_models.arrays import Floats

Flows = dict[str, tuple[Floats, Floats]]
"""line -> (paid when open, paid for each yearly case), each of shape (services, years)"""


def lay_out(services: Services, terms: Terms, calendar: Calendar, perspective: str = "government") -> Flows:
    """Return the cash flows of every line, undiscounted currency of the base year, mid-life escalation excluded.

    ``services`` and ``terms`` have the same length; flows have shape ``(services, calendar.years)``. ``perspective``
    is ``government``, or ``state`` which leaves out the running cost that municipalities pay.
    """
    return _total(list(lay_out_in_turn(services, terms, calendar, perspective).values()))


def lay_out_in_turn(
    services: Services, terms: Terms, calendar: Calendar, perspective: str = "government"
) -> dict[str, Flows]:
    """Return :func:`lay_out` by the contract that is paid: the one ``before`` the signature, ``own``, or ``after``."""
    timing = timing_of(services, terms)
    spans = spans_of(services, timing, calendar)
    none = np.zeros_like(spans.own)
    before = _running(services, terms.before_signature, none, spans.today, perspective)
    own = _running(services, terms, spans.own, spans.interim, perspective)
    after = _running(services, terms.after_term, spans.after, none, perspective) if spans.after.any() else {}
    repaid = _repaid(services, terms, timing, calendar.years)
    once = {
        **{line: (paid, np.zeros_like(paid)) for line, paid in paid_once(services, terms, calendar.years).items()},
        "residual": _residual(services, terms, timing, calendar),
        **_until_open(services, terms, spans, (before, repaid), calendar),
    }
    payments = _capital_payments(services, terms, timing, repaid)
    return {"before": before, "own": _total([once, own, payments]), "after": after}


def _total(parts: list[Flows]) -> Flows:
    """Add flows line by line."""
    found: Flows = {}
    for line, (fixed, per_case) in (item for part in parts for item in part.items()):
        so_far = found.get(line, (0.0, 0.0))
        found[line] = (so_far[0] + fixed, so_far[1] + per_case)
    return found


def paid_once(services: Services, terms: Terms, years: int = 0) -> dict[str, Floats]:
    """Return line -> what the budget pays once, by year from the first, ``(services, years)`` (currency).

    What is not paid while works go on is paid before the signature. ``years`` of 0: as many as it takes.
    """
    timing = timing_of(services, terms)
    years = years or years_of_works(timing)
    progress = spread_works(terms.works_profile, timing.signed, timing.build, years)
    before = spread(services.begun, timing.signed - services.begun, years)
    decided = (services.works * services.pays_works)[:, None]
    works = np.where(terms.financed[:, None], 0.0, decided)
    contribution = (contributed_works(services, terms) * services.pays_works)[:, None]
    return {
        "works": works * progress,
        "overrun": works * (terms.works_factor[:, None] * works_paid(terms, timing, years) - progress),
        "public_contribution": contribution * contribution_paid(terms, timing, years),
        "design": decided * terms.design_share[:, None] * before,
        "supervision": decided * terms.supervision_share[:, None] * progress,
        "transaction": decided * terms.transaction_share[:, None] * before,
    }


def _running(services: Services, terms: Terms, after: Floats, before: Floats, perspective: str) -> Flows:
    """Running cost in the years ``after`` the works opened and ``before``, by who is paid for it, less taxes back."""
    check("perspective", perspective, ("state", "government"))
    run_share, renews = terms.run_share[:, None], terms.renews[:, None]
    to_public = (1.0 - run_share) * terms.transfer_factor[:, None]
    fixed = terms.opex_factor[:, None] * (services.fixed[:, None] * after + services.before_fixed[:, None] * before)
    per_case = (terms.case_factor * services.per_case)[:, None] * (after + services.before_share[:, None] * before)
    renewal = services.lifecycle[:, None] * after + services.before_lifecycle[:, None] * before
    paid = terms.payment_factor[:, None]
    cost = (
        terms.fixed_share[:, None],
        run_share * fixed + renews * renewal,
        run_share * per_case,
        stated_volume(services, terms)[:, None],
    )
    none = np.zeros_like(fixed)
    payments = _by_line(terms, paid * fixed_part(*cost), paid * case_part(*cost))
    flows = {
        **payments,
        "lifecycle": (np.where(renews, 0.0, renewal), none),
        "fixed_running": (to_public * fixed, none),
        "case_running": (none, to_public * per_case),
        "taxes_returned": _receipts_taxed(terms, payments),
    }
    if perspective == "state":
        counted = terms.state_share[:, None]
        flows |= {line: (counted * flows[line][0], counted * flows[line][1]) for line in SHARED_LINES}
    return flows


def _by_line(terms: Terms, fixed: Floats, per_case: Floats) -> Flows:
    """What contractors are paid, by the line in which each of them is."""
    line_of_row = terms.says(lambda way: way.payment)
    rows = {line: (line_of_row == line)[:, None] for line in PAYMENT_LINES}
    return {line: (np.where(own, fixed, 0.0), np.where(own, per_case, 0.0)) for line, own in rows.items()}


def _capital_payments(services: Services, terms: Terms, timing: Timing, repaid: _Repaid) -> Flows:
    """What contractors are paid for works they finance, less the taxes on it and on profit that return.

    The fixed part is owed until it is paid, whatever becomes of the service; what is paid with its cases, while it
    runs.
    """
    payments, years = _by_line(terms, repaid.fixed, repaid.per_case), repaid.fixed.shape[1]
    fixed, per_case = _receipts_taxed(terms, payments)
    back = terms.tax_returned_share[:, None]
    if (back > 0).any():
        by_year = profit_tax_per_works(terms, timing)
        financed = financed_works(services, terms) * services.pays_works
        fixed = fixed - back * financed[:, None] * delayed(by_year, timing.opening_year, years)
    return {**payments, "taxes_returned": (fixed, per_case)}


@dataclass(frozen=True)
class _Repaid:
    """What contractors are paid for works they finance, before anything returns.

    ``yearly`` in a full year, all of it (currency/year); ``fixed`` each year and ``per_case`` with each case.
    """

    yearly: Floats
    fixed: Floats
    per_case: Floats

    def take(self, rows: np.ndarray) -> _Repaid:
        return _Repaid(self.yearly[rows], self.fixed[rows], self.per_case[rows])


def _repaid(services: Services, terms: Terms, timing: Timing, years: int) -> _Repaid:
    ends = timing.opened + timing.payment_years
    owed = share_of_years(timing.opened, ends, years) * services.pays_works[:, None]
    with_cases = share_of_years(np.maximum(timing.opened, services.since), np.minimum(ends, services.until), years)
    yearly = yearly_capital_payment(services, terms, timing)
    capital, share, volume = yearly[:, None], terms.fixed_share[:, None], stated_volume(services, terms)[:, None]
    none = np.zeros((1, 1))
    fixed = fixed_part(share, capital * owed, none, volume)
    return _Repaid(yearly, fixed, case_part(share, capital * with_cases, none, volume))


def _receipts_taxed(terms: Terms, payments: Flows) -> tuple[Floats, Floats]:
    """What returns of taxes on what contractors are paid, as negative cost."""
    back = -(terms.tax_returned_share * terms.payment_tax_share)[:, None]
    fixed, per_case = (sum(part) for part in zip(*payments.values(), strict=True))
    return back * fixed, back * per_case


def _until_open(
    services: Services, terms: Terms, spans: Spans, others: tuple[Flows, _Repaid], calendar: Calendar
) -> Flows:
    """What waiting for the opening costs, at its price or else at what delay saves, and care elsewhere meanwhile.

    ``others`` are what runs before the signature, and what contractors are repaid.
    """
    priced, elsewhere = ~np.isnan(services.unmet_cost)[:, None], services.elsewhere_share[:, None]
    untreated = (np.nan_to_num(services.unmet_cost) * (1 - services.before_share))[:, None]
    at_price = np.zeros_like(spans.today), untreated * (spans.today + spans.interim)
    saved = _saved_by_delay(services, terms, spans, others, calendar)
    waits = (1 - elsewhere) * services.waiting_weight[:, None]
    waiting = tuple(waits * np.where(priced, price, save) for price, save in zip(at_price, saved, strict=True))
    return {"waiting": (waiting[0], waiting[1]), "elsewhere": (elsewhere * saved[0], elsewhere * saved[1])}


def _saved_by_delay(
    services: Services, terms: Terms, spans: Spans, others: tuple[Flows, _Repaid], calendar: Calendar
) -> tuple[Floats, Floats]:
    """What the open service would cost and be repaid before it opens, less what runs meanwhile; where it counts."""
    waits = spans.today + spans.interim
    found = np.zeros_like(waits), np.zeros_like(waits)
    counts = np.isnan(services.unmet_cost) | (services.elsewhere_share > 0)
    late = timing_of(services, terms).opened > services.begun
    rows = np.flatnonzero(counts & (services.before_share < 1) & late)
    if len(rows):
        before, repays = others[0], others[1].take(rows)
        s, own, interim = services.take(rows), terms.take(rows), spans.interim[rows]
        meanwhile = _running(s, own, np.zeros_like(interim), interim, "government")
        runs = (_care(flows, "taxes_returned") for flows in (meanwhile, before))
        after = np.maximum(s.since, calendar.horizon_years)
        timing = timing_of(s, own)
        put_off = share_of_years(after, np.minimum(timing.opened, s.until), calendar.years)
        at_once = _had_works_been_spent_at_once(s, own, timing)
        yearly = _care_yearly(s, own), _repaid_yearly(s, own, calendar, repays.yearly * at_once)
        interest = _interest_on_unspent(s, own, calendar, repays, at_once)
        for part, run, ran, care, repaid, gain in zip(found, *runs, *yearly, interest, strict=True):
            part[rows] = np.maximum((care + repaid) * waits[rows] - run - ran[rows], 0.0) + repaid * put_off + gain
    return found


def _interest_on_unspent(
    services: Services, terms: Terms, calendar: Calendar, repaid: _Repaid, at_once: Floats
) -> tuple[Floats, Floats]:
    """What money earns from the decision until it is spent: the budget's year by year, a contractor's as it is repaid.

    Without it a delay that carries spending from one year into the next would gain: its years count as a whole.
    ``at_once`` is :func:`_had_works_been_spent_at_once`.
    """
    paid = np.sum(list(paid_once(services, terms, calendar.years).values()), axis=0)
    unspent = paid.sum(axis=1, keepdims=True) - np.cumsum(paid, axis=1)
    decided = np.arange(calendar.years) >= np.floor(services.begun)[:, None]
    budget = np.maximum(unspent, 0.0) * decided * calendar.kept_a_year()
    earned = (at_once - 1.0)[:, None]
    return budget + earned * repaid.fixed, earned * repaid.per_case


def _had_works_been_spent_at_once(services: Services, terms: Terms, timing: Timing) -> Floats:
    """What would repay works that a contractor finances, had it spent them at the decision, for each 1 that does.

    A contribution at milestones counts as paid in the year before the opening. A longer delay may carry a milestone
    into an earlier one of the company's years, all of it at once, and its payment falls: nothing is gained by that.
    """
    owners = terms.says(lambda way: way.repayment is Repayment.OWNERS)
    rate = np.where(owners, terms.equity_return, terms.company_return)[:, None]
    years, decided = years_of_works(timing), np.floor(services.begun)
    waited = np.maximum(np.arange(years) - decided[:, None], 0.0)
    worth = (works_paid(terms, timing, years) * (1.0 + rate) ** -waited).sum(axis=1)
    then = works_index(terms, decided[:, None])[:, 0]
    kept = np.maximum(then / worth, 1.0)  # where prices of works rise by more, waiting earns nothing
    return repaid_if_spent_at_once(terms, timing, kept)


def running_a_year(services: Services, terms: Terms, perspective: str) -> dict[str, tuple[Floats, Floats]]:
    """Return what running each service takes in a year and for each case by line, arrays ``(services,)``: no works."""
    every = np.ones((len(services), 1))
    flows = _running(services, terms, every, np.zeros_like(every), perspective)
    return {line: (np.ravel(fixed), np.ravel(per_case)) for line, (fixed, per_case) in flows.items()}


def _care(flows: Flows, *beside: str) -> tuple[Floats, Floats]:
    """What running care takes, whoever is paid for it, before taxes return; with the lines ``beside`` it."""
    fixed, per_case = (np.sum([flows[line][part] for line in (*CARE_LINES, *beside)], axis=0) for part in (0, 1))
    return fixed, per_case


def _care_yearly(services: Services, terms: Terms) -> tuple[Floats, Floats]:
    """The cost of a year of running the open service, and of a case, in its term or after: ``(services, 1)``."""
    every, none = np.ones((len(services), 1)), np.zeros((len(services), 1))
    own, then = (
        np.stack(_care(_running(services, each, every, none, "government"))) for each in (terms, terms.after_term)
    )
    care = np.where((terms.hands_over > 0)[:, None], np.maximum(own, then), own)  # row by row, whoever is priced beside
    return care[0], care[1]


def _repaid_yearly(services: Services, terms: Terms, calendar: Calendar, capital: Floats) -> tuple[Floats, Floats]:
    """What works are repaid a year, and with each case, ``(services, 1)``; contractors' by ``capital`` a year.

    Those that the budget pays, as they would be over the horizon at the rate of discount.
    """
    paid = terms.fixed_share[:, None], capital[:, None], np.zeros((1, 1)), stated_volume(services, terms)[:, None]
    budget = np.where(terms.financed, 0.0, expected_works(services, terms))
    commissioning = terms.transaction_share + terms.design_share + terms.supervision_share
    spent = budget + contributed_works(services, terms) + services.works * commissioning
    saved = spent * calendar.recovery()
    return fixed_part(*paid) + saved[:, None], case_part(*paid)


def _residual(services: Services, terms: Terms, timing: Timing, calendar: Calendar) -> tuple[Floats, Floats]:
    stands = (timing.opened <= calendar.horizon_years) & (services.until >= calendar.horizon_years)
    value = np.where(stands, (services.works + services.earlier_works) * terms.residual_share, 0.0)
    last = np.arange(calendar.years) == calendar.horizon_years - 1
    return -value[:, None] * last, np.zeros((len(services), calendar.years))


def contributed_works(services: Services, terms: Terms) -> Floats:
    """Return the public contribution to works that a contractor delivers (currency)."""
    return expected_works(services, terms) * terms.contributed_share


def financed_works(services: Services, terms: Terms) -> Floats:
    """Return the works that a contractor finances itself (currency)."""
    return expected_works(services, terms) * terms.financed_share


def yearly_capital_payment(services: Services, terms: Terms, timing: Timing) -> Floats:
    """Return what contractors are paid for works they finance (currency/year), within the term; zero for the budget's.

    Taxes on receipts included, expected deductions taken off.
    """
    return np.asarray(terms.payment_factor * financed_works(services, terms) * _repaid_per_works(terms, timing))


def _repaid_per_works(terms: Terms, timing: Timing) -> Floats:
    """The yearly payment that repays 1 of works, before taxes on receipts, as the builder of each row is repaid."""
    by_company = payment_per_works(terms, timing)
    repaid = np.where(terms.says(lambda way: way.repayment is Repayment.COMPANY), by_company, 0.0)
    rows = np.flatnonzero(terms.says(lambda way: way.repayment is Repayment.OWNERS))
    if len(rows):
        own, its = terms.take(rows), timing.take(rows)
        ends = its.opened + its.payment_years
        years = int(np.ceil(ends.max())) + 1
        spent = works_paid(own, its, years) / works_price(own, its)[:, None]
        repaid[rows] = repayment(own.equity_return, spent, share_of_years(its.opened, ends, years))
    return repaid


def settled_at(services: Services, terms: Terms) -> Floats:
    """Return when works are done and, where a contractor is repaid for them with cases, repaid (years from the first).

    Before that a service cannot be left without leaving them unpaid.
    """
    timing = timing_of(services, terms)
    with_cases = (terms.fixed_share < 1) & (financed_works(services, terms) > 0)
    return np.asarray(timing.opened + np.where(with_cases, timing.payment_years, 0.0))


def stated_volume(services: Services, terms: Terms) -> Floats:
    """Return the cases a year at which a contractor that is paid by volume is paid its whole cost."""
    return np.where(terms.stated_volume_share > 0, terms.stated_volume_share, 1.0) * services.capacity


def yearly_payment(services: Services, terms: Terms) -> tuple[Floats, Floats]:
    """Return what a contractor is paid once open: a year, and for each case, taxes on receipts included."""
    paid, run_share = terms.payment_factor, terms.run_share
    yearly = paid * (run_share * terms.opex_factor * services.fixed + terms.renews * services.lifecycle)
    yearly = yearly + yearly_capital_payment(services, terms, timing_of(services, terms))
    cost = terms.fixed_share, yearly, paid * run_share * terms.case_factor * services.per_case
    volume = stated_volume(services, terms)
    return fixed_part(*cost, volume), case_part(*cost, volume)

"""The ways of financing works, each declared once: who builds, what its payments cover, and what follows from it.

A contract states one of them in the column ``financing``. Whoever asks what that means (prices, limits, cash flow,
checks of the input, studies, term sheets) asks this table. A new way is a row here; where it repays works as no other
does, also a :class:`Repayment` with its arithmetic in :mod:`redesaude.finance.cashflow`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from redesaude.language import N_


class Repayment(StrEnum):
    """How a contractor is repaid, from the opening to the end of its term, for works that it finances."""

    COMPANY = "company"  # solved from its loan, taxes and return; no loan stated: capital recovery at its mixed return
    OWNERS = "owners"  # equal payments that are worth, at the return of its owners, as much as they spend


class Running(StrEnum):
    """How much of the running cost a contractor is paid for."""

    NONE = "none"
    COUNTED = "counted"  # the share that counts as payments of a PPP; the public side runs the rest
    ALL = "all"


@dataclass(frozen=True)
class Builder:
    """Somebody else than the budget who pays for works first: its name as a payer, and what that means."""

    code: str
    title: str
    meaning: str


@dataclass(frozen=True)
class Financing:
    """A way of financing works; the plain one is public: the budget pays for works, and runs and renews what they make.

    Attributes
    ----------
    title : in planner's words.
    builder : who finances the works; None: the budget.
    payment : the cost line by which the contractor is paid every year.
    repayment : how works are repaid to the builder.
    running, renews : whether its payment covers running cost and the renewal of the asset.
    by_volume : it is paid its whole cost at a stated volume, a part of it fixed and a part with its cases.
    contributed : the public side may pay a share of the works as they advance.
    deducted : where it is paid for availability, deductions are to be expected.
    ppp : it is a public-private partnership: its payments count against that limit, and the law of PPPs holds.
    after_term : what follows the term unless stated.
    needs : columns of the sheet ``contracts`` without which its payment cannot be worked out.

    """

    title: str
    builder: Builder | None = None
    payment: str = ""
    repayment: Repayment | None = None
    running: Running = Running.NONE
    renews: bool = False
    by_volume: bool = False
    contributed: bool = False
    deducted: bool = False
    ppp: bool = False
    after_term: str = "renewed"
    needs: tuple[str, ...] = ()


BUDGET = "budget"

#: what the column ``financing`` may hold, in the order of its drop-down
FINANCING: Mapping[str, Financing] = MappingProxyType(
    {
        BUDGET: Financing(N_("works paid by the budget")),
        "project_company": Financing(
            N_("works financed by a project company and repaid through yearly payments"),
            builder=Builder(
                "project_company",
                N_("Project companies (works)"),
                N_("financed now, repaid by their yearly payments: not to be added"),
            ),
            payment="unitary_payment",
            repayment=Repayment.COMPANY,
            running=Running.COUNTED,
            renews=True,
            contributed=True,
            deducted=True,
            ppp=True,
            after_term="direct",
            needs=("term_years", "equity_return", "debt_rate", "gearing"),
        ),
        "partner": Financing(
            N_("works financed by a private partner of a public hospital, repaid yearly by the hospital"),
            builder=Builder(
                "partner", N_("Private partners (works)"), N_("financed now, repaid yearly: not to be added")
            ),
            payment="provider_payment",
            repayment=Repayment.OWNERS,
            renews=True,
            needs=("term_years", "equity_return"),
        ),
        "provider": Financing(
            N_("works financed by the provider in its price"),
            builder=Builder(
                "provider", N_("Providers (works)"), N_("financed now, repaid in their price: not to be added")
            ),
            payment="provider_payment",
            repayment=Repayment.OWNERS,
            running=Running.ALL,
            renews=True,
            by_volume=True,
        ),
    }
)

#: those who may finance works, by their name as a payer
BUILDERS: Mapping[str, Builder] = MappingProxyType({f.builder.code: f.builder for f in FINANCING.values() if f.builder})


#: lines by which contractors are paid, and those by which PPPs are
PAYMENT_LINES = tuple(dict.fromkeys(way.payment for way in FINANCING.values() if way.payment))
PPP_LINES = tuple(dict.fromkeys(way.payment for way in FINANCING.values() if way.ppp))


def financings_where(chosen: Callable[[Financing], object]) -> tuple[str, ...]:
    """Return the codes of the ways of financing that are ``chosen``, in order."""
    return tuple(code for code, financing in FINANCING.items() if chosen(financing))

"""What the law asks of a public-private partnership, as data, and which rule a contract breaks.

Arithmetic on a few facts, not legal advice: it points a lawyer to what to look at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from redesaude.finance.arguments import MaybeAmount, MaybeShare, check_fields
from redesaude.language import N_


@dataclass(frozen=True)
class Law:
    """Limits of one law; where it sets none, 0 or infinity.

    Attributes
    ----------
    id, name : code used in the settings, and its citation.
    currency, least_value : ISO code and least value of a contract in it.
    least_years, most_years : shortest and longest term, both allowed.
    most_public_share : most the public side may pay of the works.
    bars_single_object : labour, equipment or works may not be the whole object.
    pays_after_availability : nothing but a contribution to works may be paid before the service is available.
    source, grade : where the limits come from.

    """

    id: str
    name: str
    currency: str
    least_value: float
    least_years: float
    most_years: float
    most_public_share: float
    bars_single_object: bool
    pays_after_availability: bool
    source: str
    grade: str


#: the numbers of a law that sets none
NO_LIMITS: Mapping[str, Any] = MappingProxyType(
    {"least_value": 0.0, "least_years": 0.0, "most_years": np.inf, "most_public_share": np.inf}
)

LAWS = MappingProxyType(
    {
        law.id: law
        for law in (
            Law(
                id="BR-11079",
                name="Lei 11.079/2004",
                currency="BRL",
                least_value=10e6,
                least_years=5.0,
                most_years=35.0,
                most_public_share=np.inf,
                bars_single_object=True,
                pays_after_availability=True,
                source="Brazil, Lei 11.079/2004, arts. 2 (§ 4), 5 (I), 6 (§ 2) and 7; value as of Lei 13.529/2017",
                grade="A",
            ),
            Law(
                id="VN-64",
                name="Luật 64/2020/QH14",
                currency="VND",
                least_value=100e9,
                least_years=0.0,
                most_years=np.inf,
                most_public_share=0.5,
                bars_single_object=False,
                pays_after_availability=False,
                source="Viet Nam, law 64/2020 on PPP, health projects, as summarised in the contract survey",
                grade="B",
            ),
            Law(
                id="VN-57",
                name="Luật 57/2024/QH15",
                currency="VND",
                least_value=0.0,
                least_years=0.0,
                most_years=np.inf,
                most_public_share=0.7,
                bars_single_object=False,
                pays_after_availability=False,
                source="Viet Nam, law 57/2024 (no least value; public share to 70 % in hard cases only)",
                grade="B",
            ),
        )
    }
)


@dataclass(frozen=True)
class Facts:
    """What a law looks at; NaN or None where it is not known yet, which breaks nothing.

    ``value`` is in the law's currency, undiscounted over the term. ``has_works`` and ``has_services`` say whether the
    object holds works and services. ``public_share`` is the public part of the works. ``paid_early``: payments other
    than contributions to works fall due before the service is available.
    """

    value: MaybeAmount = np.nan
    term_years: MaybeAmount = np.nan
    has_works: bool | None = None
    has_services: bool | None = None
    public_share: MaybeShare = np.nan
    paid_early: bool = False

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True)
class Breach:
    """A rule that is broken: its code, what was found and what is required (message ids, filled from ``values``)."""

    rule: str
    found: str
    required: str
    values: dict[str, object] = field(default_factory=dict)


_VALUE = (N_("a contract value of {value:,.0f}"), N_("{law} asks for at least {least:,.0f} {currency}"))
_SHORT = (N_("a term of {years:g} years"), N_("{law} asks for at least {least:g} years"))
_LONG = (N_("a term of {years:g} years"), N_("{law} allows at most {most:g} years"))
_OBJECT = (
    N_("an object of works alone, or of no works"),
    N_("{law} does not allow labour, equipment or works as the whole object"),
)
_SHARE = (N_("a public share of {share:.0%} of the works"), N_("{law} allows at most {most:.0%}"))
_EARLY = (
    N_("payments before the service is available"),
    N_("{law} allows only a contribution to works before the service is available"),
)


def broken_rules(law: Law, facts: Facts) -> tuple[Breach, ...]:
    """Return every rule of ``law`` that ``facts`` break, in a fixed order; empty when none is."""
    return tuple(_broken(law, facts))


def _broken(law: Law, facts: Facts) -> Iterator[Breach]:
    def breach(rule: str, text: tuple[str, str], **values: object) -> Breach:
        return Breach(rule, *text, {"law": law.name, "currency": law.currency, **values})

    if facts.value < law.least_value:
        yield breach("least_value", _VALUE, value=facts.value, least=law.least_value)
    if facts.term_years < law.least_years:
        yield breach("least_years", _SHORT, years=facts.term_years, least=law.least_years)
    if facts.term_years > law.most_years:
        yield breach("most_years", _LONG, years=facts.term_years, most=law.most_years)
    if law.bars_single_object and False in (facts.has_works, facts.has_services):
        yield breach("single_object", _OBJECT)
    if facts.public_share > law.most_public_share:
        yield breach("most_public_share", _SHARE, share=facts.public_share, most=law.most_public_share)
    if law.pays_after_availability and facts.paid_early:
        yield breach("pays_after_availability", _EARLY)

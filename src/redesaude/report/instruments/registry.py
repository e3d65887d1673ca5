"""The planning instruments of each country, in the order of the sheets: a new one is a module and a row here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from redesaude.report.instruments.brazil import (
    accounts,
    agreed_volumes,
    commission,
    digisus,
    education,
    indicators,
    programme,
    regional,
    supporter,
)
from redesaude.report.instruments.country import BRAZIL, VIETNAM
from redesaude.report.instruments.instrument import Instrument
from redesaude.report.instruments.vietnam import calendar, journeys, reviews, stations, techniques
from redesaude.report.instruments.vietnam import indicators as chi_so


@dataclass(frozen=True)
class Country:
    """The instruments of a country and their language."""

    language: str
    instruments: tuple[Instrument, ...]


INSTRUMENTS: Mapping[str, Country] = MappingProxyType(
    {
        BRAZIL: Country(
            "pt-BR",
            (
                digisus.PES,
                programme.PAS,
                programme.EXPENDITURE,
                digisus.PMS,
                programme.PAS_MUNICIPAL,
                commission.RESOLUTION,
                commission.AGREED,
                commission.INVESTED,
                commission.SHARED,
                regional.PRI,
                regional.POINTS,
                agreed_volumes.PPI,
                accounts.RDQA,
                supporter.WORK_PLAN,
                supporter.MONTHLY,
                supporter.FOUR_MONTHLY,
                supporter.TOWNS,
                education.EDUCATION,
                indicators.INDICATORS,
            ),
        ),
        VIETNAM: Country(
            "vi",
            (
                techniques.TECHNIQUES,
                journeys.JOURNEYS,
                techniques.STAFF,
                calendar.CALENDAR,
                stations.STATIONS,
                reviews.YEARLY,
                reviews.HALF_YEARLY,
                chi_so.INDICATORS,
            ),
        ),
    }
)

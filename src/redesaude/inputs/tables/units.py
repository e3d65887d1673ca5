"""Words for units, each translated once."""

from __future__ import annotations

from redesaude.language import N_

PEOPLE, CASES, MINUTES, MONEY = N_("people"), N_("cases/year"), N_("minutes"), N_("currency")
MONEY_YEAR, MONEY_CASE, SHARE, YEARS = N_("currency/year"), N_("currency/case"), N_("share 0-1"), N_("years")
MONTHS, DEGREES, FACTOR, RATE = N_("months"), N_("degrees"), N_("factor"), N_("rate/year")
AMBULANCES, MONEY_MONTH, KG_KM = N_("ambulances"), N_("currency/month"), N_("kg/km")

"""What the report says of promises: kept, from when, or missed. Met is said alone only of what holds when it is due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from redesaude.language import N_
from redesaude.plan.first_years import years_of
from redesaude.report.figures import yes
from redesaude.report.view import View


def verdict(view: View, promises: Sequence[Any]) -> str:
    """Return the worst that is to be said of ``promises``, rows of the plan's table of them."""
    t = view.t
    if not yes(pd.Series([row.met for row in promises], dtype=object)).all():
        return t(N_("missed"))
    years = years_of(view.studied.dated, [row.promise_id for row in promises])
    if years is None or years.holds <= years.due:
        return t(N_("met"))
    if years.never:
        return t(N_("late: in no year of the plan"))
    if years.late:
        return t(N_("late: from {year}"), year=years.holds)
    return t(N_("met from {year}"), year=years.holds)


def verdict_styles(view: View, verdicts: Iterable[str]) -> dict[str, str]:
    """Return the style of each of ``verdicts`` that tells whether a promise is kept."""
    t = view.t
    known = {t(N_("met")): "good", t(N_("missed")): "bad", t(N_("no target")): "", "": ""}
    styles = {word: known.get(word, "caution") for word in (t(N_("met")), t(N_("missed")), *verdicts)}
    return {word: style for word, style in styles.items() if style}

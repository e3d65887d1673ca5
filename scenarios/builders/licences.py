"""Licences of hospitals of Mato Grosso for cancer care, what a variant asks of those without, and a pilot of PPPs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from builders.state_facts import assumption, table
from redesaude.drafting.contracts import Contract
from redesaude.drafting.evidence import cited, row
from redesaude.drafting.phases import Phase

_CHEMO, _RADIO = "quimioterapia", "radioterapia"
_INCA = "Lista de habilitações em oncologia do INCA, cerca de 2019, em cópia pública"
#: how many times the least volume the variant asks, by grade
_ASKED = {0: 1.5, 1: 1.2}
_STRICT = ("habilitacao", "Oncologia: grau 1 nos portes maiores, mais volume nos graus menores")
_PILOT = ("piloto_ppp", "Uma PPP primeiro, as outras a partir do segundo período")


def sheet() -> pd.DataFrame:
    """Return the ``licences`` sheet; grade 1: UNACON, 2: with radiotherapy or a cancer hospital."""
    held = table("licences")
    return held.assign(grade=held["held"])[["site_id", "specialty_id", "grade", "name", "source"]]


def grades() -> pd.DataFrame:
    """Return the ``quality_grades`` sheet: as much is asked of all, until the variant asks more."""
    rows = [(specialty, grade, 1.0) for specialty in (_CHEMO, _RADIO) for grade in _ASKED]
    return pd.DataFrame(rows, columns=["specialty_id", "grade", "volume_factor"])


def pilots(options: Iterable[Contract], phases: Sequence[Phase]) -> pd.DataFrame:
    """Return the ``pilots`` sheet: one site under the first PPP, none under the others; it waits for its variant."""
    ppps = [c.id for c in options if c.financing == "project_company"]
    rows = [
        {"contract_id": name, "sites": int(n == 0), "extend_from": phases[1].first_year, "active": False}
        for n, name in enumerate(ppps)
    ]
    return pd.DataFrame(rows)


def variants(options: Iterable[Contract], phases: Sequence[Phase]) -> list[tuple[str, ...]]:
    """Return the rows of ``variants`` that ask for licences, and of several periods those that pilot PPPs."""
    strict = [
        *((*_STRICT, "sizes", f"{_CHEMO}|{size}", "least_grade", "set", "1") for size in ("M", "L")),
        *((*_STRICT, "quality_grades", f"{specialty}|{grade}", "volume_factor", "set", f"{times:g}")
          for specialty in (_CHEMO, _RADIO) for grade, times in _ASKED.items()),
    ]  # fmt: skip
    return strict if len(phases) == 1 else [*strict, (*_PILOT, "pilots", "*", "active", "set", "yes")]


def evidence() -> list[dict[str, str]]:
    """Return the ``sources`` rows of licences."""
    asked = assumption("licences.asked")
    return [
        row("licences", "*", "grade", cited(_INCA, "2019", "B", "1: UNACON; 2: com radioterapia. A conferir no CNES.")),
        row("quality_grades", "*", "volume_factor", asked),
    ]

"""The registry of cost lines: one declaration, from which every list of lines follows."""

from __future__ import annotations

import pytest

from redesaude.errors import FaultError
from redesaude.financing import FINANCING
from redesaude.inputs.tables import RISK_TARGETS
from redesaude.lines import LINES, PRINTED, SPENT, Kind, Source, Table, declared, lines_where, of_kind
from redesaude.plan.cash_flow import CAPITAL_LINES, ENVELOPE_LINES, PUBLIC_PAYERS
from redesaude.report.terms import COST_GROUPS, COST_LINES, PAYERS


def test_every_line_has_words_a_source_and_a_payer_of_its_kind() -> None:
    for name, line in LINES.items():
        assert line.title, name
        assert line.meaning, name
        assert line.sources, name
        assert line.group in COST_GROUPS, name
        assert line.payer in PAYERS or line.kind is Kind.SHORTFALL, name
        if line.kind in SPENT:
            assert line.payer in PUBLIC_PAYERS, name


def test_the_lists_of_lines_follow_from_the_registry() -> None:
    assert list(COST_LINES) == list(LINES)
    assert {*CAPITAL_LINES, *ENVELOPE_LINES} == {*of_kind(*SPENT)}
    services = lines_where(lambda line: Source.SERVICE in line.sources and line.kind is not Kind.CREDIT)
    assert {*services} < {*RISK_TARGETS}


def test_where_a_line_is_told_follows_from_what_it_is() -> None:
    assert set(PRINTED) == set(Table)
    payments = {way.payment for way in FINANCING.values() if way.payment}
    yearly = set(PRINTED[Table.TERM_RUNNING])
    assert payments
    assert not yearly & payments  # a contractor's payment stands alone on its term sheet
    assert {"fixed_running", "lifecycle"} < yearly <= set(of_kind(Kind.RUNNING))
    assert PRINTED[Table.TERM_WORKS] == ("works", "overrun")
    assert "closing" not in PRINTED[Table.COMMISSIONING]  # it is paid under any contract


def test_a_line_that_is_not_declared_is_refused() -> None:
    declared(LINES)
    with pytest.raises(FaultError, match="carpets"):
        declared(["works", "carpets"])

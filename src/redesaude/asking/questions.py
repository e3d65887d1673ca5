"""What may be asked of a plan: services opened or closed, a contract for a site, any cell of the input changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from redesaude.errors import InputError
from redesaude.inputs.checks import check_again
from redesaude.inputs.drafted_variant import operation_of, rows_meant
from redesaude.inputs.faults import Fault, nearest
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.tables import ALL
from redesaude.inputs.variants import with_changes
from redesaude.language import N_

OPEN, CLOSE, END, CONTRACT, SET = "open", "close", "end", "contract", "set"

UNKNOWN = Fault(
    "question_unknown",
    N_("the question names '{found}', which is not in the sheet {target}"),
    N_("a code of that sheet"),
    N_("correct the code"),
    near=N_("did you mean {suggestion}?"),
)

UNREAD = Fault(
    "question_unread",
    N_("'{found}' cannot be read as a question"),
    "{form}",
    N_("type it in that form"),
)

#: how each kind of question is typed
FORMS = {OPEN: "SITE/SPECIALTY", CLOSE: "SITE[/SPECIALTY]", CONTRACT: "SITE=CONTRACT", SET: "SHEET/KEY/COLUMN=VALUE"}


@dataclass(frozen=True)
class Change:
    """One thing that is asked for.

    ``kind`` is ``open`` (the service is open in the last period), ``end`` (it is not), ``close`` (it is open in none;
    ``all`` specialties: the site), ``contract`` (whatever is open at the site is so under this contract), or ``set``:
    ``cell`` is then a row of the sheet ``variants``: sheet, key, column, operation and value.
    """

    kind: str
    site_id: str = ""
    specialty_id: str = ALL
    contract_id: str = ""
    cell: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """What is asked for, in codes."""
        if self.kind == SET:
            cell = self.cell
            return f"{cell['sheet']}/{cell['key']}/{cell['column']} {cell['operation']} {cell['value']}"
        parts = (self.site_id, *(() if self.specialty_id == ALL else (self.specialty_id,)))
        return f"{self.kind} {'/'.join(parts)}" + (f"={self.contract_id}" if self.contract_id else "")


@dataclass(frozen=True)
class Question:
    """What is asked for, all of it together."""

    changes: tuple[Change, ...]

    @property
    def text(self) -> str:
        """What is asked for, in codes."""
        return ", ".join(change.text for change in self.changes)


def opened(site: str, specialty: str) -> Question:
    """Ask for a service to be open in the last period."""
    return Question((Change(OPEN, site, specialty),))


def closed(site: str, specialty: str = ALL) -> Question:
    """Ask for a service, or all at a site, to be open in no period."""
    return Question((Change(CLOSE, site, specialty),))


def under(site: str, contract: str) -> Question:
    """Ask for all that is open at a site to be under one contract."""
    return Question((Change(CONTRACT, site, contract_id=contract),))


def worded(scenario: Scenario, words: str, value: str) -> Question:
    """Ask for the cells that ``words`` mean to become ``value``: ``-20%``, ``+=5``, ``*=1.1``, or a value.

    Raises
    ------
    InputError
        where no cell, or more than one column, is meant.

    """
    return Question(tuple(Change(SET, cell=row) for row in rows_meant(scenario, words, value)))


def typed(scenario: Scenario, kind: str, text: str) -> Change:
    """Return the change of a ``kind`` that ``text`` says: ``SITE/SPECIALTY`` (open, close), ``SITE`` (close, or where
    there is one specialty), ``SITE=CONTRACT``, or what :func:`cell_of` reads.

    Raises
    ------
    InputError
        when it says none.

    """
    if kind == SET:
        return Change(SET, cell=cell_of(text, scenario.settings.language))
    place, _, contract = text.partition("=")
    site, _, specialty = place.partition("/")
    known = scenario.specialties["specialty_id"].to_list()
    if kind == OPEN and not specialty and len(known) == 1:
        specialty = known[0]
    needs = {OPEN: site and specialty, CLOSE: site, CONTRACT: site and contract}
    if not needs[kind] or (kind == CONTRACT and specialty):
        raise InputError([UNREAD.problem("", "", found=text, form=FORMS[kind])], scenario.settings.language)
    return Change(kind, site.strip(), specialty.strip() or ALL, contract.strip())


def cell_of(text: str, language: str = "en") -> dict[str, str]:
    """Return the row of the sheet ``variants`` that ``text`` says: ``SHEET/KEY/COLUMN=VALUE``, or with ``+=`` and
    ``*=``, or ``=-20%`` for a share more or less; of settings ``settings/NAME=VALUE``. A part of a key may be ``*``.
    """
    left, equals, value = (part.strip() for part in text.partition("="))
    operation = {"+": "add", "*": "multiply"}.get(left[-1:], "set")
    left = left if operation == "set" else left[:-1].strip()
    sheet, _, rest = left.partition("/")
    key, _, column = rest.rpartition("/") if sheet != "settings" else (rest, "", "value")
    if not (equals and sheet and key and column and value):
        raise InputError([UNREAD.problem("", "", found=text, form=FORMS[SET])], language)
    if operation == "set":
        operation, value = operation_of(value)
    return {"sheet": sheet, "key": key, "column": column, "operation": operation, "value": value}


def scenario_of(scenario: Scenario, question: Question) -> Scenario:
    """Return ``scenario`` with what ``question`` asks for, checked again as a whole.

    Raises
    ------
    InputError
        where a code is unknown, or the scenario contradicts what is asked for.

    """
    for change in question.changes:
        if change.kind != SET:
            _see_codes(scenario, change)
    rows = [row for change in question.changes for row in _decisions(scenario, change)]
    cells = [change.cell for change in question.changes if change.kind == SET]
    if rows:
        added = pd.DataFrame(rows, columns=scenario.decisions.columns)
        table = pd.concat([scenario.decisions, added], ignore_index=True).astype(scenario.decisions.dtypes)
        places = {name: place for name, place in scenario.places.items() if name != "decisions"}
        scenario = scenario.replace(decisions=table.drop_duplicates(ignore_index=True), places=places)
    return check_again(with_changes(scenario, pd.DataFrame(cells)) if cells else scenario)


def _see_codes(scenario: Scenario, change: Change) -> None:
    """Refuse a code that the scenario does not have."""
    named = (
        ("sites", "site_id", change.site_id),
        ("specialties", "specialty_id", "" if change.specialty_id == ALL else change.specialty_id),
        ("contracts", "contract_id", change.contract_id),
    )
    for sheet, column, code in named:
        known = getattr(scenario, sheet)[column].to_list()
        if code and code not in known:
            problem = UNKNOWN.problem(sheet, "", found=code, target=sheet, suggestion=nearest(code, known))
            raise InputError([problem], scenario.settings.language)


def _decisions(scenario: Scenario, change: Change) -> list[dict[str, object]]:
    """The rows of the sheet ``decisions`` that say what is asked for."""
    blank: dict[str, object] = dict.fromkeys(scenario.decisions.columns, "") | {"active": True}
    place = blank | {"site_id": change.site_id, "specialty_id": change.specialty_id}
    last = scenario.periods["period_id"].iloc[-1]
    if change.kind == OPEN:
        return [place | {"decision": "open", "period_id": last, "contract_id": change.contract_id}]
    if change.kind == END:
        return [place | {"decision": "forbid", "period_id": last}]
    if change.kind == CLOSE:
        return [place | {"decision": "forbid"}]
    if change.kind == CONTRACT:
        others = [name for name in scenario.contracts["contract_id"] if name != change.contract_id]
        return [place | {"decision": "forbid", "contract_id": name} for name in others]
    return []

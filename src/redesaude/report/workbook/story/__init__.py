"""The plan told to those who decide: the words and numbers of the first page, before they are put on any paper.

A :class:`.facts.Section` answers one question of the reader. Every number is a :class:`.facts.Fact`; the sheet
``page1`` of the audit workbook lists them all, so that each has a cell to point at.
"""

from __future__ import annotations

from collections.abc import Callable

from redesaude.report.view import View
from redesaude.report.workbook.story.certainty import certainty, changes
from redesaude.report.workbook.story.facts import Section
from redesaude.report.workbook.story.money import costs
from redesaude.report.workbook.story.openings import first_steps, question
from redesaude.report.workbook.story.people import people
from redesaude.report.workbook.story.ppp import ppp
from redesaude.report.workbook.story.promises import promises

#: what the first page answers, in its order
SECTIONS: tuple[Callable[[View], Section], ...] = (
    question,
    first_steps,
    costs,
    people,
    ppp,
    promises,
    certainty,
    changes,
)


def story(view: View) -> tuple[Section, ...]:
    """Return the sections of the first page of a plan with decisions."""
    return tuple(section(view) for section in SECTIONS)

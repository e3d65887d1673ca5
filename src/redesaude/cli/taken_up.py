"""What is kept of a command that solves much: how many plans and figures are there already, and are they taken up?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from redesaude.cli.terminal import console
from redesaude.inputs.scenario import Scenario
from redesaude.language import N_, Translator
from redesaude.studies.members import Members, members_beside


@dataclass(frozen=True)
class Words:
    """What is said where plans are kept and not asked for, taken up, or not there."""

    cut_short: str
    taken_up: str
    none: str


COMPARISON = Words(
    N_(
        "A comparison of this input was cut short: {count} of its plans {count:is|are} kept. --resume takes up those "
        "of the same options."
    ),
    N_("The comparison takes up {count} {count:plan|plans} of one that was cut short, where the options are the same."),
    N_("There is no comparison that was cut short to take up: it begins anew."),
)
CURVE = Words(
    N_(
        "A frontier of this input was cut short: {count} of its plans {count:is|are} kept. --resume takes up those of "
        "the same options."
    ),
    N_(
        "{count} {count:plan|plans} of a frontier that was cut short may be taken up, where level and options are the "
        "same."
    ),
    N_("There is no frontier that was cut short to take up: it begins anew."),
)
MANY_FUTURES = Words(
    N_(
        "Futures of this input were cut short: {count} of their plans {count:is|are} kept. --resume takes up those of "
        "the same options."
    ),
    N_(
        "{count} {count:plan|plans} of futures that were cut short {count:is|are} taken up, where the options are the "
        "same."
    ),
    N_("There are no futures that were cut short to take up: they begin anew."),
)
ANSWERS = Words(
    N_(
        "What was asked here was cut short: {count} {count:answer is|answers are} kept. --resume takes up those of the "
        "same plan, questions and options."
    ),
    N_(
        "{count} {count:answer|answers} of what was cut short may be taken up, where plan, question and options are "
        "the same."
    ),
    N_("There are no answers that were cut short to take up: it begins anew."),
)


def members_for(target: Path, scenario: Scenario, say: Translator, words: Words, *, resume: bool) -> Members:
    """Return the members of what goes to ``target``, telling how many are there already."""
    members = Members(members_beside(target, scenario), resume=resume)
    count, sentence = members.count(), words.taken_up if resume else words.cut_short
    if count or resume:
        text = say(sentence if count else words.none, count=count)
        console.print(text, soft_wrap=True, highlight=False)
    return members

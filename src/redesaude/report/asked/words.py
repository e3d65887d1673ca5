"""Questions and answers in words."""

from __future__ import annotations

import math
from collections.abc import Mapping

from redesaude.asking.answers import Answered
from redesaude.asking.difference import Answer, Difference
from redesaude.asking.questions import CLOSE, CONTRACT, OPEN, Change, Question
from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.plan.plan import Plan
from redesaude.report.view import View

#: share of the cost of the plan below which an interval is told as one number
_POINT = 1e-6

_DEARER = N_("at least {low} dearer, proven; the plan found is {found} dearer, no more than {high} is needed")
_CHEAPER = N_("at least {low} cheaper, proven; the plan found is {found} cheaper, no plan is more than {high} cheaper")
_ANSWERS = {
    Answer.DEARER: _DEARER,
    Answer.CHEAPER: _CHEAPER,
    Answer.ABOUT: N_("about {found} dearer, at most {high}"),
    Answer.UNTOLD: N_("not distinguishable: within {within}"),
    Answer.NOTHING: N_("costs nothing more: a plan as cheap does so"),
    Answer.IMPOSSIBLE: N_("no plan is possible: {reason}"),
    Answer.NO_PLAN: N_("no plan was found in the time there was"),
}
_ABOUT_CHEAPER = N_("about {found} cheaper, at most {high}")
_EXACT = {Answer.DEARER: N_("{found} dearer, proven"), Answer.CHEAPER: N_("{found} cheaper, proven")}
_AT_LEAST = N_("no plan was found in the time there was; it would be at least {low} dearer, proven")

#: an answer in a word or two, and the look of it
SHORT: Mapping[str, str] = {
    Answer.DEARER: N_("proven dearer"),
    Answer.CHEAPER: N_("proven cheaper"),
    Answer.ABOUT: N_("amount not proven"),
    Answer.UNTOLD: N_("not distinguishable"),
    Answer.NOTHING: N_("no dearer"),
    Answer.IMPOSSIBLE: N_("no plan possible"),
    Answer.NO_PLAN: N_("no plan found"),
}
STYLES: Mapping[str, str] = {
    Answer.DEARER: "bad",
    Answer.CHEAPER: "good",
    Answer.UNTOLD: "caution",
    Answer.IMPOSSIBLE: "bad",
    Answer.NO_PLAN: "caution",
}


def question_words(view: View, question: Question) -> str:
    """Return what is asked for, with the names that people know."""
    return "; ".join(_change_words(view, change) for change in question.changes)


def _change_words(view: View, change: Change) -> str:
    t, names = view.t, view.names
    site = names.sites.get(change.site_id, change.site_id)
    specialty = names.specialties.get(change.specialty_id, change.specialty_id)
    if change.kind == OPEN:
        return t(N_("{specialty} open at {site}"), specialty=specialty, site=site)
    if change.kind == CLOSE and change.specialty_id == ALL:
        return t(N_("nothing open at {site}"), site=site)
    if change.kind == CLOSE:
        return t(N_("{specialty} not open at {site}"), specialty=specialty, site=site)
    if change.kind == CONTRACT:
        contract = names.contracts.get(change.contract_id, change.contract_id)
        return t(N_("{site} under {contract}"), site=site, contract=contract)
    return change.text


def answer_words(view: View, answered: Answered) -> str:
    """Return what is known of the difference that a question makes, as a sentence."""
    return difference_words(view, answered.difference, answered.plan)


def difference_words(view: View, told: Difference, plan: Plan) -> str:
    """Return what is known of a difference to the plan of ``view``; ``plan`` is the one found."""
    t, money = view.t, view.numbers.money
    scale = abs(view.plan.objective or 0.0)
    if told.answer == Answer.IMPOSSIBLE:
        return t(_ANSWERS[told.answer], reason=" ".join(map(t.tell, plan.causes)))
    if told.answer == Answer.NO_PLAN or told.found is None:
        return t(_AT_LEAST, low=money(told.low)) if told.low > 0 else t(_ANSWERS[Answer.NO_PLAN])
    found = money(abs(told.found))
    if told.answer in _EXACT and told.high - told.low <= _POINT * scale:
        return t(_EXACT[told.answer], found=found)
    if told.answer == Answer.CHEAPER or told.found < 0:
        sentence = _CHEAPER if told.answer == Answer.CHEAPER else _ABOUT_CHEAPER
        if told.answer in (Answer.CHEAPER, Answer.ABOUT):
            return t(sentence, low=money(-told.high), found=found, high=_or_unknown(view, -told.low))
    values = {"low": money(told.low), "high": _or_unknown(view, told.high), "within": _or_unknown(view, told.within)}
    return t(_ANSWERS[told.answer], found=found, **values)


def _or_unknown(view: View, amount: float) -> str:
    return view.numbers.money(amount) if math.isfinite(amount) else view.t(N_("an amount not proven"))

"""The one table of words: a planner's name and a one-sentence explanation for each identifier of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from redesaude.financing import BUILDERS, FINANCING
from redesaude.language import N_, Phrase, Translator
from redesaude.lines import LINES, Group, line_of
from redesaude.payers import SERVICE_PAYERS
from redesaude.promises import WORDS


@dataclass(frozen=True)
class Term:
    """An identifier in words: a short ``name``, a sentence that explains it, and the ``group`` it is added to."""

    name: str
    meaning: str
    group: str = ""


def half_year(t: Translator, label: str) -> str:
    """Tell a half-year such as ``2027-H1`` in the letters of the language; what is none stays as it is."""
    year, _, half = label.partition("-H")
    return f"{year}-{t(N_('H{half}'), half=half)}" if half else label


#: groups of cost lines, in the order of the report
COST_GROUPS: Mapping[str, Term] = {
    Group.CAPITAL: Term(
        N_("Works and equipment"), N_("what is built or bought by the budget, with overruns and renewal")
    ),
    Group.RUNNING: Term(N_("Running the services"), N_("staff, supplies and upkeep paid directly, every year")),
    Group.PAYMENTS: Term(
        N_("Payments to contractors"), N_("what project companies and providers are paid, every year")
    ),
    Group.LETTING: Term(
        N_("Letting, oversight and closing"),
        N_("tendering and supervising the contracts, and closing services of today"),
    ),
    Group.PEOPLE: Term(
        N_("Sent away and travel"),
        N_("cases sent away for good, care elsewhere until services open, and patients' journeys"),
    ),
    Group.WAITING: Term(
        N_("Waiting for openings"),
        N_("a price on cases that nobody treats until their service opens; nobody pays it"),
    ),
    Group.SHORTFALL: Term(N_("Promises missed"), N_("the stated price of each promise the plan does not keep")),
}

#: groups that are money of public budgets; the others put a price on what patients bear and on promises missed
PUBLIC_MONEY = (Group.CAPITAL, Group.RUNNING, Group.PAYMENTS, Group.LETTING)

#: cost lines of a plan, in the order of the report
COST_LINES: Mapping[str, Term] = {name: Term(line.title, line.meaning, line.group) for name, line in LINES.items()}

STATUSES: Mapping[str, Term] = {
    "optimal": Term(N_("Best within the gap asked for"), N_("No better plan exists, within the gap asked for.")),
    "feasible": Term(
        N_("Valid plan, not proven best"),
        N_("It keeps every firm promise. A cheaper plan may exist; the gap says how much cheaper at most."),
    ),
    "infeasible": Term(N_("No plan is possible"), N_("It is proven that no plan keeps all the firm promises at once.")),
    "no_plan": Term(
        N_("No plan found yet"),
        N_("The search stopped before it found a plan; that does not mean there is none."),
    ),
}

TERMINATIONS: Mapping[str, str] = {
    "gap_reached": N_("The search stopped because the gap asked for was reached."),
    "time_limit": N_("The search stopped at the time limit."),
    "interrupted": N_("The search was interrupted."),
    "proven_infeasible": N_("The search ended with a proof that no plan is possible."),
    "fault": N_("A fault of this program ended the search; the plan is the best that was in hand."),
}

_NO_CERTIFICATE: Mapping[str, str] = {
    "too_large": N_("the model of all journeys is too large to be built in the time that is kept for it"),
    "no_time": N_("the time that is kept for it was too short"),
    "fault": N_("a fault of the program; it is told in the manifest"),
}

#: phases of a run, as in ``Plan.seconds``
PHASE_NAMES: Mapping[str, str] = {
    "read": N_("reading the input"),
    "assemble": N_("pricing and travel"),
    "build": N_("building the model"),
    "bound": N_("proving how good a plan can be"),
    "core": N_("the most promising part of the model"),
    "search": N_("searching for better plans"),
    "exact": N_("the last decimal places"),
    "tables": N_("reading the plan"),
    "certify": N_("certifying the bound"),
    "explain": N_("finding why there is no plan"),
    "solve": N_("solving"),
    "total": N_("in all"),
}

#: who pays, in the order of the report
PAYERS: Mapping[str, Term] = {
    **{code: Term(payer.title, payer.meaning) for code, payer in SERVICE_PAYERS.items()},
    "government": Term(N_("Taxes that return"), N_("contractors' taxes, as a credit")),
    "asset": Term(N_("Value handed back"), N_("works at the end of the horizon, no cash")),
    "patients": Term(N_("Patients"), N_("journeys, at their stated cost")),
    "society": Term(N_("Cases that wait or are sent away"), N_("at their stated cost; with care elsewhere")),
    **{code: Term(builder.title, builder.meaning) for code, builder in BUILDERS.items()},
}

#: what a plan does for patients, and what it costs
BENEFITS: Mapping[str, Term] = {
    "cases_in_time": Term(N_("Cases treated in time"), N_("within the access standard, from each service's opening")),
    "cases_late": Term(N_("Cases treated late"), N_("in the network, beyond the standard")),
    "cases_sent_away": Term(N_("Cases sent away"), N_("not treated in the network")),
    "cases_elsewhere": Term(
        N_("Cases treated elsewhere"), N_("by others, until a service opens; none once all is open")
    ),
    "cases_waiting": Term(N_("Cases that wait"), N_("for services still being let or built; none once all is open")),
    "dalys": Term(N_("Healthy years gained"), N_("DALYs averted, by cases in time and late")),
    "deaths_averted": Term(N_("Deaths averted"), N_("by cases in time, of specialties with evidence")),
    "travel_hours": Term(N_("Hours of travel"), N_("patients and companions, journeys to the network")),
    "travel_money": Term(N_("Cost of travel"), N_("time and road cost, in full whatever its weight")),
    "sent_away_money": Term(N_("Cost of cases sent away"), N_("at the stated cost")),
    "waiting_money": Term(N_("Cost of waiting"), N_("cases that wait, at the stated cost of a case sent away")),
    "elsewhere_money": Term(N_("Cost of care elsewhere"), N_("until services open, at no less than they would cost")),
    "public_cost": Term(N_("Public spending"), N_("all budgets, less the value handed back")),
}

#: what a risk moves, beside the cost lines
RISK_TARGETS: Mapping[str, str] = {
    "capex": N_("cost of works"),
    "opex": N_("running cost"),
    "case_cost": N_("cost per case"),
    "delay": N_("length of works"),
    "demand": N_("number of cases"),
    "quality": N_("payment by quality"),
    "discount_rate": N_("discount rate"),
    **{line: term.name for line, term in COST_LINES.items()},
}

#: of a plan of several periods: said where other contracts or assumptions are tried on it
DATES_KEPT = N_(
    "Dates are those of the plan: under every contract and assumption tried here works are decided, and services "
    "enlarged, converted and closed, in the period in which the plan does so; a slower contract opens later, and its "
    "wait is priced. With dates of its own an option could cost less: redesaude compare searches anew, for everything "
    "direct and for PPP."
)

#: readings of the limit on PPP payments
PPP_READINGS: Mapping[str, str] = {
    "all": N_("all payments to project companies"),
    "capital": N_("only what pays for works"),
    "net": N_("payments less the spending they replace"),
}

#: sources of money that are no row of the funding sheet
SOURCES_OF_MONEY: Mapping[str, str] = {"private": N_("private finance")}

#: phases of a solve
SOLVE_PHASES: Mapping[str, str] = {
    "read": N_("reading"),
    "build": N_("building the model"),
    "start": N_("a first plan"),
    "solve": N_("searching"),
    "plan": N_("reading the plan"),
    "report": N_("writing the report"),
    "fault": N_("part of the search failed"),
}

#: phases of writing a report
REPORT_PHASES: Mapping[str, str] = {
    "appraise": N_("value for money of every contract at every site"),
    "ppp_direct": N_("PPP against direct on the same network"),
    "relief": N_("relief of the hubs against today and without ceilings"),
    "simulate": N_("joint simulation of the risks"),
    "tornado": N_("effect of each assumption"),
    "break_even": N_("where each assumption turns the verdict"),
    "rates": N_("discount rates from 3 to 12 %"),
    "write": N_("writing the files"),
}

SERVICE_STATUSES: Mapping[str, Term] = {
    "new": Term(N_("new"), N_("does not exist today")),
    "kept": Term(N_("kept"), N_("goes on as it is")),
    "resized": Term(N_("resized"), N_("exists today, with another size")),
    "enlarged": Term(N_("enlarged"), N_("larger than in the period before")),
    "converted": Term(N_("converted"), N_("exists today, under another contract")),
    "moved_here": Term(N_("moved here"), N_("exists today at another site of the municipality")),
    "moved": Term(N_("moves"), N_("goes on at another site of the municipality")),
    "uncontracted": Term(N_("no longer contracted"), N_("of a hospital of others, which goes on without the plan")),
    "closed": Term(N_("closed"), N_("exists today, not in the plan")),
}
#: what differs of a service between two plans
CHANGES: Mapping[str, str] = {
    "opened": N_("opened"),
    "resized": N_("resized"),
    "contract": N_("other contract"),
    **{word: SERVICE_STATUSES[word].name for word in ("moved_here", "moved", "uncontracted", "closed")},
}

#: stages of a service in time: the letter that stands in a cell, and the word
STAGES: Mapping[str, str] = {
    "procurement": N_("P = procurement"),
    "works": N_("W = works"),
    "training": N_("T = training"),
    "opening": N_("O = opening"),
    "conversion": N_("C = another contract or size, without works"),
    "support": N_("S = supported by its hub"),
    "maturity": N_("M = skills have matured"),
    "running_on": N_("R = runs on until those that take its patients are open"),
    "closing": N_("X = ends at this site"),
}

SITE_KINDS: Mapping[str, str] = {
    "public": N_("public"),
    "philanthropic": N_("philanthropic"),
    "private": N_("private"),
    "new": N_("to be built"),
}

_DELIVERY = {
    "direct": N_("direct administration"),
    "oss": N_("social organisation (OSS)"),
    "ppp_grey": N_("PPP for building and support services, state clinical staff"),
    "ppp_grey_oss": N_("PPP for building and support services, clinical care by a social organisation"),
    "ppp_white": N_("PPP with clinical care"),
    "consortium": N_("inter-municipal consortium"),
    "foundation": N_("state foundation"),
    "purchase": N_("purchase of services"),
    "federal": N_("federal operation"),
    "agency": N_("works delivered by a technical-cooperation agency, direct administration"),
    "autonomous": N_("autonomous public hospital that pays for running and investment itself"),
    "part_autonomous": N_("autonomous public hospital that pays for a part of running itself"),
    "joint": N_("joint contract with a private partner in a public hospital"),
}

#: words of the input that are spelled out in the report
CHOICES: Mapping[str, str] = {**_DELIVERY, **{code: way.title for code, way in FINANCING.items()}}

PROMISE_KINDS: Mapping[str, Term] = {kind: Term(word.name, word.meaning) for kind, word in WORDS.items()}

#: in the place of a grade: without a source, and what a blank cell of the input means
AS_BLANK = "blank"

GRADES: Mapping[str, str] = {
    "A": N_("A official or reviewed"),
    "B": N_("B reported"),
    "C": N_("C assumption"),
    AS_BLANK: N_("no source, value of a blank cell"),
    "": N_("no source stated"),
}


def no_certificate(reason: str) -> Phrase:
    """Return why there is no certificate; plans of an earlier version keep the sentence itself."""
    return Phrase(_NO_CERTIFICATE.get(reason, reason))


def cost_line(line: str) -> Term:
    """Return the term of cost line ``line``; FaultError where none is declared."""
    line_of(line)
    return COST_LINES[line]

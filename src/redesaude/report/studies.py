"""The studies that a report of a plan shows, made once and handed to its pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pandas as pd

from redesaude.plan.plan import Plan
from redesaude.report.studied import Studied
from redesaude.report.study_process import StudyProcess, priced
from redesaude.studies.alternatives import Alternatives
from redesaude.studies.appraise import Appraised, appraise
from redesaude.studies.kept import KEPT, kept
from redesaude.studies.ppp_direct import PppDirect, ppp_direct
from redesaude.studies.relief import Relief, relief
from redesaude.studies.sensitivity import RateSweep, Tornado
from redesaude.studies.stated_bids import BIDS, stated_bids
from redesaude.studies.surge import Surges, surges
from redesaude.studies.surge_loans import Help, surge_help
from redesaude.studies.ties import TIES, ties
from redesaude.studies.uncertainty import Simulation
from redesaude.studies.verdicts import Verdicts
from redesaude.studies.without_waiting import CHANGED, without_waiting


@dataclass(frozen=True)
class Compared:
    """The studies that need a public sector comparator; ``ppp_direct`` is None where no site may be under either."""

    known: Alternatives
    simulation: Simulation
    tornado: Tornado
    break_even: pd.DataFrame
    sweep: RateSweep
    ppp_direct: PppDirect | None
    bids: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(BIDS)))


@dataclass(frozen=True)
class Studies:
    """What is known of a plan: value for money, the relief of its hubs, what it absorbs of surges.

    ``compared`` is None where no contract is direct administration, ``relief`` without load ceilings, ``surges``
    without surges; ``help`` is what regions lend each other in them. ``kept`` says why contracts stay that are not the
    cheapest at their site, ``tied`` which cost there what another would, ``unweighed`` where another one would be
    cheapest if waiting weighed nothing.
    """

    appraised: Appraised
    compared: Compared | None
    relief: Relief | None = None
    surges: Surges | None = None
    help: Help | None = None
    kept: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(KEPT)))
    tied: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(TIES)))
    unweighed: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(CHANGED)))


def studies_of(
    plan: Plan,
    progress: Callable[[str], object] = lambda phase: None,
    studied: Studied | None = None,
    other: StudyProcess | None = None,
) -> Studies:
    """Make the studies of a plan with decisions, telling ``progress`` the name of each before it begins.

    ``studied`` is what was worked out of the plan already, where it is at hand; an ``other`` process makes its share.
    """
    progress("appraise")
    studied = studied or Studied(plan)
    known = studied.known
    appraised = appraise(plan, known, studied.flows)
    stays = kept(appraised), ties(known), without_waiting(known)
    if len(plan.loads):
        progress("relief")
    relieved = relief(plan) if len(plan.loads) else None
    hit = len(plan.scenario.surge) > 0
    absorbed, lent = (surges(plan), surge_help(plan)) if hit else (None, None)
    if not known.comparator:
        return Studies(appraised, None, relieved, absorbed, lent, *stays)

    progress("ppp_direct")
    against = ppp_direct(appraised)
    made = priced(Verdicts(plan, known), progress, other)
    compared = Compared(
        known,
        replace(made["simulate"], plan=plan),  # what another process gives back lacks the places of its input
        made["tornado"],
        made["break_even"],
        sweep=made["rates"],
        ppp_direct=against,
        bids=stated_bids(known),
    )
    return Studies(appraised, compared, relieved, absorbed, lent, *stays)

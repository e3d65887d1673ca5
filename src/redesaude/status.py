"""What is known of a plan when its search has ended, and why it ended."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What the solution is."""

    OPTIMAL = "optimal"  # proven best within the gap asked for
    FEASIBLE = "feasible"  # a plan, not proven within the gap
    INFEASIBLE = "infeasible"  # proven: no plan keeps the hard promises
    NO_PLAN = "no_plan"  # stopped before any plan was found


class NoCertificate(StrEnum):
    """Why a plan has no certificate."""

    TOO_LARGE = "too_large"  # the model of all journeys, for the time that is kept
    NO_TIME = "no_time"
    FAULT = "fault"  # of our own


class Termination(StrEnum):
    """Why the search ended."""

    GAP_REACHED = "gap_reached"
    TIME_LIMIT = "time_limit"
    INTERRUPTED = "interrupted"
    PROVEN_INFEASIBLE = "proven_infeasible"
    FAULT = "fault"  # of our own: the plan is the best that was in hand

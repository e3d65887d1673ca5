"""Command verify: does a result hold?"""

from __future__ import annotations

from pathlib import Path

from redesaude.cli.common import Exit, language_of
from redesaude.cli.terminal import console
from redesaude.language import N_, Phrase, Translator, translator
from redesaude.plan.plan import Plan
from redesaude.plan.proof import relative_gap
from redesaude.report.terms import no_certificate
from redesaude.report.verify import Finding, Verification
from redesaude.report.verify import verify as verify_result

_CERTIFIED = N_("Certified without a solver: {currency} {bound:,.0f}, a gap of {gap:z.2%}")
_PROVEN = N_("Proven by the search: {currency} {bound:,.0f}, a gap of {gap:z.2%}")


def run(folder: Path, lang: str | None) -> Exit:
    """Tell whether the result in ``folder`` holds."""
    found = verify_result(folder)
    say = translator(language_of(lang, found.plan.scenario.settings.language))
    for finding in found.findings:
        console.print(_line(finding, say), soft_wrap=True, highlight=False)
    if found.plan.has_decisions:
        for line in _bounds(found, say):
            console.print(line, soft_wrap=True, highlight=False)
    console.print(say(N_("The result holds.") if found.holds else N_("The result does not hold.")))
    return Exit.PLAN if found.holds else Exit.WRONG_INPUT


def _line(finding: Finding, say: Translator) -> str:
    verdict = say(N_("holds")) if finding.holds else say(N_("does not hold"))
    values = {
        name: Phrase(value) if isinstance(value, str) else value for name, value in (finding.values or {}).items()
    }
    detail = f": {say(finding.detail, **values)}" if finding.detail else ""
    return f"{say(finding.name)}: {verdict}{detail}"


def _bounds(found: Verification, say: Translator) -> list[str]:
    """What the plan costs, what its certificate proves, and what its search has proven."""
    plan = found.plan
    lines = [say(N_("Net present cost: {currency} {cost:,.0f}"), currency=_currency(plan), cost=plan.objective)]
    if found.certified is not None:
        lines.append(
            _bound(
                _CERTIFIED,
                found.certified,
                plan,
                say,
            )
        )
    elif plan.certified.reason:
        lines.append(say(N_("No certificate: {reason}"), reason=no_certificate(plan.certified.reason)))
    if plan.bound is not None:
        lines.append(_bound(_PROVEN, plan.bound, plan, say))
    return lines


def _bound(sentence: str, bound: float, plan: Plan, say: Translator) -> str:
    return say(sentence, currency=_currency(plan), bound=bound, gap=relative_gap(plan.objective, bound) or 0.0)


def _currency(plan: Plan) -> str:
    return plan.scenario.settings.currency

"""Command actuals: a workbook of what is due by a date, in which is typed what was done."""

from __future__ import annotations

import datetime as dt
from contextlib import ExitStack
from pathlib import Path

from redesaude.cli.asked import plan_to_ask
from redesaude.cli.common import fail
from redesaude.cli.new_file import new_workbook
from redesaude.cli.terminal import console
from redesaude.inputs.folder_names import REVIEWS
from redesaude.language import N_, translator
from redesaude.report.placing import default_folder
from redesaude.report.reviewed.actuals import write_actuals
from redesaude.reviewing.forms import ActualsForm, actuals
from redesaude.reviewing.spans import Every, parse_date

_NO_DATE = N_("'{text}' is no date; type year-month-day, such as 2027-12-31")
_NO_WORD = N_("--every {text}: use one of {words}")
_WRITTEN = N_("{file}: {rows} rows to report, from {begins} to {cutoff}")
_NO_REGION = N_("There is no health region or macro-region {code}.")


def run(
    folder: Path, *, until: str | None, every: str, regions: str | None, out: Path | None, lang: str | None
) -> None:
    """Write the workbook of a result, or one for each region."""
    plan = plan_to_ask(folder, lang)
    say = translator(plan.scenario.settings.language)
    if every not in set(Every):
        fail(say(_NO_WORD, text=every, words=", ".join(Every)))
    form = actuals(plan, None if until is None else date_typed(until, say.language), every)
    place = out or default_folder(plan.scenario, REVIEWS) / f"actuals-{form.span.cutoff}.xlsx"
    files = {place: form} if regions is None else _by_region(form, place, regions, say.language)
    with ExitStack() as all_new:  # none is written where one cannot be
        for file in files:
            all_new.enter_context(new_workbook(file, say))
        for file, each in files.items():
            write_actuals(each, file)
    for file, each in files.items():
        rows, span = sum(map(len, each.tables.values())), each.span
        console.print(
            say(_WRITTEN, file=file, rows=rows, begins=span.begins, cutoff=span.cutoff), soft_wrap=True, highlight=False
        )


def date_typed(text: str, language: str) -> dt.date:
    """Return the date that was typed; ends the command where it is none."""
    found = parse_date(text)
    if found is None:
        fail(translator(language)(_NO_DATE, text=text))
    return found


def _by_region(form: ActualsForm, place: Path, regions: str, language: str) -> dict[Path, ActualsForm]:
    """A file for each region asked for, and one for what is about none alone."""
    known = [region for region in form.regions if region]
    asked = [word.strip() for word in regions.split(",") if word.strip()]
    wanted = known if asked == ["all"] else asked
    if wrong := [code for code in wanted if code not in set(form.plan.scenario.territories["region_id"])]:
        fail(translator(language)(_NO_REGION, code=wrong[0]))
    named = {region: place.with_name(f"{place.stem}-{region}{place.suffix}") for region in wanted}
    found = {file: form.of_region(region) for region, file in named.items()}
    return found | {place.with_name(f"{place.stem}-all{place.suffix}"): form.of_region("")}

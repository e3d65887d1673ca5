"""The first sheet of every workbook: what it is, how to fill it, what to type to run it, what the answers mean."""

from __future__ import annotations

from collections.abc import Iterator

from redesaude.inputs.tables import TABLES
from redesaude.language import N_, Translator

WHAT = (
    N_(
        "This workbook is one planning case: where specialist centres could stand, how many people need them, "
        "what each would cost, and the contracts under which each could be run."
    ),
    N_(
        "From it the plan chooses sites, sizes and contracts together, so that the whole-life public cost is least "
        "and people can reach care in time."
    ),
)

HOW = (
    N_("Fill the sheets from left to right. Each row is one thing; the list below says what."),
    N_("Leave rows 1 and 2 as they are: row 1 has the column names, row 2 the unit and the meaning."),
    N_("Point at a column name to see what belongs in the column and what a blank cell means."),
    N_("Type shares as 0.8 for 80 %, money in the currency of the settings at prices of the base year."),
    N_("Type codes as text, so that CNES codes keep their zeros. A code stands once; other sheets refer to it."),
    N_("Lists to choose from show each code with its name, as code · name; what stands after the sign · is not read."),
    N_("Sheets that are not required may be left empty or deleted. Sheets of your own begin with _ ."),
    N_("Say on the sheet sources where each number comes from and how far it can be trusted."),
)

#: solved in a test: what is said of its plan is so
EXAMPLE = (
    N_("Two towns an hour apart, A with 60,000 people and B with 40,000, need stroke care; each has a hospital."),
    N_("territories: A and B, each with its population. travel_times: A to H1 and B to H2 10 minutes, else 60."),
    N_("specialties: stroke, with cases_per_100k 100, access_minutes 90 and unmet_cost 20,000."),
    N_("sites: H1 in A, H2 in B. sizes: a unit for stroke, capacity 200, fixed_cost 800,000, cost_per_case 3,000."),
    N_("The 100 cases a year fit into one unit, and a second would cost 800,000 a year: the plan opens one, in A."),
    N_("With access_minutes 45, access_share 1 and access_hard yes on stroke, it opens both."),
)

COLOURS = (
    ("required", N_("dark: the column must be filled in every row")),
    ("optional", N_("light: the column may be blank; its comment says what then holds")),
)

COMMANDS = (
    ("redesaude check FILE", N_("lists every mistake with its cell and how to mend it")),
    ("redesaude solve FILE", N_("finds the plan and writes the decision workbook to the folder results")),
    ("redesaude solve FILE --variant ID", N_("the same with the changes of one variant")),
    ("redesaude new FILE", N_("writes a blank workbook like this one")),
)

STATUSES = (
    ("optimal", N_("a plan, proven best within the gap asked for")),
    ("feasible", N_("a plan that keeps every hard promise; the gap says how much better one might still be")),
    ("infeasible", N_("no plan can keep all the hard promises: allow one to fall short at a price")),
    ("no_plan", N_("time ran out before a plan was found: allow more time")),
)

#: (style, first text, second text): the lines of the guide; a sheet line links to its sheet
Line = tuple[str, str, str]


def guide_lines(translate: Translator) -> Iterator[Line]:
    """Yield the guide line by line in the translator's language."""
    yield "title", translate(N_("Planning workbook for specialist health centres")), ""
    yield from (("text", translate(sentence), "") for sentence in WHAT)
    yield "heading", translate(N_("How to fill it")), ""
    yield from (("text", f"{i}. {translate(sentence)}", "") for i, sentence in enumerate(HOW, start=1))
    yield "heading", translate(N_("An example")), ""
    yield from (("text", translate(sentence), "") for sentence in EXAMPLE)
    yield "heading", translate(N_("Colours of the column names")), ""
    yield from ((style, translate(meaning), "") for style, meaning in COLOURS)
    yield "heading", translate(N_("Sheets")), ""
    for table in TABLES:
        need = translate(N_("required")) if table.required else translate(N_("optional"))
        yield "sheet", table.name, f"{translate(table.row)} ({need})"
    yield "heading", translate(N_("Commands")), ""
    yield from (("pair", command, translate(meaning)) for command, meaning in COMMANDS)
    yield "heading", translate(N_("What the answer can be")), ""
    yield from (("pair", status, translate(meaning)) for status, meaning in STATUSES)

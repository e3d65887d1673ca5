"""What commands are given: each option once, and options that go together as one dataclass (:func:`spread`)."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from redesaude.cli.common import fail, language_of
from redesaude.errors import InputError, reason_of
from redesaude.language import LANGUAGES
from redesaude.solving.options import ENGINES, SolveOptions
from redesaude.solving.parameters import DEFAULTS, SearchParameters, read_parameters


def _possible(path: Path | None) -> Path | None:
    """Refuse a path that no file can have here, or that may not be looked at; whether there is one is asked later."""
    try:
        if path is not None:
            path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        pass
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{path}: {reason_of(error)}") from error
    return path


def _all_possible(paths: list[Path] | None) -> list[Path] | None:
    for path in paths or ():
        _possible(path)
    return paths


File = Annotated[Path, typer.Argument(callback=_possible, help="scenario workbook (.xlsx)", show_default=False)]
Result = Annotated[Path, typer.Argument(callback=_possible, help="folder of a result", show_default=False)]
Source = Annotated[
    Path,
    typer.Argument(callback=_possible, help="folder of a result, or scenario workbook (.xlsx)", show_default=False),
]
Lang = Annotated[str | None, typer.Option("--lang", help=f"one of {', '.join(LANGUAGES)}; default: the workbook's")]
Variant = Annotated[str, typer.Option(help="variant of the workbook's variants sheet")]
Out = Annotated[Path | None, typer.Option(help="output folder; default: results/<scenario>/<variant>")]
TimeLimit = Annotated[
    float | None,
    typer.Option(min=1, help="seconds from the input to the plan; default: the workbook's setting"),
]
Gap = Annotated[float | None, typer.Option(min=0, max=1, help="stop at this gap, e.g. 0.01")]
Threads = Annotated[
    int | None, typer.Option(min=1, max=64, help="threads of the solver; default: the cores of the machine, at most 8")
]
Work = Annotated[
    int | None, typer.Option(min=1, help="stop after this many iterations of the solver and steps of our own")
]
Deterministic = Annotated[
    bool,
    typer.Option("--deterministic", help="the same plan every time: one thread, ended by --work, not by seconds"),
]
SearchFile = Annotated[
    Path | None,
    typer.Option(
        "--search", callback=_possible, help="TOML file with parameters of the search; docs/search.md names them all"
    ),
]
Engine = Annotated[str, typer.Option(help="one of " + ", ".join(ENGINES))]
Studies = Annotated[bool, typer.Option(help="value for money, risks, sensitivity: they take a while")]
Replace = Annotated[bool, typer.Option("--replace", help="put this result in place of an earlier one that is better")]
Regions = Annotated[
    str | None, typer.Option(help="health regions and macro-regions that get a workbook: codes after commas, or all")
]
Pictures = Annotated[
    bool, typer.Option("--pictures", help="each layer of the map as SVG, and as PNG with the extra pack")
]
Resume = Annotated[
    bool,
    typer.Option("--resume", help="take up what an earlier run of this input kept when it was cut short"),
]
From = Annotated[
    Path | None,
    typer.Option("--from", help="begin with the plan of these results, of this scenario or a variant of it"),
]
Opened = Annotated[
    list[str] | None, typer.Option("--open", help="SITE/SPECIALTY is open in the last period; may be repeated")
]
Closed = Annotated[
    list[str] | None, typer.Option("--close", help="SITE or SITE/SPECIALTY is never open; may be repeated")
]
Under = Annotated[
    list[str] | None, typer.Option("--contract", help="SITE=CONTRACT: SITE under no other contract; may be repeated")
]
Cells = Annotated[
    list[str] | None,
    typer.Option("--set", help="SHEET/KEY/COLUMN=VALUE (or +=VALUE, *=VALUE, =-20%); may be repeated"),
]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", help="words of a column, setting and rows, then the value; may be repeated"),
]
Values = Annotated[
    list[str] | None,
    typer.Argument(help="one for each --set: a value, -20%, +=VALUE or *=VALUE", show_default=False),
]
Code = Annotated[str, typer.Option(help="code of the variant; default: what is set")]
Title = Annotated[str, typer.Option(help="its name for readers")]
Inherits = Annotated[str, typer.Option(help="variants whose changes are made first, separated by commas")]
Copy = Annotated[Path | None, typer.Option("--out", help="workbook to write; default: a name made from the file's")]
Solved = Annotated[bool, typer.Option("--solve", help="solve the variant at once, and write its folder")]
Together = Annotated[bool, typer.Option("--together", help="all of it as one question, not each by itself")]
Budget = Annotated[
    float, typer.Option("--seconds", min=0, help="for relaxations and solves together; 0: only what is proven already")
]
Access = Annotated[str, typer.Option(help="shares of cases within the standard, in percent, separated by commas")]
Measured = Annotated[
    str,
    typer.Option(
        "--measure", help="each_specialty, access, equity, healthy_years, travel, capital or services: docs/asking.md"
    ),
]
Levels = Annotated[str, typer.Option(help="levels of --measure, separated by commas; shares in percent")]
Opposed = Annotated[
    str, typer.Option("--against", help="cost, or another measure, of which the best is sought at each level")
]
Objective = Annotated[
    str | None, typer.Option(help="cost, access or healthy_years: what to be best at; default: the workbook's setting")
]
Money = Annotated[
    float | None, typer.Option(min=0, help="most net present cost of a plan that is best at something else; 0: any")
]
Number = Annotated[int, typer.Option("--n", min=1, max=1000, help="how many plans, the one in hand among them")]
Within = Annotated[float, typer.Option(min=0, help="share of its cost that a plan may cost more, such as 0.05")]
Until = Annotated[
    str | None,
    typer.Option("--until", help="cut-off date, such as 2027-12-31; default: the end of the plan's first year"),
]
Often = Annotated[str, typer.Option("--every", help="time reported: month, four_months, half_year or year")]
ByRegion = Annotated[
    str | None,
    typer.Option("--regions", help="a workbook for each of these health regions: codes after commas, or all"),
]
ActualsOut = Annotated[
    Path | None, typer.Option("--out", help="file; default: results/<scenario>/reviews/actuals-<cut-off date>.xlsx")
]
ActualsFiles = Annotated[
    list[Path], typer.Argument(help="workbooks of actuals (.xlsx), of all reports so far", show_default=False)
]
NextWorkbook = Annotated[
    Path | None, typer.Option("--workbook", help="file of the next scenario; default: beside the re-plan")
]
Variants = Annotated[str, typer.Option(help="variants of the workbook to add, separated by commas, or all")]
Jobs = Annotated[int, typer.Option(min=1, max=64, help="strategies solved at once, each in a process of its own")]
AtCluster = Annotated[
    str | None, typer.Option("--cluster", help="scheduler of a dask cluster, e.g. tcp://host:8786, whose workers solve")
]
Each = Annotated[float, typer.Option("--each", min=1, help="seconds for each solve with or without a norm")]
Seed = Annotated[int, typer.Option(min=0, help="seed of the solver")]
Facts = Annotated[
    Path | None,
    typer.Option(exists=True, file_okay=False, help="folder of CSV tables named as the sheets, for any country"),
]
State = Annotated[str, typer.Option(help="state of Brazil, e.g. GO: a draft of it instead of a blank workbook")]
Macroregion = Annotated[
    str, typer.Option(help="of the state only this health macro-region (or that of a municipality)")
]
HealthRegions = Annotated[str, typer.Option(help="only these health regions, by name or code, separated by commas")]
Specialties = Annotated[str, typer.Option(help="only these, e.g. stroke,oncology; those they stand beside come along")]
Contracts = Annotated[str, typer.Option(help="only these, e.g. direct,oss,ppp_grey; today's are always among them")]


Trajectories = Annotated[int, typer.Option(min=0, max=1000, help="of Morris's screening; 0: where each turns alone")]
Rows = Annotated[
    int, typer.Option("--rows", min=0, max=4096, help="of Saltelli's design, a power of two; 0: no worth of knowing")
]
Others = Annotated[
    list[Path] | None,
    typer.Option("--other", callback=_all_possible, help="folder of another plan that may be chosen; may be repeated"),
]
Count = Annotated[int, typer.Option("--count", min=1, max=1000, help="how many futures are drawn, equally likely")]
WorstShare = Annotated[float, typer.Option("--share", min=0.001, max=1, help="of the futures that are the worst")]
WaitAYear = Annotated[
    bool, typer.Option("--waiting/--no-waiting", help="what a year's waiting is worth: solves each future once more")
]
Beside = Annotated[
    int, typer.Option("--n", min=1, max=100, help="plans of other services tried, the one in hand among")
]
Host = Annotated[
    str,
    typer.Option(help="address to listen at; any but that of this machine alone needs a password, and TLS before it"),
]
Port = Annotated[int, typer.Option(min=0, max=65535, help="port to listen at; 0: any free one")]
Data = Annotated[Path | None, typer.Option(callback=_possible, help="folder of all it keeps; default: ~/redesaude")]
Watched = Annotated[
    Path | None, typer.Option("--watch", callback=_possible, help="folder whose workbooks are offered and checked anew")
]
Cores = Annotated[int | None, typer.Option(min=1, max=256, help="cores for all runs together; default: all")]
Names = Annotated[str, typer.Option("--name", help="host names by which it is called, separated by commas")]
PasswordFile = Annotated[
    Path | None, typer.Option("--password-file", callback=_possible, help="file with the hash of the password")
]
NewPassword = Annotated[
    bool, typer.Option("--new-password", help="ask for a password, write its hash to the password file, and end")
]
Browser = Annotated[bool, typer.Option(help="open the page in the browser")]


@dataclass(frozen=True)
class Serving:
    """Where the page is served, and to whom."""

    host: Host = "127.0.0.1"
    port: Port = 0
    data: Data = None
    watch: Watched = None
    cores: Cores = None
    name: Names = ""
    password_file: PasswordFile = None
    new_password: NewPassword = False
    browser: Browser = True
    lang: Lang = None


@dataclass(frozen=True)
class Effort:
    """How long and how closely a search goes on."""

    time_limit: TimeLimit = None
    gap: Gap = None
    threads: Threads = None
    seed: Seed = 0

    def options(self, _lang: str | None) -> SolveOptions:
        """Return the options of a solve; those that contradict each other end the command."""
        return self._options()

    def _options(self, **others: Any) -> SolveOptions:
        try:
            return SolveOptions(
                gap=self.gap, time_limit=self.time_limit, threads=self.threads, seed=self.seed, **others
            )
        except ValueError as error:
            fail(str(error))


@dataclass(frozen=True)
class Searching(Effort):
    """The same, and how is searched."""

    work: Work = None
    deterministic: Deterministic = False
    engine: Engine = "auto"
    search: SearchFile = None

    def options(self, lang: str | None) -> SolveOptions:
        """Return the options of a solve; those that contradict each other, or a file that is none, end the command."""
        tuned = self._parameters(lang)
        if self.engine not in ENGINES:
            fail(f"--engine {self.engine}: use one of {', '.join(ENGINES)}")
        return self._options(work=self.work, deterministic=self.deterministic, engine=self.engine, search=tuned)

    def _parameters(self, lang: str | None) -> SearchParameters:
        """The parameters of the search that a file states, the usual ones without a file."""
        try:
            return DEFAULTS if self.search is None else read_parameters(self.search)
        except InputError as error:
            error.language = language_of(lang)
            raise


@dataclass(frozen=True)
class Results:
    """What is written, where, and in which language."""

    out: Out = None
    studies: Studies = True
    replace_better: Replace = False
    lang: Lang = None


@dataclass(frozen=True)
class Curve:
    """The levels of a frontier: of access of each specialty, or of another measure; against cost, or the best of a
    measure within so much money.
    """

    access: Access = "80,85,90,95"
    measure: Measured = "each_specialty"
    levels: Levels = ""
    against: Opposed = "cost"
    money: Money = None
    resume: Resume = False


@dataclass(frozen=True)
class Sought:
    """What the plan is to be best at, and what it may cost; None: as the workbook says."""

    objective: Objective = None
    money: Money = None


@dataclass(frozen=True)
class Beginning:
    """What a search begins with: the journal of one that was cut short, or the plan of results."""

    resume: Resume = False
    source: From = None


@dataclass(frozen=True)
class Asking:
    """What is asked of a plan: services opened, closed or let otherwise, cells changed; each alone or ``together``; and
    whether kept answers are used.
    """

    opened: Opened = None
    closed: Closed = None
    contract: Under = None
    cells: Cells = None
    together: Together = False
    resume: Resume = False


@dataclass(frozen=True)
class FuturesAsked:
    """How many futures are drawn, which of them are the worst, what is tried beside, and whether kept work is used."""

    count: Count = 10
    share: WorstShare = 0.1
    waiting: WaitAYear = True
    n: Beside = 1
    jobs: Jobs = 1
    resume: Resume = False


@dataclass(frozen=True)
class AssumptionsAsked:
    """How many trajectories and rows are priced, for how long, which other plans may be chosen, and whether those that
    are kept are used.
    """

    trajectories: Trajectories = 8
    rows: Rows = 64
    others: Others = None
    seed: Seed = 0
    seconds: Budget = 300.0
    resume: Resume = False


@dataclass(frozen=True)
class Named:
    """What a variant is called, and which others it inherits."""

    name: Code = ""
    title: Title = ""
    inherits: Inherits = ""


@dataclass(frozen=True)
class Wished:
    """What a draft is asked to hold; blank: everything."""

    state: State = ""
    macroregion: Macroregion = ""
    health_regions: HealthRegions = ""
    specialties: Specialties = ""
    contracts: Contracts = ""


def spread(command: Callable[..., None]) -> Callable[..., None]:
    """Return ``command`` as typer reads it: every field of a dataclass among its parameters is an option of its own.

    What such a parameter has by default says what each of these options has.
    """
    stated = inspect.signature(command, eval_str=True)
    groups: dict[str, Any] = {name: p.default for name, p in stated.parameters.items() if is_dataclass(p.default)}
    single: list[inspect.Parameter] = []
    for name, parameter in stated.parameters.items():
        single += _fields(groups[name]) if name in groups else [parameter]

    @wraps(command)
    def call(**given: Any) -> None:
        for name, group in groups.items():
            given[name] = type(group)(**{f.name: given.pop(f.name) for f in fields(group)})
        command(**given)

    call.__signature__ = stated.replace(parameters=single)  # type: ignore[attr-defined]
    call.__annotations__ = {parameter.name: parameter.annotation for parameter in single}
    return call


def _fields(group: Any) -> list[inspect.Parameter]:
    """The fields of a dataclass as parameters of a function."""
    kinds, keyword = get_type_hints(type(group), include_extras=True), inspect.Parameter.KEYWORD_ONLY
    return [
        inspect.Parameter(f.name, keyword, default=getattr(group, f.name), annotation=kinds[f.name])
        for f in fields(group)
    ]

"""The page ``map.html``: data, words, styles and scripts in one file, with a policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from redesaude.language import N_
from redesaude.report.map import scales
from redesaude.report.map.data import map_data
from redesaude.report.terms import SERVICE_STATUSES, STATUSES
from redesaude.report.view import View

#: the words of the page's own script, by the name it knows them under
_WORDS = {
    "all": N_("all specialties"),
    "cases": N_("cases a year"),
    "capacity": N_("capacity"),
    "minutes": N_("min"),
    "points": N_("points"),
    "today": N_("Today"),
    "people": N_("people"),
    "region": N_("Health region"),
    "treated_at": N_("Treated at"),
    "sent_away": N_("sent away"),
    "not_drawn": N_("no figure"),
    "used": N_("used"),
    "from": N_("from"),
    "nothing_open": N_("nothing open"),
    "standard": N_("standard {minutes} min"),
    "from_seat": N_("drawn from its seat, not its boundary"),
    "several_contracts": N_("several contracts"),
    "closed": N_("closes"),
}

#: the words around the map, by the name the template knows them under
_TEXT = {
    "map": N_("Map"),
    "gap": N_("gap"),
    "specialty": N_("Specialty"),
    "period": N_("Period"),
    "of_places": N_("Colour of municipalities"),
    "of_sites": N_("Colour of hospitals"),
    "contract": N_("contract"),
    "use": N_("use of capacity"),
    "lines": N_("Who goes where"),
    "find": N_("Find a municipality or hospital"),
    "legend": N_("Legend"),
    "choose": N_("Choose a municipality or a hospital: on the map, or by its name."),
    "source": N_(
        "Outlines: IBGE 2010 and Natural Earth, simplified; for drawing only. "
        "Dashed: drawn from its seat, not its boundary."
    ),
}

_SCRIPTS = ("leaflet.js", "map.js")
_STYLES = ("leaflet.css", "map.css")


def write_map(view: View, path: Path) -> None:
    """Write the map of a plan with decisions as one file of UTF-8 that needs nothing else.

    Names out of the workbook stand in the page as data alone, which its script sets as text; its policy allows the two
    scripts that it holds and no request.
    """
    path.write_text(page_of(view), encoding="utf-8", newline="\n")


def page_of(view: View) -> str:
    """Return the page."""
    t, plan, drawn = view.t, view.plan, map_data(view)
    layers, flows = drawn.pop("layers"), drawn.pop("flows")
    page = _templates().get_template("map.html.j2")
    return page.render(
        language=t.language,
        title=view.title,
        variant=view.variant,
        status=t(STATUSES[plan.status.value].name),
        cost="" if plan.objective is None else view.numbers.money(plan.objective),
        gap="" if plan.gap is None else view.numbers.percent(plan.gap, 2),
        layers=[(key, t(layer.name)) for key, layer in scales.LAYERS.items()],
        data=_as_data(drawn | {"words": _words(view), "language": t.language, "looks": _looks()}),
        parts=[(name, _as_data({"layers": layers[name], "flows": flows[name]})) for name in layers],
        styles=[_asset(name) for name in _STYLES],
        scripts=[_asset(name) for name in _SCRIPTS],
        hashes=[_hash(_asset(name)) for name in _SCRIPTS],
        text={name: t(word) for name, word in _TEXT.items()},
    )


def _words(view: View) -> dict[str, Any]:
    t = view.t
    changes = {name: t(term.name) for name, term in SERVICE_STATUSES.items()}
    layers = {key: [t(layer.name), t(layer.meaning)] for key, layer in scales.LAYERS.items()}
    return {**{key: t(word) for key, word in _WORDS.items()}, "changes": changes, "layers": layers}


def _looks() -> dict[str, Any]:
    """Colours of the layers, of contracts, of what is not known, and of hospitals with several contracts."""
    layers = {key: {"colours": layer.colours, "kind": layer.kind} for key, layer in scales.LAYERS.items()}
    use = {"colours": scales.MORE, "cuts": scales.LAYERS["load"].cuts}
    return {"layers": layers, "use": use, "contracts": scales.CONTRACTS, "none": scales.NONE, "mixed": scales.MIXED}


def _as_data(data: dict[str, Any]) -> str:
    """JSON that cannot end the element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


@cache
def _templates() -> Environment:
    loader = PackageLoader("redesaude.report.map", "assets")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@cache
def _asset(name: str) -> str:
    """A script or style as it stands in the page; the pictures of Leaflet's own controls are not used."""
    text = (resources.files(__package__) / "assets" / name).read_text(encoding="utf-8").strip()
    return re.sub(r"[\w-]+:\s*url\([^)]*\);?", "", text) if name.endswith(".css") else text


def _hash(script: str) -> str:
    """What the policy of the page knows a script by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

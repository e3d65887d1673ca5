"""Make the outlines that maps are drawn from: python scenarios/build_outlines.py FOLDER

FOLDER holds ``brazil_municipalities/UF.topojson`` (IBGE mesh of municipalities of 2010, simplified; UF = IBGE code of
the state), ``brazil_states.geojson`` and ``vietnam.geojson`` (Natural Earth 1:50m). What is made lies beside the map's
code: one file for each state, and one of the areas within which places without an outline are drawn from their seats.
"""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

OUT = Path(__file__).parents[1] / "src/redesaude/report/map/data"

#: outlines are kept in thousandths of a degree, about 110 m
SCALE = 1000


def coded(points: list[list[float]]) -> list[int]:
    """Return a line as whole thousandths of a degree: its first point, then steps, none of them zero."""
    whole = [(round(x * SCALE), round(y * SCALE)) for x, y in points]
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(whole)]
    return [*whole[0], *(value for step in steps if step != (0, 0) for value in step)]


def state(topology: dict[str, Any]) -> dict[str, Any]:
    """Return the arcs of a state, which neighbours share, and each municipality's polygons as lists of arcs."""
    (layer,) = topology["objects"].values()
    shapes = {
        each["properties"]["CD_GEOCMU"]: each["arcs"] if each["type"] == "MultiPolygon" else [each["arcs"]]
        for each in layer["geometries"]
    }
    return {"arcs": [coded(arc) for arc in topology["arcs"]], "shapes": shapes}


def areas(folder: Path) -> dict[str, list[list[int]]]:
    """Return the outer rings of each state and country."""
    found = {}
    for name in ("brazil_states.geojson", "vietnam.geojson"):
        for feature in json.loads((folder / name).read_text(encoding="utf-8"))["features"]:
            geometry = feature["geometry"]
            polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
            found[feature["id"]] = [coded(polygon[0]) for polygon in polygons]
    return found


def write(name: str, what: object) -> None:
    """Write one file, always the same bytes for the same content."""
    (OUT / name).write_text(json.dumps(what, separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8")


def main() -> None:
    """Write the outlines of every state, and the areas."""
    folder = Path(sys.argv[1])
    for file in sorted((folder / "brazil_municipalities").glob("*.topojson")):
        write(f"br-{file.stem}.json", state(json.loads(file.read_text(encoding="utf-8"))))
    write("areas.json", areas(folder))


if __name__ == "__main__":
    main()

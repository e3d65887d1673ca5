"""Write docs/search.md, the parameters of a search, from their declaration: ``python docs/build_search.py``."""

from __future__ import annotations

import math
from dataclasses import fields
from pathlib import Path

from redesaude.solving.parameters import DEFAULTS, SearchParameters

_HEAD = """# Parameters of a search

`redesaude solve FILE --search search.toml` (and `compare`) takes a text file in TOML:

```toml
[location]
steps = 100
[specialties]
part_share = 0.1
```

What is left out stays as usual. An unknown name, a value of another kind or out of range is refused at once, all of
them together. From Python: `rs.SolveOptions(search=parameters_of({"location": {"steps": 100}}))`, with
`redesaude.solving.parameters`. Whatever they are, plans are audited and bounds are proven: they decide how soon a plan
is there and how good it is when the time is over, not whether it is right. With the options, the seed and the input
they make a run repeatable, so `manifest.json` states all of them (`options.search`) and sheet `checks` those that are
not as usual.

This page is written from their declaration (`python docs/build_search.py`).
"""


def page() -> str:
    """Return the page."""
    lines = [_HEAD]
    for room in fields(SearchParameters):
        usual = getattr(DEFAULTS, room.name)
        lines += [f"## {room.name}\n", f"{_plain(type(usual).__doc__ or '')}\n"]
        lines += ["| name | default | from | to | unit | meaning |", "|---|---|---|---|---|---|"]
        for parameter in fields(usual):
            stated = parameter.metadata
            most = "" if math.isinf(stated["most"]) else f"{stated['most']:g}"
            default = f"{parameter.default:_}" if isinstance(parameter.default, int) else f"{parameter.default:g}"
            cells = (f"`{parameter.name}`", default, f"{stated['least']:g}", most, stated["unit"])
            lines.append(f"| {' | '.join(cells)} | {stated['meaning']} |")
        lines.append("")
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Return a docstring without its roles."""
    return text.replace(":mod:`redesaude.", "`")


if __name__ == "__main__":
    (Path(__file__).parent / "search.md").write_text(page(), encoding="utf-8", newline="\n")

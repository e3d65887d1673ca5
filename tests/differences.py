"""The law of paired differences at length: random scenarios by their seeds, what came of them added to a file.

``python tests/differences.py --to 2500 --out results/differences.jsonl`` holds 10,000 differences and more against the
best of all networks, and goes on where the file ends; ``--seed N`` runs one case and tells all.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent / "unit")]

from paired_law import law  # noqa: E402

#: cases of one line of the file
CHUNK = 5


def main() -> int:
    """Run what is asked for; 1 where something untrue was told."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--from", dest="first", type=int, default=0)
    ask.add_argument("--to", dest="last", type=int, default=2500)
    ask.add_argument("--out", type=Path, default=Path("results/differences.jsonl"))
    ask.add_argument("--seed", type=int)
    asked = ask.parse_args()
    if asked.seed is not None:
        found = law(asked.seed)
        print(*found.told, *found.untrue, sep="\n")
        return int(bool(found.untrue))
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.loads(line) for line in asked.out.read_text().splitlines()] if asked.out.exists() else []
    commit = _commit()
    done = {(line["from"], line["to"]) for line in lines if line["commit"] == commit}
    untrue = 0
    for first in range(asked.first, asked.last, CHUNK):
        span = first, min(first + CHUNK, asked.last)
        if span not in done:
            line = _chunk(*span)
            with asked.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"commit": commit, **line}) + "\n")
            untrue += len(line["untrue"])
            print(f"{span[0]} to {span[1]}: {line['differences']} differences, {line['seconds']} s", *line["untrue"],
                  sep="\n  ", flush=True)  # fmt: skip
    return int(untrue > 0)


def _chunk(first: int, last: int) -> dict[str, Any]:
    began = time.process_time()
    found = {seed: law(seed) for seed in range(first, last)}
    told: Counter[str] = sum((Counter(each.told) for each in found.values()), Counter())
    return {
        "from": first,
        "to": last,
        "seconds": round(time.process_time() - began, 1),
        "differences": sum(told.values()),
        "told": told,
        "untrue": [
            f"{says}  [python tests/differences.py --seed {seed}]"
            for seed, each in found.items()
            for says in each.untrue
        ],
    }


def _commit() -> str:
    told = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return told.stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main())

"""The differential test at length: cases by their seeds, in ranges, with what came of them added to a file.

``python tests/certify.py --from 0 --to 20000 --jobs 2 --out certify.jsonl`` goes on where the file ends: ranges that it
holds already, of the same commit, are left out. ``python tests/certify.py --seed N`` runs one case and tells all.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from differential.case import OF_ONE, Verdict, certify

#: cases of one line of the file, a multiple of those of one scenario
CHUNK = 5 * OF_ONE


def main() -> int:
    """Run what is asked for; 1 where something untrue was said."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--from", dest="first", type=int, default=0)
    ask.add_argument("--to", dest="last", type=int, default=1000)
    ask.add_argument("--jobs", type=int, default=1)
    ask.add_argument("--out", type=Path, default=Path("results/certify.jsonl"))
    ask.add_argument("--seed", type=int)
    asked = ask.parse_args()
    if asked.seed is not None:
        return _one(asked.seed)
    return _all(asked.first, asked.last, asked.jobs, asked.out)


def _one(seed: int) -> int:
    verdict = certify(seed)
    print(verdict.shape, "feasible" if verdict.feasible else "infeasible", dict(verdict.tried))
    for finding in verdict.findings:
        print(finding)
    return int(bool(verdict.findings))


def _all(first: int, last: int, jobs: int, out: Path) -> int:
    commit, done = _commit(), set()
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.exists():
        lines = [json.loads(line) for line in out.read_text().splitlines()]
        done = {(line["from"], line["to"]) for line in lines if line["commit"] == commit}
    chunks = [(n, min(n + CHUNK, last)) for n in range(first, last, CHUNK)]
    wrong = 0
    with ProcessPoolExecutor(jobs) as pool:
        for line in pool.map(_chunk, [chunk for chunk in chunks if chunk not in done]):
            with out.open("a") as file:
                file.write(json.dumps({"commit": commit, **line}) + "\n")
            wrong += len(line["findings"])
            for found in line["findings"]:
                print(found["say"], flush=True)
            print(f"{line['from']} to {line['to']}: {line['seconds']} s, {len(line['findings'])} untrue", flush=True)
    return int(wrong > 0)


def _chunk(span: tuple[int, int]) -> dict[str, Any]:
    began = time.process_time()
    verdicts = [certify(seed) for seed in range(*span)]
    tried: Counter[str] = sum((v.tried for v in verdicts), Counter())
    return {
        "from": span[0],
        "to": span[1],
        "seconds": round(time.process_time() - began, 1),
        "shapes": Counter(v.shape for v in verdicts),
        "infeasible": sum(not v.feasible for v in verdicts),
        "ways": tried,
        "findings": [finding for v in verdicts for finding in _told(v)],
    }


def _told(verdict: Verdict) -> list[dict[str, Any]]:
    again = f"python tests/certify.py --seed {verdict.seed}"
    return [
        {"seed": verdict.seed, "kind": f.kind, "way": f.way, "gap": f.gap,
         "say": f"{f.kind}: {f.way} at gap {f.gap:g}, {verdict.shape}: {f.detail}  [{again}]"}
        for f in verdict.findings
    ]  # fmt: skip


def _commit() -> str:
    told = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return told.stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main())

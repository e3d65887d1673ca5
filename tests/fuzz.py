"""The fuzzer at length: mutants by their seeds, in ranges, with what came of them added to a file.

``python tests/fuzz.py --to 100000 --jobs 2 --out results/fuzz.jsonl`` goes on where the file ends: ranges that it holds
already, of the same commit, are left out. ``--seed N`` tries one mutant, ``--save FOLDER`` writes its files there too.

Mutants are tried in processes that go on from one to the next. Each has ten seconds of the processor and a gigabyte
beyond what the process began with; one that takes more ends its process, is a finding, and a new process takes over.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from fuzzing.bases import all_made
from fuzzing.judge import Verdict, tried
from fuzzing.mutants import mutant

#: mutants of one line of the file
CHUNK = 250

#: limits of one mutant: seconds of the processor, seconds by the clock (for one that waits and does nothing), bytes
SECONDS, WAIT, BYTES = 10, 600.0, 2**30


def main() -> int:
    """Run what is asked for; 1 where there is a finding."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--from", dest="first", type=int, default=0)
    ask.add_argument("--to", dest="last", type=int, default=1000)
    ask.add_argument("--jobs", type=int, default=1)
    ask.add_argument("--out", type=Path, default=Path("results/fuzz.jsonl"))
    ask.add_argument("--seed", type=int)
    ask.add_argument("--save", type=Path)
    asked = ask.parse_args()
    if asked.seed is not None:
        return _one(asked.seed, asked.save)
    return _all(asked.first, asked.last, asked.jobs, asked.out)


def _one(seed: int, folder: Path | None) -> int:
    made = mutant(seed)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in {f"{seed}.xlsx": made.workbook, **made.beside}.items():
            (folder / name).write_bytes(content)
    (verdict,) = verdicts(seed, seed + 1)
    print(verdict)
    return int(verdict.ended == "wrong")


def _all(first: int, last: int, jobs: int, out: Path) -> int:
    commit, done = _commit(), set()
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.exists():
        lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        done = {(line["from"], line["to"]) for line in lines if line["commit"] == commit}
    spans = [(n, min(n + CHUNK, last)) for n in range(first, last, CHUNK)]
    wrong = 0
    with ThreadPoolExecutor(jobs) as threads:
        for line in threads.map(_line, [span for span in spans if span not in done]):
            with out.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"commit": commit, **line}) + "\n")
            wrong += len(line["findings"])
            for found in line["findings"]:
                print(found, flush=True)
            print(f"{line['from']} to {line['to']}: {line['seconds']} s, {len(line['findings'])} wrong", flush=True)
    return int(wrong > 0)


def _line(span: tuple[int, int]) -> dict[str, Any]:
    began, spent = time.monotonic(), [0.0]
    found = list(verdicts(*span, spent))
    return {
        "from": span[0],
        "to": span[1],
        "seconds": round(spent[0], 1),
        "by_the_clock": round(time.monotonic() - began),
        "ended": Counter(f"{v.kind} {v.ended}" for v in found),
        "findings": [f"{v.kind} {v.seed}: {v.seen}" for v in found if v.ended == "wrong"],
    }


def verdicts(first: int, last: int, spent: list[float] | None = None) -> Iterator[Verdict]:
    """Yield what comes of the mutants of a range; ``spent`` gathers the seconds of the processor."""
    all_made()
    while first < last:
        here, there = multiprocessing.Pipe()
        worker = multiprocessing.get_context("fork").Process(target=_work, args=(there, first, last), daemon=True)
        worker.start()
        there.close()
        try:
            while here.poll(WAIT):
                verdict, seconds = here.recv()
                first = verdict.seed + 1
                if spent is not None:
                    spent[0] += seconds
                yield verdict
        except EOFError:
            pass
        worker.kill()
        worker.join()
        if first < last:
            yield Verdict(first, mutant(first).kind, "wrong", f"ended its process with {worker.exitcode}")
            first += 1


def _work(there: Connection, first: int, last: int) -> None:
    gc.freeze()  # what was loaded before is not looked through again
    _limit_memory()
    for seed in range(first, last):
        began = time.process_time()
        _limit_seconds(began)
        verdict = tried(seed)
        there.send((verdict, time.process_time() - began))
    there.close()
    os._exit(0)


def _limit_memory() -> None:
    """Let the process have a gigabyte more than it has; only systems that can say how much that is."""
    status = Path("/proc/self/statm")
    if sys.platform != "win32" and status.exists():
        import resource

        has = int(status.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (has + BYTES, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _limit_seconds(began: float) -> None:
    """Have the system end the process when the next mutant takes too long, whatever it is doing."""
    if sys.platform != "win32":
        import resource

        most = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (int(began) + 1 + SECONDS, most))


def _commit() -> str:
    told = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return told.stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main())

"""Server-sent events: how far a job is, as long as somebody looks and until it is over."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType
from typing import Any

from starlette.concurrency import run_in_threadpool

from redesaude.serving.desk import Desk
from redesaude.serving.live import glance, told

_LOOK = 0.4
_NOTHING: Mapping[str, Any] = MappingProxyType({})


async def stream(desk: Desk, key: str, language: str) -> AsyncIterator[str]:
    """Yield events with what is new; the last one says that it is over."""
    offset, last = 0, _NOTHING
    while True:
        job = await run_in_threadpool(desk.store.job, key)
        seen = await run_in_threadpool(glance, desk.home, job, offset, last)
        offset, last = seen.until, seen.last
        shown = await run_in_threadpool(told, desk.home, desk.store, seen, language)
        yield f"data: {json.dumps(shown)}\n\n"
        if job.over:
            return
        await asyncio.sleep(_LOOK)

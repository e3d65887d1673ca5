"""The part of the interface that looks for other plans beside one in hand, and opens them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Path
from pydantic import BaseModel, Field

from redesaude.serving.desk import Desk
from redesaude.serving.forms import Where

_MOST_POINTS = 12


class FrontierForm(BaseModel):
    """Shares of cases within the standard, in percent and after commas, and seconds for each of them."""

    shares: str = Field("80, 85, 90, 95", max_length=100)
    seconds: float = Field(60.0, ge=1, le=86_400)

    def wanted(self) -> list[float]:
        """Return the shares as parts of one; 422 where they are none."""
        try:
            found = [float(word.strip().removesuffix("%")) / 100.0 for word in self.shares.split(",") if word.strip()]
        except ValueError:
            found = []
        if not 0 < len(found) <= _MOST_POINTS or not all(0.0 <= share <= 1.0 for share in found):
            raise HTTPException(422, f"shares: percentages from 0 to 100 after commas, at most {_MOST_POINTS}")
        return found


class AlternativesForm(BaseModel):
    """How many plans are looked for, how much dearer than the best in percent, and seconds for all of them."""

    count: int = Field(5, ge=2, le=20)
    within: float = Field(5.0, ge=0, le=100)
    seconds: float = Field(120.0, ge=1, le=86_400)


def plans_beside(api: APIRouter, desk: Desk) -> None:
    """Add its routes."""

    @api.post("/jobs/{key}/frontier")
    def frontier(key: str, asked: Annotated[FrontierForm, Form()]) -> Where:
        job = desk.frontier(key, asked.wanted(), {"seconds": asked.seconds})
        return Where(key=job.key, location=f"/plans/{job.key}")

    @api.post("/jobs/{key}/alternatives")
    def alternatives(key: str, asked: Annotated[AlternativesForm, Form()]) -> Where:
        options = {"count": asked.count, "within": asked.within / 100, "seconds": asked.seconds}
        job = desk.alternatives(key, options)
        return Where(key=job.key, location=f"/plans/{job.key}")

    @api.post("/jobs/{key}/plans/{number}")
    def opened(key: str, number: Annotated[int, Path(ge=0, le=1_000)]) -> Where:
        job = desk.opened(key, number)
        return Where(key=job.key, location=f"/runs/{job.key}")

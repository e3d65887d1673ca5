"""Distances on the sphere."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from redesaude_models.arrays import Floats

EARTH_RADIUS_KM = 6371.0088
"""mean radius of the Earth (IUGG)"""


def great_circle_km(
    latitude: ArrayLike, longitude: ArrayLike, other_latitude: ArrayLike, other_longitude: ArrayLike
) -> Floats:
    """Return the haversine distance in km; degrees in, arrays broadcast against each other."""
    phi, lam, other_phi, other_lam = (
        np.radians(np.asarray(a, dtype=float)) for a in (latitude, longitude, other_latitude, other_longitude)
    )
    chord = np.sin((other_phi - phi) / 2) ** 2 + np.cos(phi) * np.cos(other_phi) * np.sin((other_lam - lam) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0))))

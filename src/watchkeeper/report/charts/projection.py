"""Projection: Equal Earth, so that a large land looks large because it is.

The map is cut at 169 degrees west, in the Bering Strait, so that no State is cut in two.
Source: Savric, Patterson and Jenny, "The Equal Earth map projection", 2018.
"""

from __future__ import annotations

import math

from watchkeeper.report.drawing import Point

CENTRE_LON = 11.0

_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_M = math.sqrt(3) / 2


def equal_earth(lon: float, lat: float) -> Point:
    """Return x to the right and y upward of a point, on a sphere of radius 1.

    Args:
        lon: Degrees east; it may pass 180 where a ring runs on across that meridian.
        lat: Degrees north.
    """
    theta = math.asin(_M * math.sin(math.radians(lat)))
    t2 = theta * theta
    t6 = t2 * t2 * t2
    slope = _A1 + 3 * _A2 * t2 + t6 * (7 * _A3 + 9 * _A4 * t2)
    x = math.radians(lon - CENTRE_LON) * math.cos(theta) / (_M * slope)
    return x, theta * (_A1 + _A2 * t2 + t6 * (_A3 + _A4 * t2))


def turns(lons: tuple[float, ...]) -> float:
    """Return what to add to these longitudes to bring them, as one, to the side of the cut where most of them lie."""
    middle = (min(lons) + max(lons)) / 2 - CENTRE_LON
    return -360.0 * math.floor((middle + 180) / 360)

"""Cut the outlines of Europe out of a world atlas, and write ``definitions/outlines/europe.json``; run by hand, once an atlas.

The atlas is the TopoJSON file ``countries-50m.json`` of the package ``world-atlas`` (2.0.2), a copy of Natural Earth 4.1.0,
1:50m, which is in the public domain::

    python packaging/outlines.py countries-50m.json

Arcs are thinned before rings are put together, so that neighbours keep one border; rings are then cut at the frame.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

TARGET = Path(__file__).parents[1] / "src/compendium/study/definitions/outlines/europe.json"
WEST, SOUTH, EAST, NORTH = FRAME = (-26.0, 30.0, 80.0, 77.0)
THIN = 0.03  # degrees that a point may lie off the line that leaves it out
LEAST = 0.02  # square degrees: smaller islands are left out, but the largest ring of a country stays
DIGITS = 2

CODES = {
    "008": "AL", "020": "AD", "040": "AT", "056": "BE", "070": "BA", "100": "BG", "112": "BY", "191": "HR", "196": "CY",
    "203": "CZ", "208": "DK", "233": "EE", "234": "FO", "246": "FI", "248": "AX", "250": "FR", "276": "DE", "300": "GR",
    "336": "VA", "348": "HU", "352": "IS", "372": "IE", "380": "IT", "428": "LV", "438": "LI", "440": "LT", "442": "LU",
    "470": "MT", "492": "MC", "498": "MD", "499": "ME", "528": "NL", "578": "NO", "616": "PL", "620": "PT", "642": "RO",
    "643": "RU", "674": "SM", "688": "RS", "703": "SK", "705": "SI", "724": "ES", "752": "SE", "756": "CH", "792": "TR",
    "804": "UA", "807": "MK", "826": "GB", "831": "GG", "832": "JE", "833": "IM",
}  # fmt: skip
"""ISO 3166-1, numeric -> alpha-2, of the countries that the frame holds; other land has no code."""

Point = tuple[float, float]
Ring = list[Point]


def main(atlas: Path) -> None:
    """Read the atlas, write the outlines, say how large they are."""
    content = json.loads(atlas.read_text(encoding="utf-8"))
    arcs = [thinned(arc) for arc in decoded(content)]
    places: dict[str, list[list[list[float]]]] = {}
    for country in content["objects"]["countries"]["geometries"]:
        rings = [closed([arcs[at] if at >= 0 else arcs[~at][::-1] for at in ring]) for ring in rings_of(country)]
        kept = [ring for ring in map(framed, map(unwrapped, rings)) if len(ring) > 3]
        if not kept:
            continue
        largest = max(map(area, kept))
        shown = [ring for ring in kept if area(ring) >= LEAST or area(ring) == largest]
        code = CODES.get(country.get("id", ""), "")
        places.setdefault(code, []).extend([[[round(x, DIGITS), round(y, DIGITS)] for x, y in ring] for ring in shown])
    told = {
        "source": "Natural Earth 4.1.0, Admin 0 countries, 1:50m, by way of the package world-atlas 2.0.2",
        "licence": "public domain",
        "done": f"cut to {FRAME}, thinned by {THIN} degrees, islands under {LEAST} square degrees left out",
        "frame": FRAME,
        "places": dict(sorted(places.items())),
    }
    TARGET.write_text(json.dumps(told, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(places)} places, {sum(map(len, places.values()))} rings, {TARGET.stat().st_size / 1000:.0f} kB")


def decoded(content: dict[str, object]) -> list[Ring]:
    """Return the arcs in degrees: in the file each point is the step from the one before, in whole units."""
    transform: dict[str, list[float]] = content["transform"]  # type: ignore[assignment]
    (sx, sy), (tx, ty) = transform["scale"], transform["translate"]
    found = []
    for arc in content["arcs"]:  # type: ignore[attr-defined]
        x = y = 0
        ring: Ring = []
        for step in arc:
            x, y = x + step[0], y + step[1]
            ring.append((x * sx + tx, y * sy + ty))
        found.append(ring)
    return found


def rings_of(country: dict[str, object]) -> list[list[int]]:
    """Return the rings of a country as lists of arcs."""
    arcs = country["arcs"]
    polygons = arcs if country["type"] == "MultiPolygon" else [arcs]
    return [ring for polygon in polygons for ring in polygon]  # type: ignore[attr-defined]


def closed(parts: list[Ring]) -> Ring:
    """Join arcs into one ring; each begins where the one before ends."""
    return [*parts[0], *(point for part in parts[1:] for point in part[1:])]


def thinned(arc: Ring) -> Ring:
    """Leave out points that lie near the line between those that stay (Douglas and Peucker 1973); ends stay."""
    if len(arc) < 3:
        return arc
    (ax, ay), (bx, by) = arc[0], arc[-1]
    length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5

    def off(point: Point) -> float:
        x, y = point
        if length == 0:
            return ((x - ax) ** 2 + (y - ay) ** 2) ** 0.5
        return abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length

    at = max(range(1, len(arc) - 1), key=lambda one: off(arc[one]))
    if off(arc[at]) <= THIN and length > 0:
        return [arc[0], arc[-1]]
    return [*thinned(arc[: at + 1]), *thinned(arc[at:])[1:]]


def framed(ring: Ring) -> Ring:
    """Cut a ring at the four sides of the frame, one after another (Sutherland and Hodgman 1974)."""
    sides: list[tuple[int, float, Callable[[float, float], bool]]] = [
        (0, WEST, float.__ge__), (0, EAST, float.__le__), (1, SOUTH, float.__ge__), (1, NORTH, float.__le__),
    ]  # fmt: skip
    for axis, border, is_inside in sides:
        kept: Ring = []
        for before, point in zip([ring[-1], *ring[:-1]], ring, strict=True) if ring else ():
            if is_inside(point[axis], border) != is_inside(before[axis], border):
                share = (border - before[axis]) / (point[axis] - before[axis])
                cross = tuple(b + share * (p - b) for b, p in zip(before, point, strict=True))
                kept.append(cross)  # type: ignore[arg-type]
            if is_inside(point[axis], border):
                kept.append(point)
        ring = kept
    return [*ring, ring[0]] if ring and ring[0] != ring[-1] else ring


def unwrapped(ring: Ring) -> Ring:
    """Let a ring that lies across the date line go on beyond 180 degrees, or it would be drawn across the world."""
    wide = max(x for x, _ in ring) - min(x for x, _ in ring) > 180
    return [(x + 360 if x < 0 else x, y) for x, y in ring] if wide else ring


def area(ring: Ring) -> float:
    """Return the area of a ring, in square degrees."""
    return abs(sum(x * v - u * y for (x, y), (u, v) in pairwise(ring))) / 2


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""The colours of every page and figure, defined once, in a light and a dark version; pure data, nothing imported.

Figures are drawn with the light version; each drawn colour also carries its name as a class, so that the style sheet
of a page can replace it by the dark one. Colour is never the only channel: ``MARKERS`` and ``HATCHES`` run in the same
order as the series.

Notes
-----
Every colour that carries text or a mark stands at 4.5 : 1 or more against the ground of its version (WCAG 2.2, 1.4.3);
the test of the palette computes it. The series follow the hues of Okabe and Ito (2008), darkened or lightened until
they reach that contrast.

References
----------
Okabe, M. and Ito, K. (2008). Color Universal Design: how to make figures and presentations that are friendly to
colorblind people. https://jfly.uni-koeln.de/color/
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

LIGHT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ground": "#ffffff",
        "panel": "#f3f6f9",
        "ink": "#1c2530",
        "muted": "#55616f",
        "grid": "#d3dae2",
        "accent": "#0b5f8a",
        "notice": "#fff3d9",
        "notice-ink": "#4a3300",
        "alarm": "#fdeceb",
        "alarm-ink": "#7c1d18",
        "series-1": "#0a5e89",
        "series-2": "#b0450b",
        "series-3": "#1d7653",
        "series-4": "#7a3e91",
        "series-5": "#856000",
        "series-6": "#4b5563",
    }
)

DARK: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ground": "#13171c",
        "panel": "#1c232b",
        "ink": "#e8ecf1",
        "muted": "#aab5c1",
        "grid": "#3a444f",
        "accent": "#7cc0ea",
        "notice": "#35290f",
        "notice-ink": "#f6e2b3",
        "alarm": "#3b1a18",
        "alarm-ink": "#f7c9c5",
        "series-1": "#6bb7e6",
        "series-2": "#f0935b",
        "series-3": "#6dcfa0",
        "series-4": "#c99ce0",
        "series-5": "#d8b04b",
        "series-6": "#b4bdc8",
    }
)

SERIES: Final = tuple(name for name in LIGHT if name.startswith("series-"))
MARKERS: Final = ("o", "s", "^", "D", "v", "P")
HATCHES: Final = ("", "///", "...", "xxx", "\\\\\\", "---")


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours.

    Parameters
    ----------
    first, second : str
        Colours as ``#rrggbb``.

    Returns
    -------
    float
        Ratio from 1 (the same) to 21 (black on white).

    References
    ----------
    W3C (2023). Web Content Accessibility Guidelines 2.2, definitions of contrast ratio and relative luminance.
    """
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

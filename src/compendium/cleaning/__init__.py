"""Which answers count, and what becomes of values that cannot be: ordered rules, each logged with its count and reason.

Whole answers are *excluded* (withdrawn, no consent, sent twice, not eligible, broken off, too fast, the same answer
throughout); single values are *set missing* (not asked, out of range, made impossible by another answer, refused, shares
that do not add up), *scaled* (shares that nearly do), *recoded* (a status in the respondent's own words) or *put right*
(known spellings). Nothing is imputed here: a value that is not there stays missing. Thresholds belong to the
questionnaire, not to this room.
"""

from .log import exclusions
from .ready import clean, pool
from .repair import put_right
from .rules import decide

__all__ = ["clean", "decide", "exclusions", "pool", "put_right"]

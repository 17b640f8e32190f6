"""Show what goes with what: exposures and an outcome, their weights and interplay, resources, calls for projects."""

from .calls import calls_linked, calls_paid, calls_said, calls_table, calls_tables, ways_table
from .interplay import buffer_table, buffers, interplay, interplay_said, interplay_table
from .together import association_table, associations, same_form, strongest, weights, weights_said

__all__ = [
    "association_table",
    "associations",
    "buffer_table",
    "buffers",
    "calls_linked",
    "calls_paid",
    "calls_said",
    "calls_table",
    "calls_tables",
    "interplay",
    "interplay_said",
    "interplay_table",
    "same_form",
    "strongest",
    "ways_table",
    "weights",
    "weights_said",
]

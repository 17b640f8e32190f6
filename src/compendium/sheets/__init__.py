"""What a page shows: each sheet puts the results of one room into figures, tables and sentences, in one language.

A notebook opens a sheet and shows its parts one by one. ``intake`` is for collection, ``screening`` for cleaning,
``profiles`` for the typology, ``countries`` (answers), ``factsheet``, ``published`` and ``law`` (facts) for the
comparison, ``risks`` and ``outcomes`` for the diagnosis.
"""

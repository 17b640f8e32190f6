"""Fresh official tables: Eurostat's three file formats, and what a study takes of them.

Files lie in ``raw/context/eurostat`` as they were downloaded and are never changed. ``raw/context/eurostat.yml`` declares
which cells of which dataset are which indicator of the study. :mod:`.extract` says what a file is, whatever its format;
:mod:`.tsv`, :mod:`.sdmx_csv` and :mod:`.jsonstat` read one format each; :mod:`.declaration` reads the declaration;
:mod:`.selection` takes the declared cells; :mod:`.ledger` holds them against the study's own values; :mod:`.merging` puts
them in their place and cuts the line where two extracts meet. Whatever is not declared stops with one sentence that names file and place.
"""

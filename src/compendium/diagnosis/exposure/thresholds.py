"""Published thresholds, where a published instrument was asked: how many persons lie on which side of them."""

from collections.abc import Iterator, Sequence

from ...instrument_scores import classify
from ...instrument_scores.scores import column
from ...persons import Persons, Row, estimate_row
from ...study.elements import Used

THRESHOLD = "class"
"""What the classes of a cut-off are a breakdown by."""
BORROWED = "borrowed"
"""Flag of a threshold that was established in other countries."""
DOUBT, SURE = "to verify", "computed"


def threshold_rows(persons: Persons, instruments: Sequence[Used], country: str = "") -> Iterator[Row]:
    """Yield the share of persons in each class of every published cut-off of the instruments that were asked.

    Parameters
    ----------
    persons : Persons
        Answers with the scores of the instruments.
    instruments : sequence of Used
        What the study asks.
    country : str
        Where the persons live; empty for several countries.

    Yields
    ------
    dict
        Rows with the score's column in ``indicator``, the class in ``group``, the cut-off in ``threshold_id``, its reference
        in ``source``, ``confidence`` "to verify" where a limit is not read in its source, and in ``caveat`` on whom it was
        established. Cut-offs at quantiles of these very answers are left out: the share that they mark is fixed beforehand.
    """
    for used in instruments:
        instrument = used.instrument
        for cut_off in instrument.cut_offs.values():
            name = column(instrument, cut_off.dimension)
            if name not in persons.answers or persons.answers[name].notna().sum() == 0:
                continue
            classed = classify(persons.answers[name], cut_off, country)
            if classed["is_sample_based"].any():
                continue
            is_known = classed["code"].notna()
            for code in [*(one.code for one in cut_off.thresholds), cut_off.otherwise]:
                flags = (classed["code"] == code).astype("boolean").where(is_known)
                ((_, found),) = persons.estimate(flags)
                limits = classed[classed["code"] == code]
                # who meets no class still has its reference: that of the cut-off's limits
                reference = limits["reference"].iloc[0] if len(limits) else cut_off.thresholds[0].reference
                sure = bool(len(limits)) and limits["confidence"].iloc[0] == "sourced"
                yield {
                    **estimate_row(found, 100),
                    "indicator": name,
                    "group_by": THRESHOLD,
                    "group": code,
                    "method": "share",
                    "unit": "%",
                    "threshold_id": cut_off.id,
                    "estimand": "share of persons in a class of a published threshold",
                    "source": reference,
                    "confidence": SURE if sure else DOUBT,
                    "flag": BORROWED if classed["is_borrowed"].any() else "",
                    "caveat": "; ".join(filter(None, [cut_off.population, cut_off.self_employed])),
                }

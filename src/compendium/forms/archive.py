"""Office files with the same bytes every time: they are zip archives, and writers put the hour into them."""

import io
import re
import zipfile
from typing import Final

_MOMENT: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(?=<)")
_FIXED: Final = b"2000-01-01T00:00:00Z"


def steady(content: bytes) -> bytes:
    """Return an ``.xlsx`` or ``.docx`` without the hour at which it was written.

    Parameters
    ----------
    content : bytes
        The file as its writer made it.

    Returns
    -------
    bytes
        The same parts in the same order, each with the same date.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = _MOMENT.sub(rb"\g<1>" + _FIXED, part)
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, part)
    return buffer.getvalue()

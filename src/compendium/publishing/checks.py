"""What every page must hold before it goes out; each fault is one sentence."""

from __future__ import annotations

from html.parser import HTMLParser

_LOADS = ("src", "srcset", "poster", "data", "background", "action")
_PLACEHOLDER = "no description has been provided"


def faults(html: str, script: str = "") -> list[str]:
    """Return what keeps a page from being readable by everyone, or from working without network.

    Parameters
    ----------
    html : str
        A whole page.
    script : str
        The one script that it may run.

    Returns
    -------
    list of str
        One sentence a fault, empty for a page that may go out: language, one ``h1``, headings in order, unique ids,
        alternative texts, tables with caption and header scope, inputs with a label, no script, no style attribute
        (the content policy would drop it), nothing loaded from elsewhere.
    """
    reader = _Reader(script)
    reader.feed(html)
    reader.close()
    return reader.faults()


class _Reader(HTMLParser):
    def __init__(self, script: str) -> None:
        super().__init__()
        self._script, self._is_script = script, False
        self._faults: list[str] = []
        self._ids: set[str] = set()
        self._twice: list[str] = []
        self._targets: list[str] = []
        self._headings: list[int] = []
        self._tables: list[bool] = []
        self._labels = 0
        self._labelled: set[str] = set()
        self._inputs: list[tuple[str, str]] = []
        self._has_language = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self._look_at_attributes(tag, found)
        match tag:
            case "html":
                self._has_language = bool(found.get("lang"))
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                self._headings.append(int(tag[1]))
            case "script" if self._script and not found:
                self._is_script = True
            case "script" | "iframe" | "object" | "embed" | "form":
                self._faults.append(f"holds <{tag}>; pages run and embed nothing")
            case "img":
                self._alternative(tag, found.get("alt", "" if "alt" in found else _PLACEHOLDER))
            case "svg":
                self._alternative(tag, found.get("aria-label", ""), needed=found.get("aria-hidden") != "true")
            case "label":
                self._labels += 1
                self._labelled.add(found.get("for", ""))
            case "input" if not self._labels and not {"aria-label", "aria-labelledby"} & found.keys():
                self._inputs.append((found.get("id", ""), found.get("name", "")))
            case "table":
                self._tables.append(False)
            case "caption" if self._tables:
                self._tables[-1] = True
            case "th" if "scope" not in found:
                self._faults.append("holds a table header without scope")

    def handle_data(self, data: str) -> None:
        if self._is_script and data != self._script:
            self._faults.append("holds a script that is not the one it may run")

    def handle_endtag(self, tag: str) -> None:
        self._is_script = False
        self._labels -= tag == "label"
        if tag == "table" and self._tables and not self._tables.pop():
            self._faults.append("holds a table without caption")

    def _alternative(self, tag: str, text: str, needed: bool = True) -> None:
        if needed and ((not text.strip() and tag == "svg") or _PLACEHOLDER in text.lower()):
            self._faults.append(f"holds <{tag}> without alternative text")

    def _look_at_attributes(self, tag: str, found: dict[str, str]) -> None:
        name = found.get("id")
        if name is not None:
            if name in self._ids:
                self._twice.append(name)
            self._ids.add(name)
        if "style" in found:
            self._faults.append(f"holds a style attribute on <{tag}>: {found['style'][:60]!r}")
        self._faults += [f"runs a script on {key} of <{tag}>" for key in found if key.startswith("on")]
        loads = [found[key] for key in _LOADS if key in found]
        if tag == "link":
            loads.append(found.get("href", ""))
        self._faults += [f"loads {address[:80]!r}" for address in loads if not address.startswith("data:")]
        href = found.get("href", "")
        if href.startswith("#"):
            self._targets.append(href[1:])
        if href.lower().lstrip().startswith("javascript:"):
            self._faults.append(f"holds a link that runs a script: {href[:60]!r}")

    def faults(self) -> list[str]:
        found = list(self._faults)
        if self._twice:
            more = f", and {len(self._twice) - 1} more" if len(self._twice) > 1 else ""
            found.append(f"holds the id {self._twice[0]!r} twice{more}")
        if not self._has_language:
            found.append("does not say its language")
        if self._headings.count(1) != 1:
            found.append(f"has {self._headings.count(1)} headings of the first level; exactly one is legal")
        steps = zip([0, *self._headings], self._headings, strict=False)
        found += [f"goes from heading {before} to heading {after}" for before, after in steps if after > before + 1]
        found += [
            f"holds the input {name!r} without a label" for id, name in self._inputs if id not in self._labelled - {""}
        ]
        found += [f"links to #{name}, which it does not hold" for name in self._targets if name not in self._ids]
        return found

"""Pages: nothing hidden, nothing loaded, readable by everyone, in the language of the page."""

import re
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from minichain import write_study
from test_tables import COMMON, EN, shares

from compendium import paths, reading, results
from compendium.errors import ChainError
from compendium.figures import intervals
from compendium.publishing.checks import faults
from compendium.publishing.export import export
from compendium.publishing.style import policy, style
from compendium.tables import estimates

BANNER = '<p class="origin origin-synthetic" role="note">Synthetic answers</p>'
NAME = "02_cleaning"


def html_cell(html: str, *, kind: str = "execute_result", tags: tuple[str, ...] = ()) -> nbformat.NotebookNode:
    """Return an executed cell that shows a piece of HTML."""
    data = {"text/plain": "plain twin", "text/html": html}
    output = nbformat.v4.new_output(kind, data=data, **({"execution_count": 1} if kind == "execute_result" else {}))
    return nbformat.v4.new_code_cell("secret_source()", outputs=[output], metadata={"tags": list(tags)})


def prose(source: str) -> nbformat.NotebookNode:
    """Return a cell of prose."""
    return nbformat.v4.new_markdown_cell(source)


class Press:
    """A study with one executed notebook, and its page."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "study"
        write_study(self.folder)
        self.page = paths.page(self.folder, "AA", "2026", "en", NAME)
        self.publish(shares())

    def publish(self, frame: pd.DataFrame) -> None:
        reading.write_parquet(paths.published(self.folder, "AA", "2026", "en", NAME), frame)

    def __call__(self, *cells: nbformat.NotebookNode) -> str:
        executed = paths.executed(self.folder, "AA", "2026", "en", NAME)
        executed.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(nbformat.v4.new_notebook(cells=[prose("# A title\n\nSome prose."), *cells]), executed)
        export(executed, self.page, study=self.folder, unit="AA", wave="2026", language="en")
        return self.page.read_text(encoding="utf-8")


@pytest.fixture
def press(tmp_path: Path) -> Press:
    """Return a press for one page."""
    return Press(tmp_path)


def test_a_page_shows_prose_tables_and_figures_without_fault(press: Press) -> None:
    table = estimates(shares(), rows="group", caption="Exposed", t=EN)._repr_html_()
    figure = intervals(shares(), y="group", t=EN, title="Exposed")._repr_html_()
    html = press(html_cell(BANNER), html_cell(table), html_cell(figure, kind="display_data"))
    assert faults(html) == []
    assert '<html lang="en">' in html
    assert "<h1>A title</h1>" in html.replace(' id="A-title"', "")
    assert table in html and figure in html


def test_source_prompts_and_plain_twins_stay_out(press: Press) -> None:
    html = press(html_cell(BANNER), html_cell("<p>shown</p>"))
    assert "<p>shown</p>" in html
    for hidden in ("secret_source", "plain twin", "In [", "Out[", "¶"):
        assert hidden not in html


@pytest.mark.parametrize("tag", ["parameters", "injected-parameters", "explore"])
def test_tagged_cells_are_left_out(press: Press, tag: str) -> None:
    assert "left out" not in press(html_cell(BANNER), html_cell("<p>left out</p>", tags=(tag,)))


def test_nothing_is_loaded_and_the_policy_allows_nothing_but_the_style_of_the_page(press: Press) -> None:
    html = press(html_cell(BANNER))
    assert re.search(r"<style>(.*?)</style>", html, re.DOTALL)[1] == style()  # type: ignore[index]
    assert policy().startswith("default-src 'none'; style-src 'sha256-")
    assert re.search(r'http-equiv="Content-Security-Policy" content="default-src', html)
    assert not re.search(r'(src|href)="(https?:)?//', html) and "@import" not in html and "url(http" not in html


def test_a_warning_stops_the_page_with_its_cell(press: Press) -> None:
    warned = nbformat.v4.new_code_cell(
        "count()", outputs=[nbformat.v4.new_output("stream", name="stderr", text="Deprecated\n")]
    )
    with pytest.raises(ChainError, match=r"code cell 2 of the page \('count\(\)'\) warned: Deprecated"):
        press(html_cell(BANNER), warned)
    assert not press.page.exists()


def test_a_picture_without_alternative_text_stops_the_page(press: Press) -> None:
    picture = nbformat.v4.new_output("display_data", data={"image/png": "aGk=", "text/plain": "<Figure>"})
    with pytest.raises(ChainError, match="without alternative text"):
        press(html_cell(BANNER), nbformat.v4.new_code_cell("plot()", outputs=[picture]))


def test_a_widget_outside_an_explore_cell_stops_the_page(press: Press) -> None:
    data = {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}, "text/plain": "HBox()"}
    with pytest.raises(ChainError, match="tag the cell 'explore'"):
        press(
            html_cell(BANNER),
            nbformat.v4.new_code_cell("box", outputs=[nbformat.v4.new_output("display_data", data=data)]),
        )


def test_synthetic_numbers_without_their_banner_stop_the_page(press: Press) -> None:
    with pytest.raises(ChainError, match="synthetic, but no banner"):
        press(html_cell("<p>no banner</p>"))


def test_country_facts_need_no_banner(press: Press) -> None:
    press.publish(results.make([{"group": "a", "estimate": 1.0}], **{**COMMON, "origin": "context"}))
    assert "no banner" in press(html_cell("<p>no banner</p>"))


@pytest.mark.parametrize(
    ("piece", "fault"),
    [
        ("<script>1</script>", "holds <script>"),
        ('<img src="https://x.example/a.png" alt="a">', "loads 'https"),
        ("<table><tr><td>1</td></tr></table>", "table without caption"),
        ("<table><caption>c</caption><tr><th>a</th></tr></table>", "header without scope"),
        ("<p style='color: red'>x</p>", "style attribute"),
        ('<p onclick="x()">x</p>', "runs a script"),
        ("<svg></svg>", "<svg> without alternative text"),
        ("<h4>deep</h4>", "from heading 1 to heading 4"),
        ("<h1>again</h1>", "2 headings of the first level"),
        ('<p id="a"></p><p id="a"></p>', "id 'a' twice"),
        ('<a href="javascript:x()">x</a>', "link that runs a script"),
    ],
)
def test_what_not_everyone_can_read_stops_the_page(press: Press, piece: str, fault: str) -> None:
    with pytest.raises(ChainError, match=re.escape(fault)):
        press(html_cell(BANNER), html_cell(piece))
    assert not press.page.exists()


def test_markup_in_prose_and_output_is_text(press: Press) -> None:
    shown = nbformat.v4.new_output("stream", name="stdout", text="<script>1</script>")
    html = press(
        html_cell(BANNER), prose("A <script>2</script> word."), nbformat.v4.new_code_cell("x", outputs=[shown])
    )
    assert html.count("&lt;script&gt;") == 2


def test_the_same_notebook_gives_the_same_bytes(press: Press) -> None:
    assert press(html_cell(BANNER)) == press(html_cell(BANNER))


def test_light_dark_print_and_phone_are_in_the_style() -> None:
    for rule in ("prefers-color-scheme: dark", "@media print", "@media (max-width", ".stroke-series-1"):
        assert rule in style()

"""What a study does not show is said once, with the sections it holds for."""

import nbformat
import pytest

from compendium import text
from compendium.publishing.gaps import gather

GAP, OTHER = '<p class="gap">Not asked.</p>', '<p class="gap">Too few.</p>'


def _page(*parts: str) -> list[nbformat.NotebookNode]:
    """Make the cells of a page: prose, or what a cell shows where it is HTML."""
    cells = []
    for part in parts:
        if part.startswith("<"):
            cell = nbformat.v4.new_code_cell()
            cell.outputs = [nbformat.v4.new_output("display_data", {"text/html": part})]
        else:
            cell = nbformat.v4.new_markdown_cell(part)
        cells.append(cell)
    return cells


def _shown(cells: list[nbformat.NotebookNode], language: str = "en") -> list[str]:
    found = gather(cells, text.load(language))
    return [one.source if one.cell_type == "markdown" else one.outputs[0]["data"]["text/html"] for one in found]


def test_sections_that_only_repeat_a_gap_are_named_where_it_was_said_first() -> None:
    page = _page("# T", "## A\n\nWhy.", GAP, "## B\n\nMore.", GAP, "And.", GAP, "## C", "<table></table>", "## D", GAP)
    assert _shown(page) == [
        "# T",
        "## A\n\nWhy.",
        GAP,
        '<p class="gap">The same holds for: B; D.</p>',
        "## C",
        "<table></table>",
    ]


def test_the_line_is_in_the_language_of_the_page() -> None:
    assert '<p class="gap">Il en va de même pour : B.</p>' in _shown(_page("## A", GAP, "## B", GAP), "fr")


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(("## A", GAP, "## B", GAP, "<table></table>"), id="something is shown beside the gap"),
        pytest.param(("## A", GAP, "## B", OTHER), id="another reason"),
        pytest.param(("## A", GAP, "## B", GAP, OTHER), id="one more reason"),
        pytest.param(("## A", GAP, "## B\n\nProse without any display."), id="nothing was to be shown"),
        pytest.param(("## A", GAP, "<table></table>", "## B", GAP), id="said first beside a table"),
    ],
)
def test_a_section_that_says_anything_else_stays(page: tuple[str, ...]) -> None:
    assert _shown(_page(*page)) == list(page)


def test_a_heading_whose_parts_all_went_goes_too() -> None:
    page = _page("## A", GAP, "## B", "### B1", GAP, "### B2", GAP, "## C", OTHER)
    assert _shown(page) == ["## A", GAP, '<p class="gap">The same holds for: B1; B2.</p>', "## C", OTHER]


def test_a_heading_with_words_of_its_own_stays() -> None:
    page = _page("## A", GAP, "## B\n\nWords.", "### B1", GAP, "## C", OTHER)
    assert "## B\n\nWords." in _shown(page)

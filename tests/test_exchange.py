"""REFI-QDA: what we hold comes back whole, files of other programs are read, hostile ones are refused in a sentence."""

import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from compendium.errors import AnswersError
from compendium.qualitative.exchange import faults, read_codebook, read_project, write_codebook, write_project
from compendium.qualitative.exchange.package import PROJECT_FILE, parsed
from compendium.qualitative.exchange.parts import CODEBOOK, PROJECT, guid
from compendium.qualitative.material import OF_DOCUMENT, OF_SEGMENT, Material, checked
from compendium.study.voices import load_codebook

# Letters of two bytes, a sign beyond U+FFFF, both kinds of line ends, quotes and a tab: positions must survive all of them.
TEXT = 'Seule à l\'atelier 🎭.\r\nPersonne à qui "demander" <ça>.\n\tLes prix & les contrats.'
G1, G2, G3, G4, G5 = (f"{n}0000000-0000-4000-8000-00000000000{n}" for n in range(1, 6))


@pytest.fixture(scope="module")
def material() -> Material:
    documents = pd.DataFrame(
        [
            ("i01", "interview", "p01", "active", "fr", "2026-10-01", "quote", "ana;ben", TEXT),
            ("n01", "observation", "n01", "", "en", "", "none", "ana", "A quiet room. Nobody speaks of prices."),
        ],
        columns=list(OF_DOCUMENT),
    )
    at = TEXT.index("Personne")
    segments = pd.DataFrame(
        [
            ("i01", "0", "19", "ana", "isolation", "isolation"),
            ("i01", "0", "19", "ben", "risk", ""),
            ("i01", str(at), str(at + 8), "ana", "isolation", ""),
            ("n01", "2", "7", "ana", "risk", "systemic_factors"),
        ],
        columns=list(OF_SEGMENT),
    )
    return checked(Material(documents, segments), load_codebook())


def packed(folder: Path, project: str, **sources: bytes) -> Path:
    """Write a package as another program would."""
    path = folder / "theirs.qdpx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(PROJECT_FILE, project)
        for name, content in sources.items():
            package.writestr(f"Sources/{name}.txt", content)
    return path


def project(inside: str, codes: str = "", head: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    codes = codes or f'<Code guid="{G1}" name="Isolement" isCodable="true"/>'
    return (
        f'{head}<Project name="p" origin="theirs" xmlns="{PROJECT}"><Users><User guid="{G2}" name="Somebody"/></Users>'
        f"<CodeBook><Codes>{codes}</Codes></CodeBook><Sources>{inside}</Sources></Project>"
    )


def source(text: str, start: object, end: object, *, path: str = "a.txt", target: str = G1) -> str:
    inside = f"<PlainTextContent>{text}</PlainTextContent>" if text else ""
    own = "" if text else f' plainTextPath="internal://{path}"'
    return (
        f'<TextSource guid="{G3}" name="Talk with Somebody"{own}>{inside}<PlainTextSelection guid="{G4}" startPosition="{start}" '
        f'endPosition="{end}"><Coding guid="{G5}" creatingUser="{G2}"><CodeRef targetGUID="{target}"/></Coding></PlainTextSelection>'
        "</TextSource>"
    )


def test_what_we_hold_comes_back_whole_and_the_same_bytes_come_twice(material, tmp_path):
    content = write_project(material, load_codebook(), "Voices", "fr")
    assert content == write_project(material, load_codebook(), "Voices", "fr")
    path = tmp_path / "voices.qdpx"
    path.write_bytes(content)
    back = read_project(path, load_codebook(), "FR")
    pd.testing.assert_frame_equal(back.material.documents, material.documents)
    order = list(OF_SEGMENT)
    pd.testing.assert_frame_equal(
        back.material.segments.sort_values(order, ignore_index=True),
        material.segments.sort_values(order, ignore_index=True),
    )
    assert back.left_out == ("texts with signs beyond U+FFFF (their positions are taken as characters): 1",)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        root = parsed(package.read(PROJECT_FILE), "ours")
        texts = [package.read(name) for name in package.namelist() if name.startswith("sources/")]
    assert faults(root) == []
    assert TEXT.encode() in texts


def test_the_codebook_goes_out_and_is_known_again_by_identifier_and_by_name(tmp_path):
    book, path = load_codebook(), tmp_path / "codes.qdc"
    path.write_bytes(write_codebook(book, "pl"))
    assert faults(parsed(path.read_bytes(), "ours")) == []
    found = read_codebook(path, book)
    assert [ours for *_, ours in found] == [
        pair for theme in book.themes.values() for pair in [(theme.id, ""), *((theme.id, code) for code in theme.codes)]
    ]
    renamed = path.read_text(encoding="utf-8").replace(guid("theme", "isolation"), G1)
    path.write_text(renamed.replace(guid("code", "isolation", "isolation"), G2), encoding="utf-8")
    assert [ours for *_, ours in read_codebook(path, book)] == [ours for *_, ours in found]


def test_a_codebook_of_another_program_is_read_and_says_what_is_not_ours(tmp_path):
    path = tmp_path / "theirs.qdc"  # flat, with an empty list of sets, as small programs write it
    path.write_text(
        f'<?xml version="1.0" encoding="utf-8"?><CodeBook xmlns="{CODEBOOK}" origin="theirs"><Codes>'
        f'<Code guid="{G1}" name="Prix" isCodable="true"/></Codes><Sets/></CodeBook>',
        encoding="utf-8",
    )
    assert read_codebook(path, load_codebook()) == [(("Prix",), "", None)]
    assert faults(parsed(path.read_bytes(), "theirs")) == ["Sets that holds nothing"]


def test_a_project_of_another_program_is_read_its_names_are_numbered_and_losses_are_told(tmp_path):
    codes = (
        f'<Code guid="{{{G1.upper()}}}" name="isolement" isCodable="true" color="#FF0000"/>'
        '<Code guid="90000000-0000-4000-8000-000000000009" name="Prix" isCodable="true"/>'
    )
    inside = source("", 0, 4) + '<PictureSource guid="80000000-0000-4000-8000-000000000008" path="internal://x.png"/>'
    path = packed(tmp_path, project(inside, codes), a="\ufeffSeul ici.".encode())
    found = read_project(path, load_codebook(), "FR", "fr")
    row = found.material.segments.iloc[0]
    assert tuple(row) == ("d001", 0, 4, "coder_1", "isolation", "")
    assert found.material.documents["text"].iloc[0] == "Seul ici."
    assert "Somebody" not in str(found.left_out) + found.material.documents.to_string()
    assert {
        "pictures: 1",
        "names of coders (they are numbered): 1",
        "names of documents (they are numbered): 1",
    } <= set(found.left_out)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_project_as_big_programs_shape_it_is_read(tmp_path, encoding):
    """Text in a part of its own beside a formatted one, a code under a code, small letters, no coder: as NVivo writes it."""
    codes = f'<Code guid="{G1}" name="Isolation" isCodable="true"><Code guid="{G2}" name="Isolation" isCodable="true"/></Code>'
    inside = (
        f'<TextSource guid="{G3}" name="talk" richTextPath="internal://{G3}.docx" plainTextPath="internal://{G3}.txt" '
        f'creationDateTime="2026-06-11T16:24:07Z"><PlainTextSelection guid="{G4}" name="" startPosition="4" endPosition="9">'
        f'<Coding guid="{G5}"><CodeRef targetGUID="{G2}"/></Coding></PlainTextSelection></TextSource>'
    )
    path = tmp_path / "shaped.qdpx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr(
            PROJECT_FILE, project(inside, codes).replace(f'<Users><User guid="{G2}" name="Somebody"/></Users>', "")
        )
        package.writestr(f"sources/{G3}.txt", "The rooms are\r\nempty.".encode(encoding))
    found = read_project(path, load_codebook(), "FR")
    (row,) = found.material.segments.to_dict("records")
    assert (row["theme"], row["code"]) == ("isolation", "isolation")
    assert found.material.documents["text"][0][int(row["start"]) : int(row["end"])] == "rooms"
    assert any("formatting" in one for one in found.left_out) and not any("schema" in one for one in found.left_out)


def test_positions_in_utf16_units_are_made_characters(tmp_path):
    text = "🎭🎭 seul"
    units = len(text.encode("utf-16-le")) // 2
    path = packed(tmp_path, project(source("", units - 4, units)), a=text.encode())
    found = read_project(path, load_codebook(), "FR")
    row = found.material.segments.iloc[0]
    assert text[row["start"] : row["end"]] == "seul"
    assert "texts whose positions were UTF-16 units (made characters): 1" in found.left_out


def test_codes_that_are_not_ours_are_counted_not_lost_in_silence(tmp_path):
    codes = f'<Code guid="{G1}" name="Prix" isCodable="true"/>'
    found = read_project(packed(tmp_path, project(source("Des prix.", 0, 3), codes)), load_codebook(), "FR")
    assert found.material.segments.empty
    assert "codings with Prix, which is not in our codebook: 1" in found.left_out


ENTITY = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c"><!ENTITY d SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("content", "sources", "says"),
    [
        (project(source("ab", 0, 9)), {}, "from 0 to 9 in a text of 2 characters"),
        (project(source("ab", 1, 1)), {}, "legal is a start before its end"),
        (project(source("ab", -1, 1)), {}, "legal are whole numbers from 0"),
        (project(source("ab", "٣", 1)), {}, "legal are whole numbers from 0"),
        (project(source("", 0, 1)), {}, "'sources/a.txt' is not in the package"),
        (project(source("", 0, 1, path="../../secret")), {}, "lies outside the package"),
        (project(source("", 0, 1, path="/etc/passwd")), {"b": b"x"}, "lies outside the package"),
        (project(source("", 0, 1)), {"a": b"\xff\x00\x9d"}, "is not UTF-8"),
        (project(source("ab", 0, 1, target=G4)), {}, "which is not in its codebook"),
        (project(source("ab", 0, 1), head=ENTITY), {}, "declares a document type"),
        ("<Project/>", {}, f"legal is Project of {PROJECT}"),
        ("<Project", {}, "not readable as XML"),
        ("<a>" * 1000, {}, "deep"),
        (project(f'<AudioSource guid="{G3}"/>'), {}, "holds no text source"),
    ],
)
def test_what_is_wrong_or_hostile_is_refused_in_one_sentence(tmp_path, content, sources, says):
    with pytest.raises(AnswersError, match=r"theirs\.qdpx") as error:
        read_project(packed(tmp_path, content, **sources), load_codebook(), "FR")
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_bombs_and_parts_outside_the_package_are_refused(tmp_path, monkeypatch):
    from compendium.qualitative.exchange import package, read

    path = packed(tmp_path, project(source("", 0, 1)), a=b"0" * 3_000_000)
    monkeypatch.setattr(read, "MOST_TEXT", 1_000_000)
    assert path.stat().st_size < 20_000
    with pytest.raises(AnswersError, match="unpacks to more than 1000000 bytes"):
        read_project(path, load_codebook(), "FR")
    monkeypatch.setattr(package, "MOST_FILES", 1)
    with pytest.raises(AnswersError, match="2 files; legal are 1 at most"):
        read_project(path, load_codebook(), "FR")
    for name in ("../up.txt", "/etc/passwd", "C:\\x", "PROJECT.QDE"):
        with zipfile.ZipFile(path, "w") as made:
            made.writestr(PROJECT_FILE, project(source("ab", 0, 1)))
            made.writestr(name, "x")
        monkeypatch.undo()
        with pytest.raises(AnswersError, match=r"outside the package|stands twice"):
            read_project(path, load_codebook(), "FR")
    path.write_bytes(b"no zip")
    with pytest.raises(AnswersError, match="no QDPX package"):
        read_project(path, load_codebook(), "FR")


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("theme", "nothing", "theme 'nothing' is unknown"),
        ("code", "nothing", "unknown in theme isolation"),
        ("coder", "eve", "legal are ana, ben"),
        ("end", "1000", "is no passage of i01"),
        ("start", "x", "no whole number"),
        ("document", "i99", "document 'i99' is unknown"),
    ],
)
def test_codings_are_held_against_documents_and_codebook(material, column, value, says):
    wrong = material.segments.head(1).astype("str").assign(**{column: value})
    with pytest.raises(AnswersError, match=r"segments.csv, line 2") as error:
        checked(Material(material.documents, wrong), load_codebook())
    assert says in str(error.value)

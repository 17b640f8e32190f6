"""The archive: all descriptions say the same, nothing real goes in, and what goes in is found whole again."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
from lxml import etree

from compendium import paths
from compendium.archive import content, croissant, datapackage, ddi, make, ro_crate
from compendium.archive.agreement import DESCRIPTIONS, disagreements, said
from compendium.archive.check import check_archive
from compendium.archive.citation import as_json, citations
from compendium.archive.letter import letter
from compendium.archive.metadata import Author, Metadata, load_metadata
from compendium.archive.sums import LIST, as_list, hold_names, read_list
from compendium.archive.tables import BLANK, Table, Variable, variables
from compendium.errors import CompendiumError, DefinitionError, DisclosureError
from compendium.pipeline.graph import Graph, Rooms
from compendium.study.study import Study, load_study

OURS = load_study(paths.DEFAULT_STUDY)
META = load_metadata(OURS)
SCHEMA = paths.REPOSITORY.parent / "shared" / "reference" / "ddi" / "codebook.xsd"
HOSTILE = '<script>&"\x07\u202e=cmd'
RUN = {
    "run": "0001",
    "started": "2026-11-22T07:00:00+00:00",
    "finished": "2026-11-22T08:00:00+00:00",
    "commit": "a" * 40,
    "is_dirty": False,
    "versions": {"python": "3.11", "compendium": "0.1.0", "pandas": "3.1"},
}
ROWS = "country,x,agrees\r\nDE,1.5,True\r\n,,\r\n".encode("utf-8-sig")
FULL = replace(
    META,
    authors=(Author(name="A house"), Author(family="Doe", given="Jo", orcid="0000-0002-1825-0097")),
    address="https://example.org/study",
    doi="10.1234/abc",
)


def table(digest: str = "") -> Table:
    columns = (
        Variable("country", "text", "Country", categories={"DE": "Germany", "FR": HOSTILE}),
        Variable("x", "number", HOSTILE, unit="EUR"),
        Variable("agrees", "yes_no", "Agrees"),
    )
    path = "results/reference/answers/answers.csv"
    return Table(
        "answers", "Answers", path, 2, len(ROWS), digest or hashlib.sha256(ROWS).hexdigest(), columns, (), BLANK
    )


def described(meta: Metadata, one: Table) -> dict[str, bytes]:
    return {
        **citations(meta),
        datapackage.NAME: as_json(datapackage.datapackage(meta, [one])),
        croissant.NAME: as_json(croissant.croissant(meta, [one])),
        ddi.NAME: ddi.ddi(meta, [one], "Synthetic answers"),
    }


def files(meta: Metadata) -> dict[str, Path | bytes]:
    """An archive in miniature."""
    one = table()
    return {
        one.path: ROWS,
        "data/study.yml": b"id: mini\n",
        "ARCHIVE.md": letter(meta, RUN, {}, False),
        **described(meta, one),
    }


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("archive") / "mini.zip"
    assert make.write_archive(FULL, files(FULL), RUN, out) == (out, len(files(FULL)) + 1)
    return out


def documents(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as inside:
        return {name.partition("/")[2]: inside.read(name) for name in inside.namelist()}


def test_the_files_of_the_repository_are_those_made_from_the_metadata() -> None:
    """Who edits one by hand, or the study without the others, finds it here: compendium archive metadata."""
    for name, made in citations(META).items():
        assert (paths.REPOSITORY / name).read_bytes() == made, name


def test_metadata_say_nothing_twice_and_are_no_input_of_a_page() -> None:
    told = load_study(paths.DEFAULT_STUDY)
    assert META.title == told.title and META.partners and META.languages == ("en", "fr")
    graph = Graph(told, Rooms())
    step = next(iter(graph.steps.values()))
    names = {name for node in step.inputs if node.name == "study files" for name in node.parts()}
    assert "study.yml" in names and "metadata.yml" not in names


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (('released: "2026-11-22"', 'released: "2026-02-30"'), "released: '2026-02-30' is no day"),
        (("doi: null", "doi: https://doi.org/10.1/x"), "doi: .* is not legal"),
        (("received: [context]", "received: [FR/2026/responses.csv]"), "received.0: .* is not legal"),
        (("keywords:", "keyword:"), "unknown key 'keyword'"),
    ],
)
def test_bad_metadata_are_one_sentence(tmp_path: Path, change: tuple[str, str], sentence: str) -> None:
    shutil.copy(paths.study_file(paths.DEFAULT_STUDY), tmp_path)
    text = paths.metadata_file(paths.DEFAULT_STUDY).read_text(encoding="utf-8")
    assert change[0] in text
    paths.metadata_file(tmp_path).write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(DefinitionError, match=sentence):
        load_metadata(replace(OURS, folder=tmp_path))


def test_all_descriptions_say_the_same(packed: Path) -> None:
    inside = documents(packed)
    told = said(inside)
    assert tuple(told) == DESCRIPTIONS
    assert {one.title for one in told.values()} == {FULL.title["en"]}
    assert {one.authors for one in told.values()} == {("A house", "Doe, Jo")}
    assert {one.released for one in told.values()} == {FULL.released}
    assert {next(iter(told[name].files or {})) for name in ("datapackage.json", "croissant.json", "ddi.xml")} == {
        table().path
    }
    assert set(told[ro_crate.NAME].files or {}) == {*inside} - {ro_crate.NAME, LIST}


def test_the_codebook_is_the_same_whatever_others_registered_with_the_parser(packed: Path) -> None:
    before = documents(packed)["ddi.xml"]
    ElementTree.register_namespace("", "urn:of:another:library")
    assert ddi.ddi(FULL, [table()], "Synthetic answers") == before
    assert b"ns0" not in before


@pytest.mark.parametrize(
    ("name", "change", "sentence"),
    [
        ("CITATION.cff", lambda c: c.replace(b"version: 0.1.0", b"version: 0.2.0"), "version"),
        (".zenodo.json", lambda c: c.replace(b'"mit"', b'"gpl-3.0"'), "licence of the program"),
        (".zenodo.json", lambda c: c.replace(b'"eng"', b'"swe"'), "which no page has"),
        ("codemeta.json", lambda c: c.replace(b'"fr"', b'"pl"'), "languages"),
        ("datapackage.json", lambda c: c.replace(b"sha256:", b"sha256:0"), "files"),
        ("croissant.json", lambda c: c.replace(b"A house", b"A home"), "authors"),
        ("ddi.xml", lambda c: c.replace(b"CC-BY-4.0</copyright>", b"CC0-1.0</copyright>"), "licence of the data"),
        ("ddi.xml", lambda c: c.replace(b"in Europe:", b"in Asia:"), "title"),
        ("ro-crate-metadata.json", lambda c: c.replace(b'2026-11-22"', b'2026-11-23"'), "released"),
    ],
)
def test_each_drift_is_found(packed: Path, name: str, change: Callable[[bytes], bytes], sentence: str) -> None:
    inside = documents(packed)
    assert change(inside[name]) != inside[name]
    found = disagreements({**inside, name: change(inside[name])})
    assert found and any(one.startswith(sentence) or sentence in one for one in found)


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_a_description_that_is_missing_or_broken_is_named(packed: Path, name: str) -> None:
    inside = documents(packed)
    with pytest.raises(CompendiumError, match=f"{name}.*not readable"):
        said({**inside, name: b"[}"})
    del inside[name]
    with pytest.raises(CompendiumError, match="is missing"):
        said(inside)


def test_ddi_is_valid_against_the_official_schema() -> None:
    if not SCHEMA.is_file():
        pytest.skip("the official schema of DDI-Codebook 2.5 lies in the shared folder, which is not here")
    schema = etree.XMLSchema(etree.parse(SCHEMA, etree.XMLParser(no_network=True)))
    for meta in (META, FULL, replace(META, partners=(), abstract={"en": HOSTILE})):
        made = etree.fromstring(ddi.ddi(meta, [table(), replace(table(), name="b", path="b.csv")], HOSTILE))
        schema.assertValid(made)
    made.find("{*}stdyDscr").append(etree.Element("{ddi:codebook:2_5}title"))
    assert not schema.validate(made)


def test_codes_are_labelled_and_blanks_have_a_meaning() -> None:
    frame = pd.DataFrame(columns=["wave", "origin", "country", "gender", "age_band", "digital_work__website"])
    found = {one.name: one for one in variables(OURS, frame)}
    asked = OURS.questionnaire
    assert found["gender"].categories == {code: asked.label("gender", code, "en") for code in asked.codes("gender")}
    assert found["country"].categories["DE"] == "Germany" and found["age_band"].categories
    assert found["digital_work__website"].type == "yes_no"
    schema = datapackage.datapackage(META, [table()])["resources"][0]["schema"]
    assert schema["missingValues"] == [{"value": "", "label": BLANK}]
    assert schema["fields"][0]["categories"][0] == {"value": "DE", "label": "Germany"}
    book = etree.fromstring(ddi.ddi(META, [table()], "x"))
    codes = book.findall(".//{*}var[@name='country']/{*}catgry")
    assert [(one.findtext("{*}catValu"), one.get("missing")) for one in codes] == [
        ("DE", None),
        ("FR", None),
        ("", "Y"),
    ]


def test_the_crate_tells_the_run(packed: Path) -> None:
    graph = {one["@id"]: one for one in json.loads(documents(packed)[ro_crate.NAME])["@graph"]}
    action = graph["#run"]
    assert action["object"] == [{"@id": "data/study.yml"}] and action["result"] == [{"@id": table().path}]
    assert graph[action["instrument"]["@id"]]["identifier"] == RUN["commit"]
    named: set[str] = set()

    def look(value: Any) -> None:
        if isinstance(value, dict):
            named.update([value["@id"]] if set(value) == {"@id"} else [])
            for one in value.values():
                look(one)
        elif isinstance(value, list):
            for one in value:
                look(one)

    look(list(graph.values()))
    outside = {
        one for one in named - set(graph) if not one.startswith(("https://w3id.org/ro/crate", "http://schema.org/"))
    }
    assert not outside


def test_the_same_content_gives_the_same_bytes(packed: Path, tmp_path: Path) -> None:
    turned = dict(reversed(files(FULL).items()))
    again, _ = make.write_archive(FULL, turned, RUN, tmp_path / "again.zip")
    assert again.read_bytes() == packed.read_bytes()


def test_an_archive_checks_itself_and_runs_nothing(packed: Path) -> None:
    checked = check_archive(packed)
    assert checked.files == len(files(FULL)) + 1 and checked.descriptions == len(DESCRIPTIONS)


def repack(file: Path, out: Path, change: Callable[[dict[str, bytes]], None], **marks: int) -> Path:
    with zipfile.ZipFile(file) as inside:
        held = {name: inside.read(name) for name in inside.namelist()}
    change(held)
    with zipfile.ZipFile(out, "w") as packed:
        for name, one in held.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = marks.get("mode", 0o100644) << 16
            packed.writestr(entry, one)
    return out


TOP = f"{FULL.name}/"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda held: held.update({TOP + "data/study.yml": b"id: other\n"}), "data/study.yml: its content is not what"),
        (lambda held: held.update({TOP + "more.csv": b""}), "more.csv: not listed"),
        (lambda held: held.pop(TOP + "ARCHIVE.md"), "ARCHIVE.md: listed and not there"),
        (lambda held: held.pop(TOP + LIST), "is missing: nothing says"),
        (lambda held: held.update({TOP + "../../evil": b""}), "'..' is no safe name"),
        (lambda held: held.update({"/etc/passwd": b""}), "no safe name"),
        (lambda held: held.update({TOP + "archive.md": b""}), "the same file on some systems"),
        (lambda held: held.update({"other/file": b""}), "an archive has one folder"),
        (lambda held: held.update({TOP + LIST: b"nonsense\n"}), "line 1: is no SHA-256"),
    ],
)
def test_a_changed_archive_is_refused(
    packed: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None], sentence: str
) -> None:
    with pytest.raises(CompendiumError, match=sentence.replace(".", r"\.")):
        check_archive(repack(packed, tmp_path / "bad.zip", change))


def test_a_link_a_text_and_nothing_are_no_archive(packed: Path, tmp_path: Path) -> None:
    with pytest.raises(CompendiumError, match="holds a link"):
        check_archive(repack(packed, tmp_path / "link.zip", lambda held: None, mode=0o120777))
    (tmp_path / "text.zip").write_text("PK nothing")
    with pytest.raises(CompendiumError, match="not readable as a zip"):
        check_archive(tmp_path / "text.zip")
    with pytest.raises(CompendiumError, match="the file is missing"):
        check_archive(tmp_path / "none.zip")


@pytest.mark.parametrize("name", ["a b", "é", "con.txt", "a/../b", "a//b", "x.", "a\\b", "-x", "a/" + "b" * 200])
def test_unsafe_names_are_refused(name: str) -> None:
    with pytest.raises(CompendiumError):
        hold_names([name])


def test_the_list_of_sums_is_read_as_written() -> None:
    sums = {"b": "0" * 64, "a/c.txt": "f" * 64}
    assert read_list(as_list(sums).decode()) == sums


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """A study with synthetic answers of one country, and what partners might put beside them."""
    folder = tmp_path / "study"
    own, wave = paths.DEFAULT_STUDY, paths.answers_folder(paths.DEFAULT_STUDY, "FR", "2026")
    place = paths.answers_folder(folder, "FR", "2026")
    shutil.copytree(wave, place)
    shutil.copy(paths.study_file(own), folder)
    shutil.copy(paths.metadata_file(own), folder)
    return replace(OURS, folder=folder)


def test_synthetic_answers_go_in_and_real_ones_do_not(study: Study) -> None:
    place = paths.answers_folder(study.folder, "FR", "2026")
    chosen = content.received(study, META)
    assert not chosen.left_out and "data/raw/FR/2026/responses.csv" in chosen.files
    sidecar = place / "source.yml"
    sidecar.write_text(sidecar.read_text().replace("origin: synthetic", "origin: real"), encoding="utf-8")
    (place / "withdrawn.csv").write_text("token\nab\n")
    (place / "catalogue.csv").write_text((place / "catalogue.csv").read_text() + "x,y,no,,1,\n")
    (place / "expertise.source.yml").unlink()
    (place.parent / "statements.csv").write_text("role\nsomebody\n")
    (place / "notes.txt").write_text("a talk\n")
    left = content.received(study, META).left_out
    assert {
        "responses.csv",
        "source.yml",
        "withdrawn.csv",
        "catalogue.csv",
        "expertise.csv",
        "statements.csv",
        "notes.txt",
    } <= {PurePosixPath(name).name for name in left}
    assert left["raw/FR/2026/responses.csv"] == "real answers"
    allowed = replace(META, received=("context", "FR/statements.csv"))
    assert "raw/FR/statements.csv" not in content.received(study, allowed).left_out


def test_real_answers_under_a_synthetic_sidecar_are_kept_back(study: Study) -> None:
    answers = paths.answers_folder(study.folder, "FR", "2026") / "responses.csv"
    rows = answers.read_text(encoding="utf-8").splitlines(keepends=True)
    answers.write_text("".join([*rows, rows[-1].replace(rows[-1].split(",")[0], "somebody")]), encoding="utf-8")
    left = content.received(study, META).left_out
    assert "did not draw" in left["raw/FR/2026/responses.csv"]


def test_no_key_no_address_no_link_goes_in(study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = paths.context(study.folder)
    context.mkdir(parents=True)
    outside = tmp_path / "elsewhere.csv"
    outside.write_text("a\n")
    (context / "link.csv").symlink_to(outside)
    (context / "key").write_text("secret")
    assert "data/raw/context/link.csv" not in content.received(study, META).files
    monkeypatch.setenv("COMPENDIUM_KEY", str(context / "key"))
    with pytest.raises(DisclosureError, match="the key of the pseudonyms"):
        content.received(study, META)
    monkeypatch.delenv("COMPENDIUM_KEY")
    (context / "actors.csv").write_text("name\nwrite to nobody@example.org\nor to someone@somewhere.eu\n")
    with pytest.raises(DisclosureError, match=r"actors\.csv, line 3: holds an e-mail address"):
        content.received(study, META)


def test_the_program_is_what_is_under_version_control() -> None:
    names = set(content.program())
    assert {"uv.lock", "Makefile", "src/compendium/paths.py", "notebooks/01_collection.ipynb"} <= names
    assert not [name for name in names if name.startswith(("data/", ".")) or "__pycache__" in name]
    hold_names(names)


def test_pages_made_from_something_else_are_not_archived(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make, "last_manifest", lambda folder: None)
    with pytest.raises(CompendiumError, match="the last run is not complete"):
        make.make_archive(study)
    manifest = {**RUN, "study": study.id, "outcome": "complete", "inputs": {"study.yml": "0" * 64}}
    monkeypatch.setattr(make, "last_manifest", lambda folder: manifest)
    with pytest.raises(CompendiumError, match=r"study\.yml changed since the pages were made"):
        make.make_archive(study)


def test_an_unpacked_archive_collects_again_and_finds_its_own_files(study: Study, tmp_path: Path) -> None:
    """The program in the archive, on the data in the archive, gives the same product as here; without network where it can be cut."""
    chosen = content.received(study, META)
    out, _ = make.write_archive(
        META, {**content.program(), **chosen.files, **files(META), **chosen.files}, RUN, tmp_path / "a.zip"
    )
    with zipfile.ZipFile(out) as inside:
        inside.extractall(tmp_path)
    home = tmp_path / META.name
    lines = (
        "import hashlib, pandas as pd; from compendium import paths, products; from compendium.archive import content; "
        "from compendium.study.study import load_study; study = load_study(paths.DEFAULT_STUDY); "
        "frame = products.read(study, 'collected', 'FR', '2026'); "
        "print(paths.REPOSITORY, len(content.program()), hashlib.sha256(frame.to_csv().encode()).hexdigest())"
    )
    cut = ["unshare", "-n", "-r"] if _can_cut() else []
    done = subprocess.run(
        [*cut, sys.executable, "-c", lines],
        env={**os.environ, "PYTHONPATH": str(home / "src"), "XDG_CONFIG_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-500:]
    where, count, digest = done.stdout.split()
    from compendium import products

    here = products.read(study, "collected", "FR", "2026")
    assert Path(where) == home and digest == hashlib.sha256(here.to_csv().encode()).hexdigest()
    assert int(count) >= len(content.program())


def _can_cut() -> bool:
    try:
        return subprocess.run(["unshare", "-n", "-r", "true"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def test_frictionless_finds_nothing_wrong(tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless", reason="in the group archive, which is not installed by default")
    place = tmp_path / table().path
    place.parent.mkdir(parents=True)
    place.write_bytes(ROWS)
    file = tmp_path / datapackage.NAME
    file.write_bytes(as_json(datapackage.datapackage(FULL, [table()])))
    assert frictionless.validate(str(file)).valid
    place.write_bytes(ROWS.replace(b"DE", b"XX"))
    assert not frictionless.validate(str(file)).valid


def test_croissant_is_read_by_its_own_library(tmp_path: Path) -> None:
    mlcroissant = pytest.importorskip("mlcroissant", reason="in the group archive, which is not installed by default")
    place = tmp_path / table().path
    place.parent.mkdir(parents=True)
    place.write_bytes(ROWS)
    file = tmp_path / croissant.NAME
    file.write_bytes(as_json(croissant.croissant(FULL, [table()])))
    found = mlcroissant.Dataset(jsonld=str(file))
    assert not found.metadata.ctx.issues.errors
    assert len(list(found.records(record_set="answers"))) == 2


def test_the_crate_is_read_by_its_own_library(packed: Path, tmp_path: Path) -> None:
    rocrate = pytest.importorskip("rocrate.rocrate", reason="in the group archive, which is not installed by default")
    with zipfile.ZipFile(packed) as inside:
        inside.extractall(tmp_path)
    crate = rocrate.ROCrate(str(tmp_path / FULL.name))
    assert crate.name == FULL.title["en"] and len(crate.data_entities) == len(files(FULL))

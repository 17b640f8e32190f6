"""Fetching from KoboToolbox and ODK Central (a fake server): all answers once, or one sentence and no file."""

import json
from pathlib import Path

import pytest
from fakes.kobo_server import TOKEN, Fake, serving
from kobo_layout import as_submissions, laid_out

from compendium import paths
from compendium.collection import delimited, doors, kobo_api, kobo_http
from compendium.collection.provenance import Source, source_of
from compendium.collection.tables import read_answers
from compendium.errors import AnswersError
from compendium.study.study import load_study


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOBO_TOKEN", TOKEN)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(kobo_http, "PAUSE", 0.0)
    monkeypatch.setattr(kobo_http, "TIMEOUT", 0.2)


def answers(count: int) -> list[dict[str, object]]:
    return [{"_id": at, "_uuid": f"u-{at}", "group/q": str(at % 5), "w": 1.5} for at in range(1, count + 1)]


def fetched(fake: Fake, into: Path, page: int = 100) -> list[dict[str, object]]:
    with serving(fake):
        file = kobo_api.download(fake.url, "form", into, page=page)
    received = doors.read(file)
    assert received.record["format"] == "kobo"
    assert received.record["rows"] == str(len(received.table))
    first, *lines = file.read_text(encoding="utf-8").splitlines()
    assert json.loads(first)["download"]["rows on the server"] == f"{len(lines)}, counted before and after"
    assert list(received.table["respondent"]) == [json.loads(line)["_uuid"] for line in lines]
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize(
    ("count", "page", "most", "pages"),
    [(0, 100, 1000, 1), (1, 100, 1000, 1), (250, 100, 1000, 3), (300, 100, 1000, 3), (250, 1000, 100, 3), (7, 1, 1, 7)],
)
def test_every_page_is_fetched(tmp_path: Path, count: int, page: int, most: int, pages: int) -> None:
    """A server may give less than it is asked for: what follows is its own word, not our arithmetic."""
    fake = Fake(answers(count), most=most)
    if count == 0:
        with serving(fake):
            assert kobo_api.download(fake.url, "form", tmp_path).read_text(encoding="utf-8").count("\n") == 1
    else:
        rows = fetched(fake, tmp_path, page)
        assert [row["_id"] for row in rows] == list(range(1, count + 1))
    assert len(fake.asked) == pages + 1  # and the count afterwards


@pytest.mark.parametrize(
    ("bent", "said"),
    [
        ("first page always", "the same page came twice, after 2 of 5 answers"),
        ("never ends", "no further page came, after 0 of 5"),
        ("one lost", "4 answers came where the server counts 5; nothing was written"),
        ("one twice", "the answer 1 came twice, 3 times in a row"),
        ("ends early", "2 answers came where the server counts 5"),
        ("elsewhere", "is said to lie on 'elsewhere.example.org:"),
        ("no ids", "an answer came without _id"),
    ],
)
def test_pages_that_prove_nothing_are_refused(tmp_path: Path, bent: str, said: str) -> None:
    with serving(Fake(answers(5), bent=bent)) as fake, pytest.raises(AnswersError) as caught:
        kobo_api.download(fake.url, "form", tmp_path, page=2)
    assert said in str(caught.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("fault", [429, 500, 502, 503, "broken off", "silent"])
def test_a_busy_server_is_asked_again_but_not_for_ever(tmp_path: Path, fault: int | str) -> None:
    assert len(fetched(Fake(answers(5), faults=["", fault, fault]), tmp_path, 2)) == 5
    said = {"broken off": "the page broke off", "silent": "no byte came in 0.2 seconds"}.get(str(fault), str(fault))
    with serving(Fake(answers(5), faults=[fault] * 9)) as fake, pytest.raises(AnswersError) as caught:
        kobo_api.download(fake.url, "form", tmp_path / "other")
    assert said in str(caught.value) and "4 times in a row; try again later" in str(caught.value)
    assert len(fake.asked) == 4 and TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (403, "may not read the answers"),
        (404, "there is no such form"),
        (302, "the token does not follow"),
        (400, "refused"),
        ("html", "no JSON came"),
    ],
)
def test_what_will_not_change_is_said_at_once(tmp_path: Path, fault: int | str, said: str) -> None:
    with serving(Fake(answers(5), faults=[fault])) as fake, pytest.raises(AnswersError, match=said):
        kobo_api.download(fake.url, "form", tmp_path)
    assert len(fake.asked) == 1


def test_answers_that_arrive_meanwhile_are_fetched_too(tmp_path: Path) -> None:
    rows = fetched(Fake(answers(5), faults=["", "", "arrival"]), tmp_path, 2)
    assert [row["_id"] for row in rows] == [1, 2, 3, 4, 5, 6]
    rows = fetched(Fake(answers(5), faults=["", "", "departure"]), tmp_path / "other", 2)
    assert [row["_id"] for row in rows] == [2, 3, 4, 5]
    busy = Fake(answers(5), faults=["", "arrival"] * 9)
    with serving(busy), pytest.raises(AnswersError, match=r"then \d+, 3 times in a row"):
        kobo_api.download(busy.url, "form", tmp_path / "busy", page=2)


def test_a_wrong_token_or_address_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOBO_TOKEN", "wrong-token")
    with serving(Fake(answers(5))) as fake, pytest.raises(AnswersError, match=r"the token is not taken") as caught:
        kobo_api.download(fake.url, "form", tmp_path)
    assert "wrong-token" not in str(caught.value)
    for url, said in (
        ("http://kobo.example.org", "overheard"),
        ("kobo.example.org", "no address"),
        ("https://kobo.example.org:port", "no address"),
        ("ftp://kobo.example.org", "no address"),
        ("http://127.0.0.1:1", "cannot be reached"),
    ):
        with pytest.raises(AnswersError, match=said):
            kobo_api.download(url, "form", tmp_path)
    monkeypatch.setenv("KOBO_TOKEN", "line\nbreak")
    with pytest.raises(AnswersError, match="no token"):
        kobo_api.download("https://kobo.example.org", "form", tmp_path)
    with pytest.raises(AnswersError, match="legal is 1 to 1000"):
        kobo_api.download("https://kobo.example.org", "form", tmp_path, page=1001)


@pytest.mark.parametrize("token", [TOKEN, "me@e.org:pw"])
def test_odk_central_is_read_the_same_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setenv("KOBO_TOKEN", token)
    submissions = [
        {
            "__id": f"uuid:{at}",
            "__system": {"submissionDate": "2026-03-01T09:00:00.000Z", "submitterName": "Someone", "reviewState": None},
            "meta": {"instanceID": f"uuid:{at}"},
            "profile": {"age": 30 + at, "weight": 1.10, "tools": "pen screen", "agrees": None},
            "place": {"type": "Point", "coordinates": [2.2, 48.1, 0]},
            "children": [{"__id": "c", "first_name": "x"}] * at,
            "children@odata.navigationLink": "Submissions('x')/children",
        }
        for at in range(5)
    ]
    fake = Fake(submissions)  # type: ignore[arg-type]
    with serving(fake):
        file = kobo_api.download(f"{fake.url}/projects/7", "form", tmp_path, page=2)
    received = doors.read(file)
    assert received.table.to_dict("list") == {
        "respondent": [f"uuid:{at}" for at in range(5)],
        "submitted": ["2026-03-01T09:00:00.000Z"] * 5,
        "age": ["30", "31", "32", "33", "34"],
        "weight": ["1.1"] * 5,
        "tools": ["pen screen"] * 5,
        "agrees": [""] * 5,
    }
    assert received.record["repeated groups, left aside"] == "children (10 rows)"
    assert received.record["program"].startswith("ODK Central")
    assert "place (5 filled)" in received.record["left aside (may show who answered)"]


def test_our_own_form_comes_back_whole_from_the_server(tmp_path: Path) -> None:
    study = load_study(paths.DEFAULT_STUDY)
    country = study.countries[0].code
    original = delimited.read(source_of(study, country, "2026").file).table.head(40)
    original.to_csv(tmp_path / "answers.csv", index=False)

    def read(file: Path) -> object:
        source = Source(file, "synthetic", "", "", tmp_path / "codebook.csv", pseudonymous=True)
        return read_answers(study, source, country, "2026").answers[list(study.questionnaire.questions)]

    submissions = as_submissions(*laid_out(study, country, original, tmp_path, several="whole"))
    with serving(Fake(submissions)) as fake:
        file = kobo_api.download(fake.url, "form", tmp_path, page=15)
    assert read(file).equals(read(tmp_path / "answers.csv"))  # type: ignore[attr-defined]


def test_a_file_that_lost_lines_after_it_was_fetched_is_refused(tmp_path: Path) -> None:
    with serving(Fake(answers(5))) as fake:
        file = kobo_api.download(fake.url, "form", tmp_path)
    whole = file.read_bytes()
    for end in range(1, len(whole) - 1, 7):
        file.write_bytes(whole[:end])
        with pytest.raises(AnswersError):
            doors.read(file, "kobo")

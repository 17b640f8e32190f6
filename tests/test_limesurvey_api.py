"""LimeSurvey over RemoteControl, against a fake server: all answers came, or one sentence and nothing is kept."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from fakes.limesurvey_server import KEY, Server, serving
from typer.testing import CliRunner

from compendium.collection import doors, limesurvey_api
from compendium.collection.limesurvey_api import PASSWORD, download
from compendium.commands.collect import app
from compendium.errors import AnswersError

EXPORT = (
    b"\xef\xbb\xbf"
    b'"id";"submitdate";"lastpage";"startlanguage";"Q1";"Q2[SQ001]"\r\n'
    b'"1";"2026-05-01 10:00:00";"3";"fr";"A1";"Y"\r\n'
    b'"2";"";"1";"fr";"";""\r\n'
    b'"3";"2026-05-02 10:00:00";"3";"fr";"two\nlines";""\r\n'
)
SUMMARY = {"completed_responses": 2, "incomplete_responses": "1", "full_responses": 3}


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD, "right")


def test_every_answer_comes_and_what_proves_it_is_written_down(tmp_path: Path) -> None:
    with serving(Server(EXPORT, SUMMARY)) as server:
        file, said = download(server.url, 123456, "researcher", tmp_path / "new")
    assert file.read_bytes() == EXPORT
    about = json.loads(said.read_text(encoding="utf-8"))
    assert (about["rows"], about["completed on the server"], about["incomplete on the server"]) == (3, 2, 1)
    assert about["sha256"] == doors.read(file).record["sha256"]
    assert "right" not in said.read_text(encoding="utf-8")
    export = next(params for method, params in server.calls if method == "export_responses")
    assert export[:6] == [KEY, 123456, "csv", None, "all", "code"]
    assert server.calls[-1][0] == "release_session_key"
    received = doors.read(file)
    assert received.record["format"] == "limesurvey"
    assert received.record["unfinished rows"] == "1"
    assert list(received.table["Q1"]) == ["A1", "", "two\nlines"]


@pytest.mark.parametrize(
    ("summary", "sentence"),
    [
        ({"completed_responses": 3, "incomplete_responses": 1}, "3 rows came where the server counts 3 completed"),
        ({"completed_responses": 1, "incomplete_responses": 1}, "3 rows came"),
        ({"completed_responses": 1, "incomplete_responses": 2}, "1 unfinished rows came"),
        ({"completed_responses": 2}, "does not say how many"),
        ([], "does not say how many"),
    ],
)
def test_another_count_than_the_servers_is_refused_and_nothing_is_kept(
    tmp_path: Path, summary: Any, sentence: str
) -> None:
    with serving(Server(EXPORT, summary)) as server, pytest.raises(AnswersError, match=sentence):
        download(server.url, 1, "researcher", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_answer_that_came_twice_in_place_of_another_is_refused(tmp_path: Path) -> None:
    twice = EXPORT.replace(b'"3";"2026', b'"1";"2026')
    with serving(Server(twice, SUMMARY)) as server, pytest.raises(AnswersError, match="'1' came twice"):
        download(server.url, 1, "researcher", tmp_path)


@pytest.mark.parametrize(
    "replies",
    [
        {"export_responses": {"status": "No Data, survey table does not exist."}},
        {"export_responses": {"status": "No permission"}},
        {"export_responses": b"<html>an error page</html>"},
        {"get_session_key": b""},
        {"get_session_key": b"{}"},
        {"get_summary": {"status": "Invalid survey ID"}},
    ],
)
def test_a_server_that_refuses_is_one_sentence(tmp_path: Path, replies: dict[str, Any]) -> None:
    with serving(Server(EXPORT, SUMMARY, replies=replies)) as server, pytest.raises(AnswersError) as error:
        download(server.url, 1, "researcher", tmp_path)
    assert "survey 1: the server does not give the answers" in str(error.value)
    assert "\n" not in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_table_is_refused_and_nothing_is_kept(tmp_path: Path) -> None:
    for result in ("no base64!", "", 7):
        with (
            serving(Server(summary=SUMMARY, replies={"export_responses": result})) as server,
            pytest.raises(AnswersError) as error,
        ):
            download(server.url, 1, "researcher", tmp_path)
        assert "\n" not in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_password_is_one_sentence_that_does_not_say_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD, "wr0ng-secret")
    with serving(Server(EXPORT, SUMMARY)) as server, pytest.raises(AnswersError, match="Invalid user name") as error:
        download(server.url, 1, "researcher", tmp_path)
    assert "wr0ng-secret" not in str(error.value)


def test_the_password_is_asked_for_where_the_environment_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PASSWORD)
    monkeypatch.setattr("getpass.getpass", lambda prompt: "right" if "researcher" in prompt else "")
    with serving(Server(EXPORT, SUMMARY)) as server:
        assert len(download(server.url, 1, "researcher", tmp_path)) == 2
    monkeypatch.setattr("getpass.getpass", lambda prompt: "")
    with pytest.raises(AnswersError, match="no password"):
        download("https://survey.example.org/admin/remotecontrol", 2, "researcher", tmp_path)


def test_nobody_listens_and_addresses_that_are_not_legal(tmp_path: Path) -> None:
    with serving(Server()) as server:
        gone = server.url
    with pytest.raises(AnswersError, match="does not give the answers"):
        download(gone, 1, "researcher", tmp_path)
    with pytest.raises(AnswersError, match="in clear"):
        download("http://survey.example.org/admin/remotecontrol", 1, "researcher", tmp_path)
    with pytest.raises(AnswersError, match="is no address"):
        download("survey.example.org", 1, "researcher", tmp_path)


def test_nothing_received_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "limesurvey_1.csv").write_text("mine", encoding="utf-8")
    with serving(Server(EXPORT, SUMMARY)) as server, pytest.raises(AnswersError, match="exists already"):
        download(server.url, 1, "researcher", tmp_path)
    assert server.calls == []


def test_the_command_says_what_was_fetched_and_what_comes_next(tmp_path: Path) -> None:
    with serving(Server(EXPORT, SUMMARY)) as server:
        done = CliRunner().invoke(app, ["limesurvey", server.url, "1", "--user", "researcher", "--into", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "limesurvey_1.csv: fetched" in done.output.replace("\n", "")
    assert "compendium collect check" in done.output


def test_a_server_that_never_answers_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limesurvey_api, "TIMEOUT", (0.5, 0.5))
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the connection and says nothing
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/admin/remotecontrol"
        with pytest.raises(AnswersError, match="the server does not give the answers"):
            download(url, 1, "researcher", tmp_path)
    assert list(tmp_path.iterdir()) == []

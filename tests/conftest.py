"""What every test stands on: a key of pseudonyms of its own, never the user's."""

import pytest


@pytest.fixture(autouse=True)
def _own_key(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPENDIUM_KEY", str(tmp_path_factory.getbasetemp() / "pseudonyms.key"))

from pathlib import Path

import pytest
from pydantic import ValidationError

from qa_bot.errors import SettingsError
from qa_bot.settings import Settings


def test_a_fresh_clone_needs_no_settings() -> None:
    settings = Settings.from_environment()
    assert settings.model_dump() == {
        "corpus": Path("corpus"),
        "index": Path("index"),
        "chroma_url": "",
        "embedding_model": "bundled",
        "age_limit": 12,
        "llm": "",
        "llm_url": "",
        "llm_timeout": 10,
        "llm_entailment": "",
        "mcp": False,
        "region": "us",
        "host": "127.0.0.1",
        "port": 7860,
    }


def test_the_environment_decides_and_the_command_line_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_BOT_CORPUS", "elsewhere")
    monkeypatch.setenv("QA_BOT_PORT", "8000")
    settings = Settings.from_environment(port=9000, corpus=None)
    assert (settings.corpus, settings.port) == (Path("elsewhere"), 9000)


def test_an_empty_value_is_none_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_BOT_PORT", "")
    monkeypatch.setenv("QA_BOT_UNHEARD_OF", "")
    assert Settings.from_environment().port == 7860


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "7860.5"])
def test_a_value_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("QA_BOT_PORT", port)
    with pytest.raises(SettingsError) as error:
        Settings.from_environment()
    assert str(error.value).startswith(f'QA_BOT_PORT is "{port}", which cannot be used: ')
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "url", ["127.0.0.1:8000", "ftp://x", "http://", "http://x:abc", "http://x:8000/api"]
)
def test_a_server_is_named_by_its_address_alone(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("QA_BOT_CHROMA_URL", url)
    with pytest.raises(
        SettingsError, match=r"cannot be used: it has to look like http://127.*:8000\.$"
    ):
        Settings.from_environment()


def test_a_region_has_help_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_BOT_REGION", "GB")
    assert Settings.from_environment().region == "gb"
    monkeypatch.setenv("QA_BOT_REGION", "atlantis")
    with pytest.raises(SettingsError, match=r"help lines are known for us, .*gb, eu\.$"):
        Settings.from_environment()


def test_a_misspelt_setting_is_not_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_BOT_PROT", "8000")
    with pytest.raises(SettingsError, match=r"QA_BOT_PROT is not a setting .* QA_BOT_PORT"):
        Settings.from_environment()


def test_settings_do_not_change_after_they_were_read() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings.from_environment().port = 1

"""Choices read once, from environment variables that start with QA_BOT_, into one frozen record.

Rooms get plain values from it; only the commands and `QABot.open` hold the record itself.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from qa_bot.errors import SettingsError
from qa_bot.safety.help_lines import regions

PREFIX = "QA_BOT_"


class Settings(BaseSettings):
    """All settings, with the defaults of a fresh clone. Paths are relative to the working folder.

    `chroma_url` is "" for an index in the folder `index`, or http://host:port of a Chroma server; the
    folder then holds copies. `age_limit` is the number of months after which an article is due for
    review; `embedding_model` is `bundled`, or any sentence-transformers name or folder. `llm` is "" for
    none, or `provider:model` as langchain names them; `llm_url` the base URL of any server that speaks
    the provider's protocol, "" for the provider's own; `llm_timeout` what a reader waits, in seconds;
    `llm_entailment` the cross-encoder that checks what it says, "" for the encoder's own vectors.
    `mcp`: whether programs may ask by the Model Context Protocol. `region`: whose help lines are shown.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, env_ignore_empty=True)

    corpus: Path = Path("corpus")
    index: Path = Path("index")
    chroma_url: str = ""
    embedding_model: str = "bundled"
    age_limit: int = Field(12, ge=1)
    llm: str = ""
    llm_url: str = ""
    llm_timeout: float = Field(10, gt=0, le=300)
    llm_entailment: str = ""
    mcp: bool = False
    region: str = "us"
    host: str = "127.0.0.1"
    port: int = Field(7860, ge=1, le=65535)

    @field_validator("chroma_url")
    @classmethod
    def _is_server(cls, url: str) -> str:
        try:
            place = urlsplit(url)
            is_server = place.scheme in ("http", "https") and place.hostname and place.port != 0
        except ValueError:  # of the port
            is_server = False
        if url and (not is_server or place.path.strip("/")):
            raise ValueError("it has to look like http://127.0.0.1:8000")
        return url.rstrip("/")

    @field_validator("region")
    @classmethod
    def _has_lines(cls, region: str) -> str:
        if region.lower() not in regions():
            raise ValueError(f"help lines are known for {', '.join(regions())}")
        return region.lower()

    @classmethod
    def from_environment(cls, **chosen: Any) -> Self:
        """Read the environment; a value in `chosen` (from a command line) wins over it.

        :raises SettingsError: a value cannot be used, or a QA_BOT_ variable is not a setting.
        """
        known = {PREFIX + name.upper() for name in cls.model_fields}
        for name in sorted(os.environ):
            # A misspelt name would otherwise be ignored in silence.
            if name.startswith(PREFIX) and name not in known and os.environ[name]:
                raise SettingsError(
                    f"{name} is not a setting of this version; unset it, or use one of "
                    f"{', '.join(sorted(known))}."
                )
        try:
            return cls(**{name: value for name, value in chosen.items() if value is not None})
        except ValidationError as error:
            problem = error.errors()[0]
            name = PREFIX + str(problem["loc"][0]).upper()
            reason = problem["msg"].removeprefix("Value error, ")
            raise SettingsError(
                f'{name} is "{problem["input"]}", which cannot be used: {reason}.'
            ) from None

"""A language model by its provider: opened, asked within a time, and what its faults mean to a reader.

Knows langchain's chat models; leaves what is asked, and what becomes of it, to `composer`.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import threading
from collections.abc import Coroutine
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from qa_bot.errors import SettingsError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

LOG = logging.getLogger(__name__)

_STARTING = threading.Lock()
MOST_TOKENS = 500  # asked of the model

SLOW = "The language model took too long; these are the articles’ own words alone."

SILENT = "The language model cannot be reached just now; these are the articles’ own words alone."

BUSY = "The language model is busy just now; these are the articles’ own words alone."

UNUSABLE = "The language model’s answer could not be used; these are the articles’ own words alone."

EXTRAS = {
    "openai": "langchain_openai",
    "ollama": "langchain_ollama",
    "anthropic": "langchain_anthropic",
}


def open_model(name: str, url: str, timeout: float) -> BaseChatModel:
    """The model that is called so.

    :raises SettingsError: the name or address is none, or the provider's package or key is missing.
    """
    from langchain.chat_models import init_chat_model

    provider, _, model = name.partition(":")
    if not provider or not model:
        raise SettingsError(
            f'QA_BOT_LLM is "{name}", which names no model; write provider:model, for example '
            "ollama:llama3.1 or openai:gpt-4.1-mini."
        )
    if url and urlsplit(url).scheme not in ("http", "https"):
        raise SettingsError(
            f'QA_BOT_LLM_URL is "{url}", which is no address that begins with http.'
        )
    chosen: dict[str, Any] = {"temperature": 0}
    if provider == "ollama":
        chosen |= {"num_predict": MOST_TOKENS, "client_kwargs": {"timeout": timeout}}
    else:
        chosen |= {"max_tokens": MOST_TOKENS, "timeout": timeout, "max_retries": 1}
    if url:
        chosen["base_url"] = url
        if provider == "openai":
            import os

            # Local servers want none, but the client insists on one.
            chosen["api_key"] = os.environ.get("OPENAI_API_KEY") or "none"
    try:
        return cast("BaseChatModel", init_chat_model(model, model_provider=provider, **chosen))
    except ImportError:
        package = EXTRAS.get(provider, f"langchain-{provider}").replace("_", "-")
        wanted = f'".[{provider}]"' if provider in EXTRAS else package
        raise SettingsError(
            f'The language model "{name}" needs the package {package}; run '
            f"`.venv/bin/python -m pip install {wanted}`, or unset QA_BOT_LLM."
        ) from None
    except Exception as error:  # each provider's package has checks and errors of its own
        first = str(error).strip().partition("\n")[0].rstrip(".")
        raise SettingsError(
            f'The language model "{name}" cannot be used ({first}); set what its provider needs, '
            "or unset QA_BOT_LLM."
        ) from None


def receiver(model: BaseChatModel, name: str, url: str) -> str:
    """The host that messages are sent to; "" if they stay on this machine."""
    for attribute in ("root_async_client", "_async_client", "async_client"):
        client = getattr(model, attribute, None)
        client = getattr(client, "_client", client) if attribute == "_async_client" else client
        if not url and (found := getattr(client, "base_url", None)):
            url = str(found)
    if not url:
        return f"the provider {name.partition(':')[0]}"
    host = urlsplit(url).hostname or url
    return "" if _is_loopback(host) else host


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def wait_for(work: Coroutine[Any, Any, dict[str, Any]], seconds: float) -> dict[str, Any]:
    """The result of `work`, cut off after `seconds`: its connection is closed, not left running."""
    limited = asyncio.wait_for(work, seconds)
    with _STARTING:
        loop = _loop()
    return asyncio.run_coroutine_threadsafe(limited, loop).result(seconds + 5)


@lru_cache(maxsize=1)
def _loop() -> asyncio.AbstractEventLoop:
    """One loop for all models: their clients keep connections that belong to a loop."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="language model", daemon=True).start()
    return loop


def note_on(error: Exception) -> str:
    """What a fault means to a reader. Each provider's client has errors of its own."""
    name = type(error).__name__
    if isinstance(error, TimeoutError) or "Timeout" in name:
        return SLOW
    if getattr(error, "status_code", None) == 429:
        return BUSY
    if isinstance(error, OSError) or "Connect" in name or hasattr(error, "status_code"):
        return SILENT
    return UNUSABLE


def report(error: Exception) -> None:
    """Tell the operator what kind of fault it was; its message could repeat what a reader wrote."""
    LOG.warning("The language model gave no answer: %s", type(error).__name__)

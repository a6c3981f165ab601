"""Whatever goes wrong while a publication is read, in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from qa_bot.errors import DamagedIndexError, StoreError


@contextmanager
def damage_named(place: str) -> Iterator[None]:
    """Say what is wrong with the generation at `place`, whatever its parts raised.

    :raises DamagedIndexError: something was raised inside that is no `StoreError` already.
    """
    try:
        yield
    except StoreError:
        raise
    except Exception as error:
        raise DamagedIndexError(
            f"The index in {place} cannot be used ({error}); run `.venv/bin/python ingest.py` to "
            "publish it again."
        ) from error

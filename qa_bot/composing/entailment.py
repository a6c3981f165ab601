"""Whether sentences entail a statement, by a cross-encoder of sentence-transformers that somebody named.

It reads both together, which the encoder's vectors do not, and needs torch. None comes with the product.
"""

from __future__ import annotations

from typing import Any

from qa_bot.errors import SettingsError, first_line

ENTAILED = 0.5  # chance from which sentences are taken to entail a statement


class CrossEncoder:
    """One loaded model; its label "entailment" counts, or its only score where it has just one."""

    def __init__(self, name: str) -> None:
        """:param name: a folder, or a name on the model hub.
        :raises SettingsError: there is no such model, or it does not tell entailment.
        """
        try:
            from sentence_transformers import CrossEncoder as Library

            self._model: Any = Library(name, device="cpu")
            labels = self._model.model.config.id2label
        except Exception as error:  # the library raises whatever its parts raise
            raise SettingsError(
                f'QA_BOT_LLM_ENTAILMENT is "{name}", which cannot be loaded ({first_line(error)}); '
                "set it to the folder or name of a cross-encoder, or unset it."
            ) from None
        found = [at for at, label in labels.items() if str(label).lower().startswith("entail")]
        if len(labels) > 1 and not found:
            raise SettingsError(
                f'QA_BOT_LLM_ENTAILMENT is "{name}", which knows the labels '
                f"{', '.join(map(str, labels.values()))}, but no entailment; name another model."
            )
        self._label = int(found[0]) if found else None

    def chance(self, statement: str, sentences: str) -> float:
        """The chance, in [0, 1], that `sentences` entail `statement`."""
        several = self._label is not None
        (scores,) = self._model.predict(
            [(sentences, statement)], apply_softmax=several, show_progress_bar=False
        )
        return float(scores[self._label] if several else scores)

"""Texts → unit vectors, one for the text and one for each of its words.

`encoder` is what the other rooms use. It runs a model by `runtimes`: the `bundled` one or another,
as sentence-transformers loads it or from the form that `exporting` leaves for the chat.
"""

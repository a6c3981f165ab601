"""Ranked sentences → an Answer: what to quote, or that the articles do not say.

`choosing` takes sentences, with the `neighbors` they need; `confidence` says how sure it is that
they answer; `answer` decides; `about` knows what articles say of themselves, and `listing` what they
are asked for as a whole. `lookup` does it all for one message, which may ask several things. The
numbers are in `model.json`; the room `training` learns them.
"""

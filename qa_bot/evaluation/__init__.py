"""Questions and messages with labels → figures with intervals, and reports of them.

`command` runs everything. `metrics` judges one answer, with `citations`; `figures` sums up, with
`intervals`; `crisis` judges the screen and `statements` the verifier of a language model.
`comparing` holds a run against an older one, `ablating` switches parts off, and `report` writes it
all down.
"""

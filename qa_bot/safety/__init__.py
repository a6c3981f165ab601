"""A message and the earlier ones → what help the page must show.

`screening` is the whole screen. Read `escalating` first (layer one, over a whole conversation), then
`assessing` (one message by the `rules`, whose data is `rules.toml`). `letters`, `repairing` and
`normalizing` undo disguises, and `telling` parts what is told from what is asked; `patterns` are how
rules are written. `meaning` is layer two: two small networks, taught in the room `training`.
`help_lines` says whose numbers are shown, `situations` what is said beside them; `phone_numbers` finds
those that are not ours, which the `gate` keeps off the page.
"""

"""A message → a question, and the articles' sentences for it, most useful first.

`asking` parts it from what is told beside it; `query` says it in the articles' words, `aspects` and
`answer_types` what kind of thing it is, and `target` all that sentences are compared with; `ranking`
finds sentences and weighs the `features` they have, from the `traits` each brings along.
"""

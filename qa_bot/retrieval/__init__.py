"""A message → a question, and the articles' sentences for it, most useful first.

`query` says what is asked, in the articles' words, `aspects` and `answer_types` what kind of
thing, and `sought` all that sentences are compared with; `ranking` finds sentences and weighs the
`features` they have, from the `traits` each brings along.
"""

"""What editors are told before readers see a change.

`checking` collects `findings` about each file (`source`): `article_rules`, `corpus_rules`,
`clinical_rules`. `changes` compares two corpora and `rehearsal` the answers of both, for the
`diff_report`. `adding` makes a file of the corpus from a saved page.
"""

"""Optional: a language model's two or three sentences above the quotes, each checked against them.

`composer` asks the model (`providers`) and shows only what `supporting` finds the quoted sentences
to say: by the rules (`claims`, which `claim_tokens`, `claim_words` and `claim_counts` read;
`claim_rules`), by what they are about (`cited`, `naming`), and by `entailment` where somebody named a
model for that. `showable` is the gate for everything.
"""

"""How the learned numbers come about: labeled files → what comes with the product. No answer needs this.

`answering` learns `answering/model.json`, in a minute. `safety` teaches the crisis screen its meaning:
each `network` is a copy of the bundled encoder.
"""

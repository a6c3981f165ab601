"""How fast, how much memory, how many readers: `make bench`. Not part of the product."""

"""Chinese words written with other characters: by sound, shape and parts, in pinyin and in initials.

`_likeness` says how near two characters are, `_terms` which written forms of a term are worth a look,
`_sieve` where in a batch one could stand (`_native` does the same, compiled), `_search` what it is and what
it costs.
"""

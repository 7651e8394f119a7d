"""A sample platform, for the tour, the tests and for trying things out.

Data only: `accounts.jsonl`, `posts.jsonl` (the item format), `script.yaml` (what people do after the scan)
and a README that says who is who. Everybody in it is invented. Read them with
`importlib.resources.files("bylaw.sample")`.
"""

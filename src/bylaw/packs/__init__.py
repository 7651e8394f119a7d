"""The packs shipped with Bylaw: data, one directory each, read through `importlib.resources`.

`common` is abstract: the words, stance rules, exemptions and notice templates that are neutral of topic.
`wechat-2022` and `ticket-resale` extend it. Nothing is decided here, and no Python file names what a pack is
about: `docs/explanation/packs.md` says what each pack rests on.
"""

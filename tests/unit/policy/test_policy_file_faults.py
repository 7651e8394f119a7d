"""Files that cannot be read, do not belong, or extend what is not there."""

from collections.abc import Callable

import pytest

CASES = {
    "not YAML": (
        {"clauses/POOL-SELL.yaml": "id: [\n"},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:2:1: This is not YAML: while parsing a flow node expected the node content, but found '<stream end>'.",
        ],
    ),
    "key twice": (
        {"clauses/POOL-SELL.yaml": ("severity: moderate", "severity: moderate\nseverity: minor")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:12:1: The key 'severity' stands here twice; the first is in line 11.",
        ],
    ),
    "anchor and alias": (
        {"clauses/POOL-SELL.yaml": ("severity: moderate", "severity: &a moderate\nweak2: *a")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:11:11: Anchors (&a) are not read. Leave it out.",
            "pool-tickets/clauses/POOL-SELL.yaml:12:1: Unknown key 'weak2'. Did you mean 'weak'?",
            "pool-tickets/clauses/POOL-SELL.yaml:12:8: Aliases (*name) are not read. Write the value out.",
        ],
    ),
    "tag": (
        {"clauses/POOL-SELL.yaml": ("severity: moderate", "severity: !!str moderate")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:11:11: Tags (tag:yaml.org,2002:str) are not read. Leave it out.",
        ],
    ),
    "second document": (
        {"clauses/POOL-SELL.yaml": ("examples:", "...\n---\nexamples:")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:33:1: A file holds one document; this begins a second.",
        ],
    ),
    "nested too deep": (
        {"clauses/POOL-SELL.yaml": "a: " + "[" * 40 + "]" * 40},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:1:27: Nested deeper than 24 levels.",
        ],
    ),
    "list instead of keys": (
        {"clauses/POOL-SELL.yaml": "- a\n"},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:1:1: Expected keys and values, got a list.",
        ],
    ),
    "empty file": (
        {"clauses/POOL-SELL.yaml": ""},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:1:1: Expected keys and values, got an empty file.",
        ],
    ),
    "control character": (
        {"clauses/POOL-SELL.yaml": "a: \x07"},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:0:0: This is not YAML: unacceptable character #x0007: special characters are not allowed.",
        ],
    ),
    "number as a key": (
        {"clauses/POOL-SELL.yaml": ("severity: moderate", "severity: moderate\n3: x")},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:12:1: Expected text as a key, got the number 3. Quote it if it is a name.",
        ],
    ),
    "half a character": (
        {"clauses/POOL-SELL.yaml": ("severity: moderate", 'severity: "\\ud800"')},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:11:11: '�' is no severity. Known: minor, moderate, serious, severe.",
            "pool-tickets/clauses/POOL-SELL.yaml:11:11: Half of a surrogate pair is not a character. Write it whole.",
        ],
    ),
    "another encoding": (
        {"clauses/POOL-SELL.yaml": b"id: \xd7\xaa\xc2\xf4\n"},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:1:6: The file is not UTF-8: byte 0xc2 here. Save it as UTF-8.",
        ],
    ),
    "too large": (
        {"clauses/POOL-SELL.yaml": b"#" * 2_000_001},
        [
            "pool-tickets/clauses/POOL-SELL.yaml:0:0: The file has 2000001 bytes; at most 2000000 are read. Split it.",
        ],
    ),
    "base that is not there": (
        {"pack.yaml": ("extends: pool-base", "extends: pool-bse")},
        [
            "pool-tickets/pack.yaml:3:10: extends: there is no pack 'pool-bse' beside this one. Did you mean 'pool-base'?",
        ],
    ),
    "base by a path": (
        {"pack.yaml": ("extends: pool-base", "extends: ../pool-base")},
        [
            "pool-tickets/pack.yaml:3:10: extends: expected the id of a pack: letters, digits, '_', '.' or '-'.",
        ],
    ),
    "base as a list": (
        {"pack.yaml": ("extends: pool-base", "extends: [a]")},
        [
            "pool-tickets/pack.yaml:3:10: extends: expected the id of a pack: letters, digits, '_', '.' or '-'.",
        ],
    ),
    "base of another name": (
        {"pool-base/pack.yaml": ("id: pool-base", "id: other")},
        [
            "pool-tickets/pack.yaml:3:10: extends: the directory 'pool-base' holds the pack 'other'.",
        ],
    ),
    "packs in a circle": (
        {"pool-base/pack.yaml": ("abstract: true", "abstract: true\nextends: pool-tickets")},
        [
            "pool-base/pack.yaml:4:10: extends: packs extend each other in a circle: pool-tickets -> pool-base -> pool-tickets.",
        ],
    ),
    "fault in the base": (
        {"pool-base/lexicon/warning.yaml": ("name:", "nme:")},
        [
            "pool-base/lexicon/warning.yaml:1:1: The key 'name' is missing.",
            "pool-base/lexicon/warning.yaml:1:1: Unknown key 'nme'. Did you mean 'name'?",
        ],
    ),
    "no pack.yaml": (
        {"pack.yaml": None},
        [
            "pool-tickets/pack.yaml:0:0: The file is missing: every pack has one.",
        ],
    ),
    "folder misspelt": (
        {"clause/A.yaml": "a: 1"},
        [
            "pool-tickets/clause:0:0: A pack has no folder of this name. Did you mean 'clauses'?",
        ],
    ),
    "wrong file ending": (
        {"clauses/A.yml": "a: 1"},
        [
            "pool-tickets/clauses/A.yml:0:0: Files in clauses/ end with .yaml.",
        ],
    ),
    "unexpected file beside pack.yaml": (
        {"pack.yml": "a: 1"},
        [
            "pool-tickets/pack.yml:0:0: Expected pack.yaml or prose (*.md) here. Did you mean 'pack.yaml'?",
        ],
    ),
    "lexicon with capitals": (
        {"lexicon/Big-Words.yaml": "a: 1"},
        [
            "pool-tickets/lexicon/Big-Words.yaml:0:0: 'Big-Words' cannot be part of a signal's name. Use a to z, 0 to 9 and _, a letter first, and no word of the condition language.",
        ],
    ),
    "lexicon named as a word of the language": (
        {"lexicon/class.yaml": "a: 1"},
        [
            "pool-tickets/lexicon/class.yaml:0:0: 'class' cannot be part of a signal's name. Use a to z, 0 to 9 and _, a letter first, and no word of the condition language.",
        ],
    ),
    "clause with a space in its name": (
        {"clauses/a b.yaml": "a: 1"},
        [
            "pool-tickets/clauses/a b.yaml:0:0: 'a b' cannot be an id. Use letters, digits, '_', '.' and '-'.",
        ],
    ),
    "list as pack.yaml": (
        {"pack.yaml": "- a\n"},
        [
            "pool-tickets/pack.yaml:1:1: Expected keys and values, got a list.",
        ],
    ),
    "pack.yaml that is not YAML": (
        {"pack.yaml": "id: [\n"},
        [
            "pool-tickets/pack.yaml:2:1: This is not YAML: while parsing a flow node expected the node content, but found '<stream end>'.",
        ],
    ),
}


@pytest.mark.parametrize(("edits", "expected"), CASES.values(), ids=CASES.keys())
def test_fault_is_named_at_its_place(edits: dict, expected: list[str], faults: Callable) -> None:
    """Every fault is said once, where it stands, and nothing else is."""
    assert expected == faults(edits)

"""Signed tree heads and the keys that sign them, in the C2SP text formats.

A checkpoint (C2SP tlog-checkpoint) is a signed note (C2SP signed-note):

    <origin>
    <size, decimal>
    <root hash, base64>
    [extension lines]

    — <key name> <base64 of 4-byte key id and signature>

The signature covers everything up to and including the newline before the blank line. A verifier key is
`<name>+<key id in hex>+<base64 of 0x01 and the public key>`, a private key `PRIVATE+KEY+<name>+<key id in
hex>+<base64 of 0x01 and the seed>`; the key id is the first four bytes of
SHA-256(name || 0x0A || 0x01 || public key), and 0x01 says Ed25519.

INVARIANT: `parse_checkpoint(text).text == text` for every text it accepts. Signature lines of keys nobody
here knows (witnesses) are kept and prove nothing.
"""

from __future__ import annotations

__all__ = [
    "Checkpoint",
    "KeyPair",
    "NoteSignature",
    "VerifierKey",
    "new_key",
    "parse_checkpoint",
    "parse_private",
    "parse_verifier",
    "sign_checkpoint",
]

import re
from base64 import b64decode, b64encode
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bylaw.errors import InputRefused, LedgerBroken
from bylaw.ledger._tree import root
from bylaw.model import Value
from bylaw.ports import TreeHead

_ED25519 = b"\x01"
_NAME = re.compile(r"[^\s+\x00-\x1f\x7f\ud800-\udfff]+")
_LINE = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]+")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_KEY_ID = re.compile(r"[0-9a-f]{8}")
_DASH = "— "  # U+2014 and a space begin every signature line
_LONGEST = 1_000_000  # characters; nothing longer is looked at


class NoteSignature(Value, frozen=True, kw_only=True):
    """One signature line: whose, by which key, and the bytes."""

    name: str
    key_id: bytes  # 4 bytes
    data: bytes  # 64 bytes for Ed25519; of other lengths for witnesses of other kinds


class VerifierKey(Value, frozen=True, kw_only=True):
    """The public half of a ledger key, with the name it signs under."""

    name: str
    public: bytes  # 32 bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that name the key in a signature line."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    @property
    def text(self) -> str:
        """The verifier key as one line, to publish and to paste."""
        return f"{self.name}+{self.key_id.hex()}+{_base64(_ED25519 + self.public)}"


class KeyPair(Value, frozen=True, kw_only=True):
    """A private signing key. Its representation never shows the seed."""

    name: str
    seed: bytes  # 32 bytes

    def __repr__(self) -> str:
        return f"KeyPair({self.verifier.text!r})"

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return VerifierKey(name=self.name, public=public)

    def private_text(self) -> str:
        """Return what belongs into the key file, mode 600, and nowhere else."""
        return f"PRIVATE+KEY+{self.name}+{self.verifier.key_id.hex()}+{_base64(_ED25519 + self.seed)}\n"


class Checkpoint(Value, frozen=True, kw_only=True):
    """A promise: the ledger `origin` had `size` entries and this root, and will never be otherwise."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()  # further lines of the signed text; ours has none
    signatures: tuple[NoteSignature, ...] = ()

    @property
    def signed_text(self) -> str:
        """What the signatures cover."""
        return "".join(f"{line}\n" for line in (self.origin, self.size, _base64(self.root), *self.extensions))

    @property
    def text(self) -> str:
        """The whole signed note."""
        lines = (f"{_DASH}{each.name} {_base64(each.key_id + each.data)}\n" for each in self.signatures)
        return f"{self.signed_text}\n{''.join(lines)}"

    def names(self, key: VerifierKey) -> bool:
        """Whether a signature line claims to be by this key; `verify` says whether it is."""
        return any((one.name, one.key_id) == (key.name, key.key_id) for one in self.signatures)

    def verify(self, key: VerifierKey) -> None:
        """Check this key's signature. Raises LedgerBroken when there is none, or one that does not hold."""
        mine = [one for one in self.signatures if (one.name, one.key_id) == (key.name, key.key_id)]
        if not mine:
            signers = ", ".join(f"{one.name}+{one.key_id.hex()}" for one in self.signatures)
            raise LedgerBroken(
                f"The checkpoint of size {self.size} is not signed by {key.name}+{key.key_id.hex()},"
                f" only by {signers}."
            )
        public = Ed25519PublicKey.from_public_bytes(key.public)
        for one in mine:
            try:
                public.verify(one.data, self.signed_text.encode())
            except InvalidSignature:
                raise LedgerBroken(
                    f"The signature of {key.name}+{key.key_id.hex()} on the checkpoint of size {self.size}"
                    " does not hold."
                ) from None


def new_key(name: str, seed: bytes) -> KeyPair:
    """Return the key made from 32 secret random bytes, signing as `name`, which is also the ledger's origin.

    Raises InputRefused when the name has spaces or a plus sign, or the seed another length.
    """
    if not _NAME.fullmatch(name):
        raise InputRefused(
            f"A key name has no spaces, plus signs or control characters, got {name[:40]!r}.",
            next_step="Use one such as ledger.example.org/bylaw.",
        )
    if len(seed) != 32:
        raise InputRefused(f"A key needs a seed of 32 bytes, got {len(seed)}.")
    return KeyPair(name=name, seed=seed)


def parse_private(text: str) -> KeyPair:
    """Read `KeyPair.private_text()` back. Raises InputRefused; the message never repeats the key."""
    head, name, key_id, secret = _fields(text.removesuffix("\n"), prefix="PRIVATE+KEY+")
    if head and (raw := _exact(secret)) is not None and len(raw) == 33 and raw[:1] == _ED25519:
        pair = new_key(name, raw[1:])
        if pair.verifier.key_id.hex() == key_id:
            return pair
    raise InputRefused(
        "The key file does not hold a ledger key.",
        next_step="Expected one line, PRIVATE+KEY+<name>+<id>+<base64>, exactly as `bylaw init` wrote it.",
    )


def parse_verifier(text: str) -> VerifierKey:
    """Read a verifier key. Raises InputRefused when it is not one, or its id does not fit it."""
    head, name, key_id, public = _fields(text.strip(), prefix="")
    if head and (raw := _exact(public)) is not None and len(raw) == 33 and raw[:1] == _ED25519:
        key = VerifierKey(name=name, public=raw[1:])
        if key.key_id.hex() == key_id:
            return key
    raise InputRefused(
        f"Expected a verifier key <name>+<id>+<base64>, got {text[:100]!r}.",
        next_step="Copy the whole line; its middle part is a checksum of the rest.",
    )


def sign_checkpoint(head: TreeHead, *keys: KeyPair) -> Checkpoint:
    """Return the checkpoint of a tree head, signed by each key in turn; the first one's name is the origin.

    Two keys sign when one hands over to the other: the checkpoint that covers its `key.rotated` entry.
    """
    plain = Checkpoint(origin=keys[0].name, size=head.size, root=root(head))
    message = plain.signed_text.encode()
    signatures = tuple(
        NoteSignature(
            name=key.name,
            key_id=key.verifier.key_id,
            data=Ed25519PrivateKey.from_private_bytes(key.seed).sign(message),
        )
        for key in keys
    )
    return Checkpoint(origin=plain.origin, size=plain.size, root=plain.root, signatures=signatures)


def parse_checkpoint(text: str) -> Checkpoint:
    """Read a signed note as a checkpoint; no signature is checked.

    Raises LedgerBroken with what was expected and what came.
    """
    signed, blank, below = text.partition("\n\n")
    lines = signed.split("\n")
    if len(text) > _LONGEST or not blank or not below.endswith("\n") or len(lines) < 3:
        raise _unreadable("three lines or more, a blank line, and signature lines", text)
    origin, size, root_text, *extensions = lines
    root_hash = _exact(root_text)
    if not all(_LINE.fullmatch(line) for line in (origin, *extensions)):
        raise _unreadable("an origin and extension lines without control characters", signed)
    if not _SIZE.fullmatch(size):
        raise _unreadable("a size in decimal digits on line 2", size)
    if root_hash is None or len(root_hash) != 32:
        raise _unreadable("32 bytes in base64 on line 3", root_text)
    return Checkpoint(
        origin=origin,
        size=int(size),
        root=root_hash,
        extensions=tuple(extensions),
        signatures=tuple(_signature(line) for line in below.removesuffix("\n").split("\n")),
    )


def _signature(line: str) -> NoteSignature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    raw = _exact(encoded)
    known = line.startswith(_DASH) and space and _NAME.fullmatch(name)
    if not known or raw is None or len(raw) < 5:
        raise _unreadable("a signature line, — <name> <base64>", line)
    return NoteSignature(name=name, key_id=raw[:4], data=raw[4:])


def _unreadable(expected: str, got: str) -> LedgerBroken:
    return LedgerBroken(f"A checkpoint does not parse: expected {expected}, got {got[:100]!r}.")


def _fields(text: str, *, prefix: str) -> tuple[bool, str, str, str]:
    """Split `<prefix><name>+<id>+<base64>`; base64 may hold plus signs, a name may not."""
    name, _, rest = text.removeprefix(prefix).partition("+")
    key_id, _, encoded = rest.partition("+")
    sound = text.startswith(prefix) and _NAME.fullmatch(name)
    return bool(sound and _KEY_ID.fullmatch(key_id)), name, key_id, encoded


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


def _exact(text: str) -> bytes | None:
    """Decode base64 that is exactly what `_base64` would have written; None otherwise."""
    try:
        data = b64decode(text, validate=True)
    except ValueError:
        return None
    return data if _base64(data) == text else None

"""One-time signatures from nothing but SHA-256, and addresses that stand for them.

Lamport's scheme (Constructing digital signatures from a one-way function, SRI 1979)
over the 256 bits of a message's digest: for each bit there are two secrets, and a
signature gives away the one that the bit chooses.
"""

from __future__ import annotations

import base64
import hashlib

__all__ = ["SIGNED", "address_of", "is_address", "public", "sign", "signer"]

BITS = 256
SIGNED = BITS * 32
"""Bytes of a signature's secrets, and of the hashes that go with them."""
BODY, CHECK = 20, 4
"""Letters of an address, and of the checksum behind them."""


def public(key: bytes, nonce: int) -> bytes:
    """Return the one-time public key of a number.

    Args:
        key: 32 bytes, for all numbers.
        nonce: From 0 on.

    Returns:
        512 hashes of 32 bytes: for each bit the one for 0, then that for 1.
    """
    return b"".join(
        _hash(_secret(key, nonce, place, bit))
        for place in range(BITS)
        for bit in (0, 1)
    )


def sign(key: bytes, nonce: int, message: str) -> tuple[bytes, bytes]:
    """Return the secrets that a message chooses, and the hashes of the others."""
    bits = list(enumerate(_bits(message)))
    given = b"".join(_secret(key, nonce, place, bit) for place, bit in bits)
    kept = b"".join(_hash(_secret(key, nonce, place, 1 - bit)) for place, bit in bits)
    return given, kept


def signer(message: str, given: bytes, kept: bytes) -> bytes:
    """Return the digest of the one public key that a signature of a message fits.

    Args:
        message: That was signed.
        given: `SIGNED` bytes, the secrets.
        kept: As many, the hashes of the others.
    """
    whole: list[bytes] = []
    for place, bit in enumerate(_bits(message)):
        part = slice(32 * place, 32 * place + 32)
        pair = (_hash(given[part]), kept[part])
        whole += pair if bit == 0 else reversed(pair)
    return _hash(b"".join(whole))


def address_of(digest: bytes, chain: str) -> str:
    """Return the address that the digest of a first public key has on a chain."""
    body = base64.b32encode(digest).decode()[:BODY]
    return body + _check(body, chain)


def is_address(text: str, chain: str) -> bool:
    """Tell whether a text is an address of a chain, its checksum right."""
    body = text[:BODY]
    fits = len(text) == BODY + CHECK and set(body) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    )
    return fits and text[BODY:] == _check(body, chain)


def _check(body: str, chain: str) -> str:
    digest = _hash(f"{chain}:{body}".encode())
    return base64.b32encode(digest).decode()[:CHECK]


def _secret(key: bytes, nonce: int, place: int, bit: int) -> bytes:
    return _hash(key + nonce.to_bytes(4, "big") + bytes((place, bit)))


def _bits(message: str) -> list[int]:
    digest = _hash(message.encode())
    return [byte >> shift & 1 for byte in digest for shift in range(7, -1, -1)]


def _hash(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()

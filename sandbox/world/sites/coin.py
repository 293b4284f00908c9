"""coin.test: the toy coin Tern, its faucet and its documentation."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, ClassVar

from ..core import Answer, Site, World
from ..messages import Page, Refused, Request, created, tag
from .lamport import address_of, public, sign
from .tern import BLOCK_S, CONFIRMATIONS, GRAINS, Chain, Order, Rules

__all__ = ["Coin"]

DOCS = """\
Tern is a coin whose wallets need nothing but SHA-256. This chain is called {chain}.
One TRN is {grains} grains. Below, H is SHA-256, + joins bytes, and HEX means
hexadecimal digits in lower case.

Keys
  A wallet is a secret key K of 32 random bytes. It signs each of its orders with
  another one-time key; they are numbered by a nonce 0, 1, 2, ... For nonce N, a place
  P from 0 to 255 and a bit B, 0 or 1, there is a secret
      s(N, P, B) = H(K + N as 4 bytes, big-endian + P as one byte + B as one byte)
  The public key of N is the hashes of its 512 secrets in the order
      pub(N) = H(s(N,0,0)) + H(s(N,0,1)) + H(s(N,1,0)) + ... + H(s(N,255,1))
  and its digest is D(N) = H(pub(N)), 32 bytes.

Address
  BODY is the first 20 characters of the base32 text (RFC 4648, capitals) of D(0).
  CHECK is the first 4 characters of the base32 text of H("{chain}:" + BODY).
  The address is BODY followed by CHECK, 24 characters.

Orders
  Every order brings "nonce", how many orders the wallet gave before (a refused one does
  not count), and "next", D(nonce + 1) in HEX, by which its following order will be
  recognised. It signs one line of text:
      to claim from the faucet   claim|{chain}|ADDRESS|NONCE|NEXT
      to send                    send|{chain}|ADDRESS|TO|GRAINS|NONCE|NEXT
  with numbers in plain decimals. The 256 bits of H(line), the highest bit of the first
  byte first, choose from the one-time key of this nonce: at place P, bit B,
      "signature" gets s(nonce, P, B), the secret that the bit names;
      "others" gets H(s(nonce, P, 1 - B)), the hash of the secret that it does not.
  Each is 256 times 32 bytes, place after place, in HEX (16384 digits).

API at http://coin.test; bodies and answers are JSON, no token is needed
  GET /v1/chain
      {{"chain", "height", "block_seconds", "confirmations", "fee_grains", ...}}
  GET /v1/wallets/ADDRESS
      {{"address", "grains", "pending_grains", "nonce"}}; "nonce" is the next one
  POST /v1/claims {{"address", "nonce", "next", "signature", "others"}}
      201, a transfer of {faucet} grains from "faucet"
  POST /v1/transfers {{"address", "nonce", "next", "signature", "others", "to",
                      "grains"}}
      201, a transfer; the wallet pays {fee} grains more, as a fee
  GET /v1/transfers/NAME
      {{"transfer", "from", "to", "grains", "block", "confirmations", "state"}}

  A transfer goes into the next block; there is a block every {block_s} seconds. It is
  "pending" until it has {confirmations} confirmations, then "confirmed", and its grains
  can be spent. To let time pass, see http://status.test/docs.
  {limits}

  Errors are {{"error": REASON}}: 400 a field is missing or of another kind, 402 too few
  grains, 403 the signature does not fit, 404 no such transfer, 409 another nonce is
  due or the faucet pays no more, 422 not an address or not a sum.

Worked example, with the key {key}
  D(0)                {digest}
  address             {address}
  first order         {line}
  H(signature)        {given}
  H(others)           {kept}
  (the last two are of the bytes, not of their HEX)
"""
PROGRAM = """
The same in Python
  import base64, hashlib

  def H(data):
      return hashlib.sha256(data).digest()

  def s(key, nonce, place, bit):
      return H(key + nonce.to_bytes(4, "big") + bytes([place, bit]))

  def D(key, nonce):
      return H(b"".join(H(s(key, nonce, p, b)) for p in range(256) for b in (0, 1)))

  def address(key):
      body = base64.b32encode(D(key, 0)).decode()[:20]
      return body + base64.b32encode(H(("{chain}:" + body).encode())).decode()[:4]

  def bits(line):
      return [byte >> i & 1 for byte in H(line.encode()) for i in range(7, -1, -1)]
"""


class Coin(Site):
    """coin.test.

    Its content may have `chain`, the chain's name; `faucet`, `claims`, `fee` and `most`
    as `Rules` says; and `program`, whether the documentation has one.
    """

    name = "coin"
    renamed: ClassVar[Mapping[str, str]] = {"grains": "units", "others": "hashes"}

    def __init__(self, world: World, content: Mapping[str, Any]) -> None:
        super().__init__(world, content)
        drawn = f"tern-{world.random('coin', 'chain').randrange(2, 100)}"
        rules: dict[str, Any] = {"chain": drawn, **content}
        rules.pop("program", None)
        self.chain = Chain(world, Rules(**rules))

    def answer(self, request: Request) -> Answer:
        """Answer a request."""
        method = "GET" if request.method == "HEAD" else request.method
        match [method, *request.path.strip("/").split("/")]:
            case ["GET", ""]:
                docs = tag("a", "Documentation", href="/docs")
                about = tag(
                    "p", f"The chain {self.chain.rules.chain} of the coin Tern."
                )
                return Page("Tern", {"docs": "/docs"}, (about, docs))
            case ["GET", "docs"]:
                return self.documentation(self._docs())
            case ["GET", "v1", "chain"]:
                return self._about()
            case ["GET", "v1", "wallets", address]:
                return self.chain.wallet(address)
            case ["GET", "v1", "transfers", name]:
                return self.chain.transfer(name)
            case ["POST", "v1", "claims"]:
                return created(self.chain.claim(_order(request)))
            case ["POST", "v1", "transfers"]:
                to, grains = request.field("to"), request.field("grains", int)
                return created(self.chain.send(_order(request), to, grains))
            case _:
                docs = f"http://{self.world.host(self.name)}/docs"
                raise Refused(404, f"there is nothing here; see {docs}")

    def _about(self) -> dict[str, Any]:
        rules = self.chain.rules
        return {
            "chain": rules.chain,
            "height": self.chain.height,
            "block_seconds": BLOCK_S,
            "confirmations": CONFIRMATIONS,
            "fee_grains": rules.fee,
            "faucet_grains": rules.faucet,
            "claims": rules.claims,
            "most_grains": rules.most,
        }

    def _docs(self) -> str:
        rules, key = self.chain.rules, bytes(range(32))
        digest = hashlib.sha256(public(key, 0)).digest()
        following = hashlib.sha256(public(key, 1)).hexdigest()
        address = address_of(digest, rules.chain)
        line = f"claim|{rules.chain}|{address}|0|{following}"
        given, kept = sign(key, 0, line)
        told = DOCS + (PROGRAM if self.content.get("program", True) else "")
        return told.format(
            chain=rules.chain,
            grains=GRAINS,
            faucet=rules.faucet,
            fee=rules.fee,
            block_s=BLOCK_S,
            confirmations=CONFIRMATIONS,
            limits=self._limits(),
            key=key.hex(),
            digest=digest.hex(),
            address=address,
            line=line,
            given=hashlib.sha256(given).hexdigest(),
            kept=hashlib.sha256(kept).hexdigest(),
        )

    def _limits(self) -> str:
        rules = self.chain.rules
        times = "once" if rules.claims == 1 else f"up to {rules.claims} times"
        return (
            f"The faucet pays a wallet {times}, again only once the claim before is\n"
            f"  confirmed. A transfer sends at most {rules.most} grains."
        )


def _order(request: Request) -> Order:
    told = {name: request.field(name) for name in ("address", "next")}
    return Order(
        **told,
        nonce=request.field("nonce", int),
        signature=request.field("signature"),
        others=request.field("others"),
    )

"""The chain of the coin Tern: wallets, orders that are signed, and blocks.

No coin is made or lost: what is on its way, what was paid in fees and what the faucet
has left are in the same book as the wallets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..core import World
from ..messages import Refused
from .lamport import SIGNED, address_of, is_address, signer

__all__ = ["BLOCK_S", "CONFIRMATIONS", "GRAINS", "Chain", "Order", "Rules"]

BLOCK_S = 60
CONFIRMATIONS = 3
GRAINS = 1000
"""Of one TRN."""
SUPPLY = 10**6 * GRAINS
FAUCET, FEES, PENDING = "faucet", "fees", "pending"
MOST_CLAIMS = 60
"""Of all wallets together."""


@dataclass(frozen=True)
class Rules:
    """What differs between chains. Sums are grains."""

    chain: str
    """Its name, which is in every address and every message."""
    faucet: int = 5 * GRAINS
    """What a claim pays."""
    claims: int = 1
    """How many a wallet has; each only once the one before it is confirmed."""
    fee: int = 20
    """Of each transfer."""
    most: int = SUPPLY
    """That one transfer may send."""


@dataclass(frozen=True)
class Order:
    """What is the same in every order of a wallet.

    Attributes:
        address: Of the wallet.
        nonce: How many orders it gave before.
        next: Digest of the public key of the next number, 64 hexadecimal digits.
        signature: Secrets, in hexadecimal.
        others: Hashes of the secrets that were not given, likewise.
    """

    address: str
    nonce: int
    next: str
    signature: str
    others: str


@dataclass
class _Wallet:
    nonce: int = 0
    signer: bytes = b""
    """Digest of the public key that the next order must be signed with; empty before
    the first, whose key is in the address."""
    claims: int = 0


class Chain:
    """Wallets and blocks, by the world's clock.

    Args:
        world: Whose clock and ledger they go by.
        rules: Of this chain.
    """

    def __init__(self, world: World, rules: Rules) -> None:
        self._world = world
        self.rules = rules
        self.grains = {FAUCET: SUPPLY, FEES: 0, PENDING: 0}
        """Of every wallet, and of what is none."""
        self._wallets: dict[str, _Wallet] = {}
        self._transfers: list[dict[str, Any]] = []

    @property
    def height(self) -> int:
        """The number of the latest block."""
        return int(self._world.clock.now) // BLOCK_S

    def wallet(self, address: str) -> dict[str, Any]:
        """Return what anybody may know of a wallet.

        Raises:
            Refused: If it is no address.
        """
        self._see(address)
        coming = [
            t["grains"]
            for t in self._transfers
            if t["to"] == address and not t["confirmed"]
        ]
        return {
            "address": address,
            "grains": self.grains.get(address, 0),
            "pending_grains": sum(coming),
            "nonce": self._wallets.get(address, _Wallet()).nonce,
        }

    def transfer(self, name: str) -> dict[str, Any]:
        """Return what anybody may know of a transfer.

        Raises:
            Refused: If there is none of that name.
        """
        for one in self._transfers:
            if one["transfer"] == name:
                deep = max(0, self.height - one["block"] + 1)
                told = {k: v for k, v in one.items() if k != "confirmed"}
                state = "confirmed" if one["confirmed"] else "pending"
                return {**told, "confirmations": deep, "state": state}
        raise Refused(404, f"there is no transfer {name[:20]!r}")

    def claim(self, order: Order) -> dict[str, Any]:
        """Have the faucet pay a wallet.

        Raises:
            Refused: If the order is not good, or nothing is due.
        """
        rules, text = self.rules, f"claim|{self.rules.chain}|{order.address}"
        wallet, following = self._verified(order, text)
        waiting = any(
            t["to"] == order.address and t["from"] == FAUCET and not t["confirmed"]
            for t in self._transfers
        )
        if waiting:
            raise Refused(409, "the claim before this one is not confirmed yet")
        if wallet.claims >= rules.claims:
            raise Refused(409, f"the faucet has paid this wallet {rules.claims} times")
        if sum(w.claims for w in self._wallets.values()) >= MOST_CLAIMS:
            raise Refused(409, "the faucet is closed: too many wallets have claimed")
        wallet.claims += 1
        self._accept(order.address, wallet, following)
        return self._move(FAUCET, order.address, rules.faucet)

    def send(self, order: Order, to: str, grains: int) -> dict[str, Any]:
        """Send grains from a wallet to another.

        Raises:
            Refused: If the order is not good, or there is not enough.
        """
        rules = self.rules
        self._see(to)
        if not 0 < grains <= SUPPLY:
            raise Refused(422, "grains should be a whole number above zero")
        if grains > rules.most:
            raise Refused(422, f"a transfer sends at most {rules.most} grains")
        if to == order.address:
            raise Refused(422, "sender and receiver are the same wallet")
        text = f"send|{rules.chain}|{order.address}|{to}|{grains}"
        wallet, following = self._verified(order, text)
        if self.grains.get(order.address, 0) < grains + rules.fee:
            raise Refused(402, f"the wallet has less than {grains + rules.fee} grains")
        self._accept(order.address, wallet, following)
        self.grains[order.address] -= rules.fee
        self.grains[FEES] += rules.fee
        return self._move(order.address, to, grains)

    def _see(self, address: str) -> None:
        if not is_address(address, self.rules.chain):
            told = f"{address[:40]!r} is no address of {self.rules.chain}"
            raise Refused(422, f"{told}: 20 letters and digits and 4 of a checksum")

    def _verified(self, order: Order, text: str) -> tuple[_Wallet, bytes]:
        """Return the wallet of a good order, and the digest of its next key."""
        self._see(order.address)
        wallet = self._wallets.get(order.address, _Wallet())
        if order.nonce != wallet.nonce:
            raise Refused(409, f"the next nonce of this wallet is {wallet.nonce}")
        following = _bytes("next", order.next, 32)
        given = _bytes("signature", order.signature, SIGNED)
        kept = _bytes("others", order.others, SIGNED)
        message = f"{text}|{order.nonce}|{order.next}"
        found = signer(message, given, kept)
        right = (
            found == wallet.signer
            if wallet.nonce
            else address_of(found, self.rules.chain) == order.address
        )
        if not right:
            raise Refused(403, f"the signature is not this wallet's for {message!r}")
        return wallet, following

    def _accept(self, address: str, wallet: _Wallet, following: bytes) -> None:
        self._wallets[address] = wallet
        wallet.nonce += 1
        wallet.signer = following

    def _move(self, source: str, to: str, grains: int) -> dict[str, Any]:
        """Let grains be on their way, from the next block on."""
        self.grains[source] -= grains
        self.grains[PENDING] += grains
        block = self.height + 1
        name = f"tern-{len(self._transfers) + 1}"
        one = {"transfer": name, "from": source, "to": to, "grains": grains}
        self._transfers.append({**one, "block": block, "confirmed": False})
        kind = "coin.claimed" if source == FAUCET else "coin.sent"
        self._world.ledger.write(kind, **one)
        last = (block + CONFIRMATIONS - 1) * BLOCK_S
        number = len(self._transfers) - 1
        self._world.clock.at(last, lambda: self._confirm(number))
        return self.transfer(name)

    def _confirm(self, number: int) -> None:
        one = self._transfers[number]
        one["confirmed"] = True
        self.grains[PENDING] -= one["grains"]
        self.grains[one["to"]] = self.grains.get(one["to"], 0) + one["grains"]
        line: Mapping[str, Any] = {k: v for k, v in one.items() if k != "confirmed"}
        self._world.ledger.write("coin.confirmed", **line)


def _bytes(name: str, text: str, count: int) -> bytes:
    """Read hexadecimal digits of a known number of bytes."""
    digits = len(text) == 2 * count and set(text) <= set("0123456789abcdef")
    if not digits:
        wanted = f"{2 * count} hexadecimal digits in lower case"
        raise Refused(422, f"{name} should be {wanted}")
    return bytes.fromhex(text)

"""Social items that are made here, with what an audit must find."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from fair_items import fair_item, labelled

from arena.audit import text_picks
from arena.environments.social import Social
from arena.items import Item, check_item

__all__ = ["Lucky", "Mislabelled", "Refused"]

PERIOD = 200


class Lucky(Social):
    """One rule is right too often in the set of seed 0, as can be by accident."""

    def __init__(
        self,
        *,
        file: str,
        file_digest: str | None = None,
        render_mode: str | None = None,
    ) -> None:
        super().__init__(file=file, file_digest=file_digest, render_mode=render_mode)
        self.most_items = None

    @classmethod
    def items(
        cls, parameters: Mapping[str, Any], seed: int, count: int | None = None
    ) -> Iterator[Item]:
        """Yield items."""
        for number in range(count or PERIOD):
            item = fair_item(number + 100_000 * seed)
            if seed == 0 and number % 5 == 0:
                item = labelled(item, gold=text_picks(item)["last-mentioned"])
            yield item


class Mislabelled(Lucky):
    """The second label of every fifth item is wrong."""

    @classmethod
    def items(
        cls, parameters: Mapping[str, Any], seed: int, count: int | None = None
    ) -> Iterator[Item]:
        """Yield items."""
        for number in range(count or PERIOD):
            item = fair_item(number)
            if number % 5 == 0:
                table, other = item.labels
                wrong = item.options[item.gold - 1]
                item = replace(item, labels=(table, other._replace(answer=wrong)))
            yield item


class Refused(Mislabelled):
    """Items as `Mislabelled`, each checked when it is made, as generators do."""

    @classmethod
    def items(
        cls, parameters: Mapping[str, Any], seed: int, count: int | None = None
    ) -> Iterator[Item]:
        """Yield items."""
        yield from map(check_item, super().items(parameters, seed, count))

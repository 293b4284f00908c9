"""Social items of which one labeller is sometimes wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from fair_items import fair_item

from arena.environments.social import Social
from arena.items import Item

__all__ = ["Mislabelled"]


class Mislabelled(Social):
    """Its items are made here; the second label of every fifth is wrong."""

    @classmethod
    def items(
        cls, parameters: Mapping[str, Any], seed: int, count: int | None = None
    ) -> Iterator[Item]:
        """Yield items, 200 in a period."""
        for number in range(count or 200):
            item = fair_item(number)
            if number % 5 == 0:
                table, other = item.labels
                wrong = item.options[item.gold - 1]
                item = replace(item, labels=(table, other._replace(answer=wrong)))
            yield item

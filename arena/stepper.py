"""The screen of `arena replay`: an episode, one event at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import cast

from prompt_toolkit.application import Application, get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import has_focus
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import (
    ConditionalContainer,
    Dimension,
    FormattedTextControl,
    HSplit,
    Layout,
    Window,
)
from prompt_toolkit.styles import Style
from prompt_toolkit.widgets import TextArea

from .errors import UserError, one_line
from .scrolling import Page, Rows
from .stepping import Stepping
from .text import shown
from .transcript import breaks, event_json, event_lines, header_json, header_lines

__all__ = ["step_through"]

LONGEST = 200  # characters of a name beside the page
MOST_AMOUNT = 1e15
TAB = 4  # columns
FOOTER = " ? help  q quit  n/p step  g go to  / search  s seat  f kind  r raw"
SEARCHING = " n next  N previous  Esc ends the search for "
HELP = """\
n, j, Space, →, ↓    the next event
p, k, ←, ↑           the one before
Home, End            the first, the last
PageDown, PageUp     on and back within a long event
g NUMBER Enter       go to an event; 0 is the beginning, with the instructions
/ TEXT Enter         search, in upper or lower case
n, N                 while searching: the next place, the one before
Esc                  end the search
s                    only one seat: each in turn, then all again
f                    only one kind of event: each in turn, then all again
r                    the event as JSON, and back
?                    this help, and back
q                    quit

Above the page: the episode and who plays; the number of the event, the seconds since \
the start, how many steps were played up to there, what they were rewarded with, and \
what was paid out at the end. Characters that would act on a terminal are spelt out.
"""
STYLE = Style.from_dict(
    {
        "line": "reverse",
        "broken": "bg:ansired ansiwhite bold",
        "match": "reverse",
        "more": "bold",
    }
)


def step_through(stepping: Stepping) -> None:
    """Show an episode on the terminal, until its reader quits."""
    _Stepper(stepping).application.run()


class _Stepper:
    """What is on the screen, and what the keys do to it."""

    def __init__(self, stepping: Stepping) -> None:
        self._stepping = stepping
        self._raw = False
        self._help = False
        self._wanted = ""
        self._message = ""
        self._text_of = lru_cache(1)(self._entry)
        self._page = Page(
            lambda: HELP if self._help else self._page_of(stepping.position),
            lambda: (stepping.position, self._raw, self._help),
            lambda: self._wanted,
        )
        self._window = Window(self._page, always_hide_cursor=True)
        self._question, self._answer = "", self._jump
        self._prompt = TextArea(
            multiline=False,
            prompt=lambda: self._question,
            accept_handler=self._answered,
            style="class:line",
        )
        header = stepping.trajectory.header
        seats = (f"{seat} = {spec.label}" for seat, spec in header.seats.items())
        names = (header.episode, header.scenario.name, ", ".join(seats))
        self._names = f" {' · '.join(map(_short, names))}"
        broken = " · ".join(map(_short, breaks(stepping.trajectory)))
        self._breaks = f" {broken}" if broken else ""
        self.application: Application[None] = Application(
            self._layout(),
            style=STYLE,
            key_bindings=self._keys(),
            full_screen=True,
        )
        self.application.ttimeoutlen = 0.05  # Esc is a key, and not a slow arrow

    def _layout(self) -> Layout:
        asked = has_focus(self._prompt)
        above = [lambda: self._names, self._place]
        rows = [_line(part, 2) for part in above]
        below = ConditionalContainer(_line(self._footer, 1), ~asked)
        prompt = ConditionalContainer(self._prompt, asked)
        rows += [_line(lambda: self._breaks, 2, "class:broken")] if self._breaks else []
        return Layout(HSplit([*rows, self._window, below, prompt]), self._window)

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()
        reading = ~has_focus(self._prompt)
        does: dict[tuple[str, ...], Callable[[], object]] = {
            ("j", "space", "right", "down"): lambda: self._move(1),
            ("p", "k", "left", "up"): lambda: self._move(-1),
            ("n",): lambda: self._find() if self._wanted else self._move(1),
            ("N",): lambda: self._find(back=True),
            ("home",): lambda: self._move(-self._stepping.last),
            ("end",): lambda: self._move(self._stepping.last),
            ("pagedown",): lambda: self._page.scroll(1),
            ("pageup",): lambda: self._page.scroll(-1),
            ("g",): lambda: self._ask("go to event: ", self._jump),
            ("/",): lambda: self._ask("search: ", self._search),
            ("s",): lambda: self._filter(self._stepping.next_seat),
            ("f",): lambda: self._filter(self._stepping.next_kind),
            ("r",): self._toggle_raw,
            ("?",): self._toggle_help,
            ("escape",): self._end_search,
            ("q",): self._leave,
        }
        for names, act in does.items():
            for name in names:
                keys.add(name, filter=reading)(self._does(act))
        keys.add("escape", filter=~reading, eager=True)(self._does(self._read_on))
        keys.add("c-c")(self._does(lambda: get_app().exit()))
        return keys

    def _does(self, act: Callable[[], object]) -> Callable[[KeyPressEvent], None]:
        def press(event: KeyPressEvent) -> None:
            self._message = ""
            act()

        return press

    # What the keys do.

    def _move(self, by: int) -> None:
        self._help = False
        if not self._stepping.move(by):
            self._message = "this is the last one" if by > 0 else "this is the first"

    def _filter(self, next_one: Callable[[], None]) -> None:
        self._help = False
        next_one()

    def _ask(self, question: str, answer: Callable[[str], None]) -> None:
        self._question, self._answer = question, answer
        get_app().layout.focus(self._prompt)

    def _answered(self, buffer: Buffer) -> bool:
        said = buffer.text.strip()
        self._read_on()
        self._answer(said)
        return False

    def _read_on(self) -> None:
        self._prompt.text = ""
        get_app().layout.focus(self._window)

    def _jump(self, said: str) -> None:
        self._help = False
        try:
            self._stepping.jump(int(said))
        except UserError as error:
            self._message = str(error)
        except ValueError:
            self._message = f"{said!r} is no number" if said else ""

    def _search(self, said: str) -> None:
        self._wanted = said
        if said:
            self._find()

    def _find(self, *, back: bool = False) -> None:
        self._help = False
        if not self._wanted:
            self._message = "there is no search: / starts one"
            return
        if self._stepping.find(self._wanted, self._page_of, back=back):
            self._page.seek = self._stepping.match
        else:
            self._message = f"there is no {self._wanted!r}"
            self._wanted = ""

    def _end_search(self) -> None:
        self._wanted = ""

    def _toggle_raw(self) -> None:
        self._raw, self._help = not self._raw, False
        self._stepping.match = None  # it was in the other text

    def _toggle_help(self) -> None:
        self._help = not self._help

    def _leave(self) -> None:
        if self._help:
            self._toggle_help()
        else:
            get_app().exit()

    # What is on the screen.

    def _page_of(self, number: int) -> str:
        return self._text_of(number, self._raw)

    def _entry(self, number: int, raw: bool) -> str:
        """Return the text of an entry, which cannot act on a terminal."""
        trajectory = self._stepping.trajectory
        if number == 0:
            header = trajectory.header
            lines = [header_json(header)] if raw else header_lines(header)
        else:
            event = trajectory.events[number - 1]
            lines = [event_json(event)] if raw else event_lines(event, alone=True)
        if number == self._stepping.last:
            lines = [*lines, *(f"\n{mark}" for mark in breaks(trajectory))]
        return shown("\n".join(lines)).strip("\n").expandtabs(TAB)

    def _place(self) -> str:
        stepping, event = self._stepping, self._stepping.event
        at = f" {stepping.position} of {stepping.last}"
        only = [_short(each) for each in (stepping.seat, stepping.kind) if each]
        if only:
            at += f" (only {', '.join(only)}: {len(stepping.entries)})"
        if event is None:
            return f"{at}: the beginning"
        seat = event.data.get("seat")
        whose = f" of {_short(seat)}" if isinstance(seat, str) else ""
        parts = [
            f"{at}: {_short(event.kind)}{whose}",
            f"{_amount(event.t)} s",
            f"step {stepping.steps} of {stepping.all_steps}",
        ]
        if stepping.rewards:
            parts.append(f"rewards {_amounts(stepping.rewards)}")
        if payoffs := (stepping.trajectory.end or {}).get("payoffs"):
            parts.append(f"payoffs {_amounts(payoffs)}")
        return " · ".join(parts)

    def _footer(self) -> str:
        if self._message:
            return f" {_short(self._message)}"
        return f"{SEARCHING}{_short(repr(self._wanted))}" if self._wanted else FOOTER


def _line(text: Callable[[], str], most: int, style: str = "class:line") -> Window:
    """Return a line that may go on in further rows, at most so many in all."""
    return Window(
        FormattedTextControl(lambda: _fitted(text(), most)),
        height=Dimension(min=1, max=most),
        dont_extend_height=True,
        style=style,
    )


def _fitted(text: str, most: int) -> str:
    spans = Rows(text, get_app().output.get_size().columns).spans(0, most + 1)
    told = "\n".join(text[start:end] for start, end in spans[:most])
    return f"{told[:-1]}…" if len(spans) > most else told


def _short(text: str) -> str:
    """Return a name or message, safe for a terminal, and not too long for a line."""
    return one_line(shown(text[:LONGEST]), LONGEST)


def _amounts(amounts: object) -> str:
    """Return amounts by seat, leaving out what somebody has put in their place."""
    if not isinstance(amounts, Mapping):
        return "–"
    told = cast(Mapping[str, object], amounts).items()
    return ", ".join(
        f"{_short(seat)} {_amount(amount, '+g')}"
        for seat, amount in told
        if isinstance(amount, (int, float))
    )


def _amount(amount: float, how: str = ",.1f") -> str:
    """Return a number, of which a changed record may hold any."""
    return format(amount, how) if abs(amount) < MOST_AMOUNT else "–"

"""How a page looks: light or dark as its reader wishes, and on paper."""

from __future__ import annotations

__all__ = ["COLOURS", "STYLE"]

COLOURS = """
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1c2127; --muted: #68717d; --grid: #e3e6ea;
  --stripe: #f6f7f9; --link: #1f5fa8; --accent: #2f6fb3; --on-accent: #ffffff;
  --series-0: #2563a8; --series-1: #c2570c; --series-2: #14803c; --series-3: #7c3aad;
  --series-4: #be2a66; --series-5: #0f766e; --series-6: #7a5b13; --series-7: #4b5563;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #14181d; --ink: #e4e7eb; --muted: #97a1ad; --grid: #2c333b;
    --stripe: #1a1f26; --link: #7db4f0; --accent: #5b9bdc; --on-accent: #0d1116;
    --series-0: #7db4f0; --series-1: #f2a15f; --series-2: #6fce8f;
    --series-3: #c49bf0; --series-4: #f08fb4; --series-5: #5fcfc4;
    --series-6: #d6b25e; --series-7: #aab4c0;
  }
}
"""
"""Variables, for all that is drawn in the house's colours."""

STYLE = (
    COLOURS
    + """\
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 62rem; padding: 2rem 1.25rem 4rem;
  background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif;
}
h1 { font-size: 1.5rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 {
  font-size: 1.15rem; margin: 2.75rem 0 .5rem; padding-top: .75rem;
  border-top: 1px solid var(--grid); overflow-wrap: anywhere;
}
h3 { font-size: .95rem; margin: 1.5rem 0 .4rem; overflow-wrap: anywhere; }
p { margin: .4rem 0; max-width: 46rem; overflow-wrap: anywhere; }
a { color: var(--link); }
nav ul { columns: 2; padding-left: 1.1rem; margin: .75rem 0; }
.note, figcaption { color: var(--muted); font-size: .85rem; max-width: 46rem; }
.wide { overflow-x: auto; margin: .4rem 0; }
table { border-collapse: collapse; font-size: .82rem; }
pre { font: .8rem/1.25 ui-monospace, Menlo, Consolas, monospace; margin: 0; }
details { border-bottom: 1px solid var(--grid); font-size: .9rem; }
summary { padding: .3rem 0; cursor: pointer; overflow-wrap: anywhere; }
details pre {
  max-height: 36rem; overflow: auto; margin: 0 0 .8rem; padding: .7rem .9rem;
  background: var(--stripe); border-left: 3px solid var(--accent); line-height: 1.45;
  white-space: pre-wrap; overflow-wrap: anywhere;
}
:target { outline: 2px solid var(--accent); }
th, td {
  padding: .22rem .7rem .22rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--grid); overflow-wrap: break-word;
}
td.text { min-width: 5rem; max-width: 26rem; }
th {
  font-weight: 600; vertical-align: bottom; border-bottom-color: var(--muted);
  overflow-wrap: normal;
}
th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; }
td.number { white-space: nowrap; }
.interval { color: var(--muted); }
tbody tr:nth-child(even) { background: var(--stripe); }
figure { margin: 1rem 0 1.5rem; }
figure svg {
  display: block; width: 100%; height: auto; min-width: 30rem; max-width: 46rem;
}
svg * { stroke-linejoin: round; stroke-linecap: butt; }
code { font-size: .85em; overflow-wrap: anywhere; }
@media (max-width: 40rem) {
  body { padding: 1.25rem .9rem 3rem; }
  nav ul { columns: 1; }
  table { font-size: .76rem; }
  th, td { padding-right: .5rem; }
  td.text { min-width: 3.5rem; }
  td.text:last-child { min-width: 12rem; }
}
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  h2, h3 { break-after: avoid; }
  figure, tr { break-inside: avoid; }
  .wide { overflow: visible; }
  details pre { max-height: none; }
  details:not([open]) { display: none; } /* the table before them has them all */
  table { font-size: 7.5pt; }
  td.number { white-space: normal; }
  nav { display: none; }
}
"""
)

/** Light and dark share everything but these colours; every text colour has a contrast of 4.5 or more on its ground. */
const COLOURS = `
:root {
  color-scheme: light dark;
  --paper: #fff; --raised: #f6f5f2; --line: #dedbd4; --ink: #1c1b19; --muted: #625e57; --link: #0b5c94;
  --open: #b3390a; --clear: #0b5c94; --incomplete: #8a5300;
  --optional: #d5501a; --unsettable: #8c4a2f; --conditional: #e2a31a; --external: #a45fae; --required: #2d74ae; --disabled: #93a9ba;
  --mark: rgb(255 255 255 / .5); --mark-dark: rgb(0 0 0 / .4);
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #161719; --raised: #1f2124; --line: #383b40; --ink: #eceae6; --muted: #aaa8a2; --link: #7cc0f0;
    --open: #ff9a6b; --clear: #7cc0f0; --incomplete: #f1bb54;
    --optional: #ef6c35; --unsettable: #b0714f; --conditional: #e9b03a; --external: #bd7fc6; --required: #4c93cc; --disabled: #6f8698;
    --mark: rgb(0 0 0 / .38); --mark-dark: rgb(0 0 0 / .5);
  }
}
`;

const TYPE = `
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
body {
  margin: 0 auto; max-width: 70rem; padding: clamp(1.25rem, 4vw, 3.5rem) clamp(1rem, 4vw, 2.5rem);
  background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', 'Liberation Sans', Arial, sans-serif;
}
p, ul, ol, pre, h1, h2, h3 { margin: 0; padding: 0; }
ul, ol { list-style: none; }
h2 { font-size: 1.5rem; line-height: 1.25; font-weight: 650; letter-spacing: -.015em; margin-bottom: 1.25rem; }
h3 { font-size: 1rem; font-weight: 650; }
a { color: var(--link); text-underline-offset: .2em; }
code, pre { font: .8125rem/1.55 ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace; }
code, .name, .prose, .detail { overflow-wrap: anywhere; min-width: 0; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
strong { font-weight: 650; }
section { margin-top: clamp(2.75rem, 5vw, 4rem); }
.muted { color: var(--muted); }
.prose { white-space: pre-line; }
.intro { max-width: 44rem; margin-bottom: 1.5rem; color: var(--muted); }
.detail { display: block; color: var(--muted); font-size: .8125rem; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: -999rem; }
.skip:focus { position: fixed; left: 1rem; top: 1rem; z-index: 1; padding: .5rem 1rem; background: var(--paper); border: 1px solid var(--line); }
footer { margin-top: 5rem; padding-top: 1.25rem; border-top: 1px solid var(--line); color: var(--muted); font-size: .875rem; }
`;

const HERO = `
.eyebrow { font-size: .875rem; font-weight: 650; color: var(--muted); margin-bottom: .75rem; }
h1 { font-size: clamp(1.375rem, 4vw, 2.375rem); line-height: 1.15; font-weight: 650; letter-spacing: -.025em; }
.sentence { display: flex; align-items: center; gap: .45em; }
.sentence > :last-child { max-width: 17em; text-wrap: balance; }
.figure { font-size: 3em; line-height: .95; font-weight: 700; letter-spacing: -.05em; font-variant-numeric: tabular-nums; }
.lead { display: block; font-size: .625em; letter-spacing: -.01em; margin-bottom: .35rem; }
.hero.open .figure { color: var(--open); }
.hero.clear .figure, .hero.clear .lead { color: var(--clear); }
.hero.incomplete .figure, .hero.incomplete .lead { color: var(--incomplete); }
.caution { margin-top: 1rem; padding-left: .9rem; border-left: 3px solid var(--incomplete); max-width: 44rem; }
.overall { margin: 2rem 0 1rem; }
.overall .bar { height: 1.75rem; }
.legend { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: .6rem 2rem; font-size: .875rem; }
.legend li { display: flex; gap: .6rem; }
.legend .swatch { margin-top: .25rem; }
.facts { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin-top: 1.75rem; color: var(--muted); font-size: .9375rem; }
.scan { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: .35rem 0 0; color: var(--muted); font-size: .9375rem; }
.scan > div { display: flex; flex-wrap: wrap; gap: 0 .45rem; min-width: 0; } .scan dd { margin: 0; min-width: 0; }
nav { margin-top: 1.75rem; border-block: 1px solid var(--line); }
nav ul { display: flex; flex-wrap: wrap; gap: 0 1.75rem; }
nav a { display: inline-flex; gap: .45rem; padding: .7rem 0; text-decoration: none; color: var(--ink); }
nav a:hover span { text-decoration: underline; }
nav strong { color: var(--muted); font-variant-numeric: tabular-nums; }
`;

const BARS = `
.textures { position: absolute; }
.bar { display: block; width: 100%; height: .875rem; border-radius: 3px; overflow: hidden; }
.bar rect { stroke: var(--paper); stroke-width: 1.5px; }
.swatch { flex: none; width: .875rem; height: .875rem; border-radius: 3px; overflow: hidden; }
.mark { fill: var(--mark); }
#texture-conditional .mark { fill: var(--mark-dark); }
.tone-optional { fill: var(--optional); } .fill-optional { fill: url(#texture-optional); }
.tone-conditional { fill: var(--conditional); } .fill-conditional { fill: url(#texture-conditional); }
.tone-unsettable { fill: var(--unsettable); } .fill-unsettable { fill: url(#texture-unsettable); }
.tone-external { fill: var(--external); } .fill-external { fill: url(#texture-external); }
.tone-disabled { fill: var(--disabled); } .fill-disabled { fill: url(#texture-disabled); }
.fill-required { fill: var(--required); }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 2.5rem clamp(2rem, 5vw, 4rem); align-items: start; }
.pair h3 { margin-bottom: 1rem; }
.bars, .bars li { display: grid; }
.bars { gap: 1.4rem; }
.bars li { gap: .35rem; }
.bar-head { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; font-size: .9375rem; }
.bar-head .muted { flex: none; font-size: .875rem; font-variant-numeric: tabular-nums; }
.counts { display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; font-size: .8125rem; color: var(--muted); }
.counts span, .posture { display: inline-flex; align-items: center; gap: .4rem; }
.counts .swatch { width: .625rem; height: .625rem; border-radius: 2px; }
summary { cursor: pointer; color: var(--link); padding: .5rem 0; width: fit-content; }
details[open] > summary { margin-bottom: .75rem; }
`;

const CALLS = `
.calls { display: grid; gap: 2.75rem; }
article { display: grid; gap: .75rem; }
article h3 { font-size: 1.0625rem; }
.after { margin-top: 1.25rem; }
.line { font-weight: 400; color: var(--muted); }
.where .name { display: none; }
.where, .where > div { display: flex; flex-wrap: wrap; gap: 0 1.25rem; }
.code { border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
.code pre { padding: .8rem 1rem; }
.code-head { display: flex; justify-content: space-between; align-items: center; padding: .35rem 1rem; border-bottom: 1px solid var(--line); font-size: .8125rem; font-weight: 650; color: var(--muted); }
.code.write { background: var(--raised); }
.code.write .code-head { color: var(--ink); }
button {
  font: inherit; font-size: .8125rem; font-weight: 500; color: var(--ink); background: var(--paper);
  border: 1px solid var(--muted); border-radius: 5px; padding: .2rem .75rem; min-height: 1.75rem; cursor: pointer;
}
button:hover { border-color: var(--ink); }
`;

const TABLES = `
#filter { display: flex; flex-wrap: wrap; gap: .9rem 1rem; align-items: end; margin-bottom: 1rem; }
#filter label { display: grid; gap: .3rem; font-size: .875rem; font-weight: 650; min-width: 0; }
#filter .wide { flex: 1 1 16rem; }
input, select { font: inherit; font-size: 1rem; font-weight: 400; width: 100%; min-height: 2.5rem; padding: .3rem .6rem; color: var(--ink); background: var(--paper); border: 1px solid var(--muted); border-radius: 5px; }
::placeholder { color: var(--muted); opacity: 1; }
#filter button { min-height: 2.5rem; font-size: .9375rem; padding: .3rem 1rem; }
#shown { margin-bottom: .75rem; font-size: .9375rem; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .9375rem; table-layout: fixed; }
th { text-align: left; font-size: .8125rem; font-weight: 650; color: var(--muted); padding: .5rem 1.5rem .5rem 0; border-bottom: 1px solid var(--ink); }
td { vertical-align: top; padding: .95rem 1.5rem .95rem 0; border-bottom: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
.also { margin-top: .3rem; font-size: .8125rem; color: var(--muted); } ul.also { margin-top: 0; padding-left: .75rem; border-left: 2px solid var(--line); }
td > * { min-width: 0; }
td p + p, td p + code { margin-top: .3rem; }
.severity { display: block; font-weight: 650; margin-bottom: .15rem; }
.severity.error { color: var(--open); } .severity.warning { color: var(--incomplete); } .severity.info { color: var(--link); }
.control { display: inline-block; margin: .3rem .25rem 0 0; padding: 0 .4rem; border: 1px solid var(--line); border-radius: 4px; font-size: .75rem; overflow-wrap: anywhere; }
.transition del { color: var(--muted); text-decoration: none; } .transition ins { font-weight: 650; text-decoration: none; }
.problems { display: grid; gap: 1rem; } .problems li { padding-left: .9rem; border-left: 3px solid var(--incomplete); }
@media print, (min-width: 48.01rem) {
  #findings-table th:first-child { width: 19%; } #findings-table th:nth-child(2) { width: 25%; } #findings-table th:nth-child(3) { width: 27%; }
  #changes-table th:nth-child(2), #changes-table th:nth-child(3) { width: 18%; }
  #sources-table th:nth-child(2) { width: 16%; }
}
@media screen and (max-width: 48rem) {
  table, tbody, tr, td { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { padding: 1rem 0; border-bottom: 1px solid var(--line); }
  td { display: grid; gap: .1rem; padding: .35rem 0; border: 0; }
  td::before { content: attr(data-label); font-size: .8125rem; font-weight: 650; color: var(--muted); }
  #filter label { flex: 1 1 100%; }
}
`;

const PRINT = `
@media print {
  :root { --paper: #fff; --raised: #fff; --line: #bbb; --ink: #000; --muted: #444; --link: #000; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav, .skip, #filter, button { display: none !important; }
  .bar, .swatch { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  h2, h3 { break-after: avoid; }
  tr, article, .bars li { break-inside: avoid; }
  section { margin-top: 2rem; }
}
`;

export const STYLES = [COLOURS, TYPE, HERO, BARS, CALLS, TABLES, PRINT].join('');

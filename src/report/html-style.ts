const light = `--page:#fff;--text:#1b1f24;--dim:#57606a;--line:#d0d7de;--soft:#f6f8fa;--pass:#116329;--fail:#b3261e;--unknown:#7a4d00;--waived:#5b3fa0;--link:#0b57d0;--canary:#0b57d0;--control:#8a4b00;--band:#eaf1fb;--band2:#dbe7f8`
const dark = `--page:#12161b;--text:#e6eaef;--dim:#a3adb8;--line:#39424c;--soft:#1b2128;--pass:#6cd48a;--fail:#ff9c94;--unknown:#f0c060;--waived:#c8b0ff;--link:#82b4ff;--canary:#82b4ff;--control:#f0b060;--band:#1a2431;--band2:#212f41`

/** Of the whole page. Text keeps 4.5 : 1 against what is behind it in both schemes. */
export const css = `:root{color-scheme:light dark;${light}}
@media screen and (prefers-color-scheme:dark){:root{${dark}}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:64rem;padding:1.5rem 1rem 3rem;background:var(--page);color:var(--text);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .75rem}
h2{font-size:1.25rem;margin:2.25rem 0 .5rem;padding-bottom:.25rem;border-bottom:1px solid var(--line)}
h3{font-size:1rem;margin:1.25rem 0 .25rem}
summary h3{display:inline;margin:0}
p{margin:.4rem 0}
ul{margin:.4rem 0;padding-left:1.4rem}
a{color:var(--link)}
code{font:.9em ui-monospace,monospace;background:var(--soft);padding:.05em .25em;border-radius:3px}
dl{margin:1rem 0;display:grid;gap:.3rem 1.5rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr))}
dt{color:var(--dim);font-size:.85rem}
dd{margin:0}
.status{font-size:1.15rem;padding:.5rem .75rem;border-left:6px solid currentColor;background:var(--soft)}
.notice{padding:.5rem .75rem;border:1px dashed var(--waived)}
.good,.good>.tone,.verdict.pass{color:var(--pass)}
.warn,.warn>.tone,.verdict.unknown{color:var(--unknown)}
.bad,.bad>.tone,.verdict.fail{color:var(--fail)}
.neutral,.neutral>.tone,.verdict.waived{color:var(--waived)}
.verdict{white-space:nowrap}
.summary{list-style:none;padding-left:0}
.summary>li{color:var(--text);position:relative;padding-left:1.6rem}
.tone{position:absolute;left:0;width:1.2rem;font-weight:700;text-align:center}
nav ul{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.15rem 1rem}
nav a{display:inline-block;padding:.2rem 0}
.scroll{overflow-x:auto;margin:.6rem 0}
table{border-collapse:collapse;width:100%;font-size:.9rem}
caption{text-align:left;color:var(--dim);font-size:.85rem;padding:.2rem 0}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line);min-width:4.5rem;overflow-wrap:break-word}
thead th{color:var(--dim);font-weight:600}
tbody th{font-weight:600}
td{font-variant-numeric:tabular-nums}
.timeline th,.time{white-space:nowrap}
td ul{margin:0}
figure{margin:1.25rem 0}
figcaption{margin-bottom:.3rem}
.legend{display:flex;flex-wrap:wrap;gap:.1rem 1.25rem;color:var(--dim);font-size:.9rem}
.swatch{display:inline-block;width:1.6rem;margin-right:.4rem;vertical-align:middle;border-top:3px solid var(--text)}
.swatch.canary,.swatch.all{border-color:var(--canary)}
.swatch.control{border-top:2px dashed var(--control)}
.swatch.limit{border-color:var(--fail);border-top-width:2px}
.swatch.early{width:.6rem;height:.6rem;border:2px solid var(--canary);border-radius:50%}
.chart{display:block;width:100%;height:auto}
.chart.narrow{display:none}
.chart text{font:12px system-ui,sans-serif;fill:var(--dim)}
.chart .stage{fill:var(--text)}
.chart path{fill:none}
.band{fill:var(--band)}
.odd{fill:var(--band2)}
.grid,.axis{stroke:var(--line)}
.axis{stroke:var(--dim)}
.line,.breach{stroke-linecap:round;stroke-linejoin:round}
path.canary,path.all{stroke:var(--canary);stroke-width:2.25}
path.control{stroke:var(--control);stroke-width:1.75;stroke-dasharray:1 4}
path.limit{stroke:var(--fail);stroke-width:1.5}
.chart path.breach{stroke:var(--fail);stroke-width:7;stroke-dasharray:none}
.chart path.ring{fill:var(--page);stroke-width:1.75;stroke-dasharray:none}
.chart path.exposed{fill:var(--canary);fill-opacity:.22}
.mark path{stroke:var(--fail);stroke-width:2;stroke-dasharray:6 3}
.chart .mark text{fill:var(--fail);font-weight:700}
summary{cursor:pointer;padding:.25rem 0}
details>summary{color:var(--text)}
figure summary{color:var(--dim);font-size:.9rem}
footer{margin-top:3rem;color:var(--dim);font-size:.85rem}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
@media (max-width:40rem){.chart.wide{display:none}.chart.narrow{display:block}table{width:max-content;min-width:100%}th,td{min-width:0;max-width:15rem}tbody th{max-width:9rem}}
@media print{@page{margin:16mm 14mm}body{max-width:none;padding:0;font-size:10pt}nav,figure details{display:none}.chart.narrow{display:none}.chart.wide{display:block}.scroll{overflow:visible}table{font-size:8.5pt}th,td{min-width:0}thead{display:table-header-group}tr,figure,.status,dl>div{break-inside:avoid}h2,h3,summary,caption{break-after:avoid}summary{list-style:none}*{print-color-adjust:exact}}
`

import { css } from './html-style.ts'

/** The style of the report, and of what only a live page has. */
export const dashboardCss = `${css}
.follow{color:var(--dim);font-size:.9rem}
progress{display:block;width:100%;height:1rem;margin:.5rem 0;accent-color:var(--canary)}
progress.latched{accent-color:var(--fail)}
.launches,.phases,.phases ol,.stages{list-style:none;padding-left:0;margin:.6rem 0}
.launches>li{margin:.6rem 0;padding:.6rem .8rem;border:1px solid var(--line);border-left:6px solid currentColor;border-radius:4px}
.launches>li>*{color:var(--text)}
.launches>li>.dim{color:var(--dim)}
.launches>li>.standing{color:inherit;font-weight:600}
.phases>li{padding:.2rem 0}
.phases ol{padding-left:1.6rem;margin:.1rem 0 .4rem}
.stages{display:flex;flex-wrap:wrap;gap:.1rem 1.25rem}
.dim{color:var(--dim)}
@media print{.follow,.back{display:none}}
`

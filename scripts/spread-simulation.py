#!/usr/bin/env python3
"""Prints the table of docs/decisions/016: false alarms and spikes found by `spike`, by where its dispersion comes from.

python3 scripts/spread-simulation.py    (needs numpy, scipy; about a minute)
"""
import numpy as np
from scipy import stats

rng = np.random.default_rng(7)
RUNS = 3000


def draw(mean, phi, size):
    return rng.poisson(mean, size) if phi == 0 else rng.negative_binomial(1 / phi, 1 / (1 + phi * mean), size)


def measured(hours, without_loudest):
    kept = list(hours)
    if without_loudest:
        kept.pop(int(np.argmax([hour.max() for hour in kept])))
    counts = np.concatenate(kept)
    m = len(counts)
    mu = max(counts.mean(), 0.5 / m)
    return ((m - 1) * max(0, (counts.var(ddof=1) - mu) / mu**2) + 10 * 0.1) / (m + 9)


def is_spike(x, mean, phi, known, m=6):
    own = mean + phi * mean**2 if known else mean
    size = mean**2 / (phi * mean**2 + own / m)
    return x >= 2 * mean and x >= mean + 5 and stats.nbinom.sf(x - 1, size, size / (size + mean)) < 1e-3


ways = {"0.1": None, "measured": False, "measured, less the loudest hour": True}
print("| dispersion | usual count | dispersion used | false alarms | 5 x found | 5 x found after an hour of 15 x |\n|---|---|---|---|---|---|")
for phi in (0, 0.1, 0.4, 1):
    for mean in (8, 100):
        told = {way: np.zeros(3) for way in ways}
        for _ in range(RUNS):
            clean = [draw(mean, phi, 12) for _ in range(9)]
            incident = [*clean]
            incident[3] = np.concatenate([clean[3][:6], draw(mean * 15, phi, 6)])
            base = max(draw(mean, phi, 6).mean(), 0.5 / 6)
            usual, five = draw(mean, phi, 1)[0], draw(5 * mean, phi, 1)[0]
            for way, without in ways.items():
                of = (lambda hours: 0.1) if without is None else (lambda hours: measured(hours, without))
                known = without is not None
                told[way] += [is_spike(usual, base, of(clean), known), is_spike(five, base, of(clean), known), is_spike(five, base, of(incident), known)]
        for way, counts in told.items():
            false, found, after = 100 * counts / RUNS
            print(f"| {phi} | {mean} | {way} | {false:.1f} % | {found:.0f} % | {after:.0f} % |")

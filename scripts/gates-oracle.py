#!/usr/bin/env python3
"""Prints the numbers that test/gates/two-limits.test.ts and test/gates/compare.test.ts expect.

python3 scripts/gates-oracle.py    (needs numpy, scipy)
"""
import math

import numpy as np
from scipy import special, stats


def first_minute_against_limit(n, bad, limit, alpha=0.005, lag=2, stages=3, needed_alone=7):
    """The first minute at which E without its loudest minute reaches 1/alpha: n events a minute, `bad` of them bad, all alike."""
    rates = np.minimum(0.95, limit * np.geomspace(1.5, 48, 10))
    # A minute that speaks for no alternative on average is not loud, and is not left out.
    row = stats.binom.logpmf(bad, n, rates) - stats.binom.logpmf(bad, n, limit)
    is_loud = special.logsumexp(row) > math.log(len(row))

    def log_e(settled, dropped):
        starts = [(0, 0.5)] + ([(0, 0.25 / stages)] if settled > 0 else []) + [(k, 0.25 / 36) for k in range(5, 181, 5) if k < settled]
        parts = [math.log(1 - sum(w for _, w in starts))]
        for start, weight in starts:
            minutes = max(0, settled - start - (1 if dropped and is_loud else 0))
            parts.append(math.log(weight) + special.logsumexp(row * minutes) - math.log(len(row)))
        return special.logsumexp(parts)

    for now in range(lag, 200):
        settled = now - lag
        if log_e(settled, False) >= math.log(needed_alone) and log_e(settled, True) >= math.log(1 / alpha):
            return now
    return None


def fisher(bad, n, control_bad, control_n):
    return stats.fisher_exact([[bad, n - bad], [control_bad, control_n - control_bad]], alternative="greater").pvalue


def fewest_significant(n, control_bad, control_n, alpha=0.01):
    return next(bad for bad in range(n) if fisher(bad, n, control_bad, control_n) < alpha)


def rank_sum(canary, control):
    return stats.mannwhitneyu(canary, control, alternative="greater", method="asymptotic", use_continuity=True).pvalue


print("first minute 65 of 1000 a minute break 5 %:", first_minute_against_limit(1000, 65, 0.05))
print("Fisher 40 of 2000 against 200 of 18000:", fisher(40, 2000, 200, 18000))
print("fewest of 2000 that 45 of 18000 make significant:", fewest_significant(2000, 45, 18000))
print("Fisher 3 of 300 against 0 of 2700:", fisher(3, 300, 0, 2700))
for own, other in (([121, 125, 130, 128, 140, 135, 122, 131, 129, 126], [100, 104, 98, 101, 99, 103, 97, 105, 102, 96]), ([131, 135, 96, 140], [100, 104, 98, 101]), ([131, 135, 136, 140], [100, 104, 98, 101]), ([131, 135, 136, 140, 141], [100, 104, 98, 101, 105])):
    print("Mann-Whitney one-sided", own, other, rank_sum(own, other))


def odds_evidence(bad, n, other_bad, other_n, dispersion=1):
    """ln of the mean over ten odds ratios of Fisher's non-central hypergeometric likelihood ratio against 1.1."""
    law = lambda odds: stats.nchypergeom_fisher.logpmf(bad, n + other_n, bad + other_bad, n, odds)
    rows = np.array([law(1.1 * u) - law(1.1) for u in np.geomspace(1.5, 48, 10)]) / dispersion
    return special.logsumexp(rows) - math.log(len(rows))


def fewest_of(n, other_bad, other_n, needed):
    return next(bad for bad in range(n) if bad * other_n > other_bad * n and odds_evidence(bad, n, other_bad, other_n) >= math.log(needed))


print("ln E 12 of 500 against 11 of 4500:", odds_evidence(12, 500, 11, 4500))
print("ln E 40 of 10000 against 10 of 10000:", odds_evidence(40, 10000, 10, 10000))
print("fewest of 500 against 11 of 4500 for 50 : 1:", fewest_of(500, 11, 4500, 50))
print("fewest of 500 against 45 of 4500 for 50 : 1:", fewest_of(500, 45, 4500, 50))
print("fewest of 8000 against 7 of 7000 for 20 : 1:", fewest_of(8000, 7, 7000, 20), "with", math.exp(odds_evidence(28, 8000, 7, 7000)))


def first_spike(mean, stretches, dispersion, measured):
    """The fewest events that are a spike where `mean` are usual, of so many stretches; measured counts spread about their mean as well."""
    own = mean + dispersion * mean**2 if measured else mean
    size = mean**2 / (dispersion * mean**2 + own / stretches)
    return next(x for x in range(math.ceil(max(2 * mean, mean + 5)), 10_000) if stats.nbinom.sf(x - 1, size, size / (size + mean)) < 1e-3)


for mean, stretches, dispersion, measured in ((12, 12, 0.1, False), (1, 12, 0.1, False), (12, 12, 0.4, True), (12, 12, 0.01, True)):
    print("first spike where", mean, "are usual, dispersion", dispersion, "measured" if measured else "usual", first_spike(mean, stretches, dispersion, measured))

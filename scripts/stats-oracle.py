#!/usr/bin/env python3
"""Writes test/core/stats/oracle.json: what scipy, mpmath and plain whole-number arithmetic say the statistics are.

python3 scripts/stats-oracle.py    (needs numpy, scipy, mpmath; prints their versions)
"""
import json
import math
import pathlib
import sys
from fractions import Fraction

import mpmath
import numpy as np
import scipy
from scipy import optimize, special, stats

mpmath.mp.dps = 40
versions = {"python": sys.version.split()[0], "numpy": np.__version__, "scipy": scipy.__version__, "mpmath": mpmath.__version__}
rng = np.random.default_rng(20260101)


def rows(function, cases):
    return [{"in": list(case), "out": function(*case)} for case in cases]


def fisher_log_sum_differences(a, b, m, odds):
    """ln of sum_i C(a,i) C(b,m-i) w^i for each w, less that of the first; exact whole numbers, w as the exact fraction of the double."""
    low, high = max(0, m - b), min(a, m)
    ways = [math.comb(a, i) * math.comb(b, m - i) for i in range(low, high + 1)]
    def log_sum(w):
        w = mpmath.mpf(w)
        return mpmath.log(mpmath.fsum(mpmath.mpf(c) * w ** (low + k) for k, c in enumerate(ways)))
    first = log_sum(odds[0])
    return [float(log_sum(w) - first) for w in odds]


def mean_half_width(variance, blocks, alpha):
    rho2 = (-2 * math.log(2 * alpha) + math.log(1 - 2 * math.log(2 * alpha))) / 30
    t = blocks
    return math.sqrt(variance * 2 * (t * rho2 + 1) / (t**2 * rho2) * math.log(1 + math.sqrt(t * rho2 + 1) / (2 * alpha)))


def mixture(ell, starts, weights):
    """ln E of the mixture over starts; ell is minutes x alternatives."""
    total = mpmath.mpf(1) - sum(mpmath.mpf(w) for w in weights)
    for start, weight in zip(starts, weights):
        sums = [mpmath.fsum(mpmath.mpf(float(x)) for x in ell[start:, j]) for j in range(ell.shape[1])]
        total += mpmath.mpf(weight) * mpmath.fsum(mpmath.exp(s) for s in sums) / len(sums)
    return float(mpmath.log(total))


def starts_of(now, begun, stages):
    starts = [0] + [s for s in begun if s < now] + [k for k in range(5, 181, 5) if k < now]
    weights = [0.5] + [0.25 / stages for s in begun if s < now] + [0.25 / 36 for k in range(5, 181, 5) if k < now]
    return starts, weights


def absolute_case(n, rate, minutes, limit, begun):
    sizes = rng.poisson(n, minutes)
    bad = rng.binomial(sizes, rate)
    p = np.minimum(0.95, limit * 1.5 * (48 / 1.5) ** (np.arange(10) / 9))
    ell = bad[:, None] * np.log(p / limit) + (sizes - bad)[:, None] * np.log((1 - p) / (1 - limit))
    starts, weights = starts_of(minutes, begun, 4)
    return {"n": sizes.tolist(), "bad": bad.tolist(), "limit": limit, "begun": begun, "log": mixture(ell, starts, weights)}


def relative_case(canary, control, rate, more, minutes, begun):
    a, b = rng.poisson(canary, minutes), rng.poisson(control, minutes)
    x, y = rng.binomial(a, rate + more), rng.binomial(b, rate)
    odds = 1.1 * np.concatenate(([1.0], 1.8 * (40 / 1.8) ** (np.arange(8) / 7)))
    ell = np.zeros((minutes, 8))
    for t in range(minutes):
        m = int(x[t] + y[t])
        if a[t] == 0 or b[t] == 0 or m == 0 or m == a[t] + b[t]:
            continue
        z = fisher_log_sum_differences(int(a[t]), int(b[t]), m, [float(w) for w in odds])
        ell[t] = x[t] * np.log(odds[1:] / odds[0]) - np.array(z[1:])
    starts, weights = starts_of(minutes, begun, 4)
    return {"canary": a.tolist(), "control": b.tolist(), "canaryBad": x.tolist(), "controlBad": y.tolist(), "begun": begun, "log": mixture(ell, starts, weights)}


def count_dispersion(hours):
    """phi of variance = mean + phi mean^2 by moments, drawn to 0.1 with the weight of ten; the hour with the greatest rate left out."""
    known = [np.array([(e, n) for e, n in hour if n > 0], float).reshape(-1, 2) for hour in hours]
    known.pop(int(np.argmax([max(h[:, 0] / h[:, 1], default=0) for h in known])))
    events, among = np.concatenate(known).T
    m, scale = len(events), among.mean() / among
    counts = events * scale
    mu = max(counts.mean(), 0.5 / m)
    excess = max(0.0, (np.var(counts, ddof=1) - mu * scale.mean()) / mu**2)
    columns = {name: [[int(s[k]) for s in hour] for hour in hours] for k, name in enumerate(("events", "among"))}
    if all(n == 1 for hour in columns["among"] for n in hour):
        columns["among"] = None
    return {**columns, "stretches": m, "dispersion": float(((m - 1) * excess + 10 * 0.1) / (m + 9))}


def drawn_hours(mean, size, hours, among=None, stretches=12, incident=1):
    """Negative binomial counts (Poisson without a size) per stretch; the fourth hour has `incident` times as many."""
    found = []
    for hour in range(hours):
        n = np.ones(stretches) if among is None else rng.poisson(among * (1 + hour / hours), stretches)
        mu = mean * (n if among is None else n / among) * (incident if hour == 3 else 1)
        found.append(list(zip(rng.poisson(mu) if size is None else rng.negative_binomial(size, size / (size + mu)), n)))
    return found


def mann_whitney(x, y):
    found = stats.mannwhitneyu(x, y, method="asymptotic", use_continuity=True, alternative="two-sided")
    effect = float(found.statistic) / (len(x) * len(y))
    return [float(found.statistic), float(found.pvalue), float(np.median(np.subtract.outer(x, y))), effect]


def cornfield(a, b, m, odds):
    """The mean x with (a - x)(m - x) odds = x (b - m + x), and 1 / sum of 1/cell, times N / (N - 1)."""
    x = m * a / (a + b) if odds == 1 else optimize.brentq(lambda x: (a - x) * (m - x) * odds - x * (b - m + x), max(0, m - b), min(a, m), xtol=1e-13, rtol=1e-14)
    return x, (a + b) / (a + b - 1) / sum(1 / cell for cell in (x, a - x, m - x, b - m + x))


def dispersion_case(arms, onset, without):
    """Pearson's statistic over blocks of five bad events or more, and the index of bunching, before and after the onset."""
    squares, freedom, excess, events = 0.0, 0, 0.0, 0
    for part in (range(0, onset), range(onset, len(arms))):
        minutes = [arms[t] for t in part if t != without]
        both = [(a, x, b, y) for a, x, b, y in minutes if a > 0 and b > 0]
        top = sum(x * (b - y) / (a + b) for a, x, b, y in both)
        bottom = sum((a - x) * y / (a + b) for a, x, b, y in both)
        odds = max(0.25, top) / max(0.25, bottom)
        blocks, block = [], []
        for a, x, b, y in both:
            if 0 < x + y < a + b:
                block.append((x, x + y, *cornfield(a, b, x + y, odds)))
            if sum(bad for _, bad, _, _ in block) >= 5:
                blocks.append(block)
                block = []
        squares += sum((sum(x - mean for x, _, mean, _ in one)) ** 2 / sum(v for _, _, _, v in one) for one in blocks)
        freedom += max(0, len(blocks) - 1)
        for all_of, bad_of in ((0, 1), (2, 3)):
            n, x = (np.array([minute[k] for minute in minutes], float) for k in (all_of, bad_of))
            if n.sum() > 0:
                excess += (x * (x - 1)).sum() - 1.35 * (x.sum() / n.sum()) ** 2 * (n**2).sum()
                events += x.sum()
    columns = np.array(arms).T.tolist()
    return {
        **dict(zip(("canaryAll", "canaryBad", "controlAll", "controlBad"), columns)),
        "onset": onset,
        "without": without,
        "split": max(1.0, (squares + 5) / (freedom + 5)),
        "bunching": float(1 + max(0.0, excess) / (events + 5)),
    }


def drawn_arms(minutes, canary, control, rate, more, onset, spread):
    """Minutes of two arms whose rates vary by a gamma each; some minutes without requests of one, of both, or with nothing but failures."""
    found = []
    for t in range(minutes):
        a, b = int(rng.poisson(canary)), int(rng.poisson(control))
        share = rate * rng.gamma(1 / spread, spread, 2) + [more if t >= onset else 0, 0]
        x, y = (int(rng.binomial(n, min(0.9, p))) for n, p in zip((a, b), share))
        found.append({0: (0, 0, b, y), 1: (a, x, 0, 0), 2: (0, 0, 0, 0), 3: (a, a, b, b)}.get(int(rng.integers(0, 12)), (a, x, b, y)))
    return found


def negative_binomial_tail(x, mu, size):
    return float(stats.nbinom.sf(x - 1, size, size / (size + mu)))


tails = [(3, 0.5, 3), (12, 2, 3), (45, 9, 3), (100, 8, 2.5), (5, 20, 5), (1, 0.01, 0.5), (500, 100, 4), (2000, 1000, 50), (0, 4, 3), (2, 0, 3)]
counts = [(0, 10), (0, 148), (1, 208), (3, 442), (7, 1208), (45, 1000), (12, 30), (999, 1000), (3, 100000), (2500, 1000000)]
fisher = [
    (10, 90, 3, [1.1, 1.98, 5, 44]),
    (1, 9, 1, [1.0, 3.0]),
    (30, 70, 95, [1.1, 2, 12]),
    (500, 500, 500, [1.1, 1.43, 3, 6.6]),
    (100, 900, 60, [1.05, 2, 40]),
    (1000, 20, 30, [1.1, 2, 44]),
    (20, 1000, 30, [1.1, 2, 44]),
    (300, 700, 26, [1.1, 9]),
    (2000, 2000, 1500, [1.1, 1.3]),
]
samples = [
    ([1.0, 2, 3, 4, 5], [2.5, 3.5, 4.5, 5.5, 6.5]),
    ([0.0, 0, 0, 0.1, 0.2, 0], [0.0, 0, 0.1, 0, 0, 0, 0]),
    ([0.0, 0, 0], [0.0, 0, 0]),
    (rng.lognormal(5, 0.3, 15).round(1).tolist(), rng.lognormal(5.3, 0.3, 15).round(1).tolist()),
    (rng.poisson(2, 30).astype(float).tolist(), rng.poisson(3, 25).astype(float).tolist()),
    ([1.0, 4.0, 9.0], [0.0, 1.5]),
]

oracle = {
    "made by": "scripts/stats-oracle.py",
    "versions": versions,
    "logGamma": rows(lambda x: float(special.gammaln(x)), [(0.01,), (0.5,), (2.5,), (10.0,), (123.4,), (1e6,)]),
    "logFactorial": rows(lambda n: float(special.gammaln(n + 1)), [(0,), (3,), (20,), (255,), (256,), (300,), (1000,), (123456,)]),
    "regularizedBeta": rows(
        lambda a, b, x: float(special.betainc(a, b, x)),
        [(2, 3, 0.4), (45, 3, 0.75), (0.5, 0.5, 0.1), (1e6, 3, 0.999999), (300000, 10, 0.99995), (5, 2000, 0.001), (2501, 997500, 0.0026), (100, 100, 0.3), (1e8, 1e8, 0.50003)],
    ),
    "inverseRegularizedBeta": rows(
        lambda a, b, p: float(special.betaincinv(a, b, p)),
        [(1, 148, 0.95), (4, 439, 0.993), (3, 300, 1e-6), (0.5, 0.5, 0.2), (997500, 2501, 0.01), (45, 956, 0.5), (2, 3, 0.0), (2, 3, 1.0)],
    ),
    "gammaP": rows(lambda a, x: float(special.gammainc(a, x)), [(0.5, 0.1), (3, 0.2), (30, 12), (12, 30), (1000, 900), (500, 550.5), (1e8, 1e8 + 1e4), (3, 0.0)]),
    "gammaQ": rows(lambda a, x: float(special.gammaincc(a, x)), [(0.5, 0.1), (3, 20), (30, 60), (12, 5), (1000, 1100), (3, 0.0)]),
    "normalTail": rows(lambda z: float(stats.norm.sf(z)), [(0.0,), (0.5,), (1.645,), (-1.0,), (2.5758,), (6.0,), (12.0,)]),
    "poissonTail": rows(lambda x, mu: float(stats.poisson.sf(x - 1, mu)), [(1, 0.01), (3, 0.5), (12, 4), (40, 12), (9, 20), (150, 100), (1200, 1000), (0, 3), (-2, 3), (2, 0)]),
    "negativeBinomialTail": rows(negative_binomial_tail, tails),
    "binomialTail": rows(lambda k, n, p: float(stats.binom.sf(k - 1, n, p)), [(1, 10, 0.01), (12, 100, 0.03), (3, 45, 0.01), (500, 1000, 0.45), (30, 100000, 0.0001), (0, 10, 0.3), (10, 10, 0.3), (11, 10, 0.3)]),
    "rateUpperBound": [
        {"in": [k, n, beta], "out": float(special.betaincinv(k + 1, n - k, 1 - beta) if beta > 1e-4 else 1 - special.betaincinv(n - k, k + 1, beta))}
        for k, n in counts for beta in (0.05, 0.05 / 7, 1e-6)
    ],
    "rateLowerBound": [
        {"in": [k, n, beta], "out": float(special.betaincinv(k, n - k + 1, beta))} for k, n in counts if k > 0 for beta in (0.05, 0.001)
    ],
    "meanHalfWidth": rows(mean_half_width, [(1.0, 10, 0.005), (250.0, 30, 0.005), (3.5, 180, 0.025)]),
    "fisherLogSums": [{"in": [a, b, m, odds], "out": fisher_log_sum_differences(a, b, m, odds)} for a, b, m, odds in fisher],
    "absolute": [
        absolute_case(10, 0.003, 20, 0.01, [0, 15]),
        absolute_case(10, 0.1, 30, 0.01, [0, 22]),
        absolute_case(100, 0.03, 60, 0.01, [0, 15, 40]),
        absolute_case(500, 0.06, 12, 0.05, [0]),
    ],
    "relative": [
        relative_case(10, 90, 0.003, 0.0, 30, [0, 18]),
        relative_case(10, 90, 0.003, 0.1, 8, [0]),
        relative_case(100, 900, 0.003, 0.02, 12, [0]),
        relative_case(500, 500, 0.005, 0.005, 40, [0, 15, 30]),
    ],
    "fisherTail": rows(
        lambda bad, n, other, other_n: float(stats.hypergeom.sf(bad - 1, n + other_n, bad + other, n)),
        [(3, 40, 2, 360), (9, 100, 20, 900), (1, 10, 0, 90), (0, 10, 3, 90), (5, 5, 2, 90), (4, 5, 90, 90), (3, 5, 88, 90), (60, 1000, 300, 9000), (31, 1000, 300, 9000), (20, 1000, 300, 9000), (500, 5000, 2000, 45000)],
    ),
    "mannWhitney": [{"in": [x, y], "out": mann_whitney(x, y)} for x, y in samples],
    "countDispersion": [
        count_dispersion(drawn_hours(mean, size, hours, **more))
        for mean, size, hours, more in [
            (4, None, 9, {}),
            (8, 2.5, 9, {}),
            (20, 10, 9, {"incident": 15}),
            (6, 2.5, 9, {"among": 4000}),
            (0.01, None, 9, {}),
            (12, 1, 2, {}),
            (8, 2.5, 41, {}),
        ]
    ],
    "dispersion": [
        dispersion_case(drawn_arms(minutes, canary, control, rate, more, onset, spread), onset, without)
        for minutes, canary, control, rate, more, onset, spread, without in [
            (40, 100, 900, 0.003, 0.0, 0, 0.3, -1),
            (40, 100, 900, 0.003, 0.03, 18, 0.3, -1),
            (40, 300, 300, 0.05, 0.02, 20, 1.5, 7),
            (25, 8, 60, 0.1, 0.2, 10, 0.5, 12),
            (30, 50, 50, 0.04, 0.0, 30, 0.01, 3),
        ]
    ],
}

# A value the two libraries disagree on is no oracle.
for (row, exact) in ((row, mpmath.betainc(row["in"][0], row["in"][1], 0, row["in"][2], regularized=True)) for row in oracle["regularizedBeta"] if max(row["in"]) <= 2000):
    assert abs(row["out"] / float(exact) - 1) < 1e-10, (row, exact)
for row in oracle["fisherLogSums"]:
    a, b, m, odds = row["in"]
    if m > 100:
        continue
    w = odds[1]
    mean = stats.nchypergeom_fisher.mean(a + b, a, m, w)
    low, high = max(0, m - b), min(a, m)
    terms = [Fraction(math.comb(a, i) * math.comb(b, m - i)) * Fraction(w) ** i for i in range(low, high + 1)]
    exact = sum((low + k) * t for k, t in enumerate(terms)) / sum(terms)
    assert abs(mean - float(exact)) < 1e-6, (row, mean, float(exact))

path = pathlib.Path(__file__).parent.parent / "test" / "core" / "stats" / "oracle.json"
path.write_text(json.dumps(oracle, indent=1) + "\n")
print(versions, path)

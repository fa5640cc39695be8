#!/usr/bin/env python3
"""Writes test/core/judge/oracle.json: rollouts, and what a second judge decides at every look of them.

It is written from the rules as the docstrings of src/core/judge and src/core/stats state them.

python3 scripts/judge-oracle.py    (needs numpy, scipy; prints their versions)

Nothing here is kept between looks: each begins with the minutes as they are known then, and scipy has the distributions.
"""
import json
import math
import pathlib
import sys

import numpy as np
import scipy
from scipy import special, stats

versions = {"python": sys.version.split()[0], "numpy": np.__version__, "scipy": scipy.__version__}
RULES = {
    "absoluteAlpha": 0.005, "passBeta": 0.05, "lookEvery": 5, "corroboration": 7, "suspicion": 3, "incident": 2.5,
    "doubt": 10, "warn": 20, "fewest": 3, "fewestAtEnd": 8, "tolerance": 5, "grace": 15, "freezeAfter": 5,
}


# What a run sheet's checks become.

def share_signal(name, limit, rollback=None):
    bound = {"cut": 0, "share": limit}
    return {
        "id": name, "cuts": 1, "mean": None, "floor": 200,
        "limits": [bound | ({"rollback": {"cut": 0, "share": rollback}} if rollback else {})],
        "relative": {
            "alpha": 0.0167, "nullOdds": [1.1], "rare": True,
            "alternatives": [[m] for m in [*np.geomspace(1.8, 12, 4), *np.geomspace(16, 40, 5)]],
            "margins": [{"of": "share", "cut": 0, "ratio": 1.5, "delta": limit / 4, "least": 0, "fewest": 4}],
        },
    }


def latency_signal(name, cuts, slow=None, average=None):
    silent = slow["rollback"]["cut"] if slow and "rollback" in slow else None
    compared = [cut for cut in range(cuts) if cut != silent]
    def alternative(first, further):
        return [1 if cut == silent else first if cut == compared[0] else further for cut in range(cuts)]
    tail = [4.5 if cut in compared[-2:] else 1 for cut in range(cuts)]
    margins = []
    if average is not None:
        margins.append({"of": "mean", "ratio": 1.3, "least": average / 2, "fewest": 20})
    if slow:
        margins.append({"of": "share", "cut": slow["cut"], "ratio": 1.5, "delta": 0, "least": slow["share"] / 2, "fewest": 4})
    return {
        "id": name, "cuts": cuts, "limits": [slow] if slow else [], "floor": 200,
        "mean": None if average is None else {"limit": average, "floor": 50},
        "relative": {
            "alpha": 0.0167, "nullOdds": [1.1] + [1.05] * (cuts - 1), "rare": False,
            "alternatives": [alternative(u, u**0.55) for u in np.geomspace(1.4, 5, 5)] + [tail], "margins": margins,
        },
    }


# One version's minute is {"n", "above": [per cut], "sum"} or None.

def n_of(arm):
    return arm["n"] if arm else 0


def sum_of(arm):
    return arm["sum"] if arm else 0


def bad_of(arm, cut):
    return arm["above"][cut] if arm else 0


def to_roll_back(limit):
    return limit.get("rollback", limit)


def log_ways(a, b, bad):
    """ln of C(a, x) C(b, bad - x) for each x there can be, and these x."""
    x = np.arange(max(0, bad - b), min(a, bad) + 1)
    pick = lambda n, k: special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)
    return x, pick(a, x) + pick(b, bad - x)


def odds_row(signal, canary, control):
    """Per alternative the log likelihood ratio of one minute: Fisher's law at each cut, given the totals above the one before."""
    rule = signal["relative"]
    row = np.zeros(len(rule["alternatives"]))
    a, b = n_of(canary), n_of(control)
    for cut in range(signal["cuts"]):
        x, y = bad_of(canary, cut), bad_of(control, cut)
        a, b = max(a, x), max(b, y)
        if a > 0 and b > 0 and 0 < x + y < a + b:
            each, ways = log_ways(a, b, x + y)
            null = rule["nullOdds"][cut]
            total = lambda odds: special.logsumexp(ways + each * math.log(odds))
            for j, multiples in enumerate(rule["alternatives"]):
                if multiples[cut] != 1:
                    row[j] += x * math.log(multiples[cut]) - (total(null * multiples[cut]) - total(null))
        a, b = x, y
    return row


def rate_row(share, canary, cut):
    rates = np.clip(share * np.geomspace(1.5, 48, 10), share, 0.95)
    bad = bad_of(canary, cut)
    n = max(n_of(canary), bad)
    return bad * np.log(rates / share) + (n - bad) * np.log((1 - rates) / (1 - share))


def starts_at(now, begun, stages):
    starts = [(0, 0.5)] + [(start, 0.25 / stages) for start in begun[:stages] if start < now]
    return starts + [(5 * k, 0.25 / 36) for k in range(1, 37) if 5 * k < now]


def score_of(row):
    return special.logsumexp(row) - math.log(len(row))


def mixture(rows, starts, temper=1, loudest="kept", incident=-1):
    """ln E over all rows, and the start that carries most of it. `loudest` is about the minute since each start that says most."""
    unstarted = 1 - sum(weight for _, weight in starts)
    parts = []
    scores = [0 if t == incident else score_of(row) for t, row in enumerate(rows)]
    for start, weight in starts:
        rest = [t for t in range(start, len(rows)) if t != incident]
        loud = sorted((t for t in rest if scores[t] > 0), key=lambda t: scores[t], reverse=True)
        counted = {t: rows[t] for t in rest}
        if loud and loudest != "kept":
            counted[loud[0]] = rows[loud[1]] if loudest == "levelled" and len(loud) > 1 else np.zeros(rows.shape[1])
        total = sum(counted.values(), np.zeros(rows.shape[1]))
        parts.append(score_of(total / temper) + math.log(weight))
    log = special.logsumexp(parts + ([math.log(unstarted)] if unstarted > 1e-15 else []))
    return float(log), starts[int(np.argmax(parts))][0]


def fisher_moments(a, b, bad, odds):
    """Cornfield's mean, where (a - x)(bad - x) odds = x (b - bad + x), and the variance of the four cells around it."""
    roots = np.roots([odds - 1, -(odds * (a + bad) + b - bad), odds * a * bad]).real
    mean = next(x for x in sorted(roots) if max(0, bad - b) <= x <= min(a, bad))
    cells = [mean, a - mean, bad - mean, b - bad + mean]
    return mean, (a + b) / (a + b - 1) / sum(1 / cell for cell in cells)


def split_dispersion(table, onset, without):
    """Pearson's over blocks of at least five bad events, before and after the onset."""
    squares = freedom = 0
    for stretch in (range(0, onset), range(onset, len(table))):
        minutes = [table[t] for t in stretch if t != without and table[t][0] > 0 and table[t][2] > 0]
        top = sum(x * (b - y) / (a + b) for a, x, b, y in minutes)
        bottom = sum((a - x) * y / (a + b) for a, x, b, y in minutes)
        odds = max(0.25, top) / max(0.25, bottom)
        blocks, events, off, spread = 0, 0, 0.0, 0.0
        for a, x, b, y in minutes:
            if not 0 < x + y < a + b:
                continue
            mean, variance = fisher_moments(a, b, x + y, odds)
            events, off, spread = events + x + y, off + x - mean, spread + variance
            if events >= 5:
                squares, blocks = squares + off**2 / spread, blocks + 1
                events, off, spread = 0, 0.0, 0.0
        freedom += max(0, blocks - 1)
    return max(1, (squares + 5) / (freedom + 5))


def bunching(table, onset, without):
    excess = events = 0
    for arm in (0, 2):
        for stretch in (range(0, onset), range(onset, len(table))):
            seen = [(table[t][arm], table[t][arm + 1]) for t in stretch if t != without]
            n = sum(size for size, _ in seen)
            if n == 0:
                continue
            rate = sum(x for _, x in seen) / n
            excess += sum(x * (x - 1) for _, x in seen) - 1.35 * rate**2 * sum(size**2 for size, _ in seen)
            events += sum(x for _, x in seen)
    return 1 + max(0, excess) / (events + 5)


def dispersion_of(signal, minutes, onset, without=-1):
    table = [(n_of(a), bad_of(a, 0), n_of(b), bad_of(b, 0)) for a, b in minutes]
    split = split_dispersion(table, onset, without)
    return max(split, bunching(table, onset, without)) if signal["relative"]["rare"] else split


def sums_of(minutes, arm, cuts):
    both = [m[arm] for m in minutes if n_of(m[0]) > 0 and n_of(m[1]) > 0]
    n = sum(map(n_of, both))
    return {"n": n, "above": [sum(bad_of(one, cut) for one in both) for cut in range(cuts)], "mean": sum(map(sum_of, both)) / n if n else None}


def holds(margin, canary, control):
    if canary["above"][margin.get("cut", 0)] < margin["fewest"] or canary["n"] == 0 or control["n"] == 0:
        return False
    if margin["of"] == "mean":
        own, usual = canary["mean"], control["mean"]
    else:
        own, usual = canary["above"][margin["cut"]] / canary["n"], control["above"][margin["cut"]] / control["n"]
    return own >= margin["ratio"] * usual and own >= margin["least"] and own - usual >= margin.get("delta", 0)


def against_control(signal, minutes, begun, stages, incident):
    rule = signal["relative"]
    if rule is None:
        return None
    rows = np.array([odds_row(signal, *minute) for minute in minutes])
    starts = starts_at(len(minutes), begun, stages)
    log, onset = mixture(rows, starts)
    found = {"log": log, "onset": onset, "needed": math.log(1 / rule["alpha"])}
    if log < math.log(3):
        calm = {"convinced": False, "doubtful": False, "suspects": False, "warns": False}
        return found | calm | {k: log for k in ("tempered", "besides", "levelled", "others")} | {"incident": None, "dispersion": 1, "effect": None}
    scores = [score_of(row) for row in rows[onset:]]
    loudest = onset + int(np.argmax(scores)) if max(scores) > 0 else -1
    dispersion, rest = dispersion_of(signal, minutes, onset), dispersion_of(signal, minutes, onset, loudest)
    tempered = mixture(rows, starts, dispersion)[0]
    besides = tempered if incident < 0 else mixture(rows, starts, dispersion, "kept", incident)[0]
    levelled = mixture(rows, starts, rest, "levelled", incident)[0]
    others = mixture(rows, starts, rest, "dropped", incident)[0]
    canary, control = (sums_of(minutes[onset:], arm, signal["cuts"]) for arm in (0, 1))
    kept = [margin for margin in rule["margins"] if holds(margin, canary, control)]
    plenty = bool(kept) and canary["above"][0] >= RULES["fewestAtEnd"]
    return found | {
        "tempered": tempered, "besides": besides, "levelled": levelled, "others": others,
        "incident": None if incident < 0 else incident, "dispersion": dispersion,
        "effect": {"canary": canary, "control": control, "holds": kept},
        "convinced": bool(kept) and others >= math.log(7) and min(tempered, levelled) >= found["needed"],
        "doubtful": bool(kept) and tempered >= math.log(10),
        "suspects": plenty and rule["rare"] and besides >= math.log(10) and levelled >= math.log(3),
        "warns": plenty and min(tempered, others) >= math.log(20),
    }


def incident_minute(signals, table):
    """The minute in which at least two signals are loud at once, by the second loudest."""
    compared = [s for s, signal in enumerate(signals) if signal["relative"] and not signal.get("isTwin")]
    if len(compared) < 2:
        return -1
    second = [sorted(score_of(odds_row(signals[s], *table[s][t])) for s in compared)[-2] for t in range(len(table[0]))]
    best = int(np.argmax(second)) if second else -1
    return best if second and second[best] > math.log(2.5) else -1


def marked(signals, table, settled, limit_of):
    """Minutes in which the control is outside a limit by itself, by windows of five."""
    mask = [False] * settled
    for signal, minutes in zip(signals, table):
        for limit in map(limit_of, signal["limits"]):
            for end in range(settled):
                window = [minutes[t][1] for t in range(max(0, end - 4), end + 1)]
                n, bad = sum(map(n_of, window)), sum(bad_of(arm, limit["cut"]) for arm in window)
                if n > 0 and bad >= limit["share"] * n and stats.poisson.sf(bad - 1, n * limit["share"] / 2) < 1e-3:
                    mask[max(0, end - 4) : end + 1] = [True] * (end + 1 - max(0, end - 4))
    return mask


def is_burst(signals, table, mask, t):
    for signal, minutes in zip(signals, table):
        for limit in signal["limits"]:
            before = [minutes[i][0] for i in range(t) if not mask[i]]
            n, bad = n_of(minutes[t][0]), bad_of(minutes[t][0], limit["cut"])
            usual = sum(map(n_of, before))
            rate = max(limit["share"] / 4, sum(bad_of(arm, limit["cut"]) for arm in before) / usual if usual else 0)
            if bad >= 3 and bad > rate * n and stats.nbinom.sf(bad - 1, 3, 3 / (3 + rate * n)) < 1e-4:
                return True
    return False


def reaches(bad, n, share):
    return bad >= RULES["fewest"] and bad >= share * n


def against_limit(signal, limit, minutes, clock, begun, stages, mask, deep):
    settled, share, cut = clock["settled"], limit["share"], limit["cut"]
    recent_from = max(clock["from"], settled - clock["soak"])
    counted = lambda first, last, off, which: [minutes[t][0] for t in range(first, last) if not off[t]]
    tally = lambda arms, which: (sum(map(n_of, arms)), sum(bad_of(arm, which) for arm in arms))
    n, bad = tally(counted(0, settled, mask, cut), cut)
    recent_n, recent_bad = tally(counted(recent_from, settled, mask, cut), cut)
    last = to_roll_back(limit)
    off = deep if "rollback" in limit else mask
    rows = np.array([np.zeros(10) if off[t] else rate_row(last["share"], minutes[t][0], last["cut"]) for t in range(settled)]).reshape(settled, 10)
    starts = starts_at(settled, begun, stages)
    log = mixture(rows, starts)[0]
    others = mixture(rows, starts, 1, "dropped")[0] if log >= math.log(7) else log
    outside = reaches(recent_bad, recent_n, share) or reaches(bad, n, share)
    found = {"cut": cut, "limit": share, "n": n, "bad": bad, "log": log, "others": others, "needed": math.log(1 / 0.005), "outside": outside}
    quiet = is_quiet(minutes, recent_from, settled)
    told_n, told_bad = (n, bad) if quiet else (recent_n, recent_bad)
    is_reached = bad >= RULES["fewest"] and reaches(told_bad, told_n, share)
    if "rollback" in limit:
        own_n, own_bad = tally(counted(0 if quiet else recent_from, settled, deep, last["cut"]), last["cut"])
        is_reached = (settled == 0 or not deep[settled - 1]) and reaches(own_bad, own_n, last["share"])
        found["rollback"] = {"cut": last["cut"], "limit": last["share"], "n": own_n, "bad": own_bad, "outside": is_reached}
    bound = None
    if clock["elapsed"] >= clock["soak"]:
        end = settled - (clock["elapsed"] - clock["soak"]) % 5
        at_n, at_bad = tally(counted(0, end, mask, cut), cut)
        beta = 0.05 / (1 + (clock["budget"] - clock["soak"]) // 5)
        upper = 1.0 if at_bad >= at_n else float(special.betaincinv(at_bad + 1, at_n - at_bad, 1 - beta))
        bound = {"beta": beta, "n": at_n, "bad": at_bad, "upper": upper, "next": upper * clock["nextShare"]}
        bound["proven"] = at_n >= signal["floor"] and bound["next"] <= share
    return found | {"recent": {"n": recent_n, "bad": recent_bad}, "broken": others >= found["needed"] and is_reached, "bound": bound}


def is_quiet(minutes, first, last):
    """Minutes, one at least, without anybody in the canary."""
    return last > first and not any(n_of(minutes[t][0]) for t in range(first, last))


def against_mean(signal, minutes, clock, mask):
    rule = signal["mean"]
    if rule is None:
        return None
    settled = clock["settled"]
    first = max(clock["from"], settled - clock["soak"])
    total = lambda arms: (sum(map(n_of, arms)), sum(map(sum_of, arms)))
    n, sum_ = total([minutes[t][0] for t in range(settled) if not mask[t]])
    recent_n, recent_sum = total([minutes[t][0] for t in range(first, settled) if not mask[t]])
    mean = sum_ / n if n else None
    recent = recent_sum / recent_n if recent_n >= rule["floor"] else None
    over = mean is not None and n >= rule["floor"] and mean >= rule["limit"]
    half = None
    if over:
        blocks, size, sum_here = [], 0, 0.0
        for t in range(settled):
            if mask[t]:
                continue
            size, sum_here = size + n_of(minutes[t][0]), sum_here + sum_of(minutes[t][0])
            if size >= rule["floor"]:
                blocks.append((size, sum_here))
                size, sum_here = 0, 0.0
        if len(blocks) >= 10:
            t = len(blocks)
            variance = np.mean([(s - mean * k) ** 2 for k, s in blocks]) / np.mean([k for k, _ in blocks]) ** 2
            square = (-2 * math.log(0.01) + math.log(1 - 2 * math.log(0.01))) / 30
            half = float(math.sqrt(variance * 2 * (t * square + 1) / (t**2 * square) * math.log(1 + math.sqrt(t * square + 1) / 0.01)))
    last = rule.get("rollback", rule["limit"])
    control_n, control_sum = total([minutes[t][1] for t in range(first, settled)])
    found = {"limit": rule["limit"], "n": n, "mean": mean, "recent": recent, "halfWidth": half, "enough": n >= rule["floor"]}
    found["outside"] = over or (recent is not None and recent >= rule["limit"])
    told = mean if is_quiet(minutes, first, settled) else recent
    found["broken"] = (
        half is not None and mean - half > last and told is not None and told >= last
        and not (control_n > 0 and control_sum >= last * control_n)
    )
    return found | ({"rollback": rule["rollback"]} if "rollback" in rule else {})


def broken_flag(minutes, first, settled, share):
    own = sum(n_of(minutes[t][0]) for t in range(first, settled))
    everybody = own + sum(n_of(minutes[t][1]) for t in range(first, settled))
    if everybody == 0:
        return None
    if own == 0:
        return "flag-reaches-nobody" if share >= 1 or everybody * math.log1p(-share) < math.log(1e-6) else None
    if share >= 1 or abs(own / everybody - share) <= share / 2:
        return None
    tail = stats.binom.sf(own - 1, everybody, share) if own > everybody * share else stats.binom.cdf(own, everybody, share)
    return "share-is-off" if tail < 1e-6 else None


def outright(signal, minute):
    canary, control = minute
    for cut in (to_roll_back(limit)["cut"] for limit in signal["limits"]):
        if bad_of(canary, cut) >= max(20, n_of(canary) / 2) and n_of(control) > 0 and bad_of(control, cut) < n_of(control) / 10:
            return True
    return False


def decide(plan, table, begun, trouble):
    signals, stages, now = plan["signals"], plan["stages"], len(table[0])
    settled = max(0, now - plan["lag"])
    mask = marked(signals, table, settled, lambda limit: limit)
    deep = marked(signals, table, settled, to_roll_back)
    traffic = table[0]
    data = lambda t: n_of(traffic[t][0]) + n_of(traffic[t][1]) > 0
    stage = len(begun) - 1
    own, first = stages[stage], begun[stage]
    elapsed = calm = 0
    for t in range(first, settled):
        if not data(t):
            continue
        if mask[t]:
            calm = 0
            continue
        elapsed, calm = elapsed + 1, 0 if is_burst(signals, table, mask, t) else calm + 1
    clock = {
        "stage": stage, "share": own["share"], "nextShare": stages[min(stage + 1, len(stages) - 1)]["share"], "from": first,
        "settled": settled, "now": now, "elapsed": elapsed, "calm": calm, "soak": own["soak"],
        "budget": max(own["soak"], own["soak"] * plan["extend"] - plan["lag"]),
    }
    incident = incident_minute(signals, table)
    findings = []
    for signal, minutes in zip(signals, table):
        finding = {
            "signal": signal["id"],
            "relative": against_control(signal, minutes, begun, len(stages), incident),
            "limits": [against_limit(signal, limit, minutes, clock, begun, len(stages), mask, deep) for limit in signal["limits"]],
            "mean": against_mean(signal, minutes, clock, mask),
        }
        if not signal["limits"] and signal["mean"] is None:
            kept = [minutes[t] for t in range(settled) if not mask[t]]
            canary, control = (sums_of(kept, arm, signal["cuts"]) for arm in (0, 1))
            finding["compared"] = {"canary": canary, "control": control, "enough": canary["n"] >= signal["floor"]}
        findings.append(finding)
    soak = range(settled - own["soak"], settled)
    there = [t >= 0 and data(t) for t in soak]
    gaps = "".join("x" if has else "." for has in there)
    covered = sum(there) >= 0.9 * own["soak"] and "..." not in gaps
    stale = now >= 5 and not any(data(t) for t in range(now - 5, now))
    failing = next((s["id"] for s, minutes in zip(signals, table) if now > 0 and outright(s, minutes[now - 1])), None)
    environment = settled > 0 and mask[settled - 1]
    flag = broken_flag(traffic, first, settled, own["share"])
    verdict = verdict_of(plan, clock, findings, trouble is not None, stale, failing, environment, flag, covered)
    return dict(zip(("verdict", "because", "signal", "budget"), verdict)) | {"clock": clock, "findings": findings}


def verdict_of(plan, clock, findings, trouble, stale, failing, environment, flag, covered):
    first = lambda holds: next((f["signal"] for f in findings if holds(f)), None)
    relative = lambda key: lambda f: bool(f["relative"] and f["relative"][key])
    outside = lambda f: bool(f["mean"] and f["mean"]["outside"]) or any(limit["outside"] for limit in f["limits"])
    if trouble:
        return "freeze", "no-fresh-data", None, None
    if worse := first(relative("convinced")):
        return "rollback", "canary-worse-than-control", worse, None
    if failing:
        return "rollback", "canary-fails-outright", failing, None
    if beyond := first(lambda f: any(limit["broken"] and "rollback" in limit for limit in f["limits"])):
        return "rollback", "limit-broken", beyond, None
    if environment:
        return "environment-hold", "control-outside-its-limits", None, None
    if broken := first(lambda f: any(limit["broken"] for limit in f["limits"])):
        return "rollback", "limit-broken", broken, None
    if slow := first(lambda f: bool(f["mean"] and f["mean"]["broken"])):
        return "rollback", "mean-limit-broken", slow, None
    if stale:
        return "freeze", "no-fresh-data", None, None
    if flag:
        return "no-canary-traffic", flag, None, None
    out, doubtful = first(outside), first(relative("doubtful"))
    unproven = first(
        lambda f: bool(f["mean"] and not f["mean"]["enough"]) or ("compared" in f and not f["compared"]["enough"])
        or any(limit["bound"] is None or not limit["bound"]["proven"] for limit in f["limits"])
    )
    soaked, stable = clock["elapsed"] >= clock["soak"], clock["calm"] >= clock["soak"] and covered
    if soaked and stable and not (out or doubtful or unproven):
        return "pass", "proven", None, None
    if clock["elapsed"] >= clock["budget"]:
        warned = first(relative("warns")) or first(lambda f: outside(f) and relative("suspects")(f))
        uncertain = first(lambda f: any(b["bound"] is None or b["bound"]["next"] > 5 * b["limit"] for b in f["limits"]))
        for signal, budget, because in ((warned, "rollback", "worse-at-the-end"), (out, "hold", "outside-a-limit"), (doubtful, "hold", "open-doubt")):
            if signal:
                return "budget", because, signal, budget
        if not covered:
            return "budget", "unstable", None, "hold"
        if uncertain:
            return "budget", "too-uncertain", uncertain, "hold"
        return "budget", "inside-but-unproven", unproven, plan["onInconclusive"]
    for speaks, because, signal in (
        (not soaked, "soaking", None), (not stable, "unstable", None),
        (out, "outside-a-limit", out), (doubtful, "open-doubt", doubtful),
    ):
        if speaks:
            return "extend", because, signal, None
    return "extend", "not-proven-yet", unproven, None


# Rollouts, as many kinds as there are things to tell apart.

rng = np.random.default_rng(20261124)
STAGES = [{"share": 0.1, "soak": 10}, {"share": 0.5, "soak": 10}, {"share": 1, "soak": 12}]
ERRORS, LOAD = share_signal("errors", 0.01), latency_signal("load", 2, {"cut": 1, "share": 0.05}, 200)
BANDED = share_signal("errors", 0.01, 0.04)
SLOW = latency_signal("load", 3, {"cut": 1, "share": 0.05, "rollback": {"cut": 2, "share": 0.05}}, 200)
SLOW["mean"]["rollback"] = 260
LIKE = ERRORS | {"id": "like", "limits": [], "floor": 100}
ALONE = ERRORS | {"id": "alone", "relative": None}
TWIN = share_signal("twin", 0.02) | {"isTwin": True}
PLANS = {
    "plain": [ERRORS, LOAD], "banded": [BANDED, SLOW], "like": [LIKE, LOAD], "alone": [ALONE], "twin": [ERRORS, TWIN, LOAD],
}


def plan_of(kind, stages, policy):
    return {"stages": stages, "extend": 3, "onInconclusive": policy, "lag": 3, "signals": PLANS[kind], "rules": RULES}


def arm(n, error, slow, ms, kind):
    n = int(rng.poisson(n))
    bad, above = int(rng.binomial(n, error)), []
    late = int(rng.binomial(n, slow))
    very = int(rng.binomial(late, 0.3))
    made = []
    for signal in PLANS[kind]:
        if signal["cuts"] == 1:
            made.append({"n": n, "above": [bad], "sum": 0})
        else:
            some = max(late, int(rng.binomial(n, 0.5)))
            tails = [some, late, very][: signal["cuts"]]
            made.append({"n": n, "above": tails, "sum": float(round(n * ms * rng.uniform(0.9, 1.1), 3))})
    return made


def story(name, kind, per_minute, minutes, begun, play, stages=STAGES, policy="hold", looks=None, early=False, troubles=()):
    """`play(t)` gives (error, slow, ms) of canary and control and how much of the share and of all traffic there is."""
    signals = PLANS[kind]
    final = [[] for _ in signals]
    for t in range(minutes):
        share = stages[max(i for i, start in enumerate(begun) if start <= t)]["share"]
        told = {"canary": (0.003, 0.01, 120), "control": (0.003, 0.01, 120), "share": 1, "all": 1} | play(t)
        size = per_minute * told["all"]
        own = arm(size * share * told["share"], *told["canary"], kind) if told["share"] and size else None
        rest = arm(size * (1 - share), *told["control"], kind) if size and share < 1 else None
        for s in range(len(signals)):
            final[s].append((own[s] if own else None, rest[s] if rest else None))
    half = lambda one: one and {"n": one["n"] // 2, "above": [v // 2 for v in one["above"]], "sum": one["sum"] / 2}
    first_seen = [[(half(a), half(b)) for a, b in column] for column in final]
    found = []
    plan = plan_of(kind, stages, policy)
    for now in looks or [*range(2, minutes, 5), minutes]:
        known = [
            [first_seen[s][t] if early and t >= now - 2 else final[s][t] for t in range(now)] for s in range(len(signals))
        ]
        started = [start for start in begun if start < now]
        trouble = "no answer" if now in troubles else None
        found.append({"now": now, "begun": started, "trouble": trouble, "decision": decide(plan, known, started, trouble)})
    return {"name": name, "plan": plan, "minutes": final, "early": early, "looks": found}


whole = [{"share": 1, "soak": 10}]
worse = lambda onset, error: lambda t: {"canary": (error if t >= onset else 0.003, 0.01, 120)}
both = lambda first, last, error: lambda t: {v: (error, 0.01, 120) for v in ("canary", "control") if first <= t < last}
stories = [
    story("healthy, three stages", "plain", 2000, 46, [0, 14, 28], lambda t: {}),
    story("healthy, seen early", "plain", 1200, 30, [0, 14], lambda t: {}, early=True),
    story("a little worse from the fifth minute", "plain", 1500, 30, [0], worse(5, 0.02)),
    story("much worse from the start", "plain", 600, 8, [0], worse(0, 0.12), looks=range(1, 9)),
    story("fails outright", "plain", 1000, 10, [0], worse(7, 0.7), looks=range(1, 11)),
    story("one bad minute of the canary", "plain", 1500, 30, [0], lambda t: worse(0, 0.2)(t) if t == 8 else {}),
    story("one bad minute of both", "plain", 1500, 30, [0], both(8, 9, 0.2)),
    story("an incident of both", "plain", 1500, 36, [0], both(6, 16, 0.06)),
    story("an incident of both, then the canary's own", "plain", 1500, 34, [0], lambda t: both(4, 9, 0.08)(t) or worse(18, 0.03)(t)),
    story("the same where nothing is compared", "alone", 1500, 40, [0], lambda t: both(4, 9, 0.3)(t) or worse(18, 0.03)(t)),
    story("an incident that is known late", "plain", 1500, 26, [0], both(6, 12, 0.05), early=True, looks=range(2, 27)),
    story("slower", "plain", 1500, 24, [0], lambda t: {"canary": (0.003, 0.06 if t > 6 else 0.01, 170 if t > 6 else 120)}),
    story("much slower by its mean", "plain", 1500, 30, [0], lambda t: {"canary": (0.003, 0.02, 290)}),
    story("two signals loud at once", "plain", 1500, 24, [0], lambda t: {"canary": (0.08, 0.12, 300)} if t == 9 else {}),
    story("twins loud at once", "twin", 1500, 24, [0], lambda t: {"canary": (0.08, 0.01, 120)} if t == 9 else {}),
    story("nobody gets the canary", "plain", 800, 12, [0], lambda t: {"share": 0}),
    story("three times its share", "plain", 800, 14, [0], lambda t: {"share": 3}),
    story("a fifth of its share", "plain", 800, 14, [0], lambda t: {"share": 0.2}),
    story("silence", "plain", 800, 26, [0], lambda t: {"all": 0 if 8 <= t < 16 else 1}, looks=range(6, 27)),
    story("a gap of two minutes", "plain", 800, 30, [0], lambda t: {"all": 0 if 8 <= t < 10 else 1}),
    story("no answer from the metrics", "plain", 800, 12, [0], lambda t: {}, troubles=(5, 8)),
    story("few requests hold", "plain", 8, 40, [0], lambda t: {}),
    story("few requests go on", "plain", 150, 40, [0], lambda t: {}, policy="promote-unproven"),
    story("few requests go back", "plain", 150, 40, [0], lambda t: {}, policy="rollback"),
    story("a budget spent outside a limit", "plain", 200, 40, [0], lambda t: {"canary": (0.02, 0.01, 120), "control": (0.012, 0.01, 120)}),
    story("a budget spent in doubt", "plain", 300, 40, [0], worse(0, 0.012)),
    story("doubt that bunches leave", "plain", 1500, 40, [0], lambda t: {"canary": (0.025 if t % 6 == 3 else 0.004, 0.01, 120)}),
    story("slow doubt", "plain", 400, 40, [0], lambda t: {"canary": (0.003, 0.045, 150), "control": (0.003, 0.02, 130)}),
    story("a handful more errors", "plain", 500, 40, [0], lambda t: {"canary": (0.008, 0.01, 120), "control": (0.003, 0.01, 120)}),
    story("a handful more errors, with a limit nearby", "plain", 350, 40, [0], lambda t: {"canary": (0.014, 0.01, 120), "control": (0.005, 0.01, 120)}),
    story("more errors, seldom together", "plain", 260, 45, [0], lambda t: {"canary": (0.022 if t % 3 == 0 else 0.008, 0.01, 120), "control": (0.006, 0.01, 120)}),
    story("everybody has it", "plain", 600, 30, [0], lambda t: {}, stages=whole),
    story("everybody has it and it breaks its limit", "plain", 600, 30, [0], worse(8, 0.03), stages=whole),
    story("everybody has it and it breaks its mean", "plain", 600, 30, [0], lambda t: {"canary": (0.003, 0.01, 280)}, stages=whole),
    story("healthy within bands", "banded", 2000, 30, [0, 14], lambda t: {}),
    story("between the bands", "banded", 1500, 40, [0], lambda t: {"canary": (0.02, 0.02, 220), "control": (0.018, 0.02, 210)}),
    story("beyond the bands", "banded", 1500, 30, [0], lambda t: {"canary": (0.07, 0.3, 330) if t > 8 else (0.003, 0.01, 120)}),
    story("beyond the bands, everybody", "banded", 700, 36, [0], lambda t: {"canary": (0.06, 0.25, 300) if t > 12 else (0.003, 0.01, 120)}, stages=whole),
    story("an incident of both within bands", "banded", 1500, 36, [0], both(6, 14, 0.02)),
    story("an incident of both beyond bands", "banded", 1500, 36, [0], both(6, 14, 0.08)),
    story("compared alone", "like", 1500, 30, [0], lambda t: {}),
    story("compared alone and worse", "like", 1500, 24, [0], worse(6, 0.03)),
    story("compared alone with few", "like", 60, 40, [0], lambda t: {}),
    story("a limit alone", "alone", 1000, 36, [0, 14], lambda t: {}),
    story("a limit alone, broken", "alone", 1000, 24, [0], worse(4, 0.05)),
    story("clusters", "plain", 1000, 30, [0], lambda t: {"canary": (0.03, 0.01, 120)} if t % 6 == 3 else {"control": (0.01, 0.01, 120)} if t % 5 == 2 else {}),
    story("far outside its limit, then nobody comes", "alone", 1500, 26, [0], lambda t: worse(0, 0.05)(t) | {"all": 1 if t < 6 else 0}, looks=range(2, 27)),
    story("far outside its limit, then nobody gets it", "alone", 1500, 26, [0], lambda t: worse(0, 0.05)(t) | {"share": 1 if t < 6 else 0}, looks=range(2, 27)),
    story("worse, then nobody comes", "plain", 400, 20, [0], lambda t: worse(0, 0.04)(t) | {"all": 1 if t < 7 else 0}, looks=range(2, 21)),
    story("beyond the bands, then nobody gets it", "banded", 400, 26, [0], lambda t: {"canary": (0.06, 0.3, 330), "share": 1 if t < 5 else 0}, looks=range(2, 27)),
    story("slow by its mean, then nobody gets it", "plain", 1500, 34, [0], lambda t: {"canary": (0.003, 0.01, 290), "share": 1 if t < 16 else 0}, looks=range(2, 35)),
    story("healthy, then nobody comes", "plain", 1500, 26, [0], lambda t: {"all": 1 if t < 6 else 0}, looks=range(2, 27)),
]


def short(value):
    """Twelve digits are enough to compare, and half the file."""
    if isinstance(value, dict):
        return {key: short(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [short(one) for one in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    return float(f"{value:.12g}") if isinstance(value, float) else value


path = pathlib.Path(__file__).parent.parent / "test/core/judge/oracle.json"
path.write_text(json.dumps(short({"versions": versions, "signals": PLANS, "stories": stories}), separators=(",", ":")) + "\n")
reasons = sorted({look["decision"]["because"] for told in stories for look in told["looks"]})
print(versions, f"{len(stories)} stories, {sum(len(told['looks']) for told in stories)} looks, {path.stat().st_size // 1024} KiB")
print("reasons:", ", ".join(reasons))

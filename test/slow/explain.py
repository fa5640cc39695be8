"""Judges stages of rollouts again from the minutes that `launch explain --json` holds: numpy and scipy, no code of launch.

stdin: [{"journaled": {check: verdict}, "rollout": {...}}]
stdout: {"compared": {verdict: n}, "bounds": n, "wrong": [...]}

What is taken over are the evidences of the comparison (ln E; scripts/stats-oracle.py has those). Everything else is
calculated: which minutes count, sums, the evidence against a limit, bounds, the clock, the flag, and the order of the rules.
"""

import json
import math
import sys
from collections import Counter

import numpy as np
from scipy import stats

ABSOLUTE, PASS, EVERY = 0.005, 0.05, 5
compared, bounds, wrong = Counter(), 0, []


def table(rollout):
    """Per signal {minute: (canary, control)} of the minutes that were put before the judge, and those that were settled."""
    at = lambda minute: round((minute["start"] - rollout["origin"]) / rollout["periodMs"])
    arms = []
    for signal in rollout["signals"]:
        minutes = [m for stage in signal["stages"] for m in stage["minutes"] if m["use"] in ("counted", "shared", "young")]
        arms.append({at(m): (m["canary"], m["control"]) for m in minutes})
    return arms


def n_of(arm):
    return arm["n"] if arm else 0


def bad_of(arm, cut):
    return arm["above"][cut] if arm else 0


def marked(rollout, arms, settled):
    """Settled minutes in which the old version was outside a limit: windows of five."""
    mask = np.zeros(settled, bool)
    for signal, minutes in zip(rollout["signals"], arms):
        for limit in signal["signal"]["limits"]:
            for end in range(settled):
                window = [minutes[t][1] for t in range(max(0, end - 4), end + 1) if t in minutes]
                n, bad = sum(map(n_of, window)), sum(bad_of(arm, limit["cut"]) for arm in window)
                if n > 0 and bad >= limit["share"] * n and stats.poisson.sf(bad - 1, n * limit["share"] / 2) < 1e-3:
                    mask[max(0, end - 4) : end + 1] = True
    return mask


def bursts(rollout, arms, mask, settled):
    found = np.zeros(settled, bool)
    for signal, minutes in zip(rollout["signals"], arms):
        for limit in signal["signal"]["limits"]:
            n_before = bad_before = 0
            for t in range(settled):
                arm = minutes.get(t, (None, None))[0]
                n, bad = n_of(arm), bad_of(arm, limit["cut"])
                rate = max(limit["share"] / 4, bad_before / n_before if n_before else 0)
                if bad >= 3 and bad > rate * n and stats.nbinom.sf(bad - 1, 3, 3 / (3 + rate * n)) < 1e-4:
                    found[t] = True
                if not mask[t]:
                    n_before, bad_before = n_before + n, bad_before + bad
    return found


def against_limit(limit, minutes, mask, settled, begun, stages):
    """ln E without the loudest minute since each start, where it is large enough to matter."""
    p0 = limit["share"]
    rates = np.minimum(0.95, p0 * np.geomspace(1.5, 48, 10))
    rows = np.zeros((settled, 10))
    for t in range(settled):
        arm = minutes.get(t, (None, None))[0]
        n, bad = n_of(arm), bad_of(arm, limit["cut"])
        if not mask[t]:
            rows[t] = bad * np.log(rates / p0) + (n - bad) * np.log((1 - rates) / (1 - p0))
    starts = [(0, 0.5)] + [(s, 0.25 / stages) for s in begun if s < settled]
    starts += [(5 * k, 0.25 / 36) for k in range(1, 37) if 5 * k < settled]
    rest = 1 - sum(weight for _, weight in starts)
    scores = [np.logaddexp.reduce(row) - math.log(10) for row in rows]

    def mixture(drop):
        parts = [math.log(rest)] if rest > 1e-15 else []
        for start, weight in starts:
            total = rows[start:].sum(0)
            if drop and settled > start:
                loudest = max(range(start, settled), key=lambda t: scores[t])
                if scores[loudest] > 0:
                    total = total - rows[loudest]
            parts.append(np.logaddexp.reduce(total) + math.log(weight / 10))
        return np.logaddexp.reduce(parts)

    whole = mixture(False)
    return mixture(True) if whole >= math.log(7) else whole


def broken_flag(minutes, first, settled, share):
    arms = [minutes[t] for t in range(first, settled) if t in minutes]
    own = sum(n_of(arm) for arm, _ in arms)
    total = own + sum(n_of(arm) for _, arm in arms)
    if total == 0:
        return False
    if own == 0:
        return share >= 1 or total * math.log1p(-share) < math.log(1e-6)
    if share >= 1 or abs(own / total - share) <= share / 2:
        return False
    tail = stats.binom.sf(own - 1, total, share) if own > total * share else stats.binom.cdf(own, total, share)
    return tail < 1e-6


def outright(signal, minutes, newest):
    canary, control = minutes.get(newest, (None, None))
    return any(
        bad_of(canary, cut) >= max(20, n_of(canary) / 2) and n_of(control) > 0 and bad_of(control, cut) < n_of(control) / 10
        for cut in (limit["cut"] for limit in signal["signal"]["limits"])
    )


def verdict(rollout, which):
    global bounds
    decision = rollout["decision"]
    clock = decision["clock"]
    settled, now, soak, first = clock["settled"], clock["now"], clock["soak"], clock["from"]
    arms = table(rollout)
    traffic = arms[0]
    has = lambda t: t in traffic and n_of(traffic[t][0]) + n_of(traffic[t][1]) > 0
    mask = marked(rollout, arms, settled)
    burst = bursts(rollout, arms, mask, settled)

    elapsed = calm = 0
    for t in range(first, settled):
        if has(t):
            elapsed, calm = (elapsed, 0) if mask[t] else (elapsed + 1, 0 if burst[t] else calm + 1)
    check = lambda name, mine, theirs: None if mine == theirs or (mine is not None and math.isclose(mine, theirs, rel_tol=1e-9, abs_tol=1e-9)) else wrong.append({"event": which, "what": name, "explained": theirs, "calculated": mine})
    check("elapsed", elapsed, clock["elapsed"])
    check("calm", calm, clock["calm"])
    budget = max(soak, soak * rollout["extend"] - rollout["lag"])
    check("budget", budget, clock["budget"])

    if now >= 5 and not any(has(t) for t in range(now - 5, now)):
        return "unknown"
    findings = {finding["signal"]: finding for finding in decision["findings"]}
    worse = lambda r: r and min(r["tempered"], r["levelled"]) >= r["needed"] and r["others"] >= math.log(7) and r["effect"] and r["effect"]["holds"]
    if any(worse(finding["relative"]) for finding in findings.values()):
        return "fail"
    if any(outright(signal, minutes, now - 1) for signal, minutes in zip(rollout["signals"], arms)):
        return "fail"
    if settled > 0 and mask[settled - 1]:
        return "unknown"
    kept = elapsed >= soak and calm >= soak
    for signal, minutes in zip(rollout["signals"], arms):
        finding = findings[signal["signal"]["id"]]
        counted = [(t, arm) for t, (arm, _) in minutes.items() if t < settled and not mask[t] and arm]
        recent = [arm for t, arm in counted if t >= max(first, settled - soak)]
        for limit, said in zip(signal["signal"]["limits"], finding["limits"]):
            cut, share = limit["cut"], limit["share"]
            sums = lambda some: (sum(arm["n"] for arm in some), sum(arm["above"][cut] for arm in some))
            n, bad = sums([arm for _, arm in counted])
            check("n", n, said["n"])
            check("bad", bad, said["bad"])
            begun = [round(b) for b in begun_of(rollout)]
            log = against_limit(limit, minutes, mask, settled, begun, len(rollout["plannedStages"]))
            check("ln E against the limit", log, said["others"])
            out = lambda n, bad: bad >= 3 and bad >= share * n
            if log >= math.log(1 / ABSOLUTE) and bad >= 3 and out(*sums(recent)):
                return "fail"
            proven = False
            if elapsed >= soak:
                end = settled - (elapsed - soak) % EVERY
                k_n, k = sums([arm for t, arm in counted if t < end])
                beta = PASS / (1 + (budget - soak) // EVERY)
                upper = 1.0 if k >= k_n else float(stats.beta.ppf(1 - beta, k + 1, k_n - k))
                check("bound", upper, said["bound"]["upper"])
                check("bound for the next share", upper * clock["nextShare"], said["bound"]["next"])
                bounds += 1
                proven = k_n >= signal["signal"]["floor"] and upper * clock["nextShare"] <= share
            kept = kept and proven and not out(n, bad) and not out(*sums(recent))
        mean = signal["signal"]["mean"]
        if mean:
            total = sum(arm["n"] for _, arm in counted)
            value = sum(arm["sum"] for _, arm in counted) / total if total else None
            check("mean", value, finding["mean"]["mean"])
            of = sum(arm["n"] for arm in recent)
            last = sum(arm["sum"] for arm in recent) / of if of >= mean["floor"] else None
            kept = kept and total >= mean["floor"] and value < mean["limit"] and not (last is not None and last >= mean["limit"])
        relative = finding["relative"]
        kept = kept and not (relative and relative["effect"] and relative["effect"]["holds"] and relative["tempered"] >= math.log(10))
    if any(finding["mean"] and finding["mean"]["broken"] for finding in findings.values()):
        return "fail"
    if broken_flag(traffic, first, settled, clock["share"]):
        return "unknown"
    present = [has(t) for t in range(settled - soak, settled)]
    gap = longest = 0
    for there in present:
        gap = 0 if there else gap + 1
        longest = max(longest, gap)
    covered = sum(present) >= 0.9 * soak and longest <= 2
    return "pass" if kept and covered else "unknown"


def begun_of(rollout):
    """Minutes at which the stages began: the first that was not before the share was at the edge; one without has none yet."""
    for stage in rollout["signals"][0]["stages"]:
        minutes = [m["start"] for m in stage["minutes"] if m["use"] != "before"]
        if minutes:
            yield (min(minutes) - rollout["origin"]) / rollout["periodMs"]


for index, one in enumerate(json.load(sys.stdin)):
    rollout = one["rollout"]
    said = set(one["journaled"].values())
    journaled = "fail" if "fail" in said else "unknown" if "unknown" in said else "pass"
    mine = verdict(rollout, one["event"])
    compared[journaled] += 1
    if mine != journaled:
        wrong.append({"event": one["event"], "journaled": journaled, "calculated": mine})

json.dump({"compared": compared, "bounds": bounds, "wrong": wrong}, sys.stdout)

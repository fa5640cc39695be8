"""Judges a launch again, from what CloudWatch answered on the wire: no code of launch, only the standard library.

stdin: {"sheet": the run sheet as JSON, "exchanges": [{question, reply}], "events": the journal}
stdout: {"compared": {kind: n}, "skipped": {why: n}, "wrong": [...]}

The rules are those the documentation states: a minute counts when it began at or after the start of the look and ended,
lag included, by its end; ratios are sums over sums; a percentile is one point over exactly that window; counts are the
largest sliding sum; minutes in which the concurrent control itself breaches are no evidence.
"""

import json
import math
import re
import sys
from collections import Counter

given = json.load(sys.stdin)
sheet, events = given["sheet"], given["events"]
UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


def duration(text):
    number, unit = re.fullmatch(r"([\d.]+)(ms|s|m|h|d)", text).groups()
    return round(float(number) * UNITS[unit])


def limit(text):
    if isinstance(text, (int, float)):
        return text
    return float(text[:-1]) / 100 if text.endswith("%") else duration(text)


# What was answered, with the end of the question: a later look must not help an earlier one.
answers = {}
for exchange in given["exchanges"]:
    question = exchange["question"]
    results = {result["Id"]: result for result in exchange["reply"]["MetricDataResults"]}
    for query in question["MetricDataQueries"]:
        stat, result = query["MetricStat"], results[query["Id"]]
        assert result["StatusCode"] == "Complete", result
        metric = stat["Metric"]
        dimensions = tuple(sorted((d["Name"], d["Value"]) for d in metric["Dimensions"]))
        key = (metric["Namespace"], metric["MetricName"], dimensions, stat["Stat"], stat["Period"] * 1000)
        for at, value in zip(result["Timestamps"], result["Values"]):
            answers.setdefault(key, {}).setdefault(round(at * 1000), []).append((round(question["EndTime"] * 1000), value))


def points(metric_id, environment, side, stat, now, period=None):
    """{start of period: value} as the newest question up to `now` saw it."""
    metric = sheet["metrics"][metric_id]
    dimensions = {name: value.replace("${environment}", environment) for name, value in metric["dimensions"].items()}
    if "variant" in metric:
        dimensions[metric["variant"]["dimension"]] = metric["variant"][side]
    period = period or duration(metric.get("resolution", "60s"))
    known = answers.get((metric["namespace"], metric["name"], tuple(sorted(dimensions.items())), stat, period), {})
    ceiling = math.ceil(now / 60_000) * 60_000
    seen = {}
    for start, values in known.items():
        values = [value for end, value in values if end <= ceiling]
        if values:
            seen[start] = values[-1]
    return seen


def settled(metric_id, window, over=None):
    metric = sheet["metrics"][metric_id]
    period, lag = duration(metric.get("resolution", "60s")), duration(metric.get("lag", "2m"))
    begin = math.ceil(window["from"] / period) * period
    end = max(begin, math.floor((window["to"] - lag) / period) * period)
    return (max(begin, end - over) if over else begin), end


def minutes(metric_id, environment, side, window, over=None, cut=None):
    """[(start, samples, sum, at or above cut)] of the settled minutes, zeros of a sparse metric included."""
    begin, end = settled(metric_id, window, over)
    now = window["to"]
    counts = points(metric_id, environment, side, "SampleCount", now)
    sums = points(metric_id, environment, side, "Sum", now)
    rank = f"PR(:{cut - 0.001:.6f}".rstrip("0").rstrip(".") + ")" if cut else None
    ranks = points(metric_id, environment, side, rank, now) if cut else {}
    found = {
        start: (start, counts[start], sums[start], round((1 - ranks[start] / 100) * counts[start]) if start in ranks else None)
        for start in counts
        if start in sums and begin <= start < end
    }
    heartbeat = sheet["metrics"][metric_id].get("sparse")
    if heartbeat:
        heartbeat = "requests" if heartbeat is True else heartbeat
        for start in points(heartbeat, environment, side, "SampleCount", now):
            if begin <= start < end:
                found.setdefault(start, (start, 0, 0, 0))
    return [found[start] for start in sorted(found)]


def incident(control, ceiling, floor, events_only):
    """Starts of the minutes in which the control breaches by itself."""
    return {
        start
        for start, top, samples in control
        if samples >= floor / 5 and top / samples >= ceiling * (1 - 1e-12) and (not events_only or top >= 3)
    }


def quotient(parts_of, side, ceiling, floor, events_only):
    """(value, samples, minutes left out) over the minutes that are evidence."""
    control = parts_of("control") if side == "canary" else []
    shared = incident(control, ceiling, floor, events_only)
    own = parts_of(side)
    kept = [part for part in own if part[0] not in shared]
    samples = sum(part[2] for part in kept)
    return (sum(part[1] for part in kept) / samples if samples else None), samples, len(own) - len(kept)


def average(check, environment, side, window):
    parts = lambda s: [(m[0], m[2], m[1]) for m in minutes(check["metric"], environment, s, window, over_of(check))]
    value, samples, _ = quotient(parts, side, limit(check["below"]), check.get("floor", 50), False)
    return value, samples


def ratio(check, environment, side, window):
    def parts(s):
        bad = {m[0]: m[2] for m in minutes(check["bad"], environment, s, window, over_of(check))}
        return [(m[0], bad[m[0]], m[2]) for m in minutes(check["of"], environment, s, window, over_of(check)) if m[0] in bad]

    value, samples, _ = quotient(parts, side, limit(check["below"]), check.get("floor", 300), True)
    return value, samples


def percentile(check, environment, side, window):
    cut, p = limit(check["below"]), check["percentile"]
    parts = lambda s: [(m[0], m[3], m[1]) for m in minutes(check["metric"], environment, s, window, over_of(check), cut)]
    floor = check.get("floor", math.ceil(1000 / min(p, 100 - p) - 1e-6))
    share, samples, left_out = quotient(parts, side, (100 - p) / 100, floor, True)
    if left_out:
        return share, samples
    begin, end = settled(check["metric"], window, over_of(check))
    return points(check["metric"], environment, side, f"p{p}", window["to"], end - begin).get(begin), samples


def count(check, environment, side, window):
    found = minutes(check["metric"], environment, side, window, over_of(check))
    begin, end = settled(check["metric"], window, over_of(check))
    length = duration(check["per"]) if "per" in check else end - begin
    stretch = lambda last: sum(m[2] for m in found if last - length < m[0] <= last)
    return max((stretch(m[0]) for m in found), default=None), sum(m[2] for m in found)


def spike(check, environment, side, window):
    found = minutes(check["metric"], environment, side, window, duration(check.get("per", "5m")))
    return sum(m[2] for m in found), sum(m[1] for m in found)


def steady(check, environment, side, window):
    found = minutes(check["traffic"], environment, side, window, duration(check["window"]))
    return sum(1 for m in found if m[2] > 0), sum(m[2] for m in found)


def baseline(check, environment, side, window):
    before_window = next(event for event in events if event["type"] == "baseline-captured")["window"]

    def level(window, sides):
        total = lambda metric, field: sum(m[field] for s in sides for m in minutes(metric, environment, s, window, over_of(check)))
        divisor = total(check["of"], 2) if check.get("statistic") == "ratio" else total(check["metric"], 1)
        return total(check["metric"], 2) / divisor, divisor

    sides = lambda own: own if "variant" in sheet["metrics"][check["metric"]] else [side]
    now, samples = level(window, sides([side]))
    before, _ = level(before_window, sides(["canary", "control"]))
    return now / before, samples


def over_of(check):
    return duration(check["over"]) if "over" in check else None


JUDGES = {f.__name__: f for f in (average, ratio, percentile, count, spike, steady, baseline)}


def checks_of(gate, prefix=""):
    """{id as the journal writes it: check of the sheet}"""
    found = {}
    for item in sheet["gates"][gate]:
        if "use" in item:
            found.update(checks_of(item["use"]))
        elif "id" in item:
            found[item["id"]] = item
    return found


compared, skipped, wrong = Counter(), Counter(), []
percent, rolled_back, confirmed = 0, False, None
for event in events:
    if event["type"] == "flag-set":
        percent = event["percent"]
    elif event["type"] == "flag-confirmed":
        confirmed = event
    elif event["type"] == "rolled-back":
        rolled_back = True
    if event["type"] != "gate-judged":
        continue
    if event["stage"] is not None:
        # Evidence about a stage counts from when its share was seen at the edge.
        assert confirmed["percent"] == event["stage"] and event["window"]["from"] >= confirmed["at"] - 1, event["n"]
    environment = event["environment"]
    side = "canary" if environment != "production" or (percent > 0 and not rolled_back) else "control"
    known = checks_of(event["gate"])
    for result in event["checks"]:
        observed = result["judgement"]["observed"]
        judge = JUDGES.get(result["kind"])
        if judge is None or not isinstance(observed, (int, float)):
            skipped[result["kind"] if judge is None else f"{result['kind']} without a number"] += 1
            continue
        value, samples = judge(known[result["id"].split("/")[-1]], environment, side, event["window"])
        said = result["judgement"]["samples"]
        compared[result["kind"]] += 1
        if value is None or not math.isclose(value, observed, rel_tol=1e-9, abs_tol=1e-9) or samples != said:
            wrong.append({"n": event["n"], "gate": event["key"], "check": result["id"], "journal": [observed, said], "recomputed": [value, samples]})

json.dump({"compared": compared, "skipped": skipped, "wrong": wrong}, sys.stdout)

"""Replay recorded requests against a server and report every difference.

    python replay.py [--server CMD | --base-url URL] [options] [FILE...]

Without FILE, every file in ../recordings is replayed.
See FORMAT.md for the placeholders of --server and the control endpoints."""

from __future__ import annotations

import argparse
import concurrent.futures
import glob
import json
import os
import shlex
import sys
import threading
import urllib.parse

import parity_common as common


class Report:
    def __init__(self, verbose):
        self.verbose = verbose
        self.passed = 0
        self.failed = 0
        self.lock = threading.Lock()

    def add(self, results):
        with self.lock:
            for label, problems in results:
                if problems:
                    self.failed += 1
                    print(f"FAIL {label}")
                    shown = problems if self.verbose else problems[:6]
                    for line in shown:
                        if not self.verbose and len(line) > 600:
                            line = line[:600] + " ..."
                        print(f"     {line}")
                else:
                    self.passed += 1
                    if self.verbose:
                        print(f"ok   {label}")
            sys.stdout.flush()


def label(scenario, index):
    request = scenario["steps"][index]["request"]
    target = request["path"]
    if "query" in request:
        target += "?" + request["query"]
    method = request.get("method", "GET")
    return f"{scenario['app']}/{scenario['name']} [{index + 1}] {method} {target}"


def run_scenario(scenario, port, persistent, host):
    out = []
    try:
        if persistent:
            common.reset(port, scenario, host)
        common.read_trace(port, host=host)
    except Exception as e:
        problem = [f"could not start the scenario: {e}"]
        return [(label(scenario, i), problem) for i in range(len(scenario["steps"]))]
    jar = common.Jar()
    captured = {}
    key = common.secret_key(scenario)
    for index, step in enumerate(scenario["steps"]):
        try:
            raw, method, name, path = common.build_request(step, jar, captured)
            try:
                reply = common.exchange(port, raw, method, host=host)
                problems = common.compare(step, reply, key)
            except ConnectionError:
                if not step["response"].get("truncated"):
                    raise
                reply, problems = None, []
            want = step.get("trace", [])
            got = common.read_trace(port, want, host=host)
            if got != want:
                problems.append(f"trace: expected {json.dumps(want)}")
                problems.append(f"       got      {json.dumps(got)}")
            if reply is not None:
                if step.get("use_jar", True):
                    jar.store(name, path, reply.headers)
                common.capture(step, reply, captured)
        except Exception as e:
            problems = [f"{type(e).__name__}: {e}"]
        out.append((label(scenario, index), problems))
    return out


def run_batch(scenarios, args, report):
    """Scenarios of one app, on one server in persistent mode."""
    if args.base_url:
        url = urllib.parse.urlsplit(args.base_url)
        for scenario in scenarios:
            report.add(run_scenario(scenario, url.port or 80, True, url.hostname))
        return
    command = shlex.split(args.server)
    server = None
    broken = None
    for scenario in scenarios:
        try:
            if broken is not None:
                raise broken
            if server is None:
                config, env = scenario.get("config", {}), scenario.get("env", {})
                if args.persistent:
                    config, env = {}, {}
                server = common.Server(
                    command, scenario["app"], config, env, quiet=not args.output
                )
        except Exception as e:
            broken = e if args.persistent else None
            steps = range(len(scenario["steps"]))
            report.add([(label(scenario, i), [f"server: {e}"]) for i in steps])
            continue
        report.add(run_scenario(scenario, server.port, args.persistent, "127.0.0.1"))
        if not args.persistent or server.process.poll() is not None:
            server.stop()
            server = None
    if server is not None:
        server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--server", help="command line of the server under test")
    parser.add_argument("--base-url", help="a running server with control endpoints")
    parser.add_argument("--persistent", action="store_true")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--app", action="append", help="only this app (repeatable)")
    parser.add_argument("--name", help="only scenarios whose name contains this")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--output", action="store_true", help="show server output")
    args = parser.parse_args()
    if bool(args.server) == bool(args.base_url):
        parser.error("give either --server or --base-url")

    files = args.files or sorted(
        glob.glob(os.path.join(common.HERE, "recordings", "*.jsonl"))
    )
    common.touch_fixtures()
    batches = {}
    for path in files:
        for scenario in common.load(path):
            if args.app and scenario["app"] not in args.app:
                continue
            if args.name and args.name not in scenario["name"]:
                continue
            batches.setdefault(scenario["app"], []).append(scenario)

    size = 40 if args.persistent else 8
    jobs = 1 if args.base_url else max(1, args.jobs)
    work = []
    for scenarios in batches.values():
        step = size if jobs > 1 else len(scenarios)
        for start in range(0, len(scenarios), step):
            work.append(scenarios[start : start + step])
    report = Report(args.verbose)
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for future in [pool.submit(run_batch, w, args, report) for w in work]:
            future.result()
    print(f"{report.passed} passed, {report.failed} failed")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())

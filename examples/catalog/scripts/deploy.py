"""Deploy a release: unpack, switch, check, and return to the last good one if it is not well."""

import argparse
from pathlib import Path

import protocol
from health import Health, require_runner, wait_until_healthy
from protocol import JobFailed
from releases import Service, builds

PATIENCE = 30.0
"""Seconds for the return to the last good release, however short the wait for the new one was."""


def main() -> None:
    options = _options()
    service = Service(root=options.root, app=options.app, env=options.env)
    require_runner(service)
    with service.locked():
        version = _version(service, options.version)
        before = service.current()
        protocol.progress(10, f"checking and unpacking {version}")
        service.install(version)
        protocol.progress(40, f"switching {service.name} to {version}")
        health = _switch(service, version, before, options.wait)
        if not health.good:
            _return(service, version, before, health, options.wait)
        _finish(service, version, before, health, options.keep)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="folder of builds and services")
    parser.add_argument("--app", required=True)
    parser.add_argument("--env", required=True)
    parser.add_argument("--version", default="", help="the newest build when left out")
    parser.add_argument("--keep", type=int, default=3, help="releases that stay installed")
    parser.add_argument("--wait", type=float, default=20, help="seconds for becoming healthy")
    return parser.parse_args()


def _version(service: Service, wanted: str) -> str:
    available = builds(service.root, service.app)
    if not available:
        raise JobFailed(f"There are no builds of {service.app}.")
    if wanted and wanted not in available:
        raise JobFailed(f"There is no build {wanted} of {service.app}; there are {available[:5]}.")
    if not wanted:
        print(f"No version was given; the newest build is {available[0]}.", flush=True)
    return wanted or available[0]


def _switch(service: Service, version: str, before: str, wait: float) -> Health:
    """Put the release in use and watch it; a job that is stopped meanwhile takes it back."""
    try:
        service.switch(version)
        protocol.progress(50, "waiting for three good health checks")
        return wait_until_healthy(service, version, wait)
    except SystemExit:
        service.switch(before)
        print(f"Stopped; {service.name} is back on {before or 'nothing'}.", flush=True)
        raise


def _return(service: Service, version: str, before: str, health: Health, wait: float) -> None:
    """Put the last good release back in use, then fail with what happened. Never returns well."""
    print(f"{version} is not well: {health.reason}", flush=True)
    good = before if before != version else service.good_before(version)
    protocol.progress(80, f"returning to {good or 'nothing'}")
    service.switch(good)
    service.remove(version)
    what = f"{version} did not become healthy: {health.reason}."
    if not good:
        raise JobFailed(f"{what} There was no earlier release; {service.name} is out of use.")
    back = wait_until_healthy(service, good, max(wait, PATIENCE))
    if back.good:
        raise JobFailed(f"{what} {service.name} is back on {good} and healthy.")
    raise JobFailed(f"{what} {good} is not well either ({back.reason}); somebody must look.")


def _finish(service: Service, version: str, before: str, health: Health, keep: int) -> None:
    if version != before:
        service.remember(version)
    removed = service.prune(keep, spare=before)
    if removed:
        print(f"Removed old releases: {', '.join(removed)}", flush=True)
    protocol.progress(100, "done")
    protocol.link(health.address, f"{service.name} {version}")
    protocol.result({"version": version, "previous": before, "url": health.address})
    change = f" (before: {before})" if before and before != version else ""
    already = "already ran and is healthy" if before == version else "is live and healthy"
    protocol.summary(f"{service.name} {version} {already}{change}")


if __name__ == "__main__":
    protocol.run(main)

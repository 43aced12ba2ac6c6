"""Roll a service back: to the release that was well before, or to one that is named."""

import argparse
from pathlib import Path

import protocol
from health import require_runner, wait_until_healthy
from protocol import JobFailed
from releases import Service


def main() -> None:
    options = _options()
    service = Service(root=options.root, app=options.app, env=options.env)
    require_runner(service)
    with service.locked():
        before = service.current()
        target = _target(service, options.to)
        protocol.progress(30, f"switching {service.name} from {before or 'nothing'} to {target}")
        service.switch(target)
        protocol.progress(50, "waiting for three good health checks")
        health = wait_until_healthy(service, target, options.wait)
        if not health.good:
            service.switch(before)
            raise JobFailed(
                f"{target} did not become healthy: {health.reason}. "
                f"{service.name} stays on {before or 'nothing'}."
            )
        service.remember(target)
        protocol.progress(100, "done")
        protocol.link(health.address, f"{service.name} {target}")
        protocol.result({"version": target, "previous": before, "url": health.address})
        protocol.summary(f"{service.name} is back on {target} (before: {before or 'nothing'})")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="folder of builds and services")
    parser.add_argument("--app", required=True)
    parser.add_argument("--env", required=True)
    parser.add_argument("--to", default="", help="a release; the last good one when left out")
    parser.add_argument("--wait", type=float, default=20, help="seconds for becoming healthy")
    return parser.parse_args()


def _target(service: Service, wanted: str) -> str:
    current, installed = service.current(), service.installed()
    if wanted == current != "":
        raise JobFailed(f"{service.name} already runs {wanted}.")
    if wanted and wanted not in installed:
        raise JobFailed(f"{wanted} is not installed; there are {', '.join(installed) or 'none'}.")
    target = wanted or service.good_before(current)
    if not target:
        raise JobFailed(f"{service.name} has no earlier release that was well and is installed.")
    return target


if __name__ == "__main__":
    protocol.run(main)

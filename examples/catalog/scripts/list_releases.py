"""Choices for `version`: builds of an app, or what is installed of it, a line each."""

import argparse
from pathlib import Path

import protocol
from releases import Service, builds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--app", required=True)
    parser.add_argument("--installed-in", default="", help="an environment")
    options = parser.parse_args()
    if not options.installed_in:
        available = builds(options.root, options.app)
        for version in available:
            print(f"{version}\t{version} (newest)" if version == available[0] else version)
        return
    service = Service(root=options.root, app=options.app, env=options.installed_in)
    for version in service.installed():
        print(f"{version}\t{version} (in use)" if version == service.current() else version)


if __name__ == "__main__":
    protocol.run(main)

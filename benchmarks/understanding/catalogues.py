"""The sample's catalogues, written as catalogue files of this project."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

KINDS = {"int": "integer", "float": "number", "bool": "boolean"}
PACK_KINDS = {"integer": "integer", "number": "number", "boolean": "boolean"}


def neutral(path: Path) -> dict[str, Any]:
    """The sample's own form."""
    return dict(YAML(typ="safe", pure=True).load(path.read_text("utf-8")))


def write(folder: Path, jobs: Iterable[Mapping[str, Any]]) -> None:
    """One file a catalogue; JSON is YAML. Files hold at most 200 jobs, as they are bounded."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = list(jobs)
    for at in range(0, len(listed), 100):
        text = json.dumps({"jobs": listed[at : at + 100]}, ensure_ascii=False, indent=1)
        (folder / f"jobs-{at:05}.yaml").write_text(text, "utf-8")


def world_of(sample: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "reference_time": str(sample["reference_time"]),
        "timezone": sample["timezone"],
        "users": sample["users"],
        "targets": {
            name: {"aliases": target.get("aliases", []), "default": target.get("default", False)}
            for name, target in sample["targets"].items()
        },
        "shortcuts": sample["k8s_shortcuts"],
    }


def job_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": entry["name"],
        "description": entry.get("description", ""),
        "aliases": list(entry.get("aliases", [])),
        "run": ["true"],
        "parameters": [parameter_of(each) for each in entry.get("params", [])],
    }


def parameter_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    kind = KINDS.get(entry["type"], entry["type"])
    found: dict[str, Any] = {"name": entry["name"], "type": kind}
    found |= {
        key: entry[key] for key in ("required", "default", "min", "max", "pattern") if key in entry
    }
    found |= {key: entry[key] for key in ("description",) if entry.get(key)}
    own = str(entry["name"]).casefold()
    aliases = [each for each in entry.get("aliases", []) if each.casefold() != own]
    found |= {"aliases": aliases} if aliases else {}
    if entry["name"] == "args":
        # Texts may not begin with a dash unless their job says so.
        found["pattern"] = "[\\s\\S]*"
    if kind == "secret":
        found["choices"] = ["env:NEW_SECRET"]
    elif "choices" in entry:
        aliases = entry.get("choice_aliases", {})
        found["choices"] = [
            {"value": value, "aliases": aliases.get(value, [])} for value in entry["choices"]
        ]
    return found


def pack_job_of(record: Mapping[str, Any], phrases: Iterable[str]) -> dict[str, Any]:
    """A public pack's action; `phrases` are its formats where they are shown."""
    return {
        "name": pack_name(record["action_ref"]),
        "description": (record["action_description"] or "")[:1000],
        "examples": list(phrases),
        "run": ["true"],
        "environment": "",
        "parameters": [_pack_parameter(each) for each in record["params"]][:60],
    }


def pack_name(reference: str) -> str:
    return str(reference).replace(".", "-").lower()


def _pack_parameter(entry: Mapping[str, Any]) -> dict[str, Any]:
    kind = PACK_KINDS.get(entry["type"], "string")
    found: dict[str, Any] = {"name": entry["name"], "type": kind}
    default = entry.get("default")
    has_default = isinstance(default, str | int | float) and str(default) != ""
    found |= {"required": True} if entry.get("required") and not has_default else {}
    found |= {"description": entry["description"][:500]} if entry.get("description") else {}
    if entry.get("enum") and kind == "string":
        found |= {"type": "enum", "choices": [str(value) for value in entry["enum"]]}
        has_default = has_default and str(default) in found["choices"]
    return found | (
        {"default": str(default).lower() if kind == "boolean" else default} if has_default else {}
    )

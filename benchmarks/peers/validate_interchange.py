"""Whether others can read what we export: followthemoney, `ftm validate`, stix2 and the validator of STIX.

Run in the peers' own environment (`make peers`); it reads the folder that `synthetic_case.py` filled, prints counts,
and ends with 1 if anything was refused, changed or lost. It also compares the part of the FtM model that we typed
out, `sources/ftm/schemata.yml`, and our codes of States with the package.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import stix2
import yaml
from followthemoney import EntityProxy, model, registry
from stix2validator import ValidationOptions, print_results, validate_string

SOURCE = Path(__file__).resolve().parents[2] / "src" / "watchkeeper"
# Ids are UUIDv5 so that an entry has the same id in every export; the standard asks for version 4 with SHOULD.
PUT_ASIDE = ["103"]
_CHECKS = 11  # fewer would mean that an export is missing


def main() -> int:
    """Look at every export in the folder; return the exit code."""
    folder = Path(sys.argv[1])
    checks = [
        ("schemata.yml against followthemoney", typed_out()),
        ("codes of States against followthemoney", states()),
        *((path.name, entities(path)) for path in sorted(folder.glob("*.ftm.json"))),
        *((f"{path.name}: ftm validate", ftm_validate(path)) for path in sorted(folder.glob("*.ftm.json"))),
        *((path.name, bundle(path)) for path in sorted(folder.glob("*.stix.json"))),
    ]
    faulty = 0
    for what, found in checks:
        faults = [line for line in found if not line.startswith("ok ")]
        print(f"{what}: {'; '.join(line for line in found if line.startswith('ok ')) or 'nothing read'}")
        for line in faults:
            print(f"  FAULT {line}")
        faulty += bool(faults) or not found
    print(f"{len(checks)} checks, {faulty} with faults")
    return 1 if faulty or len(checks) < _CHECKS else 0


def typed_out() -> list[str]:
    """Compare schemata, ancestors and property types that we typed with those of the package."""
    told = yaml.safe_load((SOURCE / "sources" / "ftm" / "schemata.yml").read_text("utf-8"))
    faults, props = [], 0
    for name, ours in told["schemata"].items():
        theirs = model.get(name)
        if theirs is None:
            faults.append(f"no schema {name}")
            continue
        faults += [f"{name} is no {other}" for other in ours["is"] if not theirs.is_a(other)]
        for prop, kind in ours["properties"].items():
            found = theirs.get(prop)
            is_ = (found.range.name if found.range else found.type.name) if found else None
            props += 1
            if is_ != kind:
                faults.append(f"{name}.{prop} is {is_}, not {kind}")
    return [f"ok {len(told['schemata'])} schemata, {props} properties", *faults]


def states() -> list[str]:
    """Return which of our codes of States and territories the package does not know."""
    rows = csv.DictReader((SOURCE / "values" / "country.csv").read_text("utf-8").splitlines())
    codes = [row["alpha2"].lower() for row in rows]
    unknown = [code for code in codes if registry.country.clean(code) != code]
    return [f"ok {len(codes)} codes", *(f"code {code} is not kept" for code in unknown)]


def entities(path: Path) -> list[str]:
    """Read each entity as the package does; nothing may be refused, cleaned away or point nowhere."""
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    proxies = {one["id"]: EntityProxy.from_dict(one, cleaned=True) for one in lines}
    faults = [f"{len(lines) - len(proxies)} ids stand twice"] if len(lines) != len(proxies) else []
    for one in lines:
        faults += [f"{one['id']}: {fault}" for fault in _entity(one, proxies)]
    values = sum(len(listed) for one in lines for listed in one["properties"].values())
    return [f"ok {len(lines)} entities, {values} values", *faults]


def _entity(one: dict, proxies: dict) -> Iterator[str]:
    schema = model.get(one["schema"])
    schema.validate(one)
    yield from (f"{prop} is missing" for prop in schema.required if not one["properties"].get(prop))
    cleaned = EntityProxy.from_dict(one, cleaned=False)
    for prop, listed in one["properties"].items():
        found = schema.get(prop)
        if found is None:
            yield f"{one['schema']} has no {prop}"
            continue
        lost = set(listed) - set(cleaned.get(prop))
        if lost:
            yield f"{prop}: {sorted(lost)} becomes {sorted(set(cleaned.get(prop)) - set(listed))}"
        for value in listed if found.range else ():
            if value not in proxies:
                yield f"{prop} points to {value}, which is not there"
            elif not proxies[value].schema.is_a(found.range):
                yield f"{prop} points to a {proxies[value].schema.name}, which is no {found.range.name}"


def ftm_validate(path: Path) -> list[str]:
    """Pass the file through the package's own command; every entity has to come out of it."""
    command = [str(Path(sys.executable).with_name("ftm")), "validate", "-i", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    read, came = len(path.read_text("utf-8").splitlines()), len(done.stdout.splitlines())
    faults = [f"exit code {done.returncode}: {done.stderr[-300:]}"] if done.returncode else []
    return [f"ok {came} entities came out", *faults, *([f"{read} went in"] if came != read else [])]


def bundle(path: Path) -> list[str]:
    """Read the bundle with stix2, without custom content, and validate it strictly."""
    text = path.read_text("utf-8")
    parsed = stix2.parse(text, allow_custom=False)
    options = ValidationOptions(
        strict=True, strict_types=True, strict_properties=True, enforce_refs=True, disabled=PUT_ASIDE, version="2.1"
    )
    results = validate_string(text, options)
    if not results.is_valid:
        print_results(results)
    told = f"ok {len(parsed.objects)} objects, strict, checks put aside: {', '.join(PUT_ASIDE)}"
    return [told, *([] if results.is_valid else ["the validator refuses it"])]


if __name__ == "__main__":
    sys.exit(main())

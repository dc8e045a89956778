"""TLP markings: the five objects by which a STIX bundle says who may read it, as OASIS published them for TLP 2.0.

Source: oasis-open/cti-stix-common-objects, extension-definition-specifications/tlp-2.0, of 1 October 2022. STIX 2.1
itself predefines the four labels of TLP 1.0 alone, of which WHITE is not CLEAR and none is AMBER+STRICT.
"""

from __future__ import annotations

from typing import Any

from watchkeeper.model.tlp import read

EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
MARKINGS = {
    "CLEAR": "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    "GREEN": "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "AMBER": "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "AMBER+STRICT": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    "RED": "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}


def marking(label: str) -> dict[str, Any]:
    """Return the published object of a label."""
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": MARKINGS[read(label)],
        "created": "2022-10-01T00:00:00.000Z",
        "name": f"TLP:{label}",
        "extensions": {EXTENSION: {"extension_type": "property-extension", "tlp_2_0": label.lower()}},
    }

"""Feature flags: calls of the common libraries with a literal key."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexers.facts import Operation
from indexers.operations.source import OperationSource, fact, literal

# Name of the call -> which argument is the key. These names belong to flag libraries alone.
_OWN = {
    "flag_is_active": 1, "switch_is_active": 0, "sample_is_active": 0, "waffle_flag": 0, "waffle_switch": 0,
    "override_flag": 0, "override_switch": 0, "boolVariation": 0, "stringVariation": 0, "BoolVariation": 0,
    "StringVariation": 0, "IntVariation": 0, "boolVariationDetail": 0, "variationDetail": 0, "jsonVariation": 0,
    "getBooleanValue": 0, "getStringValue": 0, "getNumberValue": 0, "getObjectValue": 0, "get_boolean_value": 0,
    "get_string_value": 0, "get_boolean_details": 0, "useBooleanFlagValue": 0, "useStringFlagValue": 0,
    "useFlag": 0, "useFeatureFlag": 0, "useFeatureFlagEnabled": 0, "feature_enabled": 0, "isFeatureEnabled": 0,
}  # fmt: skip
# These are common words: they count when the file imports a flag library, or the receiver says so.
_COMMON = {
    "variation": 0, "is_enabled": 0, "isEnabled": 0, "IsEnabled": 0, "is_active": 0, "BooleanValue": 1,
    "StringValue": 1, "getVariant": 0, "get_variant": 0, "enabled": 0,
}  # fmt: skip
_GENERIC_VALUES = frozenset(
    ("getStringValue", "getNumberValue", "getObjectValue", "getBooleanValue", "get_string_value")
)
_NAMES = {**_OWN, **_COMMON}
NAMES = frozenset(_NAMES)
_LIBRARY = re.compile(
    r"launchdarkly|ldclient|openfeature|open-feature|unleash|waffle|flipper|flagsmith|growthbook|statsig|posthog|split",
    re.I,
)
_TELLING = re.compile(
    r"(?:^|[._])(?:unleash|flags?|features?|feature_?flags?|toggles?|ld_?client|launchdarkly|openfeature|flipper)(?:[._(]|$)",
    re.I,
)
_FLIPPER = re.compile(
    r"""\bFlipper(?:\.(?:enabled\?|enable|disable)\s*(?:\(\s*)?|\[)(?::(\w+)|["']([\w.-]+)["'])"""
)


def flags(source: OperationSource) -> Iterator[Operation]:
    known = any(_LIBRARY.search(module) for module in source.modules)
    for call in source.calls(NAMES):
        position = _NAMES[call.name]
        sure = call.name in _OWN and call.name not in _GENERIC_VALUES
        if not (sure or known or _TELLING.search(call.receiver)) or len(call.arguments) <= position:
            continue
        key = literal(call.arguments[position])
        if key and " " not in key and len(key) <= 100:
            yield fact(
                "flag", key, call.line, detail=f"{call.receiver}.{call.name}".strip("."), scope=call.scope
            )


def flipper(source: OperationSource) -> Iterator[Operation]:
    for number, line in enumerate(source.lines, 1):
        code = line.partition("#")[0][:500]
        for found in _FLIPPER.finditer(code):
            yield fact("flag", found[1] or found[2], number, detail="Flipper")

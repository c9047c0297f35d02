"""Python values as JSON that keeps their types, as the recorded vectors write them.

Each value is an object with one member: {"int": "12"}, {"tuple": [...]}, {"dict": [[key,
value], ...]}. Floats are written as their bits, datetimes are instants in UTC."""

import math
import struct
from datetime import datetime, timezone
from uuid import UUID

from markupsafe import Markup


def encode(value):
    """The typed form of a value, with the keys of mappings in order."""
    if value is None:
        return {"null": None}
    if isinstance(value, bool):
        return {"bool": value}
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, float):
        return {"float": "nan" if math.isnan(value) else struct.pack(">d", value).hex()}
    if isinstance(value, Markup):
        return {"markup": str(value)}
    if isinstance(value, str):
        return {"str": value}
    if isinstance(value, tuple):
        return {"tuple": [encode(item) for item in value]}
    if isinstance(value, list):
        return {"list": [encode(item) for item in value]}
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, UUID):
        return {"uuid": str(value)}
    if isinstance(value, datetime):
        if value.tzinfo is None:
            value = value.replace(tzinfo=timezone.utc)
        return {"datetime": value.astimezone(timezone.utc).isoformat()}
    return {"dict": [[key, encode(value[key])] for key in sorted(value)]}


def decode_float(text):
    return math.nan if text == "nan" else struct.unpack(">d", bytes.fromhex(text))[0]


DECODERS = {
    "null": lambda _: None,
    "bool": bool,
    "int": int,
    "float": decode_float,
    "markup": Markup,
    "str": str,
    "tuple": lambda items: tuple(decode(item) for item in items),
    "list": lambda items: [decode(item) for item in items],
    "bytes": bytes.fromhex,
    "uuid": UUID,
    "datetime": datetime.fromisoformat,
    "dict": lambda pairs: {key: decode(value) for key, value in pairs},
}


def decode(typed):
    """The value of a typed form."""
    ((name, inner),) = typed.items()
    return DECODERS[name](inner)

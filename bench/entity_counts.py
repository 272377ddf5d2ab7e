"""How many segments, subsegments or spans a message holds, in each of the formats that the receivers get."""

import struct
from typing import Any, Dict, Iterator, Tuple


def count_entities(document: Dict[str, Any]) -> int:
    """A document's segment or subsegment and all below it."""
    return 1 + sum(count_entities(child) for child in document.get("subsegments", ()))


def count_otlp_spans(body: bytes) -> int:
    """``ExportTraceServiceRequest``: resource_spans (1) hold scope_spans (2) hold spans (2)."""
    return sum(
        1
        for resource in protobuf_messages(body, 1)
        for scope in protobuf_messages(resource, 2)
        for _ in protobuf_messages(scope, 2)
    )


def protobuf_messages(data: bytes, wanted: int) -> Iterator[bytes]:
    """The length-delimited values of one field of a protobuf message."""
    position = 0
    while position < len(data):
        key, position = varint(data, position)
        field, wire_type = key >> 3, key & 7
        if wire_type == 0:
            _, position = varint(data, position)
        elif wire_type in (1, 5):
            position += 8 if wire_type == 1 else 4
        else:
            length, position = varint(data, position)
            if field == wanted:
                yield data[position : position + length]
            position += length


def varint(data: bytes, position: int) -> Tuple[int, int]:
    """A base-128 number and the position after it."""
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7


def count_datadog_spans(body: bytes) -> int:
    """Version 0.5: a string table, then a list of traces, each a list of spans."""
    _, position = msgpack_length(body, 0)
    position = msgpack_skip(body, position)
    traces, position = msgpack_length(body, position)
    spans = 0
    for _ in range(traces):
        count, position = msgpack_length(body, position)
        spans += count
        for _ in range(count):
            position = msgpack_skip(body, position)
    return spans


def msgpack_length(data: bytes, position: int) -> Tuple[int, int]:
    """The length of the list at a position, and where its first item starts."""
    first = data[position]
    if 0x90 <= first <= 0x9F:
        return first & 0x0F, position + 1
    if first == 0xDC:
        return struct.unpack_from(">H", data, position + 1)[0], position + 3
    if first == 0xDD:
        return struct.unpack_from(">I", data, position + 1)[0], position + 5
    raise ValueError(f"no msgpack list at {position}: {first:#x}")


MSGPACK_FIXED = {0xC0: 0, 0xC2: 0, 0xC3: 0, 0xCA: 4, 0xCB: 8, **{code: 1 << (code & 3) for code in range(0xCC, 0xD4)}}
MSGPACK_BYTES = {0xC4: ">B", 0xC5: ">H", 0xC6: ">I", 0xD9: ">B", 0xDA: ">H", 0xDB: ">I"}
MSGPACK_NESTED = {0xDC: (">H", 1), 0xDD: (">I", 1), 0xDE: (">H", 2), 0xDF: (">I", 2)}


def msgpack_skip(data: bytes, position: int) -> int:
    """The position after the value at a position."""
    first = data[position]
    position += 1
    if first <= 0x7F or first >= 0xE0:
        return position
    if first in MSGPACK_FIXED:
        return position + MSGPACK_FIXED[first]
    if first in MSGPACK_BYTES:
        size = MSGPACK_BYTES[first]
        return position + struct.calcsize(size) + struct.unpack_from(size, data, position)[0]
    if 0xA0 <= first <= 0xBF:
        return position + (first & 0x1F)
    if first <= 0x8F:
        items = 2 * (first & 0x0F)
    elif first <= 0x9F:
        items = first & 0x0F
    else:
        size, width = MSGPACK_NESTED[first]
        items = width * struct.unpack_from(size, data, position)[0]
        position += struct.calcsize(size)
    for _ in range(items):
        position = msgpack_skip(data, position)
    return position

"""AMQP 0-9-1 on the wire: the frames, methods, properties and tables that SyRPC needs (the specification's §4.2)."""

import struct

PROTOCOL_HEADER = b'AMQP\x00\x00\x09\x01'
METHOD, HEADER, BODY, HEARTBEAT = 1, 2, 3, 8
FRAME_END = 0xce
# What a frame has besides its payload.
FRAME_OVERHEAD = 8

_EXCEPTION = 'reply_code:short reply_text:shortstr class_id:short method_id:short'
_TUNING = 'channel_max:short frame_max:long heartbeat:short'
_METHODS = (
    (10, 10, 'connection.start',
     'version_major:octet version_minor:octet server_properties:table mechanisms:longstr locales:longstr'),
    (10, 11, 'connection.start-ok', 'client_properties:table mechanism:shortstr response:longstr locale:shortstr'),
    (10, 30, 'connection.tune', _TUNING),
    (10, 31, 'connection.tune-ok', _TUNING),
    (10, 40, 'connection.open', 'virtual_host:shortstr reserved_1:shortstr reserved_2:bit'),
    (10, 41, 'connection.open-ok', 'reserved_1:shortstr'),
    (10, 50, 'connection.close', _EXCEPTION),
    (10, 51, 'connection.close-ok', ''),
    (20, 10, 'channel.open', 'reserved_1:shortstr'),
    (20, 11, 'channel.open-ok', 'reserved_1:longstr'),
    (20, 40, 'channel.close', _EXCEPTION),
    (20, 41, 'channel.close-ok', ''),
    (40, 10, 'exchange.declare',
     'reserved_1:short exchange:shortstr type:shortstr passive:bit durable:bit auto_delete:bit internal:bit no_wait:bit'
     ' arguments:table'),
    (40, 11, 'exchange.declare-ok', ''),
    (50, 10, 'queue.declare',
     'reserved_1:short queue:shortstr passive:bit durable:bit exclusive:bit auto_delete:bit no_wait:bit'
     ' arguments:table'),
    (50, 11, 'queue.declare-ok', 'queue:shortstr message_count:long consumer_count:long'),
    (50, 20, 'queue.bind',
     'reserved_1:short queue:shortstr exchange:shortstr routing_key:shortstr no_wait:bit arguments:table'),
    (50, 21, 'queue.bind-ok', ''),
    (60, 10, 'basic.qos', 'prefetch_size:long prefetch_count:short global:bit'),
    (60, 11, 'basic.qos-ok', ''),
    (60, 20, 'basic.consume',
     'reserved_1:short queue:shortstr consumer_tag:shortstr no_local:bit no_ack:bit exclusive:bit no_wait:bit'
     ' arguments:table'),
    (60, 21, 'basic.consume-ok', 'consumer_tag:shortstr'),
    (60, 30, 'basic.cancel', 'consumer_tag:shortstr no_wait:bit'),
    (60, 31, 'basic.cancel-ok', 'consumer_tag:shortstr'),
    (60, 40, 'basic.publish',
     'reserved_1:short exchange:shortstr routing_key:shortstr mandatory:bit immediate:bit'),
    (60, 50, 'basic.return', 'reply_code:short reply_text:shortstr exchange:shortstr routing_key:shortstr'),
    (60, 60, 'basic.deliver',
     'consumer_tag:shortstr delivery_tag:longlong redelivered:bit exchange:shortstr routing_key:shortstr'),
    (60, 70, 'basic.get', 'reserved_1:short queue:shortstr no_ack:bit'),
    (60, 71, 'basic.get-ok',
     'delivery_tag:longlong redelivered:bit exchange:shortstr routing_key:shortstr message_count:long'),
    (60, 72, 'basic.get-empty', 'reserved_1:shortstr'),
    (60, 80, 'basic.ack', 'delivery_tag:longlong multiple:bit'),
    (60, 90, 'basic.reject', 'delivery_tag:longlong requeue:bit'),
    (60, 120, 'basic.nack', 'delivery_tag:longlong multiple:bit requeue:bit'),
    (85, 10, 'confirm.select', 'no_wait:bit'),
    (85, 11, 'confirm.select-ok', ''),
)


def _fields(text):
    return [tuple(field.split(':')) for field in text.split()]


_BY_NAME = {name: (class_id, method_id, _fields(fields)) for class_id, method_id, name, fields in _METHODS}
_BY_NUMBER = {(class_id, method_id): (name, _fields(fields)) for class_id, method_id, name, fields in _METHODS}
_NUMBERS = {'octet': 'B', 'short': 'H', 'long': 'I', 'longlong': 'Q'}
_BASIC = 60
# In the order of the flags, from the highest bit down.
_PROPERTIES = _fields(
    'content_type:shortstr content_encoding:shortstr headers:table delivery_mode:octet priority:octet'
    ' correlation_id:shortstr reply_to:shortstr expiration:shortstr message_id:shortstr timestamp:longlong'
    ' type:shortstr user_id:shortstr app_id:shortstr')


class WireError(Exception):
    """What came is not AMQP, or not what is known here; what was to be sent has no place in it."""


def frame(kind, channel, payload):
    return struct.pack('>BHI', kind, channel, len(payload)) + payload + bytes([FRAME_END])


def method(name, values):
    """A method's payload. A field that `values` does not have is zero, or empty."""
    class_id, method_id, fields = _BY_NAME[name]
    unknown = set(values) - {field for field, _ in fields}
    if unknown:
        raise WireError('%s has no %s' % (name, ', '.join(sorted(unknown))))
    encoded = struct.pack('>HH', class_id, method_id)
    bits = None
    for field, kind in fields:
        if kind == 'bit':
            bits = (bits or []) + [bool(values.get(field))]
            continue
        # Bits that stand side by side share an octet, the first in the lowest place.
        encoded += _packed(bits)
        bits = None
        encoded += _encoded(kind, values.get(field))
    return encoded + _packed(bits)


def parse_method(payload):
    """The name and the fields of a method that the broker sent."""
    name, fields = _BY_NUMBER.get(struct.unpack_from('>HH', payload), (None, None))
    if name is None:
        raise WireError('an unknown method: %d.%d' % struct.unpack_from('>HH', payload))
    values, offset, bit = {}, 4, 0
    for field, kind in fields:
        if kind == 'bit':
            values[field] = bool(payload[offset] >> bit & 1)
            bit += 1
            continue
        if bit:
            offset, bit = offset + 1, 0
        values[field], offset = _decoded(kind, payload, offset)
    return name, values


def content_header(size, properties):
    flags, encoded = 0, b''
    for place, (name, kind) in enumerate(_PROPERTIES):
        if name in properties:
            flags |= 1 << 15 - place
            encoded += _encoded(kind, properties[name])
    unknown = set(properties) - {name for name, _ in _PROPERTIES}
    if unknown:
        raise WireError('no such property: %s' % ', '.join(sorted(unknown)))
    return struct.pack('>HHQH', _BASIC, 0, size, flags) + encoded


def body_size(header):
    return struct.unpack_from('>Q', header, 4)[0]


def parse_properties(header):
    """The properties of a message; of the table of headers, its keys."""
    flags, offset, properties = struct.unpack_from('>H', header, 12)[0], 14, {}
    for place, (name, kind) in enumerate(_PROPERTIES):
        if not flags & 1 << 15 - place:
            continue
        if kind == 'table':
            size = struct.unpack_from('>I', header, offset)[0]
            properties[name] = dict.fromkeys(_keys(header[offset + 4:offset + 4 + size]))
            offset += 4 + size
            continue
        value, offset = _decoded(kind, header, offset)
        properties[name] = value.decode('utf-8', 'replace') if isinstance(value, bytes) else value
    return properties


# How many bytes a table's values take, by their tags; what is not here has its size before it.
_SIZES = {'t': 1, 'b': 1, 'B': 1, 's': 2, 'u': 2, 'I': 4, 'i': 4, 'f': 4, 'D': 5, 'l': 8, 'L': 8, 'd': 8, 'T': 8, 'V': 0}


def _keys(table):
    """The keys of a table; its values are passed over."""
    offset = 0
    while offset < len(table):
        size = table[offset]
        yield table[offset + 1:offset + 1 + size].decode('utf-8', 'replace')
        offset += 1 + size
        tag = chr(table[offset])
        offset += 1
        offset += _SIZES[tag] if tag in _SIZES else 4 + struct.unpack_from('>I', table, offset)[0]


def _packed(bits):
    return b'' if bits is None else bytes([sum(bit << place for place, bit in enumerate(bits))])


def _text(value):
    return value if isinstance(value, bytes) else (value or '').encode('utf-8')


def _encoded(kind, value):
    if kind in _NUMBERS:
        return struct.pack('>' + _NUMBERS[kind], value or 0)
    if kind == 'table':
        return _long(b''.join(_short(key) + _tagged(item) for key, item in (value or {}).items()))
    return _short(value) if kind == 'shortstr' else _long(_text(value))


def _short(value):
    text = _text(value)
    if len(text) > 255:
        raise WireError('longer than 255 bytes: %r' % text)
    return bytes([len(text)]) + text


def _long(data):
    return struct.pack('>I', len(data)) + data


def _tagged(value):
    """A table's value, with the tag that RabbitMQ knows it by."""
    if isinstance(value, bool):
        return b't' + bytes([value])
    if isinstance(value, int):
        return struct.pack('>ci', b'I', value) if -1 << 31 <= value < 1 << 31 else struct.pack('>cq', b'l', value)
    if isinstance(value, float):
        return struct.pack('>cd', b'd', value)
    if isinstance(value, dict):
        return b'F' + _encoded('table', value)
    return b'S' + _long(_text(value))


def _decoded(kind, data, offset):
    """A value, and where the next one begins. Tables are passed over: nothing in them matters here."""
    if kind in _NUMBERS:
        layout = '>' + _NUMBERS[kind]
        return struct.unpack_from(layout, data, offset)[0], offset + struct.calcsize(layout)
    if kind == 'shortstr':
        size, start = data[offset], offset + 1
    else:
        size, start = struct.unpack_from('>I', data, offset)[0], offset + 4
    return (None if kind == 'table' else data[start:start + size]), start + size

"""A peer that does what a contract says, and refuses what the contracts that it reads do not allow."""

import gzip
import json
import re
import zlib

from syrpc import exact
from syrpc.errors import Malformed
from syrpc.peer import Peer
from syrpc.siphash import siphash

# What a call carries, by the names in contracts.
RESULT_ID, TYPE, DATA = 'result_id', 'type', 'data'

ENCODERS = {'utf-8': bytes, 'gzip': lambda text: gzip.compress(text, mtime=0), 'deflate': zlib.compress}
DECODERS = {'utf-8': bytes, 'gzip': gzip.decompress, 'deflate': zlib.decompress}
SETTINGS = {'{amq_ttl}': 'ttl', '{amq_msg_ttl}': 'msg_ttl'}
TYPES = {
    'any': lambda value: True,
    'string': lambda value: isinstance(value, str),
    'integer': lambda value: isinstance(value, exact.Number) and not re.search('[.eE]', value.text),
    'number': lambda value: isinstance(value, exact.Number),
    'boolean': lambda value: isinstance(value, bool),
    'object': lambda value: isinstance(value, dict),
    'array': lambda value: isinstance(value, list),
    'null': lambda value: value is None,
}


def peer_class(writes, reads):
    """The class of peers that write by one contract, and read by one or several."""
    return type('ContractedPeer', (ContractedPeer,), {'WRITES': writes, 'READS': reads})


def filled(template, values):
    """A text with its placeholders filled in; what is no text as it is."""
    if not isinstance(template, str):
        return template
    for name, value in values.items():
        template = template.replace('{%s}' % name, value)
    return template


def holds(field, name):
    return field.get('holds', name if 'example' not in field and name in (RESULT_ID, TYPE, DATA) else None)


def value_of(mark):
    return mark['value'] if isinstance(mark, dict) else mark


def hashed(function, key, data):
    """The 64 bits of a hash function."""
    match = re.fullmatch('SipHash-([0-9])-([0-9])', function)
    if match:
        return siphash(key.encode('utf-8'), data, int(match[1]), int(match[2]))
    if function == 'CRC-32':
        return zlib.crc32(data)
    value = 0xcbf29ce484222325  # FNV-1a
    for byte in data:
        value = (value ^ byte) * 0x100000001b3 & (1 << 64) - 1
    return value


class ContractedPeer(Peer):
    WRITES = READS = None

    # Settings, names and declarations

    def read_settings(self, settings):
        defaults = self.WRITES['defaults']
        self.DEFAULTS = {name: defaults['amq_' + name] for name in self.DEFAULTS}
        super().read_settings(settings)

    def name(self, kind, part, index=''):
        return filled(self.WRITES[kind][part], {'app_name': self.app_name, 'index': str(index)})

    def request_exchange(self):
        return self.name('request', 'exchange')

    def request_queue(self):
        return self.name('request', 'queue')

    def request_key(self):
        return self.name('request', 'routing_key')

    def result_exchange(self):
        return self.name('result', 'exchange')

    def result_queue(self, index):
        return self.name('result', 'queue', index)

    def result_key(self, index):
        return self.name('result', 'routing_key', index)

    def hash(self, data):
        rule = self.WRITES['hash']
        return hashed(rule['function'], rule.get('key'), data) & int(rule['mask'], 16)

    def index(self, result_id):
        modulus = self.WRITES['hash']['modulus']
        return self.hash(self.hash_input(result_id)) % (modulus if isinstance(modulus, int) else self.num_queues)

    def exchange_options(self, name):
        exchange = self.WRITES['exchange']
        part = self.WRITES['request' if name == self.request_exchange() else 'result']
        return {'type': part.get('exchange_type', exchange['type']),
                **flags(part.get('exchange_flags', exchange['flags'])), 'arguments': self.arguments(exchange)}

    def queue_options(self, name):
        part = self.WRITES['request' if name == self.request_queue() else 'result']
        return flags(part.get('queue_flags', self.WRITES['queue']['flags']))

    def arguments(self, part):
        return {name: getattr(self, SETTINGS[value]) * 1000 if value in SETTINGS else value
                for name, value in part.get('arguments', {}).items()}

    def request_arguments(self):
        return self.arguments(self.WRITES['request'])

    def result_arguments(self):
        return self.arguments(self.WRITES['result'])

    # What is written

    def request(self, result_id, type_, data):
        return self.written('request', {RESULT_ID: result_id, TYPE: type_, DATA: data})

    def result(self, result_id, data):
        return self.written('result', {RESULT_ID: result_id, DATA: data})

    def written(self, kind, values):
        """A message with all the fields that have something in them, and what kind of message it is."""
        message = {}
        for name, field in self.WRITES[kind]['fields'].items():
            if field.get('presence') == 'forbidden':
                continue
            held = holds(field, name)
            if held:
                message[name] = values[held]
            elif 'example' in field:
                message[name] = exact.parse(json.dumps(field['example']))
        order = body_of(self.WRITES, kind)['order']
        if order != 'any':
            message = {name: message[name] for name in order if name in message}
        return {'kind': kind, 'values': values, 'message': message}

    def publish(self, exchange, routing_key, message):
        body = body_of(self.WRITES, message['kind'])
        text = exact.compact(message['message'], style_of(body)).encode('utf-8')
        codec = codec_for(body['codecs'], len(text))
        self.send_message(exchange, routing_key, self.marks(message, codec), ENCODERS[codec](text))

    def marks(self, message, codec):
        """Properties and headers."""
        values = message['values']
        filling = {'app_name': self.app_name, 'result_id': values[RESULT_ID], 'type': values.get(TYPE, ''),
                   'index': str(self.index(values[RESULT_ID])), 'codec': codec}
        marks = marks_of(self.WRITES, message['kind'])
        properties = {name.replace('-', '_'): filled(value_of(mark), filling)
                      for name, mark in marks['properties'].items()}
        headers = {name: filled(value_of(mark), filling) for name, mark in marks['headers'].items()}
        if self.trace:
            headers['traceparent'] = self.trace
        if headers:
            properties['headers'] = headers
        return properties

    # What is read

    def read_message(self, delivery, kind):
        refusals = []
        for one in self.READS:
            try:
                return understood(one, kind, delivery)
            except Malformed as error:
                refusals.append('by version %d, %s' % (one['version'], error))
        raise Malformed('; '.join(refusals))


def flags(text):
    return {flag.strip().replace('-', '_'): True for flag in text.split(',') if flag.strip()}


def body_of(contract, kind):
    """How bodies of a kind of message are written."""
    return {**contract['body'], **contract[kind].get('body', {})}


def style_of(body):
    """How JSON is printed."""
    comma, colon = (', ', ': ') if body.get('spacing') == 'spaced' else (',', ':')
    return exact.Style(body['text'] == 'raw', comma, colon, '\\/' if body.get('slashes') == 'escaped' else '/')


def codec_for(codecs, size):
    """The last codec that is meant for bodies of this size."""
    chosen = None
    for codec in codecs:
        if isinstance(codec, str):
            chosen = codec
        elif size > codec.get('above', -1):
            chosen = codec['name']
    return chosen


def marks_of(contract, kind):
    """The properties and headers of a kind of message: those of all, and its own."""
    return {part: {**contract.get(part, {}), **contract[kind].get(part, {})} for part in ('properties', 'headers')}


def understood(contract, kind, delivery):
    """What a message carries; raises Malformed if the contract does not allow it."""
    marks = marks_of(contract, kind)
    for part, there in (('properties', delivery.properties), ('headers', delivery.properties.get('headers') or {})):
        for name, mark in marks[part].items():
            key = name.replace('-', '_') if part == 'properties' else name
            if isinstance(mark, dict) and mark['presence'] == 'required' and key not in there:
                raise Malformed('no %s in the %s' % (name, part))
    codecs = [codec if isinstance(codec, str) else codec['name'] for codec in body_of(contract, kind)['codecs']]
    stated = delivery.properties.get('content_encoding')
    codec = stated if stated in codecs else codecs[0]
    try:
        message = exact.parse(DECODERS[codec](delivery.body).decode('utf-8'))
    except (ValueError, RecursionError, OSError, EOFError, zlib.error) as error:
        raise Malformed('not %s: %s' % (codec, error)) from error
    if not isinstance(message, dict):
        raise Malformed('no object')
    return values_of(contract[kind], message)


def values_of(part, message):
    values = {}
    for name, field in part['fields'].items():
        presence = field.get('presence', 'required')
        if name not in message:
            if presence == 'required':
                raise Malformed('no %s' % name)
            continue
        if presence == 'forbidden':
            raise Malformed('%s is forbidden' % name)
        if not TYPES[field['type']](message[name]):
            raise Malformed('%s is not of type %s' % (name, field['type']))
        held = holds(field, name)
        if held:
            values[held] = message[name]
    if part['unknown_fields'] == 'refused':
        for name in message:
            if name not in part['fields']:
                raise Malformed('%s is not known' % name)
    return values

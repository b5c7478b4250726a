"""Messages of another form: fields, encodings, framing."""

import json

from syrpc import exact
from syrpc.connection import Connection
from syrpc.peer import Peer

from .registry import defect


class Fields(Peer):
    """Changes a message before it is printed."""

    def changed(self, message):
        raise NotImplementedError

    def encode(self, message):
        return super().encode(self.changed(message))


@defect('body-extra-field')
class _(Fields):
    def changed(self, message):
        return {**message, 'version': 1}


@defect('body-extra-null')
class _(Fields):
    def changed(self, message):
        return {**message, 'error': None}


@defect('body-type-in-result')
class _(Peer):
    """The result says what the request was."""

    def next_request(self, deadline):
        message, delivery = super().next_request(deadline)
        self.type = message['type']
        return message, delivery

    def result(self, result_id, data):
        return {'result_id': result_id, 'type': self.type, 'data': data}


@defect('body-without-data')
class _(Fields):
    def changed(self, message):
        return {name: value for name, value in message.items() if name != 'data'}


@defect('body-without-id')
class _(Fields):
    def changed(self, message):
        return {name: value for name, value in message.items() if name != 'result_id'}


@defect('body-without-type')
class _(Fields):
    def changed(self, message):
        return {name: value for name, value in message.items() if name != 'type'}


class Renamed(Fields):
    NAMES = {}

    def changed(self, message):
        return {self.NAMES.get(name, name): value for name, value in message.items()}


@defect('body-camel-case')
class _(Renamed):
    NAMES = {'result_id': 'resultId'}


@defect('body-data-renamed')
class _(Renamed):
    NAMES = {'data': 'payload'}


@defect('body-type-renamed')
class _(Renamed):
    NAMES = {'type': 'method'}


@defect('body-upper-case')
class _(Fields):
    def changed(self, message):
        return {name.upper(): value for name, value in message.items()}


@defect('body-nested')
class _(Fields):
    def changed(self, message):
        return {'message': message}


@defect('body-array')
class _(Fields):
    def changed(self, message):
        return list(message.values())


@defect('body-in-array')
class _(Fields):
    def changed(self, message):
        return [message]


@defect('body-in-string')
class _(Peer):
    def encoded_text(self, text):
        return super().encoded_text(json.dumps(text))


@defect('data-in-string')
class _(Peer):
    """The data is JSON in JSON."""

    def written_value(self, data):
        return exact.compact(data)


@defect('data-in-array')
class _(Peer):
    def written_value(self, data):
        return [data]


@defect('data-in-object')
class _(Peer):
    def written_value(self, data):
        return {'value': data}


@defect('body-key-twice')
class _(Peer):
    def encoded_text(self, text):
        return super().encoded_text('{"data":null,' + text[1:])


class Encoded(Peer):
    def changed(self, body):
        raise NotImplementedError

    def encode(self, message):
        return self.changed(super().encode(message))


@defect('body-byte-order-mark')
class _(Encoded):
    def changed(self, body):
        return b'\xef\xbb\xbf' + body


@defect('body-utf-16')
class _(Encoded):
    def changed(self, body):
        return body.decode('ascii').encode('utf-16')


@defect('body-latin-1')
class _(Peer):
    """Not escaped, and what Latin-1 does not have is replaced."""

    def encode(self, message):
        text = json.dumps(json.loads(exact.compact(message)), ensure_ascii=False, separators=(',', ':'))
        return text.encode('latin-1', 'replace')


@defect('body-ends-in-nul')
class _(Encoded):
    def changed(self, body):
        return body + b'\0'


@defect('body-ends-in-comma')
class _(Encoded):
    def changed(self, body):
        return body[:-1] + b',}'


@defect('body-twice')
class _(Encoded):
    def changed(self, body):
        return body + b'\n' + body


@defect('body-in-single-quotes')
class _(Encoded):
    def changed(self, body):
        return body.replace(b'"', b"'")


@defect('body-not-escaped')
class _(Peer):
    """Characters that JSON has escaped (quotes, control characters) stand as they are."""

    def encode(self, message):
        return super().encode(message).replace(b'\\n', b'\n').replace(b'\\t', b'\t').replace(b'\\u0001', b'\x01')


@defect('body-empty')
class _(Encoded):
    def changed(self, body):
        return b''


@defect('body-cut')
class _(Encoded):
    """4 KiB and no more."""

    def changed(self, body):
        return body[:4096]


@defect('body-size-too-large')
class _(Peer):
    """The header announces one byte more than there is."""

    class CONNECTION(Connection):
        def announced_size(self, body):
            return len(body) + 1


@defect('frames-too-large')
class _(Peer):
    """A body is one frame, however large."""

    class CONNECTION(Connection):
        def parts(self, body):
            return [body]

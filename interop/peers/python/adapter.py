# -*- coding: utf-8 -*-
"""Adapter of the published Python implementation: speaks the peer protocol (../README.rst), calls the package syrpc.

Runs unchanged on CPython 2.7, where the package runs as published, and on CPython 3.8 and later, where bridge.py
supplies what the package lacks there.
"""

from __future__ import print_function

import io
import json
import logging
import os
import platform
import sys
import time
import traceback

CLIENT = ('putter', 'getter')
SERVER = ('server',)

# The protocol's optional settings; those that are absent are left to the implementation.
OPTIONAL = (('ttl', 'amq_ttl'), ('msg_ttl', 'amq_msg_ttl'), ('num_queues', 'amq_num_queues'))

now = getattr(time, 'monotonic', time.time)


class Refusal(Exception):
    """A request that the adapter itself turns down."""

    def __init__(self, kind, message):
        super(Refusal, self).__init__(message)
        self.kind = kind
        self.message = message


class Adapter(object):
    """One implementation with at most one open connection."""

    def __init__(self):
        self.syrpc = None
        self.bridged = []
        self.rpc = None
        self.role = None

    def answer(self, line):
        """The answer to one line. Never raises because of what the line or the implementation does."""
        answer = {'id': None, 'ok': True}
        try:
            request = self.parse(line)
            answer['id'] = request['id']
            if not isinstance(request.get('op'), type(u'')):
                raise Refusal('invalid', 'no "op"')
            operation = self.OPERATIONS.get(request['op'])
            if operation is None:
                raise Refusal('unsupported', 'no such operation: %s' % json.dumps(request['op']))
            operation(self, request, answer)
        except Refusal as refusal:
            answer.update(ok=False, error={'kind': refusal.kind, 'message': refusal.message})
        except Exception as error:  # whatever the implementation raises is a finding, not the end of the adapter
            kind = self.kind(error)
            if kind != 'timeout':
                traceback.print_exc()
            answer.update(ok=False, error={'kind': kind, 'message': describe(error)})
        return answer

    @staticmethod
    def parse(line):
        try:
            request = json.loads(line.decode('utf-8'))
        except (ValueError, RuntimeError) as error:  # RuntimeError: nested too deeply
            raise Refusal('invalid', 'not a line of JSON: %s' % describe(error))
        if not isinstance(request, dict) or not is_integer(request.get('id')):
            raise Refusal('invalid', 'not an object with an integer "id"')
        return request

    # Operations: each adds its fields to the answer as they become known, so that a failing `serve` still tells what
    # it has seen.

    def hello(self, request, answer):
        self.load()
        reference = os.environ.get('SYRPC_REFERENCE')
        answer['hello'] = {
            'implementation': ' '.join(filter(None, ['syrpc', stated(reference) if reference else version('syrpc')])),
            'runtime': '%s %s' % (platform.python_implementation(), platform.python_version()),
            'settings': settings(),
            'libraries': dict((name, version(name)) for name in ('kombu', 'amqp', 'vine', 'siphashc3', 'siphashc')
                              if version(name)),
            'bridged': self.bridged,
            # CPython 2.7 and 3 write the keys of an object in different orders.
            'golden': 'python%d' % sys.version_info[0],
            'features': ['put_request', 'get_result', 'serve'],
            'location': os.path.dirname(os.path.realpath(self.syrpc.__file__)),
            'reference': bool(reference),
        }

    def open(self, request, answer):
        if self.rpc is not None:
            raise Refusal('invalid', 'a connection is open already')
        role = text(request, 'role')
        broker = field(request, 'broker', dict, 'an object')
        settings = field(request, 'settings', dict, 'an object')
        if role not in CLIENT + SERVER:
            raise Refusal('invalid', 'no such role: %s' % json.dumps(role))
        configuration = {
            'app_name': text(settings, 'app_name'),
            # A URL is the only way to name a port; the rest is given apart from it, and so needs no escaping.
            'amq_host': 'amqp://%s:%d' % (text(broker, 'host'), field(broker, 'port', int, 'an integer')),
            'amq_virtualhost': text(broker, 'virtual_host'),
            'amq_user': text(broker, 'user'),
            'amq_password': text(broker, 'password'),
        }
        for name, theirs in OPTIONAL:
            if name in settings:
                configuration[theirs] = settings[name]
        self.load()
        self.rpc = (self.syrpc.Server if role in SERVER else self.syrpc.Client)(configuration)
        self.role = role

    def put_request(self, request, answer):
        rpc = self.opened(CLIENT)
        type_ = text(request, 'type')
        payload = text(request, 'payload')
        answer['result_id'] = str(rpc.put_request(type_, json.loads(payload)))

    def get_result(self, request, answer):
        rpc = self.opened(CLIENT)
        result_id = text(request, 'result_id')
        result = rpc.get_result(result_id, timeout=seconds(request))
        answer['payload'] = json.dumps(result['data'])
        answer['result_id'] = result['result_id']

    def serve(self, request, answer):
        rpc = self.opened(SERVER)
        count = field(request, 'count', int, 'an integer')
        deadline = now() + seconds(request)
        answer['requests'] = seen = []
        while len(seen) < count:
            type_, result_id, data = rpc.get_request(timeout=max(deadline - now(), 0))
            seen.append({'type': type_, 'result_id': result_id, 'payload': json.dumps(data)})
            rpc.put_result(result_id, data)

    def close(self, request=None, answer=None):
        rpc, self.rpc, self.role = self.rpc, None, None
        if rpc is not None:
            # What the destructor would do, but now, and once: it leaves alone a connection that is None.
            connection, rpc.amq_connection = rpc.amq_connection, None
            connection.close()

    OPERATIONS = {
        'hello': hello,
        'open': open,
        'put_request': put_request,
        'get_result': get_result,
        'serve': serve,
        'close': close,
    }

    def load(self):
        """Import the implementation on first use: an import that fails is then an answer, not a dead adapter."""
        if self.syrpc is not None:
            return
        import syrpc
        reference = os.environ.get('SYRPC_REFERENCE')
        location = os.path.dirname(os.path.dirname(syrpc.__file__ or ''))
        if reference and location != os.path.abspath(reference):
            raise Refusal('failed', 'SYRPC_REFERENCE holds no package syrpc; the one found is in %s' % location)
        if sys.version_info[0] > 2:
            import bridge
            self.bridged = bridge.apply()
            if version('siphashc'):
                self.bridged.append('siphashc %s in place of siphashc3 3' % version('siphashc'))
        self.syrpc = syrpc

    def opened(self, roles):
        if self.role not in roles:
            raise Refusal('invalid', 'not open as %s' % ' or '.join(roles))
        return self.rpc

    def kind(self, error):
        """The protocol's name for an exception of the implementation."""
        if self.syrpc is None:
            return 'failed'
        from amqp.exceptions import AccessRefused, ConnectionError
        from kombu.exceptions import OperationalError
        if isinstance(error, self.syrpc.EmptyException):
            return 'timeout'
        if isinstance(error, (EnvironmentError, ConnectionError, OperationalError, AccessRefused)):
            return 'connection'
        return 'failed'


def settings():
    """The interpreter's settings that have a say in what it prints, reads, or checks, as texts."""
    found = dict((name, str(getattr(sys.flags, name)))
                 for name in ('optimize', 'hash_randomization', 'utf8_mode', 'dev_mode') if hasattr(sys.flags, name))
    if hasattr(sys, 'get_int_max_str_digits'):
        found['int_max_str_digits'] = str(sys.get_int_max_str_digits())
    found['filesystem encoding'] = sys.getfilesystemencoding() or 'none'
    return found


def is_integer(value):
    # CPython 2 reads a large number as a long; a boolean is an int everywhere.
    return isinstance(value, (int, type(2 ** 64))) and not isinstance(value, bool)


def field(request, name, type_, what):
    value = request.get(name)
    if not isinstance(value, type_) or isinstance(value, bool):
        raise Refusal('invalid', '"%s" is not %s' % (name, what))
    return value


def text(request, name):
    return field(request, name, type(u''), 'a string')


def seconds(request):
    value = field(request, 'timeout', (int, float), 'a number')
    if not 0 < value < float('inf'):
        raise Refusal('invalid', '"timeout" is not a positive number of seconds')
    return value


def describe(error):
    """`Type: text`, also of an exception whose text CPython 2 cannot turn into a str."""
    line = traceback.format_exception_only(type(error), error)[-1].strip()
    line = line.decode('utf-8', 'replace') if isinstance(line, bytes) else line
    name, colon, message = line.partition(': ')
    return name.rpartition('.')[2] + colon + message


def version(name):
    """The version of an installed distribution, or None."""
    try:
        from importlib import metadata
    except ImportError:
        import importlib_metadata as metadata  # CPython 2.7; kombu needs it too
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def stated(reference):
    """The version that a checkout states of itself, if it has been built there."""
    try:
        from importlib import metadata
    except ImportError:
        import importlib_metadata as metadata
    for distribution in metadata.distributions(name='syrpc', path=[os.path.abspath(reference)]):
        return distribution.version
    return None


def main():
    # Only answers may go to stdout, whatever the implementation prints.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), 'wb')
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    # A reader of its own: with PYTHONUNBUFFERED, CPython 2.7 would read a line byte by byte.
    requests = io.open(sys.stdin.fileno(), 'rb', closefd=False)

    # A foreign result is a warning, and there may be thousands a second.
    logging.basicConfig(stream=sys.stderr, level=os.environ.get('SYRPC_LOG_LEVEL', 'ERROR'))

    reference = os.environ.get('SYRPC_REFERENCE')
    if reference:
        sys.path.insert(0, os.path.abspath(reference))

    adapter = Adapter()
    for line in iter(requests.readline, b''):
        answers.write(json.dumps(adapter.answer(line)).encode('ascii') + b'\n')
        answers.flush()
    adapter.close()


if __name__ == '__main__':
    main()

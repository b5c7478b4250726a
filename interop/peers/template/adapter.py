"""Skeleton of an adapter, to be copied: the peer protocol (../README.rst) is done, the class Implementation is not.

It is in Python 3 because most can read that. If your implementation is in another language, the adapter is too: copy
what happens here, or see ../ruby/adapter.rb.
"""

import json
import os
import platform
import sys
import time
import traceback

# The folder of a local checkout that stands in for what is installed; None as a rule.
REFERENCE = os.environ.get('SYRPC_REFERENCE') and os.path.realpath(os.environ['SYRPC_REFERENCE'])


def todo(method):
    """A method that is not filled in yet. Take this mark away when it is: `hello` then names it as a feature."""
    def missing(*_):
        raise Refusal('unsupported', '%s is not filled in' % method.__name__)
    missing.todo = True
    return missing


class Refusal(Exception):
    """Turns a request down, with the protocol's kind of error."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


# --- To be filled in --------------------------------------------------------------------------------------------------


class Implementation:
    """Calls your implementation, and adds nothing to what it does on the wire.

    Raise Refusal('timeout', ...) when the time given is over, and Refusal('connection', ...) when the broker cannot be
    reached or the connection is lost; let everything else that your implementation raises through.
    """

    def load(self):
        """Import your implementation here, not above: if that fails, it is an answer and not a dead adapter."""
        self.name = 'syrpc-template 0'  # without a version if REFERENCE is set
        self.libraries = {}  # names and versions of what matters for the wire
        self.location = os.path.dirname(os.path.realpath(__file__))  # that of the module that you imported

    # What a user of the implementation would read and write JSON with: nothing may be changed on the way.
    parse = staticmethod(json.loads)
    print = staticmethod(json.dumps)

    @todo
    def open(self, role, broker, settings):
        """Connect, with one fresh client ('putter', 'getter') or server ('server').

        broker has host, port, virtual_host, user and password; settings has app_name and perhaps ttl, msg_ttl (both in
        seconds) and num_queues. For what is absent the implementation has its own default. If this raises, nothing may
        stay open.
        """

    @todo
    def put_request(self, type_, data):
        """Put a request; return its result id."""

    @todo
    def get_result(self, result_id, timeout):
        """Wait so many seconds for a result; return its data, without the envelope."""

    @todo
    def serve(self, timeout, delivered):
        """Wait so many seconds for one request; call delivered(type_, result_id, data); put data as the result."""

    @todo
    def close(self):
        """Close the connection in an orderly way. Called once for each open that succeeded."""


# --- The peer protocol: nothing to be done from here on ---------------------------------------------------------------


class Adapter:
    ROLES = {'putter': 'client', 'getter': 'client', 'server': 'server'}

    def __init__(self):
        self.implementation = None
        self.side = None  # 'client' or 'server' while a connection is open

    def answer(self, line):
        """The answer to one line, whatever it is and whatever happens."""
        answer = {'id': None, 'ok': True}
        try:
            request = self.parse(line)
            answer['id'] = request['id']
            operation = self.OPERATIONS.get(field(request, 'op', str, 'a string'))
            if operation is None:
                raise Refusal('unsupported', 'no such operation: %s' % json.dumps(request['op']))
            operation(self, request, answer)
        except Refusal as refusal:
            answer.update(ok=False, error={'kind': refusal.kind, 'message': str(refusal)})
        except Exception as error:  # what the implementation raises is a finding, not the end of the adapter
            traceback.print_exc()
            answer.update(ok=False, error={'kind': 'failed', 'message': '%s: %s' % (type(error).__name__, error)})
        return answer

    @staticmethod
    def parse(line):
        try:
            request = json.loads(line.decode('utf-8'))
        except (ValueError, RecursionError):
            raise Refusal('invalid', 'not a line of JSON') from None
        if not isinstance(request, dict):
            raise Refusal('invalid', 'not an object')
        field(request, 'id', int, 'an integer')
        return request

    def hello(self, request, answer):
        loaded = self.load()
        answer['hello'] = {
            'implementation': loaded.name,
            'runtime': '%s %s' % (platform.python_implementation(), platform.python_version()),
            'libraries': loaded.libraries,
            'bridged': [],
            'features': [name for name in ('put_request', 'get_result', 'serve')
                         if not hasattr(getattr(Implementation, name), 'todo')],
            'location': loaded.location,
            'reference': bool(REFERENCE),
        }

    def open(self, request, answer):
        if self.side:
            raise Refusal('invalid', 'a connection is open already')
        role = field(request, 'role', str, 'a string')
        if role not in self.ROLES:
            raise Refusal('invalid', 'no such role: %s' % json.dumps(role))
        broker = field(request, 'broker', dict, 'an object')
        for name in ('host', 'virtual_host', 'user', 'password'):
            field(broker, name, str, 'a string')
        field(broker, 'port', int, 'an integer')
        settings = field(request, 'settings', dict, 'an object')
        field(settings, 'app_name', str, 'a string')
        self.load().open(role, broker, settings)
        self.side = self.ROLES[role]

    def put_request(self, request, answer):
        client = self.opened('client')
        type_ = field(request, 'type', str, 'a string')
        payload = field(request, 'payload', str, 'a string')
        answer['result_id'] = client.put_request(type_, client.parse(payload))

    def get_result(self, request, answer):
        client = self.opened('client')
        result_id = field(request, 'result_id', str, 'a string')
        answer['payload'] = client.print(client.get_result(result_id, seconds(request)))

    def serve(self, request, answer):
        server = self.opened('server')
        count = field(request, 'count', int, 'an integer')
        deadline = time.monotonic() + seconds(request)
        # In the answer from the start: should a request fail, it still tells of those before.
        seen = answer['requests'] = []

        def delivered(type_, result_id, data):
            seen.append({'type': type_, 'result_id': result_id, 'payload': server.print(data)})

        for _ in range(count):
            server.serve(max(deadline - time.monotonic(), 0), delivered)

    def close(self, request=None, answer=None):
        side, self.side = self.side, None
        if side:
            self.implementation.close()

    OPERATIONS = {
        'hello': hello, 'open': open, 'put_request': put_request, 'get_result': get_result, 'serve': serve,
        'close': close,
    }

    def load(self):
        if not self.implementation:
            implementation = Implementation()
            implementation.load()
            if REFERENCE and os.path.commonpath([REFERENCE, implementation.location]) != REFERENCE:
                raise Refusal('failed', 'not loaded from %s, but from %s' % (REFERENCE, implementation.location))
            self.implementation = implementation
        return self.implementation

    def opened(self, side):
        if self.side != side:
            raise Refusal('invalid', 'not open as a %s' % side)
        return self.implementation


def field(request, name, type_, what):
    value = request.get(name)
    if not isinstance(value, type_) or isinstance(value, bool):  # in Python a boolean is an integer
        raise Refusal('invalid', '"%s" is not %s' % (name, what))
    return value


def seconds(request):
    value = field(request, 'timeout', (int, float), 'a number')
    if not 0 < value < float('inf'):
        raise Refusal('invalid', '"timeout" is not a positive number of seconds')
    return value


def main():
    # Only answers may go to stdout, whatever the implementation prints.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), 'wb')
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    if REFERENCE:
        sys.path.insert(0, REFERENCE)

    adapter = Adapter()
    for line in sys.stdin.buffer:
        answers.write(json.dumps(adapter.answer(line)).encode('ascii') + b'\n')
        answers.flush()
    adapter.answer(b'{"id": 0, "op": "close"}')


if __name__ == '__main__':
    main()

"""An adapter for the small implementation in this folder, whatever class of peers it is to use."""

import contextlib
import importlib.util
import os
import sys

from syrpc import VERSION, exact
from syrpc.connection import ConnectionLost
from syrpc.errors import Expired
from syrpc.peer import Broker

FOLDER = os.path.dirname(os.path.realpath(__file__))


def load_skeleton():
    """The skeleton of an adapter, which has the peer protocol: it is used as it is, and not copied."""
    specification = importlib.util.spec_from_file_location(
        'skeleton', os.path.join(FOLDER, '..', 'template', 'adapter.py'))
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


skeleton = load_skeleton()


@contextlib.contextmanager
def protocol_errors():
    """Gives the implementation's errors the peer protocol's kinds."""
    try:
        yield
    except Expired as error:
        raise skeleton.Refusal('timeout', str(error)) from error
    except ConnectionLost as error:
        raise skeleton.Refusal('connection', str(error)) from error


class Implementation:
    GOLDEN = None
    name = None
    trace = None
    parse = staticmethod(exact.parse)
    print = staticmethod(exact.compact)

    def load(self):
        self.peer_class = self.chosen()
        self.name = '%s %s' % (self.NAME, VERSION)
        self.libraries = {'syrpc-wire': VERSION}
        self.location = FOLDER

    def chosen(self):
        """The class of peers; raises ValueError if it cannot be told."""
        raise NotImplementedError

    def open(self, role, broker, settings):
        with protocol_errors():
            self.peer = self.peer_class(
                role, Broker(*[broker[name] for name in Broker._fields]), settings, trace=self.trace)

    def put_request(self, type_, data):
        with protocol_errors():
            return self.peer.put_request(type_, data)

    def get_result(self, result_id, timeout):
        with protocol_errors():
            return self.peer.get_result(result_id, timeout)

    def serve(self, timeout, delivered):
        with protocol_errors():
            self.peer.serve(timeout, delivered)

    def close(self):
        with protocol_errors():
            self.peer.close()


class Adapter(skeleton.Adapter):
    """Besides, messages can carry the context of a trace, and the report has the settings."""

    SETTINGS = staticmethod(dict)

    def hello(self, request, answer):
        super().hello(request, answer)
        answer['hello']['features'].append('trace')
        answer['hello']['settings'] = self.SETTINGS()
        answer['hello']['golden'] = self.load().GOLDEN

    def open(self, request, answer):
        self.load().trace = request.get('trace')
        super().open(request, answer)

    OPERATIONS = {**skeleton.Adapter.OPERATIONS, 'hello': hello, 'open': open}


def run(implementation, settings):
    """Answers the harness until it has no more questions."""
    # Payloads are nested, and their values are walked through.
    sys.setrecursionlimit(20000)
    Adapter.SETTINGS = staticmethod(settings)
    skeleton.Implementation = implementation
    skeleton.Adapter = Adapter
    skeleton.main()

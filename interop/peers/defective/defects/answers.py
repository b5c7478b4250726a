"""Calls that end too early, too late, with another answer, or never."""

import sys
import time

from syrpc.errors import Expired
from syrpc.exact import Number
from syrpc.peer import Peer

from .registry import defect


@defect('gives-up-early')
class _(Peer):
    def deadline(self, timeout):
        return time.monotonic()


@defect('timeout-ignored')
class _(Peer):
    def deadline(self, timeout):
        return time.monotonic() + 3600


@defect('timeout-raises-another')
class _(Peer):
    """When the time is over it raises what is no timeout."""

    def next_delivery(self, queue, deadline):
        delivery = super().next_delivery(queue, deadline)
        if delivery is None and time.monotonic() >= deadline:
            raise RuntimeError('nothing came')
        return delivery


@defect('timeout-returns-null')
class _(Peer):
    """When the time is over the result is null."""

    def get_result(self, result_id, timeout):
        try:
            return super().get_result(result_id, timeout)
        except Expired:
            return None

    def serve(self, timeout, delivered):
        try:
            super().serve(timeout, delivered)
        except Expired:
            pass


@defect('answers-late')
class _(Peer):
    """The result is put when the getter has given up."""

    def serve(self, timeout, delivered):
        # The getter has as long.
        time.sleep(timeout + 1)
        super().serve(timeout, delivered)


@defect('answers-nothing')
class _(Peer):
    def answer(self, result_id, data):
        pass


@defect('answers-twice')
class _(Peer):
    def answer(self, result_id, data):
        super().answer(result_id, data)
        super().answer(result_id, data)


@defect('answers-null')
class _(Peer):
    def answer(self, result_id, data):
        super().answer(result_id, None)


@defect('answers-exception')
class _(Peer):
    """The handler's result is taken for an error."""

    def answer(self, result_id, data):
        super().answer(result_id, {'exception': 'TypeError'})


@defect('answers-constant')
class _(Peer):
    def answer(self, result_id, data):
        super().answer(result_id, Number('42'))


@defect('answers-only-first')
class _(Peer):
    """Of the requests that come together only the first is answered; the others are acknowledged."""

    def settle_request(self, delivery):
        super().settle_request(delivery)
        for other in self.connection.deliveries:
            self.acknowledge(other)
        self.connection.deliveries.clear()


@defect('answers-only-once')
class _(Peer):
    """A server that answers one request of each connection."""

    answered = False

    def answer(self, result_id, data):
        if not self.answered:
            super().answer(result_id, data)
        self.answered = True


@defect('handler-not-called')
class _(Peer):
    """The handler is never called."""

    def serve(self, timeout, delivered):
        super().serve(timeout, lambda *_: None)


@defect('handled-twice')
class _(Peer):
    def serve(self, timeout, delivered):
        def twice(*request):
            delivered(*request)
            delivered(*request)
        super().serve(timeout, twice)


@defect('handler-sees-other-id')
class _(Peer):
    def serve(self, timeout, delivered):
        super().serve(timeout, lambda type_, result_id, data: delivered(type_, self.new_id(), data))


@defect('error-swallowed')
class _(Peer):
    """What goes wrong is said to have gone well."""

    def send_message(self, exchange, routing_key, properties, body):
        try:
            super().send_message('no-such-exchange', routing_key, properties, body)
        except Exception as error:
            print(error, file=sys.stderr)


@defect('result-not-returned')
class _(Peer):
    """The caller gets null for every result."""

    def get_result(self, result_id, timeout):
        super().get_result(result_id, timeout)


@defect('result-with-envelope')
class _(Peer):
    def get_result(self, result_id, timeout):
        return self.result(result_id, super().get_result(result_id, timeout))


@defect('put-raises')
class _(Peer):
    def put_request(self, type_, data):
        super().put_request(type_, data)
        raise RuntimeError('not put')


@defect('serve-raises')
class _(Peer):
    def serve(self, timeout, delivered):
        super().serve(timeout, delivered)
        raise RuntimeError('not served')


@defect('get-raises')
class _(Peer):
    def get_result(self, result_id, timeout):
        super().get_result(result_id, timeout)
        raise RuntimeError('not got')


@defect('ends-after-get')
class _(Peer):
    def get_result(self, result_id, timeout):
        super().get_result(result_id, timeout)
        raise SystemExit('done')


@defect('ends-after-put')
class _(Peer):
    def put_request(self, type_, data):
        super().put_request(type_, data)
        raise SystemExit('done')


@defect('ends-after-serve')
class _(Peer):
    def serve(self, timeout, delivered):
        super().serve(timeout, delivered)
        raise SystemExit('done')

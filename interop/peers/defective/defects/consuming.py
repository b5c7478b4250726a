"""Consumers of another kind; messages that are settled in another way, or not."""

import time

from syrpc.peer import Peer

from .registry import defect


class ConsumerOptions(Peer):
    CHANGE = {}

    def consumer_options(self):
        return {**super().consumer_options(), **self.CHANGE}


@defect('consumer-exclusive')
class _(ConsumerOptions):
    CHANGE = {'exclusive': True}


@defect('consumer-no-local')
class _(ConsumerOptions):
    CHANGE = {'no_local': True}


@defect('consumer-no-ack')
class _(ConsumerOptions):
    CHANGE = {'no_ack': True}

    def acknowledge(self, delivery):
        pass

    def give_back(self, delivery):
        pass


@defect('consumer-not-cancelled')
class _(Peer):
    def cancel(self, consumer):
        pass


@defect('consumer-left-to-close')
class _(Peer):
    """The getter's consumer stays until it closes."""

    def leave(self, held):
        for _, delivery in held:
            self.settle_foreign(delivery)


@defect('consumer-twice')
class _(Peer):
    def consume(self, queue):
        self.second = super().consume(queue)
        return super().consume(queue)

    def cancel(self, consumer):
        super().cancel(self.second)
        super().cancel(consumer)


@defect('consumer-tag-reused')
class _(ConsumerOptions):
    CHANGE = {'consumer_tag': 'syrpc'}

    def consume(self, queue):
        super().consume(queue)
        return super().consume(queue)


@defect('consumers-piled-up')
class _(Peer):
    """A new consumer for each call, and for each fifth of a second that a getter waits, while the old ones stay."""

    def next_request(self, deadline):
        self.consumer = None
        return super().next_request(deadline)

    def next_delivery(self, queue, deadline):
        if self.role == 'server':
            return super().next_delivery(queue, deadline)
        while True:
            delivery = super().next_delivery(queue, min(deadline, time.monotonic() + 0.2))
            if delivery or time.monotonic() >= deadline:
                return delivery
            self.consume(queue)


@defect('polling')
class _(Peer):
    """basic.get, again and again."""

    def consume(self, queue):
        return 'none'

    def cancel(self, consumer):
        pass

    def next_delivery(self, queue, deadline):
        while True:
            self.connection.send('basic.get', queue=queue)
            answer = self.connection.wait_for('basic.get-ok', 'basic.get-empty')
            if 'delivery' in answer:
                return answer['delivery']
            if time.monotonic() >= deadline:
                return None
            time.sleep(0.05)


class Prefetch(Peer):
    COUNT = 0
    GLOBAL = False

    def prepare(self):
        self.connection.call('basic.qos', prefetch_count=self.COUNT, **{'global': self.GLOBAL})
        super().prepare()


@defect('prefetch-one')
class _(Prefetch):
    COUNT = 1


@defect('prefetch-global')
class _(Prefetch):
    COUNT = 1
    GLOBAL = True


@defect('ack-missing')
class _(Peer):
    def acknowledge(self, delivery):
        pass


@defect('ack-twice')
class _(Peer):
    def acknowledge(self, delivery):
        super().acknowledge(delivery)
        super().acknowledge(delivery)


@defect('ack-of-next')
class _(Peer):
    def acknowledge(self, delivery):
        self.connection.send('basic.ack', delivery_tag=delivery.tag + 1)


@defect('ack-of-all')
class _(Peer):
    """Delivery tag 0: all that is not settled yet."""

    def acknowledge(self, delivery):
        self.connection.send('basic.ack', delivery_tag=0, multiple=True)


@defect('reject-in-place-of-ack')
class _(Peer):
    """It is dropped: it looks as if it had been acknowledged."""

    def acknowledge(self, delivery):
        self.connection.send('basic.reject', delivery_tag=delivery.tag, requeue=False)


@defect('requeue-in-place-of-ack')
class _(Peer):
    def acknowledge(self, delivery):
        self.give_back(delivery)


@defect('foreign-dropped')
class _(Peer):
    def settle_foreign(self, delivery):
        self.connection.send('basic.reject', delivery_tag=delivery.tag, requeue=False)


@defect('foreign-acknowledged')
class _(Peer):
    def settle_foreign(self, delivery):
        self.acknowledge(delivery)


@defect('foreign-kept')
class _(Peer):
    def settle_foreign(self, delivery):
        pass


@defect('foreign-rejected-twice')
class _(Peer):
    def settle_foreign(self, delivery):
        super().settle_foreign(delivery)
        super().settle_foreign(delivery)


@defect('foreign-in-a-tight-loop')
class _(Peer):
    def hold_seconds(self, times):
        return 0


@defect('foreign-published-again')
class _(Peer):
    """A result for somebody else is acknowledged, and put back as a new message."""

    def settle_foreign(self, delivery):
        message = self.decode(delivery.body)
        self.acknowledge(delivery)
        self.publish(self.result_exchange(), self.result_key(self.index(message['result_id'])), message)


@defect('own-given-back')
class _(Peer):
    """The result that it waits for is taken for somebody else's the first time that it comes."""

    def is_mine(self, message, result_id):
        known = self.__dict__.setdefault('met', set())
        is_new = result_id not in known
        if super().is_mine(message, result_id):
            known.add(result_id)
            return not is_new
        return False


@defect('foreign-taken')
class _(Peer):
    """The first result that comes is taken for its own."""

    def is_mine(self, message, result_id):
        return True


@defect('malformed-given-back')
class _(Peer):
    def discard(self, delivery, error):
        time.sleep(0.01)
        self.give_back(delivery)


@defect('malformed-kept')
class _(Peer):
    def discard(self, delivery, error):
        pass


@defect('malformed-raises')
class _(Peer):
    """It is not settled, and the call ends."""

    def discard(self, delivery, error):
        raise error


@defect('malformed-ends-process')
class _(Peer):
    def discard(self, delivery, error):
        raise SystemExit('malformed: %s' % error)

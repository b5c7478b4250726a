"""Exchanges, queues and bindings of another kind, or none; settings that are not heeded."""

from syrpc.peer import Peer

from .registry import defect


class ExchangeOptions(Peer):
    CHANGE = {}

    def exchange_options(self, name):
        return {**super().exchange_options(name), **self.CHANGE}


@defect('exchange-topic')
class _(ExchangeOptions):
    CHANGE = {'type': 'topic'}


@defect('exchange-fanout')
class _(ExchangeOptions):
    CHANGE = {'type': 'fanout'}


@defect('exchange-transient')
class _(ExchangeOptions):
    CHANGE = {'durable': False}


@defect('exchange-auto-delete')
class _(ExchangeOptions):
    CHANGE = {'auto_delete': True}


@defect('exchange-internal')
class _(ExchangeOptions):
    CHANGE = {'internal': True}


@defect('exchange-passive')
class _(ExchangeOptions):
    CHANGE = {'passive': True}


@defect('exchange-arguments')
class _(ExchangeOptions):
    CHANGE = {'arguments': {'x-made-by': 'syrpc'}}


@defect('exchange-more')
class _(Peer):
    def prepare(self):
        self.declare_exchange(self.app_name + '_events')
        super().prepare()


@defect('queue-more')
class _(Peer):
    def prepare(self):
        self.declare_queue(self.app_name + '_events', self.result_arguments())
        super().prepare()


class QueueOptions(Peer):
    CHANGE = {}

    def queue_options(self, name):
        return {**super().queue_options(name), **self.CHANGE}


@defect('queue-transient')
class _(QueueOptions):
    CHANGE = {'durable': False}


@defect('queue-exclusive')
class _(QueueOptions):
    CHANGE = {'exclusive': True}


@defect('queue-auto-delete')
class _(QueueOptions):
    CHANGE = {'auto_delete': True}


@defect('queue-passive')
class _(QueueOptions):
    CHANGE = {'passive': True}


class ResultArguments(Peer):
    def changed(self, arguments):
        raise NotImplementedError

    def result_arguments(self):
        return self.changed(super().result_arguments())


@defect('result-queue-without-arguments')
class _(ResultArguments):
    def changed(self, arguments):
        return {}


@defect('result-queue-without-expires')
class _(ResultArguments):
    def changed(self, arguments):
        return {'x-message-ttl': arguments['x-message-ttl']}


@defect('result-queue-without-message-ttl')
class _(ResultArguments):
    def changed(self, arguments):
        return {'x-expires': arguments['x-expires']}


@defect('result-queue-seconds')
class _(ResultArguments):
    def changed(self, arguments):
        return {name: value // 1000 for name, value in arguments.items()}


@defect('result-queue-arguments-swapped')
class _(ResultArguments):
    def changed(self, arguments):
        return {'x-expires': arguments['x-message-ttl'], 'x-message-ttl': arguments['x-expires']}


@defect('result-queue-arguments-strings')
class _(ResultArguments):
    def changed(self, arguments):
        return {name: str(value) for name, value in arguments.items()}


@defect('result-queue-arguments-doubles')
class _(ResultArguments):
    def changed(self, arguments):
        return {name: float(value) for name, value in arguments.items()}


@defect('result-queue-argument-misspelt')
class _(ResultArguments):
    def changed(self, arguments):
        return {'x-expires': arguments['x-expires'], 'x-message-TTL': arguments['x-message-ttl']}


@defect('result-queue-max-length')
class _(ResultArguments):
    def changed(self, arguments):
        return {**arguments, 'x-max-length': 1000}


@defect('result-queue-type')
class _(ResultArguments):
    def changed(self, arguments):
        return {**arguments, 'x-queue-type': 'classic'}


@defect('request-queue-expires')
class _(Peer):
    def request_arguments(self):
        return {'x-expires': self.ttl * 1000}


@defect('request-queue-message-ttl')
class _(Peer):
    def request_arguments(self):
        return {'x-message-ttl': self.msg_ttl * 1000}


@defect('request-queue-priorities')
class _(Peer):
    def request_arguments(self):
        return {'x-max-priority': 10}


@defect('request-not-bound')
class _(Peer):
    def bind_request_queue(self):
        pass


@defect('request-not-declared')
class _(Peer):
    def declare_requests(self):
        pass


@defect('request-exchange-not-declared')
class _(Peer):
    def declare_requests(self):
        self.declare_queue(self.request_queue(), self.request_arguments())
        self.bind_request_queue()


@defect('request-bound-twice')
class _(Peer):
    def bind_request_queue(self):
        super().bind_request_queue()
        self.bind(self.request_queue(), self.request_exchange(), '#')


@defect('result-not-bound')
class _(Peer):
    def bind_result_queue(self, index):
        pass


@defect('result-not-declared')
class _(Peer):
    def declare_results(self, index):
        pass


@defect('result-exchange-not-declared')
class _(Peer):
    def declare_result_exchange(self):
        pass


@defect('result-bound-twice')
class _(Peer):
    def bind_result_queue(self, index):
        super().bind_result_queue(index)
        self.bind(self.result_queue(index), self.result_exchange(), self.result_queue(index))


@defect('result-bound-to-request-exchange')
class _(Peer):
    def bind_result_queue(self, index):
        super().bind_result_queue(index)
        self.bind(self.result_queue(index), self.request_exchange(), self.result_key(index))


@defect('result-bound-to-all-indexes')
class _(Peer):
    def bind_result_queue(self, index):
        for other in range(self.num_queues):
            self.bind(self.result_queue(index), self.result_exchange(), self.result_key(other))


@defect('only-first-result-declared')
class _(Peer):
    def prepare(self):
        self.is_declared = False
        super().prepare()

    def declare_results(self, index):
        if not self.is_declared:
            super().declare_results(index)
        self.is_declared = True


@defect('result-declared-once')
class _(Peer):
    def prepare(self):
        self.declared = set()
        super().prepare()

    def declare_results(self, index):
        if index not in self.declared:
            super().declare_results(index)
        self.declared.add(index)


@defect('result-declared-too-late')
class _(Peer):
    def put_result(self, result_id, data):
        index = self.index(result_id)
        self.declare_result_exchange()
        self.connection.publish(
            self.result_exchange(), self.result_key(index), self.properties(None),
            self.encode(self.result(result_id, data)), mandatory=False)
        self.declare_results(index)


@defect('request-declared-too-late')
class _(Peer):
    def declare_requests(self):
        self.is_declared = False

    def send_message(self, exchange, routing_key, properties, body):
        if exchange != self.request_exchange():
            super().send_message(exchange, routing_key, properties, body)
            return
        self.declare_exchange(exchange)
        self.connection.publish(exchange, routing_key, properties, body, mandatory=False)
        super().declare_requests()

    def consume(self, queue):
        consumer = super().consume(queue)
        super().declare_requests()
        return consumer


class IgnoredSettings(Peer):
    IGNORED = ()

    def read_setting(self, name, value):
        return self.DEFAULTS[name] if name in self.IGNORED else value


@defect('setting-ttl-ignored')
class _(IgnoredSettings):
    IGNORED = ('ttl',)


@defect('setting-msg-ttl-ignored')
class _(IgnoredSettings):
    IGNORED = ('msg_ttl',)


@defect('setting-num-queues-ignored')
class _(IgnoredSettings):
    IGNORED = ('num_queues',)


@defect('settings-ignored')
class _(IgnoredSettings):
    IGNORED = ('ttl', 'msg_ttl', 'num_queues')


@defect('default-ttl')
class _(Peer):
    DEFAULTS = {**Peer.DEFAULTS, 'ttl': 3600}


@defect('default-msg-ttl')
class _(Peer):
    DEFAULTS = {**Peer.DEFAULTS, 'msg_ttl': 60}


@defect('default-num-queues')
class _(Peer):
    DEFAULTS = {**Peer.DEFAULTS, 'num_queues': 63}

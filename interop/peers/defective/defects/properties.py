"""Other properties of messages, and other ways to publish."""

from syrpc.peer import Peer

from .registry import defect


class Properties(Peer):
    """Sets properties; None takes one away."""

    CHANGE = {}

    def properties(self, message):
        properties = {**super().properties(message), **self.CHANGE}
        return {name: value for name, value in properties.items() if value is not None}


for name, change in {
    'content-type-missing': {'content_type': None},
    'content-type-text': {'content_type': 'text/plain'},
    'content-type-charset': {'content_type': 'application/json; charset=utf-8'},
    'content-type-upper-case': {'content_type': 'Application/JSON'},
    'content-encoding-missing': {'content_encoding': None},
    'content-encoding-upper-case': {'content_encoding': 'UTF-8'},
    'content-encoding-other': {'content_encoding': 'binary'},
    'delivery-mode-missing': {'delivery_mode': None},
    'delivery-mode-transient': {'delivery_mode': 1},
    'expiration-set': {'expiration': '60000'},
    'expiration-zero': {'expiration': '0'},
    'priority-set': {'priority': 5},
    'headers-set': {'headers': {'x-client': 'syrpc'}},
    'headers-empty': {'headers': {}},
    'reply-to-set': {'reply_to': 'amq.rabbitmq.reply-to'},
    'message-id-set': {'message_id': '1'},
    'timestamp-set': {'timestamp': 1700000000},
    'message-type-set': {'type': 'syrpc'},
    'user-id-set': {'user_id': 'guest'},
    'user-id-false': {'user_id': 'nobody'},
    'app-id-set': {'app_id': 'syrpc'},
}.items():
    defect(name)(type(name, (Properties,), {'CHANGE': change}))


@defect('correlation-id-set')
class _(Peer):
    def properties(self, message):
        return {**super().properties(message), 'correlation_id': message['result_id']}


@defect('trace-lost')
class _(Peer):
    """It says that its messages carry the context of a trace."""

    def properties(self, message):
        properties = super().properties(message)
        properties.pop('headers', None)
        return properties


@defect('trace-invented')
class _(Peer):
    def properties(self, message):
        properties = super().properties(message)
        if 'headers' in properties:
            properties['headers'] = {'traceparent': '00-%s-%s-00' % ('1' * 32, '2' * 16)}
        return properties


class PublishOptions(Peer):
    CHANGE = {}

    def publish_options(self):
        return {**super().publish_options(), **self.CHANGE}


@defect('not-mandatory')
class _(PublishOptions):
    CHANGE = {'mandatory': False}


@defect('immediate')
class _(PublishOptions):
    CHANGE = {'immediate': True}


@defect('published-to-default-exchange')
class _(Peer):
    """Straight into the queue, by its name."""

    def publish(self, exchange, routing_key, message):
        queue = self.request_queue() if 'type' in message else self.result_queue(routing_key)
        super().publish('', queue, message)


@defect('published-twice')
class _(Peer):
    def send_message(self, exchange, routing_key, properties, body):
        for _ in range(2):
            super().send_message(exchange, routing_key, properties, body)


@defect('never-published')
class _(Peer):
    def send_message(self, exchange, routing_key, properties, body):
        pass


@defect('published-as-it-closes')
class _(Peer):
    """What is put waits in a buffer."""

    def prepare(self):
        self.buffered = []
        super().prepare()

    def send_message(self, *message):
        self.buffered.append(message)

    def disconnect(self):
        for message in self.buffered:
            super().send_message(*message)
        super().disconnect()

"""Requests and results: fields, bodies, properties."""

import uuid

from . import exact
from .errors import Malformed


class Messages:
    def new_id(self):
        return str(uuid.uuid4())

    def clean_type(self, type_):
        return type_.strip()

    def seen_type(self, type_):
        return type_

    def request(self, result_id, type_, data):
        return {'result_id': result_id, 'type': type_, 'data': data}

    def result(self, result_id, data):
        return {'result_id': result_id, 'data': data}

    def written_value(self, data):
        """A request's or a result's data as it is written."""
        return data

    def read_value(self, data):
        """A request's or a result's data as it is handed on."""
        return data

    def encode(self, message):
        return self.encoded_text(exact.compact(message))

    def encoded_text(self, text):
        return text.encode('utf-8')

    def read_message(self, delivery, kind):
        """What a request or a result carries; raises Malformed if it is none."""
        return self.decode(delivery.body)

    def decode(self, body):
        try:
            message = exact.parse(body.decode('utf-8'))
        except (ValueError, RecursionError) as error:
            raise Malformed(str(error)) from error
        if not isinstance(message, dict) or not isinstance(message.get('result_id'), str) or 'data' not in message:
            raise Malformed('no object with result_id and data')
        return message

    def properties(self, message):
        properties = {'content_type': 'application/json', 'content_encoding': 'utf-8', 'delivery_mode': 2}
        if self.trace:
            properties['headers'] = {'traceparent': self.trace}
        return properties

    def publish(self, exchange, routing_key, message):
        self.send_message(exchange, routing_key, self.properties(message), self.encode(message))

    def send_message(self, exchange, routing_key, properties, body):
        self.connection.publish(exchange, routing_key, properties, body, **self.publish_options())

    def publish_options(self):
        return {'mandatory': True}

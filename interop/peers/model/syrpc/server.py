"""A server: it answers requests with their own data."""

from .errors import Expired, Malformed


class Server:
    def serve(self, timeout, delivered):
        """Answers one request with its own data."""
        message, delivery = self.next_request(self.deadline(timeout))
        data = self.read_value(message['data'])
        delivered(self.seen_type(message['type']), message['result_id'], data)
        self.answer(message['result_id'], data)
        self.settle_request(delivery)

    def next_request(self, deadline):
        if not self.consumer:
            self.consumer = self.consume(self.request_queue())
        while True:
            delivery = self.next_delivery(self.request_queue(), deadline)
            if delivery is None:
                raise Expired('no request within the time given')
            try:
                message = self.read_message(delivery, 'request')
                if not isinstance(message.get('type'), str):
                    raise Malformed('no type')
                return message, delivery
            except Malformed as error:
                self.discard(delivery, error)

    def answer(self, result_id, data):
        self.put_result(self.kept_id(result_id), self.written_value(data))

    def put_result(self, result_id, data):
        index = self.index(result_id)
        self.declare_results(index)
        self.publish(self.result_exchange(), self.result_key(index), self.result(result_id, data))

    def kept_id(self, result_id):
        return result_id

    def settle_request(self, delivery):
        self.acknowledge(delivery)

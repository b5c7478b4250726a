"""A client: it puts requests, and gets results."""

import collections
import time

from .errors import Expired, Malformed


class Client:
    def put_request(self, type_, data):
        result_id = self.new_id()
        message = self.request(result_id, self.clean_type(type_), self.written_value(data))
        self.publish(self.request_exchange(), self.request_key(), message)
        return result_id

    def get_result(self, result_id, timeout):
        deadline = self.deadline(timeout)
        index = self.index(result_id)
        self.declare_results(index)
        self.consumer = self.consume(self.result_queue(index))
        held = []
        try:
            return self.read_value(self.awaited(result_id, self.result_queue(index), deadline, held)['data'])
        finally:
            self.leave(held)

    def leave(self, held):
        """Cancels the consumer, and gives back what came for others."""
        self.stop_consuming()
        if not self.connection.is_usable:
            return
        # After the answer to a cancel nothing is delivered any more.
        for delivery in [delivery for _, delivery in held] + list(self.connection.deliveries):
            self.settle_foreign(delivery)
        self.connection.deliveries.clear()

    def awaited(self, result_id, queue, deadline, held):
        """The message with this id. Others are held for a while: given back at once, they would be there again at once.

        `held` has each of them with the time at which it goes back.
        """
        seen = collections.Counter()
        while True:
            now = time.monotonic()
            for entry in [entry for entry in held if entry[0] <= now]:
                held.remove(entry)
                self.settle_foreign(entry[1])
            delivery = self.next_delivery(queue, min([deadline] + [due for due, _ in held]))
            if delivery is None:
                if time.monotonic() >= deadline:
                    raise Expired('no result within the time given')
                continue
            try:
                message = self.read_message(delivery, 'result')
            except Malformed as error:
                self.discard(delivery, error)
                continue
            if self.is_mine(message, result_id):
                self.settle_result(delivery)
                return message
            seen[message['result_id']] += 1
            held.append((time.monotonic() + self.hold_seconds(seen[message['result_id']]), delivery))

    def is_mine(self, message, result_id):
        return message['result_id'] == result_id

    def hold_seconds(self, times):
        """How long a result for somebody else that comes by for so many times is held."""
        return min(0.01 * 2 ** times, 1)

    def settle_result(self, delivery):
        self.acknowledge(delivery)

    def settle_foreign(self, delivery):
        self.give_back(delivery)

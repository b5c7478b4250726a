"""What syrpc 1.0 lacks on CPython 3, supplied from outside the package.

The package is installed as published and stays so; names in its modules are replaced while the adapter runs. Nothing
here touches what is sent.
"""

import json

import kombu.serialization
import kombu.utils.json
import syrpc.client


class _Json(object):
    """Stands in for the module `json` in syrpc.client.

    CPython 2 took the encoding as second positional argument; CPython 3 takes keywords only and, since 3.9, no
    encoding at all.
    """

    def __getattr__(self, name):
        return getattr(json, name)

    @staticmethod
    def loads(text, encoding=None, **keywords):
        return json.loads(text, **keywords)


class _Text(str):
    """A message body that amqp has decoded already, and that can be asked once more, as CPython 2's text could."""

    def decode(self, encoding='utf-8', errors='strict'):
        return str(self)


def _plain_loads(text):
    return kombu.utils.json.loads(text, object_hook=None)


def apply():
    """Put the replacements in place; returns one line for each, for the answer to `hello`.

    A local checkout may be ahead of the published package: what is not there is not replaced.
    """
    bridged = []

    if getattr(syrpc.client, 'json', None) is json:
        syrpc.client.json = _Json()
        bridged.append('syrpc.client.json: loads takes the encoding as second positional argument')

    on_result = getattr(syrpc.client.Client, 'on_result', None)
    if on_result is not None:
        def on_decoded_result(self, body, message):
            if isinstance(message.body, str):
                message.body = _Text(message.body)
            return on_result(self, body, message)

        syrpc.client.Client.on_result = on_decoded_result
        bridged.append('syrpc.client.Client.on_result: the message body, a str, has decode')

    # Since 5.3, kombu takes an object of just these two keys for an encoded UUID, date or decimal, and puts that in its
    # place. It is somebody's data here, and has to come back as it was.
    kombu.serialization.register('json', kombu.utils.json.dumps, _plain_loads,
                                 content_type='application/json', content_encoding='utf-8')
    bridged.append('kombu: JSON objects of the keys __type__ and __value__ are left as they are')

    return bridged

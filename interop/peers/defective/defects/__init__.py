"""The defects: each a subclass of the faithful implementation that does one thing in another way.

They change what an implementation would: what a defective peer declares, consumes and publishes fits together.
`../defects.json` has the same names, with what each is and where it shows.
"""

import json
import os

from syrpc.peer import Peer

from .registry import REGISTRY
from . import answers, bodies, connections, consuming, declarations, hashes, identifiers, names, properties, values

TABLE = os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'defects.json')


def chosen(name):
    """The implementation with this defect; the faithful one if there is none.

    Raises ValueError if there is no such defect, or if the table and the code do not have the same ones.
    """
    if not name:
        return Peer
    with open(TABLE, encoding='utf-8') as file:
        listed = [entry['name'] for entry in json.load(file)['defects']]
    if sorted(listed) != sorted(REGISTRY):
        raise ValueError('only in defects.json, or there twice, or only in the code: %s' % ', '.join(
            sorted(set(listed) ^ set(REGISTRY)) or sorted({name for name in listed if listed.count(name) > 1})))
    if name not in REGISTRY:
        raise ValueError('no such defect: %s' % name)
    return REGISTRY[name]

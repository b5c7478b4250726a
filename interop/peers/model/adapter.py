"""The adapter of a small implementation that does what a contract says.

SYRPC_CONTRACT names a file with `writes`, the contract of what it declares and publishes, and `reads`, those of the messages
that it understands. Without the variable both are fixtures/contract.json.
"""

import json
import os

import contract
import harness

VARIABLE = 'SYRPC_CONTRACT'
DEFAULT = os.path.join(harness.FOLDER, '..', '..', '..', 'fixtures', 'contract.json')


def chosen():
    path = os.environ.get(VARIABLE)
    with open(path or DEFAULT, encoding='utf-8') as file:
        read = json.load(file)
    return (read['writes'], read['reads']) if path else (read, [read])


def versions():
    writes, reads = chosen()
    return {'writes': 'version %d' % writes['version'],
            'reads': ', '.join('version %d' % one['version'] for one in reads)}


class Implementation(harness.Implementation):
    NAME = 'syrpc-model'
    # By the contract in force its messages are golden.
    GOLDEN = None if os.environ.get(VARIABLE) else 'model'

    def chosen(self):
        return contract.peer_class(*chosen())


if __name__ == '__main__':
    harness.run(Implementation, versions)

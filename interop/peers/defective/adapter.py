"""The adapter of a small implementation that can be told to break in one thing: SYRPC_DEFECT=NAME.

The names stand in defects.json, with where each shows. Without the variable the implementation is faithful; it is that of
the peer `model`.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'model'))

import defects
import harness

VARIABLE = 'SYRPC_DEFECT'


class Implementation(harness.Implementation):
    NAME = 'syrpc-defective'

    def chosen(self):
        return defects.chosen(os.environ.get(VARIABLE))


if __name__ == '__main__':
    harness.run(Implementation, lambda: {'defect': os.environ.get(VARIABLE) or 'none'})

"""Names that have to be cleaned and values of every kind."""

import collections
import datetime
import decimal
import enum
import uuid

from aws_xray_sdk.core import xray_recorder

xray_recorder.configure(service='values', sampling=False)


class Colour(enum.Enum):
    RED = 'red'


class Basket:
    def __init__(self):
        self.items = ['apple']
        self._secret = 1
        self.total = decimal.Decimal('1.10')


VALUES = {
    'scalars': [1, 2.5, True, None, 'text', '福'],
    'tuple': (1, (2,)),
    'set': {1},
    'ordered': collections.OrderedDict(a=1),
    'object': Basket(),
    'class': int,
    'datetime': datetime.datetime(2026, 1, 2, 3, 4, 5),
    'decimal': decimal.Decimal('1.10'),
    'uuid': uuid.UUID(int=1),
    'number_keys': {2: 'two', 2.5: 'more', None: 'none'},
    'bytes': b'text',
    'enum': Colour.RED,
    'generator': (number for number in range(2)),
    'range': range(2),
}

for key, value in VALUES.items():
    with xray_recorder.in_segment(key):
        xray_recorder.put_metadata(key, value)

NAMES = ['plain', 'GET /cart/42', '福 name', 'a?b;c*d(e)f!g$h~i^j<k>', '## handler', 'back\\slash', "quo'te", 'list[0]']
for name in NAMES:
    with xray_recorder.in_segment('web'), xray_recorder.in_subsegment(name):
        pass

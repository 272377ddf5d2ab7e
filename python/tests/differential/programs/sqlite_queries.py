"""Patched ``sqlite3``: cursors, many statements, errors, and queries outside a segment."""

import sqlite3

from aws_xray_sdk.core import patch, xray_recorder

xray_recorder.configure(service='sqlite', sampling=False, context_missing='IGNORE_ERROR')
patch(['sqlite3'])

connection = sqlite3.connect(':memory:')
cursor = connection.cursor()
cursor.execute('create table item (id integer primary key, name text)')

with xray_recorder.in_segment('web'):
    cursor = connection.cursor()
    cursor.execute('insert into item (name) values (?)', ('apple',))
    cursor.executemany('insert into item (name) values (?)', [('pear',), ('plum',)])
    cursor.execute('select name from item order by id')
    print(cursor.fetchall())
    try:
        cursor.execute('select nonsense from nowhere')
    except sqlite3.OperationalError as error:
        print(error)
connection.close()

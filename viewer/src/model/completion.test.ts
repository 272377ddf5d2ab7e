import { expect, test } from 'vitest'
import { complete, completionAt } from './completion'

const at = (text: string) => completionAt(text, text.length)
const words = (text: string) => at(text).words.map(word => word.text)

test('keywords by what was typed of them', () => {
  expect(words('')).toContain('fault')
  expect(words('http.')).toEqual([
    'http.status',
    'http.url',
    'http.method',
    'http.useragent',
    'http.clientip',
  ])
  expect(words('error AND resp')).toEqual(['responsetime'])
  expect(words('!par')).toEqual(['partial'])
})

test('operators after a keyword, of its kind', () => {
  expect(words('duration ')).toEqual(['=', '!=', '>', '>=', '<', '<='])
  expect(words('http.url C')).toEqual(['CONTAINS'])
  expect(words('duration >')).toEqual(['>='])
})

test('connectors after a whole term', () => {
  expect(words('fault ')).toContain('AND')
  expect(words('duration > 3 ')[0]).toBe('AND')
  expect(words('duration > ')).not.toContain('AND')
  expect(words('http.url = "x" O')).toEqual(['OR', 'ok'])
})

test.each([
  ['annotation.cust', { kind: 'annotation', quoted: true }, 'cust'],
  ['fault AND annotation.customer = "A', { kind: 'annotation-value', key: 'customer', quoted: true }, 'A'],
  ['annotation.count > 1', { kind: 'annotation-value', key: 'count', quoted: false }, '1'],
  ['service("sh', { kind: 'service', quoted: true }, 'sh'],
  ['edge("shop", "st', { kind: 'service', quoted: true }, 'st'],
  ['service(id(name: "s', { kind: 'service', quoted: true }, 's'],
  ['http.url CONTAINS "/ca', { kind: 'url', quoted: true }, '/ca'],
  ['user = "', { kind: 'user', quoted: true }, ''],
  ['group.name = "', { kind: 'group', quoted: true }, ''],
])('%s asks the store', (text, values, prefix) => {
  expect(at(text)).toMatchObject({ values, prefix })
})

test('nothing fits inside of other strings', () => {
  expect(words('http.method = "fa')).toEqual([])
})

test('a choice replaces what was typed and closes its string', () => {
  const text = 'service("sh'
  expect(complete(text, text.length, at(text), 'shop')).toEqual({ text: 'service("shop"', cursor: 14 })
  expect(complete('service("sh")', 11, completionAt('service("sh")', 11), 'shop').text).toBe(
    'service("shop")',
  )
  expect(complete('fau', 3, at('fau'), 'fault')).toEqual({ text: 'fault ', cursor: 6 })
  expect(complete('annotation.count = ', 19, at('annotation.count = '), 3).text).toBe('annotation.count = 3 ')
})

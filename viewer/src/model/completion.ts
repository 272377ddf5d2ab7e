import type { CompletionKind } from '../api/agent'
import { type Keyword, keywords } from './keywords'

/** What can stand at a place of a filter expression. */
export interface CompletionContext {
  /** What is replaced: from here to the cursor. */
  from: number
  /** What was typed of it, without a quote. */
  prefix: string
  /** Fixed words that fit. */
  words: Keyword[]
  /** What to ask the store for. */
  values?: { kind: CompletionKind | 'group'; key?: string; quoted: boolean }
}

const stringOperators = '=|!=|CONTAINS|BEGINSWITH|ENDSWITH'
const anyOperator = `(?:${stringOperators}|<=|>=|<|>)`
const comparedTo = (subject: string) => new RegExp(`${subject}\\s*${anyOperator}\\s*("?)([^"]*)$`, 'i')

const places: { pattern: RegExp; kind: CompletionKind | 'group' }[] = [
  { pattern: comparedTo('\\bannotation[.[]([\\w.]+)\\]?'), kind: 'annotation-value' },
  {
    pattern: /\b(service|edge)\(\s*(?:[^(){}]*,\s*)?(?:id\(\s*name\s*:\s*)?("?)([^"(){},]*)$/i,
    kind: 'service',
  },
  { pattern: comparedTo('\\b(user)'), kind: 'user' },
  { pattern: comparedTo('\\b(http\\.url)'), kind: 'url' },
  { pattern: comparedTo('\\b(group\\.name)'), kind: 'group' },
  { pattern: comparedTo('(?<![.\\w])(name)'), kind: 'service' },
]

/** What fits at the cursor. */
export function completionAt(text: string, cursor: number): CompletionContext {
  const before = text.slice(0, cursor)
  for (const { pattern, kind } of places) {
    const match = pattern.exec(before)
    if (!match) continue
    const [, subject, opening, prefix] = match as unknown as [string, string, string, string]
    const from = cursor - prefix.length - opening.length
    const key = kind === 'annotation-value' ? { key: subject } : {}
    return { from, prefix, words: [], values: { kind, quoted: opening !== '', ...key } }
  }
  if (isInString(before)) return { from: cursor, prefix: '', words: [] }
  const annotation = /\bannotation[.[]([\w.]*)$/i.exec(before)
  if (annotation) {
    const prefix = annotation[1]!
    return { from: cursor - prefix.length, prefix, words: [], values: { kind: 'annotation', quoted: true } }
  }
  return wordsAt(before)
}

/** The text with a choice put in its place, and where the cursor goes. */
export function complete(
  text: string,
  cursor: number,
  context: CompletionContext,
  choice: string | number | boolean,
): { text: string; cursor: number } {
  const after = text.slice(cursor)
  let inserted = String(choice)
  let rest = after
  if (context.values && context.values.kind !== 'annotation' && typeof choice === 'string') {
    inserted = `"${inserted.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
    if (after.startsWith('"')) rest = after.slice(1)
  } else if (!/[.("]$/.test(inserted) && !/^[\s)\]}=!<>]/.test(after)) {
    inserted += ' '
  }
  const head = text.slice(0, context.from) + inserted
  return { text: head + rest, cursor: head.length }
}

function wordsAt(before: string): CompletionContext {
  const operator = /(?<![.\w])([a-z][\w.]*)\s+([=!<>]{0,2}|[a-z]*)$/i.exec(before)
  const subject = operator && keywords.find(word => word.text.toLowerCase() === operator[1]!.toLowerCase())
  const typed = operator ? operator[2]! : ''
  const prefix = subject && typed ? typed : (/[\w.]*$/.exec(before)?.[0] ?? '')
  const from = before.length - prefix.length
  const wanted = prefix.toLowerCase()
  const fitting = (words: readonly Keyword[]) =>
    words.filter(word => word.text.toLowerCase().startsWith(wanted))
  const operators = subject ? fitting(operatorsOf(subject)) : []
  const expectsValue = subject && subject.kind !== 'boolean'
  const connectors = isAfterTerm(before.slice(0, from)) ? fitting(connecting) : []
  const words = [...operators, ...connectors, ...(expectsValue && operators.length ? [] : fitting(keywords))]
  return { from, prefix, words: words.filter(word => word.text.toLowerCase() !== wanted) }
}

const connecting: Keyword[] = [
  { text: 'AND', kind: 'connector', help: 'Both must hold' },
  { text: 'OR', kind: 'connector', help: 'One of them must hold' },
]

function operatorsOf({ kind }: Keyword): Keyword[] {
  const operators: Record<string, [string, string][]> = {
    boolean: [['=', 'true or false']],
    number: [
      ['=', 'equals'],
      ['!=', 'differs from'],
      ['>', 'more than'],
      ['>=', 'at least'],
      ['<', 'less than'],
      ['<=', 'at most'],
    ],
    string: [
      ['=', 'equals'],
      ['!=', 'differs from'],
      ['CONTAINS', 'has this text in it'],
      ['BEGINSWITH', 'begins with this text'],
      ['ENDSWITH', 'ends with this text'],
    ],
  }
  return (operators[kind] ?? []).map(([text, help]) => ({ text, help, kind: 'operator' }))
}

function isAfterTerm(before: string): boolean {
  const end = before.trimEnd()
  if (end === before || end === '') return false
  if (/(?:\b(?:AND|OR)|[=!<>({,])$/i.test(end)) return false
  const last = /[\w.]+$/.exec(end)?.[0].toLowerCase()
  const subject = keywords.find(word => word.text.toLowerCase() === last)
  return !subject || subject.kind === 'boolean'
}

function isInString(before: string): boolean {
  return (before.replace(/\\./g, '').split('"').length - 1) % 2 === 1
}

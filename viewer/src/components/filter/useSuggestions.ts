import { useMemo } from 'react'
import { getCompletions } from '../../api/agent'
import { getGroups } from '../../api/groups'
import { type CompletionContext, completionAt } from '../../model/completion'
import { useQuery } from '../../state/query'

export interface Suggestion {
  value: string | number | boolean
  label: string
  help: string
}

const mostShown = 12

/** What may be written at the cursor: words of the language, and values that occur in the store. */
export function useSuggestions(text: string, cursor: number, isWanted: boolean) {
  const context = useMemo(() => completionAt(text, cursor), [text, cursor])
  const { values } = context
  const key = isWanted && values ? `completion ${JSON.stringify([values, context.prefix])}` : undefined
  const found = useQuery(key, signal => load(context, signal))
  const suggestions = useMemo(() => {
    const words = context.words.map(({ text: word, help }) => ({ value: word, label: word, help }))
    const occurring = (found.data ?? []).map(value => ({ value, label: String(value), help: '' }))
    return [...words, ...occurring].slice(0, mostShown)
  }, [context, found.data])
  return { context, suggestions }
}

async function load({ values, prefix }: CompletionContext, signal: AbortSignal) {
  if (!values) return []
  if (values.kind !== 'group') return getCompletions(values.kind, prefix, values.key, signal)
  const groups = await getGroups(signal)
  return groups.map(group => group.GroupName).filter(name => name.startsWith(prefix))
}

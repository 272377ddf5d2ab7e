import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { ApiError } from '../../api/client'
import { complete } from '../../model/completion'
import { Icon } from '../Icon'
import { useSuggestions } from './useSuggestions'
import './filter.css'

interface Props {
  value: string
  error: Error | undefined
  /** Called when the filter is to be used, not while it is typed. */
  onSubmit: (filter: string) => void
  inputRef: React.RefObject<HTMLInputElement | null>
}

/** The filter expression, with completion and the server's errors at their place. */
export function FilterInput({ value, error: failure, onSubmit, inputRef }: Props) {
  // Other failures, say an agent that is away, are not the filter's.
  const error = failure instanceof ApiError && failure.status === 400 ? failure : undefined
  const [draft, setDraft] = useState(value)
  const [cursor, setCursor] = useState(0)
  const [isOpen, setOpen] = useState(false)
  const [active, setActive] = useState(-1)
  const moveTo = useRef<number | undefined>(undefined)
  useEffect(() => setDraft(value), [value])
  useEffect(() => {
    if (moveTo.current === undefined) return
    inputRef.current?.setSelectionRange(moveTo.current, moveTo.current)
    moveTo.current = undefined
  })
  const { context, suggestions } = useSuggestions(draft, cursor, isOpen)
  const submit = (filter: string) => {
    setOpen(false)
    setActive(-1)
    onSubmit(filter.trim())
  }
  const choose = (index: number) => {
    const suggestion = suggestions[index]
    if (!suggestion) return
    const next = complete(draft, cursor, context, suggestion.value)
    moveTo.current = next.cursor
    setDraft(next.text)
    setCursor(next.cursor)
    setActive(-1)
    inputRef.current?.focus()
  }
  const press = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      setOpen(true)
      setActive(active + step < -1 ? suggestions.length - 1 : Math.min(active + step, suggestions.length - 1))
    } else if (event.key === 'Tab' && isOpen && suggestions.length > 0 && !event.shiftKey && context.prefix) {
      event.preventDefault()
      choose(Math.max(0, active))
    } else if (event.key === 'Enter') {
      event.preventDefault()
      if (isOpen && active >= 0) choose(active)
      else submit(draft)
    } else if (event.key === 'Escape') {
      if (isOpen) setOpen(false)
      else inputRef.current?.blur()
    }
  }
  const isShown = isOpen && suggestions.length > 0
  return (
    <div className="filter">
      <Icon name="sampling" />
      <input
        ref={inputRef}
        className="input mono"
        role="combobox"
        aria-label="Filter expression"
        aria-expanded={isShown}
        aria-controls="filter-suggestions"
        aria-activedescendant={active >= 0 ? `filter-suggestion-${active}` : undefined}
        aria-invalid={error !== undefined}
        placeholder='Filter: fault AND service("shop") AND duration > 0.5'
        spellCheck={false}
        autoComplete="off"
        value={draft}
        onChange={event => {
          setDraft(event.target.value)
          setCursor(event.target.selectionStart ?? 0)
          setOpen(true)
          setActive(-1)
        }}
        onSelect={event => setCursor(event.currentTarget.selectionStart ?? 0)}
        onMouseDown={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={press}
      />
      {draft !== '' && (
        <button
          type="button"
          className="filter-clear"
          aria-label="Clear the filter"
          onClick={() => submit('')}
        >
          <Icon name="close" size={14} />
        </button>
      )}
      {isShown ? (
        <div className="filter-suggestions" id="filter-suggestions" role="listbox" aria-label="Completions">
          {suggestions.map((suggestion, index) => (
            <button
              key={`${suggestion.value}`}
              id={`filter-suggestion-${index}`}
              type="button"
              role="option"
              tabIndex={-1}
              className="menu-item"
              aria-selected={index === active}
              onPointerDown={event => event.preventDefault()}
              onClick={() => choose(index)}
            >
              <code className="truncate">{suggestion.label}</code>
              <span className="muted truncate">{suggestion.help}</span>
            </button>
          ))}
        </div>
      ) : (
        error && <FilterError filter={value} error={error} />
      )}
    </div>
  )
}

function FilterError({ filter, error }: { filter: string; error: ApiError }) {
  const { position } = error
  return (
    <div className="filter-error" role="alert">
      {position !== undefined && filter && (
        <pre>
          {filter}
          {`\n${' '.repeat(position)}^`}
        </pre>
      )}
      {error.message}
    </div>
  )
}

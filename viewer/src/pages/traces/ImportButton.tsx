import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { importTraces } from '../../api/traces'
import { Icon } from '../../components/Icon'
import { IconButton } from '../../components/IconButton'
import { refreshNow } from '../../state/time'
import './import-button.css'

/** Takes an export file, chosen or dropped anywhere on the page. */
export function ImportButton() {
  const [, navigate] = useLocation()
  const [said, setSaid] = useState('')
  const [isOver, setOver] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const take = useEffectEvent(async (file: File | undefined) => {
    if (!file) return
    setSaid(`Importing ${file.name}…`)
    try {
      const text = await file.text()
      const { Imported, Rejected = [] } = await importTraces(text)
      refreshNow()
      const [only, ...others] = traceIdsIn(text)
      if (only && others.length === 0 && Rejected.length === 0) return navigate(`/traces/${only}`)
      setSaid(
        `${Imported.toLocaleString()} documents imported${Rejected.length ? `, ${Rejected.length} rejected` : ''}.`,
      )
    } catch (failure) {
      setSaid(failure instanceof SyntaxError ? `${file.name} is not JSON.` : (failure as Error).message)
    }
  })
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return
      event.preventDefault()
      setOver(event.type !== 'dragleave' || event.relatedTarget !== null)
    }
    const drop = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return
      event.preventDefault()
      setOver(false)
      void take(event.dataTransfer.files[0])
    }
    window.addEventListener('dragover', over)
    window.addEventListener('dragleave', over)
    window.addEventListener('drop', drop)
    return () => {
      window.removeEventListener('dragover', over)
      window.removeEventListener('dragleave', over)
      window.removeEventListener('drop', drop)
    }
  }, [])
  return (
    <>
      <IconButton
        icon="upload"
        label="Import traces"
        title="Import an exported trace, or drop the file here"
        onClick={() => input.current?.click()}
      />
      <input
        ref={input}
        type="file"
        hidden
        accept=".json,application/json"
        onChange={event => {
          void take(event.target.files?.[0])
          event.target.value = ''
        }}
      />
      {isOver && <div className="drop-target">Drop the file to import its traces</div>}
      {said && (
        <div className="toast" role="status">
          {said}
          <button
            type="button"
            className="button quiet icon"
            aria-label="Dismiss"
            onClick={() => setSaid('')}
          >
            <Icon name="close" />
          </button>
        </div>
      )}
    </>
  )
}

function traceIdsIn(text: string): string[] {
  const file = JSON.parse(text) as { Traces?: { Id?: string }[] }
  return (file.Traces ?? []).map(trace => trace.Id ?? '').filter(Boolean)
}

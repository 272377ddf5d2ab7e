import { type Shortcut, useAllShortcuts } from '../state/shortcuts'
import { Dialog } from './Dialog'

const names: Record<string, string> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'esc',
  Enter: '↵',
  ' ': 'space',
}

/** Every key that does something on this page. */
export default function ShortcutHelp({ close }: { close: () => void }) {
  const all = useAllShortcuts()
  const sections = new Map<string, Shortcut[]>()
  for (const { title, shortcuts } of all) {
    const name = title.trim()
    sections.set(name, [...(sections.get(name) ?? []), ...shortcuts])
  }
  return (
    <Dialog title="Keys" close={close}>
      <div className="shortcut-columns">
        {[...sections].map(([title, shortcuts]) => (
          <section key={title} className="shortcut-section">
            <h2>{title}</h2>
            <dl>
              {shortcuts.map(shortcut => (
                <div key={shortcut.help} className="shortcut">
                  <dt>{shortcut.help}</dt>
                  <dd>
                    {shortcut.keys.map(key => (
                      <kbd key={key}>{names[key] ?? key.replace('ctrl+', 'ctrl ')}</kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}

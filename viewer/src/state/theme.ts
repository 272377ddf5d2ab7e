import { useSyncExternalStore } from 'react'

export type Theme = 'system' | 'light' | 'dark'

const key = 'fluoro-theme'
const listeners = new Set<() => void>()
const systemDark = window.matchMedia('(prefers-color-scheme: dark)')

/** The chosen theme, whether it is dark right now, and how to choose another. */
export function useTheme(): { theme: Theme; isDark: boolean; setTheme: (theme: Theme) => void } {
  const theme = useSyncExternalStore(subscribe, chosen)
  const isDark = useSyncExternalStore(subscribe, () =>
    chosen() === 'system' ? systemDark.matches : chosen() === 'dark',
  )
  return { theme, isDark, setTheme }
}

/** Puts the chosen theme on the page, where the style sheets see it. */
export function applyTheme() {
  const theme = chosen()
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

function setTheme(theme: Theme) {
  localStorage.setItem(key, theme)
  applyTheme()
  for (const changed of listeners) changed()
}

function chosen(): Theme {
  const stored = localStorage.getItem(key)
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

function subscribe(changed: () => void) {
  listeners.add(changed)
  systemDark.addEventListener('change', changed)
  return () => {
    listeners.delete(changed)
    systemDark.removeEventListener('change', changed)
  }
}

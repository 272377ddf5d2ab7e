import { type Theme, useTheme } from '../state/theme'
import type { IconName } from './Icon'
import { IconButton } from './IconButton'

const next: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' }
const looks: Record<Theme, { icon: IconName; label: string }> = {
  system: { icon: 'system', label: 'Theme: as the system' },
  light: { icon: 'sun', label: 'Theme: light' },
  dark: { icon: 'moon', label: 'Theme: dark' },
}

export function ThemeSwitch() {
  const { theme, setTheme } = useTheme()
  const { icon, label } = looks[theme]
  return <IconButton quiet icon={icon} label={label} title={label} onClick={() => setTheme(next[theme])} />
}

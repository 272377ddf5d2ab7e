import { type Theme, useTheme } from '../state/theme'
import { Icon, type IconName } from './Icon'

const next: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' }
const looks: Record<Theme, { icon: IconName; label: string }> = {
  system: { icon: 'system', label: 'Theme: as the system' },
  light: { icon: 'sun', label: 'Theme: light' },
  dark: { icon: 'moon', label: 'Theme: dark' },
}

export function ThemeSwitch() {
  const { theme, setTheme } = useTheme()
  const { icon, label } = looks[theme]
  return (
    <button
      type="button"
      className="button quiet icon"
      title={label}
      aria-label={label}
      onClick={() => setTheme(next[theme])}
    >
      <Icon name={icon} />
    </button>
  )
}

import { Icon, type IconName } from './Icon'

interface Props {
  icon: IconName
  label: string
  /** Shown on hovering: the label with the key that does the same. */
  title: string
  quiet?: boolean
  onClick: () => void
}

/** A button that is only an icon. */
export function IconButton({ icon, label, title, quiet = false, onClick }: Props) {
  return (
    <button
      type="button"
      className={quiet ? 'button quiet icon' : 'button icon'}
      title={title}
      aria-label={label}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  )
}

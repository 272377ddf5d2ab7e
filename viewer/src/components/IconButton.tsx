import { Icon, type IconName } from './Icon'

interface Props {
  icon: IconName
  label: string
  /** Shown on hovering: the label with the key that does the same. */
  title: string
  quiet?: boolean
  small?: boolean
  disabled?: boolean
  onClick: () => void
}

/** A button that is only an icon. */
export function IconButton({ icon, label, title, quiet, small, disabled, onClick }: Props) {
  return (
    <button
      type="button"
      className={`button icon ${quiet ? 'quiet' : ''} ${small ? 'small' : ''}`}
      title={title}
      aria-label={label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} size={small ? 14 : 16} />
    </button>
  )
}

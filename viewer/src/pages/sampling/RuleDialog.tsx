import { type FormEvent, useState } from 'react'
import { createSamplingRule, type SamplingRule, updateSamplingRule } from '../../api/sampling'
import { Dialog } from '../../components/Dialog'

interface Props {
  /** The rule to change; none makes a new one. */
  rule: SamplingRule | undefined
  close: () => void
  saved: () => void
}

const fresh: SamplingRule = {
  RuleName: '',
  Priority: 1000,
  ReservoirSize: 1,
  FixedRate: 0.05,
  ServiceName: '*',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
  ResourceARN: '*',
  Version: 1,
}

const patterns = [
  { field: 'ServiceName', label: 'Service name' },
  { field: 'ServiceType', label: 'Service type' },
  { field: 'Host', label: 'Host' },
  { field: 'HTTPMethod', label: 'Method' },
  { field: 'URLPath', label: 'Path' },
] as const

/** Makes a rule, or changes one. */
export function RuleDialog({ rule, close, saved }: Props) {
  const [draft, setDraft] = useState(rule ?? fresh)
  const [problem, setProblem] = useState('')
  const isDefault = rule?.RuleName === 'Default'
  const change = (part: Partial<SamplingRule>) => setDraft({ ...draft, ...part })
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    try {
      await (rule ? updateSamplingRule(changesOf(draft, isDefault)) : createSamplingRule(draft))
      saved()
    } catch (failure) {
      setProblem((failure as Error).message)
    }
  }
  return (
    <Dialog title={rule ? `Rule ${rule.RuleName}` : 'New sampling rule'} close={close}>
      <form className="rule-form" onSubmit={submit}>
        {!rule && (
          <label>
            Name
            <input
              className="input"
              required
              maxLength={32}
              value={draft.RuleName}
              onChange={event => change({ RuleName: event.target.value })}
            />
          </label>
        )}
        {!isDefault && (
          <NumberField
            label="Priority"
            hint="lower goes first"
            value={draft.Priority}
            min={1}
            max={9999}
            step={1}
            onChange={Priority => change({ Priority })}
          />
        )}
        <NumberField
          label="Reservoir"
          hint="traced each second at least"
          value={draft.ReservoirSize}
          min={0}
          step={1}
          onChange={ReservoirSize => change({ ReservoirSize })}
        />
        <NumberField
          label="Rate beyond"
          hint="percent of the rest"
          value={Number((draft.FixedRate * 100).toFixed(4))}
          min={0}
          max={100}
          step="any"
          onChange={percent => change({ FixedRate: percent / 100 })}
        />
        {!isDefault &&
          patterns.map(({ field, label }) => (
            <label key={field}>
              {label}
              <input
                className="input mono"
                required
                value={draft[field]}
                onChange={event => change({ [field]: event.target.value })}
              />
            </label>
          ))}
        {!isDefault && <p className="muted rule-hint">* stands for any text, ? for any one character.</p>}
        {problem && (
          <p className="problem rule-hint" role="alert">
            {problem}
          </p>
        )}
        <div className="rule-actions">
          <button type="button" className="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" className="button primary">
            {rule ? 'Save' : 'Create'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

interface NumberProps {
  label: string
  hint: string
  value: number
  min: number
  max?: number
  step: number | 'any'
  onChange: (value: number) => void
}

function NumberField({ label, hint, value, onChange, ...limits }: NumberProps) {
  return (
    <label>
      {label} <span className="muted">{hint}</span>
      <input
        className="input"
        type="number"
        required
        {...limits}
        value={Number.isNaN(value) ? '' : value}
        onChange={event => onChange(event.target.valueAsNumber)}
      />
    </label>
  )
}

/** The default rule takes only how much is traced; the version of a rule cannot be changed. */
function changesOf(
  { Version: _, RuleARN: __, ...rule }: SamplingRule,
  isDefault: boolean,
): Partial<SamplingRule> {
  const { RuleName, FixedRate, ReservoirSize } = rule
  return isDefault ? { RuleName: RuleName!, FixedRate, ReservoirSize } : rule
}

import { useState } from 'react'
import { deleteSamplingRule, getSamplingRules, type SamplingRule } from '../../api/sampling'
import { Icon } from '../../components/Icon'
import { Failure, Loading } from '../../components/Notice'
import { formatShare } from '../../model/service-graph'
import { formatMoment } from '../../model/time-range'
import { useQuery } from '../../state/query'
import { useShortcuts } from '../../state/shortcuts'
import { useParameters } from '../../state/url'
import { RuleDialog } from './RuleDialog'
import './sampling.css'

const anyValue = '*'

/** The rules by which SDKs decide what to trace. */
export default function SamplingPage() {
  const [parameters, update] = useParameters()
  const query = useQuery('sampling-rules', getSamplingRules)
  const [problem, setProblem] = useState('')
  const editing = parameters.get('rule')
  const edited = query.data?.find(({ SamplingRule }) => SamplingRule.RuleName === editing)?.SamplingRule
  const remove = async (name: string) => {
    if (!confirm(`Delete the rule ${name}?`)) return
    try {
      await deleteSamplingRule(name)
      setProblem('')
      query.reload()
    } catch (failure) {
      setProblem((failure as Error).message)
    }
  }
  useShortcuts('Sampling', [{ keys: ['n'], help: 'New rule', run: () => update({ rule: 'new' }) }])
  if (query.error) return <Failure error={query.error} retry={query.reload} />
  if (!query.data) return <Loading what="the rules" />
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>Sampling rules</h1>
          <p className="muted">
            SDKs ask for these rules. The first that matches a request decides, in the order of priority.
          </p>
        </div>
        <button type="button" className="button primary" onClick={() => update({ rule: 'new' })}>
          <Icon name="plus" />
          New rule
        </button>
      </header>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <div className="panel table-scroll">
        <table className="table">
          <thead>
            <tr>
              <th className="number">Priority</th>
              <th>Rule</th>
              <th>Matches</th>
              <th className="number">Reservoir</th>
              <th className="number">Rate beyond</th>
              <th>Changed</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {query.data.map(({ SamplingRule: rule, ModifiedAt }) => (
              <tr key={rule.RuleName}>
                <td className="number muted">{rule.Priority}</td>
                <td>
                  <button
                    type="button"
                    className="link strong"
                    onClick={() => update({ rule: rule.RuleName })}
                  >
                    {rule.RuleName}
                  </button>
                </td>
                <td>
                  <Conditions rule={rule} />
                </td>
                <td className="number">{rule.ReservoirSize}/s</td>
                <td className="number">{formatShare(rule.FixedRate)}</td>
                <td className="muted">{ModifiedAt ? formatMoment(ModifiedAt) : ''}</td>
                <td className="table-actions">
                  {rule.RuleName !== 'Default' && (
                    <button
                      type="button"
                      className="button quiet icon"
                      title="Delete"
                      aria-label={`Delete the rule ${rule.RuleName}`}
                      onClick={() => remove(rule.RuleName!)}
                    >
                      <Icon name="trash" />
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {(editing === 'new' || edited) && (
        <RuleDialog
          rule={edited}
          close={() => update({ rule: undefined })}
          saved={() => {
            update({ rule: undefined })
            query.reload()
          }}
        />
      )}
    </div>
  )
}

/** The fields that narrow a rule; one that takes anything says nothing. */
function Conditions({ rule }: { rule: SamplingRule }) {
  const conditions = {
    service: rule.ServiceName,
    type: rule.ServiceType,
    host: rule.Host,
    method: rule.HTTPMethod,
    path: rule.URLPath,
    resource: rule.ResourceARN,
    ...rule.Attributes,
  }
  const narrowing = Object.entries(conditions).filter(([, value]) => value !== anyValue)
  if (narrowing.length === 0) return <span className="muted">every request</span>
  return (
    <span className="conditions">
      {narrowing.map(([name, value]) => (
        <span key={name}>
          <span className="muted">{name}</span> <code>{value}</code>
        </span>
      ))}
    </span>
  )
}

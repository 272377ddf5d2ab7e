import { type FormEvent, useState } from 'react'
import { createGroup, deleteGroup, getGroups } from '../../api/groups'
import { useQuery } from '../../state/query'
import { Icon } from '../Icon'
import { Popover } from '../Popover'

interface Props {
  filter: string
  onChoose: (filter: string) => void
}

/** Filters with a name: choose one, keep the present one, remove one. */
export function GroupMenu({ filter, onChoose }: Props) {
  const groups = useQuery('groups', getGroups)
  const [problem, setProblem] = useState('')
  const change = (changing: Promise<unknown>) => {
    changing.then(groups.reload, failure => setProblem((failure as Error).message))
  }
  const label = (
    <>
      <Icon name="bookmark" />
      <span className="wide-only">Groups</span>
      <Icon name="down" size={12} />
    </>
  )
  return (
    <Popover label={label} title="Groups: saved filters">
      {close => (
        <div className="groups">
          {groups.data?.length === 0 && <p className="groups-none muted">A group is a filter with a name.</p>}
          {groups.error && <p className="groups-none problem">{groups.error.message}</p>}
          {groups.data?.map(group => (
            <div key={group.GroupName} className="groups-row">
              <button
                type="button"
                className="menu-item"
                aria-current={filter !== '' && group.FilterExpression === filter}
                onClick={() => {
                  onChoose(group.FilterExpression ?? '')
                  close()
                }}
              >
                <span>{group.GroupName}</span>
                <code className="muted truncate">{group.FilterExpression || 'every trace'}</code>
              </button>
              {group.GroupName !== 'Default' && (
                <button
                  type="button"
                  className="button quiet icon"
                  aria-label={`Remove group ${group.GroupName}`}
                  title="Remove"
                  onClick={() => change(deleteGroup(group.GroupName))}
                >
                  <Icon name="trash" size={14} />
                </button>
              )}
            </div>
          ))}
          <div className="menu-separator" />
          <SaveGroup filter={filter} save={name => change(createGroup(name, filter))} />
          {problem && <p className="groups-none problem">{problem}</p>}
        </div>
      )}
    </Popover>
  )
}

function SaveGroup({ filter, save }: { filter: string; save: (name: string) => void }) {
  const [name, setName] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save(name.trim())
    setName('')
  }
  return (
    <form className="groups-save" onSubmit={submit}>
      <input
        className="input"
        placeholder={filter ? 'Save this filter as…' : 'Enter a filter to save it'}
        aria-label="Name of the new group"
        maxLength={32}
        disabled={!filter}
        value={name}
        onChange={event => setName(event.target.value)}
      />
      <button type="submit" className="button" disabled={!filter || !name.trim()}>
        Save
      </button>
    </form>
  )
}

import { getGroups } from '../../api/groups'
import { useQuery } from '../../state/query'

/** Narrows the map to the traces of a group. */
export function GroupChoice({ group, onChoose }: { group: string; onChoose: (name: string) => void }) {
  const { data = [] } = useQuery('groups', getGroups)
  return (
    <select
      className="input"
      aria-label="Group"
      value={group}
      onChange={event => onChoose(event.target.value)}
    >
      <option value="">All traces</option>
      {data
        .filter(({ GroupName }) => GroupName !== 'Default')
        .map(({ GroupName }) => (
          <option key={GroupName} value={GroupName}>
            Group: {GroupName}
          </option>
        ))}
    </select>
  )
}

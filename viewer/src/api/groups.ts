import { post } from './client'

/** A filter with a name. */
export interface Group {
  GroupName: string
  GroupARN?: string
  FilterExpression?: string
}

export async function getGroups(signal?: AbortSignal): Promise<Group[]> {
  const answer = await post<{ Groups: Group[] }>('/Groups', {}, signal)
  return answer.Groups
}

export function createGroup(name: string, filter: string) {
  return post('/CreateGroup', { GroupName: name, FilterExpression: filter })
}

export function deleteGroup(name: string) {
  return post('/DeleteGroup', { GroupName: name })
}

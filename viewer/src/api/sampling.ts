import { post } from './client'

export interface SamplingRule {
  RuleName?: string
  RuleARN?: string
  ResourceARN: string
  Priority: number
  FixedRate: number
  ReservoirSize: number
  ServiceName: string
  ServiceType: string
  Host: string
  HTTPMethod: string
  URLPath: string
  Version: number
  Attributes?: Record<string, string>
}

export interface SamplingRuleRecord {
  SamplingRule: SamplingRule
  CreatedAt?: number
  ModifiedAt?: number
}

/** All rules, in the order in which they are tried. */
export async function getSamplingRules(signal?: AbortSignal): Promise<SamplingRuleRecord[]> {
  const rules: SamplingRuleRecord[] = []
  let token: string | undefined
  do {
    const page: { SamplingRuleRecords: SamplingRuleRecord[]; NextToken?: string } = await post(
      '/GetSamplingRules',
      token ? { NextToken: token } : {},
      signal,
    )
    rules.push(...page.SamplingRuleRecords)
    token = page.NextToken
  } while (token)
  return rules.sort(
    (a, b) =>
      a.SamplingRule.Priority - b.SamplingRule.Priority ||
      (a.SamplingRule.RuleName ?? '').localeCompare(b.SamplingRule.RuleName ?? ''),
  )
}

export function createSamplingRule(rule: SamplingRule) {
  return post('/CreateSamplingRule', { SamplingRule: rule })
}

export function updateSamplingRule(rule: Partial<SamplingRule>) {
  return post('/UpdateSamplingRule', { SamplingRuleUpdate: rule })
}

export function deleteSamplingRule(name: string) {
  return post('/DeleteSamplingRule', { RuleName: name })
}

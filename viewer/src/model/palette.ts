/** How many colours the style sheets define as `--service-0` and so on. */
const colours = 12

/**
 * A colour for each service: the same name gets the same colour on every page, unless another name
 * of the same trace has it already.
 */
export function serviceColours(names: string[]): Map<string, string> {
  const taken = new Set<number>()
  const chosen = new Map<string, string>()
  for (const name of names.toSorted()) {
    let colour = hash(name) % colours
    for (let tries = 0; tries < colours && taken.has(colour); tries++) colour = (colour + 1) % colours
    taken.add(colour)
    if (taken.size === colours) taken.clear()
    chosen.set(name, `var(--service-${colour})`)
  }
  return chosen
}

function hash(text: string): number {
  let value = 2166136261
  for (const character of text) value = Math.imul(value ^ character.codePointAt(0)!, 16777619) >>> 0
  return value
}

/** What is drawn of the map, a service or a connection, and what can be done with it. */
export interface ShapeProps<Placed> {
  placed: Placed
  /** The length of the map's range of time; none for a single trace. */
  seconds: number | undefined
  isChosen: boolean
  isDimmed: boolean
  onChoose: (key: string) => void
  onHover: (key: string | undefined) => void
}

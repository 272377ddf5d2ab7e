import { type ComponentType, lazy } from 'react'

/** A part of the viewer that is loaded when it is first shown. */
export function lazyPage<Props>(load: () => Promise<{ default: ComponentType<Props> }>) {
  return lazy(() =>
    load().catch(() => {
      throw new Error('This page could not be loaded. Is the agent still running?')
    }),
  )
}

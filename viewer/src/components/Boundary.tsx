import { Component, type ReactNode } from 'react'
import { Failure } from './Notice'

/** Keeps the frame of the page standing when something in it breaks; another key starts anew. */
export class Boundary extends Component<{ children: ReactNode }, { error: Error | undefined }> {
  override state: { error: Error | undefined } = { error: undefined }

  static getDerivedStateFromError(error: Error) {
    return { error }
  }

  override render() {
    const { error } = this.state
    if (!error) return this.props.children
    return <Failure error={error} retry={() => window.location.reload()} />
  }
}

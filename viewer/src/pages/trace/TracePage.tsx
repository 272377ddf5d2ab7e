export default function TracePage({ id }: { id: string }) { return <p>TracePage {id}</p> }

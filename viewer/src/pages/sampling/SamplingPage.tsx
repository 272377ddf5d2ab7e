export default function SamplingPage() { return <p>SamplingPage </p> }

export default function ComparePage() { return <p>ComparePage </p> }

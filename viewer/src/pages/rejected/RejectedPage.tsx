export default function RejectedPage() { return <p>RejectedPage </p> }

export default function AgentPage() { return <p>AgentPage </p> }

//! Starts the parts of the agent, and stops them in the right order.

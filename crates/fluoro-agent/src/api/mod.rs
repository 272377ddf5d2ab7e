//! HTTP: the X-Ray API over the store, the agent's own pages of it, and the viewer.

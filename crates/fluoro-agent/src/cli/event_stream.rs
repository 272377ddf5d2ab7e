use reqwest::Response;

/// Most bytes of one event; the agent's are far smaller.
const MAX_EVENT: usize = 4 * 1024 * 1024;

/// One event of a stream of server-sent events.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Event {
    /// The event's name.
    pub(super) name: String,
    /// Its data, lines joined.
    pub(super) data: String,
}

/// A response that is a stream of server-sent events.
pub(super) struct EventStream {
    response: Response,
    buffer: EventBuffer,
}

impl EventStream {
    pub(super) fn new(response: Response) -> Self {
        Self {
            response,
            buffer: EventBuffer::default(),
        }
    }

    /// The next event; none at the end. May be dropped while it waits.
    pub(super) async fn next(&mut self) -> Result<Option<Event>, reqwest::Error> {
        loop {
            if let Some(event) = self.buffer.take() {
                return Ok(Some(event));
            }
            match self.response.chunk().await? {
                Some(bytes) => self.buffer.push(&bytes),
                None => return Ok(None),
            }
        }
    }
}

/// Bytes that have come and are not taken out as events yet.
#[derive(Default)]
struct EventBuffer {
    bytes: Vec<u8>,
}

impl EventBuffer {
    fn push(&mut self, bytes: &[u8]) {
        if self.bytes.len() + bytes.len() > MAX_EVENT {
            self.bytes.clear();
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The first whole event that has data.
    fn take(&mut self) -> Option<Event> {
        loop {
            let end = self.bytes.windows(2).position(|pair| pair == b"\n\n")?;
            let block: Vec<u8> = self.bytes.drain(..end + 2).collect();
            let event = parse(&String::from_utf8_lossy(&block));
            if !event.data.is_empty() {
                return Some(event);
            }
        }
    }
}

fn parse(block: &str) -> Event {
    let mut event = Event::default();
    for line in block.lines() {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut event.name),
            "data" => event.data.push_str(value),
            _ => {}
        }
    }
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_found_however_they_are_cut() {
        let text = ": alive\n\nevent: trace\ndata: {\"Id\":\ndata: 1}\n\n:\n\nevent:skipped\ndata:x\n\nevent: half";
        for size in [1, 7, text.len()] {
            let mut buffer = EventBuffer::default();
            let mut events = Vec::new();
            for chunk in text.as_bytes().chunks(size) {
                buffer.push(chunk);
                events.extend(std::iter::from_fn(|| buffer.take()));
            }
            let event = |name: &str, data: &str| Event {
                name: name.to_owned(),
                data: data.to_owned(),
            };
            assert_eq!(
                events,
                [event("trace", "{\"Id\":1}"), event("skipped", "x")]
            );
        }
    }
}

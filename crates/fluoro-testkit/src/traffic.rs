//! Segment documents as three small services would send them, as many as are wanted.

use std::fmt::Write;

use fluoro_wire::{SegmentId, TraceId, datagram};

/// Documents of one trace: the shop's segment, the inventory's and pricing's.
pub const DOCUMENTS_PER_TRACE: usize = 3;

/// Products that requests ask for; some of them fail.
const PRODUCTS: [&str; 7] = [
    "teapot", "mug", "kettle", "sample", "saucer", "tray", "spoon",
];

/// Writes the documents of one trace after another, about 1 KB each on average.
///
/// Names, statuses, queries, annotations and metadata vary; ids never repeat within one `seed`.
#[derive(Clone, Debug)]
pub struct Traffic {
    random: u64,
    traces: u64,
}

impl Traffic {
    /// Traffic of its own for each seed.
    pub fn new(seed: u64) -> Self {
        Self {
            random: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            traces: 0,
        }
    }

    /// The documents of the next trace, which ends at `now`, in seconds since the epoch: callees
    /// first, as they arrive.
    pub fn next_trace(&mut self, now: f64) -> [String; DOCUMENTS_PER_TRACE] {
        self.traces += 1;
        let request = Request {
            trace_id: TraceId::from_parts(now as u32, self.next() as u32, self.next()),
            shop: SegmentId(self.next()),
            inventory: SegmentId(self.next()),
            call_of_inventory: SegmentId(self.next()),
            call_of_pricing: SegmentId(self.next()),
            number: self.traces,
            product: PRODUCTS[self.next() as usize % PRODUCTS.len()],
            milliseconds: 4.0 + (self.next() % 1_000) as f64 / 20.0,
            fails: self.next().is_multiple_of(20),
            now,
        };
        let (query, other_query, template) = (self.next(), self.next(), self.next());
        [
            request.pricing(SegmentId(self.next()), SegmentId(template)),
            request.inventory(SegmentId(query)),
            request.shop(SegmentId(other_query)),
        ]
    }

    /// The next number of a xorshift generator.
    fn next(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }
}

/// A document with the datagram's header in front of it.
pub fn datagram_of(document: &str) -> Vec<u8> {
    [datagram::HEADER, document.as_bytes()].concat()
}

struct Request {
    trace_id: TraceId,
    shop: SegmentId,
    inventory: SegmentId,
    call_of_inventory: SegmentId,
    call_of_pricing: SegmentId,
    number: u64,
    product: &'static str,
    milliseconds: f64,
    fails: bool,
    now: f64,
}

impl Request {
    /// The moment at a share of the request's time.
    fn at(&self, share: f64) -> f64 {
        self.now - self.milliseconds / 1_000.0 * (1.0 - share)
    }

    fn shop(&self, query: SegmentId) -> String {
        let status = if self.fails { 500 } else { 200 };
        let mut document = self.begin("shop", self.shop, None, (0.0, 1.0));
        let _ = write!(
            document,
            r#""fault":{fails},"http":{{"request":{{"method":"GET","url":"http://shop.example/products/{product}","client_ip":"10.0.{a}.{b}","user_agent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"}},"response":{{"status":{status},"content_length":{length}}}}},"annotations":{{"product":"{product}","customer":{customer},"returning":{returning}}},"metadata":{{"default":{{"cart":{{"items":[{{"sku":"{product}","quantity":2,"price":"12.50"}}],"currency":"EUR"}},"experiment":"variant-{b}"}}}},"service":{{"version":"4.2.1","runtime":"CPython","runtime_version":"3.13.1"}},"aws":{{"xray":{{"sdk":"X-Ray for Python","sdk_version":"2.15.0"}}}},"subsegments":["#,
            fails = self.fails,
            product = self.product,
            a = self.number % 8,
            b = self.number % 200,
            length = 900 + self.number % 4_000,
            customer = self.number % 1_000,
            returning = self.number.is_multiple_of(3),
        );
        self.add_query(&mut document, query, "shop", 0.05, 0.2);
        document.push(',');
        self.add_call(
            &mut document,
            self.call_of_inventory,
            "inventory",
            0.25,
            0.9,
        );
        document.push_str("]}");
        document
    }

    fn inventory(&self, query: SegmentId) -> String {
        let parent = Some(self.call_of_inventory);
        let mut document = self.begin("inventory", self.inventory, parent, (0.3, 0.85));
        let _ = write!(
            document,
            r#""http":{{"request":{{"method":"GET","url":"http://inventory.internal/stock/{product}","client_ip":"10.1.0.7"}},"response":{{"status":200}}}},"annotations":{{"warehouse":"w{warehouse}"}},"service":{{"runtime":"CPython","runtime_version":"3.13.1"}},"aws":{{"xray":{{"sdk":"X-Ray for Python","sdk_version":"2.15.0"}}}},"subsegments":["#,
            product = self.product,
            warehouse = self.number % 12,
        );
        self.add_query(&mut document, query, "stock", 0.32, 0.4);
        document.push(',');
        self.add_call(&mut document, self.call_of_pricing, "pricing", 0.45, 0.8);
        document.push_str("]}");
        document
    }

    fn pricing(&self, id: SegmentId, template: SegmentId) -> String {
        let parent = Some(self.call_of_pricing);
        let mut document = self.begin("pricing", id, parent, (0.5, 0.75));
        let _ = write!(
            document,
            r#""http":{{"request":{{"method":"GET","url":"http://pricing.internal/price/{product}","client_ip":"10.2.0.3"}},"response":{{"status":200}}}},"service":{{"runtime":"CPython","runtime_version":"3.13.1"}},"aws":{{"xray":{{"sdk":"X-Ray for Python","sdk_version":"2.15.0"}}}},"subsegments":[{{"id":"{template}","name":"price.html","start_time":{start:.6},"end_time":{end:.6},"namespace":"local"}}]}}"#,
            product = self.product,
            start = self.at(0.6),
            end = self.at(0.7),
        );
        document
    }

    fn begin(
        &self,
        name: &str,
        id: SegmentId,
        parent: Option<SegmentId>,
        (start, end): (f64, f64),
    ) -> String {
        let mut document = String::with_capacity(1_600);
        let _ = write!(
            document,
            r#"{{"name":"{name}","id":"{id}","trace_id":"{trace}","start_time":{start:.6},"end_time":{end:.6},"#,
            trace = self.trace_id,
            start = self.at(start),
            end = self.at(end),
        );
        if let Some(parent) = parent {
            let _ = write!(document, r#""parent_id":"{parent}","#);
        }
        document
    }

    fn add_query(&self, document: &mut String, id: SegmentId, table: &str, start: f64, end: f64) {
        let _ = write!(
            document,
            r#"{{"id":"{id}","name":"{table}@db.internal","start_time":{start:.6},"end_time":{end:.6},"namespace":"remote","sql":{{"database_type":"PostgreSQL","user":"{table}","sanitized_query":"SELECT id, name, price FROM {table} WHERE sku = ? AND region = ? ORDER BY id LIMIT ?"}}}}"#,
            start = self.at(start),
            end = self.at(end),
        );
    }

    fn add_call(&self, document: &mut String, id: SegmentId, name: &str, start: f64, end: f64) {
        let _ = write!(
            document,
            r#"{{"id":"{id}","name":"{name}.internal","start_time":{start:.6},"end_time":{end:.6},"namespace":"remote","http":{{"request":{{"method":"GET","url":"http://{name}.internal/{product}","traced":true}},"response":{{"status":200}}}}}}"#,
            product = self.product,
            start = self.at(start),
            end = self.at(end),
        );
    }
}

#[cfg(test)]
mod tests {
    use fluoro_wire::{Document, trace::assemble};

    use super::*;

    #[test]
    fn a_trace_hangs_together() {
        let documents = Traffic::new(7).next_trace(1_700_000_000.0);
        let parsed = documents
            .iter()
            .map(|text| Document::parse(text.as_bytes()).unwrap());
        let traces = assemble(parsed);
        assert_eq!(traces.len(), 1);
        assert_eq!(traces[0].roots.len(), 1);
        assert_eq!(traces[0].nodes().count(), 3 + 5);
    }

    #[test]
    fn documents_are_about_a_kilobyte() {
        let mut traffic = Traffic::new(1);
        let bytes: usize = (0..100)
            .flat_map(|_| traffic.next_trace(1_700_000_000.0))
            .map(|document| document.len())
            .sum();
        let average = bytes / (100 * DOCUMENTS_PER_TRACE);
        assert!((900..1_300).contains(&average), "{average} bytes");
    }
}

use fluoro_wire::TraceId;
use serde_json::{Value, json};

use super::{document::Part, random::Random};

const CONTAINER: &str = "AWS::ECS::Container";
const FUNCTION: &str = "AWS::Lambda::Function";
const PRODUCTS: [&str; 6] = ["teapot", "mug", "kettle", "grinder", "filter", "scale"];
const CUSTOMERS: [&str; 7] = ["ann", "ben", "cleo", "dora", "emil", "fay", "gus"];
const TIERS: [&str; 3] = ["basic", "basic", "gold"];

/// Makes the documents of requests to a shop and the services behind it.
#[derive(Debug)]
pub(super) struct Shop {
    random: Random,
}

impl Shop {
    pub(super) const fn new(seed: u64) -> Self {
        Self {
            random: Random::new(seed),
        }
    }

    /// The documents of one request that came at `start`, in seconds since the epoch.
    pub(super) fn next_trace(&mut self, start: f64) -> Vec<Value> {
        let trace = self.trace_id(start);
        match self.random.below(100) {
            0..50 => self.product(trace, start),
            50..70 => self.search(trace, start),
            70..92 => self.order(trace, start),
            92..97 => self.report(trace, start),
            _ => self.missing_page(trace, start),
        }
    }

    /// A document that X-Ray does not take, so that there is one to look at.
    pub(super) fn bad_document(&mut self, start: f64) -> Value {
        let part = Part::new("legacy <billing>", start, &mut self.random);
        part.with("trace_id", "1-not-a-trace")
            .ended(start + 0.1)
            .into_value()
    }

    fn trace_id(&mut self, start: f64) -> TraceId {
        let high = self.random.number() as u32;
        TraceId::from_parts(start as u32, high, self.random.number())
    }

    /// The shop's part of a request, with what it knows of the customer.
    fn request(&mut self, trace: TraceId, start: f64) -> Part {
        let customer = *self.random.pick(&CUSTOMERS);
        let tier = *self.random.pick(&TIERS);
        Part::new("shop", start, &mut self.random)
            .in_trace(trace, CONTAINER, None)
            .with("user", customer)
            .with("annotations", json!({"customer": customer, "tier": tier}))
            .with("service", json!({"version": "2.7.1"}))
            .with(
                "metadata",
                json!({"shop": {"experiment": "blue-button", "cache": "warm"}}),
            )
    }

    fn product(&mut self, trace: TraceId, start: f64) -> Vec<Value> {
        let product = *self.random.pick(&PRODUCTS);
        let mut shop = self.request(trace, start);
        let mut now = start + 0.001;
        shop.add(self.query("shop@db", "SELECT * FROM products WHERE sku = ?", &mut now));
        let url = format!("http://inventory:8081/stock/{product}");
        let call = self.call("inventory", "GET", &url, now);
        let inventory = self.inventory(trace, &call, &url);
        now = inventory.end().unwrap_or(now) + 0.001;
        shop.add(call.ended(now));
        let url = format!("http://pricing:8082/prices/{product}");
        let call = self.call("pricing", "GET", &url, now);
        let (pricing, status) = self.pricing(trace, &call, &url);
        now = pricing.end().unwrap_or(now) + 0.001;
        shop.add(call.with_http("GET", &url, status).ended(now));
        shop.add(self.local("product.html", &mut now, 4.0));
        // A page without a price is still a page.
        let shop = shop.with_http(
            "GET",
            &format!("http://shop.example/products/{product}"),
            200,
        );
        documents([shop.ended(now + 0.001), inventory, pricing])
    }

    fn search(&mut self, trace: TraceId, start: f64) -> Vec<Value> {
        let word = *self.random.pick(&PRODUCTS);
        let mut shop = self.request(trace, start);
        let mut now = start + 0.001;
        let is_busy = self.random.chance(0.12);
        let status = if is_busy { 429 } else { 200 };
        let took = self.random.latency(if is_busy { 3.0 } else { 60.0 });
        let url = "https://search.example/products/_search";
        let call = Part::new("search.example", now, &mut self.random)
            .with("namespace", "remote")
            .with_http("POST", url, status);
        now += took;
        shop.add(call.ended(now));
        shop.add(self.local("results.html", &mut now, 6.0));
        let url = format!("http://shop.example/search?q={word}");
        documents([shop.with_http("GET", &url, status).ended(now)])
    }

    fn order(&mut self, trace: TraceId, start: f64) -> Vec<Value> {
        let mut shop = self.request(trace, start);
        let mut now = start + 0.002;
        shop.add(self.query(
            "shop@db",
            "SELECT * FROM carts WHERE customer = ?",
            &mut now,
        ));
        let url = "http://payments.internal/charge";
        let call = self.call("payments", "POST", url, now);
        let (payments, status) = self.payments(trace, &call, url);
        now = payments.end().unwrap_or(now) + 0.001;
        shop.add(call.with_http("POST", url, status).ended(now));
        let status = match status {
            200 => {
                shop.add(self.query("shop@db", "INSERT INTO orders VALUES (?, ?, ?)", &mut now));
                shop.add(self.aws("SQS", "SendMessage", "queue_url", "orders", &mut now));
                201
            }
            402 => 402,
            _ => {
                let message = "payments answered 502 after 1 try";
                shop = shop.with_exception("PaymentFailed", message, &mut self.random);
                500
            }
        };
        let shop = shop.with_http("POST", "http://shop.example/orders", status);
        documents([shop.ended(now + 0.002), payments])
    }

    /// A nightly job: no request, many steps.
    fn report(&mut self, trace: TraceId, start: f64) -> Vec<Value> {
        let mut report = Part::new("reports", start, &mut self.random)
            .in_trace(trace, CONTAINER, None)
            .with("annotations", json!({"job": "turnover", "days": 30}));
        let mut now = start + 0.01;
        for day in 0..12 {
            let mut step = Part::new(&format!("day {}", day + 1), now, &mut self.random);
            step.add(self.query(
                "reports@db",
                "SELECT sum(total) FROM orders WHERE day = ?",
                &mut now,
            ));
            step.add(self.local("add up", &mut now, 8.0));
            report.add(step.ended(now));
        }
        report.add(self.aws("S3", "PutObject", "bucket_name", "shop-reports", &mut now));
        documents([report.ended(now + 0.005)])
    }

    fn missing_page(&mut self, trace: TraceId, start: f64) -> Vec<Value> {
        let shop = self.request(trace, start);
        let end = start + self.random.latency(2.0);
        let shop = shop.with_http("GET", "http://shop.example/favicon.ico", 404);
        documents([shop.ended(end)])
    }

    fn inventory(&mut self, trace: TraceId, call: &Part, url: &str) -> Part {
        let start = call.start + 0.001;
        let mut now = start + 0.001;
        let mut part = Part::new("inventory", start, &mut self.random)
            .in_trace(trace, CONTAINER, Some(&call.id))
            .with_http("GET", url, 200);
        part.add(self.aws("DynamoDB", "GetItem", "table_name", "stock", &mut now));
        part.ended(now + 0.001)
    }

    /// Prices; now and then one is missing.
    fn pricing(&mut self, trace: TraceId, call: &Part, url: &str) -> (Part, u64) {
        let start = call.start + 0.001;
        let mut now = start + 0.001;
        let status = if self.random.chance(0.05) { 404 } else { 200 };
        let mut part = Part::new("pricing", start, &mut self.random)
            .in_trace(trace, CONTAINER, Some(&call.id))
            .with_http("GET", url, status);
        part.add(self.query(
            "pricing@db",
            "SELECT amount FROM prices WHERE sku = ?",
            &mut now,
        ));
        (part.ended(now + 0.001), status)
    }

    /// Payments asks a bank, which declines, or is away.
    fn payments(&mut self, trace: TraceId, call: &Part, url: &str) -> (Part, u64) {
        let start = call.start + 0.002;
        let mut now = start + 0.003;
        let (bank, status) = match self.random.below(100) {
            0..8 => (503, 502),
            8..14 => (402, 402),
            _ => (200, 200),
        };
        let address = "https://bank.example/v2/charges";
        let asked = Part::new("bank.example", now, &mut self.random)
            .with("namespace", "remote")
            .with_http("POST", address, bank);
        now += self.random.latency(if bank == 503 { 400.0 } else { 120.0 });
        let mut part = Part::new("payments", start, &mut self.random)
            .in_trace(trace, FUNCTION, Some(&call.id))
            .with(
                "annotations",
                json!({"currency": "EUR", "amount": self.random.below(20_000) as f64 / 100.0}),
            );
        part.add(asked.ended(now));
        if status == 502 {
            let message = "bank.example answered 503 Service Unavailable";
            part = part.with_exception("BankUnavailable", message, &mut self.random);
        }
        (
            part.with_http("POST", url, status).ended(now + 0.002),
            status,
        )
    }

    /// A call to another service of ours; its end is known when that has answered.
    fn call(&mut self, name: &str, method: &str, url: &str, start: f64) -> Part {
        Part::new(name, start, &mut self.random)
            .with("namespace", "remote")
            .with_http(method, url, 200)
    }

    fn query(&mut self, name: &str, query: &str, now: &mut f64) -> Part {
        let part = Part::new(name, *now, &mut self.random)
            .with("namespace", "remote")
            .with(
                "sql",
                json!({"database_type": "PostgreSQL", "sanitized_query": query}),
            );
        *now += self.random.latency(3.0);
        part.ended(*now)
    }

    fn aws(
        &mut self,
        service: &str,
        operation: &str,
        key: &str,
        name: &str,
        now: &mut f64,
    ) -> Part {
        let part = Part::new(service, *now, &mut self.random)
            .with("namespace", "aws")
            .with(
                "aws",
                json!({"operation": operation, "region": "eu-central-1", key: name}),
            );
        *now += self.random.latency(9.0);
        part.ended(*now)
    }

    fn local(&mut self, name: &str, now: &mut f64, milliseconds: f64) -> Part {
        let part = Part::new(name, *now, &mut self.random);
        *now += self.random.latency(milliseconds);
        part.ended(*now)
    }
}

fn documents<const COUNT: usize>(parts: [Part; COUNT]) -> Vec<Value> {
    parts.map(Part::into_value).to_vec()
}

#[cfg(test)]
mod tests {
    use fluoro_wire::{Document, trace::assemble};

    use super::*;

    #[test]
    fn every_trace_is_one_whole_tree() {
        let mut shop = Shop::new(1);
        for number in 0..500 {
            let start = 1_772_013_600.0 + f64::from(number);
            let documents = shop.next_trace(start);
            let parsed = documents
                .iter()
                .map(|document| Document::parse(document.to_string().as_bytes()).unwrap());
            let traces = assemble(parsed);
            assert_eq!(traces.len(), 1);
            let trace = &traces[0];
            assert_eq!((trace.roots.len(), trace.missing()), (1, Vec::new()));
            assert_eq!(trace.start_time(), Some(start));
            for node in trace.nodes() {
                let (from, to) = (node.document.start_time, node.document.end_time);
                assert!(from <= to, "{}", node.document.name);
                assert!(
                    to <= trace.roots[0].document.end_time,
                    "{}",
                    node.document.name
                );
            }
        }
    }
}

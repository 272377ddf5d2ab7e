//! Documents as three services send them: about a kilobyte each, three for a trace.

use fluoro_store::{Arrival, Source};

/// The traffic of three services, from a second on.
pub(crate) struct Traffic {
    number: u64,
    started: f64,
    traces_per_second: f64,
}

impl Traffic {
    pub(crate) fn from(started: f64, traces_per_second: f64) -> Self {
        Self {
            number: 0,
            started,
            traces_per_second,
        }
    }

    /// The three documents of the next trace, innermost service first, as they arrive.
    pub(crate) fn next_trace(&mut self) -> [Arrival; 3] {
        self.number += 1;
        let start = self.started + self.number as f64 / self.traces_per_second;
        let trace = trace_id(self.number, start);
        let id = |place: u64| format!("{:016x}", scrambled(self.number * 16 + place));
        let [shop, stock, prices] = [1, 5, 9].map(id);
        let [query, call, render, cache, lookup] = [2, 3, 4, 6, 10].map(id);
        let customer = scrambled(self.number) % 5_000;
        let item = scrambled(self.number + 7) % 10_000;
        let status = if self.number.is_multiple_of(50) {
            500
        } else {
            200
        };
        let fault = if status == 500 {
            r#","fault":true"#
        } else {
            ""
        };
        let [t0, t1, t2, t3, t4, t5] =
            [0.0, 0.0021, 0.0083, 0.0127, 0.0341, 0.0522].map(|offset| start + offset);
        let prices = format!(
            r#"{{"name":"prices.internal","id":"{prices}","trace_id":"{trace}","parent_id":"{cache}","start_time":{t2:.6},"end_time":{t3:.6},"http":{{"request":{{"method":"GET","url":"http://prices.internal:8080/v2/price/{item}","user_agent":"python-requests/2.32.3","client_ip":"10.0.{a}.{b}"}},"response":{{"status":200,"content_length":87}}}},"aws":{{"xray":{{"sdk":"X-Ray for Python","sdk_version":"2.15.0","sampling_rule_name":"Default"}},"ecs":{{"container":"prices-7d9c8b6f5-x2x9q"}}}},"service":{{"runtime":"CPython","runtime_version":"3.12.4"}},"origin":"AWS::ECS::Container","annotations":{{"currency":"EUR","item":{item}}},"subsegments":[{{"id":"{lookup}","name":"prices@db.internal","start_time":{t2:.6},"end_time":{t3:.6},"namespace":"remote","sql":{{"url":"postgresql://db.internal:5432/prices","sanitized_query":"SELECT amount, currency FROM prices WHERE item = %s AND valid_from <= now() ORDER BY valid_from DESC LIMIT 1","database_type":"PostgreSQL","database_version":"16.3","user":"prices","preparation":"statement"}}}}]}}"#,
            a = customer % 256,
            b = item % 256,
        );
        let stock = format!(
            r#"{{"name":"stock.internal","id":"{stock}","trace_id":"{trace}","parent_id":"{call}","start_time":{t1:.6},"end_time":{t4:.6},"http":{{"request":{{"method":"POST","url":"http://stock.internal:8080/reserve","user_agent":"python-requests/2.32.3","client_ip":"10.0.{a}.{b}"}},"response":{{"status":{status},"content_length":311}}}}{fault},"aws":{{"xray":{{"sdk":"X-Ray for Python","sdk_version":"2.15.0","sampling_rule_name":"Default"}},"ecs":{{"container":"stock-5f7d6c9b4-qq2lk"}}}},"service":{{"runtime":"CPython","runtime_version":"3.12.4"}},"origin":"AWS::ECS::Container","annotations":{{"warehouse":"fra-{w}","reserved":true}},"metadata":{{"default":{{"reservation":{{"item":{item},"quantity":2,"until":{t5:.3},"note":"held for customer {customer}"}}}}}},"subsegments":[{{"id":"{cache}","name":"prices.internal","start_time":{t2:.6},"end_time":{t3:.6},"namespace":"remote","http":{{"request":{{"method":"GET","url":"http://prices.internal:8080/v2/price/{item}","traced":true}},"response":{{"status":200,"content_length":87}}}}}}]}}"#,
            a = item % 256,
            b = customer % 256,
            w = item % 4,
        );
        let shop = format!(
            r#"{{"name":"shop.example.com","id":"{shop}","trace_id":"{trace}","start_time":{t0:.6},"end_time":{t5:.6},"http":{{"request":{{"method":"GET","url":"https://shop.example.com/orders/{item}","user_agent":"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0","client_ip":"198.51.100.{b}"}},"response":{{"status":{status},"content_length":5120}}}}{fault},"aws":{{"xray":{{"sdk":"X-Ray for Python","sdk_version":"2.15.0","sampling_rule_name":"Default"}}}},"service":{{"runtime":"CPython","runtime_version":"3.12.4"}},"user":"customer-{customer}","annotations":{{"tier":"{tier}","customer":{customer},"beta":false}},"subsegments":[{{"id":"{query}","name":"shop@db.internal","start_time":{t0:.6},"end_time":{t1:.6},"namespace":"remote","sql":{{"sanitized_query":"SELECT * FROM orders WHERE id = %s","database_type":"PostgreSQL","user":"shop"}}}},{{"id":"{call}","name":"stock.internal","start_time":{t1:.6},"end_time":{t4:.6},"namespace":"remote","http":{{"request":{{"method":"POST","url":"http://stock.internal:8080/reserve","traced":true}},"response":{{"status":{status},"content_length":311}}}}{fault}}},{{"id":"{render}","name":"template orders.html","start_time":{t4:.6},"end_time":{t5:.6}}}]}}"#,
            b = customer % 256,
            tier = ["gold", "silver", "none"][(customer % 3) as usize],
        );
        [prices, stock, shop].map(|document| Arrival {
            document: document.into_bytes(),
            source: Source::Udp,
            received_at: t5,
        })
    }

    /// The documents of the next traces.
    pub(crate) fn next_documents(&mut self, traces: usize) -> Vec<Arrival> {
        (0..traces).flat_map(|_| self.next_trace()).collect()
    }
}

fn trace_id(number: u64, start: f64) -> String {
    let (high, low) = (scrambled(number), scrambled(number + 1));
    format!("1-{:08x}-{:08x}{low:016x}", start as u32, high as u32)
}

/// Looks random, is always the same.
const fn scrambled(number: u64) -> u64 {
    let value = number
        .wrapping_add(0x9e37_79b9_7f4a_7c15)
        .wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

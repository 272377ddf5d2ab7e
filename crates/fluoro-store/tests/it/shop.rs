//! Traces as real services send them: a shop asks an inventory, which asks a database and a
//! pricing service; an order goes over a queue to a worker, which writes to a table.

use serde_json::{Value, json};

/// When the first of these traces begins, in seconds since the epoch.
pub(crate) const START: f64 = 1_700_000_000.0;

/// The trace with a number, in the wire's spelling.
pub(crate) fn trace_id(number: u32) -> String {
    format!("1-6553f100-{number:024x}")
}

/// An entity's id: unique over all traces.
pub(crate) fn id(trace: u32, number: u32) -> String {
    format!("{trace:08x}{number:08x}")
}

/// Seconds after the start, without the noise of binary fractions.
fn at(seconds: f64) -> f64 {
    ((START + seconds) * 1_000.0).round() / 1_000.0
}

/// The browsing of a customer: `shop`, `inventory` and `pricing`, which fails if told so.
pub(crate) fn browse(trace: u32, begin: f64, is_failing: bool) -> Vec<Value> {
    let status = if is_failing { 500 } else { 200 };
    let shop = json!({
        "name": "shop", "id": id(trace, 1), "trace_id": trace_id(trace), "user": "ann",
        "start_time": at(begin), "end_time": at(begin + 2.0), "origin": "AWS::ECS::Container",
        "fault": is_failing, "aws": {"account_id": "123456789012", "ec2": {"instance_id": "i-0abc",
        "availability_zone": "eu-west-1a"}},
        "http": {"request": {"method": "GET", "url": "http://shop.example.com/item/7",
        "user_agent": "curl/8.5", "client_ip": "10.1.2.3"}, "response": {"status": status}},
        "annotations": {"customer": "gold", "age": 29, "vip": true},
        "subsegments": [
            {"name": "render", "id": id(trace, 7), "start_time": at(begin + 1.7),
             "end_time": at(begin + 1.9)},
            {"name": "inventory", "id": id(trace, 2), "start_time": at(begin + 0.1),
             "end_time": at(begin + 1.6), "namespace": "remote", "fault": is_failing,
             "http": {"request": {"method": "GET", "url": "http://inventory/stock/7"},
             "response": {"status": status}}}],
    });
    let inventory = json!({
        "name": "inventory", "id": id(trace, 3), "trace_id": trace_id(trace),
        "parent_id": id(trace, 2), "start_time": at(begin + 0.2), "end_time": at(begin + 1.5),
        "origin": "AWS::EC2::Instance", "fault": is_failing,
        "annotations": {"customer": "gold", "warehouse": "north"},
        "subsegments": [
            {"name": "stock@db.internal", "id": id(trace, 4), "start_time": at(begin + 0.3),
             "end_time": at(begin + 0.4), "namespace": "remote",
             "sql": {"database_type": "PostgreSQL", "sanitized_query": "SELECT n FROM stock WHERE id = ?"}},
            {"name": "pricing.internal:8080", "id": id(trace, 5), "start_time": at(begin + 0.5),
             "end_time": at(begin + 1.4), "namespace": "remote", "fault": is_failing,
             "http": {"request": {"method": "POST", "url": "http://pricing.internal:8080/price"},
             "response": {"status": status}}}],
    });
    let mut pricing = json!({
        "name": "pricing", "id": id(trace, 6), "trace_id": trace_id(trace),
        "parent_id": id(trace, 5), "start_time": at(begin + 0.6), "end_time": at(begin + 1.3),
    });
    if is_failing {
        pricing["fault"] = true.into();
        pricing["cause"] = json!({"exceptions": [{"id": "e000000000000001",
            "type": "TimeoutError", "message": "pricing took too long"}]});
    }
    vec![shop, inventory, pricing]
}

/// The shop sends an order to a queue.
pub(crate) fn order(trace: u32, begin: f64) -> Vec<Value> {
    vec![json!({
        "name": "shop", "id": id(trace, 1), "trace_id": trace_id(trace),
        "start_time": at(begin), "end_time": at(begin + 0.5), "origin": "AWS::ECS::Container",
        "aws": {"account_id": "123456789012"},
        "subsegments": [{"name": "SQS", "id": id(trace, 2), "start_time": at(begin + 0.1),
            "end_time": at(begin + 0.2), "namespace": "aws", "aws": {"operation": "SendMessage",
            "queue_url": "https://sqs.eu-west-1.amazonaws.com/123456789012/orders"}}],
    })]
}

/// The worker receives the message of an order in a trace of its own, and writes to a table.
pub(crate) fn fulfil(trace: u32, begin: f64, order: u32) -> Vec<Value> {
    vec![json!({
        "name": "worker", "id": id(trace, 1), "trace_id": trace_id(trace),
        "start_time": at(begin), "end_time": at(begin + 0.3),
        "links": [{"trace_id": trace_id(order), "id": id(order, 2)}],
        "subsegments": [{"name": "dynamodb", "id": id(trace, 2), "start_time": at(begin + 0.1),
            "end_time": at(begin + 0.2), "namespace": "aws", "error": true, "throttle": true,
            "aws": {"operation": "PutItem", "table_name": "shipments", "account_id": "123456789012"},
            "http": {"response": {"status": 429}}}],
    })]
}

/// A request that has not ended, with a call that has.
pub(crate) fn unfinished(trace: u32, begin: f64) -> Vec<Value> {
    vec![
        json!({"name": "shop", "id": id(trace, 1), "trace_id": trace_id(trace),
            "start_time": at(begin), "in_progress": true, "origin": "AWS::ECS::Container",
            "aws": {"account_id": "123456789012"}}),
        json!({"name": "auth", "id": id(trace, 2), "trace_id": trace_id(trace),
            "parent_id": id(trace, 1), "type": "subsegment", "namespace": "remote",
            "start_time": at(begin + 0.1), "end_time": at(begin + 0.2)}),
    ]
}

/// A subsegment whose segment never came.
pub(crate) fn orphan(trace: u32, begin: f64) -> Vec<Value> {
    vec![
        json!({"name": "lost", "id": id(trace, 2), "trace_id": trace_id(trace),
        "parent_id": id(trace, 1), "type": "subsegment", "namespace": "remote",
        "start_time": at(begin), "end_time": at(begin + 0.2)}),
    ]
}

/// Entities whose parents go round in circles.
pub(crate) fn circle(trace: u32, begin: f64) -> Vec<Value> {
    let entity = |number: u32, parent: u32, is_segment: bool| {
        let mut entity = json!({"name": format!("circle-{number}"), "id": id(trace, number),
            "trace_id": trace_id(trace), "parent_id": id(trace, parent),
            "start_time": at(begin + f64::from(number)), "end_time": at(begin + 9.0),
            "fault": true, "namespace": "remote"});
        if !is_segment {
            entity["type"] = "subsegment".into();
        }
        entity
    };
    vec![
        entity(1, 2, false),
        entity(2, 1, false),
        entity(3, 3, false),
        entity(4, 5, true),
        entity(5, 4, true),
        entity(6, 1, true),
    ]
}

/// One of each.
pub(crate) fn everything() -> Vec<Value> {
    [
        browse(1, 0.0, false),
        browse(2, 10.0, true),
        order(3, 20.0),
        fulfil(4, 25.0, 3),
        unfinished(5, 30.0),
        orphan(6, 40.0),
        circle(7, 50.0),
    ]
    .concat()
}

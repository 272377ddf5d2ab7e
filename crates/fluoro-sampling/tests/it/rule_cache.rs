//! Order, expiry and refresh of the centralized rules.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use fluoro_sampling::exchange::Target;
use fluoro_sampling::{
    Quota, RequestField, Rule, RuleCache, RuleDefinition, SamplingRequest, Statistics,
};
use proptest::prelude::*;

use crate::rules::{NOW, UNLUCKY, definition};

fn cache(definitions: Vec<RuleDefinition>) -> RuleCache {
    let cache = RuleCache::new();
    cache.load_definitions(definitions);
    cache.set_last_updated(Some(NOW));
    cache
}

fn names(cache: &RuleCache) -> Vec<String> {
    cache
        .rules()
        .iter()
        .map(|rule| rule.name().to_string())
        .collect()
}

#[test]
fn rules_are_tried_by_priority_then_name() {
    let rules = [("b", 2), ("Default", 10_000), ("c", 1), ("a", 2)];
    let cache = cache(
        rules
            .map(|(name, priority)| definition(name, priority))
            .into(),
    );
    assert_eq!(names(&cache), ["c", "a", "b", "Default"]);
}

#[test]
fn the_first_rule_that_matches_wins() {
    let narrow = RuleDefinition {
        path: Some("/pay/*".into()),
        ..definition("pay", 1)
    };
    let cache = cache(vec![definition("all", 2), narrow]);
    let matched = |path| {
        let request = SamplingRequest {
            path: Some(path),
            ..SamplingRequest::default()
        };
        cache
            .matched_rule(&request, NOW)
            .unwrap()
            .name()
            .to_string()
    };
    assert_eq!(matched("/PAY/now"), "pay");
    assert_eq!(matched("/"), "all");
}

#[test]
fn each_property_can_keep_a_rule_from_matching() {
    let no = || Some(Box::from("nothing"));
    let all = || definition("rule", 1);
    let request = SamplingRequest {
        host: Some("host"),
        method: Some("GET"),
        path: Some("/"),
        service: Some("service"),
        service_type: Some("AWS::EC2::Instance"),
    };
    let cases = [
        (
            RuleDefinition {
                host: no(),
                ..all()
            },
            RequestField::Host,
        ),
        (
            RuleDefinition {
                method: no(),
                ..all()
            },
            RequestField::Method,
        ),
        (
            RuleDefinition {
                path: no(),
                ..all()
            },
            RequestField::Path,
        ),
        (
            RuleDefinition {
                service: no(),
                ..all()
            },
            RequestField::Service,
        ),
        (
            RuleDefinition {
                service_type: no(),
                ..all()
            },
            RequestField::ServiceType,
        ),
        (
            RuleDefinition {
                service_type: None,
                ..all()
            },
            RequestField::ServiceType,
        ),
    ];
    for (definition, field) in cases {
        assert_eq!(definition.mismatch(&request), Some(field));
        assert_eq!(definition.mismatch(&SamplingRequest::default()), None);
        assert!(
            cache(vec![definition])
                .matched_rule(&request, NOW)
                .is_none()
        );
    }
}

#[test]
fn the_default_rule_matches_whatever_its_patterns_say() {
    let default = RuleDefinition {
        host: Some("nothing".into()),
        ..definition("Default", 10_000)
    };
    let cache = cache(vec![default]);
    let request = SamplingRequest {
        host: Some("host"),
        ..SamplingRequest::default()
    };
    assert!(cache.matched_rule(&request, NOW).is_some());
}

#[test]
fn rules_count_for_one_hour() {
    let cache = RuleCache::new();
    cache.load_definitions(vec![definition("rule", 1)]);
    let is_matched = |seconds| {
        cache
            .matched_rule(&SamplingRequest::default(), NOW.plus(seconds))
            .is_some()
    };
    assert!(!is_matched(0), "rules of unknown age do not count");
    cache.set_last_updated(Some(NOW));
    assert!(is_matched(3600));
    assert!(!is_matched(3601));
}

#[test]
fn a_refresh_keeps_counters_and_quota_and_evicts_what_is_gone() {
    let cache = cache(vec![definition("kept", 1), definition("gone", 2)]);
    let target = Target {
        rule_name: "kept".into(),
        rate: Some(0.5),
        quota: Quota {
            per_second: Some(7),
            expires: Some(NOW),
            report_interval: None,
        },
    };
    cache.load_targets(&[target]);
    cache.rules()[0].decide(NOW, UNLUCKY);
    cache.load_definitions(vec![definition("new", 1), definition("kept", 5)]);
    assert_eq!(names(&cache), ["new", "kept"]);
    let kept = &cache.rules()[1];
    assert_eq!(
        kept.statistics(),
        Statistics {
            request_count: 1,
            sampled_count: 1,
            borrow_count: 0
        }
    );
    assert_eq!(kept.reservoir().quota().per_second, Some(7));
    assert_eq!(kept.definition().priority, 5);
    assert_eq!(cache.rules()[0].statistics(), Statistics::default());
}

#[test]
fn loading_the_same_rule_again_keeps_it_usable() {
    let rule = Arc::new(Rule::new(definition("rule", 1)));
    let cache = RuleCache::new();
    cache.load_rules([rule.clone()]);
    rule.decide(NOW, UNLUCKY);
    cache.load_rules([rule.clone()]);
    assert!(Arc::ptr_eq(&cache.rules()[0], &rule));
    assert_eq!(rule.statistics().borrow_count, 1);
}

#[test]
fn a_fork_gives_up_counters_and_quotas_but_not_rules() {
    let cache = cache(vec![definition("rule", 1)]);
    let rule = cache.rules()[0].clone();
    rule.reservoir().load_quota(Quota {
        per_second: Some(7),
        ..Quota::default()
    });
    rule.decide(NOW, UNLUCKY);
    cache.reset_after_fork();
    assert_eq!(rule.statistics(), Statistics::default());
    assert_eq!(rule.reservoir().quota(), Quota::default());
    assert_eq!(names(&cache), ["rule"]);
}

#[test]
fn only_rules_with_requests_and_a_due_report_are_reported() {
    let cache = cache(vec![
        definition("busy", 1),
        definition("idle", 2),
        definition("slow", 3),
    ]);
    let rules = cache.rules();
    rules[2].reservoir().load_quota(Quota {
        report_interval: Some(20),
        ..Quota::default()
    });
    rules[0].decide(NOW, UNLUCKY);
    rules[2].decide(NOW, UNLUCKY);
    let due = || -> Vec<String> {
        cache
            .reportable_rules()
            .iter()
            .map(|rule| rule.name().to_string())
            .collect()
    };
    assert_eq!(due(), ["busy"]);
    assert_eq!(due(), ["busy", "slow"]);
}

#[test]
fn a_request_that_holds_a_rule_during_refreshes_decides_and_is_counted() {
    let cache = cache(vec![definition("rule", 1)]);
    let is_done = AtomicBool::new(false);
    let decided = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !is_done.load(Ordering::Relaxed) {
                    let rule = cache
                        .matched_rule(&SamplingRequest::default(), NOW)
                        .unwrap();
                    thread::yield_now(); // a refresh may come between
                    rule.decide(NOW, UNLUCKY);
                    decided.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for _ in 0..500 {
            cache.load_definitions(vec![definition("rule", 1)]);
            thread::yield_now();
        }
        is_done.store(true, Ordering::Relaxed);
    });
    let counted = cache.rules()[0].statistics();
    assert!(counted.request_count > 0);
    assert_eq!(counted.request_count, decided.into_inner());
    assert_eq!(
        counted.borrow_count, 1,
        "one second, one loan, whichever rule lent it"
    );
}

proptest! {
    #[test]
    fn counters_add_up_over_snapshots_failures_and_refreshes(steps in prop::collection::vec(0u8..5, 1..100)) {
        let cache = cache(vec![definition("rule", 1)]);
        let mut reported = Statistics::default();
        let mut decided = 0;
        for step in steps {
            let rule = cache.rules()[0].clone();
            match step {
                0 => reported += rule.take_statistics(),
                1 => rule.restore_statistics(rule.take_statistics()),
                2 => cache.load_definitions(vec![definition("rule", 1)]),
                _ => {
                    rule.decide(NOW.plus(decided), 0.0);
                    decided += 1;
                }
            }
        }
        reported += cache.rules()[0].statistics();
        prop_assert_eq!(reported.request_count, decided as u64);
        prop_assert_eq!(reported.borrow_count, decided as u64);
        prop_assert_eq!(reported.sampled_count, 0);
    }
}

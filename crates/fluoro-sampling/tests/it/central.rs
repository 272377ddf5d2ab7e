//! Decisions by centralized rules, and the way to local ones.

use std::sync::Arc;

use fluoro_sampling::{
    CentralSampler, Decision, Explanation, PassedOver, Quota, RequestField, Rule, RuleCache,
    RuleDefinition, SamplingRequest, Statistics,
};

use crate::rules::{NOW, UNLUCKY, definition};

fn sampled_by(name: &str) -> Decision {
    Decision::Sampled {
        rule: Some(name.into()),
    }
}

#[test]
fn a_rule_borrows_once_a_second_then_uses_its_rate() {
    let rule = Rule::new(RuleDefinition {
        rate: 0.5,
        ..definition("rule", 1)
    });
    assert_eq!(rule.decide(NOW, UNLUCKY), sampled_by("rule"));
    assert_eq!(rule.decide(NOW, 0.5), Decision::NotSampled);
    assert_eq!(rule.decide(NOW, 0.4), sampled_by("rule"));
    assert_eq!(
        rule.take_statistics(),
        Statistics {
            request_count: 3,
            borrow_count: 1,
            sampled_count: 1
        }
    );
    assert_eq!(rule.statistics(), Statistics::default());
}

#[test]
fn a_rule_takes_from_its_quota_then_uses_its_rate() {
    let rule = Rule::new(definition("rule", 1));
    rule.reservoir().load_quota(Quota {
        per_second: Some(2),
        expires: Some(NOW.plus(60)),
        report_interval: None,
    });
    rule.set_rate(0.25);
    let decided =
        [UNLUCKY, UNLUCKY, UNLUCKY, 0.2].map(|random| rule.decide(NOW, random).is_sampled());
    assert_eq!(decided, [true, true, false, true]);
    assert_eq!(
        rule.statistics(),
        Statistics {
            request_count: 4,
            borrow_count: 0,
            sampled_count: 3
        }
    );
}

#[test]
fn a_rule_without_a_reservoir_lends_nothing() {
    let rule = Rule::new(RuleDefinition {
        reservoir_size: 0,
        ..definition("rule", 1)
    });
    assert_eq!(
        rule.decide(NOW, 0.0),
        Decision::NotSampled,
        "a rate of 0 means never"
    );
    rule.set_rate(1.0);
    assert_eq!(rule.decide(NOW, UNLUCKY), sampled_by("rule"));
}

#[test]
fn local_rules_decide_before_rules_arrive_and_after_they_expire() {
    let cache = Arc::new(RuleCache::new());
    let sampler = CentralSampler::new(cache.clone(), Arc::default());
    let request = SamplingRequest::default();
    assert_eq!(
        sampler.decide(&request, NOW, UNLUCKY),
        Decision::Sampled { rule: None }
    );
    cache.load_definitions(vec![definition("rule", 1)]);
    cache.set_last_updated(Some(NOW));
    assert_eq!(sampler.decide(&request, NOW, UNLUCKY), sampled_by("rule"));
    let late = NOW.plus(3601);
    assert_eq!(
        sampler.decide(&request, late, UNLUCKY),
        Decision::Sampled { rule: None }
    );
}

#[test]
fn explains_who_decides_without_counting() {
    let cache = Arc::new(RuleCache::new());
    let sampler = CentralSampler::new(cache.clone(), Arc::default());
    let request = SamplingRequest {
        path: Some("/"),
        ..SamplingRequest::default()
    };
    let local = |reason, passed_over| Explanation::Local {
        rule: "default rule".to_owned(),
        rate: 0.05,
        reason,
        passed_over,
    };
    assert_eq!(
        sampler.explain(&request, NOW),
        local("no centralized rules were fetched yet", vec![])
    );
    let pay = RuleDefinition {
        path: Some("/pay".into()),
        ..definition("pay", 1)
    };
    cache.load_definitions(vec![pay.clone()]);
    assert_eq!(
        sampler.explain(&request, NOW),
        local("the centralized rules expired", vec![])
    );
    cache.set_last_updated(Some(NOW));
    let passed_over = vec![PassedOver {
        rule: "pay".into(),
        field: RequestField::Path,
    }];
    assert_eq!(
        sampler.explain(&request, NOW),
        local("no centralized rule applies", passed_over.clone())
    );
    cache.load_definitions(vec![pay, definition("Default", 10_000)]);
    assert_eq!(
        sampler.explain(&request, NOW),
        Explanation::Central {
            rule: "Default".into(),
            rate: 0.0,
            passed_over
        }
    );
    assert!(
        cache
            .rules()
            .iter()
            .all(|rule| rule.statistics() == Statistics::default())
    );
}

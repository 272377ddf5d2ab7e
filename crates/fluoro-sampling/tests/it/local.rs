//! Fixed targets and rates of local rules.

use fluoro_sampling::{
    Decision, LocalReservoir, LocalSampler, Manifest, ManifestError, SamplingRequest,
};
use proptest::prelude::*;

use crate::rules::{NOW, UNLUCKY};

fn sampler(fixed_target: u64, rate: f64) -> LocalSampler {
    let text = format!(
        r#"{{"version": 2, "default": {{"fixed_target": {fixed_target}, "rate": {rate}}}}}"#
    );
    LocalSampler::new(Manifest::parse(&text).unwrap())
}

#[test]
fn records_the_fixed_target_each_second_and_the_rate_of_the_rest() {
    let sampler = sampler(2, 0.25);
    let request = SamplingRequest::default();
    let decide = |second, random| {
        sampler
            .decide(&request, NOW.plus(second), random)
            .is_sampled()
    };
    assert!(decide(0, UNLUCKY));
    assert!(decide(0, UNLUCKY));
    assert!(!decide(0, UNLUCKY));
    assert!(decide(0, 0.249));
    assert!(!decide(0, 0.25));
    assert!(decide(1, UNLUCKY));
}

#[test]
fn without_rules_one_a_second_and_five_percent() {
    let sampler = LocalSampler::default();
    let request = SamplingRequest {
        path: Some("/"),
        ..SamplingRequest::default()
    };
    assert_eq!(
        sampler.decide(&request, NOW, UNLUCKY),
        Decision::Sampled { rule: None }
    );
    assert_eq!(sampler.decide(&request, NOW, 0.05), Decision::NotSampled);
    assert_eq!(
        sampler.decide(&request, NOW, 0.049),
        Decision::Sampled { rule: None }
    );
}

#[test]
fn work_that_is_no_request_takes_the_default_rule() {
    let manifest = Manifest::parse(
        r#"{"version": 2, "default": {"fixed_target": 0, "rate": 0}, "rules": [
            {"host": "*", "http_method": "*", "url_path": "*", "fixed_target": 0, "rate": 1}]}"#,
    );
    let sampler = LocalSampler::new(manifest.unwrap());
    assert!(
        sampler
            .decide(&SamplingRequest::default(), NOW, UNLUCKY)
            .is_sampled()
    );
    assert!(!sampler.decide_by_default(NOW, 0.0).is_sampled());
}

#[test]
fn new_rules_replace_those_in_force() {
    let sampler = sampler(0, 0.0);
    sampler.load(
        Manifest::parse(r#"{"version": 1, "default": {"fixed_target": 0, "rate": 1}}"#).unwrap(),
    );
    assert!(
        sampler
            .decide(&SamplingRequest::default(), NOW, UNLUCKY)
            .is_sampled()
    );
}

#[test]
fn text_that_is_not_json_is_refused_with_its_place() {
    let error = Manifest::parse("{\"version\": 2,\n \"default\" 1}").unwrap_err();
    assert!(matches!(&error, ManifestError::Syntax(_)));
    assert!(error.to_string().contains("line 2"), "{error}");
}

#[test]
fn a_long_value_is_cut_in_the_message() {
    let path = "é".repeat(500);
    let text = format!(
        r#"{{"version": 2, "default": {{"fixed_target": 1, "rate": 0, "url_path": "{path}"}}}}"#
    );
    let message = Manifest::parse(&text).unwrap_err().to_string();
    assert!(
        message.contains('…') && message.chars().count() < 200,
        "{message}"
    );
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = Manifest::parse(&text);
    }

    #[test]
    fn a_reservoir_gives_no_more_than_its_size_each_second(
        size in 0u64..20,
        seconds in prop::collection::vec(0i64..5, 0..200),
    ) {
        let reservoir = LocalReservoir::new(size);
        let mut seconds = seconds;
        seconds.sort_unstable();
        for second in 0..5 {
            let asked = seconds.iter().filter(|asked| **asked == second).count() as u64;
            let given = (0..asked).filter(|_| reservoir.take(NOW.plus(second))).count() as u64;
            prop_assert_eq!(given, asked.min(size));
        }
    }
}

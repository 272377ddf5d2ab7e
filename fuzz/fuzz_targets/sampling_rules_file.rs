//! Rules files of local sampling: reading never panics, and a sampler decides with what was read.
#![no_main]

use fluoro_sampling::{EpochSeconds, LocalSampler, Manifest, SamplingRequest};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(manifest) = Manifest::parse(text) {
        let sampler = LocalSampler::new(manifest);
        let request = SamplingRequest {
            host: Some("shop.example.com"),
            method: Some("GET"),
            path: Some("/orders/7"),
            ..SamplingRequest::default()
        };
        for second in 0..2 {
            sampler.decide(&request, EpochSeconds(1_700_000_000 + second), 0.5);
        }
    }
});

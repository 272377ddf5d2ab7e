//! Daemon addresses: reading never panics, and what is displayed means the same.
#![no_main]

use fluoro_wire::DaemonAddress;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match text.parse::<DaemonAddress>() {
        Ok(address) => {
            assert!(address.udp.port > 0 && !address.udp.host.is_empty());
            assert_eq!(address.to_string().parse(), Ok(address));
        }
        Err(error) => assert!(error.to_string().contains(&format!("{text:?}"))),
    }
});

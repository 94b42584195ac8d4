#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gongxiang_borders::scenario(data));

//! Checks a binary: nothing newer than WebAssembly 1.0 of 2017, and nothing exported but functions and memory.
//!
//! One binary serves browsers, Node and mini-programs, so it must suit the oldest phone. A phone would fail only when it loads
//! the binary; this check fails the build.

use anyhow::{Context as _, Result, bail};
use wasmparser::{ExternalKind, Parser, Payload, Validator, WasmFeatures};

/// Fails, with the reason, if the binary is not strict WebAssembly 1.0.
pub fn check(binary: &[u8]) -> Result<()> {
    // This set has no mutable Globals across the border, no sign extension, no bulk memory, no multiple values.
    Validator::new_with_features(WasmFeatures::MVP)
        .validate_all(binary)
        .context("the binary uses something newer than WebAssembly 1.0")?;
    for payload in Parser::new(0).parse_all(binary) {
        match payload.context("the binary cannot be read")? {
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export.context("an export cannot be read")?;
                    if !matches!(export.kind, ExternalKind::Func | ExternalKind::Memory) {
                        bail!(
                            "the binary exports `{}`, a {:?}; only functions and memory are safe everywhere",
                            export.name,
                            export.kind
                        );
                    }
                }
            }
            Payload::CustomSection(section) => {
                bail!("the binary still carries the custom section `{}`, which nobody reads", section.name());
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check;

    const HEADER: [u8; 8] = *b"\0asm\x01\0\0\0";

    fn module(sections: &[&[u8]]) -> Vec<u8> {
        [HEADER.as_slice()].into_iter().chain(sections.iter().copied()).collect::<Vec<_>>().concat()
    }

    #[test]
    fn an_exported_function_passes() {
        let function =
            module(&[b"\x01\x04\x01\x60\0\0", b"\x03\x02\x01\0", b"\x07\x05\x01\x01f\0\0", b"\x0a\x04\x01\x02\0\x0b"]);
        assert!(check(&function).is_ok());
    }

    #[test]
    fn an_exported_global_is_refused_by_name() {
        let global = module(&[b"\x06\x06\x01\x7f\0\x41\0\x0b", b"\x07\x05\x01\x01g\x03\0"]);
        let error = check(&global).map_err(|error| error.to_string());
        assert!(error.is_err_and(|text| text.contains("`g`")));
    }

    #[test]
    fn a_sign_extension_is_refused() {
        // (func (param i32) (result i32) local.get 0 i32.extend8_s)
        let newer =
            module(&[b"\x01\x06\x01\x60\x01\x7f\x01\x7f", b"\x03\x02\x01\0", b"\x0a\x07\x01\x05\0\x20\0\xc0\x0b"]);
        let error = check(&newer).map_err(|error| format!("{error:#}"));
        assert!(error.is_err_and(|text| text.contains("sign extension")));
    }

    #[test]
    fn a_left_over_section_is_refused() {
        assert!(check(&module(&[b"\0\x05\x04name"])).is_err());
    }
}

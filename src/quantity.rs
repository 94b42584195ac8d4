//! Money, prices, rates, share value, points, units and indices: exact decimals with named roundings.
//!
//! Carries out RULES.md section 1. Money, prices and rates are [`rust_decimal::Decimal`]s at the fixed scale of their
//! kind. Share value, points, units and indices can outgrow its 96 bits, so each is a whole number of its smallest part.
//! Every product and quotient is computed in 256 bits and rounded once, at the end, as the name of the function says.

mod conversion;
mod exact;
mod kinds;
mod price;
mod text;

pub use exact::OutOfRange;
pub(crate) use exact::{mul, narrow, wide};
pub use kinds::{Index, Money, Points, Price, Rate, ShareValue, Units};
pub(crate) use price::HeldPrice;
pub use text::DecimalError;
pub(crate) use text::fmt_places;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_is_read_strictly() {
        for good in ["0", "-0", "1", "-1.5", "0.05", "1.00000000", "1000000000000"] {
            assert!(Points::parse(good).is_ok(), "{good}");
        }
        for bad in
            ["", "-", "+1", "01", ".5", "5.", "1e3", "1_0", "NaN", "Infinity", " 1", "1 ", "1,0", "0x1", "--1", "１"]
        {
            assert_eq!(Points::parse(bad), Err(DecimalError::Grammar), "{bad}");
        }
        assert_eq!(Points::parse("1.000000000"), Err(DecimalError::Places { max: 8 }));
        assert_eq!(Money::parse("1.000"), Err(DecimalError::Places { max: 2 }));
        for large in ["1000000000000.00000001", "-1000000000001", "99999999999999999999999999999999999999999"] {
            assert_eq!(Points::parse(large), Err(DecimalError::TooLarge), "{large}");
        }
    }

    #[test]
    fn output_is_canonical() {
        for (given, canonical) in [
            ("12.50", "12.5"),
            ("-0", "0"),
            ("-0.00", "0"),
            ("100", "100"),
            ("0.00000001", "0.00000001"),
            ("-1.10", "-1.1"),
        ] {
            assert_eq!(Points::parse(given).map(|p| p.to_string()), Ok(canonical.into()));
        }
        assert_eq!(Money::parse("12.50").map(|m| m.to_string()), Ok("12.5".into()));
        assert_eq!(Money::default().to_string(), "0");
        assert_eq!(Index::from_raw(644_515_612_489_991_994).to_string(), "0.644515612489991994");
    }

    #[test]
    fn a_number_of_any_size_is_written_digit_by_digit() {
        for size in 0..38 {
            for raw in [10_i128.pow(size) - 1, 10_i128.pow(size), 10_i128.pow(size) + 1] {
                let digits = format!("{raw:09}");
                let (whole, part) = digits.split_at(digits.len() - 8);
                let expected = format!("{whole}.{part}");
                assert_eq!(Points::from_raw(raw).to_string(), expected.trim_end_matches('0').trim_end_matches('.'));
            }
        }
        assert_eq!(Index::from_raw(i128::MAX).to_string(), "170141183460469231731.687303715884105727");
        assert_eq!(Index::from_raw(i128::MIN).to_string(), "-170141183460469231731.687303715884105728");
    }

    #[test]
    fn the_deposit_of_500_yuan_is_500_250_or_100_points() -> Result<(), Box<dyn std::error::Error>> {
        for (price, points) in [("1", "500"), ("2", "250"), ("5", "100"), ("3", "166.66666667")] {
            assert_eq!(Money::parse("500")?.points_ceil(Price::parse(price)?)?, Points::parse(points)?);
        }
        Ok(())
    }
}

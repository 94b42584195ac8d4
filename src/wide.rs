//! Products and quotients in 256 bits, with a shorter way for those that fit 128 bits.
//!
//! Almost all fit. WebAssembly has no wide division, so the shorter way makes a forecast several times faster. Both ways are
//! exact.

use ethnum::U256;

const HALF: u64 = 1 << 32;

/// `a × b`; `None` beyond 256 bits.
#[inline(never)]
pub(crate) fn product(a: U256, b: U256) -> Option<U256> {
    let ((a_high, a_low), (b_high, b_low)) = (a.into_words(), b.into_words());
    if a_high | b_high == 0
        && let Some(product) = short_product(a_low, b_low)
    {
        return Some(U256::from_words(0, product));
    }
    a.checked_mul(b)
}

/// `n ÷ d` rounded down, and the rest; `None` for a divisor of 0.
#[inline(never)]
pub(crate) fn quotient(n: U256, d: U256) -> Option<(U256, U256)> {
    if let ((0, low), (0, short)) = (n.into_words(), d.into_words())
        && let Ok(short) = u64::try_from(short)
    {
        let (quotient, rest) = by_short(low, short)?;
        return Some((U256::from_words(0, quotient), U256::from_words(0, u128::from(rest))));
    }
    let quotient = n.checked_div(d)?;
    Some((quotient, n.wrapping_sub(quotient.wrapping_mul(d))))
}

/// `(a × b + c) ÷ by` of the exact value, rounded down, and the rest. `None` if an argument is negative, `by` is 0, or a
/// result does not fit.
#[inline(never)]
pub(crate) fn mul_add_div(a: i128, b: i128, c: i128, by: i128) -> Option<(i128, i128)> {
    let unsigned = |n| u128::try_from(n).ok();
    let (a, b, c, by) = (unsigned(a)?, unsigned(b)?, unsigned(c)?, unsigned(by)?);
    let (quotient, rest) = match (short_product(a, b).and_then(|ab| ab.checked_add(c)), u64::try_from(by)) {
        (Some(sum), Ok(by)) => {
            let (quotient, rest) = by_short(sum, by)?;
            (quotient, u128::from(rest))
        }
        _ => long(a, b, c, by)?,
    };
    Some((i128::try_from(quotient).ok()?, i128::try_from(rest).ok()?))
}

#[cold]
#[inline(never)]
fn long(a: u128, b: u128, c: u128, by: u128) -> Option<(u128, u128)> {
    let sum = U256::from(a).checked_mul(U256::from(b))?.checked_add(U256::from(c))?;
    let (quotient, rest) = quotient(sum, U256::from(by))?;
    Some((quotient.try_into().ok()?, rest.try_into().ok()?))
}

/// The product, if the leading zeros of the factors show that it fits; else `None`.
fn short_product(a: u128, b: u128) -> Option<u128> {
    (a.leading_zeros() + b.leading_zeros() >= u128::BITS).then(|| a.wrapping_mul(b))
}

/// 128 bits by 64, digit by digit of 32 bits: Knuth's algorithm D, as in Hacker's Delight (`divlu`).
fn by_short(n: u128, d: u64) -> Option<(u128, u64)> {
    let high = u64::try_from(n >> 64).ok()?;
    let low = u64::try_from(n & u128::from(u64::MAX)).ok()?;
    // Every rest is computed by a product, because WebAssembly would divide again for `%`. The products wrap: none can exceed the
    // number that was divided, and checking them would need 128 bits.
    let first = if high < d { 0 } else { high.checked_div(d)? };
    let rest = high - first.wrapping_mul(d);
    if rest == 0 {
        let second = low / d;
        return Some((u128::from(first) << 64 | u128::from(second), low - second.wrapping_mul(d)));
    }
    let shift = d.leading_zeros();
    let d = d << shift;
    let upper = rest << shift | low >> 1 >> (63 - shift);
    let lower = low << shift;
    let (one, rest) = digit(upper, lower >> 32, d);
    let (two, rest) = digit(rest, lower & (HALF - 1), d);
    Some((u128::from(first) << 64 | u128::from(one) << 32 | u128::from(two), rest >> shift))
}

/// One digit of the quotient of `upper` and the next 32 bits by a divisor whose highest bit is set, and the rest.
fn digit(upper: u64, next: u64, d: u64) -> (u64, u64) {
    let (d_high, d_low) = (d >> 32, d & (HALF - 1));
    let mut digit = upper / d_high;
    let mut rest = upper - digit.wrapping_mul(d_high);
    while digit >= HALF || digit.wrapping_mul(d_low) > (rest << 32 | next) {
        digit -= 1;
        rest += d_high;
        if rest >= HALF {
            break;
        }
    }
    (digit, (upper << 32).wrapping_add(next).wrapping_sub(digit.wrapping_mul(d)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_is_the_long_way() {
        let mut random = 1_u128;
        let mut next = || {
            random = random.wrapping_mul(0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645).wrapping_add(0x5851);
            (random ^ random >> 67) >> (random % 128)
        };
        for _ in 0..200_000 {
            let (n, d) = (next(), next());
            let (wide_n, wide_d) = (U256::from(n), U256::from(d));
            let expected = n.checked_div(d).map(|q| (U256::from(q), U256::from(n % d)));
            assert_eq!(quotient(wide_n, wide_d), expected, "{n} ÷ {d}");
            assert_eq!(product(wide_n, wide_d), wide_n.checked_mul(wide_d), "{n} × {d}");
        }
        for _ in 0..200_000 {
            let [a, b, c, by] =
                [next(), next(), next(), next()].map(|n| i128::try_from(n >> 1).expect("half as large"));
            let wide = |n: i128| U256::new(n.unsigned_abs());
            let exact = wide(a).checked_mul(wide(b)).expect("below 2^254") + wide(c);
            let whole = |n: U256| i128::try_from(n).ok();
            let quotient = exact.checked_div(wide(by));
            let expected = quotient.and_then(|quotient| Some((whole(quotient)?, whole(exact % wide(by))?)));
            assert_eq!(mul_add_div(a, b, c, by), expected, "({a} × {b} + {c}) ÷ {by}");
        }
        for [a, b, c, by] in [[-1, 1, 1, 1], [1, -1, 1, 1], [1, 1, -1, 1], [1, 1, 1, -1], [1, 1, 1, 0]] {
            assert_eq!(mul_add_div(a, b, c, by), None);
        }
        let edges = [0, 1, 2, HALF - 1, HALF, HALF + 1, u64::MAX - 1, u64::MAX, 1 << 63].map(u128::from);
        for n in edges.into_iter().flat_map(|a| edges.map(|b| a << 64 | b)) {
            for d in edges {
                let expected = n.checked_div(d).map(|q| (U256::from(q), U256::from(n % d)));
                assert_eq!(quotient(U256::from(n), U256::from(d)), expected, "{n} ÷ {d}");
            }
        }
    }
}

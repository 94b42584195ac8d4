//! Products and quotients in 256 bits, with a short way for those that fit 128.
//!
//! Almost all do, and WebAssembly has no wide division: the short way makes a forecast several times faster. Both ways are exact.

use ethnum::U256;

const HALF: u64 = 1 << 32;

/// `a × b`; nothing beyond 256 bits.
#[inline(never)]
pub(crate) fn product(a: U256, b: U256) -> Option<U256> {
    let ((a_high, a_low), (b_high, b_low)) = (a.into_words(), b.into_words());
    if a_high | b_high == 0 && a_low.leading_zeros() + b_low.leading_zeros() >= 128 {
        return Some(U256::from_words(0, a_low.wrapping_mul(b_low)));
    }
    a.checked_mul(b)
}

/// `n ÷ d` rounded down, and the rest; nothing for a divisor of 0.
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

/// 128 bits by 64, digit by digit of 32 bits: Knuth's algorithm D, as in Hacker's Delight (`divlu`).
fn by_short(n: u128, d: u64) -> Option<(u128, u64)> {
    let high = u64::try_from(n >> 64).ok()?;
    let low = u64::try_from(n & u128::from(u64::MAX)).ok()?;
    let first = high.checked_div(d)?;
    let rest = high % d;
    if rest == 0 {
        return Some((u128::from(first) << 64 | u128::from(low / d), low % d));
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
    let (mut digit, mut rest) = (upper / d_high, upper % d_high);
    while digit >= HALF || digit * d_low > (rest << 32 | next) {
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
        let edges = [0, 1, 2, HALF - 1, HALF, HALF + 1, u64::MAX - 1, u64::MAX, 1 << 63].map(u128::from);
        for n in edges.into_iter().flat_map(|a| edges.map(|b| a << 64 | b)) {
            for d in edges {
                let expected = n.checked_div(d).map(|q| (U256::from(q), U256::from(n % d)));
                assert_eq!(quotient(U256::from(n), U256::from(d)), expected, "{n} ÷ {d}");
            }
        }
    }
}

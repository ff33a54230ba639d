//! Numbers as a drawing or a caption has them, made of whole numbers: the standard library's way to write a floating-point
//! number brings 16 KB along.

/// A number with so many digits behind the point, rounded; `fixed(1.25, 1)` is `1.3`.
pub fn fixed(value: f64, digits: usize) -> String {
    let scale = 10_i64.pow(digits as u32);
    let whole = (value.abs() * scale as f64 + 0.5) as i64;
    let sign = if value < 0.0 && whole > 0 { "-" } else { "" };
    match digits {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{}.{:0digits$}", whole / scale, whole % scale),
    }
}

/// A length: at most two digits behind the point, none that say nothing.
pub fn px(value: f64) -> String {
    let text = fixed(value, 2);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded() {
        for (value, digits, text) in [
            (1.25, 1, "1.3"),
            (0.04, 1, "0.0"),
            (-0.04, 1, "0.0"),
            (-2.5, 0, "-3"),
            (199.96, 1, "200.0"),
            (7.005_1, 2, "7.01"),
        ] {
            assert_eq!(fixed(value, digits), text);
        }
    }

    #[test]
    fn lengths_are_short() {
        for (value, text) in [(100.0, "100"), (-7.0, "-7"), (3.5, "3.5"), (0.333, "0.33")] {
            assert_eq!(px(value), text);
        }
    }
}

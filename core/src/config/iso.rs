//! Durations as `java.time.Duration` reads and writes them: `P2DT3H4M`, `PT0.5S`. Days are 24 hours; nothing is negative.

use alloc::string::String;

/// Units of the date part and of the time part, with their milliseconds.
const UNITS: [(char, bool, i64); 4] = [
    ('D', false, 86_400_000),
    ('H', true, 3_600_000),
    ('M', true, 60_000),
    ('S', true, 1_000),
];

/// Milliseconds; `None` for anything else.
#[must_use]
pub fn parse(text: &str) -> Option<i64> {
    let mut rest = text.strip_prefix('P')?;
    let (mut total, mut from, mut in_time) = (0_i64, 0, false);
    while !rest.is_empty() {
        if let Some(time) = rest.strip_prefix('T').filter(|_| !in_time) {
            (rest, in_time) = (time, true);
            if rest.is_empty() {
                return None;
            }
        }
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let unit = rest[end..].chars().next()?;
        let at = UNITS[from..]
            .iter()
            .position(|u| (u.0, u.1) == (unit, in_time))?
            + from;
        total = total.checked_add(scaled(&rest[..end], UNITS[at].2, unit == 'S')?)?;
        from = at + 1;
        rest = &rest[end + 1..];
    }
    (from > 0).then_some(total)
}

/// `12` or, for seconds, `0.25`, times a unit.
fn scaled(number: &str, unit: i64, fraction: bool) -> Option<i64> {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if number.contains('.') && (!fraction || part.is_empty() || part.len() > 3) {
        return None;
    }
    let mut millis = whole.parse::<i64>().ok()?.checked_mul(unit)?;
    let mut weight = 100;
    for digit in part.bytes() {
        millis += i64::from(digit - b'0') * weight;
        weight /= 10;
    }
    Some(millis)
}

/// As Java writes it: hours, minutes and seconds, no days.
pub(super) fn format(millis: i64) -> String {
    let (hours, minutes) = (millis / 3_600_000, millis / 60_000 % 60);
    let (seconds, part) = (millis / 1_000 % 60, millis % 1_000);
    let mut text = String::from("PT");
    for (number, unit) in [(hours, 'H'), (minutes, 'M')] {
        if number > 0 {
            text += &alloc::format!("{number}{unit}");
        }
    }
    if part > 0 {
        let digits = alloc::format!("{part:03}");
        text += &alloc::format!("{seconds}.{}S", digits.trim_end_matches('0'));
    } else if seconds > 0 || millis == 0 {
        text += &alloc::format!("{seconds}S");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn java_durations_are_read() {
        let known = [
            ("PT0S", 0),
            ("PT5S", 5_000),
            ("PT0.25S", 250),
            ("PT1M", 60_000),
            ("PT1H30M", 5_400_000),
            ("P1D", 86_400_000),
            ("P2DT3H4M5.006S", 183_845_006),
        ];
        for (text, millis) in known {
            assert_eq!(parse(text), Some(millis), "{text}");
            assert_eq!(parse(&format(millis)), Some(millis), "{text}");
        }
        for bad in [
            "", "P", "PT", "P1", "1H", "PT1D", "P1H", "PT1M1H", "PT1.5M", "PT-1S", "P1DT",
            "PT1H1H", "PT.S",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}

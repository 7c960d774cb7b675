//! Times: RFC 3339 in UTC with milliseconds outwards, instants with nanoseconds over the years 0000
//! to 9999 for comparison. The calendar follows Howard Hinnant's `days_from_civil`.

/// A point in time: seconds since 1970-01-01T00:00:00Z and nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant {
    /// Seconds, negative before 1970.
    pub seconds: i64,
    /// 0 to 999,999,999.
    pub nanos: u32,
}

impl Instant {
    /// The instant `ms` milliseconds after 1970.
    #[must_use]
    pub fn from_ms(ms: u64) -> Self {
        let seconds = i64::try_from(ms / 1_000).unwrap_or(i64::MAX);
        let nanos = u32::try_from(ms % 1_000 * 1_000_000).unwrap_or(0);
        Self { seconds, nanos }
    }

    /// Reads an RFC 3339 date-time with any offset; `None` when it is not one or lies outside the
    /// years 0000 to 9999 in UTC. A leap second counts as the first instant of the next minute.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let b = text.as_bytes();
        let digits = |from: usize, n: usize| -> Option<i64> {
            b.get(from..from + n)?
                .iter()
                .try_fold(0_i64, |acc, c| c.is_ascii_digit().then(|| acc * 10 + i64::from(c - b'0')))
        };
        let sign = |at: usize, of: &[u8]| b.get(at).is_some_and(|c| of.contains(c));
        let (year, month, day) = (digits(0, 4)?, digits(5, 2)?, digits(8, 2)?);
        let (hour, minute, second) = (digits(11, 2)?, digits(14, 2)?, digits(17, 2)?);
        let shaped = sign(4, b"-") && sign(7, b"-") && sign(10, b"Tt ") && sign(13, b":") && sign(16, b":");
        let ranged = (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day)
            && hour < 24
            && minute < 60
            && second <= 60;
        if !shaped || !ranged {
            return None;
        }
        let (nanos, zone) = fraction(b, 19)?;
        let offset = match b.get(zone..)? {
            b"Z" | b"z" => 0,
            [s @ (b'+' | b'-'), _, _, b':', _, _] => {
                let (h, m) = (digits(zone + 1, 2)?, digits(zone + 4, 2)?);
                if h > 23 || m > 59 {
                    return None;
                }
                (h * 3_600 + m * 60) * if *s == b'-' { -1 } else { 1 }
            }
            _ => return None,
        };
        let seconds =
            days_from_civil(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset;
        (MIN_SECONDS..=MAX_SECONDS).contains(&seconds).then_some(Self { seconds, nanos })
    }

    /// The instant `units` after 1970, a second being ten to the power of `digits` units, at most 9.
    #[must_use]
    pub fn from_units(units: i64, digits: u8) -> Self {
        let second = 10_i64.pow(digits.min(9).into());
        let nanos = units.rem_euclid(second) * (1_000_000_000 / second);
        Self { seconds: units.div_euclid(second), nanos: u32::try_from(nanos).unwrap_or(0) }
    }

    /// The microseconds since 1970, if it is a whole number of them.
    #[must_use]
    pub fn to_micros(self) -> Option<i64> {
        let part = self.nanos.is_multiple_of(1_000).then_some(self.nanos / 1_000)?;
        self.seconds.checked_mul(1_000_000)?.checked_add(part.into())
    }

    /// The time in units, and the digits of a second that make one, when it is spelled in the plainest way: in UTC,
    /// `2026-01-31T00:00:00Z` with any number of digits up to 9. [`Instant::spelled`] gives the text back.
    #[must_use]
    pub fn parse_spelled(text: &str) -> Option<(i64, u8)> {
        let bytes = text.as_bytes();
        let digits = match bytes.len() {
            20 => 0,
            // A point with nothing after it is no time.
            len @ 22..=30 if bytes.get(19) == Some(&b'.') => len - 21,
            _ => return None,
        };
        // A leap second would come back as the next minute.
        let plain =
            bytes.get(10) == Some(&b'T') && bytes.last() == Some(&b'Z') && bytes.get(17) != Some(&b'6');
        let instant = if plain { Self::parse(text)? } else { return None };
        let digits = u8::try_from(digits).ok()?;
        let second = 10_i64.pow(digits.into());
        let part = i64::from(instant.nanos) / (1_000_000_000 / second);
        Some((instant.seconds.checked_mul(second)?.checked_add(part)?, digits))
    }

    /// Writes the instant in UTC with exactly so many digits of a second, at most 9.
    #[must_use]
    pub fn spelled(self, digits: u8) -> String {
        let text = self.digits();
        let end = if digits == 0 { 19 } else { 20 + usize::from(digits.min(9)) };
        let mut spelled = String::with_capacity(30);
        spelled.push_str(text.get(..end).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default());
        spelled.push('Z');
        spelled
    }

    /// Writes the instant in UTC with as many digits of a second as it needs, at least three.
    #[must_use]
    pub fn to_text(self) -> String {
        let mut text = self.digits();
        let zeros = text.get(23..29).unwrap_or_default().iter().rev().take_while(|b| **b == b'0').count();
        let end = 29 - zeros;
        if let Some(zone) = text.get_mut(end) {
            *zone = b'Z';
        }
        let text = text.get(..=end).unwrap_or_default();
        std::str::from_utf8(text).unwrap_or_default().to_owned()
    }

    fn digits(self) -> [u8; 30] {
        let days = self.seconds.div_euclid(86_400);
        let of_day = self.seconds.rem_euclid(86_400);
        let (year, month, day) = civil_from_days(days);
        let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
        let mut text = *b"0000-00-00T00:00:00.000000000Z";
        let parts =
            [(0, 4, year), (5, 2, month), (8, 2, day), (11, 2, hour), (14, 2, minute), (17, 2, second)];
        for (from, width, number) in parts {
            put_digits(text.get_mut(from..from + width), number);
        }
        put_digits(text.get_mut(20..29), i64::from(self.nanos));
        text
    }
}

/// Puts a number into its place, with leading zeros. Every record that is read has two times, and the
/// standard library's formatter took a seventh of a get.
fn put_digits(place: Option<&mut [u8]>, number: i64) {
    let mut rest = number.unsigned_abs();
    for byte in place.into_iter().flatten().rev() {
        *byte = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
    }
}

/// Writes milliseconds since 1970 as RFC 3339 in UTC, as in `2026-11-21T09:30:00.000Z`.
#[must_use]
pub fn text_from_ms(ms: u64) -> String {
    Instant::from_ms(ms).to_text()
}

/// Writes times of which many are the same, as those of rows that one commit wrote.
#[derive(Debug, Default)]
pub struct Times(Option<(u64, String)>);

impl Times {
    /// The same as [`text_from_ms`].
    pub fn text(&mut self, ms: u64) -> String {
        if let Some((last, text)) = &self.0
            && *last == ms
        {
            return text.clone();
        }
        let text = text_from_ms(ms);
        self.0 = Some((ms, text.clone()));
        text
    }
}

const MIN_SECONDS: i64 = -62_167_219_200; // 0000-01-01T00:00:00Z
const MAX_SECONDS: i64 = 253_402_300_799; // 9999-12-31T23:59:59Z

/// The nanoseconds of an optional fraction that starts at `at`, and where the zone starts. Digits
/// beyond the ninth are cut.
fn fraction(b: &[u8], at: usize) -> Option<(u32, usize)> {
    if b.get(at) != Some(&b'.') {
        return Some((0, at));
    }
    let digits = b.get(at + 1..)?.iter().take_while(|c| c.is_ascii_digit()).count();
    if digits == 0 {
        return None;
    }
    let padded = b.get(at + 1..at + 1 + digits)?.iter().copied().chain(std::iter::repeat(b'0')).take(9);
    let nanos = padded.fold(0_u32, |acc, c| acc * 10 + u32::from(c - b'0'));
    Some((nanos, at + 1 + digits))
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let of_era = y.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let years = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * years + years / 4 - years / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (years + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_round_trip_and_ignore_the_offset() {
        for text in ["1970-01-01T00:00:00.000Z", "0000-01-01T00:00:00.000Z", "2024-02-29T23:59:59.999Z"] {
            assert_eq!(Instant::parse(text).unwrap().to_text(), text);
        }
        assert_eq!(Instant::parse("2026-01-01T01:30:00+01:30"), Instant::parse("2026-01-01T00:00:00Z"));
        assert_eq!(Instant::parse("2016-12-31T23:59:60Z"), Instant::parse("2017-01-01T00:00:00Z"));
        assert_eq!(Instant::parse("2026-01-01T00:00:00.123456789Z").unwrap().nanos, 123_456_789);
        assert_eq!(Instant::from_ms(1_500).to_text(), "1970-01-01T00:00:01.500Z");
    }

    #[test]
    fn plainly_spelled_times_come_back_as_they_were() {
        for text in [
            "2026-01-31T23:59:59Z",
            "1969-12-31T23:59:59.5Z",
            "0000-01-01T00:00:00.000Z",
            "9999-12-31T23:59:59.999999Z",
            "1970-01-01T00:00:00.123456789Z",
        ] {
            let (units, digits) = Instant::parse_spelled(text).unwrap();
            let instant = Instant::from_units(units, digits);
            assert_eq!((instant.spelled(digits).as_str(), Some(instant)), (text, Instant::parse(text)));
        }
        for other in [
            "2026-01-31T23:59:59+00:00",
            "2026-01-31t23:59:59Z",
            "2016-12-31T23:59:60Z",
            "2026-01-31T23:59:59.Z",
            "2026-01-31 23:59:59Z",
            "9999-12-31T23:59:59.123456789Z",
        ] {
            assert_eq!(Instant::parse_spelled(other), None, "{other}");
        }
    }

    #[test]
    fn times_are_written_as_one_by_one() {
        let mut times = Times::default();
        for ms in [0, 0, 1_500, 1_500, 0] {
            assert_eq!(times.text(ms), text_from_ms(ms));
        }
    }

    #[test]
    fn what_is_not_an_instant_is_refused() {
        for text in [
            "",
            "2026-02-29T00:00:00Z",
            "2026-01-01",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00",
            "0000-01-01T00:00:00+01:00",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00+0100",
        ] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_day_of_the_range_round_trips() {
        for days in (-719_528..=2_932_896).step_by(17) {
            let (y, m, d) = civil_from_days(days);
            assert_eq!(days_from_civil(y, m, d), days);
        }
    }
}

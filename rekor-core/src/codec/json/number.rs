//! Numbers in JSON text: their grammar and whether they can be kept exactly. Never changes a spelling, save
//! that negative zero becomes zero.

use crate::ground::error::Code;

/// A number that was read: where it ends, and whether it is zero with a minus before it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) end: usize,
    pub(super) negative_zero: bool,
}

/// Why there is no number: the code, the byte at fault and what is wrong there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) code: Code,
    pub(super) at: usize,
    pub(super) message: &'static str,
    pub(super) hint: &'static str,
}

const INTEGER_HINT: &str =
    "integers go from -9223372036854775808 to 18446744073709551615; send a larger one as a string";

const DOUBLE_HINT: &str = "doubles go to about 1.8e308; send a larger one as a string";

/// Reads the number that starts at `start`, which is a digit or a minus.
pub(super) fn read(text: &str, start: usize) -> Result<Number, Fault> {
    let bytes = text.as_bytes();
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
    let negative = byte(start) == b'-';
    let whole = start + usize::from(negative);
    let whole_end = digits_end(bytes, whole);
    if whole_end == whole {
        return Err(syntax(whole, "a digit must follow the minus", "write a number such as -1"));
    }
    if byte(whole) == b'0' && whole_end > whole + 1 {
        return Err(syntax(
            whole,
            "a number must not start with 0",
            "leave the leading zeros out, or send a string",
        ));
    }
    let mut end = whole_end;
    if byte(end) == b'.' {
        let fraction = end + 1;
        end = digits_end(bytes, fraction);
        if end == fraction {
            return Err(syntax(end, "a digit must follow the decimal point", "write 1.0 or 1"));
        }
    }
    let mantissa_end = end;
    if matches!(byte(end), b'e' | b'E') {
        let exponent = end + 1 + usize::from(matches!(byte(end + 1), b'+' | b'-'));
        end = digits_end(bytes, exponent);
        if end == exponent {
            return Err(syntax(end, "a digit must follow the exponent", "write a number such as 1e5"));
        }
    }
    let spelled = text.get(start..end).unwrap_or_default();
    let kept = if end == whole_end {
        is_kept_integer(spelled, negative, whole_end - whole)
    } else if end - start < 300 && end == mantissa_end {
        true
    } else {
        spelled.parse::<f64>().is_ok_and(f64::is_finite)
    };
    if !kept {
        let (message, hint) = if end == whole_end {
            ("the integer does not fit in 64 bits", INTEGER_HINT)
        } else {
            ("the number is too large for a double", DOUBLE_HINT)
        };
        return Err(Fault { code: Code::NumberOutOfRange, at: start, message, hint });
    }
    let zero =
        || bytes.get(whole..mantissa_end).unwrap_or_default().iter().all(|byte| matches!(byte, b'0' | b'.'));
    Ok(Number { end, negative_zero: negative && zero() })
}

fn is_kept_integer(spelled: &str, negative: bool, digits: usize) -> bool {
    digits <= 18 || if negative { spelled.parse::<i64>().is_ok() } else { spelled.parse::<u64>().is_ok() }
}

fn digits_end(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

fn syntax(at: usize, message: &'static str, hint: &'static str) -> Fault {
    Fault { code: Code::InvalidJson, at, message, hint }
}

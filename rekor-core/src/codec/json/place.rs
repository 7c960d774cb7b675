//! Places in a JSON text: pointers (RFC 6901), lines and columns. Never decides whether a text is right.

/// Adds one segment to a JSON pointer, escaped.
pub fn pointer_push(pointer: &mut String, segment: &str) {
    pointer.push('/');
    for letter in segment.chars() {
        match letter {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}

/// The segments of a JSON pointer, unescaped.
pub fn pointer_segments(pointer: &str) -> impl Iterator<Item = String> + '_ {
    pointer.split('/').skip(1).map(|segment| segment.replace("~1", "/").replace("~0", "~"))
}

/// The line and the column, both from 1, of the byte at `at`; columns count characters.
pub(super) fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let head = text.get(..at).unwrap_or(text);
    let line = head.bytes().filter(|&byte| byte == b'\n').count() + 1;
    let last = head.rsplit('\n').next().unwrap_or_default();
    (line, last.chars().count() + 1)
}

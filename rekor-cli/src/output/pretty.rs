//! JSON with line breaks for a person. It moves white space only: numbers, strings and the order of keys
//! stay as they are.

/// Breaks JSON text into lines, two spaces a level.
pub(crate) fn pretty(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut depth = 0_usize;
    let mut chars = text.chars().filter(Outside::default().filter()).peekable();
    let mut in_string = Outside::default();
    while let Some(c) = chars.next() {
        if !in_string.step(c) {
            out.push(c);
            continue;
        }
        match c {
            '{' | '[' if chars.peek().is_some_and(|next| matches!(next, '}' | ']')) => {
                out.push(c);
                out.extend(chars.next());
            }
            '{' | '[' => {
                depth += 1;
                out.push(c);
                line(&mut out, depth);
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            _ => out.push(c),
        }
    }
    out
}

/// Puts JSON text on one line, as a program that reads line by line needs it.
pub(crate) fn compact(text: &str) -> String {
    text.chars().filter(Outside::default().filter()).collect()
}

fn line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

/// Knows which characters of a JSON text are in no string.
#[derive(Default)]
struct Outside {
    in_string: bool,
    escaped: bool,
}

impl Outside {
    /// Takes the next character and says whether it is structure: in no string, and no quote.
    fn step(&mut self, c: char) -> bool {
        if self.escaped {
            self.escaped = false;
            return false;
        }
        match c {
            '\\' if self.in_string => self.escaped = true,
            '"' => self.in_string = !self.in_string,
            _ => return !self.in_string,
        }
        false
    }

    /// A filter that leaves insignificant white space out.
    fn filter(mut self) -> impl FnMut(&char) -> bool {
        move |c| !(self.step(*c) && c.is_ascii_whitespace())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_strings_and_the_order_of_keys_stay() {
        let text = r#"{"b":1.50,"a":[1e2,-0.0,18446744073709551615],"s":"x: {\"y\", [\\","e":{},"l":[]}"#;
        let expected = r#"{
  "b": 1.50,
  "a": [
    1e2,
    -0.0,
    18446744073709551615
  ],
  "s": "x: {\"y\", [\\",
  "e": {},
  "l": []
}"#;
        assert_eq!(pretty(text), expected);
        assert_eq!(pretty(expected), expected, "what is pretty stays so");
    }

    #[test]
    fn white_space_inside_strings_is_kept() {
        assert_eq!(pretty("[ \"a  b\" , 1 ]"), "[\n  \"a  b\",\n  1\n]");
        assert_eq!(pretty("{ }"), "{}");
        assert_eq!(pretty("null"), "null");
        assert_eq!(compact("{\n  \"a b\": [1.50, \"\\\" \"]\r\n}"), "{\"a b\":[1.50,\"\\\" \"]}");
    }
}

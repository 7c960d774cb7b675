//! Sorting: which fields, which way, and the bytes whose order is the order asked for. Never looks at where rows
//! come from.
//!
//! Null comes first ascending and last descending. Strings, and the stored text of arrays and objects, compare
//! on their first 1,024 bytes. Ties go by id, ascending whatever the direction.

use crate::codec::id::{Id, shorten};
use crate::codec::json::Tree;
use crate::codec::keys::{put_id, take_id};
use crate::codec::scalar::Scalar;
use crate::codec::scalar_key::{put_sort, skip, take};
use crate::ground::error::{Code, Error, Result};
use crate::ground::limits::SORT_FIELDS;
use crate::query::tuple::{Names, Tuple};
use crate::schema::nearest;

/// An order of tuples; without parts, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Order {
    /// The first decides, then the second.
    pub parts: Vec<Part>,
}

/// One field of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Which value.
    pub slot: usize,
    /// Whether the greatest comes first.
    pub descending: bool,
}

impl Order {
    /// Reads a sort: `{"field","direction"}` or a list of these; `order` is the same as `direction`.
    pub fn parse(text: Option<&str>, names: &mut dyn Names) -> Result<Self> {
        const ROOT: &str = "/sort";
        let Some(text) = text else { return Ok(Self::default()) };
        let tree = Tree::parse(text).map_err(|e| e.under(ROOT))?;
        let parts = match &tree {
            Tree::Array(list) => {
                SORT_FIELDS.check(list.len()).map_err(|e| e.at(ROOT))?;
                let parts = list.iter().enumerate();
                parts
                    .map(|(n, part)| Part::parse(part, &format!("{ROOT}/{n}"), names))
                    .collect::<Result<_>>()?
            }
            one => vec![Part::parse(one, ROOT, names)?],
        };
        Ok(Self { parts })
    }

    /// Appends the bytes that order a tuple, its id last.
    pub fn put_key(&self, tuple: &impl Tuple, id: &Id, key: &mut Vec<u8>) -> Result<()> {
        for part in &self.parts {
            let start = key.len();
            put_sort(key, &tuple.value(part.slot)?);
            if part.descending {
                key.iter_mut().skip(start).for_each(|byte| *byte = !*byte);
            }
        }
        put_id(key, id);
        Ok(())
    }

    /// Reads the bytes of [`Order::put_key`] back: the values, as far as the order sees them, and the id.
    pub fn take_key(&self, key: &[u8]) -> Result<(Vec<Scalar<'static>>, Id)> {
        let mut values = Vec::with_capacity(self.parts.len());
        let mut rest = key.to_vec();
        for part in &self.parts {
            // A part ends by itself, so what is turned over after it does no harm and is turned back.
            if part.descending {
                rest.iter_mut().for_each(|byte| *byte = !*byte);
            }
            let len = skip(&rest)?.len;
            values.push(take(&rest)?.0);
            rest.drain(..len);
            if part.descending {
                rest.iter_mut().for_each(|byte| *byte = !*byte);
            }
        }
        Ok((values, take_id(&rest)?.0))
    }
}

impl Part {
    fn parse(tree: &Tree, at: &str, names: &mut dyn Names) -> Result<Self> {
        const EXAMPLE: &str = r#"write {"field": "data.amount", "direction": "desc"}"#;
        let Tree::Object(members) = tree else {
            return Err(invalid(format!("a sort is an object, got {}", tree.kind_name()), at).hint(EXAMPLE));
        };
        let (mut field, mut direction) = (None, None);
        for (key, value) in members {
            let place = format!("{at}/{key}");
            let Tree::String(text) = value else {
                return Err(
                    invalid(format!("`{}` of a sort is a string", shorten(key)), &place).hint(EXAMPLE)
                );
            };
            match key.as_str() {
                "field" => field = Some(text),
                "direction" | "order" => {
                    let descending = match text.as_str() {
                        "asc" => false,
                        "desc" => true,
                        other => {
                            let message = format!("there is no direction `{}`", shorten(other));
                            return Err(invalid(message, &place).hint("use `asc` or `desc`"));
                        }
                    };
                    if direction.is_some_and(|have| have != descending) {
                        return Err(invalid("`direction` and `order` differ", at).hint("give one of them"));
                    }
                    direction = Some(descending);
                }
                other => {
                    let error = invalid(format!("a sort has no key `{}`", shorten(other)), at);
                    return Err(match nearest(other, ["field", "direction", "order"]) {
                        Some(meant) => error.hint(format!("use `{meant}`")),
                        None => error.hint(EXAMPLE),
                    });
                }
            }
        }
        let field = field.ok_or_else(|| invalid("`field` is missing", at).hint(EXAMPLE))?;
        let slot = names.slot(field, &format!("{at}/field"))?.slot;
        Ok(Self { slot, descending: direction.unwrap_or(false) })
    }
}

fn invalid(message: impl Into<String>, at: &str) -> Error {
    Error::new(Code::InvalidRequest, message).at(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::tuple::Slots;
    use crate::schema::Shape;

    fn parse(text: &str) -> Result<Order> {
        let shape = Shape::of("{}", &|_| None).unwrap();
        Order::parse(Some(text), &mut Slots::new(&shape))
    }

    #[test]
    fn sorts_are_objects_or_lists() {
        let one = parse(r#"{"field":"data.amount","order":"desc"}"#).unwrap();
        assert_eq!(one.parts, [Part { slot: 0, descending: true }]);
        let two = parse(r#"[{"field":"data.a"},{"field":"id","direction":"desc","order":"desc"}]"#).unwrap();
        assert_eq!(two.parts, [Part { slot: 0, descending: false }, Part { slot: 1, descending: true }]);
        for (bad, at) in [
            (r#"{"field":"data.a","order":"desc","direction":"asc"}"#, "/sort"),
            (r#"[{"field":"data.a","order":"down"}]"#, "/sort/0/order"),
            (r#"[{"field":"data.a","dir":"asc"}]"#, "/sort/0"),
            (r#"[{"order":"asc"}]"#, "/sort/0"),
            (r#""data.a""#, "/sort"),
        ] {
            let error = parse(bad).unwrap_err();
            assert_eq!((error.code(), error.pointer()), (Code::InvalidRequest, Some(at)), "{bad}");
        }
        let nine = format!("[{}]", [r#"{"field":"data.a"}"#; 9].join(","));
        assert_eq!(parse(&nine).unwrap_err().code(), Code::LimitExceeded);
    }
}

//! The records that all sides of the columns bench store: orders of ten fields and about 235 bytes, made from
//! their number alone and written to a file line by line, so that ten million of them need no memory.

use std::io::{BufWriter, Write};
use std::path::Path;

use crate::data::{Doc, spread};
use crate::side::Result;

pub const COLLECTION: &str = "orders";
/// Every field, in the order that rows are compared in. `tracking` is the one that no schema declares.
pub const FIELDS: [&str; 10] =
    ["number", "customer", "status", "currency", "amount", "quantity", "placed", "paid", "note", "tracking"];
/// Customers, at every size: a million records have about fifty of each.
pub const CUSTOMERS: u64 = 20_000;

const STATUSES: [&str; 5] = ["draft", "placed", "packed", "shipped", "returned"];
const CURRENCIES: [&str; 4] = ["EUR", "USD", "JPY", "SEK"];
const WORDS: [&str; 64] = [
    "amber", "anchor", "apple", "arrow", "bamboo", "barrel", "basket", "beacon", "bottle", "bridge",
    "bronze", "button", "cable", "candle", "canvas", "cedar", "chain", "circle", "clover", "copper",
    "cotton", "crystal", "desert", "engine", "fabric", "feather", "filter", "forest", "garden", "ginger",
    "granite", "hammer", "harbor", "helmet", "honey", "indigo", "island", "jacket", "kettle", "ladder",
    "lantern", "leather", "linen", "magnet", "marble", "meadow", "mirror", "needle", "nickel", "orange",
    "paddle", "pepper", "pillow", "pocket", "ribbon", "saddle", "silver", "spring", "timber", "tunnel",
    "velvet", "walnut", "window", "winter",
];
/// Months of 28 days, so that a date needs no calendar.
const DAYS_OF_MONTH: u64 = 28;
const DAY_SECONDS: u64 = 86_400;
const YEAR_SECONDS: u64 = 12 * DAYS_OF_MONTH * DAY_SECONDS;

/// The schema. Nothing is indexed, as the bench asks what columns do without; `indexed` declares the two
/// indexes that SQLite's file of the size comparison has as well.
pub fn schema(indexed: bool) -> String {
    let index = if indexed { r#", "x-index": true"# } else { "" };
    format!(
        r#"{{
  "type": "object",
  "properties": {{
    "number": {{"type": "string", "maxLength": 40}},
    "customer": {{"type": "string"{index}}},
    "status": {{"enum": ["draft", "placed", "packed", "shipped", "returned"]}},
    "currency": {{"type": "string", "maxLength": 3}},
    "amount": {{"type": "number", "minimum": 0{index}}},
    "quantity": {{"type": "integer", "minimum": 1}},
    "placed": {{"type": "string", "format": "date-time"}},
    "paid": {{"type": "boolean"}},
    "note": {{"type": "string"}}
  }},
  "required": ["number", "customer", "status", "amount"]
}}"#
    )
}

pub fn customer(n: u64) -> String {
    format!("cust-{:05}", n % CUSTOMERS)
}

pub fn tracking(n: u64) -> String {
    format!("{:016x}", spread(n ^ 0x7261_636b))
}

fn pick<'a>(words: &[&'a str], n: u64) -> &'a str {
    words[usize::try_from(n % words.len() as u64).unwrap_or(0)]
}

/// Orders arrive in time, some days late: so a range of time is a part of the records and not a stripe.
fn placed(n: u64, records: u64) -> String {
    let late = spread(n ^ 0x0dd5) % (3 * DAY_SECONDS);
    let second = (n % records * YEAR_SECONDS / records + late).min(YEAR_SECONDS - 1);
    let day = second / DAY_SECONDS;
    format!(
        "2025-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        day / DAYS_OF_MONTH + 1,
        day % DAYS_OF_MONTH + 1,
        second / 3_600 % 24,
        second / 60 % 60,
        second % 60
    )
}

/// Five words: of a million notes nearly all are distinct.
fn note(random: u64) -> String {
    let words: Vec<&str> = (0..5).map(|at| pick(&WORDS, random >> (10 * at))).collect();
    let text = words.join(" ");
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// Order `n` of a set of `records`, in one of its revisions: a revision keeps the customer and the time.
pub fn order(n: u64, revision: u64, records: u64) -> Doc {
    let random = spread(n ^ revision.wrapping_mul(0x5bd1_e995));
    let cents = spread(random) % 1_000_000;
    let number = format!("ord-{n:010}");
    let json = format!(
        r#"{{"number":"{number}","customer":"{}","status":"{}","currency":"{}","amount":{}.{:02},"quantity":{},"placed":"{}","paid":{},"note":"{}","tracking":"{}"}}"#,
        customer(spread(n ^ 0x11)),
        pick(&STATUSES, random >> 8),
        pick(&CURRENCIES, spread(n) >> 16),
        cents / 100,
        cents % 100,
        (random >> 24) % 100 + 1,
        placed(n, records),
        random >> 32 & 3 != 0,
        note(spread(random ^ 0x2b)),
        tracking(n),
    );
    Doc { external_id: number, json }
}

/// Which of a set is changed: one in a hundred first, then up to one in ten, spread over all of it.
#[derive(Clone, Copy)]
pub enum Share {
    OneInHundred,
    UpToOneInTen,
}

impl Share {
    const fn has(self, n: u64) -> bool {
        let of_hundred = n % 100;
        match self {
            Self::OneInHundred => of_hundred == 0,
            Self::UpToOneInTen => of_hundred > 0 && of_hundred < 10,
        }
    }
}

/// Writes the lines of a whole set.
pub fn write(path: &Path, records: u64) -> Result<()> {
    write_lines(path, (0..records).map(|n| order(n, 0, records)))
}

/// Writes the lines that change a share of a set, and answers how many.
pub fn write_changes(path: &Path, records: u64, share: Share) -> Result<u64> {
    let chosen = || (0..records).filter(|n| share.has(spread(n ^ 0x00c4_a6e5)));
    write_lines(path, chosen().map(|n| order(n, 1, records)))?;
    Ok(chosen().count() as u64)
}

fn write_lines(path: &Path, orders: impl Iterator<Item = Doc>) -> Result<()> {
    let mut file = BufWriter::new(std::fs::File::create(path)?);
    for order in orders {
        file.write_all(order.json.as_bytes())?;
        file.write_all(b"\n")?;
    }
    Ok(file.flush()?)
}

//! The documents that both sides store: invoices of nine fields and about 250 bytes, made from their
//! number alone, so that both sides and every run see the same.

/// The schema as rekor is given it. SQLite indexes the same two fields.
pub const SCHEMA: &str = r#"{
  "type": "object",
  "properties": {
    "number": {"type": "string", "maxLength": 40},
    "customer": {"type": "string", "x-index": true},
    "amount": {"type": "number", "minimum": 0, "x-index": true},
    "status": {"enum": ["draft", "issued", "paid", "void"]},
    "region": {"type": "string"},
    "issued": {"type": "string", "format": "date-time"},
    "tags": {"type": "array", "items": {"type": "string"}},
    "contact": {
      "type": "object",
      "properties": {"name": {"type": "string"}, "email": {"type": "string"}},
      "required": ["name"]
    },
    "revision": {"type": "integer", "minimum": 0}
  },
  "required": ["number", "customer", "amount", "status"]
}"#;

pub const COLLECTION: &str = "invoices";
pub const WORKSPACE: &str = "bench";
pub const SOURCE: &str = "billing";
pub const LINK: &str = "part_of";
/// Records that share one customer, and so the rows of an equality.
pub const ROWS_PER_CUSTOMER: u64 = 50;
/// Records that link to one record.
pub const FAN: u64 = 10;

/// A document and its external id.
#[derive(Clone)]
pub struct Doc {
    pub external_id: String,
    pub json: String,
}

/// A well-spread number made from another one.
pub fn spread(n: u64) -> u64 {
    let mut z = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

pub fn external_id(n: u64) -> String {
    format!("inv-{n:010}")
}

pub fn customer(n: u64, records: u64) -> String {
    let customers = (records / ROWS_PER_CUSTOMER).max(1);
    format!("customer-{:06}", spread(n ^ 0x11) % customers)
}

fn pick<'a>(words: &[&'a str], n: u64) -> &'a str {
    words[usize::try_from(n % words.len() as u64).unwrap_or(0)]
}

/// Document `n` of a set of `records`, in one of its revisions.
pub fn doc(n: u64, revision: u64, records: u64) -> Doc {
    let random = spread(n);
    let cents = spread(n ^ revision.wrapping_mul(0x5bd1_e995)) % 10_000_000;
    let first = pick(&["Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Radia", "Tony"], random >> 8);
    let last = pick(&["Okafor", "Lindqvist", "Tanaka", "Moreau", "Silva", "Novak", "Haddad"], random >> 16);
    let json = format!(
        r#"{{"number":"{}","customer":"{}","amount":{}.{:02},"status":"{}","region":"{}","issued":"2025-{:02}-{:02}T{:02}:{:02}:00Z","tags":["{}","{}"],"contact":{{"name":"{first} {last}","email":"{first}.{last}@example.com"}},"revision":{revision}}}"#,
        external_id(n),
        customer(n, records),
        cents / 100,
        cents % 100,
        pick(&["draft", "issued", "paid", "void"], random),
        pick(&["eu-west", "eu-north", "us-east", "us-west", "ap-south"], random >> 24),
        random % 12 + 1,
        (random >> 4) % 28 + 1,
        (random >> 12) % 24,
        (random >> 20) % 60,
        pick(&["net30", "net60", "prepaid"], random >> 28),
        pick(&["export", "domestic", "internal", "recurring"], random >> 32),
    );
    Doc { external_id: external_id(n), json }
}

/// What the `k`th upsert of a bench writes: half of them new records, half changes of stored ones.
pub fn upsert(k: u64, records: u64) -> Doc {
    if k.is_multiple_of(2) { doc(records + k, 0, records) } else { doc(spread(k) % records, k, records) }
}

/// Lines `from..to` as an import reads them.
pub fn lines(from: u64, to: u64, records: u64) -> String {
    let mut text = String::new();
    for n in from..to {
        text.push_str(&doc(n, 0, records).json);
        text.push('\n');
    }
    text
}

/// The links of records `from..to`: each leads to the record that stands for its group of ten, so that
/// every tenth record has ten links to it, and those of every hundredth have ten each again.
pub fn links(from: u64, to: u64) -> Vec<(String, String)> {
    (from.max(1)..to).map(|n| (external_id(n), external_id(n / FAN))).collect()
}

// The documents that all sides store: invoices of nine fields and about 250 bytes, made from their number alone, as in
// benches/compare/src/data.rs.

export const COLLECTION = "invoices";
export const WORKSPACE = "bench";
export const SOURCE = "billing";

export const SCHEMA = {
  type: "object",
  properties: {
    number: { type: "string", maxLength: 40 },
    customer: { type: "string", "x-index": true },
    amount: { type: "number", minimum: 0, "x-index": true },
    status: { enum: ["draft", "issued", "paid", "void"] },
    region: { type: "string" },
    issued: { type: "string", format: "date-time" },
    tags: { type: "array", items: { type: "string" } },
    contact: {
      type: "object",
      properties: { name: { type: "string" }, email: { type: "string" } },
      required: ["name"],
    },
    revision: { type: "integer", minimum: 0 },
  },
  required: ["number", "customer", "amount", "status"],
};

const MASK = (1n << 64n) - 1n;

/** A well-spread number made from another one. */
export function spread(n) {
  let z = (BigInt(n) + 0x9e3779b97f4a7c15n) & MASK;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return z ^ (z >> 31n);
}

export const externalId = (n) => `inv-${String(n).padStart(10, "0")}`;

const FIRST = ["Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Radia", "Tony"];
const LAST = ["Okafor", "Lindqvist", "Tanaka", "Moreau", "Silva", "Novak", "Haddad"];
const STATUS = ["draft", "issued", "paid", "void"];
const REGION = ["eu-west", "eu-north", "us-east", "us-west", "ap-south"];
const TERMS = ["net30", "net60", "prepaid"];
const USE = ["export", "domestic", "internal", "recurring"];
const ROWS_PER_CUSTOMER = 50;

const two = (n) => String(n).padStart(2, "0");

/** Document `n` of a set of `records`, in one of its revisions. */
export function doc(n, revision, records) {
  const random = spread(n);
  const pick = (words, shift) => words[Number((random >> BigInt(shift)) % BigInt(words.length))];
  const part = (shift, below) => Number((random >> BigInt(shift)) % BigInt(below));
  const cents = spread(BigInt(n) ^ ((BigInt(revision) * 0x5bd1e995n) & MASK)) % 10_000_000n;
  const customers = Math.max(1, Math.floor(records / ROWS_PER_CUSTOMER));
  const first = pick(FIRST, 8);
  const last = pick(LAST, 16);
  return {
    number: externalId(n),
    customer: `customer-${String(spread(BigInt(n) ^ 0x11n) % BigInt(customers)).padStart(6, "0")}`,
    amount: Number(cents) / 100,
    status: pick(STATUS, 0),
    region: pick(REGION, 24),
    issued: `2025-${two(part(0, 12) + 1)}-${two(part(4, 28) + 1)}T${two(part(12, 24))}:${two(part(20, 60))}:00Z`,
    tags: [pick(TERMS, 28), pick(USE, 32)],
    contact: { name: `${first} ${last}`, email: `${first}.${last}@example.com` },
    revision,
  };
}

"""The documents that every side stores: the invoices of benches/compare, made from their number alone."""

MASK = (1 << 64) - 1
SCHEMA = {
    "type": "object",
    "properties": {
        "number": {"type": "string", "maxLength": 40},
        "customer": {"type": "string", "x-index": True},
        "amount": {"type": "number", "minimum": 0, "x-index": True},
        "status": {"enum": ["draft", "issued", "paid", "void"]},
        "region": {"type": "string"},
        "issued": {"type": "string", "format": "date-time"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "contact": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "email": {"type": "string"}},
            "required": ["name"],
        },
        "revision": {"type": "integer", "minimum": 0},
    },
    "required": ["number", "customer", "amount", "status"],
}
FIRST = ["Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Radia", "Tony"]
LAST = ["Okafor", "Lindqvist", "Tanaka", "Moreau", "Silva", "Novak", "Haddad"]


def spread(n: int) -> int:
    """A well-spread number made from another one."""
    z = (n + 0x9E37_79B9_7F4A_7C15) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB) & MASK
    return z ^ (z >> 31)


def external_id(n: int) -> str:
    """The key of document `n`."""
    return f"inv-{n:010}"


def document(n: int, revision: int, records: int) -> dict:
    """Document `n` of a set of `records`, in one of its revisions."""
    random = spread(n)
    cents = spread(n ^ (revision * 0x5BD1_E995)) % 10_000_000
    customers = max(records // 50, 1)
    first, last = FIRST[(random >> 8) % 8], LAST[(random >> 16) % 7]
    return {
        "number": external_id(n),
        "customer": f"customer-{spread(n ^ 0x11) % customers:06}",
        "amount": cents / 100,
        "status": ["draft", "issued", "paid", "void"][random % 4],
        "region": ["eu-west", "eu-north", "us-east", "us-west", "ap-south"][(random >> 24) % 5],
        "issued": f"2025-{random % 12 + 1:02}-{(random >> 4) % 28 + 1:02}T{(random >> 12) % 24:02}:{(random >> 20) % 60:02}:00Z",
        "tags": [["net30", "net60", "prepaid"][(random >> 28) % 3], ["web", "phone", "mail"][(random >> 36) % 3]],
        "contact": {"name": f"{first} {last}", "email": f"{first}.{last}@example.com"},
        "revision": revision,
    }

# Short names for what the scripts do. Nothing here that cannot be run without `just`.

# List the recipes
default:
    @just --list

# Import a year of flights and ask questions; `just demo --full` takes all of it
demo *args:
    ./demo.sh {{args}}

# Everything that a change must pass; `just test query` runs the tests with that name
test *args:
    ./test.sh {{args}}

# The house rules alone
tidy:
    cargo test -p rekor-tests --test all tidy

# Format everything
fmt:
    cargo fmt --all

# Lint everything
lint:
    cargo clippy --workspace --all-targets --all-features -- -D warnings

# Write the documents that are made from tables
docs:
    cargo run -p rekor-tests --bin gen-docs

# The micro benches; the comparison with other stores is in benches/compare
bench *args:
    cargo run --release -p rekor-benches -- {{args}}

# Fuzz each target for some seconds, or only those that are named; works on the stable toolchain
fuzz seconds="60" *targets:
    ./fuzz.sh {{seconds}} {{targets}}

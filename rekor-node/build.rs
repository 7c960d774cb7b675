//! Tells the linker of each system how an addon of Node is linked.

fn main() {
    napi_build::setup();
}

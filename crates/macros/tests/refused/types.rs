use accolade::{CodeContext, Unlocked, badge};

#[badge(events("a"))]
fn returns_a_bool(_: &CodeContext<'_>) -> bool {
    true
}

#[badge(events("a"))]
fn takes_a_number(_: u32) -> Option<Unlocked> {
    None
}

#[badge(events("a"))]
struct WithoutUnlock;

fn main() {}

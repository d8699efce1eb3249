use accolade::{CodeContext, EarnedTier, badge};

#[badge(events("a"))]
async fn waits(_: &CodeContext<'_>) -> Option<EarnedTier> {
    None
}

#[badge(events("a"))]
fn takes_nothing() -> Option<EarnedTier> {
    None
}

#[badge(events("a"))]
fn takes_two(_: &CodeContext<'_>, _: u32) -> Option<EarnedTier> {
    None
}

#[badge(events("a"))]
fn returns_nothing(_: &CodeContext<'_>) {}

#[badge(events("a"))]
fn generic<T>(_: &CodeContext<'_>) -> Option<EarnedTier> {
    None
}

#[badge(events("a"))]
struct WithFields {
    _field: u32,
}

#[badge(events("a"))]
enum NoFunction {}

#[badge(event("a"))]
fn wrong_twice() {}

fn main() {}

use accolade::{CodeContext, EarnedTier, badge};

#[badge(events("a"), descripton = "…", colour = "red")]
fn unknown_keys(_: &CodeContext<'_>) -> Option<EarnedTier> {
    None
}

#[badge(id = "no-events")]
fn without_events(_: &CodeContext<'_>) -> Option<EarnedTier> {
    None
}

#[badge(events("a"), secret, invisible)]
fn secret_and_invisible(_: &CodeContext<'_>) -> Option<EarnedTier> {
    None
}

#[badge(events("a"), name = "One", name = "Two")]
fn given_twice(_: &CodeContext<'_>) -> Option<EarnedTier> {
    None
}

fn main() {}

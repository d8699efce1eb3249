use accolade::{CodeContext, EarnedTier, badge};

#[badge(id = "Night Owl", category = "-", events("", "a\nb"), tiers("gold", "gold", "Silver"))]
fn not_ids(_: &CodeContext<'_>) -> Option<EarnedTier> {
    None
}

#[badge(id = owl, version = "2", events = "a", tiers("gold"), points("xp"))]
fn wrong_kinds(_: &CodeContext<'_>) -> Option<EarnedTier> {
    None
}

#[badge(version = 0, events("a"), tiers(), points(gold_coins = 5, xp = 1, xp = 2))]
fn wrong_numbers(_: &CodeContext<'_>) -> Option<EarnedTier> {
    None
}

#[badge(events(), version = 99999999999, points(xp = 99999999999999999999, coins = 0))]
fn out_of_range(_: &CodeContext<'_>) -> Option<EarnedTier> {
    None
}

#[badge(events("a") secret)]
fn without_comma(_: &CodeContext<'_>) -> Option<EarnedTier> {
    None
}

#[badge(events("a"))]
fn größe(_: &CodeContext<'_>) -> Option<EarnedTier> {
    None
}

fn main() {}

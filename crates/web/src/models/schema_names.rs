//! Schemas of fields whose values come from a closed list of names.
//!
//! The lists are those of the engine, so that the OpenAPI document cannot differ from the values.

use std::borrow::Cow;

use accolade::{LedgerKind, RuleKind, Trigger};
use accolade_core::catalog::document::{RepeatMode, Visibility};
use accolade_core::explain::SourceKind;
use accolade_core::fold::{AwardSource, SkipCode};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

macro_rules! name_schemas {
    ($($marker:ident = $name:literal, $doc:literal, $names:expr;)+) => {$(
        #[doc = concat!("Schema of `", $name, "`.")]
        pub(crate) enum $marker {}

        impl ToSchema for $marker {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed($name)
            }
        }

        impl PartialSchema for $marker {
            fn schema() -> RefOr<Schema> {
                let names: Vec<&'static str> = $names;
                let schema = ObjectBuilder::new().schema_type(Type::String);
                schema.description(Some($doc)).enum_values(Some(names)).into()
            }
        }
    )+};
}

/// Lists the names of an enum.
macro_rules! names_of {
    ($kind:ty) => {
        <$kind>::ALL.iter().map(|one| one.as_str()).collect()
    };
}

name_schemas! {
    TriggerNames = "Trigger", "Trigger of a commit: an event in order, a late event, a manual \
        action, a retraction, time alone, a publication, a merge, or a repair.",
        names_of!(Trigger);
    LedgerKindNames = "LedgerKind", "Source of points: an earning, an award, a manual action, or \
        their expiry.", names_of!(LedgerKind);
    PointsSourceNames = "PointsSource", "Source of points: as in the ledger, or `repair` if a \
        repair corrected the feed.",
        LedgerKind::ALL.iter().map(|kind| kind.as_str()).chain(["repair"]).collect();
    RuleKindNames = "RuleKind", "Kind of a rule.", names_of!(RuleKind);
    SkippedKindNames = "SkippedKind", "Kind of a rule; `event` if the event itself does not count.",
        RuleKind::ALL.iter().map(|kind| kind.as_str()).chain(["event"]).collect();
    SkipReasonNames = "SkipReason", "Reason why an event had no effect on a rule.",
        names_of!(SkipCode);
    AwardSourceNames = "AwardSource", "Source of an award: the criterion, a badge in code, a \
        manual action, or a publication that grandfathered it.", names_of!(AwardSource);
    VisibilityNames = "Visibility", "Visibility of a badge before it is earned: `secret` ones are \
        masked, `invisible` ones are not listed.", names_of!(Visibility);
    RepeatModeNames = "RepeatMode", "Number of times that a badge can be earned: once, once per \
        key, or again and again.", names_of!(RepeatMode);
    SourceKindNames = "SourceKind", "Source of a movement of points.", names_of!(SourceKind);
    CatalogFormatNames = "CatalogFormat", "Format of a catalog.", vec!["toml", "json"];
}

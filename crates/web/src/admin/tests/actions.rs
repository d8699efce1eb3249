//! Tests of manual actions, awards to several players, erasure and sign-in links.

use axum::http::StatusCode;
use std::collections::BTreeMap;

use super::test_service::{TestResponse, TestService};

/// Names and values of a form.
type FormFields = &'static [(&'static str, &'static str)];

#[tokio::test]
async fn a_repeated_form_is_applied_once_and_a_changed_one_is_a_conflict() {
    let house = TestService::new().await;
    let form = house
        .get("/admin/players/ada/actions/points")
        .await
        .hidden_field("form");
    let points = |amount: &'static str| {
        [
            ("form", &*form),
            ("currency", "xp"),
            ("amount", amount),
            ("reason", "found a bug"),
        ]
        .map(|(n, v)| (n, v.to_owned()))
    };
    let send = async |amount| {
        let form = points(amount);
        let form: Vec<(&str, &str)> = form
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        house.post("/admin/players/ada/actions/points", &form).await
    };
    let done = format!("/admin/players/ada?action={form}");
    assert_eq!(send("50").await.location, done);
    assert_eq!(
        send("50").await.location,
        format!("{done}&notice=done-before")
    );
    let changed = send("70").await;
    assert_eq!(changed.status, StatusCode::CONFLICT);
    assert!(changed.body.contains("value=\"70\"") && changed.hidden_field("form") != form);
    assert_eq!(
        house.engine().players().load_balances("ada").await.unwrap(),
        BTreeMap::from([("xp".into(), 60)])
    );

    let log = house
        .engine()
        .service()
        .list_audit_entries(None, 10)
        .await
        .unwrap()
        .items;
    assert_eq!(
        (&*log[0].actor, &*log[0].action),
        ("admin:grace", "accolade.points")
    );
}

#[tokio::test]
async fn every_action_is_applied_and_listed() {
    let house = TestService::new().await;
    house.record_visits("guest", 1).await;
    let of = |kind: &str| format!("/admin/players/ada/actions/{kind}");
    let acts: [(&str, FormFields, &str); 11] = [
        ("award", &[("badge", "hero")], "Hero awarded to ada"),
        (
            "revoke",
            &[("badge", "hero"), ("key", "")],
            "Hero revoked from ada",
        ),
        (
            "points",
            &[
                ("currency", "xp"),
                ("amount", "-1000"),
                ("overdraft", "yes"),
            ],
            "1,000 Experience removed from ada",
        ),
        (
            "progress",
            &[("badge", "fan:gold"), ("how", "add"), ("amount", "1")],
            "Progress of ada on Fan (gold) changed",
        ),
        (
            "progress",
            &[("badge", "fan:gold"), ("how", "set"), ("amount", "4")],
            "Progress of ada on Fan (gold) changed",
        ),
        (
            "attributes",
            &[("attributes", "name = Ada\r\nzone = UTC")],
            "Attributes of Ada saved",
        ),
        (
            "retract",
            &[("events", "visit-ada-0\r\n")],
            "1 event retracted",
        ),
        ("restore", &[("events", "visit-ada-0")], "1 event restored"),
        ("merge", &[("guest", "guest")], "guest merged into Ada"),
        ("unmerge", &[("guest", "guest")], "guest unmerged from Ada"),
        ("reset", &[], "Ada reset"),
    ];
    for (kind, fields, notice) in acts {
        let form = house.get(&of(kind)).await.hidden_field("form");
        let mut fields = fields.to_vec();
        fields.extend([("form", &*form), ("reason", "because")]);
        let page = house.post(&of(kind), &fields).await;
        assert_eq!(
            page.location,
            format!("/admin/players/ada?action={form}"),
            "{kind}: {}",
            page.body
        );
        let page = house.get(&page.location).await;
        assert!(page.body.contains(notice), "{kind}: {}", page.body);
    }
    let timeline = house.get("/admin/players/ada/timeline").await;
    assert!(timeline.body.contains("accolade.reset") && timeline.body.contains("admin:grace"));
}

#[tokio::test]
async fn errors_are_shown_at_their_fields_and_the_input_is_kept() {
    let house = TestService::new().await;
    for (kind, fields, field) in [
        (
            "points",
            &[("currency", "xp"), ("amount", "many"), ("reason", "<why>")][..],
            "amount",
        ),
        (
            "points",
            &[("currency", "xp"), ("amount", "5"), ("reason", " ")],
            "reason",
        ),
        (
            "progress",
            &[("badge", "fan:gold"), ("amount", "1e"), ("reason", "<why>")],
            "amount",
        ),
        ("retract", &[("events", " "), ("reason", "<why>")], "events"),
        (
            "attributes",
            &[("attributes", "zone"), ("reason", "<why>")],
            "attributes",
        ),
    ] {
        let path = format!("/admin/players/ada/actions/{kind}");
        let form = house.get(&path).await.hidden_field("form");
        let mut fields = fields.to_vec();
        fields.push(("form", &form));
        let page = house.post(&path, &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{kind}");
        assert!(
            page.body.contains(&format!("id=\"field-{field}-error\"")),
            "{kind}: {}",
            page.body
        );
        assert_eq!(
            page.body.contains("value=\"&lt;why&gt;\""),
            field != "reason",
            "{kind}: {}",
            page.body
        );
        assert_eq!(page.hidden_field("form"), form, "it can be sent again");
    }
    let refused = [("form", "form-1"), ("badge", "fan:gold"), ("reason", "x")];
    let page = house
        .post("/admin/players/ada/actions/revoke", &refused)
        .await;
    assert_eq!(
        page.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        page.body
    );
    assert!(page.body.contains("role=\"alert\""), "{}", page.body);
}

#[tokio::test]
async fn a_player_is_erased_when_the_id_is_typed() {
    let house = TestService::new().await;
    let page = house
        .post("/admin/players/ada/erase", &[("confirm", "bob")])
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains("value=\"bob\""));
    let page = house
        .post("/admin/players/ada/erase", &[("confirm", "ada")])
        .await;
    assert_eq!(page.location, "/admin/players?notice=erased");
    assert_eq!(
        house.get("/admin/players/ada").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn an_empty_player_is_deleted_without_typing_and_the_id_stays_usable() {
    let house = TestService::new().await;
    let act = accolade::Action::award("adda", "hero").create();
    house.engine().submit_action(act).await.unwrap();
    let page = house.get("/admin/players/adda").await;
    assert!(page.body.contains("Delete empty player"), "{}", page.body);
    let page = house.get("/admin/players/adda/erase").await;
    assert!(!page.body.contains("name=\"confirm\""), "{}", page.body);
    let page = house.post("/admin/players/adda/erase", &[]).await;
    assert_eq!(page.location, "/admin/players?notice=deleted");
    house.record_visits("adda", 1).await;
    let page = house.get("/admin/players/adda").await;
    assert!(!page.body.contains("Delete empty player"));
}

#[tokio::test]
async fn every_undo_is_undone_by_another_one() {
    let house = TestService::new().await;
    house.record_visits("guest", 1).await;
    let held = async || {
        let awards = house.engine().players().list_awards("ada").await.unwrap();
        let held = awards.into_iter().filter(accolade::Award::is_held);
        held.filter(|award| award.badge == "hero").count()
    };
    let mut page = submit(&house, "ada", "award", &[("badge", "hero")]).await;
    for (notice, expected) in [
        ("Hero awarded to ada", 1),
        ("Undone: Hero awarded to ada", 0),
        ("Restored: Hero awarded to ada", 1),
    ] {
        page = house.get(&page.location).await;
        assert!(page.body.contains(notice), "{notice}: {}", page.body);
        assert_eq!(held().await, expected, "{notice}");
        let fields = ["form", "event"].map(|name| (name, page.hidden_field(name)));
        let fields = fields.each_ref().map(|(name, value)| (*name, &**value));
        page = house.post("/admin/players/ada/undo", &fields).await;
        // A second click changes nothing.
        let again = house.post("/admin/players/ada/undo", &fields).await;
        assert_eq!(again.location, page.location);
    }
    let page = submit(&house, "ada", "merge", &[("guest", "guest")]).await;
    let page = house.get(&page.location).await;
    let fields = ["form", "event"].map(|name| (name, page.hidden_field(name)));
    let fields = fields.each_ref().map(|(name, value)| (*name, &**value));
    house.post("/admin/players/ada/undo", &fields).await;
    let guests = house.engine().players().list_guests("ada").await.unwrap();
    assert!(guests.is_empty(), "{guests:?}");
    let event = [("form", "form-1"), ("event", "visit-ada-0")];
    let page = house.post("/admin/players/ada/undo", &event).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND, "an event is no action");
}

#[tokio::test]
async fn an_unknown_player_is_created_only_by_a_ticked_box() {
    let house = TestService::new().await;
    let path = "/admin/players/adaa/actions/award";
    let page = house.get(path).await;
    assert!(page.body.contains("Create this player"), "{}", page.body);
    let page = submit(&house, "adaa", "award", &[("badge", "hero")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.body.contains("did you mean <code>ada</code>?"),
        "{}",
        page.body
    );
    let known = house.get("/admin/players/ada/actions/award").await;
    assert!(!known.body.contains("Create this player"));
    let created = [("badge", "hero"), ("create", "yes")];
    let page = submit(&house, "adaa", "award", &created).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
}

#[tokio::test]
async fn an_award_form_preselects_nothing() {
    let house = TestService::new().await;
    let page = house.get("/admin/players/ada/actions/award").await;
    assert!(
        page.body
            .contains("<option value=\"\">Choose a badge</option>")
    );
    assert!(!page.body.contains("selected"), "{}", page.body);
    // No badge of the catalog has keys.
    assert!(!page.body.contains("name=\"key\""));
}

/// Submits the form of an action with a reason.
async fn submit(
    house: &TestService,
    player: &str,
    kind: &str,
    fields: &[(&str, &str)],
) -> TestResponse {
    let path = format!("/admin/players/{player}/actions/{kind}");
    let form = house.get(&path).await.hidden_field("form");
    let mut fields = fields.to_vec();
    fields.extend([("form", &*form), ("reason", "because")]);
    house.post(&path, &fields).await
}

#[tokio::test]
async fn a_sign_in_link_is_created() {
    let house = TestService::new().await;
    let page = house.post("/admin/players/ada/link", &[]).await;
    let begin = "https://play.example/sign-in?token=acp_";
    assert!(
        page.body.contains(begin) || page.body.contains(&begin.replace('/', "&#x2f;")),
        "{}",
        page.body
    );
}

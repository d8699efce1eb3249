//! Tests of manual actions, awards to several players, erasure and sign-in links.

use axum::http::StatusCode;
use std::collections::BTreeMap;

use super::test_service::TestService;

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
    assert_eq!(send("50").await.location, "/admin/players/ada?notice=done");
    assert_eq!(
        send("50").await.location,
        "/admin/players/ada?notice=done-before"
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
    let acts: [(&str, &[(&str, &str)]); 11] = [
        ("award", &[("badge", "hero")]),
        ("revoke", &[("badge", "hero"), ("key", "")]),
        (
            "points",
            &[
                ("currency", "xp"),
                ("amount", "-1000"),
                ("overdraft", "yes"),
            ],
        ),
        (
            "progress",
            &[("badge", "fan:gold"), ("how", "add"), ("amount", "1")],
        ),
        (
            "progress",
            &[("badge", "fan:gold"), ("how", "set"), ("amount", "4")],
        ),
        ("attributes", &[("attributes", "name = Ada\r\nzone = UTC")]),
        ("retract", &[("events", "visit-ada-0\r\n")]),
        ("restore", &[("events", "visit-ada-0")]),
        ("merge", &[("guest", "guest")]),
        ("unmerge", &[("guest", "guest")]),
        ("reset", &[]),
    ];
    for (kind, fields) in acts {
        let form = house.get(&of(kind)).await.hidden_field("form");
        let mut fields = fields.to_vec();
        fields.extend([("form", &*form), ("reason", "because")]);
        let page = house.post(&of(kind), &fields).await;
        assert_eq!(
            page.location, "/admin/players/ada?notice=done",
            "{kind}: {}",
            page.body
        );
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
async fn a_list_of_players_is_awarded_once_each() {
    let house = TestService::new().await;
    house.record_visits("bob", 1).await;
    let path = "/admin/badges/hero/award";
    let form = house.get(path).await.hidden_field("form");
    let fields = [
        ("form", &*form),
        ("award", "hero"),
        ("players", "ada\r\nbob\r\n\r\nada"),
        ("reason", "helped"),
    ];
    for result in [
        "awarded to 2 players.",
        "awarded to 0 players, 2 already awarded from this list.",
    ] {
        let page = house.post(path, &fields).await;
        let job = house.wait_for_job(&page).await;
        let page = house.get(&format!("/admin/jobs/{job}")).await;
        assert!(page.body.contains(result), "{}", page.body);
    }
    assert_eq!(
        house.engine().players().load_balances("bob").await.unwrap(),
        BTreeMap::from([("xp".into(), 105)])
    );
    let page = house
        .post(
            path,
            &[
                ("form", &*form),
                ("award", "fan:gold"),
                ("players", "ada"),
                ("reason", "x"),
            ],
        )
        .await;
    assert_eq!(
        page.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "the award must be of the page's badge"
    );
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

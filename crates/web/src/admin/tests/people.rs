//! Tests of API keys, administrators and passwords.

use axum::http::StatusCode;

use super::test_service::{GRACE, TestService};

#[tokio::test]
async fn a_key_is_shown_once_and_can_be_revoked() {
    let house = TestService::new().await;
    let page = house
        .post(
            "/admin/keys",
            &[("name", "shop"), ("scope", "record"), ("scope", "read")],
        )
        .await;
    assert!(page.body.contains("value=\"acc_"), "{}", page.body);
    let listed = house.get("/admin/keys").await;
    assert!(
        listed.body.contains("shop") && !listed.body.contains("value=\"acc_"),
        "{}",
        listed.body
    );

    for (name, scopes, message) in [
        ("shop", &["read"][..], "<code>shop</code> already"),
        ("other", &[], "missing scope"),
    ] {
        let mut fields = vec![("name", name)];
        fields.extend(scopes.iter().map(|scope| ("scope", *scope)));
        let page = house.post("/admin/keys", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains(message), "{}", page.body);
    }
    let id = house.engine().service().list_api_keys().await.unwrap()[0]
        .id
        .clone();
    let page = house.post(&format!("/admin/keys/{id}/revoke"), &[]).await;
    assert_eq!(page.location, "/admin/keys?notice=key-revoked");
    assert_eq!(
        house
            .post(&format!("/admin/keys/{id}/revoke"), &[])
            .await
            .status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn administrators_are_invited_and_removed_but_not_the_last_one_and_not_oneself_by_accident() {
    let house = TestService::new().await;
    let page = house
        .post("/admin/administrators/grace/remove", &[("oneself", "yes")])
        .await;
    assert_eq!(
        page.status,
        StatusCode::CONFLICT,
        "the last administrator stays"
    );

    let page = house.post("/admin/administrators/invite", &[]).await;
    let body = page.body.replace("&#x2f;", "/");
    let rest = body
        .split_once("/admin/welcome?invitation=")
        .expect("a link")
        .1;
    let invitation = rest.split(['"', '&']).next().unwrap();
    let form = [
        ("invitation", invitation),
        ("name", "ada"),
        ("password", GRACE.1),
    ];
    assert_eq!(
        house.post("/admin/welcome", &form).await.status,
        StatusCode::SEE_OTHER
    );

    let page = house.post("/admin/administrators/grace/remove", &[]).await;
    assert_eq!(
        page.status,
        StatusCode::CONFLICT,
        "removing oneself needs a confirmation"
    );
    let page = house.post("/admin/administrators/ada/remove", &[]).await;
    assert_eq!(
        page.location,
        "/admin/administrators?notice=administrator-removed"
    );
    let page = house
        .post("/admin/administrators/stranger/remove", &[])
        .await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn changing_the_password_ends_the_other_sessions() {
    let mut house = TestService::new().await;
    let other = house
        .post(
            "/admin/sign-in",
            &[("name", GRACE.0), ("password", GRACE.1)],
        )
        .await
        .cookie;
    let change = |old, new| [("old", old), ("new", new)];
    let page = house
        .post(
            "/admin/account/password",
            &change("wrong password", "another password"),
        )
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.body.contains("current password is incorrect"),
        "{}",
        page.body
    );
    let page = house
        .post("/admin/account/password", &change(GRACE.1, "short"))
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = house
        .post(
            "/admin/account/password",
            &change(GRACE.1, "another password"),
        )
        .await;
    assert_eq!(page.location, "/admin/account?notice=password-changed");

    house.cookie = other;
    assert_eq!(
        house.get("/admin").await.status,
        StatusCode::SEE_OTHER,
        "the other session has ended"
    );
    house.cookie = page.cookie;
    assert_eq!(house.get("/admin").await.status, StatusCode::OK);
}

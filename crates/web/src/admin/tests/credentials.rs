//! Tests of the end of credentials: invitations, sessions and the limits of sign-in attempts.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::{Method, StatusCode};

use super::test_service::{GRACE, TestResponse, TestService};
use crate::KeyScope;
use crate::auth::sessions;

/// Creates an invitation link as the signed-in administrator. Returns its secret.
async fn invite(house: &TestService) -> String {
    let page = house.post("/admin/administrators/invite", &[]).await;
    let body = page.body.replace("&#x2f;", "/");
    let rest = body.split_once("/admin/welcome?invitation=");
    let rest = rest.expect("a link").1;
    rest.split(['"', '&']).next().unwrap().to_owned()
}

/// Accepts an invitation with the password of Grace.
async fn accept(house: &TestService, invitation: &str, name: &str) -> TestResponse {
    let form = [
        ("invitation", invitation),
        ("name", name),
        ("password", GRACE.1),
    ];
    house.post("/admin/welcome", &form).await
}

async fn assert_link_ended(house: &TestService, invitation: &str, reason: &str) {
    let link = format!("/admin/welcome?invitation={invitation}");
    assert_eq!(house.get(&link).await.status, StatusCode::GONE, "{reason}");
    let accepted = accept(house, invitation, "mallory").await;
    assert_eq!(accepted.status, StatusCode::NOT_FOUND, "{reason}");
}

/// Signs in from an address.
async fn sign_in_from(
    house: &TestService,
    address: &str,
    name: &str,
    password: &str,
) -> TestResponse {
    let form = [("name", name), ("password", password)];
    let mut request = house.request(Method::POST, "/admin/sign-in", &form);
    let peer = SocketAddr::new(address.parse().unwrap(), 4_711);
    request.extensions_mut().insert(ConnectInfo(peer));
    house.send(request).await
}

#[tokio::test]
async fn the_invitations_of_a_removed_administrator_end() {
    let mut house = TestService::new().await;
    let grace = house.cookie.clone();
    let carol = accept(&house, &invite(&house).await, "carol").await.cookie;
    house.cookie = carol;
    let link = invite(&house).await;
    house.cookie = grace;
    let own = invite(&house).await;
    house
        .post("/admin/administrators/carol/remove", &[])
        .await
        .assert_redirect("/admin/administrators?notice=administrator-removed");
    assert_link_ended(&house, &link, "carol was removed").await;
    accept(&house, &own, "dora")
        .await
        .assert_redirect("/admin?notice=welcome");
}

#[tokio::test]
async fn the_invitations_of_a_revoked_key_end() {
    let house = TestService::new().await;
    let by = "key:shop";
    for revoke_on_page in [true, false] {
        crate::create_key(house.engine(), "shop", &[KeyScope::Admin], "tests")
            .await
            .unwrap();
        let link = house.site.create_invitation_link(by).await.unwrap();
        let link = link.split_once("invitation=").unwrap().1;
        if revoke_on_page {
            let keys = house.engine().service().list_api_keys().await.unwrap();
            let path = format!("/admin/keys/{}/revoke", keys[0].id);
            let page = house.post(&path, &[]).await;
            page.assert_redirect("/admin/keys?notice=key-revoked");
        } else {
            crate::revoke_key(house.engine(), "shop", "tests")
                .await
                .unwrap();
        }
        assert_link_ended(&house, link, "the key was revoked").await;
    }
}

#[tokio::test]
async fn a_changed_password_ends_the_own_invitations() {
    let mut house = TestService::new().await;
    let link = invite(&house).await;
    let form = [("old", GRACE.1), ("new", "another password")];
    let page = house.post("/admin/account/password", &form).await;
    page.assert_redirect("/admin/account?notice=password-changed");
    assert_link_ended(&house, &link, "the password was changed").await;
    house.cookie = page.cookie;
    let next = invite(&house).await;
    accept(&house, &next, "dora")
        .await
        .assert_redirect("/admin?notice=welcome");
}

#[tokio::test]
async fn an_invitation_without_its_author_is_invalid() {
    let house = TestService::new().await;
    let link = invite(&house).await;
    // Only the account, as a program could that changes the database directly.
    let removed = house
        .engine()
        .service()
        .change_access(|access| access.delete_administrator(GRACE.0));
    removed.await.unwrap();
    assert_link_ended(&house, &link, "grace has no account").await;
}

#[tokio::test]
async fn keys_of_removed_administrators_are_listed_until_they_are_revoked() {
    let mut house = TestService::new().await;
    let grace = house.cookie.clone();
    house.cookie = accept(&house, &invite(&house).await, "carol").await.cookie;
    let form = [("name", "carols-key"), ("scope", "read")];
    house.post("/admin/keys", &form).await;
    house.cookie = grace;
    let page = house.get("/admin/administrators").await;
    assert!(
        !page.body.contains("removed administrators") && page.body.contains("carols-key"),
        "the question before the removal names her keys: {}",
        page.body
    );
    house.post("/admin/administrators/carol/remove", &[]).await;
    let page = house.get("/admin/administrators").await;
    assert!(
        page.body.contains("removed administrators") && page.body.contains("carols-key"),
        "{}",
        page.body
    );
    let keys = house.engine().service().list_api_keys().await.unwrap();
    house
        .post(&format!("/admin/keys/{}/revoke", keys[0].id), &[])
        .await;
    let page = house.get("/admin/administrators").await;
    assert!(!page.body.contains("carols-key"), "{}", page.body);
}

#[tokio::test]
async fn a_session_starts_only_if_the_account_and_the_password_are_unchanged() {
    let house = TestService::new().await;
    let app = house.site.app_state();
    let row = house
        .engine()
        .service()
        .list_administrators()
        .await
        .unwrap();
    let password = row[0].password.clone();
    // The password was verified, and the account changed before the session starts.
    let start = async |name: &str, password: Option<&str>| {
        let started = sessions::start_session(app, name, password).await;
        started.map_err(|problem| problem.status_code()).err()
    };
    assert_eq!(start(GRACE.0, Some(&password)).await, None);
    assert_eq!(start(GRACE.0, None).await, None);
    let refused = Some(StatusCode::UNAUTHORIZED);
    assert_eq!(start(GRACE.0, Some("$argon2id$old")).await, refused);
    let removed = house
        .engine()
        .service()
        .change_access(|access| access.delete_administrator(GRACE.0));
    removed.await.unwrap();
    assert_eq!(start(GRACE.0, Some(&password)).await, refused);
    assert_eq!(start(GRACE.0, None).await, refused);
}

#[tokio::test]
async fn one_network_cannot_lock_an_administrator_out() {
    let house = TestService::new().await;
    let mut statuses = Vec::new();
    for _ in 0..30 {
        let wrong = sign_in_from(&house, "10.0.0.1", GRACE.0, "wrong").await;
        statuses.push(wrong.status);
    }
    assert_eq!(statuses[0], StatusCode::UNAUTHORIZED);
    assert_eq!(statuses[29], StatusCode::TOO_MANY_REQUESTS);
    let right = sign_in_from(&house, "10.0.0.2", GRACE.0, GRACE.1).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER, "{}", right.body);
}

#[tokio::test]
async fn a_name_that_no_administrator_can_have_is_not_remembered() {
    let house = TestService::new().await;
    let limiter = &house.site.app_state().auth.password_attempts;
    for (name, buckets) in [
        ("n".repeat(65), 0),
        ("a\nb".to_owned(), 0),
        ("n".repeat(64), 2),
    ] {
        let page = sign_in_from(&house, "10.0.0.1", &name, "wrong").await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        assert_eq!(limiter.name_bucket_count(), buckets, "{name}");
    }
}

#[tokio::test]
async fn an_ipv6_network_has_the_attempts_of_one_address() {
    let house = TestService::new().await;
    let mut refused = 0;
    for number in 0..40 {
        let (address, name) = (format!("2001:db8::{number:x}"), format!("n{number}"));
        let page = sign_in_from(&house, &address, &name, "wrong").await;
        refused += usize::from(page.status == StatusCode::TOO_MANY_REQUESTS);
    }
    assert!(refused >= 10, "{refused} of 40");
    let elsewhere = sign_in_from(&house, "2001:db8:0:1::1", GRACE.0, GRACE.1).await;
    assert_eq!(elsewhere.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn too_many_attempts_say_when_to_retry() {
    let house = TestService::new().await;
    let form = [("old", "wrong"), ("new", "another password")];
    let mut limited = None;
    for _ in 0..30 {
        let page = house.post("/admin/account/password", &form).await;
        if page.status == StatusCode::TOO_MANY_REQUESTS {
            limited = Some(page);
        }
    }
    assert_eq!(
        limited.expect("a limit").retry_after,
        "60",
        "the account page"
    );
    let mut limited = None;
    for _ in 0..40 {
        let page = sign_in_from(&house, "10.0.0.1", "grace", "wrong").await;
        if page.status == StatusCode::TOO_MANY_REQUESTS {
            limited = Some(page);
        }
    }
    assert_eq!(
        limited.expect("a limit").retry_after,
        "60",
        "the sign-in page"
    );
}

/// Lists the audit log from the oldest entry, as `actor action subject detail`.
async fn audit_log(house: &TestService) -> Vec<String> {
    let page = house.engine().service().list_audit_entries(None, 1_000);
    let mut entries = page.await.unwrap().items;
    entries.reverse();
    entries
        .into_iter()
        .map(|entry| {
            let player = entry.player.map(|player| format!(" {player}"));
            let (player, subject) = (player.unwrap_or_default(), entry.subject);
            let text = format!(
                "{} {}{player} {subject} {}",
                entry.actor, entry.action, entry.detail
            );
            text.replace("  ", " ")
        })
        .collect()
}

#[tokio::test]
async fn sign_ins_and_sign_outs_are_in_the_audit_log() {
    let house = TestService::new().await;
    house.post("/admin/sign-out", &[]).await;
    for number in 0..9 {
        let host = format!("10.0.0.{}", number % 2);
        sign_in_from(&house, &host, GRACE.0, "wrong").await;
    }
    sign_in_from(&house, "10.0.0.7", GRACE.0, "wrong").await;
    for number in 0..9 {
        sign_in_from(&house, "10.0.0.8", &format!("n{number}"), "wrong").await;
    }
    sign_in_from(&house, "10.0.0.9", &"n".repeat(100), "wrong").await;
    sign_in_from(&house, "10.0.0.10", GRACE.0, GRACE.1).await;
    // Failed sign-ins do not wait for their entries, but this write comes after them.
    house.record_visits("ada", 1).await;
    let log = audit_log(&house).await;
    assert_eq!(
        log[2..],
        [
            "admin:grace session.end grace {}",
            "address:10.0.0.0 session.refuse grace {\"count_in_this_hour\":1}",
            "address:10.0.0.7 session.refuse grace {\"count_in_this_hour\":10}",
            "address:10.0.0.8 session.refuse {\"count_in_this_hour\":1}",
            "address:10.0.0.9 session.refuse {\"count_in_this_hour\":10}",
            "admin:grace session.begin grace {}",
        ],
        "{log:#?}"
    );
}

#[tokio::test]
async fn failed_sign_ins_cannot_fill_the_audit_log() {
    let house = TestService::new().await;
    let before = audit_log(&house).await.len();
    for number in 0..200 {
        let (host, name) = (format!("10.0.0.{number}"), format!("n{number}"));
        sign_in_from(&house, &host, &name, &"x".repeat(2_000)).await;
    }
    house.record_visits("ada", 1).await;
    assert_eq!(
        audit_log(&house).await.len() - before,
        3,
        "the 1st, 10th and 100th"
    );
}

#[tokio::test]
async fn sign_in_links_and_jobs_are_in_the_audit_log() {
    let house = TestService::new().await;
    house.post("/admin/players/ada/link", &[]).await;
    for job in ["verify", "repair"] {
        let page = house.post(&format!("/admin/health/{job}"), &[]).await;
        house.wait_for_job(&page).await;
    }
    let log = audit_log(&house).await;
    assert_eq!(
        log[2..],
        [
            "admin:grace player.sign_in_link ada {}",
            "admin:grace database.verify {}",
            "admin:grace database.repair {}",
        ],
        "{log:#?}"
    );
}

//! Signing in and out.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use super::{Answer, ask, get, site};
use crate::Site;

fn cookie(answer: &Answer) -> &str {
    answer.headers["set-cookie"].to_str().unwrap()
}

async fn sign_in(site: &Site, rest: &str) -> Answer {
    get(
        site,
        &format!("/sign-in?token={}{rest}", site.player_token("ada", 60)),
        None,
    )
    .await
}

#[tokio::test]
async fn a_token_becomes_a_cookie_that_scripts_cannot_read() {
    let site = site(|settings| settings.server.prefix = "/game".to_owned()).await;
    let answer = sign_in(&site, "").await;
    assert_eq!(
        (answer.status, &answer.headers["location"]),
        (StatusCode::SEE_OTHER, &"/game/players/ada".parse().unwrap())
    );
    let told = cookie(&answer);
    for part in [
        "accolade_player=acp_",
        "HttpOnly",
        "SameSite=Lax",
        "Path=/game",
        "Max-Age=900",
    ] {
        assert!(told.contains(part), "{told} lacks {part}");
    }
    assert!(!told.contains("Secure"), "over http it would not be sent");

    let secure =
        super::site(|settings| settings.server.public_url = "https://play.example".to_owned())
            .await;
    let answer = sign_in(&secure, "").await;
    assert!(
        cookie(&answer).contains("Secure") && cookie(&answer).contains("Path=/;"),
        "{}",
        cookie(&answer)
    );
}

#[tokio::test]
async fn a_sign_in_leads_nowhere_else() {
    let site = site(|_| {}).await;
    for (to, location) in [
        ("/badges", "/badges"),
        ("%2Fplayers%2Fada%2520b", "/players/ada%20b"),
        ("//evil.example", "/players/ada"),
        ("%2F%2Fevil.example", "/players/ada"),
        ("/%09/evil.example", "/players/ada"),
        ("/%5Cevil.example", "/players/ada"),
        ("/%0d%0aSet-Cookie:x=1", "/players/ada"),
        ("https://evil.example/", "/players/ada"),
        ("%FF", "/players/ada"),
    ] {
        let answer = sign_in(&site, &format!("&to={to}")).await;
        if answer.status == StatusCode::UNAUTHORIZED {
            assert_eq!(to, "%FF", "only what is no text is not read");
            continue;
        }
        assert_eq!(answer.headers["location"], location, "{to}");
    }
}

#[tokio::test]
async fn a_link_that_does_not_work_is_explained() {
    let site = site(|_| {}).await;
    for (path, told) in [
        ("/sign-in", "Sign in from your app"),
        ("/sign-in?token=", "Sign in from your app"),
        ("/sign-in?token=acp_x.y&to=/badges", "has expired"),
    ] {
        let answer = get(&site, path, None).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(
            answer.body.contains(told) && !answer.headers.contains_key("set-cookie"),
            "{path}: {}",
            answer.body
        );
    }
}

#[tokio::test]
async fn who_signs_out_is_a_visitor_again() {
    let site = site(|_| {}).await;
    let answer = ask(
        &site,
        Request::post("/sign-out").body(Body::empty()).unwrap(),
    )
    .await;
    assert_eq!(
        (answer.status, &answer.headers["location"]),
        (StatusCode::SEE_OTHER, &"/".parse().unwrap())
    );
    let told = cookie(&answer);
    assert!(
        told.contains("accolade_player=;") && told.contains("Max-Age=0") && told.contains("Path=/"),
        "{told}"
    );
    assert!(
        get(&site, "/badges", Some("ada"))
            .await
            .body
            .contains("Sign out")
    );
    assert!(!get(&site, "/badges", None).await.body.contains("Sign out"));
}

#[tokio::test]
async fn another_site_cannot_sign_anybody_out() {
    let site = site(|_| {}).await;
    for (header, value, status) in [
        ("sec-fetch-site", "same-origin", StatusCode::SEE_OTHER),
        ("sec-fetch-site", "cross-site", StatusCode::FORBIDDEN),
        ("sec-fetch-site", "same-site", StatusCode::FORBIDDEN),
        ("origin", "https://evil.example", StatusCode::FORBIDDEN),
        ("origin", "null", StatusCode::FORBIDDEN),
    ] {
        let request = Request::post("/sign-out")
            .header("host", "play.example")
            .header(header, value);
        let answer = ask(&site, request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, status, "{header}: {value}");
        assert_eq!(
            answer.headers.contains_key("set-cookie"),
            status == StatusCode::SEE_OTHER,
            "{header}: {value}"
        );
    }
}

#[tokio::test]
async fn scripts_of_visitors_get_nobody_elses_news() {
    let site = site(|_| {}).await;
    assert_eq!(
        get(&site, "/live?mine=1", None).await.status,
        StatusCode::UNAUTHORIZED
    );
}

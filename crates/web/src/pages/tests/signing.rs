//! Tests of signing in and out.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use super::{PageResponse, build_site, get_page, send_request};
use crate::Site;

fn set_cookie_header(answer: &PageResponse) -> &str {
    answer.headers["set-cookie"].to_str().unwrap()
}

async fn sign_in(site: &Site, rest: &str) -> PageResponse {
    get_page(
        site,
        &format!(
            "/sign-in?token={}{rest}",
            site.issue_player_token("ada", 60)
        ),
        None,
    )
    .await
}

#[tokio::test]
async fn a_token_becomes_a_cookie_that_scripts_cannot_read() {
    let site = build_site(|settings| settings.server.prefix = "/game".to_owned()).await;
    let answer = sign_in(&site, "").await;
    assert_eq!(
        (answer.status, &answer.headers["location"]),
        (StatusCode::SEE_OTHER, &"/game/players/ada".parse().unwrap())
    );
    let set_cookie = set_cookie_header(&answer);
    for part in [
        "accolade_player=acp_",
        "HttpOnly",
        "SameSite=Lax",
        "Path=/game",
        "Max-Age=900",
    ] {
        assert!(set_cookie.contains(part), "{set_cookie} lacks {part}");
    }
    assert!(
        !set_cookie.contains("Secure"),
        "over http it would not be sent"
    );

    let secure = super::build_site(|settings| {
        settings.server.public_url = "https://play.example".to_owned()
    })
    .await;
    let answer = sign_in(&secure, "").await;
    assert!(
        set_cookie_header(&answer).contains("Secure")
            && set_cookie_header(&answer).contains("Path=/;"),
        "{}",
        set_cookie_header(&answer)
    );
}

#[tokio::test]
async fn a_sign_in_redirects_to_no_other_site() {
    let site = build_site(|_| {}).await;
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
            assert_eq!(to, "%FF", "only invalid UTF-8 is rejected");
            continue;
        }
        assert_eq!(answer.headers["location"], location, "{to}");
    }
}

/// Opens a sign-in link for Ada in a browser.
async fn open_link(site: &Site, from: Option<&str>, signed_in_as: Option<&str>) -> PageResponse {
    let token = site.issue_player_token("ada", 60);
    let mut request = Request::get(format!("/sign-in?token={token}&to=/badges"));
    if let Some(from) = from {
        request = request.header("sec-fetch-site", from);
    }
    if let Some(player) = signed_in_as {
        let token = site.issue_player_token(player, 60);
        request = request.header("cookie", format!("accolade_player={token}"));
    }
    send_request(site, request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_link_from_another_site_or_of_another_player_asks_first() {
    let site = build_site(|_| {}).await;
    for (from, signed_in_as, is_asked) in [
        (Some("cross-site"), None, true),
        (Some("cross-site"), Some("bob"), true),
        (Some("none"), Some("bob"), true),
        (Some("same-origin"), Some("bob"), true),
        (None, Some("bob"), true),
        (Some("cross-site"), Some("ada"), false),
        (Some("same-site"), None, false),
        (Some("same-origin"), None, false),
        (Some("none"), None, false),
        (None, None, false),
        (None, Some("ada"), false),
    ] {
        let case = format!("from {from:?} as {signed_in_as:?}");
        let answer = open_link(&site, from, signed_in_as).await;
        if !is_asked {
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{case}");
            assert!(answer.headers.contains_key("set-cookie"), "{case}");
            continue;
        }
        assert_eq!(answer.status, StatusCode::OK, "{case}");
        assert!(!answer.headers.contains_key("set-cookie"), "{case}");
        assert!(
            answer.body.contains("Continue as <bdi>Ada L.</bdi>"),
            "{}",
            answer.body
        );
        let names_bob = answer.body.contains("You are signed in as <bdi>bob</bdi>");
        assert_eq!(names_bob, signed_in_as.is_some(), "{case}: {}", answer.body);
    }
}

/// Returns the value of a hidden field.
fn hidden_field<'a>(body: &'a str, name: &str) -> &'a str {
    let begin = format!("name=\"{name}\" value=\"");
    let rest = body.split_once(&begin).expect(body).1;
    rest.split('"').next().unwrap()
}

#[tokio::test]
async fn the_button_of_the_question_signs_in_without_scripts() {
    let site = build_site(|settings| settings.server.prefix = "/game".to_owned()).await;
    let token = site.issue_player_token("ada", 60);
    let request = Request::get(format!("/sign-in?token={token}&to=/game/badges"))
        .header("sec-fetch-site", "cross-site");
    let page = send_request(&site, request.body(Body::empty()).unwrap()).await;
    assert!(
        page.body
            .contains("method=\"post\" action=\"/game/sign-in\""),
        "{}",
        page.body
    );
    let form = format!(
        "token={}&to={}",
        hidden_field(&page.body, "token"),
        hidden_field(&page.body, "to")
    );
    for (from, status) in [
        ("same-origin", StatusCode::SEE_OTHER),
        ("cross-site", StatusCode::FORBIDDEN),
        ("same-site", StatusCode::FORBIDDEN),
    ] {
        let request = Request::post("/sign-in")
            .header("sec-fetch-site", from)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(form.clone()));
        let answer = send_request(&site, request.unwrap()).await;
        assert_eq!(answer.status, status, "{from}");
        let is_signed_in = answer.headers.contains_key("set-cookie");
        assert_eq!(is_signed_in, status == StatusCode::SEE_OTHER, "{from}");
        if is_signed_in {
            assert_eq!(answer.headers["location"], "/game/badges");
        }
    }
    for (form, text) in [
        ("", "Sign in from your app"),
        ("token=acp_x.y", "is not valid"),
    ] {
        let request = Request::post("/sign-in")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(form));
        let answer = send_request(&site, request.unwrap()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{form}");
        assert!(answer.body.contains(text), "{}", answer.body);
    }
}

#[tokio::test]
async fn an_invalid_link_is_explained() {
    let site = build_site(|_| {}).await;
    let expired = format!("/sign-in?token={}", site.issue_player_token("ada", 0));
    for (path, text) in [
        (expired.as_str(), "This link has expired"),
        ("/sign-in", "Sign in from your app"),
        ("/sign-in?token=", "Sign in from your app"),
        ("/sign-in?token=acp_x.y&to=/badges", "is not valid"),
    ] {
        let answer = get_page(&site, path, None).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(
            answer.body.contains(text) && !answer.headers.contains_key("set-cookie"),
            "{path}: {}",
            answer.body
        );
    }
}

#[tokio::test]
async fn signing_out_removes_the_cookie() {
    let site = build_site(|_| {}).await;
    let answer = send_request(
        &site,
        Request::post("/sign-out").body(Body::empty()).unwrap(),
    )
    .await;
    assert_eq!(
        (answer.status, &answer.headers["location"]),
        (StatusCode::SEE_OTHER, &"/".parse().unwrap())
    );
    let set_cookie = set_cookie_header(&answer);
    assert!(
        set_cookie.contains("accolade_player=;")
            && set_cookie.contains("Max-Age=0")
            && set_cookie.contains("Path=/"),
        "{set_cookie}"
    );
    assert!(
        get_page(&site, "/badges", Some("ada"))
            .await
            .body
            .contains("Sign out")
    );
    assert!(
        !get_page(&site, "/badges", None)
            .await
            .body
            .contains("Sign out")
    );
}

#[tokio::test]
async fn other_sites_cannot_sign_players_out() {
    let site = build_site(|_| {}).await;
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
        let answer = send_request(&site, request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, status, "{header}: {value}");
        assert_eq!(
            answer.headers.contains_key("set-cookie"),
            status == StatusCode::SEE_OTHER,
            "{header}: {value}"
        );
    }
}

#[tokio::test]
async fn visitors_have_no_personal_stream() {
    let site = build_site(|_| {}).await;
    assert_eq!(
        get_page(&site, "/live?mine=1", None).await.status,
        StatusCode::UNAUTHORIZED
    );
}

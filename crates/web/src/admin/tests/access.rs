//! Tests of authentication and CSRF protection.

use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::test_service::{GRACE, TestService};
use crate::admin::routes;

/// Fills the placeholders of a route's path.
fn fill_path(path: &str) -> String {
    let parts = path
        .split('/')
        .map(|part| if part.starts_with('{') { "award" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_page_redirects_to_sign_in_without_a_session() {
    let mut house = TestService::without_administrators().await;
    for cookie in [None, Some("accolade_admin=made-up".to_owned())] {
        house.cookie = cookie;
        for route in routes::list_routes().iter().filter(|route| !route.is_open) {
            for method in route.methods {
                let path = fill_path(route.path);
                let page = match *method {
                    "GET" => house.get(&path).await,
                    _ => house.post(&path, &[]).await,
                };
                assert_eq!(page.status, StatusCode::SEE_OTHER, "{method} {path}");
                assert_eq!(page.location, "/admin/sign-in", "{method} {path}");
            }
        }
    }
}

#[tokio::test]
async fn cross_site_requests_change_nothing() {
    let house = TestService::new().await;
    let cases: [(&[(&str, &str)], bool); 8] = [
        (&[("sec-fetch-site", "same-origin")], true),
        (&[("sec-fetch-site", "none")], true),
        (&[("sec-fetch-site", "cross-site")], false),
        (&[("sec-fetch-site", "same-site")], false),
        (&[("origin", "https://evil.example")], false),
        (&[("origin", "null")], false),
        (&[("origin", "http://127.0.0.1:8000")], true),
        (
            &[
                ("origin", "https://play.example"),
                ("sec-fetch-site", "cross-site"),
            ],
            true,
        ),
    ];
    for route in routes::list_routes()
        .iter()
        .filter(|route| route.methods.contains(&"POST"))
    {
        // Accepted sign-outs would end the session that the other cases need.
        let ends = route.path.starts_with("/admin/sign-out");
        for (headers, is_ours) in cases.iter().filter(|(_, is_ours)| !(ends && *is_ours)) {
            let mut request = house.request(Method::POST, &fill_path(route.path), &[]);
            for (name, value) in *headers {
                request.headers_mut().insert(*name, value.parse().unwrap());
            }
            let page = house.send(request).await;
            assert_eq!(
                page.status != StatusCode::FORBIDDEN,
                *is_ours,
                "{} {headers:?}",
                route.path
            );
            assert_eq!(
                page.body.contains("Cross-site request"),
                !is_ours,
                "{} {headers:?}",
                route.path
            );
        }
    }
}

#[tokio::test]
async fn an_invitation_works_once() {
    let house = TestService::without_administrators().await;
    let invitation = house.invitation_secret().await;
    let form = [
        ("invitation", &*invitation),
        ("name", "grace"),
        ("password", GRACE.1),
    ];
    let link = format!("/admin/welcome?invitation={invitation}");
    assert_eq!(house.get(&link).await.status, StatusCode::OK);

    let short = house
        .post("/admin/welcome", &[form[0], form[1], ("password", "short")])
        .await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        short.body.contains("too short") && short.body.contains("value=\"grace\""),
        "{}",
        short.body
    );

    assert_eq!(
        house.post("/admin/welcome", &form).await.status,
        StatusCode::SEE_OTHER
    );
    let again = house
        .post("/admin/welcome", &[form[0], ("name", "mallory"), form[2]])
        .await;
    assert_eq!(again.status, StatusCode::NOT_FOUND, "{}", again.body);
    assert_eq!(house.get(&link).await.status, StatusCode::GONE);
    assert_eq!(
        house
            .engine()
            .service()
            .list_administrators()
            .await
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_look_the_same() {
    let mut house = TestService::new().await;
    house.cookie = None;
    let mut answers = Vec::new();
    for (name, password) in [("grace", "wrong password here"), ("stranger", GRACE.1)] {
        let page = house
            .post("/admin/sign-in", &[("name", name), ("password", password)])
            .await;
        answers.push((page.status, page.body.replace(name, "NAME"), page.cookie));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0].0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn signing_out_ends_one_session_or_all() {
    let mut house = TestService::new().await;
    let sign_in = async |house: &TestService| {
        let page = house
            .post(
                "/admin/sign-in",
                &[("name", GRACE.0), ("password", GRACE.1)],
            )
            .await;
        assert_eq!(
            (page.status, &*page.location),
            (StatusCode::SEE_OTHER, "/admin")
        );
        page.cookie
    };
    let (first, second) = (house.cookie.clone(), sign_in(&house).await);
    assert_eq!(
        house.post("/admin/sign-out", &[]).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(house.get("/admin").await.status, StatusCode::SEE_OTHER);

    house.cookie = second.clone();
    let third = sign_in(&house).await;
    assert_eq!(
        house.post("/admin/sign-out-everywhere", &[]).await.status,
        StatusCode::SEE_OTHER
    );
    for cookie in [first, second, third] {
        house.cookie = cookie;
        assert_eq!(house.get("/admin").await.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn other_pages_link_to_the_administration_only_in_an_administrators_browser() {
    let house = TestService::new().await;
    let link = "<a href=\"/admin\">Administration</a>";
    let form = [("name", GRACE.0), ("password", GRACE.1)];
    let mut request = house.request(Method::POST, "/admin/sign-in", &form);
    let same_origin = HeaderValue::from_static("same-origin");
    request.headers_mut().insert("sec-fetch-site", same_origin);
    let response = house.site.admin_router().oneshot(request).await.unwrap();
    let cookies: Vec<&str> = response
        .headers()
        .get_all(header::SET_COOKIE)
        .iter()
        .map(|cookie| cookie.to_str().unwrap())
        .collect();
    let [session, mark] = cookies[..] else {
        panic!("{cookies:?}");
    };
    assert!(session.contains("Path=/admin;"), "{session}");
    assert!(mark.contains("Path=/;"), "{mark}");
    let read = async |cookie: &str| {
        let request = Request::get("/badges").header(header::COOKIE, cookie);
        let request = request.body(Body::empty()).unwrap();
        let response = house.site.page_router().oneshot(request).await.unwrap();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(body.to_vec()).unwrap()
    };
    assert!(!read("other=1").await.contains(link));
    let page = read(mark.split(';').next().unwrap()).await;
    assert!(page.contains(link), "{page}");
}

//! Tests of the application in `axum-host` over HTTP.

#[path = "../axum-host/club.rs"]
mod club;

use accolade::{Catalog, Engine};
use accolade_testing::MemoryStore;
use accolade_web::{KeyScope, create_key};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

/// Minimal browser: keeps a cookie and does not follow redirects.
struct TestBrowser {
    app: Router,
    cookie: String,
}

struct PageResponse {
    status: StatusCode,
    location: String,
    body: String,
}

impl TestBrowser {
    async fn log_in(app: &Router, name: &str) -> Self {
        let mut browser = Self {
            app: app.clone(),
            cookie: String::new(),
        };
        let login = browser
            .send(form_request("/login", &format!("name={name}")))
            .await;
        assert_eq!(
            (login.status, login.location.as_str()),
            (StatusCode::SEE_OTHER, "/")
        );
        browser
    }

    async fn get(&mut self, path: &str) -> PageResponse {
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    async fn send(&mut self, mut request: Request<Body>) -> PageResponse {
        request
            .headers_mut()
            .insert(header::COOKIE, self.cookie.parse().unwrap());
        let response = self.app.clone().oneshot(request).await.unwrap();
        let text = |name| {
            response
                .headers()
                .get(name)
                .map_or("", |value| value.to_str().unwrap())
                .to_owned()
        };
        if let Some((cookie, _)) = text(header::SET_COOKIE).split_once(';') {
            self.cookie = cookie.to_owned();
        }
        let (status, to) = (response.status(), text(header::LOCATION));
        let body = response.into_body().collect().await.unwrap().to_bytes();
        PageResponse {
            status,
            location: to,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }
}

fn form_request(path: &str, body: &str) -> Request<Body> {
    let request =
        Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    request.body(Body::from(body.to_owned())).unwrap()
}

async fn build_club() -> (Router, Engine) {
    let catalog = Catalog::from_toml(club::CATALOG).unwrap();
    let engine = Engine::open(MemoryStore::new(), catalog).unwrap();
    let (app, _) = club::build_app(engine.clone(), "http://127.0.0.1:8001")
        .await
        .unwrap();
    (app, engine)
}

#[tokio::test]
async fn a_member_who_posts_has_a_badge_on_the_pages_under_the_prefix() {
    let (app, _) = build_club().await;
    let mut ada = TestBrowser::log_in(&app, "ada").await;
    assert_eq!(
        ada.send(form_request(
            "/posts",
            "text=A+drawer+for+the+%3Cchisels%3E"
        ))
        .await
        .status,
        StatusCode::SEE_OTHER
    );

    let home = ada.get("/").await;
    assert_eq!(home.status, StatusCode::OK);
    assert!(
        home.body.contains("First cut") && home.body.contains("&lt;chisels&gt;"),
        "{}",
        home.body
    );
    let page = ada.get("/club/players/ada").await;
    assert_eq!(page.status, StatusCode::OK);
    for shown in [
        "First cut",
        "Up next",
        "Storyteller",
        "/club.css",
        "Back to the workbench",
    ] {
        assert!(page.body.contains(shown), "{shown} in {}", page.body);
    }

    let mut bob = TestBrowser::log_in(&app, "bob").await;
    let others = bob.get("/club/players/ada").await.body;
    assert!(others.contains("First cut"));
    assert!(
        !others.contains("Up next"),
        "others see only earned badges: {others}"
    );
}

#[tokio::test]
async fn a_visitor_cannot_post() {
    let (app, _) = build_club().await;
    let mut visitor = TestBrowser {
        app: app.clone(),
        cookie: "club_session=guessed".to_owned(),
    };
    assert_eq!(
        visitor
            .send(form_request("/posts", "text=hello"))
            .await
            .status,
        StatusCode::UNAUTHORIZED
    );
    assert!(visitor.get("/").await.body.contains("No posts yet"));
}

#[tokio::test]
async fn the_api_requires_a_key_and_the_administration_a_sign_in() {
    let (app, engine) = build_club().await;
    let mut ada = TestBrowser::log_in(&app, "ada").await;
    ada.send(form_request("/posts", "text=A+drawer+for+the+chisels"))
        .await;
    assert_eq!(
        ada.get("/club/v1/players/ada").await.status,
        StatusCode::UNAUTHORIZED,
        "a login is not an API key"
    );
    let key = create_key(&engine, "test", &[KeyScope::Read], "the test")
        .await
        .unwrap();
    let request =
        Request::get("/club/v1/players/ada").header(header::AUTHORIZATION, format!("Bearer {key}"));
    let profile = ada.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(profile.status, StatusCode::OK);
    assert!(profile.body.contains("first-cut"), "{}", profile.body);

    let admin = ada.get("/club/admin").await;
    assert!(admin.status.is_redirection(), "{}", admin.status);
    assert!(
        admin.location.starts_with("/club/admin/sign-in"),
        "{}",
        admin.location
    );
}

#[tokio::test]
async fn all_links_of_the_application_work() {
    let (app, _) = build_club().await;
    let mut ada = TestBrowser::log_in(&app, "ada").await;
    ada.send(form_request("/posts", "text=A+drawer+for+the+chisels"))
        .await;
    for path in [
        "/club",
        "/club/",
        "/club/badges",
        "/club/badges/first-cut",
        "/club/docs",
        "/club/openapi.json",
        "/club.css",
    ] {
        assert_eq!(ada.get(path).await.status, StatusCode::OK, "{path}");
    }
}

//! The application in `axum-host`, driven from outside.

#[path = "../axum-host/club.rs"]
mod club;

use accolade::memory::MemoryStore;
use accolade::{Catalog, Engine};
use accolade_web::{Scope, create_key};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

/// A browser without a window: it knows its cookie, and follows nothing by itself.
struct Browser {
    app: Router,
    cookie: String,
}

struct Seen {
    status: StatusCode,
    to: String,
    body: String,
}

impl Browser {
    async fn logged_in(app: &Router, name: &str) -> Self {
        let mut browser = Self {
            app: app.clone(),
            cookie: String::new(),
        };
        let login = browser.ask(form("/login", &format!("name={name}"))).await;
        assert_eq!(
            (login.status, login.to.as_str()),
            (StatusCode::SEE_OTHER, "/")
        );
        browser
    }

    async fn get(&mut self, path: &str) -> Seen {
        self.ask(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    async fn ask(&mut self, mut request: Request<Body>) -> Seen {
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
        Seen {
            status,
            to,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }
}

fn form(path: &str, body: &str) -> Request<Body> {
    let request =
        Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    request.body(Body::from(body.to_owned())).unwrap()
}

async fn club() -> (Router, Engine) {
    let catalog = Catalog::from_toml(club::RULES).unwrap();
    let engine = Engine::open(MemoryStore::new(), catalog).unwrap();
    let (app, _) = club::app(engine.clone(), "http://127.0.0.1:8001")
        .await
        .unwrap();
    (app, engine)
}

#[tokio::test]
async fn who_posts_has_a_badge_on_the_pages_under_the_prefix() {
    let (app, _) = club().await;
    let mut ada = Browser::logged_in(&app, "ada").await;
    assert_eq!(
        ada.ask(form("/posts", "text=A+drawer+for+the+%3Cchisels%3E"))
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

    let mut bob = Browser::logged_in(&app, "bob").await;
    let others = bob.get("/club/players/ada").await.body;
    assert!(others.contains("First cut"));
    assert!(
        !others.contains("Up next"),
        "to others a player has what is earned, and no more: {others}"
    );
}

#[tokio::test]
async fn who_is_not_logged_in_posts_nothing() {
    let (app, _) = club().await;
    let mut visitor = Browser {
        app: app.clone(),
        cookie: "club_session=guessed".to_owned(),
    };
    assert_eq!(
        visitor.ask(form("/posts", "text=hello")).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert!(
        visitor
            .get("/")
            .await
            .body
            .contains("Nothing was posted yet")
    );
}

#[tokio::test]
async fn the_api_asks_for_a_key_and_the_administration_for_a_sign_in() {
    let (app, engine) = club().await;
    let mut ada = Browser::logged_in(&app, "ada").await;
    ada.ask(form("/posts", "text=A+drawer+for+the+chisels"))
        .await;
    assert_eq!(
        ada.get("/club/v1/players/ada").await.status,
        StatusCode::UNAUTHORIZED,
        "a login is no key"
    );
    let key = create_key(&engine, "test", &[Scope::Read], "the test")
        .await
        .unwrap();
    let request =
        Request::get("/club/v1/players/ada").header(header::AUTHORIZATION, format!("Bearer {key}"));
    let profile = ada.ask(request.body(Body::empty()).unwrap()).await;
    assert_eq!(profile.status, StatusCode::OK);
    assert!(profile.body.contains("first-cut"), "{}", profile.body);

    let admin = ada.get("/club/admin").await;
    assert!(admin.status.is_redirection(), "{}", admin.status);
    assert!(admin.to.starts_with("/club/admin/sign-in"), "{}", admin.to);
}

#[tokio::test]
async fn links_of_the_application_lead_somewhere() {
    let (app, _) = club().await;
    let mut ada = Browser::logged_in(&app, "ada").await;
    ada.ask(form("/posts", "text=A+drawer+for+the+chisels"))
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

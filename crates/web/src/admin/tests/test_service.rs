//! Test service in memory with a signed-in administrator.

use accolade::{Catalog, Engine, NewEvent};
use accolade_testing::MemoryStore;
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::{Settings, Site};

/// Name and password of the first administrator.
pub(super) const GRACE: (&str, &str) = ("grace", "correct horse battery");

/// A catalog with one of everything.
pub(super) const CATALOG: &str = r#"
[[currency]]
id = "xp"
name = "Experience"

[[earning]]
id = "visited"
on = "visit"
points = { xp = 5 }

[[badge]]
id = "fan"
name = "Fan"
criterion = { count = "visit" }
tiers = [{ id = "bronze", at = 2 }, { id = "gold", at = 5 }]

[[badge]]
id = "hero"
name = "Hero"
criterion = { manual = true }
points = { xp = 100 }

[[unlockable]]
id = "chat"
name = "Chat"
criterion = { points = "xp", at_least = 10 }

[[test]]
name = "two visits make a fan"
given = [{ player = "ada", name = "visit", repeat = 2 }]
expect = { ada = { badges = ["fan:bronze"] } }
"#;

/// Test service with the session cookie of its client.
pub(super) struct TestService {
    pub(super) site: Site,
    router: Router,
    pub(super) cookie: Option<String>,
}

/// Response to a request.
#[derive(Debug)]
pub(super) struct TestResponse {
    pub(super) status: StatusCode,
    pub(super) location: String,
    pub(super) cookie: Option<String>,
    /// Value of the header `Retry-After`; empty if it is missing.
    pub(super) retry_after: String,
    pub(super) body: String,
}

impl TestService {
    /// Creates a service without administrators and players.
    pub(super) async fn without_administrators() -> Self {
        let engine =
            Engine::open(MemoryStore::new(), Catalog::from_toml(CATALOG).unwrap()).unwrap();
        let mut settings = Settings::default();
        settings.server.public_url = "https://play.example".to_owned();
        let site = Site::builder(engine)
            .settings(settings)
            .build()
            .await
            .unwrap();
        Self {
            router: site.admin_router(),
            site,
            cookie: None,
        }
    }

    /// Creates a service with a signed-in administrator and a player with two visits.
    pub(super) async fn new() -> Self {
        let mut house = Self::without_administrators().await;
        let invitation = house.invitation_secret().await;
        let (name, password) = GRACE;
        let form = [
            ("invitation", &*invitation),
            ("name", name),
            ("password", password),
        ];
        let page = house.post("/admin/welcome", &form).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        house.cookie = page.cookie;
        house.record_visits("ada", 2).await;
        house
    }

    /// Returns the secret of the first administrator's invitation link.
    pub(super) async fn invitation_secret(&self) -> String {
        let link = self
            .site
            .create_first_administrator_link()
            .await
            .unwrap()
            .unwrap();
        link.split_once("invitation=").unwrap().1.to_owned()
    }

    pub(super) fn engine(&self) -> &Engine {
        &self.site.app_state().engine
    }

    /// Records visits.
    pub(super) async fn record_visits(&self, player: &str, times: usize) {
        for number in 0..times {
            let event = NewEvent::new(player, "visit").id(format!("visit-{player}-{number}"));
            self.engine().record(event).await.unwrap();
        }
    }

    pub(super) async fn get(&self, path: &str) -> TestResponse {
        self.send(self.request(Method::GET, path, &[])).await
    }

    /// Posts a form like a browser that shows a page of the service.
    pub(super) async fn post(&self, path: &str, form: &[(&str, &str)]) -> TestResponse {
        let mut request = self.request(Method::POST, path, form);
        request
            .headers_mut()
            .insert("sec-fetch-site", "same-origin".parse().unwrap());
        self.send(request).await
    }

    pub(super) fn request(
        &self,
        method: Method,
        path: &str,
        form: &[(&str, &str)],
    ) -> Request<Body> {
        let written = |text: &str| crate::filters::encode_segment(text);
        let body: Vec<String> = form
            .iter()
            .map(|(name, value)| format!("{}={}", written(name), written(value)))
            .collect();
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "127.0.0.1:8000");
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let kind = "application/x-www-form-urlencoded";
        request
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body.join("&")))
            .unwrap()
    }

    pub(super) async fn send(&self, request: Request<Body>) -> TestResponse {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let text = |name| {
            response
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        let location = text(header::LOCATION).unwrap_or_default();
        let retry_after = text(header::RETRY_AFTER).unwrap_or_default();
        let cookie = text(header::SET_COOKIE)
            .map(|cookie| cookie.split(';').next().unwrap_or_default().to_owned());
        let status = response.status();
        let is_endless =
            text(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("text/event-stream"));
        let body = match is_endless {
            true => String::new(),
            false => String::from_utf8(
                response
                    .into_body()
                    .collect()
                    .await
                    .unwrap()
                    .to_bytes()
                    .to_vec(),
            )
            .unwrap(),
        };
        TestResponse {
            status,
            location,
            cookie,
            retry_after,
            body,
        }
    }

    /// Waits for the job that a response redirects to. Returns the id of the job.
    pub(super) async fn wait_for_job(&self, page: &TestResponse) -> String {
        let id = page
            .location
            .rsplit('/')
            .next()
            .unwrap()
            .split('?')
            .next()
            .unwrap();
        let job = self
            .site
            .app_state()
            .jobs
            .get(id)
            .unwrap_or_else(|| panic!("no job behind {page:?}"));
        job.wait_until_finished(std::time::Duration::from_secs(60))
            .await;
        id.to_owned()
    }
}

impl TestResponse {
    /// Asserts that the response redirects to a path.
    #[track_caller]
    pub(super) fn assert_redirect(&self, location: &str) {
        let found = (self.status, &*self.location);
        assert_eq!(found, (StatusCode::SEE_OTHER, location), "{}", self.body);
    }

    /// Returns the value of a hidden field.
    pub(super) fn hidden_field(&self, name: &str) -> String {
        let begin = format!("name=\"{name}\" value=\"");
        let rest = self
            .body
            .split_once(&begin)
            .unwrap_or_else(|| panic!("no {name} in {}", self.body))
            .1;
        rest.split('"').next().unwrap().to_owned()
    }
}

//! The club: its own home page and login, with Accolade under `/club`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use accolade::{Audience, Engine, Error, NewEvent};
use accolade_web::models::PlayerModel;
use accolade_web::{Settings, Site};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use minijinja::Environment;
use minijinja::value::{Serde, Value};
use serde::{Deserialize, Serialize};

/// Catalog of the club.
pub(crate) const CATALOG: &str = include_str!("accolade.toml");

/// Name of the session cookie.
const SESSION_COOKIE: &str = "club_session";

/// State of the application: sessions and posts.
struct ClubState {
    engine: Engine,
    sessions: Mutex<HashMap<String, String>>,
    posts: Mutex<Vec<ClubPost>>,
    pages: Environment<'static>,
}

#[derive(Clone, Serialize)]
struct ClubPost {
    member: String,
    text: String,
}

/// Builds the application. Also returns the site inside it, for API keys, tokens and the link of
/// the first administrator.
pub(crate) async fn build_app(engine: Engine, url: &str) -> Result<(Router, Site), Error> {
    let club = Arc::new(ClubState::new(engine.clone()));
    let mut settings = Settings::default();
    settings.server.public_url = url.to_owned();
    settings.server.prefix = "/club".to_owned();
    settings.pages.title = "The woodworking club".to_owned();
    // The club's template overrides the built-in layout and adds the style sheet with its colors.
    settings.pages.templates = concat!(env!("CARGO_MANIFEST_DIR"), "/axum-host/templates").into();

    let members = Arc::clone(&club);
    let site = Site::builder(engine)
        .settings(settings)
        .identify_player(move |request| members.find_member(&request.headers));
    let site = site.build().await?;
    let ours = Router::new()
        .route("/", get(show_home))
        .route("/login", post(log_in))
        .route("/posts", post(publish_post))
        .route(
            "/club.css",
            get(|| async {
                (
                    [(header::CONTENT_TYPE, "text/css")],
                    include_str!("club.css"),
                )
            }),
        )
        .with_state(club);
    // `nest_service` also matches `/club/`, which `nest` does not.
    Ok((ours.nest_service("/club", site.router()), site))
}

impl ClubState {
    fn new(engine: Engine) -> Self {
        let mut pages = Environment::new();
        pages
            .add_template("home.html", include_str!("home.html"))
            .expect("the template is tested");
        Self {
            engine,
            sessions: Mutex::default(),
            posts: Mutex::default(),
            pages,
        }
    }

    /// Identifies the member of a request. Accolade calls this function, too.
    fn find_member(&self, headers: &HeaderMap) -> Option<String> {
        let jar = CookieJar::from_headers(headers);
        lock_mutex(&self.sessions)
            .get(jar.get(SESSION_COOKIE)?.value())
            .cloned()
    }
}

#[derive(Serialize)]
struct HomeContext {
    member: Option<String>,
    profile: Option<PlayerModel>,
    posts: Vec<ClubPost>,
}

async fn show_home(
    State(club): State<Arc<ClubState>>,
    headers: HeaderMap,
) -> Result<Html<String>, HandlerError> {
    let member = club.find_member(&headers);
    let profile = match &member {
        Some(member) => {
            club.engine
                .players()
                .load_profile(member, Audience::Player)
                .await?
        }
        None => None,
    };
    let posts: Vec<ClubPost> = lock_mutex(&club.posts)
        .iter()
        .rev()
        .take(20)
        .cloned()
        .collect();
    let page = club.pages.get_template("home.html")?;
    Ok(Html(page.render(Value::from(Serde(HomeContext {
        member,
        profile: profile.map(PlayerModel::from),
        posts,
    })))?))
}

#[derive(Deserialize)]
struct LoginForm {
    name: String,
}

/// Logs a member in. A real application would ask for a password.
async fn log_in(
    State(club): State<Arc<ClubState>>,
    jar: CookieJar,
    Form(login): Form<LoginForm>,
) -> impl IntoResponse {
    let secret = uuid::Uuid::new_v4().to_string();
    lock_mutex(&club.sessions).insert(secret.clone(), login.name);
    let cookie = Cookie::build((SESSION_COOKIE, secret))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax);
    (jar.add(cookie), Redirect::to("/"))
}

#[derive(Deserialize)]
struct PostForm {
    text: String,
}

async fn publish_post(
    State(club): State<Arc<ClubState>>,
    headers: HeaderMap,
    Form(draft): Form<PostForm>,
) -> Result<Response, HandlerError> {
    let Some(member) = club.find_member(&headers) else {
        return Ok(StatusCode::UNAUTHORIZED.into_response());
    };
    let number = {
        let mut posts = lock_mutex(&club.posts);
        posts.push(ClubPost {
            member: member.clone(),
            text: draft.text.clone(),
        });
        posts.len()
    };
    // The id comes from the post, so recording it again would have no effect.
    let event = NewEvent::new(&member, "post.published").id(format!("post-{number}"));
    club.engine
        .record(event.prop("length", draft.text.chars().count() as i64))
        .await?;
    Ok(Redirect::to("/").into_response())
}

fn lock_mutex<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Error of a handler. Its cause is logged and not shown to users.
struct HandlerError(Box<dyn std::error::Error>);

impl<E: std::error::Error + 'static> From<E> for HandlerError {
    fn from(error: E) -> Self {
        Self(Box::new(error))
    }
}

impl IntoResponse for HandlerError {
    fn into_response(self) -> Response {
        eprintln!("{}", self.0);
        (
            StatusCode::INTERNAL_SERVER_ERROR,
            "Internal error. Please try again.",
        )
            .into_response()
    }
}

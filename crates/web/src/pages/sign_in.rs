//! `/sign-in` and `/sign-out`: sessions of players, with the player token as cookie.

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use serde::{Deserialize, Serialize};

use super::page::{LenientQuery, PageRequest};
use super::url;
use crate::auth::authenticate_player;
use crate::auth::tokens::TokenError;
use crate::auth::viewer::PLAYER_COOKIE;
use crate::filters::encode_segment;
use crate::problem::Problem;

/// Header in which browsers say where a request comes from.
const FETCH_SITE: &str = "sec-fetch-site";

/// Query parameters of a sign-in link, and fields of the form that confirms it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct SignInLink {
    /// Player token that the host's server requested.
    token: Option<String>,
    /// Path to redirect to.
    to: Option<String>,
}

/// Context of `sign-in.html`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct PlayerSignInPage {
    /// True if the token has expired.
    pub(super) is_expired: bool,
    /// True if the token is not valid, for another reason than its age.
    pub(super) is_invalid: bool,
    /// Question whether to sign in; `None` if the link is invalid.
    pub(super) confirmation: Option<SignInConfirmation>,
}

/// Question whether to sign in as a player.
#[derive(Debug, Clone, Serialize)]
pub(super) struct SignInConfirmation {
    /// Display name of the player; the id if there is none.
    pub(super) name: String,
    /// Player token of the link.
    pub(super) token: String,
    /// Path to redirect to; empty for the player's own page.
    pub(super) to: String,
}

/// `GET /sign-in`: signs a player in, or asks first.
pub(super) async fn sign_in_player(
    page: PageRequest,
    jar: CookieJar,
    headers: HeaderMap,
    LenientQuery(link): LenientQuery<SignInLink>,
) -> Response {
    let player = match verify_link(&page, &link).await {
        Ok(player) => player,
        Err(problem) => return render_invalid_link(&page, &link, problem).await,
    };
    if needs_confirmation(&page, &headers, &player) {
        let asked = render_confirmation(&page, link, &player).await;
        return page.render_result(asked).await;
    }
    start_session(&page, jar, link, &player)
}

/// `POST /sign-in`: signs a player in who was asked.
pub(super) async fn confirm_sign_in(
    page: PageRequest,
    jar: CookieJar,
    form: Result<Form<SignInLink>, FormRejection>,
) -> Response {
    let link = form.map(|Form(link)| link).unwrap_or_default();
    match verify_link(&page, &link).await {
        Ok(player) => start_session(&page, jar, link, &player),
        Err(problem) => render_invalid_link(&page, &link, problem).await,
    }
}

/// Returns true if a link may have been opened without the intention of the person.
///
/// Another site can send a browser to a link of its own account. It would then show that account's
/// page to a person who believes to be signed in as themselves (login CSRF).
fn needs_confirmation(page: &PageRequest, headers: &HeaderMap, player: &str) -> bool {
    if page.viewer.is_player(player) {
        return false;
    }
    // Browsers that do not send the header must be asked only before they change the player.
    let is_cross_site = headers
        .get(FETCH_SITE)
        .is_some_and(|site| site == "cross-site");
    is_cross_site || page.viewer.0.is_some()
}

/// Returns the player of a link's token.
async fn verify_link(page: &PageRequest, link: &SignInLink) -> Result<String, Problem> {
    let token = link.token.as_deref().unwrap_or_default();
    let token = authenticate_player(&page.app, token).await?;
    Ok(token.player)
}

async fn render_invalid_link(page: &PageRequest, link: &SignInLink, problem: Problem) -> Response {
    if problem.status_code().is_server_error() {
        return page.render_result(Err(problem)).await;
    }
    let token = link.token.as_deref().unwrap_or_default();
    let verified = page
        .app
        .auth
        .tokens
        .verify_token(token, page.app.engine.now());
    let is_expired = matches!(verified, Err(TokenError::Expired));
    let own = PlayerSignInPage {
        is_expired,
        is_invalid: !is_expired && !token.is_empty(),
        confirmation: None,
    };
    let result = page.render_page("sign-in.html", &own).await;
    let refused = result.map(|page| (StatusCode::UNAUTHORIZED, page).into_response());
    page.render_result(refused).await
}

async fn render_confirmation(
    page: &PageRequest,
    link: SignInLink,
    player: &str,
) -> Result<Response, Problem> {
    let players = page.app.engine.players();
    let names = players.display_names(vec![player.into()]).await?;
    let name = names.into_iter().next().flatten();
    let confirmation = SignInConfirmation {
        name: name.unwrap_or_else(|| player.to_owned()),
        token: link.token.unwrap_or_default(),
        to: link.to.unwrap_or_default(),
    };
    let own = PlayerSignInPage {
        is_expired: false,
        is_invalid: false,
        confirmation: Some(confirmation),
    };
    page.render_page("sign-in.html", &own).await
}

fn start_session(page: &PageRequest, jar: CookieJar, link: SignInLink, player: &str) -> Response {
    let own = || url::player_url(page.base(), player);
    let to = link
        .to
        .and_then(|to| parse_local_path(page.base(), &to))
        .unwrap_or_else(own);
    // The redirect also takes the token out of the address bar.
    let cookie = build_cookie(page, link.token.unwrap_or_default());
    (jar.add(cookie), redirect_to(&to)).into_response()
}

/// `POST /sign-out`: removes the session cookie.
pub(super) async fn sign_out_player(page: PageRequest, jar: CookieJar) -> Response {
    // Browsers delete a cookie only if name and path are the same.
    let mut gone = build_cookie(&page, String::new());
    gone.make_removal();
    (jar.add(gone), redirect_to(&format!("{}/", page.base()))).into_response()
}

fn build_cookie(page: &PageRequest, token: String) -> Cookie<'static> {
    let path = match page.base() {
        "" => "/",
        base => base,
    };
    let settings = &page.app.settings;
    let seconds = i64::try_from(settings.players.token_seconds).unwrap_or(i64::MAX);
    Cookie::build((PLAYER_COOKIE, token))
        .path(path.to_owned())
        .http_only(true)
        // Lax, because players arrive through links from the host's site.
        .same_site(SameSite::Lax)
        // Browsers do not send secure cookies over plain HTTP, which development uses.
        .secure(settings.server.public_url.starts_with("https://"))
        // The cookie contains the token, so it must not outlive it.
        .max_age(time::Duration::seconds(seconds))
        .build()
}

fn redirect_to(to: &str) -> Response {
    let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// Returns the path in the encoding of a `Location` header, if it is a path of these pages.
///
/// Browsers drop line breaks and tabs, treat backslashes as slashes, and resolve dot segments, even
/// encoded ones. Paths with any of these are rejected, because they could lead to another site.
fn parse_local_path(base: &str, to: &str) -> Option<String> {
    let path = to.split(['?', '#']).next().unwrap_or_default();
    let rest = path.strip_prefix(base)?;
    // `/gamenot` begins with the prefix `/game`, too, but is not below it.
    let is_below = rest.starts_with('/') || rest.is_empty() && !base.is_empty();
    let is_odd = |char: char| char.is_control() || char.is_whitespace() || char == '\\';
    let has_dots = path.split('/').any(|part| {
        matches!(
            part.to_ascii_lowercase().replace("%2e", ".").as_str(),
            "." | ".."
        )
    });
    // Two slashes begin the name of another host.
    if !is_below || path.contains("//") || to.contains(is_odd) || has_dots {
        return None;
    }
    // Header values must be ASCII.
    let encoded = to.chars().map(|char| {
        if char.is_ascii() {
            char.to_string()
        } else {
            encode_segment(&char.to_string())
        }
    });
    Some(encoded.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_redirects_only_to_pages_of_this_site() {
        for (base, to, expected) in [
            ("", "/players/ada", Some("/players/ada")),
            ("", "/", Some("/")),
            (
                "",
                "/badges/x?after=1#earners",
                Some("/badges/x?after=1#earners"),
            ),
            ("", "/players/\u{e9}", Some("/players/%C3%A9")),
            ("", "/players/ada?x=//evil", Some("/players/ada?x=//evil")),
            ("", "/players/ada#//evil", Some("/players/ada#//evil")),
            ("", "/;@evil.example", Some("/;@evil.example")),
            ("", "/@evil.example", Some("/@evil.example")),
            ("", "/%5cevil.example", Some("/%5cevil.example")),
            ("/game", "/game", Some("/game")),
            ("/game", "/game/players/ada", Some("/game/players/ada")),
            ("", "", None),
            ("", "//evil.example", None),
            ("", "///evil.example", None),
            ("", "/\\evil.example", None),
            ("", "\\\\evil.example", None),
            ("", "/\t/evil.example", None),
            ("", "/\n/evil.example", None),
            ("", "https://evil.example/", None),
            ("", "javascript:alert(1)", None),
            ("", "evil.example", None),
            ("", "/.//evil.example", None),
            ("", "/%2e//evil.example", None),
            ("", "/x/..//evil.example", None),
            ("", "/x//y", None),
            ("", "/players/../admin", None),
            ("", " //evil.example", None),
            ("/game", "/", None),
            ("/game", "/gamenot/x", None),
            ("/game", "/game/../admin", None),
            ("/game", "/game/%2E%2e/admin", None),
            ("/game", "/game//evil.example", None),
            ("/game", "//evil.example/game", None),
        ] {
            assert_eq!(
                parse_local_path(base, to).as_deref(),
                expected,
                "{base} {to:?}"
            );
        }
    }
}

//! Boundaries of browsers: cross-site forms, and paths that could evade the checks of others.

use crate::credentials::create_administrator;
use crate::world::World;

#[tokio::test]
async fn a_form_is_accepted_only_from_the_own_site() {
    let own = "https://play.example";
    let world = World::with_settings(|settings| settings.server.public_url = own.to_owned()).await;
    let cookie = create_administrator(&world, "grace").await;
    let cases: [(&[(&str, &str)], bool); 14] = [
        // Browsers send one of the two headers with every form; other programs have no cookies.
        (&[], true),
        (&[("origin", own)], true),
        (&[("origin", "https://evil.example")], false),
        (&[("origin", "null")], false),
        (&[("origin", "https://play.example:8443")], false),
        (&[("origin", "http://play.example")], true),
        (&[("origin", "https://play.example.evil.example")], false),
        (
            &[("origin", "https://evil.example"), ("host", "play.example")],
            false,
        ),
        (&[("origin", own), ("host", "127.0.0.1:8000")], true),
        (&[("sec-fetch-site", "cross-site")], false),
        (&[("sec-fetch-site", "same-site")], false),
        (&[("sec-fetch-site", "none")], true),
        (&[("sec-fetch-site", "cross-site"), ("origin", own)], true),
        // No browser sends this combination.
        (
            &[
                ("sec-fetch-site", "same-origin"),
                ("origin", "https://evil.example"),
            ],
            true,
        ),
    ];
    for (headers, accepted) in cases {
        let mut request = world
            .anonymous_request("POST", "/admin/administrators/invite")
            .header("cookie", &cookie)
            .header("host", "play.example");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let answer = request.send().await;
        assert_eq!(
            answer.status,
            if accepted { 200 } else { 403 },
            "{headers:?}"
        );
        let has_link = answer.text().contains("invitation=");
        assert_eq!(has_link, accepted, "{headers:?}");
    }
}

#[tokio::test]
async fn odd_paths_evade_no_check() {
    let world = World::new().await;
    world.create_key(accolade_web::KeyScope::Read).await;
    for path in [
        "/assets/../v1/keys",
        "/assets/..%2fv1%2fkeys",
        "/assets/%2e%2e/v1/keys",
        "/assets/..%5cv1%5ckeys",
        "/assets/%00",
        "/admin/..;/v1/keys",
        "/v1//keys",
        "//v1/keys",
        "/V1/keys",
        "/v1/keys/",
        "/%76%31/keys",
        "/v1/keys%2f",
        "/admin%2fkeys",
        "//admin/keys",
        "/admin//keys",
        "/players/%ff%fe",
        "/players/%00",
        "/players/a%0d%0aSet-Cookie:x=1",
        "//evil.example/%2e%2e",
        "//evil.example/players/ada",
    ] {
        let answer = world.anonymous_request("GET", path).send().await;
        let is_refused = [303, 400, 401, 404].contains(&answer.status);
        assert!(is_refused, "{path}: {}", answer.status);
        assert!(
            !answer.text().contains("record"),
            "{path}: {}",
            answer.text()
        );
        assert_eq!(answer.header("set-cookie"), "", "{path}");
        let location = answer.header("location");
        assert!(
            ["", "/admin/sign-in"].contains(&location),
            "{path}: {location}"
        );
    }
}

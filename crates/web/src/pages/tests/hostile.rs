//! Names and ids are escaped everywhere.

use accolade::{Action, NewEvent, props};
use axum::http::StatusCode;

use super::{build_site_with_catalog, get_page};
use crate::filters::encode_segment;

const HOSTILE: [&str; 5] = [
    "<script>alert(1)</script>",
    "\" onmouseover=\"alert(1)",
    "' onmouseover='alert(1)",
    "\u{202e}gnp.exe\u{2066}/../?#%2F",
    "{{ site }}{% raw %}</title>",
];

#[tokio::test]
async fn hostile_names_and_ids_are_escaped() {
    let catalog = r#"
        [[category]]
        id = "c"
        name = "<b>category</b>"
        description = "<i>d</i>"

        [[currency]]
        id = "xp"
        name = "<script>xp</script>"
        icon = "<svg onload=alert(1)>"

        [[badge]]
        id = "bad"
        name = "<script>badge</script>"
        description = "\" onerror=\"alert(1) <img src=x>"
        category = "c"
        images = { unlocked = "\" onerror=\"alert(1)" }
        criterion = { count = "said" }
        tiers = [{ id = "low", at = 1, points = { xp = 1 } }, { id = "high", at = 9 }]

        [[unlockable]]
        id = "u"
        name = "<script>open</script>"
        criterion = { count = "said" }
    "#;
    let site = build_site_with_catalog(catalog, |settings| {
        settings.pages.title = "<script>title</script>".to_owned()
    })
    .await;
    let engine = &site.app_state().engine;
    for hostile in HOSTILE {
        engine.record(NewEvent::new(hostile, "said")).await.unwrap();
        engine
            .submit_action(Action::profile(
                hostile,
                props! { "name" => format!("{hostile}!") },
            ))
            .await
            .unwrap();
    }
    let mut paths = vec![
        "/".to_owned(),
        "/badges".to_owned(),
        "/badges/bad".to_owned(),
    ];
    for hostile in HOSTILE {
        paths.push(format!("/players/{}", encode_segment(hostile)));
        paths.push(format!("/avatar/{}.svg", encode_segment(hostile)));
        paths.push(format!("/badges/{}", encode_segment(hostile)));
    }
    for viewer in [None, Some(HOSTILE[0]), Some(HOSTILE[1])] {
        for path in &paths {
            let answer = get_page(&site, path, viewer).await;
            assert!(
                [StatusCode::OK, StatusCode::NOT_FOUND].contains(&answer.status),
                "{path}: {}",
                answer.body
            );
            for markup in [
                "<script>",
                " onmouseover=\"",
                " onmouseover='",
                " onerror=\"",
                "<b>category",
                "<svg onload",
                "<img src=x",
            ] {
                assert!(
                    !answer.body.contains(markup),
                    "{path} has {markup}: {}",
                    answer.body
                );
            }
        }
    }
}

#[tokio::test]
async fn every_id_has_a_page_of_its_own() {
    let site = build_site_with_catalog("", |_| {}).await;
    for hostile in HOSTILE {
        site.app_state()
            .engine
            .record(NewEvent::new(hostile, "said"))
            .await
            .unwrap();
        let page = get_page(
            &site,
            &format!("/players/{}", encode_segment(hostile)),
            None,
        )
        .await;
        assert_eq!(page.status, StatusCode::OK, "{hostile}");
        let link = format!("/avatar/{}.svg", encode_segment(hostile));
        assert!(page.body.contains(&link), "{hostile}: {}", page.body);
    }
}

#[tokio::test]
async fn invalid_urls_are_rejected() {
    let site = build_site_with_catalog("", |_| {}).await;
    for path in [
        "/players/%FF",
        "/badges/%C3%28",
        "/art/%FF.svg",
        "/badges?after=%FF",
        "/badges/x?after=!!",
    ] {
        let answer = get_page(&site, path, None).await;
        assert!(!answer.status.is_server_error(), "{path}: {}", answer.body);
    }
}

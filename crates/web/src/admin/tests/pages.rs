//! Tests that render every page.

use std::collections::BTreeSet;

use accolade::{Action, NewEvent};
use axum::http::StatusCode;

use super::test_service::TestService;
use crate::admin::page::{AdminPage, ProblemPage, render_admin_page};
use crate::admin::{
    access, account, activity, administrators, audit, badges, catalog, events, health, jobs, keys,
    overview, players,
};
use crate::filters::encode_segment;
use crate::templates::TemplateSet;

/// Text that would do harm if it were not escaped.
const HOSTILE: &str = "<script>alert(1)</script>\"'&{{ 7 * 7 }}/../x";

/// Renders a page and records the name of its template.
async fn render_sample<P: AdminPage>(house: &TestService, drawn: &mut BTreeSet<String>, page: &P) {
    drawn.insert(P::TEMPLATE.to_owned());
    if let Err(trouble) = render_admin_page(
        house.site.app_state(),
        StatusCode::OK,
        Some("grace"),
        None,
        page,
    )
    .await
    {
        panic!("{}: {trouble:?}", P::TEMPLATE);
    }
}

#[tokio::test]
async fn every_template_can_be_rendered() {
    let house = TestService::new().await;
    let engine = house.engine();
    let profile = engine
        .players()
        .load_profile("ada", accolade::Audience::Admin)
        .await
        .unwrap()
        .unwrap();
    let badge = engine
        .catalog()
        .find_gallery_badge("fan", accolade::Audience::Admin)
        .await
        .unwrap()
        .unwrap();
    let why = engine.players().why("ada", "fan").await.unwrap();
    let mut drawn: BTreeSet<String> = [
        "admin/layout.html",
        "admin/macros.html",
        "admin/navigation.html",
    ]
    .map(str::to_owned)
    .into();
    let all = &mut drawn;
    render_sample(
        &house,
        all,
        &ProblemPage {
            problem_title: String::new(),
            detail: String::new(),
        },
    )
    .await;
    render_sample(&house, all, &access::WelcomePage::default()).await;
    render_sample(&house, all, &access::SignInPage::default()).await;
    render_sample(&house, all, &account::AccountPage::default()).await;
    render_sample(&house, all, &activity::ActivityPage::default()).await;
    render_sample(&house, all, &administrators::AdministratorsPage::default()).await;
    render_sample(&house, all, &audit::AuditPage::default()).await;
    render_sample(&house, all, &badges::BadgesPage::default()).await;
    render_sample(
        &house,
        all,
        &badges::BadgePage {
            badge: badge.into(),
            jobs: Vec::new(),
            earners: Vec::new(),
            next: None,
        },
    )
    .await;
    render_sample(&house, all, &badges::award::AwardPage::default()).await;
    render_sample(&house, all, &catalog::editor::EditorPage::default()).await;
    render_sample(&house, all, &catalog::difference::DifferencePage::default()).await;
    render_sample(&house, all, &catalog::reference::ReferencePage::default()).await;
    render_sample(&house, all, &catalog::history::HistoryPage::default()).await;
    let (job, draft, error) = (jobs::JobLine::default(), Default::default(), String::new());
    render_sample(
        &house,
        all,
        &catalog::preview::PreviewPage {
            job: job.clone(),
            draft,
            plan: None,
            error: error.clone(),
        },
    )
    .await;
    render_sample(
        &house,
        all,
        &jobs::JobPage {
            job,
            result: None,
            error,
        },
    )
    .await;
    render_sample(&house, all, &events::EventsPage::default()).await;
    render_sample(&house, all, &health::HealthPage::default()).await;
    render_sample(&house, all, &keys::ApiKeysPage::default()).await;
    render_sample(&house, all, &overview::OverviewPage::default()).await;
    render_sample(&house, all, &players::action::ActionPage::default()).await;
    render_sample(&house, all, &players::erase::ErasePage::default()).await;
    render_sample(&house, all, &players::ledger::LedgerPage::default()).await;
    render_sample(&house, all, &players::link::LinkPage::default()).await;
    render_sample(
        &house,
        all,
        &players::profile::PlayerPage {
            player: profile.into(),
            guests: vec!["g".into()],
            asked: None,
            is_empty: false,
            performed: None,
        },
    )
    .await;
    render_sample(&house, all, &players::search::PlayersPage::default()).await;
    render_sample(&house, all, &players::timeline::TimelinePage::default()).await;
    let (player, about) = ("ada".to_owned(), "fan".to_owned());
    render_sample(
        &house,
        all,
        &players::why::WhyPage::new(player.clone(), player, about, Vec::new())
            .with_explanation(why.unwrap()),
    )
    .await;
    let names: BTreeSet<String> = TemplateSet::built_in_names()
        .into_iter()
        .filter(|name| name.starts_with("admin/"))
        .collect();
    assert_eq!(
        names, drawn,
        "every template of the administration has a sample here"
    );
}

#[tokio::test]
async fn hostile_names_are_text_on_every_page() {
    let house = TestService::new().await;
    let engine = house.engine();
    let event = NewEvent::new(HOSTILE, "visit")
        .id(HOSTILE)
        .prop("note", HOSTILE);
    engine.record(event).await.unwrap();
    engine
        .record(NewEvent::new("guest<script>", "visit"))
        .await
        .unwrap();
    let actor = engine.on_behalf_of(HOSTILE);
    let named = accolade::props! { "name" => HOSTILE };
    for act in [
        Action::profile(HOSTILE, named).by(HOSTILE).reason(HOSTILE),
        Action::award(HOSTILE, "hero").by(HOSTILE).reason(HOSTILE),
        Action::award(HOSTILE, "fan")
            .tier("gold")
            .by(HOSTILE)
            .reason(HOSTILE),
        Action::merge(HOSTILE, "guest<script>").reason(HOSTILE),
        Action::retract(HOSTILE, HOSTILE).reason(HOSTILE),
    ] {
        actor.submit_action(act).await.unwrap();
    }
    let place = format!("/admin/players/{}", encode_segment(HOSTILE));
    let about = |what: &str| format!("{place}/why?about={what}");
    let mut paths = vec![
        "/admin",
        "/admin/players",
        "/admin/badges",
        "/admin/badges/fan",
        "/admin/events",
        "/admin/audit",
        "/admin/health",
        "/admin/activity",
        "/admin/players?search=%3Cscript%3E",
        "/admin/catalog/reference",
    ]
    .into_iter()
    .map(str::to_owned)
    .collect::<Vec<_>>();
    paths.extend(
        [
            "",
            "/timeline",
            "/ledger",
            "/why",
            "/erase",
            "/link",
            "/actions/award",
            "/actions/attributes",
        ]
        .map(|path| format!("{place}{path}")),
    );
    paths.extend(
        [
            "fan",
            "hero",
            "currency:xp",
            "unlockable:chat",
            "entry:1",
            "entry:2",
        ]
        .map(about),
    );
    paths.push(format!(
        "{place}/actions/retract?events={0}&reason={0}",
        encode_segment(HOSTILE)
    ));
    for path in paths {
        let page = house.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
        assert!(
            !page.body.contains("<script>") && !page.body.contains("\"'&{{"),
            "{path}: {}",
            page.body
        );
        assert!(!page.body.contains("{{ 49"), "{path}");
        assert_eq!(page.body.matches("<h1").count(), 1, "{path}");
        assert!(
            !page.body.contains(" style="),
            "{path} violates the content security policy"
        );
    }
}

#[tokio::test]
async fn errors_are_rendered_as_pages() {
    let house = TestService::new().await;
    for (path, status) in [
        ("/admin/players/stranger", StatusCode::NOT_FOUND),
        ("/admin/badges/none", StatusCode::NOT_FOUND),
        ("/admin/jobs/none", StatusCode::NOT_FOUND),
        ("/admin/players/ada/actions/fly", StatusCode::NOT_FOUND),
        ("/admin/players/ada/why?about=none", StatusCode::NOT_FOUND),
        (
            "/admin/players/ada/why?about=None%20such",
            StatusCode::NOT_FOUND,
        ),
        ("/admin/catalog?version=9", StatusCode::NOT_FOUND),
    ] {
        let page = house.get(path).await;
        assert!(
            page.status == status || page.status == StatusCode::UNPROCESSABLE_ENTITY,
            "{path}: {}",
            page.status
        );
        assert!(
            page.body.contains("<h1") && page.body.contains("Sign out"),
            "{path}: {}",
            page.body
        );
    }
}

#[tokio::test]
async fn activity_is_charted_and_outcomes_are_streamed() {
    let house = TestService::new().await;
    for span in ["days", "months", "all"] {
        let page = house.get(&format!("/admin?span={span}")).await;
        assert!(
            page.body.contains("<rect") && page.body.contains("Experience issued"),
            "{span}: {}",
            page.body
        );
    }
    assert_eq!(house.get("/admin/live").await.status, StatusCode::OK);
}

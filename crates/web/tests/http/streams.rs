//! Live streams deliver every outcome exactly once and in order, across reconnects.

use accolade::NewEvent;
use axum::body::Body;
use http_body_util::BodyExt;

use crate::world::World;

/// Client of a stream of server-sent events.
pub(crate) struct EventReader {
    body: Body,
    unread: String,
}

/// Event of a stream.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ReceivedEvent {
    pub(crate) name: String,
    pub(crate) id: i64,
    pub(crate) data: String,
}

impl EventReader {
    pub(crate) async fn open(world: &World, path: &str, key: &str, after: Option<i64>) -> Self {
        let call = world.anonymous_request("GET", path).key(key);
        let call = match after {
            Some(after) => call.header("last-event-id", &after.to_string()),
            None => call,
        };
        let response = call.send_streaming().await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        let mut events = Self::new(response.into_body());
        let ready = events.next_event().await.unwrap();
        assert_eq!(ready.name, "ready");
        assert!(after.is_none_or(|after| ready.id == after), "{ready:?}");
        events
    }

    /// Reads a stream that is open, from its greeting on.
    pub(crate) async fn from_body(body: Body) -> Self {
        let mut events = Self::new(body);
        assert_eq!(events.next_event().await.unwrap().name, "ready");
        events
    }

    fn new(body: Body) -> Self {
        let unread = String::new();
        Self { body, unread }
    }

    /// Reads up to the first event whose data contains a text. Returns `None` if the stream ends.
    pub(crate) async fn skip_until(&mut self, text: &str) -> Option<ReceivedEvent> {
        loop {
            let event = self.next_event().await?;
            if event.data.contains(text) {
                return Some(event);
            }
        }
    }

    /// Reads the next event. Returns `None` at the end of the stream.
    pub(crate) async fn next_event(&mut self) -> Option<ReceivedEvent> {
        loop {
            if let Some((event, rest)) = self.unread.split_once("\n\n") {
                let heard = ReceivedEvent::parse(event);
                self.unread = rest.to_owned();
                match heard.name.as_str() {
                    "" => continue,
                    _ => return Some(heard),
                }
            }
            let frame = self.body.frame().await?.unwrap();
            self.unread
                .push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
        }
    }

    /// Reads the numbers of the next `count` outcomes.
    async fn numbers(&mut self, count: usize) -> Vec<i64> {
        let mut numbers = Vec::new();
        while numbers.len() < count {
            numbers.push(self.next_event().await.unwrap().id);
        }
        numbers
    }
}

impl ReceivedEvent {
    fn parse(event: &str) -> Self {
        let mut heard = Self::default();
        for line in event.lines() {
            match line.split_once(": ") {
                Some(("event", name)) => heard.name = name.to_owned(),
                Some(("id", id)) => heard.id = id.parse().unwrap(),
                Some(("data", data)) => heard.data.push_str(data),
                _ => {}
            }
        }
        heard
    }
}

/// Records events of ada and bob in turn, and yields in between.
async fn record_alternating(world: &World, from: usize, count: usize) {
    for number in from..from + count {
        let player = if number % 2 == 0 { "ada" } else { "bob" };
        let event = NewEvent::new(player, "post.published").id(number.to_string());
        world.engine.record(event).await.unwrap();
        tokio::task::yield_now().await;
    }
}

/// Loads the numbers of all outcomes, or those of a player.
async fn outcome_numbers(world: &World, player: Option<&str>) -> Vec<i64> {
    let all = world.engine.feed().list(0, 1_000_000).await.unwrap();
    all.into_iter()
        .filter(|one| player.is_none_or(|player| one.player == player))
        .map(|one| one.seq)
        .collect()
}

#[tokio::test]
async fn a_stream_that_is_cut_goes_on_without_loss_or_repeats() {
    for (path, player) in [("/v1/live", None), ("/v1/players/ada/live", Some("ada"))] {
        for cuts in [
            &[1, 1, 1, 1][..],
            &[2, 3, 5, 7, 11, 13],
            &[0, 0, 40, 0, 1],
            &[90],
            &[],
        ] {
            let world = World::new().await;
            record_alternating(&world, 0, 10).await;
            let before = outcome_numbers(&world, player).await.len();
            let key = &world.key;
            let listen = async {
                let (mut heard, mut after) = (Vec::new(), 0);
                for count in cuts {
                    heard.extend(
                        EventReader::open(&world, path, key, Some(after))
                            .await
                            .numbers(*count)
                            .await,
                    );
                    after = heard.last().copied().unwrap_or_default();
                }
                // Event 208 is ada's last one, so both streams can end there.
                let mut events = EventReader::open(&world, path, key, Some(after)).await;
                while let Some(event) = events.next_event().await {
                    heard.push(event.id);
                    if event.data.contains("\"event\":\"208\"") {
                        break;
                    }
                }
                heard
            };
            let (heard, ()) = tokio::join!(listen, record_alternating(&world, 10, 200));
            let mut expected = outcome_numbers(&world, player).await;
            expected.truncate(expected.partition_point(|seq| *seq <= *heard.last().unwrap()));
            assert!(before > 0 && expected.len() > 100);
            assert_eq!(heard, expected, "{path} cut after {cuts:?}");
        }
    }
}

#[tokio::test]
async fn a_stream_without_a_number_begins_now() {
    let world = World::new().await;
    record_alternating(&world, 0, 10).await;
    let before = outcome_numbers(&world, None).await.len();
    let mut events = EventReader::open(&world, "/v1/live", &world.key, None).await;
    record_alternating(&world, 10, 3).await;
    let expected = outcome_numbers(&world, None).await[before..].to_vec();
    assert_eq!(events.numbers(expected.len()).await, expected);
}

#[tokio::test]
async fn a_stream_that_fell_behind_is_caught_up_from_the_database() {
    let world = World::new().await;
    let mut slow = EventReader::open(&world, "/v1/live", &world.key, None).await;
    let mut quick = EventReader::open(&world, "/v1/live", &world.key, None).await;
    let events =
        (0..3_000).map(|number| NewEvent::new("ada", "post.published").id(number.to_string()));
    let events: Vec<_> = events.collect();
    for some in events.chunks(500) {
        world.engine.record_many(some.to_vec()).await.unwrap();
    }
    let expected = outcome_numbers(&world, None).await;
    assert!(expected.len() >= 3_000, "more than a stream may be behind");
    // Once the quick stream has read everything, the slow one has missed broadcasts.
    assert_eq!(quick.numbers(expected.len()).await, expected);
    assert_eq!(slow.numbers(expected.len()).await, expected);
}

#[tokio::test]
async fn streams_have_a_bound_and_give_their_places_back() {
    let world = World::with_settings(|settings| settings.limits.streams = 2).await;
    let first = EventReader::open(&world, "/v1/live", &world.key, None).await;
    let _second = EventReader::open(&world, "/v1/players/ada/live", &world.key, None).await;
    let refused = world.get("/v1/live").await;
    refused.assert_problem(503, "too-many-streams");
    assert!(!refused.header("retry-after").is_empty());
    let open = |text: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix("accolade_live_streams "))
            .unwrap()
            .to_owned()
    };
    assert_eq!(open(&world.get("/metrics").await.text()), "2");
    drop(first);
    assert_eq!(open(&world.get("/metrics").await.text()), "1");
    EventReader::open(&world, "/v1/live", &world.key, None).await;
}

#[tokio::test]
async fn a_stop_ends_every_stream() {
    let world = World::new().await;
    let mut waiting = EventReader::open(&world, "/v1/live", &world.key, None).await;
    record_alternating(&world, 0, 1).await;
    let mut ended = EventReader::open(&world, "/v1/players/bob/live", &world.key, Some(0)).await;
    world.site.begin_shutdown();
    while waiting.next_event().await.is_some() {}
    assert_eq!(ended.next_event().await, None);
}

#[tokio::test]
async fn s20_a_stream_that_resumes_before_pruned_outcomes_is_an_error() {
    let world = World::new().await;
    world.record_events("ada", "post.published", 3).await;
    let first = outcome_numbers(&world, None).await[0];
    world.advance_clock(60);
    let pruned = world.engine.feed().prune(world.engine.now()).await.unwrap();
    assert!(pruned > 1);
    let last = world.engine.feed().last_number().await.unwrap();
    for path in ["/v1/live", "/v1/players/ada/live"] {
        let resume = |after: i64| {
            let request = world.admin_request("GET", path);
            request.header("last-event-id", &after.to_string())
        };
        let refused = resume(first).send().await;
        refused.assert_problem(410, "feed-gone");
        for after in [0, last] {
            resume(after).send_headers_only().await.assert_status(200);
        }
    }
    // Browsers cannot handle the error; the page continues with what is kept.
    let page = world.anonymous_request("GET", &format!("/live?after={first}"));
    page.send_headers_only().await.assert_status(200);
}

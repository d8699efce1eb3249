//! The examples in the HTTP documentation work.

use crate::world::World;

const MANUAL: &str = include_str!("../../../../docs/http.md");

/// Parsed curl command.
#[derive(Debug, Default)]
struct CurlCommand {
    method: Option<String>,
    headers: Vec<(String, String)>,
    body: Option<String>,
    path: String,
}

impl CurlCommand {
    fn parse(words: Vec<String>) -> Self {
        let mut curl = Self::default();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let mut next = || words.next().unwrap();
            match word.as_str() {
                "-X" => curl.method = Some(next()),
                "-d" | "--data-binary" => curl.body = Some(next()),
                "-m" => drop(next()),
                "-N" => {}
                "-H" => {
                    let header = next();
                    let (name, value) = header.split_once(": ").unwrap();
                    curl.headers.push((name.to_lowercase(), value.to_owned()));
                }
                address => {
                    curl.path = address
                        .strip_prefix("$BASE")
                        .unwrap_or_else(|| panic!("{address}"))
                        .to_owned()
                }
            }
        }
        curl
    }
}

/// Splits a line into words like a shell. Quotes have no escapes.
fn split_words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for letter in line.chars() {
        match (quote, letter) {
            (Some(open), letter) if open == letter => quote = None,
            (None, '\'' | '"') => quote = Some(letter),
            (None, letter) if letter.is_whitespace() => {
                words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)))
            }
            (_, letter) => word.push(letter),
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// Parses all curl commands of the documentation, in order.
fn parse_commands() -> Vec<CurlCommand> {
    let blocks = MANUAL
        .split("```sh\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap().replace("\\\n", " "));
    let lines: Vec<String> = blocks
        .flat_map(|block| block.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let calls = lines
        .iter()
        .filter_map(|line| line.trim().strip_prefix("curl "));
    calls
        .map(|call| CurlCommand::parse(split_words(call)))
        .collect()
}

#[tokio::test]
async fn every_example_of_the_manual_is_answered() {
    let world = World::new().await;
    let calls = parse_commands();
    assert!(calls.len() > 12, "{calls:#?}");
    for curl in calls {
        let command = format!("{curl:?}");
        let mut call = world.anonymous_request(
            curl.method.as_deref().unwrap_or("GET"),
            &curl.path.replace("wait=20", "wait=1"),
        );
        for (name, value) in &curl.headers {
            call = call.header(name, &value.replace("$KEY", &world.key));
        }
        let answer = call
            .body(curl.body.unwrap_or_default())
            .send_headers_only()
            .await;
        assert!(
            (200..300).contains(&answer.status),
            "{command}: {}",
            answer.status
        );
    }
}

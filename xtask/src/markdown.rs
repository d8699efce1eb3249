//! Parts of Markdown documents that tasks use: code blocks, comments, headings and links.

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd};

/// Part of a document, with its line number from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MarkdownPart {
    /// Fenced code block.
    Code {
        line: usize,
        /// Words after the opening fence; the first is the language.
        info: String,
        text: String,
    },
    /// HTML comment between paragraphs, without its marks.
    Comment { line: usize, text: String },
}

/// Code of a document: a fenced or indented block, or a span between words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MarkdownCode {
    /// Line number of the text, from 1.
    pub(crate) line: usize,
    /// Language of a fenced block, which may be empty. None for other code.
    pub(crate) language: Option<String>,
    pub(crate) is_span: bool,
    pub(crate) text: String,
}

/// Link to another place, with its line number from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MarkdownLink {
    pub(crate) line: usize,
    pub(crate) target: String,
    /// Bytes of the whole link in the document.
    pub(crate) range: Range<usize>,
}

/// Finds the fenced code blocks and the comments, in order.
pub(crate) fn find_parts(text: &str) -> Vec<MarkdownPart> {
    let mut parts = Vec::new();
    let mut code: Option<(usize, String, String)> = None;
    for (event, range) in parse_events(text) {
        match (event, &mut code) {
            (Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))), _) => {
                code = Some((
                    line_at(text, range.start),
                    info.into_string(),
                    String::new(),
                ));
            }
            (Event::Text(words), Some((.., collected))) => collected.push_str(&words),
            (Event::End(TagEnd::CodeBlock), _) => {
                parts.extend(code.take().map(|(line, info, text)| MarkdownPart::Code {
                    line,
                    info,
                    text,
                }));
            }
            (Event::Html(html), None) => {
                parts.extend(find_comment(&html).map(|comment| MarkdownPart::Comment {
                    line: line_at(text, range.start),
                    text: comment.to_owned(),
                }));
            }
            _ => {}
        }
    }
    parts
}

/// Finds all code, in order.
pub(crate) fn find_code(text: &str) -> Vec<MarkdownCode> {
    let mut found = Vec::new();
    let mut block: Option<MarkdownCode> = None;
    for (event, range) in parse_events(text) {
        match (event, &mut block) {
            (Event::Start(Tag::CodeBlock(kind)), _) => {
                block = Some(MarkdownCode {
                    line: 0,
                    language: match kind {
                        CodeBlockKind::Fenced(info) => {
                            Some(info.split([' ', ',']).next().unwrap_or_default().to_owned())
                        }
                        CodeBlockKind::Indented => None,
                    },
                    is_span: false,
                    text: String::new(),
                });
            }
            (Event::Text(words), Some(block)) => {
                if block.text.is_empty() {
                    block.line = line_at(text, range.start);
                }
                block.text.push_str(&words);
            }
            (Event::End(TagEnd::CodeBlock), _) => found.extend(block.take()),
            (Event::Code(words), _) => found.push(MarkdownCode {
                line: line_at(text, range.start),
                language: None,
                is_span: true,
                text: words.into_string(),
            }),
            _ => {}
        }
    }
    found
}

/// Finds the links and pictures, in order.
pub(crate) fn find_links(text: &str) -> Vec<MarkdownLink> {
    let targets = parse_events(text).filter_map(|(event, range)| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
            Some((dest_url, range))
        }
        _ => None,
    });
    targets
        .map(|(target, range): (CowStr<'_>, _)| MarkdownLink {
            line: line_at(text, range.start),
            target: target.into_string(),
            range,
        })
        .collect()
}

/// Finds the anchors of all headings, as code hosts and mdBook derive them from the words.
pub(crate) fn find_anchors(text: &str) -> Vec<String> {
    let mut anchors = Vec::new();
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut heading: Option<String> = None;
    for (event, _) in parse_events(text) {
        match (event, &mut heading) {
            (Event::Start(Tag::Heading { .. }), _) => heading = Some(String::new()),
            (Event::Text(words) | Event::Code(words), Some(collected)) => {
                collected.push_str(&words);
            }
            (Event::End(TagEnd::Heading(_)), collected) => {
                let anchor = derive_anchor(&collected.take().unwrap_or_default());
                let earlier = seen.entry(anchor.clone()).or_default();
                anchors.push(match *earlier {
                    0 => anchor,
                    count => format!("{anchor}-{count}"),
                });
                *earlier += 1;
            }
            _ => {}
        }
    }
    anchors
}

/// True if a link leads out of the project.
pub(crate) fn is_external(target: &str) -> bool {
    target.contains("://") || target.starts_with("mailto:")
}

/// Resolves a relative link to a path from the root and an anchor; `None` if it leaves the project.
/// The root itself is the empty path.
pub(crate) fn resolve_link(from: &str, target: &str) -> Option<(String, String)> {
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    if file.is_empty() {
        return Some((from.to_owned(), anchor.to_owned()));
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in file.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some((parts.join("/"), anchor.to_owned()))
}

/// Parses a document with the extensions that code hosts and mdBook share.
fn parse_events(text: &str) -> impl Iterator<Item = (Event<'_>, Range<usize>)> {
    let extensions = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    Parser::new_ext(text, extensions).into_offset_iter()
}

fn find_comment(html: &str) -> Option<&str> {
    let comment = html.trim().strip_prefix("<!--")?.strip_suffix("-->")?;
    Some(comment.trim())
}

fn derive_anchor(heading: &str) -> String {
    let kept = heading
        .trim()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c })
        .flat_map(char::to_lowercase)
        .collect()
}

fn line_at(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_and_comments_are_found_with_their_lines_in_order() {
        let text = "# A\n\n<!-- browser see Hello -->\n\n- item:\n\n  ```sh terminal=two\n  a\n\n  b\n  ```\n\n    indented\n";
        let expected = [
            MarkdownPart::Comment {
                line: 3,
                text: "browser see Hello".to_owned(),
            },
            MarkdownPart::Code {
                line: 7,
                info: "sh terminal=two".to_owned(),
                text: "a\n\nb\n".to_owned(),
            },
        ];
        assert_eq!(find_parts(text), expected);
    }

    #[test]
    fn comments_on_lines_after_each_other_are_separate() {
        let comments: Vec<String> = find_parts("<!-- a -->\n<!-- b -->\n")
            .into_iter()
            .map(|part| match part {
                MarkdownPart::Comment { text, .. } => text,
                part @ MarkdownPart::Code { .. } => panic!("{part:?}"),
            })
            .collect();
        assert_eq!(comments, ["a", "b"]);
    }

    #[test]
    fn code_is_found_in_blocks_and_between_words_with_the_line_of_its_text() {
        let text = "A `b`\n\n```sh terminal=two\nc\n\nd\n```\n\n    e\n    f\n\n```rust,no_run\ng\n```\n\n```\nh\n```\n";
        let table = [
            (1, None, true, "b"),
            (4, Some("sh"), false, "c\n\nd\n"),
            (9, None, false, "e\nf\n"),
            (13, Some("rust"), false, "g\n"),
            (17, Some(""), false, "h\n"),
        ];
        let expected = table.map(|(line, language, is_span, text)| MarkdownCode {
            line,
            language: language.map(str::to_owned),
            is_span,
            text: text.to_owned(),
        });
        assert_eq!(find_code(text), expected);
    }

    #[test]
    fn links_are_found_outside_of_code_only() {
        let text = "[a](b.md#c) `[d](e)` ![f](g.svg)\n\n[h][i]\n\n[i]: j.md\n";
        let targets: Vec<(usize, String)> = find_links(text)
            .into_iter()
            .map(|link| (link.line, link.target))
            .collect();
        let expected = [(1, "b.md#c"), (1, "g.svg"), (3, "j.md")];
        assert_eq!(
            targets,
            expected.map(|(line, target)| (line, target.to_owned()))
        );
    }

    #[test]
    fn a_link_is_relative_to_its_file_and_stays_in_the_project() {
        let table = [
            ("docs/a.md", "b.md#c", Some(("docs/b.md", "c"))),
            ("docs/a.md", "../README.md", Some(("README.md", ""))),
            ("docs/a.md", "#here", Some(("docs/a.md", "here"))),
            ("docs/a.md", "..", Some(("", ""))),
            ("docs/a.md", "../../a.md", None),
        ];
        for (from, target, expected) in table {
            let expected = expected.map(|(path, anchor)| (path.to_owned(), anchor.to_owned()));
            assert_eq!(resolve_link(from, target), expected, "{target}");
        }
    }

    #[test]
    fn anchors_are_those_of_code_hosts() {
        let text =
            "# See it work\n## `accolade plan CATALOG [--revoke]`\n## A & b\n## See it work\n";
        let expected = [
            "see-it-work",
            "accolade-plan-catalog---revoke",
            "a--b",
            "see-it-work-1",
        ];
        assert_eq!(find_anchors(text), expected);
    }
}

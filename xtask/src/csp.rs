//! The built page's Content-Security-Policy names its inline scripts and styles by their hashes.
//!
//! `index.html` is written with `'unsafe-inline'`, because trunk adds a script whose text only the build knows. Here that permission is
//! taken away again: what remains may run, nothing that a link or a name could smuggle in.

use crate::step::Fail;
use sha2::{Digest, Sha256};
use std::path::Path;

const INLINE: &str = "'unsafe-inline'";

/// Rewrites the policy of the page in `dist`.
pub fn harden(dist: &Path) -> Result<(), Fail> {
    let file = dist.join("index.html");
    let todo = "keep its Content-Security-Policy as `script-src … 'unsafe-inline' …; style-src-elem … 'unsafe-inline' …`";
    let fail = |why: String| Fail::new(format!("{}: {why}", file.display()), todo);
    let page = std::fs::read_to_string(&file).map_err(|e| fail(e.to_string()))?;
    let page = hardened(&page).map_err(fail)?;
    std::fs::write(&file, page).map_err(|e| fail(e.to_string()))
}

fn hardened(page: &str) -> Result<String, String> {
    let page = directive(page, "script-src ", &hashes(page, "script"))?;
    directive(&page, "style-src-elem ", &hashes(&page, "style"))
}

/// Puts hashes where a directive says `'unsafe-inline'`.
fn directive(page: &str, name: &str, hashes: &[String]) -> Result<String, String> {
    let missing = || format!("no `{name}` with {INLINE}");
    let start = page.find(name).ok_or_else(missing)? + name.len();
    let length = page[start..].find([';', '"']).ok_or_else(missing)?;
    let (before, rest) = page.split_at(start);
    let (sources, after) = rest.split_at(length);
    if !sources.contains(INLINE) {
        return Err(missing());
    }
    let sources = sources.replace(INLINE, &hashes.join(" "));
    Ok(format!("{before}{sources}{after}"))
}

/// The hashes of every inline element of this kind, as a policy names them.
fn hashes(page: &str, tag: &str) -> Vec<String> {
    let (open, close) = (format!("<{tag}"), format!("</{tag}>"));
    let pieces = page.split(&close);
    let bodies = pieces.filter_map(|piece| {
        let (attributes, body) = piece.rsplit_once(&open)?.1.split_once('>')?;
        (!attributes.contains(" src=")).then_some(body)
    });
    bodies
        .map(|body| format!("'sha256-{}'", base64(&Sha256::digest(body.as_bytes()))))
        .collect()
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::hardened;

    const PAGE: &str = "<meta content=\"script-src 'self' 'unsafe-inline'; style-src-elem 'self' 'unsafe-inline'\">\
        <script>alert(1)</script><style>a{}</style><script src=\"x.js\"></script><script type=\"module\">b()</script>";

    #[test]
    fn inline_scripts_are_named_by_their_hashes() {
        let page = hardened(PAGE).unwrap();
        assert!(!page.contains("unsafe-inline"), "{page}");
        // printf 'alert(1)' | openssl dgst -sha256 -binary | base64
        assert!(
            page.contains("'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"),
            "{page}"
        );
        assert_eq!(page.matches("'sha256-").count(), 3, "{page}");
    }

    #[test]
    fn a_page_without_a_policy_is_refused() {
        assert!(hardened("<script>alert(1)</script>").is_err());
    }
}

//! A small static file server, for one directory under one prefix.
//!
//! Files only, never outside the directory, with the media types a page needs (WebAssembly is compiled while it streams in
//! only if it comes as `application/wasm`). Nothing is cached by the browser, so a rebuilt page is seen on reload.

use crate::step::Fail;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use tiny_http::{Header, Request, Response, StatusCode};

/// A bound server; it answers once [`Server::run`] or [`Server::run_aside`] is called.
pub struct Server {
    http: Arc<tiny_http::Server>,
    root: PathBuf,
    prefix: String,
    port: u16,
}

impl Server {
    /// Binds 127.0.0.1 at the first free port from `first` on; port 0 takes any.
    /// The prefix begins and ends with a slash.
    pub fn bind(root: PathBuf, prefix: &str, first: u16) -> Result<Self, Fail> {
        if !root.join("index.html").is_file() {
            return Err(Fail::new(
                format!("no page in {}", root.display()),
                "run `cargo xtask build`",
            ));
        }
        let mut reason = String::new();
        for port in first..first.saturating_add(50) {
            match tiny_http::Server::http(("127.0.0.1", port)) {
                Ok(http) => {
                    let port = http.server_addr().to_ip().map_or(port, |a| a.port());
                    return Ok(Self {
                        http: Arc::new(http),
                        root,
                        prefix: prefix.into(),
                        port,
                    });
                }
                Err(e) => reason = e.to_string(),
            }
        }
        Err(Fail::new(
            format!("no free port from {first} on: {reason}"),
            "give another with --port",
        ))
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}{}", self.port, self.prefix)
    }

    /// Answers until the process ends, on four threads.
    pub fn run(self) {
        let server = Arc::new(self);
        let threads = [(); 4].map(|()| {
            let server = Arc::clone(&server);
            std::thread::spawn(move || server.work())
        });
        for thread in threads {
            let _ = thread.join();
        }
    }

    /// Answers in the background until the process ends.
    pub fn run_aside(self) {
        std::thread::spawn(move || self.run());
    }

    fn work(&self) {
        while let Ok(request) = self.http.recv() {
            let _ = self.answer(request);
        }
    }

    fn answer(&self, request: Request) -> std::io::Result<()> {
        let file = resolve(&self.root, &self.prefix, request.url());
        let content = file.and_then(|f| Some((std::fs::read(&f).ok()?, media_type(&f))));
        let Some((bytes, media)) = content else {
            return request
                .respond(Response::from_string("not found").with_status_code(StatusCode(404)));
        };
        let header = |name: &str, value: &str| Header::from_bytes(name, value).ok();
        let mut response = Response::from_data(bytes);
        for h in [
            header("Content-Type", media),
            header("Cache-Control", "no-store"),
        ]
        .into_iter()
        .flatten()
        {
            response.add_header(h);
        }
        request.respond(response)
    }
}

/// The file an address means, or nothing if it lies outside.
fn resolve(root: &Path, prefix: &str, url: &str) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next()?.strip_prefix(prefix)?;
    let path = PathBuf::from(unescape(path)?);
    let inside = path.components().all(|c| matches!(c, Component::Normal(_)));
    let file = root.join(&path);
    if !inside {
        return None;
    }
    Some(if file.is_dir() {
        file.join("index.html")
    } else {
        file
    })
}

/// Resolves `%41`; nothing if the text is malformed.
fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if first == b'%' {
            let hex = std::str::from_utf8(tail.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(hex, 16).ok()?);
            rest = &tail[2..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}

fn media_type(file: &Path) -> &'static str {
    match file
        .extension()
        .and_then(|e| e.to_str())
        .unwrap_or_default()
    {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "json" | "webmanifest" => "application/json",
        "md" | "txt" => "text/plain; charset=utf-8",
        "png" => "image/png",
        "ico" => "image/x-icon",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_stay_inside_the_directory() {
        let root = Path::new("/site");
        let ok = |url: &str| resolve(root, "/x/y/", url);
        assert_eq!(ok("/x/y/a/b.js?v=1"), Some("/site/a/b.js".into()));
        assert_eq!(ok("/x/y/caf%C3%A9.md"), Some("/site/café.md".into()));
        assert_eq!(ok("/x/y/../secret"), None);
        assert_eq!(ok("/x/y/%2e%2e/secret"), None);
        assert_eq!(ok("/x/y//etc/passwd"), None);
        assert_eq!(ok("/elsewhere"), None);
        assert_eq!(ok("/x/y/%zz"), None);
    }
}

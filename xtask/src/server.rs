//! A small static file server, for one directory under one prefix.
//!
//! Files only, never outside the directory, with the media types a page needs (WebAssembly is compiled while it streams in
//! only if it comes as `application/wasm`). Nothing is cached by the browser, so a rebuilt page is seen on reload.
//!
//! It simplifies: a thread for every connection, one request on each, `GET` and `HEAD` only. That is plenty for one
//! reader on the same machine, and leaves nothing to wait for.

use crate::step::Fail;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// No request head is larger.
const HEAD_BYTES: u64 = 64 * 1024;
/// A connection that says nothing for so long is closed.
const PATIENCE: Duration = Duration::from_secs(30);

/// A bound server; it answers once [`Server::run`] or [`Server::run_aside`] is called.
pub struct Server {
    listener: TcpListener,
    site: Arc<Site>,
    port: u16,
}

struct Site {
    root: PathBuf,
    prefix: String,
}

impl Server {
    /// Binds 127.0.0.1 at the first free port from `first` on.
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
            match TcpListener::bind(("127.0.0.1", port)) {
                Ok(listener) => {
                    let site = Arc::new(Site {
                        root,
                        prefix: prefix.into(),
                    });
                    return Ok(Self {
                        listener,
                        site,
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
        format!("http://127.0.0.1:{}{}", self.port, self.site.prefix)
    }

    /// Answers until the process ends.
    pub fn run(self) {
        for connection in self.listener.incoming().flatten() {
            let site = Arc::clone(&self.site);
            // A browser that goes away in the middle of an answer is no error here.
            std::thread::spawn(move || drop(site.answer(&connection)));
        }
    }

    /// Answers in the background until the process ends.
    pub fn run_aside(self) {
        std::thread::spawn(move || self.run());
    }
}

impl Site {
    fn answer(&self, mut connection: &TcpStream) -> std::io::Result<()> {
        connection.set_read_timeout(Some(PATIENCE))?;
        let (method, url) = request(connection)?;
        let file = resolve(&self.root, &self.prefix, &url);
        let content = file.and_then(|f| Some((std::fs::read(&f).ok()?, media_type(&f))));
        let (status, bytes, media) = match content {
            _ if method != "GET" && method != "HEAD" => {
                ("405 Method Not Allowed", Vec::new(), "text/plain")
            }
            Some((bytes, media)) => ("200 OK", bytes, media),
            None => ("404 Not Found", b"not found".to_vec(), "text/plain"),
        };
        let length = bytes.len();
        write!(
            connection,
            "HTTP/1.1 {status}\r\nContent-Type: {media}\r\nContent-Length: {length}\r\n\
             Cache-Control: no-store\r\nConnection: close\r\n\r\n"
        )?;
        if method != "HEAD" {
            connection.write_all(&bytes)?;
        }
        connection.flush()?;
        connection.shutdown(Shutdown::Write)?;
        // Closing with unread input would cut the answer off; so the browser closes first.
        std::io::copy(&mut connection, &mut std::io::sink()).map(|_| ())
    }
}

/// The method and the address of a request; the rest of its head is read and ignored.
fn request(connection: &TcpStream) -> std::io::Result<(String, String)> {
    let mut reader = BufReader::new(connection.take(HEAD_BYTES));
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        line.clear();
    }
    let mut words = first.split_whitespace().map(str::to_owned);
    Ok((
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    ))
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

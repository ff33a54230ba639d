//! A server in front of the page's: an origin of its own, which can go away, or have a newer version of the page.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Passes requests on until it is stopped.
#[derive(Debug)]
pub struct Relay {
    base: String,
    port: u16,
    stopped: Arc<AtomicBool>,
    newer: Arc<AtomicBool>,
}

/// What the newer version has in the place of what: another version in its service worker, another title. As long as what was
/// there, so that no header has to change.
const NEWER: [(&str, &str); 2] = [
    ("const VERSION = \"", "const VERSION =\"n"),
    ("<title>Rebalance", "<title>Rebalanc2"),
];

impl Relay {
    /// In front of `base`, which is `http://HOST:PORT/PATH/`.
    pub fn start(base: &str) -> Result<Self, String> {
        let rest = base.strip_prefix("http://").ok_or("the base is not http")?;
        let (target, path) = rest.split_once('/').ok_or("the base has no path")?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|e| e.to_string())?;
        let port = listener.local_addr().map_err(|e| e.to_string())?.port();
        let relay = Self {
            base: format!("http://127.0.0.1:{port}/{path}"),
            port,
            stopped: Arc::default(),
            newer: Arc::default(),
        };
        let (stopped, newer) = (relay.stopped.clone(), relay.newer.clone());
        let target = target.to_owned();
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (target, newer) = (target.clone(), newer.clone());
                std::thread::spawn(move || drop(pass_on(connection, &target, &newer)));
            }
        });
        Ok(relay)
    }

    /// Its address.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// From now on a newer version is served.
    pub fn renew(&self) {
        self.newer.store(true, Ordering::SeqCst);
    }

    /// From now on nobody answers.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the listener up, which then ends.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        while TcpStream::connect(("127.0.0.1", self.port)).is_ok() {}
    }
}

fn pass_on(mut browser: TcpStream, target: &str, newer: &AtomicBool) -> std::io::Result<()> {
    let mut reader = BufReader::new(browser.try_clone()?);
    let mut head = String::new();
    while reader.read_line(&mut head)? > 2 {}
    // Looked at only now: a browser opens connections before it needs them.
    let newer = newer.load(Ordering::SeqCst);
    let mut server = TcpStream::connect(target)?;
    server.write_all(head.as_bytes())?;
    server.shutdown(std::net::Shutdown::Write)?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    if newer {
        for (old, new) in NEWER {
            let at = answer
                .windows(old.len())
                .position(|it| it == old.as_bytes());
            if let Some(at) = at {
                answer[at..at + new.len()].copy_from_slice(new.as_bytes());
            }
        }
    }
    browser.write_all(&answer)
}

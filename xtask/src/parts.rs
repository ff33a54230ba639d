//! The parts of the page that are fetched when they are first wanted, with their limits, and how the page learns of them.
//!
//! Most are cut out of the page's program ([`mod@crate::cut`]); what needs no program of ours is a script alone. Every file
//! has the hash of its content in its name; the page learns the names from one line of script that is put into it.
//!
//! It simplifies: styles of parts are not minified, only compressed by the server.

use crate::cut::Cut;
use crate::project;
use crate::step::Fail;
use std::path::Path;

/// A part of the page.
pub struct Part {
    /// What the page calls it; its files are named after it.
    pub name: &'static str,
    /// A module of script, which exports functions; others are cut out of the program.
    script: Option<&'static str>,
    /// Styles that only it needs.
    styles: &'static [&'static str],
    /// It may take this many kilobytes, brotli, with its styles.
    pub limit_kb: usize,
}

const fn cut(name: &'static str, limit_kb: usize) -> Part {
    Part {
        name,
        script: None,
        styles: &[],
        limit_kb,
    }
}

/// Every part.
pub const PARTS: [Part; 7] = [
    Part {
        styles: &["assets/labs.css", "assets/twins.css"],
        ..cut("labs", 55)
    },
    Part {
        styles: &["assets/lesson.css"],
        ..cut("lessons", 53)
    },
    cut("desk", 144),
    cut("tools", 119),
    // What reads and runs scripts.
    cut("restore", 4),
    // What several of those share.
    cut("shared", 51),
    Part {
        script: Some("assets/picture.js"),
        ..cut("picture", 3)
    },
];

const TODO: &str = "mend what is reported above; `cargo xtask build` tries again";

/// The part that a file of the site belongs to, if any.
pub fn part_of(file: &str) -> Option<&'static Part> {
    let named = |part: &&Part| {
        file.strip_prefix(part.name)
            .is_some_and(|rest| rest.starts_with('.'))
    };
    PARTS.iter().find(named)
}

/// Writes what is not cut out of the program, and tells the page of everything.
pub fn write_all(dist: &Path, program: &Cut) -> Result<(), Fail> {
    let (mut told, mut whole) = (Vec::new(), String::new());
    for part in &PARTS {
        let name = part.name;
        let file = |source: &str, kind: &str| {
            let text = project::read(&project::root().join(source))?;
            let file = format!("{name}.{}.{kind}", hash(text.as_bytes()));
            write(&dist.join(&file), text.as_bytes())?;
            Ok(file)
        };
        let styles = part.styles.iter().map(|style| file(style, "css"));
        let styles = styles.collect::<Result<Vec<_>, Fail>>()?;
        if program.parts.is_empty() {
            // Nothing is cut, so every part is there from the beginning.
            whole.extend(
                styles
                    .iter()
                    .map(|file| format!("<link rel=\"stylesheet\" href=\"./{file}\">")),
            );
        }
        let styles = list(&styles);
        told.push(match (part.script, program.parts.get(name)) {
            (Some(script), _) => {
                let script = file(script, "js")?;
                format!("{name}:{{program:\"./{script}\",styles:{styles}}}")
            }
            (None, Some(files)) => format!("{name}:{{files:{},styles:{styles}}}", list(files)),
            (None, None) => continue,
        });
    }
    let page = dist.join("index.html");
    tell(&page, &told.join(","), &program.start, &whole)
}

fn list(files: &[String]) -> String {
    let files: Vec<String> = files.iter().map(|file| format!("\"./{file}\"")).collect();
    format!("[{}]", files.join(","))
}

/// Writes the names of the parts' files into the page, before its other scripts, and what starts the program; the parts' styles
/// after the page's own, as when they are fetched later.
fn tell(page: &Path, names: &str, start: &str, styles: &str) -> Result<(), Fail> {
    let html = project::read(page)?;
    let (head, rest) = html.split_once("<script").ok_or_else(|| {
        Fail::new(
            "index.html has no script",
            "keep the one that fetches parts (`web/src/part.rs`)",
        )
    })?;
    let rest = rest.replacen("</head>", &format!("{styles}</head>"), 1);
    let told =
        format!("{head}{start}<script>const rebalanceParts={{{names}}}</script><script{rest}");
    write(page, told.as_bytes())
}

/// 16 hexadecimal digits (FNV-1a, 64 bits) that change with the content.
pub fn hash(bytes: &[u8]) -> String {
    let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    format!("{:016x}", bytes.iter().fold(0xcbf2_9ce4_8422_2325, mix))
}

/// A file's bytes.
pub fn read(file: &Path) -> Result<Vec<u8>, Fail> {
    std::fs::read(file).map_err(|e| Fail::new(format!("{}: {e}", file.display()), TODO))
}

/// Writes a file of the site.
pub fn write(file: &Path, bytes: &[u8]) -> Result<(), Fail> {
    std::fs::write(file, bytes).map_err(|e| {
        Fail::new(
            format!("{}: {e}", file.display()),
            "make the site's directory writable",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_part() {
        assert!(part_of("labs.0123.js").is_some_and(|p| p.name == "labs"));
        assert!(part_of("labs.0123.css").is_some());
        assert!(part_of("index.html").is_none());
        assert!(part_of("labsheet.0123.css").is_none());
    }

    #[test]
    fn another_content_has_another_name() {
        assert_eq!(hash(b""), "cbf29ce484222325");
        assert_eq!(hash(b"a"), "af63dc4c8601ec8c");
    }
}

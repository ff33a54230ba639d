//! `lesson`: what `cargo xtask lesson` and the page's build call.

use rebalance_lessons::catalogue::Catalogue;
use rebalance_lessons::lesson::expects;
use rebalance_lessons::play::Play;
use rebalance_lessons::text::Lang;
use rebalance_lessons::{catalogue, check, folder, myths, render};
use std::path::Path;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask lesson COMMAND

  new SLUG          a new lesson after the last one, with a skeleton in both languages
  check [SLUG]...   hold lessons to what they say (all of them)
  play SLUG         play a lesson's solution and print what its goals find
  table             which false belief fails where, for docs/LESSONS.md
  build FOLDER      write what the page loads
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Result<String, String> {
    match words {
        ["new", slug] => new(slug),
        ["check", slugs @ ..] => checked(&catalogue(&folder())?, slugs),
        ["play", slug] => played(&catalogue(&folder())?, slug),
        ["table"] => Ok(myths::table(&catalogue(&folder())?)),
        ["build", target] => {
            let count = render::write(&catalogue(&folder())?, Path::new(target))?;
            Ok(format!("{count} files in {target}\n"))
        }
        _ => Err(HELP.into()),
    }
}

fn checked(all: &Catalogue, slugs: &[&str]) -> Result<String, String> {
    if let Some(slug) = slugs
        .iter()
        .find(|s| all.lessons.iter().all(|e| e.slug != **s))
    {
        return Err(unknown(all, slug));
    }
    let mut out = String::new();
    let mut wrong = Vec::new();
    for entry in all
        .lessons
        .iter()
        .filter(|e| slugs.is_empty() || slugs.contains(&e.slug.as_str()))
    {
        let found = check::all(all, entry);
        let numbers = Lang::ALL.map(|lang| {
            let size = render::page(all, entry, lang).len();
            format!(
                "{} {} min {size} B",
                lang.code(),
                check::minutes(entry, lang)
            )
        });
        let state = if found.is_empty() { "fine" } else { "WRONG" };
        out.push_str(&format!(
            "{:02} {:<34} {state:<6} {}\n",
            entry.number,
            entry.slug,
            numbers.join(", ")
        ));
        wrong.extend(found);
    }
    match wrong.is_empty() {
        true => Ok(out),
        false => Err(format!("{out}\n{}", wrong.join("\n"))),
    }
}

fn unknown(all: &Catalogue, slug: &str) -> String {
    let names: Vec<&str> = all.lessons.iter().map(|e| e.slug.as_str()).collect();
    format!(
        "there is no lesson `{slug}`; there are {}",
        names.join(", ")
    )
}

fn played(all: &Catalogue, slug: &str) -> Result<String, String> {
    let entry = all.lessons.iter().find(|e| e.slug == slug);
    let entry = entry.ok_or_else(|| unknown(all, slug))?;
    let mut play = Play::new(&entry.lesson.start)?;
    let mut out = entry.lesson.start.clone();
    for (at, step) in entry.lesson.steps.iter().enumerate() {
        out.push_str(&format!(
            "\n# step {}: {}\n",
            at + 1,
            entry.text(Lang::En).steps[at].title
        ));
        for line in step.lines() {
            let done = play.line(line);
            let mark = if expects(line) { "  " } else { "" };
            match done {
                Ok(()) => out.push_str(&format!("{mark}{line}\n")),
                Err(why) => out.push_str(&format!("{mark}{line}    !! {why}\n")),
            }
        }
        for goal in &step.goals {
            let found = play.check(goal)?;
            let sign = if found.held { "met" } else { "NOT met" };
            out.push_str(&format!("# goal {goal}: {sign}, found {}\n", found.found));
        }
    }
    out.push_str(&format!(
        "# {}; guarantees broken: {:?}\n",
        play.now(),
        play.broken()
    ));
    Ok(out)
}

const TOML: &str = r#"track = "first-steps"
tags = ["…"]
terms = ["…"]
facts = ["…"]
allow = ["producer send"]
par = 1
start = """
cluster create brokers=3 controllers=1 seed=1 preset=kafka
topic create orders partitions=3 replication=3
producer add p1 topic=orders
advance 3s
"""

[[step]]
answer = 1
goals = ["acked(p1) >= 1"]
solution = """
producer send p1 key=user-1
advance 1s
expect leo(orders-2) = 1
"""
"#;

const EN: &str = "# Title\n\nWhat it is about.\n\n## Step\n\nRead first.\n\n### Predict\n\nWhat will happen?\n\n- this\n- that\n\n### Why\n\nBecause.\n\n### Do\n\nDo it.\n\n### Goals\n\n- One record is acknowledged.\n\n### Hint\n\n`producer send p1 key=user-1`\n\n### Seen\n\nThis is what happened.\n\n### Notes\n\nWhat to say, what to ask, the usual wrong answer, how long.\n";
const ZH: &str = "# 标题\n\n讲什么。\n\n## 步骤\n\n先读这一段。\n\n### 预测\n\n会发生什么？\n\n- 这样\n- 那样\n\n### 为什么\n\n因为……\n\n### 动手\n\n做一做。\n\n### 目标\n\n- 一条记录得到确认。\n\n### 提示\n\n`producer send p1 key=user-1`\n\n### 看到了什么\n\n发生了这件事。\n\n### 讲稿\n\n讲什么，问什么，大家通常答错在哪里，要多久。\n";

fn new(slug: &str) -> Result<String, String> {
    let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if slug.is_empty() || !slug.chars().all(fine) {
        return Err(format!(
            "`{slug}`: a slug has small letters, digits and hyphens"
        ));
    }
    let all = catalogue(&folder())?;
    if all.lessons.iter().any(|e| e.slug == slug) {
        return Err(format!("there is a lesson `{slug}` already"));
    }
    let number = all.lessons.len() + 1;
    let target = folder().join(format!("{number:02}-{slug}"));
    let io = |e: std::io::Error| format!("{}: {e}", target.display());
    std::fs::create_dir_all(&target).map_err(io)?;
    for (name, text) in [("lesson.toml", TOML), ("en.md", EN), ("zh.md", ZH)] {
        std::fs::write(target.join(name), text).map_err(io)?;
    }
    Ok(format!(
        "{}: write, then `cargo xtask lesson check {slug}`\n",
        target.display()
    ))
}

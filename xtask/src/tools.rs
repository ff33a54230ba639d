//! Installs what is missing, and only that.
//!
//! A tool is taken from `.tools/` of the working copy if it is there, else from the `PATH`, provided its version is the
//! pinned one; otherwise it is built into `.tools/`, so that a newer tool of the user's own is neither used nor
//! replaced. The tools are built with little optimisation (they spend seconds working and minutes compiling) and share
//! one target directory, since they share most of their dependencies.

use crate::project;
use crate::step::{Fail, Outcome, Steps, program};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What building the page needs.
pub fn for_page(steps: &mut Steps) -> Result<(), Fail> {
    println!("Tools for the page");
    steps.must("rust wasm32", || target("wasm32-unknown-unknown"))?;
    steps.must("wasm-bindgen-cli", || {
        cargo_tool(
            "wasm-bindgen",
            "wasm-bindgen-cli",
            &project::pin("wasm-bindgen")?,
        )
    })?;
    steps.must("trunk", || {
        cargo_tool("trunk", "trunk", &project::pin("trunk")?)
    })?;
    steps.must("wasm-opt", wasm_opt)?;
    Ok(())
}

/// What driving a browser needs.
pub fn for_browser(steps: &mut Steps) -> Result<(), Fail> {
    println!("Tools for the browser");
    steps.must("chromium", chromium)?;
    steps.must("axe-core", axe)
}

/// What the tests in WebAssembly need.
pub fn for_wasm_tests(steps: &mut Steps) -> Result<(), Fail> {
    steps.must("wasm-pack", || {
        cargo_tool("wasm-pack", "wasm-pack", &project::pin("wasm-pack")?)
    })?;
    steps.must("rust thumbv7em", || target("thumbv7em-none-eabi"))
}

/// What the native tests need beside cargo: the package that generated Python programs are held to.
pub fn for_tests(steps: &mut Steps) -> Result<(), Fail> {
    steps.must("kafka-python", kafka_python)
}

/// Into a directory of the project, so that no other Python sees it.
fn kafka_python() -> Result<Outcome, Fail> {
    let wanted = project::pin("kafka-python")?;
    let site = project::tools().join("python");
    let version = std::fs::read_to_string(site.join("kafka/version.py")).unwrap_or_default();
    if version.contains(&format!("'{wanted}'")) || version.contains(&format!("\"{wanted}\"")) {
        return Ok(Outcome::note(wanted));
    }
    let has_pip = command("python3")
        .args(["-m", "pip", "--version"])
        .output()
        .is_ok_and(|it| it.status.success());
    if !has_pip {
        apt(&["python3", "python3-pip"])?;
    }
    let mut pip = command("python3");
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--upgrade",
        "--target",
    ])
    .arg(&site)
    .arg(format!("kafka-python=={wanted}"));
    program(
        "kafka-python",
        &mut pip,
        "check the network, and that `python3 -m pip --version` works (Python 3.9 or newer)",
    )?;
    Ok(Outcome::note(format!("{wanted} installed")))
}

/// A command that finds the project's own tools before all others.
pub fn command(name: &str) -> Command {
    let mut command = Command::new(find(name).unwrap_or_else(|| name.into()));
    command.current_dir(project::root()).env("PATH", path());
    command
}

/// `cargo` with the toolchain of this working copy.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(project::root()).env("PATH", path());
    command
}

fn path() -> OsString {
    let mut dirs = vec![
        project::tools().join("bin"),
        project::tools().join("node_modules/.bin"),
    ];
    dirs.extend(std::env::split_paths(
        &std::env::var_os("PATH").unwrap_or_default(),
    ));
    // Chromedriver of hosted build machines, which is not on the PATH there.
    dirs.extend(std::env::var_os("CHROMEWEBDRIVER").map(PathBuf::from));
    dirs.push("/usr/lib/chromium-browser".into());
    std::env::join_paths(dirs).unwrap_or_default()
}

/// Where a program is, if it is anywhere.
pub fn find(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&path())
        .map(|dir| dir.join(name))
        .find(|p| p.is_file())
}

/// The first word of `PROGRAM --version` that looks like a version.
pub fn version(program: &Path) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let word = text
        .split_whitespace()
        .find(|w| w.starts_with(|c: char| c.is_ascii_digit()))?;
    Some(word.to_owned())
}

fn target(triple: &str) -> Result<Outcome, Fail> {
    let todo = format!("install rustup, then run `rustup target add {triple}`");
    let sysroot = Command::new("rustc")
        .current_dir(project::root())
        .args(["--print", "sysroot"])
        .output();
    let sysroot =
        sysroot.map_err(|e| Fail::new(format!("rustc did not start: {e}"), todo.clone()))?;
    let lib = PathBuf::from(String::from_utf8_lossy(&sysroot.stdout).trim())
        .join("lib/rustlib")
        .join(triple);
    if lib.is_dir() {
        return Ok(Outcome::note("present"));
    }
    program(
        "rustup",
        command("rustup").args(["target", "add", triple]),
        &todo,
    )?;
    Ok(Outcome::note("installed"))
}

fn cargo_tool(bin: &str, package: &str, wanted: &str) -> Result<Outcome, Fail> {
    let found = find(bin).filter(|p| version(p).as_deref() == Some(wanted));
    if let Some(path) = found {
        return Ok(Outcome::note(format!("{wanted}, {}", path.display())));
    }
    let mut install = cargo();
    install
        .args([
            "install",
            package,
            "--version",
            wanted,
            "--locked",
            "--force",
            "--root",
        ])
        .arg(project::tools());
    install
        .env("CARGO_TARGET_DIR", project::target("tools"))
        .envs([
            ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"),
            ("CARGO_PROFILE_RELEASE_LTO", "off"),
            ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
            ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
        ]);
    program(
        package,
        &mut install,
        "check the network and that a C compiler is there (`apt-get install build-essential`), then run the command again",
    )?;
    Ok(Outcome::note(format!("{wanted} installed")))
}

/// Binaryen's optimiser, from npm: distributions ship one too old for today's compiler.
fn wasm_opt() -> Result<Outcome, Fail> {
    let pinned = project::pin("binaryen")?;
    let wanted = pinned.split('.').next().unwrap_or_default();
    if let Some(path) = find("wasm-opt").filter(|p| version(p).as_deref() == Some(wanted)) {
        return Ok(Outcome::note(format!("{wanted}, {}", path.display())));
    }
    npm_packages()?;
    let now = find("wasm-opt")
        .and_then(|p| version(&p))
        .unwrap_or_default();
    if now == wanted {
        return Ok(Outcome::note(format!("{wanted} installed")));
    }
    Err(Fail::new(
        format!("wasm-opt {wanted} was installed, but `wasm-opt --version` says `{now}`"),
        "remove .tools/node_modules and try again",
    ))
}

/// Installs every npm package of the project at its pinned version: all at once, since npm removes what it is not told of.
fn npm_packages() -> Result<(), Fail> {
    if find("npm").is_none() || find("node").is_none() {
        apt(&["nodejs", "npm"])?;
    }
    let mut npm = command("npm");
    npm.args([
        "install",
        "--no-audit",
        "--no-fund",
        "--no-save",
        "--prefix",
    ])
    .arg(project::tools());
    for package in ["binaryen", "axe-core"] {
        npm.arg(format!("{package}@{}", project::pin(package)?));
    }
    program(
        "npm",
        &mut npm,
        "check the network, and that `npm --version` works (Node 16 or newer)",
    )
    .map(|_| ())
}

/// Where the accessibility checker is that the journeys run inside the page.
pub fn axe_path() -> PathBuf {
    project::tools().join("node_modules/axe-core/axe.min.js")
}

/// The accessibility checker, from npm.
fn axe() -> Result<Outcome, Fail> {
    let wanted = project::pin("axe-core")?;
    let there = || {
        let head = std::fs::read_to_string(axe_path()).unwrap_or_default();
        head.lines()
            .next()
            .is_some_and(|line| line.contains(&format!("v{wanted}")))
    };
    if there() {
        return Ok(Outcome::note(wanted));
    }
    npm_packages()?;
    if there() {
        return Ok(Outcome::note(format!("{wanted} installed")));
    }
    Err(Fail::new(
        format!(
            "axe-core {wanted} was installed, but {} is another",
            axe_path().display()
        ),
        "remove .tools/node_modules and try again",
    ))
}

/// Names under which distributions install Chromium or its sibling.
const CHROMIUM: [&str; 5] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
];

/// The browser, if there is one.
pub fn chromium_path() -> Option<PathBuf> {
    CHROMIUM.iter().find_map(|name| find(name))
}

fn chromium() -> Result<Outcome, Fail> {
    if chromium_path().is_none() || find("chromedriver").is_none() {
        apt(&["chromium", "chromium-driver", "fonts-noto-cjk"])?;
    }
    let todo = "install chromium and a chromedriver of the same version";
    let missing = |what: &str| Fail::new(format!("no {what} on this machine"), todo);
    let browser = chromium_path().ok_or_else(|| missing("chromium"))?;
    let driver = find("chromedriver").ok_or_else(|| missing("chromedriver"))?;
    let (b, d) = (
        version(&browser).unwrap_or_default(),
        version(&driver).unwrap_or_default(),
    );
    if b.split('.').next() != d.split('.').next() {
        return Err(Fail::new(
            format!("chromium is {b}, but chromedriver is {d}"),
            todo,
        ));
    }
    Ok(Outcome::note(b))
}

/// Installs packages of a Debian-like system.
fn apt(packages: &[&str]) -> Result<(), Fail> {
    let todo = format!(
        "install these yourself, then run the command again: {}",
        packages.join(" ")
    );
    if find("apt-get").is_none() {
        return Err(Fail::new(
            "this is no Debian-like system, so packages cannot be installed here",
            todo,
        ));
    }
    let root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|o| o.stdout.starts_with(b"0\n"));
    let apt = |args: &[&str]| {
        let mut command = command(if root { "apt-get" } else { "sudo" });
        command
            .args((!root).then_some("apt-get"))
            .args(args)
            .env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    // Old package lists are no reason to stop: the installation itself will tell.
    let _ = program("apt-update", &mut apt(&["update"]), &todo);
    let mut words = vec!["install", "-y", "--no-install-recommends"];
    words.extend(packages);
    program("apt-install", &mut apt(&words), &todo).map(|_| ())
}

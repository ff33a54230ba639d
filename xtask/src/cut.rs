//! The page's program: compiled as one, cut into what a first visit needs and parts that are fetched when they are first
//! wanted, then made small.
//!
//! `web/src/part.rs` says where to cut. The linker leaves its relocations in the module, so that what each function and each
//! text leads to is known; whatever only one part leads to is moved into a module of its own, what several parts lead to
//! into chunks, and both use the first module's memory and table. That is the work of the crate
//! `wasm_split_cli_support`; here its modules get names, `wasm-bindgen`'s script gets the few lines that load them, and
//! `wasm-opt` goes over each.
//!
//! A build for looking at while working (`--dev`) is not cut.

use crate::page;
use crate::parts::{hash, read, write};
use crate::project;
use crate::step::{Fail, program};
use crate::tools;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const TRIPLE: &str = "wasm32-unknown-unknown";
const BIN: &str = "rebalance-web";
const TODO: &str = "mend what is reported above; `cargo xtask build` tries again";
/// How the program names the script that loads parts; it is written into `wasm-bindgen`'s.
const LOADER: &str = "./parts.js";
/// Loads parts: fetches a part's modules once (but again after a failure), puts them beside the program, and tells it.
/// SHARED stands for what they share.
const LOADS: &str = r#"
const rebalanceLoaded = {};
const rebalanceLoad = (file) => (rebalanceLoaded[file] ??= fetch(new URL(file, import.meta.url))
  .then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(answer.status)))
  .then((bytes) => WebAssembly.instantiate(bytes, { __wasm_split: SHARED }))
  .catch((error) => { delete rebalanceLoaded[file]; throw error; }));
const rebalanceLate = (name) => async (callback, data) => {
  const { files, styles } = rebalanceParts[name];
  const here = await Promise.all([...files.map(rebalanceLoad), rebalanceStyles(styles)]).then(() => true, () => false);
  wasm.__indirect_function_table.get(callback)(data, here);
};
export const rebalanceAhead = (name) => rebalanceParts[name].files.forEach((file) => rebalanceLoad(file).catch(() => {}));
"#;
/// The part that nearly everybody wants sooner or later: it is loaded when the page has had time to draw itself.
const AHEAD: &str = "desk";

/// The program in the site.
pub struct Cut {
    /// The files of each part.
    pub parts: BTreeMap<String, Vec<String>>,
    /// What starts it, for the page.
    pub start: String,
}

/// Compiles, cuts, and writes everything into the site.
pub fn build(dist: &Path, dev: bool) -> Result<Cut, Fail> {
    let built = compile(dev)?;
    let out = project::target("xtask").join(if dev { "cut-dev" } else { "cut" });
    let _ = std::fs::remove_dir_all(&out);
    std::fs::create_dir_all(&out).map_err(|e| fail(&out, &e))?;
    let (main, modules, shared) = if dev {
        (built, BTreeMap::new(), String::new())
    } else {
        split(&built, &out)?
    };
    let mut bindgen = tools::command("wasm-bindgen");
    bindgen
        .args([
            "--target",
            "web",
            // Parts use the linker's table of functions.
            "--keep-lld-exports",
            "--no-typescript",
            "--out-name",
            "rebalance",
            "--out-dir",
        ])
        .arg(&out)
        .arg(main);
    program("bindgen", &mut bindgen, TODO)?;
    let mut optimised = if dev { None } else { Some(Optimised::new()?) };
    let wasm = out.join("rebalance_bg.wasm");
    let wasm = module(&wasm, "rebalance", dist, optimised.as_mut())?;
    let parts = named(modules, |file, name| {
        let made = out.join(format!("{file}.wasm"));
        module(&made, name, dist, optimised.as_mut())
    })?;
    if let Some(optimised) = optimised {
        optimised.forget_others();
    }
    let script = project::read(&out.join("rebalance.js"))?;
    let script = script.replace("rebalance_bg.wasm", &wasm);
    let script = with_loader(&script, &shared, parts.keys().map(String::as_str))?;
    // The minifier does not know the other way to say it.
    let script = script.replace(
        "export { initSync, __wbg_init as default };",
        "export default __wbg_init;",
    );
    let script = if dev { script } else { minified(&script)? };
    let file = format!("rebalance.{}.js", hash(script.as_bytes()));
    write(&dist.join(&file), script.as_bytes())?;
    Ok(Cut {
        parts,
        start: start(&file, &wasm, dev),
    })
}

/// What the compiler and the linker make.
fn compile(dev: bool) -> Result<PathBuf, Fail> {
    let mut cargo = tools::cargo();
    cargo.args(["rustc", "--target", TRIPLE, "--package", BIN, "--bin", BIN]);
    if !dev {
        // Only the last step of linking is another than usual: nothing else is compiled anew for it.
        cargo.args(["--features", "cut", "--profile", "wasm", "--"]);
        cargo.args(["-Clink-args=--emit-relocs", "-Cstrip=debuginfo"]);
    }
    program("compile", &mut cargo, TODO)?;
    let profile = if dev { "debug" } else { "wasm" };
    Ok(project::target(TRIPLE)
        .join(profile)
        .join(format!("{BIN}.wasm")))
}

/// The first module's file, each part's modules, and the names of what they share.
type Pieces = (PathBuf, BTreeMap<String, Vec<String>>, String);

/// Cuts.
fn split(built: &Path, out: &Path) -> Result<Pieces, Fail> {
    let bytes = read(built)?;
    let main = out.join("main.wasm");
    let mut options = wasm_split_cli_support::Options::new(&bytes);
    options.output_dir = out;
    options.main_out_path = &main;
    options.link_name = LOADER;
    options.main_module = "./rebalance.js";
    options.emit_dwarf = false;
    let cut = wasm_split_cli_support::transform(options)
        .map_err(|e| Fail::new(format!("cutting {}: {e:?}", built.display()), TODO))?;
    let link = project::read(&out.join(LOADER))?;
    let shared = shared(&link).ok_or_else(|| Fail::new("the cut program shares nothing", TODO))?;
    Ok((main, cut.prefetch_map.into_iter().collect(), shared))
}

/// The names of what modules share, as the cutter's own loader lists them.
fn shared(link: &str) -> Option<String> {
    let (_, rest) = link.split_once("const {")?;
    let (names, _) = rest.split_once("} = initSync(")?;
    Some(names.trim().to_owned())
}

/// The files of each part: every module of the cutter's is made into one once, by `make`, under the part's name, or as
/// something that several parts share.
fn named(
    modules: BTreeMap<String, Vec<String>>,
    mut make: impl FnMut(&str, &str) -> Result<String, Fail>,
) -> Result<BTreeMap<String, Vec<String>>, Fail> {
    let mut made = BTreeMap::new();
    let mut parts = BTreeMap::new();
    for (part, files) in modules {
        let mut own = Vec::new();
        for file in files {
            let name = file.strip_prefix("split_").unwrap_or("shared");
            if !made.contains_key(&file) {
                made.insert(file.clone(), make(&file, name)?);
            }
            own.push(made[&file].clone());
        }
        parts.insert(part, own);
    }
    Ok(parts)
}

/// From a module of the compiler's to one of the site. What the optimiser made of the same bytes before is taken again.
fn module(
    made: &Path,
    name: &str,
    dist: &Path,
    optimised: Option<&mut Optimised>,
) -> Result<String, Fail> {
    let mut bytes = read(made)?;
    if let Some(optimised) = optimised {
        bytes = optimised.of(made, &bytes, name)?;
    }
    let file = format!("{name}.{}.wasm", hash(&bytes));
    write(&dist.join(&file), &bytes)?;
    Ok(file)
}

/// What the optimiser made of modules before, by their content.
struct Optimised {
    kept: PathBuf,
    used: Vec<PathBuf>,
}

impl Optimised {
    fn new() -> Result<Self, Fail> {
        let kept = project::target("xtask").join("optimised");
        std::fs::create_dir_all(&kept).map_err(|e| fail(&kept, &e))?;
        Ok(Self {
            kept,
            used: Vec::new(),
        })
    }

    /// The module, optimised.
    fn of(&mut self, made: &Path, bytes: &[u8], name: &str) -> Result<Vec<u8>, Fail> {
        let options = hash(page::WASM_OPT.concat().as_bytes());
        let known = self.kept.join(format!("{}{options}.wasm", hash(bytes)));
        if !known.is_file() {
            let making = known.with_extension("part");
            let mut optimise = tools::command("wasm-opt");
            optimise
                .args(page::WASM_OPT)
                .arg(made)
                .arg("-o")
                .arg(&making);
            program(&format!("opt-{name}"), &mut optimise, TODO)?;
            std::fs::rename(&making, &known).map_err(|e| fail(&known, &e))?;
        }
        let bytes = read(&known)?;
        self.used.push(known);
        Ok(bytes)
    }

    /// Forgets what this build did not need.
    fn forget_others(&self) {
        for file in project::files(&self.kept, &[]) {
            if !self.used.contains(&file) {
                let _ = std::fs::remove_file(file);
            }
        }
    }
}

/// `wasm-bindgen`'s script, which imports the loaders of parts, with them in itself.
fn with_loader<'a>(
    script: &str,
    shared: &str,
    parts: impl Iterator<Item = &'a str>,
) -> Result<String, Fail> {
    let loaders: Vec<String> = parts
        .map(|name| format!("__wasm_split_load_{name}: rebalanceLate(\"{name}\")"))
        .collect();
    if loaders.is_empty() {
        return Ok(script.to_owned());
    }
    // One line for each part, each with a name of its own.
    let is_import = |line: &&str| line.starts_with("import * as ") && line.contains(LOADER);
    let names: Vec<&str> = script
        .lines()
        .filter(is_import)
        .filter_map(|line| line.split(' ').nth(3))
        .collect();
    if names.is_empty() {
        let why = format!("wasm-bindgen's script does not import {LOADER}");
        return Err(Fail::new(why, TODO));
    }
    let members: Vec<String> = shared
        .split(',')
        .map(str::trim)
        .filter(|it| !it.is_empty())
        .map(|it| format!("{it}: wasm.{it}"))
        .collect();
    let loads = LOADS.replace("SHARED", &format!("{{ {} }}", members.join(", ")));
    let rest: Vec<&str> = script.lines().filter(|line| !is_import(line)).collect();
    let loaders = format!("const rebalanceLoaders = {{ {} }};", loaders.join(", "));
    let names: Vec<String> = names
        .iter()
        .map(|name| format!("const {name} = rebalanceLoaders;\n"))
        .collect();
    Ok(format!(
        "{loads}{loaders}\n{}{}\n",
        names.concat(),
        rest.join("\n")
    ))
}

/// The script without what only people read.
fn minified(script: &str) -> Result<String, Fail> {
    let (session, mut out) = (minify_js::Session::new(), Vec::new());
    minify_js::minify(
        &session,
        minify_js::TopLevelMode::Module,
        script.as_bytes(),
        &mut out,
    )
    .map_err(|e| Fail::new(format!("minifying the page's script: {e:?}"), TODO))?;
    String::from_utf8(out).map_err(|e| Fail::new(format!("minifying the page's script: {e}"), TODO))
}

/// What makes the page fetch the program at once, and start it. A build that is not cut has no part to fetch ahead.
fn start(script: &str, wasm: &str, dev: bool) -> String {
    let run = match dev {
        true => format!("import start from \"./{script}\";await start()"),
        false => format!(
            "import start,{{rebalanceAhead}} from \"./{script}\";await start();setTimeout(()=>rebalanceAhead(\"{AHEAD}\"),1500)"
        ),
    };
    format!(
        "<link rel=\"modulepreload\" href=\"./{script}\"><link rel=\"preload\" href=\"./{wasm}\" as=\"fetch\" type=\"application/wasm\" crossorigin>\
         <script type=\"module\">{run}</script>"
    )
}

fn fail(file: &Path, error: &std::io::Error) -> Fail {
    Fail::new(format!("{}: {error}", file.display()), TODO)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the cutter's loader begins with.
    const LINK: &str = "import { initSync } from \"./rebalance.js\";
        const { __indirect_function_table, memory,  } = initSync(undefined, undefined);
        Object.assign(sharedImports.__wasm_split, { __indirect_function_table, memory,  });";
    /// What `wasm-bindgen` makes of a program with two parts.
    const SCRIPT: &str = "import * as import1 from \"./parts.js\"\nimport * as import2 from \"./parts.js\"\nimport * as other from \"./other.js\";\nuse(import1, import2);\n";

    #[test]
    fn the_loaders_are_in_the_script() {
        let shared = shared(LINK).expect("names");
        let made = with_loader(SCRIPT, &shared, ["desk", "labs"].into_iter()).expect("a script");
        assert!(!made.contains(LOADER), "nothing is imported: {made}");
        assert!(
            made.contains("import * as other from"),
            "but what is not ours stays: {made}"
        );
        for it in [
            "{ __wasm_split: { __indirect_function_table: wasm.__indirect_function_table, memory: wasm.memory } }",
            "__wasm_split_load_desk: rebalanceLate(\"desk\")",
            "__wasm_split_load_labs: rebalanceLate(\"labs\")",
            "const import1 = rebalanceLoaders;",
            "const import2 = rebalanceLoaders;",
            "use(import1, import2);",
            "export const rebalanceAhead",
        ] {
            assert!(made.contains(it), "{it} is in {made}");
        }
        minified(&made).expect("a script that can be read");
    }

    #[test]
    fn what_is_not_cut_has_no_loader() {
        let none = std::iter::empty();
        assert_eq!(with_loader(SCRIPT, "", none).expect("a script"), SCRIPT);
        assert!(with_loader("start();", "memory", ["desk"].into_iter()).is_err());
        assert_eq!(shared("start();"), None);
    }

    #[test]
    fn every_file_of_a_part_is_named_once() {
        let list = |files: &[&str]| files.iter().map(ToString::to_string).collect();
        let modules = BTreeMap::from([
            ("desk".to_owned(), list(&["chunk_5", "split_desk"])),
            (
                "labs".to_owned(),
                list(&["chunk_5", "chunk_6", "split_labs"]),
            ),
        ]);
        let mut made = Vec::new();
        let parts = named(modules, |file, name| {
            made.push(file.to_owned());
            Ok(format!("{name}.{file}.wasm"))
        });
        let parts = parts.expect("parts");
        assert_eq!(
            parts["desk"],
            ["shared.chunk_5.wasm", "desk.split_desk.wasm"]
        );
        assert_eq!(
            parts["labs"],
            [
                "shared.chunk_5.wasm",
                "shared.chunk_6.wasm",
                "labs.split_labs.wasm"
            ]
        );
        assert_eq!(made, ["chunk_5", "split_desk", "chunk_6", "split_labs"]);
    }

    #[test]
    fn the_page_starts_the_program_and_fetches_a_part_that_there_is() {
        let html = start("rebalance.1.js", "rebalance.2.wasm", false);
        assert!(html.contains("rel=\"modulepreload\" href=\"./rebalance.1.js\""));
        assert!(html.contains("href=\"./rebalance.2.wasm\" as=\"fetch\""));
        assert!(html.contains(&format!("rebalanceAhead(\"{AHEAD}\")")));
        assert!(crate::parts::PARTS.iter().any(|part| part.name == AHEAD));
    }
}

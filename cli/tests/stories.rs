//! Stories in which the fault search once found something, made as short as they would get (`tests/stories`): a mistake of the engine, or a rule
//! that was stricter than Kafka. Each says in its first lines which. No guarantee may break in them, to the calm at their end.

use rebalance_cli::search::judge::judge;
use std::path::Path;

#[test]
fn what_the_search_found_stays_mended() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/stories");
    let files = std::fs::read_dir(folder).expect("the folder");
    let mut stories = 0;
    for path in files.map(|file| file.expect("a file").path()) {
        let text = std::fs::read_to_string(&path).expect("a text");
        let script: Vec<String> = text.lines().map(String::from).collect();
        let judged = judge(&script);
        assert_eq!(judged.broken, None, "{}", path.display());
        assert!(judged.events > 100, "{}: nothing happened", path.display());
        stories += 1;
    }
    assert!(stories >= 19, "{stories} stories");
}

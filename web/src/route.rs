//! The address: which room of the page it names.
//!
//! Everything is in the fragment (`#/sandbox`, `#/s/…`, `#/lesson/…`), so the page works from any path of any static
//! server. `?embed` before the fragment asks for the stage alone, `?present` for a lesson on a projector.

/// Where the reader wants to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Route {
    /// The cluster to play with: what was kept on this device, else the first one.
    Sandbox,
    /// The same cluster as tables and buttons.
    Outline,
    /// A shared moment: the link's data.
    Shared(String),
    /// The moment before the program broke: the same data as a link.
    Recovered(String),
    /// The lab of this address: `assignors` or `keys`, and its set-up.
    Lab(String),
    /// Two group protocols side by side, and the set-up.
    Twins(String),
    /// The table of lessons.
    Lessons,
    /// A lesson, and the step asked for (whatever was written there).
    Lesson(String, Option<String>),
    /// An address that names nothing here.
    Unknown(String),
}

impl Route {
    /// Reads `location.hash`.
    pub fn parse(hash: &str) -> Self {
        let path = hash.trim_start_matches('#').trim_matches('/');
        match path.split_once('/') {
            _ if path.is_empty() || path == "sandbox" => Self::Sandbox,
            _ if path == "outline" => Self::Outline,
            Some(("s", data)) => Self::Shared(data.to_string()),
            Some(("lab", lab)) if matches!(lab.split('/').next(), Some("assignors" | "keys")) => {
                Self::Lab(lab.to_string())
            }
            Some(("lab", lab)) if lab.split('/').next() == Some("protocols") => {
                Self::Twins(lab["protocols".len()..].trim_matches('/').to_string())
            }
            _ if path == "lessons" || path == "lesson" => Self::Lessons,
            Some(("lesson", lesson)) => match lesson.split_once('/') {
                Some((slug, step)) => Self::Lesson(slug.to_string(), Some(step.to_string())),
                None => Self::Lesson(lesson.to_string(), None),
            },
            Some(("back", data)) => Self::Recovered(data.to_string()),
            _ if path == "s" => Self::Shared(String::new()),
            _ => Self::Unknown(path.to_string()),
        }
    }

    /// The fragment that leads here.
    pub fn hash(&self) -> String {
        match self {
            Self::Sandbox => "#/sandbox".to_string(),
            Self::Outline => "#/outline".to_string(),
            Self::Shared(data) => format!("#/s/{data}"),
            Self::Lessons => "#/lessons".to_string(),
            Self::Lesson(slug, None) => format!("#/lesson/{slug}"),
            Self::Lesson(slug, Some(step)) => format!("#/lesson/{slug}/{step}"),
            Self::Lab(lab) => format!("#/lab/{lab}"),
            Self::Twins(setup) if setup.is_empty() => "#/lab/protocols".to_string(),
            Self::Twins(setup) => format!("#/lab/protocols/{setup}"),
            Self::Recovered(data) => format!("#/back/{data}"),
            Self::Unknown(path) => format!("#/{path}"),
        }
    }
}

/// Whether this page is a figure in another page (`?embed`): the stage alone, and nothing is kept on the device.
pub fn embedded() -> bool {
    let search = web_sys::window().and_then(|w| w.location().search().ok());
    search.is_some_and(|s| wants_embed(&s))
}

/// Whether `location.search` asks for the stage alone.
pub fn wants_embed(search: &str) -> bool {
    wants(search, "embed")
}

/// Whether `location.search` has a word: `?present`, `?lang=zh&present=1`.
pub fn wants(search: &str, word: &str) -> bool {
    let mut parts = search.trim_start_matches('?').split('&');
    parts.any(|part| part.split('=').next() == Some(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_rooms() {
        assert_eq!(Route::parse(""), Route::Sandbox);
        assert_eq!(Route::parse("#"), Route::Sandbox);
        assert_eq!(Route::parse("#/"), Route::Sandbox);
        assert_eq!(Route::parse("#/sandbox"), Route::Sandbox);
        assert_eq!(Route::parse("#/s/1abc-_"), Route::Shared("1abc-_".into()));
        assert_eq!(Route::parse("#/s/"), Route::Shared(String::new()));
        assert_eq!(Route::parse("#/lab/keys/6"), Route::Lab("keys/6".into()));
        assert_eq!(
            Route::parse("#/lab/nothing"),
            Route::Unknown("lab/nothing".into())
        );
        assert_eq!(Route::parse("#/lessons"), Route::Lessons);
        assert_eq!(
            Route::parse("#/lesson/isr"),
            Route::Lesson("isr".into(), None)
        );
        assert_eq!(
            Route::parse("#/lesson/isr/2"),
            Route::Lesson("isr".into(), Some("2".into()))
        );
        assert_eq!(Route::parse("#/nowhere"), Route::Unknown("nowhere".into()));
    }

    #[test]
    fn a_room_leads_back_to_itself() {
        for route in [
            Route::Sandbox,
            Route::Outline,
            Route::Shared("1x".into()),
            Route::Recovered("1x".into()),
            Route::Lab("assignors/a:1/c1".into()),
            Route::Twins(String::new()),
            Route::Twins("3/6/join".into()),
            Route::Lessons,
            Route::Lesson("isr".into(), None),
            Route::Lesson("isr".into(), Some("x/y".into())),
            Route::Unknown("a/b".into()),
        ] {
            assert_eq!(Route::parse(&route.hash()), route);
        }
    }

    #[test]
    fn embed_is_a_word_of_the_query() {
        assert!(wants_embed("?embed"));
        assert!(wants_embed("?lang=zh&embed=1"));
        assert!(!wants_embed("?embedded"));
        assert!(!wants_embed(""));
    }
}

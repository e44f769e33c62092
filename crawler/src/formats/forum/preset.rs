//! What a make of forum looks like: a preset, from TOML. Six are built in; a file or a source's options may add to them.
//!
//! A place in a page is a CSS selector, with `@name` behind it for an attribute; `@name` alone is the element's own. Of
//! several places the first that says something counts. Unknown keys are refused with their name. Which preset fits is
//! told by what a page says of itself.

use index::entry::Role;
use regex::Regex;
use scraper::{Html, Selector};
use serde::Deserialize;

use crate::clean;

/// The presets that are built in, in the order in which they are recognised.
const BUILT_IN: [&str; 6] = [
    include_str!("../../../forums/xenforo.toml"),
    include_str!("../../../forums/phpbb.toml"),
    include_str!("../../../forums/vbulletin5.toml"),
    include_str!("../../../forums/vbulletin.toml"),
    include_str!("../../../forums/nodebb.toml"),
    include_str!("../../../forums/flarum.toml"),
];

/// A place in a page.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) selector: Option<Selector>,
    pub(super) attribute: Option<String>,
}

/// How a forum is read.
#[derive(Clone, Debug)]
pub enum Way {
    /// As HTML, by selectors.
    Html(Box<Looks>),
    /// Through NodeBB's JSON.
    Nodebb,
    /// Through Flarum's JSON:API.
    Flarum,
}

/// Where things stand in a forum's pages.
#[derive(Clone, Debug)]
pub struct Looks {
    pub(super) list: ListLooks,
    pub(super) thread: ThreadLooks,
    pub(super) roles: Vec<RoleRule>,
}

#[derive(Clone, Debug)]
pub(super) struct ListLooks {
    pub(super) item: Selector,
    pub(super) link: Selector,
    pub(super) state: Vec<Place>,
    pub(super) next: Option<Selector>,
    pub(super) id: Option<Regex>,
}

#[derive(Clone, Debug)]
pub(super) struct ThreadLooks {
    pub(super) title: Option<Selector>,
    pub(super) post: Selector,
    pub(super) id: Vec<Place>,
    pub(super) author: Vec<Place>,
    pub(super) date: Vec<Place>,
    pub(super) edited: Vec<Place>,
    pub(super) body: Selector,
    pub(super) next: Option<Selector>,
    pub(super) dates: Vec<String>,
}

#[derive(Clone, Debug)]
pub(super) struct RoleRule {
    pub(super) role: Role,
    pub(super) mark: Selector,
    pub(super) says: Vec<String>,
}

/// A preset as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    #[serde(default)]
    api: Option<Api>,
    #[serde(default)]
    recognise: Recognise,
    #[serde(default)]
    list: Option<WrittenList>,
    #[serde(default)]
    thread: Option<WrittenThread>,
    #[serde(default)]
    role: Vec<WrittenRole>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Api {
    Nodebb,
    Flarum,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Recognise {
    generator: Option<String>,
    marks: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenList {
    item: String,
    link: String,
    #[serde(default)]
    state: Vec<String>,
    #[serde(default)]
    next: Option<String>,
    #[serde(default)]
    id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenThread {
    #[serde(default)]
    title: Option<String>,
    post: String,
    id: String,
    author: OneOrMore,
    date: OneOrMore,
    #[serde(default)]
    edited: Vec<String>,
    body: String,
    #[serde(default)]
    next: Option<String>,
    #[serde(default)]
    dates: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRole {
    is: Role,
    #[serde(rename = "where")]
    mark: String,
    #[serde(default)]
    says: Vec<String>,
}

/// A preset, ready to read with.
#[derive(Clone, Debug)]
pub struct Preset {
    /// Its name.
    pub name: String,
    /// How the forum is read.
    pub way: Way,
    generator: Option<String>,
    marks: Vec<Selector>,
}

/// Names of the presets that are built in.
#[must_use]
pub fn names() -> Vec<String> {
    tables().into_iter().filter_map(|table| Some(table.get("name")?.as_str()?.to_owned())).collect()
}

/// The preset of that name that is built in, as it is written; a source's options may change parts of it.
#[must_use]
pub fn built_in(name: &str) -> Option<toml::Table> {
    tables().into_iter().find(|table| table.get("name").and_then(toml::Value::as_str) == Some(name))
}

fn tables() -> Vec<toml::Table> {
    BUILT_IN.iter().filter_map(|text| text.parse().ok()).collect()
}

/// Which preset fits a forum's page, by its generator first and by its marks then; none for what is no known forum.
#[must_use]
pub fn recognise(html: &str) -> Option<String> {
    if !clean::may_be_parsed(html) {
        return None;
    }
    let presets: Vec<Preset> = tables().into_iter().filter_map(|table| read(table).ok()).collect();
    let page = Html::parse_document(html);
    let meta = Selector::parse("meta[name=generator]").ok()?;
    let generator = page.select(&meta).find_map(|meta| meta.value().attr("content")).unwrap_or_default();
    let generator = generator.to_lowercase();
    let named = |preset: &&Preset| {
        preset.generator.as_ref().is_some_and(|own| generator.contains(&own.to_lowercase()))
    };
    let marked = |preset: &&Preset| preset.marks.iter().any(|mark| page.select(mark).next().is_some());
    presets.iter().find(named).or_else(|| presets.iter().find(marked)).map(|preset| preset.name.clone())
}

/// `changes` laid over a preset: tables are joined, anything else replaces.
#[must_use]
pub fn changed(mut preset: toml::Table, changes: toml::Table) -> toml::Table {
    for (key, value) in changes {
        match (preset.remove(&key), value) {
            (Some(toml::Value::Table(before)), toml::Value::Table(after)) => {
                preset.insert(key, toml::Value::Table(changed(before, after)));
            }
            (_, value) => drop(preset.insert(key, value)),
        }
    }
    preset
}

/// Reads a preset.
///
/// # Errors
/// In words that read after "failed to": an unknown or missing key, a selector or expression that cannot be read.
pub fn read(table: toml::Table) -> Result<Preset, String> {
    let name = table.get("name").and_then(toml::Value::as_str).unwrap_or("without a name").to_owned();
    let within = |why: String| format!("understand the forum preset {name}: {why}");
    let written: Written =
        table.try_into().map_err(|error: toml::de::Error| within(error.message().to_owned()))?;
    let way = match (written.api, written.list, written.thread) {
        (Some(Api::Nodebb), None, None) => Way::Nodebb,
        (Some(Api::Flarum), None, None) => Way::Flarum,
        (Some(_), _, _) => return Err(within("with `api` it needs no selectors".to_owned())),
        (None, Some(list), Some(thread)) => {
            Way::Html(Box::new(looks(list, thread, written.role).map_err(&within)?))
        }
        (None, _, _) => return Err(within("it needs `list` and `thread`, or `api`".to_owned())),
    };
    let marks = written.recognise.marks.iter().map(|mark| selector("marks", mark));
    let marks = marks.collect::<Result<_, _>>().map_err(&within)?;
    Ok(Preset { name: written.name, way, generator: written.recognise.generator, marks })
}

fn looks(list: WrittenList, thread: WrittenThread, roles: Vec<WrittenRole>) -> Result<Looks, String> {
    let some = |name: &str, text: Option<String>| text.map(|text| selector(name, &text)).transpose();
    let several = |name: &str, texts: Vec<String>| {
        texts.iter().map(|text| place(name, text)).collect::<Result<Vec<Place>, String>>()
    };
    let id = list.id.map(|text| Regex::new(&text).map_err(|_| format!("`id` = \"{text}\" is no expression")));
    let roles = roles
        .into_iter()
        .map(|rule| Ok(RoleRule { role: rule.is, mark: selector("where", &rule.mark)?, says: rule.says }));
    Ok(Looks {
        list: ListLooks {
            item: selector("item", &list.item)?,
            link: selector("link", &list.link)?,
            state: several("state", list.state)?,
            next: some("next", list.next)?,
            id: id.transpose()?,
        },
        thread: ThreadLooks {
            title: some("title", thread.title)?,
            post: selector("post", &thread.post)?,
            id: several("id", vec![thread.id])?,
            author: several("author", thread.author.all())?,
            date: several("date", thread.date.all())?,
            edited: several("edited", thread.edited)?,
            body: selector("body", &thread.body)?,
            next: some("next", thread.next)?,
            dates: thread.dates,
        },
        roles: roles.collect::<Result<_, String>>()?,
    })
}

impl OneOrMore {
    fn all(self) -> Vec<String> {
        match self {
            Self::One(one) => vec![one],
            Self::More(more) => more,
        }
    }
}

fn selector(name: &str, text: &str) -> Result<Selector, String> {
    Selector::parse(text).map_err(|error| format!("the selector `{name}` = \"{text}\": {error}"))
}

fn place(name: &str, text: &str) -> Result<Place, String> {
    let (css, attribute) = match text.rsplit_once('@') {
        Some((css, attribute)) => (css.trim(), Some(attribute.to_owned())),
        None => (text, None),
    };
    let selector = (!css.is_empty()).then(|| selector(name, css)).transpose()?;
    Ok(Place { selector, attribute })
}

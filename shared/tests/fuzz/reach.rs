//! What the targets reach: read from the sources, function by function, so that an entry point without a target is seen.
//!
//! A function is reached when a reached one names it: a free function by its name, a function of a type as `Type::name`, a
//! method as `.name`. Methods of traits (serde's, `Display`) count as reached from the start. A name that two types share can
//! make a method seem reached that isn't; never the other way round.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a tool of the tests

use std::collections::BTreeSet;
use std::path::Path;

/// A function in the sources.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its file, from `src` on.
    pub file: String,
    /// The type whose it is.
    pub owner: Option<String>,
    /// Its name.
    pub name: String,
    /// Whether the world may call it.
    pub public: bool,
    of_trait: bool,
    takes_self: bool,
    text: String,
}

impl Function {
    /// `questions/stress.rs stress`, `rules/lease.rs Lease::spend`.
    pub fn title(&self) -> String {
        let owner = self.owner.as_ref().map(|owner| format!("{owner}::")).unwrap_or_default();
        format!("{} {owner}{}", self.file, self.name)
    }
}

/// The text of each source file under a folder, without comments and the file's own tests.
pub fn sources(folder: &Path) -> Vec<(String, String)> {
    fn walk(dir: &Path, found: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    walk(folder, &mut paths);
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        let product = text.split("#[cfg(test)]\nmod tests").next().unwrap().to_owned();
        let code: Vec<&str> = product.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        (path.strip_prefix(folder).unwrap().display().to_string(), code.join("\n"))
    };
    paths.iter().map(read).collect()
}

/// The functions of a file.
pub fn functions(file: &str, text: &str) -> Vec<Function> {
    let lines: Vec<&str> = text.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut found = Vec::new();
    // The impl or trait that the lines stand in: its type, whether it is of a trait, and how far in it stands.
    let mut within: Option<(String, bool, usize)> = None;
    for (at, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let plain = code.trim_start_matches("pub ");
        if plain.starts_with("impl") && !plain[4..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
            || plain.starts_with("trait ")
        {
            let mut header = String::new();
            for line in &lines[at..] {
                header.push_str(line.trim());
                header.push(' ');
                if line.contains('{') {
                    break;
                }
            }
            let (owner, of_trait) = owner_of(&header);
            within = Some((owner, of_trait, indent(line)));
        } else if within.as_ref().is_some_and(|(_, _, depth)| code.starts_with('}') && indent(line) <= *depth) {
            within = None;
        }
        let public = code.starts_with("pub ");
        let plain = code
            .strip_prefix("pub ")
            .or_else(|| code.strip_prefix("pub(").and_then(|rest| rest.split_once(") ").map(|(_, rest)| rest)));
        let plain = plain.unwrap_or(code);
        let Some(signature) = plain.strip_prefix("const ").unwrap_or(plain).strip_prefix("fn ") else { continue };
        let name: String = signature.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let mut body = vec![*line];
        let closed = code.ends_with(';') || code.contains('{') && code.ends_with('}');
        if !closed {
            let end = format!("{}}}", " ".repeat(indent(line)));
            for line in &lines[at + 1..] {
                if line.starts_with(&end) {
                    break;
                }
                body.push(line);
            }
        }
        let text = body.join("\n");
        let parameters = text[text.find("fn ").unwrap()..].split(')').next().unwrap().to_owned();
        found.push(Function {
            file: file.to_owned(),
            owner: within.as_ref().map(|(owner, ..)| owner.clone()),
            name,
            public,
            of_trait: within.as_ref().is_some_and(|(_, of_trait, _)| *of_trait),
            takes_self: words(&parameters).any(|(_, _, word)| word == "self"),
            text,
        });
    }
    found
}

/// The type of an impl's header, and whether it is of a trait.
fn owner_of(header: &str) -> (String, bool) {
    let header = header.split('{').next().unwrap();
    let (of, of_trait) = match header.split_once(" for ") {
        Some((_, of)) if !header.starts_with("trait ") => (of, true),
        _ => {
            let rest = header.trim_start_matches("pub ").trim_start_matches("impl").trim_start_matches("trait ");
            // What stands in the brackets after `impl` is not the type's.
            let mut depth = 0;
            let start = rest.char_indices().find(|(_, c)| {
                match c {
                    '<' => depth += 1,
                    '>' => depth -= 1,
                    _ => {}
                }
                depth == 0 && (c.is_alphabetic() || *c == '$')
            });
            (start.map_or("", |(at, _)| &rest[at..]), header.contains("trait "))
        }
    };
    let path: String = of.trim().trim_start_matches('&').chars().take_while(|c| !"< {(".contains(*c)).collect();
    (path.rsplit("::").next().unwrap().to_owned(), of_trait)
}

/// Every name in a text, with the name before it and what stands between them.
fn words(text: &str) -> impl Iterator<Item = (&str, &str, &str)> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let (mut before, mut at) = ("", 0);
    std::iter::from_fn(move || {
        let start = at + text[at..].find(is_name)?;
        let end = text[start..].find(|c| !is_name(c)).map_or(text.len(), |length| start + length);
        let between = &text[at..start];
        let found = (before, between, &text[start..end]);
        (before, at) = (&text[start..end], end);
        Some(found)
    })
}

/// The names that a text uses.
#[derive(Default)]
struct Used<'a> {
    plain: BTreeSet<&'a str>,
    methods: BTreeSet<&'a str>,
    of_type: BTreeSet<(&'a str, &'a str)>,
}

impl<'a> Used<'a> {
    fn of(text: &'a str) -> Self {
        let mut used = Self::default();
        for (before, between, name) in words(text) {
            if between.ends_with('.') && !between.ends_with("..") {
                used.methods.insert(name);
            } else if between.ends_with("::") {
                // What a type is made concrete by stands before `::` too.
                used.of_type.insert((if between == "::" { before } else { "?" }, name));
                used.plain.insert(name);
            } else if before != "fn" {
                used.plain.insert(name);
            }
        }
        used
    }

    fn names(&self, function: &Function, from: Option<&str>) -> bool {
        let name = function.name.as_str();
        let Some(owner) = &function.owner else { return self.plain.contains(name) };
        let of = |owner: &str| self.of_type.contains(&(owner, name));
        let by_type = of(owner)
            || of("?")
            || from == Some(owner) && of("Self")
            || owner.starts_with('$') && self.of_type.iter().any(|(_, known)| *known == name);
        by_type || function.takes_self && self.methods.contains(name)
    }
}

/// The functions that texts outside lead to, one by way of another.
pub fn reached(functions: &[Function], outside: &[String]) -> Vec<bool> {
    let mut reached: Vec<bool> = functions.iter().map(|function| function.of_trait && !outside.is_empty()).collect();
    let first = outside.iter().map(|text| (text.as_str(), None));
    let traits = functions.iter().filter(|function| function.of_trait && !outside.is_empty());
    let mut next: Vec<(&str, Option<&str>)> =
        first.chain(traits.map(|function| (function.text.as_str(), function.owner.as_deref()))).collect();
    while let Some((text, from)) = next.pop() {
        let used = Used::of(text);
        for (function, reached) in functions.iter().zip(&mut reached) {
            if !*reached && used.names(function, from) {
                *reached = true;
                next.push((&function.text, function.owner.as_deref()));
            }
        }
    }
    reached
}

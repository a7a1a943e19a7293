//! What a signature file declares, compiled.

use super::condition::{Condition, Reaches};
use super::hit::Groups;
use super::title::Title;
use crate::model::cause::{Cause, Lead, Role, Strength};
use crate::model::lossy::lossy;
use crate::model::record::Fields;
use regex::bytes::Regex;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// One value, or a list of which one has to hold.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// A text.
    Text(String),
    /// A number.
    Number(i64),
    /// Several of either.
    Many(Vec<OneOrMany>),
}

impl OneOrMany {
    /// The values as texts.
    pub fn texts(&self) -> Vec<String> {
        match self {
            OneOrMany::Text(text) => vec![text.clone()],
            OneOrMany::Number(number) => vec![number.to_string()],
            OneOrMany::Many(list) => list.iter().flat_map(OneOrMany::texts).collect(),
        }
    }
}

/// What matching needs of a `[[signature]]`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SignatureText {
    /// `<product>.<topic>.<detail>`.
    pub id: String,
    /// Layout ids or families.
    pub layouts: Vec<String>,
    /// Literal pieces of the message, one of which must be there.
    #[serde(default)]
    pub anchor: Option<OneOrMany>,
    /// Run over the record's text where an anchor was found.
    #[serde(default)]
    pub regex: Option<String>,
    /// Conditions on fields.
    #[serde(default)]
    pub when: BTreeMap<String, OneOrMany>,
    /// What it argues for; nothing for recoveries and backups.
    #[serde(default)]
    pub cause: Option<Cause>,
    /// Other causes that it can stand for.
    #[serde(default)]
    pub may_be: Vec<Cause>,
    /// What one line is worth.
    pub strength: Strength,
    /// Its place in the chain.
    pub role: Role,
    /// Lines of one family are one piece of evidence.
    pub family: String,
    /// How long before the first 503 it is normally written.
    #[serde(default)]
    pub lead: Lead,
    /// A plain sentence, with `{captures}`.
    pub title: String,
    /// A wording that many products share: counts only where no other signature hit the record.
    #[serde(default)]
    pub generic: bool,
}

/// What people read of a `[[signature]]`, and what proves it.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// The signature's id.
    pub id: String,
    /// What to do.
    #[serde(default)]
    pub fix: Vec<String>,
    /// Where the wording is documented.
    #[serde(default)]
    pub source: String,
    /// What a person would type to look it up.
    #[serde(default)]
    pub codes: Vec<String>,
    /// Lines that must hit it.
    #[serde(default)]
    pub samples: Vec<String>,
    /// Lines that must not.
    #[serde(default)]
    pub lookalikes: Vec<String>,
}

/// A compiled signature. The regular expression is compiled when its anchor is first met: most never are.
#[derive(Debug)]
pub struct Signature {
    /// What its file states.
    pub text: SignatureText,
    /// Its anchors.
    pub anchors: Vec<String>,
    /// Its conditions.
    pub conditions: Vec<Condition>,
    /// Places of the conditions, in the order in which they are asked: those of few tests first.
    asked: Vec<usize>,
    regex: OnceLock<Option<Searched>>,
    title: OnceLock<Title>,
}

/// A regular expression with the names of its groups.
#[derive(Debug)]
struct Searched {
    regex: Regex,
    names: Vec<(usize, String)>,
    /// See [`Signature::subject_groups`].
    subject: [Option<usize>; SUBJECT.len()],
}

/// Names of groups that tell what a hit is about, in the place of the fields of these names.
const SUBJECT: [&str; 4] = ["host", "service", "upstream", "program"];

/// Bound on the compiled size of one regular expression, in bytes.
const REGEX_SIZE: usize = 1 << 20;

impl Signature {
    /// Compiles a signature; the error names the key that is wrong.
    pub fn compile(text: SignatureText) -> Result<Self, String> {
        let anchors = text.anchor.as_ref().map(OneOrMany::texts).unwrap_or_default();
        let conditions = text
            .when
            .iter()
            .map(|(name, value)| Condition::compile(name, &value.texts()))
            .collect::<Result<Vec<_>, _>>()?;
        if anchors.is_empty() && conditions.is_empty() {
            return Err("needs an `anchor`, a `when`, or both".into());
        }
        if anchors.iter().any(|anchor| anchor.len() < 3) {
            return Err("anchor: needs at least 3 bytes".into());
        }
        if text.cause.is_none() && !matches!(text.role, Role::Recovery | Role::Backup) {
            return Err(format!("cause: a {} needs one", text.role.id()));
        }
        let mut asked: Vec<usize> = (0..conditions.len()).collect();
        asked.sort_by_key(|&place| conditions[place].tests());
        Ok(Self { anchors, conditions, asked, regex: OnceLock::new(), title: OnceLock::new(), text })
    }

    /// The regular expression; the error is that of its compilation.
    pub fn compile_regex(&self) -> Result<Option<Regex>, String> {
        let Some(source) = &self.text.regex else { return Ok(None) };
        regex::bytes::RegexBuilder::new(source)
            .size_limit(REGEX_SIZE)
            .unicode(false)
            .build()
            .or_else(|_| regex::bytes::RegexBuilder::new(source).size_limit(REGEX_SIZE).build())
            .map(Some)
            .map_err(|error| format!("regex: {error}"))
    }

    /// Whether a record's fields fulfil all conditions.
    pub(super) fn holds(&self, fields: &Fields<'_>, reaches: &mut Reaches) -> bool {
        self.asked.iter().all(|&place| self.conditions[place].holds(fields, reaches))
    }

    /// What a line that hits it says by a capture of this name.
    pub fn captured(&self, text: &[u8], name: &str) -> Option<String> {
        let groups = self.regex()?.captures(text)?;
        groups.name(name).map(|group| lossy(group.as_bytes()).into_owned())
    }

    /// Whether a text has the regular expression.
    pub(super) fn has_regex(&self, text: &[u8]) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }

    /// The regular expression, compiled at first use. One that does not compile matches nothing; the check of the
    /// pattern files reports it.
    fn regex(&self) -> Option<&Regex> {
        self.searched().map(|searched| &searched.regex)
    }

    /// The named groups of the regular expression: their numbers and names.
    pub(super) fn names(&self) -> &[(usize, String)] {
        self.searched().map(|searched| searched.names.as_slice()).unwrap_or_default()
    }

    /// Whether a group tells what a hit is about.
    pub(super) fn names_subject(&self) -> bool {
        self.subject_groups().iter().any(Option::is_some)
    }

    /// The groups that tell what a hit is about, by their places among the names: host, service, upstream, program.
    pub(super) fn subject_groups(&self) -> [Option<usize>; SUBJECT.len()] {
        self.searched().map(|searched| searched.subject).unwrap_or_default()
    }

    /// Where the named groups stand that take part, if the text has the regular expression.
    pub(super) fn groups(&self, text: &[u8]) -> Option<Groups> {
        let found = self.regex()?.captures(text)?;
        let named = self.names().iter().enumerate();
        Some(named.filter_map(|(place, (group, _))| Some((place, found.get(*group)?.range()))).collect())
    }

    fn searched(&self) -> Option<&Searched> {
        let compiled = self.regex.get_or_init(|| {
            let regex = self.compile_regex().ok().flatten()?;
            let named = regex.capture_names().enumerate().filter_map(|(group, name)| Some((group, name?.to_owned())));
            let names: Vec<(usize, String)> = named.collect();
            let subject = SUBJECT.map(|told| names.iter().position(|(_, name)| name == told));
            Some(Searched { names, subject, regex })
        });
        compiled.as_ref()
    }

    /// The title, cut at its places.
    pub(super) fn title(&self) -> &Title {
        let group = |name: &str| self.names().iter().position(|(_, known)| known == name);
        self.title.get_or_init(|| Title::new(&self.text.title, group))
    }
}

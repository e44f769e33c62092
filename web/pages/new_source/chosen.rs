//! What comes back from the form, and what of it is added.
//!
//! Believes nothing of it: addresses, kinds, options and reach are checked as for any source that a visitor names.

use std::collections::HashSet;

use crawler::discover::{Known, Proposal, apart};
use index::source::Source;
use index::vendor::{Vendor, slug};

use crate::asked::Asked;
use crate::looking::Looking;

/// Proposals that are read from a form.
const MOST: usize = 50;

/// A form that came back.
pub(super) struct Chosen {
    pub(super) site: String,
    pub(super) vendor: Vendor,
    /// The vendor's name as it was typed.
    pub(super) name: String,
    pub(super) proposals: Vec<Proposal>,
    /// Places of the proposals that were chosen.
    pub(super) taken: HashSet<usize>,
}

/// What is wrong, field by field.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Mistakes {
    pub(super) name: Option<String>,
    pub(super) choice: Option<String>,
}

impl Chosen {
    /// Reads the form; nothing when it is not as it was sent out.
    pub(super) fn of(form: &Asked) -> Option<Self> {
        let vendor: Vendor = serde_json::from_str(form.first("vendor")?).ok()?;
        let read = |json| serde_json::from_str::<Proposal>(json).ok();
        let proposals = form.all("proposal").take(MOST).map(read).collect::<Option<Vec<_>>>()?;
        let taken = form.all("take").filter_map(|place| place.parse().ok());
        Some(Self {
            site: form.first("site").unwrap_or_default().to_owned(),
            vendor,
            name: form.first("name").unwrap_or_default().trim().to_owned(),
            taken: taken.filter(|place| *place < proposals.len()).collect(),
            proposals,
        })
    }

    /// The vendor and the sources that are to be added.
    ///
    /// # Errors
    /// What is wrong with the fields.
    pub(super) fn sources(
        &self,
        known: &Known,
        looking: &Looking,
    ) -> Result<(Vendor, Vec<Source>), Mistakes> {
        let mut mistakes = Mistakes::default();
        let vendor = self.named();
        if slug(&vendor.name).is_empty() || vendor.slug.is_empty() {
            mistakes.name = Some("A vendor's name has at least one letter or digit.".to_owned());
        }
        let mut names: HashSet<String> = known.sources.iter().map(|source| source.slug.clone()).collect();
        let mut sources = Vec::new();
        for (place, proposal) in self.proposals.iter().enumerate() {
            if !self.taken.contains(&place) || known.slug_of(&proposal.source).is_some() {
                continue;
            }
            let mut proposal = proposal.clone();
            proposal.speak_for(&vendor);
            let mut source = proposal.source;
            apart(&mut source, &mut names);
            if let Err(why) = looking.may_add(&source) {
                let name = &source.name;
                mistakes.choice.get_or_insert(format!("{name} cannot be added: {why}."));
            }
            sources.push(source);
        }
        if sources.is_empty() {
            let sentence = "Choose at least one channel that is not there already.";
            mistakes.choice.get_or_insert(sentence.to_owned());
        }
        if mistakes == Mistakes::default() { Ok((vendor, sources)) } else { Err(mistakes) }
    }

    /// The vendor under the name that was typed.
    fn named(&self) -> Vendor {
        let mut vendor = self.vendor.clone();
        if self.name != vendor.name {
            vendor.slug = slug(&self.name);
            vendor.name = self.name.clone();
        }
        vendor
    }
}

//! The script of a call, filled in from the record: about a key, or about a package and whoever signed it.

use jiff::Timestamp;

use crate::brief::Brief;
use crate::collision::Collision;
use crate::keys::judged::Signer;
use crate::keys::script::{Known, script};
use crate::keys::view::KeyView;
use crate::knowledge::Knowledge;
use crate::package::Package;
use crate::store;

impl Knowledge {
    /// What to say on the telephone about a key, as Markdown, with the last package that it signed.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn call_script(&self, view: &KeyView, now: Timestamp) -> anyhow::Result<String> {
        let signed = view.packages.first();
        let signers = match signed {
            Some(package) => self.verdicts(&package.digest, now).await?,
            None => Vec::new(),
        };
        let own = |one: &&Signer| view.key.as_ref().is_some_and(|key| one.key == Some(key.facts.fingerprint));
        let signer = signers.iter().find(own).or(signers.first());
        let package = signed.map(|package| (package, signer));
        self.script(Some(view), package, &[], now).await
    }

    /// What to say on the telephone about a package, as Markdown: about the key of the signature that asks for it most, and
    /// about what its brief says that it collides with.
    ///
    /// # Errors
    /// When the record or the index cannot be read.
    pub async fn package_script(&self, brief: &Brief, now: Timestamp) -> anyhow::Result<String> {
        let signers = self.verdicts(&brief.package.digest, now).await?;
        let signer = signers.iter().max_by_key(|one| one.latest.policy);
        let view = match signer.filter(|one| !one.called.is_empty()) {
            Some(signer) => self.key(signer.called.as_bytes(), now).await?,
            None => None,
        };
        let package = Some((&brief.package, signer));
        self.script(view.as_ref(), package, &brief.assessment.collisions, now).await
    }

    async fn script(
        &self,
        view: Option<&KeyView>,
        package: Option<(&Package, Option<&Signer>)>,
        collisions: &[Collision],
        now: Timestamp,
    ) -> anyhow::Result<String> {
        let judged = package.and_then(|(_, signer)| signer?.vendor.as_ref());
        let slug = judged.or_else(|| view?.vendors.first());
        let vendor = match slug {
            Some(slug) => store::vendor::read(self.store.reader(), slug).await?,
            None => None,
        };
        let tries = match &vendor {
            Some(vendor) => self.contact_tries(&vendor.slug).await?,
            None => Vec::new(),
        };
        let vendor = vendor.as_ref();
        Ok(script(&Known { view, vendor, tries: &tries, package, collisions, at: now }))
    }
}

//! What sentences about keys say, in the words that people use.

use super::at;
use crate::evidence::Stance;

/// `KEY` stands for the identifier, `OTHER` for another one.
fn check(text: &str, stance: Stance) {
    let places = |name: &str| text.match_indices(name).map(|(at, _)| at..at + name.len()).collect::<Vec<_>>();
    let (same, others) = (places("KEY"), places("OTHER"));
    let found = at(text, &same[0], &same, &others);
    assert_eq!(found.stance, stance, "{text}: {}", found.because);
    assert!(text.get(found.quote).is_some_and(|quote| quote.contains("KEY")));
}

#[test]
fn a_new_key_is_introduced() {
    for text in [
        "Our new signing key is KEY.",
        "From May on, packages are signed with KEY.",
        "KEY replaces OTHER.",
        "OTHER is replaced by KEY.",
        "We have rotated the release key from OTHER to KEY.",
        "The release key OTHER rotated on 11 April to KEY (first needed by 6.36).",
        "OTHER → KEY",
        "Old key OTHER (relay.key); new files relay-archive.key (KEY) for old systems.",
        "The fingerprint of the new key is:\n\n```text\nKEY\nRelay releases <a@relay.example>\n```\n",
        "pub   rsa4096 2026-05-29 [SC]\n      KEY\nuid   relay signing key",
        "## Release keys\n\n- fingerprint: KEY\n",
        "## Halvard\n\n- OpenPGP key fingerprint: KEY\n- Expires: never\n\n## Old\n\n- OpenPGP key fingerprint: OTHER\n- Revoked: compromised\n",
        "gpg --keyserver keys.relay.example --recv-keys KEY",
        "Any key other than KEY is not ours.",
        "The old key OTHER has not been compromised; the successor KEY takes over in June.",
        "Starting with version 4, packages will be signed with key KEY.",
        "You should see the fingerprint KEY.",
        "After removing the old key, the fingerprint should be KEY.",
        "We replace the previous key (OTHER) with KEY.",
        "All releases since 2.0 are signed by Dana (KEY).",
        "Previously we used OTHER; now we use KEY.",
        "KEY will be used from June on.",
        "After the compromise of a build server we generated KEY.",
        "After the compromise of a build server, the key to use is KEY.",
        "Our new keys are OTHER and KEY.",
        "KEY and OTHER are the new keys.",
        "The old key OTHER and the new key KEY are both in the file.",
        "The new key is KEY, while the old one is retired.",
        "Do not install anything until you import KEY.",
    ] {
        check(text, Stance::Introduces);
    }
}

#[test]
fn an_old_key_is_retired() {
    for text in [
        "OTHER replaces KEY.",
        "KEY is replaced by OTHER.",
        "We have rotated the release key from KEY to OTHER.",
        "KEY → OTHER",
        "The old key KEY has not been revoked.",
        "We no longer use KEY.",
        "Please use OTHER instead of KEY.",
        "The previous key is still available:\n\n    KEY\n",
        "KEY will be revoked in September.",
        "### Remove the old key\n\n    apt-key del KEY\n",
        "KEY was used until 2024.",
        "We no longer sign with OTHER or KEY.",
        "Our key was KEY. It has been retired.",
    ] {
        check(text, Stance::Retires);
    }
}

#[test]
fn a_key_is_revoked() {
    for text in [
        "KEY has been revoked.",
        "We have revoked KEY today.",
        "The key KEY was compromised in March, use OTHER.",
        "Revoke KEY and put in OTHER.",
        "KEY (revoked)",
        "Our key is KEY. It has been revoked.",
        "We have revoked OTHER and KEY.",
        "KEY and OTHER have been revoked.",
        "The new key KEY must no longer be trusted.",
        "## Halvard\n\n- OpenPGP key fingerprint: KEY\n- Algorithm: RSA 4096\n- Revoked: compromised, or no reason given\n",
        "- Sub-key fingerprint: KEY; Algorithm: RSA 4096; Created: 2021-01-02; Expires: never; Signs: yes; Revoked: compromised, or no reason given",
    ] {
        check(text, Stance::Revokes);
    }
}

#[test]
fn what_has_not_happened_is_not_read_as_if_it_had() {
    check("The new key KEY has not been compromised.", Stance::Introduces);
    check("If KEY is revoked, we will tell you here; the key signs until then.", Stance::Introduces);
    check("In case the key is compromised we would announce a successor. Our key: KEY", Stance::Introduces);
}

#[test]
fn a_key_is_disowned() {
    for text in [
        "The key KEY is not ours.",
        "KEY is a forgery.",
        "Somebody circulates a fake key, KEY, in our name.",
        "A fake key circulates: its fingerprint is KEY.",
        "It is a fake key with the fingerprint KEY.",
        "Somebody made a fake key, whose fingerprint is KEY.",
        "KEY does not belong to us.",
        "We never issued KEY.",
    ] {
        check(text, Stance::Disowns);
    }
}

#[test]
fn a_key_is_extended() {
    for text in [
        "We have extended the validity of KEY until 2028.",
        "KEY has been extended for two years.",
        "The expiry of key KEY was renewed.",
        "Renewed: KEY",
    ] {
        check(text, Stance::Extends);
    }
}

#[test]
fn a_key_is_warned_of_or_only_named() {
    check("Bogus Test (this is a test only key), fingerprint KEY. Used by tests.", Stance::Warns);
    check("Do not import KEY.", Stance::Warns);
    check("The signatures couldn't be verified: NO_PUBKEY KEY", Stance::Mentions);
    check("tls-scan output: server certificate SHA1 fingerprint KEY, valid until 2028.", Stance::Mentions);
    check("The TLS certificate of our site has the fingerprint KEY.", Stance::Mentions);
    check("The answer is KEY.", Stance::Mentions);
}

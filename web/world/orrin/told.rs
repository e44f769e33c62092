//! The advisories that Orrin begins with. The CVE numbers are invented, from the far end of a year's range.

use jiff::Timestamp;

use crate::world::grade::Grade;
use crate::world::moment;
use crate::world::orrin::csaf::Advisory;

/// All advisories, the newest first.
pub(super) fn all(now: Timestamp) -> Vec<Advisory> {
    let told = TOLD.iter().map(|(id, cve, days, grade, title, [product, since, fixed], text, workaround)| {
        Advisory {
            id: (*id).to_owned(),
            cve: (*cve).to_owned(),
            title: (*title).to_owned(),
            grade: *grade,
            product: (*product).to_owned(),
            since: (*since).to_owned(),
            fixed: (*fixed).to_owned(),
            text: (*text).to_owned(),
            workaround: (*workaround).to_owned(),
            revisions: vec![(moment::days_before(now, *days), "Initial version.".to_owned())],
        }
    });
    told.collect()
}

type Told =
    (&'static str, &'static str, i64, Grade, &'static str, [&'static str; 3], &'static str, &'static str);

/// Number, CVE, age in days, severity, headline, product with first affected and first fixed version, text, workaround.
const TOLD: &[Told] = &[
    (
        "OWSA-0046",
        "CVE-2026-90412",
        10,
        Grade::High,
        "Orrin Ledger: frame decoder of Halvard Relay can be stopped by one message",
        ["Orrin Ledger", "3.0.0", "3.2.4"],
        "The intake of Orrin Ledger contains the frame decoder of Halvard Relay, which trusts a length field. A sender that reaches \
         the intake port can stop the intake. Bookings that were accepted before are not lost.",
        "Allow only known senders to reach the intake port 7410.",
    ),
    (
        "OWSA-0045",
        "CVE-2026-90355",
        88,
        Grade::Medium,
        "Orrin Archive: links to exports can be guessed",
        ["Orrin Archive", "2.5.0", "2.8.1"],
        "Links to finished exports contain a running number and need no session. Who counts through them can read exports of others \
         until they are deleted after seven days.",
        "Set export.keep_days to 0, so that exports are deleted after the first download.",
    ),
    (
        "OWSA-0044",
        "CVE-2026-90263",
        166,
        Grade::Critical,
        "Orrin Ledger: import of statements runs formulas",
        ["Orrin Ledger", "3.1.0", "3.1.6"],
        "The import of bank statements evaluates cells that begin with an equals sign. A prepared statement can run programs as the \
         service account ledger.",
        "Switch off the import of spreadsheets; statements in the MT940 form are not affected.",
    ),
    (
        "OWSA-0043",
        "CVE-2026-90118",
        290,
        Grade::Low,
        "Orrin Ledger: log files contain session numbers",
        ["Orrin Ledger", "3.0.0", "3.1.1"],
        "With the log level debug the service writes session numbers to its log. Who can read the log can take over a session that \
         is still open.",
        "Use the log level info, which is the default.",
    ),
    (
        "OWSA-0042",
        "CVE-2025-99077",
        445,
        Grade::High,
        "Orrin Archive: many small files exhaust the index",
        ["Orrin Archive", "2.0.0", "2.5.2"],
        "The index keeps a handle for each file of an upload. An upload of very many empty files stops the service until it is \
         restarted.",
        "Limit uploads to 10,000 files in the reverse proxy.",
    ),
    (
        "OWSA-0041",
        "CVE-2025-98902",
        602,
        Grade::Medium,
        "Orrin Ledger: names of accounts are shown before the sign-in",
        ["Orrin Ledger", "2.9.0", "3.0.0"],
        "The page for a forgotten password says whether an account exists.",
        "None.",
    ),
];

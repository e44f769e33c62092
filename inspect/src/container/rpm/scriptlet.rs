//! The scripts in an RPM header, each under the name that a spec file gives it.
//!
//! Triggers name what they wait for. A scriptlet without interpreter is run by the shell; one with an interpreter
//! and without text runs that program alone, which becomes its text. Tags: rpm's `rpmtag.h`.

use std::fmt::Write as _;

use super::header::Header;

/// One script.
pub(super) struct Scriptlet {
    /// `%post`, `%triggerin-0`.
    pub(super) name: String,
    /// What runs it: `/bin/sh`, `<lua>`.
    pub(super) interpreter: String,
    /// The script.
    pub(super) text: String,
}

/// Name, tag of the text, tag of the interpreter.
const SINGLE: [(&str, u32, u32); 9] = [
    ("%pretrans", 1151, 1153),
    ("%pre", 1023, 1085),
    ("%post", 1024, 1086),
    ("%preun", 1025, 1087),
    ("%postun", 1026, 1088),
    ("%posttrans", 1152, 1154),
    ("%preuntrans", 5103, 5105),
    ("%postuntrans", 5104, 5106),
    ("%verifyscript", 1079, 1091),
];

/// Name, tags of the texts, the interpreters, the names waited for, and the script each name belongs to.
const TRIGGERS: [(&str, u32, u32, u32, u32); 3] = [
    ("%trigger", 1065, 1092, 1066, 1069),
    ("%filetrigger", 5066, 5067, 5069, 5070),
    ("%transfiletrigger", 5076, 5077, 5079, 5080),
];

/// Every script of the header; empty ones do nothing and are left out.
pub(super) fn all(header: &Header) -> Vec<Scriptlet> {
    let mut scripts = Vec::new();
    for (name, text, interpreter) in SINGLE {
        let program = header.strings(interpreter).join(" ");
        let text = header.text(text).unwrap_or_default();
        push(&mut scripts, name.to_owned(), &program, text);
    }
    for (name, texts, interpreters, awaited, belongs) in TRIGGERS {
        for (at, text) in header.strings(texts).iter().enumerate() {
            let mut name = format!("{name}-{at}");
            let owners = header.numbers(belongs).iter().zip(header.strings(awaited));
            for (_, awaited) in owners.filter(|(owner, _)| **owner == at as u64).take(8) {
                let _ = write!(name, " {}", awaited.replace('/', "\u{2215}"));
            }
            let program = header.strings(interpreters).get(at).map(String::as_str).unwrap_or_default();
            push(&mut scripts, name, program, text);
        }
    }
    scripts
}

fn push(scripts: &mut Vec<Scriptlet>, name: String, program: &str, text: &str) {
    let (text, interpreter) = match (text, program) {
        ("", "" | "/bin/sh" | "<lua>") => return,
        ("", program) => (program, "/bin/sh"),
        (text, "") => (text, "/bin/sh"),
        (text, program) => (text, program),
    };
    let name = crate::container::name::shown(&name);
    scripts.push(Scriptlet { name, interpreter: interpreter.to_owned(), text: text.to_owned() });
}

//! systemd's units, read by their own grammar (systemd.syntax(7), systemd.unit(5)).
//!
//! Repeated keys add up, an empty assignment forgets what stood before it, a backslash at the end of a line continues
//! it. Specifiers are resolved as far as the unit's name tells; everything else stays as written. Nothing is looked up.

/// What one file says, in its order.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Unit {
    settings: Vec<Setting>,
}

/// One assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// `Unit`, `Service`: without its brackets.
    pub section: String,
    /// What is set.
    pub key: String,
    /// To what; continued lines are joined by a space.
    pub value: String,
    /// The line on which it begins, counted from 1.
    pub line: usize,
}

/// Assignments that are read of one file; the longest unit of Debian 12 has some 60.
const MOST: usize = 5_000;

/// Endings of names that are units' (systemd.unit(5)).
const KINDS: [&str; 11] = [
    "service",
    "socket",
    "device",
    "mount",
    "automount",
    "swap",
    "target",
    "path",
    "timer",
    "slice",
    "scope",
];

impl Unit {
    /// Reads a file.
    #[must_use]
    pub fn read(text: &str) -> Unit {
        let mut unit = Unit::default();
        let (mut section, mut open): (String, Option<Setting>) = (String::new(), None);
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.starts_with(['#', ';']) {
                continue;
            }
            let (said, goes_on) =
                line.strip_suffix('\\').map_or((line, false), |said| (said.trim_end(), true));
            if let Some(setting) = &mut open {
                setting.value.push(' ');
                setting.value.push_str(said);
            } else if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                section = name.to_owned();
                continue;
            } else if let Some((key, value)) = said.split_once('=') {
                let (key, value) = (key.trim_end().to_owned(), value.trim_start().to_owned());
                open = Some(Setting { section: section.clone(), key, value, line: at + 1 });
            }
            if !goes_on {
                unit.settings.extend(open.take());
            }
            if unit.settings.len() >= MOST {
                break;
            }
        }
        unit.settings.extend(open);
        unit
    }

    /// Whether it is a unit and no other file of sections: a desktop entry, a D-Bus service.
    #[must_use]
    pub fn is_one(&self) -> bool {
        const SECTIONS: [&str; 7] = ["Unit", "Service", "Socket", "Timer", "Install", "Path", "Mount"];
        self.settings.iter().any(|setting| SECTIONS.contains(&setting.section.as_str()))
    }

    /// What is set under a key, without what a later empty assignment forgets.
    #[must_use]
    pub fn values(&self, section: &str, key: &str) -> Vec<&Setting> {
        let mut found = Vec::new();
        for setting in self.settings.iter().filter(|setting| setting.section == section && setting.key == key)
        {
            if setting.value.is_empty() {
                found.clear();
            } else {
                found.push(setting);
            }
        }
        found
    }

    /// What is set last, for keys that hold one value.
    #[must_use]
    pub fn last(&self, section: &str, key: &str) -> Option<&Setting> {
        self.values(section, key).pop()
    }

    /// Whether a key holds yes.
    #[must_use]
    pub fn is_set(&self, section: &str, key: &str) -> bool {
        self.last(section, key).is_some_and(|set| matches!(set.value.as_str(), "yes" | "true" | "on" | "1"))
    }

    /// Commands that starting, stopping or reloading runs, without the characters that only say how
    /// (systemd.service(5), "Command lines").
    pub fn commands(&self) -> impl Iterator<Item = (&Setting, &str)> {
        const KEYS: [&str; 7] = [
            "ExecStartPre",
            "ExecStart",
            "ExecStartPost",
            "ExecReload",
            "ExecStop",
            "ExecStopPost",
            "ExecCondition",
        ];
        let sections = ["Service", "Socket", "Mount", "Swap"];
        let keys = sections.into_iter().flat_map(|section| KEYS.map(|key| (section, key)));
        keys.flat_map(|(section, key)| self.values(section, key))
            .map(|setting| (setting, setting.value.trim_start_matches(['-', '@', ':', '+', '!'])))
    }
}

/// Whether a word is a unit's name: `x.service`, `x@.timer`, `x@y.socket`.
#[must_use]
pub fn is_name(word: &str) -> bool {
    let Some((stem, kind)) = word.rsplit_once('.') else { return false };
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_' | '.' | '\\' | '@');
    !stem.is_empty() && word.len() < 256 && KINDS.contains(&kind) && stem.chars().all(fits)
}

/// The unit that a file is or adds to: `x.service` of `x.service`, and of `x.service.d/own.conf`.
#[must_use]
pub fn named(path: &str) -> Option<&str> {
    let mut parts = path.rsplit('/');
    let own = parts.next()?;
    if is_name(own) {
        return Some(own);
    }
    own.ends_with(".conf").then_some(())?;
    parts.next()?.strip_suffix(".d").filter(|name| is_name(name))
}

/// A value with the specifiers that the unit's name decides: `%n`, `%N`, `%p`, `%i`, `%j` and `%%`.
#[must_use]
pub fn resolved(value: &str, name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let (prefix, instance) = stem.split_once('@').unwrap_or((stem, ""));
    let mut out = String::with_capacity(value.len());
    let mut rest = value.chars();
    while let Some(c) = rest.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match rest.next() {
            Some('n') => out.push_str(name),
            Some('N') => out.push_str(stem),
            Some('p') => out.push_str(prefix),
            Some('j') => out.push_str(prefix.rsplit('-').next().unwrap_or_default()),
            Some('i') if !instance.is_empty() => out.push_str(instance),
            Some('%') => out.push('%'),
            Some(other) => out.extend(['%', other]),
            None => out.push('%'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Unit, is_name, named, resolved};

    fn check(text: &str, section: &str, key: &str, expected: &[&str]) {
        let unit = Unit::read(text);
        let values: Vec<&str> = unit.values(section, key).iter().map(|set| set.value.as_str()).collect();
        assert_eq!(values, expected, "{text}");
    }

    #[test]
    fn assignments_add_up_until_an_empty_one() {
        check("[Unit]\nAfter=a.service\nAfter = b.service\n", "Unit", "After", &["a.service", "b.service"]);
        check("[Unit]\nAfter=a.service\nAfter=\nAfter=b.service", "Unit", "After", &["b.service"]);
        check("[Service]\nAfter=a.service", "Unit", "After", &[]);
        check("After=a.service\n[Unit\nAfter=b.service", "Unit", "After", &[]);
    }

    #[test]
    fn a_backslash_continues_a_line_past_comments() {
        let text = "[Service]\nExecStart=/bin/a \\\n# why\n; why\n  --b \\\n  --c\nType=oneshot\n";
        check(text, "Service", "ExecStart", &["/bin/a --b --c"]);
        check(text, "Service", "Type", &["oneshot"]);
        check("[Service]\nExecStart=/bin/a \\", "Service", "ExecStart", &["/bin/a"]);
    }

    #[test]
    fn commands_lose_what_only_says_how() {
        let unit = Unit::read("[Service]\nExecStartPre=-+/bin/a x\nExecStart=@/bin/b b\n");
        let commands: Vec<&str> = unit.commands().map(|(_, command)| command).collect();
        assert_eq!(commands, ["/bin/a x", "/bin/b b"]);
    }

    #[test]
    fn names_and_drop_ins_are_told_apart() {
        assert!(is_name("a@b.service") && is_name("dev-sda.swap"));
        assert!(
            !is_name(".service") && !is_name("a.conf") && !is_name("a b.service") && !is_name("$X.service")
        );
        assert_eq!(named("lib/systemd/system/a.service"), Some("a.service"));
        assert_eq!(named("etc/systemd/system/a.service.d/own.conf"), Some("a.service"));
        assert_eq!(named("etc/conf.d/own.conf"), None);
    }

    #[test]
    fn a_name_decides_some_specifiers() {
        assert_eq!(resolved("%p-%i %n %%h %h %", "a@b.service"), "a-b a@b.service %h %h %");
        assert_eq!(resolved("%i", "a@.service"), "%i");
    }

    #[test]
    fn a_bus_name_is_no_unit() {
        assert!(!Unit::read("[D-BUS Service]\nName=x\n").is_one());
        assert!(Unit::read("[Timer]\nOnBootSec=1\n").is_one());
    }
}

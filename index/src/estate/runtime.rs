//! Versions of what packages ask for (C library, kernel, runtimes), looked for in an estate.
//!
//! A runtime is found among the products by the names that distributions give its packages. Where none of them is listed
//! nothing is concluded: it may have been installed by other means.

use inspect::package::Platform;

use super::{Estate, Origin};

/// One version of something that runs.
#[derive(Clone, Debug)]
pub struct Runs<'a> {
    /// The version in numbers: `3.11.2`.
    pub version: String,
    /// The same as the estate has it, with its name: `python3 3.11.2-1+b1`.
    pub said: String,
    /// Where that is known from.
    pub origin: &'a Origin,
}

/// Every version of a platform that an environment has.
///
/// # Errors
/// A sentence without its full stop, where nothing is known of it.
pub fn of(estate: &Estate, platform: Platform) -> Result<Vec<Runs<'_>>, String> {
    let environment = &estate.environment;
    let stated = estate.machine.as_ref().and_then(|machine| {
        let version = match platform {
            Platform::Kernel => machine.facts.kernel.as_ref(),
            Platform::Glibc => machine.facts.glibc.as_ref(),
            _ => None,
        }?;
        let said = format!("{} {version}", platform.called());
        Some(Runs { version: numbers(version)?, said, origin: &machine.origin })
    });
    if let Some(stated) = stated {
        return Ok(vec![stated]);
    }
    if platform == Platform::Kernel {
        return Err(format!("nothing was imported about the kernel of {environment}"));
    }
    let Some(products) = &estate.products else {
        return Err(format!("nothing was imported about products of {environment}"));
    };
    let named = products.facts.iter().filter(|product| is(platform, &product.name.to_ascii_lowercase()));
    let found: Vec<Runs<'_>> = named
        .filter_map(|product| {
            let version = product.version.as_deref()?;
            let said = format!("{} {version}", product.name);
            Some(Runs { version: release(platform, version)?, said, origin: &products.origin })
        })
        .collect();
    if found.is_empty() {
        return Err(format!("no product of {environment} is known to be it"));
    }
    Ok(found)
}

/// Whether a product of this name is the platform: what Debian, Red Hat, Alpine and the makers call it.
fn is(platform: Platform, name: &str) -> bool {
    // A name with the version behind it: `python3.11`, `ruby3.1`, `nodejs20`.
    let numbered = |base: &str| {
        name.strip_prefix(base).is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '.'))
    };
    match platform {
        Platform::Glibc => matches!(name, "libc6" | "glibc"),
        Platform::Musl => name == "musl",
        Platform::Python => numbered("python"),
        Platform::Node => numbered("nodejs") || matches!(name, "node" | "node.js"),
        Platform::Ruby => numbered("ruby"),
        Platform::Java => is_java(name),
        Platform::DotNet => {
            name == ".net" || name.starts_with("dotnet-runtime-") || name.starts_with("microsoft.netcore.app")
        }
        Platform::Kernel | Platform::System => false,
    }
}

fn is_java(name: &str) -> bool {
    let starts = |beginning: &str, rest: &[&str]| {
        name.strip_prefix(beginning).is_some_and(|own| {
            let own = own.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
            rest.contains(&own)
        })
    };
    matches!(name, "java" | "jdk" | "jre" | "openjdk")
        || starts("openjdk-", &["-jre", "-jre-headless", "-jdk", "-jdk-headless"])
        || starts("java-", &["-openjdk", "-openjdk-headless", "-openjdk-devel", "-amazon-corretto"])
        || starts("temurin-", &["-jre", "-jdk"])
}

/// The version of a platform itself in a package's version.
fn release(platform: Platform, version: &str) -> Option<String> {
    let numbers = numbers(version)?;
    // Java 8 and before call themselves 1.8.
    let own = numbers.strip_prefix("1.").filter(|_| platform == Platform::Java);
    Some(own.map(str::to_owned).unwrap_or(numbers))
}

/// The numbers that a version begins with, without its epoch: `1:3.11.2-1+b1` is `3.11.2`.
fn numbers(version: &str) -> Option<String> {
    let own = version.split_once(':').map_or(version, |(_, rest)| rest).trim().trim_start_matches('v');
    let end = own.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(own.len());
    let (numbers, _) = own.split_at(end);
    let numbers = numbers.trim_end_matches('.');
    numbers.starts_with(|letter: char| letter.is_ascii_digit()).then(|| numbers.to_owned())
}

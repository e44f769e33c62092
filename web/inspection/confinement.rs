//! What the process that reads packages gives up before it looks at the first byte, as far as the kernel lets it.
//!
//! Each bound answers whether it holds; one that the kernel lacks is said in the report and never silently missing.
//! The system calls that are left are those of reading, answering and memory; every other one fails.

use inspect::inspection::Bound;

/// Bytes of address space: the report, a window, nested archives and files come to under 300 MB, twice that much while
/// one of them grows; the program itself takes some 50 MB.
const ADDRESS_SPACE: u64 = 1 << 30;
/// Bytes of data in memory, which is what a bomb would fill.
const DATA: u64 = 768 << 20;

/// Bytes of stack: a parser of sources recurses once a byte of a broken one. Linux leaves 128 MiB below it.
const STACK: u64 = 120 << 20;

/// Gives up everything that reading does not need. `seconds` of computing time are left.
pub(super) fn confine(seconds: u64) -> Vec<Bound> {
    let mut bounds = Vec::new();
    // Setting up landlock opens a file, which the limits then forbid, and seccomp forbids setting limits.
    #[cfg(target_os = "linux")]
    bounds.push(files_and_network());
    bounds.extend(limits(seconds));
    #[cfg(target_os = "linux")]
    bounds.push(system_calls());
    #[cfg(not(target_os = "linux"))]
    bounds.push(bound("system calls", Err("this system has no such bound".to_owned())));
    bounds
}

fn bound(name: &str, result: Result<String, String>) -> Bound {
    let held = result.is_ok();
    Bound { name: name.to_owned(), held, detail: result.unwrap_or_else(|why| why) }
}

fn limits(seconds: u64) -> Vec<Bound> {
    use rlimit::Resource;
    let limit = |name: &str, resource: Resource, most: u64, said: String| {
        bound(name, resource.set(most, most).map(|()| said).map_err(|error| error.to_string()))
    };
    let mib = |bytes: u64| format!("at most {} MiB", bytes >> 20);
    vec![
        limit("address space", Resource::AS, ADDRESS_SPACE, mib(ADDRESS_SPACE)),
        limit("memory", Resource::DATA, DATA, mib(DATA)),
        limit("stack", Resource::STACK, STACK, mib(STACK)),
        limit("computing time", Resource::CPU, seconds.max(1), format!("at most {} seconds", seconds.max(1))),
        limit("open files", Resource::NOFILE, 0, "no further one".to_owned()),
        limit("written files", Resource::FSIZE, 0, "none".to_owned()),
        limit("core dumps", Resource::CORE, 0, "none".to_owned()),
    ]
}

#[cfg(target_os = "linux")]
fn files_and_network() -> Bound {
    use landlock::{
        ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _,
        RulesetStatus,
    };
    let restricted = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(ABI::V5))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(ABI::V5)))
        .and_then(|rules| rules.create())
        .and_then(|rules| rules.restrict_self());
    let result = match restricted.map(|status| status.ruleset) {
        Ok(RulesetStatus::FullyEnforced) => Ok("no file system, no TCP".to_owned()),
        Ok(RulesetStatus::PartiallyEnforced) => Ok("as far as this kernel knows it".to_owned()),
        Ok(RulesetStatus::NotEnforced) => Err("this kernel does not have it".to_owned()),
        Err(error) => Err(error.to_string()),
    };
    bound("landlock", result)
}

#[cfg(target_os = "linux")]
fn system_calls() -> Bound {
    let result = filter().map_err(|error| error.to_string());
    bound("seccomp", result.map(|calls| format!("{calls} system calls are left")))
}

/// What is left: reading and answering through what is open already, memory, and ending.
#[cfg(target_os = "linux")]
const LEFT: &[libc::c_long] = &[
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_pread64,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_sendto,
    libc::SYS_recvfrom,
    libc::SYS_lseek,
    libc::SYS_fstat,
    libc::SYS_fcntl,
    libc::SYS_close,
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_futex,
    libc::SYS_getrandom,
    libc::SYS_clock_gettime,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_tgkill,
    libc::SYS_sigaltstack,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_yield,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

#[cfg(target_os = "linux")]
fn filter() -> Result<usize, Box<dyn std::error::Error>> {
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, apply_filter};
    let rules = LEFT.iter().map(|call| (*call, Vec::new())).collect();
    let refused = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let filter =
        SeccompFilter::new(rules, refused, SeccompAction::Allow, std::env::consts::ARCH.try_into()?)?;
    let program: BpfProgram = filter.try_into()?;
    apply_filter(&program)?;
    Ok(LEFT.len())
}
